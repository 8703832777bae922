"""The pages tell what there is: commands, options, checks, words of the files, thresholds, and answers really given."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from inspect import signature
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from bot.channels.telegram.commands import COMMANDS
from bot.cli import main
from bot.dialogue.assistant import Assistant
from bot.dialogue.outcomes import NAMES
from bot.dialogue.problems import FOLDER as PROBLEMS
from bot.dialogue.problems import SHAPES
from bot.dialogue.wording import FOLDER as WORDINGS
from bot.knowledge import checks
from bot.knowledge.document import read
from bot.knowledge.loading import load
from bot.knowledge.schema import schemas
from bot.language.catalogue import FOLDER as LANGUAGES
from bot.language.catalogue import known_languages
from bot.matching import phrasing_checks
from bot.settings import Settings
from bot.state.tables import metadata

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("knowledge/*.md")])
CHECKS = {**checks.CHECKS, **phrasing_checks.CHECKS}
THRESHOLDS = asdict(signature(Assistant).parameters["thresholds"].default)
NOW = "2026-11-23"


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


TOLD = "\n".join([page("README.md"), *(path.read_text(encoding="utf-8") for path in ROOT.glob("docs/*.md"))])
WRITING = page("docs/writing-knowledge.md")
DECIDING = page("docs/how-it-decides.md")
LANGUAGE_PAGE = page("docs/languages.md")


# --- the command line ------------------------------------------------------------------------------------


def taken(command: click.Command) -> set[str]:
    """The options of a command and those of the whole program."""
    options = {option for p in (*command.params, *main.params) for option in p.opts if option.startswith("-")}
    return options | {"--help"}


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_told_of(name: str) -> None:
    assert re.search(rf"`election-bot {name}\b", page("README.md"))


@pytest.mark.parametrize("option", sorted(set().union(*(taken(c) for c in main.commands.values()))))
def test_every_option_is_told_of(option: str) -> None:
    assert re.search(rf"`[^`\n]*{option}\b", TOLD)


def commands_in(text: str) -> Iterator[list[str]]:
    """What follows `election-bot` in code, up to the end of the command."""
    fenced = [
        line
        for block in re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.M | re.S)
        for line in block.splitlines()
    ]
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S))
    for code in (*fenced, *spans):
        for found in re.finditer(r"(?:^|[\s/;])election-bot (.+)", code):
            words = shlex.split(re.split(r" [|>&]+ |;|&&", found.group(1))[0])
            yield words


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_written_down_exists_with_its_options(path: Path) -> None:
    for words in commands_in(path.read_text(encoding="utf-8")):
        name = next((word for word in words if not word.startswith("-")), None)
        assert name is None or name in main.commands, words
        known = taken(main.commands[name]) if name else taken(main)
        assert [word for word in words if word.startswith("-") and word not in known] == [], words


def test_the_readme_begins_with_one_sentence_and_two_commands() -> None:
    text = page("README.md")
    sentence = text.split("\n\n")[1].replace("\n", " ")
    assert re.fullmatch(r"[^.!?]+\.", sentence)
    blocks = re.findall(r"^```sh\n(.*?)\n```$", text, re.M | re.S)
    assert len(blocks) == 2
    assert all(block.startswith("python3 -m venv .venv && .venv/bin/pip install -q ") for block in blocks)
    assert text.index(blocks[1]) < text.index("\n## ")


# --- answers shown in the README -------------------------------------------------------------------------


def transcripts() -> Iterator[tuple[str, list[str]]]:
    """Each command of the README with what it prints there."""
    for block in re.findall(r"^```console\n\$ (.*?)^```$", page("README.md"), re.M | re.S):
        command, *printed = block.splitlines()
        yield command, [line for line in printed if line.strip() and line != "[…]"]


def piped(command: str) -> tuple[list[str], str]:
    """The arguments of `election-bot` and what is typed into it by `printf` or `echo`."""
    before, bar, after = command.rpartition(" | election-bot ")
    arguments = shlex.split(after if bar else command.removeprefix("election-bot "))
    typed = shlex.split(before)[1].replace("\\n", "\n") if bar else ""
    return arguments, typed


def undated(line: str) -> str:
    line = re.sub(r'"milliseconds": [\d.]+', '"milliseconds": 1', line)
    return re.sub(r"\d{1,2}(er)? \w+ \d{4}", "(a date)", line)


@pytest.mark.parametrize(("command", "printed"), list(transcripts()))
def test_the_readme_shows_what_is_printed(command: str, printed: list[str]) -> None:
    arguments, typed = piped(command)
    where = ["--knowledge", str(ROOT / "knowledge"), "--now", NOW]
    result = CliRunner().invoke(main, [*where, *arguments], input=typed, env={"LC_ALL": "C.UTF-8"})
    assert result.exit_code == 0, result.output
    said = {undated(line) for line in result.output.splitlines()}
    assert [line for line in printed if undated(line) not in said] == []


# --- knowledge -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_is_explained(name: str) -> None:
    row = re.search(rf"^\| `{name}` \|(.+)\|(.+)\|(.+)\|$", WRITING, re.M)
    assert row
    assert all(cell.strip() for cell in row.groups())


def keys(schema: Mapping[str, Any]) -> Iterator[str]:
    """The keys of a schema, at every depth."""
    for word, held in schema.items():
        if word == "properties":
            yield from held
        if isinstance(held, dict):
            yield from keys(held)


@pytest.mark.parametrize("kind", sorted(schemas()))
def test_every_key_of_every_file_is_explained(kind: str) -> None:
    assert [key for key in keys(schemas()[kind]) if f"`{key}`" not in WRITING] == []
    assert kind in WRITING


def test_the_examples_of_the_knowledge_page_are_a_sound_base(tmp_path: Path) -> None:
    for name, text in re.findall(r"^```yaml\n# (\S+\.yaml)\n(.*?)^```$", WRITING, re.M | re.S):
        path = tmp_path / "knowledge" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "knowledge")
    assert [str(problem) for problem in checks.check(loaded, CHECKS)] == []
    assert list(loaded.base.elections) == ["villebois-2032"]


# --- languages and decisions -----------------------------------------------------------------------------


def sections(path: Path) -> Iterator[str]:
    """The sections of a YAML file and, where they are few and named by us, what is in them."""
    tree = read(path, path.parent).tree
    yield from tree
    for section in ("anaphora", "frames", "help", "decline"):
        yield from tree.get(section, {})


@pytest.mark.parametrize("code", known_languages())
def test_every_section_of_the_language_files_is_explained(code: str) -> None:
    assert [s for s in sections(LANGUAGES / f"{code}.yaml") if f"`{s}`" not in LANGUAGE_PAGE] == []


@pytest.mark.parametrize("code", known_languages())
def test_every_section_of_the_wording_is_explained(code: str) -> None:
    tree = read(WORDINGS / f"{code}.yaml", WORDINGS).tree
    assert [s for s, held in tree.items() if isinstance(held, dict) and f"`{s}`" not in LANGUAGE_PAGE] == []


@pytest.mark.parametrize("path", sorted(PROBLEMS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_section_of_the_sentences_for_problems_is_explained(path: Path) -> None:
    tree = read(path, PROBLEMS).tree
    told = LANGUAGE_PAGE.partition("\n## What is wrong with a base\n")[2].partition("\n## ")[0]
    assert [section for section in (*tree, *SHAPES) if f"`{section}`" not in told] == []


def test_every_section_of_the_words_for_checks_is_explained() -> None:
    tree = read(Path(checks.__file__).parent / "words.yaml", Path(checks.__file__).parent).tree
    assert [section for section in tree if f"`{section}`" not in LANGUAGE_PAGE] == []


@pytest.mark.parametrize(("name", "value"), list(THRESHOLDS.items()))
def test_every_threshold_is_told_with_its_value(name: str, value: float) -> None:
    assert f"| `{name}` | {value:g} |" in DECIDING


@pytest.mark.parametrize("outcome", NAMES.values())
def test_every_outcome_is_explained(outcome: str) -> None:
    assert f"| `{outcome}` |" in DECIDING


@pytest.mark.parametrize("kind", ["decline", "help", "unknown"])
def test_every_reason_for_not_answering_is_named(kind: str) -> None:
    reasons = read(WORDINGS / "en.yaml", WORDINGS).tree[kind]
    assert [reason for reason in reasons if f"`{reason}`" not in DECIDING] == []


# --- links and settings ----------------------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    """What a link into a page may end in, as GitHub makes it from headings."""
    text = re.sub(r"^ *```.*?^ *```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_files_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if target.startswith(("https://", "http://")):
            continue
        file, _, anchor = target.partition("#")
        there = path.parent / file if file else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_every_setting_is_explained_where_it_is_set_and_in_the_readme(name: str) -> None:
    lines = page(".env.example").splitlines()
    at = next((n for n, line in enumerate(lines) if re.match(rf"(# )?{name}=", line)), None)
    assert at is not None
    assert lines[at - 1].startswith("# ")
    assert re.search(rf"^\| .*`{name}`.* \| .+ \|$", page("README.md"), re.M)


def test_the_first_setting_is_the_only_one_that_must_be_set() -> None:
    lines = [line for line in page(".env.example").splitlines() if line and not line.startswith("#")]
    assert lines == ["TELEGRAM_BOT_TOKEN="]


# --- privacy ---------------------------------------------------------------------------------------------


def kept() -> dict[str, list[str]]:
    """The tables and columns that the privacy page names."""
    rows = re.findall(r"^\| `(\w+)` \| ((?:`\w+`(?:, )?)+) \|", page("docs/privacy.md"), re.M)
    return {table: re.findall(r"`(\w+)`", columns) for table, columns in rows}


def test_the_privacy_page_names_every_table_and_column_of_the_state_and_no_other() -> None:
    assert kept() == {
        table.name: [column.name for column in table.columns] for table in metadata.sorted_tables
    }


@pytest.mark.parametrize("code", known_languages())
def test_the_bot_says_of_every_table_what_is_kept_and_of_no_other(code: str) -> None:
    assert set(read(WORDINGS / f"{code}.yaml", WORDINGS).tree["telegram"]["privacy"]) == set(metadata.tables)


@pytest.mark.parametrize("code", known_languages())
def test_the_bot_says_how_long_each_table_is_kept(code: str) -> None:
    sentences = read(WORDINGS / f"{code}.yaml", WORDINGS).tree["telegram"]["privacy"]
    assert [table for table, sentence in sentences.items() if f"{{{table}}}" not in sentence] == []


# --- events ----------------------------------------------------------------------------------------------


def test_every_event_that_is_logged_is_explained() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    events = set(re.findall(r"""(?:report|log\)?, level\))\(\s*"([a-z_]+)\"""", sources)) | {"library"}
    told = set(
        re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.*?) \|", page("docs/operating.md"), re.M)))
    )
    assert events - told == set()
    assert len(events) > 8


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_on_telegram_is_told_of(name: str) -> None:
    assert re.search(rf"(?<![\w/])/{name}\b", TOLD)
