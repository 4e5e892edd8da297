"""Units before the number: with the name of the quantity (``Power (W): 33``) or by themselves (``Gr. 400``)."""

import re

from imagequant.quantity.spelling import match_unit
from imagequant.quantity.units import UNITS

_NAMED = re.compile(
    r"(?P<name>[^\W\d_]{1,20})\.?\s?(?:[(\[,/]|\bin\b)\s?"
    r"(?P<unit>[^\W\d_]{1,11})[)\]]?\s?[:=]?\s{0,2}$"
)
# Maximum length of a name and its unit.
_REACH = 40
# The name must fit the unit's kind: in "Width (W)" and "Length (L)" the letter is an axis.
_NAMES: dict[str, str] = {
    "weight": r"weight|wt|mass|load|capacity|gewicht|poids|peso|massa|masa|waga|vikt|ağırlık|вес|масса|重量|净重|"
    r"淨重|毛重|質量|무게|وزن|الوزن|वजन",
    "length": r"height|width|depth|length|size|dimensions?|diameter|thickness|"
    r"höhe|breite|tiefe|länge|größe|maße|hauteur|largeur|profondeur|longueur|altura|anchura|ancho|largo|alto|fondo|"
    r"altezza|larghezza|profondità|lunghezza|largura|comprimento|profundidade?|hoogte|breedte|diepte|lengte|"
    r"höjd|bredd|djup|längd|wysokość|szerokość|głębokość|długość|yükseklik|genişlik|derinlik|uzunluk|высота|ширина|"
    r"глубина|длина|размеры?|尺寸|寸法|サイズ|高さ?|高度|宽度?|寬度?|幅|深[度さ]|奥行き?|长度?|長[度さ]|直径|直徑|높이|너비|깊이|길이",
    "voltage": r"voltage|volts?|input|output|spannung|tension|tensione|tensão|voltaje|napięcie|spänning|gerilim|"
    r"напряжение|电压|電圧|電壓|전압",
    "power": r"power|wattage|watts?|leistung|puissance|potencia|potência|potenza|vermogen|moc|effekt|güç|мощность|功率|"
    r"消費電力|소비전력",
    "volume": r"volume|capacity|content|inhalt|volumen|contenance|capacidade?|capacità|inhoud|pojemność|volym|hacim|"
    r"объ[её]м|容量|容积|容積|内容量|용량",
}


def unit_before(text: str, start: int, end: int, kinds: frozenset[str]) -> str:
    """Return the unit in ``text[start:end]``, directly before the number at ``end``; empty if there is none."""
    named = _NAMED.search(text, max(start, end - _REACH), end)
    unit = match_unit(text, named.start("unit"), kinds) if named else None
    if named is None or unit is None or unit[1] != named.end("unit"):
        return ""
    names = _NAMES.get(UNITS[unit[0]].kind, r"\w+")
    return unit[0] if re.fullmatch(names, named["name"], re.IGNORECASE) else ""


# What comes in a number of pieces: "pack of 6", "Box à 12", "Qty: 4".
_COUNTED = re.compile(
    r"(?:\b(?:packs?|package|sets?|box|case|bags?|bundle|lot|carton|tray|packung|beutel|karton|juego|paquete|caja|bolsa|"
    r"bo[iî]te|paquet|confezione|scatola|pacote|caixa|zestaw|opakowanie|doos)"
    r"\s{0,2}(?:of|of:|von|mit|[àa]|de|da|di|z|van|:|=|with)"
    r"|\b(?:qty\.?|quantity|count|pieces|number of pieces|stückzahl|anzahl|menge|cantidad|unidades|"
    r"quantit[éà]|quantidade|ilość|количество|数量|入数|件数|个数)\s?[:：=.]?)\s{0,2}$",
    re.IGNORECASE,
)
_COUNTED_REACH = 24


def is_counted(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]``, directly before the number at ``end``, says that it counts pieces."""
    return _COUNTED.search(text, max(start, end - _COUNTED_REACH), end) is not None


# Units that labels print before the number, above all in Italy, Spain and Brazil; without letters that may be axes, and
# without "in".
_UNIT_FIRST = re.compile(
    r"(?:(?<![\w.,/+-])|(?<=[\s-]-)|(?<=^-))(?P<unit>k[gG]|K[gG]|g|[gG][rR]s?|GR|mg|ml|mL|ML|cl|CL|[lL]tr?s?|cm|CM|mm|MM|k?W|KW|k?V)(?:\.\s{0,2}|[:.]?\s{1,2})$"
)
_UNIT_FIRST_REACH = 8
# "W 30" may be a width, so it takes a word of electricity on the line.
_ELECTRIC = re.compile(r"pot|puiss|power|watt|leist|volt|\bV\b|mod", re.IGNORECASE)


def unit_first(text: str, start: int, end: int, kinds: frozenset[str]) -> str:
    """Return the unit that stands by itself before the number at ``end``; empty if there is none."""
    match = _UNIT_FIRST.search(text, max(start, end - _UNIT_FIRST_REACH), end)
    if match is None or (match["unit"] == "W" and not _ELECTRIC.search(text)):
        return ""
    unit = match_unit(text, match.start("unit"), kinds)
    return unit[0] if unit and unit[1] == match.end("unit") else ""
