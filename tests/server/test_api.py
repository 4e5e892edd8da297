from __future__ import annotations

import json
import logging
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.contest import CONTEST

from imagequant.server.settings import Settings
from imagequant.server.work import Asked, QueueFullError, Workers

PHOTO_TYPE = ("photo.png", b"", "image/png")


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.005)


def test_a_photo_is_answered_entity_by_entity_in_the_order_asked(served: Any, photo: Any) -> None:
    answer = served().post(
        "/v1/predict", files={"photo": ("pack.png", photo(77))}, data={"entity": ["voltage", "item_weight"]}
    )
    assert answer.status_code == 200
    body = answer.json()
    assert (body["photo"], body["width"], body["height"]) == ("pack.png", 8, 6)
    assert [each["entity"] for each in body["predictions"]] == ["voltage", "item_weight"]
    unanswered, found = body["predictions"]
    assert (unanswered["text"], unanswered["value"], unanswered["box"], unanswered["reason"]) == (
        "",
        None,
        None,
        "no text",
    )
    assert (found["text"], found["value"], found["unit"]) == ("77 gram", 77.0, "gram")
    assert found["box"] == {"x0": 1, "y0": 2, "x1": 3, "y1": 4}
    (other,) = found["alternatives"]
    assert (other["text"], other["words"], other["box"]["x0"]) == ("2 kilogram", "2 kg", 4)
    assert body["model"]["name"] == "test" and body["warning"] == ""


def test_nothing_named_asks_everything_and_a_name_twice_is_asked_once(served: Any, photo: Any, reader: Any) -> None:
    client = served()
    client.post("/v1/predict", files={"photo": photo(1)})
    client.post("/v1/predict", files={"photo": photo(1)}, data={"entity": ["width", "width"]})
    assert reader.asked == [CONTEST.names, ("width",)]


def test_a_batch_has_an_entry_a_photo_and_a_bad_one_spoils_no_other(served: Any, photo: Any) -> None:
    files = [("photos", ("a", photo(5))), ("photos", ("b", b"no image")), ("photos", ("c", photo(9)))]
    answer = served().post("/v1/predict/batch", files=files, data={"entity": "item_weight"})
    assert answer.status_code == 200
    one, two, three = answer.json()["photos"]
    assert [each["answer"]["predictions"][0]["text"] for each in (one, three)] == ["5 gram", "9 gram"]
    assert two["answer"] is None
    assert [each["photo"] for each in (one, two, three)] == ["a", "b", "c"]
    assert two["problem"]["status"] == 422 and "not an image" in two["problem"]["message"]


