"""Which elections a text names, by the place that votes; for a bot that serves several."""

from __future__ import annotations

import re

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.model import Base
from bot.language.catalogue import known_languages, language
from bot.language.correction import allowed
from bot.language.text import clean, fold

WORDS = 60
ORDINARY = 4.5
KNOWN = 3.0
_WORD = re.compile(r"\w+")


class Towns:
    """The places of every election of a base, as words."""

    def __init__(self, base: Base) -> None:
        self._elections: dict[str, set[str]] = {}
        for election in base.elections.values():
            for place in election.description.places:
                self._elections.setdefault(_plain(place), set()).add(election.id)
        self._names = list(self._elections)
        self._longest = max((name.count(" ") + 1 for name in self._names), default=1)

    def named(self, text: str) -> tuple[str, ...]:
        """The ids of the elections whose place stands in a text, as it is or a letter or two off; sorted."""
        runs = self._runs(text)
        exact = [run for run in runs if run in self._elections]
        return self._of(
            exact or [name for run in runs if not _is_word(run, KNOWN) for name in self._near(run)]
        )

    def surely_named(self, text: str) -> tuple[str, ...]:
        """The same for a place that is spelt right and is no ordinary word, as Nice or Tours are."""
        return self._of(
            [run for run in self._runs(text) if run in self._elections and not _is_word(run, ORDINARY)]
        )

    def _of(self, places: list[str]) -> tuple[str, ...]:
        """The elections of some places, but for those whose name is a part of a longer one among them."""
        whole = [p for p in places if not any(p != other and f" {p} " in f" {other} " for other in places)]
        return tuple(sorted({election for place in whole for election in self._elections[place]}))

    def _runs(self, text: str) -> list[str]:
        """Every few words in a row, as many as a place may have."""
        words = _plain(text).split()[:WORDS]
        return [
            " ".join(words[start:end])
            for start in range(len(words))
            for end in range(start + 1, min(start + self._longest, len(words)) + 1)
        ]

    def _near(self, run: str) -> list[str]:
        limit = allowed(len(run)) if len(run) >= 6 else 0
        if not limit:
            return []
        found = process.extract(run, self._names, scorer=OSA.distance, score_cutoff=limit, limit=4)
        best = min((distance for _, distance, _ in found), default=0)
        return [name for name, distance, _ in found if distance == best]


def _is_word(run: str, zipf: float) -> bool:
    """Whether something is a word of a language, at least this common."""
    return any(language(code).zipf(run) >= zipf for code in known_languages())


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(fold(clean(text))))
