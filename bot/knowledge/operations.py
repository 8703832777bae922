"""What a moderator changes in a knowledge file, told as plain values: where, what was there, what is there now."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from bot.knowledge.document import DEPTH

ADD = "+"
_ROOT = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list, told apart by what it holds or, if that is no mapping, by being equal to it.

    A mapping means the first entry that holds all of it, mappings within included; an empty one means none.
    """

    holding: Any

    def place(self, entries: list[Any]) -> int | None:
        """Which of the entries it is."""
        return next((n for n, entry in enumerate(entries) if _holds(entry, self.holding)), None)


Key = str | Item


@dataclass(frozen=True, slots=True)
class Operation:
    """One change to one file of the knowledge folder: what stands at `keys` was this and is now that.

    With ADD as the last key it is about the entry of the list at `keys[:-1]` that equals `was`, or `now`
    where nothing was. `at` is the place, among its siblings, of what is put there; None is the end.
    """

    file: str
    keys: tuple[Key, ...]
    was: Any = None
    now: Any = None
    at: int | None = None

    def __post_init__(self) -> None:
        holdings = [key.holding for key in self.keys if isinstance(key, Item)]
        if ADD in self.keys[:-1]:
            raise ValueError(f"{ADD} can only be the last key")
        if self.at is not None and self.at < 0:
            raise ValueError("a place is counted from 0")
        if not all(value is None or _plain(value) for value in (*holdings, self.was, self.now)):
            raise ValueError("only texts, lists and mappings of texts can be written")

    def inverse(self) -> Operation:
        """The change that undoes this one.

        An Item that names what this one changes is made to name what it has become; what is put back into
        a list goes to `at`, so that an operation that was `settled` leaves the order as it was.
        """
        keys = list(self.keys)
        for n, key in enumerate(keys[:-1]):
            if isinstance(key, Item):
                keys[n] = Item(_become(key.holding, self.keys[n + 1 :], self))
        if keys and isinstance(keys[-1], Item):
            keys[-1] = ADD if self.now is None else Item(self.now)
        return replace(self, keys=tuple(keys), was=self.now, now=self.was)

    def written(self) -> dict[str, Any]:
        """The operation as JSON may hold it."""
        keys = [{"holding": key.holding} if isinstance(key, Item) else key for key in self.keys]
        at = {} if self.at is None else {"at": self.at}
        return {"file": self.file, "keys": keys, "was": self.was, "now": self.now, **at}

    @classmethod
    def read(cls, written: object) -> Operation:
        """An operation as it was written; anything else is a ValueError."""
        if not isinstance(written, dict) or not {"file", "keys"} <= set(written) <= set(cls.__slots__):
            raise ValueError("this is no operation")
        file, keys, at = written["file"], written["keys"], written.get("at")
        if not isinstance(file, str) or not isinstance(keys, list) or type(at) not in (int, type(None)):
            raise ValueError("an operation names its file, its keys in a list, and a place by its number")
        return cls(file, tuple(map(_key, keys)), written.get("was"), written.get("now"), at)


class Conflict(Exception):  # noqa: N818 - it is an answer: somebody else was here first
    """What stands there is neither what the operation expects nor what it would put there."""

    def __init__(self, operation: Operation, found: Any) -> None:
        super().__init__(f"{operation.file}: something else stands there by now")
        self.operation = operation
        self.found = found


def done(tree: Any, operation: Operation) -> Any:
    """The plain values of a file after an operation; the tree itself if it is done already."""
    found = _found(tree, operation)
    if found == operation.now or (found is None and _found(tree, operation.inverse()) == operation.now):
        return tree
    if found != operation.was and not (found == "" and operation.was is None and operation.now):
        raise Conflict(operation, found)
    holder = {} if tree is None else {_ROOT: deepcopy(tree)}
    keys: tuple[Key, ...] = (_ROOT, *operation.keys)
    chain: list[tuple[Any, str | int]] = []
    here: Any = holder
    for key, following in pairwise(keys):
        place = _step(here, key)
        if place is None or here[place] == "":
            if isinstance(key, Item) or not isinstance(here, dict):
                raise Conflict(operation, None if isinstance(key, Item) else here)
            place, here[key] = key, {} if isinstance(following, str) and following != ADD else []
        chain.append((here, place))
        here = here[place]
    if not isinstance(here, list if isinstance(keys[-1], Item) or keys[-1] == ADD else dict):
        raise Conflict(operation, here)
    _change(here, keys[-1], operation, chain)
    return holder.get(_ROOT)


