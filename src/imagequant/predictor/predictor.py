"""Answers about photos, from an exported model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imagequant.candidates.line_segments import NO_SEGMENTS, Segments, find_segments
from imagequant.candidates.photo import read_photo
from imagequant.core.errors import InputError
from imagequant.core.iteration import chunks
from imagequant.core.records import Candidate, PhotoFeatures, PhotoReading
from imagequant.imaging.letterbox import preprocess_image
from imagequant.imaging.load import ImageLike, image_name, load_image
from imagequant.model.answers import Answer, chosen, rank_answers
from imagequant.model.batching import collate
from imagequant.model.bundle import BACKBONE_ONNX, RANKER_ONNX, Bundle, read_bundle
from imagequant.model.cnn.openvino_extractor import OpenVinoExtractor
from imagequant.model.examples import asked_candidates, make_example
from imagequant.model.ranker import open_session, run_ranker
from imagequant.ocr.engine import OcrEngine
from imagequant.ocr.read import EngineReading, Reader, photo_words, read_prepared_photos
from imagequant.predictor.notebook import NotebookPredictions
from imagequant.predictor.results import Alternative, Prediction, Predictions, Question, check_entities
from imagequant.quantity.units import ENTITIES

DEFAULT_MODEL = Path("models/export")
# Photos read together: enough that starting Tesseract costs each of them little, few enough to show soon.
BATCH_SIZE = 4
_ALTERNATIVES = 4


def load_predictor(path: str | Path = DEFAULT_MODEL) -> Predictor:
    """Loads an exported model.

    Args:
        path: The folder the ``export`` stage wrote.

    Raises:
        InputError: If it is no exported model of this version, or an OCR engine it needs is not installed.
    """
    return Predictor(read_bundle(Path(path)))


@dataclass(frozen=True)
class Photo:
    """A photo that is open: upright RGB (height, width, 3), with what it was opened from and what is asked about it."""

    name: str
    image: ImageLike
    pixels: NDArray[np.uint8]
    questions: tuple[Question, ...]


class Predictor:
    """Reads a photo once, then answers any number of questions about it. For one thread at a time."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        # One photo is all there is to do: what does not wait for each other is done side by side.
        with ThreadPoolExecutor() as pool:
            reader = pool.submit(Reader.build, bundle.reading.ocr)
            extract = pool.submit(OpenVinoExtractor, bundle.folder / BACKBONE_ONNX, bundle.reading.cnn_precision)
            ranker = pool.submit(open_session, bundle.folder / RANKER_ONNX)
            self._reader, self._extract, self._ranker = reader.result(), extract.result(), ranker.result()

    def predict(self, image: ImageLike, entities: Sequence[str] = ENTITIES, group_id: str = "") -> Predictions:
        """Answers questions about one photo in one pass.

        Args:
            image: A path, the bytes of an image file, a PIL image, or an array of uint8: upright RGB (height, width,
                3), with alpha (height, width, 4), or grey (height, width).
            entities: What to ask for, of ``imagequant.ENTITIES``; by default everything.
            group_id: The product category's code, if known.

        Returns:
            One prediction an entity, in the order asked. Boxes are in pixels of the upright photo, units those of the
            contest (``gram``, ``centimetre``, ...), confidence in [0, 1].

        Raises:
            InputError: If the image cannot be opened, no OCR engine could read it, or an entity is unknown; says which,
                and what is allowed.
        """
        (predictions,) = self.predict_batch([image], entities, group_id)
        return predictions

    def predict_batch(
        self, images: Iterable[ImageLike], entities: Sequence[str] = ENTITIES, group_id: str = ""
    ) -> list[Predictions]:
        """Answers the same questions about several photos, some photos at a time.

        Args:
            images: As ``predict`` takes them.
            entities: What to ask for, of ``imagequant.ENTITIES``; by default everything.
            group_id: The product category's code, if known.

        Returns:
            What ``predict`` returns, for each photo in order.

        Raises:
            InputError: As ``predict``.
        """
        asked = (entities,) if isinstance(entities, str) else tuple(entities)
        check_entities(asked)
        questions = tuple(Question(entity, group_id) for entity in asked)
        photos = (Photo(image_name(image), image, load_image(image), questions) for image in images)
        found = []
        for some in chunks(photos, BATCH_SIZE):
            for predictions in self.answer(some):
                if isinstance(predictions, InputError):
                    raise predictions
                found.append(predictions)
        return found

    def answer(self, photos: Sequence[Photo]) -> list[Predictions | InputError]:
        """Answers the questions about a few photos (all are in memory), read together.

        Returns:
            For each photo its answers, or an error where no OCR engine could read it.
        """
        with ThreadPoolExecutor() as pool:
            reading = [pool.submit(self._read_with, engine, photos) for engine in self._reader.engines]
            seen = pool.submit(lambda: [self._see(photo) for photo in photos])
            segments = [self._segments(photo) for photo in photos]
            # A list of readings an engine, to a tuple of them a photo.
            words = list(zip(*(each.result() for each in reading), strict=True))
            readings = [self._find(*found) for found in zip(photos, words, segments, strict=True)]
            features = seen.result()
        # Ranked photo by photo: it takes a millisecond, and an answer must not depend on the photos beside it.
        answers = [self._rank(*found) for found in zip(photos, readings, features, strict=True)]
        failures = [_failure(photo, read) for photo, read in zip(photos, words, strict=True)]
        return [failure or answer for failure, answer in zip(failures, answers, strict=True)]

    def _read_with(self, engine: OcrEngine, photos: Sequence[Photo]) -> list[EngineReading]:
        return read_prepared_photos(engine, [self._reader.ask(engine, photo.pixels) for photo in photos])

    def _segments(self, photo: Photo) -> Segments:
        return find_segments(photo.pixels) if self._bundle.reading.candidates.line_segments else NO_SEGMENTS

    def _find(self, photo: Photo, readings: Sequence[EngineReading], segments: Segments) -> PhotoReading:
        words = photo_words("", readings, self._bundle.reading.ocr.merge_overlap)
        height, width = photo.pixels.shape[:2]
        return read_photo(words, width, height, self._bundle.reading.candidates, segments)

    def _see(self, photo: Photo) -> PhotoFeatures:
        square, box = preprocess_image(photo.pixels, self._bundle.reading.size)
        pooled, grid = self._extract(square[None])
        # Features are stored in half precision for training: the same rounding here gives the same answers.
        half = [np.asarray(array[0], dtype=np.float16).astype(np.float32) for array in (pooled, grid)]
        return PhotoFeatures(half[0], half[1], np.array(box, dtype=np.float32))

    def _rank(self, photo: Photo, reading: PhotoReading, features: PhotoFeatures) -> Predictions:
        limits, calibration = self._bundle.model.limits, self._bundle.model.calibration
        examples = [make_example(reading, each.entity, each.group_id, features, limits) for each in photo.questions]
        logits: Iterable[NDArray[np.float32]] = run_ranker(self._ranker, collate(examples)) if examples else ()
        predictions = tuple(
            to_prediction(
                question.entity,
                reading,
                asked_candidates(reading, question.entity, limits),
                rank_answers(example.quantities, row, calibration),
                calibration.threshold,
            )
            for question, example, row in zip(photo.questions, examples, logits, strict=True)
        )
        return NotebookPredictions(photo.name, reading.width, reading.height, predictions, reading.tokens, photo.image)


