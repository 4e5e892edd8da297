"""What the server is told at its start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from imagequant.core.errors import InputError

TOKEN_VARIABLE = "IMAGEQUANT_TOKEN"
# What a request's other parts may add to its photo: form fields and the lines between them.
FORM_BYTES = 100_000
_SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Settings:
    """Limits and address of one server.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        token: What requests must carry; empty where anybody may ask.
        queue: Photos that wait while others are read; beyond, requests are refused.
        max_bytes: Of a photo's file.
        max_pixels: Of a photo, by what its header says.
        max_files: Photos in a batch.
        timeout: Seconds a request may take, reading its body and waiting included.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str = ""
    queue: int = 16
    max_bytes: int = 20_000_000
    max_pixels: int = 50_000_000
    max_files: int = 8
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if self.max_files > self.queue:
            raise InputError(f"--max-files: {self.max_files}; a batch must fit into the queue (--queue {self.queue})")

    @property
    def local(self) -> bool:
        """Whether only programs on this machine can reach it."""
        return self.host in LOCAL_HOSTS


# Names that browsers on this machine may ask a local server by.
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def read_token(file: Path | None, environment: Mapping[str, str] = os.environ) -> str:
    """The token from a file, or else from the environment; empty where neither is given.

    Raises:
        InputError: If the file cannot be read, or the token is too short to be a secret.
    """
    origin = str(file) if file else TOKEN_VARIABLE
    try:
        token = (file.read_text(encoding="utf-8") if file else environment.get(TOKEN_VARIABLE, "")).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--token-file: {file}: {error}") from None
    if (file or token) and not (len(token) >= _SHORTEST_TOKEN and token.isascii() and token.isprintable()):
        raise InputError(f"{origin}: a token is one line of at least {_SHORTEST_TOKEN} printable ASCII characters")
    return token
