from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from imagequant import server
from imagequant.core.errors import InputError
from imagequant.server.guards import credentials
from imagequant.server.listen import open_sockets
from imagequant.server.settings import TOKEN_VARIABLE, read_token

TOKEN = "correct horse battery"
STATIC = Path(server.__file__).parent / "static"


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/style.css", "/nothing", "/v1/predict"])
def test_every_answer_has_the_security_headers(path: str, served: Any) -> None:
    headers = served().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "server" not in headers


def test_pages_load_nothing_from_elsewhere(served: Any) -> None:
    client = served()
    texts = [f"/static/{file.name}" for file in STATIC.iterdir() if file.suffix in (".js", ".css")]
    assert len(texts) > 5
    for path in ("/", "/api", "/palette.css", *texts):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "https://" not in answer.text
        assert "http://" not in answer.text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../factory.py",
        "/static/%2e%2e/factory.py",
        "/static/..%2ffactory.py",
        "/static/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc/passwd",
        "/static//etc/passwd",
        "/static/....//factory.py",
        "/static/%00",
        "/static/",
    ],
)
def test_nothing_outside_the_folder_of_pages_is_read(path: str, served: Any) -> None:
    answer = served().get(path)
    assert answer.status_code in (400, 404)
    assert "create_app" not in answer.text and "root:" not in answer.text


@pytest.mark.parametrize("path", ["/", "/v1/predict", "/metrics", "/openapi.json", "/static/style.css"])
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic !", "Basic dTp3cm9uZw==", "Bearer é", "Digest x"])
def test_without_the_token_nothing_is_shown(path: str, header: str | None, served: Any) -> None:
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = served(token=TOKEN).get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert TOKEN not in answer.text


def test_with_the_token_as_bearer_or_as_a_password_everything_is(served: Any) -> None:
    client = served(token=TOKEN)
    assert client.get("/", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert client.get("/", auth=("anna", TOKEN)).status_code == 200
    assert client.get("/healthz").status_code == 200
    assert "HTTPBearer" in client.get("/openapi.json", auth=("", TOKEN)).text


def test_a_basic_name_is_kept_and_a_password_may_hold_colons() -> None:
    import base64

    header = "Basic " + base64.b64encode(b"anna:a:b").decode()
    assert credentials(header) == ("anna", "a:b")
    assert credentials("bearer  x ") == ("", "x")


def test_a_token_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert read_token(file, {TOKEN_VARIABLE: "another one that is long"}) == TOKEN
    assert read_token(None, {TOKEN_VARIABLE: TOKEN}) == TOKEN
    assert read_token(None, {}) == ""
    file.write_text("short")
    with pytest.raises(InputError, match="at least 16 printable ASCII"):
        read_token(file, {})
    with pytest.raises(InputError, match="--token-file: .*nowhere"):
        read_token(tmp_path / "nowhere", {})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost", "Host": "localhost"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_pages_of_other_sites_cannot_ask(headers: dict[str, str], status: int, served: Any, photo: Any) -> None:
    assert served().post("/v1/predict", files={"photo": photo(1)}, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("host", "name", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8000", 200),
        ("127.0.0.1", "[::1]:8000", 200),
        ("127.0.0.1", "evil.example", 421),
        ("127.0.0.1", "localhost.evil.example", 421),
        ("127.0.0.1", "[", 421),
        ("0.0.0.0", "photos.example", 200),
    ],
)
def test_a_local_server_answers_to_local_names_only(host: str, name: str, status: int, served: Any) -> None:
    assert served(host=host).get("/", headers={"Host": name}).status_code == status


def test_a_proxy_must_pass_on_the_host_and_may_have_a_name_of_its_own(served: Any, photo: Any) -> None:
    client, files = served(names=("photos.example",)), {"photo": photo(1)}
    origin = {"Origin": "https://photos.example"}
    # nginx by default sends the name of its upstream.
    refused = client.post("/v1/predict", files=files, headers={**origin, "Host": "127.0.0.1:8000"})
    assert refused.status_code == 403 and "proxy_set_header Host $http_host" in refused.json()["message"]
    assert client.post("/v1/predict", files=files, headers={**origin, "Host": "photos.example"}).status_code == 200
    other = client.get("/", headers={"Host": "other.example"})
    assert other.status_code == 421 and "photos.example; add others with --name" in other.json()["message"]


def test_a_port_that_is_taken_or_a_host_that_is_elsewhere_is_said_in_one_line() -> None:
    (taken,) = open_sockets("127.0.0.1", 0)
    port = taken.getsockname()[1]
    with taken, pytest.raises(InputError, match=f"^--port: 127.0.0.1:{port} is in use; name another, or 0"):
        open_sockets("127.0.0.1", port)
    with pytest.raises(InputError, match="^--host: 192.0.2.1 is not an address of this machine"):
        open_sockets("192.0.2.1", 0)


def test_a_body_that_dawdles_is_given_up(live: Any) -> None:
    address = live(timeout=0.6)
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(
            b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
        )
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_whoever_leaves_is_not_read_for(live: Any, reader: Any, photo: Any) -> None:
    import httpx2 as httpx

    host, port = live()
    reader.hold.clear()
    for _ in range(3):
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"http://{host}:{port}/v1/predict", files={"photo": photo(1)}, timeout=0.3)
    end = time.monotonic() + 20
    while httpx.get(f"http://{host}:{port}/healthz").json()["waiting"] and time.monotonic() < end:
        time.sleep(0.02)
    reader.hold.set()
    assert httpx.get(f"http://{host}:{port}/healthz").json()["waiting"] == 0
    assert len(reader.asked) == 1
