"""A reply is made of claims with their sources and of fixed sentences, and looks the same for everyone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.composing import CLARIFIED, OFFERED, Setting, compose, in_order, surname_key
from bot.dialogue.outcomes import (
    CandidateCard,
    Clarification,
    Comparison,
    Decline,
    FactAnswer,
    Help,
    NoPosition,
    Outcome,
    Position,
    Unknown,
)
from bot.dialogue.reply import Line, Reply, Statement, Suggestion, plain
from bot.dialogue.wording import wording
from bot.knowledge.model import Election
from bot.language.catalogue import known_languages, language
from tests import invented
from tests.invented import CANDIDATES, NOW, at, rounds

ELECTION = invented.election()
EVERY_OUTCOME: list[Outcome] = [
    Position("brancaleoni", ("cameras",)),
    Position("oztekin", ("school", "pool")),
    Comparison((), ("security",)),
    Comparison(("brancaleoni", "trehouart"), ("cameras", "pool")),
    CandidateCard(("brancaleoni",)),
    CandidateCard(("brancaleoni", "argensolle")),
    FactAnswer("town-debt"),
    NoPosition(("argensolle",), ("pool",)),
    NoPosition((), ("harbour",)),
    NoPosition((), fact="lighthouse-age"),
    Clarification(("vauquelain-hugues/trees", "vauquelain-zelie/trees")),
    Clarification(("pool", "trees", "voting-day")),
    Decline("advice"),
    Help("greeting"),
    Unknown("elsewhere", "Grand-Vezin"),
]


def composed(outcome: Outcome, language: str = "fr", election: Election = ELECTION, **setting: Any) -> Reply:
    return compose(outcome, Setting(election, language, **{"now": NOW, **setting}))


def headings(reply: Reply) -> list[str]:
    return [part.text for part in reply.parts if isinstance(part, Line) and part.heading]


def lines(reply: Reply) -> list[str]:
    return [part.text for part in reply.parts if isinstance(part, Line)]


def test_a_position_is_claims_with_quotes_notes_and_sources() -> None:
    reply = composed(Position("brancaleoni", ("cameras",)))
    assert reply.understood == "Ottavio Brancaleoni · Vidéosurveillance"
    assert reply.statements == [
        Statement(
            id="brancaleoni/cameras",
            text="Il veut passer de 10 à 64 caméras.",
            source="gazette",
            source_line="Source : La Gazette des Flots, « Ce qu'ils veulent », 1er avril 2031",
            url="https://example.org/gazette",
            quote="« soixante-quatre caméras »",
        )
    ]
    assert (reply.claims, reply.sources) == (["brancaleoni/cameras"], ["gazette"])
    assert (reply.candidates, reply.topics, reply.facts) == (("brancaleoni",), ("cameras",), ())


def test_a_quote_from_another_language_says_so() -> None:
    quoted = composed(Position("brancaleoni", ("cameras",)), "en").statements[0].quote
    assert quoted is not None
    assert quoted.startswith("“soixante-quatre caméras” (")
    assert "French" in quoted
    quoted = composed(Position("trehouart", ("cameras",)), "fr").statements[0].quote
    assert quoted is not None
    assert quoted.startswith("« ten cameras too many » (")
    assert "anglais" in quoted


def test_a_source_without_date_or_address_is_still_shown() -> None:
    statement = composed(Position("oztekin", ("night-watch",))).statements[0]
    assert statement.source_line == "Source : Le Varech, « Tract », sans date"
    assert statement.url is None
    assert statement.note == "Le tract n'est pas daté."


def test_several_claims_on_one_topic_are_all_shown() -> None:
    reply = composed(Position("brancaleoni", ("debt",)))
    assert [s.source for s in reply.statements] == ["courier", "gazette"]
    assert reply.claims == ["brancaleoni/debt"]


def test_a_topic_shows_what_was_said_on_its_subtopics() -> None:
    assert composed(Position("oztekin", ("security",))).claims == ["oztekin/night-watch"]


def test_two_topics_stand_apart_and_the_silent_one_says_so() -> None:
    reply = composed(Position("oztekin", ("school", "pool")))
    assert headings(reply) == ["Écoles", "Piscine"]
    assert reply.claims == ["oztekin/school"]
    silence = lines(reply)[lines(reply).index("Piscine") + 1]
    assert "Élif Öztekin" in silence
    assert "30 avril 2031" in silence


def test_a_comparison_names_every_candidate_once_with_or_without_a_statement() -> None:
    reply = composed(Comparison((), ("security",)))
    names = [c["name"] for c in CANDIDATES.values()]
    assert [sum(h.startswith(n) for h in headings(reply)) for n in names] == [1] * len(names)
    assert len(headings(reply)) == len(names)
    assert set(reply.candidates) == {"brancaleoni", "trehouart", "oztekin"}
    assert "30 avril 2031" in plain(reply)


def test_a_comparison_of_some_names_only_those() -> None:
    reply = composed(Comparison(("trehouart", "argensolle"), ("pool",)))
    assert len(headings(reply)) == 2
    assert headings(reply)[0].startswith("Hippolyte d'Argensolle : ")
    assert headings(reply)[1] == "Maud Tréhouart-Kerbiriou"
    assert reply.understood.endswith("· Piscine")


def test_a_statement_stands_below_the_name_of_its_owner() -> None:
    reply = composed(Comparison((), ("trees",)))
    owner = ""
    for part in reply.parts:
        if isinstance(part, Line) and part.heading:
            owner = part.text
        if isinstance(part, Statement):
            assert owner.startswith(CANDIDATES[part.id.partition("/")[0]]["name"])


def test_a_comparison_says_how_it_is_ordered() -> None:
    for order in ("rotating", "alphabetical", "ballot"):
        election = invented.election(order=order)
        reply = composed(Comparison((), ("trees",)), election=election)
        assert wording("fr")(f"order.{order}") in lines(reply)


def test_a_backing_stands_beside_the_name() -> None:
    reply = composed(Comparison((), ("school",)))
    assert "Élif Öztekin (Parti des Phares, sans étiquette)" in headings(reply)


def test_a_card_tells_who_they_are_and_all_they_said() -> None:
    reply = composed(CandidateCard(("brancaleoni",)))
    said = plain(reply)
    assert reply.understood == "Ottavio Brancaleoni"
    for expected in ("Maire depuis 2025.", "Le Phare allumé", "Parti des Phares", "La Gazette des Flots"):
        assert expected in said
    assert headings(reply) == ["Dette", "Vidéosurveillance"]
    assert reply.claims == ["brancaleoni/debt", "brancaleoni/cameras"]


def test_a_card_without_statements_says_so() -> None:
    reply = composed(CandidateCard(("argensolle",)))
    assert reply.claims == []
    assert any("30 avril 2031" in line for line in lines(reply))


def test_cards_of_several_stand_each_below_a_name() -> None:
    reply = composed(CandidateCard(("brancaleoni", "argensolle")))
    names = [h for h in headings(reply) if h in ("Hippolyte d'Argensolle", "Ottavio Brancaleoni")]
    assert sorted(names) == ["Hippolyte d'Argensolle", "Ottavio Brancaleoni"]


def test_a_fact_is_shown_with_its_source_and_note() -> None:
    reply = composed(FactAnswer("town-debt"), "en")
    assert reply.understood == "Amount of the debt"
    assert [s.text for s in reply.statements] == ["The town owes 9 million euros."]
    assert reply.statements[0].note == "On 31 December 2030."
    assert (reply.facts, reply.claims, reply.sources) == (("town-debt",), [], ["courier"])
    assert [s.target for s in reply.suggestions] == ["debt"]


def test_no_position_says_that_silence_is_no_stance_and_who_spoke() -> None:
    reply = composed(NoPosition(("brancaleoni", "oztekin"), ("pool",)))
    first, second, *_ = lines(reply)
    assert "Ottavio Brancaleoni et Élif Öztekin" in first
    assert "30 avril 2031" in first
    assert "Maud Tréhouart-Kerbiriou et Zélie Vauquelain" in second
    assert reply.statements == []
    assert reply.suggestions[0].target == "pool"


def test_nobody_elses_words_are_offered_where_nobody_spoke() -> None:
    reply = composed(NoPosition((), ("harbour",)))
    assert reply.suggestions == ()
    assert all(c["name"] not in plain(reply) for c in CANDIDATES.values())


def test_a_fact_without_an_answer_says_so() -> None:
    reply = composed(NoPosition((), fact="lighthouse-age"))
    assert reply.understood == "Âge du phare"
    assert "30 avril 2031" in lines(reply)[0]
    assert reply.facts == ("lighthouse-age",)


def test_a_clarification_offers_each_reading_and_none_of_them() -> None:
    reply = composed(Clarification(("vauquelain-hugues/trees", "vauquelain-zelie/trees")))
    assert [s.target for s in reply.suggestions] == ["vauquelain-hugues/trees", "vauquelain-zelie/trees"]
    assert reply.suggestions[0].text == "Que dit Hugues Vauquelain sur « Arbres » ?"
    assert reply.none_of_these == wording("fr")("none_of_these")
    assert reply.candidates == ("vauquelain-hugues", "vauquelain-zelie")
    assert reply.topics == ("trees",)
    assert plain(reply).endswith(f"3. {reply.none_of_these}")


def test_only_a_clarification_offers_none_of_these() -> None:
    for outcome in EVERY_OUTCOME:
        assert (composed(outcome).none_of_these is not None) is isinstance(outcome, Clarification)


def test_no_more_choices_than_fit_a_small_screen() -> None:
    topics = tuple(invented.TOPICS)
    assert len(composed(Clarification(topics)).suggestions) == CLARIFIED
    assert len(composed(Unknown("not_understood", targets=topics)).suggestions) == OFFERED


def test_a_choice_the_base_no_longer_holds_is_not_offered() -> None:
    assert [
        s.target
        for s in composed(Clarification(("gone", "pool", "gone/pool", "brancaleoni/gone"))).suggestions
    ] == ["pool"]


def test_without_starters_nothing_is_offered() -> None:
    silent = invented.election(starters=[])
    for outcome in (Decline("advice"), Help("greeting"), Help("capabilities"), Unknown("not_understood")):
        assert composed(outcome, election=silent).suggestions == ()


@pytest.mark.parametrize(
    "reason", [*sorted({*language("fr").decline, *language("en").decline} - {"private"}), "command"]
)
def test_every_refusal_is_one_sentence_and_a_way_on(reason: str) -> None:
    reply = composed(Decline(reason, ("brancaleoni",)))
    assert lines(reply) == [wording("fr")(f"decline.{reason}")]
    first, fact, third = [s.target for s in reply.suggestions]
    assert fact == "voting-day"
    assert first != third
    assert {first, third} <= set(invented.election().all("topics"))


@pytest.mark.parametrize("subject", sorted({*language("fr").help, *language("en").help}))
def test_every_question_about_the_bot_is_answered(subject: str) -> None:
    for code in known_languages():
        (line,) = lines(composed(Help(subject), code))
        assert "{" not in line


@pytest.mark.parametrize(
    "reason", ["empty", "not_understood", "person", "party", "elsewhere", "beyond", "topic", "private"]
)
def test_every_reason_not_to_know_is_said(reason: str) -> None:
    for code in known_languages():
        (line,) = lines(composed(Unknown(reason, "Zorglub"), code))
        assert "{" not in line
        assert ("Zorglub" in line) is (reason in ("person", "party", "elsewhere", "beyond"))


@pytest.mark.parametrize("outcome", EVERY_OUTCOME, ids=repr)
@pytest.mark.parametrize("code", known_languages())
def test_a_reply_is_in_one_language_and_leaves_no_blank(outcome: Outcome, code: str) -> None:
    reply = composed(outcome, code)
    assert reply.language == code
    assert reply.outcome == outcome
    assert reply.election == invented.TOWN
    assert plain(reply)
    assert "{" not in plain(reply)
    assert "None" not in plain(reply).replace("None of these", "")


@pytest.mark.parametrize("outcome", EVERY_OUTCOME, ids=repr)
def test_every_candidate_named_by_a_claim_is_among_the_candidates(outcome: Outcome) -> None:
    reply = composed(outcome)
    assert {claim.partition("/")[0] for claim in reply.claims} <= set(reply.candidates)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2031-05-02T12:00", "Le vote a lieu le 11 mai 2031"),
        ("2031-05-10T12:00", "11 mai 2031"),
        ("2031-05-11T12:00", "On vote aujourd'hui"),
        ("2031-05-13T12:00", "18 mai 2031"),
        ("2031-06-01T12:00", "18 mai 2031"),
    ],
)
def test_a_position_says_when_the_vote_is(now: str, said: str) -> None:
    assert said in plain(composed(Position("brancaleoni", ("cameras",)), now=at(now)))


def test_each_phase_says_something_else() -> None:
    times = ["05-02T12", "05-10T12", "05-11T12", "05-13T12", "06-01T12"]
    said = {plain(composed(Comparison((), ("pool",)), now=at(f"2031-{t}:00"))) for t in times}
    assert len(said) == len(times)


@pytest.mark.parametrize(
    "names",
    [
        ["Zoé Abel", "Ève Ânier", "Abe Béranger"],
        ["Anne Éclair", "Zoé Eclair", "Ana Eclairs"],
        ["Léa Le Goff", "Léa Legoff"],
        ["Guy Saint Ange", "Guy Saint-Ange-Dupin", "Guy Saintonge"],
        ["Jo d'Abo", "Jo D’Abo-Z", "Jo Dabo"],
        ["Ana de Ruze", "Ana Désir", "Ana Du Bo"],
        ["A Œuf", "A Ofra"],
        ["Abel", "Zoé Bell"],
    ],
)
def test_names_sort_by_surname_without_accents_or_hyphens(names: list[str]) -> None:
    backwards = list(reversed(names))
    assert sorted(backwards, key=surname_key) == names


def ordered(election: Election, *chosen: str, conversation: str = "", now: datetime = NOW) -> list[str]:
    return in_order(
        election, chosen or tuple(election.candidates), Setting(election, "fr", now, conversation)
    )


def test_alphabetical_order_is_that_of_surnames() -> None:
    assert ordered(invented.election(order="alphabetical")) == [
        *("brancaleoni", "argensolle", "oztekin", "trehouart", "vauquelain-hugues", "vauquelain-zelie"),
    ]


def test_ballot_order_is_the_official_one_and_the_unlisted_come_last() -> None:
    election = invented.election(order="ballot", ballot=["vauquelain-zelie", "oztekin", "argensolle"])
    assert ordered(election) == [
        *("vauquelain-zelie", "oztekin", "argensolle", "brancaleoni", "trehouart", "vauquelain-hugues"),
    ]
    assert ordered(election, "trehouart", "oztekin") == ["oztekin", "trehouart"]


def test_rotating_order_stays_within_one_conversation_and_day() -> None:
    election = invented.election(order="rotating")
    morning, evening = at("2031-05-02T06:00"), at("2031-05-02T21:00")
    assert ordered(election, conversation="a", now=morning) == ordered(
        election, conversation="a", now=evening
    )
    days = {tuple(ordered(election, conversation="a", now=NOW + timedelta(days=d))) for d in range(20)}
    chats = {tuple(ordered(election, conversation=str(c))) for c in range(20)}
    assert len(days) > 10
    assert len(chats) > 10


def test_rotating_order_of_some_follows_that_of_all() -> None:
    election = invented.election(order="rotating")
    everyone = ordered(election, conversation="a")
    for chosen in (("argensolle", "trehouart"), ("vauquelain-zelie", "oztekin", "brancaleoni")):
        kept = [c for c in everyone if c in chosen]
        assert ordered(election, *chosen, conversation="a") == kept
        assert ordered(election, *chosen[::-1], conversation="a") == kept


def test_rotating_order_is_the_same_at_the_same_instant() -> None:
    election = invented.election(order="rotating")
    late = at("2031-05-02T23:30")
    here = late.astimezone(ZoneInfo("Europe/Paris"))
    assert ordered(election, conversation="a", now=late) == ordered(election, conversation="a", now=here)


def test_the_score_is_passed_on() -> None:
    assert composed(Decline("advice"), score=0.42).score == 0.42


def test_an_election_of_one_round_has_no_next_day() -> None:
    election = invented.election(rounds=rounds("2031-05-11"))
    assert "11 mai 2031" in plain(
        composed(Comparison((), ("pool",)), election=election, now=at("2031-07-01T00:00"))
    )


def test_plain_text_numbers_the_choices_and_can_leave_them_out() -> None:
    reply = composed(Decline("advice"))
    assert "\n1. Que disent les candidats sur « " in plain(reply)
    assert "1." not in plain(reply, choices=False)


def test_plain_text_of_a_bare_reply_is_its_line() -> None:
    reply = replace(composed(Decline("advice")), parts=(Line("Non."),), suggestions=())
    assert plain(reply) == "Non."
    assert plain(replace(reply, suggestions=(Suggestion("A", "a"),))) == "Non.\n\n1. A"


def test_plain_text_puts_the_source_right_below_the_statement() -> None:
    said = plain(composed(Position("brancaleoni", ("cameras",)))).splitlines()
    start = said.index("• Il veut passer de 10 à 64 caméras.")
    assert said[start + 1 : start + 4] == [
        "  « soixante-quatre caméras »",
        "  Source : La Gazette des Flots, « Ce qu'ils veulent », 1er avril 2031",
        "  https://example.org/gazette",
    ]
