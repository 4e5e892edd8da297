"""The table in docs/robustness.md: ``python -m benchmarks.faults.table``, Markdown from ``metrics/torture.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.faults.__main__ import OUTPUT
from imagequant.core.files import read_json

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
    "text": {
        "crashes": ("texts through the grammar, broken CSV and parameter files: crashes", "texts"),
        "too_slow": ("of which one took longer than five seconds (each five-thousandth: 20 000 characters)", "texts"),
        "csv_files_refused": ("broken CSV files that are refused with a line that says why", "csv_files"),
        "params_files_refused": ("broken parameter files that are", "params_files"),
    },
    "images": {
        "crashes": ("broken image files: crashes, in 4 GiB of memory", "files"),
        "too_slow": ("of which one took longer than half a minute, images of odd shapes read by OCR included", "files"),
        "files_refused": ("refused with a reason", "files"),
    },
    "kills": {
        "runs_that_differ": ("stages killed at random: runs after it whose outputs differ by a byte", "kills"),
        "runs_that_failed": ("or that fail", "kills"),
        "workers_left": ("worker processes left, the main process killed alone or with them", "kills"),
    },
    "damage": {
        "cache_runs_that_differ": ("stages that come out otherwise with a damaged work cache", "cache_entries_damaged"),
        "shard_runs_that_differ": (
            "`dvc repro` with a bit flipped in an output: outputs that differ",
            "shards_damaged",
        ),
        "read_only_folders_not_named": (
            "folders that only give: runs whose last line does not name what cannot be written",
            "read_only_folders",
        ),
        "full_disks_not_named": ("a full disk: runs whose last line does not name the file", "full_disks"),
        "full_disk_runs_that_differ": ("runs after it whose outputs differ", "full_disks"),
        "interrupts_too_slow": ("Ctrl-C: runs that take longer than five seconds to end", "interrupts"),
        "interrupts_that_left_a_process": ("that leave a process", "interrupts"),
        "interrupts_that_left_a_file": ("that leave a temporary file", "interrupts"),
        "side_by_side_runs_that_differ": (
            "two runs at once on one work cache: outputs that differ",
            "side_by_side_runs",
        ),
    },
    "server": {
        "sustained_wrong": (
            "the server for an hour at nine tenths of its rate: answers that are wrong",
            "sustained_answered",
        ),
        "sustained_refused": ("requests that it refuses then, with when to come again", "sustained_answered"),
        "doubled_wrong": ("the server at twice the rate that it sustains: answers that are wrong", "doubled_answered"),
        "doubled_refused_without_retry_after": ("refusals that do not say when to come again", "doubled_refused"),
        "doubled_failed": ("requests that fail otherwise", "doubled_answered"),
        "afterwards_refused": ("refusals when the load has dropped", "afterwards_answered"),
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
