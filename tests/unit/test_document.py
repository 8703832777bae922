"""This text, that place: what is read from YAML and what is refused, at its line and column."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge import document
from bot.knowledge.document import FILE_BYTES, PROBLEMS, Document, Place, Problem, parse, read, short

NAME = "knowledge/x.yaml"


def reading(text: str) -> Document:
    parse.cache_clear()
    return parse(text, Path(NAME), NAME)


def complaints(found: Document) -> list[str]:
    return [str(problem).removeprefix(f"{found.name}:") for problem in found.problems]


@pytest.mark.parametrize(
    "scalar", ["NO", "yes", "12:30", "010", "1e3", "0x1F", "2026-03-15", "~", "null", "1_000"]
)
def test_every_value_stays_the_text_that_was_written(scalar: str) -> None:
    assert reading(f"key: {scalar}").tree == {"key": scalar}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("# only a remark\n", None),
        ("word", "word"),
        ("- a\n- b", ["a", "b"]),
        ("a:\n  b: [c, {d: e}]", {"a": {"b": ["c", {"d": "e"}]}}),
        ("a:", {"a": ""}),
        ("a: >-\n  one\n  two", {"a": "one two"}),
        ("---\na: b\n...\n", {"a": "b"}),
        ('a: "caf\\u00e9 \\n ok"', {"a": "café \n ok"}),
    ],
)
def test_plain_yaml_becomes_plain_values(text: str, tree: object) -> None:
    assert (reading(text).tree, reading(text).problems) == (tree, ())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: &x b", "1:4: anchors (&x) are not used here; write it out"),
        ("a: b\nc: *x", "2:4: aliases (*x) are not used here; write it out"),
        ("*x", "1:1: aliases (*x) are not used here; write it out"),
        ("a: !!int 3", "1:4: tags (!) are not used here; write plain text"),
        ("a: !x {b: c}", "1:4: tags (!) are not used here; write plain text"),
        ("a: 1\nb: 2\na: 3", "3:1: 'a' is written twice here; keep one"),
        ("a:\n  b: 1\n  b: {c: d}", "3:3: 'b' is written twice here; keep one"),
        ("? {a: b}\n: c", "1:3: a key must be plain text"),
        ("? [a, b]\n: c", "1:3: a key must be plain text"),
        ("a: 1\n--- \nb: 2", "2:1: a second document starts here; use one file for each"),
        ("[" * 500, "1:13: this is nested more than 12 levels deep"),
        ("- " * 10_000, "1:25: this is nested more than 12 levels deep"),
        ("{a: " * 10_000, "1:49: this is nested more than 12 levels deep"),
        ("a: [b\nc: d", "2:2: this is not valid YAML: did not find expected ',' or ']'"),
        ("a: b: c", "1:5: this is not valid YAML: mapping values are not allowed in this context"),
        ("a: b\n\tc: d", "2:1: this is not valid YAML: found a tab character that violates indentation"),
        ('é: b\nü: "a\x07"', "2:6: this file holds a character that YAML does not allow (U+0007)"),
        ("\x00", "1:1: this file holds a character that YAML does not allow (U+0000)"),
        ('a: "b\\0c"', "1:4: 'b\\x00c' holds an invisible control character; remove it"),
        ('a: "\\x1b[31m"', "1:4: '\\x1b[31m' holds an invisible control character; remove it"),
        ("a: b\u202ec", "1:4: 'b\\u202ec' holds an invisible control character; remove it"),
        ("a: b\ufeffc", "1:4: 'b\\ufeffc' holds an invisible control character; remove it"),
        ('a: b\nc: "d\ne: f\n', "2:4: this is not valid YAML: found unexpected end of stream"),
        ("a: b\nc: 'd\n---\n", "2:4: this is not valid YAML: found unexpected document indicator"),
        ('a: "b \\q"', "1:7: this is not valid YAML: found unknown escape character"),
        ('a: "\\ud800"', "1:7: this is not valid YAML: found invalid Unicode character escape code"),
    ],
)
def test_what_could_surprise_is_refused_where_it_stands(text: str, complaint: str) -> None:
    assert complaint in complaints(reading(text))


def test_aliases_that_would_grow_without_end_are_never_followed() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    found = reading("\n".join(lines))
    assert len(found.problems) == 9 + 72
    assert found.tree["a8"] == [""] * 9


def test_a_file_of_mistakes_is_left_at_the_hundredth() -> None:
    found = reading("a: b\n" * 5_000)
    assert found.tree is None
    assert len(found.problems) == PROBLEMS + 1
    assert complaints(found)[-1] == "101:1: there is more to mend below; mend this first"


def test_nothing_is_kept_of_a_file_that_breaks_off() -> None:
    assert reading("a: 1\nb: [").tree is None


@pytest.mark.parametrize("text", ["é: \x07", "a: b\nc: \x07"])
def test_the_pure_python_reader_names_the_same_place(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = complaints(reading(text))
    monkeypatch.setattr(document, "_LOADER", yaml.SafeLoader)
    assert complaints(reading(text)) == before


TREE = """\
name: {fr: Un, en: One}
answer:
  - claim:
      fr: Oui
    source: law
  - source: other
