"""The sections of the report, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imagequant.evaluation.bootstrap import (
    Figure,
    Measure,
    compared_figure,
    contest_f1,
    exact_match,
    is_significant,
    oracle_recall,
)
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.experiments.report.markdown import code, details, number, signed, table
from imagequant.experiments.report.row_pairs import RowPair, RowPairs, match_rows
from imagequant.experiments.report.snapshot import ROWS_FILE, Snapshot
from imagequant.experiments.report.times import Times
from imagequant.params import EvaluateParams

_COVERAGES = (0.25, 0.5, 0.75, 0.9, 1.0)
_MEASURES = {"contest F1": contest_f1, "exact match": exact_match, "oracle recall": oracle_recall}


def opening(base: Snapshot, change: Snapshot, commit: str, committed: Sequence[ScoredRow] | None) -> str:
    """Says what is compared, and whether the run reproduced the committed rows.

    Args:
        base: The revision to compare with.
        change: The working tree.
        commit: Hash of the base.
        committed: The rows of the current commit, if it has any.
    """
    text = f"Against {code(base.name)} ({commit[:10]})."
    if change.summary is not None:
        text += (
            f" {change.summary['rows']} validation rows on {change.summary['photos']} photos;"
            f" CNN weights: {change.summary['cnn_weights']}."
        )
    if committed is None or change.rows is None:
        return text
    if list(committed) == list(change.rows):
        return f"{text} Every row has the committed answer."
    repeated = match_rows(committed, change.rows)
    return (
        f"{text}\n\n**Differs from the commit:** `{ROWS_FILE}` as computed here differs from the committed one in "
        f"{repeated.changed_answers} of {len(change.rows)} answers, and otherwise in confidences or in the set of rows."
        " Either `dvc.lock` is stale, or the processor or the CNN weights are different."
    )


def noise(base: Snapshot, pairs: RowPairs | None, params: EvaluateParams) -> str:
    """Shows the differences with their 95% intervals, on the rows of both revisions."""
    if pairs is None:
        return f"{code(base.name)} or this change has no `{ROWS_FILE}`: noise cannot be estimated."
    if not pairs.pairs:
        return f"No row is in both. {_row_counts(base, pairs)}"
    figures = {name: paired_figure(pairs.pairs, measure, params) for name, measure in _MEASURES.items()}
    entities = {
        f"contest F1, {entity}": paired_figure(
            [pair for pair in pairs.pairs if pair.change.entity == entity], contest_f1, params
        )
        for entity in sorted({pair.change.entity for pair in pairs.pairs})
    }
    significant = [name for name, each in figures.items() if is_significant(each)]
    verdict = (
        f"**More than noise: {', '.join(significant)}.**"
        if significant
        else "**No figure over all rows moved beyond the noise.**"
    )
    lines = [[name, *_figure_cells(each)] for name, each in {**figures, **entities}.items()]
    return "\n\n".join(
        [
            f"{verdict} {_row_counts(base, pairs)}",
            table(["", "rows", code(base.name), "this change", "difference (95%)"], lines),
            f"Paired bootstrap over photos, {params.bootstrap} resamples; bold if the interval excludes 0: "
            f"of {len(entities)} entities one may be bold by chance.",
        ]
    )


def paired_figure(pairs: Sequence[RowPair], measure: Measure, params: EvaluateParams) -> Figure:
    """Return a measure over the change's rows of at least one pair, compared with the base's."""
    result = compared_figure([pair.change for pair in pairs], [pair.base for pair in pairs], measure, params)
    assert result is not None, "there are pairs"
    return result


def _figure_cells(figure: Figure) -> list[str]:
    low, high = figure["difference_ci95"]
    difference = signed(figure["difference"], bold=is_significant(figure))
    return [
        str(figure["rows"]),
        number(figure["value"] - figure["difference"]),
        number(figure["value"]),
        f"{difference} ({signed(low)} to {signed(high)})",
    ]


def _row_counts(base: Snapshot, pairs: RowPairs) -> str:
    text = f"{pairs.changed_answers} of {len(pairs.pairs)} common rows have another answer."
    if pairs.base_only or pairs.change_only:
        text += f" Rows only in {code(base.name)}: {pairs.base_only}; only here: {pairs.change_only}."
    if pairs.changed_labels:
        text += f" Rows with another label: {pairs.changed_labels}."
    return text


def flips(base: Snapshot, pairs: RowPairs | None, limit: int, photos: Mapping[str, str]) -> str:
    """Lists the rows that went from right to wrong, and from wrong to right.

    Args:
        base: The revision to compare with.
        pairs: The rows of both revisions.
        limit: Number of rows to show each way.
        photos: Picture file of each photo; without any, the tables have no photo column.
    """
    if pairs is None:
        return f"{code(base.name)} or this change has no `{ROWS_FILE}`: rows cannot be compared."
    parts = [
        _flip_table(base, f"From right to wrong: {len(pairs.regressions)}", pairs.regressions, limit, photos),
        _flip_table(base, f"From wrong to right: {len(pairs.improvements)}", pairs.improvements, limit, photos),
    ]
    return "\n\n".join(parts)


def _flip_table(base: Snapshot, title: str, pairs: Sequence[RowPair], limit: int, photos: Mapping[str, str]) -> str:
    if not pairs:
        return f"**{title}**"
    columns = ["entity", "label", code(base.name), "this change", "where lost", "row"]
    lines = [_flip_cells(pair) for pair in pairs[:limit]]
    if photos:
        columns = ["photo", *columns]
        lines = [[_picture(pair, photos), *line] for pair, line in zip(pairs, lines, strict=False)]
    more = f"\n\nAnd {len(pairs) - limit} more." if len(pairs) > limit else ""
    return f"**{title}**\n\n{table(columns, lines, left=len(columns))}{more}"


def _flip_cells(pair: RowPair) -> list[str]:
    wrong = pair.base if pair.change.right else pair.change
    return [
        pair.change.entity,
        code(pair.change.truth) or "(none)",
        _answer(pair.base),
        _answer(pair.change),
        wrong.bucket,
        code(f"{pair.change.source}:{pair.change.source_row}"),
    ]


def _picture(pair: RowPair, photos: Mapping[str, str]) -> str:
    file = photos.get(pair.change.sha256)
    return f"![{pair.change.entity}]({file})" if file else "-"


def _answer(row: ScoredRow) -> str:
    return f"{code(str(row.prediction)) if row.prediction else '(none)'} {row.confidence:.2f}"


def curves(base: Snapshot, change: Snapshot) -> str:
    """Gives risk against coverage as numbers, for the comment without pictures."""
    tables = {code(base.name): base.tables["risk_coverage"], "this change": change.tables["risk_coverage"]}
    lines = [
        [name, *(number(_risk_at(points, coverage)) for coverage in _COVERAGES)] for name, points in tables.items()
    ]
    heads = [f"surest {coverage:.0%}" for coverage in _COVERAGES]
    return "Share of answers wrong when only the surest share of rows is answered:\n\n" + table(["", *heads], lines)


def _risk_at(points: Sequence[Mapping[str, str]], coverage: float) -> float | None:
    """Return the risk at the highest point within a coverage, None if there is none."""
    within = [float(point["risk"]) for point in points if float(point["coverage"]) <= coverage + 1e-9]
    return within[-1] if within else None


def run_time(times: Times) -> str:
    """Lists the seconds of each stage that ran."""
    if not times.stages:
        return f"No stage ran ({times.total:.0f} s)."
    lines = [[name, f"{seconds:.1f}"] for name, seconds in times.stages.items()]
    shown = table(["stage", "seconds"], [*lines, ["all, DVC's own included", f"{times.total:.1f}"]])
    return details(f"{times.total:.0f} s, {len(times.stages)} stages ran", shown)
