"""What a printed name says that a weight or volume is: net, gross, drained, the product's own, a load, a dose, ..."""

import re

from imagequant.quantity.plain_text import plain

# The first that matches decides: "Poids net égoutté" is drained, "Max. user weight" is a load.
_NAMES: dict[str, str] = {
    "drained": r"drained|abtropf|[ée]goutt|escurrid|sgocciolat|uitlek|lekgewicht|odsącz|odcieku|escorrido|drenado|"
    r"avrunnen|süzme|固形[物量]|沥干|瀝乾|сухого остатка|без рассола|고형량|الصافي المصفى",
    "gross": r"\bgross|\bg\. ?w\b|\bg\.?w\.|brutto|\bbrut\b|\bbrüt\b|\bbruto|\blordo|shipping|毛重|梱包重量|總重|"
    r"总重|総重量|"
    r"брутто|총중량|الإجمالي|सकल|(?:packag(?:e|ing)|box|carton) weight",
    "load": r"\bload|capacit|capacidad|capacidade|\bholds?\b|\bholding|\bsupports?\b|\bbears?\b|\bbearing|withstand|"
    r"\blimit\b|\bwll\b|\bswl\b|\bup to\b|m[aá]x\w*\.? (?:\w+ )?(?:weight|user|rider|person|gewicht|poids|peso)|"
    r"(?:poids|peso|vikt|ağırlık|масса|вес) (?:m[aá]x|макс)|"
    r"traglast|tragkraft|tragfähig|belast|nutzlast|zuladung|\bbis zu\b|\bcharge\b|\bsupporte|\bcarga\b|soporta|suporta|"
    r"\bhasta\b|\bjusqu['’]|\bfino a\b|maxlast|bärförmåga|\bmax\.? brukarvikt|"
    r"portata|\bcarico|udźwig|nośność|obciąż|taşıma|draagkracht|draagvermogen|belastning|承重|载重|載重|荷重|负重|"
    r"負重|积载|積載|"
    r"нагрузк|грузоподъ|하중|حمولة|भार क्षमता|"
    r"user weight|recommended weight|\bmax(?:imum)?\.?:? {0,2}$",
    "user": r"(?:model|body|user|rider)(?:'s)? ?weight|weight of (?:the )?model|körpergewicht|poids du mannequin|"
    r"peso (?:corporal|del modelo)|modelgewicht|体重|體重|몸무게|вес (?:тела|пользователя)",
    "dose": r"\bper (?:serving|dose|tablet|capsule|softgel|gumm|scoop|portion|day|piece|100|stick|sachet)|serving size|"
    r"\bservings?\b|\bportions?\b|dosage|\bdos[ei]s?\b|\bje (?:portion|stück)|\bà(?: la)? portion|por (?:porci|porç)|"
    r"\bper porzione|na porcję|\beach\b|stück à|每份|每日|每片|每粒|一食|порци|1회",
    "net": r"\bnet\b|\bnett?o\b|nettogewicht|\bn\. ?w\b|\bn\.?w\.|\bliq\b|líq|peso liq|füllmenge|\binhalt\b|\bconten|"
    r"\binhoud\b|\binnehåll\b|\bzawartość\b|净|淨|内容|正味|нетто|내용량|الصافي|शुद्ध|\bnetwt|καθαρ",
    "item": r"weigh(?!ing)|\bwt\b|gewicht|\bpoids\b|\bpeso\b|\bvikt\b|"
    r"\bwaga\b|^\W*(?:(?:net|item|product|own) )?mass\W*$|\bmass[ea]\b|\bmasa\b|ağırlı[kğ]|\bвес\b|масса|重|質量|"
    r"质量|무게|중량|"
    r"وزن|वजन|वज़न|βάρος",
}
_PATTERNS = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _NAMES.items())
# What is in a product, printed with its amount: "Protein 20 g", "20 g protein"; what is added: "200 ml of hot water".
_CONTENT = (
    r"protein|carbs?|carbohydrates?|sugars?|fat|fib(?:er|re)|sodium|salt|caffeine|vitamin \w+|collagen|creatine|"
    r"calcium|magnesium|potassium|zinc|biotin|taurine|bcaas?|eaas?|amino acids?|omega[ -]?\d|eiweiß|zucker|"
    r"prote[íi]nas?"
)
_CONTENT_BEFORE = re.compile(rf"\b(?:{_CONTENT})\b[\s:.,-]{{0,4}}$", re.IGNORECASE)
_WATER = re.compile(
    r"\s?(?:of (?:\w+ ){0,2}(?:water|milk)\b|d['’]eau\b|de (?:l['’]eau|agua|leche)\b|di acqua\b)", re.IGNORECASE
)
_CONTENT_AFTER = re.compile(rf"[\s,(]{{0,3}}(?:of |pure |\w+ )?(?:{_CONTENT})\b", re.IGNORECASE)
# After a number only these follow as names, at once or after a word or two: "240 g drained", "240 g poids net égoutté".
_AFTER = tuple(
    (name, re.compile(rf"[\s,(]{{0,3}}(?:\w+ )?(?:nett?o? )?(?:{_NAMES[name]})", re.IGNORECASE))
    for name in ("drained", "gross", "load", "dose", "net")
)
_MAX_AFTER = re.compile(r"[\s,(]{0,3}max\b", re.IGNORECASE)
KINDS_OF_WEIGHT: tuple[str, ...] = tuple(_NAMES)


def weight_name(text: str) -> str:
    """Return the kind of weight that a text before or above a number names; empty if it names none."""
    text = plain(text)
    if _CONTENT_BEFORE.search(text):
        return "dose"
    return next((name for name, pattern in _PATTERNS if pattern.search(text)), "")


def weight_name_after(text: str) -> str:
    """Return the kind of weight that a text directly after a number names; empty if it names none."""
    text = plain(text)
    if _MAX_AFTER.match(text):
        return "load"
    if _CONTENT_AFTER.match(text) or _WATER.match(text):
        return "dose"
    return next((name for name, pattern in _AFTER if pattern.match(text)), "")
