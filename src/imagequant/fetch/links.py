"""Links as written in raw rows, and the places they lead to."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from imagequant.core.locations import is_remote, location

# RFC 3986: a relative file name with a colon must be written as ./name.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
# fsspec's names for object stores.
_STORES = frozenset({"s3", "gs", "gcs", "az", "abfs"})


def resolve_link(link: str, origin: Path) -> str:
    """Turns a link into an absolute URL; paths are relative to ``origin`` and get its scheme, or ``file://``.

    URLs lose their fragment, which servers do not get. An empty link stays empty.
    """
    link = link.strip()
    if not link:
        return ""
    if _SCHEME.match(link):
        return link.partition("#")[0]
    if is_remote(origin) and not Path(link).is_absolute():
        return str((origin / link).resolve())
    base = Path() if is_remote(origin) else origin.absolute()
    # normpath, not resolve: an image folder may be a symlink, and the path must not depend on its target.
    return Path(os.path.normpath(base / link)).as_uri()


def local_path(url: str) -> Path | None:
    """Returns the file of a ``file://`` URL; None for other schemes and other hosts."""
    if not url.lower().startswith("file:"):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.netloc not in ("", "localhost"):
        return None
    # As bytes, like Path.as_uri: file names need not be UTF-8.
    return Path(os.fsdecode(unquote_to_bytes(parts.path)))


def is_in_store(url: str) -> bool:
    """Returns whether a URL is in an object store."""
    return url.partition("://")[0] in _STORES


def store_path(url: str) -> Path | None:
    """Returns the object of an object store's URL; None for other URLs.

    Raises:
        InputError: If the client for such URLs is not installed.
    """
    return location(url) if is_in_store(url) else None
