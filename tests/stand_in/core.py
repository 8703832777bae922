"""What both sides share, behind one lock: the bot's calls change it, and a voter's deeds, and tests wait for it."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.stand_in.faults import Faults
from tests.stand_in.refusing import Violation
from tests.stand_in.updates import Updates
from tests.stand_in.world import Payload, Stored, User, World

FIRST_BOT = 1_234_567_890


@dataclass
class Call:
    """One call of the bot and how it ended. `status` is 0 while it is under way, or if it never got an answer."""

    method: str
    params: Mapping[str, Any]
    at: float = field(default_factory=time.monotonic)
    status: int = 0
    description: str = ""
    result: Any = None
    fault: str | None = None


@dataclass(frozen=True)
class CallbackAnswer:
    """What a voter saw after a tap: nothing, a line at the top, or a box to close (`alert`)."""

    text: str
    alert: bool
    url: str | None
    params: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class InlineAnswer:
    """The list that a voter saw under the field where they typed."""

    results: tuple[Payload, ...]
    button: Payload | None
    cache_time: int
    is_personal: bool
    next_offset: str
    at: float
    params: Mapping[str, Any] = field(repr=False)


@dataclass
class Query:
    """A tap or an inline query that the bot may answer once."""

    query_id: str
    user_id: int
    answer: CallbackAnswer | InlineAnswer | None = None
    expired: bool = False


@dataclass
class Profile:
    """What the bot told Telegram about itself, by scope and language."""

    commands: dict[tuple[str, str], list[Payload]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int | None, Payload] = field(default_factory=dict)


@dataclass
class Webhook:
    """Where the bot wants its updates."""

    url: str
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_date: int = 0


class Core:
    """Everything there is. Hold `changed` to look or to change; it is notified after each change."""

    def __init__(self, token: str, username: str, *, supports_inline: bool, privacy: bool, keep: int) -> None:
        self.token = token
        number = token.partition(":")[0]
        me = User(int(number) if number.isdecimal() else FIRST_BOT, "Election bot", username, is_bot=True)
        self.supports_inline = supports_inline
        self.privacy = privacy
        self.keep = keep
        self.latency = 0.0
        self.changed = threading.Condition(threading.RLock())
        self.world = World(me, keep)
        self.wake: Callable[[], None] = lambda: None
        self.updates = Updates(keep, lambda: self.wake())
        self.faults = Faults()
        self.profile = Profile()
        self.webhook: Webhook | None = None
        self.calls: deque[Call] = deque(maxlen=keep)
        self.counts: Counter[str] = Counter()
        self.violations: deque[Violation] = deque(maxlen=keep)
        self.refusals: deque[Violation] = deque(maxlen=keep)
        self.queries: dict[str, Query] = {}
        self.inline_messages: dict[str, Stored] = {}
        self.under_way: dict[int, Call] = {}
        self.last_activity = time.monotonic()
        self._next_query = 4_000_000_000_000_000_001

    def new_query(self, user: User) -> Query:
        """A query with a number of its own; the oldest are forgotten."""
        query = Query(str(self._next_query), user.id)
        self._next_query += 1
        self.queries[query.query_id] = query
        if len(self.queries) > self.keep:
            del self.queries[next(iter(self.queries))]
        return query

    def idle(self) -> bool:
        """Whether every update is acknowledged and every call answered."""
        return not (self.updates.pending or self.updates.extra or self.under_way)

    def busy(self) -> str:
        """What is still under way, in words; empty if nothing is."""
        if self.idle():
            return ""
        waiting = [
            queued.update_id for queued in [*self.updates.pending.values(), *self.updates.extra.values()]
        ]
        calls = [call.method for call in self.under_way.values()]
        parts = []
        if waiting:
            parts.append(f"{len(waiting)} updates not acknowledged (first: {waiting[:5]})")
        if calls:
            parts.append(f"{len(calls)} calls under way ({', '.join(calls[:5])})")
        return "; ".join(parts)
