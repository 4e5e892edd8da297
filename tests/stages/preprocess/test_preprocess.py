"""Tars of difficult images in, letterboxed images out."""

from __future__ import annotations

import hashlib
import io
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from imagequant.core.errors import InputError
from imagequant.core.iteration import chunks
from imagequant.executor import cluster
from imagequant.imaging.decode import decode_rgb
from imagequant.imaging.letterbox import preprocess_image
from imagequant.params import ExecutorParams, Params, PreprocessParams, load_params
from imagequant.stages.preprocess.cuda import CUDA_TOLERANCE, letterbox_on_cuda
from imagequant.stages.preprocess.letterboxed import letterbox_on_cpu, make_shard
from imagequant.stages.preprocess.run import run
from imagequant.storage.layout import Layout, list_shards, shard_path
from imagequant.storage.tars import write_tar
from imagequant.storage.tensors import INDEX_NAME, PIXEL_INDEX, SUFFIX, read_pixel_shard, write_pixel_shard

SIZE = 48


def encode(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def photo(size=(120, 80), seed=0):
    """Smooth colours, as photos have them, so that a lossy file stays near its source."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def oriented(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(photo(seed=orientation), "JPEG", exif=exif.tobytes())


GOOD = {
    "plain": encode(photo(), "JPEG"),
    "progressive": encode(photo((333, 222)), "JPEG", progressive=True),
    "truncated": encode(photo((400, 300)), "JPEG")[:-300],
    "grey": encode(photo().convert("L"), "JPEG"),
    "cmyk": encode(photo().convert("CMYK"), "JPEG"),
    "deep": encode(Image.fromarray(np.arange(0, 65536, 16, dtype=np.uint16).reshape(64, 64)), "PNG"),
    "transparent_png": encode(Image.new("RGBA", (30, 50), (255, 0, 0, 0)), "PNG"),
    "transparent_webp": encode(Image.new("RGBA", (30, 50), (255, 0, 0, 0)), "WEBP", lossless=True),
    "thin": encode(photo((3000, 4)), "JPEG"),
    **{f"exif_{orientation}": oriented(orientation) for orientation in range(1, 9)},
}


def without_tables(payload):
    """A JPEG with a header and an end whose quantization tables are gone: no decoder can make anything of it."""
    kept, at = payload[:2], 2
    while payload[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(payload[at + 2 : at + 4], "big")
        kept += payload[at:end] if payload[at + 1] != 0xDB else b""
        at = end
    return kept + payload[at:]


BAD = {
    "corrupt": encode(photo(), "PNG")[:70],
    "text": b"<html>",
    "without_tables": without_tables(encode(photo(), "JPEG")),
}
FILES = {**dict(list(GOOD.items())[:5]), **BAD, **dict(list(GOOD.items())[5:])}


def members(payloads):
    return [(hashlib.sha256(payload).hexdigest(), payload) for payload in payloads]


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path)
    for number, chunk in enumerate(chunks(members(FILES.values()), 5)):
        write_tar(shard_path(layout.data("download") / "train", number, "tar"), chunk)
    write_tar(shard_path(layout.data("download") / "test", 0, "tar"), [])  # every link of it failed
    return layout


@pytest.fixture
def params() -> Params:
    params = load_params(Path(__file__).parents[3] / "params.yaml")
    return replace(params, preprocess=PreprocessParams(SIZE, "cpu"), executor=ExecutorParams("serial", 1))


def outputs(layout):
    folder = layout.data("preprocess")
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_image_is_found_by_the_index(layout, params):
    run(params, layout)
    folder = layout.data("preprocess") / "train"
    shards = [read_pixel_shard(path) for path in list_shards(folder, SUFFIX)]
    index = list(PIXEL_INDEX.iterate(folder / INDEX_NAME))
    assert [row.sha256 for row in index] == [name for name, _ in members(FILES.values())]
    for row, (kind, payload) in zip(index, FILES.items(), strict=True):
        shard = shards[row.shard]
        assert shard.sha256[row.row] == row.sha256
        assert shard.images.shape[1:] == (3, SIZE, SIZE)
        if kind in BAD:
            assert (row.status, shard.ok[row.row]) == ("failed", 0)
            assert row.reason
            assert (shard.images[row.row] == 255).all()
            assert not shard.boxes[row.row].any()
        else:
            assert (row.status, row.reason, shard.ok[row.row]) == ("ok", "", 1)
            # What serving makes of the same photo is the same.
            square, box = preprocess_image(decode_rgb(payload), SIZE)
            assert np.array_equal(shard.images[row.row], square), kind
            assert np.array_equal(shard.boxes[row.row], np.float32(box)), kind


def test_letterboxed_images_show_the_upright_photo(layout, params):
    run(params, layout)
    folder = layout.data("preprocess") / "train"
    images = np.concatenate([read_pixel_shard(path).images for path in list_shards(folder, SUFFIX)])
    boxes = np.concatenate([read_pixel_shard(path).boxes for path in list_shards(folder, SUFFIX)])
    place = {kind: number for number, kind in enumerate(FILES)}
    assert (images[place["transparent_png"]] == 255).all()
    assert (images[place["transparent_webp"]] == 255).all()
    assert boxes[place["thin"]].tolist() == pytest.approx([0, 23 / 48, 1, 24 / 48])
    for orientation in range(1, 9):
        x0, y0, x1, y1 = boxes[place[f"exif_{orientation}"]]
        upright = orientation < 5
        assert (x1 - x0 == 1, y1 - y0 == 1) == (upright, not upright)
    grey = images[place["grey"]].astype(int)
    assert (grey.max(axis=0) == grey.min(axis=0)).all()
    # The colours survive the way through ink.
    assert np.abs(images[place["cmyk"]].astype(int) - images[place["plain"]]).mean() < 8


def test_an_empty_shard_is_an_empty_shard(layout, params):
    run(params, layout)
    folder = layout.data("preprocess") / "test"
    (path,) = list_shards(folder, SUFFIX)
    shard = read_pixel_shard(path)
    assert (shard.images.shape, shard.boxes.shape, shard.ok.shape, shard.sha256) == (
        (0, 3, SIZE, SIZE),
        (0, 4),
        (0,),
        (),
    )
    assert list(PIXEL_INDEX.iterate(folder / INDEX_NAME)) == []


def test_bytes_are_the_same_whatever_the_workers(layout, params):
    run(params, layout)
    serial = outputs(layout)
    for engine in (ExecutorParams("process", 1), ExecutorParams("process", 2), ExecutorParams("ray", 2)):
        with cluster(engine) if engine.name == "ray" else nullcontext():  # one for both splits
            run(replace(params, executor=engine), layout)
        assert outputs(layout) == serial, engine
    assert len(serial) == 4 + 1 + 1 + 1  # train's shards and index, test's shard and index


def test_what_an_earlier_run_left_is_gone(layout, params):
    run(params, layout)
    (layout.data("download") / "train" / "00003.tar").unlink()
    run(params, layout)
    assert "train/00003.safetensors" not in outputs(layout)


def test_missing_input_is_an_error_that_names_the_folder(tmp_path, params):
    with pytest.raises(InputError, match="download/train: no such folder"):
        run(params, Layout(tmp_path))


def test_a_file_of_other_tensors_is_no_shard(tmp_path):
    shard, _ = make_shard(members([GOOD["plain"]]), SIZE, letterbox_on_cpu)
    write_pixel_shard(tmp_path / "00000.safetensors", shard)
    from imagequant.storage.tensors import write_tensors

    write_tensors(tmp_path / "00001.safetensors", {"other": np.zeros(3)})
    assert read_pixel_shard(tmp_path / "00000.safetensors").sha256 == shard.sha256
    with pytest.raises(InputError, match=r"00001\.safetensors: not a shard of letterboxed images"):
        read_pixel_shard(tmp_path / "00001.safetensors")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_the_gpu_sees_what_the_cpu_sees():
    # More than are decoded at once. nvJPEG makes a picture of what lacks its tables, and that of one file is no matter.
    payloads = [payload for name, payload in FILES.items() if name != "without_tables"]
    payloads += [encode(photo(seed=seed), "JPEG") for seed in range(50)]
    on_cpu, cpu_reasons = make_shard(members(payloads), SIZE, letterbox_on_cpu)
    on_gpu, gpu_reasons = make_shard(members(payloads), SIZE, letterbox_on_cuda)
    assert on_gpu.sha256 == on_cpu.sha256
    assert gpu_reasons == cpu_reasons
    assert np.array_equal(on_gpu.boxes, on_cpu.boxes)
    difference = np.abs(on_gpu.images.astype(int) - on_cpu.images).mean(axis=(1, 2, 3))
    assert difference.max() <= CUDA_TOLERANCE
