"""Whether an edit needs a second pair of eyes before voters see it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge.editing import Operation
from bot.knowledge.model import Reviews

TRUSTED = 20
"""After so many edits of a kind that others approved, a new moderator's edits of that kind need no more approval."""

SAID = ("candidates", "facts", "sources.yaml")
"""Where claims and sources stand."""
WAYS_OF_ASKING = ("phrasings", "asked_as", "aliases")
"""What stands beside them and says nothing to a voter."""


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
    stands_in = operation.file.split("/")[1]
    return stands_in in SAID and not any(key in WAYS_OF_ASKING for key in operation.keys)
