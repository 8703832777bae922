"""What may be answered twice after a kill: nothing whose update was saved as done before it, however it comes again."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.faults.bots import LONG, answers, pause
from tests.postgres import Postgres
from tests.stand_in import Sent, StandIn

AGAIN = 20
"""How many of those that were done before a kill Telegram brings again after it, as if a reply to it had been lost."""
ARRIVING = 0.2
"""Seconds in which what a bot had sent when it was killed reaches Telegram."""

Saved = Callable[[], set[int]]


class Twice:
    """What is asked of a bot that is killed now and then, and how often each may be answered by now."""

    def __init__(self, telegram: StandIn, saved: Saved, luck: random.Random) -> None:
        self.kills = 0
        self.most = 0
        """The most that were answered twice after one kill."""
        self.wrong = 0
        """How many were answered again though they were saved as done, or more often than kills explain."""
        self._telegram = telegram
        self._saved = saved
        self._luck = luck
        self._said: dict[int, Sent] = {}
        self._allowed: dict[int, int] = {}
        self._brought: dict[int, int] = {}
        self._extra = 0

    def say(self, said: Sequence[tuple[int, str]]) -> None:
        """People ask, each once."""
        for sent in self._telegram.say_many(said):
            assert sent.update_id is not None
            self._said[sent.update_id] = sent

    def killed(self) -> None:
        """Read what was saved when a bot was killed, before it is started again; some of that comes again."""
        pause(ARRIVING)
        saved = self._saved() & self._said.keys()
        self._look(saved)
        self.kills += 1
        with self._telegram.core.changed:
            deliveries = self._telegram.core.updates.deliveries
            self._brought |= {n: deliveries[n] for n in saved if n not in self._brought}
        self._bring_again(saved)

    def settled(self) -> None:
        """Wait until all is answered; some of all comes again, to a bot that was not killed since."""
        self._telegram.settled(10 * LONG)
        self._look(self._said.keys())
        self._bring_again(self._said.keys())
        self._telegram.settled(LONG)
        self._look(self._said.keys())

    @property
    def again(self) -> int:
        """How many that were saved as done at a kill came again."""
        with self._telegram.core.changed:
            deliveries = self._telegram.core.updates.deliveries
            return sum(deliveries[number] > before for number, before in self._brought.items())

    @property
    def lost(self) -> int:
        """How many have no answer."""
        return sum(not n for n in self._shown().values())

    def told(self) -> str:
        """What was seen, in words."""
        each = self._extra / max(1, self.kills)
        return (
            f"{self.lost} lost, {self._extra} twice ({each:.1f} at each kill, {self.most} at most); "
            f"{self.again} came again that were saved, {self.wrong} answers too many"
        )

    def held(self, most: int) -> bool:
        """Whether nothing was lost, nothing answered again that was saved, and no more than `most` after one kill."""
        return not self.lost and not self.wrong and self.again > 0 and self.most <= most

    def _shown(self) -> dict[int, int]:
        return dict(zip(self._said, answers(self._telegram, self._said.values()), strict=True))

    def _look(self, saved: Iterable[int]) -> None:
        """Judge what was answered since the last look, and decide what may still be."""
        done, shown = set(saved), self._shown()
        self.wrong += sum(max(0, n - self._allowed.get(number, 1)) for number, n in shown.items())
        self._allowed = {number: n + (number not in done) for number, n in shown.items()}
        extra = sum(n - 1 for n in shown.values() if n > 1)
        self.most, self._extra = max(self.most, extra - self._extra), extra

    def _bring_again(self, saved: Iterable[int]) -> None:
        """Those that still wait to be acknowledged come again without this."""
        core = self._telegram.core
        with core.changed:
            rest = sorted(set(saved) - core.updates.pending.keys())
            for number in self._luck.sample(rest, min(AGAIN, len(rest))):
                if core.webhook:  # until it is acknowledged
                    self._telegram.raw({"update_id": number, "message": self._said[number].payload})
                else:  # with the next that are fetched
                    self._telegram.duplicate(self._said[number])


def in_file(file: Path) -> set[int]:
    """The updates that are saved as done in a SQLite file; a copy is read, so that the bot finds it as it was left."""
    with tempfile.TemporaryDirectory(prefix="saved-") as folder:
        for each in (file, file.with_name(f"{file.name}-wal")):
            if each.exists():
                shutil.copy(each, folder)
        connection = sqlite3.connect(Path(folder) / file.name)
        try:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'updates'").fetchone():
                return set()
            return {number for (number,) in connection.execute("SELECT update_id FROM updates")}
        finally:
            connection.close()


def in_server(server: Postgres, url: str) -> set[int]:
    """The same for a database of a PostgreSQL."""
    return set(map(int, server.say("SELECT update_id FROM updates", url.rpartition("/")[2]).split()))
