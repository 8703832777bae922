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
from bot.moderation import drafting, forms
from bot.moderation.answers import Fault, fill
from bot.moderation.drafting import Draft
from bot.moderation.naming import take_name
from bot.state.records import Moderator

ASIDE = f"{forms.OFFERED}.aside"
"""Where the edit under way rests while its moderator chooses a name; what begins like this is no answer of theirs."""


async def begin(desk: Desk, bench: Bench, voter: Voter, draft: Draft) -> None:
    """Begin an edit, and say so if another one is given up for it."""
    before = _under_way(await bench.draft(voter, desk))
    if before is not None and before.election in desk.base.elections:
        kind = told(desk, voter, before.election).kind(before.kind)
        await pages.say(desk, voter, voter.say("moderation.draft.begun_other", kind=kind))
    await go_on(desk, bench, voter, draft)


async def name(desk: Desk, bench: Bench, voter: Voter) -> None:
    """Ask for the name under which a moderator's edits are recorded."""
    before = _under_way(await bench.draft(voter, desk))
    aside = {ASIDE: replace(before, paused=True).written()} if before is not None else {}
    await go_on(desk, bench, voter, Draft("naming", next(iter(desk.base.elections)), aside))


def _under_way(draft: Draft | None) -> Draft | None:
    """The edit that a moderator has begun, also while they choose a name."""
    if draft is None or draft.kind != "naming":
        return draft
    return drafting.read(draft.values.get(ASIDE, ""))


def _end(desk: Desk, bench: Bench, voter: Voter, draft: Draft) -> None:
    """Done with it, or given up; what rests aside is to be gone on with."""
    aside = _under_way(draft)
    if draft.kind == "naming" and aside is not None:
        bench.keep(voter, desk, aside)
    else:
        bench.drop(voter)


async def go_on(desk: Desk, bench: Bench, voter: Voter, draft: Draft, *fault: str) -> None:
    """Ask the next question, after what was wrong with the last answer; or show what the edit would do."""
    election = desk.base.elections[draft.election]
    draft = replace(_settled(draft, desk), paused=False)
    if not await _kept(desk, bench, voter, draft):
        await pages.say(desk, voter, voter.say("moderation.impossible.no_state"))
        return
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


async def _kept(desk: Desk, bench: Bench, voter: Voter, draft: Draft) -> bool:
    """Whether a draft is on disk; one that will only be later is paused: what is written meanwhile is no answer."""
    if desk.state.degraded:
        return False
    bench.keep(voter, desk, draft)
    if await desk.state.saved():
        return True
    bench.keep(voter, desk, replace(draft, paused=True))
    return False


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
            _end(desk, bench, voter, draft)
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
    try:
        await take_name(bench.kept, Moderator(voter.person, chosen), desk.today())
    except Fault as fault:
        telling = told(desk, voter, draft.election)
        await go_on(desk, bench, voter, draft.without("public_name"), telling.fault(fault))
        return
    _end(desk, bench, voter, draft)
    rows = [[button(voter.say, "to_queue", "queue", 0)]]
    await pages.say(desk, voter, voter.say("moderation.draft.named", name=chosen), rows=rows)
