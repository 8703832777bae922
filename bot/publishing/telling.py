"""A coverage in the reader's words: what the tables of the terminal, the picture and the page have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from bot.dialogue.wording import Wording
from bot.knowledge.model import Election, Source
from bot.publishing.coverage import Coverage, Row, Tally, in_language
from bot.publishing.findings import Finding, Kind

LISTED = 10
"""Findings of a kind that are listed, unless all are asked for."""
TITLE = 70
NOTHING = "·"
STEPS = (1, 2, 3, 5)
"""From how many statements on a cell is a shade darker."""
FIGURES = ("positions", "claims", "characters", "missing", "share")


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as a sentence, and the place of what to mend; empty if there is none."""

    sentence: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one kind, of which `left` are not listed."""

    kind: Kind
    title: str
    lines: tuple[Line, ...]
    left: int = 0


def level(count: int) -> int:
    """How dark a cell is: 0 for nothing, up to the number of steps."""
    return sum(count >= step for step in STEPS)


def steps() -> Iterator[tuple[int, str]]:
    """Each shade above none, with the counts it stands for."""
    for at, (step, following) in enumerate(zip(STEPS, (*STEPS[1:], None), strict=True), start=1):
        last = step if following is None else following - 1
        yield at, f"{step}+" if following is None else str(step) if last == step else f"{step}–{last}"


def cell(count: int) -> str:
    return str(count) if count else NOTHING


def rows(coverage: Coverage, everything: bool) -> tuple[tuple[Row, ...], int]:
    """The rows to show, and how many more have nothing in them and are only counted."""
    shown = tuple(row for row in coverage.rows if everything or not row.silent)
    return shown, len(coverage.rows) - len(shown)


def figures(tally: Tally) -> tuple[str, ...]:
    """One candidate's figures, in the order of `FIGURES`."""
    counted = (tally.topics, tally.claims, tally.characters, tally.missing, percent(tally))
    return tuple(map(str, counted))


def percent(tally: Tally) -> int:
    """Of a hundred topics, on how many a candidate has no statement."""
    return round(100 * tally.share)


def headings(say: Wording) -> tuple[str, ...]:
    """What stands above a candidate's figures."""
    return tuple(say(f"coverage.column.{name}") for name in FIGURES)


def checked(coverage: Coverage, say: Wording) -> str:
    """When the base was checked, and which version of it this is."""
    return say("coverage.checked", date=say.date(coverage.checked), version=coverage.version)


def groups(coverage: Coverage, election: Election, say: Wording, everything: bool) -> tuple[Group, ...]:
    """The findings in sentences, by kind; of each kind only the first ones, unless everything is asked for."""
    found = []
    for kind in Kind:
        findings = [finding for finding in coverage.findings if finding.kind is kind]
        if findings:
            listed = findings if everything else findings[:LISTED]
            title = say(f"coverage.kind.{kind}", count=len(findings))
            lines = [Line(sentence(finding, election, say, everything), finding.place) for finding in listed]
            found.append(Group(kind, title, tuple(lines), len(findings) - len(listed)))
    return tuple(found)


def sentence(finding: Finding, election: Election, say: Wording, everything: bool = False) -> str:
    """What was found, with the figures that show it."""
    values: dict[str, Any] = {**finding.values, "subject": _subject(finding, election, say.code)}
    if "claims" in values:
        values["claims"] = _claims(say, values["claims"])
    if "source" in values:
        values["source"] = _source(say, values["source"])
    match finding.kind:
        case Kind.UNSOURCED:
            values["lacking"] = say(f"coverage.lacking.{values['lacking']}")
        case Kind.MISSING_LANGUAGE:
            values["text"] = say(f"coverage.text.{values['role']}")
            values["language"] = say.language_name(values["language"])
        case Kind.FEW:
            whole, half = divmod(values["median"], 1)
            values["median"] = say("coverage.half", whole=int(whole)) if half else int(whole)
        case Kind.NO_POSITION if everything:
            names = [in_language(election.topic(topic).name, say.code) for topic in values["topics"]]
            values["names"] = ", ".join(sorted(names))
            return say("coverage.finding.no-position-names", **values)
        case _:
            pass
    return say(f"coverage.finding.{finding.kind}", **values)


def _claims(say: Wording, count: int) -> str:
    return say(f"coverage.claims.{('none', 'one', 'other')[min(count, 2)]}", count=count)


def _source(say: Wording, source: Source) -> str:
    """A source on a part of a line: long titles are cut, and the day it was read stands in for a date."""
    if source.published is None and source.retrieved is not None:
        date = say("coverage.read", date=say.date(source.retrieved))
    else:
        date = say.partial_date(source.published)
    if source.title is None:
        return say("coverage.source_untitled", publisher=source.publisher, date=date)
    title = shorten(source.title, TITLE, placeholder="…")
    return say("coverage.source", publisher=source.publisher, title=title, date=date)


def _subject(finding: Finding, election: Election, code: str) -> str:
    """Whoever or whatever a finding is about, by the name that voters see."""
    match finding.about:
        case "candidates":
            return election.candidates[finding.subject].name
        case "sources":
            return election.source(finding.subject).publisher
        case "topics" | "facts" | "parties" if finding.subject:
            return in_language(election.all(finding.about)[finding.subject].name, code)
        case _:
            return in_language(election.description.name, code)
