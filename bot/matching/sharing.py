"""The entries that share a word with a question: too little for an answer, enough to be offered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from operator import attrgetter

from bot.language.catalogue import Language
from bot.matching.index import Index
from bot.matching.ranking import Heard

Weigh = Callable[[Heard], float]


def sharing(
    words: Iterable[Heard], index: Index, lang: Language, weigh: Weigh = attrgetter("weight")
) -> list[str]:
    """The ids of the entries with a phrasing that at least one of the words is in, nearest first.

    A word counts for less the more others its phrasing has. Of two as near, the entry that has the words more often.
    """
    shares: dict[str, dict[int, float]] = {}
    often: Counter[str] = Counter()
    for word in words:
        weight = weigh(word)
        for layer, term in index.terms(word.written, word.folded, lang):
            for number in layer.postings.get(term, ()):
                phrasing = layer.phrasings[number]
                held = shares.setdefault(phrasing.entry.id, {})
                held[word.position] = max(held.get(word.position, 0.0), weight / len(phrasing.terms))
                often[phrasing.entry.id] += 1
    return sorted(shares, key=lambda i: (-sum(shares[i].values()), -often[i], i))
