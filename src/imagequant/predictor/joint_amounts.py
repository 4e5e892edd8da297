"""What is one answer to a person and two to the ranker: the ends of a range, and a multipack's part and total."""

from collections.abc import Sequence
from dataclasses import replace

from imagequant.core.records import Candidate
from imagequant.model.answers import Answer, Calibration

_Key = tuple[str, float, float, str]


def with_joint_amounts(
    answers: Sequence[Answer], candidates: Sequence[Candidate], calibration: Calibration
) -> list[Answer]:
    """Give both ends of a range, and both amounts of a multipack, their joint probability and confidence.

    The ranker chooses one value, so the ends of ``100-240 V``, or ``330 ml`` and 1980 ml of ``6 x 330 ml``, share the
    probability, and neither would be sure enough.

    Args:
        answers: Likeliest first.
        candidates: Those that the answers' ``mentions`` number.
        calibration: From training.

    Returns:
        The answers, likeliest first; the likelier of two joint ones stays before the other.
    """
    keys = [_key(candidates[answer.mentions[0]]) for answer in answers]
    totals: dict[_Key, float] = {}
    for answer, key in zip(answers, keys, strict=True):
        if key is not None:
            totals[key] = totals.get(key, 0.0) + answer.probability
    joined = [
        answer if key is None else _with_probability(answer, totals[key], calibration)
        for answer, key in zip(answers, keys, strict=True)
    ]
    return sorted(joined, key=lambda answer: -answer.probability)


def _key(candidate: Candidate) -> _Key | None:
    """Return what amounts of one print have in common; None for an amount by itself."""
    mention = candidate.mention
    if mention.low != mention.high:
        return "range", mention.low, mention.high, mention.unit
    if mention.count != 1:
        return "multipack", mention.count, round(mention.part, 6), mention.unit
    return None


def _with_probability(answer: Answer, probability: float, calibration: Calibration) -> Answer:
    together = min(probability, 1.0)
    return replace(answer, probability=together, confidence=calibration.confidence(together, answer.evidence))
