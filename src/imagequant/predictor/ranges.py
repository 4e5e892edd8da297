"""The two ends of a printed range, which are one answer to a person and two to the ranker."""

from collections.abc import Sequence
from dataclasses import replace

from imagequant.core.records import Candidate
from imagequant.model.answers import Answer, Calibration


def with_joint_ends(
    answers: Sequence[Answer], candidates: Sequence[Candidate], calibration: Calibration
) -> list[Answer]:
    """Give both ends of a range the probability of the range and the confidence that goes with it.

    The ranker chooses one value, so the ends of ``100-240 V`` share the probability and neither would be sure enough.

    Args:
        answers: Likeliest first.
        candidates: Those that the answers' ``mentions`` number.
        calibration: From training.

    Returns:
        The answers, likeliest first; the likelier end of a range stays before the other.
    """
    ranges = [_range_of(candidates[answer.mentions[0]]) for answer in answers]
    totals: dict[tuple[float, float, str], float] = {}
    for answer, ends in zip(answers, ranges, strict=True):
        if ends is not None:
            totals[ends] = totals.get(ends, 0.0) + answer.probability
    joined = [
        answer if ends is None else _with_probability(answer, totals[ends], calibration)
        for answer, ends in zip(answers, ranges, strict=True)
    ]
    return sorted(joined, key=lambda answer: -answer.probability)


def _range_of(candidate: Candidate) -> tuple[float, float, str] | None:
    mention = candidate.mention
    return None if mention.low == mention.high else (mention.low, mention.high, mention.unit)


def _with_probability(answer: Answer, probability: float, calibration: Calibration) -> Answer:
    together = min(probability, 1.0)
    return replace(answer, probability=together, confidence=calibration.confidence(together, answer.evidence))