"""


@pytest.mark.parametrize(
    ("keys", "line", "column"),
    [
        ((), 1, 1),
        (("name",), 1, 1),
        (("name", "en"), 1, 16),
        (("answer",), 2, 1),
        (("answer", 0), 3, 5),
        (("answer", 0, "claim", "fr"), 4, 7),
        (("answer", 1, "source"), 6, 5),
        (("answer", 1, "note"), 6, 5),
        (("answer", 9), 2, 1),
        (("nowhere", 3, "at all"), 1, 1),
    ],
)
def test_a_value_knows_its_place_or_that_of_what_holds_it(
    keys: tuple[str | int, ...], line: int, column: int
) -> None:
    assert reading(TREE).place(keys) == Place(NAME, line, column)


def test_of_a_key_written_twice_the_first_has_the_place() -> None:
    assert reading("a: 1\nb: 2\na: 3").place(("a",)) == Place(NAME, 1, 1)


def test_a_problem_reads_like_a_compilers_and_a_notice_says_so() -> None:
    assert str(Problem(Place("a.yaml", 3, 5), "mend this")) == "a.yaml:3:5: mend this"
    assert str(Problem(Place("a.yaml"), "complete this", notice=True)) == "a.yaml:1:1: note: complete this"


def test_problems_sort_by_file_line_and_column() -> None:
    places = [Place("a", 1, 2), Place("a", 1, 10), Place("a", 9), Place("b")]
    assert sorted(Problem(place, "x") for place in reversed(places)) == [Problem(p, "x") for p in places]


@pytest.mark.parametrize("value", ["x" * 10_000, ["x"] * 10_000, {"a": "x" * 10_000}])
def test_a_long_value_is_quoted_on_one_short_line(value: object) -> None:
    assert len(short(value)) <= 80


def file_at(tmp_path: Path, content: bytes) -> Document:
    root = tmp_path / "knowledge"
    root.mkdir(exist_ok=True)
    (root / "x.yaml").write_bytes(content)
    return read(root / "x.yaml", root)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert file_at(tmp_path, b"\xef\xbb\xbfa: b").tree == {"a": "b"}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a: caf\xe9", "1:1: this file is not UTF-8 text (byte 6); save it as UTF-8"),
        ("a: b".encode("utf-16"), "1:1: this file is not UTF-8 text (byte 0); save it as UTF-8"),
        (b"#" * (FILE_BYTES + 1), "1:1: this file is larger than 1024 KiB; split it"),
    ],
)
def test_a_file_that_is_no_text_of_reasonable_size_is_refused(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    found = file_at(tmp_path, content)
    assert (found.tree, complaints(found)) == (None, [complaint])


def test_a_file_of_exactly_the_greatest_size_is_read(tmp_path: Path) -> None:
    assert file_at(tmp_path, b"a: b\n" + b"#" * (FILE_BYTES - 5)).tree == {"a": "b"}


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("token: 123")
    root = tmp_path / "knowledge"
    root.mkdir()
    (root / "x.yaml").symlink_to(tmp_path / "secret.yaml")
    found = read(root / "x.yaml", root)
    assert found.tree is None
    assert complaints(found) == ["1:1: this link leads out of the knowledge folder; put the file itself here"]


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    file_at(tmp_path, b"a: b")
    root = tmp_path / "knowledge"
    (root / "y.yaml").symlink_to(root / "x.yaml")
    assert read(root / "y.yaml", root).tree == {"a": "b"}


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.symlink_to(path),
        lambda path: path.mkdir(),
        os.mkfifo,
        lambda path: path.symlink_to(path.parent / "nowhere.yaml"),
        lambda path: None,
    ],
    ids=["loop", "directory", "fifo", "dangling", "missing"],
)
def test_what_is_no_regular_file_is_a_problem_and_nothing_hangs(tmp_path: Path, make: object) -> None:
    root = tmp_path / "knowledge"
    root.mkdir()
    make(root / "x.yaml")  # type: ignore[operator]
    found = read(root / "x.yaml", root)
    assert (found.tree, len(found.problems)) == (None, 1)


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = file_at(tmp_path, b"a: b").path
    monkeypatch.setattr(Path, "open", denied)
    assert complaints(read(path, path.parent)) == ["1:1: this file cannot be read: Permission denied"]


@settings(database=None, deadline=None)
@given(st.text() | st.text("a:-[]{}&*!|>?\"'#% \n\t,~\ud7ff\u2028", max_size=60))
def test_any_text_gives_values_or_problems(text: str) -> None:
    found = reading(text)
    assert found.tree is None or isinstance(found.tree, str | list | dict)
    assert found.place(("a", 0, "b")).line >= 1


VALUES = st.recursive(
    st.text("abc é'\":-#,[]{}&*!", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(database=None, deadline=None)
@given(VALUES)
def test_what_yaml_writes_is_read_back_as_it_was(value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True, default_style='"')
    assert reading(text).tree == value


def test_text_that_a_hash_would_cut_is_a_problem_and_a_remark_is_not() -> None:
    cut = parse("a: 12 kilomètres #vélo\nb: fine # a remark\nc: 'kept #whole'\n", Path("x.yaml"), "x.yaml")
    assert [(p.place.line, "double quotes" in p.message) for p in cut.problems] == [(1, True)]
