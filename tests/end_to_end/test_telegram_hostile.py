"""Whatever arrives, no handler fails, nothing is sent that Telegram would refuse, and memory does not grow."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue.assistant import Assistant
from tests.end_to_end.hostile import Dice, Fed, fed
from tests.end_to_end.odd_updates import (
    GROUP,
    MEDIA,
    MEMBERS,
    PERSON,
    PLACES,
    SERVICES,
    TYPED,
    US,
    Payload,
    updates,
)
from tests.strategies import ANY_TEXT, TORTURE

BY_CHANCE = 2_000
AGAIN = 2
MEGABYTES = 6.0
OBJECTS = 15_000


def is_well(bot: Fed) -> None:
    """Nothing has gone wrong until now."""
    assert bot.wrong == []
    assert bot.telegram.broken == []
    assert bot.events["failed"] == 0


async def feeding(assistant: Assistant, folder: Path, raws: Sequence[Payload]) -> None:
    async with fed(assistant, folder) as bot:
        await bot.feed(raws)
        is_well(bot)


def test_every_odd_shape_that_was_ever_recorded_is_borne(assistant: Assistant, tmp_path: Path) -> None:
    raws = updates()
    assert len(raws) > 1_500
    asyncio.run(feeding(assistant, tmp_path, raws))


def test_the_same_two_thousand_again_and_again_need_no_more_memory(
    assistant: Assistant, tmp_path: Path
) -> None:
    async def run() -> None:
        async with fed(assistant, tmp_path) as bot:
            dice = Dice(1, bot.telegram.buttons).updates()
            raws = [next(dice) for _ in range(BY_CHANCE)]
            await bot.feed(raws)
            is_well(bot)
            megabytes, objects = bot.memory, len(gc.get_objects())
            for _ in range(AGAIN):
                await bot.feed(raws)
            is_well(bot)
            assert bot.memory - megabytes < MEGABYTES
            assert len(gc.get_objects()) - objects < OBJECTS

    asyncio.run(run())


@pytest.mark.parametrize("text", TORTURE)
def test_a_text_to_torture_a_program_with_is_borne_wherever_a_text_can_stand(
    assistant: Assistant, shared: Sharing, text: str
) -> None:
    shared.feed(everywhere(text))


def everywhere(text: str) -> list[Payload]:
    """A text as a question, a caption, an edit, the rest of each command, a query, the data of a button."""
    found: list[Payload] = []
    for chat, sender in (PLACES[0], PLACES[3]):
        message = {"message_id": 5, "date": 1, "chat": chat, "from": sender}
        found += [
            {"message": message | {"text": text}},
            {"message": message | {"photo": [], "caption": text}},
        ]
        found += [{"edited_message": message | {"text": text, "edit_date": 2}}]
        found += [
            {"message": message | {"text": f"/{name} {text}"}} for name in ("start", "compare", "langue")
        ]
        found += [{"message": message | {"text": f"/start {link}{text}"}} for link in ("q_", "z_", "a__")]
        mention = [{"type": "mention", "offset": 0, "length": 13}]
        found += [{"message": message | {"text": f"@election_bot {text}", "entities": mention}}]
        query = {"id": "1", "from": sender, "chat_instance": "1", "data": text}
        found += [{"callback_query": query | {"message": message | {"from": US, "text": text}}}]
        found += [{"inline_query": {"id": "1", "from": sender, "query": text, "offset": text}}]
    return found


class Sharing:
    """One bot for many tests, with a loop of its own."""

    def __init__(self, assistant: Assistant, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._context = fed(assistant, folder)
        self.bot = self._runner.run(self._context.__aenter__())

    def feed(self, raws: Sequence[Payload]) -> None:
        before = len(self.bot.wrong), len(self.bot.telegram.broken)
        self._runner.run(self.bot.feed(raws))
        assert self.bot.wrong[before[0] :] == []
        assert self.bot.telegram.broken[before[1] :] == []

    def close(self) -> None:
        self._runner.run(self._context.__aexit__(None, None, None))
        self._runner.close()


@pytest.fixture(scope="module")
def shared(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Any:
    sharing = Sharing(assistant, tmp_path_factory.mktemp("hostile"))
    yield sharing
    sharing.close()


# --- made by hypothesis ----------------------------------------------------------------------------------

NUMBERS = st.sampled_from([0, 1, -1, 2**31, -(2**31), 2**52, 2**63 - 1, -(2**63), 2**64]) | st.integers()
SMALL = st.integers(-5, 5_000)
NAMES = st.sampled_from(["", "1", "é", "x" * 64, str(2**63)])
"""Of taps and queries: Telegram's own, and sent back to it."""
ENTITIES = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["mention", "text_mention", "bot_command", "url", "?"])}
        | {"offset": SMALL, "length": SMALL},
        optional={"user": st.sampled_from([US, PERSON]), "url": ANY_TEXT},
    ),
    max_size=4,
)
USERS = st.sampled_from([sender for _, sender in PLACES if sender]) | st.fixed_dictionaries(
    {"id": NUMBERS, "is_bot": st.booleans(), "first_name": ANY_TEXT},
    optional={"language_code": ANY_TEXT, "username": ANY_TEXT},
)
CHATS = st.sampled_from([chat for chat, _ in PLACES]) | st.fixed_dictionaries(
    {"id": NUMBERS, "type": st.sampled_from(["private", "group", "supergroup", "channel", "?"])},
    optional={"title": ANY_TEXT, "is_forum": st.booleans()},
)
CONTENTS = st.sampled_from([*TYPED, *MEDIA, *SERVICES]) | st.fixed_dictionaries(
    {}, optional={"text": ANY_TEXT, "caption": ANY_TEXT, "entities": ENTITIES, "caption_entities": ENTITIES}
)


