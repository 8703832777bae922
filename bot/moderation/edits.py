"""An edit ready to be proposed, what becomes of it, and why it cannot be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.knowledge.document import Problem
from bot.knowledge.editing import Operation
from bot.knowledge.model import Election
from bot.moderation.drafting import Draft
from bot.moderation.forms import next_field
from bot.moderation.writing import operations, subject, unchanged
from bot.state.records import Proposal, Unanswered


class Impossible(Exception):  # noqa: N818 - it is an answer to a moderator, not a fault of the program
    """Why an edit cannot be made: a key of the wording's `moderation.impossible` section, and its values."""

    def __init__(self, key: str, problems: Sequence[Problem] = (), **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.problems = tuple(problems)
        self.values = values


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that is ready to be proposed."""

    kind: str
    election: str
    subject: str
    operations: tuple[Operation, ...]
    questions: tuple[Unanswered, ...] = ()
    sensitive: bool = False
    """Whether it takes two, whatever the operations are."""
    id: str = ""
    """That of the proposal it becomes; a new one if it is left out."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of an edit: applied, in which commit if there is one; or why it waits for somebody else."""

    proposal: Proposal
    waits: str = ""
    commit: str | None = None
    fault: str = ""
    """Why it is in no commit, though the base is in a git checkout."""

    @property
    def applied(self) -> bool:
        return self.proposal.status == "applied"


def edit_of(draft: Draft, election: Election, now: datetime) -> Edit:
    """The edit that a filled-in form stands for; `Impossible` if what it is about has changed since."""
    if next_field(draft, election) is not None:
        raise Impossible("conflict")
    if unchanged(draft, election):
        raise Impossible("same")
    changes = operations(draft, election, now.date())
    return Edit(
        draft.kind, election.id, subject(draft, election), changes, draft.questions, id=draft.proposal
    )
