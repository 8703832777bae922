"""A moderator at a terminal: a folder with a small election, the state beside it, and the commands they run."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from bot.cli import main
from bot.state.records import Unanswered
from bot.state.state import State
from tests.conftest import ROOT
from tests.unit.small_base import FILES

TOWN = "town-2030"
DAY = date(2030, 2, 28)
NOW = "2030-03-01"
BANK = """\
- {id: en-1, lang: en, text: what does Rose say on cameras, outcome: position, candidates: [rose], topics: [cameras]}
- {id: en-2, lang: en, text: how to vote, outcome: fact, topics: [how-to-vote]}
- {id: fr-1, lang: fr, text: que veut Thorn pour les caméras, outcome: no_position, candidates: [thorn]}
"""
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
AUTHOR = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")


class Typist(io.BufferedIOBase):
    """Types a line whenever one is asked for, and sees what is on the screen by then."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = list(lines)

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return b""

    def read1(self, size: int = -1, /) -> bytes:
        if not self.lines:
            return b""
        line = self.lines.pop(0)
        if line.startswith("→ "):
            shown: Any = sys.stdout
            line = number(shown.buffer.getvalue().decode(), line.removeprefix("→ "))
        return f"{line}\n".encode()


def number(shown: str, label: str) -> str:
    """The number under which something can be chosen, where it was last listed."""
    found = re.findall(rf"^ *(\d+)\. .*{re.escape(label)}", shown.replace("\r", ""), re.M)
    assert found, shown
    return str(found[-1])


@dataclass(frozen=True)
class Place:
    """Where a moderator works: the knowledge folder in `root`, and the file of the state."""

    root: Path
    database: Path

    # --- what they run

    def run(
        self, *arguments: str, typed: str | bytes = "", language: str = "C.UTF-8", **environ: str
    ) -> Result:
        """A command, with what is typed into it."""
        return self._invoke(arguments, typed, language, environ)

    def _invoke(
        self, arguments: tuple[str, ...], typed: Any, language: str, environ: dict[str, str]
    ) -> Result:
        return CliRunner().invoke(
            main,
            ["--knowledge", str(self.root), "--now", NOW, *arguments],
            input=typed,
            env=self.environ(language) | environ,
        )

    def review(
        self, *lines: str, name: str = "Ada", language: str = "C.UTF-8", more: tuple[str, ...] = ()
    ) -> str:
        """What `election-bot review` shows for these lines; `→ …` types the number of what is listed so."""
        result = self._invoke(("review", "--as", name, *more), Typist(lines), language, {})
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return result.stdout

    def environ(self, language: str) -> dict[str, str]:
        return {"LC_ALL": language, "STATE_URL": f"sqlite:///{self.database}", **GIT}

    # --- what is there

    def read(self, file: str) -> str:
        return (self.root / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, file: str, before: str, after: str) -> None:
        text = self.read(file)
        assert text.count(before) == 1
        self.write(file, text.replace(before, after))

    def texts(self) -> dict[str, str]:
        """Every file of the base that is not hidden, as it stands."""
        return {
            str(path.relative_to(self.root)): path.read_text(encoding="utf-8")
            for path in sorted(self.root.rglob("*.yaml"))
            if not any(part.startswith(".") for part in path.parts)
        }

    def changed(self, before: dict[str, str]) -> dict[str, tuple[list[str], list[str]]]:
        """The lines that went and those that came since, by file."""
        found = {}
        after = self.texts()
        for file in sorted({*before, *after}):
            was, now = before.get(file, "").splitlines(), after.get(file, "").splitlines()
            if was != now:
                gone = [line for line in was if line not in now]
                found[file] = (gone, [line for line in now if line not in was])
        return found

    def sound(self) -> bool:
        return self.run("check", "--fast").exit_code == 0

    # --- git

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.root.parent), *AUTHOR, *arguments],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **GIT},
        )
        return done.stdout

    def begin_history(self) -> None:
        self.git("init", "-q", "-b", "main")
        self.commit("The base")

    def commit(self, message: str) -> None:
        self.git("add", "-A", "knowledge")
        self.git("commit", "-q", "-m", message)

    # --- the state

    def asked(self, text: str, count: int = 1, language: str = "fr", reason: str = "unknown") -> None:
        """Voters have asked something the bot could not answer."""
        question = Unanswered(TOWN, language, text, reason)
        self.state(lambda state: [state.unanswered(question, DAY) for _ in range(count)])

    def rated(self, entry: str, verdict: str = "false") -> None:
        self.state(lambda state: state.rate(TOWN, entry, verdict, "fr", DAY))

    def state(self, work: Callable[[State], Any]) -> Any:
        """Do something with the state, or find something out."""

        async def do() -> Any:
            state = State(f"sqlite:///{self.database}")
            await state.open()
            try:
                found = work(state)
                return await found if isinstance(found, Awaitable) else found
            finally:
                await state.saved()
                await state.close()

        return asyncio.run(do())

    def steps(self) -> list[tuple[str, str, str]]:
        """The log, oldest first: who, did what, to what."""
        steps = self.state(lambda state: state.moderating.audited(100))
        return [(step.moderator, step.action, step.subject) for step in reversed(steps)]


def laid_out(folder: Path, database: Path) -> Place:
    """A small base with a question bank, and its state."""
    place = Place(folder / "knowledge", database)
    for file, text in {**FILES, f"{TOWN}/questions/small.yaml": BANK}.items():
        place.write(file, text)
    return place


class Window:
    """A command on a real pseudo-terminal."""

    def __init__(self, place: Place, *arguments: str, language: str = "C.UTF-8") -> None:
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.chdir(place.root.parent)
            kept = {
                k: v
                for k, v in os.environ.items()
                if k not in ("LANG", "LC_MESSAGES", "LANGUAGE", "NO_COLOR")
            }
            kept |= {
                "TERM": "xterm-256color",
                "COLUMNS": "200",
                "PYTHONPATH": str(ROOT),
                "PYTHONWARNINGS": "error",
            }
            os.execve(
                sys.executable,
                [sys.executable, "-m", "bot", "--now", NOW, *arguments],
                kept | place.environ(language),
            )
        self.shown = b""

    def until(self, mark: str) -> str:
        """What is shown up to a mark; the rest is kept for later."""
        while mark.encode() not in self.shown:
            assert select.select([self.file], [], [], 60)[0], self.shown.decode(errors="replace")
            try:
                self.shown += os.read(self.file, 65_536)
            except OSError:  # Linux's way to say that the other side is closed
                raise AssertionError(self.shown.decode(errors="replace")) from None
        before, _, self.shown = self.shown.partition(mark.encode())
        return before.decode(errors="replace")

    def type(self, line: str) -> str:
        """Type a line once it is asked for, or the number of what is listed (`→ …`); what was shown before."""
        shown = self.until("› ")
        if line.startswith("→ "):
            line = number(shown, line.removeprefix("→ "))
        os.write(self.file, f"{line}\n".encode())
        return shown

    def ended(self, keys: str = "") -> int:
        """How it left, once these keys were typed as often as needed: it may not listen yet."""
        try:
            for _ in range(60):
                os.write(self.file, keys.encode())
                while select.select([self.file], [], [], 1)[0]:
                    self.shown += os.read(self.file, 65_536)
        except OSError:  # Linux's way to say that the other side is closed
            pass
        os.close(self.file)  # hangs up on one that did not leave
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
