"""The little pattern language of the language files, made into regular expressions.

`(a|b c)` one of several · `[a]` may be left out · `…` up to six words between · `word*` any ending ·
`<candidate>` a candidate, by name or role · `<name>` only by name · `^` and `$` start and end of what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TypeVar

from bot.language.text import fold

CANDIDATE = "@candidate"
ROLE = "@candidate-role"
MARKS = {"<candidate>": (CANDIDATE, ROLE), "<name>": (CANDIDATE,)}
STUB = 3
_PIECE = re.compile(r"<candidate>|<name>|…|[()\[\]|^$]|[^\s()\[\]|^$…<>]+|<|>")


class PatternError(ValueError):
    """A pattern that cannot be read; the message says why."""


class Patterns:
    """A list of patterns that compiles one only when a text holds a word it could begin to match with.

    Compiling all of a language's patterns takes a tenth of a second; a question needs a handful.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._expressions: list[str] = []
        by_word: dict[str, set[int]] = {}
        self._by_stub: dict[str, list[tuple[str, int]]] = {}
        for number, pattern in enumerate(patterns):
            self._expressions.append(_expression(pattern))
            for word, ending in _literals(pattern):
                if ending:
                    self._by_stub.setdefault(word[:STUB], []).append((word, number))
                else:
                    by_word.setdefault(word, set()).add(number)
        self._by_word = _small(by_word)
        self._lengths = sorted({len(stub) for stub in self._by_stub})

    @property
    def words(self) -> Iterable[str]:
        """The words of which a text must hold one, or one that begins with a stub, to match anything."""
        return self._by_word

    @property
    def stubs(self) -> Iterable[str]:
        return self._by_stub

    def search(self, text: str) -> re.Match[str] | None:
        """The first match of any pattern in text made by `line`."""
        return min(self.finditer(text), key=re.Match.start, default=None)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches of every pattern, pattern by pattern."""
        for number in sorted(self._possible(text.split())):
            yield from _compiled(self._expressions[number]).finditer(text)

    def _possible(self, words: Iterable[str]) -> set[int]:
        possible: set[int] = set()
        whole, stubs = self._by_word, self._by_stub
        for word in words:
            if word in whole:
                possible.update(whole[word])
            for length in self._lengths:
                if word[:length] in stubs:
                    possible.update(
                        number for start, number in stubs[word[:length]] if word.startswith(start)
                    )
        return possible


class Kinds(Mapping[str, Patterns]):
    """Lists of patterns by name, in order; a text is looked at once for all of them, and few are then tried."""

    def __init__(self, patterns: Mapping[str, list[str]]) -> None:
        self._kinds = {name: Patterns(several) for name, several in patterns.items()}
        by_word: dict[str, set[str]] = {}
        by_stub: dict[str, set[str]] = {}
        for name, kind in self._kinds.items():
            for word in kind.words:
                by_word.setdefault(word, set()).add(name)
            for stub in kind.stubs:
                by_stub.setdefault(stub, set()).add(name)
        self._by_word, self._by_stub = _small(by_word), _small(by_stub)

    def __getitem__(self, name: str) -> Patterns:
        return self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def found(self, texts: Sequence[str]) -> Iterator[str]:
        """The names, in order, of which some pattern matches some text."""
        possible = [(text, self._possible(text.split())) for text in texts]
        for name, kind in self._kinds.items():
            if any(name in names and kind.search(text) for text, names in possible):
                yield name

    def _possible(self, words: Iterable[str]) -> set[str]:
        possible: set[str] = set()
        for word in words:
            if word in self._by_word:
                possible.update(self._by_word[word])
            for length in range(1, STUB + 1):
                if word[:length] in self._by_stub:
                    possible.update(self._by_stub[word[:length]])
        return possible


Told = TypeVar("Told", int, str)


def _small(told: Mapping[str, set[Told]]) -> dict[str, tuple[Told, ...]]:
    """What words tell, in the least memory: most tell one thing, and many the same."""
    alike: dict[tuple[Told, ...], tuple[Told, ...]] = {}
    return {word: alike.setdefault(each, each) for word, each in ((w, tuple(s)) for w, s in told.items())}


def line(words: Iterable[str]) -> str:
    """Words as the text that patterns search: each with one space before it, and one at the end."""
    return " " + " ".join(words) + " "


def _expression(pattern: str) -> str:
    depth: list[str] = []
    out: list[str] = []
    for piece in _PIECE.findall(pattern):
        if piece == "(":
            depth.append(")")
            out.append("(?:")
        elif piece == "[":
            depth.append("]")
            out.append("(?:")
        elif piece in ")]":
            if not depth or depth.pop() != piece:
                raise PatternError(f"{pattern!r}: this {piece!r} closes nothing")
            out.append(")?" if piece == "]" else ")")
        elif piece == "|":
            out.append("|")
        elif piece == "…":
            out.append(r"(?: \S+){0,6}?")
        elif piece == "^":
            out.append("^")
        elif piece == "$":
            out.append(" $")
        elif piece in "<>":
            raise PatternError(f"{pattern!r}: only <candidate> and <name> may stand between < and >")
        else:
            out.append(_word(piece))
    if depth:
        raise PatternError(f"{pattern!r}: a bracket is left open")
    return "".join(out)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _literals(pattern: str) -> Iterator[tuple[str, bool]]:
    """The words a pattern is written with, and whether any ending may follow each."""
    for piece in _PIECE.findall(pattern):
        if piece in MARKS:
            yield from ((mark, False) for mark in MARKS[piece])
        elif piece not in "()[]|^$…<>":
            words = _cut(piece)
            yield from ((word, False) for word in words[:-1])
            if words:
                yield words[-1], piece.endswith("*")


def _cut(piece: str) -> list[str]:
    return [word for word in re.split(r"['’\-]", fold(piece.rstrip("*"))) if word]


def _word(piece: str) -> str:
    if piece == "<candidate>":
        return rf" {CANDIDATE}(?:-role)?(?= )"
    if piece == "<name>":
        return rf" {CANDIDATE}(?= )"
    ending = r"[^ ]*" if piece.endswith("*") else ""
    return "".join(f" {re.escape(word)}" for word in _cut(piece)) + ending + "(?= )"
