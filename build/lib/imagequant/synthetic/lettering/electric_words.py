"""Rows of rating plates and specification tables: names, values and questions."""

from dataclasses import dataclass

from imagequant.synthetic.lettering.amounts import SPELLINGS, any_amount, doubled, number, spelled
from imagequant.synthetic.records import Amount, SceneQuestion, question
from imagequant.synthetic.render.rng import Rng


@dataclass(frozen=True)
class SpecRow:
    """A name and a value, which is marked as ``key`` if the row answers questions.

    ``names_unit``: the name contains the unit, so it must be printed.
    """

    name: str
    value: str
    key: str = ""
    answers: tuple[SceneQuestion, ...] = ()
    names_unit: bool = False


# fmt: off
_VOLTAGE_NAMES = ("Voltage", "Rated Voltage", "Input", "Input Voltage", "INPUT", "Spannung", "Tension", "Voltaje",
                  "Tensione", "Operating Voltage", "Power Supply", "Nennspannung", "Napięcie", "Working Voltage",
                  "Output Voltage", "OUTPUT")
_POWER_NAMES = ("Power", "Rated Power", "Wattage", "POWER", "Leistung", "Puissance", "Potencia", "Potenza", "Max Power",
                "Power Consumption", "Nennleistung", "Güç", "Moc", "Output Power", "Max. Wattage")
_WEIGHT_NAMES = ("Weight", "Net Weight", "Item Weight", "Product Weight", "Gewicht", "Poids", "Peso", "N.W.",
                 "Net weight", "Weight (approx.)", "Nettogewicht", "Ağırlık", "Waga", "Vikt")
_VOLUME_NAMES = ("Capacity", "Volume", "Tank Capacity", "Fassungsvermögen", "Capacité", "Capacidad", "Capacità",
                 "Water Tank", "Bowl Capacity", "Inhalt", "Net Volume", "Pojemność")
_LOAD_NAMES = ("Max Load", "Load Capacity", "Weight Capacity", "Max. Load", "Maximum Load", "Belastbarkeit",
               "Charge max.", "Carga máx.", "Max. User Weight", "Tragkraft", "Weight Limit", "Bearing Capacity",
               "Portata max.")
_RANGES = ((100.0, 240.0), (110.0, 240.0), (220.0, 240.0), (85.0, 265.0), (110.0, 120.0), (200.0, 240.0), (12.0, 24.0),
           (175.0, 265.0), (220.0, 230.0))
# fmt: on
_LOAD = "maximum_weight_recommendation"
_WEIGHTS = ("gram", "kilogram", "pound", "ounce")
# Names, units (empty: all), probabilities of two units and of a decimal comma, and words before some amounts.
_AMOUNT_ROWS: dict[str, tuple[tuple[str, ...], tuple[str, ...], float, float, tuple[str, ...]]] = {
    "wattage": (_POWER_NAMES, (), 0.0, 0.0, ("max. ", "Max ", "≤", "≤ ")),
    "item_weight": (_WEIGHT_NAMES, _WEIGHTS, 0.25, 0.06, ("approx. ", "ca. ", "about ", "≈")),
    "item_volume": (_VOLUME_NAMES, (), 0.2, 0.06, ()),
    _LOAD: (_LOAD_NAMES, (), 0.3, 0.0, ()),
}
_BATTERIES = ("Battery", "Battery Capacity", "Akku", "Capacity")
_MATERIALS = ("ABS", "Stainless Steel", "Aluminium", "PP + TPE", "Bamboo", "Keramik", "Polyester", "Silicone")
_COLOURS = ("Black", "White", "Grey", "Schwarz", "Blanc", "Red")
_SIZES = ("Size", "Product Size", "Größe")


def voltage_text(rng: Rng) -> tuple[str, Amount]:
    """Choose a voltage and its spelling on plates."""
    if rng.chance(0.3):
        low, high = rng.pick(_RANGES)
        separator = rng.pick(("-", "-", " - ", "~", "–", " to "))
        unit = rng.pick(("V", "V~", "V", " V", "VAC", "V AC"))
        text = f"{number(low)}{separator}{number(high)}{unit}"
        if rng.chance(0.35):
            text = rng.pick(("AC ", "AC", "AC: ")) + text
        if rng.chance(0.6) and "to" not in text:
            text += rng.pick((" 50/60Hz", ", 50/60Hz", " 50-60Hz", "50/60 Hz", " 50Hz", ""))
        return text, Amount(low, "volt", high)
    amount = any_amount(rng, "voltage")
    text = spelled(rng, amount)
    if text.endswith(("V", " V")):
        mains = amount.value >= 100
        current = "AC" if mains else "DC"
        sign = "~" if mains else rng.pick(("=", "==", " DC"))
        more = "~50Hz" if mains else rng.pick((" 2A", "/1A", "==2A", " 2.1A"))
        choices = ((text, 50), (text + sign, 14), (f"{current} {text}", 14), (current + text, 8), (text + more, 14))
        text = rng.weighted(choices)
    return text, amount


