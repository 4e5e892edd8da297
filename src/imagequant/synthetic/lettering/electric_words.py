"""Rows of rating plates and specification tables: names, values, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass

from imagequant.synthetic.lettering.amounts import SPELLINGS, any_amount, doubled, number, spelled
from imagequant.synthetic.records import Amount, Answer, told
from imagequant.synthetic.render.rng import Dice


@dataclass(frozen=True)
class Row:
    """A name and a value; the value's cell is marked under ``key`` when the row answers questions.

    ``names_unit``: the unit stands with the name, which therefore must be printed.
    """

    name: str
    value: str
    key: str = ""
    answers: tuple[Answer, ...] = ()
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
_LED_RANGES = ((100, 240), (85, 265), (110, 240), (220, 240))


def voltage_text(dice: Dice) -> tuple[str, Amount]:
    """A voltage as plates print it, and the amount."""
    if dice.chance(0.3):
        low, high = dice.pick(RANGES)
        separator = dice.pick(("-", "-", " - ", "~", "–", " to "))
        unit = dice.pick(("V", "V~", "V", " V", "VAC", "V AC"))
        text = f"{number(low)}{separator}{number(high)}{unit}"
        if dice.chance(0.35):
            text = dice.pick(("AC ", "AC", "AC: ")) + text
        if dice.chance(0.6) and "to" not in text:
            text += dice.pick((" 50/60Hz", ", 50/60Hz", " 50-60Hz", "50/60 Hz", " 50Hz", ""))
        return text, Amount(low, "volt", high)
    amount = any_amount(dice, "voltage")
    text = spelled(dice, amount)
    if text.endswith(("V", " V")):
        mains = amount.value >= 100
        text = dice.weighted(
            (
                (text, 50),
                (text + ("~" if mains else dice.pick(("=", "==", " DC"))), 14),
                (("AC " if mains else "DC ") + text, 14),
                (("AC" if mains else "DC") + text, 8),
                (text + ("~50Hz" if mains else dice.pick((" 2A", "/1A", "==2A", " 2.1A"))), 14),
            )
        )
    return text, amount


def voltage_row(dice: Dice) -> Row:
    """A row with a voltage."""
    text, amount = voltage_text(dice)
    answer = told("voltage", amount, "voltage")
    if amount.high is not None and dice.chance(0.4):
        # The contest names one end of a range as often as both.
        answer = told("voltage", Amount(dice.pick((amount.value, amount.high, amount.high)), "volt"), "voltage")
    return Row(dice.pick(_VOLTAGE_NAMES), text, "voltage", (answer,))


def power_row(dice: Dice) -> Row:
    """A row with a power."""
    amount = any_amount(dice, "wattage")
    text = spelled(dice, amount)
    if dice.chance(0.08):
        text = dice.pick(("max. ", "Max ", "≤", "≤ ")) + text
    row = Row(dice.pick(_POWER_NAMES), text, "wattage", (told("wattage", amount, "wattage"),))
    return _unit_in_name(dice, row, amount)


def weight_row(dice: Dice) -> Row:
    """A row with the product's weight."""
    amount = any_amount(dice, "item_weight", ("gram", "kilogram", "pound", "ounce"))
    text = doubled(dice, amount) if dice.chance(0.25) else spelled(dice, amount, dice.chance(0.06))
    if dice.chance(0.08):
        text = dice.pick(("approx. ", "ca. ", "about ", "≈")) + text
    row = Row(dice.pick(_WEIGHT_NAMES), text, "item_weight", (told("item_weight", amount, "item_weight"),))
    return _unit_in_name(dice, row, amount)


def volume_row(dice: Dice) -> Row:
    """A row with a capacity."""
    amount = any_amount(dice, "item_volume")
    text = doubled(dice, amount) if dice.chance(0.2) else spelled(dice, amount, dice.chance(0.06))
    row = Row(dice.pick(_VOLUME_NAMES), text, "item_volume", (told("item_volume", amount, "item_volume"),))
    return _unit_in_name(dice, row, amount)


