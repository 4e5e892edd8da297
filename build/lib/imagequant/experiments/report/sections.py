"""The sections of the report, as GitHub-flavoured Markdown, from the matched rows of two revisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imagequant.evaluation.bootstrap import COVERAGES, MEASURES, Figure, coverage_figure, figure, is_significant
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.experiments.report.snapshot import ROWS_FILE, Snapshot
from imagequant.experiments.report.times import Times
from imagequant.params import EvaluateParams
from imagequant.storage.versions import version_changes

# GitHub refuses longer comments (65 536 characters).
COMMENT_LIMIT = 60_000
_SHOWN_VERSIONS = 8
_COVERAGES = (0.25, 0.5, 0.75, 0.9, 1.0)
_MEASURE_NAMES = {"contest_f1": "contest F1", "exact_match": "exact match", "oracle_recall": "oracle recall"}


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Formats a table: the first ``left`` columns are left-aligned, the others, for numbers, right-aligned."""
    lines = [columns, ["---" if number < left else "---:" for number in range(len(columns))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Formats untrusted text (labels, links) as a code span, so that it cannot format, link or mention anything."""
    # A bar would end the table cell even in a code span; a backtick would end the span.
    inside = " ".join(text.replace("`", "'").split()).replace("|", "\\|")
    return f"`{inside}`" if inside else ""


def signed(value: float, *, bold: bool = False) -> str:
    """Formats a difference with its sign."""
    # Adding 0.0 turns a rounded -0.0 into 0.0.
    text = f"{round(value, 3) + 0.0:+.3f}"
    return f"**{text}**" if bold else text


def shorten(text: str, limit: int = COMMENT_LIMIT) -> str:
    """Cuts text that is too long for a comment at the end of a line, with a note."""
    if len(text) <= limit:
        return text
    note = "\n\n(Cut: too long for a comment. The whole report is in the run's artifact.)\n"
    return text[: text.rindex("\n", 0, limit - len(note))] + note


@dataclass(frozen=True)
class RowPair:
    """One row under both revisions."""

    base: ScoredRow
    change: ScoredRow


@dataclass(frozen=True)
class RowPairs:
    """The rows of both revisions, in the order of the change, and how many rows only one of them has."""

    pairs: tuple[RowPair, ...]
    base_only: int
    change_only: int

    @property
    def regressions(self) -> list[RowPair]:
        """Pairs that went from right to wrong, by falling confidence of the change."""
        wrong = (pair for pair in self.pairs if pair.base.right and not pair.change.right)
        return sorted(wrong, key=lambda pair: (-pair.change.confidence, pair.change.key))

    @property
    def improvements(self) -> list[RowPair]:
        """Pairs that went from wrong to right, by falling confidence of the base."""
        right = (pair for pair in self.pairs if pair.change.right and not pair.base.right)
        return sorted(right, key=lambda pair: (-pair.base.confidence, pair.base.key))

    @property
    def changed_answers(self) -> int:
        """Number of pairs with different answers, right or wrong."""
        return sum(pair.base.prediction != pair.change.prediction for pair in self.pairs)

    @property
    def changed_labels(self) -> int:
        """Number of pairs with different labels: their outcome can change even if the answer does not."""
        return sum(pair.base.truth != pair.change.truth for pair in self.pairs)


def match_rows(base: Sequence[ScoredRow], change: Sequence[ScoredRow]) -> RowPairs:
    """Matches rows by photo, entity, source and source row."""
    known = {row.key: row for row in base}
    pairs = tuple(RowPair(known[row.key], row) for row in change if row.key in known)
    return RowPairs(pairs, len(base) - len(pairs), len(change) - len(pairs))


def opening(base: Snapshot, change: Snapshot, commit: str, committed: Sequence[ScoredRow] | None) -> str:
    """Says what is compared, and whether the run reproduced the rows that are committed, if any are.

    Other versions or arithmetic come first: they change answers, too.
    """
    text = f"Against {code(base.name)} ({commit[:10]})."
    if other := list(version_changes(base.versions, change.versions)):
        more = f", and {len(other) - _SHOWN_VERSIONS} more" if len(other) > _SHOWN_VERSIONS else ""
        listed = ", ".join(map(code, other[:_SHOWN_VERSIONS])) + more
        text = f"**Made with other versions or arithmetic:** {listed}. What follows is not due to code alone.\n\n{text}"
    if change.summary is not None:
        text += (
            f" {change.summary['rows']} validation rows on {change.summary['photos']} photos;"
            f" CNN: {change.summary['cnn_weights']}."
        )
    if committed is None or change.rows is None:
        return text
    if list(committed) == list(change.rows):
        return f"{text} Every row has the committed answer."
    repeated = match_rows(committed, change.rows)
    return (
        f"{text}\n\n**Differs from the commit:** `{ROWS_FILE}` as computed here differs from the committed one in "
        f"{repeated.changed_answers} of {len(change.rows)} answers, and otherwise in confidences or in the set of rows."
        " `dvc.lock` is stale, or the arithmetic is not portable."
    )


def noise(base: Snapshot, change: Snapshot, pairs: RowPairs | None, params: EvaluateParams) -> str:
    """Shows the differences with their 95% intervals, on the rows of both revisions.

    There is no verdict on the change if versions or arithmetic differ.
    """
    if pairs is None:
        return f"{code(base.name)} or this change has no `{ROWS_FILE}`: noise cannot be estimated."
    if not pairs.pairs:
        return f"No row is in both. {_row_counts(base, pairs)}"
    before, after = [pair.base for pair in pairs.pairs], [pair.change for pair in pairs.pairs]
    figures = {_MEASURE_NAMES[name]: figure(after, measure, params, before) for name, measure in MEASURES.items()}
    for precision in COVERAGES.values():
        figures[f"coverage at {precision:.0%} precision"] = coverage_figure(after, precision, params, before)
    entities = {
        f"contest F1, {entity}": figure(
            [row for row in after if row.entity == entity], MEASURES["contest_f1"], params, before
        )
        for entity in sorted({row.entity for row in after})
    }
    significant = [name for name, each in figures.items() if each and is_significant(each)]
    if base.versions != change.versions:
        verdict = "**No verdict: versions or arithmetic differ.**"
    elif significant:
        verdict = f"**More than noise: {', '.join(significant)}.**"
    else:
        verdict = "**No figure over all rows moved beyond the noise.**"
    lines = [[name, *_figure_cells(each)] for name, each in {**figures, **entities}.items() if each]
    return "\n\n".join(
        [
            f"{verdict} {_row_counts(base, pairs)}",
            table(["", "rows", code(base.name), "this change", "difference (95%)"], lines),
            f"Paired bootstrap over photos, {params.bootstrap} resamples; bold if the interval excludes 0: "
            f"of {len(entities)} entities one may be bold by chance.",
        ]
    )


def _figure_cells(each: Figure) -> list[str]:
    value, difference = each["value"], each["difference"]
    low, high = map(signed, each["difference_ci95"])
    change = f"{signed(difference, bold=is_significant(each))} ({low} to {high})"
    return [str(each["rows"]), f"{value - difference:.3f}", f"{value:.3f}", change]


def _row_counts(base: Snapshot, pairs: RowPairs) -> str:
    text = f"{pairs.changed_answers} of {len(pairs.pairs)} common rows have another answer."
    if pairs.base_only or pairs.change_only:
        text += f" Rows only in {code(base.name)}: {pairs.base_only}; only here: {pairs.change_only}."
    if pairs.changed_labels:
        text += f" Rows with another label: {pairs.changed_labels}."
    return text


def flips(base: Snapshot, pairs: RowPairs | None, limit: int, photos: Mapping[str, str]) -> str:
    """Lists the rows that went from right to wrong, and from wrong to right, at most ``limit`` each way.

    ``photos`` has the picture file of each photo; without any, the tables have no photo column.
    """
    if pairs is None:
        return f"{code(base.name)} or this change has no `{ROWS_FILE}`: rows cannot be compared."
    both = (("From right to wrong", pairs.regressions), ("From wrong to right", pairs.improvements))
    return "\n\n".join(_flip_table(base, f"{title}: {len(flipped)}", flipped, limit, photos) for title, flipped in both)


def _flip_table(base: Snapshot, title: str, pairs: Sequence[RowPair], limit: int, photos: Mapping[str, str]) -> str:
    if not pairs:
        return f"**{title}**"
    columns = ["photo"] if photos else []
    columns += ["entity", "label", code(base.name), "this change", "where lost", "row"]
    lines = []
    for pair in pairs[:limit]:
        row, wrong = pair.change, pair.base if pair.change.right else pair.change
        file = photos.get(row.sha256)
        cells = [f"![{row.entity}]({file})" if file else "-"] if photos else []
        cells += [row.entity, code(row.truth) or "(none)", _answer(pair.base), _answer(row), wrong.bucket]
        lines.append([*cells, code(f"{row.source}:{row.source_row}")])
    more = f"\n\nAnd {len(pairs) - limit} more." if len(pairs) > limit else ""
    return f"**{title}**\n\n{table(columns, lines, left=len(columns))}{more}"


def _answer(row: ScoredRow) -> str:
    return f"{code(str(row.prediction)) if row.prediction else '(none)'} {row.confidence:.2f}"


def curves(base: Snapshot, change: Snapshot) -> str:
    """Gives risk against coverage as numbers, for the comment without pictures."""
    tables = {code(base.name): base.tables["risk_coverage"], "this change": change.tables["risk_coverage"]}
    lines = [[name, *(_risk_at(points, coverage) for coverage in _COVERAGES)] for name, points in tables.items()]
    heads = [f"surest {coverage:.0%}" for coverage in _COVERAGES]
    return "Share of answers wrong when only the surest share of rows is answered:\n\n" + table(["", *heads], lines)


def _risk_at(points: Sequence[Mapping[str, str]], coverage: float) -> str:
    """Formats the risk at the highest point within a coverage; ``-`` if there is none."""
    within = [float(point["risk"]) for point in points if float(point["coverage"]) <= coverage + 1e-9]
    return f"{within[-1]:.3f}" if within else "-"


def run_time(times: Times) -> str:
    """Lists the seconds of each stage that ran; the list opens on a click."""
    if not times.stages:
        return f"No stage ran ({times.total:.0f} s)."
    seconds = {**times.stages, "all, DVC's own included": times.total}
    shown = table(["stage", "seconds"], [[name, f"{each:.1f}"] for name, each in seconds.items()])
    title = f"{times.total:.0f} s, {len(times.stages)} stages ran"
    return f"<details><summary>{title}</summary>\n\n{shown}\n\n</details>"
