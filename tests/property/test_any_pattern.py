"""A pattern finds what it says, however it is nested, though most patterns are never compiled."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.language.catalogue import language
from bot.language.patterns import CANDIDATE, ROLE, Patterns, line

VOCABULARY = ["a", "ab", "abc", "abcd", "abcde", "b", "bcd", "côté", "d'a"]


@dataclass(frozen=True)
class Piece:
    """A part of a pattern: how it is written, and the regular expression that it stands for."""

    written: str
    meant: str


def word(text: str, ending: bool) -> Piece:
    plain = text.replace("ô", "o").replace("é", "e").replace("'", " ")
    rest = "[^ ]*" if ending else ""
    return Piece(text + "*" * ending, f" {plain}{rest}(?= )")


def several(pieces: list[Piece]) -> Piece:
    return Piece(" ".join(p.written for p in pieces), "".join(p.meant for p in pieces))


def either(choices: list[Piece]) -> Piece:
    return Piece(f"({'|'.join(p.written for p in choices)})", f"(?:{'|'.join(p.meant for p in choices)})")


def maybe(choices: list[Piece]) -> Piece:
    return Piece(f"[{'|'.join(p.written for p in choices)}]", f"(?:{'|'.join(p.meant for p in choices)})?")


SIMPLE = st.one_of(
    st.builds(word, st.sampled_from(VOCABULARY), st.booleans()),
    st.just(Piece("<candidate>", f" {CANDIDATE}(?:-role)?(?= )")),
    st.just(Piece("<name>", f" {CANDIDATE}(?= )")),
)
NESTED = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(several),
        st.lists(inner, min_size=1, max_size=3).map(either),
        st.lists(inner, min_size=1, max_size=2).map(maybe),
    ),
    max_leaves=6,
)
GAP = Piece("…", r"(?: \S+){0,6}?")
PATTERNS = st.lists(NESTED | st.just(GAP), min_size=1, max_size=4).map(several)
TEXTS = st.lists(
    st.sampled_from(["a", "ab", "abc", "abcd", "abcdef", "b", "bcd", "cote", "d", "x", CANDIDATE, ROLE]),
    max_size=8,
)


@settings(max_examples=300)
@given(st.lists(PATTERNS, min_size=1, max_size=2), TEXTS)
@example([word("a", True)], ["abcd"])
@example([word("ab", True)], ["abcd"])
@example([word("abcd", True)], ["abcdef"])
@example([several([maybe([word("b", False)]), word("a", False)])], ["a"])
@example([several([GAP, word("abcde", True)])], ["x", "abcdef"])
def test_patterns_find_what_they_mean(patterns: list[Piece], spoken: list[str]) -> None:
    text = line(spoken)
    empty = any(re.fullmatch(p.meant, "") for p in patterns)
    found = Patterns(p.written for p in patterns).search(text)
    expected = any(re.search(p.meant, text) for p in patterns)
    if not empty:
        assert (found is not None) is expected


@given(st.lists(PATTERNS, min_size=1, max_size=3), TEXTS)
def test_the_order_of_patterns_does_not_matter(patterns: list[Piece], spoken: list[str]) -> None:
    written = [p.written for p in patterns]
    one, other = Patterns(written).search(line(spoken)), Patterns(written[::-1]).search(line(spoken))
    assert (one is None) is (other is None)
    assert one is None or other is None or one.start() == other.start()


def test_no_pattern_of_a_language_file_matches_nothing_said() -> None:
    for code in ("fr", "en"):
        known = language(code)
        every = {**known.decline, "commands": known.commands}
        assert [
            name
            for name, patterns in every.items()
            if patterns.search(line([])) or patterns.search(line(["x"]))
        ] == []
