"""The bot as it serves on Telegram, in a thread of this process, against the stand-in; its log lines and its clock."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.channels.telegram import serving
from bot.dialogue.assistant import Assistant
from bot.settings import Settings
from bot.state.keys import Keys
from bot.state.state import State
from tests.stand_in import StandIn

KEY = "a key for tests"
PLENTY = 1_000_000
OWNED = (
    ("chats", "key"),
    ("conversations", "key"),
    ("conversations", "person"),
    ("answers", "conversation"),
    ("answers", "person"),
    ("notifications", "chat_id"),
    ("moderators", "key"),
    ("drafts", "key"),
    ("proposals", "author"),
    ("proposals", "reviewer"),
    ("marks", "person"),
)
"""Where a chat or a person can stand in the state."""


@dataclass
class Clock:
    """Time that passes only when a test lets it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **length: float) -> None:
        self.now += timedelta(**length)


@dataclass
class Served:
    """A bot that is serving: what it logs, where its state is, what time it is for it."""

    telegram: StandIn
    clock: Clock
    database: Path
    lines: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    port: int = 0
    stop: Callable[[], None] = lambda: None
    """Tells the bot to stop, as a signal would."""

    def kept_of(self, chat_id: int) -> dict[str, int]:
        """How many rows of each table are about a chat or a person."""
        key = Keys(KEY)(chat_id)
        found = {}
        with closing(sqlite3.connect(self.database)) as connection:
            for table, column in OWNED:
                value = chat_id if column == "chat_id" else key
                rows = connection.execute(
                    f"SELECT count(*) FROM {table} WHERE {column} = ?", (value,)
                ).fetchone()[0]
                if rows:
                    found[table] = rows
        return found

    def report(self, event: str, level: str = "info", **values: Any) -> None:
        with self.telegram.core.changed:  # a test may be waiting for it
            self.lines.append((event, {"level": level, **values}))
            self.telegram.core.changed.notify_all()

    def said(self, event: str) -> list[dict[str, Any]]:
        """What was logged under an event."""
        return [values for logged, values in self.lines if logged == event]


@contextmanager
def serving_bot(
    telegram: StandIn,
    assistant: Assistant,
    database: Path,
    now: datetime,
    *,
    webhook: bool = False,
    root: Path | None = None,
    **settings: Any,
) -> Iterator[Served]:
    """A bot that serves a base while the block lasts, and is stopped as an operator would stop it."""
    served = Served(telegram, Clock(now), database, port=_free_port())
    found = Settings(
        _env_file=None,
        telegram_bot_token=telegram.token,
        telegram_api_url=telegram.url,
        state_url=f"sqlite:///{database}",
        **{
            "contact": "redaction@example.org",
            "state_key": KEY,
            "messages_per_second": PLENTY,
            "group_messages_per_minute": PLENTY,
        }
        | (
            {"webhook_url": f"http://127.0.0.1:{served.port}/hook", "webhook_port": served.port}
            if webhook
            else {}
        )
        | settings,
    )
    ready, failed = threading.Event(), []
    stop: list[Any] = []

    async def run() -> None:
        over = asyncio.Event()
        stop.extend((asyncio.get_running_loop(), over))
        served.stop = lambda: stop[0].call_soon_threadsafe(over.set)
        told = serving.Served(assistant, root)
        await serving.serve(told, found, served.clock, report, over, webhook=webhook)

    def report(event: str, level: str = "info", **values: Any) -> None:
        served.report(event, level, **values)
        if event == "serving":
            ready.set()

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=work, name="bot")
    thread.start()
    try:
        assert ready.wait(20), served.lines
        if not failed:
            telegram.wait(lambda: telegram.profile.short_descriptions, what="the bot introduced itself")
            if webhook:
                telegram.wait(lambda: telegram.core.webhook, what="a webhook")
        yield served
    finally:
        with suppress(RuntimeError):  # it has stopped already
            served.stop()
        thread.join(30)
        assert not thread.is_alive(), served.lines
        if failed:
            raise failed[0]


def empty_database(folder: Path) -> Path:
    """A database as the bot makes it when it starts for the first time."""

    async def make(path: Path) -> None:
        state = State(f"sqlite:///{path}")
        await state.open()
        await state.close()

    path = folder / "empty.sqlite3"
    asyncio.run(make(path))
    return path


def copied(template: Path, folder: Path) -> Path:
    return Path(shutil.copy(template, folder / "state.sqlite3"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
