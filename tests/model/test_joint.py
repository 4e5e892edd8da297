"""Questions about one photo decided together: sums in closed form against sums over all assignments."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.contest import CONTEST, VOCABULARY

from imagequant.model.batching import collate
from imagequant.model.examples import Example
from imagequant.model.joint import joint_logits

STRICT = torch.ones(len(CONTEST.exclusive_pairs))
LENGTHS = torch.tensor([CONTEST.names.index(name) for name in ("width", "height", "depth")])
ROWS, CANDIDATES = 3, 4
scores = st.lists(st.floats(-4, 4), min_size=ROWS * (CANDIDATES + 1), max_size=ROWS * (CANDIDATES + 1))
numbers = st.lists(st.integers(-1, 3), min_size=ROWS * CANDIDATES, max_size=ROWS * CANDIDATES)


def enumerated(probabilities: np.ndarray, printed: np.ndarray, exclusion: list[float]) -> np.ndarray:
    """Marginals of the first row's choices, over all assignments; two that use one printed quantity weigh less."""
    strict = dict(zip(CONTEST.exclusive_pairs, exclusion, strict=True))
    names = [CONTEST.names[entity] for entity in LENGTHS.tolist()]
    total = np.zeros(CANDIDATES + 1)
    for choices in product(range(CANDIDATES + 1), repeat=ROWS):
        used = [printed[row, choice] if choice < CANDIDATES else -1 for row, choice in enumerate(choices)]
        weight = np.prod([probabilities[row, choice] for row, choice in enumerate(choices)])
        for one, other in combinations(range(ROWS), 2):
            if used[one] == used[other] >= 0:
                weight *= 1 - strict.get((names[one], names[other]), strict.get((names[other], names[one])))
        total[choices[0]] += weight
    return total


@given(scores, numbers, st.lists(st.sampled_from([0.0, 0.3, 0.8, 1.0]), min_size=4, max_size=4))
def test_marginals_are_those_of_all_assignments(values, quantities, exclusion):
    logits = torch.tensor(values).reshape(ROWS, CANDIDATES + 1)
    printed = torch.tensor(quantities).reshape(ROWS, CANDIDATES)
    siblings = torch.tensor([[1, 2], [-1, -1], [-1, -1]])
    found = joint_logits(logits, LENGTHS, printed, siblings, torch.tensor(exclusion), VOCABULARY)[0].exp().numpy()
    expected = enumerated(torch.softmax(logits, dim=1).numpy(), printed.numpy(), exclusion)
    np.testing.assert_allclose(found, np.maximum(expected, 0), atol=2e-5)


def test_without_siblings_nothing_changes():
    logits = torch.randn(2, 4, generator=torch.Generator().manual_seed(1))
    alone = torch.full((2, 2), -1)
    found = joint_logits(logits, LENGTHS[:2], torch.zeros(2, 3, dtype=torch.int64), alone, STRICT, VOCABULARY)
    torch.testing.assert_close(found, torch.log_softmax(logits, dim=1))


def test_a_sure_sibling_takes_the_quantity():
    logits = torch.tensor([[1.0, -1.0, 0.0], [9.0, -9.0, -9.0]])
    printed = torch.tensor([[0, 1], [0, 1]])
    siblings = torch.tensor([[1, -1], [-1, -1]])
    found = joint_logits(logits, LENGTHS[:2], printed, siblings, STRICT, VOCABULARY)
    assert int(found[0].argmax()) == 2, "no answer rather than the sibling's"
    found = joint_logits(logits, LENGTHS[:2], printed, siblings, torch.zeros_like(STRICT), VOCABULARY)
    assert int(found[0].argmax()) == 0, "they do not exclude one another"


def test_a_shared_quantity_serves_both():
    logits = torch.tensor([[2.0, 0.0], [9.0, -9.0]])
    found = joint_logits(
        logits, LENGTHS[:2], torch.tensor([[-1], [-1]]), torch.tensor([[1, -1], [-1, -1]]), STRICT, VOCABULARY
    )
    assert int(found[0].argmax()) == 0


@pytest.mark.parametrize(
    ("words", "shared"),
    [
        ([("60 cm", 10, 10)], False),
        ([("60 cm", 10, 10), ("23.6 in", 10, 40)], False),  # one length in two units
        ([("60 cm", 10, 10), ("60 cm", 10, 200)], True),  # printed for both
        ([("20 x 20 cm", 10, 10)], True),
        ([("\u00d8 60 cm", 10, 10)], True),
    ],
)
def test_which_quantities_may_answer_several_questions(ask: Callable[..., Example], words, shared):
    example = ask(words, "width")
    assert len(set(example.printed.tolist())) == 1
    assert (example.printed[0] < 0) == shared


def test_lengths_are_decided_together_and_voltages_alone(ask: Callable[..., Example]):
    width, voltage = ask([("60 cm", 10, 10)], "width"), ask([("60 V", 10, 10)], "voltage")
    assert [CONTEST.names[each.entity] for each in width.siblings] == ["height", "depth"]
    assert voltage.siblings == ()
    batch = collate([width, voltage])
    assert batch.entity.tolist() == [CONTEST.names.index(name) for name in ("width", "voltage", "height", "depth")]
    assert batch.siblings.tolist() == [[2, 3], [-1, -1], [-1, -1], [-1, -1]]
