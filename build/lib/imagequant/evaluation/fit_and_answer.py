"""Fit a method on some rows, calibrate it, and answer the rows held out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from imagequant.evaluation.scored_row import ScoredRow, score_question
from imagequant.model.answers import Answer, rank_answers
from imagequant.model.examples import Example
from imagequant.model.infer import infer
from imagequant.params import TrainParams
from imagequant.training.hybrid import train_hybrid
from imagequant.training.questions import LabelledQuestion

# The questions of one fold, by part.
FoldQuestions = Mapping[str, Sequence[LabelledQuestion]]


@dataclass(frozen=True)
class MethodAnswers:
    """The ranked answers of a method to each held-out question, its threshold, and facts about the training."""

    ranked: Sequence[Sequence[Answer]]
    threshold: float
    facts: Mapping[str, float] = field(default_factory=dict)


def fit_and_answer(
    train: Sequence[Example], development: Sequence[Example], validation: Sequence[Example], params: TrainParams
) -> MethodAnswers:
    """Trains the hybrid model as the ``train`` stage does, and answers the validation examples."""
    model = train_hybrid(train, development, params)
    ranked = [
        rank_answers(example.quantities, logits, model.calibration, example.evidence)
        for example, logits in infer(model.network, validation)
    ]
    threshold = model.calibration.threshold
    return MethodAnswers(ranked, threshold, {"epoch": float(np.mean(model.epochs)), "threshold": threshold})


def answer_by_hybrid(questions: FoldQuestions, params: TrainParams) -> MethodAnswers:
    """Return the hybrid model's answers to the held-out questions of one fold."""
    train, development, validation = (
        [question.example for question in questions[part]] for part in ("train", "development", "validation")
    )
    return fit_and_answer(train, development, validation, params)


def score_answers(questions: Sequence[LabelledQuestion], answers: MethodAnswers) -> list[ScoredRow]:
    """Scores a method's answers, one per question."""
    pairs = zip(questions, answers.ranked, strict=True)
    return [score_question(question, ranked, answers.threshold) for question, ranked in pairs]
