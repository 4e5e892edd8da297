"""The FastAPI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Security
from fastapi.responses import HTMLResponse, Response
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from imagequant.quantity.units import ENTITIES
from imagequant.server.api import predict_routes
from imagequant.server.guards import REVIEWER_KEY, Guarded, Limited, Observed
from imagequant.server.problems import declared, install_handlers, problem
from imagequant.server.review.desk import Desk
from imagequant.server.review_api import review_routes
from imagequant.server.schemas import Health
from imagequant.server.settings import Settings
from imagequant.server.telemetry import Telemetry
from imagequant.server.work import Answering, Workers

_HERE = Path(__file__).parent


def create_app(settings: Settings, predictors: Sequence[Answering], desk: Desk | None = None) -> FastAPI:
    """Create an app that shares no state with others.

    Args:
        settings: Limits and token.
        predictors: Loaded models; each reads one photo at a time.
        desk: The rows to review; None disables the review.
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
    app.add_middleware(Limited, settings=settings)
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
    @app.get("/healthz", tags=["operations"], responses=declared(503), summary="Check whether the server works")
    async def health() -> Health:
        if not workers.alive:
            raise problem(503, "the server no longer reads photos: restart it", {"Retry-After": "60"})
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