def load_row(dice: Dice) -> Row:
    """A row with a maximum load, a range now and then."""
    amount = any_amount(dice, "maximum_weight_recommendation")
    entity = "maximum_weight_recommendation"
    if dice.chance(0.06) and amount.unit in ("kilogram", "pound"):
        low = float(dice.pick((0, 5, 9, 10, 15)))
        high = low + dice.pick((10, 15, 18, 25))
        text = (
            f"{number(low)}-{number(high)}{dice.pick((' kg', 'kg', ' Kgs')) if amount.unit == 'kilogram' else ' lbs'}"
        )
        label = f"{number(low)} {amount.unit} to {number(high)} {amount.unit}"
        return Row(dice.pick(_LOAD_NAMES), text, entity, (Answer(entity, label, entity),))
    text = doubled(dice, amount) if dice.chance(0.3) else spelled(dice, amount)
    row = Row(dice.pick(_LOAD_NAMES), text, entity, (told(entity, amount, entity),))
    return _unit_in_name(dice, row, amount)


def _unit_in_name(dice: Dice, row: Row, amount: Amount) -> Row:
    # "Weight (g) | 500": columns share a unit that is written once, in their head.
    if not dice.chance(0.09):
        return row
    unit = dice.weighted(SPELLINGS[amount.unit]).strip()
    name = dice.pick(("{} ({})", "{}({})", "{} [{}]", "{}/{}", "{}, {}")).format(row.name, unit)
    return Row(name, number(amount.value), row.key, row.answers, names_unit=True)


def decoy_rows(dice: Dice, count: int) -> list[Row]:
    """Rows that answer nothing asked."""
    side = dice.integer(5, 120)
    made = [
        Row("Frequency", dice.pick(("50/60Hz", "50 Hz", "60Hz", "50-60 Hz"))),
        Row("Current", f"{number(dice.integer(1, 160) / 10)}A"),
        Row(
            dice.pick(("Battery", "Battery Capacity", "Akku", "Capacity")),
            f"{dice.pick((600, 1200, 2000, 2600, 3000, 5000, 5200, 10000, 20000))}mAh",
        ),
        Row("Speed", f"{dice.integer(5, 300) * 100} rpm"),
        Row("Model", f"{dice.pick(('KX', 'HT', 'ZM', 'A', 'BL', 'S'))}-{dice.integer(10, 9999)}"),
        Row(
            "Material",
            dice.pick(
                ("ABS", "Stainless Steel", "Aluminium", "PP + TPE", "Bamboo", "Keramik", "Polyester", "Silicone")
            ),
        ),
        Row(
            dice.pick(("Color", "Colour", "Farbe", "Couleur")),
            dice.pick(("Black", "White", "Grey", "Schwarz", "Blanc", "Red")),
        ),
        Row(dice.pick(("Size", "Product Size", "Größe")), f"{side} x {dice.integer(5, 90)} x {dice.integer(2, 60)} cm"),
        Row("Color Temp.", f"{dice.pick((2700, 3000, 4000, 6000, 6500))}K"),
        Row("Luminous Flux", f"{dice.integer(2, 60) * 50} lm"),
        Row("IP Rating", dice.pick(("IP20", "IP44", "IP65", "IPX4", "IP54"))),
        Row("Charging Time", f"{dice.integer(1, 8)} h"),
        Row("Working Temp.", dice.pick(("-20~60℃", "-10°C to 40°C", "0-45 °C"))),
        Row("Noise", f"≤{dice.integer(25, 75)} dB"),
        Row("Warranty", dice.pick(("2 Years", "12 months", "5 Jahre"))),
        Row("Cable Length", f"{dice.pick((0.8, 1.0, 1.2, 1.5, 1.8, 2, 3))} m"),
        Row("Quantity", f"{dice.integer(1, 12)} pcs"),
        Row("Connectivity", dice.pick(("Bluetooth 5.0", "WiFi 2.4GHz", "USB-C"))),
        Row("Pressure", f"{dice.integer(1, 20)} bar"),
        Row("Serial No.", f"{dice.integer(10**7, 10**9)}"),
        Row("Class", dice.pick(("I", "II", "III", "A++"))),
    ]
    return dice.sample(made, count)


def spec_rows(dice: Dice, electric: float) -> list[Row]:
    """Rows for a plate or table: one to three answers among decoys."""
    rows: list[Row] = []
    if dice.chance(electric):
        rows += [voltage_row(dice)] if dice.chance(0.75) else []
        rows += [power_row(dice)] if dice.chance(0.75) else []
        rows += [weight_row(dice)] if dice.chance(0.2) else []
        rows += [volume_row(dice)] if dice.chance(0.12) else []
    else:
        rows += [weight_row(dice)] if dice.chance(0.6) else []
        rows += [load_row(dice)] if dice.chance(0.4) else []
        rows += [volume_row(dice)] if dice.chance(0.3) else []
    rows = rows or [power_row(dice)]
    return dice.sample([*rows, *decoy_rows(dice, dice.integer(1, 7))], 12)
