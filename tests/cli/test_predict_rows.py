"""`imagequant predict` on many rows: none is lost, none ends the others, and a stopped run goes on."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pillow_heif
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner, Result
from PIL import Image
from tests.exported_model import print_photo

from imagequant.cli import main
from imagequant.core.locations import location
from imagequant.model.bundle import read_bundle, write_bundle_config
from imagequant.predictor.predictor import Predictor

Run = Callable[..., Result]
PARAMS = Path(__file__).parents[2] / "params.yaml"
COMMAND = [sys.executable, "-c", "from imagequant.cli import main; main()", "predict"]


@pytest.fixture
def run(model: Path, predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in the photos' folder, in this process, with a model that is loaded once."""
    monkeypatch.setattr("imagequant.cli.predict.answering.Predictor", lambda *_: predictor)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "*")

    def invoke(*arguments: object, model: Path = model, **options: object) -> Result:
        arguments = ("predict", *arguments, "--workers", 1, "--model", model)
        return CliRunner().invoke(main, list(map(str, arguments)), **options)

    return invoke


def table(path: Path, *lines: str, header: str = "image_link,entity_name") -> Path:
    path.write_text("\n".join((header, *lines)) + "\n")
    return path


def read(path: str | Path) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(path: str | Path, name: str) -> list[str]:
    return [row[name] for row in read(path)]


def test_every_row_is_in_the_output_in_its_place(run: Run, photos: Path) -> None:
    (photos / "note.jpg").write_text("no image")
    asked = table(
        photos / "asked.csv",
        "1,plate.png,7,voltage,a,x",
        "2,gone.jpg,7,voltage,b,",
        "3,pack.png,007,item_weight,c,",
        "4,plate.png,7,wattage,d,",
        "5,note.jpg,,width,e,",
        "6,pack.png,,colour,f,",
        "7,,,width,g,",
        "8,blank.png,,width,h,",
        header="index,image_link,group_id,entity_name,note,text",
    )
    done = run(asked, "--csv", "out.csv", "--parquet", "out.PQ")
    assert done.exit_code == 1
    rows = read("out.csv")
    assert [row["index"] for row in rows] == list("12345678")
    assert [row["text"] for row in rows] == ["220 volt", "", "500 gram", "45 watt", "", "", "", ""]
    assert [row["reason"] for row in rows] == [*[""] * 7, "no text"]
    errors = [row["error"] for row in rows]
    assert errors[1::3] == ["gone.jpg: No such file or directory", "note.jpg: not an image", ""]
    assert "asked.csv, row 6: unknown entity 'colour'; allowed: width, depth" in errors[5]
    assert errors[6].endswith("asked.csv, row 7: image_link is empty")
    assert [row["group_id"] for row in rows[:3]] == ["7", "7", "007"]
    assert [row["note"] for row in rows] == list("abcdefgh")
    assert [row["input_text"] for row in rows] == ["x", *[""] * 7]
    assert [row["entity"] for row in rows][5] == "colour"
    assert rows[0]["model"].startswith("test ") and rows[1]["model"] == ""
    # The parquet file has the same, with empty cells as gaps and alternatives as values.
    for written, typed in zip(rows, pq.read_table("out.PQ").to_pylist(), strict=True):
        assert json.loads(written.pop("alternatives")) == typed.pop("alternatives")
        assert written == {name: "" if value is None else str(value) for name, value in typed.items()}
    assert len(done.stderr.splitlines()) == 4


def test_a_table_as_excel_writes_it(run: Run, photos: Path) -> None:
    (photos / "excel.csv").write_bytes(
        b"\xef\xbb\xbfsep=;\r\nImage_Link; entity_name ;group_id;;\r\npack.png; item_weight;12.0;;\r\n;;;;\r\n"
    )
    done = run(photos / "excel.csv", "--csv", "out.csv")
    assert done.exit_code == 0, done.stderr
    ((answer,), (group,)) = (column("out.csv", name) for name in ("text", "group_id"))
    assert (answer, group) == ("500 gram", "12")


