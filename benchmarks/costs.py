"""What a base of some size costs, measured in a process that holds nothing else (no plots, no peers)."""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.asked import INVENTED_NOW, sound
from benchmarks.generating import CLAIMS, SEED, questions
from benchmarks.measuring import Spread, resident, spread
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.scopes import ELECTIONS_KEPT


@dataclass(frozen=True, slots=True)
class Cost:
    """What so many elections cost; times to answer in milliseconds.

    `first` are the first answers about each election; `again` those about one that must be prepared anew
    because too many others came since; `ready` those about one that is still prepared.
    """

    elections: int
    load_seconds: float
    empty_mib: float
    loaded_mib: float
    serving_mib: float
    first: list[float]
    again: list[float]
    ready: list[float]
    meant: int
    met: int
    misattributed: int

    @property
    def claims(self) -> int:
        return CLAIMS * self.elections

    @property
    def later(self) -> Spread:
        return spread([*self.again, *self.ready])


def cost(root: Path, size: int, later: int) -> Cost:
    """In a process of its own: load, ask each election once, then elections drawn by lot."""
    empty = resident()
    started = perf_counter()
    base = sound(root)
    load_seconds = perf_counter() - started
    loaded = resident()
    chance = random.Random(SEED)
    once = sorted(base.elections)
    chance.shuffle(once)
    asked = [*once, *chance.choices(once, k=later)]
    planned = list(questions(dict(base.elections), asked, SEED))
    assistant = Assistant(base)
    times: list[float] = []
    meant = met = misattributed = 0
    for number, question in enumerate(planned):
        utterance = Utterance(question.text, question.election, conversation=str(number))
        started = perf_counter()
        reply, _ = assistant.respond(utterance, Memory(), INVENTED_NOW)
        times.append(1000 * (perf_counter() - started))
        if question.candidate is not None:
            answered = reply.name in ("position", "candidate")
            owners = {claim.partition("/")[0] for claim in reply.claims}
            meant += 1
            met += answered and owners == {question.candidate}
            misattributed += answered and owners != {question.candidate}
    serving = resident()
    again, ready = _apart(times[len(once) :], _kept(asked)[len(once) :])
    first = times[: len(once)]
    return Cost(size, load_seconds, empty, loaded, serving, first, again, ready, meant, met, misattributed)


def _kept(asked: Sequence[str]) -> list[bool]:
    """Whether each election is still prepared when it is asked about."""
    latest: OrderedDict[str, None] = OrderedDict()
    kept = []
    for election in asked:
        kept.append(election in latest)
        latest[election] = None
        latest.move_to_end(election)
        if len(latest) > ELECTIONS_KEPT:
            latest.popitem(last=False)
    return kept


def _apart(times: Sequence[float], kept: Sequence[bool]) -> tuple[list[float], list[float]]:
    marked = list(zip(times, kept, strict=True))
    return [time for time, ready in marked if not ready], [time for time, ready in marked if ready]
