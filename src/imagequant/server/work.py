"""Photos waiting for a predictor: a bounded queue with one thread a predictor."""

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
# How much the last photo counts in the mean time a photo takes, and what that mean is before the first.
_NEWEST = 0.1
_FIRST_GUESS = 0.5


class Answering(Protocol):
    """What the server needs of a predictor; it is called by one thread at a time."""

    def predict(self, image: bytes, entities: Sequence[str], group_id: str) -> Iterable[Prediction]:
        """Answers in the order of ``entities``; ``InputError`` where the image cannot be read."""


class QueueFullError(Exception):
    """There is no room for that many photos now; ``retry_after`` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the queue is full; try again in {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class PredictionJob:
    """A photo and what is asked about it. A cancelled future's photo is not read, unless that has begun."""

    photo: bytes
    entities: tuple[str, ...]
    group_id: str = ""
    future: Future[Answer] = field(default_factory=Future)


class Workers:
    """Reads photos in the order they come, so many wait at most."""

    def __init__(
        self, predictors: Sequence[Answering], queue: int, observe: Callable[[float], object] = lambda _: None
    ) -> None:
        """Starts a thread a predictor.

        Args:
            predictors: Each is used by one thread alone.
            queue: Photos that may wait beside those being read.
            observe: Told how many seconds each photo took.
        """
        self._queue = queue
        self._observe = observe
        self._waiting: deque[PredictionJob] = deque()
        self._running = 0
        self._closed = False
        self._mean = _FIRST_GUESS
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, args=(predictor,), name=f"predictor-{number}", daemon=True)
            for number, predictor in enumerate(predictors)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Photos that wait."""
        with self._changed:
            return self._live()

    @property
    def running(self) -> int:
        """Photos being read."""
        return self._running

    @property
    def alive(self) -> bool:
        """Whether photos are still being read."""
        return not self._closed and all(thread.is_alive() for thread in self._threads)

    def submit(self, jobs: Sequence[PredictionJob]) -> None:
        """Queues all of them or none.

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
        """Finishes what is being read, cancels what waits."""
        with self._changed:
            self._closed = True
            for job in self._waiting:
                job.future.cancel()
            self._waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _live(self) -> int:
        """Forgets what nobody waits for any more, and counts the rest."""
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
        except Exception as error:  # whoever waits for the answer gets it
            job.future.set_exception(error)
        else:
            job.future.set_result(answer)
        seconds = time.monotonic() - started
        self._mean += _NEWEST * (seconds - self._mean)
        self._observe(seconds)
