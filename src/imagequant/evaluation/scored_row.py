"""One labelled row with its answer: how it scores, where an error arose, and its form in ``rows.csv``."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from imagequant.core.errors import InputError
from imagequant.core.files import csv_records
from imagequant.core.records import Candidate, Word
from imagequant.evaluation.oracle_recall import is_read
from imagequant.model.answers import Answer, choose_answer
from imagequant.quantity.labels import parse_label
from imagequant.quantity.numbers import format_number
from imagequant.quantity.scoring import Outcome, Quantity, outcome, same_number
from imagequant.quantity.units import UNITS, to_base
from imagequant.storage.labels import LabelRow
from imagequant.training.questions import LabelledQuestion

ROWS_FILE = "rows.csv"
# Where an error arose, in the order of the pipeline.
BUCKETS = (
    "right",
    "not read by OCR",
    "read but not parsed",
    "wrong candidate",
    "wrong unit",
    "should be empty",
    "should not be empty",
    "label is a range",
)


@dataclass(frozen=True)
class ScoredRow:
    """A labelled row with its answer, small enough to keep one for every row.

    The fields up to ``read`` are the columns of ``rows.csv``; those before ``truth`` are as in ``LabelRow``. The others
    are known only where the row was scored; rows parsed from CSV have their defaults.

    Attributes:
        truth: The label as written; empty if the photo gives no answer.
        prediction: The answer; None for an abstention.
        confidence: Confidence of the best answer, even if it was withheld.
        outcome: Contest outcome, with alternatives accepted.
        bucket: Where an error arose, one of ``BUCKETS``.
        read: Whether an accepted answer is among the candidates.
        truths: All accepted answers, the label first.
        best: The best answer, even if it was withheld.
        first: The first candidate, which is the simplest baseline's answer.
    """

    row_id: int
    source: str
    source_row: int
    image_link: str
    sha256: str
    entity: str
    truth: str
    prediction: Quantity | None
    confidence: float
    outcome: Outcome
    bucket: str
    read: bool
    truths: tuple[Quantity, ...] = ()
    best: Quantity | None = None
    first: Quantity | None = None
    group: str = ""

    @property
    def key(self) -> tuple[str, int, str, str]:
        """Identifies the row across models and revisions; a replaced photo makes it another row."""
        return self.source, self.source_row, self.sha256, self.entity

    @property
    def answerable(self) -> bool:
        """Whether the label says that the photo gives an answer."""
        return bool(self.truth.strip())

    @property
    def right(self) -> bool:
        """Answered correctly, or rightly abstained."""
        return self.outcome in ("TP", "TN")

    @property
    def strict_outcome(self) -> Outcome:
        """Contest outcome if only the label itself is accepted."""
        label = parse_label(self.truth)
        own = (Quantity(label.value, label.unit),) if label.status == "ok" and not label.is_range else ()
        return outcome(self.prediction, own, answerable=self.answerable)

    @property
    def best_is_right(self) -> bool:
        """Whether the best answer, even if withheld, equals an accepted one; False if it is not known."""
        return is_read(self.truths, [self.best]) if self.best else self.outcome == "TP"


@dataclass(frozen=True)
class Evidence:
    """A scored row with everything it was chosen from, for drawing."""

    row: ScoredRow
    answers: tuple[Answer, ...]
    candidates: tuple[Candidate, ...]


def score_question(question: LabelledQuestion, answers: Sequence[Answer], threshold: float) -> ScoredRow:
    """Scores the ranked answers to one question."""
    quantities = [Quantity(candidate.value, candidate.unit) for candidate in question.candidates]
    return score_row(question.label, quantities, question.reading.tokens, answers, threshold)


def score_row(
    label: LabelRow,
    quantities: Sequence[Quantity],
    words: Sequence[Word],
    answers: Sequence[Answer],
    threshold: float,
) -> ScoredRow:
    """Scores the ranked answers to one labelled row; an answer with less confidence than ``threshold`` is withheld.

    ``quantities`` are the candidates' in reading order, ``words`` all words read on the photo. Without words an answer
    that was not parsed counts as not read.
    """
    best = choose_answer(answers, threshold)
    prediction = best.quantity if best else None
    read = is_read(label.truths, quantities)
    result = outcome(prediction, label.truths, answerable=label.answerable)
    copied = ("row_id", "source", "source_row", "image_link", "sha256", "entity", "truths")
    return ScoredRow(
        **{name: getattr(label, name) for name in copied},
        truth=label.entity_value,
        prediction=prediction,
        confidence=answers[0].confidence if answers else 0.0,
        outcome=result,
        bucket=find_bucket(label, prediction, result, read, words),
        read=read,
        best=answers[0].quantity if answers else None,
        first=quantities[0] if quantities else None,
        group=label.group,
    )


def find_bucket(
    label: LabelRow, prediction: Quantity | None, result: Outcome, read: bool, words: Sequence[Word]
) -> str:
    """Return where the error arose, one of ``BUCKETS``."""
    if result in ("TP", "TN"):
        return "right"
    if not label.answerable:
        return "should be empty"
    if not label.truths:
        return "label is a range"
    if not read:
        return "read but not parsed" if _contains_number(words, label.truths[0].value) else "not read by OCR"
    if prediction is None:
        return "should not be empty"
    # The right number with another unit, or the same amount in the other printed unit.
    others = [truth for truth in label.truths if truth.unit != prediction.unit]
    has_other_unit = is_wrong_unit(prediction, label.truths) or is_within(prediction, others, 0.03)
    return "wrong unit" if has_other_unit else "wrong candidate"


def is_within(prediction: Quantity | None, truths: Sequence[Quantity], tolerance: float) -> bool:
    """Whether a prediction lies within a relative tolerance of an accepted answer, after unit conversion."""
    if prediction is None:
        return False
    value = to_base(prediction.value, prediction.unit)
    dimension = UNITS[prediction.unit].kind
    accepted = (to_base(truth.value, truth.unit) for truth in truths if UNITS[truth.unit].kind == dimension)
    return any(abs(value - each) <= tolerance * each for each in accepted)


def is_wrong_unit(prediction: Quantity | None, truths: Sequence[Quantity]) -> bool:
    """Whether a prediction has the number of an accepted answer, but another unit."""
    if prediction is None or is_read(truths, [prediction]):
        return False
    return any(same_number(prediction.value, truth.value) for truth in truths)


def _contains_number(words: Sequence[Word], value: float) -> bool:
    number = format_number(value)
    pattern = re.compile(rf"(?<![\d.,]){re.escape(number).replace(re.escape('.'), '[.,]')}(?:[.,]0+)?(?![\d]|[.,]\d)")
    return any(pattern.search(word.text) for word in words)


def parse_quantity(text: str) -> Quantity | None:
    """Parses ``500 gram``; None for an abstention, which is empty."""
    number, _, unit = text.partition(" ")
    return Quantity(float(number), unit) if number else None


_FIELDS = tuple(each.name for each in fields(ScoredRow))
# The columns of ``rows.csv``.
COLUMNS = _FIELDS[: _FIELDS.index("read") + 1]


def csv_cells(row: ScoredRow) -> list[object]:
    """Return one line of ``rows.csv``, in the order of ``COLUMNS``."""
    shown = replace(row, confidence=round(row.confidence, 6))
    return [getattr(shown, name) for name in COLUMNS]


def parse_rows(text: str, origin: str) -> list[ScoredRow]:
    """Parses ``rows.csv``, whose name is ``origin``; unknown columns are ignored.

    Raises:
        InputError: If a column is missing or a value is invalid; names file, line and column.
    """
    lines = csv_records(io.StringIO(text), COLUMNS, origin)
    return [_parse_row(line, f"{origin}, line {number}") for number, line in enumerate(lines, start=2)]


def _parse_row(line: Mapping[str, str], where: str) -> ScoredRow:
    if line["outcome"] not in ("TP", "FP", "FN", "TN"):
        raise InputError(f"{where}: outcome: {line['outcome']!r} is none of TP, FP, FN, TN")
    try:
        values: dict[str, Any] = {
            **{name: line[name] for name in COLUMNS},
            **{name: int(line[name]) for name in ("row_id", "source_row")},
            "prediction": parse_quantity(line["prediction"]),
            "confidence": float(line["confidence"]),
            "read": line["read"] == "True",
        }
    except ValueError as error:
        raise InputError(f"{where}: row_id, source_row, prediction or confidence: {error}") from None
    return ScoredRow(**values)
