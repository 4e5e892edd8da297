"""Which release this is."""

# On the package index; `imagequant` there is another project.
DISTRIBUTION = "imagequant-reader"


def release() -> str:
    """Name and version, for what is written to disk: ``imagequant 0.1.0``."""
    from importlib.metadata import version  # noqa: PLC0415  (a fifth of the time of `imagequant --help`)

    return f"imagequant {version(DISTRIBUTION)}"
