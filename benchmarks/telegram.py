"""How many updates a second the bot handles on Telegram, beside a bare echo bot, and what it holds in memory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.asked import ROOT, bundled
from benchmarks.confining import worked
from benchmarks.measuring import resident
from benchmarks.parts import parts
from benchmarks.report import Bound, Plan, Section, table
from tests.stand_in import Remote, process

TOKEN = "123456:a-token-for-measuring-only"
CHATS = 200
UPDATES = 3_000
ROUNDS = 5
LASTING = 10_000
SHARE = 0.9
MIB = 110.0
PATIENCE = 600.0
BOTS = {"echo": ("benchmarks.echo_bot",), "first": ("benchmarks.echo_bot",), "ours": ("bot", "serve")}
"""`first` is the library's first example, which handles one update at a time and fetches them."""
NAMES = {
    "echo": "echo, bare python-telegram-bot",
    "first": "echo, the library's first example, one update at a time",
    "ours": "ours",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What one bot did with some updates."""

    per_second: float
    processor: float
    """Milliseconds of processor time for each update."""
    memory: float
    """MiB, at the end."""


def measure(plan: Plan) -> Section:
    questions = [question.text for question in bundled(quick=False).questions]
    updates, rounds = (300, 1) if plan.quick else (UPDATES, ROUNDS)
    found: dict[tuple[str, str], Run] = {}
    for mode in ("polling", "webhook"):
        runs: dict[str, list[Run]] = {name: [] for name in BOTS if mode == "polling" or name != "first"}
        for _ in range(rounds):  # one after the other, so that both meet the same weather
            for name, results in runs.items():
                results.append(_run(name, mode, questions, updates))
        for name, results in runs.items():
            found[name, mode] = sorted(results, key=lambda run: run.per_second)[len(results) // 2]
    lasting = _run("ours", "polling", questions, 500 if plan.quick else LASTING)
    rows = [[f"{NAMES[name]}, {mode}", *_cells(run)] for (name, mode), run in found.items()]
    share = {m: found["ours", m].per_second / found["echo", m].per_second for m in ("polling", "webhook")}
    text = [
        f"{updates:,} questions of the project's banks from {CHATS} chats, all waiting at once; the median of "
        f"{rounds} runs each, in turns. The stand-in for Telegram runs in a process of its own on the other core. "
        "Limits that protect Telegram and voters are lifted for both.",
        table(("", "updates a second", "ms of processor each", "MiB"), rows),
        "Where one update's time goes, each part alone, in one thread:",
        table(("part", "ms"), parts(questions)),
        f"Memory of `serve` (polling) after {LASTING:,} questions: {lasting.memory:.1f} MiB.",
    ]
    bounds = [
        Bound(
            f"Updates a second beside a bare echo bot, {mode}",
            f"≥ {SHARE:g} of its",
            f"{value:.2f}",
            value >= SHARE,
        )
        for mode, value in share.items()
    ]
    bounds.append(Bound.at_most(f"`serve` after {LASTING:,} questions", MIB, lasting.memory, "MiB"))
    return Section("telegram", text, bounds)


def _run(name: str, mode: str, questions: Sequence[str], updates: int) -> Run:
    with (
        tempfile.TemporaryDirectory() as folder,
        process(TOKEN, "--keep", "2000") as telegram,
        serving(name, mode, telegram.url, Path(folder)) as bot,
    ):
        chats = [telegram.private().id for _ in range(CHATS)]
        ask(telegram, name, list(zip(chats, islice(cycle(questions), CHATS), strict=False)))
        before, started = worked(bot.pid), perf_counter()
        ask(telegram, name, list(zip(islice(cycle(chats), updates), cycle(questions), strict=False)))
        took = perf_counter() - started
        spent = worked(bot.pid) - before
        return Run(updates / took, 1000 * spent / updates, resident(bot.pid))


def ask(telegram: Remote, name: str, said: list[tuple[int, str]]) -> None:
    """Say it all and wait until all is answered: ours acknowledges what it has answered, the echo bot answers once."""
    wanted = _answers(telegram) + len(said)
    telegram.say_many(said=said)
    if name == "ours":
        telegram.settled(timeout=PATIENCE)
        return
    deadline = perf_counter() + PATIENCE
    while _answers(telegram) < wanted:
        if perf_counter() > deadline:
            raise TimeoutError("the echo bot does not answer")
        sleep(0.02)


def _answers(telegram: Remote) -> int:
    counts = telegram.counts()
    return int(
        counts.get("sendMessage", 0) if isinstance(counts, dict) else getattr(counts, "sendMessage", 0)
    )


@contextmanager
def serving(
    name: str,
    mode: str,
    url: str,
    folder: Path,
    options: Sequence[str] = (),
    more: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """One of the bots in a process of its own, with options and environment of its own."""
    environment = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": url,
        "MESSAGES_PER_SECOND": "1000000",
        "QUESTIONS_PER_MINUTE": "1000000",
        "LOG_LEVEL": "error",
        "STATE_URL": f"sqlite:///{folder / 'state.sqlite3'}",
    }
    if name == "first":
        environment["ECHO_AT_A_TIME"] = "1"
    if mode == "webhook":
        port = str(_free_port())
        environment |= {
            "ECHO_PORT": port,
            "WEBHOOK_PORT": port,
            "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        }
    environment |= more or {}
    with subprocess.Popen([sys.executable, "-m", *BOTS[name], *options], cwd=ROOT, env=environment) as bot:
        try:
            yield bot
        finally:
            bot.send_signal(signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _cells(run: Run) -> list[str]:
    return [f"{run.per_second:.0f}", f"{run.processor:.2f}", f"{run.memory:.0f}"]
