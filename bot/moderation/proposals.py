"""Edits on their way to the voters: proposed, approved by somebody else where that is asked for, applied, undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import ParamSpec, TypeVar

from bot.knowledge.editing import Conflict, Operation, Uneditable
from bot.knowledge.loading import load
from bot.knowledge.model import Reviews
from bot.lean import beside_answers
from bot.moderation.drafting import short_id
from bot.moderation.edits import Decided, Edit, Impossible, edit_of
from bot.moderation.making import Made, make, make_again, read, sides, written
from bot.moderation.reviews import reason_to_wait, sensitive, strictest
from bot.moderation.storing import JOURNAL, Busy, Commit, Unfinished, locked, store
from bot.moderation.trying import RECENT, Broken, Preview, Serving, Trials, Unsound
from bot.state.records import Audited, Moderator, Proposal, Unanswered
from bot.state.rows import whose
from bot.state.state import State

__all__ = ["Decided", "Edit", "Impossible", "Proposals", "edit_of"]

Clock = Callable[[], datetime]
Report = Callable[..., None]
WITHOUT_HISTORY = ("no-git", "no-checkout", "ignored")
"""Where no commit is expected."""
DECIDING = "deciding"
"""The turn of whoever decides on an edit: on several hosts, the lock of a folder would not be enough."""
DISMISSED = 500
"""How many characters the log keeps of the questions that were dismissed together."""
P = ParamSpec("P")
R = TypeVar("R")


class Proposals:
    """Everything moderators can do to a base, for one knowledge folder and one state."""

    def __init__(
        self,
        root: Path,
        state: State,
        now: Clock,
        report: Report,
        served: Callable[[], Serving | None] = lambda: None,
    ) -> None:
        self.root = root
        self.state = state
        self.kept = state.moderating
        self.trials = Trials(root, served)
        self._now = now
        self._report = report
        self._alone_here = asyncio.Lock()
        self._forgetting: asyncio.TimerHandle | None = None

    # --- looking

    async def preview(self, edit: Edit) -> Preview:
        """What an edit would do; the answers go on meanwhile."""
        try:
            return await self._in_thread(
                self.trials.preview, edit.operations, edit.election, edit.questions, self._now()
            )
        finally:
            self._forget_later()

    async def warm(self) -> None:
        """Have at hand what a preview is compared with, beside the answers; whatever is wrong a preview will tell."""
        with suppress(Impossible):
            await self._in_thread(self.trials.warm, self._now())
        self._forget_later()

    async def waits(self, edit: Edit, moderator: Moderator) -> str:
        """Why an edit would wait for somebody else, as the base stands; nothing if it would be applied at once."""
        if edit.sensitive:
            return "sensitive"
        approved = await self.kept.approved(moderator.key, edit.kind)
        base = (await self._in_thread(load, self.root)).base
        policy = strictest([operation.file for operation in edit.operations], base)
        return reason_to_wait(policy, edit.operations, approved)

    async def waiting(self) -> list[Proposal]:
        """What waits for a second pair of eyes, the oldest first."""
        return await self.kept.proposals(["proposed"])

    async def edit(self, proposal: Proposal) -> Edit:
        """The edit that somebody proposed."""
        made = _operations(proposal)
        return Edit(
            proposal.kind, proposal.election, proposal.subject, made, proposal.questions, id=proposal.id
        )

    async def reversal(self, entry: int, identifier: str = "") -> Edit:
        """The edit that undoes a step of the log; what took two to do takes two to undo.

        With the id of a draft, it is proposed once.
        """
        step = await self.kept.audit_entry(entry)
        proposal = await self.kept.proposal(step.proposal) if step is not None else None
        if step is None or proposal is None or step.action != "applied":
            raise Impossible("no_state" if self.state.degraded else "nothing_to_revert")
        made = _operations(proposal)
        undone = tuple(operation.inverse() for operation in reversed(made))
        took_two = bool(proposal.reviewer) or any(map(sensitive, made))
        about = (proposal.election, proposal.subject)
        proposed = short_id(identifier, str(entry)) if identifier else ""
        return Edit("reversal", *about, undone, sensitive=took_two, id=proposed)

    # --- doing

    async def propose(self, edit: Edit, moderator: Moderator) -> Decided:
        """Apply an edit, or keep it for somebody else to approve; asked again, tell what became of it."""
        async with self._alone():
            await self._finish()
            if (decided := await self._decided(edit, moderator)) is not None:
                return decided
            made = await self._made(edit.operations)
            waits = await self.waits(edit, moderator)
            proposal = self._new(edit, moderator, "proposed" if waits else "approved")
            self.kept.keep_proposal(proposal)
            if waits:
                self._audit(proposal, "proposed", moderator, made)
                await self._saved(replace(proposal, status="withdrawn"), moderator)
                self._report("proposed", kind=edit.kind, election=edit.election)
                return Decided(proposal, waits)
            await self._saved(replace(proposal, status="withdrawn"), moderator)
            return await self._apply(proposal, moderator, made)

    async def approve(self, identifier: str, moderator: Moderator) -> Decided:
        """Apply what somebody else proposed."""
        async with self._alone():
            await self._finish()
            proposal = await self._undecided(identifier)
            if proposal.author == whose(moderator.key):
                raise Impossible("own")
            approved = replace(
                proposal, status="approved", reviewer=moderator.key, reviewer_name=moderator.name
            )
            made = await self._made(_operations(proposal))
            self.kept.keep_proposal(approved)
            self._audit(approved, "approved", moderator)
            await self._saved(proposal, moderator)
            return await self._apply(approved, moderator, made)

    async def reject(self, identifier: str, moderator: Moderator) -> Proposal:
        """Decide against what somebody proposed; one's own is withdrawn."""
        async with self._alone():
            await self._finish()
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
        try:
            async with self._alone():
                return await self._finish()
        except Impossible as impossible:
            self._report("edit_failed", level="warning", reason=impossible.key)
        return 0

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
        action = "restored" if back else "dismissed"
        about = (questions[0].election, _several([question.text for question in questions]))
        step = Audited(0, self._now(), moderator.name, action, *about, "", "")
        self.kept.audit(step)
        if await self.state.saved():
            return
        if not self.kept.take_back_dismissals(questions, step):  # they are being written this very moment
            for question in questions:
                if back:
                    self.kept.dismiss(question, self._now().date())
                else:
                    self.kept.restore(question)
            self.kept.audit(replace(step, at=self._now(), action="failed"))
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
        self._audit(done, "applied", moderator, made)
        await self.state.saved()
        await self._settle(proposal.questions)
        self._report("edited", kind=done.kind, election=done.election, commit=stored.commit)
        return Decided(
            done, commit=stored.commit, fault="" if stored.fault in WITHOUT_HISTORY else stored.fault
        )

    async def _settle(self, questions: Sequence[Unanswered]) -> None:
        """Take off the queue what is answered now; the rest waits on."""
        with suppress(Impossible):  # the edit is made, and what is answered is not shown in the queue anyway
            for question in await self._in_thread(self.trials.dealt_with, questions, self._now()):
                self.state.settle(question)
            await self.state.saved()
        self.trials.forget()

    def _forget_later(self) -> None:
        """Let go of what a preview was compared with, unless another one follows."""
        if self._forgetting is not None:
            self._forgetting.cancel()
        loop = asyncio.get_running_loop()
        self._forgetting = loop.call_later(RECENT.total_seconds(), self.trials.forget)

    async def _made(self, changes: Sequence[Operation]) -> Made:
        """An edit worked out on the files as they stand."""
        made = await self._in_thread(make, self.root, changes)
        if not made.after:
            raise Impossible("nothing")
        return made

    async def _decided(self, edit: Edit, moderator: Moderator) -> Decided | None:
        """What became of an edit that was proposed before; nothing if it was given up for a fault."""
        proposal = await self.kept.proposal(edit.id) if edit.id else None
        if proposal is None:
            return None
        if proposal.status == "applied":
            return Decided(proposal)
        if proposal.status == "proposed":
            return Decided(proposal, await self.waits(edit, moderator) or Reviews.ALWAYS.value)
        if proposal.decided_at is not None:
            raise Impossible("decided")
        return None

    async def _finish(self) -> int:
        """Apply what a killed process had approved, with the folder to oneself; how many edits that were."""
        return sum([await self._resumed(each) for each in await self.kept.proposals(["approved"])])

    async def _resumed(self, proposal: Proposal) -> bool:
        """Whether an edit that was approved is applied now; it raises nothing."""
        name = proposal.reviewer_name or proposal.author_name
        moderator = Moderator(proposal.reviewer or proposal.author, name)
        try:
            made = await self._in_thread(make_again, self.root, _operations(proposal))
        except Impossible as impossible:
            if impossible.key != "broken":  # it may well be made already, and is once the files are mended
                await self._failed(proposal, moderator)
            self._report("edit_failed", level="warning", reason=impossible.key)
            return False
        try:
            return (await self._apply(proposal, moderator, made)).applied
        except Impossible as impossible:
            self._report("edit_failed", level="warning", reason=impossible.key)
            return False

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
                async with self.state.turns.having(DECIDING) as ours:
                    if not ours:
                        raise Impossible("busy")
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
        except Broken as broken:
            raise Impossible("broken", broken.problems, count=len(broken.problems)) from None
        except Unsound as unsound:
            raise Impossible("problems", unsound.problems, count=len(unsound.problems)) from None
        except (Uneditable, ValueError) as error:
            self._report("edit_failed", level="warning", reason=type(error).__name__)
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
            id=edit.id or token_hex(8),
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

    def _audit(self, proposal: Proposal, action: str, moderator: Moderator, made: Made | None = None) -> None:
        """A step of the log, with what it changed, or would change."""
        before, after = ("", "") if made is None else sides(made)
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


def _several(texts: Sequence[str]) -> str:
    """Several questions in one line that is not too long."""
    told = " · ".join(texts)
    return told if len(told) <= DISMISSED else told[: DISMISSED - 1] + "…"


def _commit(proposal: Proposal) -> Commit:
    return Commit(
        f"{proposal.kind}: {proposal.subject}", proposal.author_name, proposal.reviewer_name or None
    )
