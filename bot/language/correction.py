"""What a misspelt word was meant to be: only words that nobody knows are touched."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, count

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.catalogue import Language, language

KNOWN = 3.0
COMMON = 3.6
SEEN = 2_000
"""Words searched lately that are kept at hand, over all that extends one lexicon: memory must not grow with them."""
SHORT_COST = 1.05
LONG_COST = 2.0
POOLED = 8
TARGET = 4
"""Letters of the shortest word of a base that a misspelt one may be read as."""
FEW = 500
"""Words that are searched as they are; more are laid out by a letter too."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One word put right: as written, as read, and how many letters apart (0 for the same sound or spelling)."""

    written: str
    read: str
    distance: int


def allowed(length: int) -> int:
    """How many letters of a word may be wrong: none up to three, one up to seven, then two."""
    if length <= 3:
        return 0
    return 1 if length <= 7 else 2


class Together(Collection[str]):
    """Several collections of words as one, without a copy."""

    def __init__(self, *parts: Collection[str]) -> None:
        self._parts = parts

    def __contains__(self, word: object) -> bool:
        return any(word in part for part in self._parts)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._parts)

    def __len__(self) -> int:
        return sum(map(len, self._parts))


class _Pools:
    """Words laid out by length and first or last letter, which few misspellings change both.

    A pool is one text with spaces between its words: as words, those of a language would weigh eight times as much.
    """

    def __init__(self, words: Collection[str]) -> None:
        self._by_letter = len(words) > FEW
        pools: dict[tuple[int, str, bool], list[str]] = {}
        for word in sorted(words):
            for key in self._keys(word):
                pools.setdefault(key, []).append(word)
        self._pools = {key: " ".join(pool) for key, pool in pools.items()}

    def _keys(self, word: str) -> Iterator[tuple[int, str, bool]]:
        if self._by_letter:
            yield len(word), word[0], True
            yield len(word), word[-1], False
        else:
            yield len(word), "", True

    def pool(self, length: int, letter: str, first: bool) -> list[str]:
        if self._by_letter:
            return self._pools.get((length, letter, first), "").split()
        at = 0 if first else -1
        return [word for word in self._pools.get((length, "", True), "").split() if word[at] == letter]

    def words(self) -> set[str]:
        return {word for (_, _, first), pool in self._pools.items() if first for word in pool.split()}


@cache
def _ordinary(code: str) -> _Pools:
    """The words that belong to a language and not to a base: the common ones and the small ones."""
    spoken = language(code)
    common = {w for w in spoken.frequency.common(COMMON) if len(w) >= 4 and w.isalpha()}
    return _Pools(common | {w for w in spoken.grammar | spoken.stop if len(w) >= 3})


class _Tier:
    """Targets that may be meant by a misspelt word: those of a base by sound too, the language's by their letters."""

    def __init__(self, base: Collection[str], language: Language, ordinary: bool) -> None:
        self._base = base
        self._language = language
        self._by_sound: dict[str, str] | None = None
        words = self._words()
        if ordinary:
            shared = _ordinary(language.code)
            self._pools = [shared, _Pools(words - shared.words())]
        else:
            self._pools = [_Pools(words)]

    def _words(self) -> set[str]:
        return {word for word in self._base if len(word) >= TARGET}

    @property
    def by_sound(self) -> dict[str, str]:
        """By the first letter of a sound, a text of a line for each sound: it, and the words that sound like it."""
        if self._by_sound is None:
            alike: dict[str, list[str]] = {}
            words = sorted(self._words())
            for word, sound in zip(words, self._language.sounds_of(words), strict=True):
                alike.setdefault(sound, []).append(word)
            lines: dict[str, list[str]] = {}
            for sound, several in alike.items():
                lines.setdefault(sound[:1], []).append(f"\n{sound}\t{' '.join(several)}")
            self._by_sound = {letter: "".join(found) for letter, found in lines.items()}
        return self._by_sound

    def _alike(self, sound: str) -> list[str]:
        """The words that sound so, by alphabet."""
        _, _, found = self.by_sound.get(sound[:1], "").partition(f"\n{sound}\t")
        return found.partition("\n")[0].split()

    def near(self, word: str, sound: str, limit: int) -> Iterator[str]:
        for length in range(len(word) - limit, len(word) + limit + 1) if limit else ():
            for key in ((length, word[0], True), (length, word[-1], False)):
                yield from self._nearest(word, key, limit)
        if len(sound) >= 2 and len(word) >= 4:
            for target in self._alike(sound):
                if OSA.distance(word, target) <= min(3, len(word) // 2):
                    yield target

    def _nearest(self, word: str, key: tuple[int, str, bool], limit: int) -> Iterator[str]:
        """The eight nearest words of the pools together, by letters apart and then by alphabet."""
        found = [
            (distance, target)
            for pools in self._pools
            for target, distance, _ in process.extract(
                word, pools.pool(*key), scorer=OSA.distance, score_cutoff=limit, limit=POOLED
            )
        ]
        return (target for _, target in sorted(found)[:POOLED])


class Lexicon:
    """The words a misspelt one may be read as, best first: those of the base, then common ones of the language."""

    def __init__(self, words: Collection[str], language: Language) -> None:
        self.language = language
        self._bases = [words]
        self._tiers = [_Tier(self._bases[0], language, ordinary=True)]
        self._numbers = count()
        self._number = next(self._numbers)
        self._seen: dict[tuple[int, str], tuple[float, str] | None] = {}

    def extended(self, words: Collection[str]) -> Lexicon:
        """The same words and some more, sharing what is already prepared; they are looked up where they stand."""
        more = Lexicon.__new__(Lexicon)
        more.language = self.language
        more._bases = [*self._bases, words]
        more._tiers = [*self._tiers, _Tier(words, self.language, ordinary=False)]
        more._numbers, more._number = self._numbers, next(self._numbers)
        more._seen = self._seen
        return more

    def in_base(self, word: str) -> bool:
        """Whether a word is one of the base's, not only of the language's."""
        return len(word) >= TARGET and any(word in base for base in self._bases)

    def nearest(self, word: str) -> tuple[float, str] | None:
        """The cost of reading an unknown word as the likeliest one, and that one; None when nothing is near."""
        key = (self._number, word)
        known: tuple[float, str] | bool | None = self._seen.get(key, False)
        if not isinstance(known, bool):
            return known
        if len(self._seen) > SEEN:
            self._seen.clear()
        found = self._seen[key] = self._search(word)
        return found

    def _search(self, word: str) -> tuple[float, str] | None:
        limit = allowed(len(word))
        if len(word) < 3 or not word.isalpha():
            return None
        sound = self.language.sound(word)
        found = {target for tier in self._tiers for target in tier.near(word, sound, limit)}
        best = min(((self._cost(word, sound, target), target) for target in found), default=None)
        return best if best is not None and best[0] <= (SHORT_COST if len(word) < 8 else LONG_COST) else None

    def _cost(self, word: str, sound: str, target: str) -> float:
        cost = float(OSA.distance(word, target))
        if self.language.sound(target) == sound:
            cost -= 0.6
        if target[0] != word[0]:
            cost += 0.5
        if self.in_base(target):
            cost -= 0.4
        if target.startswith(word) or word.startswith(target):
            cost -= 0.1
        return cost - self.language.zipf(target) / 50
