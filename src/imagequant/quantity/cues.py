"""Words around a quantity that say what it measures, in several languages."""

import re

from imagequant.quantity.axes import AXIS_NOUNS
from imagequant.quantity.plain_text import plain

_CUES: dict[str, str] = {
    "axis_height": f"{AXIS_NOUNS['height']}|高|tall|high",
    "axis_width": f"{AXIS_NOUNS['width']}|宽|寬|幅|wide",
    "axis_depth": f"{AXIS_NOUNS['depth']}|深|奥行|deep|profondit",
    "axis_length": f"{AXIS_NOUNS['length']}|长|長|long",
    "diameter": r"diam|ø|⌀|durchmesser|średnica|диаметр|直径|直徑|지름|\bçap\b|\bdia\b",
    "thickness": r"thick|[ée]paisseur|stärke|dicke|grosor|espesor|spessore|grubość|kalınlık|толщина|厚|두께",
    "inner": r"inner|inside|internal|interior|usable|innen|intérieur|interno|внутр|内|內",
    "seat": r"seat|cushion|arm ?rest|back ?rest|leg|shelf|drawer|door|mattress",
    "packaging": r"packag|carton|\bbox(?:ed)? size|shipping|gross|brutto|brut|bruto|lordo|opakowani|упаковк|брутто|"
    r"毛重|梱包",
    "net_weight": r"\bnet\b|netto|neto|net ?w(?:eigh)?t|poids|inhalt|nettogewicht|füllmenge|líquido|içerik|innehåll|"
    r"peso|contenido|contenuto|conteúdo|inhoud|zawartość|нетто|净|淨|内容|正味|내용량|الوزن الصافي|शुद्ध",
    "weight": r"weigh|\bwt\b|gewicht|poids|peso|waga|masa netto|ağırlık|\bvikt|вес|масса|βάρος|重|質量|质量|무게|"
    r"중량|وزن|वजन",
    "load": r"\bload|capacity|hold|support|bear|max\w*\.? ?(?:weight|load|user)|tragkraft|belast|charge|carga|"
    r"portata|capacité|weight limit|\blimit\b|up to|recommended weight|taşıma|nośność|udźwig|maxlast|承重|載重|载重|"
    r"荷重|"
    r"нагрузка|грузоподъ[её]мность|하중|حمولة",
    "volume": r"volume|content|contenance|capacity|capacité|capacidad|capacidade|capacità|inhalt|volumen|füll|inhoud|"
    r"pojemność|objętość|volym|hacim|kapasite|объ[её]м|容量|容积|容積|内容量|용량|سعة|حجم|क्षमता|fl\b",
    "voltage": r"volt|input|output|spannung|tension|tensione|tensão|voltaje|netz|napięcie|spänning|gerilim|напряжение|"
    r"电压|電圧|電壓|전압|الجهد|वोल्टेज|\bac\b|\bdc\b|rated",
    "power": r"power|watt|leistung|puissance|potencia|potência|potenza|consumption|rated|vermogen|\bmoc\b|effekt|\bgüç|"
    r"мощность|功率|消費電力|定格|전력|القدرة|motor",
    "dose": r"per (?:serving|tablet|capsule|dose|scoop|100)|each|serving|dosage|capsul|tablet|softgel|gummies|extract|"
    r"contains|providing|equivalent|vitamin|mg of|每份|每片|每粒|一食|порци",
    "nutrition": r"protein|carb|sugar|fat\b|fiber|energy|kcal|calorie|sodium|amount per|daily value|%|蛋白|脂肪|"
    r"炭水化物|碳水|"
    r"белк|жиры|углевод",
    "count": r"\bpack\b|pcs|pieces|count|\bct\b|tablets|capsules|stück|unidades|pièces|set of|\bx\b|入数|個入|枚入|"
    r"数量|шт\b|"
    r"\badet\b|\bsztuk",
    "up_to": r"up to|max|maximum|bis zu|jusqu|hasta|fino a|até|máx|en fazla|upp till|не более|最大|最高|최대",
    "minimum": r"\bmin\b|minimum|from|at least|ab\b|mindestens|не менее|最小|最低|최소",
    "price": r"[$€£₹₽₩]|price|only|off\b|save|价格|価格|税込|цена",
    "size_note": r"size|dimension|measure|maße|medidas|misure|größe|taille|rozmiar|wymiary|afmeting|mått|boyut|ölçü|"
    r"tamanho|"
    r"尺寸|寸法|サイズ|размер|габарит|크기|사이즈|الأبعاد|आकार",
}
CUES: tuple[str, ...] = tuple(sorted(_CUES))
_PATTERNS = tuple((name, re.compile(_CUES[name], re.IGNORECASE)) for name in CUES)


def find_cues(text: str) -> tuple[str, ...]:
    """Return the sorted names of the cues in a text."""
    text = plain(text)
    return tuple(name for name, pattern in _PATTERNS if pattern.search(text))
