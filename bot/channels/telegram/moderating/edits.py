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
from bot.channels.telegram.moderating import leaving, pages
from bot.channels.telegram.moderating.bench import Bench, told
from bot.channels.telegram.moderating.taps import Order, button, written
from bot.channels.telegram.sending import send
from bot.moderation import forms
from bot.moderation.beginning import dismissable
from bot.moderation.drafting import Draft
from bot.moderation.proposals import Decided, Edit, Impossible, edit_of
from bot.state.records import Moderator, Proposal
from bot.state.rows import whose

LOOKED_THROUGH = 500
"""In how many of the latest steps of the log the one with the lines of an edit is looked for."""


async def show(desk: Desk, bench: Bench, voter: Voter, draft: Draft) -> None:
    """What a filled-in form would do, and the button that does it."""
    telling = told(desk, voter, draft.election)
    moment = await pages.wait(desk, voter)
    try:
        edit = await _edit(desk, bench, draft)
        waits = await bench.proposals.waits(edit, Moderator(voter.person, ""))
        sections, sound = await _previewed(bench, telling, edit)
    except Impossible as impossible:
        rows: Rows = [[*leaving.change(voter, draft), *leaving.way_out(voter, draft)]]
        await pages.tell(desk, voter, [Section("", tuple(telling.impossible(impossible)))], rows, moment)
        return
    label = "propose" if waits else "apply"
    rows = [[button(voter.say, label, "apply", _seal(edit), edit.id)]] if sound else []
    rows.append([*leaving.change(voter, draft), *leaving.way_out(voter, draft)])
    await pages.tell(desk, voter, sections, rows, moment)


async def _edit(desk: Desk, bench: Bench, draft: Draft) -> Edit:
    if draft.kind == "reversal":
        entry = draft.values["entry"]
        undoing = await bench.proposals.reversal(int(entry) if entry.isdecimal() else 0, draft.id)
        if undoing.election not in desk.base.elections:
            raise Impossible("nothing_to_revert")
        return undoing
    return edit_of(draft, desk.base.elections[draft.election], desk.now())


async def _previewed(bench: Bench, telling: Moderation, edit: Edit) -> tuple[list[Section], bool]:
    """What an edit would do, and whether it may be applied."""
    preview = await bench.proposals.preview(edit)
    return [Section(telling.title(edit)), *telling.preview(preview, edit)], preview.sound and bool(
        preview.changed
    )


def _seal(edit: Edit) -> str:
    """Ties a button to the very changes that were shown above it."""
    changes = json.dumps([edit.election, *(operation.written() for operation in edit.operations)])
    return hashlib.sha256(changes.encode()).hexdigest()[:12]


