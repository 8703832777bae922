"""A million hostile messages: most straight to the core and its formatting, a tenth as updates to a bot that serves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from time import perf_counter

from benchmarks.faults.drawing import draw
from benchmarks.faults.fuzzing import fuzzed
from benchmarks.faults.listening import Listener
from benchmarks.faults.posting import posted
from benchmarks.faults.texts import Dice
from benchmarks.faults.trial import Round, Trial, untried
from benchmarks.measuring import fresh

FAULT = "hostile messages"
LOOKS = 20
WARM = 50_000
"""Texts after which all that is kept at hand is full."""
FLAT = 0.05


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of some texts: how many, what went wrong, and the memory held from when all was warm."""

    texts: int
    wrong: Mapping[str, int]
    outcomes: Mapping[str, int]
    memory: tuple[float, ...]
    seconds: float

    @property
    def growth(self) -> float:
        """How much more was ever held than when all was warm, as a share."""
        return max(self.memory) / self.memory[0] - 1 if self.memory else 0.0


def trials(around: Round) -> Iterator[Trial]:
    """In process with dice and hypothesis, then led by what code was reached, then through a bot that serves."""
    yield _in_process(around)
    yield (
        _led(around)
        if find_spec("atheris")
        else untried("hostile messages, led", "atheris (`pip install atheris`)", optional=True)
    )
    yield from posted(around, around.millions(600, 100_000))


def _in_process(around: Round) -> Trial:
    by_dice, drawn = around.millions(1_500, 700_000), around.millions(500, 150_000)
    heard = fresh(listened, by_dice, drawn, 20_260_315)
    flat = around.quick or heard.growth <= FLAT
    grown = "not measured" if around.quick else f"{100 * heard.growth:+.1f} % from {heard.memory[0]:.0f} MiB"
    answers = ", ".join(
        f"{name} {100 * n / heard.texts:.0f} %" for name, n in Counter(heard.outcomes).most_common(4)
    )
    return Trial(
        FAULT,
        f"{by_dice:,} texts by seeded dice (lists of Unicode torture and injections, words of the base bent), "
        f"{drawn:,} drawn by hypothesis, through `respond` and the formatting for Telegram",
        "no exception, every message one that Telegram takes, every claim above its source, memory ± 5 %",
        f"{sum(heard.wrong.values())} faults; {answers}; memory {grown}; "
        f"{1000 * heard.seconds / heard.texts:.1f} ms each",
        not heard.wrong and flat,
    )


def listened(by_dice: int, drawn: int, seed: int, log: Path | None = None) -> Heard:
    """What became of so many texts by dice, and of so many that hypothesis drew."""
    listener, memory, started = Listener(seed), [], perf_counter()
    dice = Dice(seed, listener.known).texts()

    def look() -> None:
        held = listener.memory
        if listener.heard >= WARM:
            memory.append(held)
        if log is not None:
            with log.open("a") as file:
                print(
                    f"{listener.heard:,} {held:.1f} MiB {perf_counter() - started:.0f} s {listener.wrong}",
                    file=file,
                )

    for _ in range(LOOKS):
        listener.hear(islice(dice, by_dice // LOOKS))
        draw(drawn // LOOKS, seed + listener.heard, listener.hear)
        look()
    taken = perf_counter() - started
    return Heard(listener.heard, listener.wrong, listener.outcomes, tuple(memory), taken)


def _led(around: Round) -> Trial:
    found = fuzzed(around.room("fuzzing"), around.millions(300, 50_000), seconds=around.millions(30, 1_200))
    return Trial(
        FAULT,
        f"{found.tried:,} texts made by atheris, which is led by what code of the core the ones before reached",
        "no exception, every message one that Telegram takes, every claim above its source",
        found.said or "0 faults",
        not found.said and found.tried > 0,
    )
