"""What every handler needs: the assistant, the state, the settings, the time; and who is asking, where."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from cachetools import LRUCache, TTLCache
from telegram import Update
from telegram.constants import ChatType
from telegram.ext import ExtBot

from bot.channels.browsing import Browsing, first_spoken
from bot.channels.opening import Clock, spoken
from bot.channels.telegram.familiar import Familiar
from bot.channels.telegram.limits import Limits
from bot.channels.telegram.standing import Standing
from bot.channels.telegram.targets import Targets
from bot.counting import Counts
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import KEPT, Memory
from bot.dialogue.outcomes import Outcome
from bot.dialogue.wording import Wording
from bot.knowledge.model import Base, Election
from bot.matching.towns import Towns
from bot.settings import Settings
from bot.state.keys import Keys
from bot.state.state import Preferences, State

ASKED_KEPT = 500
LETTERS = 8
"""How many times what is typed inline may be looked up for one question."""

KEYS_KEPT = 1_000

if TYPE_CHECKING:
    from bot.channels.telegram.folder import Folder

Report = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Asked:
    """The last question of a conversation and what came of it: for /why, kept in working memory only."""

    person: str
    utterance: Utterance
    before: Memory
    outcome: Outcome
    understood: str
    language: str


@dataclass(frozen=True, slots=True)
class Voter:
    """Who is asking, and where: numbers to send to, keys for whatever is kept."""

    chat_id: int
    user_id: int
    group: bool
    client_language: str | None
    chat: str
    person: str
    conversation: str
    preferences: Preferences
    memory: Memory
    election: Election | None
    update: int = 0
    """The number of the update in which they are speaking."""

    @property
    def say(self) -> Wording:
        """The words of the language that was chosen, or else is being spoken, or is the client's."""
        wanted = (self.preferences.language, self.memory.language, self.client_language)
        return first_spoken(wanted, self.election.languages if self.election else spoken())

    @property
    def browsing(self) -> Browsing:
        """The voter's election to look through; only where there is one."""
        assert self.election is not None
        return Browsing(self.election, self.say)


class Desk:
    """What every handler works with.

    In the memory of one process stay, by intention and however many replicas there are: `asked`, so that no question is
    ever written with who asked it; `waiting`, for the same reason; `familiar`, which may then only err on the side of
    leaving words out; and what is of one delivery: `admitted`, `undelivered` and how often an update was tried.
    """

    def __init__(
        self, assistant: Assistant, state: State, settings: Settings, now: Clock, report: Report
    ) -> None:
        self.state = state
        self.settings = settings
        self.now = now
        self.report = report
        self.counts = Counts(spoken())
        self.standing = Standing()
        keys = Keys(settings.key)
        self.key = lru_cache(maxsize=KEYS_KEPT)(keys)
        self.limits = Limits(settings.questions_per_minute, state.marks, keys)
        self.typing = Limits(settings.questions_per_minute * LETTERS, state.marks, keys, "typed")
        self.admitted: LRUCache[int, bool] = LRUCache(ASKED_KEPT)
        self.asked: TTLCache[str, Asked] = TTLCache(ASKED_KEPT, ttl=KEPT.total_seconds())
        self.waiting: TTLCache[str, str] = TTLCache(ASKED_KEPT, ttl=KEPT.total_seconds())
        """Questions that were asked before their election was known."""
        self.familiar = Familiar()
        self.undelivered: set[int] = set()
        self.bot: ExtBot[None]
        self.folder: Folder | None = None
        """The folder that the base was read from, if there is one: it can change, and be changed."""
        self.serve(assistant)

    def serve(self, assistant: Assistant) -> None:
        """Answer with this assistant from now on."""
        self.assistant = assistant
        self.targets = Targets(assistant.base)
        self.towns = Towns(assistant.base)
        self.loaded = self.now()

    @property
    def base(self) -> Base:
        return self.assistant.base

    @property
    def several(self) -> bool:
        """Whether there is more than one election to choose from."""
        return len(self.base.elections) > 1

    def election(self, preferences: Preferences) -> Election | None:
        """The election that a chat chose, or the only one; None if it has yet to choose."""
        if not self.several:
            return next(iter(self.base.elections.values()))
        return self.base.elections.get(preferences.election or "")

    def as_it_is(self) -> Desk:
        """This desk with the base it has now, whatever is served later: no question sees half of two bases."""
        return copy(self)

    def moderates(self, voter: Voter) -> bool:
        return voter.user_id in self.settings.moderator_ids

    async def voter_of(self, update: Update) -> Voter | None:
        """Who sent an update, or None if nobody is to be answered: a channel, another bot."""
        chat, user = update.effective_chat, update.effective_user
        if user is None or (chat is not None and chat.type == ChatType.CHANNEL):
            return None
        nameless = user.is_bot and _is_administrator(update)
        if user.is_bot and not nameless:
            return None
        chat_id = chat.id if chat is not None else user.id
        person = chat_id if nameless else user.id  # whoever administers a group without a name is the group
        voter = await self.voter(chat_id, person, user.language_code)
        if voter.preferences != Preferences():
            self.state.prefer(voter.chat, voter.preferences, self.today())
        return replace(
            voter, group=chat is not None and chat.type != ChatType.PRIVATE, update=update.update_id
        )

    async def forget(self, voter: Voter) -> bool:
        """Erase whatever is kept of a person, in working memory and in the state; whether it is off the disk."""
        own = {key: held for key, held in self.asked.items() if held.person == voter.person}
        for key in own:
            del self.asked[key]
        self.waiting.pop(voter.conversation, None)
        self.familiar.forget(voter.person)
        if self.folder is not None:
            self.folder.languages.pop(voter.person, None)
        return await self.state.forget(voter.person, voter.person, voter.user_id)

    async def forget_chat(self, voter: Voter) -> bool:
        """Erase whatever is kept of a chat as such: in private, of the person; in a group, its settings."""
        if not voter.group:
            return await self.forget(voter)
        return await self.state.forget(voter.chat, voter.chat, voter.chat_id)

    async def voter(self, chat_id: int, user_id: int, client_language: str | None = None) -> Voter:
        """A voter with the settings of their chat and what their conversation is about."""
        group = chat_id != user_id
        person = self.key(user_id)
        chat, conversation = (self.key(chat_id), self.key(chat_id, user_id)) if group else (person, person)
        preferences, memory = await self.state.known(chat, conversation, self.now())
        return Voter(
            chat_id=chat_id,
            user_id=user_id,
            group=group,
            client_language=client_language.partition("-")[0].lower() if client_language else None,
            chat=chat,
            person=person,
            conversation=conversation,
            preferences=preferences,
            memory=memory,
            election=self.election(preferences),
        )

    def today(self) -> date:
        return self.now().date()


def _is_administrator(update: Update) -> bool:
    """Whether a group's administrator speaks without a name: Telegram then sends for them as a bot."""
    message, chat = update.effective_message, update.effective_chat
    sender = message.sender_chat if message is not None else None
    return sender is not None and chat is not None and sender.id == chat.id
