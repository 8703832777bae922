"""Everything that can be made to go wrong between Telegram and the bot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from tests.stand_in.core import Core
from tests.stand_in.faults import Fault, FaultKind, shares
from tests.stand_in.people import ChatLike, Sent
from tests.stand_in.world import Payload

Order = Literal["same", "reversed", "shuffled"]


class Trouble:
    """Mixed into the stand-in: faults on demand. Thread-safe."""

    core: Core

    def fail(
        self,
        method: str | Collection[str] = (),
        times: int | None = 1,
        kind: FaultKind = "server_error",
        *,
        act: bool = False,
        retry_after: float = 0.0,
        chat: ChatLike | None = None,
    ) -> None:
        """The next calls of a method (of any, if none is named; `times=None`: all) fail.

        With `act` they are carried out all the same, only the bot does not get to know. A `timeout` lasts until
        `release()`, or until the bot hangs up.
        """
        methods = frozenset([method] if isinstance(method, str) else method)
        chat_id = None if chat is None else chat if isinstance(chat, int) else chat.id
        with self.core.changed:
            self.core.faults.add(Fault(kind, methods, times, act, retry_after, chat_id=chat_id))

    def fail_share(
        self,
        share: float,
        seed: int,
        kinds: Sequence[FaultKind] = ("server_error", "bad_gateway", "retry_after", "cut"),
        methods: Collection[str] = (),
        *,
        act: bool = False,
    ) -> None:
        """That share of all calls fails from now on, chosen by the same dice every time."""
        with self.core.changed:
            for fault in shares(share, seed, kinds, methods, act=act):
                self.core.faults.add(fault)

    def recover(self) -> None:
        """No more faults."""
        with self.core.changed:
            self.core.faults.clear()

    def latency(self, seconds: float) -> None:
        """Every answer comes that much later, as over a real network."""
        self.core.latency = seconds

    def raw(self, update: Payload | bytes) -> Sent:
        """Any update, well-formed or not. Bytes go over the webhook only, once."""
        with self.core.changed:
            revision = self.core.world.revision
            return Sent(self.core.updates.put_raw(update), revision)

    def duplicate(self, sent: Sent, times: int = 1) -> None:
        """Deliver an update again with the same number, though the bot has acknowledged it."""
        if sent.update_id is None:
            raise ValueError("the bot was never told")
        with self.core.changed:
            self.core.updates.repeat(sent.update_id, times)

    def hold(self) -> None:
        """Keep what happens from now on from the bot, until `let_go`. See `held`."""
        with self.core.changed:
            self.core.updates.holding = []

    def let_go(self, order: Order = "same", seed: int = 0) -> None:
        """Deliver what was held back."""
        with self.core.changed:
            self.core.updates.let_go(order, seed)

    @contextmanager
    def held(self, order: Order = "same", seed: int = 0) -> Iterator[None]:
        """What happens meanwhile is delivered at the end, all at once, in that order."""
        self.hold()
        try:
            yield
        finally:
            self.let_go(order, seed)
