"""What was used last stays at hand; the rest can be read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A bounded dictionary that lets go of what was used longest ago."""

    __slots__ = ("_held", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: dict[K, V] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._held

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: K) -> V | None:
        """The value, which thereby counts as used; None if it is not held."""
        if key not in self._held:
            return None
        value = self._held[key] = self._held.pop(key)
        return value

    def put(self, key: K, value: V) -> K | None:
        """Hold the value; the answer is the key that had to go, if one had to."""
        self._held.pop(key, None)
        self._held[key] = value
        if len(self._held) <= self._limit:
            return None
        oldest = next(iter(self._held))
        del self._held[oldest]
        return oldest

    def drop(self, unwanted: Callable[[K, V], bool]) -> None:
        """Let go of all that is unwanted."""
        for key in [key for key, value in self._held.items() if unwanted(key, value)]:
            del self._held[key]
