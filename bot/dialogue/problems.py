"""What is wrong with a knowledge base, in the reader's language.

The checks say it in English. For each other language a file of pairs, read once there is a problem to tell, holds a
sentence for each of theirs; what is not in it stays in English. That of English holds what a library words badly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property
from string import Formatter

from bot.dialogue.wording import FOLDER as WORDINGS
from bot.dialogue.wording import Wording
from bot.knowledge.document import Problem, read

FOLDER = WORDINGS / "problems"
FIRST = "message"
"""The section of whole messages; the others hold what may stand in their holes."""

_QUOTED = (
    r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|['"\[{(].{78}…"""
    r"""|[\[{(].*[\]})]|-?(?:\d[\w.+-]*|nan|inf)|None|True|False"""
)
SHAPES: Mapping[str, str] = {"quoted": _QUOTED, "word": r"[^\s:]+"}
"""What a hole may be said to hold: a value as `short` writes it, or something without spaces."""


def told(problem: Problem, say: Wording) -> str:
    """A problem as its reader is told it: the place, whether it may wait, and what is wrong there."""
    place = f"{problem.place}: "
    return place + translated(str(problem).removeprefix(place), say)


def translated(message: str, say: Wording) -> str:
    """A message in the reader's language, or as it is if there is no sentence for it."""
    return _said(message, FIRST, sections(say.code)) or message


class Pair:
    """An English sentence with holes, and the same in another language."""

    def __init__(self, english: str, other: str) -> None:
        self.english = english
        self.other = other
        self.shapes: dict[str, str] = {}
        """What each hole holds: a shape, a section, or anything."""
        self._literals = [""]
        for literal, hole, shape, _ in Formatter().parse(english):
            self._literals[-1] += literal
            if hole is not None:
                self.shapes[hole] = shape or ""
                self._literals.append("")

    @property
    def around(self) -> bool:
        """Whether it stands around a whole message."""
        return FIRST in self.shapes.values()

    @property
    def weight(self) -> int:
        """How much of it is certain to be in a message that it fits."""
        return sum(map(len, self._literals))

    def held(self, message: str) -> dict[str, str] | None:
        """What the holes hold in a message, or None if it does not fit."""
        if not (message.startswith(self._literals[0]) and message.endswith(self._literals[-1])):
            return None
        found = self._expression.fullmatch(message)
        return found and found.groupdict()

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        parts = [re.escape(self._literals[0])]
        for (hole, shape), literal in zip(self.shapes.items(), self._literals[1:], strict=True):
            parts.append(f"(?P<{hole}>{SHAPES.get(shape, '.+')}){re.escape(literal)}")
        return re.compile("".join(parts), re.DOTALL)


@cache
def sections(code: str) -> Mapping[str, tuple[Pair, ...]]:
    """The pairs of a language by section, in the order in which they are tried; few for English.

    What stands around a whole message comes first, then whatever has most words of its own.
    """
    path = FOLDER / f"{code}.yaml"
    if not path.is_file():
        return {}
    document = read(path, FOLDER)
    if document.problems:
        raise ValueError("\n".join(map(str, document.problems)))
    return {
        section: tuple(
            sorted((Pair(*pair) for pair in pairs), key=lambda pair: (not pair.around, -pair.weight))
        )
        for section, pairs in document.tree.items()
    }


def _said(message: str, section: str, known: Mapping[str, tuple[Pair, ...]]) -> str | None:
    """A message by the first pair that fits it, and whose holes hold what can be said too."""
    for pair in known.get(section, ()):
        held = pair.held(message)
        if held is None:
            continue
        said = {hole: _of_hole(pair.shapes[hole], text, known) for hole, text in held.items()}
        if None not in said.values():
            return pair.other.format(**said)
    return None


def _of_hole(shape: str, text: str, known: Mapping[str, tuple[Pair, ...]]) -> str | None:
    """What stands in a hole: letter for letter, unless it is words of a section."""
    return _said(text, shape, known) if shape in known else text
