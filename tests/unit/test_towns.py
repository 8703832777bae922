"""A town that is named chooses the election, a word that only looks like one does not."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.knowledge.loading import Loaded
from bot.knowledge.model import Base, Description, Election, Shared
from bot.matching.towns import WORDS, Towns
from tests import invented
from tests.conftest import BUNDLED
from tests.strategies import ANY_TEXT


def town(identifier: str, *places: str) -> Election:
    described = {**invented.DESCRIPTION, "places": list(places), "includes": [], "starters": []}
    return Election(identifier, Description.model_validate(described), {}, Shared())


def towns(*elections: Election) -> Towns:
    return Towns(Base({e.id: e for e in elections}, "invented"))


ELECTIONS = (
    town("sablonville", "Sablonville-les-Flots", "Sablonville", "Sablonvillois"),
    town("vezin", "Grand-Vezin"),
    town("petit-vezin", "Petit-Vezin"),
    town("mans", "Le Mans"),
    town("lyon", "Lyon"),
    town("marseille", "Marseille"),
    town("nantes", "Nantes"),
    town("nanterre", "Nanterre"),
    town("orme", "Saint-Orme"),
    town("orme-region", "Saint-Orme"),
    town("orme-en-val", "Saint-Orme-en-Val"),
)
ALL = towns(*ELECTIONS)
IDS = {election.id for election in ELECTIONS}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "\x00",
            "\ud800",
            "?!",
            "…",
            "piscine",
            "la piscine des sables",
            "qui enterre ?",
            "les lions",
        ),
        *(
            "Vezin",
            "le grand bassin",
            "grand",
            "Mans",
            "mansarde",
            "lyonnaise",
            "lyon1",
            "saint",
            "les flots",
        ),
        *("petits vazins", "sablons", "ville", "nous avons 60 ans", "Nant", "marelle", "lion"),
    ],
)
def test_what_is_no_town_names_none(text: str) -> None:
    assert ALL.named(text) == ()


@pytest.mark.parametrize("text", ["quelle merveille", "mes tantes", "nous plantes"])
def test_an_ordinary_word_near_a_town_is_not_the_town(text: str) -> None:
    near = towns(town("marseille", "Marseille"), town("nantes", "Nantes"), town("planes", "Planes"))
    assert near.named(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("quel est le programme des deux tours ?", "ce serait nice", "j'ai eu un souci", "Tours"),
        *("sablonvile", "grand vezn", "quelle merveille", "mes tantes", "marseile", "", "piscine"),
    ],
)
def test_a_common_word_or_a_misspelt_town_does_not_surely_name_one(text: str) -> None:
    common = towns(*ELECTIONS, town("tours", "Tours"), town("nice", "Nice"), town("eu", "Eu"))
    assert common.surely_named(text) == ()


@pytest.mark.parametrize(
    ("text", "elections"),
    [
        ("Sablonville", ("sablonville",)),
        ("la piscine de SABLONVILLE-LES-FLOTS ?", ("sablonville",)),
        ("grand-vezin", ("vezin",)),
        ("Saint-Orme", ("orme", "orme-region")),
        ("Nanterre ou sablonville", ("nanterre", "sablonville")),
        ("Nanterre ou sablonvile", ("nanterre",)),
    ],
)
def test_a_town_that_is_spelt_right_is_surely_named(text: str, elections: tuple[str, ...]) -> None:
    assert ALL.surely_named(text) == elections
    assert set(elections) <= set(ALL.named(text))


def test_a_town_whose_name_begins_like_anothers_is_not_both() -> None:
    assert ALL.named("je vote à Saint-Orme-en-Val") == ("orme-en-val",)


@pytest.mark.parametrize(
    ("text", "election"),
    [
        ("Sablonville", "sablonville"),
        ("je vote à sablonville", "sablonville"),
        ("SABLONVILLE-LES-FLOTS ?", "sablonville"),
        ("sablonville les flots", "sablonville"),
        ("Sablonvillois", "sablonville"),
        ("que veut le maire de Lyon", "lyon"),
        ("lyon?", "lyon"),
        ("le mans", "mans"),
        ("L'élection au «Grand-Vezin»", "vezin"),
        ("grand vezin", "vezin"),
        ("grand–vezin", "vezin"),
        ("Ｎａｎｔｅｒｒｅ", "nanterre"),
        ("nan\u00adterre", "nanterre"),
        ("NANTERRE/piscine", "nanterre"),
    ],
)
def test_a_town_is_heard_however_it_is_written(text: str, election: str) -> None:
    assert ALL.named(text) == (election,)


@pytest.mark.parametrize(
    ("text", "election"),
    [
        ("sablonvile", "sablonville"),
        ("sablonvlle", "sablonville"),
        ("sablonville les flot", "sablonville"),
        ("grand vezn", "vezin"),
        ("gran vezin", "vezin"),
        ("marseile", "marseille"),
        ("nantere", "nanterre"),
    ],
)
def test_a_town_is_heard_a_letter_off(text: str, election: str) -> None:
    assert ALL.named(text) == (election,)


@pytest.mark.parametrize("text", ["lyonn", "lyn", "l yon", "lyom"])
def test_a_short_name_must_be_written_right(text: str) -> None:
    assert ALL.named(text) == ()


def test_two_towns_are_both_named_and_sorted() -> None:
    assert ALL.named("Nantes ou Lyon ?") == ("lyon", "nantes")


def test_elections_in_one_town_are_all_named() -> None:
    assert ALL.named("Saint-Orme") == ("orme", "orme-region")


def test_a_town_written_right_is_preferred_to_one_a_letter_off() -> None:
    alike = towns(town("a", "Sablonville"), town("b", "Sablonvilla"))
    assert alike.named("sablonville") == ("a",)
    assert alike.named("sablonvilla ou Sablonville") == ("a", "b")


def test_beside_a_town_written_right_a_misspelt_one_does_not_count() -> None:
    assert ALL.named("à Nanterre, quelle merveille") == ("nanterre",)


def test_a_misspelling_between_two_towns_is_both() -> None:
    alike = towns(town("a", "Sablonvilla"), town("b", "Sablonvilli"))
    assert alike.named("sablonville") == ("a", "b")


def test_the_nearer_of_two_towns_is_heard() -> None:
    alike = towns(town("a", "Sablonville"), town("b", "Sablonvilarde"))
    assert alike.named("sablonvile") == ("a",)


def test_only_the_first_words_of_a_long_text_are_looked_at() -> None:
    assert ALL.named("x " * (WORDS - 1) + "Lyon") == ("lyon",)
    assert ALL.named("x " * WORDS + "Lyon") == ()


def test_a_base_without_elections_names_none() -> None:
    assert towns().named("Lyon") == ()


def test_each_place_of_the_bundled_election_names_it(bundled: Loaded) -> None:
    here = Towns(bundled.base)
    for place in bundled.base.elections[BUNDLED].description.places:
        assert here.named(f"élections à {place} ?") == (BUNDLED,)


@given(ANY_TEXT)
def test_any_text_names_only_elections_of_the_base(text: str) -> None:
    found = ALL.named(text)
    assert list(found) == sorted(set(found))
    assert set(found) <= IDS
    assert set(ALL.surely_named(text)) <= set(found)
