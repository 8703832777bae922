"""Who is there, on a voter's side, and what the bot gets to know of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.stand_in.core import Core
from tests.stand_in.texts import covered
from tests.stand_in.world import HERE, Chat, Kind, Payload, Stored, User

ChatLike = Chat | int
UserLike = User | int


@dataclass(frozen=True)
class Sent:
    """Something a voter did. Hand it to `wait_for_message(after=…)`, `acknowledged`, `callback_answer` and so on.

    `update_id` is None if Telegram does not tell the bot: it did not ask for such updates, or it is in privacy mode.
    """

    update_id: int | None
    revision: int
    chat_id: int | None = None
    message_id: int | None = None
    query_id: str | None = None
    payload: Payload = field(default_factory=dict, repr=False)
    at: float = field(default_factory=time.monotonic, compare=False)

    @property
    def delivered(self) -> bool:
        """Whether the bot gets to know."""
        return self.update_id is not None


class People:
    """Mixed into the stand-in: users and chats. Thread-safe."""

    core: Core

    def user(
        self,
        name: str = "Alix",
        *,
        username: str | None = None,
        language_code: str | None = "fr",
        id: int = 0,
    ) -> User:
        """A person who has not yet written to the bot."""
        with self.core.changed:
            world = self.core.world
            return world.add_user(User(id or world.next_user_id(), name, username, language_code))

    def other_bot(self, name: str = "Other", username: str = "other_bot") -> User:
        """Another bot."""
        with self.core.changed:
            world = self.core.world
            return world.add_user(User(world.next_user_id(), name, username, is_bot=True))

    def private(self, user: UserLike | None = None, *, open: bool = False, **about: Any) -> Chat:
        """The private chat of a (new) user with the bot. Unless `open`, it is theirs to begin."""
        with self.core.changed:
            who = self._user(user) if user is not None else self.user(**about)
            chat = self.core.world.chats[who.id]
            chat.open = chat.open or open
            return chat

    def group(
        self, title: str = "Quartier", *, members: Sequence[UserLike] = (), bot: str = "member"
    ) -> Chat:
        """A basic group. `bot` is the bot's status there: member, administrator, left or kicked."""
        return self._new_chat("group", title, members, bot, None)

    def supergroup(
        self,
        title: str = "Levallois",
        *,
        members: Sequence[UserLike] = (),
        bot: str = "member",
        username: str | None = None,
    ) -> Chat:
        """A supergroup."""
        return self._new_chat("supergroup", title, members, bot, username)

    def channel(
        self, title: str = "Annonces", *, bot: str = "administrator", username: str | None = None
    ) -> Chat:
        """A channel."""
        return self._new_chat("channel", title, (), bot, username)

    def _new_chat(
        self, kind: Kind, title: str, members: Sequence[UserLike], bot: str, username: str | None
    ) -> Chat:
        with self.core.changed:
            people = [self._user(member) for member in members]
            chat = Chat(self.core.world.next_chat_id(kind), kind, title, username=username, bot=bot)
            chat.members = {person.id: person for person in people}
            self.core.world.chats[chat.id] = chat
            return chat

    def _user(self, user: UserLike) -> User:
        return user if isinstance(user, User) else self.core.world.users[user]

    def _chat(self, chat: ChatLike) -> Chat:
        return self.core.world.chats[chat if isinstance(chat, int) else chat.id]

    def _author(self, chat: Chat, user: UserLike | None) -> User:
        if user is None:
            user = chat.user or next((member for member in chat.members.values() if not member.is_bot), None)
        person = self._user(user) if user is not None else self.user("Camille")
        if chat.kind in ("group", "supergroup"):
            chat.members.setdefault(person.id, person)
        return person

    def _heard(self, chat: Chat, payload: Payload) -> bool:
        """Whether Telegram tells the bot: all, but in groups only what is for it, unless privacy mode is off."""
        if chat.bot not in HERE:
            return False
        if chat.kind == "private" or chat.bot == "administrator" or not self.core.privacy:
            return True
        me = self.core.world.me
        if payload.get("reply_to_message", {}).get("from", {}).get("id") == me.id:
            return True
        if payload.get("via_bot", {}).get("id") == me.id:
            return True
        text = payload.get("text") or payload.get("caption", "")
        for entity in payload.get("entities") or payload.get("caption_entities") or []:
            part = covered(text, entity).lower()
            if entity["type"] == "mention" and part == f"@{me.username}".lower():
                return True
            if entity["type"] == "bot_command" and part.partition("@")[2] in ("", str(me.username).lower()):
                return True
        return False

    def _sent(self, kind: str, stored: Stored, *, heard: bool) -> Sent:
        revision = self.core.world.revision
        payload = stored.payload
        update_id = self.core.updates.put(kind, payload, ("chat", stored.chat_id)) if heard else None
        self.core.changed.notify_all()
        return Sent(update_id, revision, stored.chat_id, stored.message_id, payload=payload)
