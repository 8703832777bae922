"""What a voter can look through is all there is, in one order for everyone, in the words of one language."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.browsing import Browsing, first_spoken, language_named, names_of, served
from bot.dialogue.composing import Setting, in_order
from bot.dialogue.reply import Suggestion
from bot.dialogue.wording import wording
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Election
from bot.language.text import fold
from tests import invented
from tests.conftest import BUNDLED
from tests.invented import CANDIDATES, FACTS, NOW, TOPICS, TOWN

HERE = invented.election()
FRENCH, ENGLISH = Browsing(HERE, wording("fr")), Browsing(HERE, wording("en"))


def mended(date: str, was: str = "before", why: str = "because") -> dict[str, Any]:
    return {"date": date, "was": {"fr": f"{was} (fr)", "en": was}, "why": {"fr": f"{why} (fr)", "en": why}}


def corrected(**claims: list[tuple[str, str]]) -> Election:
    """The invented election, in which these candidates' claims on these topics were corrected on these days."""
    people = dict(CANDIDATES)
    for candidate, days in claims.items():
        claim = {"claim": {"fr": "Après.", "en": "After."}, "source": "gazette"}
        positions: dict[str, Any] = {}
        for topic, day in days:
            positions.setdefault(topic, []).append({**claim, "corrected": mended(day)})
        people[candidate] = {**people[candidate], "positions": positions}
    return invented.election(people)


# --- candidates ------------------------------------------------------------------------------------------


def test_every_candidate_is_listed_once_with_their_backing() -> None:
    listed = FRENCH.candidates(Setting(HERE, "fr", NOW))
    assert sorted(s.target for s in listed) == sorted(CANDIDATES)
    assert Suggestion("Élif Öztekin (Parti des Phares, sans étiquette)", "oztekin") in listed
    assert Suggestion("Hippolyte d'Argensolle", "argensolle") in listed


@pytest.mark.parametrize("order", ["alphabetical", "rotating", "ballot"])
def test_candidates_are_listed_in_the_elections_order(order: str) -> None:
    election = invented.election(order=order, ballot=sorted(CANDIDATES, reverse=True))
    for conversation in ("a", "b", "c"):
        setting = Setting(election, "en", NOW, conversation)
        listed = [s.target for s in Browsing(election, wording("en")).candidates(setting)]
        assert listed == in_order(election, tuple(CANDIDATES), setting)


def test_a_backing_is_named_in_the_language_spoken() -> None:
    assert ENGLISH.headline("brancaleoni") == "Ottavio Brancaleoni (Lighthouse Party)"
    assert ENGLISH.backing("oztekin") == "Lighthouse Party, independent"
    assert ENGLISH.backing("argensolle") == ""


# --- topics ----------------------------------------------------------------------------------------------


def test_every_topic_is_listed_once_the_shared_ones_too() -> None:
    assert sorted(FRENCH.topics()) == sorted([*TOPICS, "trees"])


@pytest.mark.parametrize("browsing", [FRENCH, ENGLISH], ids=["fr", "en"])
def test_a_part_stands_right_below_the_topic_it_is_a_part_of(browsing: Browsing) -> None:
    topics = browsing.topics()
    for topic in topics:
        below = topics[topics.index(topic) :][: len(HERE.branch(topic))]
        assert set(below) == HERE.branch(topic)


@pytest.mark.parametrize("browsing", [FRENCH, ENGLISH], ids=["fr", "en"])
def test_topics_are_sorted_by_name_whatever_their_accents(browsing: Browsing) -> None:
    widest = [browsing.subject(t) for t in browsing.topics() if len(browsing.path(t)) == 1]
    assert widest == sorted(widest, key=fold)


def test_a_path_begins_with_the_widest_topic() -> None:
    assert FRENCH.path("night-watch") == ["Sécurité", "Veilleurs de nuit"]
    assert ENGLISH.path("pool") == ["Swimming pool"]


def test_whoever_spoke_on_a_part_spoke_on_the_topic() -> None:
    assert FRENCH.speakers("cameras") == 2
    assert FRENCH.speakers("security") == 3
    assert FRENCH.speakers("harbour") == 0


@pytest.mark.parametrize("subject", ["", "sécu", "caméra", "security measures", "oztekin", "voting-day", "…"])
def test_a_subject_that_is_no_topics_name_is_no_topic(subject: str) -> None:
    assert FRENCH.topic_named(subject) is None


