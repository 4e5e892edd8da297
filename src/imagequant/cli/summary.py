"""The table printed at the end of `make repro`."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from imagequant.core.files import read_json
from imagequant.storage.layout import Layout

_FIGURES = ("contest_f1", "exact_match", "oracle_recall")


def print_summary(layout: Layout) -> None:
    """Print contest F1, exact match and oracle recall per entity, and the path of the report.

    Raises:
        InputError: If there is no evaluation yet.
    """
    summary = read_json(layout.metrics("evaluate") / "summary.json")
    # Without a frame it fits into 80 columns.
    table = Table(title="Validation rows", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("entity", no_wrap=True)
    for name in ("rows", *_FIGURES):
        table.add_column(name.replace("_", " "), justify="right")
    for name, values in (*summary["by_entity"].items(), ("all", summary)):
        table.add_row(name, str(values["rows"]), *(f"{values[figure]:.3f}" for figure in _FIGURES))
    console = Console()
    console.print(table)
    console.print(f"CNN weights: {summary['cnn_weights']}; report: {layout.data('evaluate') / 'report.html'}")
