"""Typed ``params.yaml``, one frozen dataclass per section; unknown, missing and out-of-range keys are errors."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import yaml
from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from imagequant.core.arithmetic import Arithmetic
from imagequant.core.errors import InputError
from imagequant.quantity.domain import Domain

Positive = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
PositiveFloat = Annotated[float, Field(gt=0.0)]
Paths = Annotated[str, Field(min_length=1)] | Annotated[tuple[str, ...], Field(min_length=1)]

_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")


def _host(text: str) -> str:
    """Validate a host name, address or network; a malformed address must not pass as a host name."""
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        last = text.rpartition(".")[2]
        if _HOST_NAME.fullmatch(text) and not last[:1].isdigit():
            return text
    raise ValueError("must be a lower-case host name, an address, or a network such as 10.0.0.0/8")


Host = Annotated[str, AfterValidator(_host)]

# The scripts that PP-OCRv6 knows; what they are is in ``rewriting.scripts``.
SCRIPTS = ("latin", "greek", "kana", "quantities", "japanese", "chinese", "all")


def _script(text: str) -> str:
    """Validate a script; for those that PP-OCRv6 does not know, say what to do."""
    if text in SCRIPTS:
        return text
    raise ValueError(
        f"allowed: {', '.join(SCRIPTS)}; RapidOCR knows no other script, but Tesseract does:"
        " set ocr.tesseract.language, such as eng+rus"
    )


Script = Annotated[str, AfterValidator(_script)]

OcrEngineName = Literal["rapidocr", "tesseract", "google_vision"]
Precision = Literal["f32", "bf16"]
BackboneName = Literal["efficientnet_lite0", "resnet50"]

# Not strict: YAML has lists where the dataclasses have tuples. Forbidding extra keys catches misspellings.
_CONFIG = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class _Section:
    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG


@dataclass(frozen=True)
class SourcesParams(_Section):
    """Raw input of the ``sources`` stage: CSV or parquet files with the contest's columns.

    ``bad_rows``: ``error`` stops at rows that cannot be processed (unknown entity, no link); ``skip`` rejects them as
    labels and leaves them unanswered as test rows.
    """

    train: Paths
    test: Paths
    bad_rows: Literal["error", "skip"]


@dataclass(frozen=True)
class VersionsParams(_Section):
    """What results depend on beside data, parameters and code.

    ``arithmetic``: ``portable`` gives the same bytes on every x86-64 processor with AVX2; ``native`` is faster, and its
    last digits depend on the processor. ``packages``: per stage, those whose versions are recorded; ``ocr`` adds its
    programs and models.
    """

    arithmetic: Arithmetic
    packages: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class SyntheticParams(_Section):
    """The generated demo set. A photo may have several questions."""

    seed: Seed
    train_photos: Positive
    test_photos: Positive


@dataclass(frozen=True)
class ExploreParams(_Section):
    """Exploration of the raw rows. ``top`` is the length of each "most frequent" list."""

    top: Positive


@dataclass(frozen=True)
class ReadingsParams(_Section):
    """Photos drawn to measure ranges, multipacks and several products; ``photos`` is the number of each kind."""

    seed: Seed
    photos: Positive


@dataclass(frozen=True)
class CheckParams(_Section):
    """Checks of all tables. Up to ``examples`` invalid rows are shown per table."""

    examples: Positive


@dataclass(frozen=True)
class FetchParams(_Section):
    """How photos are fetched. Times are in seconds, ``rate`` in requests per second and host (0: no limit).

    ``schemes``: allowed URL schemes. ``hosts``: non-public host names, addresses or networks that are allowed.
    ``folders``: allowed folders outside the CSV's own; relative to the project, absolute, or object store URLs.
    """

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
class DownloadParams(FetchParams):
    """The download stage: fetching, and ``shard_size`` images per tar."""

    shard_size: Positive


@dataclass(frozen=True)
class PreprocessParams(_Section):
    """Decoding and resizing for the CNN. ``size`` is the side of the square tensor in pixels."""

    size: Annotated[int, Field(ge=32, le=1024)]
    device: Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class LabelsParams(_Section):
    """Label normalisation and the split.

    The images are split into ``folds`` folds by content; fold ``fold`` is the validation set. Sources in ``train_only``
    are never used for validation. If ``validation_only`` is not empty, exactly its sources are the validation set.
    ``development`` is the share of training images held out for early stopping, thresholds and calibration.
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
    """CNN features.

    ``weights``: ``pretrained`` (ImageNet; EfficientNet-Lite0's are installed, ResNet-50's are torchvision's
    ``IMAGENET1K_V2``, from its cache or the network), ``random``, or the path of a state dict. ``sha256``: the start of
    the hash that a file must have; empty: torchvision's own for its file, any for a path. ``batch_size`` only applies
    to GPUs; CPUs process images one by one.
    """

    backbone: BackboneName
    weights: Annotated[str, Field(min_length=1)]
    sha256: str
    grid_channels: Annotated[int, Field(ge=1, le=2048)]
    seed: Seed
    precision: Precision
    batch_size: Positive
    device: Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class RapidOcrParams(_Section):
    """RapidOCR (PP-OCRv6). ``detection_side`` is the long side in pixels of the image given to the detector.

    ``scripts``: those it reads beside digits and signs: ``latin``, ``greek``, ``kana``, ``quantities`` (the ideographs
    of units and of words around quantities), ``japanese`` (kana and all ideographs), ``chinese`` (simplified and
    traditional ideographs), ``all``. ``reread_below``: lines with a lower confidence are read again, rotated and
    cropped more tightly. ``precision``: ``bf16`` is faster on processors that support it and reads a few lines
    differently.
    """

    precision: Precision
    scripts: Annotated[tuple[Script, ...], Field(min_length=1)]
    detection_side: Annotated[int, Field(ge=320, le=4096)]
    box_threshold: Share
    text_threshold: Share
    reread_below: Share


