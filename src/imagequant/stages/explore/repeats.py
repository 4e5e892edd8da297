"""Rows that repeat or contradict others, found by digests, because all rows may not fit into memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagequant.stages.explore.anomalies import Finding, KindFindings
from imagequant.stages.explore.questions import Question
from imagequant.storage.lookup import Digests, as_digests, digest
from imagequant.storage.raw import RawRow

Numbers = NDArray[np.int64]
# The part of a row that is compared; None if there is none.
Key = Callable[[Question], tuple[str, ...] | None]


def duplicate_rows(questions: Iterable[Question], top: int) -> KindFindings:
    """Finds repeats of rows; the first of equal rows is not a repeat.

    Args:
        questions: The rows; they are iterated twice.
        top: Number of examples.
    """
    return _repeats(
        questions,
        top,
        "duplicate_row",
        lambda question: _question_key(question, question.raw.entity_value.strip()),
        lambda _, first: f"same as {first.source}, row {first.row}",
    )


def duplicate_indices(questions: Iterable[Question], top: int) -> KindFindings:
    """Finds rows with the index of an earlier row; see ``duplicate_rows``."""
    return _repeats(
        questions,
        top,
        "duplicate_index",
        lambda question: (index,) if (index := question.raw.index.strip()) else None,
        lambda raw, first: f"index {raw.index} is that of {first.source}, row {first.row}",
    )


def conflicting_rows(questions: Iterable[Question], top: int) -> KindFindings:
    """Finds rows with the same question about the same photo but different labels; such rows are listed together.

    Another unit is another quantity, as for the contest. See ``duplicate_rows``.
    """
    labelled = _digests(questions, lambda question: _question_key(question) if _text(question) else None)
    texts = _digests(
        questions, lambda question: (_text(question),) if _question_key(question) and _text(question) else None
    )
    first = first_of(labelled.digests)
    rivals = np.unique(first[texts.digests != texts.digests[first]])
    members = np.flatnonzero(np.isin(first, rivals))
    members = members[np.argsort(first[members], kind="stable")]
    shown = members[:top]
    wanted = members[np.isin(first[members], first[shown])]
    rows = _rows_at(questions, labelled.numbers[wanted])
    labels: dict[int, set[str]] = {}
    for place in wanted.tolist():
        labels.setdefault(int(first[place]), set()).add(_text(rows[int(labelled.numbers[place])]))
    return KindFindings(
        len(members),
        tuple(
            Finding(
                "conflicting_row",
                rows[int(labelled.numbers[place])].raw,
                f"the photo is labelled {' and '.join(sorted(labels[int(first[place])]))}",
            )
            for place in shown.tolist()
        ),
    )


def first_of(digests: Digests) -> Numbers:
    """Returns for each digest the place of the first equal one, which may be its own."""
    order = np.argsort(digests, kind="stable")
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = digests[order[1:]] != digests[order[:-1]]
    first = np.empty(len(order), dtype=np.int64)
    first[order] = order[starts][np.cumsum(starts) - 1]
    return first


@dataclass(frozen=True)
class _Digests:
    """Numbers of the rows that are compared, and digests of their compared parts."""

    numbers: Numbers
    digests: Digests


def _digests(questions: Iterable[Question], key: Key) -> _Digests:
    numbers, packed = array("q"), bytearray()
    for number, question in enumerate(questions):
        if (parts := key(question)) is not None:
            numbers.append(number)
            packed += digest(*parts)
    return _Digests(np.array(numbers, dtype=np.int64), as_digests(packed))


def _repeats(
    questions: Iterable[Question], top: int, kind: str, key: Key, reason: Callable[[RawRow, RawRow], str]
) -> KindFindings:
    compared = _digests(questions, key)
    first = first_of(compared.digests)
    repeats = np.flatnonzero(first != np.arange(len(first)))
    shown = repeats[:top]
    pairs = list(zip(compared.numbers[shown].tolist(), compared.numbers[first[shown]].tolist(), strict=True))
    rows = _rows_at(questions, {number for pair in pairs for number in pair})
    findings = ((rows[number].raw, rows[earlier].raw) for number, earlier in pairs)
    return KindFindings(len(repeats), tuple(Finding(kind, raw, reason(raw, earlier)) for raw, earlier in findings))


def _rows_at(questions: Iterable[Question], numbers: Collection[int] | Numbers) -> dict[int, Question]:
    wanted = {int(number) for number in numbers}
    return {number: question for number, question in enumerate(questions) if number in wanted} if wanted else {}


def _question_key(question: Question, *more: str) -> tuple[str, ...] | None:
    return (question.photo, question.raw.entity_name, *more) if question.photo else None


def _text(question: Question) -> str:
    """Returns the labelled quantity; empty if there is none."""
    return question.label.text if question.label is not None and question.label.status == "ok" else ""
