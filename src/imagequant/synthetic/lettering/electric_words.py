"""Rows of rating plates and specification tables: names, values and questions."""

from __future__ import annotations

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


def power_row(rng: Rng) -> SpecRow:
    """Return a row with a power."""
    amount = any_amount(rng, "wattage")
    text = spelled(rng, amount)
    if rng.chance(0.08):
        text = rng.pick(("max. ", "Max ", "≤", "≤ ")) + text
    return _row(rng, "wattage", _POWER_NAMES, text, amount)


def weight_row(rng: Rng) -> SpecRow:
    """Return a row with the product's weight."""
    amount = any_amount(rng, "item_weight", ("gram", "kilogram", "pound", "ounce"))
    text = doubled(rng, amount) if rng.chance(0.25) else spelled(rng, amount, rng.chance(0.06))
    if rng.chance(0.08):
        text = rng.pick(("approx. ", "ca. ", "about ", "≈")) + text
    return _row(rng, "item_weight", _WEIGHT_NAMES, text, amount)


def volume_row(rng: Rng) -> SpecRow:
    """Return a row with a volume."""
    amount = any_amount(rng, "item_volume")
    text = doubled(rng, amount) if rng.chance(0.2) else spelled(rng, amount, rng.chance(0.06))
    return _row(rng, "item_volume", _VOLUME_NAMES, text, amount)


def load_row(rng: Rng) -> SpecRow:
    """Return a row with a maximum load, sometimes a range."""
    entity = "maximum_weight_recommendation"
    amount = any_amount(rng, entity)
    if rng.chance(0.06) and amount.unit in ("kilogram", "pound"):
        low = float(rng.pick((0, 5, 9, 10, 15)))
        high = low + rng.pick((10, 15, 18, 25))
        text = f"{number(low)}-{number(high)}{rng.pick((' kg', 'kg', ' Kgs')) if amount.unit == 'kilogram' else ' lbs'}"
        label = f"{number(low)} {amount.unit} to {number(high)} {amount.unit}"
        return SpecRow(rng.pick(_LOAD_NAMES), text, entity, (SceneQuestion(entity, label, entity),))
    text = doubled(rng, amount) if rng.chance(0.3) else spelled(rng, amount)
    return _row(rng, entity, _LOAD_NAMES, text, amount)


def _row(rng: Rng, entity: str, names: tuple[str, ...], text: str, amount: Amount) -> SpecRow:
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
    devices = ((_voltage_row, 0.75), (power_row, 0.75), (weight_row, 0.2), (volume_row, 0.12))
    others = ((weight_row, 0.6), (load_row, 0.4), (volume_row, 0.3))
    rows = [row(rng) for row, share in (devices if rng.chance(electric) else others) if rng.chance(share)]
    rows = rows or [power_row(rng)]
    return rng.sample([*rows, *decoy_rows(rng, rng.integer(1, 7))], 12)
