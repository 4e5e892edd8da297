"""Colours and their lightness."""

from imagequant.synthetic.render.rng import Rng

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
# fmt: off
NEUTRALS: tuple[Colour, ...] = ((250, 250, 248), (240, 240, 238), (222, 220, 216), (190, 190, 190), (120, 122, 126),
                                (62, 64, 68), (28, 28, 30), (18, 18, 20))
VIVIDS: tuple[Colour, ...] = ((196, 38, 40), (230, 90, 40), (246, 190, 50), (70, 150, 70), (20, 90, 60), (40, 110, 190),
                              (20, 40, 110), (100, 60, 150), (220, 90, 150), (240, 190, 200), (130, 200, 220),
                              (150, 90, 50), (205, 170, 120), (235, 225, 200), (90, 70, 60), (110, 130, 90))
# fmt: on


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """Return the colour at a share of the way from a to b."""
    red, green, blue = (round(p + (q - p) * share) for p, q in zip(a, b, strict=True))
    return red, green, blue


def lit(colour: Colour, factor: float) -> Colour:
    """Return a lighter (factor above 1) or darker colour."""
    red, green, blue = (min(max(round(value * factor), 0), 255) for value in colour)
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Return the perceived lightness in [0, 1]."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255.0


def any_colour(rng: Rng) -> Colour:
    """Choose a product's colour; half of them are neutral."""
    base = rng.pick(NEUTRALS) if rng.chance(0.5) else rng.pick(VIVIDS)
    return lit(base, rng.uniform(0.85, 1.12))


def readable_on(ground: Colour, rng: Rng) -> Colour:
    """Choose a text colour that contrasts with the ground."""
    if luminance(ground) > 0.55:
        return rng.weighted((((0, 0, 0), 5.0), ((40, 40, 44), 3.0), (lit(rng.pick(VIVIDS), 0.6), 2.0)))
    return rng.weighted((((255, 255, 255), 6.0), ((250, 240, 200), 1.0), ((255, 214, 60), 1.0)))
