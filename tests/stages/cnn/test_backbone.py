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

from imagequant.core.errors import InputError
from imagequant.model.cnn.backbone import Backbone, load_backbone
from imagequant.model.cnn.onnx_export import backbone_to_onnx
from imagequant.model.cnn.openvino_extractor import OpenVinoExtractor
from imagequant.model.cnn.torch_extractor import TorchExtractor
from imagequant.params import CnnParams, Precision

CPU = torch.device("cpu")
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU"))]
PARAMS = CnnParams("random", "", False, grid_channels=4, seed=1, precision="f32", batch_size=2, device="cpu")
IMAGES = np.random.default_rng(0).integers(0, 255, (3, 3, 64, 64), dtype=np.uint8)


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return load_backbone(PARAMS, CPU)[0]


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
    assert (pooled.shape, pooled.dtype) == ((3, 2048), np.float32)
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
    one, two, other = (load_backbone(replace(PARAMS, seed=seed), CPU)[1].sha256 for seed in (1, 1, 2))
    assert one == two != other
    assert torch.equal(torch.get_rng_state(), before)


def test_required_pretrained_weights_are_an_error_where_random_ones_are_asked_for() -> None:
    with pytest.raises(InputError, match="require_pretrained"):
        load_backbone(replace(PARAMS, require_pretrained=True), CPU)


def test_missing_imagenet_weights_are_random_and_said_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # An empty hub folder and a proxy that nobody listens on: neither disk nor network has them.
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    wanted = replace(PARAMS, weights="IMAGENET1K_V2")
    _, weights = load_backbone(wanted, CPU)
    assert weights.metadata()["cnn_weights"] == "random"
    assert weights.sha256 == load_backbone(PARAMS, CPU)[1].sha256
    assert capsys.readouterr().err.count("seeded random weights") == 1
    with pytest.raises(InputError, match="IMAGENET1K_V2.*require_pretrained"):
        load_backbone(replace(wanted, require_pretrained=True), CPU)


def test_a_weights_file_is_loaded_and_checked_by_hash(tmp_path: Path) -> None:
    source = Backbone(4, seed=9).resnet
    path = tmp_path / "mine.safetensors"
    save_file(source.state_dict(), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    backbone, weights = load_backbone(replace(PARAMS, weights=str(path), sha256=digest), CPU)
    assert torch.equal(backbone.resnet.conv1.weight, source.conv1.weight)
    assert weights.metadata() == {"cnn_weights": "mine.safetensors", "cnn_weights_sha256": digest}
    with pytest.raises(InputError, match="cnn.sha256"):
        load_backbone(replace(PARAMS, weights=str(path), sha256="0" * 64), CPU)


@pytest.mark.parametrize("name", ["no/such/file.pth", "garbage.pth", "garbage.safetensors"])
def test_a_file_that_is_no_state_dict_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.startswith("garbage"):
        path.write_bytes(b"not weights at all")
    with pytest.raises(InputError, match="cnn.weights"):
        load_backbone(replace(PARAMS, weights=str(path)), CPU)


class _Payload:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('code in a weights file ran')",)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    torch.save({"conv1.weight": _Payload()}, path)
    with pytest.raises(InputError, match="cnn.weights"):
        load_backbone(replace(PARAMS, weights=str(path)), CPU)
