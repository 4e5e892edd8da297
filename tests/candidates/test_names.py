"""Printed names of quantities, on their line and in other cells."""

from __future__ import annotations

import pytest
from tests.contest import CONTEST

from imagequant.candidates.lines import reading_lines
from imagequant.candidates.names import name_copies
from imagequant.candidates.propose import propose
from imagequant.core.records import Box, Candidate, Word
from imagequant.params import CandidatesParams

PARAMS = CandidatesParams(1.5, 120, line_segments=True, ocr_alternatives=True, dual_unit_corrections=True)
Placed = tuple[str, float, float]


def proposed(*words: Placed) -> list[Candidate]:
    """Candidates on a photo with words of 20 px print, each given by text and upper left corner."""
    placed = [Word(text, Box(x, y, x + 10 * len(text), y + 20), 0.9, 0, "rapidocr") for text, x, y in words]
    return propose(reading_lines(placed, 1.5), PARAMS, CONTEST)


def names(*words: Placed) -> list[tuple[float, str]]:
    """Values and names of the candidates."""
    return [(candidate.value, candidate.name) for candidate in proposed(*words)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Net weight 410 g", [(410, "net")]),
        ("Drained weight 240 g", [(240, "drained")]),
        ("Poids net égoutté 104 g", [(104, "drained")]),
        ("POIDS NET EGOUTTE : 104 G", [(104, "drained")]),
        ("104 g poids net égoutté", [(104, "drained")]),
        ("Weight Capacity 440 lbs", [(440, "load")]),
        ("Füllmenge 560 g Abtropfgewicht 340 g", [(560, "net"), (340, "drained")]),
        ("G.W. 9.6 KG N.W. 8.9 KG", [(9.6, "gross"), (8.9, "net")]),
        ("Max user weight: 120 kg", [(120, "load")]),
        ("Holds up to 99 lbs", [(99, "load")]),
        ("Carga máxima 150 kg", [(150, "load")]),
        ("Portata max 110 kg", [(110, "load")]),
        ("Max. 50 kg", [(50, "load")]),
        ("Hasta 45 kg", [(45, "load")]),
        ("Jusqu'à 80 kg", [(80, "load")]),
        ("Weight 92 g", [(92, "item")]),
        ("For weighing 500 g", [(500, "")]),
        ("Mass: 92 g", [(92, "item")]),
        ("Box weight: 7.2 kg", [(7.2, "gross")]),
        ("Serious mass 60 g", [(60, "")]),
        ("Net weight 8 g x 10 = 80 g", [(8, "net"), (80, "net"), (80, "net")]),
        ("Model's weight: 64 kg", [(64, "user")]),
        ("Steep in 250 ml of hot water", [(250, "dose")]),
        ("Infuser dans 150 ml d'eau", [(150, "dose")]),
        ("Masa własna 4,6 kg", [(4.6, "item")]),
        ("Serving size 45 g", [(45, "dose")]),
        ("20 g protein", [(20, "dose")]),
        ("5 g BCAA", [(5, "dose")]),
        ("500 mg per dose", [(500, "dose")]),
        ("240 g drained", [(240, "drained")]),
        ("15 Stück à 30 g Inhalt 450 g", [(30, "dose"), (450, "net")]),
        ("Max load 25 kg (55 lb)", [(25, "load"), (55, "load")]),  # one load in two units
        ("Net wt. 1.2 oz e 34 g", [(1.2, "net"), (34, "net")]),
        ("Max load 25 kg 3 kg", [(25, "load"), (3, "")]),
        ("Tank capacity 2 L", [(2, "")]),  # of a vessel: no load
        ("Height of the table, without the feet: 20 cm", [(20, "height")]),
        ("H 120 cm / 47.2 in", [(120, "height"), (47.2, "height")]),
        ("Input voltage 12 V", [(12, "")]),
    ],
)
def test_names_on_the_line(text, expected):
    assert names((text, 0, 0)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([("Width", 0, 0), ("60 cm", 200, 0)], [(60, "width")]),  # the cell to the left
        ([("Max load", 0, 0), ("120 kg", 0, 24)], [(120, "load")]),  # above
        ([("120 kg", 0, 0), ("Max load", 0, 24)], [(120, "load")]),  # below
        ([("Width", 0, 0), ("60 cm", 400, 300)], [(60, "")]),  # nowhere near
        ([("Width", 0, 0), ("Model", 0, 24), ("60 cm", 200, 24)], [(60, "")]),  # another row
        (
            [("Width", 0, 0), ("Depth", 200, 0), ("Small", -200, 40), ("60 cm", 0, 40), ("40 cm", 200, 40)],
            [(60, "width"), (40, "depth")],
        ),
        ([("W x D x H", 0, 0), ("30 x 20 x 12 cm", 0, 24)], [(30, "width"), (20, "depth"), (12, "height")]),
        ([("This table has a width that fits every room", 0, 0), ("60 cm", 0, 24)], [(60, "")]),  # a sentence
        ([("Box", 0, 0), ("weight", 0, 24), ("7.2 kg", 200, 12)], [(7.2, "gross")]),  # a name on two lines
        ([("Box", 0, 0), ("weight", 0, 24), ("7.2 kg", 0, 48)], [(7.2, "gross")]),
        ([("440 lbs", 0, 0), ("Weight", 0, 24), ("Capacity", 0, 48)], [(440, "load")]),
        ([("440 lbs", 0, 0), ("Weight Capacity", 0, 24)], [(440, "load")]),
        (
            [("Box", 0, 0), ("weight", 0, 24), ("7.2 kg", 200, 12), ("Pieces per box 24", 0, 60)],
            [(7.2, "gross")],  # although a number follows the name
        ),
        # A header further off names only what is aligned with it, and what reads like a sentence needs no name.
        ([("Tube diameter of frame", 0, 0), ("220 cm", 40, 150)], [(220, "")]),
        ([("Tube diameter", 0, 0), ("220 cm", 0, 150)], [(220, "diameter")]),
        (
            [("Protein", 0, 40), ("25 g", 0, 0), ("All 100% of the protein is from whey isolate", 0, 64)],
            [(25, "dose")],
        ),
        ([("Weight", 0, 0), ("3 kg", 100, 0), ("7.2 kg", 300, 0)], [(3, "item"), (7.2, "")]),
        (
            [("Max load", 0, 0), ("25 kg", 200, 0), ("Weight", 0, 24), ("3 kg", 200, 24)],
            [(25, "load"), (3, "item")],
        ),
    ],
)
def test_names_in_other_cells(words, expected):
    assert names(*words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["Max load 150 kg", "150 kg"], ["load", "load"]),
        (["Max load 150 kg", "330 lbs"], ["load", "load"]),
        (["Max load 150 kg", "152 kg"], ["load", ""]),
        (["Net 250 g", "Gross 250 g", "250 g"], ["net", "gross", ""]),  # which of them?
        (["Diameter 36 in", "91.44 cm"], ["diameter", "diameter"]),
        (["Height 60 cm", "60 cm"], ["height", ""]),  # it may be as wide
    ],
)
def test_a_copy_elsewhere_has_the_name_too_unless_it_may_be_something_else(words, expected):
    candidates = proposed(*((text, 10, 10 + 400 * place) for place, text in enumerate(words)))
    assert [candidate.name for candidate in name_copies(candidates)] == expected


