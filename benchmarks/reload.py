"""What a changed knowledge folder costs: the time until it is live, and how long it keeps answers waiting meanwhile."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from pathlib import Path
from time import perf_counter

from benchmarks.asked import BUNDLED, INVENTED_NOW, ROOT, bundled
from benchmarks.generating import SEED, Size, generate, questions
from benchmarks.measuring import fresh, resident, spread
from benchmarks.report import Bound, Plan, Section, table
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.knowledge.loading import load
from bot.lean import make_ready, prepared
from bot.moderation.watching import Reloading

ELECTIONS = 63
QUICK_ELECTIONS = 3
ROUNDS = 10
QUICK_ROUNDS = 2
ASKED = 200
EVERY_S = 0.003
QUIET_S = 2.0
EVERY = "every file"
INVENTED = "zorglub"
_PHRASINGS = re.compile(rf"(\bfr: \[\s*)(?:{INVENTED} \w+, )?")
ONE_MS, MANY_S, WAIT_MS = 200.0, 2.0, 20.0


@dataclass(frozen=True, slots=True)
class Reloads:
    """Times in milliseconds, by what was changed: of each reload, and what answers took while it went on."""

    elections: int
    took: dict[str, list[float]]
    waited: dict[str, list[float]]
    quiet: list[float]
    before_mib: float
    after_mib: float

    @property
    def usual(self) -> float:
        """The median of what took longest, for a change of a single file."""
        return max(spread(times).median for name, times in self.took.items() if name != EVERY)

    @property
    def longest_wait(self) -> float:
        """The most that an answer took beyond a typical one."""
        return max(time for times in self.waited.values() for time in times) - spread(self.quiet).median


@dataclass(frozen=True, slots=True)
class _Asking:
    """Somebody who asks one question after the other, and notes when each answer was due and came."""

    questions: Sequence[Utterance]
    now: datetime

    async def ask(self, serving: list[Assistant], times: list[float]) -> None:
        for question in cycle(self.questions):
            due = perf_counter() + EVERY_S
            await asyncio.sleep(EVERY_S)
            serving[0].respond(question, Memory(), self.now)
            times.append(1000 * (perf_counter() - due))


def measure(plan: Plan) -> Section:
    rounds, many = (QUICK_ROUNDS, QUICK_ELECTIONS) if plan.quick else (ROUNDS, ELECTIONS)
    one: Reloads = fresh(_bundled, rounds)
    several: Reloads = fresh(_invented, many, rounds)
    text = [
        f"Milliseconds from a change in the folder until an assistant for it is ready to be swapped in: read, "
        f"checked, and laid out for every election. {rounds} reloads each, while a question is asked every "
        f"{1000 * EVERY_S:.0f} ms; `waited` is what an answer took from the moment it was due.",
        _table([one, several]),
        f"Resident before and after these reloads: {one.before_mib:.0f} and {one.after_mib:.0f} MiB with the "
        f"bundled base, {several.before_mib:.0f} and {several.after_mib:.0f} MiB with {many} elections.",
    ]
    size = f"{many} elections × {Size(many).held} claims"
    whole = spread(several.took[EVERY]).median / 1000
    bounds = [
        Bound.at_most("Reload of the bundled base, one file changed: median", ONE_MS, one.usual, "ms"),
        Bound.at_most("Reload of the bundled base: longest extra wait", WAIT_MS, one.longest_wait, "ms"),
        Bound.at_most(f"Reload of {size}, every file changed: median", MANY_S, whole, "s"),
        Bound.at_most(f"Reload of {size}: longest extra wait", WAIT_MS, several.longest_wait, "ms"),
    ]
    return Section("reload", text, bounds)


def _table(measured: Sequence[Reloads]) -> str:
    head = ("Elections", "changed", "median", "slowest", "waited: median", "p99", "max")
    rows = []
    for held in measured:
        quiet = spread(held.quiet)
        rows.append([str(held.elections), "nothing", "", "", *_figures(quiet.median, quiet.p99, quiet.most)])
        for name, times in held.took.items():
            took, waited = spread(times), spread(held.waited[name])
            figures = _figures(took.median, took.most, waited.median, waited.p99, waited.most)
            rows.append([str(held.elections), name, *figures])
    return table(head, rows, words=2)


def _figures(*milliseconds: float) -> list[str]:
    return [f"{figure:.1f}" for figure in milliseconds]


# --- measuring, each in a process of its own -------------------------------------------------------------


def _bundled(rounds: int) -> Reloads:
    asked = bundled(quick=False)
    some = [Utterance(q.text, BUNDLED) for q in asked.questions if len(q.text) < ASKED][:ASKED]
    with _copied(lambda root: shutil.copytree(ROOT / "knowledge", root)) as root:
        return asyncio.run(_reloads(root, _Asking(some, asked.now), rounds))


def _invented(elections: int, rounds: int) -> Reloads:
    with _copied(lambda root: generate(root, Size(elections))) as root:
        base = load(root).base
        planned = questions(dict(base.elections), sorted(base.elections) * (ASKED // elections + 1), SEED)
        some = [Utterance(question.text, question.election) for question in planned]
        return asyncio.run(_reloads(root, _Asking(some, INVENTED_NOW), rounds))


@contextmanager
def _copied(write: Callable[[Path], object]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "knowledge")
        yield Path(folder) / "knowledge"


async def _reloads(root: Path, asking: _Asking, rounds: int) -> Reloads:
    loaded = load(root)
    serving = [prepared(loaded.base, asking.now)]
    make_ready(serving[0], loaded.base.elections, asking.now)
    before = resident()
    live = Reloading(root, serving[0], lambda base: base, lambda: asking.now, loaded)
    del loaded
    times: list[float] = []
    questions = asyncio.create_task(asking.ask(serving, times))
    await asyncio.sleep(QUIET_S)
    quiet = times[len(times) // 2 :]
    took: dict[str, list[float]] = {}
    waited: dict[str, list[float]] = {}
    for name, files in _changes(root).items():
        for number in range(rounds):
            await asyncio.to_thread(_change, files, number)
            times.clear()
            started = perf_counter()
            found = await live.again()
            assert isinstance(found, Assistant), found
            serving[0] = found
            took.setdefault(name, []).append(1000 * (perf_counter() - started))
            await asyncio.sleep(QUIET_S / 10)  # the old base is freed meanwhile
            waited.setdefault(name, []).extend(times)
    questions.cancel()
    return Reloads(len(serving[0].base.elections), took, waited, quiet, before, resident())


def _changes(root: Path) -> dict[str, list[Path]]:
    return {
        "a candidate": sorted(root.glob("*/candidates/*.yaml"))[:1],
        "a shared topic": sorted(root.glob("common/topics/*.yaml"))[:1],
        EVERY: sorted(root.rglob("*.yaml")),
    }


def _change(files: Sequence[Path], number: int) -> None:
    """A phrasing that nobody else has in each file that has some, and a remark at the end of the others.

    The text is another one, so it is read into values, checked for words that mean two things, and laid out anew.
    """
    for path in files:
        text = path.read_text(encoding="utf-8").partition("\n# changed ")[0]
        word = f"{INVENTED} {path.stem.replace('-', '')}{chr(ord('a') + number)}"
        changed, found = _PHRASINGS.subn(rf"\1{word}, ", text, count=1)
        path.write_text(changed if found else f"{text}\n# changed {number} {path.name}\n", encoding="utf-8")
