"""Two bots behind a proxy, with one database and one folder of knowledge, are to voters as one bot."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram.serving import WAITING
from bot.dialogue.wording import wording
from tests import postgres, proxy
from tests.end_to_end.moderating.phones import TOWN, TOWN_NOW, town
from tests.end_to_end.processes import Process, environment
from tests.stand_in import Chat, Sent, StandIn

MISSING = [
    name
    for name, there in (("postgresql", postgres.programs()), ("haproxy", proxy.program()))
    if there is None
]
pytestmark = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=f"needs {' and '.join(MISSING)}"
)

SECRET = "a-secret-of-these-tests"
LIMIT = 12
CONCURRENCY = 8
LONG = 30.0
ASKED = ("rose petal cameras", "ted thorn sport", "what about cameras", "que dit rose sur les caméras")
POOL = "He wants a swimming pool."


@dataclass
class House:
    """Telegram, a proxy, and two bots that share a database and a folder; whoever was stopped can be started again."""

    telegram: StandIn
    root: Path
    settings: dict[str, str]
    ports: tuple[int, int]
    door: int
    """The port of the proxy."""
    bots: dict[int, Process] = field(default_factory=dict)
    ended: list[Process] = field(default_factory=list)

    def begin(self) -> None:
        """Start the bots that are not running."""
        new = [port for port in self.ports if port not in self.bots]
        for port in new:
            where = ("--knowledge", str(self.root), "--now", TOWN_NOW.isoformat())
            settings = self.settings | {"WEBHOOK_PORT": str(port)}
            self.bots[port] = Process(settings, self.root.parent, *where, "--webhook", program=("-m", "bot"))
        for port in new:
            self.bots[port].prints('"serving"')
        self.telegram.wait(lambda: self.telegram.core.webhook, LONG)

    def end(self, port: int) -> Process:
        """Let go of a bot that is no more."""
        bot = self.bots.pop(port)
        bot.kill()
        self.ended.append(bot)
        return bot

    def said(self, event: str) -> list[int]:
        """How often each of the bots that run has logged something."""
        return [sum(f'"event": "{event}"' in line for line in bot.lines) for bot in self.bots.values()]

    def written(self, chat: Chat, text: str) -> dict[str, Any]:
        """The update that somebody's words make, which Telegram has not brought to anybody yet."""
        updates = self.telegram.core.updates
        with self.telegram.core.changed:
            self.telegram.hold()
            self.telegram.say(chat, text)
            (queued,) = updates.holding or ()
            updates.holding = None
        assert isinstance(queued.body, dict)
        return queued.body

    def asked(self, port: int, chat: Chat, text: str) -> str:
        """What a bot answers, when Telegram asks it and no other."""
        before = len(self.telegram.replies(chat))
        assert brought(port, self.written(chat, text)) == 200
        return "\n\n".join(shown.text for shown in self.telegram.replies(chat)[before:])

    def base(self, port: int) -> str:
        """The version of the base that a bot answers from."""
        return str(json.loads(got(port, "/healthz")[1])["base"]["version"])


def brought(port: int, update: dict[str, Any]) -> int:
    """Bring an update to one of the bots, by no proxy; its answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=LONG)
    try:
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        connection.request("POST", proxy.WEBHOOK_PATH, json.dumps(update), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def got(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=LONG)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with ExitStack() as stack:
        telegram = stack.enter_context(StandIn())
        server = stack.enter_context(postgres.running())
        place = stack.enter_context(proxy.listening())
        first, second = proxy.free_ports(2)
        settings = environment(
            telegram,
            folder,
            STATE_URL=server.fresh(),
            WEBHOOK_URL=proxy.webhook_url(place),
            WEBHOOK_SECRET=SECRET,
            QUESTIONS_PER_MINUTE=LIMIT,
            CONCURRENCY=CONCURRENCY,
            LOG_LEVEL="debug",
        )
        house = House(telegram, town(folder), settings, (first, second), place.getsockname()[1])
        stack.callback(lambda: [house.end(port) for port in list(house.bots)])
        house.begin()
        before = stack.enter_context(proxy.running(place, (first, second)))
        yield house
    written = "".join(before.lines)
    assert not [secret for secret in (SECRET, proxy.WEBHOOK_PATH, telegram.token) if secret in written]


@pytest.fixture
def house(built: House) -> Iterator[House]:
    """Both bots run; whatever a test does, nothing of Telegram's rules is broken, and no fault is logged."""
    built.begin()
    yield built
    built.telegram.settled(LONG)
    assert built.telegram.violations == []
    lines = [line for bot in (*built.bots.values(), *built.ended) for line in bot.lines]
    assert [line for line in lines if '"level": "error"' in line] == []
    assert [line for line in lines if SECRET in line or built.telegram.token in line] == []


def answers(telegram: StandIn, chats: list[Chat]) -> Counter[int]:
    """How many chats got how many messages."""
    return Counter(len(telegram.replies(chat)) for chat in chats)


def voters(telegram: StandIn, number: int) -> list[Chat]:
    return [telegram.private(language_code="en") for _ in range(number)]


def ask_all(telegram: StandIn, chats: list[Chat], each: int = 1) -> list[Sent]:
    """Everybody asks at once."""
    said = [(chat.id, ASKED[(n + m) % len(ASKED)]) for m in range(each) for n, chat in enumerate(chats)]
    return telegram.say_many(said)


