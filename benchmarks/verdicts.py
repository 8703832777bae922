"""Verdicts counted, and as the columns that every table of the report shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from benchmarks.measuring import wilson
from bot.evaluation.scoring import Result, Verdict

COUNTS = ("questions", *(verdict.value for verdict in Verdict), "right, %")
HEAD = (*COUNTS, "95 % interval")
COLOURS = {
    Verdict.RIGHT: "#1b7f79",
    Verdict.ASKED: "#8fc9c4",
    Verdict.ABSTAINED: "#c4c4c4",
    Verdict.WRONG: "#e08214",
    Verdict.MISATTRIBUTED: "#7f0000",
}


def counted(results: Iterable[Result]) -> Counter[Verdict]:
    return Counter(result.verdict for result in results)


def share(counts: Counter[Verdict], *verdicts: Verdict) -> float:
    """What part of all questions came to these verdicts, in per cent."""
    return 100 * sum(counts[verdict] for verdict in verdicts) / max(1, counts.total())


def plainly(counts: Counter[Verdict]) -> list[str]:
    """One row below `COUNTS`."""
    figures = [f"{counts.total():,}", *(f"{counts[verdict]:,}" for verdict in Verdict)]
    return [*figures, f"{share(counts, Verdict.RIGHT):.1f}"]


def cells(counts: Counter[Verdict]) -> list[str]:
    """One row below `HEAD`, for questions that were each asked once."""
    low, high = wilson(counts[Verdict.RIGHT], counts.total())
    return [*plainly(counts), f"{100 * low:.1f}–{100 * high:.1f}"]
