"""Whether every candidate is treated alike, printed for people or machines, or drawn: what `audit` reports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from bot.channels.covering import WIDTH, short
from bot.channels.opening import Refused, Where, chosen, clock, folder, only, sound
from bot.channels.reports import Table, show
from bot.dialogue.assistant import Assistant
from bot.dialogue.problems import told
from bot.dialogue.wording import Wording
from bot.evaluation.bank import banks_of, read_bank
from bot.evaluation.fairness import Plan, audit, broken, unjudged
from bot.evaluation.fairness_measures import Measure
from bot.evaluation.voters import known
from bot.publishing.fairness_telling import figure, label, meaning, outcome

if TYPE_CHECKING:
    from bot.evaluation.bank import Question
    from bot.knowledge.model import Election


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much to ask, and in what form to tell."""

    plan: Plan
    png: str | None = None
    jsonl: bool = False


def report_fairness(where: Where, say: Wording, wanted: Wanted) -> int:
    """Audit one election or all; the status is 1 if a bound is broken, or too little was asked to judge."""
    base = sound(where)
    if wanted.png:
        chosen(base, where.election)
    assistant = Assistant(base)
    status = 0
    for number, election in enumerate(only(base, where.election).elections.values()):
        if not known(election.languages):
            raise Refused("no_voters", languages=", ".join(election.languages))
        now = clock(where.now, election.description.time_zone)()
        measures = audit(assistant, election, now, wanted.plan, _questions(where, election, say))
        status |= broken(measures) or unjudged(measures)
        if wanted.jsonl:
            _print_lines(election, measures)
            continue
        if number:
            click.echo()
        _print(election, measures, _heading(election, base.version, wanted.plan, say), say)
        if wanted.png:
            _draw(election, measures, _heading(election, base.version, wanted.plan, say), wanted.png, say)
    return status


def _questions(where: Where, election: Election, say: Wording) -> list[Question]:
    found = [read_bank(path) for path in banks_of(folder(where.knowledge), election.id)]
    for problem in sorted(problem for _, problems in found for problem in problems):
        click.echo(told(problem, say), err=True)
    return [question for questions, _ in found for question in questions]


def _heading(election: Election, version: str, plan: Plan, say: Wording) -> tuple[str, str]:
    """What is asked of whom, and of how much it is asked."""
    name = election.description.name
    title = say("audit.heading", election=name.get(say.code) or next(iter(name.values())))
    return title, say("audit.asked", conversations=plan.conversations, seed=plan.seed, version=version)


def _print(election: Election, measures: Sequence[Measure], heading: tuple[str, str], say: Wording) -> None:
    people = sorted(election.candidates)
    names = short([election.candidates[c].name for c in people])
    rows = tuple(
        (
            label(m, say),
            *(figure(m.figures.get(c), m.unit, say) for c in people),
            say(f"audit.verdict.{m.verdict}"),
        )
        for m in measures
    )
    click.echo("\n".join((*heading, "")))
    show(Table((say("audit.column.measure"), *names, say("audit.column.verdict")), rows))
    click.echo("\n".join(("", *_sentences(measures, say), "", *wrap(outcome(measures, say), WIDTH))))


def _sentences(measures: Sequence[Measure], say: Wording) -> Iterator[str]:
    """What each figure means, and how its verdict came about."""
    for measure in measures:
        verdict = say(f"audit.verdict.{measure.verdict}")
        yield f"{label(measure, say)}{say('colon')}{verdict}"
        yield from wrap(meaning(measure, say), WIDTH, initial_indent="  ", subsequent_indent="  ")


def _print_lines(election: Election, measures: Sequence[Measure]) -> None:
    """One line of JSON for each measure."""
    for measure in measures:
        click.echo(json.dumps({"election": election.id, **asdict(measure)}, ensure_ascii=False))


def _draw(
    election: Election, measures: Sequence[Measure], heading: tuple[str, str], file: str, say: Wording
) -> None:
    from bot.publishing.fairness_picture import drawn
    from bot.publishing.writing import write_whole

    names = {c: election.candidates[c].name for c in sorted(election.candidates)}
    made = drawn(measures, names, heading, say)
    try:
        write_whole(Path(file), made)
    except OSError as error:
        raise Refused("no_writing", file=file, error=error) from None
    click.echo(say("coverage.written", file=file))
