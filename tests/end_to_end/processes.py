"""`election-bot serve` as a process of its own, as an operator starts it, with what it prints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.conftest import BUNDLED_NOW, ROOT
from tests.end_to_end.served import KEY, PLENTY
from tests.stand_in import StandIn

PATIENCE = 30.0


class Process:
    """A bot that runs, until it is told to stop or killed; whatever it prints, line by line."""

    def __init__(
        self, environment: dict[str, str], folder: Path, *options: str, program: tuple[str, ...]
    ) -> None:
        command = [sys.executable, "-W", "error", *program, "--knowledge", str(ROOT / "knowledge")]
        command += ["--now", BUNDLED_NOW.isoformat(), "serve", *options]
        pipe = subprocess.PIPE
        self._running = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=pipe, stderr=pipe, text=True
        )
        self._changed = threading.Condition()
        self.lines: list[str] = []
        self._readers = [self._reader(stream) for stream in (self._running.stdout, self._running.stderr)]

    def _reader(self, stream: IO[str] | None) -> threading.Thread:
        assert stream is not None

        def read() -> None:
            for line in stream:
                with self._changed:
                    self.lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
            stream.close()

        thread = threading.Thread(target=read)
        thread.start()
        return thread

    def prints(self, words: str, timeout: float = PATIENCE) -> str:
        """The first line with these words, as soon as there is one."""

        def found() -> str | None:
            return next((line for line in self.lines if words in line), None)

        with self._changed:
            line = self._changed.wait_for(found, timeout)
        assert line is not None, self.lines
        return line

    def ends(self) -> int:
        """The status with which it ends by itself."""
        try:
            return self._running.wait(PATIENCE)
        finally:
            self.kill()

    def stop(self) -> int:
        """Tell it to stop, as an operator does; its status."""
        self._running.send_signal(signal.SIGTERM)
        return self.ends()

    def kill(self) -> None:
        """End it without a chance to put anything in order."""
        self._running.kill()
        self._running.wait()
        for reader in self._readers:
            reader.join()


def environment(telegram: StandIn, database: Path, **settings: object) -> dict[str, str]:
    """The settings of a bot, and nothing of those of whoever runs the tests but where programs are."""
    found = {
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_URL": telegram.url,
        "STATE_URL": f"sqlite:///{database}",
        "STATE_KEY": KEY,
        "MESSAGES_PER_SECOND": PLENTY,
        "GROUP_MESSAGES_PER_MINUTE": PLENTY,
        "QUESTIONS_PER_MINUTE": PLENTY,
        "LOG_FORMAT": "json",
        **settings,
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return (
        kept | {"PYTHONPATH": str(ROOT), "LANG": "en"} | {name: str(value) for name, value in found.items()}
    )


@contextmanager
def running(
    environment: dict[str, str], folder: Path, *options: str, program: tuple[str, ...] = ("-m", "bot")
) -> Iterator[Process]:
    """A bot while the block lasts; it is killed at the end if it still runs."""
    process = Process(environment, folder, *options, program=program)
    try:
        yield process
    finally:
        process.kill()
