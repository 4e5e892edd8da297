"""Fingerprints of first-party code, so that stored results are used only by the code that made them."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import imagequant

_PACKAGE = "imagequant"
_ROOT = Path(imagequant.__file__).parents[1]


@dataclass(frozen=True)
class _Import:
    """``from module import names``, ``level`` packages up; ``import name`` has no names."""

    level: int
    module: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Code:
    """The part of a source file that counts: its code in one spelling, and its imports."""

    bare: str
    imports: frozenset[_Import]


def code_fingerprint(*modules: str, within: str = _PACKAGE) -> str:
    """Hashes the code of modules and of all first-party modules they import (see ``source_files``).

    Comments, docstrings and layout do not count: rewording them must not cost hours of reading photos again.
    """
    digest = hashlib.sha256()
    for path in sorted(source_files(*modules, within=within)):
        digest.update(str(path.relative_to(_ROOT)).encode())
        digest.update(bare_code(path.read_text(encoding="utf-8")).encode())
    return digest.hexdigest()


def source_files(*modules: str, within: str = _PACKAGE) -> set[Path]:
    """Returns the source files of modules and of the first-party modules they import, directly or not.

    Imports in functions count, imports for type checkers do not. Packages' own files are included. Imports nothing.

    Args:
        modules: Dotted names.
        within: A package or module; modules outside of it are neither included nor followed.
    """
    pending, seen = list(modules), set()
    files: set[Path] = set()
    while pending:
        name = pending.pop()
        if name in seen or not f"{name}.".startswith(f"{within}."):
            continue
        seen.add(name)
        pending.append(name.rpartition(".")[0])
        path = _module_file(name)
        if path is not None:
            files.add(path)
            pending.extend(_imported_names(path, name))
    return files


def bare_code(source: str) -> str:
    """Returns a module's code in one spelling, without comments, docstrings and layout."""
    return _parse(source).bare


# A worker needs the code of several results, which is mostly the same.
@lru_cache(maxsize=1024)
def _parse(source: str) -> _Code:
    tree = ast.parse(source)
    imports = frozenset(found for node in _nodes(tree) for found in _imports(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not _is_text(statement)]
    return _Code(ast.dump(tree), imports)


def _imports(node: ast.AST) -> Iterator[_Import]:
    if isinstance(node, ast.Import):
        yield from (_Import(0, alias.name, ()) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield _Import(node.level, node.module or "", tuple(alias.name for alias in node.names))


def _nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """Yields all nodes except those under ``if TYPE_CHECKING``, which do not run."""
    for statement in tree.body:
        if not (isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"):
            yield from ast.walk(statement)


def _is_text(statement: ast.stmt) -> bool:
    """Returns whether a statement is a string, such as a docstring."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _module_file(name: str) -> Path | None:
    """Returns the file of a dotted name; None if it names something in a module."""
    path = _ROOT.joinpath(*name.split("."))
    if (path / "__init__.py").exists():
        return path / "__init__.py"
    return path.with_suffix(".py") if path.with_suffix(".py").exists() else None


def _imported_names(path: Path, module: str) -> set[str]:
    """Returns the dotted names that a file imports; for ``from a import b`` both ``a`` and ``a.b``."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    names: set[str] = set()
    for found in _parse(path.read_text(encoding="utf-8")).imports:
        base = importlib.util.resolve_name("." * found.level + found.module, package) if found.level else found.module
        names.add(base)
        names.update(f"{base}.{name}" for name in found.names)
    return names
