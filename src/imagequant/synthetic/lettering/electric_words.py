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
_VOLTAGE_NAMES = (
    "Voltage", "Rated Voltage", "Input", "Input Voltage", "INPUT", "Spannung", "Tension", "Voltaje", "Tensione",
    "Operating Voltage", "Power Supply", "Nennspannung", "Napięcie", "Working Voltage", "Output Voltage", "OUTPUT",
)
_POWER_NAMES = (
    "Power", "Rated Power", "Wattage", "POWER", "Leistung", "Puissance", "Potencia", "Potenza", "Max Power",
    "Power Consumption", "Nennleistung", "Güç", "Moc", "Output Power", "Max. Wattage",
)
_WEIGHT_NAMES = (
    "Weight", "Net Weight", "Item Weight", "Product Weight", "Gewicht", "Poids", "Peso", "N.W.", "Net weight",
    "Weight (approx.)", "Nettogewicht", "Ağırlık", "Waga", "Vikt",
)
_VOLUME_NAMES = (
    "Capacity", "Volume", "Tank Capacity", "Fassungsvermögen", "Capacité", "Capacidad", "Capacità", "Water Tank",
    "Bowl Capacity", "Inhalt", "Net Volume", "Pojemność",
)
_LOAD_NAMES = (
    "Max Load", "Load Capacity", "Weight Capacity", "Max. Load", "Maximum Load", "Belastbarkeit", "Charge max.",
    "Carga máx.", "Max. User Weight", "Tragkraft", "Weight Limit", "Bearing Capacity", "Portata max.",
)
RANGES = (
    (100.0, 240.0), (110.0, 240.0), (220.0, 240.0), (85.0, 265.0), (110.0, 120.0), (200.0, 240.0), (12.0, 24.0),
    (175.0, 265.0), (220.0, 230.0),
)
# fmt: on


def voltage_text(rng: Rng) -> tuple[str, Amount]:
    """Choose a voltage and its spelling on plates."""
    if rng.chance(0.3):
        low, high = rng.pick(RANGES)
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
        text = rng.weighted(
            (
                (text, 50),
                (text + ("~" if mains else rng.pick(("=", "==", " DC"))), 14),
                (("AC " if mains else "DC ") + text, 14),
                (("AC" if mains else "DC") + text, 8),
                (text + ("~50Hz" if mains else rng.pick((" 2A", "/1A", "==2A", " 2.1A"))), 14),
            )
        )
    return text, amount


def voltage_row(rng: Rng) -> SpecRow:
    """Return a row with a voltage."""
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
    row = SpecRow(rng.pick(_POWER_NAMES), text, "wattage", (question("wattage", amount, "wattage"),))
    return _unit_in_name(rng, row, amount)


def weight_row(rng: Rng) -> SpecRow:
    """Return a row with the product's weight."""
    amount = any_amount(rng, "item_weight", ("gram", "kilogram", "pound", "ounce"))
    text = doubled(rng, amount) if rng.chance(0.25) else spelled(rng, amount, rng.chance(0.06))
    if rng.chance(0.08):
        text = rng.pick(("approx. ", "ca. ", "about ", "≈")) + text
    row = SpecRow(rng.pick(_WEIGHT_NAMES), text, "item_weight", (question("item_weight", amount, "item_weight"),))
    return _unit_in_name(rng, row, amount)


def volume_row(rng: Rng) -> SpecRow:
    """Return a row with a volume."""
    amount = any_amount(rng, "item_volume")
    text = doubled(rng, amount) if rng.chance(0.2) else spelled(rng, amount, rng.chance(0.06))
    row = SpecRow(rng.pick(_VOLUME_NAMES), text, "item_volume", (question("item_volume", amount, "item_volume"),))
    return _unit_in_name(rng, row, amount)


def load_row(rng: Rng) -> SpecRow:
    """Return a row with a maximum load, sometimes a range."""
    amount = any_amount(rng, "maximum_weight_recommendation")
    entity = "maximum_weight_recommendation"
    if rng.chance(0.06) and amount.unit in ("kilogram", "pound"):
        low = float(rng.pick((0, 5, 9, 10, 15)))
        high = low + rng.pick((10, 15, 18, 25))
        text = f"{number(low)}-{number(high)}{rng.pick((' kg', 'kg', ' Kgs')) if amount.unit == 'kilogram' else ' lbs'}"
        label = f"{number(low)} {amount.unit} to {number(high)} {amount.unit}"
        return SpecRow(rng.pick(_LOAD_NAMES), text, entity, (SceneQuestion(entity, label, entity),))
    text = doubled(rng, amount) if rng.chance(0.3) else spelled(rng, amount)
    row = SpecRow(rng.pick(_LOAD_NAMES), text, entity, (question(entity, amount, entity),))
    return _unit_in_name(rng, row, amount)


def _unit_in_name(rng: Rng, row: SpecRow, amount: Amount) -> SpecRow:
    # "Weight (g) | 500": the unit is printed once, in the name.
    if not rng.chance(0.09):
        return row
    unit = rng.weighted(SPELLINGS[amount.unit]).strip()
    name = rng.pick(("{} ({})", "{}({})", "{} [{}]", "{}/{}", "{}, {}")).format(row.name, unit)
    return SpecRow(name, number(amount.value), row.key, row.answers, names_unit=True)


def decoy_rows(rng: Rng, count: int) -> list[SpecRow]:
    """Return rows without answers."""
    side = rng.integer(5, 120)
    made = [
        SpecRow("Frequency", rng.pick(("50/60Hz", "50 Hz", "60Hz", "50-60 Hz"))),
        SpecRow("Current", f"{number(rng.integer(1, 160) / 10)}A"),
        SpecRow(
            rng.pick(("Battery", "Battery Capacity", "Akku", "Capacity")),
            f"{rng.pick((600, 1200, 2000, 2600, 3000, 5000, 5200, 10000, 20000))}mAh",
        ),
        SpecRow("Speed", f"{rng.integer(5, 300) * 100} rpm"),
        SpecRow("Model", f"{rng.pick(('KX', 'HT', 'ZM', 'A', 'BL', 'S'))}-{rng.integer(10, 9999)}"),
        SpecRow(
            "Material",
            rng.pick(("ABS", "Stainless Steel", "Aluminium", "PP + TPE", "Bamboo", "Keramik", "Polyester", "Silicone")),
        ),
        SpecRow(
            rng.pick(("Color", "Colour", "Farbe", "Couleur")),
            rng.pick(("Black", "White", "Grey", "Schwarz", "Blanc", "Red")),
        ),
        SpecRow(
            rng.pick(("Size", "Product Size", "Größe")), f"{side} x {rng.integer(5, 90)} x {rng.integer(2, 60)} cm"
        ),
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
    rows: list[SpecRow] = []
    if rng.chance(electric):
        rows += [voltage_row(rng)] if rng.chance(0.75) else []
        rows += [power_row(rng)] if rng.chance(0.75) else []
        rows += [weight_row(rng)] if rng.chance(0.2) else []
        rows += [volume_row(rng)] if rng.chance(0.12) else []
    else:
        rows += [weight_row(rng)] if rng.chance(0.6) else []
        rows += [load_row(rng)] if rng.chance(0.4) else []
        rows += [volume_row(rng)] if rng.chance(0.3) else []
    rows = rows or [power_row(rng)]
    return rng.sample([*rows, *decoy_rows(rng, rng.integer(1, 7))], 12)
