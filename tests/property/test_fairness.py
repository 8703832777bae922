"""Neither the order of files nor luck favours anyone; every order is the one that is said."""

from __future__ import annotations

import random
import shutil
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.composing import Setting, in_order, surname_key
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply
from bot.knowledge.loading import load
from bot.knowledge.model import Election, Order, Shared
from tests import invented
from tests.conftest import BUNDLED, BUNDLED_NOW, ROOT
from tests.invented import CANDIDATES, FACTS, NOW, TOPICS, TOWN

TEXTS = [
    "piscine",
    "sécurité",
    "Brancaleoni caméras",
    "Vauquelain",
    "Vauquelain et les arbres",
    "Parti des Phares",
    "Compare Tréhouart et Brancaleoni sur les caméras",
    "montant de la dette",
    "la dette",
    "bonjour",
    "qui est candidat ?",
    "piscine et arbres",
    "procuration",
    "et les autres ?",
    "argensolle école",
    "capital of Peru",
    "port de pêche",
    "PPH sur l'école",
    "caméras, école, dette",
    "Que pense la candidate de Garrivier de la piscine ?",
    "les emprunts",
]

FAR_IN_THE_TAIL = {1: 15.14, 5: 25.74}
"""What chi-squared exceeds once in 10,000 draws, by degrees of freedom."""


def replies(election: Election) -> list[Reply]:
    assistant = Assistant(invented.base(election))
    found = []
    for text in TEXTS:
        memory = Memory()
        for typed in (text, "et Tréhouart ?"):
            reply, memory = assistant.respond(Utterance(typed, TOWN, conversation="a"), memory, NOW)
            found.append(reply)
    return found


def shuffled(parts: Mapping[str, Any], seed: int) -> dict[str, Any]:
    names = list(parts)
    random.Random(seed).shuffle(names)
    return {name: parts[name] for name in names}


USUAL = {order: replies(invented.election(order=order)) for order in ("alphabetical", "rotating")}


@settings(max_examples=20)
@given(st.integers(0, 10**9), st.sampled_from(["alphabetical", "rotating"]))
def test_the_order_in_which_parts_are_kept_never_changes_an_answer(seed: int, order: str) -> None:
    shared = invented.shared()
    mixed = Shared(
        *(
            shuffled(part, seed)
            for part in (shared.topics, shared.facts, shared.sources, shared.parties, shared.people)
        ),
        shared.places,
    )
    candidates = {
        name: {**person, "positions": shuffled(person.get("positions", {}), seed)}
        for name, person in shuffled(CANDIDATES, seed).items()
    }
    election = invented.election(
        candidates, shuffled(TOPICS, seed), shuffled(FACTS, seed), mixed, order=order
    )
    for before, after in zip(USUAL[order], replies(election), strict=True):
        assert after == before


@settings(max_examples=20)
@given(st.integers(0, 10**9))
def test_the_order_of_phrasings_never_changes_an_answer(seed: int) -> None:
    def turned(part: Mapping[str, Any]) -> dict[str, Any]:
        phrasings = {
            code: random.Random(seed).sample(said, len(said)) for code, said in part["phrasings"].items()
        }
        return {**part, "phrasings": phrasings}

    topics = {name: turned(topic) for name, topic in TOPICS.items()}
    facts = {name: turned(fact) for name, fact in FACTS.items()}
    assert replies(invented.election(topics=topics, facts=facts)) == USUAL["alphabetical"]


def test_the_order_in_which_files_are_written_never_changes_an_answer(tmp_path: Path) -> None:
    backwards = sorted((ROOT / "knowledge").rglob("*.yaml"), reverse=True)
    for path in backwards:
        copy = tmp_path / path.relative_to(ROOT / "knowledge")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    one, other = Assistant(load(ROOT / "knowledge").base), Assistant(load(tmp_path).base)
    for text in (
        "sécurité",
        "les candidats",
        "école",
        "who is the mayor",
        "programme",
        "dette",
        "crèches et écoles",
    ):
        asked = Utterance(text, BUNDLED, conversation="a")
        assert one.respond(asked, Memory(), BUNDLED_NOW) == other.respond(asked, Memory(), BUNDLED_NOW)


# --- the rotating order --------------------------------------------------------------------------------------

ROTATING = invented.election(order="rotating")
EVERYONE = sorted(ROTATING.candidates)


def drawn(conversation: str, days: int = 0, chosen: Sequence[str] = EVERYONE) -> list[str]:
    return in_order(ROTATING, chosen, Setting(ROTATING, "fr", NOW + timedelta(days=days), conversation))


def chi_squared(counts: Sequence[int]) -> float:
    """How far counts are from all being equal; small if chance alone is at work."""
    expected = sum(counts) / len(counts)
    return sum((count - expected) ** 2 / expected for count in counts)


def bias(orders: Sequence[Sequence[str]]) -> float:
    """The largest chi-squared of any candidate's places."""
    places = {c: Counter(order.index(c) for order in orders) for c in EVERYONE}
    return max(chi_squared([places[c][i] for i in range(len(EVERYONE))]) for c in EVERYONE)


