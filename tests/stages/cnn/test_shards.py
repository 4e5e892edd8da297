"""One job's way through the stage, on whatever device."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save

from imagequant.model.cnn.backbone import Backbone
from imagequant.model.cnn.torch_extractor import TorchExtractor
from imagequant.params import CnnParams
from imagequant.stages.cnn.run import Extractor, get_or_extract
from imagequant.storage.features import read_feature_metadata
from imagequant.storage.layout import ShardJob
from imagequant.storage.tensors import PixelShard, write_pixel_shard
from imagequant.storage.work_cache import WorkCache

PARAMS = CnnParams(
    "efficientnet_lite0", "random", "", grid_channels=4, seed=1, precision="f32", batch_size=2, device="cpu"
)
IMAGES = np.random.default_rng(0).integers(0, 255, (5, 3, 64, 64), dtype=np.uint8)
BOXES = np.linspace(0, 1, 20, dtype=np.float32).reshape(5, 4)
NAMES = tuple("abcde")


class Counting:
    """A network that counts the photos it is given."""

    def __init__(self) -> None:
        weights = save(Backbone(PARAMS).state_dict())
        self.network = TorchExtractor(weights, PARAMS, 64, "cpu")
        self.photos = 0

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.photos += len(images)
        return self.network(images)


@pytest.fixture
def extractor(tmp_path: Path) -> Extractor:
    cache = WorkCache(tmp_path / "cache")
    shards = cache.shards(tmp_path / "out")
    return Extractor(Counting(), "cpu", {"cnn_weights": "random"}, "key", "shard key", cache, shards)


def pixels(path: Path, ok: str) -> Path:
    flags = np.array([flag == "+" for flag in ok], dtype=np.uint8)
    rows = slice(len(ok))
    write_pixel_shard(path, PixelShard(NAMES[rows], IMAGES[rows], BOXES[rows], flags))
    return path


@pytest.mark.parametrize("ok", ["+++++", "+-+-+", "-----", ""])
def test_devices_write_the_same_features_of_the_same_network(extractor: Extractor, tmp_path: Path, ok: str) -> None:
    images = pixels(tmp_path / "00000.safetensors", ok)
    for device in ("cpu", "cuda"):
        get_or_extract(replace(extractor, device=device, shard_key=device), ShardJob(images, tmp_path / device))
    written = [(tmp_path / device / "00000.safetensors").read_bytes() for device in ("cpu", "cuda")]
    assert written[0] == written[1]
    assert read_feature_metadata(tmp_path / "cuda") == {"cnn_weights": "random"}
    assert extractor.extract.photos == 2 * ok.count("+")


def test_on_cpus_a_photo_is_extracted_once_whatever_shard_it_is_in(extractor: Extractor, tmp_path: Path) -> None:
    get_or_extract(extractor, ShardJob(pixels(tmp_path / "00000.safetensors", "++-"), tmp_path / "out"))
    assert extractor.extract.photos == 2
    get_or_extract(extractor, ShardJob(pixels(tmp_path / "00001.safetensors", "+++++"), tmp_path / "out"))
    assert extractor.extract.photos == 5


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_shard_is_extracted_once(extractor: Extractor, tmp_path: Path, device: str) -> None:
    extractor = replace(extractor, device=device)
    job = ShardJob(pixels(tmp_path / "00000.safetensors", "++++-"), tmp_path / "out")
    get_or_extract(extractor, job)
    first = (tmp_path / "out" / "00000.safetensors").read_bytes()
    (tmp_path / "out" / "00000.safetensors").unlink()
    get_or_extract(extractor, job)
    assert (tmp_path / "out" / "00000.safetensors").read_bytes() == first
    assert extractor.extract.photos == 4