@pytest.mark.parametrize("subject", ["Sécurité", "securite", "SÉCURITÉ", "Security", "security"])
def test_a_topic_is_known_by_its_name_in_any_language_and_by_its_id(subject: str) -> None:
    assert FRENCH.topic_named(subject) == "security"
    assert ENGLISH.topic_named(subject) == "security"


def test_every_topic_of_the_bundled_election_is_known_by_each_of_its_names(bundled: Loaded) -> None:
    election = bundled.base.elections[BUNDLED]
    browsing = Browsing(election, wording("fr"))
    for topic in election.all("topics").values():
        assert [browsing.topic_named(name) for name in topic.name.values()] == [topic.id] * len(topic.name)


# --- examples and subjects -------------------------------------------------------------------------------


def test_an_example_is_the_first_topic_offered_not_a_fact() -> None:
    election = invented.election(starters=["voting-day", "gone", "pool", "security"])
    assert Browsing(election, wording("fr")).example() == "piscine"


def test_without_anything_offered_an_example_is_some_topic() -> None:
    election = invented.election(starters=[])
    assert Browsing(election, wording("en")).example() in {
        t["name"]["en"].lower() for t in TOPICS.values()
    } | {"trees"}


def test_without_topics_there_is_no_example_but_no_harm() -> None:
    bare = invented.election({}, {}, {}, invented.Shared(), starters=[])
    assert Browsing(bare, wording("fr")).example() == "…"
    assert Browsing(bare, wording("fr")).topics() == []
    assert Browsing(bare, wording("fr")).candidates(Setting(bare, "fr", NOW)) == []


@pytest.mark.parametrize(
    "target",
    [
        "",
        "/",
        "gone",
        "gone/pool",
        "oztekin/",
        "oztekin/gone",
        "/pool",
        "pool/oztekin",
        "oztekin/pool/x",
        TOWN,
    ],
)
def test_an_id_that_the_base_does_not_hold_stands_for_nothing(target: str) -> None:
    assert FRENCH.subject(target) == ""


@pytest.mark.parametrize(
    ("target", "subject"),
    [
        ("oztekin", "Élif Öztekin"),
        ("pool", "Swimming pool"),
        ("trees", "Trees"),
        ("voting-day", "When is the vote?"),
        ("proxy", "Voting by proxy"),
        ("oztekin/pool", "Élif Öztekin · Swimming pool"),
    ],
)
def test_an_id_stands_for_a_few_words(target: str, subject: str) -> None:
    assert ENGLISH.subject(target) == subject


def test_a_text_missing_in_a_language_is_shown_in_the_one_there_is() -> None:
    assert ENGLISH.text({"fr": "Seulement"}) == "Seulement"
    assert ENGLISH.text({"fr": "Deux", "en": "Both"}) == "Both"


# --- sources ---------------------------------------------------------------------------------------------


def test_every_source_is_listed_with_its_address_or_none() -> None:
    assert ENGLISH.sources() == [
        ("Source: La Gazette des Flots, “Ce qu'ils veulent”, 1 April 2031", "https://example.org/gazette"),
        ("Source: Le Varech, “Tract”, undated", ""),
        ("Source: The Sand Courier, “Six for a town hall”, March 2031", "https://example.org/courier"),
    ]


def test_every_source_of_the_bundled_election_is_listed(bundled: Loaded) -> None:
    election = bundled.base.elections[BUNDLED]
    listed = Browsing(election, wording("fr")).sources()
    assert len(listed) == len(election.all("sources"))
    assert listed == sorted(listed)


# --- corrections -----------------------------------------------------------------------------------------


def test_where_nothing_was_corrected_nothing_is_listed() -> None:
    assert FRENCH.corrections() == []


def test_a_correction_says_when_whose_what_it_said_and_why() -> None:
    election = corrected(oztekin=[("school", "2031-04-02")])
    assert Browsing(election, wording("en")).corrections() == [
        "2 April 2031 – Élif Öztekin · Schools: “before” was replaced by “After.” because"
    ]
    assert Browsing(election, wording("fr")).corrections() == [
        "2 avril 2031 – Élif Öztekin · Écoles : « before (fr) » a été remplacé par « Après. » because (fr)"
    ]


