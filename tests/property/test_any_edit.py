"""Whatever is written into whatever file: it reads back as it was meant, nothing else changes, nothing crashes."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.knowledge import document
from bot.knowledge.editing import ADD, Conflict, Item, Key, Operation, Uneditable, edited, settled
from bot.knowledge.operations import done
from tests.conftest import ROOT
from tests.strategies import ANY_TEXT

FILE = "town-2032/candidates/durand.yaml"

CANDIDATE = """\
name: Anne Durand  # on the ballot
aliases: [Ann,
  Nanou]
description: {fr: "Une.", en: 'One.'}
positions:
  housing:
    - claim:
        fr: Elle veut un parc.
        en: She wants a park.
      quote: {fr: "un parc"}
      source: town-hall
      asked_as:
        fr:
          - parc
          # more
        en: [
          park,  # green
        ]
"""

INDICATORS = st.text(st.sampled_from(":#-?,[]{}&*!|>'\"%@`~=<. \\\n\t/aà1"), max_size=40)
LONG = st.lists(st.text(st.sampled_from("aé :#\"\\'/🗳\xa0"), min_size=1, max_size=90), max_size=6).map(
    " ".join
)
HOSTILE = st.one_of(ANY_TEXT, INDICATORS, LONG, st.text(max_size=60))

TEXTS = st.one_of(
    st.sampled_from(
        ["a", "b c", "NO", "12:30", "x: y", "x #y", "", "l'été", '"', "2032-03-01", "- a", "é\n\nè "]
    ),
    st.text(st.sampled_from("ab :#,'\"-\n"), max_size=12),
    st.sampled_from(["word " * 40, "https://example.org/" + "path/" * 40]),
)
TREES = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS.filter(bool), inner, max_size=4),
    max_leaves=12,
)


def tree(text: str | None) -> Any:
    found = document.parse(text or "", Path(FILE), FILE)
    assert found.problems == ()
    return found.tree


def allowed(text: str) -> bool:
    """Whether a knowledge file may hold a text at all."""
    return not document._CONTROL.search(text)


@given(HOSTILE, st.sampled_from([["\n"], ["\r\n"]]))
@example("a\\", ["\n", "\r\n"])
@example('"', ["\n", "\r\n"])
@example(" a  b ", ["\n", "\r\n"])
@example("x" * 120 + " " + "y" * 120, ["\n", "\r\n"])
@example("x" * 104 + "  " + "y" * 120, ["\n", "\r\n"])
@example("\n".join("ab" * 60), ["\n", "\r\n"])
def test_hostile_text_reads_back_as_itself_wherever_it_is_put(text: str, line_breaks: list[str]) -> None:
    claim = Item({"claim": {"fr": "Elle veut un parc."}})
    at: tuple[Key, ...] = ("positions", "housing", claim)
    for line_break in line_breaks:
        before = CANDIDATE.replace("\n", line_break)
        for operation in [
            Operation(FILE, ("name",), "Anne Durand", text),
            Operation(FILE, ("aliases", ADD), now=text),
            Operation(FILE, ("aliases", ADD), "Ann", text),
            Operation(FILE, ("description", "fr"), "Une.", text),
            Operation(FILE, ("description", "en"), "One.", text),
            Operation(FILE, ("list",), now=text),
            Operation(FILE, ("backing",), now=[{"fr": text}]),
            Operation(FILE, (*at, "quote", "fr"), "un parc", text),
            Operation(FILE, (*at, "claim", "fr"), "Elle veut un parc.", text),
            Operation(FILE, (*at, "asked_as", "fr", ADD), now=text),
            Operation(FILE, (*at, "asked_as", "en", ADD), now=text),
            Operation(
                FILE, ("positions", "housing", ADD), now={"claim": {"fr": text}, "quote": {"fr": text}}
            ),
            Operation(FILE, ("positions", "sport", ADD), now={"asked_as": {"fr": ["a", text]}}),
            Operation(FILE, ("none",), now=text),
        ]:
            try:
                after = edited(before, operation)
            except Uneditable:
                assert not allowed(text)
                continue
            assert tree(after) == done(tree(CANDIDATE), operation)
            assert edited(after, operation) == after


@given(HOSTILE)
def test_hostile_text_reads_back_as_itself_as_a_key_and_as_a_file(text: str) -> None:
    for before, operation in [(CANDIDATE, Operation(FILE, ("positions", text), now=[text]))] * (
        text != ADD
    ) + [
        (None, Operation(FILE, (), now={"name": text, "aliases": [text], "m": [{"n": {"o": text}}]})),
        (None, Operation(FILE, (), now=text)),
    ]:
        try:
            after = edited(before, operation)
        except Uneditable:
            assert not allowed(text) or len(text) > 900, (
                "the longest key that YAML allows is of 1,024 characters"
            )
        else:
            assert tree(after) == done(tree(before), operation)


# --- any file, any operation


BUNDLED = [
    (ROOT / "knowledge" / name).read_text(encoding="utf-8")
    for name in ("common/sources.yaml", "common/topics/debt.yaml", "levallois-perret-2026/election.yaml")
]
PIECES = [
    "a: b\n",
    "- c\n",
    "  - d\n",
    "  e: f\n",
    "# g\n",
    "\n",
    "h: [i, j]\n",
    "  k: {l: m}\n",
    "n:\n",
    "'o': \"p\"\n",
]
ODD = [
    "---\n",
    "...\n",
    "? q\n",
    ": r\n",
    "s: |\n",
    "  t\n",
    "\r\n",
    "\r",
    "\x85",
    "\u2028",
    "\t",
    "%YAML 1.1\n",
    "&x",
    "]",
    "}",
]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A text that was a knowledge file, with something cut out of it and something put in."""
    text = draw(st.sampled_from([CANDIDATE, *BUNDLED]))
    start = draw(st.integers(0, len(text)))
    return text[:start] + draw(st.sampled_from([*PIECES, *ODD])) + text[start + draw(st.integers(0, 30)) :]


