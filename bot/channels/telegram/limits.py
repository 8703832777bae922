"""How much one person may ask, and how often the bot repeats a courtesy: nobody is answered out of the house.

Over all replicas where there are several: what is counted and remembered are marks of the state.
"""

from __future__ import annotations

from bot.state.keys import Keys
from bot.state.marks import Marks

MINUTE = 60.0
HOUR = 3_600.0
MILLISECONDS = 1_000


class Limits:
    """Questions by person in a minute; of courtesies, one in a minute or an hour."""

    def __init__(self, per_minute: int, marks: Marks, keys: Keys, what: str = "asked") -> None:
        self.per_minute = per_minute
        self._marks = marks
        self._keys = keys
        self._what = what
        self._interval = max(1, int(MILLISECONDS * MINUTE / per_minute))

    @property
    def pause(self) -> int:
        """The seconds after which somebody who was stopped can surely go on."""
        return max(5, round(MINUTE / self.per_minute) + 1)

    async def admits(self, person: str) -> bool:
        """Whether a question of this person may be answered now; one that may is counted.

        Each question takes its share of a minute, and somebody may be as far ahead of time as a minute's questions. Who
        asks to be forgotten is still counted, for a minute at most: it must not be a way around this.
        """
        key = self._keys(self._what, person)
        if await self._marks.left(key) > self._interval * (self.per_minute - 1):
            return False
        self._marks.push(key, "", self._interval)
        return True

    async def due(self, courtesy: str, whom: str, within: float) -> bool:
        """Whether a courtesy was not said to somebody in the last minute or hour."""
        return not await self._marks.left(self._keys(courtesy, whom, int(within)))

    def said(self, courtesy: str, whom: str, within: float, person: str = "") -> None:
        """A courtesy was said to somebody, and need not be again for a minute or an hour."""
        self._marks.put(self._keys(courtesy, whom, int(within)), person or whom, int(MILLISECONDS * within))

    async def first(self, what: str, within: float) -> bool:
        """Whether nobody, on any replica, has done something yet that is to be done once."""
        return await self._marks.first(self._keys(what), int(MILLISECONDS * within))

    async def again(self, what: str) -> None:
        """It is to be done once more, when there is reason to."""
        await self._marks.drop(self._keys(what))
