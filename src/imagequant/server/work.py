"""The bounded queue of photos, with one thread per predictor."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from imagequant.predictor.results import Prediction

Answer = tuple[Prediction, ...]
# Weight of the latest photo in the mean seconds per photo, and the initial mean.
_LATEST_WEIGHT = 0.1
_INITIAL_MEAN = 0.5


class Answering(Protocol):
    """A predictor; called by one thread at a time."""

    def predict(self, image: bytes, entities: Sequence[str], group_id: str) -> Iterable[Prediction]:
        """Return answers in the order of ``entities``; raises ``InputError`` if the image cannot be read."""


class QueueFullError(Exception):
    """The queue has no room for the photos; ``retry_after`` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the queue is full; try again in {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class PredictionJob:
    """A photo with its questions. If its future is cancelled before it is read, it is skipped."""

    photo: bytes
    entities: tuple[str, ...]
    group_id: str = ""
    future: Future[Answer] = field(default_factory=Future)


class Workers:
    """Reads photos in the order of submission, with a limit on waiting photos."""

    def __init__(
        self, predictors: Sequence[Answering], queue: int, observe: Callable[[float], object] = lambda _: None
    ) -> None:
        """Start one thread per predictor.

        ``queue`` is the maximum number of waiting photos, not counting those being read; ``observe`` gets the seconds
        of each photo.
        """
        self._queue = queue
        self._observe = observe
        self._waiting: deque[PredictionJob] = deque()
        self._running = 0
        self._closed = False
        self._mean = _INITIAL_MEAN
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, args=(predictor,), name=f"predictor-{number}", daemon=True)
            for number, predictor in enumerate(predictors)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Number of waiting photos."""
        with self._changed:
            return self._live()

    @property
    def running(self) -> int:
        """Number of photos being read."""
        return self._running

    @property
    def alive(self) -> bool:
        """Whether all threads are running."""
        return not self._closed and all(thread.is_alive() for thread in self._threads)

    def submit(self, jobs: Sequence[PredictionJob]) -> None:
        """Queue all jobs or none.

        Raises:
            QueueFullError: If there is no room for all of them.
        """
        with self._changed:
            idle = len(self._threads) - self._running
            if self._closed or self._live() + len(jobs) > self._queue + idle:
                ahead = len(self._waiting) + self._running
                raise QueueFullError(max(1, math.ceil(ahead * self._mean / len(self._threads))))
            self._waiting.extend(jobs)
            self._changed.notify(len(jobs))

    def close(self) -> None:
        """Finish photos being read and cancel waiting ones."""
        with self._changed:
            self._closed = True
            for job in self._waiting:
                job.future.cancel()
            self._waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _live(self) -> int:
        """Drop cancelled photos and count the rest."""
        if any(job.future.cancelled() for job in self._waiting):
            self._waiting = deque(job for job in self._waiting if not job.future.cancelled())
        return len(self._waiting)

    def _work(self, predictor: Answering) -> None:
        while True:
            with self._changed:
                while not (self._waiting or self._closed):
                    self._changed.wait()
                if self._closed:
                    return
                job = self._waiting.popleft()
                self._running += 1
            try:
                self._answer(predictor, job)
            finally:
                with self._changed:
                    self._running -= 1

    def _answer(self, predictor: Answering, job: PredictionJob) -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        started = time.monotonic()
        try:
            answer = tuple(predictor.predict(job.photo, job.entities, job.group_id))
        except Exception as error:  # raised where the answer is awaited
            job.future.set_exception(error)
        else:
            job.future.set_result(answer)
        seconds = time.monotonic() - started
        self._mean += _LATEST_WEIGHT * (seconds - self._mean)
        self._observe(seconds)
