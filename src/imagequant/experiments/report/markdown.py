"""Markdown as GitHub reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# GitHub refuses longer comments (65 536 characters).
COMMENT_LIMIT = 60_000


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """A table; the first ``left`` columns are aligned left, the others, numbers, right."""
    lines = [columns, ["---" if number < left else "---:" for number in range(len(columns))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Text that strangers wrote (labels, links) as a code span: it formats, links and mentions nothing."""
    # In tables a bar ends the cell, in code spans too; a backtick would end the span.
    inside = " ".join(text.replace("`", "'").split()).replace("|", "\\|")
    return f"`{inside}`" if inside else ""


def number(value: Any) -> str:
    """A figure, or a setting, in a cell; ``-`` for what is not there."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value) if isinstance(value, int) else code(str(value))


def signed(value: float, *, bold: bool = False) -> str:
    """A difference with its sign."""
    # Sums of floats: a zero must not come out as -0.000.
    text = f"{round(value, 3) + 0.0:+.3f}"
    return f"**{text}**" if bold else text


def folded(title: str, text: str) -> str:
    """A part that opens on a click."""
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def shortened(text: str, limit: int = COMMENT_LIMIT) -> str:
    """Cuts what is too long for a comment after a whole line, and says so."""
    if len(text) <= limit:
        return text
    note = "\n\n(Cut: too long for a comment. The whole report is in the run's artifact.)\n"
    return text[: text.rindex("\n", 0, limit - len(note))] + note


def flattened(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested keys with dots: ``train.augment.box_jitter``. Lists are values."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= flattened(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat
