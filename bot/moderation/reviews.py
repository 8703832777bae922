"""Whether an edit needs a second pair of eyes before voters see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from bot.knowledge.editing import Item, Key, Operation
from bot.knowledge.model import Base, Reviews

TRUSTED = 20
"""After so many edits of a kind that others approved, a new moderator's edits of that kind need no more approval."""

SOURCES = "sources.yaml"
SAID = ("candidates", "facts", SOURCES)
"""Where claims and sources stand."""
WAYS_OF_ASKING = ("phrasings", "aliases")
"""What stands beside them in their files and says nothing to a voter."""
ASKED_AS = "asked_as"
"""The same for one claim: what stands in it."""


def readers(files: Iterable[str], base: Base) -> tuple[str, ...]:
    """The elections that read one of these files."""
    folders = {file.partition("/")[0] for file in files}
    return tuple(i for i, held in base.elections.items() if folders & {i, *held.description.includes})


def strictest(files: Iterable[str], base: Base) -> Reviews:
    """Whose edits of these files must be approved: what one election lets pass may be shown in another."""
    found = [base.elections[election].description.reviews for election in readers(files, base)]
    return max(found, key=list(Reviews).index, default=Reviews.ALWAYS)


def reason_to_wait(policy: Reviews, operations: Iterable[Operation], approved: int) -> str:
    """Why an edit waits for somebody else: `sensitive`, `always` or `new`; nothing if it need not.

    `approved` says how many edits of this kind by the same moderator others have approved.
    """
    if any(sensitive(operation) for operation in operations):
        return "sensitive"
    if policy is Reviews.ALWAYS:
        return "always"
    return "new" if policy is Reviews.NEW_MODERATORS and approved < TRUSTED else ""


def sensitive(operation: Operation) -> bool:
    """Whether a change takes away or alters what voters were told, or where they can look it up."""
    if operation.was is None:
        return False
    stands_in = operation.file.partition("/")[2].partition("/")[0]
    return stands_in in SAID and (stands_in == SOURCES or not _asks(operation.keys))


def _asks(keys: Sequence[Key]) -> bool:
    """Whether what stands there are ways of asking; a topic or a source may have the same name as they."""
    inside = (key for before, key in pairwise(keys) if isinstance(before, Item))
    return keys[:1] in [(each,) for each in WAYS_OF_ASKING] or ASKED_AS in inside
