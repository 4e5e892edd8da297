"""The language data that Tesseract has installed."""

import hashlib
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytesseract

from imagequant.core.errors import InputError

_FOLDER = re.compile(r'"(.+)"')
_NAME = re.compile(r"[\w/-]+")


@dataclass(frozen=True)
class InstalledLanguages:
    """The names of the installed languages, and their folder; releases before 5 do not say which it is."""

    names: tuple[str, ...]
    folder: Path | None

    def check(self, languages: Sequence[str]) -> None:
        """Check that languages are installed.

        Raises:
            InputError: If some are not; names them, the packages to install, and the installed languages.
        """
        missing = [language for language in languages if language not in self.names]
        if missing:
            packages = " ".join(map(_debian_package, missing))
            raise InputError(
                f"ocr.tesseract.language: no data for {', '.join(map(repr, missing))}; install it (Debian: apt-get"
                f" install {packages}) or choose from: {', '.join(sorted(self.names))}"
            )

    def hashes(self, languages: Sequence[str]) -> dict[str, str]:
        """Return the hashes of languages' files by file name, as far as they can be found."""
        files = [self.folder / f"{language}.traineddata" for language in languages] if self.folder else []
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()}


def installed_languages() -> InstalledLanguages:
    """Ask Tesseract for its languages."""
    command = [pytesseract.pytesseract.tesseract_cmd, "--list-langs"]
    listed = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    title, *names = listed.splitlines() or [""]
    folder = _FOLDER.search(title)
    return InstalledLanguages(
        tuple(name.strip() for name in names if _NAME.fullmatch(name.strip())), Path(folder[1]) if folder else None
    )


def _debian_package(language: str) -> str:
    return f"tesseract-ocr-{language.lower().replace('_', '-').replace('/', '-')}"