@pytest.mark.parametrize(
    ("limits", "path", "request_", "status", "says"),
    [
        ({}, "/v1/predict", {}, 422, "photo: "),
        ({}, "/v1/predict", {"files": {"photo": b"text"}}, 422, "not an image"),
        ({}, "/v1/predict", {"files": {"photo": b""}}, 422, "empty"),
        ({}, "/v1/predict", {"files": {"photo": 1}, "data": {"entity": "weight"}}, 422, "'item_weight'"),
        ({}, "/v1/predict", {"content": b"--x", "headers": {"content-type": "multipart/form-data"}}, 400, ""),
        ({"max_bytes": 50}, "/v1/predict", {"files": {"photo": 1}}, 413, "at most 50"),
        ({"max_bytes": 50}, "/v1/predict", {"files": {"photo": bytes(200_000)}}, 413, "more than 100050 bytes"),
        ({"max_pixels": 47}, "/v1/predict", {"files": {"photo": 1}}, 413, "8 x 6 pixels; at most 47"),
        ({"max_files": 2}, "/v1/predict/batch", {"files": [("photos", 1)] * 3}, 413, "photos: 3; at most 2"),
        ({}, "/v1/predict/batch", {}, 422, "photos"),
        ({}, "/v1/predict/batch", {"data": {"url": "file:///etc/passwd"}}, 200, ""),
        ({}, "/v1/predict", {"json": {"photo": "x"}}, 422, "content-type: application/json is not a form"),
        ({}, "/v1/predict", {"files": {"photo": 1}, "data": {"url": "https://x"}}, 422, "either a photo or a url"),
        (
            {},
            "/v1/predict",
            {"files": {"photo": 1}, "data": {"entities": "x"}},
            422,
            "entities: unknown field; allowed",
        ),
        ({}, "/v1/predict", {"files": {"photo": 1}, "data": {"entity[]": "width"}}, 422, "entity[]: unknown field"),
        ({}, "/v1/predict?entity=width", {"files": {"photo": 1}}, 422, "entity: send it in the form"),
        ({}, "/v1/predict", {"files": [("photo", 1)] * 2}, 422, "photo: sent 2 times; only once is allowed"),
        ({}, "/v1/predict", {"data": {"photo": "raw"}}, 422, "photo: sent as text; send a file with a file name"),
        ({}, "/v1/predict", {"files": {"photo": 1, "entity": b"width"}}, 422, "entity: sent as a file; send text"),
        ({}, "/v1/predict", {"files": {"photo": 1}, "data": {"min_confidence": "2"}}, 422, "min_confidence: "),
        ({}, "/v1/predict", {"files": {"photo": 1}, "data": {"to_unit": "stone"}}, 422, "to_unit.0: "),
        (
            {},
            "/v1/predict",
            {"files": {"photo": 1}, "data": {"to_unit": "volt", "entity": "width"}},
            422,
            "to_unit: none of the entities asked for is measured in volt; allowed: width: ",
        ),
        (
            {},
            "/v1/predict",
            {"files": {"photo": 1}, "data": {"to_unit": ["gram", "pound"]}},
            422,
            "to_unit: gram and pound are both units of weight",
        ),
        ({}, "/v1/convert?value=1&unit=pound&to=volt", {}, 405, "Method Not Allowed"),
        ({}, "/v1/nothing", {}, 404, "Not Found"),
    ],
)
def test_what_cannot_be_answered_says_why_and_what_is_allowed(
    limits: Any, path: str, request_: Any, status: int, says: str, served: Any, photo: Any
) -> None:
    files = request_.get("files")
    if isinstance(files, dict):
        request_ = {**request_, "files": {name: photo(1) if value == 1 else value for name, value in files.items()}}
    elif files:
        request_ = {**request_, "files": [(name, photo(1)) for name, _ in files]}
    answer = served(**limits).post(path, **request_)
    assert answer.status_code == status, answer.text
    body = answer.json()
    if status == 200:
        body = body["photos"][0]["problem"]
        assert body["message"] == "url: not an http or https URL (refused_scheme)"
        return
    assert set(body) == {"status", "code", "message"} and body["status"] == status
    assert says in body["message"]


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims to be large."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">II", zlib.crc32(header), 0) + b"IDAT"


@pytest.mark.parametrize("size", [(10_000, 8_000), (15_000, 12_000), (20_000, 20_000)])
def test_too_many_pixels_are_one_cause_with_one_status(size: tuple[int, int], served: Any) -> None:
    answer = served().post("/v1/predict", files={"photo": png_header(*size)})
    assert answer.status_code == 413
    assert "at most 50000000 pixels in total are allowed" in answer.json()["message"]


def test_answers_come_in_the_units_asked_for_and_a_least_confidence_is_passed_on(
    served: Any, photo: Any, reader: Any
) -> None:
    data = {"to_unit": ["kilogram", "inch"], "min_confidence": "0.25"}
    body = served().post("/v1/predict", files={"photo": photo(77)}, data=data).json()
    weight = next(each for each in body["predictions"] if each["entity"] == "item_weight")
    assert (weight["text"], weight["value"], weight["unit"]) == ("0.077 kilogram", 0.077, "kilogram")
    assert weight["alternatives"][0]["text"] == "2 kilogram"
    assert reader.least == [0.25]


def test_each_product_is_answered_if_all_are_asked_for(served: Any, photo: Any) -> None:
    form = {"entity": ["item_weight", "voltage"], "to_unit": "kilogram"}
    client = served()
    one = client.post("/v1/predict", files={"photo": photo(100)}, data=form).json()
    assert one["products"] == []
    several = client.post("/v1/predict", files={"photo": photo(100)}, data={**form, "products": "all"}).json()
    assert several["predictions"] == one["predictions"]
    assert [each["name"] for each in several["products"]] == ["Small", "Large"]
    assert several["products"][1]["box"] == {"x0": 4, "y0": 0, "x1": 8, "y1": 4}
    assert [each["text"] for each in several["products"][1]["predictions"]] == ["0.1 kilogram", ""]
    refused = client.post("/v1/predict", files={"photo": photo(100)}, data={"products": "some"})
    assert refused.status_code == 422
    assert "'main' or 'all'" in refused.json()["message"]


