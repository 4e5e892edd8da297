"""Links as written in raw rows, the places they lead to, and which files and web addresses they may name.

Links come from strangers, and this machine has files and reaches hosts that are not for them. A CSV's links may lead
into its own folder and into those named by ``download.folders``. Symbolic links are resolved first, since an unpacked
archive may contain some. The same holds in object stores, which are read with the owner's credentials.
"""

import ipaddress
import os
import re
import socket
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from yarl import URL

from imagequant.core.locations import is_remote, location, under
from imagequant.fetch.outcome import FetchError, Retry
from imagequant.params import FetchParams
from imagequant.storage.raw import RawRow

# RFC 3986: a relative file name with a colon must be written as ./name.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
# fsspec's names for object stores.
_STORES = frozenset({"s3", "gs", "gcs", "az", "abfs"})
# Prefix of the URL of a file that the row may not name.
OUTSIDE = "outside:"
_CACHED_FOLDERS = 1 << 16
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Prefixes with an embedded IPv4 address (RFC 6052, 3056), and its distance from the right in bits.
_EMBEDDING = ((IPv6Network("64:ff9b::/96"), 0), (IPv6Network("2002::/16"), 80))
_Address = IPv4Address | IPv6Address


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
    """Returns the object of an object store's URL; None for other URLs."""
    return location(url) if is_in_store(url) else None


class Folders:
    """The folders that may be read; those of the CSVs are added with their rows. Threads may share it."""

    def __init__(self, named: Iterable[str] = (), root: Path = Path()) -> None:
        """Adds the folders that the parameters name, absolute or relative to the project's ``root``."""
        # Photos share folders, so each is resolved once.
        self._real = lru_cache(_CACHED_FOLDERS)(os.path.realpath)
        self._named = frozenset(_name(under(root, name)) for name in named)
        self._origins: dict[Path, str] = {}

    def place_of(self, row: RawRow) -> str:
        """Returns the URL that a row's link leads to, after ``OUTSIDE`` if its CSV may not lead there."""
        url = resolve_link(row.image_link, row.origin)
        path = local_path(url)
        if path is not None:
            allowed = self._may_name(str(path), self._folder_of(row))
        elif is_in_store(url):
            # Object stores have no "..", but their clients may resolve it.
            allowed = ".." not in url.split("/") and _is_in(url, (self._folder_of(row), *self._named))
        else:
            return url
        return url if allowed else OUTSIDE + url

    def has(self, path: Path) -> bool:
        """Returns whether a file, symbolic links resolved, is in one of the folders: of any CSV, or a named one."""
        text = str(path)
        # Path.is_symlink raises for names that are not valid.
        real = os.path.realpath(text) if os.path.islink(text) else self._resolved(text)  # noqa: PTH114
        return _is_in(real, (*self._origins.values(), *self._named))

    def _folder_of(self, row: RawRow) -> str:
        known = self._origins.get(row.origin)
        return known if known is not None else self._origins.setdefault(row.origin, _name(row.origin))

    def _may_name(self, path: str, origin: str) -> bool:
        if not path.startswith("/"):
            return False
        if "/.." not in path and _is_in(path, (origin,)):
            return True
        return _is_in(self._resolved(path), (origin, *self._named))

    def _resolved(self, path: str) -> str:
        """Resolves symbolic links among the path's folders."""
        folder, name = os.path.split(path)
        return os.path.realpath(path) if name in ("", ".", "..") else os.path.join(self._real(folder), name)  # noqa: PTH118


def _name(folder: Path) -> str:
    return str(folder).rstrip("/") if is_remote(folder) else os.path.realpath(folder)


def _is_in(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(folder if folder.endswith("/") else f"{folder}/") for folder in folders)


class RefusedAddressError(OSError):
    """A connection to a forbidden address; an ``OSError``, so that the host's other addresses are tried."""


class AccessRules:
    """What section ``download`` allows: schemes, hosts by name, and networks that are allowed although not public."""

    def __init__(self, params: FetchParams) -> None:
        networks = {host: _network(host) for host in params.hosts}
        self._schemes = frozenset(params.schemes)
        self._names = frozenset(host for host, network in networks.items() if network is None)
        self._networks = [network for network in networks.values() if network is not None]

    def check(self, target: URL) -> None:
        """Checks the URL itself; the address that a name resolves to is checked when connecting (``socket_to``).

        Raises:
            FetchError: If its scheme or its host is not allowed.
        """
        if target.scheme not in self._schemes:
            raise FetchError("refused_scheme", f"{target.scheme} is not among download.schemes")
        host = target.raw_host or ""
        # Names do not end in numbers (RFC 3696); ``0x7f.1`` and ``2130706433`` do, and systems read them as addresses.
        looks_like_address = ":" in host or host.rstrip(".").rpartition(".")[2][:1].isdigit()
        if looks_like_address and not self.has_address(host):
            raise refused_host()

    def has_name(self, target: URL) -> bool:
        """Returns whether the host is allowed by name."""
        return bool(self._names) and (target.raw_host or "").rstrip(".") in self._names

    def has_address(self, text: str) -> bool:
        """Returns whether an address is allowed; text that is not a canonical address is not."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        target = _embedded(address)
        return _is_public(target) or any(one in network for network in self._networks for one in (address, target))

    def socket_to(self, place: Sequence[object]) -> socket.socket:
        """Makes the socket for an address that a name resolved to, as ``getaddrinfo`` gives it.

        Checked here and not earlier, because a name can resolve differently in between.

        Raises:
            RefusedAddressError: If the address is not allowed.
        """
        family, kind, protocol, _, address = place
        if not self.has_address(address[0]):  # type: ignore[index]
            raise RefusedAddressError("not a public address")
        return socket.socket(family, kind, protocol)  # type: ignore[arg-type]


def refused_host(retry: Retry = Retry.NEVER) -> FetchError:
    """Returns the failure for a forbidden host."""
    return FetchError("refused_host", "not a public address, nor among download.hosts", retry)


def _network(host: str) -> IPv4Network | IPv6Network | None:
    try:
        return ipaddress.ip_network(host)
    except ValueError:
        return None


def _embedded(address: _Address) -> _Address:
    """Returns the IPv4 address that an IPv6 address embeds, else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        for network, shift in _EMBEDDING:
            if address in network:
                return IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return address


def _is_public(address: _Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast
