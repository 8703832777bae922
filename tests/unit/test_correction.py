"""A misspelt word is read as what was meant, and a word that means something is never touched."""

from __future__ import annotations

import pytest

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.language.catalogue import language
from bot.language.correction import Correction, Lexicon, allowed
from bot.language.frequency import frequencies
from tests.invented import TOWN

FR = language("fr")
EN = language("en")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(["camera", "piscine", "vestiaire", "ecole", "bus", "cambriolage"], FR)


@pytest.mark.parametrize(("length", "letters"), [(1, 0), (3, 0), (4, 1), (7, 1), (8, 2), (20, 2)])
def test_longer_words_may_have_more_letters_wrong(length: int, letters: int) -> None:
    assert allowed(length) == letters


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("camerra", "camera"),
        ("camra", "camera"),
        ("caemra", "camera"),
        ("kamera", "camera"),
        ("pissine", "piscine"),
        ("piscinne", "piscine"),
        ("vestiere", "vestiaire"),
        ("fok", None),
        ("fauque", None),
        ("cambriolaje", "cambriolage"),
        ("canbriolaje", "cambriolage"),
    ],
)
def test_an_unknown_word_is_read_as_the_nearest_known_one(
    lexicon: Lexicon, typed: str, meant: str | None
) -> None:
    found = lexicon.nearest(typed)
    assert (found and found[1]) == meant


@pytest.mark.parametrize("typed", ["zz", "xqztwv", "b2b", "qwertyuiopas", "", "buss1", "市长"])
def test_a_word_that_resembles_nothing_stays_as_it_is(lexicon: Lexicon, typed: str) -> None:
    assert lexicon.nearest(typed) is None


def test_a_word_of_the_base_is_preferred_to_one_of_the_language() -> None:
    plain = Lexicon([], FR).nearest("pistes")
    with_base = Lexicon(["piste"], FR).nearest("pistex")
    assert with_base is not None
    assert with_base[1] == "piste"
    assert plain is None or plain[1] != "piste"


def test_an_extended_lexicon_knows_both_its_own_words_and_the_shared_ones(lexicon: Lexicon) -> None:
    more = lexicon.extended(["zorglub", "trampoline"])
    assert more.nearest("zorglubb") is not None
    assert more.nearest("zorglubb")[1] == "zorglub"  # type: ignore[index]
    assert more.nearest("camerra") == lexicon.nearest("camerra")
    assert lexicon.nearest("zorglubb") is None


def test_the_answer_is_the_same_the_second_time(lexicon: Lexicon) -> None:
    assert lexicon.nearest("camerra") == lexicon.nearest("camerra")


def test_what_was_searched_is_not_remembered_for_ever(
    lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.language.correction.SEEN", 2)
    fresh = lexicon.extended([])
    for _ in range(2):
        for typed in ("camerra", "pissine", "ekole", "zorglub", "vestiere"):
            assert fresh.nearest(typed) == lexicon.nearest(typed)


def test_the_order_of_words_does_not_matter() -> None:
    words = ["camera", "camelia", "caramel", "carnaval"]
    for typed in ("camela", "camelra", "carmel", "caramal"):
        assert Lexicon(words, FR).nearest(typed) == Lexicon(words[::-1], FR).nearest(typed)


def understood(small: Assistant, text: str) -> list[tuple[str, str]]:
    query = small.understand(Utterance(text, TOWN), Memory())
    return [(c.written, c.read) for c in query.corrections]


@pytest.mark.parametrize(
    ("text", "corrections"),
    [
        ("que disent-ils de la piscinne", [("piscinne", "piscine")]),
        ("les cammeras dans les rues", [("cammeras", "cameras")]),
        ("vidéosurveilance partout", [("vidéosurveilance", "videosurveillance")]),
        ("que disent-ils de la piscine", []),
        ("the swiming pool", [("swiming", "swimming")]),
        ("what about the libary", [("libary", "library")]),
        ("lapiscine est chère", [("lapiscine", "la piscine")]),
        ("Brancaleonni et la dette", []),
    ],
)
def test_only_misspelt_words_are_corrected(
    small: Assistant, text: str, corrections: list[tuple[str, str]]
) -> None:
    assert understood(small, text) == corrections


@pytest.mark.parametrize(
    "word", ["pire", "pour", "contre", "sans", "pas", "peine", "dent", "ports", "against", "poll", "dept"]
)
def test_a_word_of_the_language_is_never_corrected(small: Assistant, word: str) -> None:
    assert understood(small, f"la {word} de la ville") == []


@pytest.mark.parametrize(
    "text", ["qui est le pire des candidats", "qui est le pire ?", "the worst candidate"]
)
def test_a_guard_sees_the_words_as_typed(small: Assistant, text: str) -> None:
    assert small.understand(Utterance(text, TOWN), Memory()).decline == "judgement"


def test_a_spelling_is_no_letter_apart() -> None:
    assert Correction("koi", "quoi", 0).distance == 0


@pytest.mark.parametrize(
    ("one", "other", "lang"),
    [
        ("fotografi", "photographie", "fr"),
        ("kestion", "question", "fr"),
        ("ekole", "ecole", "fr"),
        ("fone", "phone", "en"),
        ("rite", "write", "en"),
    ],
)
def test_words_that_sound_alike_have_one_sound(one: str, other: str, lang: str) -> None:
    assert language(lang).sound(one) == language(lang).sound(other)


@pytest.mark.parametrize(
    ("word", "lang", "small"),
    [
        ("le", "fr", True),
        ("propose", "fr", True),
        ("candidats", "fr", True),
        ("12", "fr", True),
        ("320", "fr", False),
        ("piscine", "fr", False),
        ("the", "en", True),
        ("wants", "en", True),
        ("pool", "en", False),
    ],
)
def test_small_words_carry_no_meaning_of_their_own(word: str, lang: str, small: bool) -> None:
    assert language(lang).is_small(word) is small


def test_a_small_word_is_recognised_by_its_sound() -> None:
    assert FR.sounds_small("pence")
    assert not FR.sounds_small("piscine")


def test_a_language_without_a_list_has_no_common_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not list(frequencies("xx").common(0))
    monkeypatch.setattr("bot.language.frequency.find_spec", lambda name: None)
    assert not list(frequencies("yy").common(0))


def test_common_words_are_commoner_than_rare_ones() -> None:
    assert EN.zipf("the") > EN.zipf("pool") > EN.zipf("zorglub") == 0.0
