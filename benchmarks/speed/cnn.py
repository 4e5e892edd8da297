"""The ``cnn`` stage against one image at a time in eager torch; the same network and float32 on both sides."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from benchmarks.speed.harness import (
    ROOT,
    Figure,
    Setting,
    Side,
    a_thread_each,
    alternate,
    in_new_process,
    ratio,
    seconds,
)
from benchmarks.speed.stage import pack
from imagequant.storage.layout import Layout

_SIZE = "224 x 224"


def measure(setting: Setting) -> dict[str, Figure]:
    """Times as many squares a second, whole processes; all photos in each run, since they cost little."""
    root = setting.scratch / "cnn"
    pack(setting.photos.reported, root)
    in_new_process("benchmarks.speed.stage", "preprocess", str(root))

    def stage(_: int) -> float:
        shutil.rmtree(root / ".cache", ignore_errors=True)
        return seconds(lambda: in_new_process("benchmarks.speed.stage", "cnn", str(root)))

    def eager(_: int) -> float:
        output = setting.scratch / "cnn-seed.npy"
        return seconds(lambda: in_new_process("benchmarks.speed.cnn", str(root), str(output), "cpu"))

    taken = alternate({"one at a time": eager, "cnn stage": stage}, setting.runs)
    return {
        "cnn_vs_seed": {
            **ratio(taken["one at a time"], taken["cnn stage"]),
            "photos": len(setting.photos.reported),
            "ours": Side("ours", a_thread_each(), precision="portable float32", size=_SIZE).settings(),
            "theirs": Side("torch, eager", "all cores", precision="native float32", size=_SIZE).settings(),
        }
    }


def main() -> None:
    """The other way: ``FOLDER OUTPUT DEVICE``."""
    import numpy as np
    import torch

    from imagequant.model.cnn.backbone import load_backbone
    from imagequant.params import load_params
    from imagequant.storage.layout import list_shards
    from imagequant.storage.tensors import SUFFIX, read_pixel_shard

    root, output, device = Path(sys.argv[1]), Path(sys.argv[2]), torch.device(sys.argv[3])
    backbone = load_backbone(load_params(ROOT / "params.yaml").cnn)[0].to(device)
    features = []
    for path in list_shards(Layout(root).data("preprocess") / "train", SUFFIX):
        shard = read_pixel_shard(path)
        for image, ok in zip(shard.images, shard.ok, strict=True):
            if ok:
                with torch.no_grad():
                    features.append(backbone(torch.from_numpy(image[None]).to(device))[0][0].cpu().numpy())
    np.save(output, np.stack(features))


if __name__ == "__main__":
    main()
