"""Which words that nobody knows are used by more than one person: those cannot tell who asked."""

from __future__ import annotations

from datetime import timedelta

from cachetools import TTLCache

WORDS = 5_000
KEPT = timedelta(days=1)


class Familiar:
    """Remembers for a day, in working memory only, who was the first to use a word."""

    def __init__(self) -> None:
        self._first: TTLCache[str, str] = TTLCache(WORDS, ttl=KEPT.total_seconds())
        self._known: TTLCache[str, bool] = TTLCache(WORDS, ttl=KEPT.total_seconds())

    def also(self, word: str, person: str) -> bool:
        """Whether somebody else has used this word too."""
        if word in self._known:
            return True
        if self._first.setdefault(word, person) == person:
            return False
        del self._first[word]
        self._known[word] = True
        return True

    def forget(self, person: str) -> None:
        """Let go of the words of which this person was the first user."""
        for word in [word for word, first in self._first.items() if first == person]:
            del self._first[word]