async def apply(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Do what was shown: apply it, or propose it where it takes two."""
    draft = await bench.draft(voter, desk)
    moderator = await bench.moderator(voter, desk)
    if draft is None or moderator is None or not _filled_in(desk, draft):
        return await _became(desk, bench, voter, order)
    telling = told(desk, voter, draft.election)
    try:
        edit = await _edit(desk, bench, draft)
        if (_seal(edit), edit.id) != (order.first, order.second):
            return await _became(desk, bench, voter, order)
        decided = await bench.proposals.propose(edit, moderator)
    except Impossible as impossible:
        await pages.say(desk, voter, *telling.impossible(impossible))
        return ""
    bench.drop(voter)
    await _done(desk, bench, voter, decided)
    return ""


async def _became(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Tell what became of an edit whose button is tapped again: what was told before may not have been delivered."""
    proposal = await bench.kept.proposal(order.second) if order.second else None
    if (
        proposal is None
        or proposal.author != whose(voter.person)
        or proposal.election not in desk.base.elections
    ):
        return voter.say("moderation.impossible.old")
    await _tell_state(desk, voter, proposal)
    return ""


async def _tell_state(desk: Desk, voter: Voter, proposal: Proposal) -> None:
    """How things stand with an edit, in a line."""
    key = {"applied": "applied", "rejected": "rejected", "withdrawn": "withdrawn"}.get(
        proposal.status, "proposed"
    )
    rows = [[button(voter.say, "to_queue", "queue", 0)]]
    await pages.say(desk, voter, voter.say(f"moderation.done.{key}"), rows=rows)


def _filled_in(desk: Desk, draft: Draft) -> bool:
    """Whether a draft is an edit of which nothing is missing any more."""
    missing = forms.next_field(draft, desk.base.elections[draft.election])
    return missing is None and draft.kind != "naming"


async def _done(desk: Desk, bench: Bench, voter: Voter, decided: Decided) -> None:
    """Tell the others first: what cannot be sent to who is speaking is tried again, but not all of this."""
    proposal = decided.proposal
    live = await bench.live() if decided.applied else False
    if decided.applied:
        await _content_again(desk, bench, proposal)
    if not decided.applied:
        for other in sorted(desk.settings.moderator_ids - {voter.user_id}):
            await _write_to(desk, bench, other, proposal, "told", proposal.author_name)
    elif proposal.reviewer:
        await _tell_author(desk, bench, proposal, "approved")
    alone = len(desk.settings.moderator_ids) < 2
    lines = told(desk, voter, proposal.election).decided(decided, live, alone)
    await pages.say(desk, voter, *lines, rows=[[button(voter.say, "to_queue", "queue", 0)]])


async def _content_again(desk: Desk, bench: Bench, proposal: Proposal) -> None:
    """Dismiss what voters did not like of an entry, once it is corrected."""
    if proposal.kind not in ("correction", "removal"):
        return
    for group in await bench.groups(desk):
        if (group.election, group.entry) == (proposal.election, proposal.subject) and not group.dismissed:
            for each in dismissable(group):
                bench.kept.dismiss(each, desk.today())


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
    title = voter.say("moderation.preview.title", kind=kind.capitalize(), subject=subject)
    label = title if key == "told" else voter.say("moderation.button.look")
    rows = [[Button(cut(label), callback_data=written("view", proposal.id))]]
    with suppress(TelegramError):
        await send(desk.bot, moderator, [escaped(text)], Keyboard(rows))


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
        await _view_decided(desk, bench, voter, proposal)
        return ""
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
    sections.insert(1, _made(voter, proposal))
    if sound and not own:
        rows[0].insert(0, button(say, "approve", "approve", proposal.id))
    await pages.tell(desk, voter, sections, [*rows, [button(say, "to_queue", "queue", 0)]], moment)
    return ""


def _made(voter: Voter, proposal: Proposal) -> Section:
    day = voter.say.date(proposal.made_at.date())
    return Section("", (voter.say("moderation.preview.by", name=proposal.author_name, date=day),))


async def _view_decided(desk: Desk, bench: Bench, voter: Voter, proposal: Proposal) -> None:
    """What an edit was, and what was decided."""
    say, telling = voter.say, told(desk, voter, proposal.election)
    name = proposal.reviewer_name or proposal.author_name
    if name and proposal.decided_at is not None:
        action, day = say(f"moderation.log.action.{proposal.status}"), say.date(proposal.decided_at.date())
        line = say("moderation.preview.decided", name=name, action=action, date=day)
    else:
        line = say("moderation.impossible.decided")
    steps = await bench.kept.audited(LOOKED_THROUGH, None, proposal.election)
    step = next((s for s in steps if s.proposal == proposal.id and (s.before or s.after)), None)
    lines = telling.step_in_full(step)[1:] if step is not None else []
    made = [_made(voter, proposal)] if proposal.author_name else []
    sections = [Section(telling.title(proposal)), *made, Section("", (line,)), *lines]
    await pages.tell(desk, voter, sections, [[button(say, "to_queue", "queue", 0)]])


async def approve(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Apply what somebody else proposed, and tell them."""
    moderator = await bench.moderator(voter, desk)
    proposal = await bench.kept.proposal(order.first)
    if moderator is None or (proposal is not None and proposal.election not in desk.base.elections):
        return voter.say("moderation.impossible.old")
    try:
        decided = await bench.proposals.approve(order.first, moderator)
    except Impossible as impossible:
        if await _told_again(desk, bench, voter, order, "applied"):
            return ""
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
        if await _told_again(desk, bench, voter, order, "rejected"):
            return ""
        return await _impossible(desk, voter, impossible)
    if proposal.status == "rejected":
        await _tell_author(desk, bench, proposal, "not_approved")
    await pages.say(desk, voter, voter.say(f"moderation.done.{proposal.status}"))
    return ""


async def _told_again(desk: Desk, bench: Bench, voter: Voter, order: Order, status: str) -> bool:
    """Whether a moderator has decided this before, and is told so once more."""
    proposal = await bench.kept.proposal(order.first)
    if proposal is None or proposal.status != status or proposal.reviewer != whose(voter.person):
        return False
    await _tell_state(desk, voter, proposal)
    return True


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
