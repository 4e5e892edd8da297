"""What code a stored result is taken to depend on."""

from __future__ import annotations

from pathlib import Path

import pytest

import imagequant
from imagequant.storage import code
from imagequant.storage.code import bare_code, code_fingerprint, source_files

SOURCE = Path(imagequant.__file__).parent

BASE = '''"""What it does."""


def double(x: int) -> int:
    """Twice."""
    return x * 2
'''


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("    return x * 2", "    # a remark\n    return x * 2  # another", True),
        ("    return x * 2", "    return (x\n            * 2)", True),  # layout
        ("Twice.", "Two times.", True),
        ('    """Twice."""\n', "", True),
        ("What it does.", "What else it does.", True),
        ("return x * 2", "return x * 3", False),
        ("x * 2", "2 * x", False),  # equal to a person, not to floats
        ("return x * 2", "return 'x' * 2", False),  # a string that is used
        ("double", "twice", False),
        ("x: int", "x: float", False),
    ],
)
def test_comments_and_docstrings_are_not_run(old, new, same):
    assert old in BASE
    assert (bare_code(BASE.replace(old, new)) == bare_code(BASE)) == same


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A first-party tree of its own: ``a`` imports ``b``, ``b`` imports ``deep.c`` in a function."""
    monkeypatch.setattr(code, "_ROOT", tmp_path)
    files = {
        "__init__.py": "",
        "a.py": "from typing import TYPE_CHECKING\nfrom . import b\n"
        "if TYPE_CHECKING:\n    from imagequant import typed",
        "b.py": "import json\ndef late():\n    from imagequant.deep.c import something",
        "typed.py": "",
        "deep/__init__.py": "from imagequant import shared",
        "deep/c.py": "something = 1",
        "shared.py": "",
        "other.py": "",
    }
    for name, text in files.items():
        path = tmp_path / "imagequant" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "imagequant"


def names(package: Path, *modules: str, **options: str) -> set[str]:
    return {str(path.relative_to(package)) for path in source_files(*modules, **options)}


def test_imports_are_followed_into_functions_and_packages(package):
    found = names(package, "imagequant.a")
    assert found == {"__init__.py", "a.py", "b.py", "deep/__init__.py", "deep/c.py", "shared.py"}


def test_what_lies_outside_is_neither_taken_nor_followed(package):
    assert names(package, "imagequant.deep.c", within="imagequant.deep") == {"deep/__init__.py", "deep/c.py"}
    assert names(package, "imagequant.a", within="imagequant.a") == {"a.py"}
    assert names(package, "imagequant.deep.c", within="imagequant.de") == set(), "a name is no prefix of letters"


def test_a_change_anywhere_in_the_imported_code_changes_the_fingerprint(package):
    before = code_fingerprint("imagequant.a")
    (package / "other.py").write_text("x = 1")
    assert code_fingerprint("imagequant.a") == before
    (package / "deep" / "c.py").write_text("something = 2")
    assert code_fingerprint("imagequant.a") != before


def test_moving_code_to_another_file_changes_the_fingerprint(package):
    before = code_fingerprint("imagequant.b")
    (package / "shared.py").rename(package / "split.py")
    (package / "deep" / "__init__.py").write_text("from imagequant import split")
    assert code_fingerprint("imagequant.b") != before


def test_the_real_tree_is_found():
    found = source_files("imagequant.stages.ocr.run")
    assert SOURCE / "ocr/rapidocr/engine.py" in found, "through the registry, inside a function"
    assert SOURCE / "model/network.py" not in found
