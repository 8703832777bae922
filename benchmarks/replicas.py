"""How many updates a second two bots handle behind a proxy, beside one: with processor to spare, and without."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from benchmarks import plots
from benchmarks.asked import bundled
from benchmarks.confining import Confine, confined, family_worked, worked
from benchmarks.report import Bound, Plan, Section, picture, table
from benchmarks.telegram import CHATS, TOKEN, ask, serving
from tests import postgres, proxy
from tests.stand_in import Remote, process

UPDATES = 2_000
ROUNDS = 3
PATIENCE = 60.0
SHARE = 0.3
"""Of a core, for each bot: so little that the stand-in, the proxy and the database always get theirs."""
TIMES = 1.7
PARTS = ("bots", "stand-in", "proxy", "PostgreSQL")
REALISTIC = ("max_connections=50",)
"""PostgreSQL as it comes: what it has acknowledged is on disk."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What stands between Telegram and the answer."""

    name: str
    bot: str
    bots: int = 1
    shared: bool = False
    """Behind the proxy, with PostgreSQL."""


SETUPS = (
    Setup("echo, bare python-telegram-bot", "echo"),
    Setup("one process, SQLite", "ours"),
    Setup("one replica, proxy, PostgreSQL", "ours", 1, shared=True),
    Setup("two replicas, proxy, PostgreSQL", "ours", 2, shared=True),
)
ONE, TWO = SETUPS[2:]


@dataclass(frozen=True, slots=True)
class Run:
    """What a setup did with some updates."""

    per_second: float
    spent: tuple[float, ...]
    """Milliseconds of processor time for each update, of each of the parts."""


def measure(plan: Plan) -> Section:
    missing = [
        n for n, there in (("PostgreSQL", postgres.programs()), ("HAProxy", proxy.program())) if not there
    ]
    if missing:
        return Section("replicas", [f"Not measured: this machine has no {' and no '.join(missing)}."])
    questions = [question.text for question in bundled(quick=False).questions]
    updates, rounds, setups = (100, 1, (ONE, TWO)) if plan.quick else (UPDATES, ROUNDS, SETUPS)
    held, free = {}, {}
    with postgres.running(REALISTIC) as server, confined("try", SHARE) as possible:
        if possible:
            held = _runs(server, setups, SHARE, questions, updates, rounds)
        if not (plan.quick and possible):
            free = _runs(server, setups, None, questions, updates, rounds)
    text = [_said(updates, rounds)]
    if held:
        text += [
            f"**Each bot held to {SHARE:.0%} of a core**, so that none of the others ever lacks one:",
            _table(held),
        ]
    else:
        text += [
            "**Each bot held to a part of a core**: not measured, as control groups may not be written here."
        ]
    if free:
        text += [f"**Nothing held back**, on {os.cpu_count()} cores that all share:", _table(free)]
        text.append(_room(free[TWO]))
    _draw(held, free, plan.pictures)
    text.append(picture("replicas", "Updates a second of each setup, held to a part of a core and not"))
    return Section("replicas", text, list(_bounds(held)))


def _said(updates: int, rounds: int) -> str:
    return (
        f"By webhook: {updates:,} questions of the project's banks from {CHATS} chats, all waiting at once; the "
        f"median of {rounds} runs each, in turns. *Beside one* is beside one replica behind the proxy with PostgreSQL. "
        "What each part works for an update is its processor time in milliseconds, from `/proc`. PostgreSQL is set up "
        "as it comes: what it has acknowledged is on disk."
    )


def _room(run: Run) -> str:
    """Where the cores run out."""
    cores, each = os.cpu_count() or 1, sum(run.spent)
    return (
        f"With two replicas, all parts together work {each:.2f} ms for an update: {cores} cores can do no more than "
        f"{1000 * cores / each:.0f} of those a second, however many replicas there are."
    )


def _runs(
    server: postgres.Postgres,
    setups: Sequence[Setup],
    share: float | None,
    questions: Sequence[str],
    updates: int,
    rounds: int,
) -> dict[Setup, Run]:
    """The median run of each setup; one after the other, so that all meet the same weather."""
    runs: dict[Setup, list[Run]] = {setup: [] for setup in setups}
    for _ in range(rounds):
        for setup, results in runs.items():
            results.append(_run(server, setup, share, questions, updates))
    return {
        setup: Run(
            median(run.per_second for run in results),
            tuple(median(times) for times in zip(*(run.spent for run in results), strict=True)),
        )
        for setup, results in runs.items()
    }


