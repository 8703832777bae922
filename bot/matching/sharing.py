"""The entries that share a word with a question: too little for an answer, enough to be offered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter

from bot.language.catalogue import Language
from bot.matching.index import Index, Phrasing
from bot.matching.ranking import Heard

Weigh = Callable[[Heard], float]


ORDINARY = 4.5
"""How common a word is from which on it says nothing of a subject that it alone shares with a question."""


def is_ordinary(word: Heard, lang: Language) -> bool:
    """Whether a word is so common ("to close") that part of a phrasing is not brought near by it."""
    return lang.zipf(word.folded) >= ORDINARY


def sharing(
    words: Iterable[Heard],
    index: Index,
    lang: Language,
    weigh: Weigh = attrgetter("weight"),
    ordinary: Collection[int] = (),
) -> list[str]:
    """The ids of the entries with a phrasing that at least one of the words is in, nearest first.

    A word counts for less the more others its phrasing has. Of two as near, the entry that has the words more often.
    A word at an `ordinary` position counts only as a whole phrasing, or with another word of it.
    """
    held: dict[tuple[int, int], tuple[Phrasing, dict[int, float]]] = {}
    for word in words:
        weight = weigh(word)
        for layer, term in index.terms(word.written, word.folded, lang):
            for number in layer.postings.get(term, ()):
                key = (id(layer), number)
                phrasing, shared = held.get(key) or held.setdefault(key, (layer.phrasings[number], {}))
                shared[word.position] = weight / len(phrasing.terms)
    shares: dict[str, dict[int, float]] = {}
    often: Counter[str] = Counter()
    for phrasing, shared in held.values():
        if len(shared) < min(2, len(phrasing.terms)) and all(position in ordinary for position in shared):
            continue
        best = shares.setdefault(phrasing.entry.id, {})
        for position, share in shared.items():
            best[position] = max(best.get(position, 0.0), share)
        often[phrasing.entry.id] += len(shared)
    return sorted(shares, key=lambda i: (-sum(shares[i].values()), -often[i], i))


def holding(wanted: Iterable[Heard], words: Sequence[Heard], index: Index, lang: Language) -> set[str]:
    """The ids of the entries with a phrasing that is heard whole and has all the wanted words in it."""
    entries = set()
    asked = [word for word in wanted if not word.small]
    for layer in index.layers:
        terms = {layer.term(word.written, word.folded, lang) for word in words}
        needed = {layer.term(word.written, word.folded, lang) for word in asked}
        for number in layer.postings.get(next(iter(needed), None) or ""):
            phrasing = layer.phrasings[number]
            if needed <= set(phrasing.terms) <= terms:
                entries.add(phrasing.entry.id)
    return entries
