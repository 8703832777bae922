"""What an edit would do, shown before it is applied with one tap; what waits for somebody else; what became of it."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram.error import TelegramError

from bot.channels.moderation import Moderation, Section
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import escaped
from bot.channels.telegram.keyboards import Rows, cut
from bot.channels.telegram.moderating import pages
from bot.channels.telegram.moderating.bench import Bench, told
from bot.channels.telegram.moderating.taps import Order, button, written
from bot.channels.telegram.sending import send
from bot.moderation import forms
from bot.moderation.drafting import Draft
from bot.moderation.proposals import Decided, Edit, Impossible, edit_of
from bot.moderation.reviews import reason_to_wait
from bot.state.records import Proposal


async def show(desk: Desk, bench: Bench, voter: Voter, draft: Draft) -> None:
    """What a filled-in form would do, and the button that does it."""
    telling = told(desk, voter, draft.election)
    moment = await pages.wait(desk, voter)
    try:
        edit = await _edit(desk, bench, draft)
        waits = await _waits(desk, bench, voter, edit)
        sections, sound = await _previewed(bench, telling, edit)
    except Impossible as impossible:
        rows: Rows = [[button(voter.say, "change", "change"), button(voter.say, "cancel", "cancel")]]
        await pages.tell(desk, voter, [Section("", tuple(telling.impossible(impossible)))], rows, moment)
        return
    label = "propose" if waits else "apply"
    rows = [[button(voter.say, label, "apply", _seal(edit))]] if sound else []
    last = [button(voter.say, "change", "change")] if forms.answered(draft) else []
    rows.append([*last, button(voter.say, "pause", "pause"), button(voter.say, "cancel", "cancel")])
    await pages.tell(desk, voter, sections, rows, moment)


async def _edit(desk: Desk, bench: Bench, draft: Draft) -> Edit:
    if draft.kind == "reversal":
        entry = draft.values["entry"]
        undoing = await bench.proposals.reversal(int(entry) if entry.isdecimal() else 0)
        if undoing.election not in desk.base.elections:
            raise Impossible("nothing_to_revert")
        return undoing
    return edit_of(draft, desk.base.elections[draft.election], desk.now())


async def _waits(desk: Desk, bench: Bench, voter: Voter, edit: Edit) -> str:
    policy = desk.base.elections[edit.election].description.reviews
    return reason_to_wait(policy, edit.operations, await bench.kept.approved(voter.person, edit.kind))


async def _previewed(bench: Bench, telling: Moderation, edit: Edit) -> tuple[list[Section], bool]:
    """What an edit would do, and whether it may be applied."""
    preview = await bench.proposals.preview(edit)
    return [Section(telling.title(edit)), *telling.preview(preview)], preview.sound and bool(preview.changed)


def _seal(edit: Edit) -> str:
    """Ties a button to the very changes that were shown above it."""
    changes = json.dumps([edit.election, *(operation.written() for operation in edit.operations)])
    return hashlib.sha256(changes.encode()).hexdigest()[:12]


async def apply(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Do what was shown: apply it, or propose it where it takes two."""
    draft = await bench.draft(voter, desk)
    moderator = await bench.moderator(voter, desk)
    if draft is None or moderator is None or not _filled_in(desk, draft):
        return voter.say("moderation.impossible.old")
    telling = told(desk, voter, draft.election)
    try:
        edit = await _edit(desk, bench, draft)
        if _seal(edit) != order.first:
            return voter.say("moderation.impossible.old")
        policy = desk.base.elections[edit.election].description.reviews
        decided = await bench.proposals.propose(edit, moderator, policy)
    except Impossible as impossible:
        await pages.say(desk, voter, *telling.impossible(impossible))
        return ""
    bench.drop(voter)
    await _done(desk, bench, voter, decided)
    return ""


def _filled_in(desk: Desk, draft: Draft) -> bool:
    """Whether a draft is an edit of which nothing is missing any more."""
    missing = forms.next_field(draft, desk.base.elections[draft.election])
    return missing is None and draft.kind != "naming"


async def _done(desk: Desk, bench: Bench, voter: Voter, decided: Decided) -> None:
    """Tell the others first: what cannot be sent to who is speaking is tried again, but not all of this."""
    proposal = decided.proposal
    live = await bench.live() if decided.applied else False
    if not decided.applied:
        for other in sorted(desk.settings.moderator_ids - {voter.user_id}):
            await _write_to(desk, bench, other, proposal, "told", proposal.author_name)
    elif proposal.reviewer:
        await _tell_author(desk, bench, proposal, "approved")
    alone = len(desk.settings.moderator_ids) < 2
    lines = told(desk, voter, proposal.election).decided(decided, live, alone)
    await pages.say(desk, voter, *lines, rows=[[button(voter.say, "to_queue", "queue", 0)]])


