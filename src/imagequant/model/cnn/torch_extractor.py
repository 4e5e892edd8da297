"""The CNN's features with torch: what the ``cnn`` stage runs on GPUs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from typing import Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load
from torch import Tensor

from imagequant.model.cnn.backbone import Backbone
from imagequant.params import CnnParams

# On a GPU, of both in turn: while one stream computes, the other brings squares or takes features away.
_STREAMS = 2
# Batches that lie ready for the GPU or are under way; threads beyond wait for one of these to come back.
_STAGED = 8
# Before a graph is recorded, for the libraries to have chosen their kernels and taken their memory.
_WARM_UPS = 3

T = TypeVar("T")
Features = tuple[NDArray[np.float32], NDArray[np.float32]]


class TorchExtractor:
    """A backbone on a device, batch by batch. Threads may share it."""

    def __init__(self, weights: bytes, params: CnnParams, size: int, device: str) -> None:
        """Loads a network.

        Args:
            weights: All of the backbone's state as a safetensors file, so that each process can have it.
            params: ``grid_channels``, ``precision`` and ``batch_size`` count here.
            size: The squares' side.
            device: As torch names it.
        """
        with torch.device("meta"):  # no values of its own: all are loaded
            backbone = Backbone(params.grid_channels, params.seed)
        backbone.load_state_dict(load(weights), assign=True)
        # Channels last: the order in which a GPU's matrix units want them.
        backbone = backbone.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        network = _Network(backbone, torch.device(device), mixed=params.precision == "bf16")
        shape = (params.batch_size, 3, size, size)
        self._extract: Callable[[NDArray[np.uint8]], Features]
        self._extract = _OnCuda(network, shape) if network.device.type == "cuda" else partial(_on_cpu, network, shape)
        self._batch_size = params.batch_size

    def __call__(self, images: NDArray[np.uint8]) -> Features:
        """Features of RGB squares, uint8 (N, 3, S, S).

        Every batch is full, with whatever is at hand: kernels are chosen by shape, so a photo's last digits would
        depend on how many others are computed beside it, and with the work cache on what was computed before.

        Returns:
            The pooled vectors (N, 2048) and the reduced grids (N, channels, S / 32, S / 32), float32.
        """
        starts = range(0, len(images), self._batch_size)
        batches = [self._extract(images[start : start + self._batch_size]) for start in starts]
        pooled, grids = zip(*batches, strict=True)
        return np.concatenate(pooled), np.concatenate(grids)


class _Network:
    """A backbone as it is called for every batch."""

    def __init__(self, backbone: Backbone, device: torch.device, *, mixed: bool) -> None:
        self._backbone = backbone
        self.device = device
        self._mixed = mixed

    def __call__(self, images: Tensor) -> tuple[Tensor, Tensor]:
        # No cache of cast weights: a graph may not refer to memory that is given back when the block ends.
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._mixed, cache_enabled=False):
            pooled, grids = self._backbone(images)
        return pooled.float(), grids.float()


@torch.inference_mode()
def _on_cpu(network: _Network, shape: tuple[int, ...], images: NDArray[np.uint8]) -> Features:
    """Features of up to as many squares as ``shape`` has."""
    full = np.zeros(shape, dtype=np.uint8)
    full[: len(images)] = images
    pooled, grids = network(torch.from_numpy(full))
    return pooled.numpy()[: len(images)], grids.numpy()[: len(images)]


class _OnCuda:
    """The same, many at a time: each thread lays its squares out and enqueues them, and waits for its features only."""

    @torch.inference_mode()
    def __init__(self, network: _Network, shape: tuple[int, ...]) -> None:
        streams = [_Stream(network, shape) for _ in range(_STREAMS)]
        self._streams = _Pool(streams)
        self._staged = _Pool(_Staging(shape, streams[0].outputs) for _ in range(_STAGED))

    @torch.inference_mode()
    def __call__(self, images: NDArray[np.uint8]) -> Features:
        with self._staged.lent() as staging:
            staging.images.numpy()[: len(images)] = images
            with self._streams.lent() as stream:
                stream.enqueue(staging)
            staging.done.synchronize()
            pooled, grids = (found.numpy()[: len(images)].copy() for found in staging.features)
        return pooled, grids


class _Staging:
    """A batch's squares and features in pinned memory, which the GPU reads and writes by itself."""

    def __init__(self, shape: tuple[int, ...], outputs: Sequence[Tensor]) -> None:
        self.images = torch.zeros(shape, dtype=torch.uint8, pin_memory=True)
        self.features = [torch.empty(output.shape, pin_memory=True) for output in outputs]
        # One that waits without keeping a core.
        self.done = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]


class _Stream:
    """The network recorded on a stream: a batch costs some calls.

    Launched kernel by kernel, it would keep Python, and with it all other threads, busier than the GPU.
    """

    def __init__(self, network: _Network, shape: tuple[int, ...]) -> None:
        self._input = torch.zeros(shape, dtype=torch.uint8, device=network.device)
        self._stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            for _ in range(_WARM_UPS):
                network(self._input)
        self._stream.synchronize()
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, stream=self._stream):
            self.outputs = network(self._input)

    def enqueue(self, staging: _Staging) -> None:
        """Has the GPU take the squares, compute, bring the features back and say so; does not wait for any of it."""
        with torch.cuda.stream(self._stream):
            self._input.copy_(staging.images, non_blocking=True)
            self._graph.replay()
            for features, output in zip(staging.features, self.outputs, strict=True):
                features.copy_(output, non_blocking=True)
            staging.done.record()


class _Pool(Generic[T]):
    """Things that are lent to one thread at a time."""

    def __init__(self, things: Iterable[T]) -> None:
        self._free: SimpleQueue[T] = SimpleQueue()
        for thing in things:
            self._free.put(thing)

    @contextmanager
    def lent(self) -> Iterator[T]:
        """One of them, as soon as one is free."""
        thing = self._free.get()
        try:
            yield thing
        finally:
            self._free.put(thing)
