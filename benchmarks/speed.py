"""How long an answer takes, and how good it is, beside what a simpler bot would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter, thread_time

import numpy as np
from matplotlib.axes import Axes

from benchmarks import plots
from benchmarks.asked import Asked, bundled
from benchmarks.measuring import Spread, fresh, milliseconds, spread
from benchmarks.report import Bound, Plan, Section, picture, table
from benchmarks.verdicts import HEAD, cells, share
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.evaluation.scoring import Verdict

PASSES = 5
WARMING = 20
POINTS = 200
MEDIAN_MS = 1.0
P99_MS = 5.0
LISTS = {"positions only": False, "every pair": True}
LOOKED_UP = ("position", "comparison", "candidate", "fact", "no_position", "unknown")
_TIMES = ("median", "p90", "p99", "max")


@dataclass(frozen=True, slots=True)
class Own:
    """The bot's times: the very first answer, the first pass, and each later pass, in milliseconds.

    `working` is the processor's time of the later passes: what is left when other processes are not counted.
    """

    first: float
    cold: list[float]
    warm: list[list[float]]
    working: list[float]
    verdicts: list[Verdict]


@dataclass(frozen=True, slots=True)
class Other:
    """A peer over one list: its times, and its verdicts at every threshold that makes a difference."""

    name: str
    entries: int
    times: list[float]
    curve: list[list[Verdict]]
    best: list[Verdict]


def measure(plan: Plan) -> Section:
    own: Own = fresh(_own, plan.quick)
    others: list[Other] = fresh(_others, plan.quick)
    asked = bundled(plan.quick).questions
    kept = [i for i, q in enumerate(asked) if q.outcome in LOOKED_UP and not q.context]
    _draw(plan, own, others)
    every = [time for warm in own.warm for time in warm]
    typical = [sorted(times)[len(times) // 2] for times in zip(*own.warm, strict=True)]
    slowest = max(range(len(typical)), key=typical.__getitem__)
    text = [
        _speed_table(own, every, typical, others),
        f"The very first answer of a process took {milliseconds(own.first)} ms: it prepares the election and "
        f"reads the language files. The slowest question, `{asked[slowest].id}`, has "
        f"{len(asked[slowest].text):,} characters and takes {milliseconds(typical[slowest])} ms.",
        "All questions:",
        _quality_table(own, others, range(len(asked))),
        f"Only the {len(kept):,} questions without context that a look-up can answer or must leave "
        "unanswered (no refusals, greetings, clarifications or follow-ups):",
        _quality_table(own, others, kept),
        picture("speed", "Time per question, and right against wrong answers, of the bot and its peers"),
    ]
    bounds = [
        Bound.at_most("One answer, warm: median", MEDIAN_MS, spread(every).median, "ms"),
        Bound.at_most("One answer, warm: p99", P99_MS, spread(every).p99, "ms"),
    ]
    return Section("speed", text, bounds)


# --- measuring, each in a process of its own -------------------------------------------------------------


def _own(quick: bool) -> Own:
    asked = bundled(quick)
    assistant = Assistant(asked.base)
    started = perf_counter()
    assistant.respond(Utterance(asked.election.description.places[0], asked.election.id), Memory(), asked.now)
    first = 1000 * (perf_counter() - started)
    cold, _ = _pass(asked, assistant)
    passes = [_pass(asked, assistant) for _ in range(PASSES)]
    warm = [times for times, _ in passes]
    working = [time for _, times in passes for time in times]
    return Own(first, cold, warm, working, [result.verdict for result in asked.results()])


def _pass(asked: Asked, assistant: Assistant) -> tuple[list[float], list[float]]:
    """The time of each question's answer, and the processor's; its context is heard before the clocks start."""
    times, working = [], []
    for question in asked.questions:
        memory = Memory()
        for text in question.context:
            said = Utterance(text, asked.election.id, conversation=question.id)
            _, memory = assistant.respond(said, memory, asked.now)
        utterance = Utterance(question.text, asked.election.id, conversation=question.id)
        started, began = perf_counter(), thread_time()
        assistant.respond(utterance, memory, asked.now)
        working.append(1000 * (thread_time() - began))
        times.append(1000 * (perf_counter() - started))
    return times, working


def _others(quick: bool) -> list[Other]:
    from benchmarks import peers

    asked = bundled(quick)
    found = []
    for label, silent in list(LISTS.items())[: 1 if quick else None]:
        entries = peers.flat(asked.election, silent)
        for name, make in peers.PEERS.items():
            peer = make(entries)
            for question in asked.questions[:WARMING]:
                peer.best(question)
            times, best = [], []
            for question in asked.questions:
                started = perf_counter()
                best.append(peer.best(question))
                times.append(1000 * (perf_counter() - started))
            matches = peers.matches(asked, best)
            curve = [peers.at(matches, threshold) for threshold in peers.thresholds(matches)]
            found.append(Other(f"{name}, {label}", len(entries), times, curve, max(curve, key=peers.worth)))
    return found


# --- showing ---------------------------------------------------------------------------------------------


def _speed_table(own: Own, every: Sequence[float], typical: Sequence[float], others: Sequence[Other]) -> str:
    rows = [
        ["**this bot**, warm, every call", "", *spread(every).cells()],
        [f"**this bot**, warm, each question's median of {PASSES}", "", *spread(typical).cells()],
        ["**this bot**, warm, every call, processor time", "", *spread(own.working).cells()],
        ["**this bot**, first pass (cold)", "", *spread(own.cold).cells()],
    ]
    for other in others:
        taken: Spread = spread(other.times)
        rows.append([other.name, f"{other.entries:,}", *taken.cells()])
    return table(("Milliseconds per question", "texts in the list", *_TIMES), rows)


def _quality_table(own: Own, others: Sequence[Other], kept: Sequence[int]) -> str:
    rows = [["**this bot**", *cells(Counter(own.verdicts[i] for i in kept)), "", ""]]
    for other in others:
        always = Counter(other.curve[0][i] for i in kept)
        figures = (f"{share(always, Verdict.RIGHT):.1f}", f"{_amiss(always):.1f}")
        rows.append([other.name, *cells(Counter(other.best[i] for i in kept)), *figures])
    return table(("", *HEAD, "always answering: right, %", "wrong, %"), rows)


def _draw(plan: Plan, own: Own, others: Sequence[Other]) -> None:
    figure, (times, quality) = plots.drawn(2, width=9.5, height=3.8)
    every = [time for warm in own.warm for time in warm]
    _cumulative(times, every, "this bot, warm", plots.OWN)
    for other, colour in zip(others[-3:], plots.OTHERS, strict=False):
        _cumulative(times, other.times, other.name.partition(",")[0].replace("`", ""), colour)
        points = [Counter(verdicts) for verdicts in other.curve]
        quality.plot([_amiss(p) for p in points], [share(p, Verdict.RIGHT) for p in points], color=colour)
        best = Counter(other.best)
        quality.plot(_amiss(best), share(best, Verdict.RIGHT), "o", color=colour)
    counts = Counter(own.verdicts)
    quality.plot(_amiss(counts), share(counts, Verdict.RIGHT), "*", color=plots.OWN, markersize=13)
    place = (_amiss(counts), share(counts, Verdict.RIGHT))
    quality.annotate("this bot", place, (8, -4), textcoords="offset points", color=plots.OWN)
    times.set(title="Time for one question", xlabel="milliseconds", xscale="log")
    times.set(ylabel="% of questions", ylim=(0, 101))
    times.xaxis.set_major_formatter("{x:g}")
    quality.set(
        title="Answers at every threshold (dot: its best)", xlabel="% wrong or misattributed", xlim=(-2, None)
    )
    quality.set(ylabel="% right", ylim=(0, 104))
    figure.legend(*times.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    plots.save(figure, plan.pictures, "speed")


def _cumulative(axes: Axes, times: Sequence[float], label: str, colour: str) -> None:
    shares = [part / POINTS for part in range(POINTS + 1)]
    axes.plot(np.quantile(times, shares), [100 * part for part in shares], color=colour, label=label)


def _amiss(counts: Counter[Verdict]) -> float:
    return share(counts, Verdict.WRONG, Verdict.MISATTRIBUTED)
