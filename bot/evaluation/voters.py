"""How voters of each language type: what they ask, and the slips and spellings of their thumbs, as language data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.knowledge.document import read

FOLDER = Path(__file__).parent / "voters"

Rules = tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True, slots=True)
class Voters:
    """How those who type one language do it."""

    keyboard: tuple[str, ...]
    """The rows of letters, from top to bottom."""
    said: Rules
    """Whole words as text messages write them."""
    heard: Rules
    """Parts of longer words, spelt as they sound."""
    frames: Mapping[str, tuple[str, ...]]
    """Questions to be filled in with a name, another one and a subject, by what they ask for."""

    def beside(self, letter: str) -> str:
        """The letters whose keys touch a letter's."""
        keys = {key: (y, x) for y, row in enumerate(self.keyboard) for x, key in enumerate(row)}
        if letter not in keys:
            return ""
        line, column = keys[letter]
        near = (o for o, (y, x) in keys.items() if abs(y - line) <= 1 and abs(x - column) <= 1)
        return "".join(other for other in near if other != letter)


@cache
def voters(code: str) -> Voters:
    """The voters who type a language; a KeyError if no file describes them."""
    path = FOLDER / f"{code}.yaml"
    if not path.is_file():
        raise KeyError(f"no file {code}.yaml")
    tree = read(path, FOLDER).tree
    frames = {kind: tuple(said) for kind, said in tree["frames"].items()}
    return Voters(tuple(tree["keyboard"]), _rules(tree["said"]), _rules(tree["heard"]), frames)


def known(codes: Iterable[str]) -> list[str]:
    """The languages among these of which it is known how voters type them."""
    return [code for code in codes if (FOLDER / f"{code}.yaml").is_file()]


def _rules(pairs: list[list[str]]) -> Rules:
    return tuple((re.compile(pattern), written) for pattern, written in pairs)
