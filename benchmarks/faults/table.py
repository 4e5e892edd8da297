"""``python -m benchmarks.faults.table``: the counts of ``metrics/bench/faults.json`` as a Markdown table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.faults.__main__ import OUTPUT
from imagequant.core.files import read_json

# By part: each count with its description and, if it is a share, the count it is a share of.
_ROWS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "hostile": {
        "good_byte_for_byte": ("hostile web servers: good images that arrive byte for byte", "good"),
        "faults_with_the_right_reason": ("bad links recorded with the reason of their fault", "faults"),
        "kinds_of_fault": ("kinds of fault among them", ""),
        "reasons": ("reasons recorded for them", ""),
        "asked_in_vain_by_the_next_run": (
            "permanently failed links requested again",
            "asked_by_the_next_run",
        ),
        "changed_by_the_next_run": ("manifest rows changed by the next run", "links"),
    },
    "text": {
        "crashes": ("random texts, CSV and parameter files: crashes", "texts"),
        "too_slow": ("texts that take longer than five seconds (up to 20 000 characters)", "texts"),
        "csv_files_refused": ("broken CSV files refused with a reason", "csv_files"),
        "params_files_refused": ("broken parameter files refused with a reason", "params_files"),
    },
    "images": {
        "crashes": ("broken image files: crashes, with 4 GiB of memory", "files"),
        "too_slow": ("image files that take longer than 30 seconds, extreme shapes in OCR included", "files"),
        "files_refused": ("image files refused with a reason", "files"),
    },
    "kills": {
        "runs_that_differ": ("stages killed at random: later runs with different bytes", "kills"),
        "runs_that_failed": ("later runs that fail", "kills"),
        "workers_left": ("worker processes left behind", "kills"),
    },
    "damage": {
        "cache_runs_that_differ": (
            "stages with other results after damage to the work cache",
            "cache_entries_damaged",
        ),
        "shard_runs_that_differ": ("outputs that differ after a flipped bit and `dvc repro`", "shards_damaged"),
        "read_only_folders_not_named": ("read-only folders: errors that do not name the path", "read_only_folders"),
        "full_disks_not_named": ("full disks: errors that do not name the file", "full_disks"),
        "full_disk_runs_that_differ": ("later runs with different results", "full_disks"),
        "interrupts_too_slow": ("Ctrl-C: runs that take longer than five seconds to end", "interrupts"),
        "interrupts_that_left_a_process": ("runs that leave a process", "interrupts"),
        "interrupts_that_left_a_file": ("runs that leave a temporary file", "interrupts"),
        "side_by_side_runs_that_differ": ("two runs sharing one work cache: different results", "side_by_side_runs"),
    },
    "server": {
        "sustained_wrong": ("server, one hour at 90% of its capacity: wrong answers", "sustained_answered"),
        "sustained_refused": ("requests refused with Retry-After", "sustained_answered"),
        "doubled_wrong": ("server at twice its capacity: wrong answers", "doubled_answered"),
        "doubled_refused_without_retry_after": ("refusals without Retry-After", "doubled_refused"),
        "doubled_failed": ("requests that fail in another way", "doubled_answered"),
        "afterwards_refused": ("refusals after the load has dropped", "afterwards_answered"),
    },
}


def markdown(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Returns one row per count."""
    lines = ["| | count | of |", "|---|---|---|"]
    for part, rows in _ROWS.items():
        for name, (title, whole) in rows.items():
            if part in figures:
                counted = figures[part]
                lines.append(f"| {title} | {counted[name]:,} | {f'{counted[whole]:,}' if whole else ''} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown(read_json(OUTPUT)))
