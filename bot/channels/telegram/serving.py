"""Starts the bot on Telegram, keeps its house in order while it runs, and stops it without losing anything."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.channels.opening import Clock, Refused
from bot.channels.telegram import notifying
from bot.channels.telegram.application import HEARD, App, build, handle, introduce
from bot.channels.telegram.desk import Desk, Report
from bot.channels.telegram.folder import Folder
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.listening import extra, listening, watched, web_server
from bot.channels.telegram.polling import GRACE, Polling
from bot.channels.telegram.webhook import application
from bot.dialogue.assistant import Assistant
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Base
from bot.lean import give_back
from bot.settings import Settings
from bot.state.connecting import NoDriverError
from bot.state.state import State

HOUSEKEEPING = 30.0
"""Seconds between two rounds of deleting what is old and telling who is waiting."""
WAITING = 4
"""How many times as many updates Telegram may have open as are handled at a time: most wait to be saved, together."""
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
TURNED_AWAY = ("InvalidPasswordError", "InvalidAuthorizationSpecificationError", "InvalidCatalogNameError")
"""What PostgreSQL says to a wrong password, to a role it does not let in, and to a database it does not have."""


@dataclass(slots=True)
class Served:
    """What is served: an assistant that is ready, the folder its base was read from, and what of that is served."""

    assistant: Assistant | None
    root: Path | None = None
    """Without a folder nothing is ever read again, and nothing can be edited."""
    keep: Callable[[Base], Base] = field(default=lambda base: base)
    loaded: Loaded | None = None
    """What was read of the folder, so that what did not change need not be read again."""
    aside: Callable[[Base], None] | None = None
    """What is begun in the background once Telegram answers."""

    def handed_over(self) -> tuple[Assistant, Loaded | None]:
        """The assistant and what was read, which nothing here holds any longer: both are replaced some day."""
        assert self.assistant is not None
        handed = self.assistant, self.loaded
        self.assistant = self.loaded = None
        return handed


async def until_told(served: Served, settings: Settings, now: Clock, report: Report, webhook: bool) -> None:
    """Serve until the process is told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    await serve(served, settings, now, report, stop, webhook=webhook)


async def serve(
    served: Served,
    settings: Settings,
    now: Clock,
    report: Report,
    stop: asyncio.Event,
    *,
    webhook: bool,
) -> None:
    """Serve until an event happens: what has begun by then is finished, what has not is left to Telegram."""
    state = await _state(settings, report)
    if not settings.contact:
        report("no_contact", level="warning")
    try:
        app = build(settings)
        desk = _desk(served, state, settings, now, report)
        desk.standing.stop = stop
        handle(app, desk)
        async with watched(desk), _connected(app, desk, stop):
            if stop.is_set():
                return
            intake = Intake(app, desk, settings.concurrency)
            if served.aside is not None:
                served.aside(desk.base)
            chores = asyncio.create_task(_chores(desk, stop))
            watching = asyncio.create_task(_watch(desk, stop))
            try:
                await (_by_webhook if webhook else _by_polling)(desk, intake, stop)
            finally:
                stop.set()
                await _ended(chores, watching)
    finally:
        await state.close()
        report("stopped")


async def _state(settings: Settings, report: Report) -> State:
    """The state, open; one that does not answer is tried again, but one that turns the bot away is the operator's."""

    def told(event: str) -> None:
        report(event, level="warning", **({"error": state.fault} if state.fault else {}))

    try:
        state = State(settings.state_url, told)
    except NoDriverError:
        raise Refused("no_postgres") from None
    await state.open()
    if state.fault in TURNED_AWAY:
        error = state.fault
        await state.close()
        raise Refused("state_refused", fault=error)
    return state


def _desk(served: Served, state: State, settings: Settings, now: Clock, report: Report) -> Desk:
    assistant, loaded = served.handed_over()
    desk = Desk(assistant, state, settings, now, report)
    if served.root is not None:
        desk.folder = Folder(desk, served.root, served.keep, loaded)
    return desk


@asynccontextmanager
async def _connected(app: App, desk: Desk, stop: asyncio.Event) -> AsyncIterator[None]:
    """Telegram, once it answers; a token it refuses is the operator's to mend."""
    try:
        await _persist(app.initialize, desk, stop)
        yield
    finally:
        await app.shutdown()
        await app.bot.shutdown()  # what the line before leaves, if Telegram never answered


