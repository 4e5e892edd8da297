"""Predictions as a table on the terminal, of any width, in which words are not broken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from imagequant.predictor.prediction import Prediction
from imagequant.predictor.results import Predictions, floored, not_found, place_of, worth_showing

# Alternatives per answer.
_SHOWN = 2
_GAP = "  "
_HEADER = ("entity", "answer", "confidence")
# Narrower text under the answers would be a column of single words.
_NARROWEST = 30


def print_table(name: str, predictions: Predictions, *, verbose: bool = False) -> None:
    """Print a table of the answers to one photo, then what was not found, by reason.

    Args:
        name: The photo.
        predictions: The answers.
        verbose: Whether to print where the answers are on the photo.
    """
    console = Console()
    console.print(Text(name, style="bold"), soft_wrap=True)
    lines = list(_answers(predictions.predictions, console.width, verbose))
    if len(predictions.products) > 1:
        lines = []
        for number, each in enumerate(predictions.products, start=1):
            lines.append(_Line(0, f"product {number}: {each.name}".rstrip(": ")))
            lines += _answers(each.predictions, console.width, verbose)
    lines += [_Line(0, note, is_dim=True) for note in _warning(predictions)]
    for line in lines:
        for part in Text(line.text).wrap(console, console.width - line.indent, overflow="ellipsis"):
            text = " " * line.indent + part.plain.rstrip()
            console.print(Text(text, style="dim" if line.is_dim else ""), soft_wrap=True)
    console.print()


@dataclass(frozen=True)
class _Line:
    """A line that is wrapped at words, each part indented; a word longer than the terminal ends in an ellipsis."""

    indent: int
    text: str
    is_dim: bool = False


def _answers(predictions: Sequence[Prediction], width: int, verbose: bool) -> Iterator[_Line]:
    """Yield the lines of a table of answers, and of what was not found."""
    yield from _table([each for each in predictions if worth_showing(each)], width, verbose)
    others = [replace(each, alternatives=()) for each in predictions if not worth_showing(each)]
    yield from (_Line(0, note, is_dim=True) for note in not_found(others))


def _warning(predictions: Predictions) -> list[str]:
    return [f"warning: {predictions.warning}"] if predictions.warning else []


def _table(predictions: Sequence[Prediction], width: int, verbose: bool) -> Iterator[_Line]:
    """Yield the lines of the table: entity, answer, confidence and, if it fits, the text; other details below."""
    if not predictions:
        return
    rows = [(each.entity, each.shown, floored(each.confidence)) for each in predictions]
    widths = [max(map(cell_len, column)) for column in zip(_HEADER, *rows, strict=True)]
    used = sum(widths) + len(_GAP) * len(widths)
    # Where there is little room, answers lie below their entity, and details further to the left.
    is_narrow = used > width
    indent = widths[0] + len(_GAP) if width - widths[0] - len(_GAP) >= _NARROWEST else len(_GAP)
    if not is_narrow:
        yield _Line(0, f"{_padded(_HEADER, widths)}{_GAP}text", is_dim=True)
    for row, each in zip(rows, predictions, strict=True):
        words = " ".join(each.words.split())
        fits = not is_narrow and used + cell_len(words) <= width
        if is_narrow:
            yield _Line(0, row[0])
            yield _Line(len(_GAP), f"{row[1]}{_GAP}{row[2]}")
        else:
            yield _Line(0, _padded(row, widths) + (_GAP + words if words and fits else ""))
        if words and not fits:
            yield _Line(indent, words, is_dim=True)
        if each.printed:
            yield _Line(indent, f"printed: {each.printed}", is_dim=True)
        others = [f"{other.text} {floored(other.confidence)}" for other in each.alternatives[:_SHOWN]]
        if others:
            yield _Line(indent, f"or {', '.join(others)}", is_dim=True)
        if verbose and each.box:
            yield _Line(indent, f"at {place_of(each.box)}", is_dim=True)


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return cells as a line; the confidence is on the right of its column."""
    entity, answer, confidence = (
        cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return _GAP.join((entity, answer, confidence.rstrip().rjust(widths[2])))