@dataclass(frozen=True)
class TesseractParams(_Section):
    """Tesseract.

    ``language``: one or several installed languages, joined by ``+``; each takes its time. ``pages``: ``lines`` gives
    it the lines that may hold a quantity, as the engine before it in ``ocr.engines`` found them; ``photo`` gives it
    whole photos, as it also gets them if it comes first. The long side of whole photos is scaled to between
    ``upscale_to`` and ``downscale_to`` pixels; ``page_segmentation`` is for them too.
    """

    pages: Literal["lines", "photo"]
    language: Annotated[str, Field(pattern=r"^[A-Za-z_/]+(\+[A-Za-z_/]+)*$")]
    page_segmentation: Annotated[int, Field(ge=0, le=13)]
    upscale_to: Annotated[int, Field(ge=0, le=8192)]
    downscale_to: Annotated[int, Field(ge=320, le=8192)]
    timeout: PositiveFloat
    min_confidence: Share


@dataclass(frozen=True)
class GoogleVisionParams(_Section):
    """Google Cloud Vision. An empty ``endpoint`` is the public one with the machine's credentials."""

    endpoint: str
    timeout: PositiveFloat


@dataclass(frozen=True)
class OcrParams(_Section):
    """OCR. Images with a larger aspect ratio than ``max_aspect`` are cut into tiles."""

    engines: Annotated[tuple[OcrEngineName, ...], Field(min_length=1)]
    max_aspect: Annotated[float, Field(gt=1.0)]
    max_side: Annotated[int, Field(ge=320)]
    merge_overlap: Share
    rapidocr: RapidOcrParams
    tesseract: TesseractParams
    google_vision: GoogleVisionParams


@dataclass(frozen=True)
class CandidatesParams(_Section):
    """Quantities found in the words.

    ``line_segments``: describe the line segments around each candidate. ``ocr_alternatives``: also propose quantities
    from the recogniser's alternative readings. ``dual_unit_corrections``: restore decimal points that OCR lost, using
    the same amount in another unit next to it.
    """

    line_gap: PositiveFloat
    max_per_image: Positive
    line_segments: bool
    ocr_alternatives: bool
    dual_unit_corrections: bool


@dataclass(frozen=True)
class AugmentParams(_Section):
    """Training-time augmentation. Most values are probabilities per example; 0 disables."""

    word_dropout: Share
    character_noise: Share
    candidate_dropout: Share
    feature_noise: Annotated[float, Field(ge=0.0)]
    box_jitter: Annotated[float, Field(ge=0.0, le=0.2)]
    group_dropout: Share
    text_dropout: Share


