"""Which web addresses may be asked: links are strangers' text, and this machine may reach what they may not."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from yarl import URL

from imagequant.fetch.outcome import Again, FetchError
from imagequant.params import DownloadParams

_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Prefixes with an IPv4 address inside (RFC 6052, 3056), and how far it is from the right.
_EMBEDDING = ((IPv6Network("64:ff9b::/96"), 0), (IPv6Network("2002::/16"), 80))

_Address = IPv4Address | IPv6Address


class RefusedAddressError(OSError):
    """A connection to an address that may not be asked; an ``OSError``, so that a host's other addresses are tried."""


@dataclass(frozen=True)
class Allowed:
    """What section ``download`` lets be asked for.

    Attributes:
        schemes: Of web links.
        names: Hosts that may be asked wherever their names lead.
        networks: Addresses that may be asked although they are not public.
    """

    schemes: frozenset[str]
    names: frozenset[str]
    networks: tuple[IPv4Network | IPv6Network, ...]

    @classmethod
    def by(cls, params: DownloadParams) -> Allowed:
        """As the parameters say."""
        networks = {host: _network(host) for host in params.hosts}
        return cls(
            frozenset(params.schemes),
            frozenset(host for host, network in networks.items() if network is None),
            tuple(network for network in networks.values() if network is not None),
        )

    def check(self, target: URL) -> None:
        """Checks what a URL itself says; where a name leads is seen when it is connected to (``socket_to``).

        Raises:
            FetchError: If its scheme or its host is not allowed.
        """
        if target.scheme not in self.schemes:
            raise FetchError("refused_scheme", f"{target.scheme} is not among download.schemes")
        host = target.raw_host or ""
        # Names do not end in numbers (RFC 3696). ``0x7f.1`` and ``2130706433`` do, and systems take them for addresses.
        looks_like_address = ":" in host or host.rstrip(".").rpartition(".")[2][:1].isdigit()
        if looks_like_address and not self.has_address(host):
            raise refused_host()

    def has_name(self, target: URL) -> bool:
        """Whether the host is allowed by its name."""
        return bool(self.names) and (target.raw_host or "").rstrip(".") in self.names

    def has_address(self, text: str) -> bool:
        """Whether an address may be connected to; what is not written as addresses are may not."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        meant = _meant(address)
        return _is_public(meant) or any(one in network for network in self.networks for one in (address, meant))

    def socket_to(self, place: Sequence[object]) -> socket.socket:
        """Makes the socket for an address that a name led to, as ``getaddrinfo`` gives it.

        The last moment to look: between any earlier look and this a name can come to lead elsewhere.

        Raises:
            RefusedAddressError: If it may not be connected to.
        """
        family, kind, protocol, _, address = place
        if not self.has_address(address[0]):  # type: ignore[index]
            raise RefusedAddressError("not a public address")
        return socket.socket(family, kind, protocol)  # type: ignore[arg-type]


def refused_host(again: Again = Again.NEVER) -> FetchError:
    """The failure of a host that may not be asked."""
    return FetchError("refused_host", "not a public address, nor among download.hosts", again)


def _network(host: str) -> IPv4Network | IPv6Network | None:
    try:
        return ipaddress.ip_network(host)
    except ValueError:
        return None


def _meant(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
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
