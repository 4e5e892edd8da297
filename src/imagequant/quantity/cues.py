"""Words around a quantity that say what it is the quantity of, in the languages sellers write."""

from __future__ import annotations

import re

_CUES: dict[str, str] = {
    "axis_height": r"height|tall|high|hauteur|höhe|hohe|altura|alto|altezza|yükseklik|wysokość|höjd|hoogte|высота|高",
    "axis_width": r"width|wide|largeur|breite|ancho|anchura|larghezza|largura|"
    r"genişlik|szerokość|bredd|breedte|ширина|宽",
    "axis_depth": r"depth|deep|profondeur|tiefe|profundidad|fondo|profondit|derinlik|głębokość|djup|diepte|глубина|深",
    "axis_length": r"length|long|longueur|länge|lange|largo|longitud|lunghezza|"
    r"comprimento|uzunluk|długość|längd|lengte|длина|长",
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
    """Names of the cues a text holds, sorted."""
    return tuple(name for name, pattern in _PATTERNS if pattern.search(text))
