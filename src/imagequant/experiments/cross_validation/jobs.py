"""The runs of the bench: one method on one fold; each is stored as soon as it is through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import torch

from imagequant.executor import map_shards
from imagequant.experiments.cross_validation.folds import Fold
from imagequant.experiments.cross_validation.hybrid import answer_by_hybrid
from imagequant.experiments.cross_validation.material import Given, Material, Sides, load_material, split_questions
from imagequant.experiments.cross_validation.rows import HeldOut, decode_rows, encode_rows, held_out
from imagequant.experiments.cross_validation.rules import RULES, answer_by_rule
from imagequant.experiments.cross_validation.seed_design import answer_by_seed_design
from imagequant.model.examples import Limits
from imagequant.params import EngineParams, Params
from imagequant.storage.code import code_fingerprint
from imagequant.storage.layout import Layout
from imagequant.storage.work_cache import WorkCache, fingerprint

HYBRID = "hybrid"
SEED_DESIGN = "seed_design"
BASELINES = (*RULES, SEED_DESIGN)
# Outputs a run reads, and the code its result depends on beside the method's.
INPUT_STAGES = ("labels", "candidates", "cnn")
_COMMON_CODE = ("imagequant.experiments.cross_validation.material", "imagequant.experiments.cross_validation.rows")


@dataclass(frozen=True)
class Job:
    """A method tried on one fold.

    Attributes:
        name: What the figures call it: a variant's or a baseline's name.
        method: ``hybrid``, ``seed_design`` or one of ``RULES``.
        fold: Which rows are held out.
        folds: Of how many.
        params: The variant's parameters.
        layout: Where its stages' outputs lie.
        inputs: Their hashes.
        catalogue: Whether the catalogue is trained on too.
    """

    name: str
    method: str
    fold: Fold
    folds: int
    params: Params
    layout: Layout
    inputs: tuple[str, ...]
    catalogue: bool = True

    @property
    def limits(self) -> Limits:
        """What questions are cut to."""
        return Limits(self.params.train.max_words, self.params.train.max_candidates)


@dataclass(frozen=True)
class Run:
    """A job's held-out rows; ``facts`` tell of the training (best epoch, threshold)."""

    name: str
    fold: Fold
    rows: tuple[HeldOut, ...]
    facts: dict[str, float]


def run_jobs(jobs: Sequence[Job], results: Path, engine: EngineParams) -> list[Run]:
    """The jobs' results in their order, from the folder ``results`` where they are stored there."""
    cache = WorkCache(results)
    codes = {method: method_code(method) for method in sorted({job.method for job in jobs})}
    keys = [job_key(job, codes[job.method]) for job in jobs]
    stored = [cache.get(job.name, key) for job, key in zip(jobs, keys, strict=True)]
    missing = [(job, key) for job, key, payload in zip(jobs, keys, stored, strict=True) if payload is None]
    computed = iter(map_shards(partial(_build, results), missing, engine, "bench-real: runs") if missing else ())
    runs = []
    for job, payload in zip(jobs, stored, strict=True):
        rows, facts = decode_rows(next(computed) if payload is None else payload)
        runs.append(Run(job.name, job.fold, tuple(rows), facts))
    return runs


def method_code(method: str) -> str:
    """A hash of the code a method's results depend on."""
    module = method if method in (HYBRID, SEED_DESIGN) else "rules"
    return code_fingerprint(f"imagequant.experiments.cross_validation.{module}", *_COMMON_CODE)


def job_key(job: Job, code: str) -> str:
    """Names everything a job's result depends on."""
    sections = [asdict(job.params.train), asdict(job.params.labels)]
    return fingerprint(job.method, job.fold, job.folds, job.catalogue, sections, job.inputs, torch.__version__, code)


@dataclass
class Worker:
    """Runs jobs one after the other; keeps the last workspace's questions, for neighbours mostly share them."""

    results: Path
    loaded: dict[tuple[Layout, Limits], Material] = field(default_factory=dict)

    def run(self, item: tuple[Job, str]) -> bytes:
        """Trains, answers, and stores under the job's key."""
        job, key = item
        material = self._material(job)
        sides = split_questions(material, job.fold, job.folds, job.params.labels, catalogue=job.catalogue)
        given, facts = _answers(job, sides, material)
        rows = [
            held_out(
                question.label,
                question.candidates,
                question.reading.tokens,
                each,
                str(job.fold),
            )
            for question, each in zip(sides["validation"], given, strict=True)
        ]
        payload = encode_rows(rows, facts)
        WorkCache(self.results).put(job.name, key, payload)
        return payload

    def _material(self, job: Job) -> Material:
        wanted = (job.layout, job.limits)
        if wanted not in self.loaded:
            self.loaded.clear()
            self.loaded[wanted] = load_material(*wanted)
        return self.loaded[wanted]


def _build(results: Path) -> Callable[[tuple[Job, str]], bytes]:
    # One thread, as in `train`: the order of sums is part of the result.
    torch.set_num_threads(1)
    return Worker(results).run


def _answers(job: Job, sides: Sides, material: Material) -> tuple[list[Given], dict[str, float]]:
    if job.method == HYBRID:
        return answer_by_hybrid(sides, material, job.params.train)
    if job.method == SEED_DESIGN:
        return answer_by_seed_design(sides, job.params.train)
    return answer_by_rule(RULES[job.method], sides), {}
