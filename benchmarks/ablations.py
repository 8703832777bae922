"""What each part of the bot is worth: the same questions with one part taken out, from the outside."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from benchmarks import plots
from benchmarks.asked import ROOT, Asked, bundled, invented
from benchmarks.measuring import fresh
from benchmarks.noise import NOISY, RUNGS
from benchmarks.report import Bound, Plan, Section, picture, table
from benchmarks.suggestions import FRESH
from benchmarks.verdicts import COLOURS, COUNTS, counted, plainly, share
from bot.dialogue import deciding, understanding
from bot.dialogue.assistant import Assistant
from bot.dialogue.what import DEFAULT, Thresholds
from bot.evaluation.scoring import Result, Verdict, ask, score
from bot.semantic import Semantic, in_one_thread, installed

TYPED = "one typo"
SHORT = ("own banks", f"own banks, {TYPED}", "fresh banks")
SEMANTIC = "with `semantic`"
ANYTHING = replace(DEFAULT, plain=0, campaign=0, named=0, told=0, passing=0, stray=1_000)
"""Thresholds that any word in common reaches, however many words nothing explains."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that can be taken out: what stands in for it, by where it is, or thresholds that take no notice of it."""

    stands_in: Mapping[tuple[object, str], Callable[..., Any]] | None = None
    thresholds: Thresholds = DEFAULT
    semantic: bool = False

    @contextmanager
    def out(self) -> Iterator[None]:
        with ExitStack() as stack:
            for (place, name), stand_in in (self.stands_in or {}).items():
                stack.enter_context(patch.object(place, name, stand_in))
            yield


def _without_refusals() -> Callable[..., str | None]:
    first = understanding._first
    return lambda kind, *given: None if kind == "decline" else first(kind, *given)


_READING = understanding._Reading
PARTS = {
    "as it is": Part(),
    "without correcting words": Part({(_READING, "_corrected"): lambda _, words, *__: list(words)}),
    "without spellings of text messages": Part({(_READING, "_spelt"): lambda _, raw: iter(raw)}),
    "all words weigh the same": Part({(_READING, "_weight"): lambda *_: 1.0}),
    "without refusing advice and judgement": Part({(understanding, "_first"): _without_refusals()}),
    "without minding strangers' names": Part({(deciding, "_blocked"): lambda *_: None}),
    "without minding unexplained words": Part(thresholds=ANYTHING),
    SEMANTIC: Part(semantic=True),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What came of some questions with a part taken out: the verdicts, and how many outcomes are others than usual."""

    counts: Counter[Verdict]
    moved: int


def measure(plan: Plan) -> Section:
    in_one_thread()  # before the other process begins: what draws pictures loads numpy
    found: dict[str, dict[str, Found]] = fresh(_measured, plan)
    _draw(plan, found)
    text = []
    for title, parts in found.items():
        rows = [[name, *plainly(each.counts), str(each.moved)] for name, each in parts.items()]
        text += [f"### {title}", table(("", *COUNTS, "other outcomes"), rows)]
    text.append(picture("ablations", "Verdicts with one part taken out"))
    return Section("ablations", text, list(_bounds(found)))


def _measured(plan: Plan) -> dict[str, dict[str, Found]]:
    nearest = Semantic(patient=True) if installed() else None
    found: dict[str, dict[str, Found]] = {}
    with invented(plan.quick) as fictional:
        for title, banks in _banks(plan, fictional).items():
            usual: list[Result] = []
            for name, part in PARTS.items():
                if part.semantic and nearest is None:
                    continue
                results = _results(part, banks, nearest)
                usual = usual or results
                pairs = zip(results, usual, strict=True)
                moved = sum(a.reply.outcome != b.reply.outcome for a, b in pairs)
                found.setdefault(title, {})[name] = Found(counted(results), moved)
    return found


def _bounds(found: Mapping[str, Mapping[str, Found]]) -> Iterator[Bound]:
    """What must hold: `semantic` only ranks what is offered."""
    held = [parts[SEMANTIC] for parts in found.values() if SEMANTIC in parts]
    if held:
        moved, whole = sum(each.moved for each in held), sum(each.counts.total() for each in held)
        yield Bound("Outcomes that `semantic` changes", "none", f"{moved} of {whole:,}", not moved)


def _banks(plan: Plan, fictional: Asked) -> dict[str, list[Asked]]:
    own = [bundled(plan.quick), fictional]
    other = bundled(plan.quick, [ROOT / "benchmarks" / "banks" / name for name in FRESH])
    return {
        "The project's own banks": own,
        f"The same with {TYPED}": [_mistyped(asked) for asked in own],
        f"Questions that were not at hand when the bot was made ({', '.join(FRESH)})": [other],
    }


def _mistyped(asked: Asked) -> Asked:
    clean = (q for q in asked.questions if q.style not in NOISY)
    lots = ((q, random.Random(f"{TYPED}|0|{q.id}")) for q in clean)
    typed = (q.model_copy(update={"text": RUNGS[TYPED](q.text, q.lang, lot)}) for q, lot in lots)
    return replace(asked, questions=tuple(typed))


def _results(part: Part, banks: Sequence[Asked], nearest: Semantic | None) -> list[Result]:
    """The verdicts on banks with a part taken out, each bank asked to an assistant that never had it."""
    results = []
    with part.out():
        for asked in banks:
            assistant = Assistant(asked.base, part.thresholds)
            assistant.nearest = nearest if part.semantic else None
            replies = ((q, ask(assistant, q, asked.election.id, asked.now)) for q in asked.questions)
            results += [score(q, reply, asked.election) for q, reply in replies]
    return results


def _draw(plan: Plan, drawn: Mapping[str, Mapping[str, Found]]) -> None:
    figure, panels = plots.drawn(len(drawn), width=11, height=3.4, sharey=True)
    for axes, title, found in zip(panels, SHORT, drawn.values(), strict=True):
        names = [name.replace("`", "") for name in found][::-1]
        left = [0.0] * len(names)
        for verdict in (Verdict.ASKED, Verdict.ABSTAINED, Verdict.WRONG, Verdict.MISATTRIBUTED):
            widths = [share(each.counts, verdict) for each in found.values()][::-1]
            axes.barh(names, widths, left=left, color=COLOURS[verdict], label=verdict.value, height=0.7)
            left = [a + b for a, b in zip(left, widths, strict=True)]
        axes.set(title=title, xlabel="% not right")
        axes.grid(visible=False, axis="y")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    plots.save(figure, plan.pictures, "ablations")
