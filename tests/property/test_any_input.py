"""Nothing that anybody types, taps or remembers can stop the bot, or make it say what nobody said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import NAMES
from bot.dialogue.reply import Reply, plain
from bot.knowledge.loading import Loaded
from tests import invented
from tests.conftest import BUNDLED, BUNDLED_NOW
from tests.invented import NOW, TOWN
from tests.strategies import ANY_TEXT, TORTURE, honest, memories

ELECTION = invented.election()
SMALL = Assistant(invented.base(ELECTION))
CHOICES = st.one_of(
    st.binary(max_size=64).map(lambda data: data.decode("utf-8", "surrogateescape")),
    st.binary(max_size=64).map(lambda data: data.decode("latin-1")),
    st.text(max_size=80),
    st.sampled_from([*ELECTION.candidates, *ELECTION.all("topics"), *ELECTION.all("facts"), "/", "//", ""]),
    st.tuples(st.sampled_from([*ELECTION.candidates, ""]), st.text(max_size=10)).map("/".join),
    st.tuples(
        st.sampled_from([*ELECTION.candidates, "x"]), st.sampled_from([*ELECTION.all("topics"), "x"])
    ).map("/".join),
)


@given(ANY_TEXT, memories(ELECTION))
def test_any_text_in_any_conversation_gets_an_honest_reply(text: str, memory: Memory) -> None:
    reply, after = SMALL.respond(Utterance(text, TOWN), memory, NOW)
    assert reply.name in NAMES.values()
    assert plain(reply).strip()
    assert reply.language in ELECTION.languages
    honest(reply, ELECTION)
    again, _ = SMALL.respond(Utterance(text, TOWN), after, NOW)
    honest(again, ELECTION)


@pytest.mark.parametrize("text", TORTURE, ids=range(len(TORTURE)))
def test_torture_gets_an_honest_reply_from_the_real_base(
    text: str, bundled: Loaded, assistant: Assistant
) -> None:
    reply, _ = assistant.respond(Utterance(text, BUNDLED), Memory(), BUNDLED_NOW)
    assert plain(reply).strip()
    honest(reply, bundled.base.elections[BUNDLED])


FOLLOW_UPS = [
    "et lui ?",
    "et les autres ?",
    "dis m'en plus",
    "et Tréhouart ?",
    "elle ?",
    "et l'école ?",
    "tell me more",
]


@settings(report_multiple_bugs=False)
@given(st.sampled_from(FOLLOW_UPS), memories(ELECTION, stale=True))
def test_a_memory_of_what_the_base_no_longer_holds_does_no_harm(text: str, memory: Memory) -> None:
    reply, _ = SMALL.respond(Utterance(text, TOWN), memory, NOW)
    assert plain(reply).strip()
    honest(reply, ELECTION)


@given(CHOICES, ANY_TEXT, memories(ELECTION))
def test_any_choice_gets_an_honest_reply(choice: str, text: str, memory: Memory) -> None:
    reply, _ = SMALL.respond(Utterance(text, TOWN, choice=choice), memory, NOW)
    assert plain(reply).strip()
    honest(reply, ELECTION)


@given(ANY_TEXT, st.none() | st.sampled_from(["fr", "en"]), st.none() | st.text(max_size=12))
def test_any_language_a_client_claims_to_have_is_survived(
    text: str, chosen: str | None, claimed: str | None
) -> None:
    utterance = Utterance(text, TOWN, language=chosen, client_language=claimed, conversation=text)
    reply, memory = SMALL.respond(utterance, Memory(), NOW)
    assert reply.language in ELECTION.languages
    assert chosen is None or reply.language == chosen
    assert memory.language == reply.language


@given(ANY_TEXT, memories(ELECTION))
def test_the_same_is_said_to_everyone_who_asks_the_same(text: str, memory: Memory) -> None:
    def said(conversation: str) -> tuple[Reply, Memory]:
        """All but what is offered where nothing is near: that is drawn by lot for each conversation."""
        reply, after = SMALL.respond(Utterance(text, TOWN, conversation=conversation), memory, NOW)
        return replace(reply, suggestions=()), replace(after, options=())

    assert said("a") == said("b")
