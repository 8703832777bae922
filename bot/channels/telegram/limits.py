"""How much one person may ask, and how often the bot repeats a courtesy: nobody is answered out of the house."""

from __future__ import annotations

from aiolimiter import AsyncLimiter
from cachetools import TTLCache

PEOPLE = 5_000
MINUTE = 60.0
HOUR = 3_600.0


class Limits:
    """Questions by person in a minute, in working memory; of courtesies, one in a minute or an hour."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._buckets: TTLCache[str, AsyncLimiter] = TTLCache(PEOPLE, ttl=2 * MINUTE)
        self._told: dict[float, TTLCache[str, bool]] = {
            MINUTE: TTLCache(PEOPLE, ttl=MINUTE),
            HOUR: TTLCache(PEOPLE, ttl=HOUR),
        }

    @property
    def pause(self) -> int:
        """The seconds after which somebody who was stopped can surely go on."""
        return max(5, round(MINUTE / self.per_minute) + 1)

    async def admits(self, person: str) -> bool:
        """Whether a question of this person may be answered now; one that may is counted."""
        bucket = self._buckets.get(person)
        if bucket is None:
            bucket = AsyncLimiter(self.per_minute, MINUTE)
        self._buckets[person] = bucket
        if not bucket.has_capacity():
            return False
        await bucket.acquire()
        return True

    def due(self, courtesy: str, whom: str, within: float) -> bool:
        """Whether a courtesy was not said to somebody in the last minute or hour."""
        return f"{courtesy} {whom}" not in self._told[within]

    def said(self, courtesy: str, whom: str, within: float) -> None:
        """A courtesy was said to somebody, and need not be again for a minute or an hour."""
        self._told[within][f"{courtesy} {whom}"] = True
