"""One decision per photo: one printed quantity serves only one of the entities that exclude one another.

The answers to a photo's questions are scored separately, then weighed together. Each assignment of one answer, or none,
to a group of entities has the product of the separate probabilities as its weight. If two entities use one printed
quantity, the weight is multiplied by one minus their exclusion: 1 makes it impossible, 0 makes no difference. The
confidence of an answer is its marginal. With at most three entities in a group the sums have a closed form, which
training differentiates.
"""

from functools import cache

import torch
from torch import Tensor

from imagequant.model.vocabulary import Vocabulary

_SMALLEST = 1e-6


@cache  # so that exported graphs hold the table and not the steps that make it
def _pair_numbers(vocabulary: Vocabulary) -> Tensor:
    """Return int64 (entities, entities): the number of each exclusive pair, one more for other pairs."""
    count = vocabulary.entities
    numbers = torch.full((count, count), vocabulary.exclusions, dtype=torch.int64)
    for number, (one, other) in enumerate(vocabulary.exclusive_pairs):
        numbers[one, other] = numbers[other, one] = number
    return numbers


def joint_logits(
    logits: Tensor, entity: Tensor, printed: Tensor, siblings: Tensor, exclusion: Tensor, vocabulary: Vocabulary
) -> Tensor:
    """Weigh the answers to each question against those of its siblings.

    Args:
        logits: float32 (R, C + 1): separate logits of the candidates of R questions, then of "no answer".
        entity: int64 (R,): the entities asked about.
        printed: int64 (R, C): the number of each candidate's printed quantity on its photo; negative if it may be used
            for several entities.
        siblings: int64 (R, 2): the rows of the questions that are decided with each; negative for none.
        exclusion: float32 (exclusive pairs,): how strictly each pair of entities excludes one another, in [0, 1].
        vocabulary: The pairs.

    Returns:
        float32 (R, C + 1): unnormalised log marginal probabilities.
    """
    logs = torch.log_softmax(logits, dim=1)
    present = (siblings >= 0).to(logs.dtype)
    rows = siblings.clamp(min=0)
    first, second = (logs[rows[:, place], :-1].exp() * present[:, place : place + 1] for place in (0, 1))
    numbers, other_numbers = printed[rows[:, 0]], printed[rows[:, 1]]
    entities, other_entities = entity[rows[:, 0]], entity[rows[:, 1]]
    # How strictly the entities of each row exclude one another; 0 for other pairs.
    strictness = torch.cat([exclusion, torch.zeros_like(exclusion[:1])])
    pair_numbers = _pair_numbers(vocabulary)
    pairs = ((entity, entities), (entity, other_entities), (entities, other_entities))
    strict, other_strict, between = (strictness[pair_numbers[pair]][:, None] for pair in pairs)
    # Probability that both siblings use one and the same quantity.
    clash = _same(numbers, other_numbers) * first[:, :, None] * second[:, None, :]
    clashes = between * clash.sum(dim=(1, 2))[:, None]
    # Probabilities that a sibling uses the quantity of each of the question's own candidates.
    same, other_same = _same(printed, numbers), _same(printed, other_numbers)
    used = (same * first[:, None, :]).sum(dim=2)
    other_used = (other_same * second[:, None, :]).sum(dim=2)
    # If all three use one quantity, every exclusion applies: the products of the exclusions undo the double counting.
    thrice = strict * other_strict + between * (strict + other_strict) - strict * other_strict * between
    weight = 1 - strict * used - other_strict * other_used - clashes + thrice * used * other_used
    weights = torch.cat([weight, 1 - clashes], dim=1)
    return logs + weights.clamp(min=_SMALLEST).log()


def _same(one: Tensor, other: Tensor) -> Tensor:
    """Return float32 (R, C, C): 1 where two candidates are one printed quantity, which few entities may share."""
    return ((one[:, :, None] == other[:, None, :]) & (one[:, :, None] >= 0)).to(torch.float32)
