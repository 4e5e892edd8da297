"""Sockets to listen on, opened before the model is loaded: a busy port is told at once, in one line."""

import errno
import socket

from imagequant.core.errors import InputError

_BACKLOG = 2048


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Listen on all addresses of a host; port 0 takes a free one.

    Raises:
        InputError: If the host has no address, or the port is taken; the message says what to change.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise InputError(f"--host: {host}: {error.strerror}") from None
    opened: list[socket.socket] = []
    for family, address in dict.fromkeys((each[0], each[4]) for each in found):
        taken = opened[0].getsockname()[1] if opened else port
        try:
            opened.append(socket.create_server((str(address[0]), taken), family=family, backlog=_BACKLOG))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:  # "localhost" on a machine without IPv6
                continue
            for each in opened:
                each.close()
            if error.errno == errno.EADDRINUSE:
                raise InputError(f"--port: {host}:{port} is in use; name another, or 0 for a free one") from None
            raise InputError(f"--host {host} --port {port}: {error.strerror}") from None
    if not opened:
        raise InputError(f"--host: {host} is not an address of this machine")
    return opened
