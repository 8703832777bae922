"""A reply comes in the language of the question, when its words tell."""

from __future__ import annotations

import pytest

from bot.language.catalogue import known_languages, language
from bot.language.detection import detect
from bot.language.text import words

LANGUAGES = [language("fr"), language("en")]


def detected(text: str, *ignored: str) -> tuple[str | None, bool]:
    return detect(words(text, LANGUAGES[0].elisions), LANGUAGES, frozenset(ignored))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Que proposent les candidats pour la piscine ?", "fr"),
        ("What do the candidates want for the pool?", "en"),
        ("qui se presente", "fr"),
        ("who is running", "en"),
        ("C KOI LE PROGRAMME", "fr"),
        ("wat r they sayin abt schools", "en"),
        ("où voter", "fr"),
        ("where to vote", "en"),
        ("je voudrais savoir", "fr"),
        ("i would like to know", "en"),
        ("l'école et la crèche", "fr"),
    ],
)
def test_the_words_of_a_sentence_tell_its_language(text: str, code: str) -> None:
    assert detected(text) == (code, True)


@pytest.mark.parametrize("text", ["", "123 456", "?!", "Zorglubistan", "xqzt 12"])
def test_nothing_tells_the_language_of_what_is_no_word(text: str) -> None:
    assert detected(text) == (None, False)


@pytest.mark.parametrize("text", ["police", "transport", "culture", "budget", "programme"])
def test_a_word_of_both_languages_is_not_sure(text: str) -> None:
    assert not detected(text)[1]


def test_a_name_says_nothing_of_the_language() -> None:
    assert detected("Blanc") == ("fr", True)
    assert detected("Blanc", "blanc") == (None, False)
    assert detected("Lies Blanc schools", "lies", "blanc") == detected("schools")


def test_a_spelling_of_one_language_only_counts_like_a_word() -> None:
    assert detected("keske")[0] == "fr"
    assert detected("smth")[0] == "en"


def test_without_languages_nothing_is_detected() -> None:
    assert detect(words("Que propose la maire ?"), []) == (None, False)


def test_the_only_language_is_the_answer() -> None:
    assert detect(words("what do they want"), [language("en")]) == ("en", True)


def test_the_order_of_languages_does_not_matter() -> None:
    for text in ("la piscine", "the pool", "police", ""):
        heard = words(text)
        assert detect(heard, LANGUAGES) == detect(heard, LANGUAGES[::-1])


def test_french_and_english_are_known_and_no_made_up_code() -> None:
    assert {"fr", "en"} <= set(known_languages())
    with pytest.raises(KeyError, match=r"xx\.yaml"):
        language("xx")
