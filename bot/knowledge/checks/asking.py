"""Checks of the words voters are expected to type."""

from __future__ import annotations

from collections.abc import Iterator

from bot.knowledge.checks.walking import Spot, elections, ways
from bot.knowledge.document import Problem, short
from bot.knowledge.loading import Loaded

PHRASING_WORDS = 8
ALIAS_LETTERS = 3


def phrasing_lengths(loaded: Loaded) -> Iterator[Problem]:
    """A long phrasing only helps whoever types every word of it: a few telling words help everyone."""
    for way in ways(loaded, once=True):
        for code, phrasings in way.phrasings.items():
            for index, phrasing in enumerate(phrasings):
                if len(phrasing.split()) > PHRASING_WORDS:
                    message = f"{short(phrasing)} has more than {PHRASING_WORDS} words; keep those that tell"
                    yield way.spot.at(code, index).notice(message)


def alias_lengths(loaded: Loaded) -> Iterator[Problem]:
    """Two letters turn up in any question, by mistake or in passing, and must not name a candidate."""
    for election, _ in elections(loaded):
        for candidate in election.candidates.values():
            for index, alias in enumerate(candidate.aliases):
                if len(alias.split()) == 1 and sum(c.isalpha() for c in alias) < ALIAS_LETTERS:
                    spot = Spot(loaded, election.id, "candidates", candidate.id, ("aliases", index))
                    yield spot.problem(
                        f"{short(alias)} is too short to name anyone; at least {ALIAS_LETTERS} letters"
                    )
