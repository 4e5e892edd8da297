"""Predictions as a table on the terminal."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from imagequant.predictor.results import Predictions, Question, not_found, percent

# Alternatives per row.
_SHOWN = 2


def print_table(_: Sequence[Question], predictions: Predictions) -> None:
    """Print a table of the answers, then what was not found, by reason."""
    console = Console()
    console.print(Text(predictions.photo, style="bold"), soft_wrap=True)
    shown = [each for each in predictions if each.text or each.alternatives]
    if shown:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        table.add_column("entity", no_wrap=True)
        table.add_column("answer", overflow="fold")
        table.add_column("confidence", justify="right", no_wrap=True)
        table.add_column("text", overflow="fold")
        table.add_column("x0 y0 x1 y1", no_wrap=True)
        table.add_column("alternatives", overflow="fold")
        for each in shown:
            box = each.box
            place = f"{box.x0:.0f} {box.y0:.0f} {box.x1:.0f} {box.y1:.0f}" if box else ""
            others = ", ".join(f"{other.text} {percent(other.confidence)}" for other in each.alternatives[:_SHOWN])
            cells = (each.entity, each.shown, percent(each.confidence), each.words, place, others)
            # As Text, because brackets printed on a product are not markup.
            table.add_row(*map(Text, cells))
        console.print(table)
    for line in not_found(predictions):
        console.print(Text(line, style="dim"))
    console.print()
