"""Fronts of packs: net weight or volume among flavour, dose, count, claims and price."""

from dataclasses import dataclass, replace

from imagequant.core.records import Box
from imagequant.synthetic.goods.pack import PackFace, pack_face, scatter, stand
from imagequant.synthetic.lettering import pack_words as words
from imagequant.synthetic.lettering.amounts import any_amount, doubled, number, spelled
from imagequant.synthetic.records import Amount, Scene, SceneQuestion, question
from imagequant.synthetic.render.canvas import Ink, fitting, text_width
from imagequant.synthetic.render.colours import VIVIDS, lit, readable_on
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.geometry import disc
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import advert, headline

# Probability that a supplement prints its net weight. Of those without, shops call the dose the weight or say nothing,
# so that an answer can only be unsure.
_NET_OF_SUPPLEMENTS = 0.3
_DOSE_IS_WEIGHT = 0.4
# Probability that sports food with its contents on the front has the net weight elsewhere.
_NET_ELSEWHERE = 0.25
_TITLE_SHARE = 0.55
_SPOONFULS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 10.0, 15.0, 20.0, 25.0, 30.0)
_SACHETS = (2.0, 3.5, 4.0, 4.5, 5.0, 8.0, 10.0, 12.5, 15.0, 18.0, 20.0, 25.0, 30.0, 40.0, 45.0, 50.0, 60.0)
_MULTIPLES = ("{n} x {a}", "{n}x{a}", "{a} x {n}", "{n} × {a}")
_WITH_TOTAL = ("{n} x {a} ({t})", "{n}x{a} = {t}", "{t} ({n} x {a})", "{t} ({n}x{a})", "{n} x {a} / {t}")
_PIECES = (10, 12, 15, 20, 24, 25, 30, 40, 50, 60, 90, 100, 120, 180, 240, 365)
_FOOD_FORMS = ("pouch", "pouch", "box", "can", "jar", "flat")
_LIQUID_FORMS = ("bottle", "bottle", "jar", "tube", "box", "can")
_PILL_FORMS = ("jar", "jar", "jar", "box", "bottle", "pouch")
_Answered = tuple[str, tuple[SceneQuestion, ...]]


@dataclass(frozen=True)
class Contents:
    """A pack's texts and questions.

    ``amount_text`` is marked as ``amount``; empty if the front does not say. ``dose`` is printed large below the
    product name and marked as ``dose``. ``strip`` has the cells of a nutrition strip.
    """

    goods: str
    forms: tuple[str, ...]
    amount_text: str
    big: bool
    answers: tuple[SceneQuestion, ...]
    decoys: tuple[str, ...]
    dose: str = ""
    strip: tuple[tuple[str, str], ...] = ()


def draw(rng: Rng) -> Scene:
    """Draw a pack, mostly on white, sometimes with a headline or loose items next to it."""
    canvas, ground = advert(rng)
    contents = rng.weighted(((food, 34), (_liquid, 20), (supplement, 46)))(rng)
    top = headline(rng, canvas, ground, rng.pick(words.HEADLINES)) if rng.chance(0.12) else canvas.height * 0.02
    room = Box(canvas.width * 0.03, top, canvas.width * 0.97, canvas.height * rng.uniform(0.9, 0.985))
    face = pack_face(rng, room.height, contents.forms)
    _print(rng, face, contents)
    stand(rng, canvas, face, room)
    if rng.chance(0.12):
        scatter(rng, canvas, room.inner(0.0, 0.9, 1.0, 1.0))
    return Scene(canvas, contents.answers, contents.goods)


def food(rng: Rng) -> Contents:
    """Return a food's net weight, often with doses and a nutrition strip."""
    amount = _net_weight(rng, ("gram", "kilogram", "ounce", "pound"))
    text, answers = _amount_words(rng, "item_weight", amount, words.NET_WEIGHT)
    decoys = (*rng.sample(words.CLAIMS, rng.integer(0, 3)), *_maybe_count(rng, 0.25))
    strong = rng.chance(0.5)
    strip = words.strip_cells(rng, rng.integer(2, 4)) if strong and rng.chance(0.65) else ()
    lines = words.dose_lines(rng, rng.integer(1, 3)) if strong and (not strip or rng.chance(0.3)) else ()
    goods = rng.pick(words.SPORT_FOODS if strong and rng.chance(0.6) else words.FOODS)
    if (strip or lines) and rng.chance(_NET_ELSEWHERE):
        text, answers = "", (SceneQuestion("item_weight"),)
    return Contents(goods, _FOOD_FORMS, text, rng.chance(0.2), answers, (*lines, *decoys), strip=strip)


