"""Units, names, axes and cues in the languages of large marketplaces."""

from __future__ import annotations

import pytest

from imagequant.quantity.axes import axis_noun, legends
from imagequant.quantity.cues import find_cues
from imagequant.quantity.grammar import Context, parse_quantities
from imagequant.quantity.names import weight_name, weight_name_after


def read(text: str) -> list[tuple[float, str]]:
    return [(mention.value, mention.unit) for mention in parse_quantities(text, Context())]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0,5 Liter", 0.5, "litre"),
        ("250 grammes", 250, "gram"),
        ("500 miligramos", 500, "milligram"),
        ("3 tonnellate", 3000, "kilogram"),
        ("10 quilogramas", 10, "kilogram"),
        ("12 duim", 12, "inch"),
        ("500 gramów", 500, "gram"),
        ("30 cali", 30, "inch"),
        ("120 centymetrów", 120, "centimetre"),
        ("45 santimetre", 45, "centimetre"),
        ("5 tum", 5, "inch"),
        ("500 грамм", 500, "gram"),
        ("1,5 литра", 1.5, "litre"),
        ("1,5 т", 1500, "kilogram"),
        ("220 В", 220, "volt"),
        ("1200 Вт", 1200, "watt"),
        ("5000 мА·ч", 5000, "milliampere hour"),
        ("5000 мА-ч", 5000, "milliampere hour"),  # the point as OCR reads it
        ("40 °С", 40, "degree celsius"),  # a Cyrillic letter
        ("2,5 κιλά", 2.5, "kilogram"),
        ("500 γρ.", 500, "gram"),
        ("500克", 500, "gram"),
        ("2.5千克", 2.5, "kilogram"),
        ("45公分", 45, "centimetre"),
        ("220伏特", 220, "volt"),
        ("10000毫安時", 10000, "milliampere hour"),
        ("27吋", 27, "inch"),
        ("500グラム", 500, "gram"),
        ("45センチ", 45, "centimetre"),
        ("1.5リットル", 1.5, "litre"),
        ("1200ワット", 1200, "watt"),
        ("100ボルト", 100, "volt"),
        ("300cc", 300, "millilitre"),
        ("500그램", 500, "gram"),
        ("750밀리리터", 750, "millilitre"),
        ("٥٠٠ مل", 500, "millilitre"),
        ("2 كجم", 2, "kilogram"),
        ("500 ग्राम", 500, "gram"),
        ("५ किलो", 5, "kilogram"),
    ],
)
def test_units(text, value, unit):
    assert read(text) == [(value, unit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Chinese and Japanese have no blanks after a unit.
        ("500g入り", [(500, "gram")]),
        ("45厘米高", [(45, "centimetre")]),
        ("220V供电", [(220, "volt")]),
        ("长30cm宽20cm高10cm", [(30, "centimetre"), (20, "centimetre"), (10, "centimetre")]),
        ("5G手机", []),
        ("1升级", []),
        ("4K高清", []),
    ],
)
def test_what_follows_a_unit_without_a_blank(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        ("Altezza 45 cm", "height"),
        ("45 cm de haut", "height"),
        ("60 cm de ancho", "width"),
        ("Espessura 5 mm", "thickness"),
        ("DIAMETRE 5 cm", "diameter"),
        ("Wysokość: 45 cm", "height"),
        ("YÜKSEKLİK 45 cm", "height"),
        ("60 cm bred", "width"),
        ("Высота 45 см", "height"),
        ("高度：45厘米", "height"),
        ("产品高度45厘米", "height"),
        ("寬60公分", "width"),
        ("高さ 約45cm", "height"),
        ("奥行き35cm", "depth"),
        ("厚み5mm", "thickness"),
        ("φ5cm", "diameter"),
        ("너비 60cm", "width"),
        ("الارتفاع 45 سم", "height"),
        ("ऊंचाई 45 सेमी", "height"),
        # No axes of the product.
        ("最高 45 cm", ""),
        ("身高170cm", ""),
        ("加厚5mm", ""),
    ],
)
def test_axes(text, axis):
    assert [mention.axis for mention in parse_quantities(text)] == [axis]


@pytest.mark.parametrize(
    ("text", "axes"),
    [
        ("长30cm宽20cm高10cm", ["length", "width", "height"]),
        ("尺寸(长×宽×高): 30×20×10厘米", ["length", "width", "height"]),
        ("幅×奥行×高さ 30×20×10cm", ["width", "depth", "height"]),
        ("幅300×奥行200×高さ100mm", ["width", "depth", "height"]),
        ("縦30×横20cm", ["length", "width"]),
    ],
)
def test_size_strings(text, axes):
    assert [mention.axis for mention in parse_quantities(text)] == axes


def test_legends_and_headers():
    assert legends("(宽x深x高)") == [("width", "depth", "height")]
    assert axis_noun("产品高度") == "height"
    assert axis_noun("高级") == ""


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("от 5 до 10 кг", 5, 10),
        ("5至10公斤", 5, 10),
        ("5 do 10 kg", 5, 10),
        ("5 till 10 kg", 5, 10),
        ("5から10kg", 5, 10),
    ],
)
def test_ranges(text, low, high):
    assert [(mention.low, mention.high) for mention in parse_quantities(text)] == [(low, high)] * 2


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("耐荷重最大150kg", "up to"),
        ("150kg以下", "up to"),
        ("макс. 150 кг", "up to"),
        ("en fazla 150 kg", "up to"),
        ("至少150kg", "at least"),
        ("co najmniej 150 kg", "at least"),
    ],
)
def test_limits(text, bound):
    assert [mention.bound for mention in parse_quantities(text)] == [bound]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("POIDS NET EGOUTTE", "drained"),
        ("Poids net e\u0301goutte\u0301", "drained"),
        ("Peso neto escurrido", "drained"),
        ("固形量", "drained"),
        ("Вес брутто", "gross"),
        ("毛重", "gross"),
        ("Weight Capacity", "load"),
        ("Peso máximo", "load"),
        ("Макс. нагрузка", "load"),
        ("耐荷重", "load"),
        ("最大承重", "load"),
        ("体重", "user"),
        ("每份", "dose"),
        ("Масса нетто", "net"),
        ("内容量", "net"),
        ("淨重", "net"),
        ("Inhoud", "net"),
        ("Ağırlık", "item"),
        ("Vikt", "item"),
        ("質量", "item"),
        ("무게", "item"),
        ("वजन", "item"),
        ("Liquid soap", ""),
    ],
)
def test_kinds_of_weight(text, name):
    assert weight_name(text) == name


@pytest.mark.parametrize(
    ("text", "name"), [(" Poids net égoutté", "drained"), (" peso neto", "net"), (" of a net bag", "")]
)
def test_kinds_of_weight_after_the_number(text, name):
    assert weight_name_after(text) == name


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("額定電壓", "voltage"),
        ("Napięcie", "voltage"),
        ("消費電力", "power"),
        ("Güç:", "power"),
        ("Pojemność", "volume"),
        ("内容量", "net_weight"),
        ("寸法", "size_note"),
        ("Ｗｉｄｔｈ", "axis_width"),
        ("入数", "count"),
    ],
)
def test_cues(text, cue):
    assert cue in find_cues(text)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["高", "高さ約", "长x", "égoutté ", "poids net ", "1升", "5 кг ", "㎖", "ﷺ", "٥", "ｸﾞ", "e\u0301"]
)
def test_long_repetitions_come_to_an_end(piece):
    text = piece * 2000
    parse_quantities(text)
    find_cues(text)
    weight_name(text)
    axis_noun(text)
