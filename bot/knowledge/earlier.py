"""What an earlier reading of a knowledge folder made, to be used again wherever nothing has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from operator import is_
from typing import Any

from bot.knowledge.document import Problem
from bot.knowledge.model import Election, Shared


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a file, and what was wrong with it; of the same text the same would be made again."""

    digest: bytes
    part: Any
    problems: tuple[Problem, ...]


class Earlier:
    """Parts, folders and elections as they were; whoever gets the same object again knows that nothing changed."""

    def __init__(self, made: Mapping[str, Made], elections: Mapping[str, Election]) -> None:
        self._made = made
        self._elections = elections
        self._folders: dict[str, Shared] = {}
        for election in elections.values():
            self._folders[election.id] = election.own
            self._folders |= zip(election.description.includes, election.included, strict=True)

    def made(self, name: str, digest: bytes) -> Made | None:
        """What was made of a file, if its text was the same."""
        made = self._made.get(name)
        return made if made is not None and made.digest == digest else None

    def folder(self, name: str, now: Shared) -> Shared:
        """A folder as it was, if it holds the very same parts in the same order; else as it is."""
        before = self._folders.get(name)
        return now if before is None or not _same_fields(before, now) else before

    def election(self, now: Election) -> Election:
        """An election as it was, if it is made of the very same parts; else as it is."""
        before = self._elections.get(now.id)
        return now if before is None or not _same_fields(before, now) else before


def _same_fields(one: Any, other: Any) -> bool:
    return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))


def same(one: object, other: object) -> bool:
    """Whether two values are one, or hold the same ones in the same order."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(map(is_, one.values(), other.values()))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(is_, one, other))
    return one is other or (isinstance(one, str) and one == other)
