"""The typed form of ``params.yaml``: one frozen dataclass a section, checked when it is read.

Unknown keys, missing keys and values out of range are errors that name the key.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import yaml
from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from imagequant.core.errors import InputError

Positive = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
PositiveFloat = Annotated[float, Field(gt=0.0)]
Paths = Annotated[str, Field(min_length=1)] | Annotated[tuple[str, ...], Field(min_length=1)]

_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")


def _host(text: str) -> str:
    """A host's name, an address or a network; what looks like neither must not pass as a name nobody has."""
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        last = text.rpartition(".")[2]
        if _HOST_NAME.fullmatch(text) and not last[:1].isdigit():
            return text
    raise ValueError("neither a host's name in lower case, an address, nor a network such as 10.0.0.0/8")


Host = Annotated[str, AfterValidator(_host)]

OcrEngineName = Literal["rapidocr", "tesseract", "google_vision"]
Precision = Literal["f32", "bf16"]

# Strict would refuse the lists YAML gives for tuples; forbidding extra keys is what catches misspellings.
_CONFIG = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class _Section:
    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG


@dataclass(frozen=True)
class SourcesParams(_Section):
    """Raw input: CSV or parquet files in the contest's columns; read by the ``sources`` stage.

    ``bad_rows``: ``error`` stops at rows that cannot be processed (an unknown entity, no link), ``skip`` goes on
    without them: they are rejected as labels and stay unanswered as test rows.
    """

    train: Paths
    test: Paths
    bad_rows: Literal["error", "skip"]


@dataclass(frozen=True)
class VersionsParams(_Section):
    """Recorded versions. ``packages``: by stage, the packages whose arithmetic or formats are in its results.

    For stage ``ocr`` the versions of programs and models are recorded too.
    """

    packages: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class SyntheticParams(_Section):
    """The generated demo set. ``*_photos`` count photos; a photo may carry several questions."""

    seed: Seed
    train_photos: Positive
    test_photos: Positive


@dataclass(frozen=True)
class ExploreParams(_Section):
    """Exploration of the raw rows. ``top`` bounds every "most frequent" list."""

    top: Positive


@dataclass(frozen=True)
class CheckParams(_Section):
    """Checks of all tables. ``examples`` rows of each table are shown that are not as declared."""

    examples: Positive


@dataclass(frozen=True)
class DownloadParams(_Section):
    """Fetching of images. Timeouts in seconds, ``rate`` in requests a second and host (0: no limit).

    ``schemes``: of the web links that are asked for. ``hosts``: names, addresses or networks that may be asked although
    they are not public. ``folders``: folders whose files may be read although they are not beside the CSV; relative to
    the project, absolute, or an object store's URL.
    """

    shard_size: Positive
    connections: Positive
    connections_per_host: Positive
    rate: Annotated[float, Field(ge=0.0)]
    timeout: PositiveFloat
    attempts: Positive
    backoff: PositiveFloat
    backoff_max: PositiveFloat
    max_bytes: Positive
    schemes: tuple[Literal["https", "http"], ...]
    hosts: tuple[Host, ...]
    folders: tuple[Annotated[str, Field(min_length=1)], ...]


@dataclass(frozen=True)
class PreprocessParams(_Section):
    """Decoding and resizing for the CNN: ``size`` is the side of the square tensor in pixels."""

    size: Annotated[int, Field(ge=32, le=1024)]
    device: Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class LabelsParams(_Section):
    """Label normalisation and the split.

    ``folds`` parts by image content, part ``fold`` is validation. Rows of sources named in ``train_only`` never
    go to validation; if ``validation_only`` names sources, all of their rows are validation and no others are.
    ``development`` is the share of training images kept for early stopping, thresholds and calibration.
    """

    seed: Seed
    split_by: Literal["image", "group"]
    folds: Annotated[int, Field(ge=2)]
    fold: Annotated[int, Field(ge=0)]
    development: Annotated[float, Field(gt=0.0, lt=1.0)]
    train_only: tuple[str, ...]
    validation_only: tuple[str, ...]


@dataclass(frozen=True)
class CnnParams(_Section):
    """ResNet-50 features. ``weights``: ``IMAGENET1K_V2``, ``random`` or a path; ``sha256`` checks a path.

    ``batch_size`` is that of a GPU: CPUs take squares one by one.
    """

    weights: Annotated[str, Field(min_length=1)]
    sha256: str
    require_pretrained: bool
    grid_channels: Annotated[int, Field(ge=1, le=2048)]
    seed: Seed
    precision: Precision
    batch_size: Positive
    device: Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class RapidOcrParams(_Section):
    """RapidOCR (PP-OCRv6). ``detection_side``: long side in pixels at which text is looked for.

    ``reread_below``: lines read less surely than this are read again, turned and cut closer. ``precision``: of the
    networks' arithmetic; ``bf16`` is fast on processors made for it, and reads a few lines otherwise.
    """

    precision: Precision
    detection_side: Annotated[int, Field(ge=320, le=4096)]
    box_threshold: Share
    text_threshold: Share
    reread_below: Share


