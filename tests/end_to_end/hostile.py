"""Hostile updates straight into the handlers, many in a second: `python -m tests.end_to_end.hostile 100000`.

Nothing goes over HTTP, but whatever the bot would send is checked as the stand-in checks it.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import gc
import json
import logging
import random
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from telegram.request import BaseRequest, RequestData

from bot.channels.telegram.application import build, handle
from bot.channels.telegram.desk import Desk
from bot.channels.telegram.intake import Intake
from bot.dialogue.assistant import Assistant
from bot.knowledge.loading import load
from bot.lean import give_back
from bot.settings import Settings
from bot.state.state import State
from tests.conftest import BUNDLED_NOW, ROOT
from tests.end_to_end.odd_updates import MEDIA, PLACES, SERVICES, TYPED, US, Payload, sent_as, updates
from tests.end_to_end.served import KEY, PLENTY
from tests.stand_in import contents, keyboards, queries
from tests.stand_in.core import Core
from tests.stand_in.parameters import Params
from tests.stand_in.refusing import Refused
from tests.strategies import TORTURE

TOKEN = "123456789:AAF-stand-in-token_0123456789abcdefg"
CONCURRENCY = 16
FIRST = 500_000_001
WARM = 2_000
"""Updates after which all that is kept at hand is full, or nearly."""

WORDS = [
    *("messatfa cameras", "et lui ?", "what about taxes, pottier dumas", "police municipale", "balkany"),
    *(
        "que disent les candidats sur l'école",
        "quand vote-t-on ?",
        "merci",
        "pour qui voter ?",
        "and Messatfa?",
    ),
    *("est-ce que tu gardes mes questions ?", "patinoire volante", "levallois", "uzan", "2026", "?"),
    *("/start", "/aide", "/candidats", "/sujets", "/comparer", "/sources", "/langue", "/langue en", "/why"),
    *(
        "/avis",
        "/prevenir",
        "/corrections",
        "/vie_privee",
        "/forget",
        "/status",
        "/election",
        "/x",
        "/start q_",
    ),
    *("/start z_", "/start messatfa", "/start q_bWVzc2F0ZmEgY2FtZXJhcw", "/start a__b__c", "/langue klingon"),
    *(
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\U000e0041",
        "🏴\U000e0067\U000e007f",
        "\U0010ffff",
        "\x1b[31m",
    ),
    *(
        "Z" + "\u0300" * 200,
        "a" * 4_096,
        "\ud83d",
        "👨‍👩‍👧‍👦" * 50,
        "<b>",
        "</b></a>",
        "&lt;",
        "&#0;",
        "{0}",
        "%(x)s",
    ),
    *("'; DROP TABLE chats; --", "' OR 1=1", "\\", "$(id)", "../../etc/passwd", "None", "[x](y)", "\r\n\r\n"),
]


class Accepting(BaseRequest):
    """Telegram, if it never failed: takes every call that keeps its rules, and notes those that do not."""

    def __init__(self) -> None:
        self.core = Core(TOKEN, "election_bot", supports_inline=True, privacy=True, keep=10)
        self.counts: Counter[str] = Counter()
        self.broken: list[tuple[str, str]] = []
        self.buttons: deque[str] = deque(["a.AAAAAAcBBBBBB"], 500)
        self._last = 0

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None:
        """Nothing to begin."""

    async def shutdown(self) -> None:
        """Nothing to end."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        self.counts[name] += 1
        given = request_data.json_parameters if request_data is not None else {}
        try:
            urlencode(given).encode("ascii")
            result = self._result(name, Params(given))
        except (Refused, UnicodeError) as error:
            self.broken.append((name, str(error)))
            return 400, json.dumps({"ok": False, "description": str(error)}).encode()
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def _result(self, name: str, params: Params) -> Any:
        if name == "getMe":
            return US | {"supports_inline_queries": True, "can_join_groups": True}
        if name in ("sendMessage", "editMessageText"):
            text, entities = contents.text_of(params)
            chat = params.whole("chat_id")
            keyboard = keyboards.read(params, supports_inline=True, private=chat > 0)
            for row in (keyboard or {}).get("inline_keyboard", []):
                self.buttons.extend(b["callback_data"] for b in row if "callback_data" in b)
            self._last += 1
            kind = "private" if chat > 0 else "supergroup"
            found = {"message_id": params.whole("message_id", self._last), "date": 1, "text": text}
            return found | {"chat": {"id": chat, "type": kind}, "from": US, "entities": entities}
        if name == "answerInlineQuery":
            seen: set[str] = set()
            for result in params.json("results"):
                queries._check_result(self.core, result, seen)
        if name == "answerCallbackQuery" and len(params.text("text")) > 200:
            raise Refused("MESSAGE_TOO_LONG")
        if name == "getChatMember":
            user = {"id": params.whole("user_id"), "is_bot": False, "first_name": "A"}
            return {"user": user, "status": "creator", "is_anonymous": False}
        return True


