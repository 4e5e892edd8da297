"""Words around a quantity that say what it measures, in several languages."""

from __future__ import annotations

import re

# Nouns precede the number ("Altezza = 6 cm"), adjectives follow it ("6 cm tall").
_NOUNS: dict[str, str] = {
    "height": r"height|hauteur|höhe|hohe|altura|alto|altezza|yükseklik|wysokość|höjd|hoogte|высота|高",
    "width": r"width|largeur|breite|ancho|anchura|larghezza|largura|genişlik|szerokość|bredd|breedte|ширина|宽",
    "depth": r"depth|profondeur|tiefe|profundidad|fondo|profondit[àa]|derinlik|głębokość|djup|diepte|глубина|深",
    "length": r"length|longueur|länge|lange|largo|longitud|lunghezza|"
    r"comprimento|uzunluk|długość|längd|lengte|длина|长",
    "thickness": r"thickness|épaisseur|stärke|dicke|grosor|espesor|spessore|厚",
    "diameter": r"diameter|durchmesser|diamètre|diámetro|diametro|диаметр|直径",
}
_ADJECTIVES: dict[str, str] = {
    "height": "tall|high|hoch",
    "width": "wide|breit",
    "depth": "deep|tief",
    "length": "long|lang",
    "thickness": "thick|dick",
}
_CUES: dict[str, str] = {
    "axis_height": f"{_NOUNS['height']}|tall|high",
    "axis_width": f"{_NOUNS['width']}|wide",
    "axis_depth": f"{_NOUNS['depth']}|deep|profondit",
    "axis_length": f"{_NOUNS['length']}|long",
    "diameter": r"diam|ø|⌀|durchmesser|диаметр|直径|\bdia\b",
    "thickness": r"thick|épaisseur|stärke|dicke|grosor|espesor|spessore|厚",
    "inner": r"inner|inside|internal|interior|usable|innen|intérieur",
    "seat": r"seat|cushion|arm ?rest|back ?rest|leg|shelf|drawer|door|mattress",
    "packaging": r"packag|carton|\bbox(?:ed)? size|shipping|gross|brutto|brut",
    "net_weight": r"\bnet\b|netto|neto|net ?w(?:eigh)?t|poids|inhalt|nettogewicht|füllmenge|"
    r"peso|contenido|contenuto|净含量",
    "weight": r"weigh|\bwt\b|gewicht|poids|peso|waga|ağırlık|вес|масса|重",
    "load": r"\bload|capacity|hold|support|bear|max\w*\.? ?(?:weight|load|user)|tragkraft|belast|charge|carga|"
    r"portata|capacité|weight limit|\blimit\b|up to|recommended weight|taşıma|nośność|承重|нагрузка",
    "volume": r"volume|content|contenance|capacity|capacité|capacidad|inhalt|volumen|füll|объ[её]м|容量|fl\b",
    "voltage": r"volt|input|output|spannung|tension|tensione|voltaje|netz|напряжение|电压|\bac\b|\bdc\b|rated",
    "power": r"power|watt|leistung|puissance|potencia|potenza|consumption|rated|мощность|功率|motor",
    "dose": r"per (?:serving|tablet|capsule|dose|scoop|100)|each|serving|dosage|capsul|tablet|softgel|gummies|extract|"
    r"contains|providing|equivalent|vitamin|mg of",
    "nutrition": r"protein|carb|sugar|fat\b|fiber|energy|kcal|calorie|sodium|amount per|daily value|%",
    "count": r"\bpack\b|pcs|pieces|count|\bct\b|tablets|capsules|stück|unidades|pièces|set of|\bx\b",
    "up_to": r"up to|max|maximum|bis zu|jusqu|hasta|fino a|até",
    "minimum": r"\bmin\b|minimum|from|at least|ab\b",
    "price": r"[$€£₹]|price|only|off\b|save",
    "size_note": r"size|dimension|measure|maße|medidas|misure|größe|taille|rozmiar|尺寸|размер",
}
CUES: tuple[str, ...] = tuple(sorted(_CUES))
_PATTERNS = tuple((name, re.compile(_CUES[name], re.IGNORECASE)) for name in CUES)

_BEFORE = tuple(
    (axis, re.compile(rf"(?<!\w)(?:{nouns})\s?[:=]?\s{{0,2}}$", re.IGNORECASE)) for axis, nouns in _NOUNS.items()
)
_AFTER = tuple(
    (axis, re.compile(rf"\s{{0,2}}(?:{adjectives})(?!\w)", re.IGNORECASE)) for axis, adjectives in _ADJECTIVES.items()
)
# Maximum length of a noun and its colon.
_NOUN_REACH = 20


def find_cues(text: str) -> tuple[str, ...]:
    """Return the sorted names of the cues in a text."""
    return tuple(name for name, pattern in _PATTERNS if pattern.search(text))


def axis_beside(text: str, at: int, start: int, end: int) -> str:
    """Return the axis named directly before or after the number ``text[start:end]``; empty if there is none.

    Args:
        text: A line of text.
        at: Start of the text that belongs to this number.
        start: Start of the number.
        end: End of the number and its unit.
    """
    for axis, noun in _BEFORE:
        if noun.search(text, max(at, start - _NOUN_REACH), start):
            return axis
    return next((axis for axis, adjective in _AFTER if adjective.match(text, end)), "")
