"""The ``cnn`` stage against the seed's way: one image at a time, float32, eager torch, all cores."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.speed.harness import ROOT, Setting, alternate, in_new_process, ratio
from benchmarks.speed.stage import pack
from imagequant.storage.features import Features
from imagequant.storage.layout import Layout, list_shards
from imagequant.storage.tensors import SUFFIX, read_pixel_shard


def measure(setting: Setting) -> dict[str, Any]:
    """Times as many squares a second, start-up included, and the least cosine of the features."""
    root = setting.scratch / "cnn"
    pack(setting.photos, root)
    in_new_process("benchmarks.speed.stage", "preprocess", str(root))
    theirs = setting.scratch / "cnn-seed.npy"

    def stage() -> float:
        shutil.rmtree(root / ".cache", ignore_errors=True)
        return float(in_new_process("benchmarks.speed.stage", "cnn", str(root)))

    sides = {
        "one at a time": lambda: float(in_new_process("benchmarks.speed.cnn", str(root), str(theirs))),
        "cnn stage": stage,
    }
    taken = alternate(sides, setting.runs)
    figure = ratio(taken["one at a time"], taken["cnn stage"])
    cosines = cosines_to(theirs, root)
    return {"cnn_vs_seed": {**figure, "photos": len(cosines), "least_cosine": float(cosines.min())}}


def cosines_to(reference: Path, root: Path) -> NDArray[np.float64]:
    """How near the ``cnn`` stage's pooled vectors are to those that ``main`` wrote, one a photo."""
    features = Features(Layout(root).data("cnn") / "train")
    ours = np.stack([features[name].pooled for name in sorted(features)]).astype(np.float64)
    theirs = np.load(reference).astype(np.float64)
    cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    return np.asarray(cosines)


def main() -> None:
    """The seed's way on ``FOLDER OUTPUT [DEVICE]``; prints how long it took."""
    started = time.perf_counter()
    # Here, because the stage loads it while it is timed.
    import torch

    from imagequant.model.cnn.backbone import load_backbone
    from imagequant.params import load_params

    root, output = Path(sys.argv[1]), Path(sys.argv[2])
    device = torch.device(sys.argv[3] if len(sys.argv) > 3 else "cpu")
    params = load_params(ROOT / "params.yaml")
    backbone = load_backbone(params.cnn)[0].to(device)
    features = {}
    for path in list_shards(Layout(root).data("preprocess") / "train", SUFFIX):
        shard = read_pixel_shard(path)
        for name, image, ok in zip(shard.sha256, shard.images, shard.ok, strict=True):
            if ok:
                with torch.no_grad():
                    features[name] = backbone(torch.from_numpy(image[None]).to(device))[0][0].cpu().numpy()
    taken = time.perf_counter() - started
    np.save(output, np.stack([features[name] for name in sorted(features)]))
    print(taken)


if __name__ == "__main__":
    main()
