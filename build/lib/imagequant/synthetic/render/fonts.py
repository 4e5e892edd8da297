"""Fonts from the package index, so that photos are the same on all machines."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import ImageFont

from imagequant.synthetic.render.rng import Rng


@dataclass(frozen=True)
class FontFace:
    """A font file of an installed package."""

    package: str
    file: str


def _faces(package: str, *names: str) -> tuple[FontFace, ...]:
    folder = "mpl-data/fonts/ttf" if package == "matplotlib" else "files"
    return tuple(FontFace(package, f"{folder}/{name}") for name in names)


# fmt: off
_ROBOTO = _faces("font_roboto", "Roboto-Regular.ttf", "Roboto-Medium.ttf", "Roboto-Bold.ttf", "Roboto-Light.ttf")
_LATO = _faces("font_lato", "Lato-Regular.ttf", "Lato-Bold.ttf", "Lato-Black.ttf", "Lato-Light.ttf")
_SOURCE = _faces("font_source_sans_pro", "SourceSansPro-Regular.ttf", "SourceSansPro-Semibold.ttf",
                 "SourceSansPro-Bold.ttf", "SourceSansPro-Light.ttf")
_MANROPE = _faces("font_manrope", "Manrope-Regular.ttf", "Manrope-Medium.ttf", "Manrope-Bold.ttf")
_HANKEN = _faces("font_hanken_grotesk", "HankenGrotesk-Regular.otf", "HankenGrotesk-Bold.otf")
_RED_HAT = _faces("font_rhd", "RedHatDisplay-Regular.ttf", "RedHatDisplay-Bold.ttf", "RedHatDisplay-Black.ttf")
_DEJAVU = _faces("matplotlib", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_ITALIC = (*_faces("font_roboto", "Roboto-BoldItalic.ttf", "Roboto-Italic.ttf"),
           *_faces("font_lato", "Lato-Italic.ttf", "Lato-BoldItalic.ttf"))
_SERIF = (*_faces("matplotlib", "STIXGeneral.ttf", "STIXGeneralBol.ttf", "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"),
          *_faces("font_caladea", "Caladea-Regular.ttf", "Caladea-Bold.ttf"),
          *_faces("font_source_serif_pro", "SourceSerifPro-Regular.ttf", "SourceSerifPro-Bold.ttf"))
_MONO = _faces("matplotlib", "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")
_FUN = (*_faces("font_fredoka_one", "FredokaOne-Regular.ttf"), *_faces("font_intuitive", "Intuitive.ttf"),
        *_faces("font_amatic_sc", "AmaticSC-Bold.ttf"))
_NARROW = _faces("font_fjallaone", "FjallaOne-Regular.ttf")
_HEAVY = (_LATO[2], _LATO[1], *_faces("font_roboto", "Roboto-Black.ttf", "Roboto-Bold.ttf"), _RED_HAT[2],
          *_faces("font_manrope", "Manrope-ExtraBold.ttf"), *_faces("font_source_sans_pro", "SourceSansPro-Black.ttf"),
          *_NARROW)
# Most sellers use sans-serif fonts like Arial and Montserrat for dimensions.
_BODY: tuple[tuple[tuple[FontFace, ...], float], ...] = ((_ROBOTO, 20), (_LATO, 10), (_SOURCE, 18), (_MANROPE, 10),
                                                         (_HANKEN, 8), (_RED_HAT, 7), (_DEJAVU, 8), (_ITALIC, 3),
                                                         (_SERIF, 9), (_MONO, 3), (_NARROW, 2), (_FUN, 2))
# fmt: on
# For texts with characters that a face lacks.
FALLBACK = _DEJAVU[0]


def body_face(rng: Rng) -> FontFace:
    """Choose a face for labels and small print."""
    return rng.pick(rng.weighted(_BODY))


def title_face(rng: Rng) -> FontFace:
    """Choose a face for headlines and brands."""
    return rng.pick(rng.weighted(((_HEAVY, 70), (_SERIF, 14), (_FUN, 9), (_ITALIC, 7))))


def plate_face(rng: Rng) -> FontFace:
    """Choose a face for rating plates."""
    return rng.pick(rng.weighted(((_ROBOTO, 35), (_SOURCE, 25), (_DEJAVU, 20), (_MONO, 10), (_NARROW, 10))))


@lru_cache(maxsize=128)
def _characters(face: FontFace) -> frozenset[int]:
    with TTFont(str(files(face.package) / face.file), lazy=True) as font:
        return frozenset(font.getBestCmap())


def covering(face: FontFace, text: str) -> FontFace:
    """Return the face, or the fallback if it lacks a character of the text."""
    return face if covers(face, text) else FALLBACK


def covers(face: FontFace, text: str) -> bool:
    """Return whether the face has a glyph for every character."""
    return {ord(character) for character in text if character != "\n"} <= _characters(face)


@lru_cache(maxsize=512)
def load(face: FontFace, size: int) -> ImageFont.FreeTypeFont:
    """Load a face at a size in pixels."""
    path = str(files(face.package) / face.file)
    # Not all Pillow builds have the other layout engine, raqm, which spaces letters differently.
    return ImageFont.truetype(path, max(size, 4), layout_engine=ImageFont.Layout.BASIC)
