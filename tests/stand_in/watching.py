"""What a test can see, and wait for: never by sleeping, always for something."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from tests.stand_in.core import Call, CallbackAnswer, Core, InlineAnswer, Profile
from tests.stand_in.people import ChatLike, Sent
from tests.stand_in.refusing import Violation
from tests.stand_in.world import Shown, shown

T = TypeVar("T")
PATIENCE = 5.0
CALM_WHEN_POLLED = 0.05


class Watching:
    """Mixed into the stand-in: looks and waits. Every wait that is in vain raises TimeoutError and says why."""

    core: Core

    def wait(self, condition: Callable[[], T], timeout: float = PATIENCE, what: str = "") -> T:
        """The first true value of a condition about this stand-in, tried again after whatever happens in it."""
        with self.core.changed:
            found = self.core.changed.wait_for(condition, timeout)
            if not found:
                raise TimeoutError(
                    f"{what or 'the condition'} did not come true in {timeout} s{self._state()}"
                )
            return found

    def _state(self) -> str:
        lines = [f"under way: {self.core.busy() or 'nothing'}"]
        lines += [f"refused: {v.method}: {v.description}" for v in list(self.core.refusals)[-3:]]
        lines += [f"called: {call.method} -> {call.status}" for call in list(self.core.calls)[-5:]]
        if self.core.webhook and self.core.webhook.last_error:
            lines.append(f"webhook: {self.core.webhook.last_error}")
        return "\n  " + "\n  ".join(lines)

    def replies(self, chat: ChatLike) -> list[Shown]:
        """The bot's messages now on screen in a chat, oldest first."""
        with self.core.changed:
            messages = self.core.world.chats[chat if isinstance(chat, int) else chat.id].messages
            return [shown(stored) for stored in messages.values() if stored.own]

    def wait_for_message(
        self, chat: ChatLike, after: Sent | Shown | int | None = None, timeout: float = PATIENCE
    ) -> Shown:
        """The bot's first message in a chat that was written, or edited, since `after`.

        Without `after`: its latest, as soon as there is one. A number means a `message_id`.
        """
        number = chat if isinstance(chat, int) else chat.id

        def newer() -> Shown | None:
            own = [s for s in self.core.world.chats[number].messages.values() if s.own]
            if isinstance(after, int):
                own = [s for s in own if s.message_id > after]
            elif after is not None:
                own = [s for s in own if s.revision > after.revision]
            if not own:
                return None
            return shown(min(own, key=lambda s: s.revision) if after is not None else own[-1])

        found = self.wait(newer, timeout, f"a message of the bot in chat {number}")
        assert found
        return found

    def _answer(self, asked: Sent | str, timeout: float, what: str) -> CallbackAnswer | InlineAnswer:
        query_id = asked if isinstance(asked, str) else asked.query_id or ""
        query = self.core.queries[query_id]
        found = self.wait(lambda: query.answer, timeout, f"{what} {query_id}")
        assert found
        return found

    def callback_answer(self, tapped: Sent | str, timeout: float = PATIENCE) -> CallbackAnswer:
        """What a voter saw after a tap; waits for it."""
        answer = self._answer(tapped, timeout, "the answer to the tap")
        assert isinstance(answer, CallbackAnswer)
        return answer

    def wait_for_inline(self, asked: Sent | str, timeout: float = PATIENCE) -> InlineAnswer:
        """What a voter saw under the field; waits for it."""
        answer = self._answer(asked, timeout, "the answer to the inline query")
        assert isinstance(answer, InlineAnswer)
        return answer

    def acknowledged(self, sent: Sent, timeout: float = PATIENCE) -> None:
        """Wait until the bot has taken one update (by offset, or with a 2xx)."""
        self.wait(
            lambda: sent.update_id not in self.core.updates.pending, timeout, f"update {sent.update_id}"
        )

    def settled(self, timeout: float = PATIENCE, quiet: float | None = None) -> None:
        """Wait until all updates are acknowledged, no call is under way, and none has begun for `quiet` seconds.

        A bot that polls acknowledges before it has worked: `quiet` is 0.05 then, and 0 with a webhook.
        """
        end = time.monotonic() + timeout
        with self.core.changed:
            while True:
                left = end - time.monotonic()
                if not self.core.changed.wait_for(self.core.idle, left):
                    raise TimeoutError(f"not settled in {timeout} s{self._state()}")
                calm = quiet if quiet is not None else 0.0 if self.core.webhook else CALM_WHEN_POLLED
                missing = self.core.last_activity + calm - time.monotonic()
                if missing <= 0:
                    return
                if end - time.monotonic() <= 0:
                    raise TimeoutError(f"still active after {timeout} s{self._state()}")
                self.core.changed.wait(min(missing, max(end - time.monotonic(), 0.001)))

    def calls(self, method: str | None = None) -> list[Call]:
        """The bot's calls, oldest first, with parameters and outcome."""
        with self.core.changed:
            return [call for call in self.core.calls if method in (None, call.method)]

    @property
    def counts(self) -> Counter[str]:
        """How often each method was called, also those no longer kept."""
        with self.core.changed:
            return Counter(self.core.counts)

    @property
    def violations(self) -> list[Violation]:
        """What the bot did that Telegram does not allow; a good bot has none."""
        with self.core.changed:
            return list(self.core.violations)

    @property
    def refusals(self) -> list[Violation]:
        """All refusals, also those the bot could not have avoided, and the faults asked for."""
        with self.core.changed:
            return list(self.core.refusals)

    @property
    def profile(self) -> Profile:
        """Commands, descriptions, name and menu buttons as set by the bot."""
        return self.core.profile

    def deliveries(self, update: Sent | int) -> int:
        """How often an update was handed to the bot."""
        number = update if isinstance(update, int) else update.update_id
        with self.core.changed:
            return self.core.updates.deliveries[number] if number is not None else 0
