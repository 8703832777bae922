"""A text that is to say something else, changed only where it must: one value at a time is cut out or put in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from bot.knowledge import brackets
from bot.knowledge.document import FILE_BYTES
from bot.knowledge.rendering import Hand
from bot.knowledge.spans import (
    Entry,
    Node,
    Uneditable,
    line_break,
    line_end,
    line_start,
    next_line,
    previous_end,
    spans,
)

STEPS = 100
"""How many values one edit may change, one by one."""

MANY = 20
"""A list of which more entries come and go is written anew."""

_BLANK = re.compile(r"(?:[ \t]*(?:\r\n|\n|\r))*")

Splice = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One step: an entry of a collection put in, taken out, or given another value."""

    kind: str
    path: tuple[int, ...]
    """Which entry of which entry…; that of a collection where something is put in, else that of the value."""
    value: Any = None
    key: str | None = None
    index: int = 0


def spliced(text: str, value: Any, hand: Hand) -> str:
    """A text that says `value` (never nothing), with every line kept that need not change."""
    for _ in range(STEPS):
        root = spans(text)
        change = Change("put", (), value) if root is None else difference(root, value)
        if change is None:
            return text
        start, end, new = splice(text, root, change, hand)
        text = text[:start] + new.replace("\n", line_break(text)) + text[end:]
        if len(text) > FILE_BYTES:
            break
    raise Uneditable("this changes too much at once")


def difference(node: Node, value: Any, path: tuple[int, ...] = ()) -> Change | None:
    """The first step from what stands there to a value; nothing if they are alike."""
    if node.value == value:
        return None
    if isinstance(node.value, dict) and isinstance(value, Mapping) and value and node.entries:
        return _in_mapping(node, value, path)
    if isinstance(node.value, list) and isinstance(value, list) and value and node.entries:
        return _in_list(node, value, path)
    return Change("put", path, value)


def _in_mapping(node: Node, value: Mapping[str, Any], path: tuple[int, ...]) -> Change | None:
    keys = [entry.key for entry in node.entries]
    after = 0
    for key, held in value.items():
        if key not in keys:
            return Change("insert", path, held, key, after)
        after = keys.index(key) + 1
    for index, entry in enumerate(node.entries):
        if entry.key not in value:
            return Change("remove", (*path, index))
    steps = (difference(e.node, value[str(e.key)], (*path, n)) for n, e in enumerate(node.entries))
    return next((step for step in steps if step is not None), None)


def _in_list(node: Node, value: list[Any], path: tuple[int, ...]) -> Change | None:
    before, after = ([json.dumps(v, sort_keys=True) for v in values] for values in (node.value, value))
    steps = [step for step in SequenceMatcher(None, before, after, False).get_opcodes() if step[0] != "equal"]
    if sum(max(to - i, end - j) for _, i, to, j, end in steps) > MANY:
        return Change("put", path, value)
    tag, i, _, j, _ = steps[0]
    if tag == "replace":
        return difference(node.entries[i].node, value[j], (*path, i))
    if tag == "insert":
        return Change("insert", path, value[j], None, i)
    return Change("remove", (*path, i))


def splice(text: str, root: Node | None, change: Change, hand: Hand) -> Splice:
    """Where a step cuts, and what it puts there."""
    if root is None:
        lead = "\n" if text and text[-1] not in "\r\n" else ""
        return len(text), len(text), f"{lead}{hand.whole(change.value)}\n"
    if change.kind == "put" and not change.path:
        _hold_no_comment(text, root)
        return root.start, root.end, hand.whole(change.value)
    holder, within = _holder(root, change.path if change.kind == "insert" else change.path[:-1])
    if change.kind == "insert":
        if within:
            return brackets.insert(text, holder, change.index, change.key, change.value, hand)
        return _insert(text, holder, change, hand)
    index = change.path[-1]
    if change.kind == "remove":
        return brackets.remove(text, holder, index) if within else _remove(text, holder, index)
    entry = holder.entries[index]
    _hold_no_comment(text, entry.node)
    if within:
        return brackets.put(text, holder, entry, change.value, hand)
    return _put(text, holder, entry, change.value, hand)


def _hold_no_comment(text: str, old: Node) -> None:
    """What is replaced as a whole takes no comment with it."""
    if not isinstance(old.value, str) and "#" in text[old.start : old.end]:
        raise Uneditable("a comment stands within what is to be replaced; replace it by hand")


