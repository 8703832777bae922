"""What people write to the bot, or near it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.stand_in import contents, media
from tests.stand_in.people import ChatLike, People, Sent, UserLike
from tests.stand_in.texts import Entity, recognised
from tests.stand_in.world import HERE, Payload, Shown, User


class Talking(People):
    """Mixed into the stand-in: messages and posts. Thread-safe."""

    def say(
        self,
        chat: ChatLike,
        text: str,
        *,
        user: UserLike | None = None,
        entities: Sequence[Entity] | None = None,
        reply_to: Sent | Shown | int | None = None,
        **extra: Any,
    ) -> Sent:
        """A typed message. Commands, mentions, links and hashtags are marked as Telegram marks them."""
        found = recognised(text) if entities is None else list(entities)
        content = {"text": text, **({"entities": found} if found else {}), **extra}
        return self._write(chat, content, user, reply_to)

    def say_many(self, said: Sequence[tuple[int, str]]) -> list[Sent]:
        """Many messages at once, each a chat's id and a text: for benchmarks."""
        return [self.say(chat, text) for chat, text in said]

    def send_media(
        self,
        chat: ChatLike,
        kind: str,
        *,
        caption: str | None = None,
        user: UserLike | None = None,
        reply_to: Sent | Shown | int | None = None,
    ) -> Sent:
        """A voice message, photo, sticker, location, contact, poll, dice, document, video…"""
        return self._write(chat, media.content(kind, caption), user, reply_to)

    def say_via_bot(
        self, chat: ChatLike, text: str, *, via: User | None = None, user: UserLike | None = None
    ) -> Sent:
        """A message that somebody made with a bot's inline mode: with ours, unless told another."""
        return self.say(chat, text, user=user, via_bot=(via or self.core.world.me).payload())

    def say_as_bot(self, chat: ChatLike, text: str, *, bot: User | None = None) -> Sent:
        """A message from another bot, which the bot gets to see whatever its privacy mode."""
        return self._write(chat, {"text": text}, bot or self.other_bot(), None, heard=True)

    def channel_post(self, chat: ChatLike, text: str) -> Sent:
        """A post in a channel."""
        with self.core.changed:
            place = self._chat(chat)
            found = recognised(text)
            content = {"text": text, **({"entities": found} if found else {})}
            stored = self.core.world.add(place, {"sender_chat": place.payload(), **content})
            return self._sent("channel_post", stored, heard=place.bot in HERE)

    def _write(
        self,
        chat: ChatLike,
        content: Payload,
        user: UserLike | None,
        reply_to: Sent | Shown | int | None,
        heard: bool | None = None,
    ) -> Sent:
        with self.core.changed:
            place = self._chat(chat)
            if place.migrated_to is not None:
                place = self.core.world.chats[place.migrated_to]
            if place.kind == "channel":
                raise ValueError("people do not write in channels: use channel_post")
            author = self._author(place, user)
            if place.kind == "private":
                place.open, place.bot = True, "member"
            payload = {"from": author.payload(), **content}
            if reply_to is not None:
                number = reply_to if isinstance(reply_to, int) else reply_to.message_id
                payload["reply_to_message"] = contents.quoted(place.messages[number or 0])
            if heard is None:
                heard = self._heard(place, payload)
            return self._sent("message", self.core.world.add(place, payload), heard=heard)

    def edit(self, message: Sent, text: str) -> Sent:
        """A voter (or a channel) changes what they wrote."""
        with self.core.changed:
            stored = self._chat(message.chat_id or 0).messages[message.message_id or 0]
            found = recognised(text)
            payload = {key: value for key, value in stored.payload.items() if key != "entities"}
            payload |= {"text": text, **({"entities": found} if found else {})}
            self.core.world.change(stored, payload, "")
            chat = self._chat(stored.chat_id)
            kind = "edited_channel_post" if chat.kind == "channel" else "edited_message"
            return self._sent(kind, stored, heard=self._heard(chat, payload) or chat.kind == "channel")

    def delete(self, message: Sent | Shown) -> None:
        """A voter takes a message away, theirs or the bot's. Telegram does not tell the bot."""
        with self.core.changed:
            self.core.world.remove(self._chat(message.chat_id or 0), message.message_id or 0, by_bot=False)
            self.core.changed.notify_all()
