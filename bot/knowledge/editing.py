"""A moderator's change to a knowledge file: only the lines it is about change, and the rest stays byte for byte.

What a change does is first worked out on plain values; the text is then spliced, read again, and refused
unless it says exactly that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.knowledge.document import FILE_BYTES, parse
from bot.knowledge.operations import ADD, Conflict, Item, Key, Operation, done, place_of, value_at
from bot.knowledge.rendering import Hand
from bot.knowledge.spans import Uneditable
from bot.knowledge.splicing import spliced

__all__ = ["ADD", "Conflict", "Item", "Key", "Operation", "Uneditable", "applied", "edited", "settled"]

BOM = "\ufeff"


def edited(text: str | None, operation: Operation) -> str | None:
    """The text of a file after an operation; None is no file, and so is what holds nothing any more."""
    tree = _tree(text, operation.file)
    after = done(tree, operation)
    if after == tree:
        return text
    if after is None:
        return None
    bom = BOM if text is not None and text.startswith(BOM) else ""
    for hand in (Hand(), Hand(firm=True)):
        with suppress(Uneditable):
            new = bom + spliced((text or "").removeprefix(BOM), after, hand)
            if len(new.encode()) <= FILE_BYTES and _tree(new, operation.file) == after:
                return new
    raise Uneditable(f"{operation.file}: this cannot be written there without touching other lines")


def applied(texts: Mapping[str, str | None], operations: Iterable[Operation]) -> dict[str, str | None]:
    """The texts of files after all operations, in their order; every file they name must be in `texts`.

    Operations that were all made before leave the texts unchanged, also where one of them, made alone,
    would no longer find the entry that a later one has changed.
    """
    changes, result = tuple(operations), dict(texts)
    try:
        for operation in changes:
            result[operation.file] = edited(result[operation.file], operation)
    except Conflict:
        if not _made(texts, changes):
            raise
        return dict(texts)
    return result


def settled(text: str | None, operation: Operation) -> Operation | None:
    """The operation as it is made to this text, so that its inverse gives back the very same tree.

    What stands there becomes `was`, and its place `at`; where that is not enough, because something is
    created or emptied on the way, the operation is widened to what holds it. None: nothing would change.
    """
    tree = _tree(text, operation.file)
    after = done(tree, operation)
    if after == tree:
        return None
    for candidate in _wider(tree, after, operation):
        with suppress(Conflict):
            made = done(tree, candidate)
            back = done(made, candidate.inverse())
            if made == after and json.dumps(back) == json.dumps(tree):
                return candidate
    return replace(operation, keys=(), was=tree, now=after, at=None)


def _made(texts: Mapping[str, str | None], operations: tuple[Operation, ...]) -> bool:
    """Whether texts are what operations make of what they were made to."""
    files = {operation.file for operation in operations}
    trees = {file: _tree(texts[file], file) for file in files}
    result = dict(trees)
    try:
        for operation in (*(o.inverse() for o in reversed(operations)), *operations):
            result[operation.file] = done(result[operation.file], operation)
    except Conflict:
        return False
    return result == trees


def _wider(tree: Any, after: Any, operation: Operation) -> Iterator[Operation]:
    """The operation with its place, then what it does to ever more of the file."""
    place = place_of(tree, operation)
    yield operation if place is None or operation.now is not None else replace(operation, at=place)
    become = operation.inverse().keys
    for n in range(len(operation.keys) - 1, 0, -1):
        was, now = value_at(tree, operation.keys[:n]), value_at(after, become[:n])
        wider = replace(operation, keys=operation.keys[:n], was=was, now=now)
        yield replace(wider, at=place_of(tree, wider) if now is None else None)


def _tree(text: str | None, file: str) -> Any:
    """The plain values of a file; one with problems must be mended first."""
    if text is None:
        return None
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Uneditable(f"{file}: this file holds bytes that are no text")
    document = parse(text, Path(file), file)
    if document.problems:
        raise Uneditable(str(document.problems[0]))
    return document.tree
