"""Where every value of a YAML text begins and ends, to the character, so that one can be changed alone.

This is the only module that imports `ruamel`; what a text says is settled by `bot.knowledge.document`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML

_COLON = re.compile(r"[ \t]*:")
_BREAK = re.compile(r"\r\n|\n|\r")


class Uneditable(Exception):  # noqa: N818 - it says what is so of a text, not that something failed
    """This text cannot be edited without touching other lines, or not be read at all."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its first character and the one after its last, comments and blank lines left out."""

    value: Any
    start: int
    end: int
    column: int
    flow: bool
    style: str | None
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a collection: from its key or dash; `marked` is what follows its colon or dash."""

    key: str | None
    start: int
    marked: int
    node: Node

    @property
    def end(self) -> int:
        return max(self.node.end, self.marked)


@lru_cache(maxsize=16)
def spans(text: str) -> Node | None:
    """The value a text holds, with its place; nothing for a text without one."""
    yaml = YAML(typ="safe", pure=True)
    try:
        found = yaml.compose(text)
    except Exception as error:  # whatever a library makes of a strange text, the text is strange
        raise Uneditable("this file is written in a way that cannot be edited line by line") from error
    return None if found is None else _node(text, found, None)


def _node(text: str, found: Any, at: int | None) -> Node:
    """A value; `at` is where it stands if nothing is written there."""
    start, end, column = found.start_mark.index, found.end_mark.index, found.start_mark.column
    if found.id == "scalar":
        if start == end and at is not None:
            start = end = at
        if found.style in ("|", ">"):
            end = start + len(text[start:end].rstrip())
        return Node(found.value, start, end, column, False, found.style)
    if found.id == "mapping":
        entries = tuple(_pair(text, key, value) for key, value in found.value)
        held: Any = {entry.key: entry.node.value for entry in entries}
    else:
        entries = _items(text, found)
        held = [entry.node.value for entry in entries]
    flow = bool(found.flow_style)
    if entries and not (flow and text[end - 1] in "]}"):
        end = entries[-1].end
    return Node(held, start, end, column, flow, None, entries)


def _pair(text: str, key: Any, value: Any) -> Entry:
    if key.id != "scalar":
        raise Uneditable("a key must be plain text")
    colon = _COLON.match(text, key.end_mark.index)
    marked = colon.end() if colon else key.end_mark.index
    return Entry(key.value, key.start_mark.index, marked, _node(text, value, marked))


def _items(text: str, found: Any) -> tuple[Entry, ...]:
    """The items of a list; in a block each begins at its dash, which stands first on its line."""
    if found.flow_style:
        return tuple(Entry(None, n.start_mark.index, 0, _node(text, n, None)) for n in found.value)
    dash = re.compile(rf"^ {{{found.start_mark.column}}}-", re.M)
    entries: list[Entry] = []
    for item in found.value:
        next_dash = dash.search(text, entries[-1].end) if entries else None
        start = next_dash.end() - 1 if next_dash else found.start_mark.index
        entries.append(Entry(None, start, start + 1, _node(text, item, start + 1)))
    return tuple(entries)


def line_start(text: str, at: int) -> int:
    """Where the line that holds a character begins."""
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def line_end(text: str, at: int) -> int:
    """Where the line that holds a character ends, before its line break."""
    found = _BREAK.search(text, at)
    return found.start() if found else len(text)


def next_line(text: str, at: int) -> int:
    """Where the line after the one that holds a character begins."""
    found = _BREAK.search(text, at)
    return found.end() if found else len(text)


def previous_end(text: str, start: int) -> int:
    """Where the line before the one that begins at `start` ends, before its line break."""
    return len(text[:start].removesuffix("\n").removesuffix("\r"))


def line_break(text: str) -> str:
    """The line break a text uses."""
    found = _BREAK.search(text)
    return found.group() if found else "\n"
