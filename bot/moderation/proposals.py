"""Edits on their way to the voters: proposed, approved by somebody else where that is asked for, applied, undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import ParamSpec, TypeVar

from bot.dialogue.assistant import Assistant
from bot.knowledge.document import Problem
from bot.knowledge.editing import Conflict, Operation, Uneditable
from bot.knowledge.model import Election, Reviews
from bot.lean import beside_answers
from bot.moderation.drafting import Draft
from bot.moderation.forms import next_field
from bot.moderation.making import Made, Unsound, make, make_again, read, sides, written
from bot.moderation.reviews import reason_to_wait
from bot.moderation.storing import JOURNAL, Busy, Commit, Unfinished, locked, store
from bot.moderation.trying import Preview, Trials
from bot.moderation.writing import operations, subject
from bot.state.records import Audited, Moderator, Proposal, Unanswered
from bot.state.rows import whose
from bot.state.state import State

Clock = Callable[[], datetime]
Report = Callable[..., None]
WITHOUT_HISTORY = ("no-git", "no-checkout", "ignored")
"""Where no commit is expected."""
P = ParamSpec("P")
R = TypeVar("R")


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
    changes = operations(draft, election, now.date())
    return Edit(draft.kind, election.id, subject(draft, election), changes, draft.questions)


class Proposals:
    """Everything moderators can do to a base, for one knowledge folder and one state."""

    def __init__(
        self,
        root: Path,
        state: State,
        now: Clock,
        report: Report,
        served: Callable[[], Assistant | None] = lambda: None,
    ) -> None:
        self.root = root
        self.state = state
        self.kept = state.moderating
        self.trials = Trials(root, served)
        self._now = now
        self._report = report
        self._alone_here = asyncio.Lock()

    # --- looking

    async def preview(self, edit: Edit) -> Preview:
        """What an edit would do; the answers go on meanwhile."""
        return await self._in_thread(
            self.trials.preview, edit.operations, edit.election, edit.questions, self._now()
        )

    async def waiting(self) -> list[Proposal]:
        """What waits for a second pair of eyes, the oldest first."""
        return await self.kept.proposals(["proposed"])

    async def edit(self, proposal: Proposal) -> Edit:
        """The edit that somebody proposed."""
        made = _operations(proposal)
        return Edit(proposal.kind, proposal.election, proposal.subject, made, proposal.questions)

    async def reversal(self, entry: int) -> Edit:
        """The edit that undoes a step of the log."""
        step = await self.kept.audit_entry(entry)
        proposal = await self.kept.proposal(step.proposal) if step is not None else None
        if step is None or proposal is None or step.action != "applied":
            raise Impossible("no_state" if self.state.degraded else "nothing_to_revert")
        undone = tuple(operation.inverse() for operation in reversed(_operations(proposal)))
        return Edit("reversal", proposal.election, proposal.subject, undone)

    # --- doing

    async def propose(self, edit: Edit, moderator: Moderator, policy: Reviews) -> Decided:
        """Apply an edit, or keep it for somebody else to approve."""
        approved = await self.kept.approved(moderator.key, edit.kind)
        waits = reason_to_wait(policy, edit.operations, approved)
        proposal = self._new(edit, moderator, "proposed" if waits else "approved")
        async with self._alone():
            made = await self._in_thread(make, self.root, edit.operations)
            self.kept.keep_proposal(proposal)
            if waits:
                self._audit(proposal, "proposed", moderator, made.lines)
                await self._saved(replace(proposal, status="withdrawn"), moderator)
                self._report("proposed", kind=edit.kind, election=edit.election)
                return Decided(proposal, waits)
            await self._saved(replace(proposal, status="withdrawn"), moderator)
            return await self._apply(proposal, moderator, made)

    async def approve(self, identifier: str, moderator: Moderator) -> Decided:
        """Apply what somebody else proposed."""
        async with self._alone():
            proposal = await self._undecided(identifier)
            if proposal.author == whose(moderator.key):
                raise Impossible("own")
            approved = replace(
                proposal, status="approved", reviewer=moderator.key, reviewer_name=moderator.name
            )
            made = await self._in_thread(make, self.root, _operations(proposal))
            self.kept.keep_proposal(approved)
            self._audit(approved, "approved", moderator)
            await self._saved(proposal, moderator)
            return await self._apply(approved, moderator, made)

    async def reject(self, identifier: str, moderator: Moderator) -> Proposal:
        """Decide against what somebody proposed; one's own is withdrawn."""
        async with self._alone():
            proposal = await self._undecided(identifier)
            own = proposal.author == whose(moderator.key)
            status = "withdrawn" if own else "rejected"
            decided = replace(proposal, status=status, decided_at=self._now())
            if not own:
                decided = replace(decided, reviewer=moderator.key, reviewer_name=moderator.name)
            self.kept.keep_proposal(decided)
            self._audit(decided, status, moderator)
            await self._saved(proposal, moderator)
            return decided

    async def resume(self) -> int:
        """Finish what a killed process had approved and not applied; how many edits that were. It raises nothing."""
        if not await self.kept.proposals(["approved"]):
            return 0
        finished = 0
        try:
            async with self._alone():
                for proposal in await self.kept.proposals(["approved"]):
                    finished += await self._resumed(proposal)
        except Impossible as impossible:
            self._report("edit_failed", level="warning", reason=impossible.key)
        return finished

    async def dismiss(
        self, questions: Sequence[Unanswered], moderator: Moderator, back: bool = False
    ) -> None:
        """Take questions off the queue for good, or put them back on it."""
        if not questions:
            return
        for question in questions:
            if back:
                self.kept.restore(question)
            else:
                self.kept.dismiss(question, self._now().date())
        first = questions[0]
        action = "restored" if back else "dismissed"
        step = Audited(0, self._now(), moderator.name, action, first.election, first.text, "", "")
        self.kept.audit(step)
        if not await self.state.saved():
            raise Impossible("no_state")

    # --- parts

    async def _apply(self, proposal: Proposal, moderator: Moderator, made: Made) -> Decided:
        """Write an approved edit; one that cannot be written goes back to where it was."""
        try:
            stored = await self._in_thread(store, self.root, made.after, _commit(proposal))
        except Impossible:
            await self._failed(proposal, moderator)
            raise
        done = replace(
            proposal, status="applied", decided_at=self._now(), operations=written(made.operations)
        )
        self.kept.keep_proposal(done)
        self._audit(done, "applied", moderator, made.lines)
        for question in proposal.questions:
            self.state.settle(question)
        await self.state.saved()
        self._report("edited", kind=done.kind, election=done.election, commit=stored.commit)
        return Decided(
            done, commit=stored.commit, fault="" if stored.fault in WITHOUT_HISTORY else stored.fault
        )

    async def _resumed(self, proposal: Proposal) -> bool:
        """Whether an edit that was approved is applied now."""
        name = proposal.reviewer_name or proposal.author_name
        moderator = Moderator(proposal.reviewer or proposal.author, name)
        try:
            made = await self._in_thread(make_again, self.root, _operations(proposal))
        except Impossible as impossible:
            await self._failed(proposal, moderator)
            self._report("edit_failed", level="warning", reason=impossible.key)
            return False
        return (await self._apply(proposal, moderator, made)).applied

    async def _failed(self, proposal: Proposal, moderator: Moderator) -> None:
        """What was approved by somebody else waits again; what was not is given up. Nobody approves their own."""
        if (self.root / JOURNAL).exists():
            return  # it is begun, and the next edit or start will finish it
        status = "proposed" if proposal.reviewer else "withdrawn"
        self.kept.keep_proposal(replace(proposal, status=status, reviewer="", reviewer_name=""))
        self._audit(proposal, "failed", moderator)
        await self.state.saved()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """The folder and the proposals to oneself, over all replicas and terminals."""
        async with self._alone_here:
            lock = locked(self.root)
            try:
                await self._in_thread(lock.__enter__)
                yield
            finally:
                await asyncio.to_thread(lock.__exit__, None, None, None)

    async def _in_thread(self, work: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
        """Do what takes its time beside the answers; what cannot be done is told as `Impossible`."""
        running = asyncio.ensure_future(asyncio.to_thread(_beside, partial(work, *given, **named)))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            with suppress(Exception):
                await running  # nobody else may have the folder while it is still being written
            raise
        except Conflict:
            raise Impossible("conflict") from None
        except Unsound as unsound:
            raise Impossible("problems", unsound.problems, count=len(unsound.problems)) from None
        except (Uneditable, ValueError):
            raise Impossible("uneditable") from None
        except Busy:
            raise Impossible("busy") from None
        except (OSError, Unfinished) as error:
            self._report("edit_failed", level="error", reason=type(error).__name__)
            raise Impossible("unwritable") from None

    async def _undecided(self, identifier: str) -> Proposal:
        proposal = await self.kept.proposal(identifier)
        if proposal is None:
            raise Impossible("no_state" if self.state.degraded else "gone")
        if proposal.status != "proposed":
            raise Impossible("decided")
        return proposal

    async def _saved(self, otherwise: Proposal, moderator: Moderator) -> None:
        """What was asked for is on disk; if not, it is taken back, for nothing is edited that would leave no trace."""
        if await self.state.saved():
            return
        if not self.kept.take_back(otherwise.id):  # it is being written again this very moment
            self.kept.keep_proposal(otherwise)
            self._audit(otherwise, "failed", moderator)
        raise Impossible("no_state")

    def _new(self, edit: Edit, moderator: Moderator, status: str) -> Proposal:
        return Proposal(
            id=token_hex(4),
            election=edit.election,
            kind=edit.kind,
            author=moderator.key,
            author_name=moderator.name,
            subject=edit.subject,
            operations=written(edit.operations),
            questions=edit.questions,
            status=status,
            reviewer="",
            reviewer_name="",
            made_at=self._now(),
        )

    def _audit(self, proposal: Proposal, action: str, moderator: Moderator, lines: str = "") -> None:
        """A step of the log; `lines` is the difference that it made, or would make."""
        before, after = sides(lines)
        about = (proposal.election, f"{proposal.kind} {proposal.subject}")
        step = Audited(0, self._now(), moderator.name, action, *about, before, after, proposal.id)
        self.kept.audit(step)


def _beside(work: Callable[[], R]) -> R:
    with beside_answers():
        return work()


def _operations(proposal: Proposal) -> tuple[Operation, ...]:
    try:
        return read(proposal.operations)
    except ValueError:
        raise Impossible("uneditable") from None


def _commit(proposal: Proposal) -> Commit:
    return Commit(
        f"{proposal.kind}: {proposal.subject}", proposal.author_name, proposal.reviewer_name or None
    )
