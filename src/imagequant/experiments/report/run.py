"""Reads both sides, writes the report: ``report.md`` with pictures, ``comment.md`` for where none can be shown."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, write_bytes, write_text
from imagequant.experiments.report import sections
from imagequant.experiments.report.markdown import shortened
from imagequant.experiments.report.photos import small_pictures
from imagequant.experiments.report.plots import draw_plots
from imagequant.experiments.report.revision import resolve
from imagequant.experiments.report.rows import Matched, Row, match, parse_rows
from imagequant.experiments.report.side import ROWS_FILE, SUMMARY_FILE, Side, read_side
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
class Compared:
    """All that the report is made of.

    Attributes:
        base: The revision compared with.
        commit: Its hash.
        change: The working tree.
        matched: The rows of both, None where a side has none.
        committed: The rows of the current commit, None where it has none.
        params: How to resample.
        flips: How many rows to show each way.
        times: Of the run that made the change's side, None where not known.
    """

    base: Side
    commit: str
    change: Side
    matched: Matched | None
    committed: Sequence[Row] | None
    params: EvaluateParams
    flips: int
    times: Times | None


def run(
    params: Params, layout: Layout, against: str, output: Path, flips: int, times: Path | None, *, pull: bool
) -> None:
    """Writes the report on the working tree.

    Args:
        params: Of the working tree.
        layout: The project's folders.
        against: A revision, or a branch of ``origin``.
        output: The folder; an earlier report in it is removed.
        flips: How many rows to show each way.
        times: What ``imagequant.experiments.report.times`` wrote.
        pull: Whether shards that lie in DVC's remote alone are fetched for their photos.
    """
    compared = compare(params, layout, against, flips, None if times is None else read_times(times))
    _empty(output)
    plots = draw_plots(compared.base, compared.change)
    for name, payload in plots.items():
        write_bytes(output / "plots" / f"{name}.png", payload)
    photos = {}
    for sha256, payload in small_pictures(layout.data("download") / "train", _shown(compared), pull=pull):
        photos[sha256] = f"photos/{sha256[:16]}.jpg"
        write_bytes(output / photos[sha256], payload)
    write_text(output / REPORT_FILE, document(compared, [*plots], photos))
    write_text(output / COMMENT_FILE, shortened(document(compared, [], {})))
    print(f"report: {output / REPORT_FILE}", file=sys.stderr)


def _empty(output: Path) -> None:
    """Empties a folder that an earlier report lies in; one with anything else is left alone."""
    if output.exists() and any(output.iterdir()) and not (output / REPORT_FILE).exists():
        raise InputError(f"{output}: not empty, and no earlier report: name another --output")
    fresh_folder(output)


def compare(params: Params, layout: Layout, against: str, flips: int, times: Times | None) -> Compared:
    """Reads both sides.

    Raises:
        InputError: If the working tree has no evaluation, or there is no such revision.
    """
    revision = resolve(layout.root, against)
    committed = resolve(layout.root, "HEAD").read(ROWS_FILE)
    change = read_side("working tree", lambda path: _text(layout.root / path))
    if change.summary is None:
        raise InputError(f"{layout.root / SUMMARY_FILE}: no such file; `dvc repro` makes it")
    base = read_side(against, revision.read)
    return Compared(
        base=base,
        commit=revision.commit,
        change=change,
        matched=None if base.rows is None or change.rows is None else match(base.rows, change.rows),
        committed=None if committed is None else parse_rows(committed, f"HEAD: {ROWS_FILE}"),
        params=params.evaluate,
        flips=flips,
        times=times,
    )


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _shown(compared: Compared) -> set[str]:
    """Photos of the rows that the report shows."""
    matched = compared.matched
    if matched is None:
        return set()
    some = (*matched.broken[: compared.flips], *matched.mended[: compared.flips])
    return {pair.change.sha256 for pair in some}


def document(compared: Compared, plots: Sequence[str], photos: Mapping[str, str]) -> str:
    """The report as Markdown.

    Args:
        compared: Both sides.
        plots: Names of the plots drawn; without any the curves are told in figures.
        photos: Pictures' files by photo.
    """
    base, change, matched = compared.base, compared.change, compared.matched
    parts = {
        "Is it more than noise?": sections.noise(base, matched, compared.params),
        "Rows that changed sides": sections.flips(base, matched, compared.flips, photos),
        "Parameters": sections.parameters(base, change),
        "Metrics": sections.metrics(base, change),
        "Plots": _plots(plots) if plots else sections.curves(base, change),
    }
    if compared.times is not None:
        parts["Run time"] = sections.run_time(compared.times)
    opening = sections.opening(base, change, compared.commit, compared.committed)
    texts = ["## ImageQuant: what this changes", opening, *(f"### {title}\n\n{text}" for title, text in parts.items())]
    return "\n\n".join(texts) + "\n"


def _plots(names: Sequence[str]) -> str:
    return "\n\n".join(f"{_TITLES[name]}:\n\n![{_TITLES[name]}](plots/{name}.png)" for name in names)