@dataclass(frozen=True)
class TreesParams(_Section):
    """Boosted trees that answer together with the networks; LightGBM's parameter names.

    ``weight`` is their share in an answer's probability (0: networks only). ``max_questions``: larger training sets
    are sampled, because LightGBM keeps all rows in memory.
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
    """The hybrid network and its training. Each of the ``members`` networks leaves out one fold of the photos."""

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
    use_cnn_pooled: bool
    use_cnn_grid: bool
    use_lstm: bool
    use_geometry: bool
    augment: AugmentParams
    trees: TreesParams


@dataclass(frozen=True)
class EvaluateParams(_Section):
    """Evaluation.

    ``bootstrap``: resamples over images for the 95% intervals. ``worst_errors``: number of errors drawn at full size.
    ``report_rows`` and ``report_photos``: limits of the report's error browser, which keeps the worst.
    """

    bootstrap: Positive
    seed: Seed
    worst_errors: Annotated[int, Field(ge=0)]
    report_rows: Annotated[int, Field(ge=0)]
    report_photos: Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class PredictParams(_Section):
    """Prediction. ``threshold`` is the abstention threshold on confidence; -1: the one chosen in training.

    ``precision`` is the share of right answers that the threshold chosen in training must reach; 0: the threshold with
    the highest contest F1.
    """

    threshold: Annotated[float, Field(ge=-1.0, le=1.0)]
    precision: Share


@dataclass(frozen=True)
class ExportParams(_Section):
    """Export. ``name`` is the model's, stated with every answer.

    ``tolerance`` is the largest allowed absolute difference from eager mode.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    opset: Annotated[int, Field(ge=17)]
    tolerance: PositiveFloat
    parity_rows: Positive
    latency_runs: Positive


@dataclass(frozen=True)
class ExecutorParams(_Section):
    """How stages run; no stage depends on it.

    ``workers``: 0 is one per core. ``address``: a Ray cluster (``auto``: the one this machine belongs to); if it is
    None, ``ray`` starts a local one.
    """

    name: Literal["serial", "process", "ray"]
    workers: Annotated[int, Field(ge=0)]
    address: str | None = None


@dataclass(frozen=True)
class SearchParams(_Section):
    """The search space of one parameter: ``choices``, or ``low`` to ``high`` (inclusive), optionally in steps."""

    low: float | None = None
    high: float | None = None
    log: bool = False
    step: PositiveFloat | None = None
    choices: tuple[bool | int | float | str, ...] = ()


@dataclass(frozen=True)
class TuneParams(_Section):
    """The search of ``imagequant tune``, which is not a stage.

    ``space`` has dotted names within section ``train``. Each trial trains ``members`` networks on each of ``folds``
    folds of the training rows.
    """

    seed: Seed
    folds: Annotated[int, Field(ge=2)]
    members: Positive
    space: dict[str, SearchParams]


@dataclass(frozen=True)
class Params(_Section):
    """All of ``params.yaml``."""

    domain: Domain
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
    readings: ReadingsParams
    check: CheckParams
    tune: TuneParams
    executor: ExecutorParams


def parse_params(values: Any, origin: str = "params.yaml") -> Params:
    """Validate parsed YAML. ``origin`` is the file name for errors.

    Raises:
        InputError: If keys are unknown, missing or out of range (names all of them), or if two contradict each other.
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
    """Return the parameters with some replaced.

    Args:
        params: The original parameters.
        overrides: New values by dotted name, as for ``dvc exp run -S``.
        origin: The origin of the overrides, for errors.

    Raises:
        InputError: If an override has an unknown key or a value out of range.
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
    """Return how two individually valid values contradict each other; empty if none do."""
    labels, tesseract = params.labels, params.ocr.tesseract
    if problem := params.domain.problem():
        return problem
    if labels.fold >= labels.folds:
        return f"labels.fold: {labels.fold} is not below labels.folds ({labels.folds})"
    if tesseract.upscale_to > tesseract.downscale_to:
        return (
            f"ocr.tesseract.upscale_to: {tesseract.upscale_to} is above "
            f"ocr.tesseract.downscale_to ({tesseract.downscale_to})"
        )
    if params.versions.arithmetic == "portable":
        for key, precision in (("cnn", params.cnn.precision), ("ocr.rapidocr", params.ocr.rapidocr.precision)):
            if precision == "bf16":
                return f"{key}.precision: bf16 differs by processor; it needs versions.arithmetic: native"
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
    """Read and validate a params file.

    Raises:
        InputError: If the file is missing, is not YAML, or does not fit ``Params``.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such params file") from None
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    return parse_params(values, str(path))
