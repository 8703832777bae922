"""Text as comparable words: cut, folded and stemmed the same way for questions and for phrasings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from itertools import repeat
from typing import NamedTuple

import Stemmer

CHARACTERS = 4096
WORDS = 400
RECENT = 768
"""Words looked up lately that are kept at hand; more cost memory and save little."""

_SIGNS = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"}
    | {
        "œ": "oe",
        "æ": "ae",
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "Œ": "OE",
        "Æ": "AE",
        "ẞ": "SS",
        "Ø": "O",
        "Ł": "L",
    }
)
_WORD = re.compile(
    r"\d+(?:[ .,\u00a0\u202f]\d{3})+(?!\d)|\d+[a-z]{1,2}\d*\b|\d+|[^\W\d_][^\W_]*(?:['&][^\W_]+)*|[&]",
    re.UNICODE,
)
_SENTENCE_END = re.compile(
    r"(?:(?<!\b[^\W\d_])\.|[!?])[.!?]*(?=\s|$)|\n"
)  # no end after an initial: "M. Untel"
_PLAIN = re.compile(
    r"[a-zà-åç-öù-ÿ]+(?:[ -][a-zà-åç-öù-ÿ]+)*"
)  # what needs no cleaning: most phrasings of a base
_MARKS = re.compile("[\u0300-\u036f]+")
_STRETCHED = re.compile(r"(.)\1{2,}")
_THOUSANDS = re.compile(r"[ .,\u00a0\u202f]")


class Word(NamedTuple):
    """One word of an utterance: as written in lower case, folded, and the sentence it stands in."""

    written: str
    folded: str
    sentence: int
    asks: bool = False


_new_word = partial(tuple.__new__, Word)
"""What `Word` does with four fields, at a third of the price: laying a base out cuts tens of thousands of words."""


@lru_cache(maxsize=RECENT)
def fold(text: str) -> str:
    """Text without case, accents and ligatures; Unicode letters, marks of other scripts and digits stay."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text.translate(_SIGNS)).casefold())
    return "".join(c for c in folded if not ("\u0300" <= c <= "\u036f")).translate(_SIGNS)


def clean(text: str) -> str:
    """Text in one composed form, at most 4,096 characters: nothing invisible, a space for a control character.

    What is invisible goes without a trace, since web pages hide soft hyphens inside words.
    """
    shown = text[:CHARACTERS].translate(_SIGNS)
    if not shown.isprintable():
        shown = "".join(c for c in shown if unicodedata.category(c) != "Cf")
    composed = unicodedata.normalize("NFKC", shown)
    if composed != shown:
        composed = unicodedata.normalize("NFKC", composed.translate(_SIGNS))[:CHARACTERS]
    if composed.isprintable():
        return composed
    return "".join(
        c if c in "\n\t " or not unicodedata.category(c).startswith("C") else " " for c in composed
    )


def words(text: str, elisions: Iterable[str] = ()) -> list[Word]:
    """The words of a text in order; `l'école` gives l and école, `Anne-Marie` gives two words."""
    letters = _plain(text)
    if letters is not None:
        written = [_unstretched(word) for word in letters] if _STRETCHED.search(text.lower()) else letters
        return list(map(_new_word, zip(written, map(fold, written), repeat(0), repeat(False))))
    text = _MARKS.sub("", clean(text).lower())
    before = frozenset(elisions)
    found: list[Word] = []
    sentence, start = 0, 0
    ends = [(m.start(), m.end(), m.group()) for m in _SENTENCE_END.finditer(text)]
    ends.append((len(text), len(text), ""))
    for stop, after, sign in ends:
        pieces = [p for m in _WORD.finditer(text, start, stop) for p in cut(m.group(), before)]
        found.extend(Word(piece, fold(piece), sentence, "?" in sign) for piece in pieces)
        start = after
        sentence += bool(pieces)
        if len(found) > WORDS:
            break
    return found[:WORDS]


def pieces_of(text: str) -> list[str]:
    """What `words` finds in a text before it cuts `l'école` in two, for those who `cut` each piece only once."""
    letters = _plain(text)
    return _WORD.findall(_MARKS.sub("", clean(text).lower())) if letters is None else letters


def _plain(text: str) -> list[str] | None:
    """The words of a text of letters with a space or a hyphen between, as typed; None for any other text."""
    lower = text.lower()
    if len(lower) > CHARACTERS or not _PLAIN.fullmatch(lower):
        return None
    return lower.replace("-", " ").split(" ")[:WORDS]


@lru_cache(maxsize=RECENT)
def cut(word: str, elisions: frozenset[str]) -> tuple[str, ...]:
    """The words of a piece of text without spaces: `l'école` is l and école, and a stretched `noooon` is noon."""
    if word[0].isdigit():
        return (_THOUSANDS.sub("", word),)
    word = _unstretched(word)
    pieces: list[str] = []
    while True:
        head, _, tail = word.partition("'")
        if not tail or (head not in elisions and tail in ("s", "d", "ll", "ve", "re", "m")):
            return (*pieces, head)
        if tail == "t":
            return (*pieces, head + tail)
        pieces.append(head)
        word = tail


@lru_cache(maxsize=8)
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(name, maxCacheSize=0)  # what is at hand is kept by `stem` below


def _unstretched(word: str) -> str:
    return _STRETCHED.sub(r"\1\1", word) if _STRETCHED.search(word) else word


def stemming(stemmer: str) -> Callable[[str], str]:
    """What `stem` does to words, for many of them one after the other: without a look at those of lately."""
    cut = _stemmer(stemmer).stemWord

    def stemmed(word: str) -> str:
        short: str = cut(word)
        return short.lower() if short.isascii() else fold(short)

    return stemmed


@lru_cache(maxsize=RECENT)
def stem(word: str, stemmer: str) -> str:
    """The stem of a word, folded after stemming: French endings are known by their accents."""
    return fold(_stemmer(stemmer).stemWord(word))