class Warnings(logging.Handler):
    """What any library complains about."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.append(f"{record.name}: {record.msg} {record.exc_info and record.exc_info[1]!r}")


class Fed:
    """A bot that is fed raw updates, and all that went wrong."""

    def __init__(self, desk: Desk, intake: Intake, telegram: Accepting, events: Counter[str]) -> None:
        self.desk = desk
        self.telegram = telegram
        self.events = events
        self.wrong: list[str] = []
        self.taken = 0
        self._intake = intake

    async def feed(self, raws: Sequence[Payload]) -> None:
        """Number them, and hand them in several at a time."""
        for begin in range(0, len(raws), CONCURRENCY):
            await asyncio.gather(*map(self._take, raws[begin : begin + CONCURRENCY]))

    async def _take(self, raw: Payload) -> None:
        self.taken += 1
        try:
            assert await self._intake.take({"update_id": FIRST + self.taken, **raw}), "not taken"
        except Exception as error:
            self.wrong.append(f"left a handler: {error!r} for {raw!r:.300}")

    @property
    def memory(self) -> float:
        """Megabytes of the process, without what can be given back."""
        gc.collect()
        give_back()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * 4096 / 1e6


@asynccontextmanager
async def fed(assistant: Assistant, folder: Path) -> AsyncIterator[Fed]:
    """A bot as it serves, but for the network."""
    settings = Settings(
        _env_file=None,
        telegram_bot_token=TOKEN,
        state_key=KEY,
        state_url=f"sqlite:///{folder / 'state.sqlite3'}",
        questions_per_minute=PLENTY,
        messages_per_second=PLENTY,
        group_messages_per_minute=PLENTY,
    )
    events: Counter[str] = Counter()
    wrong: list[str] = []

    def report(event: str, level: str = "info", **values: Any) -> None:
        events[event] += 1
        if level == "error" or event in ("not_delivered", "given_up"):
            wrong.append(f"{event}: {values.get('exc_info', values)!r}")

    warnings = Warnings(wrong)
    logging.getLogger().addHandler(warnings)
    state = State(settings.state_url, report)
    await state.open()
    try:
        app = build(settings)
        telegram = Accepting()
        app.bot._request = (telegram, telegram)
        desk = Desk(assistant, state, settings, lambda: BUNDLED_NOW, report)
        handle(app, desk)
        await app.initialize()
        one = Fed(desk, Intake(app, desk, CONCURRENCY), telegram, events)
        one.wrong = wrong
        yield one
        await app.shutdown()
    finally:
        await state.close()
        logging.getLogger().removeHandler(warnings)


# --- what it is fed --------------------------------------------------------------------------------------


class Dice:
    """Updates by chance, the same for the same seed."""

    def __init__(self, seed: int, buttons: Sequence[str]) -> None:
        self._dice = random.Random(seed)
        self._buttons = buttons
        self._odd = updates()

    def updates(self) -> Iterator[Payload]:
        """Without end."""
        kinds: list[Callable[[], Payload]] = [self._message] * 5 + [self._tap] * 3
        kinds += [self._edit, self._inline, self._recorded]
        while True:
            made = self._dice.choice(kinds)()
            yield self._less(made) if self._dice.random() < 0.3 else made

    def text(self) -> str:
        """What nobody would type, and what many do."""
        dice = self._dice
        parts = [
            dice.choice(TORTURE if dice.random() < 0.15 else WORDS) for _ in range(dice.choice((1, 1, 2, 4)))
        ]
        if dice.random() < 0.1:
            parts.append("".join(chr(dice.randrange(1, 0x11_0000)) for _ in range(dice.randrange(60))))
        return dice.choice((" ", "\n", "")).join(parts)[:4_096]

    def _person(self) -> Payload:
        dice = self._dice
        code = dice.choice(("fr", "en", "fr-FR", "ar", "", "zz-ZZ-zz", None))
        return {"id": 10_000 + dice.randrange(200), "is_bot": False, "first_name": "x", "language_code": code}

    def _place(self) -> tuple[Payload, Payload | None]:
        dice, person = self._dice, self._person()
        if dice.random() < 0.6:
            return {"id": person["id"], "type": "private"}, person
        chat, sender = dice.choice(PLACES)
        if sender is not None and not sender["is_bot"] and chat["type"] != "private" and dice.random() < 0.8:
            return chat, person
        return chat, sender

    def _message(self) -> Payload:
        dice = self._dice
        content = {"text": self.text()}
        if dice.random() < 0.2:
            content = copy.deepcopy(dice.choice([*TYPED, *MEDIA, *SERVICES]))
            content |= {"caption": self.text()} if "photo" in content else {}
        if dice.random() < 0.3:
            offset, length = dice.randrange(-2, 5_000), dice.randrange(-2, 5_000)
            kind = dice.choice(("mention", "text_mention", "bot_command", "bold", "url"))
            content["entities"] = [{"type": kind, "offset": dice.choice((0, offset)), "length": length}]
        chat, sender = self._place()
        found = sent_as(chat, sender, content)
        if dice.random() < 0.3:
            found["reply_to_message"] = sent_as(
                chat, dice.choice((US, self._person())), {"text": self.text()}
            )
        return {"message": found | {"message_id": dice.randrange(1, 2_000)}}

    def _edit(self) -> Payload:
        return {"edited_message": self._message()["message"] | {"edit_date": 1}}

    def _tap(self) -> Payload:
        dice = self._dice
        data = dice.choice(self._buttons)
        if dice.random() < 0.3:
            cut = dice.randrange(len(data) + 1)
            data = (
                data[:cut]
                + dice.choice(("", "x", ".", "é", "\ud800", "9", "p", data[:cut]))
                + data[cut + 1 :]
            )
        chat, sender = self._place()
        shown = sent_as(chat, US, {"text": self.text()}) | {"message_id": dice.randrange(1, 2_000)}
        place = dice.choice(({"message": shown}, {"message": shown}, {"inline_message_id": "i"}))
        return {"callback_query": {"id": "1", "chat_instance": "", "data": data, "from": sender, **place}}

    def _inline(self) -> Payload:
        query = {"id": "1", "from": self._person(), "query": self.text()[:256], "offset": ""}
        return {"inline_query": query}

    def _recorded(self) -> Payload:
        return copy.deepcopy(self._dice.choice(self._odd))

    def _less(self, whole: Payload) -> Payload:
        """The same without some of its fields, anywhere."""
        found: Payload = copy.deepcopy(whole)
        for _ in range(self._dice.choice((1, 1, 2, 5))):
            inside = found
            while inside:
                name = self._dice.choice(list(inside))
                if isinstance(inside[name], dict) and inside[name] and self._dice.random() < 0.8:
                    inside = inside[name]
                else:
                    del inside[name]
                    break
        return found


async def main(count: int, seed: int) -> int:
    """Feed many, and print how it went."""
    assistant = Assistant(load(ROOT / "knowledge").base)
    with tempfile.TemporaryDirectory() as folder:
        async with fed(assistant, Path(folder)) as bot:
            await bot.feed(updates())
            dice = Dice(seed, bot.telegram.buttons).updates()
            await bot.feed([next(dice) for _ in range(WARM)])
            fed_before, before, started = bot.taken, bot.memory, time.perf_counter()
            while bot.taken < fed_before + count:
                await bot.feed([next(dice) for _ in range(1_000)])
            taken = time.perf_counter() - started
            number = bot.taken - fed_before
            print(f"{number:,} hostile updates in {taken:,.0f} s, {1000 * taken / number:.2f} ms each")
            print(f"exceptions and complaints: {len(bot.wrong)}")
            print(f"calls that Telegram would refuse: {len(bot.telegram.broken)}")
            print(f"memory: {before:.1f} MB before (after {fed_before:,}), {bot.memory:.1f} MB after")
            print(f"events: {dict(bot.events.most_common())}")
            print(f"calls: {dict(bot.telegram.counts.most_common())}")
            for line, times in Counter([*bot.wrong, *map(str, bot.telegram.broken)]).most_common(40):
                print(f"  {times} x {line}")
            return 1 if bot.wrong or bot.telegram.broken else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.count, given.seed)))
