"""The bot comes to a chat, is promoted, blocked or removed, and groups become supergroups."""

from __future__ import annotations

import time

from tests.stand_in.people import ChatLike, People, Sent, UserLike
from tests.stand_in.profile import member_payload
from tests.stand_in.world import HERE, Payload


class Membership(People):
    """Mixed into the stand-in: the bot's own place in chats. Thread-safe."""

    def status(self, chat: ChatLike, status: str, *, by: UserLike | None = None) -> Sent:
        """Change the bot's status (member, administrator, left, kicked) and tell it by `my_chat_member`."""
        with self.core.changed:
            place = self._chat(chat)
            me = self.core.world.me.payload()
            payload: Payload = {
                "chat": place.payload(),
                "from": self._author(place, by).payload(),
                "date": int(time.time()),
                "old_chat_member": member_payload(me, place.bot),
                "new_chat_member": member_payload(me, status),
            }
            place.bot = status
            revision = self.core.world.revision
            update_id = self.core.updates.put("my_chat_member", payload, ("chat", place.id))
            self.core.changed.notify_all()
            return Sent(update_id, revision, place.id, payload=payload)

    def added(self, chat: ChatLike, *, by: UserLike | None = None, status: str = "member") -> Sent:
        """Somebody adds the bot: `my_chat_member`, and in groups the service message too."""
        with self.core.changed:
            place = self._chat(chat)
            if place.bot in HERE:
                place.bot = "left"
            sent = self.status(place, status, by=by)
            if place.kind in ("group", "supergroup"):
                self._service(place, {"new_chat_members": [self.core.world.me.payload()]}, by)
            return sent

    def removed(self, chat: ChatLike, *, by: UserLike | None = None) -> Sent:
        """Somebody removes the bot; it may not write there any more."""
        with self.core.changed:
            place = self._chat(chat)
            if place.kind in ("group", "supergroup"):
                self._service(place, {"left_chat_member": self.core.world.me.payload()}, by)
            return self.status(place, "kicked", by=by)

    def promoted(self, chat: ChatLike, *, by: UserLike | None = None) -> Sent:
        """The bot becomes an administrator; it hears everything."""
        return self.status(chat, "administrator", by=by)

    def demoted(self, chat: ChatLike, *, by: UserLike | None = None) -> Sent:
        """The bot becomes a member like any other."""
        return self.status(chat, "member", by=by)

    def blocked(self, chat: ChatLike) -> Sent:
        """The user of a private chat blocks the bot."""
        return self.status(chat, "kicked")

    def unblocked(self, chat: ChatLike) -> Sent:
        """And thinks better of it."""
        return self.status(chat, "member")

    def migrate(self, chat: ChatLike, *, by: UserLike | None = None) -> Sent:
        """A group becomes a supergroup: both service messages. What is returned has the new `chat_id`."""
        with self.core.changed:
            old = self._chat(chat)
            if old.kind != "group":
                raise ValueError("only basic groups become supergroups")
            new = self.core.world.promoted(old)
            self._service(old, {"migrate_to_chat_id": new.id}, by)
            return self._service(new, {"migrate_from_chat_id": old.id}, by)

    def _service(self, chat: ChatLike, content: Payload, by: UserLike | None) -> Sent:
        place = self._chat(chat)
        payload = {"from": self._author(place, by).payload(), **content}
        return self._sent("message", self.core.world.add(place, payload), heard=True)
