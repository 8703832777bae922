"""Whoever writes a language file describes ways of asking without knowing regular expressions."""

from __future__ import annotations

import pytest

from bot.language.patterns import CANDIDATE, ROLE, PatternError, Patterns, line


def found(pattern: str, text: str) -> bool:
    return Patterns([pattern]).search(line(text.split())) is not None


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("vote", "i vote here", True),
        ("vote", "i voted here", False),
        ("vote", "devote", False),
        ("vot*", "i voted here", True),
        ("vot*", "pivot", False),
        ("vote for", "vote for", True),
        ("vote for", "vote now for", False),
        ("vote … for", "vote now for", True),
        ("vote … for", "vote for", True),
        ("vote … for", "vote a b c d e f for", True),
        ("vote … for", "vote a b c d e f g for", False),
        ("(vote|choose) for", "choose for", True),
        ("(vote|choose one) for", "choose one for", True),
        ("(vote|choose one) for", "choose for", False),
        ("vote [just] for", "vote for", True),
        ("vote [just] for", "vote just for", True),
        ("vote [just|only] for", "vote only for", True),
        ("vote [just|only] for", "vote well for", False),
        ("(a [b|c]|d) e", "a c e", True),
        ("(a [b|c]|d) e", "d e", True),
        ("(a [b|c]|d) e", "d b e", False),
        ("^ vote", "vote now", True),
        ("^ vote", "i vote", False),
        ("vote $", "i vote", True),
        ("vote $", "vote now", False),
        ("^ vote $", "vote", True),
        ("élève", "eleve", True),
        ("l'école", "l ecole", True),
        ("est-ce", "est ce", True),
        ("c++", "c++", True),
        ("a.b", "axb", False),
        ("<candidate>", CANDIDATE, True),
        ("<candidate>", ROLE, True),
        ("<name>", CANDIDATE, True),
        ("<name>", ROLE, False),
        ("vote for <candidate>", f"please vote for {ROLE} now", True),
        ("<candidate> and <candidate>", f"{CANDIDATE} and {ROLE}", True),
        ("a|b", "b", True),
        ("vote", "", False),
    ],
)
def test_a_pattern_finds_what_it_describes(pattern: str, text: str, expected: bool) -> None:
    assert found(pattern, text) is expected


def test_a_list_of_patterns_finds_any_of_them() -> None:
    several = Patterns(["red herring", "blue whale"])
    assert several.search(line(["a", "blue", "whale"]))
    assert several.search(line(["a", "red", "herring"]))
    assert not several.search(line(["a", "red", "whale"]))


def test_no_pattern_finds_nothing() -> None:
    assert not Patterns([]).search(line(["anything"]))


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a", "left open"),
        ("[a", "left open"),
        ("a)", "closes nothing"),
        ("a]", "closes nothing"),
        ("(a]", "closes nothing"),
        ("[a)", "closes nothing"),
        ("<party>", "only <candidate> and <name>"),
        ("a < b", "only <candidate> and <name>"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_why(pattern: str, why: str) -> None:
    with pytest.raises(PatternError, match=why) as error:
        Patterns([pattern])
    assert repr(pattern) in str(error.value)


@pytest.mark.parametrize(("words", "text"), [([], "  "), (["a"], " a "), (["a", "b"], " a b ")])
def test_words_are_searched_with_a_space_on_each_side(words: list[str], text: str) -> None:
    assert line(words) == text
