"""Fingerprints of first-party code, so that stored results are used only by the code that made them."""

import ast
import hashlib
import importlib.util
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import imagequant

_PACKAGE = "imagequant"
_ROOT = Path(imagequant.__file__).parents[1]


# ``from module import names``, ``level`` packages up; ``import name`` has no names.
_Import = tuple[int, str, tuple[str, ...]]


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
    """Returns the source files of modules (dotted names) and of the first-party modules they import, directly or not.

    Imports in functions count, imports for type checkers do not. Packages' own files are included. Imports nothing.
    Modules outside of the package or module ``within`` are neither included nor followed.
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
    return _parse(source)[0]


# A worker needs the code of several results, which is mostly the same.
@lru_cache(maxsize=1024)
def _parse(source: str) -> tuple[str, frozenset[_Import]]:
    """Returns the code in one spelling, and its imports."""
    tree = ast.parse(source)
    imports: set[_Import] = set()
    for statement in tree.body:
        # What is under ``if TYPE_CHECKING`` does not run.
        if not (isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"):
            imports.update(found for node in ast.walk(statement) for found in _imports(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not _is_text(statement)]
    return ast.dump(tree), frozenset(imports)


def _imports(node: ast.AST) -> Iterator[_Import]:
    if isinstance(node, ast.Import):
        yield from ((0, alias.name, ()) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield node.level, node.module or "", tuple(alias.name for alias in node.names)


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _module_file(name: str) -> Path | None:
    """Returns the file of a dotted name; None if it names something in a module."""
    path = _ROOT.joinpath(*name.split("."))
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.exists()), None)


def _imported_names(path: Path, module: str) -> set[str]:
    """Returns the dotted names that a file imports; for ``from a import b`` both ``a`` and ``a.b``."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    names: set[str] = set()
    for level, imported, parts in _parse(path.read_text(encoding="utf-8"))[1]:
        base = importlib.util.resolve_name("." * level + imported, package) if level else imported
        names |= {base, *(f"{base}.{name}" for name in parts)}
    return names