def _voltage_row(rng: Rng) -> SpecRow:
    text, amount = voltage_text(rng)
    answer = question("voltage", amount, "voltage")
    if amount.high is not None and rng.chance(0.4):
        # The contest's labels often have only one end of a range.
        answer = question("voltage", Amount(rng.pick((amount.value, amount.high, amount.high)), "volt"), "voltage")
    return SpecRow(rng.pick(_VOLTAGE_NAMES), text, "voltage", (answer,))


def amount_row(rng: Rng, entity: str) -> SpecRow:
    """Return a row with an amount other than a voltage; loads are sometimes ranges."""
    names, units, doubles, commas, limits = _AMOUNT_ROWS[entity]
    amount = any_amount(rng, entity, units)
    if entity == _LOAD and rng.chance(0.06) and amount.unit in ("kilogram", "pound"):
        low = float(rng.pick((0, 5, 9, 10, 15)))
        high = low + rng.pick((10, 15, 18, 25))
        text = f"{number(low)}-{number(high)}{rng.pick((' kg', 'kg', ' Kgs')) if amount.unit == 'kilogram' else ' lbs'}"
        label = f"{number(low)} {amount.unit} to {number(high)} {amount.unit}"
        return SpecRow(rng.pick(names), text, entity, (SceneQuestion(entity, label, entity),))
    if doubles and rng.chance(doubles):
        text = doubled(rng, amount)
    else:
        text = spelled(rng, amount, bool(commas) and rng.chance(commas))
    if limits and rng.chance(0.08):
        text = rng.pick(limits) + text
    name, answers = rng.pick(names), (question(entity, amount, entity),)
    if not rng.chance(0.09):
        return SpecRow(name, text, entity, answers)
    # "Weight (g) | 500": the unit is printed once, in the name.
    unit = rng.weighted(SPELLINGS[amount.unit]).strip()
    name = rng.pick(("{} ({})", "{}({})", "{} [{}]", "{}/{}", "{}, {}")).format(name, unit)
    return SpecRow(name, number(amount.value), entity, answers, names_unit=True)


def decoy_rows(rng: Rng, count: int) -> list[SpecRow]:
    """Return rows without answers."""
    side = rng.integer(5, 120)
    made = [
        SpecRow("Frequency", rng.pick(("50/60Hz", "50 Hz", "60Hz", "50-60 Hz"))),
        SpecRow("Current", f"{number(rng.integer(1, 160) / 10)}A"),
        SpecRow(rng.pick(_BATTERIES), f"{rng.pick((600, 1200, 2000, 2600, 3000, 5000, 5200, 10000, 20000))}mAh"),
        SpecRow("Speed", f"{rng.integer(5, 300) * 100} rpm"),
        SpecRow("Model", f"{rng.pick(('KX', 'HT', 'ZM', 'A', 'BL', 'S'))}-{rng.integer(10, 9999)}"),
        SpecRow("Material", rng.pick(_MATERIALS)),
        SpecRow(rng.pick(("Color", "Colour", "Farbe", "Couleur")), rng.pick(_COLOURS)),
        SpecRow(rng.pick(_SIZES), f"{side} x {rng.integer(5, 90)} x {rng.integer(2, 60)} cm"),
        SpecRow("Color Temp.", f"{rng.pick((2700, 3000, 4000, 6000, 6500))}K"),
        SpecRow("Luminous Flux", f"{rng.integer(2, 60) * 50} lm"),
        SpecRow("IP Rating", rng.pick(("IP20", "IP44", "IP65", "IPX4", "IP54"))),
        SpecRow("Charging Time", f"{rng.integer(1, 8)} h"),
        SpecRow("Working Temp.", rng.pick(("-20~60℃", "-10°C to 40°C", "0-45 °C"))),
        SpecRow("Noise", f"≤{rng.integer(25, 75)} dB"),
        SpecRow("Warranty", rng.pick(("2 Years", "12 months", "5 Jahre"))),
        SpecRow("Cable Length", f"{rng.pick((0.8, 1.0, 1.2, 1.5, 1.8, 2, 3))} m"),
        SpecRow("Quantity", f"{rng.integer(1, 12)} pcs"),
        SpecRow("Connectivity", rng.pick(("Bluetooth 5.0", "WiFi 2.4GHz", "USB-C"))),
        SpecRow("Pressure", f"{rng.integer(1, 20)} bar"),
        SpecRow("Serial No.", f"{rng.integer(10**7, 10**9)}"),
        SpecRow("Class", rng.pick(("I", "II", "III", "A++"))),
    ]
    return rng.sample(made, count)


def spec_rows(rng: Rng, electric: float) -> list[SpecRow]:
    """Return the rows of a plate or table: one to four answers among decoys."""
    devices = (("voltage", 0.75), ("wattage", 0.75), ("item_weight", 0.2), ("item_volume", 0.12))
    others = (("item_weight", 0.6), (_LOAD, 0.4), ("item_volume", 0.3))
    rows = [
        _voltage_row(rng) if entity == "voltage" else amount_row(rng, entity)
        for entity, share in (devices if rng.chance(electric) else others)
        if rng.chance(share)
    ]
    rows = rows or [amount_row(rng, "wattage")]
    return rng.sample([*rows, *decoy_rows(rng, rng.integer(1, 7))], 12)
