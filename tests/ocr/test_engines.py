"""The real engines on drawn text; Google Vision against a stand-in of its REST endpoint."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import tempfile
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import openvino as ov
import pytest
from PIL import Image, ImageDraw, ImageFont

from imagequant.core import arithmetic
from imagequant.core.errors import InputError
from imagequant.core.records import Box, Word
from imagequant.ocr.engine import OcrError
from imagequant.ocr.google_vision import GoogleVisionEngine
from imagequant.ocr.rapidocr.engine import enlargement
from imagequant.ocr.registry import build_engine
from imagequant.ocr.tesseract import Page
from imagequant.ocr.tesseract_languages import installed_languages
from imagequant.params import GoogleVisionParams, load_params

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml").ocr
TEXT = "Net weight 500 g"
TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def drawn(text: str = TEXT, angle: int = 0, size: tuple[int, int] = (600, 300)) -> tuple[np.ndarray, Box]:
    """An image with a line of text, and the line's box in it."""
    font = ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), 40)
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((60, 80), text, font=font, fill="black")
    if angle:
        image = image.transpose(TURNS[angle])
    pixels = np.asarray(image)
    ys, xs = np.nonzero(pixels.min(axis=2) < 128)
    return pixels, Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    shared = one.intersection(other)
    return shared / (one.area + other.area - shared)


def read(engine, image: np.ndarray) -> list[Word]:
    (words,) = engine.read_prepared([engine.prepare(image)])
    assert isinstance(words, list), words
    return words


@pytest.fixture(scope="module")
def rapidocr():
    return build_engine("rapidocr", PARAMS)


@pytest.fixture(scope="module")
def tesseract():
    return build_engine("tesseract", PARAMS)


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_rapidocr_reads_lines_in_every_direction(rapidocr, angle):
    image, box = drawn(angle=angle)
    (line,) = rapidocr.read(image)
    assert line.text == TEXT
    assert (line.angle - angle + 2) % 360 <= 4, "as drawn, clockwise on the screen, but for a slope of detection's"
    assert overlap(line.box, box) > 0.45, "detection leaves a margin around a line"
    assert 0.8 < line.confidence <= 1.0
    assert line.engine == "rapidocr"


@pytest.mark.parametrize("precision", ["f32", "bf16"])
def test_the_arithmetic_is_what_was_asked_for_on_every_processor(precision):
    """Left to itself OpenVINO takes bfloat16 where the processor has it: texts would differ between machines."""
    engine = build_engine("rapidocr", replace(PARAMS, rapidocr=replace(PARAMS.rapidocr, precision=precision)))
    (line,) = engine.read(drawn()[0])
    assert line.text == TEXT
    model = engine._recogniser.model
    requests = [model._for_any] if arithmetic.is_portable() else [model._for_any, model._for_the_usual]
    for request in requests:
        used = request.get_compiled_model().get_property("INFERENCE_PRECISION_HINT").get_type_name()
        if precision == "f32" or "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            assert used == precision


def test_rapidocr_looks_closer_where_margins_are_wide(rapidocr):
    """Six pixels high, and lost if the whole photo were looked at in a limited size."""
    image, box = drawn(size=(440, 200))
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    photo = np.full((2000, 2200, 3), 255, np.uint8)
    photo[900 : 900 + small.shape[0], 1500 : 1500 + small.shape[1]] = small
    (line,) = rapidocr.read(photo)
    assert line.text == TEXT
    assert line.box.intersection(Box(1500 + box.x0 / 4, 900 + box.y0 / 4, 1500 + box.x1 / 4, 900 + box.y1 / 4)) > 0


@pytest.mark.parametrize(("longest", "expected"), [(300, 2.0), (800, 1.6), (999, 1280 / 999), (1000, 1.0), (4000, 1.0)])
def test_small_photos_are_enlarged_for_detection(longest, expected):
    assert enlargement(longest, 1280) == expected


def test_tesseract_reads_words(tesseract):
    image, box = drawn()
    words = read(tesseract, image)
    assert [word.text for word in words] == TEXT.split()
    union = words[0].box
    for word in words:
        union = union.union(word.box)
        assert (word.angle, word.engine) == (0, "tesseract")
        assert 0.3 <= word.confidence <= 1.0
    assert overlap(union, box) > 0.8, "in pixels of the photo, not of the enlarged copy it reads"


def test_tesseract_sees_no_turned_text(tesseract):
    """Known and borne: the other engine does. Should this fail one day, trust in the order of engines may change."""
    image, _ = drawn(angle=90)
    assert TEXT not in " ".join(word.text for word in read(tesseract, image))


