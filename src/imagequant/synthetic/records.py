"""What a drawing function hands back."""

from __future__ import annotations

from dataclasses import dataclass

from imagequant.quantity.units import UNITS
from imagequant.synthetic.render.canvas import Canvas


@dataclass(frozen=True)
class Amount:
    """A value with its unit's contest name; ``high`` where the photo states a range."""

    value: float
    unit: str
    high: float | None = None

    @property
    def label(self) -> str:
        """As the contest writes it: ``500.0 gram``, ``[100.0, 240.0] volt``."""
        if self.high is not None:
            return f"[{float(self.value)}, {float(self.high)}] {self.unit}"
        return f"{float(self.value)} {self.unit}"

    @property
    def base(self) -> float:
        """The value in the dimension's base unit."""
        return self.value * UNITS[self.unit].factor


@dataclass(frozen=True)
class SceneQuestion:
    """A question on the photo: its label (empty where the photo does not say) and the mark it was drawn under."""

    entity: str
    label: str
    key: str | None


@dataclass(frozen=True)
class Scene:
    """A drawn photo with its questions; ``product`` names what is shown, for the group."""

    canvas: Canvas
    answers: tuple[SceneQuestion, ...]
    product: str


def question(entity: str, amount: Amount, key: str) -> SceneQuestion:
    """An answer that is drawn under ``key``."""
    return SceneQuestion(entity, amount.label, key)


def unanswerable(entity: str) -> SceneQuestion:
    """A question that the photo does not answer."""
    return SceneQuestion(entity, "", None)
