"""`imagequant predict` on photos: inputs, outputs, exit statuses."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import pty
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from imagequant.cli import main
from imagequant.predictor.predictor import Predictor

Run = Callable[..., Result]


@pytest.fixture
def run(model: Path, predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command with a model that is loaded once for all tests; those with processes of their own load it."""
    monkeypatch.setattr(
        "imagequant.cli.predict.answering.Predictor", lambda bundle, _: {model: predictor}[bundle.folder]
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "*")

    def invoke(*arguments: object, **options: object) -> Result:
        return CliRunner().invoke(main, ["predict", *map(str, arguments), "--model", str(model)], **options)

    return invoke


@pytest.fixture
def site(photos: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(photos)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def answers(output: str) -> list[tuple[str, list[str]]]:
    """Photos with the texts of their answers, from lines of JSON."""
    objects = [json.loads(line) for line in output.splitlines()]
    return [(each["photo"], [answer["text"] for answer in each["predictions"]]) for each in objects]


def test_lines_for_other_programs(run: Run, photos: Path) -> None:
    done = run(photos / "plate.png", photos / "blank.png", "-e", "voltage", "-e", "width")
    assert done.exit_code == 0
    assert done.stderr == ""
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[:3] for line in lines] == [
        [str(photos / "plate.png"), "voltage", "220 volt"],
        [str(photos / "plate.png"), "width", ""],
        [str(photos / "blank.png"), "voltage", ""],
        [str(photos / "blank.png"), "width", ""],
    ]
    assert lines[0][4].startswith("220")
    assert [line[4] for line in lines[1:]] == ["not found: no quantity of this kind", *["not found: no text"] * 2]


def test_dimensions_are_one_line_per_photo(run: Run, printed: Callable[..., Image.Image]) -> None:
    printed(["Width: 60 cm", "Height: 75 cm", "Depth: 40 cm"]).save("box.png")
    printed([]).save("none.png")
    done = run("--dimensions", "box.png", "none.png", "-v")
    box, none = (line.split("\t") for line in done.stdout.splitlines())
    assert box[:2] == ["box.png", "W 60 x H 75 x D 40 centimetre"]
    assert len(box) == 6 and 0 <= float(box[2]) <= 1
    assert none[:2] == ["none.png", ""]
    (answer,) = map(json.loads, run("--dimensions", "--json", "box.png").stdout.splitlines())
    assert answer["dimensions"] == "W 60 x H 75 x D 40 centimetre"
    assert [each["entity"] for each in answer["predictions"]] == ["width", "height", "depth"]


def test_all_products_are_answered_one_by_one(run: Run, printed: Callable[..., Image.Image]) -> None:
    printed(["Small: 250 g", "Large: 500 g"]).save("sizes.png")
    asked = ("sizes.png", "--products", "all", "-e", "item_weight")
    lines = [line.split("\t") for line in run(*asked, "--to-unit", "kilogram").stdout.splitlines()]
    assert [line[:5] for line in lines] == [
        ["sizes.png", "1", "Small", "item_weight", "0.25 kilogram"],
        ["sizes.png", "2", "Large", "item_weight", "0.5 kilogram"],
    ]
    (answer,) = map(json.loads, run(*asked, "--json").stdout.splitlines())
    assert [each["name"] for each in answer["products"]] == ["Small", "Large"]
    assert answer["products"][1]["predictions"][0]["text"] == "500 gram"
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--csv", "-").stdout)))
    assert [(row["product"], row["product_name"], row["text"]) for row in rows] == [
        ("1", "Small", "250 gram"),
        ("2", "Large", "500 gram"),
    ]
    assert run(*asked, "--parquet", "rows.parquet").exit_code == 0
    assert pq.read_table("rows.parquet")["product_name"].to_pylist() == ["Small", "Large"]
    # Without the option, there are no such columns.
    (row,) = csv.DictReader(io.StringIO(run("sizes.png", "-e", "item_weight", "--csv", "-").stdout))
    assert "product" not in row


