"""Dates and times as a moderator writes them, and nothing that only looks like one."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema

_PARTIAL_DATE = r"^\d{4}(-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?)?$"
_DAY = re.compile(r"(19|20|21)\d{2}-\d{2}-\d{2}")
_CLOCK = re.compile(r"\d\d:\d\d", re.ASCII)


def _partial_date(value: object) -> object:
    """Hold `2026-03`, or `2026`, apart from a full date: a source may only name its month or year."""
    if isinstance(value, str):
        if len(value) not in (4, 7, 10):
            raise ValueError("write a date as 2026-03-15, 2026-03 or 2026")
        if len(value) == 10:
            _day(value)
    return value


def partial_date(text: str) -> bool:
    """Whether a text is a date as a source has it: 2026-03-15, 2026-03 or 2026."""
    try:
        return re.fullmatch(_PARTIAL_DATE, str(_partial_date(text))) is not None
    except ValueError:
        return False


def _day(value: object) -> object:
    """Keep `20260315` and `0` from being read as seconds since 1970."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value if _DAY.fullmatch(value) else "")
        except ValueError:
            if _DAY.fullmatch(value):
                raise ValueError("there is no such day") from None
            raise ValueError(f"{value[:40]!r} is not a possible date; write it as 2026-03-15") from None
    return value


def _clock(value: object) -> object:
    """Keep `8` from being read as eight seconds past midnight."""
    if isinstance(value, str):
        try:
            return time.fromisoformat(value if _CLOCK.fullmatch(value) else "")
        except ValueError:
            raise ValueError(f'{value[:40]!r} is not a possible time; write it as "08:00"') from None
    return value


PartialDate = Annotated[
    str,
    BeforeValidator(_partial_date),
    StringConstraints(pattern=_PARTIAL_DATE),
    WithJsonSchema({"type": ["string", "integer"], "pattern": _PARTIAL_DATE}),
]
Day = Annotated[date, BeforeValidator(_day)]
Clock = Annotated[
    time,
    BeforeValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}),
]
