"""The parts of the report: values in, Markdown out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagequant.experiments.report.markdown import code, flattened, folded, number, signed, table
from imagequant.experiments.report.noise import MEASURES, by_entity, difference
from imagequant.experiments.report.rows import Matched, Pair, Row, match
from imagequant.experiments.report.side import ROWS_FILE, SUMMARY_FILE, Side
from imagequant.experiments.report.times import Times
from imagequant.params import EvaluateParams

_COVERAGES = (0.25, 0.5, 0.75, 0.9, 1.0)
# Parts of the summary that stand elsewhere: by entity and with intervals under "noise".
_ELSEWHERE = ("by_entity", "ci95")
_FIRST = ("contest_f1", "exact_match", "oracle_recall", "precision", "recall")


def opening(base: Side, change: Side, commit: str, committed: Sequence[Row] | None) -> str:
    """What is compared with what, and whether the run repeated what is committed.

    Args:
        base: The revision compared with.
        change: The working tree.
        commit: The base's hash.
        committed: The rows that the current commit holds, if it holds any.
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
        return f"{text} Every row is answered as committed."
    repeated = match(committed, change.rows)
    return (
        f"{text}\n\n**Not what is committed:** `{ROWS_FILE}` as computed here differs from the commit's in "
        f"{repeated.answered_otherwise} of {len(change.rows)} answers, elsewhere in confidence or in which rows there "
        "are. Either `dvc.lock` is stale, or the processor or the CNN's weights are others."
    )


def metrics(base: Side, change: Side) -> str:
    """Every figure of the summary, side by side."""
    if base.summary is None or change.summary is None:
        return f"{code(base.name)} or this change has no `{SUMMARY_FILE}`: nothing to compare."
    theirs, ours = (
        flattened({name: value for name, value in each.items() if name not in _ELSEWHERE})
        for each in (base.summary, change.summary)
    )
    lines = [
        [name, *_compared(theirs.get(name), ours.get(name))]
        for name in sorted(theirs | ours, key=lambda name: (name not in _FIRST, name.startswith("errors."), name))
    ]
    return table(["metric", code(base.name), "this change", "difference"], lines)


def _compared(base: Any, change: Any) -> list[str]:
    numbers = isinstance(base, int | float) and isinstance(change, int | float)
    if not numbers:
        return [number(base), number(change), "" if base == change else "differs"]
    less = change - base
    return [number(base), number(change), "" if not less else signed(less) if isinstance(less, float) else f"{less:+d}"]


def parameters(base: Side, change: Side) -> str:
    """Parameters that differ, ``-`` where a side has none of the name."""
    theirs, ours = flattened(base.params or {}), flattened(change.params or {})
    changed = [name for name in {**theirs, **ours} if theirs.get(name) != ours.get(name)]
    if not changed:
        return "None differs."
    lines = [[f"`{name}`", _setting(theirs, name), _setting(ours, name)] for name in changed]
    return table(["parameter", code(base.name), "this change"], lines, left=3)


def _setting(values: Mapping[str, Any], name: str) -> str:
    # As written, not rounded: 0.0003 is not 0.000.
    return code(str(values[name])) or "(empty)" if name in values else "-"


def noise(base: Side, matched: Matched | None, params: EvaluateParams) -> str:
    """Differences with their 95% intervals, on the rows both sides have."""
    if matched is None:
        return f"{code(base.name)} or this change has no `{ROWS_FILE}`: what is noise cannot be told."
    if not matched.pairs:
        return f"No row is in both. {_counted(base, matched)}"
    figures = {name: difference(matched.pairs, parts, params) for name, parts in MEASURES.items()}
    entities = by_entity(matched.pairs, params)
    lines = [
        [
            name,
            str(each.rows),
            number(each.base),
            number(each.change),
            f"{signed(each.value, bold=each.beyond_noise)} ({signed(each.interval[0])} to {signed(each.interval[1])})",
        ]
        for name, each in {**figures, **{f"contest F1, {name}": each for name, each in entities.items()}}.items()
    ]
    beyond = [name for name, each in figures.items() if each.beyond_noise]
    verdict = (
        f"**More than noise: {', '.join(beyond)}.**"
        if beyond
        else "**No figure over all rows moved beyond the noise.**"
    )
    return "\n\n".join(
        [
            f"{verdict} {_counted(base, matched)}",
            table(["", "rows", code(base.name), "this change", "difference (95%)"], lines),
            f"Paired bootstrap over photos, {params.bootstrap} resamples; bold where the interval leaves out 0: "
            f"of {len(entities)} entities one may be bold by chance.",
        ]
    )


