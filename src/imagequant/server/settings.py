"""Settings of the server."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from imagequant.core.errors import InputError

TOKEN_VARIABLE = "IMAGEQUANT_TOKEN"
# Maximum size of a request without its photos: form fields and part headers.
FORM_BYTES = 100_000
_SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Settings:
    """Limits and addresses of one server."""

    host: str = "127.0.0.1"
    port: int = 8000  # 0 takes a free one
    token: str = ""  # required of requests; empty for none
    queue: int = 16  # most waiting photos; requests beyond it are rejected
    max_bytes: int = 20_000_000  # of a photo's file
    max_pixels: int = 50_000_000  # of a photo, according to its header
    max_files: int = 8  # photos in a batch
    timeout: float = 30.0  # seconds per request, including upload and waiting
    workers: int = 1  # photos read at once, each by a predictor of its own
    allow_hosts: tuple[str, ...] = ()  # that photos may be fetched from although they are not public
    names: tuple[str, ...] = ()  # under which a proxy serves this server

    def __post_init__(self) -> None:
        if self.max_files > self.queue:
            raise InputError(f"--max-files: {self.max_files}; a batch must fit into the queue (--queue {self.queue})")

    @property
    def local(self) -> bool:
        """Whether it only listens on this machine."""
        return self.host in LOCAL_HOSTS


# Host names of a local server.
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def read_token(file: Path | None, environment: Mapping[str, str] = os.environ) -> str:
    """Read the token from a file, or else from the environment; empty if there is neither."""
    origin = str(file) if file else TOKEN_VARIABLE
    try:
        token = (file.read_text(encoding="utf-8") if file else environment.get(TOKEN_VARIABLE, "")).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--token-file: {file}: {error}") from None
    if (file or token) and not (len(token) >= _SHORTEST_TOKEN and token.isascii() and token.isprintable()):
        raise InputError(f"{origin}: a token must be one line of at least {_SHORTEST_TOKEN} printable ASCII characters")
    return token
