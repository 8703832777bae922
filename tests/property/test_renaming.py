"""A candidate's name opens no door: under another one, the same is answered with only the name changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import plain
from tests import invented
from tests.invented import NOW, TOWN
from tests.strategies import TEMPLATES

NEW_NAMES = [
    "Wilfrid Castelbouc",
    "Ysaline de Mortefontanel",
    "Bérengère Okonkwoski-Valtudine",
    "Tancrède N'Diambouraye",
    "Xuân Phạmtrịnh",
    "Ørjan Łukaszewiczki",
    "Philomène O’Brannigan",
    "Zbigniew Zzyzxkowalski",
]
RENAMED = ["argensolle", "brancaleoni", "oztekin"]
BALLOT = {"order": "ballot", "ballot": list(invented.CANDIDATES)}
MORE = [
    "Qui est {name} ?",
    "{name}",
    "who is {name}?",
    "{name} est-il honnête ?",
    "faut-il voter {name} ?",
    "{name} va gagner ?",
    "{name} et la tarte aux pommes",
    "{name} ou Maud Tréhouart-Kerbiriou : {topic} ?",
    "{name} à Grand-Vezin",
]
TEXTS = [*TEMPLATES["fr"], *TEMPLATES["en"], *MORE]
TOPIC_WORDS = [
    "piscine",
    "caméras",
    "dette",
    "école",
    "pool",
    "debt",
    "éoliennes",
    "arbres",
    "zorglubisme",
    "sécurité",
]


def assistant(candidates: dict[str, Any]) -> Assistant:
    return Assistant(invented.base(invented.election(candidates=candidates, **BALLOT)))


BEFORE = assistant(dict(invented.CANDIDATES))
AFTER = {
    (identifier, name): assistant(invented.with_name(identifier, name))
    for identifier in RENAMED
    for name in NEW_NAMES
}


def said(one: Assistant, text: str, *context: str) -> str:
    memory = Memory()
    for typed in context:
        _, memory = one.respond(Utterance(typed, TOWN, language="fr"), memory, NOW)
    reply, _ = one.respond(Utterance(text, TOWN, language="fr"), memory, NOW)
    return f"{reply.name}\n{reply.outcome}\n{plain(reply)}"


def changed(text: str, old: str, new: str) -> str:
    return text.replace(old, new)


@given(
    st.sampled_from(RENAMED), st.sampled_from(NEW_NAMES), st.sampled_from(TEXTS), st.sampled_from(TOPIC_WORDS)
)
def test_renaming_a_candidate_changes_only_the_name(identifier: str, new: str, text: str, topic: str) -> None:
    old = invented.CANDIDATES[identifier]["name"]
    before = said(BEFORE, text.format(name=old, topic=topic))
    after = said(AFTER[identifier, new], text.format(name=new, topic=topic))
    assert changed(before, old, "X") == changed(after, new, "X")


@given(
    st.sampled_from(RENAMED),
    st.sampled_from(NEW_NAMES),
    st.sampled_from(["piscine", "sécurité", "arbres", "caméras"]),
)
def test_a_follow_up_leans_on_a_renamed_candidate_alike(identifier: str, new: str, topic: str) -> None:
    old = invented.CANDIDATES[identifier]["name"]
    for text, *context in (("et {name} ?", topic), ("et pour {topic} ?", "Qui est {name} ?")):
        before = said(BEFORE, text.format(name=old, topic=topic), *(c.format(name=old) for c in context))
        after = said(
            AFTER[identifier, new], text.format(name=new, topic=topic), *(c.format(name=new) for c in context)
        )
        assert changed(before, old, "X") == changed(after, new, "X")


@pytest.mark.parametrize("identifier", RENAMED)
@pytest.mark.parametrize("new", NEW_NAMES)
def test_the_surname_alone_is_enough_for_anyone(identifier: str, new: str) -> None:
    surname = new.partition(" ")[2]
    reply, _ = AFTER[identifier, new].respond(
        Utterance(f"Que propose {surname} pour la piscine ?", TOWN), Memory(), NOW
    )
    assert reply.candidates == (identifier,)
    assert reply.topics == ("pool",)


@pytest.mark.parametrize("new", NEW_NAMES)
def test_the_former_name_means_nobody(new: str) -> None:
    reply, _ = AFTER["oztekin", new].respond(
        Utterance("Que propose Öztekin pour l'école ?", TOWN), Memory(), NOW
    )
    assert reply.candidates != ("oztekin",)
