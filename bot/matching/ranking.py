"""How well each topic and fact fits a question: what share of its meaning words the entry explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.catalogue import Language
from bot.matching.index import Entry, Index, Phrasing

WINDOW = 9
ASIDE = 0.3
FIXED_SMALL = 0.25
TOLD = 0.35


@dataclass(frozen=True, slots=True)
class Heard:
    """One word of a question, as understood: what it means to the index and how much it asks to be explained."""

    position: int
    written: str
    folded: str
    sentence: int
    small: bool
    taken: bool
    weight: float

    @property
    def meaning(self) -> bool:
        return not self.small and not self.taken


@dataclass(frozen=True, slots=True)
class Score:
    """How an entry fits: the words it explains, their weight, and their share of all that wants explaining."""

    entry: Entry
    matched: frozenset[int]
    weight: float
    coverage: float
    complete: bool


def rank(words: Sequence[Heard], index: Index, lang: Language, focus: frozenset[int]) -> list[Score]:
    """Every entry that shares its meaning words with the question, best first.

    `focus` holds the sentences that ask; words elsewhere count for little, whether explained or not.
    """
    phrasings, told = _postings(words, index, lang)
    matched: dict[Entry, dict[int, float]] = {}
    complete: set[Entry] = set()
    precise: dict[Entry, tuple[int, int]] = {}
    spoken = {w.folded for w in words}
    for phrasing, where in phrasings:
        spots = _together(phrasing, where, words)
        if spots is None:
            continue
        complete.add(phrasing.entry)
        missed = sum(w not in spoken for w in phrasing.left_out)
        said = (missed, missed - len(phrasing.left_out))
        precise[phrasing.entry] = min(precise.get(phrasing.entry, (9, 0)), said)
        best = matched.setdefault(phrasing.entry, {})
        for spot in spots:
            word = words[spot]
            worth = FIXED_SMALL if word.small else 1.0
            if word.sentence not in focus:
                worth *= ASIDE
            best[spot] = max(best.get(spot, 0.0), worth)
    for spot, entries in told.items():
        for entry in entries:
            if not words[spot].meaning:
                continue
            best = matched.setdefault(entry, {})
            best[spot] = max(best.get(spot, 0.0), TOLD * (1.0 if words[spot].sentence in focus else ASIDE))
    scores = [_score(entry, best, words, focus, entry in complete) for entry, best in matched.items()]
    return sorted(
        scores, key=lambda s: (not s.complete, -s.weight, precise.get(s.entry, (9, 0)), -s.coverage, s.entry)
    )


def _score(
    entry: Entry, best: dict[int, float], words: Sequence[Heard], focus: frozenset[int], complete: bool
) -> Score:
    weight = sum(best.values())
    unexplained = sum(
        word.weight for word in words if word.meaning and word.sentence in focus and word.position not in best
    )
    return Score(entry, frozenset(best), weight, weight / (weight + unexplained) if weight else 0.0, complete)


Spots = dict[str, list[int]]


def _postings(
    words: Sequence[Heard], index: Index, lang: Language
) -> tuple[list[tuple[Phrasing, Spots]], dict[int, set[Entry]]]:
    """For each phrasing whose every word is heard, where each of its words is; and what claims tell of each word."""
    heard: dict[int, dict[str, list[int]]] = {}
    told: dict[int, set[Entry]] = {}
    for word in words:
        for other in index.languages:
            if other is not lang and (word.folded in lang.stop or lang.zipf(word.folded) > 4.3):
                continue
            for layer, term in index.terms(word.written, word.folded, other):
                heard.setdefault(id(layer), {}).setdefault(term, []).append(word.position)
                if term in layer.told and not word.small and not word.taken:
                    told.setdefault(word.position, set()).update(layer.told[term])
    found = []
    for layer in index.layers:
        terms = heard.get(id(layer), {})
        counts: dict[int, int] = {}
        for term in terms:
            for number in layer.postings.get(term, ()):
                counts[number] = counts.get(number, 0) + 1
        lengths = layer.phrasings.lengths
        for number, count in counts.items():
            if count == lengths[number]:
                phrasing = layer.phrasings[number]
                found.append((phrasing, {t: terms[t] for t in phrasing.terms}))
    return found, told


def _together(phrasing: Phrasing, where: Spots, words: Sequence[Heard]) -> list[int] | None:
    """Where the phrasing stands in the question, if its words stand near enough to each other (fixed: in a row)."""
    if phrasing.fixed:
        return _in_a_row(phrasing, where)
    if len(phrasing.terms) == 1:
        spots = [p for p in where[phrasing.terms[0]] if words[p].meaning]
        return spots or None
    anchors = where[min(phrasing.terms, key=lambda t: len(where[t]))]
    for anchor in anchors:
        near = [min(where[t], key=lambda p: abs(p - anchor)) for t in phrasing.terms]
        if max(near) - min(near) <= WINDOW:
            return near
    return None


def _in_a_row(phrasing: Phrasing, where: Spots) -> list[int] | None:
    for start in where[phrasing.terms[0]]:
        row = [start]
        for term in phrasing.terms[1:]:
            following = [p for p in where[term] if row[-1] < p <= row[-1] + 3]
            if not following:
                break
            row.append(following[0])
        else:
            return row
    return None