def test_a_header_names_its_column():
    rows = [("Size", 0, 0), ("Width", 200, 0), ("Height", 400, 0)]
    for number, (size, width, height) in enumerate((("S", 30, 40), ("M", 50, 60)), start=1):
        rows += [(size, 0, 30 * number), (f"{width} cm", 200, 30 * number), (f"{height} cm", 400, 30 * number)]
    assert names(*rows) == [(30, "width"), (40, "height"), (50, "width"), (60, "height")]


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["H3cm", "50cm", "47cm"], ""),  # the end of a dimension line
        (["0.7cmH", "13.7cm", "12cm"], ""),
        (["H 3cm", "50cm", "47cm"], "height"),
        (["H3cm", "50cm"], "height"),  # too few to know how the axes are named
        (["H3cm", "W50cm", "47cm"], "height"),
    ],
)
def test_a_glued_h_among_nameless_lengths_names_nothing(texts, name):
    found = names(*((text, 0, 100 * place) for place, text in enumerate(texts)))
    assert found[0][1] == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 oz", [12, 12]),
        ("Net Wt 3.2 oz (91 g)", [3.2, 91]),  # it weighs: no fluid ounces
        ("Weight 12 oz", [12]),
    ],
)
def test_an_ounce_is_no_fluid_ounce_where_something_weighs(text, expected):
    assert [value for value, _ in names((text, 0, 0))] == expected
