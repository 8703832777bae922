"""One entry between brackets cut out or put in: `[a, b]`, `{fr: a, en: b}`, on one line or over many."""

from __future__ import annotations

import re
from typing import Any

from bot.knowledge.rendering import WIDTH, Hand
from bot.knowledge.spans import Entry, Node, line_end, line_start, next_line

_COMMA = re.compile(r"\s*,")
_LEAD = re.compile(r"[ -]*")

Splice = tuple[int, int, str]


def put(text: str, holder: Node, entry: Entry, value: Any, hand: Hand) -> Splice:
    """Give an entry another value."""
    old = entry.node
    column, indent = old.start - line_start(text, old.start), _inner(text, holder)
    if isinstance(value, str):
        was, style = (
            (old.value, old.style) if isinstance(old.value, str) and old.start < old.end else ("", "")
        )
        new = hand.scalar(value, column, indent, within=True, style=style, was=was)
    else:
        new = hand.flow(value, column, indent)
    return old.start, old.end, new if old.start < old.end else f" {new}"


def insert(text: str, holder: Node, index: int, key: str | None, value: Any, hand: Hand) -> Splice:
    """A new entry, on the line of its neighbour if there is room."""
    entries = holder.entries
    indent = _inner(text, holder)
    entry = value if key is None else (key, value)
    if isinstance(value, str) and key is None and _quotes_phrases(holder) and " " in value:
        hand = Hand(hand.firm, quoting=True)

    def beside(at: int) -> str:
        """The entry as it stands on a line that is already there, or nothing if there is no room on it."""
        taken = line_end(text, at) - line_start(text, at)
        written = hand.entry(entry, 0, indent)
        return written if "\n" not in written and taken + len(written) + 2 <= WIDTH else ""

    broken = f"\n{' ' * indent}"
    if index:
        at = entries[index - 1].end
        if new := beside(at):
            return at, at, f", {new}"
        new = hand.entry(entry, indent, indent)
        if index == len(entries) or not _first(text, entries[index]):
            return at, at, f",{broken}{new}"
    at = entries[index].start
    if new := beside(at):
        return at, at, f"{new}, "
    column = at - line_start(text, at)
    return at, at, f"{hand.entry(entry, column, indent)},\n{' ' * (column if index else indent)}"


def remove(text: str, holder: Node, index: int) -> Splice:
    """Take an entry out with one comma, and its line if it stood there alone."""
    entry, last = holder.entries[index], len(holder.entries) - 1
    first, comma = _first(text, entry), _COMMA.match(text, entry.end)
    if index and (index == last or not first):
        previous = holder.entries[index - 1].end
        if "#" not in text[previous : entry.start]:
            return previous, entry.end, ""
    if index < last:
        following = holder.entries[index + 1].start
        if "#" not in text[entry.end : following]:
            return entry.start, following, ""
    end = comma.end() if comma else entry.end
    rest = text[end : line_end(text, end)].strip()
    if first and (not rest or rest.startswith("#")):
        return line_start(text, entry.start), next_line(text, end), ""
    return entry.start, end, ""


def _inner(text: str, holder: Node) -> int:
    """The indentation of a collection's lines after its first; two more than the first's if it has no other."""
    lines = [e.start for e in holder.entries if _first(text, e)]
    if lines:
        return lines[-1] - line_start(text, lines[-1])
    lead = _LEAD.match(text, line_start(text, holder.start))
    return len(lead.group() if lead else "") + 2


def _first(text: str, entry: Entry) -> bool:
    """Whether nothing stands before an entry on its line."""
    return not text[line_start(text, entry.start) : entry.start].strip()


def _quotes_phrases(holder: Node) -> bool:
    """Whether a list quotes whatever is more than one word, as some do."""
    phrases = [entry.node for entry in holder.entries if " " in str(entry.node.value)]
    return bool(phrases) and all(phrase.style == '"' for phrase in phrases)
