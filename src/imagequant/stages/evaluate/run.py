"""The model and the validation rows -> ``metrics/evaluate/`` (git) and ``data/evaluate/`` (errors, report)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, replacing, write_bytes, write_csv, write_json
from imagequant.core.iteration import chunks
from imagequant.core.records import PhotoReading
from imagequant.evaluation import metrics
from imagequant.evaluation.results import Evidence, Result, make_result
from imagequant.model.answering import answer_each
from imagequant.model.config import ModelConfig
from imagequant.params import EvaluateParams, Params
from imagequant.stages.evaluate.browser import Browsed, Kept, browsed, photo_numbers, photos_json, rows_json, worst_rows
from imagequant.stages.evaluate.gallery import Drawn, draw_errors, worst_errors
from imagequant.stages.evaluate.report import BrowserData, render_report
from imagequant.storage.layout import Layout
from imagequant.training.questions import Questions
from imagequant.training.store import load_model

SUMMARY_FILE = "summary.json"
ROWS_FILE = "rows.csv"
REPORT_FILE = "report.html"
# Rows whose evidence is held at a time.
_PORTION = 256


def run(params: Params, layout: Layout) -> None:
    """Answers the validation rows, measures, draws, reports."""
    torch.set_num_threads(1)  # as in training: the order of sums is part of the result
    network, config = load_model(layout.models("train"))
    questions = Questions.of(layout, config.limits)
    results, worst, rows = collect(validate(network, config, questions), params.evaluate)
    if not results:
        raise InputError("data/labels: no usable validation rows; see labels.folds and labels.validation_only")
    summary = metrics.summarise(results, params.evaluate, config.cnn["cnn_weights"])
    write_metrics(fresh_folder(layout.metrics("evaluate")), summary, results)
    tars = layout.data("download") / "train"
    folder = fresh_folder(layout.data("evaluate"))
    _write_errors(folder / "errors", draw_errors(worst, tars))
    browser = browser_data(rows, questions.readings, tars, params.evaluate)
    write_report(folder / REPORT_FILE, render_report(summary, results, params.evaluate, browser))
    print(f"evaluate: contest F1 {summary['contest_f1']:.3f} on {summary['rows']} rows", file=sys.stderr)


def validate(network: nn.Module, config: ModelConfig, questions: Questions) -> Iterator[Evidence]:
    """The model's answers to all usable validation rows, in order, one after the other."""
    asked = ((question, question.example) for question in questions.ask(lambda label: label.split == "validation"))
    for question, answers in answer_each(network, config, asked):
        tokens, threshold = question.reading.tokens, config.calibration.threshold
        result = make_result(question.label, question.candidates, tokens, answers, threshold)
        yield Evidence(result, tuple(answers), question.candidates)


def collect(answered: Iterable[Evidence], params: EvaluateParams) -> tuple[list[Result], list[Evidence], list[Browsed]]:
    """All results; of the worst errors also what they were chosen from, and of the worst rows a little of it.

    Of all rows that would be too much.
    """
    results: list[Result] = []
    worst: list[Evidence] = []
    rows: list[Browsed] = []
    for some in chunks(answered, _PORTION):
        results += [evidence.result for evidence in some]
        worst = worst_errors([*worst, *some], params.worst_errors)
        rows = worst_rows([*rows, *map(browsed, some)], params.report_rows)
    return results, worst, rows


def browser_data(
    rows: Sequence[Browsed], readings: Mapping[str, PhotoReading], tars: Path, params: EvaluateParams
) -> BrowserData:
    """What the report's error browser holds; the photos are read when they are asked for."""
    numbers = photo_numbers(rows)
    kept = Kept(large=params.worst_errors, pictures=params.report_photos)
    photos = photos_json(readings, tars, numbers, kept)
    return BrowserData(rows_json(rows, numbers), len(rows), len(numbers), photos, kept)


def write_report(path: Path, pieces: Iterable[str]) -> None:
    """Writes the page piece by piece, whole or not at all."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)


def write_metrics(folder: Path, summary: dict[str, Any], results: Sequence[Result]) -> None:
    """The summary, every row, and a CSV for each plot: what two revisions are compared by, so git keeps it."""
    write_json(folder / SUMMARY_FILE, rounded(summary))
    write_csv(folder / ROWS_FILE, list(row(results[0])), (list(row(result).values()) for result in results))
    tables: dict[str, Sequence[dict[str, Any]]] = {
        "by_entity": [{"entity": name, **values} for name, values in summary["by_entity"].items()],
        "buckets": [{"bucket": name, "rows": count} for name, count in metrics.bucket_counts(results).items()],
        "risk_coverage": metrics.risk_coverage(results),
        "reliability": metrics.reliability(results),
        "axis_confusion": metrics.axis_confusion(results),
        "unit_confusion": metrics.unit_confusion(results),
    }
    for name, rows in tables.items():
        columns = list(rows[0]) if rows else _COLUMNS[name]
        write_csv(folder / f"{name}.csv", columns, [list(rounded(line).values()) for line in rows])


# Headers for tables that can be empty: `dvc plots` needs them.
_COLUMNS = {
    "risk_coverage": ["coverage", "risk", "confidence"],
    "reliability": ["confidence", "right", "rows"],
    "axis_confusion": ["asked", "answered"],
    "unit_confusion": ["truth", "predicted"],
}


def rounded(value: Any) -> Any:
    """Floats to six decimals, all the way down: the digits beyond are noise in a diff."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value


def row(result: Result) -> dict[str, Any]:
    """One line of ``ROWS_FILE``: what was asked, answered and known."""
    label = result.label
    return {
        "row_id": label.row_id,
        "source": label.source,
        "source_row": label.source_row,
        "image_link": label.image_link,
        "sha256": label.sha256,
        "entity": label.entity,
        "truth": label.entity_value,
        "prediction": str(result.prediction) if result.prediction else "",
        "confidence": round(result.confidence, 6),
        "outcome": result.outcome,
        "bucket": result.bucket,
        "read": result.read,
    }


def _write_errors(folder: Path, drawn: Sequence[Drawn]) -> None:
    folder.mkdir(parents=True)
    for error in drawn:
        write_bytes(folder / error.name, error.jpeg)
