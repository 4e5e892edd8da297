"""How others read photos: ``python plain_loops.py LOOP OUTPUT PHOTO ...``; the whole process is timed from outside.

Each loop is written as the documentation of its package shows it, with the defaults. It runs in an environment that has
little more than that package, so nothing of the project is imported here. OUTPUT is JSON: for each photo a list of
``[text, x0, y0, x1, y1, confidence]``; a photo that cannot be read has an empty one.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Found = list[list[object]]
# As many as faster-paddle prepares at once; one that is broken fails its whole batch.
_BATCH = 8


def rapidocr(photos: Sequence[Path]) -> list[Found]:
    """``RapidOCR()`` once, called on each file."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})
    return [_attempt(lambda image: _of_rapidocr(engine(image)), photo.read_bytes()) for photo in photos]


def faster_paddle(size: str, photos: Sequence[Path]) -> list[Found]:
    """One engine, given several photos at once: it shares the work on their lines among its threads."""
    from faster_paddle import OcrEngine

    engine = OcrEngine(model_size=size)
    found: list[Found] = []
    for start in range(0, len(photos), _BATCH):
        images = [photo.read_bytes() for photo in photos[start : start + _BATCH]]
        try:
            found += [_of_faster_paddle(result) for result in engine.ocr_batch(images)]
        except Exception:
            found += [_attempt(lambda one: _of_faster_paddle(engine.ocr(one)), image) for image in images]
    return found


def image_to_string(photos: Sequence[Path]) -> list[Found]:
    """Grey, Otsu's threshold, ``image_to_string``. It gives no boxes, so each line gets one of its own."""
    import cv2
    import pytesseract

    found: list[Found] = []
    for photo in photos:
        picture = cv2.imread(str(photo))
        if picture is None:
            found.append([])
            continue
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        _, black = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        lines = [line.strip() for line in pytesseract.image_to_string(black).splitlines() if line.strip()]
        found.append([[line, 0, 100 * at, 10 * len(line), 100 * at + 20, 1.0] for at, line in enumerate(lines)])
    return found


LOOPS: dict[str, Callable[[Sequence[Path]], list[Found]]] = {
    "rapidocr": rapidocr,
    "faster-paddle-small": lambda photos: faster_paddle("small", photos),
    "faster-paddle-tiny": lambda photos: faster_paddle("tiny", photos),
    "image-to-string": image_to_string,
}


def _attempt(read: Callable[[bytes], Found], image: bytes) -> Found:
    try:
        return read(image)
    except Exception as error:
        print(error, file=sys.stderr)
        return []


def _of_rapidocr(result: Any) -> Found:
    found = () if result.boxes is None else zip(result.boxes, result.txts, result.scores, strict=True)
    return [
        [text, *map(float, quad.min(axis=0)), *map(float, quad.max(axis=0)), float(score)]
        for quad, text, score in found
    ]


def _of_faster_paddle(result: Any) -> Found:
    return [
        [line["text"], *line["topLeftCoord"], *line["bottomRightCoord"], line["confidence"]]
        for line in result["bounds"].values()
    ]


def main() -> None:
    name, output, *photos = sys.argv[1:]
    found = LOOPS[name]([Path(photo) for photo in photos])
    Path(output).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
