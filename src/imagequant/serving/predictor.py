"""Answers about single photos, from an exported model."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imagequant.errors import InputError
from imagequant.imaging.decode import ImageError, decode_rgb
from imagequant.imaging.resize import preprocess_image
from imagequant.model.answers import Answer, chosen, rank_answers
from imagequant.model.batching import collate
from imagequant.model.examples import Example, asked_candidates, make_example
from imagequant.model.extractor import OpenVinoExtractor
from imagequant.quantity.units import ENTITIES
from imagequant.records import Candidate
from imagequant.serving.bundle import BACKBONE_ONNX, RANKER_ONNX, Bundle, read_bundle
from imagequant.serving.onnx import open_session, run_ranker
from imagequant.serving.prediction import Alternative, Prediction
from imagequant.stages.candidates.run import NO_SEGMENTS, read_photo
from imagequant.stages.candidates.strokes import find_segments
from imagequant.stages.ocr.read import Reader, photo_words
from imagequant.storage.candidates import PhotoReading
from imagequant.storage.features import PhotoFeatures

DEFAULT_MODEL = Path("models/export")
ImageLike = str | Path | bytes | NDArray[np.uint8] | Image.Image
_ALTERNATIVES = 4


def load_predictor(path: str | Path = DEFAULT_MODEL) -> Predictor:
    """Loads an exported model.

    Args:
        path: The folder the ``export`` stage wrote.

    Raises:
        InputError: If it is no exported model of this version, or an OCR engine it needs is not installed.
    """
    return Predictor(read_bundle(Path(path)))


class Predictor:
    """Reads a photo once, then answers any number of questions about it."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        # One photo is all there is to do: what does not wait for each other is done side by side.
        with ThreadPoolExecutor() as pool:
            reader = pool.submit(Reader.build, bundle.reading.ocr)
            extract = pool.submit(OpenVinoExtractor, bundle.folder / BACKBONE_ONNX, bundle.reading.cnn_precision)
            ranker = pool.submit(open_session, bundle.folder / RANKER_ONNX)
            self._reader, self._extract, self._ranker = reader.result(), extract.result(), ranker.result()

    def predict(self, image: ImageLike, entities: Sequence[str] = ENTITIES, group_id: str = "") -> list[Prediction]:
        """Answers questions about one photo in one pass.

        Args:
            image: A path, the bytes of an image file, an upright RGB array (height, width, 3) of uint8, or a PIL image.
            entities: What to ask for; by default everything.
            group_id: The product category's code, if known.

        Returns:
            One prediction an entity, in the order asked.

        Raises:
            InputError: If the image cannot be read or an entity is unknown; names it and what is allowed.
        """
        for entity in entities:
            if entity not in ENTITIES:
                raise InputError(f"unknown entity {entity!r}; allowed: {', '.join(ENTITIES)}")
        photo = load_image(image)
        with ThreadPoolExecutor() as pool:
            seen = pool.submit(self._see, photo)
            reading, features = self._read(photo, pool), seen.result()
        limits = self._bundle.model.limits
        examples = [make_example(reading, entity, group_id, features, limits) for entity in entities]
        logits = self._score(examples)
        calibration = self._bundle.model.calibration
        return [
            to_prediction(
                entity,
                reading,
                asked_candidates(reading, entity, limits),
                rank_answers(example.quantities, row, calibration),
                calibration.threshold,
            )
            for entity, example, row in zip(entities, examples, logits, strict=True)
        ]

    def _read(self, photo: NDArray[np.uint8], pool: Executor) -> PhotoReading:
        params = self._bundle.reading.candidates
        readings = [pool.submit(self._reader.read_with, engine, photo) for engine in self._reader.engines]
        segments = find_segments(photo) if params.strokes else NO_SEGMENTS
        words = photo_words("", [each.result() for each in readings], self._bundle.reading.ocr.merge_overlap)
        return read_photo(words, photo.shape[1], photo.shape[0], params, segments)

    def _see(self, photo: NDArray[np.uint8]) -> PhotoFeatures:
        square, box = preprocess_image(photo, self._bundle.reading.size)
        pooled, grid = self._extract(square[None])
        # Features are stored in half precision for training: the same rounding here gives the same answers.
        half = [np.asarray(array[0], dtype=np.float16).astype(np.float32) for array in (pooled, grid)]
        return PhotoFeatures(half[0], half[1], np.array(box, dtype=np.float32))

    def _score(self, examples: Sequence[Example]) -> NDArray[np.float32]:
        return run_ranker(self._ranker, collate(examples))


def load_image(image: ImageLike) -> NDArray[np.uint8]:
    """Any accepted kind of image as an upright RGB array.

    Raises:
        InputError: If there is no such file, or it is no image.
    """
    if isinstance(image, np.ndarray):
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise InputError(
                f"array of shape {image.shape} and type {image.dtype}; (height, width, 3) of uint8 is needed"
            )
        return image
    if isinstance(image, Image.Image):
        return np.asarray(image.convert("RGB"))
    name = "image" if isinstance(image, bytes) else os.fspath(image)
    try:
        return decode_rgb(image if isinstance(image, bytes) else Path(image).read_bytes())
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from None
    except ImageError as error:
        raise InputError(f"{name}: {error}") from None


def to_prediction(
    entity: str,
    reading: PhotoReading,
    candidates: Sequence[Candidate],
    answers: Sequence[Answer],
    threshold: float,
) -> Prediction:
    """Ranked answers as a prediction with its evidence."""
    best = chosen(answers, threshold)
    if best is None:
        confidence = answers[0].confidence if answers else 0.0
        return Prediction(entity, None, None, confidence, _silence(reading, answers), "", None, _others(answers))
    mention = candidates[best.mentions[0]]
    others = _others([answer for answer in answers if answer is not best])
    value, unit = best.quantity.value, best.quantity.unit
    return Prediction(entity, value, unit, best.confidence, "", mention.text, mention.box, others)


def _silence(reading: PhotoReading, answers: Sequence[Answer]) -> str:
    if not reading.tokens:
        return "no text"
    return "too unsure" if answers else "no quantity of this kind"


def _others(answers: Sequence[Answer]) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(answer.quantity.value, answer.quantity.unit, answer.confidence)
        for answer in answers[:_ALTERNATIVES]
    )
