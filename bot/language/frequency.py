"""How common a word is in a language, from wordfreq's lists.

The lists are read straight from wordfreq's files: importing the library costs 100 ms and 16 MB for
tokenisers and language codes that are not needed to look up one word.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgpack
from marisa_trie import RecordTrie

from bot.language.text import fold


class Frequencies:
    """Folded words with their Zipf frequency: 3 is once in a million words, 6 once in a thousand; 0 if unknown.

    Kept in a trie: some thirty thousand words as text would take ten times the memory.
    """

    def __init__(self, words: Mapping[str, float]) -> None:
        self._trie = RecordTrie("<H", ((word, (round(100 * zipf),)) for word, zipf in words.items()))

    def zipf(self, word: str) -> float:
        found = self._trie.get(word)
        return found[0][0] / 100 if found else 0.0

    def common(self, least: float) -> Iterator[str]:
        """The words at least this frequent."""
        return (word for word, (value,) in self._trie.items() if value >= 100 * least)


@cache
def frequencies(language: str) -> Frequencies:
    """How common the words of a language are; none is known of a language that has no list."""
    return Frequencies(dict(_listed(language)))


def _listed(language: str) -> Iterator[tuple[str, float]]:
    """Each word of a list, the rarer ones first, so that of words that fold alike the most frequent counts."""
    spec = find_spec("wordfreq")
    if spec is None or not spec.submodule_search_locations:
        return
    path = Path(spec.submodule_search_locations[0]) / "data" / f"small_{language}.msgpack.gz"
    if not path.is_file():
        return
    with gzip.open(path, "rb") as file:
        buckets = msgpack.load(file, raw=False)[1:]
    for centibels in range(len(buckets) - 1, -1, -1):
        zipf = round(9 - centibels / 100, 2)
        for word in buckets[centibels]:
            yield (fold(word) if not word.isascii() else word), zipf
