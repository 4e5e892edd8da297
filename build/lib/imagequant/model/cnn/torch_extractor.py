"""CNN features with torch, for the ``cnn`` stage on GPUs."""

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

# While one stream computes, the other copies images or features.
_STREAMS = 2
# Batches staged for the GPU or in flight; further threads wait.
_STAGED = 8
# Runs before recording a graph, in which libraries choose kernels and allocate memory.
_WARM_UPS = 3

T = TypeVar("T")
Features = tuple[NDArray[np.float32], NDArray[np.float32]]


class TorchExtractor:
    """Runs a backbone on a device in batches. Thread-safe."""

    def __init__(self, weights: bytes, params: CnnParams, size: int, device: str) -> None:
        """Load a network.

        Args:
            weights: The backbone's state as a safetensors file.
            params: Only ``grid_channels``, ``precision`` and ``batch_size`` are used.
            size: Side of the images.
            device: A torch device.
        """
        with torch.device("meta"):  # all values are loaded below
            backbone = Backbone(params)
        backbone.load_state_dict(load(weights), assign=True)
        # Channels last is the native order of a GPU's matrix units.
        backbone = backbone.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        network = _Network(backbone, torch.device(device), mixed=params.precision == "bf16")
        shape = (params.batch_size, 3, size, size)
        self._extract: Callable[[NDArray[np.uint8]], Features]
        self._extract = _OnCuda(network, shape) if network.device.type == "cuda" else partial(_on_cpu, network, shape)
        self._batch_size = params.batch_size

    def __call__(self, images: NDArray[np.uint8]) -> Features:
        """Return the features of letterboxed RGB images, uint8 (N, 3, S, S).

        Batches are padded to the full size: kernels are chosen by shape, so otherwise a photo's last digits would
        depend on the number of photos in its batch, and hence on the work cache.

        Returns:
            The pooled vectors (N, width) and the reduced grids (N, channels, S / 32, S / 32), float32.
        """
        starts = range(0, len(images), self._batch_size)
        batches = [self._extract(images[start : start + self._batch_size]) for start in starts]
        pooled, grids = zip(*batches, strict=True)
        return np.concatenate(pooled), np.concatenate(grids)


class _Network:
    """A backbone with its device and precision."""

    def __init__(self, backbone: Backbone, device: torch.device, *, mixed: bool) -> None:
        self._backbone = backbone
        self.device = device
        self._mixed = mixed

    def __call__(self, images: Tensor) -> tuple[Tensor, Tensor]:
        # No cache of cast weights: a graph must not refer to memory that is freed at the end of the block.
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._mixed, cache_enabled=False):
            pooled, grids = self._backbone(images)
        return pooled.float(), grids.float()


@torch.inference_mode()
def _on_cpu(network: _Network, shape: tuple[int, ...], images: NDArray[np.uint8]) -> Features:
    """Return the features of one batch, padded to ``shape``."""
    full = np.zeros(shape, dtype=np.uint8)
    full[: len(images)] = images
    pooled, grids = network(torch.from_numpy(full))
    return pooled.numpy()[: len(images)], grids.numpy()[: len(images)]


class _OnCuda:
    """Runs concurrent batches: each thread stages and enqueues its images and waits only for its own features."""

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
    """A batch's images and features in pinned memory, which the GPU accesses directly."""

    def __init__(self, shape: tuple[int, ...], outputs: Sequence[Tensor]) -> None:
        self.images = torch.zeros(shape, dtype=torch.uint8, pin_memory=True)
        self.features = [torch.empty(output.shape, pin_memory=True) for output in outputs]
        # Waits without using a core.
        self.done = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]


class _Stream:
    """The network recorded as a graph on a stream.

    Launching single kernels would keep Python, and with it all other threads, busier than the GPU.
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
        """Enqueue copying the images, computing, copying the features back and the ``done`` event, without waiting."""
        with torch.cuda.stream(self._stream):
            self._input.copy_(staging.images, non_blocking=True)
            self._graph.replay()
            for features, output in zip(staging.features, self.outputs, strict=True):
                features.copy_(output, non_blocking=True)
            staging.done.record()


class _Pool(Generic[T]):
    """A pool of items, each used by one thread at a time."""

    def __init__(self, things: Iterable[T]) -> None:
        self._free: SimpleQueue[T] = SimpleQueue()
        for thing in things:
            self._free.put(thing)

    @contextmanager
    def lent(self) -> Iterator[T]:
        """Yield an item as soon as one is free."""
        thing = self._free.get()
        try:
            yield thing
        finally:
            self._free.put(thing)