def test_products_have_rows_of_a_table_each(run: Run, printed: Callable[..., Image.Image]) -> None:
    printed(["Small: 250 g", "Large: 500 g"]).save("sizes.png")
    Path("rows.csv").write_text(
        "image_link,entity_name,product\nsizes.png,item_weight,a\ngone.png,item_weight,b\n", encoding="utf-8"
    )
    rows = list(csv.DictReader(io.StringIO(run("rows.csv", "--products", "all", "--csv", "-").stdout)))
    assert [(row["product"], row["input_product"], row["text"]) for row in rows] == [
        ("1", "a", "250 gram"),
        ("2", "a", "500 gram"),
        ("", "b", ""),
    ]
    refused = run("rows.csv", "--products", "all", "--csv", "answers.csv", "--resume")
    assert refused.exit_code == 2
    assert "--resume: with --products all" in refused.stderr


def test_dimensions_of_all_products_are_a_line_each(run: Run, printed: Callable[..., Image.Image]) -> None:
    printed(["Table: 60 x 40 x 75 cm (W x D x H)", "Chair: 45 x 50 x 90 cm (W x D x H)"], size=(1000, 300)).save(
        "set.png"
    )
    lines = [line.split("\t") for line in run("set.png", "--dimensions", "--products", "all").stdout.splitlines()]
    assert [line[:4] for line in lines] == [
        ["set.png", "1", "Table", "W 60 x H 75 x D 40 centimetre"],
        ["set.png", "2", "Chair", "W 45 x H 90 x D 50 centimetre"],
    ]


def test_raw_lists_what_is_printed_without_a_question(run: Run, photos: Path) -> None:
    done = run("--raw", photos / "plate.png", photos / "blank.png", photos / "gone.png", "-v")
    assert done.exit_code == 1
    assert done.stderr == f"imagequant: {photos / 'gone.png'}: No such file or directory\n"
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [(line[0], line[1], line[3]) for line in lines] == [
        (str(photos / "plate.png"), "voltage", "220 volt"),
        (str(photos / "plate.png"), "power", "45 watt"),
    ]
    assert all(len(line[6].split()) == 4 for line in lines)
    names = [photos / name for name in ("plate.png", "blank.png", "gone.png")]
    plate, blank, gone = (json.loads(line) for line in run("--raw", "--json", *names).stdout.splitlines())
    assert [each["text"] for each in plate["quantities"]] == ["220 volt", "45 watt"]
    assert (blank["quantities"], blank["error"]) == ([], "")
    assert gone["quantities"] == [] and "No such file" in gone["error"]