def message_of(*more: st.SearchStrategy[Payload]) -> st.SearchStrategy[Payload]:
    fields = {"message_id": NUMBERS, "date": st.integers(0, 2**31), "chat": CHATS}
    optional = {"from": USERS, "sender_chat": CHATS, "via_bot": USERS, "is_automatic_forward": st.booleans()}
    for strategy in more:
        optional["reply_to_message"] = strategy
    made = st.tuples(st.fixed_dictionaries(fields, optional=optional), CONTENTS)
    return made.map(lambda parts: {**parts[0], **parts[1]})


MESSAGES = message_of(message_of())
TAPS = st.fixed_dictionaries(
    {"id": NAMES, "from": USERS, "chat_instance": ANY_TEXT},
    optional={
        "message": MESSAGES,
        "data": ANY_TEXT,
        "inline_message_id": ANY_TEXT,
        "game_short_name": ANY_TEXT,
    },
)
QUERIES = st.fixed_dictionaries({"id": NAMES, "from": USERS, "query": ANY_TEXT, "offset": ANY_TEXT})
CHANGES = st.fixed_dictionaries(
    {"chat": CHATS | st.just(GROUP), "from": USERS, "date": st.integers(0, 2**31)}
    | {"old_chat_member": st.sampled_from(MEMBERS), "new_chat_member": st.sampled_from(MEMBERS)}
)
ANY_UPDATE = st.fixed_dictionaries(
    {},
    optional={
        "message": MESSAGES,
        "edited_message": MESSAGES,
        "callback_query": TAPS,
        "inline_query": QUERIES,
        "my_chat_member": CHANGES,
        "channel_post": MESSAGES,
    },
)


@settings(suppress_health_check=list(HealthCheck))
@given(st.lists(ANY_UPDATE, min_size=1, max_size=20))
def test_whatever_has_the_shape_of_updates_is_borne(shared: Sharing, raws: list[Payload]) -> None:
    shared.feed(raws)