async def _ended(*tasks: asyncio.Task[None]) -> None:
    """Let what is being done in the background come to its end, if that does not take too long."""
    await asyncio.wait(tasks, timeout=GRACE)
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _persist(call: Callable[[], Awaitable[object]], desk: Desk, stop: asyncio.Event) -> None:
    """Do something with Telegram, again and again until it works or the bot is stopped."""
    for attempt in itertools.count():
        if stop.is_set():
            return
        try:
            await call()
        except InvalidToken:
            raise Refused("token_refused") from None
        except TelegramError as error:
            wait = PAUSES[min(attempt, len(PAUSES) - 1)]
            if isinstance(error, RetryAfter):
                wait = float(error._retry_after.total_seconds())
            desk.report("not_connected", level="warning", error=type(error).__name__, again_in=wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
        else:
            return


async def _by_polling(desk: Desk, intake: Intake, stop: asyncio.Event) -> None:
    polling = Polling(desk, intake)
    await _persist(desk.bot.delete_webhook, desk, stop)
    desk.report("serving", by="polling", elections=len(desk.base.elections), base=desk.base.version)
    stopping = asyncio.create_task(stop.wait())
    stopping.add_done_callback(lambda _: polling.stop())
    try:
        await polling.run()
    finally:
        stopping.cancel()


async def _by_webhook(desk: Desk, intake: Intake, stop: asyncio.Event) -> None:
    settings = desk.settings
    if settings.webhook_url is None:
        raise Refused("no_webhook_url")
    path = urlsplit(str(settings.webhook_url)).path or "/"
    with extra():
        server = web_server(application(desk, intake, path))
    serving = asyncio.create_task(
        server.serve([listening(settings.webhook_host, settings.webhook_port, "WEBHOOK")])
    )
    announcing = asyncio.create_task(_persist(lambda: _announce(desk), desk, stop))
    stopping = asyncio.create_task(stop.wait())
    of_base = {"elections": len(desk.base.elections), "base": desk.base.version}
    desk.report("serving", by="webhook", port=settings.webhook_port, **of_base)
    try:
        await asyncio.wait({announcing, serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if announcing.done() and announcing.exception() is None:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            await desk.standing.leave()
        server.should_exit = True
        await serving
        if announcing.done():
            announcing.result()
    finally:
        stopping.cancel()
        announcing.cancel()


async def _announce(desk: Desk) -> None:
    """Tell Telegram where to bring updates."""
    settings = desk.settings
    try:
        await desk.bot.set_webhook(
            str(settings.webhook_url),
            secret_token=settings.secret,
            allowed_updates=HEARD,
            max_connections=min(100, WAITING * settings.concurrency),
        )
    except BadRequest:
        raise Refused("webhook_refused") from None
    desk.standing.reached = True


async def _chores(desk: Desk, stop: asyncio.Event) -> None:
    """Introduce the bot, until Telegram has heard it; every half minute, delete what is old and tell who is waiting."""
    introduced = False
    while not stop.is_set():
        try:
            introduced = introduced or await _introduced(desk)
            await desk.state.purge(desk.now())
            told = await notifying.tell(desk)
            if told:
                desk.report("told", count=told)
        except Exception as error:  # nothing of this may stop the answers
            desk.report("chores_failed", level="error", exc_info=error)
        give_back()
        await _pause(desk, stop)


async def _pause(desk: Desk, stop: asyncio.Event) -> None:
    """Wait for the next round, which is at once when there is a new base."""
    waiting = [asyncio.create_task(stop.wait())]
    if desk.folder is not None:
        waiting.append(asyncio.create_task(desk.folder.changed.wait()))
    try:
        await asyncio.wait(waiting, timeout=HOUSEKEEPING, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
    if desk.folder is not None:
        desk.folder.changed.clear()


async def _watch(desk: Desk, stop: asyncio.Event) -> None:
    """Follow the folder of knowledge files; should that fail, the answers go on from what was read."""
    if desk.folder is None:
        return
    try:
        await desk.folder.watch(stop)
    except Exception as error:  # whatever it is, voters go on being answered
        desk.report("watching_failed", level="error", exc_info=error)


async def _introduced(desk: Desk) -> bool:
    try:
        await introduce(desk)
    except TelegramError as error:
        desk.report("not_introduced", level="warning", error=type(error).__name__)
        return False
    return True
