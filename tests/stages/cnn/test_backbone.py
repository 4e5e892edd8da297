from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save, save_file
from torchvision.models import resnet50

from imagequant.core.errors import InputError
from imagequant.model.cnn.backbone import Backbone, load_backbone
from imagequant.model.cnn.efficientnet import EfficientNetLite0
from imagequant.model.cnn.onnx_export import backbone_to_onnx
from imagequant.model.cnn.openvino_extractor import OpenVinoExtractor
from imagequant.model.cnn.torch_extractor import TorchExtractor
from imagequant.model.cnn.weights import load_state
from imagequant.params import CnnParams, Precision

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU"))]
PARAMS = CnnParams(
    "efficientnet_lite0", "random", "", grid_channels=4, seed=1, precision="f32", batch_size=2, device="cpu"
)
IMAGES = np.random.default_rng(0).integers(0, 255, (3, 3, 64, 64), dtype=np.uint8)


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return load_backbone(PARAMS)[0]


def torch_extractor(backbone: Backbone, device: str = "cpu", **changes: Any) -> TorchExtractor:
    return TorchExtractor(save(backbone.state_dict()), replace(PARAMS, **changes), 64, device)


def least_cosine(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one.reshape(len(one), -1), other.reshape(len(other), -1)
    cosines = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    return float(cosines.min())


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("precision", ["f32", "bf16"])
def test_shapes_and_batches(backbone: Backbone, device: str, precision: Precision) -> None:
    extract = torch_extractor(backbone, device, precision=precision)
    pooled, grid = extract(IMAGES)
    assert (pooled.shape, pooled.dtype) == ((3, 1280), np.float32)
    assert (grid.shape, grid.dtype) == ((3, 4, 2, 2), np.float32)
    # To the last bit, whatever is computed beside it: the work cache must not show in the outputs.
    alone, _ = extract(IMAGES[2:])
    np.testing.assert_array_equal(pooled[2], alone[0])
    first, _ = extract(IMAGES[[2, 0]])
    np.testing.assert_array_equal(pooled[2], first[0])


@pytest.mark.parametrize("device", DEVICES)
def test_threads_share_a_network(backbone: Backbone, device: str) -> None:
    extract = torch_extractor(backbone, device)
    photos = [np.roll(IMAGES, turn, axis=3)[: 1 + turn % 3] for turn in range(24)]
    expected = [extract(images) for images in photos]
    with ThreadPoolExecutor(8) as pool:
        for found, wanted in zip(pool.map(extract, photos), expected, strict=True):
            np.testing.assert_array_equal(found[0], wanted[0])
            np.testing.assert_array_equal(found[1], wanted[1])


def test_pooled_is_the_mean_of_what_the_grid_projects(backbone: Backbone) -> None:
    pooled, grid = torch_extractor(backbone)(IMAGES[:1])
    np.testing.assert_allclose(backbone.projection.numpy() @ pooled[0], grid[0].mean(axis=(1, 2)), atol=1e-4)


@pytest.mark.parametrize("device", DEVICES)
def test_features_in_half_precision_point_where_the_others_do(backbone: Backbone, device: str) -> None:
    expected = torch_extractor(backbone)(IMAGES)
    for precision, least in (("f32", 0.999999), ("bf16", 0.999)):
        for found, wanted in zip(torch_extractor(backbone, device, precision=precision)(IMAGES), expected, strict=True):
            assert least_cosine(found, wanted) > least
            np.testing.assert_allclose(
                np.linalg.norm(found.reshape(3, -1), axis=1), np.linalg.norm(wanted.reshape(3, -1), axis=1), rtol=0.02
            )


@pytest.mark.parametrize(("precision", "least"), [("f32", 0.999999), ("bf16", 0.999)])
def test_on_cpus_the_same_features_come_out_of_the_exported_network(
    backbone: Backbone, precision: Precision, least: float
) -> None:
    extractor = OpenVinoExtractor(backbone_to_onnx(backbone, 64, 18), precision)
    for found, expected in zip(extractor(IMAGES), torch_extractor(backbone)(IMAGES), strict=True):
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
        one, other = found.reshape(3, -1), expected.reshape(3, -1)
        assert least_cosine(one, other) > least
        np.testing.assert_allclose(np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1), rtol=0.02)
    alone, _ = extractor(IMAGES[2:])
    np.testing.assert_array_equal(extractor(IMAGES)[0][2], alone[0])


def test_random_weights_depend_on_the_seed_and_leave_the_generator_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one, two, other = (load_backbone(replace(PARAMS, seed=seed)) for seed in (1, 1, 2))
    assert torch.equal(one[0].net._conv_stem.weight, two[0].net._conv_stem.weight)
    assert not torch.equal(one[0].net._conv_stem.weight, other[0].net._conv_stem.weight)
    assert one[1] == two[1] != other[1]
    assert torch.equal(torch.get_rng_state(), before)


