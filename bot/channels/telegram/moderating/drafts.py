"""An edit on Telegram, one question after the other; it can be left, taken up again, and given up."""

from __future__ import annotations

from dataclasses import replace

from telegram import InlineKeyboardButton as Button
from telegram import Message

from bot.channels.moderation import Section
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.keyboards import Rows, cut
from bot.channels.telegram.moderating import edits, pages
from bot.channels.telegram.moderating.bench import Bench, told
from bot.channels.telegram.moderating.taps import Order, button, written
from bot.moderation import forms
from bot.moderation.answers import Fault, fill
from bot.moderation.drafting import Draft
from bot.state.records import Moderator


async def begin(desk: Desk, bench: Bench, voter: Voter, draft: Draft) -> None:
    """Begin an edit, and say so if another one is given up for it."""
    before = await bench.draft(voter, desk)
    if before is not None and before.kind != "naming" and draft.kind != "naming":
        kind = told(desk, voter, before.election).kind(before.kind)
        await pages.say(desk, voter, voter.say("moderation.draft.begun_other", kind=kind))
    await go_on(desk, bench, voter, draft)


async def name(desk: Desk, bench: Bench, voter: Voter) -> None:
    """Ask for the name under which a moderator's edits are recorded."""
    await begin(desk, bench, voter, Draft("naming", next(iter(desk.base.elections))))


async def go_on(desk: Desk, bench: Bench, voter: Voter, draft: Draft, *fault: str) -> None:
    """Ask the next question, after what was wrong with the last answer; or show what the edit would do."""
    election = desk.base.elections[draft.election]
    draft = replace(_settled(draft, desk), paused=False)
    bench.keep(voter, desk, draft)
    field = forms.next_field(draft, election)
    if field is None:
        if draft.kind == "naming":
            await _named(desk, bench, voter, draft)
        else:
            await edits.show(desk, bench, voter, draft)
        return
    telling = told(desk, voter, draft.election)
    sections = [Section("", fault)] if fault else []
    sections.append(Section("", tuple(telling.question(draft, field).split("\n"))))
    choices = telling.choices(field, await _closest(desk, bench, draft))
    rows: Rows = [
        [Button(cut(words), callback_data=written("choose", forms.token(value)))] for value, words in choices
    ]
    if field.offered:
        rows.insert(0, [button(voter.say, "use", "use", text=field.offered)])
    await pages.tell(desk, voter, sections, [*rows, *_ways_out(voter, draft, field)])


def _ways_out(voter: Voter, draft: Draft, field: forms.Field) -> Rows:
    say = voter.say
    first = [button(say, "skip", "skip")] if field.optional else []
    first += [button(say, "back", "back")] if forms.answered(draft) else []
    return [*([first] if first else []), [button(say, "pause", "pause"), button(say, "cancel", "cancel")]]


async def _closest(desk: Desk, bench: Bench, draft: Draft) -> tuple[str, ...]:
    """The entries nearest to the questions that an edit is to answer."""
    for group in await bench.groups(desk) if draft.questions else ():
        if any(each.question in draft.questions for each in group.questions):
            return group.closest
    return ()


def _settled(draft: Draft, desk: Desk) -> Draft:
    """With what needs no asking: which statement, where there is only one."""
    election = desk.base.elections[draft.election]
    field = forms.next_field(draft, election)
    if field is not None and field.name == "statement" and len(field.choices) == 1:
        return draft.with_value(field.key, field.choices[0])
    return draft


async def heard(desk: Desk, bench: Bench, voter: Voter, message: Message) -> bool:
    """Take what a moderator wrote as the answer to what they were asked; False if they were asked nothing."""
    draft = await bench.draft(voter, desk)
    if draft is None or draft.paused or forms.next_field(draft, desk.base.elections[draft.election]) is None:
        return False
    await _fill(desk, bench, voter, draft, message.text or message.caption or "")
    return True


async def _fill(desk: Desk, bench: Bench, voter: Voter, draft: Draft, text: str) -> None:
    election = desk.base.elections[draft.election]
    try:
        filled = fill(draft, election, text)
    except Fault as fault:
        await go_on(desk, bench, voter, draft, told(desk, voter, draft.election).fault(fault))
        return
    await go_on(desk, bench, voter, filled)


async def tapped(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Do what a button under a question says."""
    draft = await bench.draft(voter, desk)
    if draft is None:
        return voter.say("moderation.draft.none")
    election = desk.base.elections[draft.election]
    field = forms.next_field(draft, election)
    match order.verb:
        case "resume":
            await go_on(desk, bench, voter, draft)
        case "pause":
            bench.keep(voter, desk, replace(draft, paused=True))
            await pages.say(desk, voter, voter.say("moderation.draft.paused"))
        case "cancel":
            bench.drop(voter)
            rows = [[button(voter.say, "to_queue", "queue", 0)]]
            await pages.say(desk, voter, voter.say("moderation.draft.cancelled"), rows=rows)
        case "back" | "change":
            await go_on(desk, bench, voter, forms.back(draft))
        case "skip" if field is not None and field.optional:
            await go_on(desk, bench, voter, forms.skip(draft, election))
        case "use" if field is not None and field.offered:
            await _fill(desk, bench, voter, draft, field.offered)
        case "choose" if field is not None:
            chosen = next((c for c in field.choices if forms.token(c) == order.first), None)
            if chosen is None:
                return voter.say("moderation.impossible.old")
            await go_on(desk, bench, voter, draft.with_value(field.key, chosen))
        case _:
            return voter.say("moderation.impossible.old")
    return ""


async def pause(desk: Desk, bench: Bench, voter: Voter) -> None:
    """A command came instead of an answer: what was begun is kept for later."""
    draft = await bench.draft(voter, desk)
    if draft is not None and not draft.paused:
        bench.keep(voter, desk, replace(draft, paused=True))


async def _named(desk: Desk, bench: Bench, voter: Voter, draft: Draft) -> None:
    chosen = draft.values["public_name"]
    bench.drop(voter)
    bench.kept.name_moderator(Moderator(voter.person, chosen), desk.today())
    rows = [[button(voter.say, "to_queue", "queue", 0)]]
    await pages.say(desk, voter, voter.say("moderation.draft.named", name=chosen), rows=rows)
