"""What a misspelt word was meant to be: only words that nobody knows are touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.catalogue import Language, language

KNOWN = 3.0
COMMON = 3.6
SEEN = 2_000
SHORT_COST = 1.05
LONG_COST = 2.0
POOLED = 8


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


Pools = Mapping[tuple[int, str, bool], Sequence[str]]


def _pools(words: Iterable[str]) -> Pools:
    """Words laid out by length and first or last letter, which few misspellings change both."""
    pools: dict[tuple[int, str, bool], list[str]] = {}
    for word in sorted(words):
        pools.setdefault((len(word), word[0], True), []).append(word)
        pools.setdefault((len(word), word[-1], False), []).append(word)
    return pools


@cache
def _ordinary(code: str) -> Pools:
    """The words that belong to a language and not to a base: the common ones and the small ones."""
    spoken = language(code)
    common = {w for w in spoken.frequency.common(COMMON) if len(w) >= 4 and w.isalpha()}
    return _pools(common | {w for w in spoken.grammar | spoken.stop if len(w) >= 3})


class _Tier:
    """Targets that may be meant by a misspelt word: those of a base by sound too, the language's by their letters."""

    def __init__(self, base: frozenset[str], language: Language, ordinary: bool) -> None:
        self._base = base
        self._language = language
        self._by_sound: dict[str, str] | None = None
        if ordinary:
            shared = _ordinary(language.code)
            known = {word for (_, _, first), pool in shared.items() if first for word in pool}
            self._pools = [shared, _pools(base - known)]
        else:
            self._pools = [_pools(base)]

    @property
    def by_sound(self) -> dict[str, str]:
        """The words that sound alike, with spaces between: nearly all are alone, and a list each would weigh more."""
        if self._by_sound is None:
            alike: dict[str, str] = {}
            words = sorted(self._base)
            for word, sound in zip(words, self._language.sounds_of(words), strict=True):
                alike[sound] = f"{alike[sound]} {word}" if sound in alike else word
            self._by_sound = alike
        return self._by_sound

    def near(self, word: str, sound: str, limit: int) -> Iterator[str]:
        for length in range(len(word) - limit, len(word) + limit + 1) if limit else ():
            for key in ((length, word[0], True), (length, word[-1], False)):
                yield from self._nearest(word, key, limit)
        if len(sound) >= 2 and len(word) >= 4:
            for target in self.by_sound.get(sound, "").split():
                if OSA.distance(word, target) <= min(3, len(word) // 2):
                    yield target

    def _nearest(self, word: str, key: tuple[int, str, bool], limit: int) -> Iterator[str]:
        """The eight nearest words of the pools together, by letters apart and then by alphabet."""
        found = [
            (distance, target)
            for pools in self._pools
            for target, distance, _ in process.extract(
                word, pools.get(key, ()), scorer=OSA.distance, score_cutoff=limit, limit=POOLED
            )
        ]
        return (target for _, target in sorted(found)[:POOLED])


class Lexicon:
    """The words a misspelt one may be read as, best first: those of the base, then common ones of the language."""

    def __init__(self, words: Iterable[str], language: Language) -> None:
        self.language = language
        base = frozenset(w for w in words if len(w) >= 4)
        self._bases = [base]
        self._tiers = [_Tier(base, language, ordinary=True)]
        self._seen: dict[str, tuple[float, str] | None] = {}

    def extended(self, words: Iterable[str]) -> Lexicon:
        """The same words and some more, sharing what is already prepared."""
        more = Lexicon.__new__(Lexicon)
        own = frozenset(w for w in words if len(w) >= 4)
        more.language = self.language
        more._bases = [*self._bases, own]
        more._tiers = [*self._tiers, _Tier(own, self.language, ordinary=False)]
        more._seen = {}
        return more

    def in_base(self, word: str) -> bool:
        """Whether a word is one of the base's, not only of the language's."""
        return any(word in base for base in self._bases)

    def nearest(self, word: str) -> tuple[float, str] | None:
        """The cost of reading an unknown word as the likeliest one, and that one; None when nothing is near."""
        known: tuple[float, str] | bool | None = self._seen.get(word, False)
        if not isinstance(known, bool):
            return known
        if len(self._seen) > SEEN:
            self._seen.clear()
        found = self._seen[word] = self._search(word)
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
