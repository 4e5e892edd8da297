"""What entities are called and coloured in pictures, notebooks, pages and reports.

The colours are those of Okabe and Ito, which people with colour blindness can tell apart; a dark grey replaces black.
"""

import zlib
from collections.abc import Iterable

Color = tuple[int, int, int]
_OKABE_ITO: tuple[Color, ...] = (
    (0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (60, 60, 60), (240, 228, 66), (230, 159, 0),
    (86, 180, 233),
)  # fmt: skip
_USUAL = (
    "width", "depth", "height", "item_weight", "maximum_weight_recommendation", "voltage", "wattage", "item_volume",
)  # fmt: skip
GREY: Color = (150, 150, 150)
_BLACK: Color = (0, 0, 0)
_WHITE: Color = (255, 255, 255)


def entity_color(entity: str) -> Color:
    """Return the colour of an entity, always the same; the contest's entities have different ones."""
    number = _USUAL.index(entity) if entity in _USUAL else zlib.crc32(entity.encode())
    return _OKABE_ITO[number % len(_OKABE_ITO)]


def named(entity: str) -> str:
    """Return an entity's name for people."""
    return entity.replace("_", " ")


def contrasting(color: Color) -> Color:
    """Return black or white, whichever stands out more: for text on a colour, and for lines around one."""
    # The contrasts with black and white are equal at a luminance of 0.179 (WCAG 2.2).
    return _BLACK if _luminance(color) > 0.179 else _WHITE


def pale(color: Color) -> Color:
    """Return the colour half-way to white."""
    red, green, blue = ((part + 255) // 2 for part in color)
    return red, green, blue


def palette_css(entities: Iterable[str]) -> str:
    """Return the style sheet that gives elements with ``data-entity`` their colours."""
    return "".join(
        f'[data-entity="{entity}"] {{ --entity: {_css(color)}; --on-entity: {_css(contrasting(color))}; }}\n'
        for entity, color in ((name, entity_color(name)) for name in entities)
    )


def _css(color: Color) -> str:
    return "#" + bytes(color).hex()


def _luminance(color: Color) -> float:
    parts = [part / 255 for part in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
