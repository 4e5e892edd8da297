"""Compares two revisions: ``report.md`` with pictures, and ``comment.md`` without."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, write_bytes, write_text
from imagequant.evaluation.scored_row import ScoredRow, parse_rows
from imagequant.experiments.dvc import markdown_diff
from imagequant.experiments.report import sections
from imagequant.experiments.report.pictures import draw_plots, small_pictures
from imagequant.experiments.report.sections import RowPairs, match_rows, shorten
from imagequant.experiments.report.snapshot import ROWS_FILE, SUMMARY_FILE, Snapshot, read_snapshot, resolve
from imagequant.experiments.report.times import Times, read_times
from imagequant.params import EvaluateParams, Params
from imagequant.storage.layout import Layout

REPORT_FILE, COMMENT_FILE = "report.md", "comment.md"
_TITLES = {
    "risk_coverage": "Risk against coverage",
    "reliability": "Reliability (a circle's area: its rows)",
    "by_entity": "Contest F1 by entity",
    "buckets": "Where answers are lost",
    "axis_confusion": "Height, width and depth: what was asked, and whose label the answer is",
    "unit_confusion": "Units: of the label, of the answer",
}


@dataclass(frozen=True)
class Comparison:
    """Everything in the report; what a revision does not have is None.

    Attributes:
        base: The revision to compare with.
        commit: Hash of the base.
        change: The working tree.
        tables: What DVC says of the differences, by section.
        pairs: The rows of both.
        committed: The rows of the current commit.
        flips: Number of rows to show each way.
    """

    base: Snapshot
    commit: str
    change: Snapshot
    tables: Mapping[str, str]
    pairs: RowPairs | None
    committed: Sequence[ScoredRow] | None
    params: EvaluateParams
    flips: int
    times: Times | None


def run(
    params: Params, layout: Layout, against: str, output: Path, flips: int, times: Path | None, *, pull: bool
) -> None:
    """Writes the report on the working tree to ``output``, in place of an earlier one.

    Args:
        params: Parameters of the working tree.
        layout: The project folders.
        against: A revision, or a branch of ``origin``.
        output: Output folder.
        flips: Number of rows to show each way.
        times: A file from ``imagequant.experiments.report.times``.
        pull: Whether missing shards are fetched from DVC's remote for their photos.
    """
    comparison = compare(params, layout, against, flips, None if times is None else read_times(times))
    if output.exists() and any(output.iterdir()) and not (output / REPORT_FILE).exists():
        raise InputError(f"{output}: not empty, and no earlier report: name another --output")
    fresh_folder(output)
    plots = draw_plots(comparison.base, comparison.change)
    for name, payload in plots.items():
        write_bytes(output / "plots" / f"{name}.png", payload)
    pairs, photos = comparison.pairs, {}
    flipped = (*pairs.regressions[:flips], *pairs.improvements[:flips]) if pairs else ()
    shown = {pair.change.sha256 for pair in flipped}
    for sha256, payload in small_pictures(layout.data("download") / "train", shown, pull=pull):
        photos[sha256] = f"photos/{sha256[:16]}.jpg"
        write_bytes(output / photos[sha256], payload)
    write_text(output / REPORT_FILE, document(comparison, [*plots], photos))
    write_text(output / COMMENT_FILE, shorten(document(comparison, [], {})))
    print(f"report: {output / REPORT_FILE}", file=sys.stderr)


def compare(params: Params, layout: Layout, against: str, flips: int, times: Times | None) -> Comparison:
    """Reads both revisions.

    Raises:
        InputError: If the working tree has no evaluation, or there is no such revision.
    """
    revision = resolve(layout.root, against)
    committed = resolve(layout.root, "HEAD").read(ROWS_FILE)
    change = read_snapshot("working tree", lambda path: _text(layout.root / path))
    if change.summary is None:
        raise InputError(f"{layout.root / SUMMARY_FILE}: no such file; `dvc repro` makes it")
    base = read_snapshot(against, revision.read)
    return Comparison(
        base=base,
        commit=revision.commit,
        change=change,
        tables={
            "Parameters": markdown_diff(layout.root, "params", revision.commit, against),
            "Metrics": markdown_diff(layout.root, "metrics", revision.commit, against, "--targets", SUMMARY_FILE),
        },
        pairs=None if base.rows is None or change.rows is None else match_rows(base.rows, change.rows),
        committed=None if committed is None else parse_rows(committed, f"HEAD: {ROWS_FILE}"),
        params=params.evaluate,
        flips=flips,
        times=times,
    )


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def document(comparison: Comparison, plots: Sequence[str], photos: Mapping[str, str]) -> str:
    """Return the report as Markdown; without names of plots the curves are given as numbers."""
    base, change, pairs = comparison.base, comparison.change, comparison.pairs
    shown = (f"{_TITLES[name]}:\n\n![{_TITLES[name]}](plots/{name}.png)" for name in plots)
    parts = {
        "Is it more than noise?": sections.noise(base, pairs, comparison.params),
        "Rows that changed sides": sections.flips(base, pairs, comparison.flips, photos),
        **comparison.tables,
        "Plots": "\n\n".join(shown) if plots else sections.curves(base, change),
    }
    if comparison.times is not None:
        parts["Run time"] = sections.run_time(comparison.times)
    opening = sections.opening(base, change, comparison.commit, comparison.committed)
    texts = ["## ImageQuant: what this changes", opening, *(f"### {title}\n\n{text}" for title, text in parts.items())]
    return "\n\n".join(texts) + "\n"