MANY = 6_000
BY_CONVERSATION = [drawn(str(100_000 + chat)) for chat in range(MANY)]
BY_DAY = [drawn("one", day) for day in range(MANY)]


@pytest.mark.parametrize("orders", [BY_CONVERSATION, BY_DAY], ids=["by conversation", "by day"])
def test_every_candidate_is_as_often_in_every_place(orders: list[list[str]]) -> None:
    assert bias(orders) < FAR_IN_THE_TAIL[len(EVERYONE) - 1]


@pytest.mark.parametrize("orders", [BY_CONVERSATION, BY_DAY], ids=["by conversation", "by day"])
def test_of_any_two_each_is_as_often_before_the_other(orders: list[list[str]]) -> None:
    for one, other in combinations(EVERYONE, 2):
        before = sum(order.index(one) < order.index(other) for order in orders)
        assert chi_squared([before, MANY - before]) < FAR_IN_THE_TAIL[1], (one, other)


def test_a_biased_order_would_be_noticed() -> None:
    turned = [EVERYONE[i % 6 :] + EVERYONE[: i % 6] for i in range(MANY)]
    lazy = [order if i % 10 else EVERYONE for i, order in enumerate(BY_CONVERSATION)]
    assert bias([EVERYONE] * MANY) > FAR_IN_THE_TAIL[5]
    assert bias(lazy) > FAR_IN_THE_TAIL[5]
    assert bias(turned) < FAR_IN_THE_TAIL[5]
    ahead = sum(order.index(EVERYONE[0]) < order.index(EVERYONE[1]) for order in turned)
    assert chi_squared([ahead, MANY - ahead]) > FAR_IN_THE_TAIL[1]


@given(st.text(max_size=30), st.integers(0, 21), st.lists(st.sampled_from(EVERYONE), unique=True))
def test_within_one_conversation_and_day_the_order_is_one(
    conversation: str, hour: int, chosen: list[str]
) -> None:
    whole = drawn(conversation)
    setting = Setting(ROTATING, "en", NOW.replace(hour=hour), conversation)
    assert in_order(ROTATING, EVERYONE[::-1], setting) == whole
    assert in_order(ROTATING, chosen, setting) == [c for c in whole if c in chosen]


def test_every_question_of_a_conversation_is_answered_in_its_order() -> None:
    assistant = Assistant(invented.base(ROTATING))
    for conversation in ("a", "b", "c"):
        whole = drawn(conversation)
        for text in ("sécurité", "piscine", "école", "arbres"):
            reply, _ = assistant.respond(Utterance(text, TOWN, conversation=conversation), Memory(), NOW)
            shown = [claim.partition("/")[0] for claim in reply.claims]
            assert shown == [c for c in whole if c in shown]


# --- the alphabetical order ----------------------------------------------------------------------------------

LETTERS = st.text(string.ascii_lowercase + "éèçöñøœ", min_size=1, max_size=8)
NAMES = st.lists(LETTERS, min_size=2, max_size=4).map(lambda parts: " ".join(parts).title())


@given(st.lists(NAMES, min_size=2, max_size=8, unique=True), st.randoms(use_true_random=False))
def test_the_alphabetical_order_is_one_and_follows_surnames(names: list[str], luck: random.Random) -> None:
    people = {f"c{i}": {"name": name} for i, name in enumerate(names)}
    election = invented.election(candidates=people, order="alphabetical")
    mixed = luck.sample(list(people), len(people))
    setting = Setting(election, "fr", NOW)
    keys = [surname_key(people[c]["name"]) for c in in_order(election, mixed, setting)]
    assert keys == sorted(keys)
    assert sorted(in_order(election, mixed, setting)) == sorted(people)


@given(NAMES)
def test_case_and_hyphens_in_a_surname_do_not_move_it(name: str) -> None:
    first, _, last = name.partition(" ")
    assert surname_key(name.upper()) == surname_key(name)
    assert surname_key(f"{first} {last.replace(' ', '-')}") == surname_key(name)


def test_accents_hyphens_and_particles_sort_sensibly() -> None:
    expected = [
        *(
            "Paul Abel",
            "Zoé Âbel",
            "Ana Abelard",
            "Eva d'Abo",
            "Jo D’Abo",
            "Ida de Ruze",
            "Ana Désir",
            "Ana du Bois",
        ),
        *("Ada Œuf", "Ada Ofra", "Guy Saint-Ange", "Luc Saint Ange", "Guy Saint-Ange Dupin", "Guy Saintonge"),
    ]
    assert sorted(random.Random(4).sample(expected, len(expected)), key=surname_key) == expected


@given(st.permutations(EVERYONE), st.lists(st.sampled_from(EVERYONE), unique=True))
def test_the_official_order_is_kept_as_drawn(ballot: list[str], chosen: list[str]) -> None:
    election = replace(
        ROTATING,
        description=ROTATING.description.model_copy(update={"order": Order.BALLOT, "ballot": ballot}),
    )
    setting = Setting(election, "fr", NOW)
    assert in_order(election, chosen, setting) == [c for c in ballot if c in chosen]