def _net_weight(rng: Rng, units: tuple[str, ...]) -> Amount:
    # Cosmetics and saffron weigh a few grams, stated with two or three digits.
    if rng.chance(0.08):
        return Amount(round(rng.log_uniform(0.3, 40.0), rng.pick((1, 1, 2, 3))), "gram")
    return any_amount(rng, "item_weight", units)


def _liquid(rng: Rng) -> Contents:
    text, answers = _amount_words(rng, "item_volume", any_amount(rng, "item_volume"), words.NET_VOLUME)
    claims = tuple(rng.sample(words.CLAIMS, rng.integer(1, 4)))
    return Contents(rng.pick(words.LIQUIDS), _LIQUID_FORMS, text, rng.chance(0.2), answers, claims)


def supplement(rng: Rng) -> Contents:
    """Return a supplement's dose, often with its net weight."""
    dose = any_amount(rng, "item_weight", ("milligram", "microgram") if rng.chance(0.85) else ("gram",))
    text = spelled(rng, dose)
    decoys = (*rng.sample(words.CLAIMS, rng.integer(0, 3)), *_maybe_count(rng, 0.9))
    if not rng.chance(_NET_OF_SUPPLEMENTS):
        is_weight = rng.chance(_DOSE_IS_WEIGHT)
        answer = question("item_weight", dose, "amount") if is_weight else SceneQuestion("item_weight")
        return Contents(rng.pick(words.PILLS), _PILL_FORMS, text, rng.chance(0.6), (answer,), decoys)
    net = _net_weight(rng, ("gram", "ounce"))
    if dose.unit == "gram":
        # Next to a net weight, a dose in grams is a spoonful.
        dose = replace(dose, value=rng.pick(_SPOONFULS))
        text = spelled(rng, dose)
    written = doubled(rng, net) if rng.chance(0.4) else spelled(rng, net, rng.chance(0.1))
    answer = question("item_weight", net, "amount")
    decoys = (*words.dose_lines(rng, rng.integer(0, 2)), *decoys)
    goods = rng.pick(words.PILLS)
    return Contents(goods, _PILL_FORMS, rng.pick(words.NET_WEIGHT).format(written), False, (answer,), decoys, text)


def _amount_words(rng: Rng, entity: str, amount: Amount, patterns: tuple[str, ...]) -> _Answered:
    answers: tuple[SceneQuestion, ...] = (question(entity, amount, "amount"),)
    if rng.chance(0.06):
        answers += (SceneQuestion("item_volume" if entity == "item_weight" else "item_weight"),)
    if rng.chance(0.12):
        return _multi_pack(rng, entity, amount)
    body = doubled(rng, amount) if rng.chance(0.3) else spelled(rng, amount, rng.chance(0.06))
    return rng.pick(patterns).format(body), answers


def _multi_pack(rng: Rng, entity: str, amount: Amount) -> _Answered:
    count = rng.pick((2, 3, 4, 6, 10, 12, 24, 30))
    one = replace(amount, value=rng.pick(_SACHETS)) if amount.unit == "gram" else amount
    whole = replace(one, value=round(one.value * count, 3))
    total = rng.chance(0.6)
    pattern = rng.pick(_WITH_TOTAL if total else _MULTIPLES)
    text = pattern.format(n=count, a=spelled(rng, one), t=spelled(rng, whole))
    return text, (question(entity, whole if total and rng.chance(0.5) else one, "amount"),)


def _maybe_count(rng: Rng, probability: float) -> tuple[str, ...]:
    return (rng.pick(words.COUNTS).format(n=rng.pick(_PIECES)),) if rng.chance(probability) else ()


