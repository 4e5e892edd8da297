from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.scored_rows import make_row

from imagequant.evaluation.bootstrap import (
    contest_f1,
    exact_match,
    figure,
    is_significant,
    oracle_recall,
)
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import Outcome, score

PARAMS = EvaluateParams(bootstrap=200, seed=5, worst_errors=0, report_rows=0, report_photos=0)


def rows(seed: int, photos: int = 30) -> list[tuple[str, Outcome]]:
    random = np.random.default_rng(seed)
    outcomes: list[Outcome] = ["TP", "FP", "FN", "TN"]
    return [(f"{n // 3:03d}", outcomes[random.integers(4)]) for n in range(3 * photos)]


def test_terms_add_up_to_the_contests_figures() -> None:
    scored = [replace(make_row("5 gram"), outcome=outcome) for _, outcome in rows(1)]
    counted = score(row.outcome for row in scored)
    for measure, expected in ((contest_f1, counted.contest_f1), (exact_match, counted.exact_match)):
        numerator, denominator = (sum(each) for each in zip(*map(measure, scored), strict=True))
        assert numerator / denominator == pytest.approx(expected)


def test_counting_photos_is_drawing_their_rows() -> None:
    """The definition, written out: draw photos, take all their rows, compute the figure."""
    photos: dict[str, list[Outcome]] = {}
    for photo, outcome in rows(2):
        photos.setdefault(photo, []).append(outcome)
    groups, random, expected = list(photos.values()), np.random.default_rng(PARAMS.seed), []
    for _ in range(PARAMS.bootstrap):
        drawn = random.integers(0, len(groups), len(groups))
        expected.append(score(outcome for index in drawn for outcome in groups[index]).contest_f1)
    made = figure(
        [replace(make_row("5 gram", photo=photo), outcome=each) for photo, each in rows(2)], contest_f1, PARAMS
    )
    assert made is not None
    assert made["ci95"] == pytest.approx(np.percentile(expected, (2.5, 97.5)).tolist())


def test_nothing_to_divide_by_is_nothing() -> None:
    made = figure([make_row("")], contest_f1, PARAMS)
    assert made is not None
    assert (made["value"], made["ci95"]) == (0.0, [0.0, 0.0])


def some_rows() -> list[ScoredRow]:
    """By hand: TP 2, FP 1, FN 1, TN 1."""
    return [
        make_row("5 gram", ("5 gram", 0.9), photo="a", row=1),
        make_row("6 gram", ("7 gram", 0.9), photo="a", row=2),
        make_row("8 gram", photo="b", row=3),
        make_row("", photo="c", row=4),
        make_row("9 gram", ("9 gram", 0.9), photo="d", row=5),
    ]


def test_figures_by_hand() -> None:
    f1 = figure(some_rows(), contest_f1, PARAMS)
    assert f1 is not None
    assert f1["value"] == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
    assert f1["rows"] == 5
    low, high = f1["ci95"]
    assert 0 <= low < f1["value"] < high <= 1
    right = figure(some_rows(), exact_match, PARAMS)
    assert right is not None
    assert right["value"] == pytest.approx(3 / 5)
    # 5 and 9 were read; 6 and 8 were not; the row without an answer has nothing to read.
    read = figure(some_rows(), oracle_recall, PARAMS)
    assert read is not None
    assert read["value"] == pytest.approx(2 / 4)
    assert figure([], contest_f1, PARAMS) is None


def test_differences_are_paired() -> None:
    # Every photo has one row that the other method gets wrong: resampling photos cannot change the difference.
    model = [make_row("5 gram", ("5 gram", 0.9), photo=str(n // 2), row=n) for n in range(30)]
    other = [make_row("5 gram", ("5 gram" if n % 2 else "6 gram", 0.9), photo=str(n // 2), row=n) for n in range(30)]
    made = figure(other, exact_match, PARAMS, model)
    assert made is not None
    assert made["difference"] == pytest.approx(-0.5)
    assert made["difference_ci95"] == pytest.approx([-0.5, -0.5])
    assert is_significant(made)


def test_a_method_does_not_differ_from_itself() -> None:
    made = figure(some_rows(), contest_f1, PARAMS, some_rows())
    assert made is not None
    assert (made["difference"], made["difference_ci95"]) == (0.0, [0.0, 0.0])
    assert not is_significant(made)


def test_differences_are_over_common_rows() -> None:
    model = [
        make_row("5 gram", ("5 gram", 0.9), photo="a", row=1),
        make_row("5 gram", ("6 gram", 0.9), photo="b", row=2),
    ]
    made = figure(model[:1], exact_match, PARAMS, model)
    assert made is not None
    assert (made["value"], made["rows"], made["difference"]) == (1.0, 1, 0.0)
    apart = figure(model[:1], exact_match, PARAMS, model[1:])
    assert apart is not None
    assert "difference" not in apart


def test_intervals_are_over_photos_not_rows() -> None:
    # One photo: every resample is the same.
    rows = [make_row("5 gram", ("5 gram" if n % 2 else "6 gram", 0.9), photo="one", row=n) for n in range(20)]
    made = figure(rows, exact_match, PARAMS)
    assert made is not None
    assert made["ci95"] == [0.5, 0.5]


def test_a_difference_has_an_interval_around_it() -> None:
    base = [make_row("5 gram", ("6 gram" if n % 3 else "5 gram", 0.9), photo=str(n // 2), row=n) for n in range(60)]
    change = [make_row("5 gram", ("5 gram" if n % 3 else "6 gram", 0.9), photo=str(n // 2), row=n) for n in range(60)]
    made = figure(change, exact_match, PARAMS, base)
    assert made is not None
    assert (made["value"], made["difference"]) == pytest.approx((2 / 3, 1 / 3))
    low, high = made["difference_ci95"]
    assert low < made["difference"] < high
    assert is_significant(made)


def test_an_interval_covers_no_difference_about_as_often_as_it_says() -> None:
    """Two equally good methods, many times: the interval should exclude 0 in about 5 of 100."""
    rng, trials, wrong = np.random.default_rng(1), 200, 0
    right, other = (make_row("5 gram", (answer, 0.9)) for answer in ("5 gram", "6 gram"))
    for _ in range(trials):
        base, change = (
            [replace((right, other)[rng.integers(2)], sha256=str(n // 2), source_row=n) for n in range(80)]
            for _ in range(2)
        )
        made = figure(change, exact_match, replace(PARAMS, bootstrap=300), base)
        wrong += made is not None and is_significant(made)
    assert 0.01 < wrong / trials < 0.12
