"""An edit worked out on the files as they stand: what it changes in them, and what undoes exactly that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.document import Problem
from bot.knowledge.editing import Conflict, Operation, applied, edited, settled
from bot.matching.checking import problems_of
from bot.moderation.fitting import fitted
from bot.moderation.storing import recover, texts
from bot.moderation.trying import difference, trial

Texts = Mapping[str, str | None]


class Unsound(Exception):  # noqa: N818 - it is an answer to a moderator, not a fault of the program
    """What would be wrong with the base after an edit."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Made:
    """The texts of files before and after an edit, of which those that it changes are in `after`."""

    before: Texts
    after: Texts
    operations: tuple[Operation, ...]
    """What it comes to: without what was there already, and so that the inverses give back what was before."""

    @property
    def lines(self) -> str:
        """The lines that it changes."""
        return difference(self.before, self.after)


def make(root: Path, changes: Sequence[Operation]) -> Made:
    """An edit that leaves a base which may be answered from; `Unsound` if it does not, `Conflict` if it cannot be made.

    To be called with the folder locked.
    """
    recover(root)
    before = texts(root, dict.fromkeys(operation.file for operation in changes))
    changes = fitted(before, changes)
    after = {file: text for file, text in applied(before, changes).items() if text != before[file]}
    with trial(root, after) as loaded:
        problems = [problem for problem in problems_of(loaded) if not problem.notice]
    if problems:
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


def sides(lines: str) -> tuple[str, str]:
    """What a difference takes away, and what it puts there."""
    told = [line for line in lines.splitlines() if not line.startswith(("---", "+++"))]
    before, after = ("\n".join(line[1:] for line in told if line.startswith(sign)) for sign in "-+")
    return before, after