def _change(here: Any, key: Key, operation: Operation, chain: list[tuple[Any, str | int]]) -> None:
    """Put, replace or take away one entry; a collection that is left empty goes too, and so on upwards."""
    place = _entry(here, key, operation)
    if operation.now is None:
        del here[place]
        while not here and chain:
            here, place = chain.pop()
            del here[place]
    elif place is not None:
        here[place] = deepcopy(operation.now)
    elif isinstance(here, list):
        here.insert(len(here) if operation.at is None else operation.at, deepcopy(operation.now))
    else:
        pairs = list(here.items())
        pairs.insert(len(pairs) if operation.at is None else operation.at, (key, deepcopy(operation.now)))
        here.clear()
        here.update(pairs)


def _found(tree: Any, operation: Operation) -> Any:
    """What stands where an operation is about to change something; None if nothing does."""
    if not operation.keys:
        return tree
    here = value_at(tree, operation.keys[:-1])
    place = _entry(here, operation.keys[-1], operation)
    return None if place is None else here[place]


def _entry(here: Any, key: Key, operation: Operation) -> Any:
    """Which entry of a collection an operation is about."""
    if key != ADD:
        return _step(here, key)
    if not isinstance(here, list):
        return None
    return next((here.index(v) for v in (operation.was, operation.now) if v in here), None)


def place_of(tree: Any, operation: Operation) -> int | None:
    """The place of what an operation is about among its siblings."""
    here = value_at(tree, operation.keys[:-1])
    place = _entry(here, operation.keys[-1], operation) if operation.keys else None
    return list(here).index(place) if isinstance(place, str) else place


def value_at(tree: Any, keys: Iterable[Key]) -> Any:
    """The value at keys, or None."""
    for key in keys:
        place = _step(tree, key)
        if place is None:
            return None
        tree = tree[place]
    return tree


def _step(here: Any, key: Key) -> Any:
    """The key or index of an entry of a collection, or None if there is none of that kind."""
    if isinstance(key, Item):
        return key.place(here) if isinstance(here, list) else None
    return key if isinstance(here, dict) and key in here else None


def _become(holding: Any, keys: tuple[Key, ...], operation: Operation) -> Any:
    """What an Item holds once an operation has changed what stands at these keys below it."""
    there = value_at(holding, keys[:-1])
    last = _step(there, keys[-1])
    if isinstance(there, dict) and last is not None:
        return done(holding, replace(operation, keys=keys, was=there[last])) or {}
    if not isinstance(there, list):
        return holding
    try:
        return done(holding, replace(operation, keys=keys)) or {}
    except Conflict:
        return holding


def _holds(entry: Any, part: Any) -> bool:
    if not (isinstance(entry, dict) and isinstance(part, dict) and part):
        return bool(entry == part)
    return all(key in entry and _holds(entry[key], value) for key, value in part.items())


def _key(written: object) -> Key:
    if isinstance(written, str):
        return written
    if isinstance(written, dict) and set(written) == {"holding"} and _plain(written["holding"]):
        return Item(written["holding"])
    raise ValueError("a key is a text, or holds what an entry holds")


def _plain(value: object, depth: int = 0) -> bool:
    """Whether a value is made of texts, lists and mappings alone, no deeper than a file may be."""
    if isinstance(value, str):
        return True
    if depth >= DEPTH:
        return False
    if isinstance(value, dict):
        return all(isinstance(key, str) and _plain(held, depth + 1) for key, held in value.items())
    return isinstance(value, list) and all(_plain(held, depth + 1) for held in value)
