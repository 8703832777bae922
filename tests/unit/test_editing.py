"""One change, and no other: what an operation does to the text of a knowledge file, line by line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.document import FILE_BYTES, parse
from bot.knowledge.editing import ADD, Conflict, Item, Key, Operation, Uneditable, applied, edited, settled
from bot.knowledge.rendering import WIDTH, Hand
from tests.conftest import ROOT

FILE = "town-2032/candidates/durand.yaml"
KNOWLEDGE = ROOT / "knowledge"
BUNDLED_FILES = sorted(path.relative_to(KNOWLEDGE).as_posix() for path in KNOWLEDGE.rglob("*.yaml"))

BLOCK = """\
# A candidate.
name: Anne Durand  # as on the ballot paper
aliases:
  - A. Durand
  # what her friends say
  - Nanou

backing:
  - {fr: Les Oranges, en: The Oranges}
sources: [town-hall]
positions:
  # Money first.
  debt:
    - claim:
        fr: "Elle veut, dit-elle, rembourser la dette."
        en: She wants to repay the debt.
      source: town-hall  # page 3
  housing:
    - claim:
        fr: Elle veut construire 100 logements.
        en: She wants to build 100 homes.
      quote: {fr: "cent logements"}
      source: town-hall
    - claim:
        fr: Elle veut un parc.
        en: She wants a park.
      source: town-hall
# The end.
"""

FLOW = """\
name: {fr: Dette, en: Debt}
phrasings:
  fr: [dette, emprunt,
    rembourser]
  en: [
    debt, loan,  # short
    # --- more ---
    "pay back",
  ]
