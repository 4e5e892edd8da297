from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from imagequant.quantity.units import ENTITIES
from imagequant.server.settings import Settings
from imagequant.server.work import QueueFullError, Workers

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


def test_nothing_named_asks_everything_and_a_name_twice_is_asked_once(served: Any, photo: Any, reader: Any) -> None:
    client = served()
    client.post("/v1/predict", files={"photo": photo(1)})
    client.post("/v1/predict", files={"photo": photo(1)}, data={"entity": ["width", "width"]})
    assert reader.asked == [ENTITIES, ("width",)]


def test_a_batch_has_an_entry_a_photo_and_a_bad_one_spoils_no_other(served: Any, photo: Any) -> None:
    files = [("photos", ("a", photo(5))), ("photos", ("b", b"no image")), ("photos", ("c", photo(9)))]
    answer = served().post("/v1/predict/batch", files=files, data={"entity": "item_weight"})
    assert answer.status_code == 200
    one, two, three = answer.json()["photos"]
    assert [each["answer"]["predictions"][0]["text"] for each in (one, three)] == ["5 gram", "9 gram"]
    assert two["answer"] is None
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
        ({"max_files": 2}, "/v1/predict/batch", {"files": [("photos", 1)] * 3}, 422, "at most 2"),
        ({}, "/v1/predict/batch", {}, 422, "photos"),
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
    assert answer.status_code == status
    body = answer.json()
    assert set(body) == {"status", "code", "message"} and body["status"] == status
    assert says in body["message"]


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
        answer = client.post("/v1/predict?secret=1", files={"photo": ("my-secret.png", photo(1))})
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
    answers = workers.submit([photo(3), photo(4)], ("item_weight",), "")
    wait_until(lambda: workers.running == 1)
    reader.hold.set()
    workers.close()
    assert answers[0].done() and (answers[1].cancelled() or answers[1].done())
    with pytest.raises(QueueFullError):
        workers.submit([photo(3)], ("item_weight",), "")


def test_a_cancelled_photo_is_not_kept_until_a_thread_is_free(reader: Any, photo: Any) -> None:
    workers = Workers([reader], 4)
    reader.hold.clear()
    first, payload = photo(3), photo(4)
    kept = sys.getrefcount(payload)
    _, answer = workers.submit([first, payload], ("item_weight",), "")
    wait_until(lambda: workers.running == 1)
    assert answer.cancel()
    assert sys.getrefcount(payload) == kept
    reader.hold.set()
    workers.close()
