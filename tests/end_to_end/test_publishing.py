"""`site` and `export` as people run them."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.publishing.site import MARKER
from tests.conftest import BUNDLED, ROOT, VILLEBOIS
from tests.pages import leading_nowhere, read

NOW = ["--now", "2026-11-23"]


def run(*arguments: str, language: str = "C.UTF-8") -> Result:
    return CliRunner().invoke(main, list(arguments), env={"LC_ALL": language})


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A folder with two elections, as an option."""
    root = tmp_path_factory.mktemp("two") / "knowledge"
    shutil.copytree(ROOT / "knowledge", root)
    shutil.copytree(ROOT / "tests/fixtures/knowledge" / VILLEBOIS, root / VILLEBOIS)
    return ["--knowledge", str(root)]


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """A folder with the invented election only, which is soon built."""
    root = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge" / "common", root / "common")
    shutil.copytree(ROOT / "tests/fixtures/knowledge" / VILLEBOIS, root / VILLEBOIS)
    shutil.rmtree(root / VILLEBOIS / "questions", ignore_errors=True)
    return root


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# --- site ------------------------------------------------------------------------------------------------


def test_a_site_of_every_election_is_built_twice_alike(two: list[str], tmp_path: Path) -> None:
    sites = [tmp_path / "a", tmp_path / "b"]
    for folder in sites:
        result = run("site", str(folder), *two, *NOW)
        assert result.exit_code == 0, result.output
        assert str(folder) in result.stderr
        assert result.stdout == ""
    first, second = map(tree, sites)
    assert first == second
    pages = {path: read(content.decode()) for path, content in first.items() if path.endswith(".html")}
    assert {path.partition("/")[0] for path in pages} == {BUNDLED, VILLEBOIS, "index.html"}
    assert leading_nowhere(pages, set(first)) == []
    assert f"{len(pages)} page" in run("site", str(sites[0]), *two, *NOW).stderr


def test_the_scores_of_the_banks_that_come_with_the_election_are_shown(
    two: list[str], tmp_path: Path
) -> None:
    run("site", str(tmp_path / "site"), "--election", BUNDLED, *two, *NOW)
    page = read((tmp_path / "site" / BUNDLED / "en" / "scores.html").read_text(encoding="utf-8"))
    wholes = [[int(cell.exact) for cell in table.one("tfoot").all("td")] for table in page.all("table")]
    assert len(wholes) == 2
    assert all(whole[0] > 300 and whole[0] == sum(whole[1:]) for whole in wholes)
    assert all(whole[1] > 0.95 * whole[0] for whole in wholes)
    assert not (tmp_path / "site" / VILLEBOIS).exists()


def test_before_the_vote_the_site_tells_no_result(two: list[str], tmp_path: Path) -> None:
    run("site", str(tmp_path / "site"), "--election", BUNDLED, "--now", "2026-03-10", *two)
    facts = tmp_path / "site" / BUNDLED / "fr" / "facts"
    assert (facts / "election-date.html").is_file()
    assert not (facts / "election-result.html").exists()


@pytest.mark.parametrize(
    ("language", "said"), [("C.UTF-8", "something else"), ("fr_FR.UTF-8", "autre chose")]
)
def test_a_folder_with_something_else_is_refused(one: Path, tmp_path: Path, language: str, said: str) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    result = run("site", str(mine), "--knowledge", str(one), language=language)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert tree(mine) == {"thesis.txt": b"years of work"}


def test_the_knowledge_folder_itself_is_refused(one: Path) -> None:
    before = tree(one)
    assert run("site", str(one), "--knowledge", str(one)).exit_code == 2
    assert tree(one) == before


def test_a_site_that_cannot_be_written_is_refused_in_one_sentence(one: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("site", str(tmp_path / "file" / "site"), "--knowledge", str(one))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("form", ["site", "export"])
def test_nothing_is_made_of_a_base_with_a_mistake(one: Path, tmp_path: Path, form: str) -> None:
    (one / VILLEBOIS / "election.yaml").write_text("name: {fr: Une élection}\n", encoding="utf-8")
    target = tmp_path / "out"
    arguments = [str(target)] if form == "site" else ["--output", str(target)]
    result = run(form, *arguments, "--knowledge", str(one))
    assert result.exit_code == 2
    assert "election-bot check" in result.stderr
    assert not target.exists()


def test_a_bank_with_a_mistake_is_no_score(one: Path, tmp_path: Path) -> None:
    (one / VILLEBOIS / "questions").mkdir()
    (one / VILLEBOIS / "questions" / "fr.yaml").write_text("- {id: a, lang: fr}\n", encoding="utf-8")
    result = run("site", str(tmp_path / "site"), "--knowledge", str(one))
    assert result.exit_code == 2
    assert "fr.yaml:1" in result.stderr
    assert not (tmp_path / "site").exists()


def test_a_site_without_a_place_is_refused() -> None:
    assert run("site").exit_code == 2


def test_a_real_process_builds_a_site_where_it_stands(one: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "bot", "site", "pages", "--knowledge", str(one)]
    done = subprocess.run(
        command, capture_output=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()
    assert (tmp_path / "pages" / MARKER).is_file()


# --- export ----------------------------------------------------------------------------------------------


def test_the_base_is_printed_as_json(two: list[str]) -> None:
    exported = json.loads(run("export", *two).stdout)
    assert list(exported["elections"]) == [BUNDLED, VILLEBOIS]
    assert exported["version"]
    alone = json.loads(run("export", "--election", VILLEBOIS, *two).stdout)
    assert alone["elections"] == {VILLEBOIS: exported["elections"][VILLEBOIS]}


def test_the_base_is_written_as_a_table(two: list[str], tmp_path: Path) -> None:
    target = tmp_path / "base.csv"
    target.write_text("old")
    result = run("export", "--format", "csv", "--output", str(target), *two)
    assert (result.exit_code, result.output) == (0, "")
    content = target.read_bytes().decode("utf-8")
    assert content == run("export", "--format", "csv", *two).stdout_bytes.decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(content, newline=""), strict=True))
    assert {row["election"] for row in rows} == {BUNDLED, VILLEBOIS}
    assert [path.name for path in tmp_path.iterdir()] == ["base.csv"]


@pytest.mark.parametrize(
    ("language", "title"), [("en_GB.UTF-8", "## Candidates"), ("fr_FR.UTF-8", "## Candidats")]
)
def test_the_page_is_in_the_readers_language(two: list[str], language: str, title: str) -> None:
    result = run("export", "--format", "markdown", *two, language=language)
    assert result.exit_code == 0
    assert result.stdout.count(f"\n{title}\n") == 2


def test_a_file_that_cannot_be_written_is_refused_in_one_sentence(one: Path, tmp_path: Path) -> None:
    result = run("export", "--output", str(tmp_path / "none" / "x.json"), "--knowledge", str(one))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_an_unknown_format_is_refused() -> None:
    assert run("export", "--format", "xml").exit_code == 2