def test_the_default_backbone_knows_imagenet() -> None:
    """Its classifier, which is not used otherwise, names a drawn traffic light: weights, pixels and padding fit."""
    params = replace(PARAMS, weights="pretrained")
    backbone, weights = load_backbone(params)
    assert (weights.name, weights.sha256[:8]) == ("pretrained", "57934424")
    down, across = torch.meshgrid(torch.arange(224), torch.arange(224), indexing="ij")
    pixels = torch.full((1, 3, 224, 224), 200, dtype=torch.uint8)
    pixels[0][:, 10:214, 70:154] = 30
    for row, colour in ((45, (240, 30, 20)), (112, (250, 200, 20)), (179, (30, 220, 60))):
        lamp = (across - 112) ** 2 + (down - row) ** 2 < 30**2
        pixels[0][:, lamp] = torch.tensor(colour, dtype=torch.uint8)[:, None]
    state = load_state(params)
    logits = backbone(pixels)[0] @ state["_fc.weight"].T + state["_fc.bias"]
    assert logits[0].argmax() == 920, "ImageNet's traffic light"


def stand_in(folder: Path, seed: int = 9) -> tuple[Path, str]:
    """Writes ResNet-50 weights in torchvision's format to its cache in ``folder``; returns the file and its hash."""
    torch.manual_seed(seed)
    path = folder / "hub" / "checkpoints" / "resnet50-11ad3fa6.pth"
    path.parent.mkdir(parents=True)
    torch.save(resnet50(weights=None).state_dict(), path)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


RESNET = replace(PARAMS, backbone="resnet50", weights="pretrained")


def test_resnet50_takes_its_weights_from_torchvisions_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    path, digest = stand_in(tmp_path)
    backbone, weights = load_backbone(replace(RESNET, sha256=digest))
    stored = torch.load(path, weights_only=True)
    assert torch.equal(backbone.net.layer4[2].conv3.weight, stored["layer4.2.conv3.weight"])
    assert weights.metadata() == {
        "cnn_backbone": "resnet50",
        "cnn_weights": "pretrained",
        "cnn_weights_sha256": digest,
    }
    pooled, grid = backbone(torch.from_numpy(IMAGES))
    assert (pooled.shape, grid.shape) == ((3, 2048), (3, 4, 2, 2))


@pytest.mark.parametrize("content", ["truncated", "a page"])
def test_a_damaged_cache_is_reported_as_such(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    path, _ = stand_in(tmp_path)
    path.write_bytes(path.read_bytes()[:5000] if content == "truncated" else b"<!doctype html><title>Log in</title>")
    with pytest.raises(InputError, match=r"resnet50-11ad3fa6\.pth has the SHA-256 .* not 11ad3fa6.* incomplete"):
        load_backbone(RESNET)


def test_missing_weights_are_an_error_with_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # An empty hub folder and a proxy that nobody listens on: neither disk nor network has them.
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(InputError, match=r"efficientnet_lite0.*cnn\.weights: path.*cnn\.weights: random"):
        load_backbone(RESNET)


def test_a_weights_file_is_loaded_and_checked_by_hash(tmp_path: Path) -> None:
    torch.manual_seed(9)
    source = EfficientNetLite0()
    path = tmp_path / "mine.safetensors"
    save_file(source.state_dict(), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    backbone, weights = load_backbone(replace(PARAMS, weights=str(path), sha256=digest))
    assert torch.equal(backbone.net._conv_stem.weight, source._conv_stem.weight)
    assert (weights.name, weights.sha256) == ("mine.safetensors", digest)
    with pytest.raises(InputError, match=r"cnn\.sha256"):
        load_backbone(replace(PARAMS, weights=str(path), sha256="0" * 64))
    with pytest.raises(InputError, match="does not fit resnet50"):
        load_backbone(replace(PARAMS, weights=str(path), backbone="resnet50"))


@pytest.mark.parametrize("name", ["no/such/file.pth", "garbage.pth", "empty.pth", "garbage.safetensors"])
def test_a_file_that_is_no_state_dict_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if not name.startswith("no/"):
        path.write_bytes(b"" if name.startswith("empty") else b"not weights at all")
    with pytest.raises(InputError, match=r"cnn\.weights"):
        load_backbone(replace(PARAMS, weights=str(path)))


class _Payload:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('code in a weights file ran')",)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    torch.save({"conv1.weight": _Payload()}, path)
    with pytest.raises(InputError, match="cnn.weights"):
        load_backbone(replace(PARAMS, weights=str(path)))
