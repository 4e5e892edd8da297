"""Does correcting help? Adds hand labels to the training data in the order of review, and in random order.

``python -m benchmarks.quality.corrections`` reads the stage outputs of ``imagequant cross-validate FOLDER``, and writes
``metrics/bench/corrections.json`` and ``docs/images/corrections.png``.

The model starts from the generated photos alone. In each fold, the hand-labelled rows that are not held out can be
corrected. After each step of corrections the model is trained again and answers the held-out rows. The order of review
puts the
rows first whose answers are the least certain under the last model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
from matplotlib.figure import Figure

from benchmarks.speed.harness import ROOT
from imagequant.core.files import write_json
from imagequant.evaluation.bootstrap import contest_f1, figure
from imagequant.evaluation.fit_and_answer import FoldQuestions, answer_by_hybrid
from imagequant.evaluation.folds import SYNTHETIC_ONLY, named_folds
from imagequant.evaluation.metrics import rounded
from imagequant.evaluation.scored_row import ScoredRow, score_question
from imagequant.executor import map_shards
from imagequant.experiments.ablations import FULL
from imagequant.experiments.cross_validation.report import HAND
from imagequant.experiments.cross_validation.run import FOLDER
from imagequant.experiments.cross_validation.runs import fold_questions
from imagequant.model.answers import Answer
from imagequant.model.examples import Limits
from imagequant.params import Params, load_params
from imagequant.storage.layout import Layout
from imagequant.training.questions import LabelledQuestion, Questions

STEPS = (0, 25, 50, 100, 200)
ORDERS = ("review", "random")
_FOLDS = 5
_OUTPUT = ROOT / "metrics" / "bench" / "corrections.json"
_PLOT = ROOT / "docs" / "images" / "corrections.png"


@dataclass(frozen=True)
class Replay:
    """One order of corrections on one fold."""

    order: str
    fold: int


@dataclass(frozen=True)
class Step:
    """The held-out rows after a number of corrections."""

    replay: Replay
    corrections: int
    rows: tuple[ScoredRow, ...]


@dataclass(frozen=True)
class CorrectionFold:
    """The questions of one fold.

    Attributes:
        synthetic: The questions of the generated photos, by part.
        correctable: The questions that can be corrected.
        development: Row ids of those that belong to the development part.
        held_out: The questions held out.
    """

    synthetic: FoldQuestions
    correctable: list[LabelledQuestion]
    development: frozenset[int]
    held_out: list[LabelledQuestion]


def replayer(project: Path, params: Params) -> Callable[[Replay], list[Step]]:
    """Return the function that replays, made once per process, since it reads all questions."""
    limits = Limits(params.train.max_words, params.train.max_candidates)
    return partial(
        replay_corrections, list(Questions.from_layout(Layout(project), limits, params.domain).select()), params
    )


def replay_corrections(questions: Sequence[LabelledQuestion], params: Params, replay: Replay) -> list[Step]:
    """Corrects, trains and answers, step by step."""
    fold = correction_fold(questions, replay.fold, params)
    rng = np.random.default_rng(replay.fold)
    waiting = [fold.correctable[place] for place in rng.permutation(len(fold.correctable))]
    corrected: list[LabelledQuestion] = []
    steps = []
    for count in STEPS:
        taken = count - len(corrected)
        corrected, waiting = [*corrected, *waiting[:taken]], waiting[taken:]
        development = [question for question in corrected if question.label.row_id in fold.development]
        train = [question for question in corrected if question.label.row_id not in fold.development]
        step: FoldQuestions = {
            "train": [*fold.synthetic["train"], *train],
            "development": [*fold.synthetic["development"], *development],
            "validation": [*fold.held_out, *waiting],
        }
        answers = answer_by_hybrid(step, params.train)
        scored = zip(fold.held_out, answers.ranked, strict=False)
        rows = tuple(score_question(question, ranked, answers.threshold) for question, ranked in scored)
        steps.append(Step(replay, count, rows))
        if replay.order == "review":
            waiting = by_review(waiting, answers.ranked[len(fold.held_out) :])
    return steps


def correction_fold(questions: Sequence[LabelledQuestion], fold: int, params: Params) -> CorrectionFold:
    """Splits the questions; only hand-labelled rows are corrected and held out."""
    folds = named_folds([question.label for question in questions], params.labels, _FOLDS, synthetic=False)
    hand = {
        part: [question for question in mine if question.label.group == HAND]
        for part, mine in fold_questions(questions, folds[str(fold)]).items()
    }
    correctable = sorted([*hand["train"], *hand["development"]], key=lambda question: question.label.row_id)
    development = frozenset(question.label.row_id for question in hand["development"])
    return CorrectionFold(
        fold_questions(questions, folds[SYNTHETIC_ONLY]), correctable, development, hand["validation"]
    )


def by_review(waiting: Sequence[LabelledQuestion], answers: Sequence[Sequence[Answer]]) -> list[LabelledQuestion]:
    """Return the questions with the least certain best answers first."""
    confidences = [ranked[0].confidence if ranked else 0.0 for ranked in answers]
    places = sorted(range(len(waiting)), key=lambda place: (abs(confidences[place] - 0.5), place))
    return [waiting[place] for place in places]


def summarise(steps: Sequence[Step], params: Params) -> dict[str, Any]:
    """Return contest F1 by order and number of corrections; for review also the difference to random order."""
    rows = {
        (order, count): [
            row for step in steps if step.replay.order == order and step.corrections == count for row in step.rows
        ]
        for order in ORDERS
        for count in STEPS
    }
    return {
        order: {
            str(count): figure(mine, contest_f1, params.evaluate, () if order == "random" else rows["random", count])
            for count in STEPS
            for mine in (rows[order, count],)
        }
        for order in ORDERS
    }


def draw(summary: dict[str, Any], path: Path) -> None:
    """Plots F1 against corrections, one line per order, with intervals."""
    figure_ = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure_.add_subplot()
    for order, color, label in (("review", "#0072b2", "least certain first"), ("random", "#d55e00", "random order")):
        figures = [summary[order][str(count)] for count in STEPS]
        values = [one["value"] for one in figures]
        axes.plot(STEPS, values, color=color, marker="o", label=label)
        lows, highs = zip(*(one["ci95"] for one in figures), strict=True)
        axes.fill_between(STEPS, lows, highs, color=color, alpha=0.12, linewidth=0)
    axes.set(xlabel="rows corrected", ylabel="contest F1 on rows held out", xticks=STEPS)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure_.savefig(path, dpi=120, metadata={"Software": None})


@click.command()
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT / FOLDER / FULL.name,
    help="Folder with the stage outputs of cross-validation.",
)
@click.option("--members", type=click.IntRange(min=1), default=1, show_default=True, help="Networks per training.")
def main(project: Path, members: int) -> None:
    """Replays every order on every fold."""
    params = load_params(ROOT / "params.yaml")
    params = replace(params, train=replace(params.train, members=members))
    replays = [Replay(order, fold) for fold in range(_FOLDS) for order in ORDERS]
    work = partial(replayer, project, params)
    steps = [step for done in map_shards(work, replays, params.executor, "corrections: replays") for step in done]
    summary = rounded({**summarise(steps, params), "folds": _FOLDS, "members": members, "steps": list(STEPS)})
    write_json(_OUTPUT, summary)
    draw(summary, _PLOT)
    for order in ORDERS:
        click.echo(f"{order}: " + ", ".join(f"{count}: {summary[order][str(count)]['value']:.3f}" for count in STEPS))


if __name__ == "__main__":
    main()
