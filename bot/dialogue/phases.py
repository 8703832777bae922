"""Where an election stands in time: before the vote, in the silence before it, voting, between rounds, after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.knowledge.model import Description


class Phase(StrEnum):
    BEFORE = "before"
    SILENCE = "silence"
    VOTING = "voting"
    BETWEEN = "between"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Moment:
    """A phase, the day of voting it refers to, and the next one if another round follows."""

    phase: Phase
    day: date
    next: date | None = None


def moment(description: Description, now: datetime) -> Moment:
    """The phase at a time; silence runs from the eve at midnight to the opening of the polls.

    Without a closing time the whole day of the vote counts as voting.
    """
    zone = ZoneInfo(description.time_zone)
    local = now.astimezone(zone)
    held: date | None = None
    for vote in sorted(description.rounds, key=lambda r: r.date):
        eve = datetime.combine(vote.date - timedelta(days=1), time(0), zone)
        opens = datetime.combine(vote.date, vote.opens, zone)
        closes = (
            datetime.combine(vote.date, vote.closes, zone)
            if vote.closes is not None
            else datetime.combine(vote.date + timedelta(days=1), time(0), zone)
        )
        if local < eve:
            return Moment(Phase.BETWEEN, held, vote.date) if held else Moment(Phase.BEFORE, vote.date)
        if local < opens:
            return Moment(Phase.SILENCE, vote.date)
        if local < closes:
            return Moment(Phase.VOTING, vote.date)
        held = vote.date
    return Moment(Phase.AFTER, held or description.rounds[-1].date)
