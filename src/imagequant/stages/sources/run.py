"""Section ``sources`` -> ``data/sources/{train,test}/NN-name`` (links), ``sources.json``, a link to the corrections.

DVC cannot take a list of paths from params.yaml as dependencies. So this stage's output is links: DVC hashes the files
they point to, sees when a raw file changes, and re-runs the stages that depend on it.
"""

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, write_json
from imagequant.core.locations import copy, is_remote, under
from imagequant.params import Params
from imagequant.storage.layout import SPLITS, Layout, Split
from imagequant.storage.raw import (
    CORRECTIONS_FILE,
    HAND,
    SOURCES_FILE,
    RawRow,
    iterate_raw,
    iterate_raw_file,
    read_corrections,
    row_problem,
)

_PROBLEMS_SHOWN = 20


def run(params: Params, layout: Layout) -> None:
    """Checks every raw file before anything is computed, then links them and ``data/corrections.csv``."""
    names: dict[str, dict[str, str]] = {}
    for split in SPLITS:
        named = getattr(params.sources, split)
        # Numbered, so that the folder shows their order.
        files = enumerate([named] if isinstance(named, str) else named)
        names[split] = {f"{number:02d}-{Path(name).name}": name for number, name in files}
        for name in names[split].values():
            check_rows(
                _read(layout.root, name, split), name, params.domain.names, strict=params.sources.bad_rows == "error"
            )
    folder = fresh_folder(layout.data("sources"))
    for split in SPLITS:
        for link, name in names[split].items():
            place_link(folder / split / link, under(layout.root, name), layout.root)
    write_json(folder / SOURCES_FILE, names)
    corrections = layout.root / "data" / CORRECTIONS_FILE
    if corrections.exists():
        place_link(folder / CORRECTIONS_FILE, corrections, layout.root)
        # All rows are read again only if there are corrections.
        if count := len(read_corrections(corrections)):
            hand = sum(row.extra.get("label_source") == HAND for row in iterate_raw(layout, "train"))
            print(f"sources: {count} corrections, {hand} rows labelled by hand", file=sys.stderr)


def check_rows(rows: Iterable[RawRow], name: str, entities: Collection[str], *, strict: bool) -> None:
    """Prints on stderr which rows of the file ``name`` cannot be processed."""
    total = bad = 0
    first = ""
    for row in rows:
        total += 1
        problem = row_problem(row, entities)
        if problem:
            bad += 1
            first = first or problem
            if bad <= _PROBLEMS_SHOWN:
                print(problem, file=sys.stderr)
    if bad and (strict or bad == total):
        raise InputError(
            f"{name}: {bad} of {total} rows cannot be processed, the first: {first}"
            " (sources.bad_rows: skip goes on without them)"
        )


def place_link(link: Path, target: Path, root: Path) -> None:
    """Links to a file: relatively within the project, so that clones are equal, else absolutely.

    Object stores have no links, so files are copied to and from them.
    """
    if is_remote(link) or is_remote(target):
        copy(target, link)
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    resolved = target.resolve()
    inside = resolved.is_relative_to(root.resolve())
    link.symlink_to(os.path.relpath(resolved, link.parent.resolve()) if inside else resolved)


def _read(root: Path, name: str, split: Split) -> Iterator[RawRow]:
    path = under(root, name)
    if not path.exists():
        raise InputError(
            f"sources.{split}: {name}: no such file under {root if is_remote(root) else root.resolve()}"
            " (an experiment run with --queue or --temp has a folder of its own: give an absolute path)"
        )
    return iterate_raw_file(path, name, split)
