"""Words around a quantity that say what it measures, in several languages."""

import re

from imagequant.quantity.axes import AXIS_NOUNS

_CUES: dict[str, str] = {
    "axis_height": f"{AXIS_NOUNS['height']}|tall|high",
    "axis_width": f"{AXIS_NOUNS['width']}|wide",
    "axis_depth": f"{AXIS_NOUNS['depth']}|deep|profondit",
    "axis_length": f"{AXIS_NOUNS['length']}|long",
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


def find_cues(text: str) -> tuple[str, ...]:
    """Return the sorted names of the cues in a text."""
    return tuple(name for name, pattern in _PATTERNS if pattern.search(text))
