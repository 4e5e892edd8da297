"""The pages: ask, review, API and report, and the style sheet of the entities' colours."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from imagequant.imaging.palette import named, palette_css
from imagequant.quantity.domain import Domain
from imagequant.server.api_page import described
from imagequant.server.guards import POLICY, REVIEWER_KEY
from imagequant.server.report_page import open_report, report_path
from imagequant.server.review.desk import Desk
from imagequant.server.schemas import problem
from imagequant.server.units_api import entity_models

_HERE = Path(__file__).parent
# Photos to try, from the generated data set, and what they show.
SAMPLES = {"sample-pack.jpg": "A pack", "sample-plate.jpg": "A rating plate", "sample-size.jpg": "A size drawing"}


def add_pages(app: FastAPI, domain: Domain, desk: Desk | None) -> None:
    """Add the pages; review and report only with a desk."""
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["named"] = named
    listed = entity_models(domain)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")

    def page(template: str, **values: Any) -> HTMLResponse:
        reported = desk is not None and report_path(desk.layout).exists()
        shown = templates.get_template(template).render(reviewing=desk is not None, reported=reported, **values)
        return HTMLResponse(shown)

    async def palette(_request: Request) -> Response:
        return Response(palette_css(domain.names), media_type="text/css")

    async def ask(_request: Request) -> Response:
        units = {each.entity: each.units for each in listed}
        return page("ask.html.j2", page="ask", entities=units, samples=SAMPLES)

    async def api(_request: Request) -> Response:
        return page("api.html.j2", page="api", operations=described(app.openapi()))

    # Starlette's routes, unlike FastAPI's, answer HEAD as well.
    app.add_route("/palette.css", palette, include_in_schema=False)
    app.add_route("/", ask, include_in_schema=False)
    app.add_route("/api", api, include_in_schema=False)
    if desk is None:
        return
    layout = desk.layout

    async def review(request: Request) -> Response:
        reviewer = request.scope.get(REVIEWER_KEY, "")
        return page("review.html.j2", page="review", reviewer=reviewer, entities=[each.entity for each in listed])

    def report(_request: Request) -> Response:
        found = open_report(layout)
        if found is None:
            raise problem(404, "no report; `dvc repro evaluate` writes it")
        return HTMLResponse(found.html, headers={POLICY: found.policy})

    app.add_route("/review", review, include_in_schema=False)
    app.add_route("/report", report, include_in_schema=False)
