"""How common a word is in a language, from wordfreq's lists.

The lists are read straight from wordfreq's files: importing the library costs 100 ms and 16 MB for
tokenisers and language codes that are not needed to look up one word.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgpack

from bot.language.text import fold


@cache
def frequencies(language: str) -> Mapping[str, float]:
    """Folded words to their Zipf frequency (3 is once in a million words, 6 once in a thousand); empty if unknown."""
    spec = find_spec("wordfreq")
    if spec is None or not spec.submodule_search_locations:
        return {}
    path = Path(spec.submodule_search_locations[0]) / "data" / f"small_{language}.msgpack.gz"
    if not path.is_file():
        return {}
    with gzip.open(path, "rb") as file:
        buckets = msgpack.load(file, raw=False)[1:]
    found: dict[str, float] = {}
    for centibels, bucket in enumerate(buckets):
        zipf = round(9 - centibels / 100, 2)
        for word in bucket:
            found.setdefault(fold(word) if not word.isascii() else word, zipf)
    return found
