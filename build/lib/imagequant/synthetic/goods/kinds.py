"""The goods, with their proportions and sizes."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from imagequant.core.records import Box
from imagequant.synthetic.goods import flat, long, turned
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.rng import Rng


@dataclass(frozen=True)
class Good:
    """A product with ranges of ``aspect`` (width / height) and ``longest`` (its longer side in centimetres)."""

    name: str
    draw: Callable[[Rng, Canvas, Box], None]
    aspect: tuple[float, float]
    longest: tuple[float, float]
    weight: float
    round: bool = False


GOODS: tuple[Good, ...] = (
    Good("vase", turned.vase, (0.3, 0.9), (8, 70), 5, True),
    Good("bottle", turned.bottle, (0.22, 0.5), (6, 35), 4, True),
    Good("cup", turned.cup, (0.75, 1.5), (6, 16), 4, True),
    Good("goblet", turned.glass_goblet, (0.3, 0.7), (10, 25), 3, True),
    Good("bowl", turned.bowl, (1.4, 5.0), (8, 40), 4, True),
    Good("canister", turned.canister, (0.45, 1.2), (6, 70), 5, True),
    Good("lamp", turned.lamp, (0.2, 0.8), (20, 180), 4, True),
    Good("bulb", turned.bulb, (0.45, 0.65), (6, 18), 2, True),
    Good("candle", turned.candle, (0.1, 1.1), (5, 40), 2, True),
    Good("cushion", flat.cushion, (0.9, 2.0), (25, 80), 5),
    Good("frame", flat.picture_frame, (0.35, 1.6), (10, 180), 6),
    Good("rug", flat.rug, (0.4, 3.5), (30, 300), 4),
    Good("curtain", flat.curtain, (0.4, 1.6), (60, 260), 3),
    Good("screen", flat.screen, (0.6, 1.9), (12, 160), 3),
    Good("book", flat.book, (0.5, 2.2), (5, 60), 5),
    Good("bag", flat.tote, (0.6, 1.5), (15, 60), 5),
    Good("plate", flat.plate, (0.97, 1.03), (3, 90), 4, True),
    Good("shirt", flat.shirt, (0.8, 1.2), (30, 110), 2),
    Good("toy", flat.blob, (0.6, 1.5), (2, 45), 5),
    Good("drawing", flat.line_drawing, (0.4, 2.5), (5, 200), 3),
    Good("panel", flat.panel, (0.3, 3.5), (3, 60), 3),
    Good("knife", long.knife, (5.0, 9.0), (10, 45), 3),
    Good("spoon", long.spoon, (4.0, 10.0), (10, 60), 4),
    Good("spoon", long.spoon, (0.1, 0.28), (10, 140), 4),
    Good("stick", long.stick, (0.03, 0.16), (8, 180), 4),
    Good("stick", long.stick, (6.0, 16.0), (8, 150), 3),
    Good("screw", long.screw, (2.5, 6.0), (1.5, 15), 2),
    Good("shelf", long.shelf, (0.3, 1.6), (40, 200), 4),
    Good("table", long.table, (0.6, 2.6), (40, 180), 4),
    Good("chair", long.chair, (0.5, 1.0), (60, 120), 3),
    Good("phone case", flat.phone_case, (0.45, 0.75), (12, 26), 3),
    Good("sheet", flat.sheet, (0.35, 1.6), (5, 90), 4),
    Good("banner", flat.banner, (0.2, 0.8), (20, 200), 3),
    Good("umbrella", turned.umbrella, (0.7, 1.3), (50, 280), 2, True),
    Good("bin", turned.bin_, (0.4, 1.0), (18, 90), 3, True),
    Good("jar", turned.jar, (0.4, 1.0), (5, 30), 4, True),
    Good("hammer", long.hammer, (0.25, 0.5), (15, 90), 3),
    Good("mirror", flat.mirror, (0.4, 1.4), (10, 160), 3),
    Good("sofa", long.sofa, (1.3, 3.0), (90, 260), 3),
)
# Goods with two lengths: the share of upright ones, and quantiles of the log ratio of the long to the short side.
_UPRIGHT = 0.6
_SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
_LOG_RATIOS = (0.05, 0.15, 0.33, 0.67, 1.15, 2.1, 2.8)


def any_good(rng: Rng, names: tuple[str, ...] = ()) -> Good:
    """Choose a good, if names are given one of them, by weight."""
    return rng.weighted([(good, good.weight) for good in GOODS if not names or good.name in names])


def any_shape(rng: Rng) -> tuple[Good, float]:
    """Choose a good and its aspect ratio, with the proportions of goods with two lengths."""
    ratio = math.exp(float(np.interp(rng.uniform(0.0, 1.0), _SHARES, _LOG_RATIOS)))
    return shaped(rng, 1.0 / ratio if rng.chance(_UPRIGHT) else ratio)


def real_size(aspect: float, longest: float) -> tuple[float, float]:
    """Return the width and height of a good whose longer side is ``longest``."""
    return (longest, longest / aspect) if aspect >= 1 else (longest * aspect, longest)


def shaped(rng: Rng, aspect: float) -> tuple[Good, float]:
    """Choose a good with this aspect ratio, or the closest one."""
    fitting = [(good, good.weight) for good in GOODS if good.aspect[0] <= aspect <= good.aspect[1]]
    if fitting:
        return rng.weighted(fitting), aspect
    nearest = min(GOODS, key=lambda good: max(good.aspect[0] / aspect, aspect / good.aspect[1]))
    return nearest, min(max(aspect, nearest.aspect[0]), nearest.aspect[1])
