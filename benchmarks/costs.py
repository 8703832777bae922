"""What a base of some size costs, measured in a process that holds nothing else (no plots, no peers)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.asked import INVENTED_NOW, sound
from benchmarks.generating import SEED, Planned, Size, listed, questions
from benchmarks.measuring import Spread, resident, spread
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply
from bot.lean import prepared

RIGHT, WRONG, MISATTRIBUTED, NOTHING = "right", "wrong", "misattributed", "not answered"


@dataclass(frozen=True, slots=True)
class Cost:
    """What so many elections cost; times to answer in milliseconds.

    `first` are the first answers about each election; `again` those about one that must be prepared anew
    because too many others came since; `ready` those about one that is still prepared; `listed` the times and
    `verdicts` the results of the questions that peers are asked too.
    """

    size: Size
    load_seconds: float
    empty_mib: float
    loaded_mib: float
    serving_mib: float
    very_first: float
    first: list[float]
    again: list[float]
    ready: list[float]
    listed: list[float]
    verdicts: Counter[str]

    @property
    def later(self) -> Spread:
        return spread([*self.again, *self.ready])


def cost(root: Path, size: Size, later: int, compared: int) -> Cost:
    """In a process of its own: load, ask each election once, then elections drawn by lot."""
    empty = resident()
    started = perf_counter()
    base = sound(root)
    load_seconds = perf_counter() - started
    loaded = resident()
    started = perf_counter()
    assistant = prepared(base, INVENTED_NOW)
    very_first = 1000 * (perf_counter() - started)
    chance = random.Random(SEED)
    once = sorted(set(base.elections) - set(assistant.scopes.ready))
    chance.shuffle(once)
    elections = dict(base.elections)
    first, _, _ = _ask(assistant, list(questions(elections, once, SEED)))
    asked = chance.choices(sorted(base.elections), k=later)
    times, ready, _ = _ask(assistant, list(questions(elections, asked, SEED + 1)))
    serving = resident()
    compared_times, _, verdicts = _ask(assistant, list(listed(elections, compared, SEED)))
    still = [time for time, was in zip(times, ready, strict=True) if was]
    again = [time for time, was in zip(times, ready, strict=True) if not was]
    return Cost(
        size, load_seconds, empty, loaded, serving, very_first, first, again, still, compared_times, verdicts
    )


def _ask(assistant: Assistant, planned: Sequence[Planned]) -> tuple[list[float], list[bool], Counter[str]]:
    """What each answer took, whether its election was ready, and the answer's verdict."""
    times, ready = [], []
    verdicts: Counter[str] = Counter()
    for number, question in enumerate(planned):
        ready.append(assistant.scopes.is_ready(question.election))
        utterance = Utterance(question.text, question.election, conversation=str(number))
        started = perf_counter()
        reply, _ = assistant.respond(utterance, Memory(), INVENTED_NOW)
        times.append(1000 * (perf_counter() - started))
        verdicts[_verdict(question, reply)] += 1
    return times, ready, verdicts


def _verdict(question: Planned, reply: Reply) -> str:
    """Whether an answer is the statement asked for, another of theirs, someone else's, or none, rightly or not."""
    owners = {claim.partition("/")[0] for claim in reply.claims}
    if not owners:
        return NOTHING if question.topic else RIGHT
    if owners != {question.candidate}:
        return MISATTRIBUTED
    return RIGHT if f"{question.candidate}/{question.topic}" in reply.claims else WRONG
