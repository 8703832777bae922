"""`election-bot coverage` as a moderator runs it: tables and findings, a picture, a page, and what goes wrong."""

from __future__ import annotations

import shutil
import sys
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from bot.cli import main
from tests.conftest import ROOT, VILLEBOIS

HOSTILE = 'Zoé </th><script>alert(1)</script> & {{ 7*7 }} %s "l\'Œil"'


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """A folder with the invented election."""
    root = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge" / "common", root / "common")
    shutil.copytree(ROOT / "tests/fixtures/knowledge" / VILLEBOIS, root / VILLEBOIS)
    return root


def invoke(knowledge: Path, *args: str, language: str = "C.UTF-8") -> Result:
    options = ["--knowledge", str(knowledge), "--now", "2032-03-01", *args]
    return CliRunner().invoke(main, ["coverage", *options], env={"LC_ALL": language})


def sentence(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


def shown(text: str) -> str:
    """What a reader sees of a page."""

    class Text(HTMLParser):
        seen = ""

        def handle_data(self, data: str) -> None:
            self.seen += data

    reading = Text()
    reading.feed(text)
    reading.close()
    return reading.seen


def names(knowledge: Path) -> list[str]:
    files = (knowledge / VILLEBOIS / "candidates").iterdir()
    return [
        line.removeprefix("name: ")
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("name: ")
    ]


def beside(path: Path) -> set[str]:
    return {file.name for file in path.iterdir()}


def test_tables_come_first_then_what_stands_out_with_its_place(one: Path) -> None:
    result = invoke(one)
    assert (result.exit_code, result.stderr) == (0, "")
    table, _, rest = result.stdout.partition("\n\n")
    assert table.startswith("Statements by subject and candidate")
    assert "G. Lambert  S. Lambert" in table
    assert [name for name in names(one) if name not in rest] == []
    place = f"knowledge/{VILLEBOIS}/candidates/carvalheda.yaml:9:1"
    assert f"  {place}: Inês Carvalheda: 1 statement, only source La Gazette du Bief" in rest
    assert f"  {place}: Inês Carvalheda: 1 statement; half of the candidates have at least 3\n" in rest
    assert rest.endswith("--all lists everything, and names the subjects without any statement.\n")


def test_every_place_named_is_a_line_that_is_there(one: Path) -> None:
    lines = [line for line in invoke(one, "--all").stdout.splitlines() if ".yaml:" in line]
    assert len(lines) > 10
    for line in lines:
        file, row, column = line.split(": ")[0].strip().rsplit(":", 2)
        text = (one.parent / file).read_text(encoding="utf-8").splitlines()[int(row) - 1]
        assert 1 <= int(column) <= len(text)


def test_the_report_is_in_the_reader_s_language(one: Path) -> None:
    said = invoke(one, language="fr_FR.UTF-8").stdout
    assert said.startswith("Déclarations par sujet et par candidat")
    assert "Candidats connus par une seule source (2)" in said
    assert "Statement" not in said


def test_days_decide_what_is_old(one: Path) -> None:
    none, some = (invoke(one, "--older-than", days).stdout for days in ("36500", "1"))
    assert "Statements from old sources" not in none
    assert "Statements from old sources" in some


@pytest.mark.parametrize("days", ["-1", "many", "99999999", "1.5", ""])
def test_days_that_are_none_get_one_sentence(one: Path, days: str) -> None:
    assert sentence(invoke(one, "--older-than", days)).startswith(
        "--older-than needs a whole number from 0 to 36500. See: election-bot coverage --help"
    )


def test_everything_lists_every_finding_and_names_silent_topics(one: Path) -> None:
    few, everything = invoke(one).stdout, invoke(one, "--all").stdout
    assert "7 of 30\n" in few
    assert "7 of 30: Disability and accessibility, " in everything
    assert "--all" not in everything


def test_one_of_several_elections_can_be_chosen(one: Path) -> None:
    shutil.copytree(one / VILLEBOIS, one / "other-2032")
    assert "(other-2032, villebois-2032)" in sentence(invoke(one))
    assert f"knowledge/{VILLEBOIS}/candidates" in invoke(one, "--election", VILLEBOIS).stdout


def test_a_base_that_is_not_translated_yet_can_be_looked_at(one: Path) -> None:
    topic = one / "common/topics/sport.yaml"
    lines = topic.read_text(encoding="utf-8").splitlines()
    topic.write_text("\n".join(["name: {fr: Sport}", *lines[1:]]), encoding="utf-8")
    result = invoke(one)
    assert result.exit_code == 0
    assert "knowledge/common/topics/sport.yaml:1:1: Sport: its name, missing in English" in result.stdout


@pytest.mark.parametrize("language", ["fr_FR.UTF-8", "en_GB.UTF-8"])
def test_a_picture_and_a_page_are_written_instead_of_tables(one: Path, tmp_path: Path, language: str) -> None:
    png, html = tmp_path / "out.png", tmp_path / "out.html"
    result = invoke(one, "--png", str(png), "--html", str(html), language=language)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.rpartition(" ")[2] for line in result.stdout.splitlines()] == [str(png), str(html)]
    image = Image.open(BytesIO(png.read_bytes()))
    image.load()
    assert (image.format, image.width) == ("PNG", 1080)
    assert 1200 < image.height < 3500
    assert png.stat().st_size < 1_000_000
    text = html.read_text(encoding="utf-8")
    assert f'<html lang="{language[:2]}">' in text
    assert [name for name in names(one) if name not in shown(text)] == []
    assert beside(tmp_path) == {"knowledge", "out.png", "out.html"}


