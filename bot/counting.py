"""What the bot did, in numbers that name nobody: cheap to count, and read by whoever watches over it.

Every label is a word of the program or an id of the base: an outcome, a language, a candidate, the kind of an error.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, product

from bot.dialogue.outcomes import NAMES, CandidateCard, Unknown
from bot.dialogue.reply import Reply

KINDS = ("message", "command", "edit", "button", "inline", "other")
"""The kinds of update."""
ENDS = ("done", "known", "again")
"""What became of an update: it was dealt with, had been before, or has to come again."""
UNDERSTANDING = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
HANDLING = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

Labels = tuple[str, ...]


class Tally:
    """How often something happened, for each combination of its labels; those that are known start at nought."""

    __slots__ = ("labels", "name", "values")

    def __init__(self, name: str, labels: Labels = (), known: Iterable[Labels] = ()) -> None:
        self.name = name
        self.labels = labels
        self.values: dict[Labels, float] = dict.fromkeys(known if labels else [()], 0)

    def add(self, *labels: str, by: float = 1) -> None:
        """It happened once more, or some seconds of it."""
        self.values[labels] = self.values.get(labels, 0) + by


class Timing:
    """How long something took, each time, sorted into steps."""

    __slots__ = ("counts", "name", "steps", "total")

    def __init__(self, name: str, steps: tuple[float, ...]) -> None:
        self.name = name
        self.steps = steps
        self.counts = [0] * (len(steps) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """It took that long, once."""
        self.counts[bisect_left(self.steps, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """How many took no longer than each step, and how many there were."""
        steps = [*map(str, self.steps), "+Inf"]
        return list(zip(steps, accumulate(self.counts), strict=True))


class Level:
    """How something stands now."""

    __slots__ = ("labels", "name", "values")

    def __init__(self, name: str, values: Mapping[Labels, float], labels: Labels = ()) -> None:
        self.name = name
        self.labels = labels
        self.values = values

    @classmethod
    def of(cls, name: str, value: float) -> Level:
        """One number without labels."""
        return cls(name, {(): value})


class Counts:
    """All that is counted while the bot serves."""

    def __init__(self, languages: Iterable[str] = ()) -> None:
        outcomes = product(NAMES.values(), languages)
        self.questions = Tally("questions", ("outcome", "language"), outcomes)
        self.shown = Tally("shown", ("election", "candidate"))
        self.unknown = Tally("unknown", ("reason",), [("not_understood",)])
        self.limited = Tally("limited", ("what",), [("question",), ("inline",)])
        self.understanding = Timing("understanding_seconds", UNDERSTANDING)
        self.updates = Tally("updates", ("kind", "end"), product(KINDS, ENDS))
        self.given_up = Tally("given_up")
        self.malformed = Tally("malformed")
        self.faults = Tally("faults")
        self.handling = Timing("handling_seconds", HANDLING)
        self.calls = Tally("calls", ("method", "result"))
        self.retries = Tally("retries", ("reason",), [("network",), ("told_to_wait",)])
        self.waiting = Tally("waiting_seconds")
        self.reloads = Tally("reloads", ("result",), [("ok",), ("refused",)])
        self.under_way = 0

    def answered(self, reply: Reply, seconds: float) -> None:
        """A question was answered, and understanding it took that long."""
        self.questions.add(reply.name, reply.language)
        self.understanding.add(seconds)
        if isinstance(reply.outcome, Unknown):
            self.unknown.add(reply.outcome.reason)
        for candidate in shown(reply):
            self.shown.add(reply.election, candidate)

    def __iter__(self) -> Iterator[Tally | Timing]:
        return (each for each in vars(self).values() if isinstance(each, Tally | Timing))


def shown(reply: Reply) -> set[str]:
    """The candidates of whom a reply shows something: a statement, or who they are."""
    candidates = {claim.partition("/")[0] for claim in reply.claims}
    return candidates.union(reply.outcome.candidates if isinstance(reply.outcome, CandidateCard) else ())
