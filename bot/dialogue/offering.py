"""What is offered instead of an answer: entries that a question comes near to, by its words or by what it means.

Nothing here decides. What is offered is shown as a choice, and only if it leads where it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from bot.dialogue.outcomes import Decline, Help, Outcome, Unknown
from bot.dialogue.query import Query
from bot.dialogue.reply import Suggestion
from bot.dialogue.scopes import Scope
from bot.knowledge.model import Election
from bot.language.catalogue import Language, singular
from bot.matching.ranking import Heard
from bot.matching.sharing import holding, is_ordinary, sharing

Nearest = Callable[[str, Election], Sequence[str]]
"""The topics and facts of an election, those first that a text likely means; empty if that is not known (yet)."""

NEARLY = ("not_understood", "topic")
"""Why a question was not answered, where something near is a help; anywhere else it would lead off the subject."""
SUBJECTS = 2
"""How many subjects are offered beside the candidates whose name was all that was recognised."""
AT_MOST = 8
"""How many subjects are tried out, of which the first three that lead somewhere are offered."""
TOLD_ENOUGH = 3
"""How many words with a meaning a text must have for something to be offered by its meaning alone."""
HEAD_START = 2
"""How an entry counts that two orders hold: 1/(2 + its place) in each, so that the head of either is near the top."""


def near(query: Query, outcome: Unknown, scope: Scope, nearest: Nearest | None) -> list[str]:
    """What to offer to whoever was not understood, nearest first: subjects, and the candidates who were named.

    Beside a candidate only what they have spoken on is offered: anything else would lose whom the question is about.
    """
    if outcome.reason not in NEARLY:
        return []
    named = outcome.targets if outcome.reason == "topic" else tuple(sorted(_named(query, scope.election)))
    targets = (target for entry in _entries(query, scope, nearest) for target in _for(entry, named, scope))
    subjects = list(islice(targets, AT_MOST))
    return [*subjects[:SUBJECTS], *named] if named else subjects


def unassociated(
    offered: tuple[Suggestion, ...], query: Query, outcome: Outcome, scope: Scope
) -> tuple[Suggestion, ...]:
    """What is offered anyway, without subjects if a text with a word for a group was not answered: none beside it."""
    if not isinstance(outcome, Unknown | Decline | Help) or not _sensitive(query, scope):
        return offered
    return tuple(s for s in offered if not scope.election.has("topics", s.target.rpartition("/")[2]))


def _named(query: Query, election: Election) -> set[str]:
    """The candidates a question names without doubt, and not only by a role or a party."""
    sure = [m.ids for m in query.mentions if len(m.ids) == 1 and not m.doubtful and not m.role]
    return {identifier for ids in sure for identifier in ids if identifier in election.candidates}


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

    A text of which no word is known is near to anything, and that says nothing. What is near to a word for a group of
    people is prejudice, of the texts that the encoder was made from.
    """
    told = [word for word in query.words if not word.taken]
    if nearest is None or not any(_is_known(word, scope) for word in told) or _sensitive(query, scope):
        return ()
    return nearest(" ".join(word.written for word in told), scope.election)


def _sensitive(query: Query, scope: Scope) -> list[Sequence[Heard]]:
    """Words for groups of people, camps and insults in a question, as it was typed and as it was read."""
    names = {word.folded for word in query.words if word.taken}
    found: list[Sequence[Heard]] = []
    for lang in scope.index.languages:
        found.extend(_runs(query.words, lang))
        written = lang.words(query.text)
        if any(singular(word.folded) in lang.sensitive_beginnings for word in written):
            typed = [Heard(-1, w.written, w.folded, 0, False, w.folded in names, 1.0) for w in written]
            found.extend(_runs(typed, lang))
    return found


def _runs(words: Sequence[Heard], lang: Language) -> Iterator[Sequence[Heard]]:
    """Each place where words stand that the language lists as sensitive, and that are no name."""
    singulars = [singular(word.folded) for word in words]
    starts = [start for start, word in enumerate(singulars) if word in lang.sensitive_beginnings]
    for start in starts:
        for length in range(1, lang.longest_sensitive + 1):
            run = words[start : start + length]
            if tuple(singulars[start : start + length]) in lang.sensitive and not all(w.taken for w in run):
                yield run


def _explained(query: Query, scope: Scope, sensitive: Sequence[Sequence[Heard]]) -> set[str]:
    """The entries that speak of the sensitive words themselves; none unless the base explains each of them."""
    lang = scope.language(query.language)
    entries = [holding(run, query.words, scope.index, lang) for run in sensitive]
    return set().union(*entries) if all(entries) else set()


def _is_known(word: Heard, scope: Scope) -> bool:
    index = scope.index
    return word.small or index.knows(word.folded) or any(x.zipf(word.folded) for x in index.languages)


def _entries(query: Query, scope: Scope, nearest: Nearest | None) -> Iterator[str]:
    """Topics and facts in the order of the words they share with a question and, if that is known, of its meaning."""
    by_words = _by_words(query, scope)
    by_meaning = list(dict.fromkeys(_by_meaning(query, scope, nearest)))
    if len(query.meaning) < TOLD_ENOUGH:
        by_meaning = [entry for entry in by_meaning if entry in by_words]
    if sensitive := _sensitive(query, scope):
        explained = _explained(query, scope, sensitive)
        by_words = [entry for entry in by_words if entry in explained]
    worth: dict[str, float] = {}
    for order in (by_words, by_meaning):
        for place, entry in enumerate(order):
            worth[entry] = worth.get(entry, 0.0) + 1 / (HEAD_START + place)
    named = {identifier for mention in query.mentioned("person") for identifier in mention.ids}
    for entry in sorted(worth, key=lambda e: -worth[e]):
        about = scope.fact_people.get(entry)
        if _is_entry(entry, scope.election) and not (about and not about & named):
            yield entry


def _by_words(query: Query, scope: Scope) -> list[str]:
    """What shares words with a question: entries that explain some of them, then those with half of a phrasing."""
    lang = scope.language(query.language)
    ordinary = {word.position for word in query.words if is_ordinary(word, lang)}
    ranked = [s.entry.id for s in query.ranking if s.complete or not s.matched <= ordinary]
    return list(dict.fromkeys([*ranked, *sharing(query.meaning, scope.index, lang, ordinary=ordinary)]))


def _is_entry(identifier: str, election: Election) -> bool:
    return election.has("topics", identifier) or election.has("facts", identifier)


def _for(entry: str, named: Sequence[str], scope: Scope) -> list[str]:
    """An entry as a choice: a topic for the candidate who was named, if they have spoken on it; else for everyone."""
    election = scope.election
    if not election.has("topics", entry):
        return [entry] if election.fact(entry).answer and not named else []
    if not any(election.claims(c, entry) for c in named or election.candidates):
        return []
    return [f"{named[0]}/{entry}"] if len(named) == 1 else [entry]
