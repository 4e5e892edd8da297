"""Label sources that hardly ever say that a photo gives no answer do not teach to answer always."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.model.conftest import question
from tests.scored_rows import make_label

from imagequant.storage.labels import groups_that_abstain


@pytest.mark.parametrize(("empty", "abstains"), [(0, False), (2, False), (6, True), (40, True)])
def test_a_group_abstains_if_enough_of_its_rows_have_no_answer(empty: int, abstains: bool) -> None:
    labels = [make_label("5 gram" if row >= empty else "", label_source="vote") for row in range(100)]
    others = [make_label("5 gram", source="mine.csv"), make_label("", source="other.csv")]
    assert ("vote" in groups_that_abstain([*labels, *others])) == abstains
    assert groups_that_abstain(others) == {"other"}


def test_rows_without_a_choice_teach_nothing_if_their_source_never_abstains() -> None:
    one = replace(question([("60 cm", 10, 10)], "width", "60 centimetre"), source_abstains=False)
    dual = replace(question([("60 cm (23.6 in)", 10, 10)], "width", "60 centimetre"), source_abstains=False)
    two = replace(question([("60 cm", 10, 10), ("40 cm", 200, 90)], "width", "60 centimetre"), source_abstains=False)
    empty = replace(question([("60 cm", 10, 10)], "width"), source_abstains=False)
    assert [each.teaches for each in (one, dual, two, empty)] == [False, False, True, True]
    assert replace(one, source_abstains=True).teaches
