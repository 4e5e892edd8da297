"""`.ci/comment` against a stand-in for `gh` that keeps comments in a file, as GitHub would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci/comment"
# Applies the filter that it is given with the real jq: the filter is part of what is tested.
GH = """#!{python}
import json, os, pathlib, subprocess, sys
store = pathlib.Path(os.environ["STORE"])
comments = json.loads(store.read_text())
arguments = sys.argv[1:]
assert arguments[0] == "api" and os.environ["GH_TOKEN"] == "secret", arguments
if "--jq" in arguments:
    (path,) = [each for each in arguments if each.startswith("repos/")]
    assert path == "repos/owner/name/issues/7/comments", path
    command = ["jq", "-r", arguments[arguments.index("--jq") + 1]]
    sys.exit(subprocess.run(command, input=json.dumps(comments), text=True).returncode)
method = arguments[arguments.index("--method") + 1]
(path,) = [each for each in arguments if each.startswith("repos/")]
name, _, file = arguments[arguments.index("--field") + 1].partition("=@")
assert name == "body"
body = pathlib.Path(file).read_text()
if method == "POST":
    assert path == "repos/owner/name/issues/7/comments", path
    comments.append({{"id": 100 + len(comments), "user": {{"login": "github-actions[bot]"}}, "body": body}})
else:
    assert method == "PATCH"
    (mine,) = [each for each in comments if path == f"repos/owner/name/issues/comments/{{each['id']}}"]
    mine["body"] = body
store.write_text(json.dumps(comments))
"""

pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="the stand-in for gh filters with jq")


def comment(folder: Path, text: str, comments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Runs the script; returns the comments there are then."""
    (folder / "gh").write_text(GH.format(python=sys.executable))
    (folder / "gh").chmod(0o755)
    (folder / "report.md").write_text(text)
    (folder / "comments.json").write_text(json.dumps(comments))
    environment = {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "STORE": str(folder / "comments.json"),
        "GH_TOKEN": "secret",
        "PULL_REQUEST": "7",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "owner/name",
        "GITHUB_RUN_ID": "42",
    }
    subprocess.run([SCRIPT, "report.md"], cwd=folder, env=environment, check=True)
    made: list[dict[str, Any]] = json.loads((folder / "comments.json").read_text())
    return made


def test_the_first_push_posts_and_later_ones_update(tmp_path: Path) -> None:
    others = [{"id": 1, "user": {"login": "someone"}, "body": "looks good"}]
    first = comment(tmp_path, "## one | `two`\n", others)
    assert len(first) == 2
    assert "## one | `two`\n" in first[1]["body"]
    assert "https://github.com/owner/name/actions/runs/42" in first[1]["body"]
    second = comment(tmp_path, "## three\n", first)
    assert [each["id"] for each in second] == [each["id"] for each in first]
    assert second[0] == others[0]
    assert "## three" in second[1]["body"]
    assert "one" not in second[1]["body"]


def test_a_strangers_copy_of_the_comment_is_left_alone(tmp_path: Path) -> None:
    (posted,) = comment(tmp_path, "mine\n", [])
    copied = {**posted, "id": 5, "user": {"login": "someone"}}
    made = comment(tmp_path, "again\n", [copied])
    assert made[0] == copied
    assert "again" in made[1]["body"]
