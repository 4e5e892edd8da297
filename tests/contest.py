"""The contest's entities, as ``params.yaml`` declares them, and the grammar for their kinds of quantity."""

from pathlib import Path

from imagequant.core.records import Mention
from imagequant.model.vocabulary import Vocabulary
from imagequant.params import load_params
from imagequant.quantity.grammar import Context, parse_quantities

CONTEST = load_params(Path(__file__).parents[1] / "params.yaml").domain
VOCABULARY = Vocabulary.of(CONTEST)


def parse(text: str, decimal_mark: str = "") -> list[Mention]:
    """Return the quantities of the contest's kinds in a line of text."""
    return parse_quantities(text, Context(decimal_mark, CONTEST.kinds))
