"""Does correcting help? Hand labels given to the model in the order of review, and in random order.

``python -m benchmarks.quality.corrections``, after ``imagequant bench-real FOLDER``, whose stages' outputs it reads;
writes ``metrics/benchmarks/corrections.json`` and ``docs/images/corrections.png``.

The model starts from the catalogue alone. In each fold of the hand-labelled rows, those not held out are what can be
corrected. Rows are corrected step by step, the model is trained anew after each, and answers the rows held out. Under
review the rows come first of which the last model knows least whether its answer is right.
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
from imagequant.executor import map_shards
from imagequant.experiments.cross_validation.figures import HAND
from imagequant.experiments.cross_validation.folds import CATALOGUE_ONLY, parts
from imagequant.experiments.cross_validation.hybrid import answer_by_hybrid
from imagequant.experiments.cross_validation.inputs import is_catalogue
from imagequant.experiments.cross_validation.material import Given, Material, Sides, load_material
from imagequant.experiments.cross_validation.paired import compared_figure, contest_f1, figure
from imagequant.experiments.cross_validation.rows import HeldOut, group_of, held_out
from imagequant.experiments.cross_validation.workspace import Workspace
from imagequant.model.examples import Limits
from imagequant.params import Params, load_params
from imagequant.stages.evaluate.run import rounded
from imagequant.training.questions import Question

STEPS = (0, 25, 50, 100, 200)
ORDERS = ("review", "random")
_FOLDS = 5
_OUTPUT = ROOT / "metrics" / "benchmarks" / "corrections.json"
_PLOT = ROOT / "docs" / "images" / "corrections.png"


@dataclass(frozen=True)
class Replay:
    """One order of corrections on one fold."""

    order: str
    fold: int


@dataclass(frozen=True)
class Step:
    """The held-out rows after so many corrections."""

    replay: Replay
    corrections: int
    rows: tuple[HeldOut, ...]


def replayer(workspace: Path, params: Params) -> Callable[[Replay], list[Step]]:
    """What replays, made once a process: the questions are read only once."""
    limits = Limits(params.train.max_words, params.train.max_candidates)
    return partial(replayed, load_material(Workspace(workspace, workspace), limits), params)


def replayed(material: Material, params: Params, replay: Replay) -> list[Step]:
    """Corrects, trains and answers, step by step."""
    base, pool, dev, out = sides(material, replay.fold, params)
    pool = sorted(pool, key=lambda question: question.label.row_id)
    random = np.random.default_rng(replay.fold)
    waiting = [pool[place] for place in random.permutation(len(pool))]
    corrected: list[Question] = []
    steps = []
    for count in STEPS:
        taken = count - len(corrected)
        corrected, waiting = [*corrected, *waiting[:taken]], waiting[taken:]
        asked: Sides = {
            "train": [*base["train"], *(question for question in corrected if question.label.row_id not in dev)],
            "development": [
                *base["development"],
                *(question for question in corrected if question.label.row_id in dev),
            ],
            "validation": [*out, *waiting],
        }
        given, _ = answer_by_hybrid(asked, material, params.train)
        scored = zip(out, given[: len(out)], strict=True)
        rows = (held_out(q.label, q.candidates, q.reading.tokens, each, str(replay.fold)) for q, each in scored)
        steps.append(Step(replay, count, tuple(rows)))
        if replay.order == "review":
            waiting = by_review(waiting, given[len(out) :])
    return steps


def sides(
    material: Material, fold: int, params: Params
) -> tuple[Sides, list[Question], frozenset[int], list[Question]]:
    """The catalogue's questions, those that can be corrected, which of them stop the training, those held out."""
    own = parts(material.labels, CATALOGUE_ONLY, _FOLDS, params.labels)
    real = parts(material.labels, fold, _FOLDS, params.labels, catalogue=False)
    base: Sides = {"train": [], "development": [], "validation": []}
    pool, dev, out = [], set(), []
    for label, mine, part in zip(material.labels, own, real, strict=True):
        question = material.questions.get(label.row_id)
        if question is None:
            continue
        if is_catalogue(label.source):
            if mine is not None:
                base[mine].append(question)
        elif group_of(label) == HAND and part is not None:
            (out if part == "validation" else pool).append(question)
            if part == "development":
                dev.add(label.row_id)
    return base, pool, frozenset(dev), out


def by_review(waiting: Sequence[Question], given: Sequence[Given]) -> list[Question]:
    """Those first of which the model knows least whether its likeliest answer is right."""
    places = sorted(range(len(waiting)), key=lambda place: (abs(given[place].confidence - 0.5), place))
    return [waiting[place] for place in places]


def summarise(steps: Sequence[Step], params: Params) -> dict[str, Any]:
    """Contest F1 by order and number of corrections; under review also the difference to random order."""
    rows = {
        (order, count): [
            row for step in steps if step.replay.order == order and step.corrections == count for row in step.rows
        ]
        for order in ORDERS
        for count in STEPS
    }
    return {
        order: {
            str(count): figure(mine, contest_f1, params.evaluate)
            if order == "random"
            else compared_figure(mine, rows["random", count], contest_f1, params.evaluate)
            for count in STEPS
            for mine in (rows[order, count],)
        }
        for order in ORDERS
    }


def draw(summary: dict[str, Any], path: Path) -> None:
    """F1 against corrections, a line an order, with the intervals of each."""
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
    "--workspace", type=click.Path(exists=True, file_okay=False, path_type=Path), default=ROOT / ".cache" / "bench-real"
)
@click.option("--members", type=click.IntRange(min=1), default=1, show_default=True, help="Networks a training.")
def main(workspace: Path, members: int) -> None:
    """Replays every order on every fold."""
    params = load_params(ROOT / "params.yaml")
    params = replace(params, train=replace(params.train, members=members))
    replays = [Replay(order, fold) for fold in range(_FOLDS) for order in ORDERS]
    work = partial(replayer, workspace, params)
    steps = [step for done in map_shards(work, replays, params.engine, "corrections: replays") for step in done]
    summary = rounded({**summarise(steps, params), "folds": _FOLDS, "members": members, "steps": list(STEPS)})
    write_json(_OUTPUT, summary)
    draw(summary, _PLOT)
    for order in ORDERS:
        click.echo(f"{order}: " + ", ".join(f"{count}: {summary[order][str(count)]['value']:.3f}" for count in STEPS))


if __name__ == "__main__":
    main()
