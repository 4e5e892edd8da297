"""Results of drawing functions."""

from dataclasses import dataclass

from imagequant.synthetic.render.canvas import Canvas


@dataclass(frozen=True)
class Amount:
    """A value with a unit; ``high`` is the upper end of a range, ``count`` the number of parts of a multipack."""

    value: float
    unit: str
    high: float | None = None
    count: float = 1.0

    @property
    def label(self) -> str:
        """The contest's format: ``500.0 gram``, ``[100.0, 240.0] volt``."""
        if self.high is not None:
            return f"[{float(self.value)}, {float(self.high)}] {self.unit}"
        return f"{float(self.value)} {self.unit}"


@dataclass(frozen=True)
class SceneQuestion:
    """A question about the photo: its label and the key of the answer's mark, both absent without an answer."""

    entity: str
    label: str = ""
    key: str | None = None


@dataclass(frozen=True)
class Scene:
    """A drawn photo with its questions; ``product`` decides the group."""

    canvas: Canvas
    answers: tuple[SceneQuestion, ...]
    product: str


@dataclass(frozen=True)
class SceneProduct:
    """One of the products on a drawn photo: its printed name, empty if it has none, and entities with amounts."""

    name: str
    amounts: tuple[tuple[str, Amount], ...]


@dataclass(frozen=True)
class GroupScene:
    """A drawn photo with its products and what it says about each."""

    canvas: Canvas
    products: tuple[SceneProduct, ...]


def question(entity: str, amount: Amount, key: str) -> SceneQuestion:
    """Return a question whose answer is marked as ``key``."""
    return SceneQuestion(entity, amount.label, key)
