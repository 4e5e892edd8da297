"""The runs of cross-validation: one method on one fold. Each result goes to the work cache when it is complete."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path

import torch

from imagequant.evaluation.baselines.rules import RULES, answer_by_rule
from imagequant.evaluation.baselines.value_classifier import answer_by_classifier
from imagequant.evaluation.fit_and_answer import FoldQuestions, MethodAnswers, answer_by_hybrid, score_answers
from imagequant.evaluation.folds import Fold, named_folds
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.executor import map_shards
from imagequant.model.examples import Limits
from imagequant.params import ExecutorParams, Params
from imagequant.quantity.domain import Domain
from imagequant.quantity.scoring import Quantity
from imagequant.storage.code import code_fingerprint
from imagequant.storage.layout import Layout
from imagequant.storage.work_cache import WorkCache, fingerprint
from imagequant.training.questions import LabelledQuestion, Questions

HYBRID = "hybrid"
VALUE_CLASSIFIER = "value_classifier"
BASELINES = (*RULES, VALUE_CLASSIFIER)
_AREA = "cross-validation"
# The code that a result depends on: the method's own and what all share.
_MODULES = {HYBRID: "fit_and_answer", VALUE_CLASSIFIER: "baselines.value_classifier"}
_SHARED_MODULE = "imagequant.evaluation.folds"


@dataclass(frozen=True)
class Run:
    """One method on one fold."""

    name: str  # in the figures: of a variant or a baseline
    method: str  # ``HYBRID`` or one of ``BASELINES``
    fold: str
    folds: int
    params: Params
    layout: Layout  # with the outputs of the variant's stages
    inputs: tuple[str, ...]  # hashes of those outputs
    synthetic: bool = True  # trained on the generated photos too


@dataclass(frozen=True)
class RunResult:
    """The scored held-out rows of a run, and facts about the training (best epoch, threshold)."""

    name: str
    fold: str
    rows: tuple[ScoredRow, ...]
    facts: Mapping[str, float]


def compute_runs(runs: Sequence[Run], work_cache: Path, executor: ExecutorParams) -> list[RunResult]:
    """Return the results of runs in order; those in the work cache are not computed again."""
    cache = WorkCache(work_cache)
    codes = {method: method_code(method) for method in sorted({run.method for run in runs})}
    keys = [run_key(run, codes[run.method]) for run in runs]
    stored = [cache.get(_AREA, key) for key in keys]
    missing = [(run, key) for run, key, payload in zip(runs, keys, stored, strict=True) if payload is None]
    build = partial(_build, cache)
    computed = iter(map_shards(build, missing, executor, "cross-validate: runs") if missing else ())
    payloads = (next(computed) if payload is None else payload for payload in stored)
    return [decode_result(payload, run.name, run.fold) for run, payload in zip(runs, payloads, strict=True)]


def method_code(method: str) -> str:
    """Return a hash of the code that a method's results depend on."""
    return code_fingerprint(f"imagequant.evaluation.{_MODULES.get(method, 'baselines.rules')}", _SHARED_MODULE)


def run_key(run: Run, code: str) -> str:
    """Return a key that names everything the result of a run depends on."""
    sections = [asdict(run.params.train), asdict(run.params.labels)]
    return fingerprint(run.method, run.fold, run.folds, run.synthetic, sections, run.inputs, torch.__version__, code)


def _build(cache: WorkCache) -> Callable[[tuple[Run, str]], bytes]:
    # One thread, as in `train`: the order of sums affects the result.
    torch.set_num_threads(1)
    return partial(_compute, cache)


def _compute(cache: WorkCache, item: tuple[Run, str]) -> bytes:
    """Trains, answers, scores, and stores the result under its key."""
    run, key = item
    limits = Limits(run.params.train.max_words, run.params.train.max_candidates)
    questions = _questions(run.layout, run.params.domain, limits)
    labels = [question.label for question in questions]
    fold = named_folds(labels, run.params.labels, run.folds, synthetic=run.synthetic)[run.fold]
    mine = fold_questions(questions, fold)
    answers = _answers(run, mine)
    payload = encode_result(score_answers(mine["validation"], answers), answers.facts)
    cache.put(_AREA, key, payload)
    return payload


@lru_cache(maxsize=1)  # the next run mostly has the same
def _questions(layout: Layout, domain: Domain, limits: Limits) -> list[LabelledQuestion]:
    return list(Questions.from_layout(layout, limits, domain).select())


def _answers(run: Run, questions: FoldQuestions) -> MethodAnswers:
    if run.method in RULES:
        return answer_by_rule(RULES[run.method], questions)
    return (answer_by_hybrid if run.method == HYBRID else answer_by_classifier)(questions, run.params.train)


def encode_result(rows: Sequence[ScoredRow], facts: Mapping[str, float]) -> bytes:
    """Encodes scored rows, and facts about their run, as bytes."""
    return json.dumps({"rows": [asdict(row) for row in rows], "facts": dict(facts)}, ensure_ascii=False).encode()


def decode_result(payload: bytes, name: str, fold: str) -> RunResult:
    """Decodes what ``encode_result`` encoded; sources become file names."""
    stored = json.loads(payload)
    rows = []
    for values in stored["rows"]:
        for field_name in ("prediction", "best", "first"):
            values[field_name] = Quantity(**values[field_name]) if values[field_name] else None
        truths = tuple(Quantity(**truth) for truth in values["truths"])
        rows.append(ScoredRow(**{**values, "truths": truths, "source": Path(values["source"]).name}))
    return RunResult(name, fold, tuple(rows), stored["facts"])


def fold_questions(questions: Sequence[LabelledQuestion], fold: Fold) -> FoldQuestions:
    """Return the questions of a fold, by part."""
    return {part: [questions[number] for number in numbers] for part, numbers in vars(fold).items()}
