"""Rows to review as Label Studio's tasks, and its annotations as corrections.

Label Studio gives places in percent of the photo. Its files are described at https://labelstud.io/guide/task_format.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imagequant.core.errors import InputError
from imagequant.core.files import write_bytes, write_json, write_text
from imagequant.core.records import Box
from imagequant.server.review.desk import Desk, decided_value
from imagequant.server.review.photos import PhotoEvidence, Photos
from imagequant.server.review.rows import ReviewRow
from imagequant.storage.corrections import Correction

TASKS_FILE = "tasks.json"
CONFIG_FILE = "config.xml"
_IMAGES = "images"
_REVIEWER = "label-studio"
_MODEL = "imagequant"
# Names that the configuration gives to what people fill in.
_PLACE, _ANSWER, _ABSENT, _PHOTO = "place", "answer", "absent", "photo"
_NOT_THERE = "not in the photo"
CONFIG = f"""<View>
  <Header value="$entity"/>
  <Text name="label" value="Label: $label; row $source_row of $source"/>
  <Image name="{_PHOTO}" value="$image" zoom="true"/>
  <RectangleLabels name="{_PLACE}" toName="{_PHOTO}"><Label value="{_ANSWER}"/></RectangleLabels>
  <TextArea name="{_ANSWER}" toName="{_PHOTO}" placeholder="500 gram" maxSubmissions="1" editable="true"/>
  <Choices name="{_ABSENT}" toName="{_PHOTO}"><Choice value="{_NOT_THERE}"/></Choices>
</View>
"""


def export_tasks(desk: Desk, folder: Path, prefix: str) -> int:
    """Writes the rows nobody has decided: tasks, the labelling configuration, and the photos.

    Args:
        desk: The review.
        folder: Gets ``tasks.json``, ``config.xml`` and ``images/``.
        prefix: What Label Studio puts before the photos' names to find them.

    Returns:
        How many tasks there are.
    """
    decided = {each.key for each in desk.store.corrections()}
    rows = [row for row in desk.rows if row.key not in decided]
    for sha256 in sorted({row.sha256 for row in rows}):
        write_bytes(folder / _IMAGES / f"{sha256}.jpg", desk.photos.picture(sha256))
    write_json(folder / TASKS_FILE, list(make_tasks(rows, desk.photos, prefix)))
    write_text(folder / CONFIG_FILE, CONFIG)
    return len(rows)


def make_tasks(rows: Iterable[ReviewRow], photos: Photos, prefix: str) -> Iterator[dict[str, Any]]:
    """One task a row, with the model's answer as a prediction."""
    for number, row in enumerate(rows, start=1):
        data = {
            "image": f"{prefix}{_IMAGES}/{row.sha256}.jpg",
            "source": row.source,
            "source_row": row.source_row,
            "image_link": row.image_link,
            "entity": row.entity,
            "label": row.label,
        }
        results = list(_results(row, photos.evidence(row)))
        prediction = {"model_version": _MODEL, "score": row.confidence, "result": results}
        yield {"id": number, "data": data, "predictions": [prediction] if results else []}


def _results(row: ReviewRow, evidence: PhotoEvidence) -> Iterator[dict[str, Any]]:
    if row.prediction:
        yield _result(_ANSWER, "textarea", {"text": [row.prediction]})
    for choice in evidence.choices[:1]:
        if choice.text == row.prediction:
            size = {"original_width": evidence.width, "original_height": evidence.height, "image_rotation": 0}
            yield _result(_PLACE, "rectanglelabels", _rectangle(choice.box, evidence)) | size


def _result(name: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": name, "from_name": name, "to_name": _PHOTO, "type": kind, "value": value}


def _rectangle(box: Box, evidence: PhotoEvidence) -> dict[str, Any]:
    x, y = 100 / evidence.width, 100 / evidence.height
    place = {"x": x * box.x0, "y": y * box.y0, "width": x * box.width, "height": y * box.height}
    return {**place, "rotation": 0, "rectanglelabels": [_ANSWER]}


def import_tasks(desk: Desk, path: Path) -> int:
    """Takes in what people annotated; rows that are decided here stay as they are.

    Returns:
        How many rows were decided by it.

    Raises:
        InputError: If the file is no export of Label Studio's (JSON), or an answer in it cannot be one; names the task.
    """
    try:
        tasks = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path}: {error}") from None
    if not isinstance(tasks, list):
        raise InputError(f"{path}: a list of tasks is needed: export as JSON, not as JSON-MIN")
    return desk.take_in([each for each in (_correction(desk, path, task) for task in tasks) if each is not None])


def _correction(desk: Desk, path: Path, task: Any) -> Correction | None:
    """What the last annotation of a task decides; None where nobody annotated it."""
    try:
        number, data = task.get("id", "?"), task["data"]
        key = (str(data["source"]), int(data["source_row"]))
        results, decided_at = _last(task.get("annotations", []))
        said = _said(results)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: a task is not as `imagequant label-studio export` writes it: {error!r}") from None
    if said is None:
        return None
    row = desk.store.row(key)
    if row is None:
        raise InputError(f"{path}, task {number}: {key[0]}, row {key[1]} is none of the rows to review")
    try:
        value = decided_value(row, "corrected" if said else "absent", said)
    except InputError as error:
        raise InputError(f"{path}, task {number}: {error}") from None
    return row.corrected(value, _REVIEWER, decided_at)


def _last(annotations: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Mapping[str, Any]], str]:
    """Results and time of the newest annotation that was not skipped."""
    given = [each for each in annotations if not each.get("was_cancelled")]
    if not given:
        return [], ""
    last = max(given, key=lambda each: str(each.get("created_at", "")))
    return last["result"], str(last.get("created_at") or datetime.fromtimestamp(0, UTC).isoformat())


def _said(results: Sequence[Mapping[str, Any]]) -> str | None:
    """The answer entered, nothing for "not in the photo", None where neither was filled in."""
    values = {each["from_name"]: each["value"] for each in results}
    if _NOT_THERE in values.get(_ABSENT, {}).get("choices", []):
        return ""
    text: list[str] = values.get(_ANSWER, {}).get("text", [])
    return text[-1] if text else None
