"""How long a voter's unanswered question takes to be answered once a moderator decides, and what forgers get done."""

from __future__ import annotations

import random
import shutil
import sqlite3
import string
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from benchmarks.asked import ROOT
from benchmarks.report import Bound, Plan, Section, table
from benchmarks.telegram import PATIENCE, TOKEN, serving
from tests.stand_in import Remote, process

MODERATOR = 4_242
WANTED = (
    "terrain de padel",
    "terrain de squash",
    "terrain de bmx",
    "terrain de curling",
    "terrain de cricket",
)
ENTRY = "= Sport"
FORGED = 10_000
SECONDS = 2.0
TAPS = 6
READING = 2.0
"""Seconds for which the moderator looks at the queue; the bot gets ready for a preview meanwhile."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How one question came to be answered: seconds, and what the moderator tapped or typed."""

    preview: float
    live: float
    taps: int


def measure(plan: Plan) -> Section:
    wanted, forged = (WANTED[:1], 200) if plan.quick else (WANTED, FORGED)
    with _served() as (telegram, folder):
        telegram.private(id=MODERATOR, language_code="fr", open=True)
        _named(telegram)
        answers = [_answered(telegram, words) for words in wanted]
        before = _kept(folder)
        seconds = _forge(telegram, forged)
        unchanged = _kept(folder) == before
    slowest = max(each.live for each in answers)
    together = max(each.preview + each.live for each in answers)
    rows = [
        [
            "from the entry that is meant to the preview, banks asked again",
            _seconds(median(a.preview for a in answers)),
        ],
        ["from the last tap to the first right answer", _seconds(median(a.live for a in answers))],
        ["the slowest of them", _seconds(slowest)],
        ["both together, the slowest", _seconds(together)],
    ]
    text = [
        f"{len(answers)} questions that the bundled base cannot answer are asked by a voter. A moderator opens the "
        f"queue, reads it for {READING:g} seconds, then taps the row, the entry that is meant, and Apply. The voter "
        "asks again until the answer is right.",
        table(("", "seconds"), rows),
        f"{forged:,} forged or replayed actions of people who do not moderate, in {seconds:.0f} s: files and tables of "
        f"moderation {'unchanged' if unchanged else '**changed**'}.",
    ]
    taps = max(each.taps for each in answers)
    bounds = [
        Bound("Taps from an unanswered question to its answer", f"≤ {TAPS}", str(taps), taps <= TAPS),
        Bound.at_most(
            "Last tap to the first right answer (the banks were asked before it)", SECONDS, slowest, "s"
        ),
        Bound.at_most("The same and the preview, which asks the banks again", SECONDS, together, "s"),
        Bound(
            f"{forged:,} forged moderator actions",
            "change nothing",
            "nothing" if unchanged else "something",
            unchanged,
        ),
    ]
    return Section("moderating", text, bounds)


@contextmanager
def _served() -> Iterator[tuple[Remote, Path]]:
    """A bot on a copy of the bundled base, in a process of its own."""
    with tempfile.TemporaryDirectory() as name, process(TOKEN, "--keep", "100000") as telegram:
        folder = Path(name)
        shutil.copytree(ROOT / "knowledge", folder / "knowledge")
        more = {"MODERATOR_IDS": f"{MODERATOR}"}
        options = ("--knowledge", str(folder / "knowledge"))
        with serving("ours", "polling", telegram.url, folder, options, more):
            yield telegram, folder


def _named(telegram: Remote) -> None:
    _said(telegram, MODERATOR, "/queue")
    _said(telegram, MODERATOR, "Anna")


def _answered(telegram: Remote, words: str) -> Answered:
    """Let a voter ask, a moderator add the words, and the voter ask again until the answer is right."""
    voter = telegram.private(language_code="fr").id
    _said(telegram, voter, words)
    taps = 1
    shown = _said(telegram, MODERATOR, "/queue")
    sleep(READING)
    for label in (words, ENTRY):
        started = perf_counter()
        telegram.tap(message=shown, button=label)
        telegram.settled(timeout=PATIENCE)
        shown = telegram.replies(chat=MODERATOR)[-1]
        preview = perf_counter() - started
        taps += 1
    started = perf_counter()
    telegram.tap(message=shown, button="Appliquer")
    taps += 1
    while True:
        answer = _said(telegram, voter, words)
        if "Sport" in answer.text.split("\n")[0]:
            return Answered(preview, perf_counter() - started, taps)
        if perf_counter() - started > PATIENCE:
            raise TimeoutError(f"{words!r} is still not answered")
        sleep(0.05)


def _said(telegram: Remote, chat: int, text: str) -> object:
    asked = telegram.say(chat=chat, text=text)
    return telegram.wait_for_message(chat=chat, after=asked, timeout=PATIENCE)


def _forge(telegram: Remote, count: int) -> float:
    """Tap what only moderators are shown, as somebody who is none: made up, changed a little, or word for word."""
    draw = random.Random(20260315)
    real = [b.data for shown in telegram.replies(chat=MODERATOR) for b in shown.buttons if b.data]
    voters = [telegram.private(language_code="fr").id for _ in range(100)]
    shown = {voter: _said(telegram, voter, "bonjour") for voter in voters}
    started = perf_counter()
    for _ in range(count):
        voter = draw.choice(voters)
        telegram.tap(message=shown[voter], data=_made_up(draw, real))
    telegram.settled(timeout=PATIENCE)
    return perf_counter() - started


def _made_up(draw: random.Random, real: list[str]) -> str:
    data = draw.choice(real)
    for _ in range(draw.randrange(3)):
        place = draw.randrange(len(data))
        data = data[:place] + draw.choice(string.ascii_letters + string.digits + "._-") + data[place + 1 :]
    return data[:64]


def _kept(folder: Path) -> tuple[object, ...]:
    """All that moderators' actions could change: files of the base, and rows of their tables."""
    files = sorted((folder / "knowledge").rglob("*.yaml"))
    with closing(sqlite3.connect(folder / "state.sqlite3")) as connection:
        tables = ("moderators", "drafts", "proposals", "audit", "dismissed")
        rows = [connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables]
    return [(path.name, path.read_bytes()) for path in files], rows


def _seconds(value: float) -> str:
    return f"{value:.2f}"
