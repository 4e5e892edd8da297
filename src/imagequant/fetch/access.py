"""Web addresses that may be requested: links come from strangers, and this machine can reach hosts that they cannot."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from yarl import URL

from imagequant.fetch.outcome import FetchError, Retry
from imagequant.params import FetchParams

_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Prefixes with an embedded IPv4 address (RFC 6052, 3056), and its distance from the right in bits.
_EMBEDDING = ((IPv6Network("64:ff9b::/96"), 0), (IPv6Network("2002::/16"), 80))

_Address = IPv4Address | IPv6Address


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
