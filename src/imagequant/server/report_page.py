"""``/report``: the report of ``evaluate``, with the commit and date that its file must not hold.

The file is an output of DVC: the same inputs must give the same bytes. So commit and date come from git when it is
opened here.
"""

import re
import subprocess
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from imagequant.core.locations import is_remote
from imagequant.evaluation.metrics import REPORT_FILE
from imagequant.storage.layout import Layout

# The report's own policy and the place for commit and date.
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_PLACE = re.compile(r'<p id="made">.*?</p>', re.DOTALL)
_SECONDS = 10


@dataclass(frozen=True)
class Report:
    """The page, and the policy that allows only its own style and script."""

    html: str
    policy: str


def open_report(layout: Layout) -> Report | None:
    """Return the report of a project; None if there is none."""
    path = layout.data("evaluate") / REPORT_FILE
    if not path.is_file():
        return None
    html = path.read_text(encoding="utf-8")
    policy = _POLICY.search(html)
    own = unescape(policy[1]) if policy else "default-src 'none'"
    made = "" if is_remote(layout.root) else _made(layout.root)
    return Report(
        _PLACE.sub(lambda _: f'<p id="made">{escape(made)}</p>' if made else "", html, count=1),
        f"{own}; frame-ancestors 'none'",
    )


def _made(root: Path) -> str:
    """Return the commit that recorded the report and its date; empty outside a git checkout."""
    last = _git(root, "log", "-1", "--format=%h of %cs", "--", "dvc.lock")
    if not last:
        return ""
    changed = " Since then, dvc.lock has changed without a commit." if _git(root, "status", "-s", "dvc.lock") else ""
    return f"Recorded by commit {last}.{changed}"


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
