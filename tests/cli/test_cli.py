from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from imagequant.cli import STAGES, main


def test_help_names_every_stage() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert all(name in result.output for name in (*STAGES, "predict"))


@pytest.mark.parametrize(
    ("arguments", "names", "status"),
    [
        (["ocr", "--params", "nowhere.yaml"], "nowhere.yaml: no such params file", 1),
        (["predict", "photo.jpg", "--model", "nowhere"], "nowhere: no exported model", 2),
        (["serve", "--port", "0", "--model", "nowhere"], "nowhere: no exported model", 1),
        (["serve", "--token-file", "nowhere"], "--token-file: nowhere: ", 1),
        (["serve", "--queue", "4"], "--max-files: 8; a batch must fit into the queue (--queue 4)", 1),
        (["summary", "--root", "nowhere"], "summary.json: no such file", 1),
    ],
)
def test_errors_are_one_line_and_a_status(arguments: list[str], names: str, status: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from imagequant.cli import main; main()", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status
    assert names in done.stderr
    assert done.stderr.startswith("imagequant: ")
    assert done.stderr.count("\n") == 1


def test_help_loads_no_heavy_module() -> None:
    code = (
        "import sys; from imagequant.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'cv2', 'pandas', 'rapidocr'} & set(sys.modules), sorted(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_search_without_its_extra_names_it() -> None:
    code = "import sys; sys.modules['optuna'] = None; from imagequant.cli import main; main(['tune'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "imagequant: tune: Optuna is not installed; install the extra: imagequant-reader[tune]\n"


@pytest.mark.parametrize("module", ["fastapi", "prometheus_client", "uvicorn"])
def test_a_server_without_its_extra_names_it(module: str) -> None:
    code = f"import sys; sys.modules['{module}'] = None; from imagequant.cli import main; main(['serve'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"imagequant: serve: {module} is not installed; install the extra: imagequant-reader[serve]\n"


def test_the_pipeline_without_its_extra_names_it() -> None:
    code = "import sys; sys.modules['pyarrow'] = None; from imagequant.cli import main; main(['check'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "imagequant: pyarrow is not installed; the pipeline needs the extra imagequant-reader[train]\n"
    )


def test_links_need_no_extra() -> None:
    link = "http://127.0.0.1:9/photo.jpg"
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from imagequant.cli.predict.answering import PhotoTask, _fetch\n"
        f"print(_fetch([PhotoTask('photo', '{link}', False, ())], None)['{link}'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "not a public address" in done.stdout


def test_the_public_api_is_what_it_says() -> None:
    import imagequant

    assert imagequant.Quantity(500.0, "gram").unit == "gram"
    with pytest.raises(AttributeError, match="nothing"):
        _ = imagequant.nothing
