from __future__ import annotations

import numpy as np
import pytest

from imagequant.evaluation.bootstrap import f1_parts, interval, photo_sums, ratios, resampled, right_parts
from imagequant.quantity.scoring import Outcome, score


def rows(seed: int, photos: int = 30) -> list[tuple[str, Outcome]]:
    random = np.random.default_rng(seed)
    outcomes: list[Outcome] = ["TP", "FP", "FN", "TN"]
    return [(f"{n // 3:03d}", outcomes[random.integers(4)]) for n in range(3 * photos)]


def test_shares_add_up_to_the_contests_figures() -> None:
    outcomes = [outcome for _, outcome in rows(1)]
    counted = score(outcomes)
    for parts, figure in ((f1_parts, counted.contest_f1), (right_parts, counted.exact_match)):
        over, under = (sum(each) for each in zip(*map(parts, outcomes), strict=True))
        assert over / under == pytest.approx(figure)


def test_counting_photos_is_drawing_their_rows() -> None:
    """The definition, written out: draw photos, take all their rows, compute the figure."""
    mine, seed, times = rows(2), 7, 40
    photos: dict[str, list[Outcome]] = {}
    for photo, outcome in mine:
        photos.setdefault(photo, []).append(outcome)
    groups, random, expected = list(photos.values()), np.random.default_rng(seed), []
    for _ in range(times):
        drawn = random.integers(0, len(groups), len(groups))
        expected.append(score(outcome for index in drawn for outcome in groups[index]).contest_f1)
    sums = photo_sums((photo, f1_parts(outcome)) for photo, outcome in mine)
    made = ratios(resampled(sums, times, seed))
    assert made == pytest.approx(expected)
    assert interval(made) == pytest.approx(tuple(np.percentile(expected, (2.5, 97.5))))


def test_photos_stand_where_their_first_row_does() -> None:
    sums = photo_sums([("b", (1, 1)), ("a", (0, 1)), ("b", (1, 2))])
    assert sums.tolist() == [[2, 3], [0, 1]]


def test_nothing_to_divide_by_is_nothing() -> None:
    assert ratios(np.array([[0.0, 0.0], [1.0, 2.0]])).tolist() == [0.0, 0.5]
