"""The model and the validation rows -> ``metrics/evaluate/`` (kept by git) and ``data/evaluate/`` (errors, report)."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, replacing, write_bytes, write_csv, write_json
from imagequant.core.iteration import chunks
from imagequant.evaluation import metrics
from imagequant.evaluation.metrics import CARD_FILE, REPORT_FILE, SUMMARY_FILE, rounded
from imagequant.evaluation.scored_row import COLUMNS, ROWS_FILE, Evidence, ScoredRow, csv_cells, score_question
from imagequant.model.answering import answer_each
from imagequant.model.cnn.weights import weights_title
from imagequant.params import EvaluateParams, Params
from imagequant.stages.evaluate.browser import BrowserRow, browser_row, draw_errors, worst
from imagequant.stages.evaluate.model_card import card
from imagequant.stages.evaluate.report import render_report
from imagequant.storage.labels import iterate_labels
from imagequant.storage.layout import Layout
from imagequant.training.questions import Questions
from imagequant.training.store import load_model

# Number of rows whose evidence is in memory at a time.
_BATCH_SIZE = 256
# Headers of tables that can be empty: `dvc plots` needs them.
_COLUMNS = {
    "risk_coverage": ["coverage", "risk", "confidence"],
    "reliability": ["confidence", "right", "rows"],
    "axis_confusion": ["asked", "answered"],
    "unit_confusion": ["truth", "predicted"],
}


def run(params: Params, layout: Layout) -> None:
    """Answers the validation rows, computes the metrics, draws the worst errors, writes the report."""
    torch.set_num_threads(1)  # as in training: the order of sums affects the result
    network, config = load_model(layout.models("train"))
    questions = Questions.from_layout(layout, config.limits, config.domain)
    selected = ((each, each.example) for each in questions.select(lambda label: label.split == "validation"))
    answered = (
        Evidence(score_question(question, answers, config.calibration.threshold), tuple(answers), question.candidates)
        for question, answers in answer_each(network, config, selected)
    )
    rows, errors, browser_rows = collect(answered, params.evaluate)
    if not rows:
        raise InputError("data/labels: no usable validation rows; see labels.folds and labels.validation_only")
    calibration = {"calibration_rows": config.calibration.rows, "calibration_wrong": config.calibration.wrong}
    summary = metrics.summarise(rows, params.evaluate, weights_title(config.cnn), config.domain.names) | calibration
    write_metrics(fresh_folder(layout.metrics("evaluate")), summary, rows)
    tars = layout.data("download") / "train"
    folder = fresh_folder(layout.data("evaluate"))
    (folder / "errors").mkdir(parents=True)
    for name, jpeg in draw_errors(errors, tars):
        write_bytes(folder / "errors" / name, jpeg)
    about = card(config, iterate_labels(layout.data("labels")), summary, params.evaluate)
    write_json(layout.metrics("evaluate") / CARD_FILE, dict(about))
    threshold = config.calibration.threshold
    entities = config.domain.names
    report = render_report(
        summary, rows, params.evaluate, browser_rows, questions.readings, tars, about, threshold, entities
    )
    write_report(folder / REPORT_FILE, report)
    print(f"evaluate: contest F1 {summary['contest_f1']:.3f} on {summary['rows']} rows", file=sys.stderr)


def collect(
    evidence: Iterable[Evidence], params: EvaluateParams
) -> tuple[list[ScoredRow], list[Evidence], list[BrowserRow]]:
    """Return all rows, the evidence of the worst errors, and the browser rows of the worst rows.

    The evidence of all rows would not fit in memory.
    """
    rows: list[ScoredRow] = []
    errors: list[Evidence] = []
    browser_rows: list[BrowserRow] = []
    for batch in chunks(evidence, _BATCH_SIZE):
        rows += [each.row for each in batch]
        errors = worst([*errors, *(each for each in batch if not each.row.right)], params.worst_errors)
        browser_rows = worst([*browser_rows, *map(browser_row, batch)], params.report_rows)
    return rows, errors, browser_rows


def write_report(path: Path, pieces: Iterable[str]) -> None:
    """Writes the page piece by piece, atomically."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)


def write_metrics(folder: Path, summary: dict[str, Any], rows: Sequence[ScoredRow]) -> None:
    """Writes the summary, every row, and a CSV for each plot. Git keeps them, so that revisions can be compared."""
    write_json(folder / SUMMARY_FILE, rounded(summary))
    write_csv(folder / ROWS_FILE, COLUMNS, map(csv_cells, rows))
    tables: dict[str, Sequence[dict[str, Any]]] = {
        "by_entity": [{"entity": name, **values} for name, values in summary["by_entity"].items()],
        "buckets": [{"bucket": name, "rows": count} for name, count in metrics.bucket_counts(rows).items()],
        "risk_coverage": metrics.risk_coverage(rows),
        "reliability": metrics.reliability(rows),
        "axis_confusion": metrics.axis_confusion(rows),
        "unit_confusion": metrics.unit_confusion(rows),
    }
    for name, lines in tables.items():
        columns = list(lines[0]) if lines else _COLUMNS[name]
        write_csv(folder / f"{name}.csv", columns, [list(rounded(line).values()) for line in lines])
