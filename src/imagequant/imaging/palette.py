"""What entities are called and coloured in pictures, notebooks, pages and reports.

The colours are those of Okabe and Ito, which people with colour blindness can tell apart; a dark grey replaces black.
"""

from itertools import cycle

from imagequant.quantity.units import ENTITIES

Color = tuple[int, int, int]
_OKABE_ITO: tuple[Color, ...] = (
    (0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (60, 60, 60), (240, 228, 66), (230, 159, 0),
    (86, 180, 233),
)  # fmt: skip
ENTITY_COLORS: dict[str, Color] = dict(zip(ENTITIES, cycle(_OKABE_ITO), strict=False))
GREY: Color = (150, 150, 150)
_BLACK: Color = (0, 0, 0)
_WHITE: Color = (255, 255, 255)


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


def palette_css() -> str:
    """Return the style sheet that gives elements with ``data-entity`` their colours."""
    return "".join(
        f'[data-entity="{entity}"] {{ --entity: {_css(color)}; --on-entity: {_css(contrasting(color))}; }}\n'
        for entity, color in ENTITY_COLORS.items()
    )


def _css(color: Color) -> str:
    return "#" + bytes(color).hex()


def _luminance(color: Color) -> float:
    parts = [part / 255 for part in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
