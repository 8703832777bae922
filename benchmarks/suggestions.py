"""What is offered where the bot does not answer: how often the right entry, by words alone and by meaning too."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import thread_time

from benchmarks import plots
from benchmarks.asked import ROOT, Asked, bundled, invented
from benchmarks.measuring import Spread, fresh, milliseconds, resident, spread
from benchmarks.noise import NOISY, RUNGS, SEEDS
from benchmarks.report import Plan, Section, picture, table
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.composing import Setting, starters
from bot.dialogue.memory import Memory
from bot.dialogue.offering import near
from bot.dialogue.outcomes import Unknown
from bot.evaluation.bank import Question
from bot.knowledge.model import Election
from bot.semantic import Semantic, in_one_thread, installed

FRESH = ("fresh-fr.yaml", "fresh-en.yaml")
ANSWERED = ("position", "comparison", "fact")
OFFERED = 3
WAYS = ("what the election offers first", "shared words", "shared words and meaning")
SHORT = dict(zip(WAYS, ("first", "words", "meaning"), strict=True))


@dataclass(slots=True)
class Tally:
    """Of one rung: how many were asked and abstained from, and where the right entry was among three."""

    asked: int = 0
    abstained: int = 0
    offered: Counter[str] = field(default_factory=Counter)
    made_to: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process of its own found; bank and rung to what was counted, and the costs."""

    tallies: dict[tuple[str, str], Tally]
    first: Counter[str]
    times: Spread
    reading: float
    memory: tuple[float, float]


def measure(plan: Plan) -> Section:
    if not installed():
        return Section("suggestions", ["Not measured: the extra `semantic` is not installed."])
    in_one_thread()  # before the other process begins: what draws pictures loads numpy
    found: Measured = fresh(_measured, plan.quick)
    _draw(plan, found)
    first = found.first
    text = [
        f"Where it abstained: in how many per cent the right entry is among the {OFFERED} that are offered.",
        table(("", "", "asked", "abstained", *WAYS), _rows(found, "offered"), words=2),
        "The same questions, all of them, if none were answered:",
        table(("", "", "asked", *WAYS[1:]), _rows(found, "made_to"), words=2),
        picture("suggestions", "How often the right entry is offered where the bot abstains"),
        f"Of {first['asked']} clarifications of subjects on all rungs, the right reading came first in "
        f"{first['words']} by words alone, in {first['meaning']} with meaning.",
        table(
            ("What meaning costs, processor milliseconds", "median", "p90", "p99", "max"),
            [["one question that is not answered", *found.times.cells()]],
        ),
        f"Loading the model and reading the bundled base takes {milliseconds(found.reading)} s of processor time, in "
        f"the background, and {found.memory[1] - found.memory[0]:.0f} MiB "
        f"({found.memory[0]:.0f} before, {found.memory[1]:.0f} after).",
    ]
    return Section("suggestions", text)


def _rows(found: Measured, what: str) -> Iterator[list[str]]:
    for (bank, rung), tally in found.tallies.items():
        counts: Counter[str] = getattr(tally, what)
        whole = tally.abstained if what == "offered" else tally.asked
        sizes = [f"{tally.asked:,}", f"{tally.abstained:,}"][: 2 if what == "offered" else 1]
        ways = WAYS if what == "offered" else WAYS[1:]
        yield [bank, rung, *sizes, *(_percent(counts[way], whole) for way in ways)]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else ""


# --- measuring, in a process of its own ------------------------------------------------------------------


def _measured(quick: bool) -> Measured:
    own = bundled(quick)
    before, began = resident(), thread_time()
    nearest = Semantic(patient=True)
    nearest.read(own.election)
    reading, after = thread_time() - began, resident()
    tallies: dict[tuple[str, str], Tally] = {}
    first: Counter[str] = Counter()
    with invented(quick) as fictional:
        other = bundled(quick, [ROOT / "benchmarks" / "banks" / name for name in FRESH])
        for bank, asked in (("own", own), ("own", fictional), ("fresh", other)):
            for rung in RUNGS:
                _count(asked, nearest, rung, tallies.setdefault((bank, rung), Tally()), first)
    return Measured(tallies, first, spread(_times(own, nearest)), reading, (before, after))


