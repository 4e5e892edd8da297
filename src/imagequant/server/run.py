"""The server of ``imagequant serve``."""

from __future__ import annotations

import math
from pathlib import Path
from socket import socket

import uvicorn

from imagequant.predictor.predictor import load_predictor
from imagequant.server.factory import create_app
from imagequant.server.review.desk import open_desk
from imagequant.server.settings import Settings
from imagequant.server.telemetry import log, logging_config
from imagequant.storage.layout import Layout


def run(settings: Settings, model: Path, reviewed: Layout | None = None) -> None:
    """Load the model and serve until stopped.

    Args:
        settings: Address and limits.
        model: Folder of the exported model.
        reviewed: The project whose rows to review; None disables the review.

    Raises:
        InputError: If there is no model, or nothing to review.
    """
    desk = None if reviewed is None else open_desk(reviewed)
    app = create_app(settings, [load_predictor(model)], desk)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=logging_config(),
        access_log=False,
        server_header=False,
        # Clients must not be able to set their address with headers.
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=math.ceil(settings.timeout),
    )
    _Server(config).run()


class _Server(uvicorn.Server):
    """Logs its address when it starts to listen; port 0 becomes a free port."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start to listen."""
        await super().startup(sockets)
        for server in self.servers:
            for each in server.sockets:
                host, port = each.getsockname()[:2]
                log("listening", host=host, port=port)