def test_conversion_is_exact(served: Any) -> None:
    client = served()
    answer = client.get("/v1/convert", params={"value": "1", "unit": "pound", "to": "gram"})
    assert answer.json() == {"text": "453.59237 gram", "value": 453.59237, "unit": "gram"}
    wrong = client.get("/v1/convert", params={"value": "1", "unit": "pound", "to": "volt"})
    assert wrong.status_code == 422 and "to: volt is a unit of voltage, pound of weight" in wrong.json()["message"]
    unknown = client.get("/v1/convert", params={"value": "1", "unit": "pound", "to": "gram", "form": "x"})
    assert unknown.status_code == 422 and unknown.json()["message"] == "form: unknown field"
    units = {each["entity"]: each["units"] for each in client.get("/v1/entities").json()}
    assert list(units) == list(CONTEST.names) and units["voltage"] == ["millivolt", "volt", "kilovolt"]


class Photos(BaseHTTPRequestHandler):
    """A web server with a photo, a redirect to it, a page, and nothing else."""

    def do_GET(self) -> None:
        status, body = {"/photo.png": (200, self.server.photo), "/page": (200, b"<html>")}.get(self.path, (404, b""))
        self.send_response(302 if self.path == "/moved" else status)
        if self.path == "/moved":
            self.send_header("Location", "/photo.png")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def web(photo: Any) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Photos)
    server.photo = photo(33)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_url_is_fetched_only_from_where_it_is_allowed(served: Any, web: str, photo: Any) -> None:
    refused = served().post("/v1/predict", data={"url": f"{web}/photo.png"})
    assert refused.status_code == 422
    assert refused.json()["message"] == "url: not a public address, nor among --allow-host (refused_host)"
    client = served(allow_hosts=("127.0.0.1",))
    for path in ("/photo.png", "/moved"):
        body = client.post("/v1/predict", data={"url": web + path, "entity": "item_weight"}).json()
        assert (body["photo"], body["predictions"][0]["text"]) == (web + path, "33 gram")
    assert client.post("/v1/predict", data={"url": f"{web}/none"}).status_code == 502
    assert client.post("/v1/predict", data={"url": f"{web}/page"}).status_code == 422
    small = served(allow_hosts=("127.0.0.1",), max_bytes=10)
    assert small.post("/v1/predict", data={"url": f"{web}/photo.png"}).status_code == 413
    both = client.post(
        "/v1/predict/batch", files={"photos": photo(5)}, data={"url": [f"{web}/photo.png", f"{web}/none"]}
    ).json()["photos"]
    assert [each["answer"] and each["answer"]["predictions"][3]["text"] for each in both] == ["5 gram", "33 gram", None]


def test_two_workers_answer_two_photos_at_once(photo: Any, reader: Any, in_background: Any) -> None:
    workers = Workers([reader, type(reader)()], 4)
    reader.hold.clear()
    one, other = (workers.submit([photo(value)], Asked(("item_weight",)))[0] for value in (3, 4))
    assert other.result(20)[0].text == "4 gram" and not one.done()
    reader.hold.set()
    assert one.result(20)[0].text == "3 gram"
    workers.close()


def test_a_head_is_answered(served: Any) -> None:
    client = served()
    assert [client.head(path).status_code for path in ("/healthz", "/", "/api", "/openapi.json")] == [200] * 4