def test_a_folder_is_searched_whole(run: Run, photos: Path) -> None:
    (photos / "more").mkdir()
    (photos / "pack.png").rename(photos / "more" / "pack.PNG")
    (photos / "._pack.png").write_text("what macOS leaves")
    (photos / "Thumbs.db").write_text("what Windows leaves")
    done = run("photos", "-e", "item_weight", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert answers(done.stdout) == [
        ("photos/blank.png", [""]),
        ("photos/more/pack.PNG", ["500 gram"]),
        ("photos/plate.png", [""]),
    ]


def test_what_cannot_be_read_is_named_and_the_rest_is_answered(run: Run, photos: Path) -> None:
    (photos / "note.jpg").write_text("no image")
    done = run("gone.jpg", photos / "note.jpg", photos / "pack.png", "-e", "item_weight", "--json")
    assert done.exit_code == 1
    assert answers(done.stdout) == [
        ("gone.jpg", [""]),
        (str(photos / "note.jpg"), [""]),
        (str(photos / "pack.png"), ["500 gram"]),
    ]
    problems = ["gone.jpg: No such file or directory", f"{photos / 'note.jpg'}: not an image", ""]
    assert [json.loads(line)["error"] for line in done.stdout.splitlines()] == problems
    assert done.stderr.splitlines() == [f"imagequant: {problem}" for problem in problems[:2]]
    lines = run("gone.jpg", "-e", "item_weight").stdout.splitlines()
    assert lines == ["gone.jpg\titem_weight\t\t\terror: gone.jpg: No such file or directory"]


def test_files_that_a_folder_scan_skips_are_named_and_count(run: Run, photos: Path) -> None:
    (photos / "notes.txt").write_text("no photo")
    (photos / "gone.png").symlink_to("nowhere.png")
    done = run("photos", "-e", "item_weight")
    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 3
    gone, notes = done.stderr.splitlines()
    assert gone == "imagequant: photos/gone.png: skipped: not a file, or a link to none"
    assert notes.startswith("imagequant: photos/notes.txt: skipped: not named like a photo (.avif, ")


def test_standard_input_and_names_like_urls(run: Run, photos: Path) -> None:
    (photos / "pack.png").rename("3:4 #1%20.png")
    name = "3:4 #1%20.png"
    done = run("-", name, "-e", "item_weight", "--json", input=Path(name).read_bytes())
    assert done.exit_code == 0
    assert answers(done.stdout) == [("standard input", ["500 gram"]), (name, ["500 gram"])]


def test_urls(run: Run, site: str, photos: Path) -> None:
    done = run(f"{site}/pack.png", (photos / "plate.png").as_uri(), f"{site}/gone.png", "nonsense://a/b.png",
               "-e", "item_weight", "-e", "wattage", "--json")  # fmt: skip
    assert done.exit_code == 1
    assert answers(done.stdout) == [
        (f"{site}/pack.png", ["500 gram", ""]),
        ((photos / "plate.png").as_uri(), ["", "45 watt"]),
        (f"{site}/gone.png", ["", ""]),
        ("nonsense://a/b.png", ["", ""]),
    ]
    gone, refused = done.stderr.splitlines()
    assert gone == f"imagequant: {site}/gone.png: Not Found (http_404)"
    assert refused.startswith("imagequant: nonsense://a/b.png: cannot be reached")


def test_a_csv_asks_each_row_its_own(run: Run, photos: Path) -> None:
    pack = (photos / "pack.png").as_uri()
    (photos / "asked.csv").write_text(
        "index,image_link,group_id,entity_name,entity_value\n"
        "7,plate.png,1,voltage,220 volt\n"
        f"8,{pack},1,item_weight,\n"
        "9,plate.png,2,wattage,45 watt\n"
    )
    done = run(photos / "asked.csv", "--json")
    assert done.exit_code == 0, done.stderr
    assert answers(done.stdout) == [("plate.png", ["220 volt"]), (pack, ["500 gram"]), ("plate.png", ["45 watt"])]
    rows = [answer for line in done.stdout.splitlines() for answer in json.loads(line)["predictions"]]
    assert [(row["index"], row["group_id"]) for row in rows] == [("7", "1"), ("8", "1"), ("9", "2")]
    assert [row.get("row") for row in rows] == [{"entity_value": "220 volt"}, None, {"entity_value": "45 watt"}]


def test_a_csv_need_not_have_more_than_links_and_entities(run: Run, photos: Path) -> None:
    (photos / "asked.csv").write_text("image_link,entity_name\npack.png,item_weight\n")
    done = run(photos / "asked.csv", photos / "plate.png", "-e", "wattage", "--json")
    assert answers(done.stdout) == [("pack.png", ["500 gram"]), (str(photos / "plate.png"), ["45 watt"])]
    assert "index" not in json.loads(done.stdout.splitlines()[0])["predictions"][0]


def test_files_of_answers(run: Run, photos: Path) -> None:
    (photos / "asked.csv").write_text(
        "index,image_link,group_id,entity_name\na1,pack.png,,item_weight\na2,pack.png,,width\n"
    )
    done = run(photos / "asked.csv", "--csv", "out/answers.csv", "--parquet", "out/answers.parquet")
    assert (done.exit_code, done.output) == (0, "")
    found, missing = pq.read_table("out/answers.parquet").to_pylist()
    assert (found["index"], found["entity"], found["text"], found["value"]) == ("a1", "item_weight", "500 gram", 500.0)
    assert found["x0"] < found["x1"]
    assert (missing["index"], missing["value"], missing["x0"], missing["reason"]) == (
        "a2", None, None, "no quantity of this kind",
    )  # fmt: skip
    with Path("out/answers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == ["500 gram", ""]
    assert json.loads(rows[0]["alternatives"]) == found["alternatives"]
    assert list(rows[0]) == list(found)
    printed = run(photos / "asked.csv", "--csv", "-")
    assert printed.stdout == Path("out/answers.csv").read_text(encoding="utf-8")


def test_answers_so_far_are_kept_when_it_is_stopped(
    model: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imagequant.cli.predict import command

    seen = []

    def stop(answered: object) -> None:
        seen.append(answered)
        if len(seen) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(command, "print_json", stop)
    request = ["predict", str(photos), "-e", "width", "--json", "--csv", str(tmp_path / "answers.csv"), "--model"]
    done = CliRunner().invoke(main, [*request, str(model)])
    assert (done.exit_code, done.output) == (130, "")
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 2  # the header and the first photo's


@pytest.mark.parametrize(
    ("units", "text"),
    [
        (["kilogram"], ["0.5 kilogram", "220 volt"]),
        (["kilovolt", "pound"], ["1.10231131092439 pound", "0.22 kilovolt"]),
    ],
)
def test_other_units(run: Run, photos: Path, units: list[str], text: list[str]) -> None:
    options = [part for unit in units for part in ("--to-unit", unit)]
    done = run(photos / "pack.png", photos / "plate.png", "-e", "item_weight", "-e", "voltage", "--json", *options)
    assert done.exit_code == 0
    assert [answer for _, found in answers(done.stdout) for answer in found if answer] == text


def test_pictures_of_one_name_lie_beside_each_other(run: Run, photos: Path) -> None:
    (photos / "more").mkdir()
    Image.open(photos / "pack.png").rotate(180).save(photos / "more" / "pack.png")
    done = run(photos / "pack.png", photos / "more" / "pack.png", "-e", "item_weight", "--draw", "drawn")
    assert done.exit_code == 0
    first, second = (Image.open(path) for path in sorted(Path("drawn").iterdir()))
    assert [path.name for path in sorted(Path("drawn").iterdir())] == ["pack-2.png", "pack.png"]
    assert first.size[0] == second.size[0] >= 640
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["pack.png", "-e", "weight"], "--entity: unknown entity 'weight'; allowed: width, depth, height, item_weight"),
        (["pack.png", "--to-unit", "stone"], "'stone' is not one of 'microgram'"),
        (["pack.png", "-e", "width", "--to-unit", "gram"], "is measured in gram; allowed: width: centimetre, foot"),
        (["pack.png", "--to-unit", "gram", "--to-unit", "pound"], "gram and pound are both units of weight"),
        (["none"], "none: no photos in it; looked for .avif"),
        (["gone.csv"], "gone.csv: no such file"),
        (["bad.csv"], "no column entity_name; a questions file has image_link, entity_name"),
        (["asked.csv", "-e", "width"], "the rows of a table name their own entities"),
        (["asked.csv", "--csv", "asked.csv"], "asked.csv holds the questions"),
        (["pack.png", "--csv", "plate.png"], "--csv: plate.png does not end in .csv"),
        (["pack.png", "--parquet", "-"], "--parquet: - does not end in .parquet"),
        (["pack.png", "--json", "--csv", "-"], "--json already uses standard output"),
        (["pack.png", "--csv", "pack.png/a.csv"], "--csv: "),
        (["pack.png", "--draw", "pack.png"], "is a file"),
        (["pack.png", "--resume"], "--resume: needs --csv FILE"),
        (["pack.png", "--resume", "--csv", "a.csv", "--parquet", "a.parquet"], "--resume: only CSV can be continued"),
        (["-", "--resume", "--csv", "a.csv"], "--resume: standard input cannot be read again"),
        (["pack.png", "--min-confidence", "90"], "90.0 is not in the range 0<=x<=1"),
        (["pack.png", "--min-confidence", "nan"], "--min-confidence: nan; allowed: 0 to 1"),
        (["pack.png", "--precision", "0.95"], "--precision: 0.95: not measured in training; allowed: none"),
        (["pack.png", "--raw", "--csv", "a.csv"], "--raw: asks nothing; it goes with --json"),
        (["pack.png", "--raw", "-e", "width"], "--raw: asks nothing; it goes with --json"),
        (["pack.png", "--dimensions", "-e", "width"], "--dimensions: asks for three entities of photos"),
        (["asked.csv", "--raw"], "--raw: reads photos, folders and URLs; leave tables out"),
        (["pack.png", "--workers", "0"], "0 is not in the range x>=1"),
    ],
)  # fmt: skip
def test_a_wrong_request_answers_nothing(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(photos)
    Path("none").mkdir()
    Path("bad.csv").write_text("image_link\npack.png\n")
    Path("asked.csv").write_text("image_link,entity_name\npack.png,width\n")
    done = run(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_options_about_photos_do_not_run_the_stage() -> None:
    done = CliRunner().invoke(main, ["predict", "--csv", "out.csv"])
    assert done.exit_code == 2
    assert "Missing argument 'PHOTOS...'" in done.stderr


def test_a_closed_pipe_ends_it_quietly(model: Path, photos: Path) -> None:
    command = [sys.executable, "-c", "from imagequant.cli import main; main()", "predict", "--model", str(model)]
    for number in range(9):
        shutil.copy(photos / "pack.png", photos / f"copy-{number}.png")
    process = subprocess.Popen(
        [*command, str(photos), "--workers", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    assert "width" in process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() != 0


@pytest.mark.parametrize("shown", [False, True], ids=["redirected", "on the terminal"])
def test_the_bar_takes_nothing_from_standard_output(model: Path, photos: Path, shown: bool) -> None:
    command = [sys.executable, "-c", "from imagequant.cli import main; main()", "predict", "--model", str(model)]
    terminal, other_end = pty.openpty()
    process = subprocess.Popen(
        [*command, str(photos), "-e", "voltage"],
        stdout=other_end if shown else subprocess.PIPE,
        stderr=other_end,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(other_end)
    with os.fdopen(terminal, "rb", buffering=0) as file:
        seen = b"".join(iter(lambda: _read(file), b"")).decode()
    assert "0/3" in seen
    if shown:
        assert "220 volt" in seen and "not found (no text): voltage" in seen
    else:
        assert process.stdout is not None
        assert [line.split("\t")[2] for line in process.stdout.read().decode().splitlines()] == ["", "", "220 volt"]
        process.stdout.close()
    assert process.wait() == 0


def _read(file: io.FileIO) -> bytes:
    try:
        return file.read(65536) or b""
    except OSError:  # how Linux tells that nobody holds the other end any more
        return b""


def completed(line: str) -> list[str]:
    """What bash is offered at the end of a line, by a process that loads no heavy module for it."""
    code = (
        "import atexit, sys; from imagequant.cli import main\n"
        "heavy = {'torch', 'numpy', 'cv2', 'pandas', 'pint', 'rich', 'pyarrow', 'PIL'}\n"
        "atexit.register(lambda: print('loaded:', sorted(heavy & set(sys.modules))))\n"
        "main(prog_name='imagequant')"
    )
    asked = {"_IMAGEQUANT_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **asked}, capture_output=True, text=True, check=True
    )
    *offered, loaded = done.stdout.splitlines()
    assert loaded == "loaded: []"
    return [each.partition(",")[2] for each in offered]


def test_shells_complete_entities_and_units(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("models").mkdir()
    Path("models/export").symlink_to(model)
    assert completed("imagequant predict photo.jpg -e w") == ["width", "wattage"]
    assert completed("imagequant predict --to-unit cubic") == ["cubic_inch", "cubic_foot"]


def test_help_tells_the_exit_statuses() -> None:
    text = CliRunner().invoke(main, ["predict", "--help"]).stdout
    assert "\n    1  some photos could not be read" in text


def test_names_beyond_ascii(run: Run, printed: Callable[..., Image.Image]) -> None:
    buffer = io.BytesIO()
    printed(["Gewicht 5 kg für"]).save(buffer, "PNG")
    Path("größe.png").write_bytes(buffer.getvalue())
    done = run("größe.png", "-e", "item_weight", "--json")
    assert answers(done.stdout) == [("größe.png", ["5 kilogram"])]
    assert "größe" in done.stdout
