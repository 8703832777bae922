"""The ways of asking that a base knows, each cut into words once, and looked up for every election that knows it.

Sixty elections share most of their phrasings: those of a shared folder are cut only once, however many include it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

from bot.knowledge.checks.walking import Spot, ways
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Election
from bot.language.catalogue import Language, language
from bot.language.text import words

_PLAIN = re.compile(r"[a-zà-åç-ïñ-öù-ýÿ]+(?:[ -][a-zà-åç-ïñ-öù-ýÿ]+)*")
_STRETCHED = re.compile(r"(.)\1\1")
"""What most phrasings are, and need not be cut to be compared; unless a letter is stretched, as in "nooon"."""

Entry = tuple[str, str]
Key = tuple[str, str]
"""A language, and the words that are compared."""
Heard = tuple[str, tuple[str, ...]]
"""A language, and the stems of the words that must be heard."""


class Asked(NamedTuple):
    """One way to ask for a topic or a fact, as it is compared, and where it stands."""

    key: Key
    entry: Entry
    text: str
    ways: Spot
    code: str
    number: int

    @property
    def spot(self) -> Spot:
        return self.ways.at(self.code, self.number)


class Asking:
    """All ways of asking, by where they stand."""

    def __init__(self, loaded: Loaded) -> None:
        self._held: dict[tuple[str, str], list[Asked]] = {}
        homes: dict[tuple[str, str], str] = {}
        for way in ways(loaded, once=True):
            part = "candidates" if way.spot.kind == "candidates" else str(way.spot.keys[-1])
            place = (way.spot.folder, part)
            if homes.setdefault(place, way.election.id) == way.election.id:
                held = self._held.setdefault(place, [])
                for code, texts in way.phrasings.items():
                    for number, text in enumerate(texts):
                        held.append(
                            Asked((code, compared(text, code)), way.entry, text, way.spot, code, number)
                        )

    def shared(self, includes: Iterable[str]) -> Iterator[Asked]:
        """Those of shared folders: what entries are asked as, then what their answers are."""
        folders = [*includes]
        for part in ("phrasings", "asked_as"):
            for folder in folders:
                yield from self._held.get((folder, part), ())

    def own(self, election: Election) -> Iterator[Asked]:
        """Those that only one election knows."""
        for part in ("phrasings", "candidates", "asked_as"):
            yield from self._held.get((election.id, part), ())


def together(loaded: Loaded) -> Iterator[tuple[tuple[str, ...], list[Election]]]:
    """The elections by the folders that they include: they know the same shared ways of asking."""
    found: dict[tuple[str, ...], list[Election]] = {}
    for election in loaded.base.elections.values():
        found.setdefault(tuple(election.description.includes), []).append(election)
    yield from found.items()


def called(entry: Entry) -> str:
    """A topic or a fact as messages name it."""
    kind, owner = entry
    return f"{kind[:-1]} '{owner}'"


def is_known(code: str) -> bool:
    """Whether the bot has words for a language."""
    return _known(code) is not None


def compared(text: str, code: str = "") -> str:
    """The folded words of a text, whatever their case, accents and punctuation."""
    lower = text.lower()
    if _PLAIN.fullmatch(lower) and not _STRETCHED.search(lower):
        bare = lower if lower.isascii() else normalize("NFKD", lower).encode("ascii", "ignore").decode()
        return bare.replace("-", " ")
    known = _known(code)
    return " ".join([word.folded for word in words(text, known.elisions if known else ())])


def heard(text: str, code: str) -> tuple[str, ...]:
    """What a question must hold to be found by a phrasing, by the stems of its words; nothing if that is no word.

    As phrasings are laid out in `bot.matching.index`: words with a meaning, or if they are too few all that tell.
    """
    known = _known(code)
    if known is None:
        return ()
    cut = words(text, known.elisions)
    spoken = [word for word in cut if word.folded not in known.articles] or cut
    content = [word for word in spoken if not known.is_small(word.folded)]
    if len(content) == len(spoken) == 1:
        return (known.stem(content[0].written),)
    telling = [word for word in spoken if word.folded not in known.stop or word.folded in known.grammar]
    if len(content) > 1:
        small = [f"({word.folded})" for word in telling if word not in content]
        return tuple(sorted({*(known.stem(word.written) for word in content), *small}))
    if len(telling) > 1:
        return tuple(sorted({known.stem(word.written) for word in telling}))
    return tuple([known.stem(word.written) for word in spoken if content or len(spoken) > 1])


@cache
def _known(code: str) -> Language | None:
    try:
        return language(code)
    except KeyError:
        return None
