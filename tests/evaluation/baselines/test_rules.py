from __future__ import annotations

import pytest
from tests.contest import CONTEST
from tests.scored_rows import make_candidate

from imagequant.evaluation.baselines.rules import RULES, UNWANTED, WANTED, cue_words, first_quantity, largest_text
from imagequant.quantity.cues import CUES


def test_first_quantity_is_the_first() -> None:
    assert first_quantity([], "width") is None
    one, other = make_candidate("5 gram"), make_candidate("6 gram")
    assert first_quantity([one, other], "item_weight") is one


def test_largest_text_measures_across_the_reading_direction() -> None:
    assert largest_text([], "width") is None
    small = make_candidate("5 gram", size=(90, 10))
    # Read upwards, its print is 20 high though its box is 90.
    upright = make_candidate("6 gram", size=(20, 90), angle=270)
    tall = make_candidate("7 gram", size=(30, 21))
    assert largest_text([small, upright], "item_weight") is upright
    assert largest_text([small, upright, tall], "item_weight") is tall
    assert largest_text([small, make_candidate("8 gram", size=(50, 10))], "item_weight") is small


@pytest.mark.parametrize(
    ("entity", "given", "picked"),
    [
        # nothing tells: the first
        ("item_weight", [((), ""), ((), "")], 0),
        # the more telling word wins over the order
        ("item_weight", [(("weight",), ""), (("net_weight",), "")], 1),
        # a dose is no weight, but better than nothing
        ("item_weight", [(("dose",), ""), ((), "")], 1),
        ("item_weight", [(("dose",), "")], 0),
        # a wanted word beside an unwanted one is worth less than one alone
        ("item_weight", [(("dose", "net_weight"), ""), (("weight",), "")], 1),
        # and more than none at all
        ("item_weight", [((), ""), (("dose", "net_weight"), "")], 1),
        ("maximum_weight_recommendation", [(("net_weight",), ""), (("load",), "")], 1),
        # letters beside numbers count as axis words
        ("height", [((), "width"), ((), "height")], 1),
        ("depth", [((), "height"), ((), ""), ((), "length")], 2),
    ],
)
def test_cue_words(entity: str, given: list[tuple[tuple[str, ...], str]], picked: int) -> None:
    candidates = [make_candidate(f"{number + 1} gram", cues, axis) for number, (cues, axis) in enumerate(given)]
    assert cue_words(candidates, entity) is candidates[picked]


def test_cue_words_knows_every_entity_and_only_cues_there_are() -> None:
    assert set(WANTED) == set(UNWANTED) == set(CONTEST.names)
    assert {cue for table in (WANTED, UNWANTED) for cues in table.values() for cue in cues} <= set(CUES)
    assert all(rule([], entity) is None for rule in RULES.values() for entity in CONTEST.names)


def test_an_entity_without_cue_words_gets_the_first_quantity() -> None:
    candidates = [make_candidate("5 gram", ("dose",)), make_candidate("6 gram", ("net_weight",))]
    assert cue_words(candidates, "torque") is candidates[0]
    assert cue_words([], "torque") is None
