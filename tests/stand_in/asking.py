"""Taps on buttons, and the bot's inline mode."""

from __future__ import annotations

from typing import Any

from tests.stand_in.core import Query
from tests.stand_in.people import ChatLike, People, Sent, UserLike
from tests.stand_in.queries import message_of
from tests.stand_in.world import Payload, Shown, Stored, rows_of


class Asking(People):
    """Mixed into the stand-in: whatever the bot may answer once. Thread-safe."""

    def tap(
        self,
        message: Shown | Sent | tuple[int, int],
        button: str | None = None,
        *,
        data: str | None = None,
        user: UserLike | None = None,
    ) -> Sent:
        """A tap on the button whose text contains `button`, or with forged `data`.

        The buttons are those of the message as it was when one looked: an old screen can be tapped too.
        """
        with self.core.changed:
            if isinstance(message, Sent) and "inline_message_id" in message.payload:
                return self._tap_inline(message, button, data, user)
            chat_id, message_id = (
                message if isinstance(message, tuple) else (message.chat_id, message.message_id)
            )
            chat = self._chat(chat_id or 0)
            stored = chat.messages.get(message_id or 0)
            if data is None:
                data = self._data_of(message, stored, button)
            author = self._author(chat, user)
            query = self.core.new_query(author)
            payload: Payload = {
                "id": query.query_id,
                "from": author.payload(),
                "chat_instance": str(chat.id),
                "data": data,
            }
            if stored is not None:
                payload["message"] = stored.payload
            else:
                payload["message"] = {"chat": chat.payload(), "message_id": message_id, "date": 0}
            return self._asked("callback_query", payload, query, chat_id, message_id)

    def _tap_inline(self, chosen: Sent, button: str | None, data: str | None, user: UserLike | None) -> Sent:
        inline_id = chosen.payload["inline_message_id"]
        stored = self.core.inline_messages[inline_id]
        author = self._user(user) if user is not None else self._user(chosen.payload["from"]["id"])
        query = self.core.new_query(author)
        payload = {
            "id": query.query_id,
            "from": author.payload(),
            "inline_message_id": inline_id,
            "chat_instance": inline_id,
            "data": self._data_of(chosen, stored, button) if data is None else data,
        }
        return self._asked("callback_query", payload, query, chosen.chat_id, chosen.message_id)

    def _data_of(self, message: Any, stored: Stored | None, text: str | None) -> str:
        if isinstance(message, Shown):
            buttons = list(message.buttons)
        else:
            rows = rows_of(stored.payload.get("reply_markup") if stored else None)
            buttons = [button for row in rows for button in row]
        for button in buttons:
            if button.data is not None and (text is None or text in button.text):
                return button.data
        raise LookupError(f"no button to tap with {text!r} among {[b.text for b in buttons]}")

    def _asked(
        self,
        kind: str,
        payload: Payload,
        query: Query,
        chat_id: int | None = None,
        message_id: int | None = None,
    ) -> Sent:
        lane = (kind, query.user_id)
        revision = self.core.world.revision
        update_id = self.core.updates.put(kind, payload, lane)
        self.core.changed.notify_all()
        return Sent(update_id, revision, chat_id, message_id, query.query_id, payload)

    def inline(self, user: UserLike, query: str, *, offset: str = "", chat_type: str = "supergroup") -> Sent:
        """Somebody types `@bot query` in any chat."""
        if not self.core.supports_inline:
            raise ValueError("this bot has no inline mode: StandIn(supports_inline=True)")
        with self.core.changed:
            who = self._user(user)
            asked = self.core.new_query(who)
            payload = {"id": asked.query_id, "from": who.payload(), "query": query, "offset": offset}
            return self._asked("inline_query", {**payload, "chat_type": chat_type}, asked)

    def choose(self, asked: Sent, result_id: str, chat: ChatLike | None = None) -> Sent:
        """Somebody picks an inline result, and it appears in a chat."""
        with self.core.changed:
            query = self.core.queries[asked.query_id or ""]
            results = getattr(query.answer, "results", ())
            result = next(result for result in results if result["id"] == result_id)
            who = self.core.world.users[query.user_id]
            text, entities, html = message_of(result)
            me = self.core.world.me.payload()
            content: Payload = {"from": who.payload(), "via_bot": me, "text": text, "entities": entities}
            chosen: Payload = {"result_id": result_id, "from": who.payload(), "query": asked.payload["query"]}
            if markup := result.get("reply_markup"):
                content["reply_markup"] = markup
                chosen["inline_message_id"] = f"inline-{query.query_id}-{result_id}"
            if chat is not None:
                place = self._chat(chat)
                stored = self.core.world.add(place, content, html=html)
                if self._heard(place, content):
                    self.core.updates.put("message", stored.payload, ("chat", place.id))
            else:
                stored = Stored(0, {"message_id": 0, **content}, html=html)
            if markup:
                known = self.core.inline_messages
                known[chosen["inline_message_id"]] = stored
                if len(known) > self.core.keep:
                    del known[next(iter(known))]
            return self._asked("chosen_inline_result", chosen, query, stored.chat_id, stored.message_id)

    def expire(self, asked: Sent) -> None:
        """Let a tap or an inline query become too old to be answered."""
        with self.core.changed:
            self.core.queries[asked.query_id or ""].expired = True
