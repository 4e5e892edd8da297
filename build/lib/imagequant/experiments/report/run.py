"""Compares two revisions: ``report.md`` with pictures, and ``comment.md`` without."""

import sys
from functools import partial
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, write_bytes, write_text
from imagequant.evaluation.scored_row import parse_rows
from imagequant.experiments.dvc import markdown_diff
from imagequant.experiments.report import sections
from imagequant.experiments.report.pictures import draw_plots, small_pictures
from imagequant.experiments.report.snapshot import ROWS_FILE, SUMMARY_FILE, read_at, read_snapshot, resolve
from imagequant.experiments.report.times import read_times
from imagequant.params import Params
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

    Raises:
        InputError: If the working tree has no evaluation, or there is no such revision.
    """
    root = layout.root
    commit = resolve(root, against)
    text = read_at(root, resolve(root, "HEAD"), ROWS_FILE)
    committed = None if text is None else parse_rows(text, f"HEAD: {ROWS_FILE}")
    stages = params.versions.packages
    base = read_snapshot(against, partial(read_at, root, commit), stages)
    change = read_snapshot(
        "working tree", lambda path: (root / path).read_text() if (root / path).exists() else None, stages
    )
    if change.summary is None:
        raise InputError(f"{root / SUMMARY_FILE}: no such file; `dvc repro` makes it")
    pairs = None if base.rows is None or change.rows is None else sections.match_rows(base.rows, change.rows)
    parts = {
        "Is it more than noise?": sections.noise(base, change, pairs, params.evaluate),
        "Rows that changed sides": sections.flips(base, pairs, flips, {}),
        "Parameters": markdown_diff(root, "params", commit, against),
        "Metrics": markdown_diff(root, "metrics", commit, against, "--targets", SUMMARY_FILE),
        "Plots": sections.curves(base, change),
    }
    if times is not None:
        parts["Run time"] = sections.run_time(read_times(times))
    opening = sections.opening(base, change, commit, committed)

    if output.exists() and any(output.iterdir()) and not (output / REPORT_FILE).exists():
        raise InputError(f"{output}: not empty, and no earlier report: name another --output")
    fresh_folder(output)
    write_text(output / COMMENT_FILE, sections.shorten(_document(opening, parts)))
    plots = draw_plots(base, change)
    for name, payload in plots.items():
        write_bytes(output / "plots" / f"{name}.png", payload)
    photos = {}
    flipped = (*pairs.regressions[:flips], *pairs.improvements[:flips]) if pairs else ()
    shown = {pair.change.sha256 for pair in flipped}
    for sha256, payload in small_pictures(layout.data("download") / "train", shown, pull=pull):
        photos[sha256] = f"photos/{sha256[:16]}.jpg"
        write_bytes(output / photos[sha256], payload)
    parts["Rows that changed sides"] = sections.flips(base, pairs, flips, photos)
    if plots:
        parts["Plots"] = "\n\n".join(f"{_TITLES[name]}:\n\n![{_TITLES[name]}](plots/{name}.png)" for name in plots)
    write_text(output / REPORT_FILE, _document(opening, parts))
    print(f"report: {output / REPORT_FILE}", file=sys.stderr)


def _document(opening: str, parts: dict[str, str]) -> str:
    texts = ["## ImageQuant: what this changes", opening, *(f"### {title}\n\n{text}" for title, text in parts.items())]
    return "\n\n".join(texts) + "\n"