def _print(rng: Rng, face: PackFace, contents: Contents) -> None:
    """Print brand, product, claims and the amount from top to bottom; the amount is mostly at the bottom."""
    area, colour = face.area, readable_on(face.colour, rng)
    name = contents.goods.upper() if rng.chance(0.4) else contents.goods
    parts = name.split(" ") if " " in name and rng.chance(0.6) else [name]
    # On low packs the product name must leave room for the amount.
    highest = area.height * _TITLE_SHARE / (1 + len(parts) + bool(contents.dose))
    size = min(area.width * rng.uniform(0.13, 0.24), highest)
    title = Ink(title_face(rng), size, colour, tracking=rng.pick((0.0, 0.0, 0.08)))
    small = Ink(body_face(rng), max(area.width * rng.uniform(0.045, 0.075), 8.0), colour)
    left = rng.chance(0.25)
    y = area.y0 + area.height * rng.uniform(0.02, 0.1)
    y = _line(face, y, rng.pick(words.BRANDS), title.sized(title.size * rng.uniform(0.5, 0.9)), left)
    for part in parts:
        y = _line(face, y, part, title, left)
    if rng.chance(0.5):
        y = _line(face, y + small.size * 0.5, rng.pick(words.FLAVOURS), small, left)
    if contents.dose:
        shout = title.sized(title.size * rng.uniform(0.5, 1.0))
        y = _line(face, y + small.size * 0.3, contents.dose, shout, left, "dose")
    _amount(rng, face, contents, small, y)
    _claims(rng, face, contents, small, y)


def _amount(rng: Rng, face: PackFace, contents: Contents, small: Ink, y: float) -> None:
    layer, area, text = face.layer, face.area, contents.amount_text
    if not text:
        return
    size = small.size * (rng.uniform(1.6, 3.0) if contents.big else rng.uniform(0.65, 1.3))
    ink = Ink(small.face if rng.chance(0.6) else title_face(rng), size, small.colour)
    ink = fitting(text, ink, area.width * 0.9)
    center = area.at(0.5, 0)[0]
    if contents.big and rng.chance(0.8):
        layer.text((center, min(y + ink.size * 1.0, area.y1 - ink.size)), text, ink, key="amount")
        return
    side = rng.weighted((("l", 2), ("m", 4), ("r", 3)))
    x = {"l": area.x0 + ink.size * 0.3, "m": center, "r": area.x1 - ink.size * 0.3}[side]
    if rng.chance(0.18):
        half = text_width(text, ink) / 2 + ink.size * 0.6
        middle = {"l": x + half - ink.size * 0.6, "m": x, "r": x - half + ink.size * 0.6}[side]
        badge = lit(rng.pick(VIVIDS), 0.9)
        layer.fill(Box(middle - half, area.y1 - ink.size * 1.8, middle + half, area.y1), badge)
        ink = replace(ink, colour=readable_on(badge, rng))
    layer.text((x, area.y1 - ink.size * 0.9), text, ink, side + "m", key="amount")


def _claims(rng: Rng, face: PackFace, contents: Contents, small: Ink, y: float) -> None:
    layer, area = face.layer, face.area
    bottom = area.y1 - small.size * 3.2
    y += small.size * (4.5 if contents.big else 1.5)
    if contents.strip and bottom - y > area.width * 0.2:
        tall = min(area.width * rng.uniform(0.14, 0.22), bottom - y)
        words.draw_strip(rng, layer, Box(area.x0, bottom - tall, area.x1, bottom), small, contents.strip)
        bottom -= tall + small.size * 0.4
    if rng.chance(0.35) and bottom - y > area.width * 0.4:
        radius = min((bottom - y) / 2, area.width * 0.3) * 0.9
        center = (area.at(rng.uniform(0.35, 0.65), 0)[0], y + radius)
        layer.fill(disc(center, radius), lit(rng.pick(VIVIDS), rng.uniform(0.7, 1.2)))
        layer.fill(disc(center, radius * 0.6), lit(rng.pick(VIVIDS), rng.uniform(0.7, 1.2)))
        y += radius * 2.2
    for claim in contents.decoys:
        if y + small.size > bottom:
            return
        y = _line(face, y, claim, small.sized(small.size * rng.uniform(0.8, 1.2)), rng.chance(0.3))
    if rng.chance(0.08) and y + small.size < bottom:
        _line(face, y, f"€ {number(rng.integer(1, 40) - 0.01)}", small, False)


def _line(face: PackFace, y: float, text: str, ink: Ink, left: bool, key: str = "") -> float:
    area = face.area
    ink = fitting(text, ink, area.width * 0.98)
    at = (area.x0 if left else area.at(0.5, 0)[0], y + ink.size * 0.6)
    face.layer.text(at, text, ink, "lm" if left else "mm", key=key)
    return y + ink.size * 1.25
