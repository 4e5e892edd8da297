"""Front-of-pack photos: net weight or volume among flavour, dose, count, claims and price."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imagequant.synthetic.goods.pack import Face, pack_face, scatter, stand
from imagequant.synthetic.lettering import pack_words as words
from imagequant.synthetic.lettering.amounts import any_amount, doubled, number, spelled
from imagequant.synthetic.lettering.pack_strips import dose_lines, draw_strip, strip_cells
from imagequant.synthetic.records import Amount, Answer, Scene, silent, told
from imagequant.synthetic.render.backgrounds import rich_ground
from imagequant.synthetic.render.canvas import Canvas, Colour, Ink, fitting, text_size
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.geometry import Frame, ellipse
from imagequant.synthetic.render.rng import Dice
from imagequant.synthetic.render.surfaces import VIVIDS, lit, readable_on
from imagequant.synthetic.scenes.common import headline, photo_size

# How often a supplement prints its net weight, and how often that is its label where it stands beside a dose.
_NET_OF_SUPPLEMENTS = 0.55
_NET_WINS = 0.9
_TITLE_SHARE = 0.55
_SPOONFULS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 10.0, 15.0, 20.0, 25.0, 30.0)
_SACHETS = (2.0, 3.5, 4.0, 4.5, 5.0, 8.0, 10.0, 12.5, 15.0, 18.0, 20.0, 25.0, 30.0, 40.0, 45.0, 50.0, 60.0)


@dataclass(frozen=True)
class Contents:
    """What a pack says: its goods, how its amount is worded, the questions it answers.

    ``amount_text`` is marked as ``amount``. ``dose`` is printed large below the goods' name, marked as ``dose``;
    ``strip`` holds the cells of a nutrition strip.
    """

    goods: str
    forms: tuple[str, ...]
    amount_text: str
    big: bool
    answers: tuple[Answer, ...]
    decoys: tuple[str, ...]
    dose: str = ""
    strip: tuple[tuple[str, str], ...] = ()


def draw(dice: Dice) -> Scene:
    """A pack, on white mostly, sometimes with a headline or loose goods beside it."""
    width, height = photo_size(dice)
    canvas, ground = rich_ground(dice, width, height)
    contents = dice.weighted(((food, 50), (liquid, 25), (supplement, 25)))(dice)
    top = headline(dice, canvas, ground, dice.pick(words.HEADLINES)) if dice.chance(0.12) else canvas.height * 0.02
    room = Frame(canvas.width * 0.03, top, canvas.width * 0.97, canvas.height * dice.uniform(0.9, 0.985))
    face = pack_face(dice, room.height, contents.forms)
    _print(dice, face, contents)
    stand(dice, canvas, face, room)
    if dice.chance(0.12):
        scatter(dice, canvas, room.inner(0.0, 0.9, 1.0, 1.0))
    return Scene(canvas, contents.answers, contents.goods)


def food(dice: Dice) -> Contents:
    """Food with its net weight, doses and nutrition strips beside it as often as not."""
    amount = _net_weight(dice, ("gram", "kilogram", "ounce", "pound"))
    text, answers = _amount_words(dice, "item_weight", amount, words.NET_WEIGHT)
    decoys = (*dice.sample(words.CLAIMS, dice.integer(0, 3)), *_maybe_count(dice, 0.25))
    strong = dice.chance(0.5)
    strip = strip_cells(dice, dice.integer(2, 4)) if strong and dice.chance(0.65) else ()
    lines = dose_lines(dice, dice.integer(1, 3)) if strong and (not strip or dice.chance(0.3)) else ()
    return Contents(
        dice.pick(words.SPORT_FOODS if strong and dice.chance(0.6) else words.FOODS),
        ("pouch", "pouch", "box", "can", "jar", "flat"),
        text,
        dice.chance(0.2),
        answers,
        (*lines, *decoys),
        strip=strip,
    )


def _net_weight(dice: Dice, units: tuple[str, ...]) -> Amount:
    # Cosmetics and saffron weigh grams and less, and say so to two or three digits.
    if dice.chance(0.08):
        return Amount(round(dice.log_uniform(0.3, 40.0), dice.pick((1, 1, 2, 3))), "gram")
    return any_amount(dice, "item_weight", units)


def liquid(dice: Dice) -> Contents:
    """A liquid with its volume."""
    amount = any_amount(dice, "item_volume")
    text, answers = _amount_words(dice, "item_volume", amount, words.NET_VOLUME)
    decoys = tuple(dice.sample(words.CLAIMS, dice.integer(1, 4)))
    return Contents(
        dice.pick(words.LIQUIDS),
        ("bottle", "bottle", "jar", "tube", "box", "can"),
        text,
        dice.chance(0.2),
        answers,
        decoys,
    )


def supplement(dice: Dice) -> Contents:
    """Pills or powder with a dose, and mostly a net weight beside it."""
    dose = any_amount(dice, "item_weight", ("milligram", "microgram") if dice.chance(0.75) else ("gram",))
    text = spelled(dice, dose)
    decoys = (*dice.sample(words.CLAIMS, dice.integer(0, 3)), *_maybe_count(dice, 0.9))
    forms = ("jar", "jar", "jar", "box", "bottle", "pouch")
    if not dice.chance(_NET_OF_SUPPLEMENTS):
        answer = told("item_weight", dose, "amount")
        return Contents(dice.pick(words.PILLS), forms, text, dice.chance(0.6), (answer,), decoys)
    net = _net_weight(dice, ("gram", "ounce"))
    if dose.unit == "gram":
        # A dose of grams, beside a net weight, is a spoonful.
        dose = replace(dose, value=dice.pick(_SPOONFULS))
        text = spelled(dice, dose)
    written = doubled(dice, net) if dice.chance(0.4) else spelled(dice, net, dice.chance(0.1))
    answer = told("item_weight", net, "amount") if dice.chance(_NET_WINS) else told("item_weight", dose, "dose")
    lines = dose_lines(dice, dice.integer(0, 2))
    return Contents(
        dice.pick(words.PILLS),
        forms,
        dice.pick(words.NET_WEIGHT).format(written),
        False,
        (answer,),
        (*lines, *decoys),
        dose=text,
    )


def _amount_words(dice: Dice, entity: str, amount: Amount, patterns: tuple[str, ...]) -> tuple[str, tuple[Answer, ...]]:
    answers: tuple[Answer, ...] = (told(entity, amount, "amount"),)
    if dice.chance(0.06):
        answers += (silent("item_volume" if entity == "item_weight" else "item_weight"),)
    if dice.chance(0.12):
        return _multi_pack(dice, entity, amount)
    body = doubled(dice, amount) if dice.chance(0.3) else spelled(dice, amount, dice.chance(0.06))
    return dice.pick(patterns).format(body), answers


def _multi_pack(dice: Dice, entity: str, amount: Amount) -> tuple[str, tuple[Answer, ...]]:
    count = dice.pick((2, 3, 4, 6, 10, 12, 24, 30))
    one = replace(amount, value=dice.pick(_SACHETS)) if amount.unit == "gram" else amount
    whole = replace(one, value=round(one.value * count, 3))
    total = dice.chance(0.6)
    patterns = (
        ("{n} x {a} ({t})", "{n}x{a} = {t}", "{t} ({n} x {a})", "{t} ({n}x{a})", "{n} x {a} / {t}")
        if total
        else ("{n} x {a}", "{n}x{a}", "{a} x {n}", "{n} × {a}")
    )
    text = dice.pick(patterns).format(n=count, a=spelled(dice, one), t=spelled(dice, whole))
    return text, (told(entity, whole if total and dice.chance(0.5) else one, "amount"),)


def _maybe_count(dice: Dice, probability: float) -> tuple[str, ...]:
    if not dice.chance(probability):
        return ()
    return (
        dice.pick(words.COUNTS).format(
            n=dice.pick((10, 12, 15, 20, 24, 25, 30, 40, 50, 60, 90, 100, 120, 180, 240, 365))
        ),
    )


def _print(dice: Dice, face: Face, contents: Contents) -> None:
    """Prints brand, goods, claims and the amount from top to bottom, the amount near the foot mostly."""
    layer, area = face.layer, face.area
    ink_colour = readable_on(face.colour, dice)
    goods = _broken(contents.goods, dice)
    # Low packs: the goods' name leaves the foot to the amount.
    highest = area.height * _TITLE_SHARE / (1 + len(goods) + bool(contents.dose))
    size = min(area.width * dice.uniform(0.13, 0.24), highest)
    title = Ink(title_face(dice), size, ink_colour, tracking=dice.pick((0.0, 0.0, 0.08)))
    small = Ink(body_face(dice), max(area.width * dice.uniform(0.045, 0.075), 8.0), ink_colour)
    left = dice.chance(0.25)
    y = area.y0 + area.height * dice.uniform(0.02, 0.1)
    y = _line(layer, area, y, dice.pick(words.BRANDS), title.sized(title.size * dice.uniform(0.5, 0.9)), left)
    for part in goods:
        y = _line(layer, area, y, part, title, left)
    if dice.chance(0.5):
        y = _line(layer, area, y + small.size * 0.5, dice.pick(words.FLAVOURS), small, left)
    if contents.dose:
        shout = title.sized(title.size * dice.uniform(0.5, 1.0))
        y = _line(layer, area, y + small.size * 0.3, contents.dose, shout, left, "dose")
    _amount(dice, face, contents, small, y)
    _claims(dice, face, contents, small, y)


def _amount(dice: Dice, face: Face, contents: Contents, small: Ink, y: float) -> None:
    layer, area = face.layer, face.area
    size = small.size * (dice.uniform(1.6, 3.0) if contents.big else dice.uniform(0.65, 1.3))
    ink = fitting(
        contents.amount_text,
        Ink(small.face if dice.chance(0.6) else title_face(dice), size, small.colour),
        area.width * 0.9,
    )
    if contents.big and dice.chance(0.8):
        layer.text(
            (area.at(0.5, 0)[0], min(y + ink.size * 1.0, area.y1 - ink.size)),
            contents.amount_text,
            ink,
            "mm",
            key="amount",
        )
        return
    corner = dice.weighted((("ml", 2), ("mm", 4), ("mr", 3)))
    x = {"l": area.x0 + ink.size * 0.3, "m": area.at(0.5, 0)[0], "r": area.x1 - ink.size * 0.3}[corner[1]]
    anchor = corner[1] + "m"
    if dice.chance(0.18):
        width = text_size(contents.amount_text, ink)[0] / 2 + ink.size * 0.6
        middle = {"l": x + width - ink.size * 0.6, "m": x, "r": x - width + ink.size * 0.6}[corner[1]]
        badge: Colour = lit(dice.pick(VIVIDS), 0.9)
        layer.fill(Frame(middle - width, area.y1 - ink.size * 1.8, middle + width, area.y1).corners, badge)
        ink = ink.coloured(readable_on(badge, dice))
    layer.text((x, area.y1 - ink.size * 0.9), contents.amount_text, ink, anchor, key="amount")


def _claims(dice: Dice, face: Face, contents: Contents, small: Ink, y: float) -> None:
    layer, area = face.layer, face.area
    bottom = area.y1 - small.size * 3.2
    y += small.size * (4.5 if contents.big else 1.5)
    if contents.strip and bottom - y > area.width * 0.2:
        tall = min(area.width * dice.uniform(0.14, 0.22), bottom - y)
        draw_strip(dice, layer, Frame(area.x0, bottom - tall, area.x1, bottom), small, contents.strip)
        bottom -= tall + small.size * 0.4
    if dice.chance(0.35) and bottom - y > area.width * 0.4:
        radius = min((bottom - y) / 2, area.width * 0.3) * 0.9
        center = (area.at(dice.uniform(0.35, 0.65), 0)[0], y + radius)
        layer.fill(ellipse(center, radius, radius), lit(dice.pick(VIVIDS), dice.uniform(0.7, 1.2)))
        layer.fill(ellipse(center, radius * 0.6, radius * 0.6), lit(dice.pick(VIVIDS), dice.uniform(0.7, 1.2)))
        y += radius * 2.2
    for claim in contents.decoys:
        if y + small.size > bottom:
            return
        y = _line(layer, area, y, claim, small.sized(small.size * dice.uniform(0.8, 1.2)), dice.chance(0.3))
    if dice.chance(0.08) and y + small.size < bottom:
        _line(layer, area, y, f"€ {number(dice.integer(1, 40) - 0.01)}", small, False)


def _line(layer: Canvas, area: Frame, y: float, text: str, ink: Ink, left: bool, key: str | None = None) -> float:
    ink = fitting(text, ink, area.width * 0.98)
    at = (area.x0 if left else area.at(0.5, 0)[0], y + ink.size * 0.6)
    layer.text(at, text, ink, "lm" if left else "mm", key=key)
    return y + ink.size * 1.25


def _broken(goods: str, dice: Dice) -> list[str]:
    text = goods.upper() if dice.chance(0.4) else goods
    return text.split(" ") if " " in text and dice.chance(0.6) else [text]