def _count(asked: Asked, nearest: Semantic, rung: str, tally: Tally, first: Counter[str]) -> None:
    plain, knowing = Assistant(asked.base), Assistant(asked.base)
    knowing.nearest = nearest
    for question in _answerable(asked):
        wanted = _wanted(question, asked.election)
        for seed in range(1 if rung in ("clean", "no accents") else SEEDS):
            lot = random.Random(f"{rung}|{seed}|{question.id}")
            utterance = Utterance(RUNGS[rung](question.text, question.lang, lot), asked.election.id)
            words, meaning = (a.respond(utterance, Memory(), asked.now)[0] for a in (plain, knowing))
            offered = [[s.target for s in reply.suggestions] for reply in (words, meaning)]
            tally.asked += 1
            for way, targets in zip(WAYS[1:], _made_to(plain, utterance, nearest), strict=True):
                tally.made_to[way] += _holds(targets, wanted)
            if words.name == "unknown":
                tally.abstained += 1
                first_ones = starters(Setting(asked.election, words.language, asked.now))[:OFFERED]
                for way, targets in zip(WAYS, (first_ones, *offered), strict=True):
                    tally.offered[way] += _holds(targets, wanted)
            elif words.name == "clarification" and _holds(offered[0], wanted):
                first["asked"] += 1
                for way, targets in zip(WAYS[1:], offered, strict=True):
                    first[SHORT[way]] += _holds(targets[:1], wanted)


def _answerable(asked: Asked) -> list[Question]:
    """The questions that have an answer to lead to, and are not written badly already."""
    return [
        q
        for q in asked.questions
        if q.outcome in ANSWERED and q.topics and not q.context and q.style not in NOISY
    ]


def _made_to(assistant: Assistant, utterance: Utterance, nearest: Semantic) -> Iterator[Sequence[str]]:
    """What would be offered by each way if a question were not understood."""
    scope = assistant.scopes.scope(utterance.election)
    query = assistant.understand(utterance, Memory())
    for knowing in (None, nearest):
        yield near(query, Unknown("not_understood"), scope, knowing)[:OFFERED]


def _wanted(question: Question, election: Election) -> set[str]:
    """The entries a question is about, and those above and below them."""
    found = set(question.topics)
    for topic in question.topics:
        if election.has("topics", topic):
            found |= {*election.lineage(topic), *election.branch(topic)}
    return found


def _holds(targets: Sequence[str], wanted: set[str]) -> bool:
    return bool({target.rpartition("/")[2] for target in targets} & wanted)


def _times(asked: Asked, nearest: Semantic) -> list[float]:
    times = []
    for question in asked.questions:
        began = thread_time()
        nearest(question.text, asked.election)
        times.append(1000 * (thread_time() - began))
    return times


# --- showing ---------------------------------------------------------------------------------------------


def _draw(plan: Plan, found: Measured) -> None:
    banks = list(dict.fromkeys(bank for bank, _ in found.tallies))
    figure, panels = plots.drawn(len(banks), width=9.5, height=3.2, sharey=True)
    rungs = list(RUNGS)[::-1]
    for axes, bank in zip(panels, banks, strict=True):
        held = [found.tallies[bank, rung] for rung in rungs]
        for way, colour, mark in zip(WAYS, (plots.OTHERS[2], plots.OTHERS[0], plots.OWN), "so^", strict=True):
            shares = [100 * t.offered[way] / t.abstained if t.abstained else float("nan") for t in held]
            axes.plot(shares, rungs, mark, color=colour, label=way)
        axes.set(title=f"{bank} banks", xlabel="right entry among three, % of abstentions", xlim=(0, 103))
        axes.set_ylim(-0.5, len(rungs) - 0.5)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(WAYS))
    plots.save(figure, plan.pictures, "suggestions")
