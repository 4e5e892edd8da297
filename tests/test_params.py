"""Every wrong key of the params file is named, and the repository's own file is right."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
import yaml

from imagequant.core.errors import InputError
from imagequant.params import load_params, parse_params

FILE = Path(__file__).parents[1] / "params.yaml"
VALUES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
ABSENT = object()


def changed(key: str, value: object) -> dict:
    """The repository's values with one key set, or taken away."""
    values = copy.deepcopy(VALUES)
    *path, last = key.split(".")
    section = values
    for part in path:
        section = section[part]
    if value is ABSENT:
        del section[last]
    else:
        section[last] = value
    return values


def test_the_repositorys_file_loads():
    params = load_params(FILE)
    assert params.sources.train == VALUES["sources"]["train"]
    assert params.ocr.engines == tuple(VALUES["ocr"]["engines"])
    assert params.train.augment.word_dropout == VALUES["train"]["augment"]["word_dropout"]


def test_params_are_frozen():
    params = load_params(FILE)
    with pytest.raises(FrozenInstanceError):
        params.train.lr = 1.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("train.learning_rate", 0.1, "train.learning_rate: no such key"),  # misspelt
        ("trian", {}, "trian: no such key"),  # a misspelt section
        ("tune.space", {"lr": {"lowest": 0.1}}, "tune.space.lr.lowest: no such key"),
        ("tune.folds", 1, "tune.folds: "),
        ("train.augment.word_drop", 0.1, "train.augment.word_drop: no such key"),  # two levels down
        ("train.lr", ABSENT, "train.lr: missing"),
        ("executor", ABSENT, "executor: missing"),
        ("ocr.tesseract.timeout", ABSENT, "ocr.tesseract.timeout: missing"),
        ("train.lr", 0.0, "train.lr: "),
        ("train.lr", "fast", "train.lr: "),
        ("train.dropout", 1.0, "train.dropout: "),  # nothing would be left
        ("train.epochs", 0, "train.epochs: "),
        ("train.epochs", 1.5, "train.epochs: "),
        ("labels.development", 1.0, "labels.development: "),
        ("labels.split_by", "colour", "labels.split_by: "),
        ("labels.folds", 1, "labels.folds: "),
        ("labels.seed", -1, "labels.seed: "),
        ("ocr.engines", [], "ocr.engines: "),
        ("ocr.engines", ["eyes"], "ocr.engines.0: "),
        ("ocr.rapidocr.scripts", [], "ocr.rapidocr.scripts: "),
        ("ocr.rapidocr.scripts", ["latin", "thai"], "ocr.rapidocr.scripts.1: "),
        ("ocr.tesseract.language", "", "ocr.tesseract.language: "),
        ("ocr.tesseract.language", "eng+", "ocr.tesseract.language: "),
        ("ocr.tesseract.page_segmentation", 14, "ocr.tesseract.page_segmentation: "),
        ("predict.threshold", 1.5, "predict.threshold: "),
        ("preprocess.device", "tpu", "preprocess.device: "),
        ("sources.bad_rows", "ignore", "sources.bad_rows: "),
        ("sources.train", "", "sources.train"),
        ("sources.train", [], "sources.train"),
        ("download.schemes", ["ftp"], "download.schemes.0: "),
        ("download.hosts", ["images.internal", "10.0.0.1/8"], "download.hosts.1: "),  # bits beyond the network's
        ("download.hosts", ["http://a.example"], "download.hosts.0: "),
        ("download.hosts", ["a.example:80"], "download.hosts.0: "),
        ("download.hosts", ["127.1"], "download.hosts.0: "),  # an address, but not as they are written
        ("download.hosts", ["*.internal"], "download.hosts.0: "),
        ("download.hosts", [""], "download.hosts.0: "),
        ("download.folders", [""], "download.folders.0: "),
        ("executor.name", "cloud", "executor.name: "),
        ("executor.workers", -1, "executor.workers: "),
        ("explore.top", 0, "explore.top: "),
        ("export.opset", 9, "export.opset: "),
        ("train", None, "train: "),  # a section with nothing in it
    ],
)
def test_wrong_keys_are_named(key, value, named):
    with pytest.raises(InputError) as error:
        parse_params(changed(key, value), "mine.yaml")
    text = str(error.value)
    assert text.startswith("mine.yaml: ")
    assert named in text
    assert "\n" not in text


def test_every_wrong_key_is_named_at_once():
    values = changed("train.lr", -1)
    values["labels"]["folds"] = 0
    with pytest.raises(InputError, match=r"labels\.folds.*train\.lr"):
        parse_params(values)


@pytest.mark.parametrize("fold", [5, 6])
def test_the_fold_must_lie_below_the_folds(fold):
    with pytest.raises(InputError, match=r"labels\.fold: \d is not below labels\.folds \(5\)"):
        parse_params(changed("labels.fold", fold))


def test_tesseract_cannot_enlarge_beyond_what_it_shrinks_to():
    with pytest.raises(
        InputError, match=r"ocr\.tesseract\.upscale_to: 4000 is above ocr\.tesseract\.downscale_to \(2560\)"
    ):
        parse_params(changed("ocr.tesseract.upscale_to", 4000))


def test_a_script_that_rapidocr_does_not_know_is_left_to_tesseract():
    with pytest.raises(InputError, match=r"allowed: latin, .*, all; .*Tesseract does: set ocr\.tesseract\.language"):
        parse_params(changed("ocr.rapidocr.scripts", ["latin", "cyrillic"]))


@pytest.mark.parametrize("section", ["cnn", "ocr.rapidocr"])
def test_bfloat16_needs_native_arithmetic(section):
    values = changed(f"{section}.precision", "bf16")
    with pytest.raises(InputError, match=rf"{section}\.precision: bf16 .* versions\.arithmetic: native"):
        parse_params(values)
    values["versions"]["arithmetic"] = "native"
    assert parse_params(values).versions.arithmetic == "native"


@pytest.mark.parametrize("value", ["a.csv", ["a.csv", "b.parquet"]])
def test_data_is_a_path_or_several(value):
    params = parse_params(changed("sources.train", value))
    assert params.sources.train == (value if isinstance(value, str) else tuple(value))


@pytest.mark.parametrize("values", [None, [], "text", 5])
def test_what_is_no_mapping(values):
    with pytest.raises(InputError, match=r"^params\.yaml: "):
        parse_params(values)


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.yaml: no such params file"):
        load_params(tmp_path / "nowhere.yaml")


def test_file_that_is_no_yaml(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("train: [1, 2\nlabels: }")
    with pytest.raises(InputError, match=r"bad\.yaml: not YAML") as error:
        load_params(path)
    assert "\n" not in str(error.value)
