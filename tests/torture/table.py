"""The README's table of what survives: ``python -m tests.torture.table``, Markdown from ``metrics/torture.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.torture.__main__ import OUTPUT

from imagequant.storage.files import read_json

# Of each part: what is counted, and of how many where it is a share of something.
_ROWS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "hostile": {
        "good_byte_for_byte": ("a hostile web: good images that arrive byte for byte", "good"),
        "faults_with_the_right_reason": ("bad links that have the reason of their fault in the manifest", "faults"),
        "kinds_of_fault": ("kinds of fault among them", ""),
        "reasons": ("reasons they have", ""),
        "asked_in_vain_by_the_next_run": (
            "links that the next run asks for though they cannot pass",
            "asked_by_the_next_run",
        ),
        "changed_by_the_next_run": ("rows of the manifest that the next run changes", "links"),
    },
}


def markdown(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """One row a count that was made."""
    lines = ["| | count | of |", "|---|---|---|"]
    for part, rows in _ROWS.items():
        for name, (title, whole) in rows.items():
            if part in figures:
                counted = figures[part]
                lines.append(f"| {title} | {counted[name]:,} | {f'{counted[whole]:,}' if whole else ''} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown(read_json(OUTPUT)))
