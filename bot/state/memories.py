"""A conversation's memory as compact text and back; text that cannot be read is a conversation without memory."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime

from bot.dialogue.memory import Memory

LISTS = ("candidates", "recent", "topics", "options")
WORDS = ("fact", "language")
FIELDS = frozenset(field.name for field in fields(Memory))
"""Held equal to the names above, with `at`, by a test: a new field of the memory must be written here too."""

_written = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def memory_text(memory: Memory) -> str:
    """The memory without its empty fields; ASCII only, so that every database takes it."""
    kept: dict[str, object] = {}
    for name in LISTS:
        if value := getattr(memory, name):
            kept[name] = value
    for name in WORDS:
        if (value := getattr(memory, name)) is not None:
            kept[name] = value
    if memory.at is not None:
        kept["at"] = utc(memory.at).isoformat()
    return _written(kept)


def memory_of(text: object) -> Memory:
    """The memory that was written, or an empty one if the text is of another version, edited or hostile."""
    try:
        return _read(json.loads(text)) if isinstance(text, str) else Memory()
    except (ValueError, TypeError, RecursionError, OverflowError):
        return Memory()


def _read(kept: object) -> Memory:
    if not isinstance(kept, dict) or not kept.keys() <= FIELDS:
        return Memory()
    lists = {name: tuple(kept.get(name, ())) for name in LISTS if isinstance(kept.get(name, []), list)}
    words = {name: kept.get(name) for name in WORDS}
    sound = len(lists) == len(LISTS) and all(isinstance(each, str) for one in lists.values() for each in one)
    if not sound or not all(word is None or isinstance(word, str) for word in words.values()):
        return Memory()
    at = kept.get("at")
    return Memory(**lists, **words, at=None if at is None else utc(datetime.fromisoformat(at)))  # type: ignore[arg-type]


def numbers_text(numbers: tuple[int, ...]) -> str:
    """Message ids as compact text."""
    return _written(numbers)


def numbers_of(text: object) -> tuple[int, ...]:
    """The message ids that were written, or none if the text is anything else."""
    try:
        numbers = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return ()
    if not isinstance(numbers, list) or not all(type(number) is int for number in numbers):
        return ()
    return tuple(numbers)


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; a time without zone is taken to be UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970, UTC: the same in every database, and compared without time zones."""
    return int(utc(moment).timestamp())
