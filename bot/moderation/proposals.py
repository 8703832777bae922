"""Edits on their way to the voters: proposed, approved by somebody else where that is asked for, applied, undone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import ParamSpec, TypeVar

from bot.dialogue.assistant import Assistant
from bot.knowledge.document import Problem
from bot.knowledge.editing import Conflict, Operation, Uneditable, applied
from bot.knowledge.model import Election, Reviews
from bot.matching.checking import problems_of
from bot.moderation.drafting import Draft
from bot.moderation.reviews import reason_to_wait
from bot.moderation.storing import Busy, Commit, Unfinished, locked, recover, store, texts
from bot.moderation.trying import Preview, Trials, difference, trial
from bot.moderation.writing import operations, subject
from bot.state.records import Audited, Moderator, Proposal, Unanswered
from bot.state.state import State
from bot.state.statements import FORGOTTEN

Clock = Callable[[], datetime]
Report = Callable[..., None]
Made = tuple[dict[str, str | None], dict[str, str | None]]
"""The texts of files before and after an edit."""
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
    """The edit that a filled-in form stands for."""
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
        made = _operations(proposal.operations)
        return Edit(proposal.kind, proposal.election, proposal.subject, made, proposal.questions)

    async def reversal(self, entry: int) -> Edit:
        """The edit that undoes a step of the log."""
        step = await self.kept.audit_entry(entry)
        proposal = await self.kept.proposal(step.proposal) if step is not None else None
        if step is None or proposal is None or step.action != "applied":
            raise Impossible("nothing_to_revert")
        undone = tuple(operation.inverse() for operation in reversed(_operations(proposal.operations)))
        return Edit("reversal", proposal.election, proposal.subject, undone)

    # --- doing

    async def propose(self, edit: Edit, moderator: Moderator, policy: Reviews) -> Decided:
        """Apply an edit, or keep it for somebody else to approve."""
        approved = await self.kept.approved(moderator.key, edit.kind)
        waits = reason_to_wait(policy, edit.operations, approved)
        proposal = self._new(edit, moderator, "proposed" if waits else "approved")
        async with self._alone():
            made = await self._in_thread(self._made, edit.operations)
            self.kept.keep_proposal(proposal)
            if waits:
                self._audit(proposal, "proposed", moderator, difference(*made))
                await self._saved()
                self._report("proposed", kind=edit.kind, election=edit.election)
                return Decided(proposal, waits)
            await self._saved()
            return await self._apply(proposal, moderator, made)

    async def approve(self, identifier: str, moderator: Moderator) -> Decided:
        """Apply what somebody else proposed."""
        async with self._alone():
            proposal = await self._undecided(identifier)
            if proposal.author == moderator.key:
                raise Impossible("own")
            approved = replace(
                proposal, status="approved", reviewer=moderator.key, reviewer_name=moderator.name
            )
            made = await self._in_thread(self._made, _operations(proposal.operations))
            self.kept.keep_proposal(approved)
            self._audit(approved, "approved", moderator)
            await self._saved()
            return await self._apply(approved, moderator, made)

    async def reject(self, identifier: str, moderator: Moderator) -> Proposal:
        """Decide against what somebody proposed; one's own is withdrawn."""
        async with self._alone():
            proposal = await self._undecided(identifier)
            own = proposal.author == moderator.key
            status = "withdrawn" if own else "rejected"
            decided = replace(proposal, status=status, decided_at=self._now())
            if not own:
                decided = replace(decided, reviewer=moderator.key, reviewer_name=moderator.name)
            self.kept.keep_proposal(decided)
            self._audit(decided, status, moderator)
            await self._saved()
            return decided

    async def resume(self) -> int:
        """Finish what a killed process had approved and not applied; how many edits that were."""
        async with self._alone():
            unfinished = await self.kept.proposals(["approved"])
            for proposal in unfinished:
                name = proposal.reviewer_name or proposal.author_name
                moderator = Moderator(proposal.reviewer or proposal.author, name)
                try:
                    await self._apply(proposal, moderator)
                except Impossible as impossible:
                    self._report("edit_failed", level="warning", reason=impossible.key)
            return len(unfinished)

    async def dismiss(
        self, questions: Sequence[Unanswered], moderator: Moderator, back: bool = False
    ) -> None:
        """Take questions off the queue for good, or put them back on it."""
        for question in questions:
            if back:
                self.kept.restore(question)
            else:
                self.kept.dismiss(question, self._now().date())
        first = questions[0]
        action = "restored" if back else "dismissed"
        step = Audited(0, self._now(), moderator.name, action, first.election, first.text, "", "")
        self.kept.audit(step)
        await self._saved()

    # --- parts

    async def _apply(self, proposal: Proposal, moderator: Moderator, made: Made | None = None) -> Decided:
        """Write an approved edit; one that cannot be made or written goes back to where it was."""
        try:
            if made is None:
                made = await self._in_thread(self._made, _operations(proposal.operations))
            before, after = made
            stored = await self._in_thread(store, self.root, after, _commit(proposal))
        except Impossible:
            await self._failed(proposal, moderator)
            raise
        done = replace(proposal, status="applied", decided_at=self._now())
        self.kept.keep_proposal(done)
        self._audit(done, "applied", moderator, difference(before, after))
        for question in proposal.questions:
            self.state.settle(question)
        await self.state.saved()
        self._report("edited", kind=done.kind, election=done.election, commit=stored.commit)
        return Decided(
            done, commit=stored.commit, fault="" if stored.fault in WITHOUT_HISTORY else stored.fault
        )

    async def _failed(self, proposal: Proposal, moderator: Moderator) -> None:
        """What was approved by somebody else waits again; what was not is given up. Nobody approves their own."""
        again = bool(proposal.reviewer) and proposal.author != FORGOTTEN
        status = "proposed" if again else "withdrawn"
        self.kept.keep_proposal(replace(proposal, status=status, reviewer="", reviewer_name=""))
        self._audit(proposal, "failed", moderator)
        await self.state.saved()

    def _made(self, changes: Sequence[Operation]) -> Made:
        """The files before and after an edit, which leaves a base that may be answered from."""
        recover(self.root)
        before = texts(self.root, dict.fromkeys(operation.file for operation in changes))
        after = {f: text for f, text in applied(before, changes).items() if text != before[f]}
        with trial(self.root, after) as loaded:
            problems = [problem for problem in problems_of(loaded) if not problem.notice]
        if problems:
            raise Impossible("problems", problems, count=len(problems))
        return before, after

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """The folder and the proposals to oneself, over all replicas and terminals."""
        async with self._alone_here:
            lock = locked(self.root)
            await self._in_thread(lock.__enter__)
            try:
                yield
            finally:
                await asyncio.to_thread(lock.__exit__, None, None, None)

    async def _in_thread(self, work: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
        """Do what takes its time beside the answers; what cannot be done is told as `Impossible`."""
        try:
            return await asyncio.to_thread(work, *given, **named)
        except Conflict:
            raise Impossible("conflict") from None
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

    async def _saved(self) -> None:
        """What was asked for is on disk; nothing is edited that would leave no trace."""
        if not await self.state.saved():
            raise Impossible("no_state")

    def _new(self, edit: Edit, moderator: Moderator, status: str) -> Proposal:
        return Proposal(
            id=token_hex(4),
            election=edit.election,
            kind=edit.kind,
            author=moderator.key,
            author_name=moderator.name,
            subject=edit.subject,
            operations=json.dumps([each.written() for each in edit.operations], ensure_ascii=False),
            questions=edit.questions,
            status=status,
            reviewer="",
            reviewer_name="",
            made_at=self._now(),
        )

    def _audit(self, proposal: Proposal, action: str, moderator: Moderator, lines: str = "") -> None:
        """A step of the log; `lines` is the difference that it made, or would make."""
        before, after = _sides(lines)
        about = (proposal.election, f"{proposal.kind} {proposal.subject}")
        step = Audited(0, self._now(), moderator.name, action, *about, before, after, proposal.id)
        self.kept.audit(step)


def _operations(written: str) -> tuple[Operation, ...]:
    return tuple(Operation.read(each) for each in json.loads(written))


def _sides(lines: str) -> tuple[str, str]:
    """What a difference takes away, and what it puts there."""
    told = [line for line in lines.splitlines() if not line.startswith(("---", "+++"))]
    before, after = ("\n".join(line[1:] for line in told if line.startswith(sign)) for sign in "-+")
    return before, after


def _commit(proposal: Proposal) -> Commit:
    return Commit(
        f"{proposal.kind}: {proposal.subject}", proposal.author_name, proposal.reviewer_name or None
    )