def test_links_stay_in_the_folder_of_their_table(run: Run, photos: Path, tmp_path: Path) -> None:
    shutil.copy(photos / "pack.png", tmp_path / "secret.png")
    (photos / "link.png").symlink_to(tmp_path / "secret.png")
    (photos / "deep").mkdir()
    (photos / "deep" / "out").symlink_to(tmp_path)
    os.mkfifo(photos / "pipe.png")
    secret = tmp_path / "secret.png"
    refused = [
        "../secret.png",
        str(secret),
        secret.as_uri(),
        "link.png",
        "deep/out/secret.png",
        "deep/../../secret.png",
    ]
    asked = table(
        photos / "asked.csv",
        *(f"{link},item_weight" for link in [*refused, "pipe.png", f"FILE://{secret}", "http://127.0.0.1:9/x.png",
          "s3://bucket/x.png", "memory://x.png", "pack.png", "./deep/../pack.png", str(photos / "pack.png")]),
    )  # fmt: skip
    done = run(asked, "--csv", "out.csv")
    assert done.exit_code == 1
    outside = "refused: neither in the table's own folder nor in one of download.folders (see --params)"
    errors = column("out.csv", "error")
    assert errors[: len(refused)] == [f"{link}: {outside}" for link in refused]
    pipe, capitals, private, store, memory, *mine = errors[len(refused) :]
    assert pipe == "pipe.png: not a regular file"
    assert capitals.endswith(outside) and store.endswith(outside)
    assert private.endswith("(refused_host)") and memory.endswith("(refused_scheme)")
    assert mine == ["", "", ""]
    assert column("out.csv", "text")[-3:] == ["500 gram"] * 3

    params = yaml.safe_load(PARAMS.read_text())
    params["download"]["folders"] = ["."]  # relative to the project
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(params))
    run(asked, "--csv", "out.csv", "--params", "mine.yaml")
    assert column("out.csv", "text")[: len(refused)] == ["500 gram"] * len(refused)


def precise_model(model: Path, folder: Path, *precise: tuple[float, float]) -> Path:
    shutil.copytree(model, folder)
    bundle = read_bundle(model)
    calibration = replace(bundle.model.calibration, precise=precise)
    write_bundle_config(folder, "test", replace(bundle.model, calibration=calibration), bundle.reading)
    return folder


def test_unsure_answers_are_withheld_with_their_alternatives(
    run: Run, photos: Path, model: Path, tmp_path: Path
) -> None:
    def answer(*options: object, model: Path = model) -> tuple[str, str, list[str]]:
        done = run("photos/pack.png", "-e", "item_weight", "--json", *options, model=model)
        assert done.exit_code == 0, done.stderr
        (found,) = json.loads(done.stdout)["predictions"]
        return found["text"], found["reason"], [each["text"] for each in found["alternatives"]]

    given, withheld = ("500 gram", "", []), ("", "too unsure", ["500 gram"])
    assert answer() == answer("--min-confidence", 0) == given
    assert answer("--min-confidence", 1) == withheld
    strict = precise_model(model, tmp_path / "precise", (0.8, 0.0), (0.95, 0.999999))
    assert answer("--precision", 0.8, model=strict) == given
    assert answer("--precision", 0.95, model=strict) == withheld
    params = yaml.safe_load(PARAMS.read_text())
    for key, value, expected in (
        ("threshold", 0.999999, withheld),
        ("threshold", 0.0, given),
        ("precision", 0.95, withheld),
    ):
        params["predict"] = {"threshold": -1.0, "precision": 0.0, key: value}
        (tmp_path / "mine.yaml").write_text(yaml.safe_dump(params))
        assert answer("--params", "mine.yaml", model=strict) == expected
    both = run("photos/pack.png", "--params", "mine.yaml", "--min-confidence", 0.5, model=strict)
    assert both.exit_code == 2
    assert "--min-confidence, mine.yaml: predict.precision: only one of these can decide" in both.stderr
    unknown = run("photos/pack.png", "--precision", 0.9, model=strict)
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "--precision: 0.9: not measured in training; allowed: 0.8, 0.95" in unknown.stderr


