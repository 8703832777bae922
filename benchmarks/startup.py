"""What a voter at a terminal waits for the first answer, and what a conversation holds in memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from benchmarks.asked import BUNDLED, ROOT, bundled
from benchmarks.measuring import resident
from benchmarks.report import Bound, Plan, Section, table
from bot.evaluation.bank import Question

RUNS = 10
QUICK_RUNS = 2
QUESTIONS = 50
START_S = 0.7
CHAT_MIB = 80.0
_PATIENCE_S = 60.0
_BOT = (sys.executable, "-m", "bot")


def measure(plan: Plan) -> Section:
    runs = QUICK_RUNS if plan.quick else RUNS
    bare = _timed([sys.executable, "-c", "pass"], runs)
    version = _timed([*_BOT, "--version"], runs)
    started = _timed([*_BOT, "ask", "police"], runs)
    asked = bundled(quick=False).questions
    held = _chat(asked[:: max(1, len(asked) // QUESTIONS)][:QUESTIONS])
    rows = [
        ["`python -c pass`", *_cells(bare)],
        ["`python -m bot --version`", *_cells(version)],
        ['`python -m bot ask "police"`', *_cells(started)],
    ]
    text = [
        f"Seconds from start to end of a process, {runs} runs each (after one that is not counted):",
        table(("", "median", "fastest", "slowest"), rows),
        f"`python -m bot chat`, piped: {held[0]:.0f} MiB resident after its first answer, "
        f"{held[1]:.0f} MiB after {QUESTIONS}.",
    ]
    bounds = [
        Bound.at_most("`ask` from a cold start, median", START_S, median(started), "s"),
        Bound.at_most(f"`chat` after {QUESTIONS} questions", CHAT_MIB, held[1], "MiB"),
    ]
    return Section("startup", text, bounds)


def _timed(command: list[str], runs: int) -> list[float]:
    times = []
    for _ in range(runs + 1):
        begun = perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        times.append(perf_counter() - begun)
    return times[1:]


def _cells(times: list[float]) -> list[str]:
    return [f"{value:.2f}" for value in (median(times), min(times), max(times))]


def _chat(questions: tuple[Question, ...]) -> list[float]:
    """The memory of a conversation after its first answer and after its last, in MiB."""
    with tempfile.TemporaryFile() as said:
        command = [*_BOT, "--election", BUNDLED, "chat"]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=said) as chat:
            assert chat.stdin is not None
            held = []
            for some in (questions[:1], questions[1:]):
                chat.stdin.write("".join(f"{_line(q.text)}\n" for q in some).encode())
                chat.stdin.flush()
                _rest(chat.pid)
                held.append(resident(chat.pid))
            chat.stdin.close()
    return held


def _line(text: str) -> str:
    return " ".join(text.split())


def _rest(process: int) -> None:
    """Wait until a process has worked and then done nothing for a second: it waits for more to read."""
    deadline = perf_counter() + _PATIENCE_S
    before, still = -1.0, 0
    while still < 5 or before < 0.1:
        if perf_counter() > deadline:
            raise TimeoutError("the conversation does not come to rest")
        sleep(0.2)
        worked = _worked(process)
        still = still + 1 if worked == before else 0
        before = worked


def _worked(process: int) -> float:
    """The processor time of a process so far, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
