"""``imagequant predict PHOTOS``: answers on a terminal or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from imagequant.errors import InputError
from imagequant.quantity.units import ENTITIES
from imagequant.serving.prediction import Prediction
from imagequant.serving.predictor import load_predictor

# What a folder is searched for; a file named on the command line is tried whatever its name.
SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"))


def predict_photos(photos: Sequence[Path], entities: Sequence[str], *, as_json: bool, model: Path) -> bool:
    """Answers and prints photo by photo.

    Returns:
        False if a photo could not be read; each such is named on standard error.

    Raises:
        InputError: If an entity is unknown, the model is missing, or no photo is found.
    """
    asked = tuple(entities) or ENTITIES
    for entity in asked:
        if entity not in ENTITIES:
            raise InputError(f"--entity: unknown entity {entity!r}; allowed: {', '.join(ENTITIES)}")
    paths = list(expand(photos))
    if not paths:
        raise InputError(f"{photos[0]}: no photos there; looked for {', '.join(sorted(SUFFIXES))}")
    predictor = load_predictor(model)
    everything_read = True
    for path in paths:
        try:
            predictions = predictor.predict(path, asked)
        except InputError as error:
            print(f"imagequant: {error}", file=sys.stderr)
            everything_read = False
            continue
        _print(path, predictions, as_json=as_json)
    return everything_read


def expand(photos: Iterable[Path]) -> Iterable[Path]:
    """Files as they are, folders as the image files in them and below, sorted."""
    for path in photos:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        else:
            yield path


def _print(path: Path, predictions: Sequence[Prediction], *, as_json: bool) -> None:
    if as_json:
        answers = [prediction.to_dict() for prediction in predictions]
        print(json.dumps({"photo": str(path), "predictions": answers}, ensure_ascii=False))
        return
    table = Table(title=escape(str(path)), title_justify="left")
    for name in ("entity", "answer", "confidence", "read as", "box (x0 y0 x1 y1)"):
        table.add_column(name)
    for prediction in predictions:
        box = prediction.box
        place = f"{box.x0:.0f} {box.y0:.0f} {box.x1:.0f} {box.y1:.0f}" if box else ""
        answer = prediction.text or f"not found: {prediction.reason}"
        # Escaped: brackets printed on a product are no markup.
        table.add_row(prediction.entity, answer, f"{prediction.confidence:.2f}", escape(prediction.words), place)
    Console().print(table)