none: []
people: {a: {name: A, aliases: []}, b: {name: B}}
"""


def change(*keys: Key, was: Any = None, now: Any = None, at: int | None = None) -> Operation:
    return Operation(FILE, keys, was, now, at)


def tree(text: str | None) -> Any:
    if text is None:
        return None
    document = parse(text, Path(FILE), FILE)
    assert document.problems == ()
    return document.tree


def changed(text: str, operation: Operation) -> list[str]:
    """The lines that go and those that come."""
    after = edited(text, operation)
    assert after is not None
    told = unified_diff(text.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in told if not line.startswith(("---", "+++", "@@"))]


NAME = "-name: {fr: Dette, en: Debt}"
HOUSING = Item({"claim": {"fr": "Elle veut construire 100 logements."}})
PARK = {"claim": {"fr": "Elle veut un parc.", "en": "She wants a park."}, "source": "town-hall"}
BRIDGE = {
    "claim": {"fr": "Elle veut un pont : le sien.", "en": "She wants a bridge."},
    "quote": {"fr": "un pont"},
    "source": "town-hall",
    "asked_as": {"fr": ["pont", "un pont, vite"], "en": ["bridge"]},
}
BRIDGE_LINES = [
    "+    - claim:",
    '+        fr: "Elle veut un pont : le sien."',
    "+        en: She wants a bridge.",
    '+      quote: {fr: "un pont"}',
    "+      source: town-hall",
    "+      asked_as:",
    '+        fr: [pont, "un pont, vite"]',
    "+        en: [bridge]",
]


# --- what changes, and what does not


@pytest.mark.parametrize(
    ("operation", "lines"),
    [
        (change("gender", now="woman"), ["+gender: woman"]),
        (change("gender", now="woman", at=1), ["+gender: woman"]),
        (
            change("name", was="Anne Durand", now="Anne: Durand"),
            [
                "-name: Anne Durand  # as on the ballot paper",
                '+name: "Anne: Durand"  # as on the ballot paper',
            ],
        ),
        (change("aliases", ADD, now="Ann"), ["+  - Ann"]),
        (change("aliases", ADD, now="Ann", at=0), ["+  - Ann"]),
        (change("aliases", ADD, was="A. Durand"), ["-  - A. Durand"]),
        (change("aliases", Item("Nanou"), was="Nanou"), ["-  # what her friends say", "-  - Nanou"]),
        (change("aliases", Item("Nanou"), was="Nanou", now="Nana"), ["-  - Nanou", "+  - Nana"]),
        (change("aliases", ADD, was="Nanou", now="Nana"), ["-  - Nanou", "+  - Nana"]),
        (
            change("aliases", was=["A. Durand", "Nanou"], now=["Nanou", "Ann"]),
            ["-  - A. Durand", "+  - Ann"],
        ),
        (change("backing", ADD, now={"fr": "Verts", "en": "Greens"}), ["+  - {fr: Verts, en: Greens}"]),
        (change("sources", ADD, now="gazette"), ["-sources: [town-hall]", "+sources: [town-hall, gazette]"]),
        (change("sources", ADD, was="town-hall"), ["-sources: [town-hall]"]),
        (change("positions", "housing", ADD, now=BRIDGE), BRIDGE_LINES),
        (change("positions", "housing", ADD, now=BRIDGE, at=1), [*BRIDGE_LINES[1:], BRIDGE_LINES[0]]),
        (change("positions", "sport", ADD, now=BRIDGE), ["+  sport:", *BRIDGE_LINES]),
        (
            change("positions", "housing", ADD, was=PARK),
            [
                "-    - claim:",
                "-        fr: Elle veut un parc.",
                "-        en: She wants a park.",
                "-      source: town-hall",
            ],
        ),
        (
            change("positions", "housing", HOUSING, "claim", "en", was="She wants to build 100 homes."),
            ["-        en: She wants to build 100 homes."],
        ),
        (
            change("positions", "housing", HOUSING, "quote", "fr", was="cent logements", now="100 logements"),
            ['-      quote: {fr: "cent logements"}', '+      quote: {fr: "100 logements"}'],
        ),
        (
            change("positions", "housing", HOUSING, "asked_as", "fr", ADD, now="cent logements"),
            ["+      asked_as:", "+        fr: [cent logements]"],
        ),
        (
            change("positions", "housing", HOUSING, "note", now={"fr": "Un.", "en": "One."}, at=1),
            ["+      note:", "+        fr: Un.", "+        en: One."],
        ),
        (
            change("positions", "housing", HOUSING, "quote", was={"fr": "cent logements"}),
            ['-      quote: {fr: "cent logements"}'],
        ),
    ],
)
def test_only_the_lines_that_are_meant_change_in_a_block(operation: Operation, lines: list[str]) -> None:
    assert changed(BLOCK, operation) == lines
    windows = BLOCK.replace("\n", "\r\n")
    assert edited(windows, operation) == str(edited(BLOCK, operation)).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("operation", "lines"),
    [
        (
            change("phrasings", "fr", ADD, now="dû: tout"),
            ["-    rembourser]", '+    rembourser, "dû: tout"]'],
        ),
        (
            change("phrasings", "fr", ADD, was="emprunt"),
            ["-  fr: [dette, emprunt,", "+  fr: [dette,"],
        ),
        (
            change("phrasings", "fr", ADD, was="rembourser"),
            ["-  fr: [dette, emprunt,", "-    rembourser]", "+  fr: [dette, emprunt]"],
        ),
        (change("phrasings", "fr", ADD, was="dette"), ["-  fr: [dette, emprunt,", "+  fr: [emprunt,"]),
        (
            change("phrasings", "fr", ADD, was="dette", now="dettes"),
            ["-  fr: [dette, emprunt,", "+  fr: [dettes, emprunt,"],
        ),
        (change("phrasings", "en", ADD, was="loan"), ["-    debt, loan,  # short", "+    debt,  # short"]),
        (change("phrasings", "en", ADD, was="pay back"), ['-    "pay back",']),
        (
            change("phrasings", "en", ADD, now="give back"),
            ['-    "pay back",', '+    "pay back", "give back",'],
        ),
        (
            change("phrasings", "en", ADD, now="lender", at=0),
            ["-    debt, loan,  # short", "+    lender, debt, loan,  # short"],
        ),
        (change("none", ADD, now="a"), ["-none: []", "+none: [a]"]),
        (change("name", "es", now="Deuda"), [NAME, "+name: {fr: Dette, en: Debt, es: Deuda}"]),
        (change("name", "es", now="Deuda", at=1), [NAME, "+name: {fr: Dette, es: Deuda, en: Debt}"]),
        (change("name", "fr", was="Dette"), [NAME, "+name: {en: Debt}"]),
        (
            change("name", was={"fr": "Dette", "en": "Debt"}, now={"fr": "Dettes", "en": "Debt"}),
            [NAME, "+name: {fr: Dettes, en: Debt}"],
        ),
        (
            change("people", "a", "aliases", ADD, now="NO"),
            [
                "-people: {a: {name: A, aliases: []}, b: {name: B}}",
                '+people: {a: {name: A, aliases: ["NO"]}, b: {name: B}}',
            ],
        ),
        (
            change("people", "c", now={"name": "C", "aliases": ["x", "y, z"]}),
            [
                "-people: {a: {name: A, aliases: []}, b: {name: B}}",
                '+people: {a: {name: A, aliases: []}, b: {name: B}, c: {name: C, aliases: [x, "y, z"]}}',
            ],
        ),
        (
            change("people", "a", "name", was="A", now={"fr": "A"}),
            [
                "-people: {a: {name: A, aliases: []}, b: {name: B}}",
                "+people: {a: {name: {fr: A}, aliases: []}, b: {name: B}}",
            ],
        ),
        (change("parent", now="money"), ["+parent: money"]),
    ],
)  # fmt: skip
def test_only_the_lines_that_are_meant_change_between_brackets(
    operation: Operation, lines: list[str]
) -> None:
    assert changed(FLOW, operation) == lines
    windows = FLOW.replace("\n", "\r\n")
    assert edited(windows, operation) == str(edited(FLOW, operation)).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("before", "operation", "after"),
    [
        # A missing final newline stays missing, a byte order mark stays where it is.
        ("a: b", change("c", now="d"), "a: b\nc: d"),
        ("a: b\nc: d", change("c", was="d"), "a: b"),
        ("a:\n  - b\n  - c", change("a", ADD, was="c"), "a:\n  - b"),
        ("a: b\r\nc: d", change("e", now="f"), "a: b\r\nc: d\r\ne: f"),
        ("a: b\r\nc: d", change("c", was="d"), "a: b"),
        ("\ufeffa: b\n", change("a", was="b", now="c"), "\ufeffa: c\n"),
        ("\ufeff", change("a", now="c"), "\ufeffa: c\n"),
        # A comment after the last entry stays there, however it is indented.
        ("a:\n  - b\n  # more\nc: d\n", change("a", ADD, now="x"), "a:\n  - b\n  - x\n  # more\nc: d\n"),
        ("a:\n  - b\n    # more\nc: d\n", change("a", ADD, now="x"), "a:\n  - b\n  - x\n    # more\nc: d\n"),
        ("a:\n  - b\n  - x\n  # more\n", change("a", ADD, was="x"), "a:\n  - b\n  # more\n"),
        ("a:\n- b\n", change("a", ADD, now="x"), "a:\n- b\n- x\n"),
        # What may be a heading of several entries is nobody's own.
        ("a: 1\n# b\nb: 2\n\nc: 3\n", change("b", was="2"), "a: 1\n\nc: 3\n"),
        ("a: 1\n# b\nb: 2\n# c\nc: 3\n", change("b", was="2"), "a: 1\n# c\nc: 3\n"),
        ("a: 1\n# both\nb: 2\nc: 3\n", change("b", was="2"), "a: 1\n# both\nc: 3\n"),
        ("a: 1\n# far\n\nb: 2\n", change("b", was="2"), "a: 1\n# far\n\n"),
        ("# file\na: 1\nb: 2\n", change("a", was="1"), "# file\nb: 2\n"),
        ("a: 1\n# two\n# lines\nb: 2\n", change("b", was="2"), "a: 1\n"),
        ("a: 1\n\n# two\n# lines\nb: 2\n", change("b", was="2"), "a: 1\n"),
        # Blank lines set entries apart as before.
        ("a: 1\n\nb: 2\n", change("c", now="x"), "a: 1\n\nb: 2\n\nc: x\n"),
        ("a: 1\n\nb: 2\n\nc: 3\n", change("b", was="2"), "a: 1\n\nc: 3\n"),
        ("a: 1\n\nb: 2\n\nc: 3\n", change("a", was="1"), "b: 2\n\nc: 3\n"),
        ("a: 1\n\nb: 2\nc: 3\n", change("b", was="2"), "a: 1\n\nc: 3\n"),
        ("a: 1\n\nb: 2\nc: 3\n", change("d", now="x"), "a: 1\n\nb: 2\nc: 3\nd: x\n"),
        ("a: 1\n\nb: 2\n", change("z", now="x", at=0), "z: x\n\na: 1\n\nb: 2\n"),
        ("a: 1\n\nb: 2\n\n", change("c", now="x"), "a: 1\n\nb: 2\n\nc: x\n\n"),
        # The first key of an entry stands on the line of its dash.
        ("- a: 1\n  b: 2\n", change(Item({"b": "2"}), "a", was="1"), "- b: 2\n"),
        ("- a: 1\n  b: 2\n", change(Item({"b": "2"}), "z", now="x", at=0), "- z: x\n  a: 1\n  b: 2\n"),
        ("- a: 1\n  # b\n  b: 2\n", change(Item({"b": "2"}), "a", was="1"), "-\n  # b\n  b: 2\n"),
        ("- - a\n  - b\n", change(Item(["a", "b"]), ADD, was="a"), "- - b\n"),
        ("- [a]\n- [b]\n", change(ADD, now=["c", "d"]), "- [a]\n- [b]\n- [c, d]\n"),
        ("-\n  a: 1\n-\n  a: 2\n", change(Item({"a": "1"}), was={"a": "1"}), "-\n  a: 2\n"),
        ("- #\n  a: 1\n-   a: 2\n", change(Item({"a": "2"}), "b", now="x"), "- #\n  a: 1\n-   a: 2\n    b: x\n"),
        # Nothing written is nothing there.
        ("a:\nb: 1\n", change("a", now="x"), "a: x\nb: 1\n"),
        ("a:  # soon\nb: 1\n", change("a", now="x"), "a: x  # soon\nb: 1\n"),
        ("a:  # soon\nb: 1\n", change("a", ADD, now="x"), "a: [x]  # soon\nb: 1\n"),
        ("a:  # c\nb: 1\n", change("a", ADD, now={"c": ["d"], "e": "f"}), "a:  # c\n  - c: [d]\n    e: f\nb: 1\n"),
        ("a: {}  # c\nb: 1\n", change("a", "d", now={"claim": ["x"]}), "a:  # c\n  d:\n    claim: [x]\nb: 1\n"),
        ("a:\n  -\n  - b\n", change("a", ADD, was="", now="x"), "a:\n  - x\n  - b\n"),
        ("a: {b: , c: d}\n", change("a", "b", now="x"), "a: {b: x , c: d}\n"),
        ("# later\n", change("a", now="x"), "# later\na: x\n"),
        ("# later", change("a", now="x"), "# later\na: x\n"),
        ("", change(ADD, now="x"), "- x\n"),
        # Another kind of value takes the place of the old one, and the comment beside the key stays.
        ("a: [b]\nc: 1\n", change("a", was=["b"], now="x"), "a: x\nc: 1\n"),
        ("a: [b]  # c\n", change("a", was=["b"], now={"x": ["z"]}), "a:  # c\n  x: [z]\n"),
        ("a:  # c\n  - b\n", change("a", was=["b"], now="x"), "a: x  # c\n"),
        ("a:  # c\n  - b\n", change("a", was=["b"], now={"x": ["z"]}), "a:  # c\n  x: [z]\n"),
        ("- a: b\n- c\n", change(Item({"a": "b"}), was={"a": "b"}, now="x"), "- x\n- c\n"),
        ("a: b\n", change(was={"a": "b"}, now=["c"]), "- c\n"),
        ("a: b\n", change(was={"a": "b"}, now="c"), "c\n"),
        ("a: b\n", change(was={"a": "b"}, now={}), "{}\n"),
        ("{a: b}\n", change("c", now="d"), "{a: b, c: d}\n"),
        ("a: [b]\n", change("a", was=["b"], now=[]), "a: []\n"),
        # However a text was written, the new one is written so that it reads as itself.
        ("a: 'b'\n", change("a", was="b", now="l'été"), "a: 'l''été'\n"),
        ("a: 'b'\n", change("a", was="b", now="c\nd"), 'a: "c\\nd"\n'),
        ('a: "b"\n', change("a", was="b", now="c"), 'a: "c"\n'),
        ("a: |\n  b\n  c\n\nd: e\n", change("a", was="b\nc\n", now="x"), 'a: "x"\n\nd: e\n'),
        ("a: >-\n  b\n  c\n# d\n", change("e", now="f"), "a: >-\n  b\n  c\ne: f\n# d\n"),
        ("a: 2026-03-15\n", change("a", was="2026-03-15", now="2026-03"), "a: 2026-03\n"),
        ("a: one\n", change("a", was="one", now="2026-03"), 'a: "2026-03"\n'),
        ("a: b\n  c\nd: e\n", change("a", was="b c", now="x"), "a: x\nd: e\n"),
        ("'a' : b\n", change("a", was="b", now="x"), "'a' : x\n"),
        ("a: b\n", change("no", now="x"), 'a: b\n"no": x\n'),
        ("---\na: b\n...\n", change("c", now="x"), "---\na: b\nc: x\n...\n"),
    ],
)  # fmt: skip
def test_everything_else_stays_byte_for_byte(before: str, operation: Operation, after: str) -> None:
    assert edited(before, operation) == after


def test_a_remark_within_brackets_stays_when_its_neighbours_go() -> None:
    text = "a: [b,  # about b\n  c,\n  # about d\n  d,\n  e  # about e\n  ]\n"
    assert edited(text, change("a", ADD, was="b")) == text.replace("b,", "", 1)
    assert edited(text, change("a", ADD, was="c")) == text.replace("  c,\n", "", 1)
    assert edited(text, change("a", ADD, was="d")) == text.replace("  d,\n", "", 1)
    assert edited(text, change("a", ADD, was="e")) == text.replace(",\n  e ", " ", 1)
    assert edited("a: [b, # r\n  c # s\n  ]\n", change("a", ADD, was="c")) == "a: [b, # r\n  ]\n"
    assert edited("a: [b, # r\n  c]\n", change("a", ADD, was="c")) == "a: [b, # r\n  ]\n"


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_line_that_is_full_is_broken_before_the_new_entry(at: int) -> None:
    words = ["a" * 32, "b" * 32, "c" * 32]
    text = f"key:\n  fr: [{', '.join(words)}]\n"
    after = edited(text, change("key", "fr", ADD, now="a few words more", at=at))
    assert tree(after) == {"key": {"fr": [*words[:at], "a few words more", *words[at:]]}}
    lines = str(after).splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("    ")
    assert max(map(len, lines)) <= WIDTH


def test_a_full_line_below_another_is_left_for_a_line_between() -> None:
    words = ["a" * 60, "b" * 60, "c" * 60]
    text = f"key: [{words[0]},\n      {words[1]},\n      {words[2]}]\n"
    after = str(edited(text, change("key", ADD, now="d" * 60, at=1)))
    assert after.splitlines()[1] == f"      {'d' * 60},"
    assert edited(after, change("key", ADD, now="few", at=1)) == after.replace("a,", "a, few,")
    assert edited(text, change("key", ADD, now="few words", at=3)) == text.replace("c]", "c, few words]")


def test_long_texts_are_folded_and_long_addresses_broken_as_in_the_bundled_files() -> None:
    sentence = "Elle veut, selon le programme, " + "une longue phrase " * 12 + "et un point."
    url = "https://example.org/" + "part-of-the-way/" * 12 + "end"
    for keys in [("note", "fr"), ("source", "url")]:
        after = str(edited("a: b\n", change(*keys, now=sentence if keys[0] == "note" else url)))
        assert max(map(len, after.splitlines())) <= WIDTH
        assert len(after.splitlines()) >= 4
    assert "/\\\n    part-of-the-way" in after
    spaced = "x" * 200 + "  " + "\xa0" * 200 + "y"
    assert tree(edited("a: b\n", change("c", now=spaced))) == {"a": "b", "c": spaced}


def test_a_list_that_quotes_its_phrases_goes_on_doing_so() -> None:
    text = 'a: [dette, "prêt bancaire"]\n'
    assert (
        edited(text, change("a", ADD, now="reste à payer"))
        == 'a: [dette, "prêt bancaire", "reste à payer"]\n'
    )
    assert edited(text, change("a", ADD, now="payer")) == 'a: [dette, "prêt bancaire", payer]\n'


def test_people_who_stand_on_one_line_each_get_another_line() -> None:
    text = "a: {name: A}\nb: {name: B}\n"
    assert edited(text, change("c", now={"name": "C"})) == f"{text}c: {{name: C}}\n"
    long = {"name": "C", "aliases": ["c" * 30, "d" * 30, "e" * 30]}
    after = edited(text, change("c", now=long))
    assert after == f"{text}c:\n  name: C\n  aliases: [{', '.join(long['aliases'])}]\n"
    blocks = "a:\n  en: A\nb:\n  en: B\n"
    assert edited(blocks, change("c", now={"en": "C"})) == f"{blocks}c:\n  en: C\n"


@pytest.mark.parametrize(
    "text",
    [
        *("NO", "12:30", "010", "~", "null", "2026-03-15", "1e3", "24/7", "y", "a: b", "a #b", "# a", "&a", "*a"),
        *("!a", "%a", "@a", "`a", "- a", "? a", "a:", "'a'", '"a"', "[a", "a]", "{a", "a}", "a, b", " a", "a "),
        *("", " ", "\n", "a\nb", "\ta", "a\\b", "🗳️", "👩\u200d👧", "a\xa0: b", "--- a", "...", "|", ">-", "="),
        *("e\u0301", "\ue000", "\uffff", "x" * 300, "a  b" * 60, "1 000", "…", "«\u202fa\u202f»", "soft\xadhyphen"),
        *("<<", "https://example.org/a?b=c#d", "https://example.org/a"),
    ],
)  # fmt: skip
def test_what_could_be_read_otherwise_is_quoted(text: str) -> None:
    for before in ("key: [x]\n", "key:\n  - x\n"):
        assert tree(edited(before, change("key", ADD, now=text))) == {"key": ["x", text]}
        assert tree(edited(before, change("new", now={text: text}))) == {"key": ["x"], "new": {text: text}}
        assert tree(edited("key: x\n", change("key", was="x", now=text))) == {"key": text}


@pytest.mark.parametrize(
    "text", ["\x00", "a\x07b", "\x85", "\u2028", "\u202e", "\u200b", "\ufeff", "\ud800", "\r"]
)
def test_what_a_knowledge_file_may_not_hold_is_refused(text: str) -> None:
    for before in (BLOCK, FLOW):
        with pytest.raises(Uneditable):
            edited(before, change("new", now=text))


def test_a_text_that_a_remark_would_cut_short_is_quoted() -> None:
    assert edited('a: ["b" #word\n  ]\n', change("a", ADD, now="c")) == 'a: ["b", "c" #word\n  ]\n'


# --- files


def test_a_file_is_made_and_taken_away() -> None:
    made = {"name": "Anne Durand", "aliases": ["Ann"], "positions": {"housing": [BRIDGE]}, "backing": []}
    operation = change(now=made)
    text = edited(None, operation)
    assert text is not None
    assert text.splitlines()[:4] == ["name: Anne Durand", "aliases: [Ann]", "positions:", "  housing:"]
    assert [f"+{line}" for line in text.splitlines()[4:12]] == BRIDGE_LINES
    assert text.endswith("\nbacking: []\n")
    assert edited(text, operation) == text
    assert edited(text, operation.inverse()) is None
    assert edited(None, operation.inverse()) is None
    with pytest.raises(Conflict):
        edited(BLOCK, operation)
    with pytest.raises(Conflict):
        edited(BLOCK, operation.inverse())


def test_what_holds_nothing_any_more_goes_and_so_on_upwards() -> None:
    claim = tree(BLOCK)["positions"]["debt"][0]
    without = edited(BLOCK, change("positions", "debt", ADD, was=claim))
    assert list(tree(without)["positions"]) == ["housing"]
    assert "  # Money first.\n" in str(without)
    assert edited("a:\n  b: [c]\n", change("a", "b", ADD, was="c")) is None
    assert edited("a: b\n", change("a", was="b")) is None
    assert edited("a:\n  - {b: c}\nd: e\n", change("a", Item({"b": "c"}), "b", was="c")) == "d: e\n"


def test_missing_parents_are_made() -> None:
    assert edited(None, change("a", "b", ADD, now="c")) == "a:\n  b: [c]\n"
    assert tree(edited("x: y\n", change("a", "b", "c", now="d"))) == {"x": "y", "a": {"b": {"c": "d"}}}


def test_a_whole_set_is_applied_in_order_over_several_files() -> None:
    operations = [
        Operation("a.yaml", ("x", ADD), now="1"),
        Operation("b.yaml", (), now={"k": "v"}),
        Operation("a.yaml", ("x", ADD), now="2"),
        Operation("c.yaml", (), was={"k": "v"}),
    ]
    after = applied({"a.yaml": "x: []\n", "b.yaml": None, "c.yaml": "k: v\n"}, operations)
    assert after == {"a.yaml": 'x: ["1", "2"]\n', "b.yaml": "k: v\n", "c.yaml": None}
    with pytest.raises(KeyError):
        applied({}, operations)


def test_a_set_that_was_applied_before_changes_nothing() -> None:
    housing = tree(BLOCK)["positions"]["housing"][0]
    fixed = {"fr": "Elle veut construire 200 logements.", "en": "She wants to build 200 homes."}
    operations = [
        change("positions", "housing", HOUSING, "corrected", now={"date": "2032-03-01", "was": {"fr": "x"}}),
        change("positions", "housing", HOUSING, "claim", was=housing["claim"], now=fixed),
    ]
    once = applied({FILE: BLOCK}, operations)
    assert applied(once, operations) == once
    undone = applied(once, [operation.inverse() for operation in reversed(operations)])
    assert undone == {FILE: BLOCK}
    other = change(
        "positions", "housing", HOUSING, "claim", was=housing["claim"], now={"fr": "Autre.", "en": "No."}
    )
    with pytest.raises(Conflict):
        applied(applied({FILE: BLOCK}, [other]), operations)


# --- conflicts


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        (change("name", now="Zoé"), "Anne Durand"),
        (change("name", was="Zoé", now="Léa"), "Anne Durand"),
        (change("name", was="Zoé"), "Anne Durand"),
        (change("gender", was="man", now="woman"), None),
        (change("name", "fr", now="Anne"), "Anne Durand"),
        (change("name", ADD, now="Anne"), "Anne Durand"),
        (change("aliases", "fr", now="Anne"), ["A. Durand", "Nanou"]),
        (change("aliases", "fr", ADD, now="Anne"), ["A. Durand", "Nanou"]),
        (change("aliases", ADD, was="Zoé", now="Léa"), None),
        (
            change("backing", Item({"fr": "Les Oranges"}), was={"fr": "Les Oranges"}),
            {"fr": "Les Oranges", "en": "The Oranges"},
        ),
        (change("positions", "housing", Item({"claim": {"fr": "Rien."}}), "note", now={"fr": "a"}), None),
        (change("positions", "housing", Item({}), "note", now={"fr": "a"}), None),
        (change(now={"name": "Zoé"}), "…"),
        (change(was={"name": "Zoé"}), "…"),
    ],
)  # fmt: skip
def test_what_stands_there_against_expectation_is_a_conflict(operation: Operation, found: object) -> None:
    with pytest.raises(Conflict, match=FILE) as caught:
        edited(BLOCK, operation)
    assert caught.value.operation == operation
    assert caught.value.found == (tree(BLOCK) if found == "…" else found)


@pytest.mark.parametrize(
    "operation",
    [
        change("name", was="Zoé", now="Anne Durand"),
        change("gender", was="woman"),
        change("aliases", ADD, now="Nanou"),
        change("aliases", ADD, was="Zoé", now="Nanou"),
        change("aliases", Item("Zoé"), was="Zoé", now="Nanou"),
        change("aliases", ADD, was="Zoé"),
        change("nobody", ADD, was="Zoé"),
        change("name", "fr", was="Zoé"),
        change("positions", "housing", Item({"claim": {"fr": "Rien."}}), was=PARK),
        change(
            *("positions", "housing", Item({"claim": {"fr": "Rien.", "en": "She wants a park."}}), "claim", "fr"),
            was="Rien.",
            now="Elle veut un parc.",
        ),
    ],
)  # fmt: skip
def test_what_is_done_already_changes_nothing(operation: Operation) -> None:
    assert edited(BLOCK, operation) == BLOCK
    assert settled(BLOCK, operation) is None


# --- what cannot be edited


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [b\n", "not valid YAML"),
        ("a: b\na: c\n", "written twice"),
        ("a: &x b\n", "anchors"),
        ("a: b\n---\na: b\n", "second document"),
        ("a: \ud800\n", "no text"),
        ("? a\n\n: b\n", "without touching other lines"),
        ("a: b\x85c: d\n", "without touching other lines"),
    ],
)
def test_a_file_that_cannot_be_read_or_spliced_is_left_alone(text: str, reason: str) -> None:
    with pytest.raises(Uneditable, match=reason):
        edited(
            text, change("a", ADD, now="x") if "touching" not in reason else change("a", was="b", now=["x"])
        )


def test_a_comment_within_what_is_replaced_by_something_else_is_not_lost() -> None:
    with pytest.raises(Uneditable):
        edited("a:\n  b: c\n  # d\n  e: f\n", change("a", was={"b": "c", "e": "f"}, now="x"))
    with pytest.raises(Uneditable):
        edited("a: [  # soon\n  ]\n", change("a", ADD, now="x"))
    with pytest.raises(Uneditable):
        edited("a: b\n# c\nd: e\n", change(was={"a": "b", "d": "e"}, now=["x"]))


def test_a_key_that_ends_up_as_something_else_is_refused() -> None:
    with pytest.raises(Uneditable):
        edited("? '\n\n  '\n: a\na: []\n", change("\n", was="a"))


def test_a_file_does_not_grow_beyond_what_is_read() -> None:
    with pytest.raises(Uneditable):
        edited("a: b\n", change("c", now="x" * FILE_BYTES))


def test_a_list_of_which_most_changes_is_written_anew() -> None:
    old, new = ([f"{letter}{n}" for n in range(100)] for letter in "ab")
    text = f"k: v\na: [{', '.join(old)}]\nb: c\n"
    after = edited(text, change("a", was=old, now=new))
    assert tree(after) == {"k": "v", "a": new, "b": "c"}
    assert max(map(len, str(after).splitlines())) <= WIDTH


def test_an_edit_that_changes_hundreds_of_values_is_refused() -> None:
    numbers = {f"k{n}": "a" for n in range(150)}
    text = "".join(f"{key}: a\n" for key in numbers)
    with pytest.raises(Uneditable):
        edited(text, change(was=numbers, now=dict.fromkeys(numbers, "b")))


# --- there and back


@pytest.mark.parametrize(
    "operation",
    [
        change("gender", now="woman"),
        change("aliases", ADD, now="Ann"),
        change("aliases", ADD, was="A. Durand"),
        change("aliases", Item("A. Durand"), was="A. Durand", now="Ann"),
        change("sources", ADD, now="gazette"),
        change("positions", "housing", ADD, now=BRIDGE),
        change("positions", "housing", HOUSING, "claim", "en", was="She wants to build 100 homes.", now="A."),
        change("positions", "housing", HOUSING, "quote", was={"fr": "cent logements"}),
        change("positions", "sport", ADD, now=BRIDGE),
        change(
            *("positions", "housing", HOUSING, "claim", "fr"),
            was="Elle veut construire 100 logements.",
            now="Elle veut construire 200 logements.",
        ),
        change(
            *("positions", "housing", HOUSING, "claim"),
            was={"fr": "Elle veut construire 100 logements.", "en": "She wants to build 100 homes."},
            now={"fr": "Rien.", "en": "Nothing."},
        ),
        change("positions", "housing", ADD, was=PARK),
    ],
)
def test_the_inverse_gives_back_the_very_same_text(operation: Operation) -> None:
    made = settled(BLOCK, operation)
    assert made is not None
    after = edited(BLOCK, made)
    assert after == edited(BLOCK, operation) != BLOCK
    assert edited(after, made.inverse()) == BLOCK
    assert made.inverse().inverse().now == made.now


def test_what_an_item_names_follows_the_change() -> None:
    claim = Item({"claim": {"fr": "a"}, "asked_as": {"fr": ["x"]}})
    whole = change(claim, "claim", was={"fr": "a", "en": "b"}, now={"fr": "c", "en": "b"})
    assert whole.inverse().keys[0] == Item({"claim": {"fr": "c", "en": "b"}, "asked_as": {"fr": ["x"]}})
    asked = change(claim, "asked_as", "fr", ADD, now="y")
    assert asked.inverse().keys[0] == Item({"claim": {"fr": "a"}, "asked_as": {"fr": ["x", "y"]}})
    other = change(claim, "asked_as", "fr", ADD, was="z", now="y")
    assert other.inverse().keys[0] == claim
    assert change(claim, "claim", "en", ADD, now="y").inverse().keys[0] == claim
    assert change(claim, "source", now="y").inverse().keys[0] == claim
    assert change(Item("a"), was="a", now="b").inverse().keys == (Item("b"),)
    assert change("l", Item("a"), was="a").inverse() == change("l", ADD, now="a")
    assert change(Item({"a": "b"}), "a", was="b").inverse().keys[0] == Item({})


@pytest.mark.parametrize(
    ("text", "operation", "keys"),
    [
        # A middle entry goes back to the middle; an emptied parent is put back where it stood.
        ("a: [x, y, z]\n", change("a", ADD, was="y"), ("a", ADD)),
        ("a: {b: c}\nd: e\n", change("a", "b", was="c"), ("a",)),
        ("a: []\n", change("a", ADD, now="x"), ("a",)),
        ("a:\n", change("a", now="x"), ("a",)),
        ("a: [{b: c}, {d: e}]\n", change("a", Item({"b": "c"}), "b", was="c"), ("a", ADD)),
        ("- {b: c, x: y}\n- {d: e}\n", change(Item({"b": "c"}), "b", was="c"), (Item({"b": "c"}), "b")),
        ("a: [x, y, x]\n", change("a", ADD, was="x"), ("a",)),
        ("a: b\n", change("a", was="b"), ("a",)),
        ("", change("a", now="b"), ("a",)),
    ],
)
def test_a_settled_operation_can_be_undone_exactly(text: str, operation: Operation, keys: object) -> None:
    made = settled(text, operation)
    assert made is not None
    after = edited(text, made)
    assert tree(after) == tree(edited(text, operation))
    assert json.dumps(tree(edited(after, made.inverse()))) == json.dumps(tree(text))


def test_an_operation_is_written_and_read() -> None:
    for operation in [
        change("positions", HOUSING, "claim", was={"fr": ["a"]}, now="b"),
        change(ADD, now="b", at=2),
        change(was={"a": "b"}),
    ]:
        assert Operation.read(json.loads(json.dumps(operation.written()))) == operation
    assert Operation.read({"file": "a", "keys": []}) == Operation("a", ())


@pytest.mark.parametrize(
    "written",
    [
        *(
            None,
            [],
            "x",
            {},
            {"file": "a"},
            {"keys": []},
            {"file": 1, "keys": []},
            {"file": "a", "keys": "b"},
        ),
        *({"file": "a", "keys": [1]}, {"file": "a", "keys": [{}]}, {"file": "a", "keys": [{"holding": 1}]}),
        *({"file": "a", "keys": [], "was": 1}, {"file": "a", "keys": [], "now": {"a": None}}),
        *({"file": "a", "keys": ["+", "b"]}, {"file": "a", "keys": [], "now": [True]}, {1: 2}),
        *({"file": "a", "keys": [], "at": "1"}, {"file": "a", "keys": [], "at": True}),
        *({"file": "a", "keys": [], "at": -1}, {"file": "a", "keys": [], "extra": ""}),
        {"file": "a", "keys": [], "now": json.loads("[" * 13 + "]" * 13)},
    ],
)
def test_what_is_no_operation_is_a_value_error(written: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        Operation.read(written)


# --- the bundled files


def collections(value: Any, keys: tuple[Key, ...] = (), shape: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every list and mapping of a tree, with its keys, and what kind of one it is."""
    if isinstance(value, str):
        return
    yield shape, keys, value
    if isinstance(value, list):
        for held in value:
            yield from collections(held, (*keys, Item(held)), f"{shape}/-")
        return
    alike = all(isinstance(held, dict) for held in value.values())
    for key, held in value.items():
        yield from collections(held, (*keys, key), f"{shape}/{'*' if alike else key}")


