"""`election-bot serve` as an operator starts it, which can be killed and started again; all it prints is searched."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from time import monotonic

from benchmarks.asked import ROOT
from benchmarks.faults.trial import Round
from tests.conftest import BUNDLED_NOW
from tests.end_to_end.processes import environment
from tests.end_to_end.served import KEY
from tests.stand_in import Chat, Sent, StandIn

MARK = "zxqmarkzxq"
"""A word that nobody knows: wherever it turns up, somebody's question does."""
SECRET = "the_secret_of-the-webhook"
CONCURRENCY = 16
STATE = "state.sqlite3"
LONG = 120.0
GLANCE = 0.02
DEPRECATED = "Deprecated since version v22.2"
"""What python-telegram-bot says of its own reading of `retry_after`, which no setting of ours may keep from working."""
ASKED = (
    *("messatfa caméras", "que disent les candidats sur la police municipale", "quand vote-t-on ?"),
    *(f"messatfa caméras {MARK}", f"y aura-t-il une patinoire {MARK} ?", "pour qui voter ?"),
)
"""Questions that are each answered in one message."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?")
"""When a line was written: its microseconds may happen to hold somebody's number."""
_FORMATS = cycle(("json", "console"))


class Bot:
    """A bot on one state and one log file; the two formats of a log take turns, whichever bot is started."""

    def __init__(
        self, folder: Path, settings: Mapping[str, str], knowledge: Path, program: str = "bot"
    ) -> None:
        self.log = folder / "log"
        self.state = folder / STATE
        self.port = int(settings.get("WEBHOOK_PORT", 0))
        self._folder = folder
        self._settings = settings
        strict = ("-W", "error", "-W", f"ignore:{DEPRECATED}")
        self._command = [sys.executable, *strict, "-m", program, "--knowledge", str(knowledge)]
        self._command += ["--now", BUNDLED_NOW.isoformat(), "serve"]
        self._running: subprocess.Popen[bytes] | None = None
        self._read = 0

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    def start(self, *, ready: bool = True) -> None:
        """Start it, and wait until it serves unless something is to happen before."""
        self._read = self.log.stat().st_size if self.log.exists() else 0
        formats = {"LOG_FORMAT": next(_FORMATS)}
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command, cwd=self._folder, env={**self._settings, **formats}, stdout=log, stderr=log
            )
        if ready:
            self.says("serving")

    def says(self, words: str, times: int = 1, patience: float = LONG) -> None:
        """Wait until it has said something, so many times since it was started."""
        until(lambda: self.printed().count(words) >= times, f"{words} in {self.log}", patience)

    def printed(self) -> str:
        """What it has printed since it was started."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            return log.read().decode(errors="replace")

    def kill(self) -> None:
        """End it without a chance to put anything in order."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def stop(self) -> int:
        """Tell it to stop, as an operator does; its status."""
        assert self._running is not None
        self._running.send_signal(signal.SIGTERM)
        return self._running.wait(LONG)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It does nothing while the block lasts."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def errors(self) -> list[str]:
        """Every line, from all its starts, that tells of a fault of the program."""
        held = self.log.read_text(errors="replace") if self.log.exists() else ""
        return [line for line in held.splitlines() if re.search(r'"level": "error"|\[error|Traceback', line)]


@contextmanager
def serving(
    around: Round,
    name: str,
    telegram: StandIn,
    *,
    webhook: bool = False,
    knowledge: Path = ROOT / "knowledge",
    program: str = "bot",
    secrets: Iterable[str] = (),
    **settings: object,
) -> Iterator[Bot]:
    """A bot, not yet started; in the end it is killed if it still runs, and its log is searched."""
    folder = around.room(name)
    port = free_port()
    by = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_PORT": port} if webhook else {}
    usual = {"WEBHOOK_SECRET": SECRET, "CONCURRENCY": CONCURRENCY, "LOG_LEVEL": "debug", **by}
    found = environment(telegram, folder / STATE, **usual | settings)
    bot = Bot(folder, found, knowledge, program)
    try:
        yield bot
    finally:
        bot.kill()
        search(around, bot.log, telegram, secrets)


def search(around: Round, log: Path, telegram: StandIn, secrets: Iterable[str] = ()) -> None:
    """Look in a log for what must stand in none: secrets, what was asked, and who asked."""
    held = _TIME.sub("", log.read_text(errors="replace")) if log.exists() else ""
    around.lines += held.count("\n")
    words = {telegram.token, telegram.token.partition(":")[2], SECRET, KEY, MARK, *secrets}
    around.told += [f"{word} in {log}" for word in sorted(words) if word.casefold() in held.casefold()]
    world = telegram.core.world
    people = {*world.users, *world.chats} - {world.me.id}
    around.told += [
        f"{n} in {log}" for n in map(int, re.findall(r"\d{1,19}", held)) if n in people or -n in people
    ]


def voters(telegram: StandIn, count: int) -> list[Chat]:
    """So many people, each in a chat of their own, whose names must stand nowhere."""
    return [telegram.private(telegram.user(f"Ana {MARK}")) for _ in range(count)]


def answers(telegram: StandIn, asked: Iterable[Chat | Sent]) -> list[int]:
    """How many messages of the bot each chat shows, or the chat of each message."""
    numbers = [each.chat_id if isinstance(each, Sent) else each.id for each in asked]
    with telegram.core.changed:
        chats = telegram.core.world.chats
        return [sum(m.own for m in chats[number].messages.values()) for number in numbers]


def complaints(telegram: StandIn, *bots: Bot) -> list[str]:
    """The first fault of each bot that is in its log, and the first call that Telegram would refuse."""
    told = [line for bot in bots for line in bot.errors()[:1]]
    return [*told, *(violation.description for violation in telegram.violations[:1])]


def until(holds: Callable[[], object], what: str, patience: float = LONG) -> None:
    """Look again and again until something holds; TimeoutError if it never does."""
    end = monotonic() + patience
    while not holds():
        if monotonic() > end:
            raise TimeoutError(f"waited {patience:g} s for {what}")
        pause(GLANCE)


def pause(seconds: float) -> None:
    """Let time pass: what is tried here happens at random moments."""
    threading.Event().wait(seconds)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_root() -> bool:
    """Whether we may mount a file system."""
    return os.geteuid() == 0
