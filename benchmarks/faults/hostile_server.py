"""The hostile web's servers, in a thread of their own: plain, TLS with good and bad certificates, and worse."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import re
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.faults.faults import Exchange
from benchmarks.faults.kinds import KINDS

# All of them reach every port: to the client they are so many hosts, each with its own connections.
HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 9))
_NUMBER = re.compile(r"(\d+)\.jpg")
_DAY = datetime.timedelta(days=1)


@dataclass
class HostileServer:
    """What runs: ports by name, and how often each path was asked for."""

    ports: dict[str, int] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    authority: Path = Path()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers the requests of one connection."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, TimeoutError):
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                asked = self.asked[path]
                self.asked[path] += 1
                kind = KINDS[path.split("/")[1]]
                number = _NUMBER.search(path)
                assert kind.answer is not None
                assert number is not None
                await kind.answer(Exchange(writer, int(number[1]), asked, self.ports["PORT"]))
        writer.close()

    async def refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Has no understanding of what it is told, as a server that speaks plain HTTP has none of TLS."""
        with contextlib.suppress(ConnectionError):
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()

    async def reset(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Breaks every connection off as soon as it is made."""
        Exchange(writer, 0, 0, 0).reset()


@contextmanager
def hostile_server(folder: Path) -> Iterator[HostileServer]:
    """Runs the servers; ``folder`` takes the certificates, ``authority`` is the file to trust."""
    server = HostileServer()
    contexts = _certificates(folder)
    server.authority = folder / "authority.pem"
    started, loop = threading.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        async with contextlib.AsyncExitStack() as stack:
            served = {"PORT": (server.answer, None), "RESET": (server.reset, None), "NO_TLS": (server.refuse, None)}
            served |= {name: (server.answer, context) for name, context in contexts.items()}
            for name, (answer, context) in served.items():
                one = await asyncio.start_server(answer, "0.0.0.0", 0, ssl=context, backlog=1024)
                await stack.enter_async_context(one)
                server.ports[name] = one.sockets[0].getsockname()[1]
            # Taken, but nobody listens: connections are refused.
            with socket.socket() as closed:
                closed.bind(("0.0.0.0", 0))
                server.ports["CLOSED"] = closed.getsockname()[1]
                started.set()
                await asyncio.Event().wait()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.set_exception_handler(lambda *_: None)  # the connections broken on purpose
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.run_until_complete(_end_all(loop))
        loop.close()

    task = loop.create_task(serve())
    thread = threading.Thread(target=run)
    thread.start()
    started.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


async def _end_all(loop: asyncio.AbstractEventLoop) -> None:
    rest = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def _certificates(folder: Path) -> dict[str, ssl.SSLContext]:
    """Certificates by the name of the port that shows them."""
    now = datetime.datetime.now(datetime.UTC)
    addresses = [x509.IPAddress(ipaddress.ip_address(host)) for host in HOSTS]
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hostile web")])

    def signed(by: ec.EllipticCurvePrivateKey, names: list[x509.GeneralName], until: datetime.datetime, ca: bool):
        subject = name if ca else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server of it")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(name if by is key else subject)
            .public_key(by.public_key() if ca else own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * _DAY)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(by, hashes.SHA256())

    own = ec.generate_private_key(ec.SECP256R1())
    (folder / "authority.pem").write_bytes(_pem(signed(key, [], now + 30 * _DAY, ca=True)))
    shown = {
        "TLS": signed(key, addresses, now + 30 * _DAY, ca=False),
        "EXPIRED": signed(key, addresses, now - _DAY, ca=False),
        "WRONG_NAME": signed(key, [x509.DNSName("other.example")], now + 30 * _DAY, ca=False),
        "SELF_SIGNED": signed(own, addresses, now + 30 * _DAY, ca=False),
    }
    contexts = {}
    for port, certificate in shown.items():
        file = folder / f"{port}.pem"
        secret = own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(secret + _pem(certificate))
        contexts[port] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[port].load_cert_chain(file)
    return contexts


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
