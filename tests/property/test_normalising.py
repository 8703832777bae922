"""However a text is typed, it is compared in one form, and putting it in that form again changes nothing."""

from __future__ import annotations

import sys
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.language.catalogue import language
from bot.language.detection import detect
from bot.language.patterns import PatternError, Patterns, line
from bot.language.text import CHARACTERS, WORDS, clean, fold, stem, words
from tests.strategies import ANY_TEXT, TORTURE

FRENCH = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûüÿœæ'’- ?!.0123456789"), max_size=80)
# Every character but unassigned and private ones and the ideographs and syllables that stand for themselves.
CHARACTERS_THAT_CHANGE = [
    c
    for c in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(c) not in ("Cn", "Co", "Cs", "Lo") or len(unicodedata.normalize("NFKD", c)) > 3
]


def folded(text: str) -> list[str]:
    return [word.folded for word in words(text, ["l", "d", "qu"])]


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_character_is_cleaned_and_folded_once_and_for_all() -> None:
    assert len(CHARACTERS_THAT_CHANGE) > 10_000
    for character in CHARACTERS_THAT_CHANGE:
        for text in (character, f"e{character}\u0301x"):
            assert clean(clean(text)) == clean(text), hex(ord(character))
            assert fold(fold(text)) == fold(text), hex(ord(character))


def test_no_character_makes_a_word_of_nothing() -> None:
    for character in CHARACTERS_THAT_CHANGE:
        assert all(word.folded and word.written for word in words(character)), hex(ord(character))


@given(ANY_TEXT)
def test_no_text_is_longer_than_a_message_or_has_more_words_than_are_read(text: str) -> None:
    assert len(clean(text)) <= CHARACTERS
    assert len(words(text)) <= WORDS


@given(ANY_TEXT)
def test_nothing_invisible_is_left(text: str) -> None:
    assert all(c in "\n\t" or not unicodedata.category(c).startswith("C") for c in clean(text))


@given(FRENCH)
@example("ŒUVRE")
@example("l’ŒIL")
def test_case_accents_and_their_encoding_do_not_matter(text: str) -> None:
    plain = folded(text)
    assert folded(text.upper()) == plain
    assert folded(text.title().swapcase()) == plain
    assert folded(unicodedata.normalize("NFD", text)) == plain
    assert folded(unicodedata.normalize("NFKC", text)) == plain
    assert folded(text.replace("'", "’")) == plain


@given(FRENCH)
def test_space_around_a_text_does_not_matter(text: str) -> None:
    assert folded(f" \t\n{text}  \u00a0") == folded(text)


@given(FRENCH, st.sampled_from("\u00ad\u200b\u200d\u2060\ufeff\u202e"), st.data())
def test_what_cannot_be_seen_does_not_matter(text: str, unseen: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert folded(text[:at] + unseen + text[at:]) == folded(text)


@given(FRENCH.map(lambda text: " ".join(text.split())) | st.text(st.sampled_from("aeéçœæß xyz"), max_size=30))
def test_a_plain_text_is_cut_like_any_other(text: str) -> None:
    if not text[-1:].isdigit():
        assert folded(text) == folded(f"{text} ; x")[:-1]
        assert [w.written for w in words(text)] == [w.written for w in words(f"{text} ; x")][:-1]


@given(ANY_TEXT)
def test_sentences_are_numbered_upwards(text: str) -> None:
    numbers = [word.sentence for word in words(text)]
    assert numbers == sorted(numbers)
    assert not numbers or numbers[0] == 0


@given(ANY_TEXT, st.sampled_from(["french", "english"]))
def test_a_stem_is_folded(text: str, stemmer: str) -> None:
    for word in words(text):
        assert fold(stem(word.written, stemmer)) == stem(word.written, stemmer)


@given(ANY_TEXT)
def test_any_text_has_a_language_or_none(text: str) -> None:
    known = [language("fr"), language("en")]
    code, sure = detect(words(text), known)
    assert code in ("fr", "en", None)
    assert not (code is None and sure)
    assert detect(words(text), known[::-1]) == (code, sure)


@given(st.text(st.sampled_from("ab ()[]|…*^$<>'candidatename"), max_size=30) | ANY_TEXT)
def test_any_pattern_is_understood_or_refused(pattern: str) -> None:
    with suppress(PatternError):
        Patterns([pattern]).search(line(["a", "b", "candidate"]))


@pytest.mark.parametrize("text", TORTURE, ids=range(len(TORTURE)))
def test_torture_leaves_words_that_can_be_compared(text: str) -> None:
    for word in words(text, language("fr").elisions):
        assert word.folded == fold(word.written)
        assert not any(c.isspace() for c in word.folded)