def test_file_names_of_all_kinds(run: Run, photos: Path) -> None:
    folder = photos / "odd"
    folder.mkdir()
    pack = Image.open(photos / "pack.png")
    pack.save(folder / "a.jfif", "JPEG")
    pillow_heif.from_pillow(pack).save(folder / "b.HEIC", quality=90)
    shutil.copy(photos / "pack.png", os.fsencode(folder) + b"/caf\xe9.png")
    shutil.copy(photos / "pack.png", folder / "d\ttab.png")
    long = "x" * 300 + ".png"
    asked = table(photos / "asked.csv", "odd\0.png,width", f"{long},width", "odd/d\ttab.png,item_weight")
    options = ("-e", "item_weight", "--json", "--csv", "out.csv", "--draw", "drawn")
    done = run("photos/odd", long, asked, *options)
    assert done.exit_code == 1
    assert column("out.csv", "text") == ["500 gram"] * 4 + [""] * 3 + ["500 gram"]
    names = ["a.jfif", "b.HEIC", "caf\\xe9.png", "d\ttab.png"]
    assert column("out.csv", "photo")[:5] == [*(f"photos/odd/{name}" for name in names), long]
    assert len(done.stdout.splitlines()) == 8
    assert done.stderr.splitlines() == [
        f"imagequant: {long}: File name too long",
        "imagequant: odd\0.png: No such file or directory",
        f"imagequant: {long}: File name too long",
    ]
    assert len(list(Path("drawn").iterdir())) == 5


