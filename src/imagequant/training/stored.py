"""Examples on disk: training reads them many times in random order, and they may not fit in memory."""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

import numpy as np

from imagequant.core.errors import about
from imagequant.core.iteration import LazySequence
from imagequant.core.locations import scratch_folder
from imagequant.core.records import PhotoFeatures
from imagequant.model.examples import Example
from imagequant.model.vocabulary import Vocabulary
from imagequant.quantity.domain import Domain
from imagequant.quantity.scoring import Quantity
from imagequant.storage.tensors import Arrays, decode_tensors, encode_tensors

_OWN = "own"


@dataclass(frozen=True)
class _Read:
    """Reads an example from an open file; a process that is started with it inherits the file."""

    descriptor: int
    ends: array[int]
    photos: Mapping[str, PhotoFeatures]
    blank: PhotoFeatures
    domain: Domain

    def __call__(self, place: int) -> Example:
        start, end = self.ends[place], self.ends[place + 1]
        arrays = decode_tensors(os.pread(self.descriptor, end - start, start))
        return decode_example(arrays, self.photos.get(photo_name(arrays), self.blank), self.domain)

    def __reduce__(self) -> tuple[Callable[..., _Read], tuple[Any, ...]]:
        return _inherit, (DupFd(self.descriptor), self.ends, self.photos, self.blank, self.domain)


def _inherit(descriptor: Any, *others: Any) -> _Read:
    return _Read(descriptor.detach(), *others)


class StoredExamples(LazySequence[Example]):
    """Labelled examples in a file, decoded on each access.

    The file is read, not mapped, since mapped pages count as memory of the process. The CNN's features, by far the
    largest part of an example, stay in their own files.
    """

    def __init__(
        self,
        file: IO[bytes],
        named: Iterable[tuple[str, Example]],
        photos: Mapping[str, PhotoFeatures],
        blank: PhotoFeatures,
        domain: Domain,
    ) -> None:
        """Writes examples.

        Args:
            file: An empty file, open for reading and writing; it must stay open.
            named: Examples with the content hashes of their photos.
            photos: Features of the photos that the CNN could process.
            blank: Features of the other photos.
            domain: The entities and units of the examples.
        """
        ends = array("q", [0])
        for name, example in named:
            ends.append(ends[-1] + file.write(encode_example(name, example)))
        file.flush()
        super().__init__(len(ends) - 1, _Read(file.fileno(), ends, photos, blank, domain))


@contextmanager
def stored_examples(
    folder: Path,
    named: Iterable[tuple[str, Example]],
    photos: Mapping[str, PhotoFeatures],
    blank: PhotoFeatures,
    domain: Domain,
) -> Iterator[StoredExamples]:
    """Stores examples in an unnamed temporary file, which disappears with the block or the process.

    Raises:
        OSError: If they do not fit there; names the folder.
    """
    place = scratch_folder(folder)
    file = tempfile.TemporaryFile(dir=place)  # noqa: SIM115  (closed below, quietly if writing fails)
    try:
        examples = StoredExamples(file, named, photos, blank, domain)
    except OSError as error:
        with suppress(OSError):  # closing would try to write the rest again
            file.close()
        raise about(place, error) if error.filename is None else error from error
    with file:
        yield examples


def encode_example(name: str, example: Example) -> bytes:
    """Encodes a labelled example as bytes, without the features of its photo."""
    if example.correct is None or example.targets is None:
        raise ValueError("example has no label")
    return encode_tensors(
        {
            # Small integers: numbers of buckets, units and tokens.
            "ngrams": example.ngrams.astype(np.int16),
            "token_features": example.token_features,
            "correct": example.correct,
            "targets": example.targets,
            "question": np.array(
                [example.group, example.answerable, example.source_abstains, example.calibrates], dtype=np.int16
            ),
            "photo": np.frombuffer(name.encode(), dtype=np.uint8),
            **_encode_candidates(example, _OWN),
            **{
                part: array
                for place, sibling in enumerate(example.siblings)
                for part, array in _encode_candidates(sibling, f"sibling{place}").items()
            },
        }
    )


def _encode_candidates(example: Example, prefix: str) -> Arrays:
    """Return what differs between an example and its siblings."""
    return {
        f"{prefix}.candidate_features": example.candidate_features,
        f"{prefix}.centers": example.centers,
        f"{prefix}.evidence": example.evidence,
        f"{prefix}.candidate_ids": example.candidate_ids.astype(np.int16),
        f"{prefix}.candidate_tokens": example.candidate_tokens.astype(np.int16),
        f"{prefix}.printed": example.printed.astype(np.int16),
        f"{prefix}.values": np.array([quantity.value for quantity in example.quantities], dtype=np.float64),
        f"{prefix}.entity": np.array([example.entity], dtype=np.int16),
    }


def decode_example(arrays: Arrays, photo: PhotoFeatures, domain: Domain) -> Example:
    """Decodes what ``encode_example`` encoded, given the features."""
    group, answerable, source_abstains, calibrates = (int(number) for number in arrays["question"])
    ngrams = arrays["ngrams"].astype(np.int64)
    tokens = arrays["token_features"].astype(np.float32, copy=False)
    units, vocabulary = tuple(domain.units), Vocabulary.of(domain)

    def decode(prefix: str) -> Example:
        ids = arrays[f"{prefix}.candidate_ids"].astype(np.int64)
        values = zip(arrays[f"{prefix}.values"], ids[:, 0], strict=True)
        return Example(
            quantities=tuple(Quantity(float(value), units[unit]) for value, unit in values),
            ngrams=ngrams,
            token_features=tokens,
            candidate_features=arrays[f"{prefix}.candidate_features"].astype(np.float32, copy=False),
            candidate_ids=ids,
            candidate_tokens=arrays[f"{prefix}.candidate_tokens"].astype(np.int64),
            centers=arrays[f"{prefix}.centers"].astype(np.float32, copy=False),
            evidence=arrays[f"{prefix}.evidence"].astype(np.float32, copy=False),
            entity=int(arrays[f"{prefix}.entity"][0]),
            vocabulary=vocabulary,
            group=group,
            photo=photo,
            correct=None,
            targets=None,
            answerable=False,
            printed=arrays[f"{prefix}.printed"].astype(np.int64),
        )

    siblings = sum(f"sibling{place}.entity" in arrays for place in range(2))
    return replace(
        decode(_OWN),
        correct=arrays["correct"].astype(np.bool_, copy=False),
        targets=arrays["targets"].astype(np.bool_, copy=False),
        answerable=bool(answerable),
        source_abstains=bool(source_abstains),
        calibrates=bool(calibrates),
        siblings=tuple(decode(f"sibling{place}") for place in range(siblings)),
    )


def photo_name(arrays: Arrays) -> str:
    """Return the content hash of an encoded example's photo."""
    return bytes(arrays["photo"]).decode()
