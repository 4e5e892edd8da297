"""What a printed name says that a weight or volume is: net, gross, drained, the product's own, a load, a dose, ..."""

import re

# The first that matches decides: "Poids net égoutté" is drained, "Max. user weight" is a load.
_NAMES: dict[str, str] = {
    "drained": r"drained|abtropf|égoutt|escurrid|sgocciolat|uitlek|odcieku|escorrido",
    "gross": r"\bgross|\bg\. ?w\b|\bg\.?w\.|brutto|\bbrut\b|\bbruto|\blordo|shipping|毛重|брутто|"
    r"(?:packag(?:e|ing)|box|carton) weight",
    "load": r"\bload|capacit|capacidad|capacidade|\bholds?\b|\bholding|\bsupports?\b|\bbears?\b|\bbearing|withstand|"
    r"\blimit\b|\bwll\b|\bswl\b|\bup to\b|max\w*\.? (?:\w+ )?(?:weight|user|rider|person|gewicht|poids|peso)|"
    r"traglast|tragkraft|tragfähig|belast|nutzlast|zuladung|\bbis zu\b|\bcharge\b|\bsupporte|\bcarga\b|soporta|suporta|"
    r"\bhasta\b|\bjusqu['’]|\bfino a\b|"
    r"portata|\bcarico|udźwig|nośność|obciąż|taşıma|draagkracht|draagvermogen|belastning|承重|нагрузк|грузоподъ|"
    r"user weight|recommended weight|\bmax(?:imum)?\.?:? {0,2}$",
    "user": r"(?:model|body|user|rider)(?:'s)? ?weight|weight of (?:the )?model|körpergewicht|poids du mannequin|"
    r"peso (?:corporal|del modelo)|modelgewicht",
    "dose": r"\bper (?:serving|dose|tablet|capsule|softgel|gumm|scoop|portion|day|piece|100|stick|sachet)|serving size|"
    r"\bservings?\b|\bportions?\b|dosage|\bdos[ei]s?\b|\bje (?:portion|stück)|\bà(?: la)? portion|por porci|\beach\b|"
    r"stück à",
    "net": r"\bnet\b|\bnett?o\b|nettogewicht|\bn\. ?w\b|\bn\.?w\.|\bliq\b|líq|füllmenge|\binhalt\b|\bconten|"
    r"净|нетто|\bnetwt",
    "item": r"weigh(?!ing)|\bwt\b|gewicht|\bpoids\b|\bpeso\b|"
    r"\bwaga\b|^\W*(?:(?:net|item|product|own) )?mass\W*$|\bmass[ea]\b|\bmasa\b|ağırlık|\bвес\b|масса|重",
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
# After a number only these follow as names, at once or after one word: "20 g protein", "240 g drained".
_AFTER = tuple(
    (name, re.compile(rf"[\s,(]{{0,3}}(?:\w+ )?(?:{_NAMES[name]})", re.IGNORECASE))
    for name in ("drained", "gross", "load", "dose", "net")
)
_MAX_AFTER = re.compile(r"[\s,(]{0,3}max\b", re.IGNORECASE)
KINDS_OF_WEIGHT: tuple[str, ...] = tuple(_NAMES)


def weight_name(text: str) -> str:
    """Return the kind of weight that a text before or above a number names; empty if it names none."""
    if _CONTENT_BEFORE.search(text):
        return "dose"
    return next((name for name, pattern in _PATTERNS if pattern.search(text)), "")


def weight_name_after(text: str) -> str:
    """Return the kind of weight that a text directly after a number names; empty if it names none."""
    if _MAX_AFTER.match(text):
        return "load"
    if _CONTENT_AFTER.match(text) or _WATER.match(text):
        return "dose"
    return next((name for name, pattern in _AFTER if pattern.match(text)), "")
