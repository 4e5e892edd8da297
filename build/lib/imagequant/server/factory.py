"""The FastAPI application, and the server of ``imagequant serve``."""

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from socket import socket
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Security
from fastapi.responses import HTMLResponse, Response
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from imagequant.predictor.predictor import load_predictor
from imagequant.quantity.units import ENTITIES
from imagequant.server.api import predict_routes
from imagequant.server.guards import REVIEWER_KEY, Guarded, Observed
from imagequant.server.review.desk import Desk, open_desk
from imagequant.server.review_api import review_routes
from imagequant.server.schemas import Health, declared, install_handlers
from imagequant.server.settings import Settings
from imagequant.server.telemetry import Telemetry, log, logging_config
from imagequant.server.work import Answering, Workers
from imagequant.storage.layout import Layout

_HERE = Path(__file__).parent


def create_app(settings: Settings, predictors: Sequence[Answering], desk: Desk | None = None) -> FastAPI:
    """Create an app that shares no state with others. Each predictor reads one photo at a time; no desk, no review."""
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
        # FastAPI's documentation pages load scripts from other servers.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        # For OpenAPI only; the guards check the token before a body is read.
        dependencies=[Security(HTTPBearer(auto_error=False))] if settings.token else [],
    )
    install_handlers(app)
    app.include_router(predict_routes(settings, workers))
    if desk is not None:
        app.include_router(review_routes(desk))
    _add_pages(app, reviewing=desk is not None)
    _add_operations(app, workers, telemetry)
    # Requests pass the middleware in reverse order.
    app.add_middleware(Guarded, settings=settings)
    app.add_middleware(Observed, telemetry=telemetry)
    return app


def _add_pages(app: FastAPI, *, reviewing: bool) -> None:
    templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")

    @app.get("/", include_in_schema=False)
    async def ask() -> HTMLResponse:
        page = templates.get_template("predict.html.j2")
        return HTMLResponse(page.render(page="ask", reviewing=reviewing, entities=ENTITIES))

    if reviewing:

        @app.get("/review", include_in_schema=False)
        async def review(request: Request) -> HTMLResponse:
            page = templates.get_template("review.html.j2")
            return HTMLResponse(
                page.render(page="review", reviewing=True, reviewer=request.scope.get(REVIEWER_KEY, ""))
            )


def _add_operations(app: FastAPI, workers: Workers, telemetry: Telemetry) -> None:
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


def run(settings: Settings, model: Path, reviewed: Layout | None = None) -> None:
    """Load the model and serve until stopped; ``reviewed`` is the project whose rows to review, if any."""
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