@dataclass(frozen=True)
class TesseractParams(_Section):
    """Tesseract. Images with a long side below ``upscale_to`` are enlarged to it, above ``downscale_to`` shrunk."""

    language: Annotated[str, Field(min_length=1)]
    page_segmentation: Annotated[int, Field(ge=0, le=13)]
    upscale_to: Annotated[int, Field(ge=0, le=8192)]
    downscale_to: Annotated[int, Field(ge=320, le=8192)]
    timeout: PositiveFloat
    min_confidence: Share


@dataclass(frozen=True)
class GoogleVisionParams(_Section):
    """Google Cloud Vision. ``endpoint`` empty: the public one with the machine's credentials."""

    endpoint: str
    timeout: PositiveFloat


@dataclass(frozen=True)
class OcrParams(_Section):
    """Text reading. ``max_aspect``: thinner images are cut into tiles no thinner than this."""

    engines: Annotated[tuple[OcrEngineName, ...], Field(min_length=1)]
    max_aspect: Annotated[float, Field(gt=1.0)]
    max_side: Annotated[int, Field(ge=320)]
    merge_overlap: Share
    rapidocr: RapidOcrParams
    tesseract: TesseractParams
    google_vision: GoogleVisionParams


@dataclass(frozen=True)
class CandidatesParams(_Section):
    """Quantities read from words. ``max_per_image`` bounds what a dense table can give.

    ``line_segments``: describe the line segments around each candidate. ``ocr_alternatives``: also propose the
    quantities of the recogniser's alternative readings. ``dual_unit_corrections``: restore decimal points that OCR
    lost, judged by the same amount in another unit beside it.
    """

    line_gap: PositiveFloat
    max_per_image: Positive
    line_segments: bool
    ocr_alternatives: bool
    dual_unit_corrections: bool


@dataclass(frozen=True)
class AugmentParams(_Section):
    """Training-time augmentation, each a probability an example (0 switches it off)."""

    word_dropout: Share
    character_noise: Share
    candidate_dropout: Share
    feature_noise: Annotated[float, Field(ge=0.0)]
    box_jitter: Annotated[float, Field(ge=0.0, le=0.2)]
    group_dropout: Share
    text_dropout: Share


@dataclass(frozen=True)
class TreesParams(_Section):
    """Boosted trees that answer beside the networks, by LightGBM's names.

    ``weight`` is their share in an answer's probability: 0 leaves the networks alone. ``max_questions``: beyond so
    many training rows they learn from a sample, for LightGBM holds all of its rows in memory.
    """

    weight: Annotated[float, Field(ge=0.0, lt=1.0)]
    num_trees: Positive
    num_leaves: Annotated[int, Field(ge=2, le=256)]
    learning_rate: PositiveFloat
    min_data_in_leaf: Positive
    lambda_l2: Annotated[float, Field(ge=0.0)]
    feature_fraction: Annotated[float, Field(gt=0.0, le=1.0)]
    bagging_fraction: Annotated[float, Field(gt=0.0, le=1.0)]
    max_questions: Positive


@dataclass(frozen=True)
class TrainParams(_Section):
    """The hybrid network and its training. ``members`` networks are trained from different seeds and averaged."""

    seed: Seed
    members: Positive
    epochs: Positive
    patience: Positive
    batch_size: Positive
    lr: PositiveFloat
    weight_decay: Annotated[float, Field(ge=0.0)]
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)]
    word_width: Positive
    lstm_width: Positive
    hidden_width: Positive
    max_words: Positive
    max_candidates: Positive
    use_cnn: bool
    use_lstm: bool
    use_geometry: bool
    augment: AugmentParams
    trees: TreesParams


@dataclass(frozen=True)
class EvaluateParams(_Section):
    """Evaluation.

    ``bootstrap``: resamples over images for the 95% intervals. ``worst_errors``: so many are drawn, and large in the
    report. ``report_rows`` and ``report_photos``: what the report's error browser holds at most, the worst first.
    """

    bootstrap: Positive
    seed: Seed
    worst_errors: Annotated[int, Field(ge=0)]
    report_rows: Annotated[int, Field(ge=0)]
    report_photos: Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class PredictParams(_Section):
    """Prediction. ``threshold``: answer only above this confidence; -1 takes the one chosen in training."""

    threshold: Annotated[float, Field(ge=-1.0, le=1.0)]


