"""A form asks for what is missing, takes what can be an answer, and says in a sentence why anything else cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.wording import wording
from bot.knowledge.model import Election
from bot.moderation import answers
from bot.moderation.answers import Fault, fill
from bot.moderation.drafting import KINDS, Draft
from bot.moderation.forms import (
    answered,
    back,
    fields,
    next_field,
    phrases,
    possible,
    skip,
    statement,
    statements,
    token,
)
from bot.moderation.naming import take_name
from bot.state.records import Moderator
from bot.state.state import State
from tests.unit.moderated import CLAIMED, MISSING, NEW_SOURCE, NOW, TOWN, TYPED, filled, form, small, town

Changed = Callable[..., Election]


@pytest.fixture(scope="module")
def election(tmp_path_factory: pytest.TempPathFactory) -> Election:
    return town(small(tmp_path_factory.mktemp("forms") / "knowledge"))


def asked(draft: Draft, election: Election) -> list[str]:
    return [field.key for field in fields(draft, election)]


def refused(draft: Draft, election: Election, typed: str) -> Fault:
    with pytest.raises(Fault) as caught:
        fill(draft, election, typed)
    for code in ("fr", "en"):
        assert wording(code)(f"moderation.fault.{caught.value.key}", **caught.value.values)
    return caught.value


def at(kind: str, key: str, election: Election, **values: str) -> Draft:
    """A form in which everything before a question is answered."""
    draft = Draft(kind, TOWN, values)
    typed = TYPED[kind]
    while (field := next_field(draft, election)) is not None and field.key != key:
        if field.key in typed:
            draft = fill(draft, election, typed[field.key])
        else:
            value = field.offered or next(iter(field.choices), "")
            draft = skip(draft, election) if field.optional else draft.with_value(field.key, value)
    assert field is not None
    return draft


# --- what is asked ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_can_be_filled_in_to_its_end(kind: str, election: Election) -> None:
    draft = form(kind, election)
    assert next_field(draft, election) is None
    assert set(asked(draft, election)) == set(answered(draft))
    assert fill(draft, election, "more") is draft
    assert skip(draft, election) is draft


@pytest.mark.parametrize("code", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_question_of_every_form_has_its_words(kind: str, code: str, election: Election) -> None:
    say = wording(code)
    new = Draft(kind, TOWN, {"source": "new", "offered.fr": "a", "offered.en": "b"})
    for field in fields(new, election):
        assert say(f"moderation.ask.{field.name}", language=say.language_name(field.language))
        assert field.name in answers._CHECKS


def test_a_new_source_is_asked_for_in_full_and_a_known_one_is_not(election: Election) -> None:
    known = asked(Draft("position", TOWN, {"source": "gazette"}), election)
    new = asked(Draft("position", TOWN, {"source": "new"}), election)
    described = ["publisher", "title", "url", "published", "source_language"]
    assert known == ["candidate", "topic", "claim.fr", "claim.en", "source", "quote"]
    assert new == [*known[:-1], *described, "quote"]


def test_words_that_voters_used_are_offered_in_their_language(election: Election) -> None:
    values = {"offered.en": "windmills"}
    held = {field.key: field.offered for field in fields(Draft("fact", TOWN, values), election)}
    assert (held["phrasings.fr"], held["phrasings.en"]) == ("", "windmills")
    assert asked(Draft("phrasing", TOWN, values), election) == ["target", "phrasing.en"]
    assert asked(Draft("phrasing", TOWN), election) == ["target", "phrasing.fr"]
    (muted,) = fields(Draft("muting", TOWN, values), election)
    assert muted.offered == "windmills"


def test_a_statement_is_asked_for_in_every_language_or_in_none(election: Election) -> None:
    for values in ({}, {"offered.de": "x", "offered.fr": ""}):
        assert asked(Draft("position", TOWN, values), election)[-1] == "quote"
    draft = Draft("position", TOWN, {"offered.en": "windmills"})
    first, second = fields(draft, election)[-2:]
    assert (first.key, first.optional, first.offered) == ("asked_as.en", True, "windmills")
    assert (second.key, second.optional, second.offered) == ("asked_as.fr", False, "")
    assert asked(draft.with_value("asked_as.en", ""), election)[-1] == "asked_as.en"
    assert asked(draft.with_value("asked_as.en", "mills"), election)[-1] == "asked_as.fr"


def test_a_statement_that_is_asked_for_in_no_language_yet_is_then_asked_for_in_every_one(
    election: Election,
) -> None:
    draft = Draft("phrasing", TOWN, {"offered.en": "mills", "target": "rose/cameras"})
    assert asked(draft, election) == ["target", "phrasing.en"]
    rose = election.candidates["rose"]
    (claim,) = rose.positions["cameras"]
    for ways, wanted in (({}, ["en", "fr"]), ({"fr": ["x"]}, ["en"]), ({"en": ["x"]}, ["en", "fr"])):
        held = {"cameras": [claim.model_copy(update={"asked_as": ways})]}
        changed = {**election.candidates, "rose": rose.model_copy(update={"positions": held})}
        found = asked(draft, replace(election, candidates=changed))
        assert found == ["target", *(f"phrasing.{code}" for code in wanted)]


def test_only_what_is_optional_can_be_left_out(election: Election) -> None:
    draft = Draft("candidate", TOWN)
    assert skip(draft, election) is draft
    named = fill(draft, election, "Ina Nettle")
    without = skip(named, election)
    assert without.values == {"full_name": "Ina Nettle", "aliases": ""}
    field = next_field(without, election)
    assert field is not None
    assert field.key == "description.fr"


def test_one_step_back_asks_the_last_question_again(election: Election) -> None:
    draft = Draft("topic", TOWN, {"offered.fr": "éoliennes"}, (MISSING,))
    steps = [draft]
    for typed in ("Éoliennes", "Windmills"):
        steps.append(fill(steps[-1], election, typed))
    steps.append(skip(steps[-1], election))
    for before, after in zip(reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        assert back(after) == before
        assert next_field(back(after), election) == next_field(before, election)
    assert back(draft) == draft


def test_another_source_chosen_on_the_way_back_leaves_nothing_of_the_first(election: Election) -> None:
    draft = filled(Draft("position", TOWN), election, {**CLAIMED, **NEW_SOURCE})
    while "source" in draft.values:
        draft = back(draft)
    again = filled(draft, election, CLAIMED)
    assert not set(NEW_SOURCE) - {"source"} & set(again.values)


# --- what is taken ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "key", "typed", "kept"),
    [
        ("position", "candidate", "  rose\n petal ", "rose"),
        ("position", "candidate", "ROSY", "rose"),
        ("position", "candidate", "thorn", "thorn"),
        ("position", "topic", "securite", "safety"),
        ("position", "topic", "Safety", "safety"),
        ("position", "claim.fr", "Elle\u202fveut\u00a01 200\tcaméras", "Elle veut 1 200 caméras"),
        ("position", "claim.fr", "Elle trouve ça « absurde ».", "Elle trouve ça « absurde »."),
        ("position", "source", "NEW", "new"),
        ("position", "source", "Gazette", "gazette"),
        ("position", "source", "law", "law"),
        ("position", "quote", "« three windmills »", "three windmills"),
        ("position", "quote", '"three"', "three"),
        ("topic", "parent", "caméras", "cameras"),
        ("topic", "phrasings.fr", " moulins ,, à vent ;moulins", "moulins, à vent"),
        ("phrasing", "target", "comment voter", "how-to-vote"),
        ("phrasing", "target", "rose/cameras", "rose/cameras"),
        ("phrasing", "target", "Rosy / Caméras", "rose/cameras"),
        ("correction", "target", "how-to-vote", "how-to-vote"),
        ("removal", "target", "Rose Petal/cameras", "rose/cameras"),
        ("source", "url", "https://example.org/é?a=b&c#d", "https://example.org/é?a=b&c#d"),
        ("source", "published", "2030", "2030"),
        ("source", "published", "2028-02-29", "2028-02-29"),
        ("source", "source_language", "en", "en"),
        ("source", "source_language", "Français", "fr"),
        ("source", "source_language", "anglais", "en"),
        ("source", "source_language", "FRENCH", "fr"),
        ("source", "published", "10/02/2026", "2026-02-10"),
        ("source", "published", "1.3.2026", "2026-03-01"),
        ("source", "published", "02/2026", "2026-02"),
        ("position", "source", "nouvelle", "new"),
        ("position", "source", "Nouveau", "new"),
        ("position", "source", "the gazette", "gazette"),
        ("position", "source", "WHO wants what", "gazette"),
        ("position", "source", "The Gazette who wants what", "gazette"),
        ("position", "source", "http://www.example.org/gazette/#top", "gazette"),
        ("position", "source", "https://example.org/law", "law"),
        ("correction", "source", "law", "law"),
        ("correction", "keep_quote", "keep", "keep"),
        ("correction", "keep_quote", "Garder", "keep"),
        ("correction", "keep_quote", "take out", "drop"),
        ("candidate", "description.fr", "Jardinière.", "Jardinière."),
        ("candidate", "aliases", "Nettie; The Nettle", "Nettie, The Nettle"),
        ("naming", "public_name", "Ça 2030", "Ça 2030"),
    ],
)
def test_what_can_be_an_answer_is_taken(
    kind: str, key: str, typed: str, kept: str, election: Election
) -> None:
    assert fill(at(kind, key, election), election, typed).values[key] == kept


LONG = "long " * 80
WRONG: list[tuple[str, str, str, str]] = [
    *(("position", "candidate", text, "empty") for text in ("", " \n\u00a0", "!?…", "👍", "_", "—")),
    *(
        ("position", "claim.fr", f"Elle veut{c}3 éoliennes", "invisible")
        for c in "\0\x07\u200b\u202e\ufeff\ud800"
    ),
    ("position", "candidate", "Nobody Whatsoever", "no_candidate"),
    ("position", "candidate", "Rose Petals", "no_candidate_near"),
    ("position", "topic", "qwertyuiop", "no_topic"),
    ("position", "topic", "camera", "no_topic_near"),
    ("position", "source", "qwertyuiop", "no_source"),
    ("position", "source", "gazete", "no_source_near"),
    ("position", "source", "the gazete", "no_source_near"),
    ("position", "source", "https://example.com/elsewhere", "no_source"),
    ("correction", "keep_quote", "perhaps", "not_a_choice"),
    ("correction", "why.fr", "Le journal était ridicule.", "judging"),
    ("position", "claim.fr", "Deux mots.", "short"),
    ("position", "claim.fr", "Elle veut !!!", "short"),
    ("source", "published", "31.02.2026", "no_date"),
    ("source", "published", "10/02/26", "no_date"),
    ("source", "source_language", "allemand", "not_a_choice"),
    ("phrasing", "target", "qwertyuiop", "no_entry"),
    ("phrasing", "target", "camera", "no_entry_near"),
    ("phrasing", "target", "rose/safety", "no_entry"),
    ("phrasing", "target", "nobody here/cameras", "no_candidate"),
    ("phrasing", "target", "rose/qwertyuiop", "no_topic"),
    ("correction", "target", "cameras", "no_entry"),
    ("removal", "target", "thorn/cameras", "no_entry"),
    ("source", "source_language", "de", "not_a_choice"),
    ("candidate", "gender", "other", "not_a_choice"),
    ("position", "claim.fr", "Elle trouve ça absurde.", "judging"),
    ("candidate", "description.en", "She is a brilliant gardener.", "judging"),
    ("position", "claim.en", "She wants 4 windmills.", "figures"),
    ("position", "claim.en", "She wants windmills.", "figures"),
    ("correction", "claim.en", "She wants 1,200 cameras.", "figures"),
    ("correction", "why.en", "It had counted 13.", "figures"),
    ("fact", "name.en", "13 windmills", "figures"),
    ("position", "claim.fr", LONG, "too_long"),
    ("candidate", "full_name", LONG, "too_long"),
    ("candidate", "aliases", f"Nettie, {LONG}", "too_long"),
    ("correction", "why.fr", LONG, "too_long"),
    ("position", "quote", "w" * 501, "too_long"),
    ("naming", "public_name", "n" * 41, "too_long"),
    ("reversal", "entry", "1" * 10, "too_long"),
    ("source", "url", f"https://a.b/{'c' * 1_000}", "too_long"),
    ("topic", "phrasings.fr", "x" * 201, "too_long"),
    ("position", "quote", "word " * 26, "long_quote"),
    *(
        ("source", "url", text, "no_address")
        for text in ("example.org", "javascript:alert(1)", "https://a", "https://a.b c", "ftp://a.b")
    ),
    *(
        ("source", "published", text, "no_date")
        for text in ("2030-02-30", "30-02-2030", "2030-13", "yesterday", "20300221", "203")
    ),
    ("topic", "phrasings.fr", "one two three four five six seven eight nine", "long_phrasing"),
    ("phrasing", "phrasing.fr", "moulins, !!!", "empty"),
    ("phrasing", "phrasing.fr", ",;,", "empty"),
    ("candidate", "aliases", "In", "short_alias"),
    ("candidate", "aliases", "Nettie, 2030", "short_alias"),
    ("muting", "muted", "!!!", "empty"),
    ("naming", "public_name", "...", "empty"),
]


@pytest.mark.parametrize(("kind", "key", "typed", "fault"), WRONG)
def test_what_cannot_be_an_answer_is_refused_with_a_sentence(
    kind: str, key: str, typed: str, fault: str, election: Election
) -> None:
    assert refused(at(kind, key, election), election, typed).key == fault


def test_every_fault_that_has_words_is_met() -> None:
    keys = wording("en").keys()
    worded = {key.rpartition(".")[2] for key in keys if key.startswith("moderation.fault.")}
    assert worded == {fault for *_, fault in WRONG} | {"taken", "future", "same"}


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("2030-02-25", ""),
        ("2030-02-26", "future"),
        ("2030-02", ""),
        ("2030-03", "future"),
        ("2030", ""),
        ("2031", "future"),
        ("25/02/2030", ""),
        ("26.2.2030", "future"),
    ],
)
def test_a_date_is_not_yet_to_come(typed: str, fault: str, election: Election) -> None:
    draft = at("source", "published", election)
    assert fill(draft, election, typed).values["published"]
    if not fault:
        assert fill(draft, election, typed, NOW.date()).values["published"]
        return
    with pytest.raises(Fault) as caught:
        fill(draft, election, typed, NOW.date())
    assert caught.value.key == fault
    for code in ("fr", "en"):
        assert typed in wording(code)("moderation.fault.future", **caught.value.values)


def test_a_correction_says_something_else_in_one_language_at_least(election: Election) -> None:
    draft = fill(at("correction", "claim.fr", election), election, "Elle veut 1 200 caméras.")
    assert refused(draft, election, "She wants 1,200 cameras.").key == "same"
    assert fill(draft, election, "She would like 1,200 cameras.").values["claim.en"]


def test_a_correction_asks_whether_the_statement_still_rests_on_its_source(election: Election) -> None:
    draft = at("correction", "source", election)
    field = next_field(draft, election)
    assert field is not None
    assert (field.offered, set(field.choices)) == ("gazette", {"gazette", "law", "new"})
    kept = fill(draft, election, field.offered)
    field = next_field(kept, election)
    assert field is not None
    assert (field.key, field.choices) == ("keep_quote", ("keep", "drop"))
    other = next_field(fill(draft, election, "law"), election)
    assert other is not None
    assert (other.key, other.choices) == ("keep_quote", ("drop",))
    new = filled(fill(draft, election, "new"), election, NEW_SOURCE | TYPED["correction"])
    assert [key for key in asked(new, election) if key in NEW_SOURCE] == list(NEW_SOURCE)
    plain = form(
        "correction", election, target="how-to-vote", claim__en="With a card.", claim__fr="Avec sa carte."
    )
    assert "keep_quote" not in asked(plain, election)


def test_sources_of_one_name_are_told_apart(election: Election) -> None:
    gazette = election.own.sources["gazette"]
    sources = {
        f"gazette-{n}": gazette.model_copy(update={"title": f"Part {n}", "url": None}) for n in range(9)
    }
    many = replace(election, own=replace(election.own, sources=sources))
    draft = at("position", "source", many)
    near = refused(draft, many, "The Gazette").values["near"]
    assert str(near).split(", ") == [f"gazette-{n}" for n in range(5)]
    assert fill(draft, many, "part 7").values["source"] == "gazette-7"


def test_a_refusal_names_what_was_meant(election: Election) -> None:
    assert refused(at("position", "topic", election), election, "camera").values["near"] == "cameras"
    assert refused(at("position", "claim.en", election), election, "3 or 4").values == {"figure": "4"}


def test_a_name_that_two_entries_share_is_asked_back_by_id(election: Election) -> None:
    topics = {**election.included[0].topics}
    topics["safety-2"] = topics["safety"].model_copy(update={"id": "safety-2"})
    shared = replace(election.included[0], topics=topics)
    twice = replace(election, included=(shared,))
    draft = at("position", "topic", twice)
    assert refused(draft, twice, "Sécurité").values["near"] == "safety, safety-2"
    assert fill(draft, twice, "safety").values["topic"] == "safety"


def test_a_claim_is_compared_only_with_the_same_claim_in_other_languages(election: Election) -> None:
    draft = at("correction", "why.fr", election)
    assert fill(draft, election, "Le journal avait compté 13.").values["why.fr"]


# --- statements ------------------------------------------------------------------------------------------


def claims(election: Election, *texts: str) -> Election:
    """The election in which Rose has these statements on cameras."""
    rose = election.candidates["rose"]
    (claim,) = rose.positions["cameras"]
    held = [claim.model_copy(update={"claim": {"fr": text, "en": text}}) for text in texts]
    positions = {"cameras": held} if held else {}
    changed = rose.model_copy(update={"positions": positions})
    return replace(election, candidates={**election.candidates, "rose": changed})


def test_a_statement_is_chosen_by_what_it_says_and_not_by_its_place(election: Election) -> None:
    before, after = claims(election, "one", "two"), claims(election, "two")
    (_, (chosen, claim)) = statements(before, "rose/cameras")
    assert statement(after, chosen) == claim
    gone = statements(before, "rose/cameras")[0][0]
    assert statement(after, gone) is None
    assert statement(after, "rose/cameras") is statement(after, "") is None


def test_a_statement_keeps_its_name_when_new_ways_of_asking_are_added(election: Election) -> None:
    before = claims(election, "one")
    rose = before.candidates["rose"]
    (claim,) = rose.positions["cameras"]
    held = [claim.model_copy(update={"asked_as": {"fr": ["x"]}})]
    changed = {**before.candidates, "rose": rose.model_copy(update={"positions": {"cameras": held}})}
    names = [statements(e, "rose/cameras")[0][0] for e in (before, replace(before, candidates=changed))]
    assert names[0] == names[1] != statements(claims(election, "two"), "rose/cameras")[0][0]


def test_there_are_statements_only_where_something_was_said(election: Election) -> None:
    found = {target: len(statements(election, target)) for target in ("rose/cameras", "how-to-vote")}
    assert found == {"rose/cameras": 1, "how-to-vote": 1}
    for target in ("rose/safety", "nobody/cameras", "cameras", "", "/", "rose/"):
        assert statements(election, target) == []
        assert not possible(target, "removal", election)


def test_what_others_took_away_meanwhile_is_asked_again(election: Election) -> None:
    draft = form("correction", claims(election, "one", "two"))
    for other, missing in ((claims(election, "two"), "statement"), (claims(election), "target")):
        field = next_field(draft, other)
        assert field is not None
        assert field.name == missing
    nobody = replace(election, candidates={})
    field = next_field(form("position", election), nobody)
    assert field is None or field.name == "candidate"


def test_a_choice_is_known_by_a_short_name() -> None:
    assert token("rose") == token("rose") != token("thorn")
    assert all(token(text).isalnum() and len(token(text)) < 30 for text in ("", "é", "x" * 5_000))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" , ;\n", []),
        ("a, b;c\nd", ["a", "b", "c", "d"]),
        ("a  b , a b", ["a b"]),
    ],
)
def test_ways_of_asking_are_told_apart_by_commas(text: str, found: list[str]) -> None:
    assert phrases(text) == found


# --- names of moderators ---------------------------------------------------------------------------------


def take(names: Mapping[str, str], moderator: Moderator, url: str = "sqlite:///:memory:") -> dict[str, str]:
    """The names after a moderator wanted one."""

    async def taken() -> dict[str, str]:
        state = State(url)
        await state.open()
        try:
            for key, name in names.items():
                state.moderating.name_moderator(Moderator(key, name), NOW.date())
            await take_name(state.moderating, moderator, NOW.date())
            return await state.moderating.names()
        finally:
            await state.close()

    return asyncio.run(taken())


def test_a_name_that_is_free_is_taken() -> None:
    assert take({"a": "Ada"}, Moderator("b", "Adam")) == {"a": "Ada", "b": "Adam"}


@pytest.mark.parametrize("wanted", ["Hélène Œil", "helene oeil", " HÉLÈNE-ŒIL. ", "Hele\u0301ne Oeil"])
def test_nobody_takes_the_name_of_another(wanted: str) -> None:
    with pytest.raises(Fault) as caught:
        take({"a": "Hélène Œil"}, Moderator("b", wanted))
    assert caught.value.key == "taken"
    for code in ("fr", "en"):
        assert wanted in wording(code)("moderation.fault.taken", **caught.value.values)


def test_one_may_write_ones_own_name_otherwise_or_change_it() -> None:
    long = f"terminal:{'x' * 100}"
    assert take({"a": "Hélène"}, Moderator("a", "helene")) == {"a": "helene"}
    assert take({"a": "Hélène"}, Moderator("a", "Max")) == {"a": "Max"}
    assert list(take({long: "Hélène"}, Moderator(long, "HELENE")).values()) == ["HELENE"]


def test_names_without_a_letter_are_told_apart_too() -> None:
    with pytest.raises(Fault):
        take({"a": "—"}, Moderator("b", "—"))
    assert len(take({"a": "—"}, Moderator("b", "…"))) == 2


def test_a_name_is_free_again_once_nobody_has_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    take({"a": "Ada"}, Moderator("a", "Max"), url)
    assert take({}, Moderator("b", "Ada"), url) == {"a": "Max", "b": "Ada"}
