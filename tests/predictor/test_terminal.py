"""The table on the terminal: fits any width without breaking a word, and says what the lines for programs say."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from imagequant.cli.predict.answering import Answered
from imagequant.cli.predict.outputs import lines_printer
from imagequant.cli.predict.rows import Row
from imagequant.core.records import Box
from imagequant.model.bundle import ModelInfo
from imagequant.predictor.prediction import Alternative, Prediction
from imagequant.predictor.results import Predictions
from imagequant.predictor.terminal import print_table

MODEL = ModelInfo("test", "0.1.0", "0" * 64)
BOX = Box(1041.4, 733.2, 1290.7, 801.9)
WIDTHS = pytest.mark.parametrize("width", [60, 80, 120])


def other(text: str, confidence: float) -> Alternative:
    value, unit = text.split(" ", 1)
    return Alternative(text, float(value), unit, confidence, text, BOX)


def found(entity: str, text: str, confidence: float, words: str, *others: Alternative) -> Prediction:
    value, unit = text.split(" ", 1)
    return Prediction(entity, text, float(value), unit, confidence, "", words, BOX, others)


def missing(entity: str, reason: str, confidence: float = 0.0, *others: Alternative) -> Prediction:
    return Prediction(entity, "", None, None, confidence, reason, "", None, others)


ANSWERS = (
    found(
        "item_weight", "500 gram", 0.987, "NET WT 17.6 OZ (500g)", other("17.6 ounce", 0.019), other("1 pound", 0.011)
    ),
    found(
        "maximum_weight_recommendation", "264.554714621853 pound", 0.999, "Maximum load per shelf 120 kg, evenly spread"
    ),
    found("item_volume", "2.11337641886519 fluid ounce", 0.946, "容量 約 62.5 ml [bold]内容量[/bold]"),
    missing("voltage", "too unsure", 0.31, other("12.5 kilovolt", 0.31), other("220 volt", 0.12)),
    missing("width", "no quantity of this kind"),
    missing("depth", "no quantity of this kind"),
    missing("height", "no quantity of this kind"),
    missing("wattage", "too unsure", 0.004, other("45 watt", 0.004)),
)
PHOTO = Predictions("photos/pack.jpg", 2000, 1500, ANSWERS, (), b"", MODEL, "the JPEG is cut short")


def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int, **options: bool) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    print_table("photos/pack.jpg", PHOTO, **options)
    return capsys.readouterr().out


@WIDTHS
@pytest.mark.parametrize("verbose", [False, True])
def test_it_fits_and_breaks_no_word(capsys, monkeypatch, width, verbose):
    text = printed(capsys, monkeypatch, width, verbose=verbose)
    assert max(map(cell_len, text.splitlines())) <= width
    words = text.split()
    for each in ANSWERS:
        others = [alternative.text for alternative in each.alternatives if each.entity != "wattage"]
        for part in (each.entity, each.text, each.words, *others):
            assert set(part.split()) <= {word.rstrip(",") for word in words} | set(words), part
    assert "…" not in text


@WIDTHS
def test_what_was_not_found_is_one_line_and_places_are_told_on_demand(capsys, monkeypatch, width):
    text = printed(capsys, monkeypatch, width)
    assert "not found (no quantity of this kind): width, depth, height" in text.splitlines()
    assert "warning: the JPEG is cut short" in text.splitlines()
    assert "not found (too unsure): wattage" in text.splitlines()
    assert "0.00" not in text and "45 watt" not in text
    assert "1041" not in text
    assert "at 1041 733 1291 802" in printed(capsys, monkeypatch, width, verbose=True)


def test_both_outputs_show_the_same_numbers(capsys, monkeypatch):
    table = printed(capsys, monkeypatch, 120)
    rows = tuple(Row("photos/pack.jpg", "file:///photos/pack.jpg", True, each.entity) for each in ANSWERS)
    lines_printer(False)(Answered(rows, PHOTO))
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == len(ANSWERS)
    for (_, entity, answer, confidence, text), each in zip(lines, ANSWERS, strict=True):
        assert entity == each.entity
        if each.confidence > 0.01:
            (shown,) = (line.split() for line in table.splitlines() if line.startswith(f"{entity} "))
            assert confidence in shown
            assert answer in " ".join(shown)
        else:
            assert (confidence, text) == ("", each.shown)
    assert [line[3] for line in lines[:4]] == ["0.98", "0.99", "0.94", "0.31"]


def test_a_word_longer_than_the_terminal_ends_in_an_ellipsis(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    answer = found("width", "5 metre", 0.5, "x" * 100)
    print_table("a.jpg", Predictions("a.jpg", 9, 9, (answer,), (), b"", MODEL))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 60
    assert any(line.endswith("x…") for line in lines)