def test_many_chats_are_answered_by_both_each_question_once_though_brought_twice(house: House) -> None:
    chats = voters(house.telegram, 80)
    before = house.said("answered")
    for sent in ask_all(house.telegram, chats, each=2):
        house.telegram.duplicate(sent)
    house.telegram.settled(LONG)
    assert answers(house.telegram, chats) == {2: len(chats)}
    assert all(
        now - earlier > len(chats) // 4 for now, earlier in zip(house.said("answered"), before, strict=True)
    )


def test_an_update_brought_to_both_at_the_same_moment_is_answered_once(house: House) -> None:
    chats = voters(house.telegram, 40)
    updates = [house.written(chat, ASKED[0]) for chat in chats]
    with ThreadPoolExecutor(16) as pool:
        statuses = pool.map(lambda pair: brought(*pair), [(p, u) for u in updates for p in house.ports])
        assert set(statuses) == {200}
    assert answers(house.telegram, chats) == {1: len(chats)}


def test_the_proxy_lets_nothing_in_but_updates(house: House) -> None:
    for path in ("/metrics", "/healthz", "/readyz", "/", proxy.WEBHOOK_PATH):
        assert got(house.door, path)[0] == 404
    assert got(house.door, f"{proxy.WEBHOOK_PATH}/more", "POST")[0] == 404
    assert got(house.door, proxy.WEBHOOK_PATH, "POST")[0] == 403


def test_a_conversation_goes_on_at_another_bot(house: House) -> None:
    first, second = house.ports
    (chat,) = voters(house.telegram, 1)
    assert house.asked(first, chat, "what does rose petal say on cameras").startswith("Rose Petal · Cameras")
    assert house.asked(second, chat, "and Ted Thorn?").startswith("Ted Thorn · Cameras")
    assert house.asked(first, chat, "and on sport?").startswith("Ted Thorn · Sport")
    assert house.asked(second, chat, "/language fr") == "Je réponds désormais en français."
    assert house.asked(first, chat, "et les caméras ?").startswith("Ted Thorn · Caméras")


def test_how_much_one_person_may_ask_is_counted_by_both_together(house: House) -> None:
    (chat,) = voters(house.telegram, 1)
    for number in range(2 * LIMIT):
        house.asked(house.ports[number % 2], chat, ASKED[0])
    answered = [shown for shown in house.telegram.replies(chat) if shown.text.startswith("Rose Petal")]
    # A minute is long: what little of it passes meanwhile allows for one or two more.
    assert LIMIT <= len(answered) <= LIMIT + 3


def test_an_edit_reaches_both_and_whoever_waits_for_it_is_told_once(house: House) -> None:
    telegram, chats = house.telegram, voters(house.telegram, 12)
    for number, chat in enumerate(chats):
        port = house.ports[number % 2]
        house.asked(port, chat, "ted thorn cameras")
        bell = next(
            button for shown in telegram.replies(chat) for button in shown.buttons if "🔔" in button.text
        )
        tapped = telegram.tap(telegram.replies(chat)[-1], bell.text)
        telegram.callback_answer(tapped, LONG)
    telegram.settled(LONG)
    versions = {house.base(port) for port in house.ports}

    file = house.root / TOWN / "candidates" / "thorn.yaml"
    claim = "    - {claim: {fr: Il veut 3 caméras., en: He wants 3 cameras.}, source: gazette}\n"
    beside = file.with_name(".thorn.yaml.new")
    beside.write_text(f"{file.read_text(encoding='utf-8')}  cameras:\n{claim}", encoding="utf-8")
    beside.replace(file)
    for bot in house.bots.values():
        bot.prints('"reloaded"', LONG)
    assert len({house.base(port) for port in house.ports}) == 1
    assert house.base(house.ports[0]) not in versions

    telegram.wait(lambda: all(notes(telegram, chat) for chat in chats), LONG)
    # Each of them tells until it is stopped: by then, whatever was to be told has been.
    assert [bot.stop() for bot in house.bots.values()] == [0, 0]
    for port in house.ports:
        house.end(port)
    assert {len(notes(telegram, chat)) for chat in chats} == {1}


def notes(telegram: StandIn, chat: Chat) -> list[str]:
    """Every message that says that there is now an answer."""
    beginning = wording("en")("telegram.notified")
    return [shown.text for shown in telegram.replies(chat) if shown.text.startswith(beginning)]


def answers_of(telegram: StandIn, chats: list[Chat]) -> list[int]:
    return [len(telegram.replies(chat)) for chat in chats]


def test_one_that_is_killed_in_the_middle_loses_nothing(house: House) -> None:
    chats = voters(house.telegram, 300)
    sent = house.telegram.counts["sendMessage"]
    ask_all(house.telegram, chats)
    house.telegram.wait(lambda: house.telegram.counts["sendMessage"] >= sent + len(chats) // 4, LONG)
    house.end(house.ports[0])
    before = answers_of(house.telegram, chats)
    assert sum(before) < len(chats), "it was killed too late to tell anything"
    house.telegram.settled(LONG)
    after = answers_of(house.telegram, chats)
    assert min(after) == 1
    # What was sent in the instant before, and not saved yet, comes again.
    assert sum(number - 1 for number in after) <= CONCURRENCY * WAITING
    assert house.telegram.core.webhook is not None
