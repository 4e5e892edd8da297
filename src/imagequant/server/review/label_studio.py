"""Export of rows to Label Studio and import of its annotations.

Positions are in percent of the photo. The file format is documented at https://labelstud.io/guide/task_format.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imagequant.core.errors import InputError
from imagequant.core.files import write_bytes, write_json, write_text
from imagequant.server.review.desk import Desk, decided_value
from imagequant.server.review.rows import PhotoEvidence, ReviewRow
from imagequant.storage.raw import Correction

TASKS_FILE = "tasks.json"
CONFIG_FILE = "config.xml"
_IMAGES = "images"
_REVIEWER = "label-studio"
_MODEL = "imagequant"
# Names of the configuration's controls.
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


def export_tasks(desk: Desk, folder: Path, prefix: str, *, training: bool = False) -> int:
    """Write ``tasks.json``, ``config.xml`` and ``images/`` for undecided rows; return their number.

    Args:
        desk: The rows and what has been decided.
        folder: Where to write.
        prefix: The folder's path or URL in Label Studio.
        training: Whether to include training rows, which the model has not answered.
    """
    decided = {each.key for each in desk.store.corrections()}
    rows = [row for row in desk.rows if row.key not in decided and (training or row.part != "training")]
    for sha256 in sorted({row.sha256 for row in rows}):
        write_bytes(folder / _IMAGES / f"{sha256}.jpg", desk.photos.picture(sha256))
    copied = ("source", "source_row", "image_link", "entity", "label")
    tasks = []
    for number, row in enumerate(rows, start=1):
        data = {"image": f"{prefix}{_IMAGES}/{row.sha256}.jpg", **{name: getattr(row, name) for name in copied}}
        results = list(_results(row, desk.photos.evidence(row)))
        prediction = {"model_version": _MODEL, "score": row.confidence, "result": results}
        tasks.append({"id": number, "data": data, "predictions": [prediction] if results else []})
    write_json(folder / TASKS_FILE, tasks)
    write_text(folder / CONFIG_FILE, CONFIG)
    return len(rows)


def _results(row: ReviewRow, evidence: PhotoEvidence) -> Iterator[dict[str, Any]]:
    if row.prediction:
        yield _result(_ANSWER, "textarea", {"text": [row.prediction]})
    for choice in evidence.choices[:1]:
        if choice.text == row.prediction:
            box, x, y = choice.box, 100 / evidence.width, 100 / evidence.height
            place = {"x": x * box.x0, "y": y * box.y0, "width": x * box.width, "height": y * box.height}
            size = {"original_width": evidence.width, "original_height": evidence.height, "image_rotation": 0}
            value = {**place, "rotation": 0, "rectanglelabels": [_ANSWER]}
            yield _result(_PLACE, "rectanglelabels", value) | size


def _result(name: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": name, "from_name": name, "to_name": _PHOTO, "type": kind, "value": value}


@dataclass(frozen=True)
class Imported:
    """The number of rows decided, and one line for each task that was rejected."""

    decided: int
    rejected: tuple[str, ...]


def import_tasks(desk: Desk, path: Path) -> Imported:
    """Import annotations of rows that are not decided yet. A task that cannot be used rejects no other.

    Raises:
        InputError: If the file is not a list of tasks.
    """
    corrections: list[Correction] = []
    rejected: list[str] = []
    for place, task in enumerate(_read_tasks(path), start=1):
        try:
            correction = _correction(desk, place, task)
        except InputError as error:
            rejected.append(f"{path}, {error}")
        else:
            corrections += [correction] if correction else []
    return Imported(desk.take_in(corrections), tuple(rejected))


def _read_tasks(path: Path) -> list[Any]:
    try:
        tasks = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except ValueError:  # no UTF-8, or no JSON
        raise InputError(f"{path}: not a JSON file; in Label Studio, export as JSON") from None
    if not isinstance(tasks, list):
        raise InputError(f"{path}: not a list of tasks; in Label Studio, export as JSON, not as JSON-MIN")
    return tasks


def _correction(desk: Desk, place: int, task: Any) -> Correction | None:
    """Return the decision of a task's last annotation; None if it has none."""
    try:
        number, data = task.get("id", place), task["data"]
        key = (str(data["source"]), int(data["source_row"]))
        results, decided_at = _last(task.get("annotations", []))
        entered = _entered_answer(results)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(f"task {place}: not a task from `imagequant label-studio export`") from None
    if entered is None:
        return None
    where = f"task {number} ({key[0]}, row {key[1]})"
    row = desk.store.row(key)
    if row is None:
        raise InputError(f"{where}: not one of the rows to review")
    try:
        value = decided_value(row, "corrected" if entered else "absent", entered, desk.domain)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return row.corrected(value, _REVIEWER, decided_at)


def _last(annotations: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Mapping[str, Any]], str]:
    """Return the results and time of the latest annotation that was not skipped."""
    completed = (each for each in annotations if not each.get("was_cancelled"))
    none: Mapping[str, Any] = {"result": []}
    last = max(completed, key=lambda each: str(each.get("created_at", "")), default=none)
    return last["result"], str(last.get("created_at") or datetime.fromtimestamp(0, UTC).isoformat())


def _entered_answer(results: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the answer, an empty string for "not in the photo", or None if neither was entered."""
    values = {each["from_name"]: each["value"] for each in results}
    if _NOT_THERE in values.get(_ABSENT, {}).get("choices", []):
        return ""
    text: list[str] = values.get(_ANSWER, {}).get("text", [])
    return text[-1] if text else None
