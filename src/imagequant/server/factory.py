"""The FastAPI application, and the server of ``imagequant serve``."""

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from socket import socket
from typing import Any

import uvicorn
from fastapi import FastAPI, Security
from fastapi.responses import Response
from fastapi.security import HTTPBearer
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from imagequant.core.cores import usable_cores
from imagequant.predictor.predictor import load_predictor
from imagequant.quantity.domain import Domain
from imagequant.server.api import predict_routes
from imagequant.server.guards import Guarded, Observed
from imagequant.server.listen import open_sockets
from imagequant.server.pages import add_pages
from imagequant.server.review.desk import Desk
from imagequant.server.review_api import review_routes
from imagequant.server.schemas import Health, declared, install_handlers
from imagequant.server.settings import Settings
from imagequant.server.telemetry import Telemetry, log, logging_config
from imagequant.server.units_api import units_routes
from imagequant.server.work import Answering, Workers


def create_app(
    settings: Settings, predictors: Sequence[Answering], domain: Domain, desk: Desk | None = None
) -> FastAPI:
    """Create an app that shares no state with others, for a model with these entities.

    Each predictor reads one photo at a time. Without a desk there is no review.
    """
    telemetry = Telemetry()
    workers = Workers(predictors, settings.queue, telemetry.photo_seconds.observe)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        workers.close()

    app = FastAPI(
        title="ImageQuant",
        version="1",
        summary="Reads quantities (weight, volume, voltage, dimensions) off product photos.",
        # FastAPI's documentation pages load scripts from other servers; ours is /api.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        # For OpenAPI only; the guards check the token before a body is read.
        dependencies=[Security(HTTPBearer(auto_error=False))] if settings.token else [],
    )
    install_handlers(app)
    app.include_router(predict_routes(settings, workers, domain))
    app.include_router(units_routes(domain))
    if desk is not None:
        app.include_router(review_routes(desk))
    add_pages(app, domain, desk)
    _add_operations(app, workers, telemetry)
    # Requests pass the middleware in reverse order.
    app.add_middleware(Guarded, settings=settings)
    app.add_middleware(Observed, telemetry=telemetry)
    return app


def _add_operations(app: FastAPI, workers: Workers, telemetry: Telemetry) -> None:
    # Load balancers ask for the head only.
    @app.head("/healthz", include_in_schema=False)
    @app.get("/healthz", tags=["operations"], responses=declared(), summary="Check whether the server works")
    async def health() -> Health:
        return Health(status="ok", waiting=workers.waiting, running=workers.running)

    counted: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}

    @app.get(
        "/metrics", tags=["operations"], responses=counted | declared(), response_class=Response, summary="Counters"
    )
    async def metrics() -> Response:
        """Return counters in Prometheus' text format."""
        telemetry.waiting.set(workers.waiting)
        telemetry.running.set(workers.running)
        return Response(generate_latest(telemetry.registry), media_type=CONTENT_TYPE_LATEST)


def run(settings: Settings, model: Path | None, desk: Desk | None = None) -> None:
    """Load the model and serve until stopped; ``desk`` has the rows to review, if any."""
    sockets = open_sockets(settings.host, settings.port)
    threads = max(1, usable_cores() // settings.workers)
    predictors = [load_predictor(model, threads) for _ in range(settings.workers)]
    app = create_app(settings, predictors, predictors[0].domain, desk)
    config = uvicorn.Config(
        app,
        log_config=logging_config(),
        access_log=False,
        server_header=False,
        # Clients must not be able to set their address with headers.
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=math.ceil(settings.timeout),
    )
    _Server(config).run(sockets)


class _Server(uvicorn.Server):
    """Logs its address when it starts to listen; port 0 becomes a free port."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start to listen."""
        await super().startup(sockets)
        for server in self.servers:
            for each in server.sockets:
                host, port = each.getsockname()[:2]
                log("listening", host=host, port=port)
