from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from imagequant.core.errors import InputError
from imagequant.core.records import Box, Candidate, Word
from imagequant.experiments.ablations.presets import ABLATIONS, chosen_presets, preset_params
from imagequant.experiments.cross_validation.jobs import method_code
from imagequant.experiments.cross_validation.rules import (
    RULES,
    UNWANTED,
    WANTED,
    cue_words,
    first_quantity,
    largest_text,
)
from imagequant.experiments.cross_validation.seed_design import (
    SeedExample,
    answer_seed_design,
    fit_seed_design,
    word_grams,
)
from imagequant.experiments.cross_validation.workspace import STAGES, Workspace, changed_stages
from imagequant.params import Params
from imagequant.quantity.cues import CUES
from imagequant.quantity.scoring import Quantity
from imagequant.quantity.units import ENTITIES

MakeCandidate = Callable[..., Candidate]


def test_first_quantity_is_the_first(candidate: MakeCandidate) -> None:
    assert first_quantity([], "width") is None
    one, other = candidate("5 gram"), candidate("6 gram")
    assert first_quantity([one, other], "item_weight") is one


def test_largest_text_measures_across_the_reading_direction(candidate: MakeCandidate) -> None:
    assert largest_text([], "width") is None
    small = candidate("5 gram", size=(90, 10))
    # Read upwards, its print is 20 high though its box is 90.
    upright = candidate("6 gram", size=(20, 90), angle=270)
    tall = candidate("7 gram", size=(30, 21))
    assert largest_text([small, upright], "item_weight") is upright
    assert largest_text([small, upright, tall], "item_weight") is tall
    assert largest_text([small, candidate("8 gram", size=(50, 10))], "item_weight") is small


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
def test_cue_words(
    entity: str, given: list[tuple[tuple[str, ...], str]], picked: int, candidate: MakeCandidate
) -> None:
    candidates = [candidate(f"{number + 1} gram", cues, axis) for number, (cues, axis) in enumerate(given)]
    assert cue_words(candidates, entity) is candidates[picked]


def test_cue_words_knows_every_entity_and_only_cues_there_are() -> None:
    assert set(WANTED) == set(UNWANTED) == set(ENTITIES)
    assert {cue for table in (WANTED, UNWANTED) for cues in table.values() for cue in cues} <= set(CUES)
    assert all(rule([], entity) is None for rule in RULES.values() for entity in ENTITIES)


def seed_example(text: str, truth: str, entity: str = "item_weight") -> SeedExample:
    words = [Word(part, Box(0, 0, 9, 9), 0.9, 0, "rapidocr") for part in text.split()]
    number, _, unit = truth.partition(" ")
    truths = (Quantity(float(number), unit),) if truth else ()
    return SeedExample(word_grams(words, 8), np.zeros(2048, np.float32), entity, truths, bool(truth))


def test_the_seed_design_learns_classes_and_says_nothing_else(params: Params) -> None:
    texts = [("net 500 g", "500 gram"), ("net 250 g", "250 gram"), ("hello there", ""), ("230 V", "230 volt")]
    made = [
        seed_example(text, truth, "voltage" if "volt" in truth else "item_weight")
        for _ in range(12)
        for text, truth in texts
    ]
    model = fit_seed_design(made, made[:8], replace(params.train, epochs=20, batch_size=8, lr=0.004))
    assert model.classes == ("", "230 volt", "250 gram", "500 gram")
    answers = [given.answer for given in answer_seed_design(model, made[:4])]
    assert [str(answer or "") for answer in answers] == ["500 gram", "250 gram", "", "230 volt"]
    # It cannot say 700 gram, and never answers a weight with a voltage or a volume without any class of volumes.
    unseen = answer_seed_design(model, [seed_example("net 700 g", "700 gram"), seed_example("1 L", "", "item_volume")])
    assert str(unseen[0].answer or "") in ("", "250 gram", "500 gram")
    assert unseen[1].confidence < 0.01 or unseen[1].answer is None


def test_the_seed_design_repeats_itself(params: Params) -> None:
    made = [seed_example(f"net {n} g", f"{n} gram") for n in (100, 200, 300)] * 4
    train = replace(params.train, epochs=3, batch_size=4)
    one, two = (answer_seed_design(fit_seed_design(made, made[:3], train), made) for _ in range(2))
    assert one == two


def test_ablations_fit_the_parameters_and_change_them(params: Params) -> None:
    assert len({variant.name for variant in ABLATIONS}) == len(ABLATIONS)
    for variant in ABLATIONS:
        changed = preset_params(params, variant) != params
        assert changed or not variant.catalogue, variant.name


def test_an_override_that_names_no_key_is_an_error(params: Params) -> None:
    with pytest.raises(InputError, match=r"preset x: train.use_cmm: no such key"):
        preset_params(params, replace(ABLATIONS[0], name="x", overrides={"train.use_cmm": False}))


def test_choosing_ablations() -> None:
    assert chosen_presets(()) == []
    assert [preset.name for preset in chosen_presets(("real_only", "no_cnn"))] == [
        "one_network",  # what they are compared with
        "no_cnn",
        "real_only",
    ]
    with pytest.raises(InputError, match="'no_luck' is no preset; allowed: no_trees, one_network, no_cnn"):
        chosen_presets(("no_luck",))


def test_a_variant_has_its_own_folders_from_the_first_stage_it_changes(params: Params) -> None:
    assert changed_stages(preset_params(params, ABLATIONS[0]), params) == frozenset()
    own = changed_stages(replace(params, ocr=replace(params.ocr, engines=("tesseract",))), params)
    assert own == {"ocr", "candidates"}
    place = Workspace(Path("root"), Path("cache"), "tesseract_only", own)
    assert place.data("ocr") == Path("root/variants/tesseract_only/data/ocr")
    assert place.data("cnn") == Path("root/data/cnn")
    assert place.work_cache == Path("cache")
    assert changed_stages(replace(params, catalogue=replace(params.catalogue, seed=1)), params) == set(STAGES)


def test_methods_with_other_code_have_other_keys() -> None:
    assert method_code("first_quantity") == method_code("cue_words"), "one module holds both"
    assert len({method_code(name) for name in ("first_quantity", "hybrid", "seed_design")}) == 3
