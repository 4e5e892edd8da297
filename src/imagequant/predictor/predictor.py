"""From photos to answers with an exported model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from imagequant.candidates.line_segments import NO_SEGMENTS, Segments, find_segments
from imagequant.candidates.photo import read_photo
from imagequant.core.cores import usable_cores
from imagequant.core.errors import InputError
from imagequant.core.iteration import chunks
from imagequant.core.records import PhotoFeatures, PhotoReading, PhotoWords
from imagequant.imaging.compilation import Compilation
from imagequant.imaging.letterbox import preprocess_image
from imagequant.imaging.load import ImageLike, image_name, load_decoded
from imagequant.model.answers import rank_answers
from imagequant.model.batching import collate
from imagequant.model.bundle import RANKER_ONNX, Bundle, ModelInfo, read_bundle
from imagequant.model.examples import limited_candidates, make_example
from imagequant.model.ranker import load_ranker, run_ranker
from imagequant.ocr.read import photo_words
from imagequant.predictor.answered import to_prediction
from imagequant.predictor.default_model import default_model
from imagequant.predictor.joint_amounts import with_joint_amounts
from imagequant.predictor.kept_networks import kept_networks
from imagequant.predictor.loading import load_extractor, load_reader
from imagequant.predictor.picture import NotebookPredictions
from imagequant.predictor.prediction import Prediction, Products, Question
from imagequant.predictor.printed import printed_quantities
from imagequant.predictor.results import Predictions, Product
from imagequant.products.find import find_products
from imagequant.quantity.domain import Domain
from imagequant.quantity.units import KINDS

# Photos read together: enough to share the start of Tesseract, few enough to show answers soon.
BATCH_SIZE = 4


def load_predictor(path: str | Path | None = None, threads: int | None = None) -> Predictor:
    """Load an exported model.

    Without Tesseract, a model that reads with RapidOCR too answers with RapidOCR alone, and a warning says so.

    Args:
        path: The folder that the ``export`` stage wrote. By default ``models/export`` if there is such a folder, else
            the model that the package contains.
        threads: Threads for each photo; by default one per core that this process may use. With a process per core,
            one thread each reads most photos per second. Answers do not depend on it.

    Raises:
        InputError: If it is not an exported model of this version, an OCR engine it needs is not installed, or
            ``threads`` is below 1.
    """
    if threads is not None and threads < 1:
        raise InputError(f"threads: {threads}; allowed: 1 or more")
    bundle = read_bundle(default_model() if path is None else Path(path))
    return Predictor(bundle, usable_cores() if threads is None else threads)


@dataclass(frozen=True)
class Photo:
    """An opened photo: name, source, pixels (upright RGB, height x width x 3) and the questions about it.

    ``warning`` says what is missing, if the file could only be decoded in part; else it is empty.
    """

    name: str
    image: ImageLike
    pixels: NDArray[np.uint8]
    questions: tuple[Question, ...]
    warning: str = ""


class Predictor:
    """Reads each photo once and answers any number of questions about it. Use it from one thread at a time."""

    def __init__(self, bundle: Bundle, threads: int = 1) -> None:
        self._bundle = bundle
        # Kept, because it compiles the entities' names; no entity asks for the other kinds, but `printed` lists them.
        self._every_kind = replace(bundle.model.domain, also_read=KINDS)
        compilation = Compilation.to_answer(threads, kept_networks(bundle.info.sha256))
        # With a single photo to answer, loading in parallel is what saves time.
        with ThreadPoolExecutor() as pool:
            reader = pool.submit(load_reader, bundle.reading.ocr, compilation)
            extract = pool.submit(load_extractor, bundle, compilation)
            ranker = pool.submit(load_ranker, bundle.folder / RANKER_ONNX, compilation.kept)
            self._reader, self._extract, self._ranker = reader.result(), extract.result(), ranker.result()

    @property
    def model(self) -> ModelInfo:
        """Which model answers."""
        return self._bundle.info

    @property
    def domain(self) -> Domain:
        """The entities that the model was trained for."""
        return self._bundle.model.domain

    @property
    def entities(self) -> tuple[str, ...]:
        """The names of the entities that can be asked for."""
        return self.domain.names

    def threshold_for(self, precision: float) -> float:
        """Return the confidence above which answers reached a precision on held-out rows of the training data.

        Raises:
            InputError: If the precision is not among those measured in training; the message names them.
        """
        return self._bundle.model.calibration.threshold_for(precision)

    def predict(
        self,
        image: ImageLike,
        entities: Sequence[str] | None = None,
        group_id: str = "",
        *,
        min_confidence: float | None = None,
        products: Products = "main",
    ) -> Predictions:
        """Answer questions about one photo in one pass.

        Args:
            image: A path, the bytes of an image file, a PIL image, or an array of uint8: upright RGB (height, width,
                3), with alpha (height, width, 4), or grey (height, width).
            entities: The entities to ask for; by default all that the model knows (``Predictor.entities``).
            group_id: The code of the product category, if known.
            min_confidence: Answers below it are withheld; by default the threshold with the highest contest F1.
            products: ``all``: also answer for each product that the photo shows, in ``Predictions.products``.

        Returns:
            One prediction per entity, in the order asked. Boxes are in pixels of the upright photo, units are the
            contest's (``gram``, ``centimetre``, ...), and confidences are in [0, 1].

        Raises:
            InputError: If the image cannot be opened, no OCR engine can read it, an entity is unknown, or
                ``min_confidence`` is not in [0, 1]. The message says which, and what is allowed.
        """
        (predictions,) = self.predict_batch(
            [image], entities, group_id, min_confidence=min_confidence, products=products
        )
        if isinstance(predictions, InputError):
            raise predictions
        return predictions

    def read(self, image: ImageLike) -> Predictions:
        """Read a photo without asking anything: ``printed`` has every quantity on it, ``words`` every word.

        Args:
            image: See ``predict``.

        Raises:
            InputError: If the image cannot be opened, or no OCR engine can read it.
        """
        return self.predict(image, ())

    def predict_batch(
        self,
        images: Iterable[ImageLike],
        entities: Sequence[str] | None = None,
        group_id: str = "",
        *,
        min_confidence: float | None = None,
        products: Products = "main",
    ) -> list[Predictions | InputError]:
        """Answer the same questions about several photos, a few photos at a time.

        Args:
            images: See ``predict``.
            entities: The entities to ask for; by default all that the model knows (``Predictor.entities``).
            group_id: The code of the product category, if known.
            min_confidence: See ``predict``.
            products: See ``predict``.

        Returns:
            For each image, in order, the result of ``predict``, or why it could not be read.

        Raises:
            InputError: If an entity is unknown, ``images`` is a single one, or ``min_confidence`` or ``products`` is
                none of those allowed.
        """
        if isinstance(images, (str, bytes)):
            raise InputError("predict_batch takes several images, such as a list; pass a single one to predict")
        if min_confidence is not None and not 0 <= min_confidence <= 1:
            raise InputError(f"min_confidence: {min_confidence}; allowed: 0 to 1")
        if products not in get_args(Products):
            raise InputError(f"products: {products!r}; allowed: {', '.join(get_args(Products))}")
        asked = (entities,) if isinstance(entities, str) else tuple(self.entities if entities is None else entities)
        self.domain.check(asked)
        questions = tuple(Question(entity, group_id) for entity in asked)
        found: list[Predictions | InputError] = []
        for some in chunks((open_photo(image, questions) for image in images), BATCH_SIZE):
            answers = iter(self.answer([each for each in some if isinstance(each, Photo)], min_confidence, products))
            found += [next(answers) if isinstance(each, Photo) else each for each in some]
        return found

    def answer(
        self, photos: Sequence[Photo], min_confidence: float | None = None, products: Products = "main"
    ) -> list[Predictions | InputError]:
        """Answer the questions about a few photos, read together; an error for those that no engine could read."""
        threshold = self._bundle.model.calibration.threshold if min_confidence is None else min_confidence
        with ThreadPoolExecutor() as pool:
            reading = pool.submit(self._reader.read, [photo.pixels for photo in photos])
            extracted = pool.submit(lambda: [self._extract_features(photo) for photo in photos])
            has_segments = self._bundle.reading.candidates.line_segments
            segments = [find_segments(photo.pixels) if has_segments else NO_SEGMENTS for photo in photos]
            read = reading.result()
            merged = [photo_words("", each, self._bundle.reading.ocr.merge_overlap) for each in read]
            readings = [self._find(*each, self.domain) for each in zip(photos, merged, segments, strict=True)]
            everything = [self._find(*each, NO_SEGMENTS, self._every_kind) for each in zip(photos, merged, strict=True)]
            features = extracted.result()
        answers: list[Predictions | InputError] = []
        for photo, own, found, extract, all_kinds in zip(photos, read, readings, features, everything, strict=True):
            if all(each.reason for each in own):  # must not pass as a photo without text
                answers.append(InputError(f"{photo.name or 'image'}: {'; '.join(each.reason for each in own)}"))
            else:
                # Photo by photo: an answer must not depend on the photos answered with it.
                main = self._rank(photo, found, extract, threshold)
                shown = find_products(found, photo.pixels, self.domain) if products == "all" else ()
                answers.append(
                    NotebookPredictions(
                        photo.name,
                        found.width,
                        found.height,
                        main,
                        found.tokens,
                        photo.image,
                        self._bundle.info,
                        photo.warning,
                        printed_quantities(all_kinds.candidates, photo.pixels),
                        tuple(
                            Product(each.name, each.box, self._rank(photo, each.reading, extract, threshold))
                            for each in shown
                        ),
                    )
                )
        return answers

    def _find(self, photo: Photo, words: PhotoWords, segments: Segments, domain: Domain) -> PhotoReading:
        height, width = photo.pixels.shape[:2]
        return read_photo(words, width, height, self._bundle.reading.candidates, domain, segments)

    def _extract_features(self, photo: Photo) -> PhotoFeatures:
        if self._extract is None:
            network = self._bundle.model.network
            return PhotoFeatures.blank(network.pooled_width, network.grid_channels)
        square, box = preprocess_image(photo.pixels, self._bundle.reading.size)
        pooled, grid = self._extract(square[None])
        # Training stores features in half precision; the same rounding here gives the same answers.
        half = [np.asarray(array[0], dtype=np.float16).astype(np.float32) for array in (pooled, grid)]
        return PhotoFeatures(half[0], half[1], np.array(box, dtype=np.float32))

    def _rank(
        self, photo: Photo, reading: PhotoReading, features: PhotoFeatures, threshold: float
    ) -> tuple[Prediction, ...]:
        limits, calibration, domain = self._bundle.model.limits, self._bundle.model.calibration, self.domain
        examples = [
            make_example(reading, each.entity, each.group_id, features, limits, domain) for each in photo.questions
        ]
        logits: Iterable[NDArray[np.float32]] = run_ranker(self._ranker, collate(examples)) if examples else ()
        predictions = []
        for question, example, row in zip(photo.questions, examples, logits, strict=False):
            candidates = limited_candidates(reading, question.entity, limits, domain)
            ranked = rank_answers(example.quantities, row, calibration, example.evidence)
            ranked = with_joint_amounts(ranked, candidates, calibration)
            predictions.append(to_prediction(question.entity, photo.pixels, reading, candidates, ranked, threshold))
        return tuple(predictions)


def open_photo(image: ImageLike, questions: tuple[Question, ...]) -> Photo | InputError:
    """Load an image; if that fails, return why."""
    try:
        decoded = load_decoded(image)
        return Photo(image_name(image), image, decoded.pixels, questions, decoded.warning)
    except InputError as error:
        return error
    except ValueError as error:  # a closed PIL image
        return InputError(f"{image_name(image) or 'image'}: {error}")
