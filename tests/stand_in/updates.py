"""Updates on their way to the bot: numbered once, kept until the bot has acknowledged them."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.stand_in.world import Payload

FIRST_UPDATE = 500_000_001
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(slots=True)
class Queued:
    """One update that waits. Those with the same `lane` go through a webhook one after the other."""

    update_id: int
    body: Payload | bytes
    lane: Any
    once: bool = False
    tries: int = 0
    done: bool = False
    put_at: float = field(default_factory=time.monotonic)


class Updates:
    """The queue. `wake` is called, from whichever thread, when there is something to deliver."""

    def __init__(self, keep: int, wake: Callable[[], None]) -> None:
        self.keep = keep
        self.wake = wake
        self.next_id = FIRST_UPDATE
        self.pending: dict[int, Queued] = {}
        self.extra: dict[int, Queued] = {}
        self.allowed: set[str] | None = None
        self.deliveries: Counter[int] = Counter()
        self.holding: list[Queued] | None = None
        self.on_queued: Callable[[Queued], None] = lambda queued: None
        self._recent: dict[int, Queued] = {}
        self._serial = 0
        self._disordered = False

    def wanted(self, kind: str) -> bool:
        """Whether the bot asked for updates of that kind."""
        return kind not in NOT_BY_DEFAULT if not self.allowed else kind in self.allowed

    def put(self, kind: str, payload: Payload, lane: Any = None) -> int | None:
        """Queue what happened and return its number, or None if the bot does not want to know."""
        if not self.wanted(kind):
            return None
        return self.put_raw({kind: payload}, lane)

    def put_raw(self, body: Payload | bytes, lane: Any = None) -> int:
        """Queue whatever it is. It is numbered unless it has an `update_id`, of whatever kind."""
        update_id = self.next_id
        if isinstance(body, dict):
            body = {"update_id": update_id, **body}
            given = body["update_id"]
            update_id = given if isinstance(given, int) and not isinstance(given, bool) else update_id
        self._disordered = self._disordered or update_id < self.next_id
        self.next_id = max(self.next_id, update_id) + 1
        queued = Queued(update_id, body, lane or ("alone", update_id), once=isinstance(body, bytes))
        if self.holding is not None:
            self.holding.append(queued)
        else:
            self._enqueue(queued)
            self.wake()
        return update_id

    def _enqueue(self, queued: Queued) -> None:
        if queued.once:
            self._serial += 1
            self.extra[self._serial] = queued
        else:
            if queued.update_id in self.pending:
                raise ValueError(
                    f"update {queued.update_id} is already on its way: duplicate() sends it twice"
                )
            self.pending[queued.update_id] = queued
            self._recent[queued.update_id] = queued
            self._forget()
        self.on_queued(queued)

    def _forget(self) -> None:
        while len(self._recent) > self.keep:
            oldest = next(iter(self._recent))
            del self._recent[oldest]
            if oldest not in self.pending:
                self.deliveries.pop(oldest, None)

    def repeat(self, update_id: int, times: int) -> None:
        """Send it again, as if Telegram had not noticed the acknowledgement."""
        earlier = self._recent[update_id]
        for _ in range(times):
            self._enqueue(Queued(update_id, earlier.body, ("again", update_id, self._serial), once=True))
        self.wake()

    def let_go(self, order: str, seed: int) -> None:
        """Queue what was held back, in the order asked for."""
        held, self.holding = self.holding or [], None
        if order == "reversed":
            held.reverse()
        elif order == "shuffled":
            random.Random(seed).shuffle(held)
        self._disordered = self._disordered or order != "same"
        for queued in held:
            self._enqueue(queued)
        self.wake()

    def acknowledge_below(self, offset: int) -> None:
        """Forget all updates with lower numbers: the bot has them."""
        if self._disordered:
            for update_id in [u for u in self.pending if u < offset]:
                self.done(self.pending[update_id])
            self._disordered = bool(self.pending)
            return
        while self.pending and (first := next(iter(self.pending))) < offset:
            self.done(self.pending[first])

    def keep_last(self, count: int) -> None:
        """Forget all but the last, as a negative offset asks."""
        for update_id in list(self.pending)[:-count]:
            self.done(self.pending[update_id])

    def done(self, queued: Queued) -> None:
        """The bot has it."""
        queued.done = True
        if queued.once:
            self.extra = {serial: other for serial, other in self.extra.items() if other is not queued}
        else:
            self.pending.pop(queued.update_id, None)
            if queued.update_id not in self._recent:
                self.deliveries.pop(queued.update_id, None)

    def drop(self) -> None:
        """Forget everything that waits."""
        for queued in [*self.pending.values(), *self.extra.values()]:
            queued.done = True
        self.pending.clear()
        self.extra.clear()

    def batch(self, limit: int) -> list[Payload]:
        """What the next getUpdates returns; the same again until it is acknowledged."""
        batch: list[Payload] = []
        for queued in [*self.extra.values()]:
            self.done(queued)
            if isinstance(queued.body, dict):
                batch.append(queued.body)
                self.deliveries[queued.update_id] += 1
        for queued in self.pending.values():
            if len(batch) >= limit:
                break
            if isinstance(queued.body, dict):
                self.deliveries[queued.update_id] += 1
                batch.append(queued.body)
        return batch