def test_a_body_without_a_length_is_cut_off_where_the_limit_is(served: Any, photo: Any) -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        yield b'--x\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n\r\n'
        while taken < 50_000_000:
            taken += 50_000
            yield bytes(50_000)

    answer = served(max_bytes=1000).post(
        "/v1/predict", content=endless(), headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 413


def test_a_photo_the_predictor_cannot_read_is_the_asker_s_fault_and_a_crash_is_ours(
    served: Any, photo: Any, reader: Any, input_error: Any, caplog: Any
) -> None:
    client = served()
    reader.broken = input_error
    answer = client.post("/v1/predict", files={"photo": photo(1)})
    assert answer.status_code == 422 and "broken data stream" in answer.json()["message"]
    reader.broken = RuntimeError("secret detail")
    with caplog.at_level(logging.INFO, "imagequant.serve"):
        answer = client.post("/v1/predict", files={"photo": photo(1)})
    assert answer.status_code == 500 and "secret" not in answer.text
    assert "secret detail" in caplog.text
    reader.broken = None
    assert client.post("/v1/predict", files={"photo": photo(1)}).status_code == 200


def test_a_full_queue_says_when_to_try_again_and_recovers(
    served: Any, photo: Any, reader: Any, in_background: Any
) -> None:
    client = served(queue=2, max_files=2)
    reader.hold.clear()
    answers: dict[int, Any] = {}

    def ask(value: int) -> Callable[[], None]:
        return lambda: answers.update(
            {value: client.post("/v1/predict", files={"photo": photo(value)}, data={"entity": "item_weight"})}
        )

    with in_background(*(ask(value) for value in (10, 20, 30))):
        wait_until(lambda: client.get("/healthz").json() == {"status": "ok", "waiting": 2, "running": 1})
        refused = client.post("/v1/predict", files={"photo": photo(1)})
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json()["code"] == "busy"
        # A batch is taken whole or not at all.
        assert client.post("/v1/predict/batch", files=[("photos", photo(1))] * 2).status_code == 503
        reader.hold.set()
    assert {value: each.json()["predictions"][0]["text"] for value, each in answers.items()} == {
        10: "10 gram", 20: "20 gram", 30: "30 gram",
    }  # fmt: skip
    assert client.post("/v1/predict", files={"photo": photo(1)}).status_code == 200


def test_no_answer_in_time_is_said_and_what_still_waited_is_not_read(
    served: Any, photo: Any, reader: Any, in_background: Any
) -> None:
    client = served(timeout=0.5)
    reader.hold.clear()
    statuses: list[int] = []
    ask = lambda: statuses.append(client.post("/v1/predict", files={"photo": photo(1)}).status_code)  # noqa: E731
    with in_background(ask, ask, ask):
        pass
    assert statuses == [504, 504, 504]
    reader.hold.set()
    wait_until(lambda: client.get("/healthz").json() == {"status": "ok", "waiting": 0, "running": 0})
    assert len(reader.asked) == 1


def test_metrics_count_by_route_not_by_path(served: Any, photo: Any) -> None:
    client = served()
    client.post("/v1/predict", files={"photo": photo(1)})
    client.get("/some/made-up/path")
    client.request("BREW", "/")
    text = client.get("/metrics").text
    assert 'imagequant_requests_total{method="POST",route="/v1/predict",status="200"} 1.0' in text
    assert "imagequant_photo_seconds_count 1.0" in text
    assert "made-up" not in text and "BREW" not in text


def test_logs_are_json_without_names_or_content(served: Any, photo: Any, caplog: Any) -> None:
    from imagequant.server.telemetry import JsonFormatter

    client = served()
    with caplog.at_level(logging.INFO, "imagequant.serve"):
        answer = client.post("/v1/predict", files={"photo": ("my-secret.png", photo(1))})
    lines = [
        json.loads(JsonFormatter().format(record)) for record in caplog.records if record.name == "imagequant.serve"
    ]
    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["route"] == "/v1/predict" and line["status"] == 200
    assert line["request"] == answer.headers["X-Request-Id"]
    assert "secret" not in json.dumps(lines)


def test_two_servers_share_nothing(served: Any, photo: Any) -> None:
    one, other = served(), served()
    one.post("/v1/predict", files={"photo": photo(1)})
    assert 'route="/v1/predict"' not in other.get("/metrics").text


def test_a_batch_must_fit_into_the_queue() -> None:
    from imagequant.core.errors import InputError

    with pytest.raises(InputError, match="--max-files: 9; a batch must fit into the queue"):
        Settings(queue=8, max_files=9)


def test_workers_refuse_after_their_end_and_cancel_what_waits(reader: Any, photo: Any) -> None:
    workers = Workers([reader], 4)
    reader.hold.clear()
    answers = workers.submit([photo(3), photo(4)], Asked(("item_weight",)))
    wait_until(lambda: workers.running == 1)
    reader.hold.set()
    workers.close()
    assert answers[0].done() and (answers[1].cancelled() or answers[1].done())
    with pytest.raises(QueueFullError):
        workers.submit([photo(3)], Asked(("item_weight",)))


def test_a_cancelled_photo_is_not_kept_until_a_thread_is_free(reader: Any, photo: Any) -> None:
    workers = Workers([reader], 4)
    reader.hold.clear()
    first, payload = photo(3), photo(4)
    kept = sys.getrefcount(payload)
    _, answer = workers.submit([first, payload], Asked(("item_weight",)))
    wait_until(lambda: workers.running == 1)
    assert answer.cancel()
    assert sys.getrefcount(payload) == kept
    reader.hold.set()
    workers.close()