def _run(
    server: postgres.Postgres, setup: Setup, share: float | None, questions: Sequence[str], updates: int
) -> Run:
    with ExitStack() as stack:
        telegram = stack.enter_context(process(TOKEN, "--keep", "2000"))
        bots, proxy_id = _started(stack, server, setup, telegram)
        chats = [telegram.private().id for _ in range(CHATS)]
        ask(telegram, setup.bot, list(zip(chats, islice(cycle(questions), CHATS), strict=False)))
        _hold(stack, bots, share)

        def spent() -> list[float]:
            return [
                sum(map(worked, bots)),
                worked(telegram.process_id),
                worked(proxy_id) if proxy_id else 0.0,
                family_worked(server.process_id) if setup.shared else 0.0,
            ]

        before, started = spent(), perf_counter()
        ask(telegram, setup.bot, list(zip(islice(cycle(chats), updates), cycle(questions), strict=False)))
        took = perf_counter() - started
        each = tuple(1000 * (now - then) / updates for now, then in zip(spent(), before, strict=True))
        return Run(updates / took, each)


def _started(
    stack: ExitStack, server: postgres.Postgres, setup: Setup, telegram: Remote
) -> tuple[list[int], int]:
    """The numbers of the bots' processes and of the proxy's; 0 if there is none."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    if not setup.shared:
        bot = stack.enter_context(serving(setup.bot, "webhook", telegram.url, folder))
        return [bot.pid], 0
    place = stack.enter_context(proxy.listening())
    first, second = proxy.free_ports(2)
    shared = {"STATE_URL": server.fresh(), "WEBHOOK_URL": proxy.webhook_url(place)}
    bots = [
        stack.enter_context(
            serving(setup.bot, "webhook", telegram.url, folder, (), shared | {"WEBHOOK_PORT": str(port)})
        )
        for port in (first, second)[: setup.bots]
    ]
    for port in (first, second)[: setup.bots]:
        _await(port)
    return [bot.pid for bot in bots], stack.enter_context(proxy.running(place, (first, second))).process_id


def _await(port: int) -> None:
    """Wait until a bot is ready for what the proxy brings it."""
    deadline = perf_counter() + PATIENCE
    while perf_counter() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        sleep(0.05)
    raise TimeoutError("a bot does not get ready")


def _hold(stack: ExitStack, bots: Sequence[int], share: float | None) -> None:
    """Hold each of the bots to its share of a core, from now on."""
    for bot in bots if share else ():
        confine: Confine | None = stack.enter_context(confined(str(bot), share))
        assert confine is not None
        confine(bot)


def _table(runs: dict[Setup, Run]) -> str:
    head = ("", "updates a second", "beside one", *(f"{part}: ms" for part in PARTS), "all: ms")
    rows = []
    for setup, run in runs.items():
        times = [f"{spent:.2f}" if spent else "–" for spent in run.spent]
        beside = f"{run.per_second / runs[ONE].per_second:.2f}"
        rows.append([setup.name, f"{run.per_second:.0f}", beside, *times, f"{sum(run.spent):.2f}"])
    return table(head, rows)


def _bounds(held: dict[Setup, Run]) -> Iterator[Bound]:
    what, bound = f"Two replicas beside one, each held to {SHARE:.0%} of a core", f"≥ {TIMES:g} times"
    if held:
        times = held[TWO].per_second / held[ONE].per_second
        yield Bound(what, bound, f"{times:.2f} times", times >= TIMES)
    else:
        yield Bound(what, bound, "not measured", reached=False)


def _draw(held: dict[Setup, Run], free: dict[Setup, Run], folder: Path) -> None:
    panels = [(f"Each bot held to {SHARE:.0%} of a core", held), ("Nothing held back", free)]
    panels = [panel for panel in panels if panel[1]]
    figure, axes = plots.drawn(len(panels), height=2.4, sharey=True)
    for axis, (title, runs) in zip(axes, panels, strict=True):
        names = [setup.name for setup in runs]
        values = [run.per_second for run in runs.values()]
        colours = [plots.OWN if setup.bot == "ours" else plots.OTHERS[2] for setup in runs]
        axis.barh(names, values, color=colours, height=0.6)
        for name, value in zip(names, values, strict=True):
            axis.text(value, name, f" {value:.0f}", va="center", color=plots.INK)
        axis.set_title(title)
        axis.set_xlabel("updates a second")
        axis.set_xlim(0, 1.18 * max(values))
        axis.grid(axis="y", visible=False)
    axes[0].invert_yaxis()
    plots.save(figure, folder, "replicas")