def _holder(root: Node, path: tuple[int, ...]) -> tuple[Node, bool]:
    """The collection at a path, and whether it stands between brackets."""
    node, within = root, root.flow
    for index in path:
        node = node.entries[index].node
        within = within or node.flow
    return node, within


# --- on lines of their own


def _put(text: str, holder: Node, entry: Entry, value: Any, hand: Hand) -> Splice:
    """Give an entry another value; a comment on the line of its key or dash stays there."""
    old = entry.node
    if isinstance(value, str) and isinstance(old.value, str) and old.start < old.end:
        column = old.start - line_start(text, old.start)
        new = hand.scalar(value, column, holder.column + 2, style=old.style, was=old.value)
        return old.start, old.end, new
    new = _written(entry.key, value, holder, hand)
    marked_end = line_end(text, entry.marked)
    below = marked_end < old.start
    remark = text[entry.marked : marked_end].rstrip() if below else ""
    if new.startswith("\n") and not (old.entries and not old.flow):
        end = line_end(text, entry.end)
        return entry.marked, end, text[entry.end : end].rstrip() + new
    if new.startswith("\n"):
        return entry.marked, entry.end, remark + new
    return entry.marked, entry.end, new + remark


def _insert(text: str, holder: Node, change: Change, hand: Hand) -> Splice:
    """A new entry below the one before it, set apart by a blank line if all are."""
    index, column, apart = change.index, holder.column, ""
    lines = [next_line(text, entry.end) for entry in holder.entries[:-1]]
    if lines and all(_past_blank(text, line) > line for line in lines):
        apart = "\n"
    mark = "-" if change.key is None else f"{hand.key(change.key)}:"
    new = mark + _written(change.key, change.value, holder, hand)
    if index == 0:
        first = holder.entries[0]
        if text[line_start(text, first.start) : first.start].strip():
            return first.start, first.start, f"{new}\n{' ' * column}"
        # A comment stays with the entry that it is above; one above all of a file is about the file.
        at = _comment_start(text, first, 0 if column else line_start(text, first.start))
        return at, at, f"{' ' * column}{new}\n{apart}"
    at = line_end(text, holder.entries[index - 1].end)
    return at, at, f"\n{apart}{' ' * column}{new}"


def _written(key: str | None, value: Any, holder: Node, hand: Hand) -> str:
    """What follows the key or the dash of an entry: on one line, or on several, if that is how its likes stand."""
    after = hand.after_dash if key is None else partial(hand.after_key, key)
    others = [entry.node for entry in holder.entries if entry.key != key or key is None]
    likes = {other.flow for other in others if isinstance(other.value, dict) and other.entries}
    alike = isinstance(value, dict) and all(isinstance(other.value, dict) for other in others)
    if value and alike and len(likes) == 1 and (key is None or len(others) > 1):
        new = after(value, holder.column, likes.pop())
        if new.startswith("\n") or "\n" not in new or key is None:
            return new
    return after(value, holder.column)


def _remove(text: str, holder: Node, index: int) -> Splice:
    """Take an entry's lines out, with the remark right above it if that can be about nothing else."""
    entry = holder.entries[index]
    start, end = line_start(text, entry.start), next_line(text, entry.end)
    if index == 0:
        following = holder.entries[1].start
        if text[start : entry.start].strip():
            if text[entry.end : following].strip():
                return len(text[: entry.start].rstrip(" ")), line_end(text, entry.end), ""
            return entry.start, following, ""
        return start, _past_blank(text, end), ""
    previous = next_line(text, holder.entries[index - 1].end)
    last = index == len(holder.entries) - 1
    start = _remark_start(text, entry, previous, last)
    if not text[previous:start].strip() and (last or _past_blank(text, end) > end):
        start = previous
    if end == len(text) and text[-1] not in "\r\n":
        return previous_end(text, start), end, ""
    return start, end, ""


def _remark_start(text: str, entry: Entry, previous: int, last: bool) -> int:
    """Where the comment lines right above an entry begin, if what follows the entry is not theirs too."""
    start = line_start(text, entry.start)
    following = text[next_line(text, entry.end) :].lstrip(" \t")
    if not last and not following.startswith(("#", "\n", "\r")):
        return start
    return _comment_start(text, entry, previous)


def _comment_start(text: str, entry: Entry, previous: int) -> int:
    """Where the comment lines right above an entry begin, no further up than `previous`; else its own line."""
    start = line_start(text, entry.start)
    lead = text[start : entry.start] + "#"
    while start > previous:
        above = line_start(text, previous_end(text, start))
        if not text.startswith(lead, above):
            break
        start = above
    return start


def _past_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
