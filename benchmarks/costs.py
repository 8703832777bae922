"""What a base of some size costs, measured in a process that holds nothing else (no plots, no peers)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.banks import INVENTED_NOW, sound
from benchmarks.generating import CLAIMS, SEED, questions
from benchmarks.measuring import Spread, resident, spread
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory

PREPARED_S = 0.0002


@dataclass(frozen=True, slots=True)
class Cost:
    """What so many elections cost; times to answer in milliseconds.

    `first` are the first answers about each election; `again` those about one that must be prepared anew
    because 256 others came since; `ready` those about one that is still prepared.
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
    assistant = Assistant(base)
    chance = random.Random(SEED)
    once = sorted(base.elections)
    chance.shuffle(once)
    drawn = chance.choices(once, k=later)
    planned = list(questions(dict(base.elections), [*once, *drawn], SEED))
    first: list[float] = []
    again: list[float] = []
    ready: list[float] = []
    meant = met = misattributed = 0
    for number, question in enumerate(planned):
        started = perf_counter()
        assistant.scopes.scope(question.election)
        prepared = perf_counter() - started
        utterance = Utterance(question.text, question.election, conversation=str(number))
        reply, _ = assistant.respond(utterance, Memory(), INVENTED_NOW)
        taken = 1000 * (perf_counter() - started)
        where = first if number < len(once) else again if prepared > PREPARED_S else ready
        where.append(taken)
        if question.candidate is not None:
            owners = {claim.partition("/")[0] for claim in reply.claims}
            meant += 1
            met += reply.name in ("position", "candidate") and owners == {question.candidate}
            misattributed += reply.name in ("position", "candidate") and owners != {question.candidate}
    return Cost(
        size, load_seconds, empty, loaded, resident(), first, again, ready, meant, met, misattributed
    )  # fmt: skip
