"""What the project is made of and runs: pinned packages, listed licences, no code from data."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
LOCK = "".join((ROOT / name).read_text() for name in ("requirements.lock", "requirements-dev.lock"))
PINNED = {name.lower(): version for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.MULTILINE)}
# What makes objects of any class, or runs text: with data from elsewhere, somebody else's code.
UNSAFE = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "jsonpickle", "cloudpickle"}
UNSAFE_CALLS = {"eval", "exec", "compile", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "os.system", "os.popen"}


def test_every_package_of_the_lock_has_one_exact_version():
    lines = [line for line in LOCK.splitlines() if line and not line.startswith("#")]
    assert all(re.match(r"[\w.-]+==[^\s;*]+(; .+)?$", line) for line in lines)
    assert len(PINNED) == len(lines)


def test_every_dependency_is_locked():
    project = (ROOT / "pyproject.toml").read_text()
    names = re.findall(r'^    "([A-Za-z0-9._-]+)(?:\[[^]]*\])?[<>=]', project, re.MULTILINE)
    assert len(names) > 40
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in names} <= {re.sub(r"[-_.]+", "-", name) for name in PINNED}


def test_every_locked_package_is_listed_with_its_licence():
    listed = re.findall(
        r"^\| ([\w.-]+) \| (\S+) \| (.+) \|$", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE
    )
    assert {name.lower(): version for name, version, _ in listed if name != "package"} == PINNED
    assert not [name for name, _, licence in listed if licence == "not installed here"]


def test_actions_are_pinned_by_commit():
    used = [
        line.partition("uses:")[2].split("#")[0].strip()
        for path in (ROOT / ".github").rglob("*.yml")
        for line in path.read_text().splitlines()
        if "uses:" in line
    ]
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name in used)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_no_module_makes_code_or_objects_of_data(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                assert not UNSAFE & {alias.name.split(".")[0] for alias in names}
            case ast.ImportFrom(module=str(module), names=names):
                # The exception that says that a file was refused is no way to read one.
                assert module.split(".")[0] not in UNSAFE or [alias.name for alias in names] == ["UnpicklingError"]
            case ast.Call(func=func, keywords=keywords):
                name, given = ast.unparse(func), {keyword.arg: ast.unparse(keyword.value) for keyword in keywords}
                assert name not in UNSAFE_CALLS
                assert given.get("shell") != "True"
                assert given.get("allow_pickle") != "True"
                assert name != "torch.load" or given.get("weights_only") == "True"
            case _:
                pass
