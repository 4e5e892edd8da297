"""How well the exported model reads simple prints with known answers: ``python -m benchmarks.quality.prints FOLDER``.

The folder has ``images/``, ``rows.csv`` (index, image_link, entity_name) and ``truth.csv`` (index, kind, accepted: the
accepted answers separated by bars, empty if the print does not say). Writes ``metrics/bench/prints.json``.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks.speed.harness import ROOT
from benchmarks.speed.recording import commit
from imagequant import Predictions, load_predictor
from imagequant.core.files import write_json
from imagequant.evaluation.scored_row import parse_quantity
from imagequant.quantity.scoring import kept_by_threshold, outcome, same_quantity, score
from imagequant.storage.layout import Layout

_OUTPUT = ROOT / "metrics" / "bench" / "prints.json"
# Wrong answers at least this confident are what makes people stop trusting the others.
SURE = 0.8
_PRECISION = 0.95


@dataclass(frozen=True)
class Answered:
    """A question about a print, with the accepted answers (none: the print does not say) and what was answered."""

    kind: str
    accepted: tuple[str, ...]
    text: str
    confidence: float

    @property
    def is_right(self) -> bool:
        """Whether an accepted answer was given, or none where none is printed."""
        given = parse_quantity(self.text) if self.text else None
        truths = [truth for each in self.accepted if (truth := parse_quantity(each))]
        return any(same_quantity(given, truth) for truth in truths) if given else not truths


def figures(rows: Sequence[Answered]) -> dict[str, Any]:
    """Return what is recorded: right and asked in all and by kind, sure mistakes, contest F1, and coverage."""
    stated = [row for row in rows if row.accepted]
    points = kept_by_threshold((row.confidence, row.is_right) for row in rows if row.text)
    kept = (each.answers for each in points if each.right >= _PRECISION * each.answers)
    contest = score(
        outcome(
            parse_quantity(row.text) if row.text else None,
            [truth for each in row.accepted if (truth := parse_quantity(each))],
            answerable=bool(row.accepted),
        )
        for row in rows
    )
    by_kind: dict[str, list[Answered]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    return {
        "asked": len(rows),
        "right": sum(row.is_right for row in rows),
        "stated": len(stated),
        "wrong_with_confidence_0.8": sum(
            bool(row.text) and not row.is_right and row.confidence >= SURE for row in rows
        ),
        "answered_at_precision_0.95": max(kept, default=0),
        "contest_f1": round(contest.contest_f1, 4),
        "right_by_kind": {
            kind: f"{sum(row.is_right for row in some)}/{len(some)}" for kind, some in sorted(by_kind.items())
        },
    }


def read_rows(folder: Path) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return the questions of a folder with their truths."""
    questions, truths = (
        list(csv.DictReader((folder / name).read_text("utf-8").splitlines())) for name in ("rows.csv", "truth.csv")
    )
    known = {row["index"]: row for row in truths}
    return [(row, known[row["index"]]) for row in questions]


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Ask the exported model about the prints of FOLDER."""
    predictor = load_predictor(Layout(ROOT).models("export"))
    read: dict[str, Predictions] = {}
    answered = []
    for question, truth in read_rows(folder):
        link = question["image_link"]
        if link not in read:
            read[link] = predictor.predict(folder / link)
        given = read[link][question["entity_name"]]
        accepted = tuple(filter(None, truth["accepted"].split("|")))
        answered.append(Answered(truth["kind"], accepted, given.text, given.confidence))
    recorded = {**figures(answered), "commit": commit(), "model": predictor.model.sha256[:12]}
    write_json(_OUTPUT, recorded)
    click.echo(recorded)


if __name__ == "__main__":
    main()
