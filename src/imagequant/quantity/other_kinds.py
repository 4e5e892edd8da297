"""What numbers on products count besides the contest's quantities: money, temperatures, currents, speeds, pieces."""

import re

_CURRENCY = r"US\$|[$€£¥₹₽₩฿]|\b(?:USD|EUR|GBP|INR|CAD|AUD|CHF|Rs|MRP|PLN)\b\.?"
_PRICE_BEFORE = re.compile(rf"(?:{_CURRENCY})\s?[:=]?\s{{0,2}}$", re.IGNORECASE)
_PRICE_AFTER = re.compile(rf"(?:[.,][-–—]{{1,2}})?\s?(?:{_CURRENCY}|zł|\bkr\b)(?!\s?\d)", re.IGNORECASE)
# Longest mark of a currency, with blanks.
_PRICE_REACH = 8

# Units of other kinds, as written after a number. Capitals matter where a small letter would be another unit.
_UNITS = re.compile(
    r"\s?(?:"
    r"[°º˚]\s?[CFK]\b|℃|℉|(?i:degrees?|grad|deg)\b"  # temperature, angle
    r"|m?Ah\b|AH\b|k?[Ww][Hh]\b|mA\b|[Aa]mps?\b|A\b"  # charge, energy, current
    r"|[kMG]?[Hh][Zz]\b|(?i:rpm|r/min|u/min|tr/min|bpm|fps|dpi|ppi|dbi?a?)\b"  # rates of things
    r"|(?i:lm|lumens?|lux|lx|cd|candela|nits?)\b|[kKMm]?[ΩΩ]|(?i:ohms?)\b"  # light, resistance
    r"|(?i:[km]?cal|kj|joules?|k?pa|mpa|h?bar|mbar|psi|atm|nm|n·m|btu|hp|ps|cv|iu|ui|ie|cfu)\b"
    r"|[GMTK]B\b|[gmtk]b\b|[GMKk]bps\b|(?i:pixels?|px|mp|megapixels?)\b|[pKk]\b(?!\s?[gG])"  # data, pictures, kelvin
    r"|(?i:years?|yrs?|months?|weeks?|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|jahre?|ans|años|uhr)\b"
    r"|(?i:pcs?|pieces?|packs?|count|ct|tablets?|capsules?|caps|sheets?|stück|pièces|piezas|sachets?|servings?|"
    r"doses?|portionen|persons?|people|players?|sets?)\b"
    r"|(?i:sq|square|cubic)\b|[%‰]"
    r")"
)
# A rate, density or area is no amount: "2 L/min", "80 g/m²", "5 g per 100 ml". A unit stands before it.
_PER = re.compile(
    r"\s?(?:/|\bper\b|\bpro\b|\bpor\b|\bpar\b)\s?"
    r"(?:(?i:[mc]?m\s?[²³23]|(?:ft|in)[²³23]|min(?:ute)?|hr|hours?|std|sec(?:ond)?|days?|lit(?:er|re)|sq)(?!\w))"
    # "3.5oz/100g" is one weight in two units.
    r"|(?<![oO][zZ])(?<![lL][bB])(?<![lL][bB][sS])\s?(?:/|\bper\b|\bpro\b|\bpor\b|\bpar\b)\s?100\s?(?i:g|ml|m)\b"
    r"|(?<=[gG])/(?:1|5|10|20)\s?(?i:ml)\b"  # "250mg/5ml"
    # Single letters only without blanks, because "30 cm / L 20 cm" is a list.
    r"|/(?:[hslLmM]|[dm][lL]|kg|cm|gal|(?<=[lL]/)H)(?![\w²³])(?!\s?[:=]?\s?\d)"
)
# The lower half of one, as in "250mg/5ml", "Protein, g/100g" and "Amount per 100 g".
_AFTER_GRAMS = re.compile(r"(?<=[gG])/$")
_SMALL_VOLUMES = (1, 5, 10, 20)
_BEFORE_100 = re.compile(
    r"(?:\b(?:per|pro|pour|por|par|je|auf|na|на)\s{1,2}|每|(?<=[^\W\d_])(?<!oz)(?<!lb)(?<!lbs)/"
    # With blanks, what follows may be a list: "3.5 oz / 100 g".
    r"|(?:k?cal|kj|[mµμ]?g|mcg|ккал|кдж|千卡|大卡|千焦|カロリー)\s{0,2}/\s{0,2})$",
    re.IGNORECASE,
)
_DENOMINATOR_REACH = 16
# Tables of nutrition print energy for an amount of food: "112 kcal / 100 g".
_PER_100 = re.compile(r"\s{0,2}(?:/|\bper\b|\bpro\b|\bpor\b|\bpar\b)\s{0,2}100\s?(?:g|ml)\b", re.IGNORECASE)
# "5G Router", "4G LTE": a generation of mobile networks; "2.4G Wi-Fi": a band. "8G+128G", "128G ROM": memory.
_NETWORK = re.compile(r"(?<![\w.,])(?:2\.4|5\.8|[2-6])G\b(?!\s?[±x×]|\s?/(?!\s?\d(?:\.\d)?G\b))")
_NETWORK_WORDS = re.compile(
    r"router|network|phone|wi-?fi|wireless|mobile|lte|hotspot|modem|band|sim\b|tablet|internet|signal|"
    r"[2-6]G\b.*[2-6]G\b",
    re.IGNORECASE,
)
_MEMORY_WORDS = r"RAM|ROM|SSD|HDD|DDR\d|TF|flash|storage|stockage|speicher|m[eé]m(?:ory|oire|ória|oria)"
_MEMORY = re.compile(
    rf"\d{{1,4}}G\s?[+/]\s?\d{{1,4}}G\b|\d{{1,4}}G\s?(?:{_MEMORY_WORDS})\b|\b(?:{_MEMORY_WORDS})\s?:?\s?\d+G\b",
    re.IGNORECASE,
)


def is_price(text: str, start: int, end: int) -> bool:
    """Return whether the number ``text[start:end]`` has a currency before or after it."""
    before = _PRICE_BEFORE.search(text, max(0, start - _PRICE_REACH), start)
    return before is not None or _PRICE_AFTER.match(text, end) is not None


def other_unit(text: str, at: int) -> int | None:
    """Return the end of the unit of another kind that follows a number ending at ``at``; None if there is none."""
    match = _UNITS.match(text, at)
    return match.end() if match else None


def is_rate(text: str, end: int, kind: str) -> bool:
    """Return whether the unit of a kind that ends at ``end`` is the upper half of a rate or density."""
    return _PER.match(text, end) is not None and not (kind == "energy" and _PER_100.match(text, end))


def is_denominator(text: str, start: int, value: float, unit: str) -> bool:
    """Return whether the amount that starts at ``start`` is the lower half of a rate or density."""
    if unit == "millilitre" and value in _SMALL_VOLUMES:
        return _AFTER_GRAMS.search(text, 0, start) is not None
    is_100 = unit in ("gram", "millilitre") and value == 100
    return is_100 and _BEFORE_100.search(text, max(0, start - _DENOMINATOR_REACH), start) is not None


def memory_and_networks(text: str) -> list[tuple[int, int]]:
    """Return the spans in which a ``G`` after a number means gigabytes or a generation of mobile networks."""
    spans = [match.span() for match in _MEMORY.finditer(text)]
    if _NETWORK_WORDS.search(text):
        spans += [match.span() for match in _NETWORK.finditer(text)]
    return spans
