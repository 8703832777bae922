"""Who and what there is in this Telegram: users, chats, and the messages on their screens."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tests.stand_in.refusing import Refused

Kind = Literal["private", "group", "supergroup", "channel"]
Payload = dict[str, Any]

FIRST_USER = 7_000_000_001  # beyond 32 bits, as real ones may be
FIRST_GROUP = -4_000_000_001
FIRST_SUPERGROUP = -1_002_000_000_001
HERE = ("member", "administrator", "creator")


@dataclass(frozen=True)
class User:
    """Somebody, or another bot."""

    id: int
    name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def payload(self) -> Payload:
        """As it stands in updates."""
        extra = {"username": self.username, "language_code": self.language_code}
        known = {key: value for key, value in extra.items() if value is not None}
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.name, **known}


@dataclass(eq=False)
class Chat:
    """A conversation. `bot` is the bot's status there; `open` says that a private chat was begun by the user."""

    id: int
    kind: Kind
    title: str
    user: User | None = None
    username: str | None = None
    bot: str = "member"
    open: bool = True
    migrated_to: int | None = None
    members: dict[int, User] = field(default_factory=dict, repr=False)
    messages: dict[int, Stored] = field(default_factory=dict, repr=False)
    removed: deque[int] = field(default_factory=lambda: deque(maxlen=100), repr=False)
    last_id: int = 0

    def payload(self) -> Payload:
        """As it stands in updates."""
        name = {"first_name": self.title} if self.kind == "private" else {"title": self.title}
        known = {"username": self.username} if self.username else {}
        return {"id": self.id, "type": self.kind, **name, **known}


@dataclass(eq=False)
class Stored:
    """A message as the server keeps it. `own` is True for the bot's."""

    chat_id: int
    payload: Payload
    own: bool = False
    html: str = ""
    revision: int = 0
    edits: int = 0
    at: float = 0.0

    @property
    def message_id(self) -> int:
        """Its number in its chat."""
        return int(self.payload["message_id"])


@dataclass(frozen=True)
class Button:
    """One button under a message; `data` is what a tap sends, `raw` is all the bot gave."""

    text: str
    data: str | None
    url: str | None
    raw: Payload = field(repr=False)


@dataclass(frozen=True)
class Shown:
    """A message of the bot as it was on screen when one looked."""

    chat_id: int
    message_id: int
    text: str
    html: str
    rows: tuple[tuple[Button, ...], ...]
    edited: bool
    edits: int
    reply_to: int | None
    revision: int
    at: float
    payload: Payload = field(repr=False)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All of them, row after row."""
        return tuple(button for row in self.rows for button in row)


def rows_of(markup: Payload | None) -> tuple[tuple[Button, ...], ...]:
    """The buttons of an inline keyboard."""
    rows = (markup or {}).get("inline_keyboard", [])
    return tuple(
        tuple(Button(b["text"], b.get("callback_data"), b.get("url"), b) for b in row) for row in rows
    )


def shown(stored: Stored) -> Shown:
    """How it looks now; later edits do not change what is returned."""
    payload = stored.payload
    return Shown(
        chat_id=stored.chat_id,
        message_id=stored.message_id,
        text=payload.get("text", ""),
        html=stored.html,
        rows=rows_of(payload.get("reply_markup")),
        edited=stored.edits > 0,
        edits=stored.edits,
        reply_to=payload.get("reply_to_message", {}).get("message_id"),
        revision=stored.revision,
        at=stored.at,
        payload=payload,
    )


class World:
    """Users, chats and messages. The oldest messages are forgotten beyond `keep`."""

    def __init__(self, me: User, keep: int) -> None:
        self.me = me
        self.keep = keep
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.revision = 0
        self._order: deque[tuple[int, int]] = deque()

    def add_user(self, user: User) -> User:
        """Known from now on, with a private chat that they have not opened yet."""
        self.users[user.id] = user
        if not user.is_bot:
            username = user.username
            self.chats[user.id] = Chat(user.id, "private", user.name, user, username=username, open=False)
        return user

    def next_user_id(self) -> int:
        """An id nobody has."""
        return FIRST_USER + len(self.users)

    def next_chat_id(self, kind: Kind) -> int:
        """An id no chat has, in the range of its kind."""
        return (FIRST_GROUP if kind == "group" else FIRST_SUPERGROUP) - len(self.chats)

    def add(self, chat: Chat, payload: Payload, *, own: bool = False, html: str = "") -> Stored:
        """Put a message on screen, with the next number of its chat."""
        chat.last_id += 1
        whole = {"message_id": chat.last_id, "date": int(time.time()), "chat": chat.payload(), **payload}
        self.revision += 1
        stored = Stored(chat.id, whole, own, html, self.revision, at=time.monotonic())
        chat.messages[chat.last_id] = stored
        self._order.append((chat.id, chat.last_id))
        while len(self._order) > self.keep:
            chat_id, message_id = self._order.popleft()
            self.chats[chat_id].messages.pop(message_id, None)
        return stored

    def change(self, stored: Stored, payload: Payload, html: str) -> None:
        """Put another content in the place of a message."""
        self.revision += 1
        stored.payload = {**payload, "edit_date": int(time.time())}
        stored.html = html
        stored.revision = self.revision
        stored.edits += 1
        stored.at = time.monotonic()

    def remove(self, chat: Chat, message_id: int, by_bot: bool) -> None:
        """Take it off the screen; a voter's doing is remembered, so that the bot is not blamed."""
        chat.messages.pop(message_id, None)
        self.revision += 1
        if not by_bot:
            chat.removed.append(message_id)

    def chat_for_bot(self, chat_id: Any) -> Chat:
        """A chat that the bot knows, by number or by @username."""
        if chat_id in (None, ""):
            raise Refused("chat_id is empty")
        name = str(chat_id)
        if name.startswith("@"):
            for chat in self.chats.values():
                if chat.username and chat.username.lower() == name[1:].lower() and chat.kind != "private":
                    return chat
        elif name.lstrip("-").isdecimal() and int(name) in self.chats:
            chat = self.chats[int(name)]
            if chat.open:
                return chat
            seen = any(chat.id in other.members for other in self.chats.values() if other.bot in HERE)
            if seen:
                raise Refused("bot can't initiate conversation with a user", 403)
        raise Refused("chat not found")

    def chat_to_write_to(self, chat_id: Any) -> Chat:
        """A chat in which the bot may write at this moment."""
        chat = self.chat_for_bot(chat_id)
        if chat.migrated_to is not None:
            parameters = {"migrate_to_chat_id": chat.migrated_to}
            raise Refused("group chat was upgraded to a supergroup chat", blame=False, parameters=parameters)
        if chat.bot == "kicked" and chat.kind == "private":
            raise Refused("bot was blocked by the user", 403, blame=False)
        if chat.bot == "kicked":
            raise Refused(f"bot was kicked from the {chat.kind} chat", 403, blame=False)
        if chat.bot == "left":
            raise Refused(f"bot is not a member of the {chat.kind} chat", 403, blame=False)
        if chat.kind == "channel" and chat.bot not in ("administrator", "creator"):
            raise Refused("need administrator rights in the channel chat")
        return chat

    def promoted(self, chat: Chat) -> Chat:
        """The supergroup that takes the place of a group."""
        new = replace(
            chat,
            id=self.next_chat_id("supergroup"),
            kind="supergroup",
            messages={},
            last_id=0,
            removed=deque(maxlen=100),
        )
        self.chats[new.id] = new
        chat.migrated_to = new.id
        return new
