"""Requests made up from the API's own description: every answer must be one that it declares."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.contest import CONTEST

from imagequant.server.factory import create_app
from imagequant.server.review.desk import Desk
from imagequant.server.schemas import KINDS
from imagequant.server.settings import Settings

EXAMPLES = 20
# To OpenAPI any bytes are a photo, so where bytes are sent, these are an image; other tests send those that are none.
HOOKS = """
import schemathesis

PHOTO = bytes.fromhex(%r)

@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict):
        if isinstance(body.get("photo"), (bytes, str)):
            body["photo"] = PHOTO
        if isinstance(body.get("photos"), list):
            body["photos"] = [PHOTO if isinstance(each, (bytes, str)) else each for each in body["photos"]]
    return body
"""
# A form's fields are all text and bytes: no value is of a wrong type there, and not all bytes are a photo. Not any two
# units can be converted.
CONFIG = """
[[operations]]
include-path-regex = "^/v1/(predict|convert)"
checks.positive_data_acceptance.enabled = false
checks.negative_data_rejection.enabled = false

# Not every row has a label that can be kept.
[[operations]]
include-path-regex = "^/v1/review/decisions"
checks.positive_data_acceptance.enabled = false
"""


@pytest.mark.slow
def test_made_up_requests_are_answered_as_declared(live: Any, photo: Any, project: Any, tmp_path: Path) -> None:
    host, port = live(Desk(project, CONTEST))
    (tmp_path / "hooks.py").write_text(HOOKS % photo(5).hex())
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    command = Path(sys.executable).with_name("schemathesis")
    done = subprocess.run(
        [
            command, "run", f"http://{host}:{port}/openapi.json", "--max-examples", str(EXAMPLES), "--seed", "1",
            "--generation-database", "none", "--no-color",
        ],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "hooks"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_every_error_is_declared_as_a_problem(project: Any) -> None:
    paths = create_app(Settings(), [], CONTEST, Desk(project, CONTEST)).openapi()["paths"]
    for path, operations in paths.items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status == "200":
                    continue
                assert int(status) in KINDS, (path, status)
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}, (path, status)
    assert {"400", "401", "403", "408", "413", "422", "503", "504"} <= set(paths["/v1/predict"]["post"]["responses"])
