"""Questions are misspelt as thumbs do it, the same way for the same lot, in every language there is."""

from __future__ import annotations

import random
from pathlib import Path
from string import Formatter

import pytest
from rapidfuzz.distance import OSA

from bot.evaluation import slips
from bot.evaluation.voters import FOLDER, known, voters
from bot.language.catalogue import known_languages

TEXT = "Quelle question peut-on poser here about bicycles, Zoë Çelik ?"
MISTYPINGS = [slips.one_typo, slips.typos_everywhere, slips.careless, slips.respelt]
HOLES = {
    "about": {"name", "topic"},
    "everyone": {"topic"},
    "follow_up": {"name"},
    "both": {"name", "other", "topic"},
}


def test_every_language_that_is_understood_says_how_its_voters_type() -> None:
    assert known(known_languages()) == list(known_languages())
    assert {path.stem for path in Path(FOLDER).glob("*.yaml")} == set(known_languages())
    with pytest.raises(KeyError):
        voters("xx")


@pytest.mark.parametrize("code", known_languages())
def test_every_way_to_ask_has_the_holes_it_needs(code: str) -> None:
    frames = voters(code).frames
    assert set(frames) == set(HOLES)
    for kind, said in frames.items():
        for frame in said:
            assert {hole for _, hole, _, _ in Formatter().parse(frame) if hole} == HOLES[kind]


@pytest.mark.parametrize("code", known_languages())
def test_the_keys_beside_a_key_have_it_beside_them(code: str) -> None:
    typing = voters(code)
    letters = "".join(typing.keyboard)
    assert len(set(letters)) == len(letters) == 26
    for letter in letters:
        assert 2 <= len(typing.beside(letter)) <= 8
        assert all(letter in typing.beside(other) for other in typing.beside(letter))
    assert typing.beside("é") == ""


@pytest.mark.parametrize("mistype", MISTYPINGS)
@pytest.mark.parametrize("code", known_languages())
def test_the_same_lot_mistypes_the_same_way(mistype, code: str) -> None:
    first, again = (mistype(TEXT, code, random.Random(7)) for _ in range(2))
    assert first == again != TEXT


@pytest.mark.parametrize("code", known_languages())
@pytest.mark.parametrize("seed", range(50))
def test_a_slip_is_one_letter_off_and_never_the_first(code: str, seed: int) -> None:
    for word in ("ly", "Roy", "bicyclette", "dd"):
        made = slips.slip(word, code, random.Random(seed))
        assert made != word
        assert made[0] == word[0]
        assert OSA.distance(made, word) == 1


def test_short_words_are_spared_where_only_long_ones_slip() -> None:
    assert slips.one_typo("Ly, Roy ?", "fr", random.Random(1)) == "Ly, Roy ?"
    assert slips.typos_everywhere("petit parc", "fr", random.Random(1)) == "petit parc"
    careless = [slips.careless("Roy", "fr", random.Random(seed)) for seed in range(400)]
    assert 0.1 < sum(made != "Roy" for made in careless) / 400 < 0.3


def test_a_text_message_has_no_capitals_stops_or_accents_in_short_words() -> None:
    made = slips.respelt("Qu'est-ce que Zoë Çelik dit pour la sécurité ?", "fr", random.Random(3))
    assert made.startswith("kesk")
    assert " zoe " in made
    assert " pr la " in made
    assert "?" not in made
