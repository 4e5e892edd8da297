"""The files of one revision that the report compares."""

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagequant.core.errors import InputError
from imagequant.evaluation import metrics, scored_row
from imagequant.evaluation.scored_row import ScoredRow, parse_rows
from imagequant.storage.versions import Versions

METRICS, VERSIONS = "metrics/evaluate", "data/versions"
ROWS_FILE = f"{METRICS}/{scored_row.ROWS_FILE}"
SUMMARY_FILE = f"{METRICS}/{metrics.SUMMARY_FILE}"
# The tables behind the plots.
TABLES = ("risk_coverage", "reliability", "by_entity", "buckets", "axis_confusion", "unit_confusion")
Table = Sequence[Mapping[str, str]]


def resolve(root: Path, name: str) -> str:
    """Finds the commit of a revision, or else of the branch of that name last fetched from ``origin``."""
    if _git(root, "rev-parse", "--git-dir") is None:
        raise InputError(f"{root}: not in a git repository: there is nothing to compare with")
    for candidate in (name, f"origin/{name}"):
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{candidate}^{{commit}}")
        if commit:
            return commit.strip()
    raise InputError(f"{name}: no such revision here; for a branch: git fetch --depth 1 origin {name}:{name}")


def read_at(root: Path, commit: str, path: str) -> str | None:
    """Return the text of a file, relative to the project folder; None if the commit has no such file."""
    # ./: relative to the folder, not to the top of the repository.
    return _git(root, "show", f"{commit}:./{path}")


def _git(root: Path, *arguments: str) -> str | None:
    """Return the output of a git command, None if it fails."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    return done.stdout.decode("utf-8") if done.returncode == 0 else None


@dataclass(frozen=True)
class Snapshot:
    """One of the two revisions compared: ``summary.json``, every validation row, and the tables behind the plots.

    Missing files are None, or a table without rows. ``versions`` are by stage, as far as they are recorded.
    """

    name: str
    summary: Mapping[str, Any] | None
    rows: Sequence[ScoredRow] | None
    tables: Mapping[str, Table]
    versions: Versions


def read_snapshot(name: str, read: Callable[[str], str | None], stages: Iterable[str]) -> Snapshot:
    """Reads the snapshot ``name``, with the recorded versions of ``stages``.

    ``read`` returns the text of a file, None if there is no such file.
    """
    summary, rows = read(SUMMARY_FILE), read(ROWS_FILE)
    versions = {stage: read(f"{VERSIONS}/{stage}.json") for stage in stages}
    try:
        return Snapshot(
            name=name,
            summary=None if summary is None else json.loads(summary),
            rows=None if rows is None else parse_rows(rows, f"{name}: {ROWS_FILE}"),
            tables={each: list(csv.DictReader(io.StringIO(read(f"{METRICS}/{each}.csv") or ""))) for each in TABLES},
            versions={stage: json.loads(text) for stage, text in versions.items() if text is not None},
        )
    except json.JSONDecodeError as error:
        raise InputError(f"{name}: {SUMMARY_FILE} or {VERSIONS}: not JSON: {error}") from None
