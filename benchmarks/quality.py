"""Right and wrong answers by language, outcome and style, on the project's own banks and on any others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.asked import bundled, invented
from benchmarks.measuring import wilson
from benchmarks.report import Bound, Plan, Section, table
from benchmarks.verdicts import HEAD, cells, counted
from bot.evaluation.scoring import Result, Verdict

_WAYS = {"language": "lang", "outcome": "outcome", "style": "style"}


def measure(plan: Plan) -> Section:
    text, every = [], []
    for title, results in _banks(plan):
        text += [f"### {title}", _table(results), _missed(results)]
        every += results
    counts = counted(every)
    most = 100 * wilson(counts[Verdict.MISATTRIBUTED], counts.total())[1]
    measured = f"{counts[Verdict.MISATTRIBUTED]} of {counts.total():,} (at 95 %, fewer than {most:.1f} %)"
    never = Bound("Misattributed answers", "none", measured, not counts[Verdict.MISATTRIBUTED])
    return Section("quality", text, [never])


def _banks(plan: Plan) -> Iterator[tuple[str, list[Result]]]:
    yield "The project's own banks, Levallois-Perret 2026", bundled(plan.quick).results()
    with invented(plan.quick) as asked:
        yield "The project's own bank, the fictional Villebois-sur-Orne 2032", asked.results()
    if plan.banks:
        names = ", ".join(path.name for path in plan.banks)
        yield f"Questions from outside, Levallois-Perret 2026 ({names})", _outside(plan.banks)


def _outside(files: Sequence[Path]) -> list[Result]:
    """Always in full: a handful of somebody else's questions says nothing."""
    return bundled(False, files).results()


def _table(results: Sequence[Result]) -> str:
    rows = [["**all**", "", *cells(counted(results))]]
    for way, attribute in _WAYS.items():
        for value in sorted({getattr(result.question, attribute) for result in results}):
            some = [result for result in results if getattr(result.question, attribute) == value]
            rows.append([way, value.replace("_", " "), *cells(counted(some))])
    return table(("", "", *HEAD), rows, words=2)


def _missed(results: Iterable[Result]) -> str:
    """The ids of what was not right, to be looked up in the bank."""
    found: dict[Verdict, list[str]] = {}
    for result in results:
        if result.verdict is not Verdict.RIGHT:
            found.setdefault(result.verdict, []).append(f"`{result.question.id}`")
    return "  \n".join(
        f"{verdict.value.capitalize()}: {', '.join(found[verdict])}."
        for verdict in Verdict
        if verdict in found
    )
