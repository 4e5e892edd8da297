"""Property tests here judge results, never the time a busy machine takes; a real browser for those that need one."""

from __future__ import annotations

import io
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from imagequant.core import arithmetic

# Tests run in one process per core; their libraries, and the programs that they start, need no further threads.
for _name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Results are compared with those of the pipeline, and must not depend on the processor.
arithmetic.use("portable")

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Fixtures of several folders of tests.
pytest_plugins = ["tests.exported_model", "tests.s3_server"]


# Files that take longest, by name of folder and file. The second needs no finished project, which the first makes.
_FIRST = (
    "pipeline/test_pull_request.py",
    "pipeline/test_recipes.py",
    "cross_validation/test_run.py",
    "pipeline/test_experiments.py",
    "pipeline/test_repro.py",
    "pipeline/test_shared_results.py",
    "pipeline/test_corrections.py",
    "executor/test_on_ray.py",
    "benchmarks/test_hostile.py",
    "storage/test_locations.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the files that take longest, so that processes which run tests in parallel end together."""
    order = {name: number for number, name in enumerate(_FIRST)}
    items.sort(key=lambda item: order.get(f"{item.path.parent.name}/{item.path.name}", len(order)))


_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


# Not of the session: while it runs, Playwright's event loop keeps others from running in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium here; `make setup` installs it where it can")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Without a sandbox, because root has none; only our own pages are opened.
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """Opens pages in fresh profiles; a script's error or a refused load in any of them fails the test."""
    contexts, complaints = [], []

    def make(**options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def save_screenshot(tmp_path: Path) -> Callable[[Any, str], None]:
    """Keeps what a page shows as a small PNG: in the folder ``IMAGEQUANT_SCREENSHOTS``, or with the test's files."""
    from PIL import Image

    folder = Path(os.environ.get("IMAGEQUANT_SCREENSHOTS", tmp_path))

    def save(page: Any, name: str) -> None:
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        folder.mkdir(parents=True, exist_ok=True)
        picture.quantize(256, Image.Quantize.MAXCOVERAGE).save(folder / f"{name}.png", optimize=True)

    return save


@contextmanager
def _small_disk() -> Iterator[None]:
    # For a moment only: what pytest says goes to a file, too.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def small_disk() -> Callable[[], AbstractContextManager[None]]:
    """A block in which no file may be larger than a thousand bytes: a write fails as it does on a disk that is full."""
    return _small_disk
