"""The files of ``data/versions``, which git keeps: what each stage's results depend on beside data and code."""

from collections.abc import Iterator, Mapping

Versions = Mapping[str, Mapping[str, str]]


def version_changes(before: Versions, now: Versions) -> Iterator[str]:
    """Yield one line per changed version, by stage and name."""
    for stage in sorted(before.keys() | now.keys()):
        old, new = before.get(stage, {}), now.get(stage, {})
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                yield f"{stage}: {name} {old.get(name, 'none')} -> {new.get(name, 'none')}"
