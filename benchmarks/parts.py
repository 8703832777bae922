"""What each part of an answer on Telegram costs by itself, in processor time."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

from telegram import InlineKeyboardMarkup, Update
from telegram.request import BaseRequest, HTTPXRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from benchmarks.asked import BUNDLED, ROOT
from bot.channels.opening import Where, sound
from bot.channels.telegram.answering import show
from bot.channels.telegram.application import build, handle
from bot.channels.telegram.desk import Desk
from bot.channels.telegram.requesting import Requests
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.settings import Settings
from bot.state.state import Answer, State
from tests.stand_in import process

SAMPLE = 600
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TOKEN = "123456:a-token-for-measuring-only"


def parts(questions: Sequence[str]) -> list[list[str]]:
    """A row for each part: its name and milliseconds."""
    with tempfile.TemporaryDirectory() as folder, process(TOKEN) as telegram:
        return asyncio.run(_parts(list(questions)[:SAMPLE], telegram, Path(folder)))


async def _parts(questions: list[str], telegram: Any, folder: Path) -> list[list[str]]:
    assistant = Assistant(sound(Where(str(ROOT / "knowledge"), BUNDLED)))
    state = State(f"sqlite:///{folder / 'state.sqlite3'}")
    await state.open()
    settings = Settings(_env_file=None, telegram_bot_token=TOKEN, telegram_api_url=telegram.url)
    app = build(settings)
    desk = Desk(assistant, state, settings, lambda: NOW, lambda *_, **__: None)
    handle(app, desk)
    chat = telegram.private(open=True).id
    async with app:
        voter = await desk.voter(chat, chat, "fr")
        replies = [assistant.respond(Utterance(text, BUNDLED), Memory(), NOW)[0] for text in questions]
        raw = [_update(number, chat, text) for number, text in enumerate(questions)]
        rows = [
            ("read an update", _timed(lambda n: Update.de_json(raw[n], app.bot), len(raw))),
            (
                "understand, decide, compose",
                _timed(
                    lambda n: assistant.respond(Utterance(questions[n], BUNDLED), Memory(), NOW), len(raw)
                ),
            ),
            (
                "HTML and buttons",
                _timed(lambda n: show(desk, replace(voter, memory=Memory()), replies[n]), len(raw)),
            ),
            ("keep what must outlive a restart", await _timed_each(lambda n: _keep(desk, n), len(raw))),
        ]
        texts = [show(desk, voter, reply) for reply in replies[:200]]
        data = [_data(chat, shown.texts[-1], shown.keyboard) for shown in texts]
        url = f"{telegram.url}/bot{TOKEN}/sendMessage"
        for name, client in (
            ("send it, over aiohttp (ours)", Requests(16, telegram.url)),
            ("send it, over httpx (the library's usual)", HTTPXRequest(16)),
        ):
            await client.initialize()
            rows.append((name, await _timed_each(lambda n, c=client: _post(c, url, data[n]), len(data))))
            await client.shutdown()
    await state.close()
    return [[name, f"{milliseconds:.2f}"] for name, milliseconds in rows]


def _timed(work: Callable[[int], object], times: int) -> float:
    for number in range(times):
        work(number)
    begun = process_time()
    for number in range(times):
        work(number)
    return 1000 * (process_time() - begun) / times


async def _timed_each(work: Callable[[int], Awaitable[object]], times: int) -> float:
    """The same for what waits: sixteen at a time, as the bot does."""
    room = asyncio.Semaphore(16)

    async def one(number: int) -> None:
        async with room:
            await work(number)

    begun = 0.0
    for _ in range(2):
        begun = process_time()
        await asyncio.gather(*(one(number) for number in range(times)))
    return 1000 * (process_time() - begun) / times


async def _keep(desk: Desk, number: int) -> None:
    key = desk.key(number % 200)
    memory = Memory(candidates=("messatfa",), topics=("security",), at=NOW)
    desk.state.remember(key, key, memory)
    desk.state.answered(key, key, number, Answer((number,), memory), NOW)
    desk.state.done(number, NOW)
    await desk.state.saved()


async def _post(client: BaseRequest, url: str, data: RequestData) -> object:
    return await client.post(url, data)


def _data(chat: int, text: str, keyboard: InlineKeyboardMarkup | None) -> RequestData:
    values: dict[str, Any] = {"chat_id": chat, "text": text, "parse_mode": "HTML"}
    if keyboard is not None:
        values["reply_markup"] = keyboard
    return RequestData([RequestParameter.from_input(key, value) for key, value in values.items()])


def _update(number: int, chat: int, text: str) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Alix", "language_code": "fr"}
    place = {"id": chat, "type": "private", "first_name": "Alix"}
    message = {"message_id": number + 1, "date": 1795600000, "chat": place, "from": person, "text": text}
    return {"update_id": number + 1, "message": message}
