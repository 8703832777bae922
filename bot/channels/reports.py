"""What moderators and maintainers read: problems and their places, how banks went, tables."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.dialogue.problems import translated
from bot.dialogue.wording import Wording
from bot.evaluation.scoring import Result, Verdict
from bot.knowledge.document import Problem
from bot.publishing.telling import NOTHING


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; all columns but the first `words` hold numbers and stand to the right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


# --- problems --------------------------------------------------------------------------------------------


def annotation(problem: Problem, say: Wording) -> str:
    """A problem as a GitHub workflow command, shown there beside its line."""
    level = "notice" if problem.notice else "error"
    place = problem.place
    path = _escaped(place.path).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} file={path},line={place.line},col={place.column}::{_escaped(translated(problem.message, say))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


# --- question banks --------------------------------------------------------------------------------------


def tally(results: Sequence[Result], say: Wording) -> Table:
    """How many answers came to each verdict: in all, then by language, outcome and style."""
    groups: dict[tuple[str, str], Counter[Verdict]] = {}
    for result in results:
        question = result.question
        for group in (
            ("all", ""),
            ("language", question.lang),
            ("outcome", question.outcome),
            ("style", question.style),
        ):
            groups.setdefault(group, Counter())[result.verdict] += 1
    order = ("all", "language", "outcome", "style")
    rows = []
    for (kind, value), counts in sorted(groups.items(), key=lambda g: (order.index(g[0][0]), g[0][1])):
        name = say(f"terminal.group.{kind}")
        rows.append((name, value, str(counts.total()), *(str(counts[v]) for v in Verdict)))
    head = ("", "", say("terminal.questions"), *(say(f"terminal.verdict.{v}") for v in Verdict))
    return Table(head, tuple(rows), words=2)


def failures(results: Iterable[Result], say: Wording) -> list[str]:
    """The answers that are not right, worst first, with what was amiss."""
    missed = [r for r in results if r.verdict is not Verdict.RIGHT]
    severity = list(Verdict)
    missed.sort(key=lambda r: (-severity.index(r.verdict), r.question.id))
    lines = []
    for result in missed:
        verdict = say(f"terminal.verdict.{result.verdict}")
        text = " / ".join((*result.question.context, result.question.text))
        lines.append(f"{verdict}  {result.question.id}  “{text}”  {result.reason}".rstrip())
    return lines


def failed(results: Iterable[Result]) -> bool:
    """Whether any answer is worse than an abstention."""
    return any(r.verdict in (Verdict.WRONG, Verdict.MISATTRIBUTED) for r in results)


# --- tables ----------------------------------------------------------------------------------------------


def show(table: Table) -> None:
    """Print a table: with rules and colours on a terminal, else as columns of plain text."""
    if not sys.stdout.isatty():
        print(aligned(table))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Ruled
    from rich.text import Text

    ruled = Ruled(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), header_style="bold")
    for number, head in enumerate(table.head):
        ruled.add_column(head, justify="left" if number < table.words else "right")
    for row in table.rows:
        ruled.add_row(*(Text(cell, style="dim red" if cell == NOTHING else "") for cell in row))
    Console(highlight=False, markup=False, emoji=False).print(ruled)


def aligned(table: Table) -> str:
    """A table as text whose columns line up."""
    rows = [table.head, *table.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column < table.words else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
