"""Which first-party code a module runs, so that stored results are used only by the code that made them."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

import imagequant

_PACKAGE = "imagequant"
_ROOT = Path(imagequant.__file__).parent


def code_key(*modules: str) -> str:
    """A hash of the code of modules and of all first-party modules they import, directly or not.

    Comments and layout do not count, as in ``storage.work_cache.code_fingerprint``; nothing is imported for it.
    """
    digest = hashlib.sha256()
    for path in sorted(code_files(*modules)):
        digest.update(str(path.relative_to(_ROOT)).encode())
        digest.update(ast.dump(ast.parse(path.read_text(encoding="utf-8"))).encode())
    return digest.hexdigest()


def code_files(*modules: str) -> set[Path]:
    """The source files of modules and of the first-party modules they import, imports in functions included."""
    pending, seen = list(modules), set()
    files: set[Path] = set()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        path = _module_file(name)
        if path is not None:
            files.add(path)
            pending.extend(_imported_names(path))
    return files


def _module_file(name: str) -> Path | None:
    """The file of a dotted name; None if it names something inside a module, or another package."""
    first, *rest = name.split(".")
    if first != _PACKAGE or not rest:
        return None
    path = _ROOT.joinpath(*rest)
    if (path / "__init__.py").exists():
        return path / "__init__.py"
    return path.with_suffix(".py") if path.with_suffix(".py").exists() else None


def _imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names