ANY_FILE = st.one_of(
    st.none(),
    ANY_TEXT,
    INDICATORS,
    st.lists(st.sampled_from([*PIECES, *ODD]), max_size=12).map("".join),
    damaged(),
)
ANY_KEY = st.sampled_from(
    ["a", "e", "h", "k", "name", "phrasings", "fr", "aliases", "positions", "rounds", ""]
)
ANY_ITEM = st.builds(
    Item, st.sampled_from(["c", "i", {"l": "m"}, {}, "dette", {"a": "b"}, {"date": "2026-03-15"}])
)
ANY_VALUE = st.none() | TREES | st.sampled_from(["b", "c", {"l": "m"}, ["i", "j"]])


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    """Any operation, mostly one that hits nothing."""
    keys = draw(st.lists(ANY_KEY | ANY_ITEM, max_size=3))
    last = [ADD] if draw(st.booleans()) else []
    at = draw(st.none() | st.integers(0, 3))
    return Operation(FILE, (*keys, *last), draw(ANY_VALUE), draw(ANY_VALUE), at)


@given(operations())
def test_any_operation_is_read_as_it_was_written(operation: Operation) -> None:
    assert Operation.read(json.loads(json.dumps(operation.written()))) == operation
    assert operation.inverse().inverse().was == operation.was


def readable(text: str | None) -> bool:
    """Whether a text is a file without problems."""
    if text is None or any("\ud800" <= character <= "\udfff" for character in text):
        return False
    return document.parse(text, Path(FILE), FILE).problems == ()


# --- there and back


def written(value: Any, luck: random.Random, indent: int = 0, flow: bool = False) -> str:
    """A value as somebody may have written it: what follows a colon or a dash."""
    if isinstance(value, str):
        return " " + json.dumps(value, ensure_ascii=False)
    flow = flow or not value or luck.random() < 0.3
    pairs = list(value.items()) if isinstance(value, dict) else [(None, item) for item in value]
    parts = []
    for key, item in pairs:
        head = "" if key is None else f"{json.dumps(key, ensure_ascii=False)}:"
        within = written(item, luck, indent + 2, flow)
        parts.append(f"{head}{within}" if flow else f"{' ' * indent}{head or '-'}{within}")
    if flow:
        gaps = [
            luck.choice([", ", ", ", f",\n{' ' * indent}", f",  # within\n{' ' * indent}"]) for _ in parts
        ]
        inside = "".join(part.strip() + gap for part, gap in zip(parts, [*gaps[1:], ""], strict=False))
        return f" {'[' if isinstance(value, list) else '{'}{inside}{']' if isinstance(value, list) else '}'}"
    lead = [luck.choice(["", "", "", "\n", f"{' ' * indent}# above\n"]) for _ in parts]
    return "\n" + "\n".join(map("".join, zip(lead, parts, strict=True)))


