"""An answer knows whether the vote is still to come, under way or over, by the clocks of the place that votes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.phases import Moment, Phase, moment
from bot.knowledge.model import Description
from tests.invented import DESCRIPTION, rounds

FIRST = date(2031, 5, 11)
SECOND = date(2031, 5, 18)


def described(**changes: Any) -> Description:
    return Description.model_validate({**DESCRIPTION, **changes})


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2030-01-01T00:00", Moment(Phase.BEFORE, FIRST)),
        ("2031-05-09T23:59:59", Moment(Phase.BEFORE, FIRST)),
        ("2031-05-10T00:00", Moment(Phase.SILENCE, FIRST)),
        ("2031-05-10T23:59", Moment(Phase.SILENCE, FIRST)),
        ("2031-05-11T00:00", Moment(Phase.SILENCE, FIRST)),
        ("2031-05-11T07:59:59", Moment(Phase.SILENCE, FIRST)),
        ("2031-05-11T08:00", Moment(Phase.VOTING, FIRST)),
        ("2031-05-11T19:59:59", Moment(Phase.VOTING, FIRST)),
        ("2031-05-11T20:00", Moment(Phase.BETWEEN, FIRST, SECOND)),
        ("2031-05-16T23:59:59", Moment(Phase.BETWEEN, FIRST, SECOND)),
        ("2031-05-17T00:00", Moment(Phase.SILENCE, SECOND)),
        ("2031-05-18T07:59", Moment(Phase.SILENCE, SECOND)),
        ("2031-05-18T08:00", Moment(Phase.VOTING, SECOND)),
        ("2031-05-18T20:00", Moment(Phase.AFTER, SECOND)),
        ("2099-12-31T23:59", Moment(Phase.AFTER, SECOND)),
    ],
)
def test_an_election_of_two_rounds_has_its_phases(at: str, expected: Moment) -> None:
    assert moment(described(), paris(at)) == expected


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        ("2031-05-11T07:59", Phase.SILENCE),
        ("2031-05-11T08:00", Phase.VOTING),
        ("2031-05-11T23:59:59", Phase.VOTING),
        ("2031-05-12T00:00", Phase.AFTER),
    ],
)
def test_without_a_closing_time_the_whole_day_counts_as_voting(at: str, phase: Phase) -> None:
    assert moment(described(rounds=rounds("2031-05-11", closes=None)), paris(at)).phase is phase


def test_rounds_may_be_written_in_any_order() -> None:
    backwards = described(rounds=rounds("2031-05-18", "2031-05-11"))
    for hours in range(0, 24 * 20, 5):
        at = paris("2031-05-01T00:00") + timedelta(hours=hours)
        assert moment(backwards, at) == moment(described(), at)


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=-11)), ZoneInfo("Asia/Tokyo")])
def test_the_same_instant_is_the_same_phase_wherever_it_is_read(zone: Any) -> None:
    for hours in range(0, 24 * 20, 3):
        at = paris("2031-05-01T00:00") + timedelta(hours=hours)
        assert moment(described(), at.astimezone(zone)) == moment(described(), at)


@pytest.mark.parametrize(
    ("zone", "phase"),
    [
        ("Europe/Paris", Phase.VOTING),
        ("America/Martinique", Phase.SILENCE),
        ("Pacific/Noumea", Phase.AFTER),
    ],
)
def test_each_place_votes_by_its_own_clocks(zone: str, phase: Phase) -> None:
    place = described(time_zone=zone, rounds=rounds("2031-05-11"))
    assert moment(place, datetime(2031, 5, 11, 10, tzinfo=UTC)).phase is phase


def test_summer_time_does_not_move_the_polls() -> None:
    place = described(rounds=rounds("2031-03-30"))
    assert moment(place, datetime(2031, 3, 30, 5, 59, tzinfo=UTC)).phase is Phase.SILENCE
    assert moment(place, datetime(2031, 3, 30, 6, 0, tzinfo=UTC)).phase is Phase.VOTING
    assert moment(place, datetime(2031, 3, 30, 18, 0, tzinfo=UTC)).phase is Phase.AFTER


def test_rounds_on_two_days_running_have_no_gap() -> None:
    place = described(rounds=rounds("2031-05-11", "2031-05-12"))
    assert moment(place, paris("2031-05-11T12:00")) == Moment(Phase.VOTING, FIRST)
    assert moment(place, paris("2031-05-11T21:00")) == Moment(Phase.SILENCE, date(2031, 5, 12))
    assert moment(place, paris("2031-05-12T12:00")) == Moment(Phase.VOTING, date(2031, 5, 12))


def test_phases_never_go_back() -> None:
    order = [
        Phase.BEFORE,
        Phase.SILENCE,
        Phase.VOTING,
        Phase.BETWEEN,
        Phase.SILENCE,
        Phase.VOTING,
        Phase.AFTER,
    ]
    seen: list[Phase] = []
    for minutes in range(0, 20 * 24 * 60, 30):
        phase = moment(described(), paris("2031-05-01T00:00") + timedelta(minutes=minutes)).phase
        if not seen or seen[-1] is not phase:
            seen.append(phase)
    assert seen == order
