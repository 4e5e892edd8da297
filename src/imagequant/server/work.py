"""The bounded queue of photos, with one thread per predictor."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Protocol

from imagequant.predictor.prediction import Products
from imagequant.predictor.results import Predictions

# Weight of the latest photo in the mean seconds per photo, and the initial mean.
_LATEST_WEIGHT = 0.1
_INITIAL_MEAN = 0.5


class Answering(Protocol):
    """A predictor; called by one thread at a time."""

    def predict(
        self,
        image: bytes,
        entities: Sequence[str],
        group_id: str,
        *,
        min_confidence: float | None,
        products: Products,
    ) -> Predictions:
        """Return answers in the order of ``entities``; raises ``InputError`` if the image cannot be read."""


@dataclass(frozen=True)
class Asked:
    """What is asked about a photo; answers below ``min_confidence`` are withheld, None leaves that to the model."""

    entities: tuple[str, ...]
    group_id: str = ""
    min_confidence: float | None = None
    products: Products = "main"


class QueueFullError(Exception):
    """The queue has no room for the photos; ``retry_after`` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the queue is full; try again in {retry_after} s")
        self.retry_after = retry_after


class Workers:
    """Reads photos in the order of submission, at most ``queue`` waiting; ``observe`` gets the seconds of each."""

    def __init__(
        self, predictors: Sequence[Answering], queue: int, observe: Callable[[float], object] = lambda _: None
    ) -> None:
        self._idle: SimpleQueue[Answering] = SimpleQueue()
        for predictor in predictors:
            self._idle.put(predictor)
        self._threads = max(1, len(predictors))
        self._pool = ThreadPoolExecutor(self._threads, "predictor")
        self._queue, self._observe, self._mean = queue, observe, _INITIAL_MEAN
        self._answers: list[Future[Predictions]] = []
        self._submitting = threading.Lock()
        self._closed = False

    @property
    def waiting(self) -> int:
        """Number of waiting photos."""
        return sum(not (answer.running() or answer.done()) for answer in self._answers)

    @property
    def running(self) -> int:
        """Number of photos being read."""
        return sum(answer.running() for answer in self._answers)

    def submit(self, photos: Sequence[bytes], asked: Asked) -> list[Future[Predictions]]:
        """Queue all photos or none, with the same questions; a photo whose answer is cancelled is not read.

        Raises:
            QueueFullError: If there is no room for all of them.
        """
        with self._submitting:
            self._answers = [answer for answer in self._answers if not answer.done()]
            ahead = len(self._answers)
            if self._closed or ahead + len(photos) > self._queue + self._threads:
                raise QueueFullError(max(1, math.ceil(ahead * self._mean / self._threads)))
            answers = []
            for photo in photos:
                # Emptied when the answer is there or cancelled: the pool keeps cancelled work until a thread is free.
                held = [photo]
                answers.append(self._pool.submit(self._answer, held, asked))
                answers[-1].add_done_callback(partial(_release, held))
            self._answers += answers
        return answers

    def close(self) -> None:
        """Finish photos being read and cancel waiting ones."""
        with self._submitting:
            self._closed = True
        self._pool.shutdown(cancel_futures=True)

    def _answer(self, held: Sequence[bytes], asked: Asked) -> Predictions:
        (photo,) = held
        predictor = self._idle.get()
        started = time.monotonic()
        try:
            return predictor.predict(
                photo,
                asked.entities,
                asked.group_id,
                min_confidence=asked.min_confidence,
                products=asked.products,
            )
        finally:
            self._idle.put(predictor)
            seconds = time.monotonic() - started
            self._mean += _LATEST_WEIGHT * (seconds - self._mean)
            self._observe(seconds)


def _release(held: list[bytes], _: Future[Predictions]) -> None:
    held.clear()