def somewhere(value: Any, luck: random.Random) -> tuple[Key, ...]:
    """A place in a tree."""
    if isinstance(value, str) or not value or luck.random() < 0.2:
        return ()
    if isinstance(value, dict):
        key = luck.choice(list(value))
        return () if key == ADD else (key, *somewhere(value[key], luck))
    item = luck.choice(value)
    first = next(entry for entry in value if entry == item)
    return () if item == {} else (Item(item), *somewhere(first, luck))


def alike(one: str, other: str) -> int:
    """How many characters two texts have in common from their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def value_at(value: Any, keys: tuple[Key, ...]) -> Any:
    for key in keys:
        value = value[key] if isinstance(key, str) else value[key.place(value)]
    return value


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file in one of many hands."""
    value = draw(st.dictionaries(TEXTS.filter(bool), TREES, min_size=1, max_size=4))
    luck = draw(st.randoms(use_true_random=False))
    if draw(st.booleans()):
        style, flow = (
            draw(st.sampled_from([None, "'", '"', "|", ">"])),
            draw(st.sampled_from([True, False, None])),
        )
        text = yaml.dump(value, default_style=style, default_flow_style=flow, width=60, allow_unicode=True)
        text = text.replace("!!str ", "")
    else:
        lines = written(value, luck)
        text = f"# above all{lines}\n" if lines.startswith("\n") else f"# above all\n{lines.strip()}\n"
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    found = document.parse(text, Path(FILE), FILE)
    # A key after a question mark is right, and so rare that a file with one may be refused.
    assume(found.problems == () and isinstance(found.tree, dict) and found.tree and "? " not in text)
    return text


@st.composite
def edits(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> tuple[str, Operation]:
    """A file, and something that can be done to it."""
    text = draw(texts)
    value, luck = tree(text), draw(st.randoms(use_true_random=False))
    keys = somewhere(value, luck)
    held, new, at = value_at(value, keys), draw(TREES), draw(st.none() | st.integers(0, 3))
    kind = draw(st.sampled_from(["insert", "insert", "remove", "replace"]))
    if kind == "insert" and isinstance(held, list):
        return text, Operation(FILE, (*keys, ADD), now=new, at=at)
    if kind == "insert" and isinstance(held, dict):
        return text, Operation(FILE, (*keys, "new-key"), now=new, at=at)
    return text, Operation(FILE, keys, held, None if kind == "remove" else new)


@settings(max_examples=120)
@given(edits(files()))
def test_an_edit_changes_one_place_and_can_be_undone(edit: tuple[str, Operation]) -> None:
    text, operation = edit
    before = tree(text)
    made = settled(text, operation)
    try:
        after = edited(text, operation)
    except Uneditable:
        # Only where a whole collection is replaced that has a comment within, or a text nobody can tell the end of.
        assert "#" in text or operation.was is not None
        return
    if made is None:
        assert after == text
        return
    assert json.dumps(tree(after)) == json.dumps(done(before, operation)) or operation.now is not None
    assert tree(after) == done(before, operation)
    assert edited(text, made) is not None or after is None
    assert json.dumps(done(done(before, made), made.inverse())) == json.dumps(before)
    if after is None:
        return
    kept = alike(text, after) + alike(text[::-1], after[::-1])
    where = value_at(before, operation.keys[:-1])
    if operation.was is None and where:
        assert kept >= len(text), "nothing that was there is gone"
        assert edited(after, made.inverse()) == text or operation.at is not None
    if operation.now is None:
        assert kept >= len(after), "nothing came"


@settings(max_examples=120)
@given(st.tuples(ANY_FILE, operations()) | edits(ANY_FILE.filter(readable)))
def test_any_file_gives_what_is_right_or_an_answer_why_not(edit: tuple[str | None, Operation]) -> None:
    text, operation = edit
    try:
        after = edited(text, operation)
        made = settled(text, operation)
    except (Uneditable, Conflict):
        return
    assert tree(after) == done(tree(text), operation)
    if operation.was is None:
        assert edited(after, operation) == after
    if made is not None:
        assert done(done(tree(text), made), made.inverse()) == tree(text)
