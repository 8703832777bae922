"""The queue on Telegram: what waits for an answer, row by row, and what to do with each."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton as Button

from bot.channels.moderation import Section
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.keyboards import Keyboards, Rows, cut, on_page, turns
from bot.channels.telegram.moderating import drafts, pages
from bot.channels.telegram.moderating.bench import Bench, told
from bot.channels.telegram.moderating.taps import Order, button, written
from bot.moderation.beginning import KINDS, begun, correctable, dismissable, meant, understood
from bot.moderation.drafting import Draft
from bot.moderation.proposals import Impossible
from bot.moderation.queue import Group
from bot.state.records import Proposal


async def show_queue(desk: Desk, bench: Bench, voter: Voter, page: int = 0, dismissed: bool = False) -> None:
    """What waits, most frequent first; above it what waits for approval, and what was begun."""
    say = voter.say
    groups = await bench.groups(desk)
    shown = [group for group in groups if group.dismissed == dismissed]
    waiting = await bench.proposals.waiting()
    rows: Rows = []
    if not dismissed:
        draft = await bench.draft(voter, desk)
        if draft is not None:
            label = say("moderation.queue.resume", kind=told(desk, voter, draft.election).kind(draft.kind))
            rows.append([Button(cut(label), callback_data=written("resume"))])
        if waiting:
            label = say("moderation.queue.pending", count=len(waiting))
            rows.append([Button(label, callback_data=written("waiting"))])
    verb = "hidden" if dismissed else "queue"
    rows += [_row(desk, voter, group, waiting) for group in on_page(shown, page)]
    rows += turns(len(shown), page, say, lambda number: written(verb, number))
    hidden = len(groups) - len(shown)
    if dismissed:
        rows.append([button(say, "to_queue", "queue", 0)])
    elif hidden:
        label = say("moderation.queue.hidden", count=hidden)
        rows.append([Button(label, callback_data=written("hidden", 0))])
    key = "hidden_title" if dismissed else "title" if shown else "empty"
    await pages.say(desk, voter, say(f"moderation.queue.{key}", count=len(shown)), rows=rows)
    if shown:
        bench.warm()


def _row(desk: Desk, voter: Voter, group: Group, waiting: Sequence[Proposal]) -> list[Button]:
    text = told(desk, voter, group.election).row(group, desk.several)
    if waiting_for(group, waiting):
        text = voter.say("moderation.queue.proposed", row=text)
    return [Button(cut(text), callback_data=written("group", group.id))]


def waiting_for(group: Group, waiting: Sequence[Proposal]) -> list[Proposal]:
    """The edits that wait for approval and are about what a row is about."""
    questions = {each.question for each in group.questions}
    return [
        proposal
        for proposal in waiting
        if proposal.election == group.election
        and (questions & set(proposal.questions) or (group.entry and proposal.subject == group.entry))
    ]


async def show_group(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """A row with everything that can be done with it."""
    group = await bench.group(desk, order.first)
    if group is None:
        return voter.say("moderation.impossible.old")
    telling = told(desk, voter, group.election)
    sections = telling.group(group)
    waiting = waiting_for(group, await bench.proposals.waiting())
    if waiting:
        sections.append(Section("", (voter.say("moderation.queue.waits"),)))
    if not group.entry and not group.dismissed:
        near = "understood" if understood(group) else "what_now" if group.closest else "nothing_near"
        sections.append(Section("", (voter.say(f"moderation.queue.{near}"),)))
    proposed: Rows = [
        [Button(cut(f"✋ {telling.waiting(each)}"), callback_data=written("view", each.id))]
        for each in waiting
    ]
    await pages.tell(desk, voter, sections, [*proposed, *_on_group(desk, voter, group)])
    return ""


def _on_group(desk: Desk, voter: Voter, group: Group) -> Rows:
    say, election = voter.say, desk.base.elections[group.election]
    if group.dismissed:
        return [[button(say, "restore", "restore", group.id)], [button(say, "to_queue", "hidden", 0)]]
    rows: Rows = []
    if group.entry:
        buttons = Keyboards(desk, told(desk, voter, group.election).browsing)
        rows.append([buttons.button_to(group.entry)])
        if correctable(group, election):
            rows.append(
                [button(say, "correct", "correct", group.id), button(say, "remove", "remove", group.id)]
            )
    else:
        for target in () if understood(group) else meant(group, election):
            entry = told(desk, voter, group.election).subject(target)
            short = desk.targets.short(target, group.election)
            rows.append([button(say, "means", "means", group.id, short, entry=entry)])
        rows.append([button(say, "other", "means", group.id)])
        rows.append([button(say, "position", "position", group.id), button(say, "fact", "fact", group.id)])
    last = [button(say, "dismiss", "dismiss", group.id)]
    last += [] if group.entry else [button(say, "mute", "mute", group.id)]
    return [*rows, last, [button(say, "to_queue", "queue", 0)]]


async def dismiss(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Take a row off the queue for good, or put it back."""
    group = await bench.group(desk, order.first)
    moderator = await bench.moderator(voter, desk)
    back = order.verb == "restore"
    if group is None or moderator is None or group.dismissed != back:
        return voter.say("moderation.impossible.old")
    try:
        await bench.proposals.dismiss(dismissable(group), moderator, back)
    except Impossible as impossible:
        return told(desk, voter, group.election).impossible(impossible)[0]
    await show_queue(desk, bench, voter)
    return voter.say(f"moderation.queue.{'restored' if back else 'dismissed'}")


async def begin(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Begin an edit with which a row is answered."""
    group = await bench.group(desk, order.first)
    draft = _draft(desk, group, order) if group is not None else None
    if draft is None:
        return voter.say("moderation.impossible.old")
    await drafts.begin(desk, bench, voter, draft, order)
    return ""


def _draft(desk: Desk, group: Group, order: Order) -> Draft | None:
    """The form that a button begins, with all that the row tells already; None if what it was about is gone."""
    election = desk.base.elections[group.election]
    on_entry = KINDS[order.verb] in ("correction", "removal")
    if bool(group.entry) != on_entry or (on_entry and not correctable(group, election)):
        return None
    target = desk.targets.long(order.second, group.election) if order.second else ""
    if order.second and target not in meant(group, election):
        return None
    draft = begun(order.verb, group, desk.assistant, target)
    return draft.with_value(drafts.NEAR, " ".join(group.closest)) if group.closest else draft
