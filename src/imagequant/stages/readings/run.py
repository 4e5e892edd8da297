"""Draws photos with ranges, multipacks and several products, asks the exported model, and counts what is right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from imagequant.core.files import fresh_folder, write_bytes, write_csv, write_json
from imagequant.core.iteration import chunks
from imagequant.evaluation.products import Hits, match_products
from imagequant.executor import map_shards
from imagequant.model.bundle import read_bundle
from imagequant.params import Params
from imagequant.predictor.prediction import Prediction
from imagequant.predictor.predictor import Predictor
from imagequant.predictor.results import Predictions
from imagequant.quantity.convert import plain
from imagequant.quantity.domain import Domain
from imagequant.storage.layout import Layout
from imagequant.synthetic.group_photo import GROUP_KINDS, ONE_PRODUCT, make_group_photo
from imagequant.synthetic.records import Amount

_CHUNK = 4
_SEVERAL = ("pair", "set", "size_chart", "comparison")
_COLUMNS = ("photo", "kind", "products", "found", "right", "answered", "stated")


@dataclass(frozen=True)
class Reading:
    """A photo with its products, how many were found, and how many amounts were."""

    photo: str
    kind: str
    products: int
    found: int
    hits: Hits


def run(params: Params, layout: Layout) -> None:
    """Write the photos to ``data/readings``, and ``summary.json`` and ``rows.csv`` to ``metrics/readings``."""
    folder = fresh_folder(layout.data("readings"))
    metrics = fresh_folder(layout.metrics("readings"))
    work = [
        (kind, numbers)
        for kind in (*GROUP_KINDS, ONE_PRODUCT)
        for numbers in chunks(range(params.readings.photos), _CHUNK)
    ]
    build = partial(_reader, layout.models("export"), folder, params.readings.seed, params.domain)
    readings = [each for part in map_shards(build, work, params.executor, "readings") for each in part]
    write_csv(metrics / "rows.csv", _COLUMNS, [_cells(each) for each in readings])
    write_json(metrics / "summary.json", summary(readings))


def summary(readings: Sequence[Reading]) -> dict[str, Any]:
    """Return the figures by kind of photo, of all photos of several products together, and of photos of one."""
    figures: dict[str, Any] = {kind: _figures([each for each in readings if each.kind == kind]) for kind in GROUP_KINDS}
    figures["several_products"] = _figures([each for each in readings if each.kind in _SEVERAL])
    alone = [each for each in readings if each.kind == ONE_PRODUCT]
    figures[ONE_PRODUCT] = {"photos": len(alone), "found_as_one": sum(each.found == 1 for each in alone)}
    return figures


def _figures(readings: Sequence[Reading]) -> dict[str, float]:
    hits = sum((each.hits for each in readings), Hits())
    return {
        "photos": len(readings),
        "products_found": sum(each.found == each.products for each in readings),
        "precision": round(hits.precision, 4),
        "recall": round(hits.recall, 4),
    }


def _cells(reading: Reading) -> tuple[object, ...]:
    hits = reading.hits
    counted = (reading.products, reading.found, hits.right, hits.answered, hits.stated)
    return (reading.photo, reading.kind, *counted)


def _reader(model: Path, folder: Path, seed: int, domain: Domain) -> Callable[[tuple[str, list[int]]], list[Reading]]:
    return partial(_read, Predictor(read_bundle(model)), folder, seed, domain)


def _read(predictor: Predictor, folder: Path, seed: int, domain: Domain, part: tuple[str, list[int]]) -> list[Reading]:
    kind, numbers = part
    readings = []
    for number in numbers:
        photo = make_group_photo(seed, kind, number, domain)
        if photo is None:
            continue
        path = folder / f"{kind}_{number:03d}.{photo.suffix}"
        write_bytes(path, photo.payload)
        found = predictor.predict(photo.payload, products="all")
        stated = [{entity: amount_text(amount) for entity, amount in product.amounts} for product in photo.products]
        hits = match_products(stated, answers(found))
        readings.append(Reading(path.name, kind, max(len(stated), 1), len(found.products), hits))
    return readings


def answers(found: Predictions) -> list[dict[str, str]]:
    """Return what is answered for each product, as ``amount_text`` writes it."""
    return [{each.entity: _as_text(each) for each in product if each.text} for product in found.products]


def amount_text(amount: Amount) -> str:
    """Return an amount as text to compare: ``500 gram``, ``100 to 240 volt``, ``6 x 330 millilitre``."""
    if amount.high is not None:
        return f"{plain(amount.value)} to {plain(amount.high)} {amount.unit}"
    times = f"{plain(amount.count)} x " if amount.count != 1 else ""
    return f"{times}{plain(amount.value)} {amount.unit}"


def _as_text(answer: Prediction) -> str:
    """Return an answer as text to compare; bounds and tolerances do not count."""
    is_form = answer.low != answer.high or answer.count != 1
    return answer.printed if is_form else answer.text
