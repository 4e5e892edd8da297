"""Which release this is."""

from importlib.metadata import version

# On the package index; `imagequant` there is another project.
DISTRIBUTION = "imagequant-reader"


def release() -> str:
    """Name and version, for what is written to disk: ``imagequant 0.1.0``."""
    return f"imagequant {version(DISTRIBUTION)}"
