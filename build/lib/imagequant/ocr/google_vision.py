"""Google Cloud Vision through its official client (extra ``google``)."""

from importlib.metadata import version
from typing import Any

import cv2

from imagequant.core.errors import InputError
from imagequant.core.records import Box, Word
from imagequant.ocr.engine import OcrError, OneByOne, RgbImage
from imagequant.params import GoogleVisionParams


class GoogleVisionEngine(OneByOne):
    """Sends one ``TEXT_DETECTION`` request per photo. Requests cost money; the work cache avoids repeating them."""

    name = "google_vision"

    def __init__(self, params: GoogleVisionParams) -> None:
        try:
            from google.api_core.client_options import ClientOptions  # noqa: PLC0415
            from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415
            from google.auth.exceptions import DefaultCredentialsError  # noqa: PLC0415
            from google.cloud import vision  # noqa: PLC0415
        except ImportError:
            raise InputError(
                "ocr.engines: google_vision needs the extra: pip install 'imagequant-reader[google]'"
            ) from None
        self._vision = vision
        self._timeout = params.timeout
        if params.endpoint:
            # A custom endpoint (a proxy, a test double) does its own authentication.
            self._client = vision.ImageAnnotatorClient(
                credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
                client_options=ClientOptions(api_endpoint=params.endpoint),
                transport="rest",
            )
        else:
            try:
                self._client = vision.ImageAnnotatorClient(transport="rest")
            except DefaultCredentialsError as error:
                raise InputError(f"ocr.google_vision: no credentials: {' '.join(str(error).split())}") from None

    def versions(self) -> dict[str, str]:
        """The client's version; the service does not report its own."""
        return {"google-cloud-vision": version("google-cloud-vision")}

    def read(self, image: RgbImage) -> list[Word]:
        """Read words.

        Raises:
            OcrError: If the service cannot be reached or returns an error.
        """
        from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415
        from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415
        from requests.exceptions import RequestException  # noqa: PLC0415  (the client's transport, let through)

        # PNG is lossless, so the service gets the same pixels as the other engines.
        encoded = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()
        try:
            answer = self._client.document_text_detection(
                image=self._vision.Image(content=encoded), timeout=self._timeout
            )
        except (GoogleAPIError, GoogleAuthError, RequestException) as error:
            raise OcrError(f"google_vision failed: {' '.join(str(error).split())}") from None
        if answer.error.message:
            raise OcrError(f"google_vision failed: {answer.error.message}")
        return [
            _word(word, self.name)
            for page in answer.full_text_annotation.pages
            for block in page.blocks
            for paragraph in block.paragraphs
            for word in paragraph.words
        ]


def _word(word: Any, engine: str) -> Word:
    xs = [float(vertex.x) for vertex in word.bounding_box.vertices]
    ys = [float(vertex.y) for vertex in word.bounding_box.vertices]
    return Word(
        "".join(symbol.text for symbol in word.symbols),
        Box(min(xs), min(ys), max(xs), max(ys)),
        float(word.confidence),
        _angle(xs, ys),
        engine,
    )


def _angle(xs: list[float], ys: list[float]) -> int:
    """Return the direction of the first edge: vertices go clockwise from the text's own upper left corner."""
    if abs(xs[1] - xs[0]) >= abs(ys[1] - ys[0]):
        return 0 if xs[1] >= xs[0] else 180
    return 90 if ys[1] >= ys[0] else 270