def test_corrections_are_listed_latest_first() -> None:
    election = corrected(
        oztekin=[("school", "2031-04-02"), ("pool", "2030-12-31")], trehouart=[("pool", "2031-04-10")]
    )
    found = Browsing(election, wording("en")).corrections()
    assert [line.partition(" – ")[0] for line in found] == [
        "10 April 2031",
        "2 April 2031",
        "31 December 2030",
    ]


def test_two_corrections_of_one_day_are_both_listed_in_the_same_order_each_time() -> None:
    days = {"oztekin": [("pool", "2031-04-02")], "trehouart": [("pool", "2031-04-02")]}
    there = Browsing(corrected(**days), wording("en")).corrections()
    back = Browsing(corrected(**dict(reversed(days.items()))), wording("en")).corrections()
    assert len(there) == 2
    assert there == back


def test_two_corrections_of_one_position_on_one_day_are_both_listed() -> None:
    election = corrected(oztekin=[("pool", "2031-04-02"), ("pool", "2031-04-02")])
    assert len(Browsing(election, wording("en")).corrections()) == 2


def test_corrections_of_facts_are_listed_too() -> None:
    (claim,) = FACTS["voting-day"]["answer"]
    mended_fact = {**FACTS["voting-day"], "answer": [{**claim, "corrected": mended("2031-04-20")}]}
    election = invented.election(facts={**FACTS, "voting-day": mended_fact})
    assert Browsing(election, wording("en")).corrections() == [
        "20 April 2031 – When is the vote?: “before” was replaced by “The votes are on 11 and 18 May 2031.” because"
    ]


def test_a_correction_keeps_braces_and_marks_as_they_were_written() -> None:
    claim = {
        "claim": {"fr": "A", "en": "A"},
        "source": "gazette",
        "corrected": mended("2031-04-02", "{was} <b>"),
    }
    people = {**CANDIDATES, "argensolle": {**CANDIDATES["argensolle"], "positions": {"pool": [claim]}}}
    (line,) = Browsing(invented.election(people), wording("en")).corrections()
    assert "“{was} <b>”" in line


# --- languages and names ---------------------------------------------------------------------------------


def test_only_languages_that_the_bot_speaks_are_served() -> None:
    assert served(["xx", "en", "fr", "tlh"]) == ["en", "fr"]
    assert served(["xx"]) == []


@pytest.mark.parametrize(
    ("wanted", "languages", "spoken"),
    [
        (["en"], ["fr", "en"], "en"),
        ([None, "en"], ["fr", "en"], "en"),
        (["xx", "en"], ["fr", "en"], "en"),
        (["en", "fr"], ["fr"], "fr"),
        (["xx", None], ["fr", "en"], "fr"),
        ([], ["en", "fr"], "en"),
        (["xx"], ["xx", "en"], "en"),
        (["EN"], ["fr", "en"], "fr"),
    ],
)
def test_the_first_language_wanted_that_is_served_is_spoken(
    wanted: list[str | None], languages: list[str], spoken: str
) -> None:
    assert first_spoken(wanted, languages).code == spoken


@pytest.mark.parametrize("name", ["", "x", "franc", "f", "deutsch", "fr-FR", "french!"])
def test_what_is_no_language_is_none(name: str) -> None:
    assert language_named(name, ["fr", "en"]) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [("fr", "fr"), ("FR", "fr"), ("français", "fr"), ("Francais", "fr"), ("French", "fr"), ("anglais", "en")],
)
def test_a_language_is_known_by_its_code_and_its_name_in_any_language(name: str, code: str) -> None:
    assert language_named(name, ["fr", "en"]) == code


def test_a_language_that_the_election_does_not_have_is_not_named() -> None:
    assert language_named("English", ["fr"]) is None


def test_commands_are_known_by_their_names_in_every_language() -> None:
    names = names_of("telegram.commands", ".name")
    assert {names["candidats"], names["candidates"]} == {"candidates"}


def test_no_two_commands_share_a_name() -> None:
    for code in ("fr", "en"):
        say = wording(code)
        keys = [k for k in say.keys() if k.startswith("telegram.commands.") and k.endswith(".name")]  # noqa: SIM118
        names = names_of("telegram.commands", ".name")
        assert all(names[fold(say(key))] == key.split(".")[2] for key in keys)
