"""Whether a base is sound, and whether its banks are answered well: what `check` and `questions` report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.channels.opening import Refused, Where, chosen, clock, folder, read, sound
from bot.channels.reports import annotation, failed, failures, show, tally
from bot.dialogue.assistant import Assistant
from bot.dialogue.problems import told
from bot.dialogue.wording import Wording
from bot.evaluation.bank import banks_of, read_bank
from bot.evaluation.phrasings import misled
from bot.evaluation.scoring import ask, score
from bot.matching.checking import problems_of

if TYPE_CHECKING:
    from bot.knowledge.document import Problem
    from bot.knowledge.loading import Loaded
    from bot.knowledge.model import Election


def report_problems(where: Where, say: Wording, fast: bool, form: str) -> int:
    """Print every problem, sorted by place; the status tells whether any must be mended."""
    loaded = read(where)
    problems = set(problems_of(loaded))
    if not fast and all(p.notice for p in problems):
        problems.update(_misled(loaded, where))
    for problem in sorted(problems):
        click.echo(annotation(problem, say) if form == "github" else told(problem, say))
    wrong = sum(not p.notice for p in problems)
    if form == "text":
        key = "problems" if problems else "sound"
        ids = ", ".join(sorted(loaded.base.elections))
        sentence = say(f"terminal.{key}", problems=wrong, notices=len(problems) - wrong, ids=ids)
        click.echo(sentence, err=True)
    return 1 if wrong else 0


def _misled(loaded: Loaded, where: Where) -> Iterator[Problem]:
    """The problems of the phrasings that lead elsewhere than to their own entry, for each election served."""
    base = loaded.base
    assistant = Assistant(base)
    elections = [chosen(base, where.election)] if where.election else base.elections.values()
    for election in elections:
        now = clock(where.now, election.description.time_zone)
        yield from misled(assistant, election.id, now(), loaded)


def ask_banks(where: Where, say: Wording, named: Sequence[str]) -> int:
    """Ask all questions of the banks and print how it went; the status tells whether any answer was wrong."""
    base = sound(where)
    election = chosen(base, where.election)
    now = clock(where.now, election.description.time_zone)()
    found = [read_bank(path) for path in _banks(named, where, election)]
    problems = [problem for _, amiss in found for problem in amiss]
    if problems:
        click.echo("\n".join(told(problem, say) for problem in sorted(problems)), err=True)
        return 1
    asked = [question for questions, _ in found for question in questions]
    if not asked:
        raise Refused("no_questions")
    assistant = Assistant(base)
    results = [score(q, ask(assistant, q, election.id, now), election) for q in asked]
    show(tally(results, say))
    missed = failures(results, say)
    if missed:
        click.echo("\n".join(["", say("terminal.failures", count=len(missed)), *missed]))
    return 1 if failed(results) else 0


def _banks(named: Sequence[str], where: Where, election: Election) -> list[Path]:
    """The banks named, or else those that the election brings with it."""
    missing = [name for name in named if not Path(name).is_file()]
    if missing:
        raise Refused("no_file", file=missing[0])
    if named:
        return [Path(name) for name in named]
    found = banks_of(folder(where.knowledge), election.id)
    if not found:
        raise Refused("no_bank", election=election.id)
    return found
