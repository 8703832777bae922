"""This folder, those problems: a base always comes back, and so does everything wrong with it."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_base import FILES, Write

from bot.knowledge.document import Place, parse
from bot.knowledge.loading import load, suggest
from bot.matching.checking import problems_of

ELECTION = "town-2030/election.yaml"
SOURCES = "town-2030/sources.yaml"
ROSE = "town-2030/candidates/rose.yaml"
CAMERAS = "common/topics/cameras.yaml"
NO_ID = "cannot be an id: use at most 64 small letters a-z, digits and hyphens"


def complaints(root: Path) -> list[str]:
    return [str(problem).removeprefix("knowledge/") for problem in load(root).problems]


def test_a_sound_folder_becomes_a_base_without_problems(write: Write) -> None:
    loaded = load(write({}))
    election = loaded.base.elections["town-2030"]
    assert loaded.problems == ()
    assert sorted(election.all("topics")) == ["cameras", "safety"]
    assert election.claims("rose", "safety")[0][0] == "cameras"
    assert election.source("law").title == "The law"
    assert election.everywhere("how-to-vote")


def test_the_version_changes_with_a_word_and_with_nothing_else(write: Write) -> None:
    before = load(write({})).base.version
    assert load(write({})).base.version == before
    assert load(write({CAMERAS: FILES[CAMERAS].replace("Cameras", "Camera")})).base.version != before


@pytest.mark.parametrize(
    ("path", "old", "new", "complaint"),
    [
        (ROSE, "name: Rose Petal\n", "", "rose.yaml:1:1: 'name' is missing here"),
        (ROSE, "name: Rose Petal", "name:", "rose.yaml:1:1: 'name' is empty"),
        (ROSE, "{fr: Fleuriste.,", '{fr: "",', "rose.yaml:3:15: the text 'fr' is empty; write it"),
        (
            ROSE,
            "        en: She wants 1,200 cameras.",
            "        en:",
            "rose.yaml:11:9: the text 'en' is empty; write it",
        ),
        (
            ROSE,
            "name: Rose Petal\n",
            "name: Rose Petal\n\u00a0gender: woman\n",
            "rose.yaml:2:1: non-breaking spaces stand at the beginning of this line; use ordinary spaces",
        ),
        (
            ROSE,
            "        en: She wants 1,200 cameras.",
            "        \u00a0en: She wants 1,200 cameras.",
            "rose.yaml:11:9: non-breaking spaces stand at the beginning of this line; use ordinary spaces",
        ),
        (
            SOURCES,
            "  retrieved: 2030-02-19\n",
            "\u00a0\u00a0retrieved: 2030-02-19\n",
            "sources.yaml:7:1: non-breaking spaces stand at the beginning of this line; use ordinary spaces",
        ),
        (ROSE, "name: Rose Petal", "name: {fr: Rose}", "rose.yaml:1:1: 'name' must be text"),
        (
            ROSE,
            "name: Rose Petal",
            f"name: {'R' * 1001}",
            "rose.yaml:1:1: this is too long: at most 1000 characters",
        ),
        (ROSE, "name:", "id: rose\nname:", "rose.yaml:1:1: the file's name is the id; remove this line"),
        (
            ROSE,
            "aliases: [Rosy]",
            "aliases: Rosy",
            "rose.yaml:2:1: 'aliases' must be a list: one line for each, starting with `- `",
        ),
        (ROSE, "aliases: [Rosy]", "aliases: [[Rosy]]", "rose.yaml:2:11: this must be text"),
        (
            ROSE,
            "aliases:",
            "aliasses:",
            "rose.yaml:2:1: 'aliasses' is not known here; did you mean 'aliases'?",
        ),
        (ROSE, "aliases:", "lists:", "rose.yaml:2:1: 'lists' is not known here; did you mean 'list'?"),
        (ROSE, "aliases:", "gender: rose\naliases:", "rose.yaml:2:1: 'rose' is not one of 'woman' or 'man'"),
        (
            ROSE,
            "{fr: Fleuriste., en: A florist.}",
            "Fleuriste.",
            "rose.yaml:3:1: 'description' must hold `key: value` lines",
        ),
        (ROSE, "{fr: Fleuriste., en: A florist.}", "{}", "rose.yaml:3:1: 'description' is empty"),
        (
            ROSE,
            "{fr: Fleuriste.,",
            "{FR: Fleuriste.,",
            "rose.yaml:3:15: 'FR' is not a language; write fr or en",
        ),
        (
            ROSE,
            "  cameras:",
            "  Caméras:",
            f"rose.yaml:8:3: 'Caméras' {NO_ID}",
        ),
        (
            ROSE,
            "      quote:",
            "      quotes:",
            "rose.yaml:12:7: 'quotes' is not known here; did you mean 'quote'?",
        ),
        (ROSE, "      source: gazette\n", "", "rose.yaml:9:7: 'source' is missing here"),
        (
            "common/facts/how-to-vote.yaml",
            "source: law",
            "sources: law",
            "how-to-vote.yaml:6:5: 'sources' is not known here; did you mean 'source'?",
        ),
        (ELECTION, "opens:", "open:", "election.yaml:4:24: 'open' is not known here; did you mean 'opens'?"),
        (
            ELECTION,
            "date: 2030-03-17",
            "date: 2030-02-30",
            "election.yaml:5:6: there is no such day",
        ),
        (
            ELECTION,
            "date: 2030-03-17",
            "date: 1900000000",
            "election.yaml:5:6: '1900000000' is not a possible date; write it as 2026-03-15",
        ),
        (
            ELECTION,
            "date: 2030-03-17",
            "date: [2030]",
            "election.yaml:5:6: ['2030'] is not a possible date; write it as 2026-03-15",
        ),
        (ELECTION, '"08:00"', "8", "election.yaml:4:24: '8' is not a possible time; write it as \"08:00\""),
        (
            ELECTION,
            '"08:00"',
            '"24:30"',
            "election.yaml:4:24: '24:30' is not a possible time; write it as \"08:00\"",
        ),
        (
            ELECTION,
            '"08:00"',
            "{a: b}",
            "election.yaml:4:24: {'a': 'b'} is not a possible time; write it as \"08:00\"",
        ),
        (ELECTION, "languages: [fr, en]", "languages: []", "election.yaml:6:1: 'languages' is empty"),
        (
            ELECTION,
            "checked: 2030-02-20",
            "checked: 20300220",
            "election.yaml:7:1: '20300220' is not a possible date; write it as 2026-03-15",
        ),
        (
            ELECTION,
            "checked:",
            "time_zone: Paris\nchecked:",
            "election.yaml:7:1: 'Paris' is not a time zone; for France write Europe/Paris",
        ),
        (
            ELECTION,
            "checked:",
            "time_zone: [Europe/Paris]\nchecked:",
            "election.yaml:7:1: 'time_zone' must be text",
        ),
        (
            ELECTION,
            "checked:",
            "order: random\nchecked:",
            "election.yaml:7:1: 'random' is not one of 'rotating', 'alphabetical' or 'ballot'",
        ),
        (
            ELECTION,
            "[common]",
            "[comon]",
            "election.yaml:8:12: there is no folder 'comon' to include; did you mean 'common'?",
        ),
        (
            SOURCES,
            "https://",
            "www.",
            "sources.yaml:5:3: 'www.example.org/gazette' is not a web address; it starts with http:// or https://",
        ),
        (
            SOURCES,
            "2030-02\n",
            "2030-13\n",
            "sources.yaml:4:3: '2030-13' is not a possible date; write 2026-03-15, 2026-03 or 2026",
        ),
        (
            SOURCES,
            "2030-02\n",
            "2030-02-31\n",
            "sources.yaml:4:3: there is no such day",
        ),
        (SOURCES, "2030-02\n", "February\n", "sources.yaml:4:3: write a date as 2026-03-15, 2026-03 or 2026"),
        (SOURCES, "2030-02\n", "[2030]\n", "sources.yaml:4:3: 'published' must be text"),
        (
            SOURCES,
            "gazette:\n",
            "The Gazette:\n",
            f"sources.yaml:1:1: 'The Gazette' {NO_ID}",
        ),
    ],
)
def test_a_mistake_is_explained_where_it_stands(
    write: Write, path: str, old: str, new: str, complaint: str
) -> None:
    assert old in FILES[path]
    folder = path.rpartition("/")[0]
    assert f"{folder}/{complaint}" in complaints(write({path: FILES[path].replace(old, new, 1)}))


def test_five_rounds_are_too_many(write: Write) -> None:
    text = FILES[ELECTION].replace("languages:", "  - {date: 2030-03-24}\n" * 3 + "languages:")
    expected = "town-2030/election.yaml:3:1: 'rounds' has too many entries: at most 4"
    assert expected in complaints(write({ELECTION: text}))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "this file is empty; fill it in or remove it"),
        ("# later\n", "this file is empty; fill it in or remove it"),
        ("- a\n- b\n", "this file must hold `key: value` lines"),
        ("word", "this file must hold `key: value` lines"),
        (b"\xff\xfe", "this file is not UTF-8 text (byte 0); save it as UTF-8"),
    ],
)
def test_a_file_that_holds_no_mapping_is_one_problem(
    write: Write, content: str | bytes, complaint: str
) -> None:
    assert complaints(write({CAMERAS: content})) == [f"{CAMERAS}:1:1: {complaint}"]


def test_sources_in_a_list_are_a_problem_and_an_empty_file_of_sources_is_none(write: Write) -> None:
    assert f"{SOURCES}:1:1: this file must map ids to sources" in complaints(write({SOURCES: "- gazette"}))
    assert complaints(write({SOURCES: "# none yet\n"})) == []


def test_one_bad_entry_leaves_the_others(write: Write) -> None:
    root = write({"common/sources.yaml": FILES["common/sources.yaml"] + "void: {}\n"})
    assert list(load(root).base.elections["town-2030"].included[0].sources) == ["law"]
    assert complaints(root)[0] == "common/sources.yaml:6:1: 'language' is missing here"


def test_a_hundred_mistakes_in_a_file_are_enough(write: Write) -> None:
    root = write({CAMERAS: FILES[CAMERAS] + "".join(f"k{n}: v\n" for n in range(3_000))})
    assert len(complaints(root)) == 100


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("rose.yaml", "rose.yaml:1:1: nothing reads this file here; put it in the folder of an election"),
        ("common/topics.yaml", "common/topics.yaml:1:1: nothing reads this file; did you mean 'topics'?"),
        ("common/topic/x.yaml", "common/topic:1:1: nothing reads this file; did you mean 'topics'?"),
        (
            "common/topics/x.yml",
            "common/topics/x.yml:1:1: nothing reads this file; its name must end in .yaml",
        ),
        (
            "common/candidates/x.yaml",
            "common/candidates:1:1: candidates stand in an election, and this folder has no election.yaml",
        ),
        (
            "Town 2031/election.yaml",
            f"Town 2031:1:1: 'Town 2031' {NO_ID}",
        ),
        ("town-2030/facts", "town-2030/facts:1:1: facts must be a folder, with a file for each"),
        (
            "common/topics/Été.yaml",
            f"common/topics/Été.yaml:1:1: 'Été' {NO_ID}",
        ),
    ],
)
def test_a_file_in_the_wrong_place_is_not_passed_over(write: Write, path: str, complaint: str) -> None:
    assert complaint in complaints(write({path: FILES[ELECTION]}))


def test_hidden_files_notes_and_tables_are_left_alone(write: Write) -> None:
    assert complaints(write(dict.fromkeys((".x", "README.md", "common/x.md", "common/x.csv"), "text"))) == []


def test_a_folder_that_is_not_there_or_holds_no_election_is_a_problem(tmp_path: Path) -> None:
    assert [p.message for p in load(tmp_path / "nowhere").problems] == ["there is no such knowledge folder"]
    message = "no folder here has an election.yaml, so there is no election to answer about"
    assert [p.message for p in load(tmp_path).problems] == [message]


def test_an_election_that_cannot_be_described_is_left_out_but_its_files_are_read(write: Write) -> None:
    root = write({ELECTION: "name: [", ROSE: "nam: Rose"})
    assert load(root).base.elections == {}
    assert len([c for c in complaints(root) if c.startswith(ROSE)]) == 2


def test_a_shared_folder_is_read_once_for_all_elections(write: Write) -> None:
    elections = load(write({"town-2031/election.yaml": FILES[ELECTION]})).base.elections
    assert elections["town-2030"].included[0] is elections["town-2031"].included[0]


def test_a_missing_include_leaves_the_others_in_their_order(write: Write) -> None:
    root = write({ELECTION: FILES[ELECTION].replace("[common]", "[lost, common]")})
    included = load(root).base.elections["town-2030"].included
    assert [len(shared.topics) for shared in included] == [0, 2]


@pytest.mark.parametrize("name", ["common", "common/topics", "town-2030/candidates", "elsewhere"])
def test_a_folder_that_is_a_link_out_of_here_is_not_entered(write: Write, tmp_path: Path, name: str) -> None:
    root = write({})
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "private.yaml").write_text("secret: 1")
    if (root / name).exists():
        (root / name).rename(tmp_path / "moved")
    (root / name).symlink_to(tmp_path / "outside")
    found = complaints(root)
    assert f"{name}:1:1: this link leads out of the knowledge folder; put the folder itself here" in found
    assert not any("private" in complaint for complaint in found)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.symlink_to(path),
        lambda path: path.mkdir(),
        os.mkfifo,
        lambda path: path.symlink_to(path.parent / "nowhere"),
    ],
    ids=["loop", "directory", "fifo", "dangling"],
)
@pytest.mark.parametrize(
    "name",
    ["common/topics/x.yaml", "common/places.yaml", "town-2030/parties.yaml", "town-2031/election.yaml"],
)
def test_what_is_no_file_where_one_is_read_is_one_problem(write: Write, make: object, name: str) -> None:
    root = write({})
    (root / name).parent.mkdir(exist_ok=True)
    make(root / name)  # type: ignore[operator]
    assert [c.partition(":")[0] for c in complaints(root)] == [name]


@pytest.mark.parametrize("name", ["town-2031", "common/facts"])
def test_a_folder_that_is_a_circle_of_links_is_a_problem(write: Write, tmp_path: Path, name: str) -> None:
    root = write({})
    if (root / name).exists():
        (root / name).rename(tmp_path / "moved")
    (root / name).symlink_to(root / name)
    assert [c for c in complaints(root) if c.startswith(f"{name}:")]


@pytest.mark.parametrize("forbidden", ["iterdir", "lstat"])
def test_a_folder_that_may_not_be_read_is_a_problem(
    write: Write, monkeypatch: pytest.MonkeyPatch, forbidden: str
) -> None:
    root = write({})
    real = getattr(Path, forbidden)

    def denied(path: Path) -> object:
        if "topics" in path.parts:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, forbidden, denied)
    assert "common/topics:1:1: this folder cannot be read: Permission denied" in complaints(root)


def test_a_name_in_bytes_that_are_no_text_is_a_problem_that_can_be_printed(write: Write) -> None:
    root = write({})
    (root / "common/topics" / os.fsdecode(b"caf\xe9.yaml")).write_text(FILES[CAMERAS])
    expected = "common/topics/caf\ufffd.yaml:1:1: 'caf\\udce9' holds bytes that are no text"
    assert complaints(root) == [expected]


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collection_is_left_as_it_was(write: Write, enabled: bool) -> None:
    root = write({})
    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        load(root)
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


@pytest.mark.parametrize(
    ("kind", "identifier", "keys", "expected"),
    [
        ("election", None, ("checked",), Place("knowledge/town-2030/election.yaml", 7, 1)),
        ("candidates", "rose", ("positions", "cameras", 0, "source"), Place(f"knowledge/{ROSE}", 13, 7)),
        ("topics", "cameras", ("parent",), Place(f"knowledge/{CAMERAS}", 2, 1)),
        ("sources", "gazette", ("url",), Place(f"knowledge/{SOURCES}", 5, 3)),
        ("sources", "law", (), Place("knowledge/common/sources.yaml", 1, 1)),
        ("sources", "nowhere", (), Place("knowledge/town-2030")),
        ("facts", "nowhere", (), Place("knowledge/town-2030")),
    ],
)
def test_a_value_is_found_again_in_its_own_or_an_included_folder(
    write: Write, kind: str, identifier: str | None, keys: tuple[str | int, ...], expected: Place
) -> None:
    assert load(write({})).place("town-2030", kind, identifier, keys) == expected


def test_what_stands_in_a_file_that_cannot_be_read_is_still_mentioned(write: Write) -> None:
    loaded = load(write({SOURCES: "gazette: [", ROSE: "name: ["}))
    assert loaded.mentions("town-2030", "sources", "gazette")
    assert loaded.mentions("town-2030", "candidates", "rose")
    assert not loaded.mentions("town-2030", "candidates", "daisy")
    assert not load(loaded.root.parent).mentions("knowledge", "topics", "safety")


def test_what_is_written_down_only_after_a_file_was_read_is_not_mentioned(write: Write) -> None:
    root = write({SOURCES: FILES[SOURCES].replace("gazette:", "courier:")})
    before = load(root)
    write({})  # somebody copies one file after the other
    assert not before.mentions("town-2030", "sources", "gazette")
    found = [problem.message for problem in problems_of(before)]
    assert "source 'gazette' is not in sources.yaml" in found


@pytest.mark.parametrize(
    ("word", "known", "suggestion"),
    [
        ("ici-2025", ["ici-2026", "crif-2023"], "; did you mean 'ici-2026'?"),
        ("securty", ["security", "sport"], "; did you mean 'security'?"),
        ("zebra", ["security", "sport"], ""),
        ("", ["security"], ""),
        ("security", [], ""),
    ],
)
def test_only_what_is_close_is_suggested(word: str, known: list[str], suggestion: str) -> None:
    assert suggest(word, known) == suggestion


JUNK = st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace"))
SHAPES = st.recursive(
    st.text(max_size=6) | st.sampled_from(["fr", "2030-03-10", "08:00", "0", "Europe", "\0", "a/../b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["fr", "name", "time_zone", "rounds", "date", "opens", "a b"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


def quoted(value: object) -> str:
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(c):08x}" for c in value) + '"'
    if isinstance(value, list):
        return f"[{', '.join(map(quoted, value))}]"
    assert isinstance(value, dict)
    return f"{{{', '.join(f'{quoted(k)}: {quoted(v)}' for k, v in value.items())}}}"


def load_with(root: Path, changes: Mapping[str, bytes]) -> None:
    for name, content in changes.items():
        (root / name).write_bytes(content)
    parse.cache_clear()
    loaded = load(root)
    assert loaded.problems or loaded.base.elections
    for problem in loaded.problems:
        str(problem).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("any") / "knowledge"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@settings(database=None, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), junk=JUNK)
def test_any_bytes_in_any_file_give_problems_or_a_base(folder: Path, name: str, junk: bytes) -> None:
    load_with(folder, {name: junk})
    load_with(folder, {name: FILES[name].encode()})


@settings(database=None, deadline=None)
@given(
    name=st.sampled_from(sorted(FILES)),
    key=st.sampled_from(
        sorted({line.split(":")[0].strip(" -{") for text in FILES.values() for line in text.splitlines()})
    ),
    value=SHAPES,
)
def test_any_value_under_any_key_gives_problems_or_a_base(
    folder: Path, name: str, key: str, value: object
) -> None:
    lines = [line for line in FILES[name].splitlines() if not line.startswith(f"{key}:")]
    text = "\n".join([*lines, f"{key}: {quoted(value)}"])
    load_with(folder, {name: text.encode("utf-8", "replace")})
    load_with(folder, {name: FILES[name].encode()})