def _failure(photo: Photo, readings: Sequence[EngineReading]) -> InputError | None:
    """That no engine read the photo: it must not pass for one without text."""
    if not all(reading.reason for reading in readings):
        return None
    return InputError(f"{photo.name or 'image'}: {'; '.join(reading.reason for reading in readings)}")


def to_prediction(
    entity: str,
    reading: PhotoReading,
    candidates: Sequence[Candidate],
    answers: Sequence[Answer],
    threshold: float,
) -> Prediction:
    """Ranked answers as a prediction with its evidence."""
    best = chosen(answers, threshold)
    others = tuple(
        _alternative(answer, candidates) for answer in [each for each in answers if each is not best][:_ALTERNATIVES]
    )
    if best is None:
        confidence = answers[0].confidence if answers else 0.0
        return Prediction(entity, "", None, None, confidence, _silence(reading, answers), "", None, others)
    read = _alternative(best, candidates)
    return Prediction(entity, read.text, read.value, read.unit, read.confidence, "", read.words, read.box, others)


def _silence(reading: PhotoReading, answers: Sequence[Answer]) -> str:
    if not reading.tokens:
        return "no text"
    return "too unsure" if answers else "no quantity of this kind"


def _alternative(answer: Answer, candidates: Sequence[Candidate]) -> Alternative:
    mention = candidates[answer.mentions[0]]
    quantity = answer.quantity
    return Alternative(str(quantity), quantity.value, quantity.unit, answer.confidence, mention.text, mention.box)