def test_a_truncated_photo_is_answered_with_a_warning(run: Run, photos: Path) -> None:
    Image.open(photos / "pack.png").save(photos / "whole.jpg", quality=95)
    payload = (photos / "whole.jpg").read_bytes()
    (photos / "half.jpg").write_bytes(payload[: len(payload) * 3 // 4])
    done = run("photos/whole.jpg", "photos/half.jpg", "-e", "item_weight", "--json", "--csv", "out.csv")
    assert done.exit_code == 0
    assert column("out.csv", "text") == ["500 gram"] * 2
    whole, half = column("out.csv", "warning")
    assert whole == ""
    assert half.startswith("the JPEG is cut short or damaged")
    assert [json.loads(line)["warning"] for line in done.stdout.splitlines()] == [whole, half]
    (told,) = run("photos/whole.jpg", "photos/half.jpg", "-e", "item_weight").stderr.splitlines()
    assert told == f"imagequant: photos/half.jpg: warning: {half}"


def test_no_bytes_on_standard_input(run: Run) -> None:
    done = run("-", "-e", "width", input=b"")
    assert (done.exit_code, done.stderr) == (1, "imagequant: standard input: empty\n")


def test_the_place_of_an_answer_is_told_on_demand(run: Run, photos: Path) -> None:
    brief = run("photos/pack.png", "-e", "item_weight", "-e", "width").stdout.splitlines()
    full = run("photos/pack.png", "-e", "item_weight", "-e", "width", "-v").stdout.splitlines()
    assert [line.rpartition("\t")[0] for line in full] == brief
    found, missing = (line.split("\t")[5] for line in full)
    assert len([int(number) for number in found.split()]) == 4
    assert missing == ""
    # What was not found has no confidence, not one of 0.00.
    assert [line.split("\t")[3] != "" for line in brief] == [True, False]


def many(folder: Path, count: int) -> Path:
    """A table of photos, some asked twice in a row, some again later, some gone."""
    folder.mkdir(exist_ok=True)
    rows = []
    for number in range(count):
        print_photo([f"Net Wt {number + 2} kg"], (320, 160)).save(folder / f"{number}.png")
        rows += [f"{number}.png,item_weight,{number}", f"{number}.png,width,{number}"]
        rows += [f"{number // 2}.png,item_weight,again"] if number % 3 == 2 else []
        rows += [f"gone-{number}.png,height,"] if number % 4 == 3 else []
    return table(folder / "many.csv", *rows, header="image_link,entity_name,note")


def start(model: Path, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments), "--model", str(model)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finished(model: Path, *arguments: object) -> tuple[int, str]:
    process = start(model, *arguments)
    _, errors = process.communicate()
    return process.returncode, errors


@pytest.mark.slow
def test_a_killed_run_goes_on_and_gives_what_any_number_of_workers_gives(model: Path, tmp_path: Path) -> None:
    asked = many(tmp_path / "shop", 24)
    whole, resumed = tmp_path / "whole.csv", tmp_path / "resumed.csv"
    assert finished(model, asked, "--csv", whole, "--workers", 1)[0] == 1
    assert len(read(whole)) == len(read(asked))

    process = start(model, asked, "--csv", resumed, "--workers", 2, "--json")
    assert process.stdout is not None and process.stderr is not None
    for _ in range(7):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    written = resumed.read_bytes()
    kept = written.count(b"\n") - 1
    assert 6 <= kept < len(read(whole))
    assert whole.read_bytes().startswith(written)
    # As if it was stopped in the middle of a row.
    resumed.write_bytes(written + b'shop/9.png,,"it')

    status, errors = finished(model, asked, "--csv", resumed, "--workers", 2, "--resume")
    assert status == 1
    assert resumed.read_bytes() == whole.read_bytes()
    # What failed before was not tried again.
    gone = sum("gone" in line for line in written.decode().splitlines())
    assert f"{gone} of the {kept} rows kept have an error" in errors
    assert errors.count("No such file") == 6 - gone


def test_only_what_is_missing_is_answered(run: Run, photos: Path) -> None:
    asked = table(photos / "asked.csv", "pack.png,item_weight", "pack.png,width", "plate.png,voltage")
    assert run(asked, "--csv", "out.csv", "--resume").exit_code == 0  # there is nothing to keep yet
    whole = Path("out.csv").read_bytes()
    lines = whole.splitlines(keepends=True)
    Path("out.csv").write_bytes(b"".join(lines[:2]).replace(b"500 gram", b"7 gram"))
    assert run(asked, "--csv", "out.csv", "--resume").exit_code == 0
    assert column("out.csv", "text") == ["7 gram", "", "220 volt"]
    Path("out.csv").write_bytes(lines[0][:-9])  # not even the header is there
    assert run(asked, "--csv", "out.csv", "--resume").exit_code == 0
    assert Path("out.csv").read_bytes() == whole
    (photos / "pack.png").unlink()
    (photos / "plate.png").unlink()
    assert run(asked, "--csv", "out.csv", "--resume").exit_code == 0
    assert Path("out.csv").read_bytes() == whole


def test_another_run_s_file_is_not_continued(run: Run, photos: Path, model: Path, tmp_path: Path) -> None:
    asked = table(photos / "asked.csv", "pack.png,item_weight", "plate.png,voltage")
    run(asked, "--csv", "out.csv")
    before = Path("out.csv").read_bytes()
    other = table(photos / "other.csv", "pack.png,item_weight", "plate.png,wattage")
    shorter = table(photos / "shorter.csv", "pack.png,item_weight")
    wider = table(photos / "wider.csv", "pack.png,item_weight,x", header="image_link,entity_name,note")
    retrained = precise_model(model, tmp_path / "retrained", (0.8, 0.5))
    for arguments, says in (
        ((other,), "out.csv, row 2: about voltage on plate.png, but the input has wattage on plate.png there"),
        ((shorter,), "out.csv, row 2: about voltage on plate.png, but the input has no more rows there"),
        ((wider,), "out.csv has other columns than this run writes"),
    ):
        done = run(*arguments, "--csv", "out.csv", "--resume")
        assert (done.exit_code, says in done.stderr) == (2, True), done.stderr
    done = run(asked, "--csv", "out.csv", "--resume", model=retrained)
    assert "out.csv, row 1: answered by test " in done.stderr
    assert Path("out.csv").read_bytes() == before


def test_object_stores(run: Run, photos: Path, bucket: str) -> None:
    for name in ("pack", "plate"):
        location(f"{bucket}/shop/in/{name}.png").write_bytes((photos / f"{name}.png").read_bytes())
    location(f"{bucket}/shop/in/empty.png").write_bytes(b"")
    location(f"{bucket}/shop/in/notes.txt").write_bytes(b"x")
    location(f"{bucket}/other.png").write_bytes((photos / "pack.png").read_bytes())
    location(f"{bucket}/shop/rows.csv").write_text(
        "image_link,entity_name\nin/pack.png,item_weight\nin/empty.png,width\n../other.png,item_weight\n"
        f"{bucket}/shop/in/plate.png,voltage\n/etc/hostname,width\n"
    )
    done = run(f"{bucket}/shop/rows.csv", "--csv", f"{bucket}/out/answers.csv", "--parquet", f"{bucket}/out/a.parquet")
    assert done.exit_code == 1
    written = location(f"{bucket}/out/answers.csv").read_text()
    rows = list(csv.DictReader(written.splitlines()))
    assert [row["text"] for row in rows] == ["500 gram", "", "", "220 volt", ""]
    refused = "refused: neither in the table's own folder nor in one of download.folders (see --params)"
    assert [row["error"] for row in rows] == [
        "", "in/empty.png: empty", f"../other.png: {refused}", "", f"/etc/hostname: {refused}",
    ]  # fmt: skip
    assert location(f"{bucket}/out/a.parquet").exists()
    # A part of it is continued.
    location(f"{bucket}/out/answers.csv").write_text("".join(written.splitlines(keepends=True)[:3]))
    run(f"{bucket}/shop/rows.csv", "--csv", f"{bucket}/out/answers.csv", "--resume")
    assert location(f"{bucket}/out/answers.csv").read_text() == written

    done = run(f"{bucket}/shop/in", "-e", "item_weight", "--draw", f"{bucket}/drawn")
    assert [line.split("\t")[:3] for line in done.stdout.splitlines()] == [
        [f"{bucket}/shop/in/empty.png", "item_weight", ""],
        [f"{bucket}/shop/in/pack.png", "item_weight", "500 gram"],
        [f"{bucket}/shop/in/plate.png", "item_weight", ""],
    ]
    assert f"imagequant: {bucket}/shop/in/empty.png: empty" in done.stderr.splitlines()
    assert f"imagequant: {bucket}/shop/in/notes.txt: skipped: not named like a photo" in done.stderr
    assert location(f"{bucket}/drawn/pack.png").exists()
    (gone,) = run(f"{bucket}/gone.png", "-e", "width").stderr.splitlines()
    assert gone == f"imagequant: {bucket}/gone.png: no such object"


def test_any_location_that_fsspec_knows(run: Run, photos: Path) -> None:
    location("memory://shop/pack.png").write_bytes((photos / "pack.png").read_bytes())
    location("memory://shop/rows.csv").write_text("image_link,entity_name\npack.png,item_weight\n")
    done = run(
        "memory://shop/rows.csv", "memory://shop/pack.png", "-e", "item_weight", "--csv", "memory://shop/out.csv"
    )
    assert done.exit_code == 0, done.stderr
    texts = [row["text"] for row in csv.DictReader(location("memory://shop/out.csv").read_text().splitlines())]
    assert texts == ["500 gram", "500 gram"]