async def _write_to(
    desk: Desk, bench: Bench, moderator: int, proposal: Proposal, key: str, name: str
) -> None:
    """A line to a moderator about an edit, in their language; whoever cannot be reached is left out."""
    election = bench.folder.served().base.elections.get(proposal.election)
    if election is None:
        return
    voter = await bench.folder.moderator(moderator)
    telling = Moderation(election, voter.say)
    kind, subject = telling.kind(proposal.kind), telling.subject(proposal.subject)
    text = voter.say(f"moderation.done.{key}", name=name, kind=kind, subject=subject)
    label = voter.say("moderation.preview.title", kind=kind.capitalize(), subject=subject)
    rows = [[Button(cut(label), callback_data=written("view", proposal.id))]] if key == "told" else []
    with suppress(TelegramError):
        await send(desk.bot, moderator, [escaped(text)], Keyboard(rows) if rows else None)


# --- what waits for a second pair of eyes ---------------------------------------------------------------


async def waiting(desk: Desk, bench: Bench, voter: Voter, _: Order) -> str:
    """What waits for somebody to approve it."""
    proposals = [p for p in await bench.proposals.waiting() if p.election in desk.base.elections]
    rows: Rows = [
        [Button(cut(told(desk, voter, p.election).waiting(p)), callback_data=written("view", p.id))]
        for p in proposals
    ]
    key = "title" if proposals else "empty"
    rows.append([button(voter.say, "to_queue", "queue", 0)])
    await pages.say(desk, voter, voter.say(f"moderation.waiting.{key}", count=len(proposals)), rows=rows)
    return ""


async def view(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """One of them, with what it would do, and what can be decided."""
    proposal = await bench.kept.proposal(order.first)
    if proposal is None or proposal.election not in desk.base.elections:
        return voter.say("moderation.impossible.gone")
    if proposal.status != "proposed":
        return voter.say("moderation.impossible.decided")
    telling = told(desk, voter, proposal.election)
    say = voter.say
    own = proposal.author == voter.person
    decide = "withdraw" if own else "reject"
    rows: Rows = [[button(say, decide, "reject", proposal.id)]]
    moment = await pages.wait(desk, voter)
    try:
        sections, sound = await _previewed(bench, telling, await bench.proposals.edit(proposal))
    except Impossible as impossible:
        sections, sound = [Section(telling.title(proposal), tuple(telling.impossible(impossible)))], False
    made = say("moderation.preview.by", name=proposal.author_name, date=say.date(proposal.made_at.date()))
    sections.insert(1, Section("", (made,)))
    if sound and not own:
        rows[0].insert(0, button(say, "approve", "approve", proposal.id))
    await pages.tell(desk, voter, sections, [*rows, [button(say, "to_queue", "queue", 0)]], moment)
    return ""


async def approve(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Apply what somebody else proposed, and tell them."""
    moderator = await bench.moderator(voter, desk)
    proposal = await bench.kept.proposal(order.first)
    if moderator is None or (proposal is not None and proposal.election not in desk.base.elections):
        return voter.say("moderation.impossible.old")
    try:
        decided = await bench.proposals.approve(order.first, moderator)
    except Impossible as impossible:
        return await _impossible(desk, voter, impossible)
    await _done(desk, bench, voter, decided)
    return ""


async def reject(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Decide against what was proposed; its author withdraws it."""
    moderator = await bench.moderator(voter, desk)
    if moderator is None:
        return voter.say("moderation.impossible.old")
    try:
        proposal = await bench.proposals.reject(order.first, moderator)
    except Impossible as impossible:
        return await _impossible(desk, voter, impossible)
    if proposal.status == "rejected":
        await _tell_author(desk, bench, proposal, "not_approved")
    await pages.say(desk, voter, voter.say(f"moderation.done.{proposal.status}"))
    return ""


async def _impossible(desk: Desk, voter: Voter, impossible: Impossible) -> str:
    """Say why not; what is wrong with the base stands in a message of its own."""
    telling = told(desk, voter, next(iter(desk.base.elections)))
    lines = telling.impossible(impossible)
    if len(lines) > 1:
        await pages.say(desk, voter, *lines)
    return lines[0]


async def _tell_author(desk: Desk, bench: Bench, proposal: Proposal, key: str) -> None:
    author = next((m for m in desk.settings.moderator_ids if desk.key(m) == proposal.author), None)
    if author is not None:
        await _write_to(desk, bench, author, proposal, key, proposal.reviewer_name)
