"""Hostile messages as real updates to a bot that serves: texts, edits, taps and inline queries."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

from benchmarks.asked import bundled
from benchmarks.faults.bots import LONG, serving
from benchmarks.faults.texts import Dice
from benchmarks.faults.trial import Round, Trial
from benchmarks.measuring import resident
from tests.stand_in import Chat, StandIn

CHATS = 200
LOT = 500
WARM = 0.2
"""The share after which what the bot keeps at hand is full."""
FLAT = 0.05
UNKNOWABLE = "not modified"
"""Whether the answer to an edited question is still the same only Telegram knows."""
KEEP = 4_000
"""How many messages, calls and updates the stand-in remembers."""


def posted(around: Round, count: int) -> Iterator[Trial]:
    """Half of them by polling, half by webhook."""
    for webhook in (False, True):
        yield _posted(around, count // 2, webhook)


def _posted(around: Round, count: int, webhook: bool) -> Trial:
    mode = "webhook" if webhook else "polling"
    known = [question.text for question in bundled(quick=False).questions]
    texts, memory = Dice(webhook + 1, known).texts(), []
    with (
        StandIn(keep=KEEP) as telegram,
        serving(around, f"hostile-{mode}", telegram, webhook=webhook) as bot,
    ):
        bot.start()
        poster = _Poster(telegram, random.Random(webhook))
        for done in range(0, count, LOT):
            poster.post(list(islice(texts, min(LOT, count - done))))
            telegram.settled(LONG)
            if done + LOT >= WARM * count:
                memory.append(resident(bot.pid))
        refused = {v.description for v in telegram.violations if UNKNOWABLE not in v.description}
        wrong = [*bot.errors()[:2], *refused]
        unserved = poster.unanswered()
        calls = sum(telegram.counts.values())
        status = bot.stop()
    growth = max(memory) / memory[0] - 1
    flat = around.quick or growth <= FLAT
    grown = "not measured" if around.quick else f"{100 * growth:+.1f} % from {memory[0]:.0f} MiB"
    seen = [f"{len(wrong)} faults in {calls:,} calls", *wrong[:3], f"{unserved} chats without an answer"]
    return Trial(
        "hostile updates",
        f"{count:,} by {mode} through `serve`: texts, edits, taps on forged buttons, inline queries of {CHATS} people",
        "no fault of the program, no call that Telegram would refuse, memory ± 5 %",
        "; ".join([*seen, f"memory {grown}"]),
        not wrong and flat and status == 0 and not unserved,
    )


class _Poster:
    """People who send what nobody should."""

    def __init__(self, telegram: StandIn, luck: random.Random) -> None:
        self._telegram = telegram
        self._luck = luck
        self._chats: list[Chat] = [telegram.private() for _ in range(CHATS)]

    def post(self, texts: list[str]) -> None:
        """Nine in ten as messages, the others in another way."""
        for text in texts:
            chat = self._luck.choice(self._chats)
            way = self._luck.random()
            if way < 0.9:
                self._telegram.say(chat, text[:4_096] or "?")
            elif way < 0.93:
                self._telegram.inline(chat.id, text[:256])
            elif way < 0.97:
                self._tap(chat, text)
            else:
                self._edit(chat, text)

    def _tap(self, chat: Chat, text: str) -> None:
        shown = self._telegram.replies(chat)
        if shown:
            self._telegram.tap(shown[-1], data=_bytes(text, 64))

    def _edit(self, chat: Chat, text: str) -> None:
        self._telegram.edit(self._telegram.say(chat, "messatfa cameras"), text[:4_096] or "?")

    def unanswered(self) -> int:
        """How many of them, asking something plain now, get no answer."""
        sent = [(chat, self._telegram.say(chat, "messatfa cameras")) for chat in self._chats[:20]]
        self._telegram.settled(LONG)
        return sum(not any(m.revision > s.revision for m in self._telegram.replies(c)) for c, s in sent)


def _bytes(text: str, most: int) -> str:
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore") or "?"
