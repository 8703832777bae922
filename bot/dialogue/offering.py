"""What is offered instead of an answer: entries that a question comes near to, by its words or by what it means.

Nothing here decides. What is offered is shown as a choice, and only if it leads where it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from bot.dialogue.outcomes import Unknown
from bot.dialogue.query import Query
from bot.dialogue.reply import Suggestion
from bot.dialogue.scopes import Scope
from bot.knowledge.model import Election
from bot.matching.ranking import Heard
from bot.matching.sharing import sharing

Nearest = Callable[[str, Election], Sequence[str]]
"""The topics and facts of an election, those first that a text likely means; empty if that is not known (yet)."""

NEARLY = ("not_understood", "topic")
"""Why a question was not answered, where something near is a help; anywhere else it would lead off the subject."""
SUBJECTS = 2
"""How many subjects are offered beside the candidates whose name was all that was recognised."""
AT_MOST = 8
"""How many subjects are tried out, of which the first three that lead somewhere are offered."""
HEAD_START = 2
"""How an entry counts that two orders hold: 1/(2 + its place) in each, so that the head of either is near the top."""


def near(query: Query, outcome: Unknown, scope: Scope, nearest: Nearest | None) -> list[str]:
    """What to offer to whoever was not understood, nearest first: subjects, and the candidates who were named."""
    if outcome.reason not in NEARLY:
        return []
    one = outcome.targets[0] if outcome.reason == "topic" and len(outcome.targets) == 1 else None
    targets = (target for entry in _entries(query, scope, nearest) for target in _for(entry, one, scope))
    subjects = list(islice(targets, AT_MOST))
    return [*subjects[:SUBJECTS], *outcome.targets] if outcome.reason == "topic" else subjects


def by_nearness(
    choices: tuple[Suggestion, ...], query: Query, scope: Scope, nearest: Nearest | None
) -> tuple[Suggestion, ...]:
    """The readings to choose from, the likeliest first; people are left in the order that is fair to them."""
    whose = {choice.target.rpartition("/")[0] for choice in choices}
    subjects = [choice.target.rpartition("/")[2] for choice in choices]
    if len(whose) > 1 or not all(_is_entry(s, scope.election) for s in subjects):
        return choices
    places = {entry: place for place, entry in enumerate(_by_meaning(query, scope, nearest))}
    return tuple(sorted(choices, key=lambda c: places.get(c.target.rpartition("/")[2], len(places))))


def _by_meaning(query: Query, scope: Scope, nearest: Nearest | None) -> Sequence[str]:
    """What a question as understood is nearest to, without names of candidates and places: those mean only themselves.

    A text of which no word is known is near to anything, and that says nothing.
    """
    told = [word for word in query.words if not word.taken]
    if nearest is None or not any(_is_known(word, scope) for word in told):
        return ()
    return nearest(" ".join(word.written for word in told), scope.election)


def _is_known(word: Heard, scope: Scope) -> bool:
    index = scope.index
    return word.small or index.knows(word.folded) or any(x.zipf(word.folded) for x in index.languages)


def _entries(query: Query, scope: Scope, nearest: Nearest | None) -> Iterator[str]:
    """Topics and facts in the order of the words they share with a question and, if that is known, of its meaning."""
    lang = scope.language(query.language)
    by_words = dict.fromkeys(
        [*(s.entry.id for s in query.ranking), *sharing(query.meaning, scope.index, lang)]
    )
    by_meaning = dict.fromkeys(_by_meaning(query, scope, nearest))
    worth: dict[str, float] = {}
    for order in (by_words, by_meaning):
        for place, entry in enumerate(order):
            worth[entry] = worth.get(entry, 0.0) + 1 / (HEAD_START + place)
    named = {identifier for mention in query.mentioned("person") for identifier in mention.ids}
    for entry in sorted(worth, key=lambda e: -worth[e]):
        about = scope.fact_people.get(entry)
        if _is_entry(entry, scope.election) and not (about and not about & named):
            yield entry


def _is_entry(identifier: str, election: Election) -> bool:
    return election.has("topics", identifier) or election.has("facts", identifier)


def _for(entry: str, candidate: str | None, scope: Scope) -> list[str]:
    """An entry as a choice: a topic for the candidate who was named, if they have spoken on it; else for everyone."""
    election = scope.election
    if not election.has("topics", entry):
        return [entry] if election.fact(entry).answer else []
    if candidate is not None and election.claims(candidate, entry):
        return [f"{candidate}/{entry}"]
    return [entry] if any(election.claims(c, entry) for c in election.candidates) else []
