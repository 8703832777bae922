"""The sentences said to voters, by language, from the YAML files in this folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Self

from bot.knowledge.document import read
from bot.knowledge.model import Source

FOLDER = Path(__file__).parent


class Counted(int):
    """A number that knows which of two words goes with it: `{count} {count:row|rows}`."""

    def __new__(cls, number: int, _: Sequence[str]) -> Self:
        return super().__new__(cls, number)

    def __init__(self, _: int, singular: Sequence[str]) -> None:
        self._singular = singular

    def __format__(self, words: str) -> str:
        one, both, many = words.partition("|")
        return (one if str(int(self)) in self._singular else many) if both else super().__format__(words)


class Wording:
    """One language's sentences, filled in on request."""

    def __init__(self, code: str, tree: Mapping[str, Any]) -> None:
        self.code = code
        self._tree = tree

    def __call__(self, key: str, **values: object) -> str:
        """The sentence at a dotted key (`decline.advice`), with its braces filled in."""
        found: Any = self._tree
        for part in key.split("."):
            found = found[part]
        sentence = str(found)
        if "|" not in sentence:
            return sentence.format(**values)
        return sentence.format(**{name: self._counted(value) for name, value in values.items()})

    def _counted(self, value: object) -> object:
        return Counted(value, self("singular").split()) if type(value) is int else value

    def date(self, day: date) -> str:
        number = self("first_of_month") if day.day == 1 else str(day.day)
        return self("date", day=number, month=self._month(day.month), year=day.year)

    def partial_date(self, text: str | None) -> str:
        """A source's date, which may be only a year, a month and a year, or missing."""
        if text is None:
            return self("undated")
        parts = [int(part) for part in text.split("-")]
        if len(parts) == 3:
            return self.date(date(*parts))
        return self("month_and_year", month=self._month(parts[1]), year=parts[0]) if len(parts) == 2 else text

    def source(self, source: Source) -> str:
        """A source as a voter reads it: who published it, under what title if known, and when."""
        date = self.partial_date(source.published)
        if source.title is None:
            return self("source_untitled", publisher=source.publisher, date=date)
        return self("source", publisher=source.publisher, title=source.title, date=date)

    def language_name(self, code: str) -> str:
        return str(self._tree["languages"].get(code, code))

    def series(self, names: list[str]) -> str:
        """Names as a sentence lists them: A, B and C."""
        if len(names) < 2:
            return "".join(names)
        return ", ".join(names[:-1]) + self("list_and") + names[-1]

    def keys(self) -> set[str]:
        return set(_keys(self._tree))

    def _month(self, number: int) -> str:
        return str(self._tree["months"][number - 1])


def _keys(tree: Mapping[str, Any], before: str = "") -> list[str]:
    found = []
    for key, value in tree.items():
        found += _keys(value, f"{before}{key}.") if isinstance(value, dict) else [f"{before}{key}"]
    return found


@cache
def wording(code: str) -> Wording:
    """The sentences of a language."""
    document = read(FOLDER / f"{code}.yaml", FOLDER)
    if document.problems:
        raise ValueError("\n".join(map(str, document.problems)))
    return Wording(code, document.tree)
