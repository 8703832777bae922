"""An edit worked out on the files as they stand: what it changes in them, and what undoes exactly that."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.editing import Conflict, Operation, applied, edited, settled
from bot.matching.checking import problems_of
from bot.moderation.fitting import fitted
from bot.moderation.storing import recover, texts
from bot.moderation.trying import Unsound, brought, trial

__all__ = ["Made", "Unsound", "make", "make_again", "read", "sides", "written"]

Texts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Made:
    """The texts of files before and after an edit, of which those that it changes are in `after`."""

    before: Texts
    after: Texts
    operations: tuple[Operation, ...]
    """What it comes to: without what was there already, and so that the inverses give back what was before."""


def make(root: Path, changes: Sequence[Operation]) -> Made:
    """An edit that leaves a base which may be answered from; `Unsound` if it does not, `Conflict` if it cannot be made.

    `Broken` if it is no fault of the edit. One that changes nothing has nothing `after` it.
    To be called with the folder locked.
    """
    recover(root)
    before = texts(root, dict.fromkeys(operation.file for operation in changes))
    changes = fitted(before, changes)
    after = {file: text for file, text in applied(before, changes).items() if text != before[file]}
    with trial(root, after) as loaded:
        if problems := brought(problems_of(loaded), root):
            raise Unsound(problems)
    return Made(before, after, _settled(before, changes) if after else ())


def make_again(root: Path, changes: Sequence[Operation]) -> Made:
    """An edit that a killed process may have written already: it is as if it was about to be."""
    made = make(root, changes)
    if not made.after:
        undoing = fitted(made.before, [operation.inverse() for operation in reversed(changes)])
        with suppress(Conflict):
            return Made(applied(made.before, undoing), made.before, tuple(changes))
    return made


def _settled(before: Texts, changes: Iterable[Operation]) -> tuple[Operation, ...]:
    """Each change as it is made to what those before it leave."""
    found, result = [], dict(before)
    for change in changes:
        text = result[change.file]
        if (exact := settled(text, change)) is not None:
            found.append(exact)
            result[change.file] = edited(text, change)
    return tuple(found)


def written(operations: Iterable[Operation]) -> str:
    """Operations as text that `read` takes."""
    return json.dumps([operation.written() for operation in operations], ensure_ascii=False)


def read(text: str) -> tuple[Operation, ...]:
    """The operations that were written; ValueError for anything else."""
    try:
        held = json.loads(text)
    except RecursionError:
        raise ValueError("this is nested too deep") from None
    return tuple(Operation.read(each) for each in (held if isinstance(held, list) else [held]))


def sides(made: Made) -> tuple[str, str]:
    """The lines that an edit takes away, and those that it puts there; below the names of files if it takes several."""
    found: dict[str, list[str]] = {"-": [], "+": []}
    for file, text in made.after.items():
        old, new = (made.before.get(file) or "").splitlines(), (text or "").splitlines()
        told = list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]
        for sign, lines in found.items():
            held = [line[1:] for line in told if line.startswith(sign)]
            lines += [f"{file}:", *held] if held and len(made.after) > 1 else held
    return "\n".join(found["-"]), "\n".join(found["+"])