def _counted(base: Side, matched: Matched) -> str:
    text = f"{matched.answered_otherwise} of {len(matched.pairs)} rows that both have are answered otherwise."
    if matched.base_only or matched.change_only:
        text += f" Rows in {code(base.name)} alone: {matched.base_only}; here alone: {matched.change_only}."
    if matched.relabelled:
        text += f" Rows with another label: {matched.relabelled}."
    return text


def flips(base: Side, matched: Matched | None, limit: int, photos: Mapping[str, str]) -> str:
    """Rows that went from right to wrong, and back.

    Args:
        base: The revision compared with.
        matched: The rows of both sides.
        limit: How many to show each way.
        photos: Pictures' files by photo; without any, the tables have no such column.
    """
    if matched is None:
        return f"{code(base.name)} or this change has no `{ROWS_FILE}`: rows cannot be compared."
    parts = [
        _flipped(base, f"From right to wrong: {len(matched.broken)}", matched.broken, limit, photos),
        _flipped(base, f"From wrong to right: {len(matched.mended)}", matched.mended, limit, photos),
    ]
    return "\n\n".join(parts)


def _flipped(base: Side, title: str, pairs: Sequence[Pair], limit: int, photos: Mapping[str, str]) -> str:
    if not pairs:
        return f"**{title}**"
    columns = ["entity", "label", code(base.name), "this change", "where lost", "row"]
    lines = [_flip(pair) for pair in pairs[:limit]]
    if photos:
        columns = ["photo", *columns]
        lines = [[_picture(pair, photos), *line] for pair, line in zip(pairs, lines, strict=False)]
    more = f"\n\nAnd {len(pairs) - limit} more." if len(pairs) > limit else ""
    return f"**{title}**\n\n{table(columns, lines, left=len(columns))}{more}"


def _flip(pair: Pair) -> list[str]:
    lost = pair.base if pair.change.right else pair.change
    return [
        pair.change.entity,
        code(pair.change.truth) or "(none)",
        _answer(pair.base),
        _answer(pair.change),
        lost.bucket,
        code(f"{pair.change.source}:{pair.change.source_row}"),
    ]


def _picture(pair: Pair, photos: Mapping[str, str]) -> str:
    file = photos.get(pair.change.sha256)
    return f"![{pair.change.entity}]({file})" if file else "-"


def _answer(row: Row) -> str:
    return f"{code(row.prediction) or '(silent)'} {row.confidence:.2f}"


def curves(base: Side, change: Side) -> str:
    """Risk against coverage in figures, for where no picture can be shown."""
    sides = {code(base.name): base.tables["risk_coverage"], "this change": change.tables["risk_coverage"]}
    lines = [[name, *(number(_risk_at(points, coverage)) for coverage in _COVERAGES)] for name, points in sides.items()]
    heads = [f"surest {coverage:.0%}" for coverage in _COVERAGES]
    return "Share of answers wrong when only the surest share of rows is answered:\n\n" + table(["", *heads], lines)


def _risk_at(points: Sequence[Mapping[str, str]], coverage: float) -> float | None:
    """The risk of the most rows within a coverage; None where nothing is that sure."""
    within = [float(point["risk"]) for point in points if float(point["coverage"]) <= coverage + 1e-9]
    return within[-1] if within else None


def run_time(times: Times) -> str:
    """Seconds a stage, as they ran; those that did not run are not named."""
    if not times.stages:
        return f"No stage ran ({times.total:.0f} s)."
    lines = [[name, f"{seconds:.1f}"] for name, seconds in times.stages.items()]
    shown = table(["stage", "seconds"], [*lines, ["all, DVC's own included", f"{times.total:.1f}"]])
    return folded(f"{times.total:.0f} s, {len(times.stages)} stages ran", shown)
