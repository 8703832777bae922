"""Changes in the very words of the files: the base is read without what stands around a text, as after `claim: >`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.knowledge.document import parse
from bot.knowledge.editing import Item, Key, Operation


def fitted(texts: Mapping[str, str | None], changes: Iterable[Operation]) -> tuple[Operation, ...]:
    """The same changes, so that they find in the files what the base was read from."""
    return tuple(_fitted(_tree(texts[change.file], change.file), change) for change in changes)


def _fitted(tree: Any, change: Operation) -> Operation:
    here, keys = tree, []
    for key in change.keys:
        here, key = _entry(here, key, change.was)
        keys.append(key)
    same = change.was is not None and _bare(here) == _bare(change.was)
    return replace(change, keys=tuple(keys), was=here if same else change.was)


def _entry(here: Any, key: Key, was: Any) -> tuple[Any, Key]:
    """What stands at a key, and the key as it is written there; None if nothing does."""
    if isinstance(here, dict) and isinstance(key, str):
        return here.get(key), key
    if not isinstance(here, list):
        return None, key
    entries = [_bare(entry) for entry in here]
    if isinstance(key, Item):
        place = Item(_bare(key.holding)).place(entries)
        return (None, key) if place is None else (here[place], Item(_worded(key.holding, here[place])))
    return (here[entries.index(_bare(was))] if _bare(was) in entries else None), key


def _worded(holding: Any, entry: Any) -> Any:
    """What an Item holds, in the words of the entry that it means."""
    if isinstance(holding, dict):
        return {key: _worded(value, entry[key]) for key, value in holding.items()}
    return entry


def _bare(value: Any) -> Any:
    """A value without spaces and line breaks around its texts."""
    if isinstance(value, dict):
        return {key: _bare(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_bare(held) for held in value]
    return value.strip() if isinstance(value, str) else value


def _tree(text: str | None, file: str) -> Any:
    return None if text is None else parse(text, Path(file), file).tree