@pytest.mark.parametrize("side", [300, 900, 2000])
def test_tesseract_is_given_photos_of_the_size_asked_for_and_its_boxes_are_the_photos(side):
    params = replace(PARAMS, tesseract=replace(PARAMS.tesseract, upscale_to=900, downscale_to=900))
    engine = build_engine("tesseract", params)
    image, box = drawn()
    scale = side / image.shape[1]
    image = cv2.resize(image, (side, round(image.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    page = engine.prepare(image)
    assert page.grey.shape == (450, 900)
    words = read(engine, image)
    assert " ".join(word.text for word in words) == TEXT
    assert words[0].box.x0 == pytest.approx(box.x0 * scale, abs=2 + 0.01 * side)
    assert words[-1].box.x1 == pytest.approx(box.x1 * scale, abs=2 + 0.01 * side)
    assert engine.prepare(np.zeros((1, 3000, 3), np.uint8)).grey.shape == (1, 3000), "no side below a pixel"


@pytest.mark.parametrize("name", ["rapidocr", "tesseract"])
def test_a_photo_without_text(name, request):
    assert read(request.getfixturevalue(name), np.full((50, 70, 3), 255, np.uint8)) == []


@pytest.mark.parametrize("name", ["rapidocr", "tesseract"])
def test_small_photos_are_enlarged_for_reading_and_boxes_are_not(name, request):
    image, _ = drawn("500 g", size=(250, 160))
    small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    words = read(request.getfixturevalue(name), small)
    assert "500" in " ".join(word.text for word in words)
    assert all(word.box.x1 <= small.shape[1] + 2 and word.box.y1 <= small.shape[0] + 2 for word in words)


@pytest.mark.parametrize("name", ["rapidocr", "tesseract"])
def test_engines_tell_what_their_results_depend_on(name, request):
    versions = request.getfixturevalue(name).versions()
    assert name in versions
    assert all(isinstance(value, str) and value for value in versions.values())
    suffix = ".onnx" if name == "rapidocr" else ".traineddata"
    assert any(key.endswith(suffix) and len(value) == 64 for key, value in versions.items()), "the models' hashes"


def test_tesseract_stops_when_the_time_is_over():
    engine = build_engine("tesseract", replace(PARAMS, tesseract=replace(PARAMS.tesseract, timeout=0.001)))
    pages = [engine.prepare(drawn()[0]) for _ in range(2)]
    for error in engine.read_prepared(pages):
        assert isinstance(error, OcrError)
        assert str(error) == "tesseract took longer than 0.001 s"


def test_tesseract_reads_several_photos_as_it_reads_each(tesseract):
    photos = [drawn()[0], np.full((80, 90, 3), 255, np.uint8), drawn("12 V", size=(300, 200))[0], drawn()[0][:250]]
    pages = [tesseract.prepare(photo) for photo in photos]
    at_once = tesseract.read_prepared(pages)
    assert at_once == [read(tesseract, photo) for photo in photos]
    assert [bool(words) for words in at_once] == [True, False, True, True]


def test_a_photo_that_tesseract_refuses_is_no_others_failure(tesseract):
    too_large = Page(np.full((40_000, 10), 255, np.uint8), 1.0)
    before, refused, after = tesseract.read_prepared([tesseract.prepare(drawn()[0]), too_large, too_large])
    assert [word.text for word in before] == TEXT.split()
    # The same on every run: no name of a temporary folder in it.
    assert str(refused) == str(after)
    assert "Image too large" in str(refused)


def test_languages_that_are_not_installed_are_named_with_their_packages():
    params = replace(PARAMS, tesseract=replace(PARAMS.tesseract, language="eng+tlh+chi_xyz"))
    with pytest.raises(InputError) as error:
        build_engine("tesseract", params)
    assert str(error.value).startswith(
        "ocr.tesseract.language: no data for 'tlh', 'chi_xyz'; install it (Debian: apt-get install"
        " tesseract-ocr-tlh tesseract-ocr-chi-xyz) or choose from: "
    )
    assert "eng" in str(error.value).partition("choose from: ")[2]


def test_several_languages_are_read_together(tesseract):
    """``osd`` is installed wherever Tesseract is, but reads nothing; so the second language is a copy of English."""
    folder = installed_languages().folder
    if folder is None:
        pytest.skip("this release does not say where its languages are")
    with tempfile.TemporaryDirectory() as copies:
        for name in ("eng", "xyz"):
            shutil.copy(folder / "eng.traineddata", Path(copies) / f"{name}.traineddata")
        for name in ("configs", "tessconfigs"):
            (Path(copies) / name).symlink_to(folder / name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TESSDATA_PREFIX", copies)
            both = build_engine("tesseract", replace(PARAMS, tesseract=replace(PARAMS.tesseract, language="eng+xyz")))
            assert [word.text for word in read(both, drawn()[0])] == TEXT.split()
            versions = both.versions()
    assert versions["eng.traineddata"] == versions["xyz.traineddata"] == tesseract.versions()["eng.traineddata"]


def test_cyrillic_print_is_read_with_the_languages_data():
    if "rus" not in installed_languages().names:
        pytest.skip("tesseract-ocr-rus is not installed")
    engine = build_engine("tesseract", replace(PARAMS, tesseract=replace(PARAMS.tesseract, language="eng+rus")))
    assert [word.text for word in read(engine, drawn("Масса нетто 500 г")[0])] == ["Масса", "нетто", "500", "г"]


def test_the_confidence_limit_drops_words():
    params = replace(PARAMS, tesseract=replace(PARAMS.tesseract, min_confidence=1.0))
    assert read(build_engine("tesseract", params), drawn()[0]) == []


# --- Google Vision


class Stand(ThreadingHTTPServer):
    """Answers every request with ``answer`` and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.status, self.answer, self.pause = 200, {}, 0.0
        self.asked: list[tuple[str, dict]] = []


class Exchange(BaseHTTPRequestHandler):
    server: Stand

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path.partition("?")[0], json.loads(body)))
        time.sleep(self.server.pause)
        payload = json.dumps(self.server.answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        # One of the clients here has left by then.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.end_headers()
            self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stand():
    server = Stand()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def vision(stand: Stand, timeout: float = 10.0) -> GoogleVisionEngine:
    return GoogleVisionEngine(GoogleVisionParams(f"http://127.0.0.1:{stand.server_port}", timeout))


def said(*words: tuple[str, list[tuple[int, int]], float]) -> dict:
    """A response as the service gives it: pages, blocks, paragraphs, words, symbols."""
    listed = [
        {
            # Zero is the default of protocol buffers: the service leaves such a coordinate out.
            "boundingBox": {"vertices": [{k: v for k, v in (("x", x), ("y", y)) if v} for x, y in vertices]},
            "symbols": [{"text": symbol} for symbol in text],
            "confidence": confidence,
        }
        for text, vertices, confidence in words
    ]
    page = {"width": 40, "height": 30, "blocks": [{"paragraphs": [{"words": listed}]}]}
    return {"responses": [{"fullTextAnnotation": {"pages": [page], "text": "x"}}]}


def corners(x0: int, y0: int, x1: int, y1: int, angle: int) -> list[tuple[int, int]]:
    """Clockwise from the text's own upper left corner."""
    clockwise = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    first = angle // 90
    return clockwise[first:] + clockwise[:first]


IMAGE = np.arange(30 * 40 * 3, dtype=np.uint32).reshape(30, 40, 3).astype(np.uint8)


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_google_vision_gives_box_confidence_and_angle(stand, angle):
    stand.answer = said(("500", corners(0, 5, 20, 15, angle), 0.75), ("g", corners(22, 5, 30, 15, angle), 0.5))
    assert vision(stand).read(IMAGE) == [
        Word("500", Box(0, 5, 20, 15), 0.75, angle, "google_vision"),
        Word("g", Box(22, 5, 30, 15), 0.5, angle, "google_vision"),
    ]


def test_google_vision_is_sent_the_pixels_as_they_are(stand):
    stand.answer = said()
    assert vision(stand).read(IMAGE) == []
    ((path, body),) = stand.asked
    assert path == "/v1/images:annotate"
    (request,) = body["requests"]
    sent = cv2.imdecode(np.frombuffer(base64.b64decode(request["image"]["content"]), np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(cv2.cvtColor(sent, cv2.COLOR_BGR2RGB), IMAGE)
    assert [feature["type"] for feature in request["features"]] == [11], "document text detection"


@pytest.mark.parametrize(
    ("status", "answer", "complaint"),
    [
        (200, {"responses": [{"error": {"code": 3, "message": "Bad image data."}}]}, "Bad image data"),
        (403, {"error": {"code": 403, "message": "billing is off", "status": "PERMISSION_DENIED"}}, "billing is off"),
        (503, {"error": {"code": 503, "message": "busy", "status": "UNAVAILABLE"}}, "busy"),
    ],
)
def test_google_visions_errors_become_rows(stand, status, answer, complaint):
    stand.status, stand.answer = status, answer
    with pytest.raises(OcrError, match=f"google_vision failed: .*{complaint}") as error:
        vision(stand).read(IMAGE)
    assert "\n" not in str(error.value)


def test_google_visions_time_out_becomes_a_row(stand):
    stand.answer, stand.pause = said(), 0.6
    with pytest.raises(OcrError, match="google_vision"):
        vision(stand, timeout=0.2).read(IMAGE)


def test_an_endpoint_that_is_not_there_becomes_a_row():
    with pytest.raises(OcrError, match="google_vision"):
        GoogleVisionEngine(GoogleVisionParams("http://127.0.0.1:9", 1.0)).read(IMAGE)


def test_missing_credentials_are_told_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with pytest.raises(InputError, match=r"ocr\.google_vision|google_vision"):
        GoogleVisionEngine(GoogleVisionParams("", 1.0))


def test_google_vision_tells_its_clients_version(stand):
    assert vision(stand).versions()["google-cloud-vision"]
