"""``/report``: the report of ``evaluate``, with the commit and date that its file must not hold.

The file is an output of DVC: the same inputs must give the same bytes. So what differs between runs is added when it is
opened here: the commit and its date from git, the parameters of every stage from ``dvc.lock``, which names the file.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any

import yaml

from imagequant.core.locations import is_remote
from imagequant.evaluation.metrics import REPORT_FILE
from imagequant.storage.layout import Layout

# The report's own policy and the place for commit and date.
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_PLACE = re.compile(r'<div id="made">.*?</div>', re.DOTALL)
_LOCK = "dvc.lock"
_SECONDS = 10


@dataclass(frozen=True)
class Report:
    """The page, and the policy that allows only its own style and script."""

    html: str
    policy: str


def report_path(layout: Layout) -> Path:
    """Return where the report of a project is."""
    return layout.data("evaluate") / REPORT_FILE


def open_report(layout: Layout) -> Report | None:
    """Return the report of a project; None if there is none."""
    path = report_path(layout)
    if not path.is_file():
        return None
    html = path.read_text(encoding="utf-8")
    policy = _POLICY.search(html)
    own = unescape(policy[1]) if policy else "default-src 'none'"
    made = "" if is_remote(layout.root) else _commit(layout.root) + _parameters(layout.root / _LOCK)
    return Report(
        _PLACE.sub(
            lambda _: f'<div id="made"><p><a href="/">Ask</a> · <a href="/review">Review</a></p>{made}</div>',
            html,
            count=1,
        ),
        f"{own}; frame-ancestors 'none'",
    )


def _commit(root: Path) -> str:
    """Return the commit that recorded the report and its date; empty outside a git checkout."""
    last = _git(root, "log", "-1", "--format=%h of %cs", "--", _LOCK)
    if not last:
        return ""
    changed = f" Since then, {_LOCK} has changed without a commit." if _git(root, "status", "-s", _LOCK) else ""
    return f"<p>Recorded by commit {escape(last)}.{changed}</p>"


def _parameters(lock: Path) -> str:
    """Return the parameters with which the stages ran; empty if none are recorded."""
    stages = yaml.safe_load(lock.read_text(encoding="utf-8"))["stages"] if lock.is_file() else {}
    values: dict[str, Any] = {}
    for stage in stages.values():
        for recorded in stage.get("params", {}).values():
            values |= recorded
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(str(value))}</td></tr>' for name, value in _flat(values)
    )
    return f"<details><summary>Parameters</summary><table>{lines}</table></details>" if lines else ""


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in sorted(values.items()):
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
