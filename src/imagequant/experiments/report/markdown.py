"""GitHub-flavoured Markdown."""

from __future__ import annotations

from collections.abc import Sequence

# GitHub refuses longer comments (65 536 characters).
COMMENT_LIMIT = 60_000


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Formats a table: the first ``left`` columns are left-aligned, the others, for numbers, right-aligned."""
    lines = [columns, ["---" if number < left else "---:" for number in range(len(columns))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Formats untrusted text (labels, links) as a code span, so that it cannot format, link or mention anything."""
    # A bar would end the table cell even in a code span; a backtick would end the span.
    inside = " ".join(text.replace("`", "'").split()).replace("|", "\\|")
    return f"`{inside}`" if inside else ""


def number(value: float | None) -> str:
    """Formats a figure for a table cell; ``-`` if it is missing."""
    return "-" if value is None else f"{value:.3f}"


def signed(value: float, *, bold: bool = False) -> str:
    """Formats a difference with its sign."""
    # Adding 0.0 turns a rounded -0.0 into 0.0.
    text = f"{round(value, 3) + 0.0:+.3f}"
    return f"**{text}**" if bold else text


def details(title: str, text: str) -> str:
    """Formats a part that opens on a click."""
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def shorten(text: str, limit: int = COMMENT_LIMIT) -> str:
    """Cuts text that is too long for a comment at the end of a line, with a note."""
    if len(text) <= limit:
        return text
    note = "\n\n(Cut: too long for a comment. The whole report is in the run's artifact.)\n"
    return text[: text.rindex("\n", 0, limit - len(note))] + note
