"""The queue on Telegram: what waits for an answer, row by row, and what to do with each."""

from __future__ import annotations

from telegram import InlineKeyboardButton as Button

from bot.channels.moderation import Section
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.keyboards import Keyboards, Rows, cut, paged
from bot.channels.telegram.moderating import drafts, pages
from bot.channels.telegram.moderating.bench import Bench, told
from bot.channels.telegram.moderating.taps import Order, button, written
from bot.moderation.drafting import Draft
from bot.moderation.forms import possible
from bot.moderation.proposals import Impossible
from bot.moderation.queue import Group
from bot.moderation.telling import offered
from bot.state.records import Unanswered

NEAREST = 4


async def show_queue(desk: Desk, bench: Bench, voter: Voter, page: int = 0, dismissed: bool = False) -> None:
    """What waits, most frequent first; above it what waits for approval, and what was begun."""
    say = voter.say
    groups = await bench.groups(desk)
    hidden = await bench.groups(desk, dismissed=True)
    shown = hidden if dismissed else groups
    rows: Rows = []
    if not dismissed:
        draft = await bench.draft(voter, desk)
        if draft is not None:
            label = say("moderation.queue.resume", kind=told(desk, voter, draft.election).kind(draft.kind))
            rows.append([Button(cut(label), callback_data=written("resume"))])
        if waiting := await bench.proposals.waiting():
            label = say("moderation.queue.pending", count=len(waiting))
            rows.append([Button(label, callback_data=written("waiting"))])
    verb = "hidden" if dismissed else "queue"
    listed = [_row(desk, voter, group) for group in shown]
    rows += paged(listed, page, say, lambda number: written(verb, number))
    if dismissed:
        rows.append([button(say, "to_queue", "queue", 0)])
    elif hidden:
        label = say("moderation.queue.hidden", count=len(hidden))
        rows.append([Button(label, callback_data=written("hidden", 0))])
    key = "hidden_title" if dismissed else "title" if groups else "empty"
    await pages.say(desk, voter, say(f"moderation.queue.{key}", count=len(shown)), rows=rows)


def _row(desk: Desk, voter: Voter, group: Group) -> list[Button]:
    text = told(desk, voter, group.election).row(group, desk.several)
    return [Button(cut(text), callback_data=written("group", group.id))]


async def show_group(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """A row with everything that can be done with it."""
    group = await bench.group(desk, order.first)
    if group is None:
        return voter.say("moderation.impossible.old")
    telling = told(desk, voter, group.election)
    sections = telling.group(group)
    if not group.entry and not group.dismissed:
        near = "understood" if understood(group) else "what_now" if group.closest else "nothing_near"
        sections.append(Section("", (voter.say(f"moderation.queue.{near}"),)))
    await pages.tell(desk, voter, sections, _on_group(desk, voter, group))
    return ""


def _on_group(desk: Desk, voter: Voter, group: Group) -> Rows:
    say, election = voter.say, desk.base.elections[group.election]
    if group.dismissed:
        return [[button(say, "restore", "restore", group.id)], [button(say, "to_queue", "hidden", 0)]]
    rows: Rows = []
    if group.entry:
        buttons = Keyboards(desk, told(desk, voter, group.election).browsing)
        rows.append([buttons.button_to(group.entry)])
        if "/" in group.entry or election.has("facts", group.entry):
            rows.append(
                [button(say, "correct", "correct", group.id), button(say, "remove", "remove", group.id)]
            )
    else:
        for target in () if understood(group) else meant(group, desk):
            entry = told(desk, voter, group.election).subject(target)
            short = desk.targets.short(target, group.election)
            rows.append([button(say, "means", "means", group.id, short, entry=entry)])
        rows.append([button(say, "other", "means", group.id)])
        rows.append([button(say, "position", "position", group.id), button(say, "fact", "fact", group.id)])
    last = [button(say, "dismiss", "dismiss", group.id)]
    last += [] if group.entry else [button(say, "mute", "mute", group.id)]
    return [*rows, last, [button(say, "to_queue", "queue", 0)]]


def understood(group: Group) -> bool:
    """Whether it is known what is asked, so that no words are missing but an answer is."""
    return set(group.reasons) == {"no_position"}


def meant(group: Group, desk: Desk) -> list[str]:
    """The entries that new words can be added to, nearest first: topics, facts, and statements that are there."""
    election = desk.base.elections[group.election]
    found = []
    for target in group.closest:
        candidate, slash, topic = target.partition("/")
        if slash and topic not in election.candidates[candidate].positions:
            target = topic
        if target not in election.candidates and target not in found:
            found.append(target)
    return found[:NEAREST]


async def dismiss(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Take a row off the queue for good, or put it back."""
    group = await bench.group(desk, order.first)
    moderator = await bench.moderator(voter, desk)
    back = order.verb == "restore"
    if group is None or moderator is None or group.dismissed != back:
        return voter.say("moderation.impossible.old")
    questions = group.dismissals if back else tuple(each.question for each in group.questions)
    if group.entry and not back:
        questions = (Unanswered(group.election, "", group.entry, "rated"),)
    try:
        await bench.proposals.dismiss(questions, moderator, back)
    except Impossible as impossible:
        return told(desk, voter, group.election).impossible(impossible)[0]
    await show_queue(desk, bench, voter)
    return voter.say(f"moderation.queue.{'restored' if back else 'dismissed'}")


async def begin(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Begin an edit with which a row is answered."""
    group = await bench.group(desk, order.first)
    if group is None:
        return voter.say("moderation.impossible.old")
    draft = draft_for(desk, group, order)
    if draft is None:
        return voter.say("moderation.impossible.old")
    await drafts.begin(desk, bench, voter, draft)
    return ""


KINDS = {
    "means": "phrasing",
    "position": "position",
    "fact": "fact",
    "mute": "muting",
    "correct": "correction",
    "remove": "removal",
}


def draft_for(desk: Desk, group: Group, order: Order) -> Draft | None:
    """The form that a button begins, with all that the row tells already; None if what it was about is gone."""
    kind = KINDS[order.verb]
    election = desk.base.elections[group.election]
    if bool(group.entry) != (kind in ("correction", "removal")):
        return None
    questions = tuple(each.question for each in group.questions)
    values = {f"offered.{code}": words for code, words in offered(questions, desk.assistant).items()}
    if order.verb == "means" and order.second:
        target = desk.targets.long(order.second, group.election)
        if target not in meant(group, desk):
            return None
        values["target"] = target
        telling = {code: values.get(f"offered.{code}", "") for code in election.languages}
        values |= {f"phrasing.{code}": words for code, words in telling.items() if words}
    elif order.verb == "position":
        named = next((t for t in group.closest if t.partition("/")[0] in election.candidates), "")
        candidate, _, topic = named.partition("/")
        values |= {"candidate": candidate} if candidate else {}
        values |= {"topic": topic} if topic and understood(group) else {}
    elif group.entry:
        if not possible(group.entry, kind, election):
            return None
        values["target"] = group.entry
    return Draft(kind, group.election, values, questions)