def edits(file: str, held: Any) -> Iterator[Operation]:
    """What can be done to a file: to the first and the last entry of one collection of each kind it has."""
    kinds = {shape: (keys, value) for shape, keys, value in collections(held) if value}
    for keys, value in list(kinds.values())[: 1 if "/questions/" in file else None]:
        if isinstance(value, list):
            new = "du neuf" if isinstance(value[0], str) else {"claim": {"fr": "Neuf : oui.", "en": "New."}}
            yield Operation(file, (*keys, ADD), now=new)
            yield from (Operation(file, (*keys, ADD), entry, None) for entry in (value[0], value[-1]))
        else:
            yield Operation(file, (*keys, "new-source"), now={"publisher": "La Neuve", "language": "fr"})
            for key in (next(iter(value)), list(value)[-1]):
                yield Operation(file, (*keys, key), value[key], None)
                if isinstance(value[key], str):
                    yield Operation(file, (*keys, key), value[key], f"{value[key]} #neuf: oui")


def alike(one: str, other: str) -> int:
    """How many characters two texts have in common from their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def told(text: str) -> str:
    return re.sub(r'[\s"\\]', "", text)


@pytest.mark.parametrize("file", BUNDLED_FILES)
def test_in_every_bundled_file_only_the_lines_that_are_meant_change(file: str) -> None:
    text = (KNOWLEDGE / file).read_bytes().decode()
    document = parse(text, Path(file), file)
    if document.problems:
        assert "/questions/" in file, "a bank may ask with characters that a knowledge file may not hold"
        with pytest.raises(Uneditable):
            edited(text, Operation(file, (ADD,), now="x"))
        return
    tried = list(edits(file, document.tree))
    assert len(tried) > 2
    for operation in tried:
        made = settled(text, operation)
        assert made is not None
        after = edited(text, operation)
        assert after is not None
        lines = list(unified_diff(text.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
        gone, come = ([line[1:] for line in lines if line[0] == sign] for sign in "-+")
        start, end = alike(text, after), alike(text[::-1], after[::-1])
        if operation.was is None:
            assert start + end >= len(text), "nothing that was there is gone"
            assert len(gone) <= 1, "and at most one line goes on that ended there"
            assert edited(after, made.inverse()) == text
        elif operation.now is None:
            assert start + end >= len(after), "nothing has come"
            assert len(come) <= 1
        else:
            assert told(text[start : len(text) - end]) in told(operation.was)
            assert told("".join(come)).count("#neuf:oui") == 1
        assert edited(after, operation) == after
        assert json.dumps(tree(edited(after, made.inverse()))) == json.dumps(document.tree)


def test_a_hand_that_is_firm_leaves_nothing_plain() -> None:
    assert Hand(firm=True).whole({"a": ["b", {"c": "d"}]}) == '"a":\n  - "b"\n  - {"c": "d"}'
