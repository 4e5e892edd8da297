from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.contest import CONTEST

from imagequant import InputError, Prediction, Predictions, Predictor, load_predictor
from imagequant.core.records import Box
from imagequant.core.release import DISTRIBUTION
from imagequant.imaging.load import load_image
from imagequant.model.bundle import ModelInfo, read_bundle, write_bundle_config

MODEL = ModelInfo("test", "0.1.0", "0" * 64)

Printed = Callable[..., Image.Image]


def as_bytes(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def test_an_answer_has_its_evidence(predictor: Predictor, photos: Path) -> None:
    found = predictor.predict(photos / "pack.png", ["item_weight", "voltage"])
    assert (found.photo, found.width, found.height) == (str(photos / "pack.png"), 640, 480)
    weight, voltage = found
    assert (weight.text, weight.value, weight.unit, weight.reason) == ("500 gram", 500.0, "gram", "")
    assert 0 < weight.confidence <= 1
    assert "500" in weight.words
    assert weight.box is not None
    # Printed from (60, 60), letters of 48 pixels.
    assert 60 <= weight.box.x0 < weight.box.x1 <= 420 and 50 <= weight.box.y0 < weight.box.y1 <= 130
    assert (voltage.text, voltage.quantity, voltage.box, voltage.words) == ("", None, None, "")
    assert voltage.reason == "no quantity of this kind"
    assert found["voltage"] is voltage is found[1]
    assert {"Net", "Wt"} <= {word.text for word in found.words}
    with pytest.raises(KeyError, match="height.*asked: item_weight, voltage"):
        found["height"]


def test_silence_says_why(predictor: Predictor, unsure_model: Path, printed: Printed) -> None:
    assert predictor.predict(printed([]), ["width"])[0].reason == "no text"
    (unsure,) = load_predictor(unsure_model).predict(printed(["Net Wt 500 g"]), ["item_weight"])
    assert (unsure.text, unsure.value, unsure.reason) == ("", None, "too unsure")
    # What it would have been is told all the same.
    assert [other.text for other in unsure.alternatives] == ["500 gram"]
    assert unsure.alternatives[0].confidence == unsure.confidence


def test_a_photo_that_no_engine_read_is_none_without_text(model: Path, tmp_path: Path, printed: Printed) -> None:
    shutil.copytree(model, tmp_path / "hasty")
    bundle = read_bundle(model)
    params = bundle.reading.ocr
    hasty = replace(params, engines=("tesseract",), tesseract=replace(params.tesseract, timeout=0.001))
    write_bundle_config(tmp_path / "hasty", "hasty", bundle.model, replace(bundle.reading, ocr=hasty))
    with pytest.raises(InputError, match=r"image: tesseract took longer than 0\.001 s"):
        load_predictor(tmp_path / "hasty").predict(printed(["Net Wt 500 g"]))


def test_alternatives_are_what_else_is_there(predictor: Predictor, printed: Printed) -> None:
    (answer,) = predictor.predict(printed(["500 g", "Model 20 g", "7 g"]), ["item_weight"])
    assert {answer.text, *(other.text for other in answer.alternatives)} == {"500 gram", "20 gram", "7 gram"}
    confidences = [answer.confidence, *(other.confidence for other in answer.alternatives)]
    assert confidences == sorted(confidences, reverse=True)
    for other in answer.alternatives:
        assert other.text.split()[0] in other.words
        assert other.box != answer.box


def test_everything_is_asked_by_default(predictor: Predictor, printed: Printed) -> None:
    assert [answer.entity for answer in predictor.predict(printed(["220 V"]))] == list(CONTEST.names)


def test_each_product_of_a_photo_has_its_own_answers(predictor: Predictor, printed: Printed) -> None:
    image = printed(["Small: 250 g", "Large: 500 g"])
    found = predictor.predict(image, ["item_weight", "voltage"], products="all")
    assert [product.name for product in found.products] == ["Small", "Large"]
    assert [product["item_weight"].text for product in found.products] == ["250 gram", "500 gram"]
    assert [product["voltage"].reason for product in found.products] == ["no quantity of this kind"] * 2
    first, second = (product.box for product in found.products)
    assert first.y1 < second.y0
    assert first.x0 < found.products[0]["item_weight"].box.x0
    # The answer about the main product stays what it is.
    alone = predictor.predict(image, ["item_weight", "voltage"])
    assert (alone.predictions, alone.products) == (found.predictions, ())
    kilograms = found.in_units({"item_weight": "kilogram"})
    assert [product["item_weight"].text for product in kilograms.products] == ["0.25 kilogram", "0.5 kilogram"]
    assert [len(product.predictions) for product in found.part(1, 2).products] == [1, 1]


def test_a_photo_of_one_product_has_one(predictor: Predictor, printed: Printed) -> None:
    found = predictor.predict(printed(["Net Wt 500 g", "220 V"]), products="all")
    (product,) = found.products
    assert product.predictions == found.predictions
    assert (product.name, product.box) == ("", Box(0, 0, found.width, found.height))


def test_other_values_of_products_are_refused(predictor: Predictor, printed: Printed) -> None:
    with pytest.raises(InputError, match="products: 'some'; allowed: main, all"):
        predictor.predict(printed(["500 g"]), products="some")


def test_a_batch_answers_as_each_photo_alone(predictor: Predictor, photos: Path) -> None:
    paths = sorted(photos.iterdir()) * 2
    batch = predictor.predict_batch(paths, ["item_weight", "voltage", "wattage"])
    assert len(batch) == 6  # more than are read at once
    assert batch == [predictor.predict(path, ["item_weight", "voltage", "wattage"]) for path in paths]
    found = [each for each in batch if isinstance(each, Predictions)]
    assert [each["voltage"].text for each in found[:3]] == ["", "", "220 volt"]
    assert predictor.predict_batch([]) == []


def test_a_bad_image_does_not_end_a_batch(predictor: Predictor, photos: Path) -> None:
    bad, good = predictor.predict_batch([b"no image", photos / "pack.png"], ["item_weight"])
    assert isinstance(bad, InputError)
    assert str(bad) == "image: not an image"
    assert isinstance(good, Predictions)
    assert good["item_weight"].text == "500 gram"
    with pytest.raises(InputError, match="not an image"):
        predictor.predict(b"no image")


def test_a_closed_image_is_a_bad_image(predictor: Predictor, photos: Path) -> None:
    image = Image.open(photos / "pack.png")
    image.close()
    (bad,) = predictor.predict_batch([image])
    assert isinstance(bad, InputError)
    assert "closed image" in str(bad)


def test_a_single_path_is_not_a_batch(predictor: Predictor, photos: Path) -> None:
    with pytest.raises(InputError, match="pass a single one to predict"):
        predictor.predict_batch(str(photos / "pack.png"))


@pytest.mark.parametrize("share", [90.0, -0.1, float("nan")])
def test_the_wanted_confidence_is_a_share(predictor: Predictor, photos: Path, share: float) -> None:
    with pytest.raises(InputError, match="allowed: 0 to 1"):
        predictor.predict(photos / "pack.png", min_confidence=share)


def test_answers_below_the_wanted_confidence_are_withheld(predictor: Predictor, photos: Path) -> None:
    (sure,) = predictor.predict(photos / "pack.png", ["item_weight"])
    (withheld,) = predictor.predict(photos / "pack.png", ["item_weight"], min_confidence=sure.confidence + 1e-9)
    assert (withheld.text, withheld.reason) == ("", "too unsure")
    assert withheld.alternatives[0].text == sure.text
    assert predictor.predict(photos / "pack.png", ["item_weight"], min_confidence=sure.confidence)[0] == sure


@pytest.mark.parametrize(
    "kind",
    [
        str,
        lambda path: path.read_bytes(),
        Image.open,
        lambda path: np.asarray(Image.open(path)),
        lambda path: np.asarray(Image.open(path).convert("L")),
        lambda path: np.asarray(Image.open(path).convert("RGBA")),
    ],
    ids=["path", "bytes", "pillow", "array", "grey", "alpha"],
)
def test_every_kind_of_image_gives_the_same(predictor: Predictor, photos: Path, kind: Callable[[Path], object]) -> None:
    path = photos / "pack.png"
    expected = predictor.predict(path, ["item_weight"])
    found = predictor.predict(kind(path), ["item_weight"])  # type: ignore[arg-type]
    assert found.predictions == expected.predictions


def test_transparency_lies_on_white_and_photos_are_turned_upright() -> None:
    clear = Image.new("RGBA", (4, 2), (0, 0, 0, 0))
    assert (load_image(clear) == 255).all()
    assert (load_image(np.asarray(clear)) == 255).all()
    turned = Image.new("RGB", (4, 2), "white")
    turned.putpixel((0, 0), (255, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    opened = Image.open(io.BytesIO(as_bytes(turned, exif=exif)))
    upright = load_image(opened)
    assert upright.shape == (4, 2, 3)
    assert upright[0, 1].tolist() == [255, 0, 0]
    np.testing.assert_array_equal(upright, load_image(as_bytes(turned, exif=exif)))


@pytest.mark.parametrize(
    ("image", "says"),
    [
        ("nowhere.jpg", "nowhere.jpg: No such file or directory"),
        ("nul\0.jpg", "No such file"),
        (b"text", "image: not an image"),
        (b"", "image: empty"),
        ("https://example.org/photo.jpg", "is a URL; download it"),
        (np.zeros((4, 4, 3), np.float32), r"float32; allowed: uint8"),
        (np.zeros((4, 4, 2), np.uint8), "shape"),
        (np.zeros((0, 4, 3), np.uint8), "shape"),
        (7, "int is not an image"),
    ],
)
def test_what_is_no_image_says_what_is_needed(image: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        load_image(image)  # type: ignore[arg-type]


def test_unknown_entities_are_named_with_those_that_are_known(predictor: Predictor) -> None:
    with pytest.raises(InputError, match="unknown entity 'weight'; allowed: width, depth, height, item_weight"):
        predictor.predict_batch([], ["weight"])


def test_results_are_plain_values(predictor: Predictor, photos: Path) -> None:
    values = predictor.predict(photos / "pack.png", ["item_weight"]).to_dict()
    assert json.loads(json.dumps(values)) == values
    assert list(values) == ["photo", "width", "height", "warning", "model", "predictions", "dimensions", "products"]
    assert values["model"] == {"name": "test", "version": version(DISTRIBUTION), "sha256": predictor.model.sha256}
    (answer,) = values["predictions"]
    assert (answer["text"], answer["value"], answer["unit"]) == ("500 gram", 500.0, "gram")
    assert set(answer["box"]) == {"x0", "y0", "x1", "y1"}
    assert isinstance(answer["alternatives"], list)


def test_answers_in_another_unit(predictor: Predictor, unsure_model: Path, photos: Path, printed: Printed) -> None:
    (weight,) = predictor.predict(photos / "pack.png", ["item_weight"])
    converted = weight.to_unit("kilogram")
    assert (converted.text, converted.value, converted.unit) == ("0.5 kilogram", 0.5, "kilogram")
    assert (converted.words, converted.box, converted.confidence) == (weight.words, weight.box, weight.confidence)
    with pytest.raises(InputError, match="item_weight is not measured in 'volt'; allowed: gram, kilogram, microgram"):
        weight.to_unit("volt")
    (unsure,) = load_predictor(unsure_model).predict(printed(["Net Wt 500 g"]), ["item_weight"])
    assert [other.text for other in unsure.to_unit("kilogram").alternatives] == ["0.5 kilogram"]
    assert unsure.to_unit("kilogram").value is None


def test_results_are_values() -> None:
    answer = Prediction("width", "", None, None, 0.0, "no text", "", None, ())
    one, other = (Predictions("a.jpg", 4, 2, (answer,), (), image, MODEL) for image in (b"1", b"2"))
    assert one == other  # what was read, not how the image was handed over
    assert "b'1'" not in repr(one)


def test_a_range_is_answered_with_both_ends(predictor: Predictor, printed: Callable[..., Image.Image]) -> None:
    found = predictor.predict(printed(["Input 100-240 V", "Power 45 W"]), ["voltage", "wattage"])
    volts, watts = found["voltage"], found["wattage"]
    assert volts.value in (100, 240)
    assert (volts.low, volts.high, volts.printed) == (100, 240, "100 to 240 volt")
    assert volts.to_unit("kilovolt").printed == "0.1 to 0.24 kilovolt"
    assert all((each.low, each.high) == (100, 240) for each in volts.alternatives)
    assert (watts.low, watts.high, watts.printed) == (45, 45, "")


def test_silence_has_no_ends(predictor: Predictor, printed: Callable[..., Image.Image]) -> None:
    silent = predictor.predict(printed([]), ["voltage"])["voltage"]
    assert (silent.low, silent.high, silent.printed) == (None, None, "")
    assert silent.to_unit("kilovolt") == silent
