"""From a question's ranked answers to its prediction, with the evidence on the photo."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import Candidate, PhotoReading
from imagequant.imaging.ink import tight_box
from imagequant.model.answers import Answer, choose_answer
from imagequant.predictor.prediction import Alternative, Prediction
from imagequant.predictor.wording import details

_ALTERNATIVES = 4


def to_prediction(
    entity: str,
    pixels: NDArray[np.uint8],
    reading: PhotoReading,
    candidates: Sequence[Candidate],
    answers: Sequence[Answer],
    threshold: float,
) -> Prediction:
    """Return the prediction for ranked answers, with its evidence."""
    best = choose_answer(answers, threshold)
    rest = [each for each in answers if each is not best]
    others = tuple(_alternative(answer, candidates, pixels) for answer in rest[:_ALTERNATIVES])
    if best is None:
        confidence = answers[0].confidence if answers else 0.0
        reason = "too unsure" if answers else "no quantity of this kind"
        return Prediction(entity, "", None, None, confidence, reason if reading.tokens else "no text", "", None, others)
    read = _alternative(best, candidates, pixels)
    answered = (read.text, read.value, read.unit, read.confidence, "", read.words, read.box)
    return Prediction(entity, *answered, others, **details(candidates[best.mentions[0]].mention))


def _alternative(answer: Answer, candidates: Sequence[Candidate], pixels: NDArray[np.uint8]) -> Alternative:
    read = candidates[answer.mentions[0]]
    quantity, box = answer.quantity, tight_box(pixels, read.box, read.angle)
    read_as = (read.text, box)
    return Alternative(
        str(quantity), quantity.value, quantity.unit, answer.confidence, *read_as, **details(read.mention)
    )