def test_hostile_names_are_shown_and_do_nothing(one: Path, tmp_path: Path) -> None:
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    candidate = one / VILLEBOIS / "candidates/doan.yaml"
    written = candidate.read_text(encoding="utf-8")
    assert "name: Minh-Khôi Đoàn\n" in written
    candidate.write_text(written.replace("Minh-Khôi Đoàn", quoted, 1), encoding="utf-8")
    html, png = tmp_path / "out.html", tmp_path / "out.png"
    assert invoke(one, "--all", "--html", str(html), "--png", str(png)).exit_code == 0
    text = html.read_text(encoding="utf-8")
    assert "<script" not in text
    assert shown(text).count(HOSTILE) > 2
    assert HOSTILE in invoke(one).stdout


@pytest.mark.parametrize("option", ["--png", "--html"])
def test_a_file_that_cannot_be_written_gets_one_sentence_and_leaves_nothing(
    one: Path, tmp_path: Path, option: str
) -> None:
    (tmp_path / "folder").mkdir()
    before = beside(tmp_path)
    ending = option.replace("--", ".")
    for name, reason in (
        (f"nowhere/out{ending}", f"there is no folder {tmp_path / 'nowhere'}."),
        ("folder", f"{tmp_path / 'folder'} is a folder."),
        ("x" * 300 + ending, "too long"),
    ):
        said = sentence(invoke(one, option, str(tmp_path / name)))
        assert said.startswith(f"{tmp_path / name} cannot be written: ")
        assert reason in said
    assert beside(tmp_path) == before
    assert beside(tmp_path / "folder") == set()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has /dev/full")
def test_a_full_disk_gets_one_sentence(one: Path) -> None:
    assert sentence(invoke(one, "--html", "/dev/full")) == "/dev/full cannot be written: the disk is full."
    said = sentence(invoke(one, "--html", "/dev/full", language="fr_FR.UTF-8"))
    assert said == "/dev/full ne peut pas être écrit : il n'y a plus de place sur le disque."


def test_what_was_there_stays_if_the_base_has_a_mistake(one: Path, tmp_path: Path) -> None:
    html = tmp_path / "out.html"
    html.write_text("before", encoding="utf-8")
    (one / VILLEBOIS / "sources.yaml").write_text("a: {}\n", encoding="utf-8")
    assert sentence(invoke(one, "--html", str(html))).startswith("The knowledge base has ")
    assert html.read_text(encoding="utf-8") == "before"