@dataclass(frozen=True)
class ExportParams(_Section):
    """Export. ``tolerance`` is the largest absolute difference to eager that passes."""

    opset: Annotated[int, Field(ge=17)]
    tolerance: PositiveFloat
    parity_rows: Positive
    latency_runs: Positive


@dataclass(frozen=True)
class ExecutorParams(_Section):
    """How stages are run; no stage depends on it.

    ``workers`` 0: one a core. ``address`` is that of a Ray cluster (``auto``: the one this machine belongs to); without
    it engine ``ray`` starts one on this machine.
    """

    name: Literal["serial", "process", "ray"]
    workers: Annotated[int, Field(ge=0)]
    address: str | None = None


@dataclass(frozen=True)
class SearchParams(_Section):
    """Where to search one parameter: one of ``choices``, or from ``low`` to ``high``, both included.

    ``log``: small values are told apart as finely as large ones. ``step``: only every so far from ``low``.
    """

    low: float | None = None
    high: float | None = None
    log: bool = False
    step: PositiveFloat | None = None
    choices: tuple[bool | int | float | str, ...] = ()


@dataclass(frozen=True)
class TuneParams(_Section):
    """What ``imagequant tune`` searches; no stage's section.

    ``space`` is by names of section ``train``, dotted within it (checked by ``tune.space``). Each trial trains
    ``members`` networks on each of ``folds`` parts of the training rows.
    """

    seed: Seed
    folds: Annotated[int, Field(ge=2)]
    members: Positive
    space: dict[str, SearchParams]


@dataclass(frozen=True)
class Params(_Section):
    """All of ``params.yaml``."""

    versions: VersionsParams
    sources: SourcesParams
    synthetic: SyntheticParams
    explore: ExploreParams
    download: DownloadParams
    preprocess: PreprocessParams
    labels: LabelsParams
    cnn: CnnParams
    ocr: OcrParams
    candidates: CandidatesParams
    train: TrainParams
    evaluate: EvaluateParams
    predict: PredictParams
    export: ExportParams
    check: CheckParams
    tune: TuneParams
    executor: ExecutorParams


def parse_params(values: Any, origin: str = "params.yaml") -> Params:
    """Turns the mapping read from YAML into ``Params``.

    Args:
        values: What ``yaml.safe_load`` gave.
        origin: The file's name, for errors.

    Raises:
        InputError: If a key is unknown, missing or out of range, every such key named; or if two do not go together.
    """
    try:
        params = TypeAdapter(Params).validate_python(values)
    except ValidationError as error:
        raise InputError(f"{origin}: {'; '.join(_problem(e) for e in error.errors())}") from None
    contradiction = _contradiction(params)
    if contradiction:
        raise InputError(f"{origin}: {contradiction}")
    return params


def overridden(params: Params, overrides: Mapping[str, Any], origin: str) -> Params:
    """The parameters with some replaced, by dotted name.

    Args:
        params: The others.
        overrides: As for ``dvc exp run -S``.
        origin: Who replaces them, for errors.

    Raises:
        InputError: If an override names no key or a value out of range.
    """
    values = asdict(params)
    for dotted, value in overrides.items():
        *path, last = dotted.split(".")
        place = values
        for name in path:
            place = place.setdefault(name, {})
        place[last] = value
    return parse_params(values, origin)


def _contradiction(params: Params) -> str:
    """What of the values, each allowed by itself, does not go together; empty if all does."""
    labels, tesseract = params.labels, params.ocr.tesseract
    if labels.fold >= labels.folds:
        return f"labels.fold: {labels.fold} is not below labels.folds ({labels.folds})"
    if tesseract.upscale_to > tesseract.downscale_to:
        return (
            f"ocr.tesseract.upscale_to: {tesseract.upscale_to} is above "
            f"ocr.tesseract.downscale_to ({tesseract.downscale_to})"
        )
    return ""


def _problem(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "(top)"
    kind = error["type"]
    if kind == "unexpected_keyword_argument":
        return f"{key}: no such key"
    if kind in ("missing", "missing_argument"):
        return f"{key}: missing"
    return f"{key}: {error['msg']} (got {error['input']!r})"


def load_params(path: Path) -> Params:
    """Reads and checks a params file.

    Raises:
        InputError: If the file is missing, is no YAML, or does not fit ``Params``.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such params file") from None
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    return parse_params(values, str(path))
