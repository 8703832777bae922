"""An edit on Telegram, one question after the other; it can be left, taken up again, and given up."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from telegram import InlineKeyboardButton as Button
from telegram import Message

from bot.channels.moderation import Moderation, Section
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.keyboards import Rows, cut, paged
from bot.channels.telegram.moderating import edits, leaving, pages
from bot.channels.telegram.moderating.bench import Bench, told
from bot.channels.telegram.moderating.taps import INSTEAD, Order, button, written
from bot.moderation import drafting, forms
from bot.moderation.answers import Fault, fill
from bot.moderation.beginning import settled
from bot.moderation.drafting import Draft
from bot.moderation.naming import take_name
from bot.state.records import Moderator

ASIDE = f"{forms.OFFERED}.aside"
"""Where the edit under way rests while its moderator chooses a name; what begins like this is no answer of theirs."""
NEAR = f"{forms.OFFERED}.near"
"""Where the entries nearest to the questions of an edit stand, so that they are looked for only once."""


async def begin(desk: Desk, bench: Bench, voter: Voter, draft: Draft, order: Order) -> None:
    """Begin an edit as a button asks; if another one is begun already, ask first whether to give that up."""
    before = _under_way(await bench.draft(voter, desk))
    if before is None or before.kind == "reversal" or order.instead:
        await go_on(desk, bench, voter, draft)
    elif _same(before, draft):
        await go_on(desk, bench, voter, before)
    else:
        await pause(desk, bench, voter)
        telling = told(desk, voter, before.election)
        text = voter.say("moderation.draft.begun_other", kind=telling.kind(before.kind))
        instead = button(voter.say, "instead", INSTEAD, order.verb, *order.given)
        await pages.say(desk, voter, text, rows=[[button(voter.say, "go_on", "resume")], [instead]])


def _same(before: Draft, draft: Draft) -> bool:
    """Whether an edit that is begun is the one under way."""
    about = set(before.questions) & set(draft.questions) or not (before.questions or draft.questions)
    told = {(key, draft.values[key]) for key in forms.answered(draft)}
    kinds = (before.kind, before.election) == (draft.kind, draft.election)
    return kinds and bool(about) and told <= before.values.items()


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


async def go_on(
    desk: Desk, bench: Bench, voter: Voter, draft: Draft, fault: Fault | None = None, page: int = 0
) -> None:
    """Ask the next question, after what was wrong with the last answer; or show what the edit would do."""
    election = desk.base.elections[draft.election]
    draft = replace(settled(draft, election), paused=False)
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
    sections = [Section("", (telling.fault(fault),))] if fault is not None else []
    sections.append(Section("", tuple(telling.question(draft, field).split("\n"))))
    rows = _meant(desk, telling, draft, field, fault)
    if field.offered:
        text = telling.choice(field, field.offered) if field.choices else field.offered
        rows.append([button(voter.say, "use", "use", forms.token(field.key), text=text)])
    rows += _listed(telling, draft, field, page)
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


# --- the buttons under a question; each names the question, and is of no use under any other -------------


def _listed(telling: Moderation, draft: Draft, field: forms.Field, page: int) -> Rows:
    """What can be chosen, the nearest first, in pages."""
    closest = draft.values.get(NEAR, "").split()
    choices = telling.choices(field, closest, None, draft)
    rows: Rows = [[_choice(field, *each)] for each in choices if each[0] != field.offered]
    at = forms.token(field.key)
    return paged(rows, page, telling.say, lambda number: written("turn", at, number))


def _meant(desk: Desk, telling: Moderation, draft: Draft, field: forms.Field, fault: Fault | None) -> Rows:
    """What a moderator may have meant who wrote something else."""
    near = str(fault.values.get("near", "")) if fault is not None else ""
    values: list[str] = []
    for each in near.split(", ") if near else ():
        with suppress(Fault):
            values.append(_filled(desk, draft, each).values[field.key])
    labels = {value: telling.choice(field, value) for value in values}
    return [
        [_choice(field, value, telling.say("moderation.button.use", text=words))]
        for value, words in labels.items()
    ]


def _choice(field: forms.Field, value: str, words: str) -> Button:
    data = written("choose", forms.token(field.key), forms.token(value))
    return Button(cut(words), callback_data=data)


def _ways_out(voter: Voter, draft: Draft, field: forms.Field) -> Rows:
    say, at = voter.say, forms.token(field.key)
    first = [button(say, "skip", "skip", at)] if field.optional else []
    first += [button(say, "back", "back", at)] if forms.answered(draft) else []
    return [*([first] if first else []), leaving.way_out(voter, draft)]


# --- answers ---------------------------------------------------------------------------------------------


async def heard(desk: Desk, bench: Bench, voter: Voter, message: Message) -> bool:
    """Take what a moderator wrote as the answer to what they were asked; False if they were asked nothing."""
    draft = await bench.draft(voter, desk)
    if draft is None or draft.paused:
        return False
    if forms.next_field(draft, desk.base.elections[draft.election]) is None:
        rows = [[*leaving.change(voter, draft), *leaving.way_out(voter, draft)]]
        await pages.say(desk, voter, voter.say("moderation.draft.shown"), rows=rows)
    elif not message.text:
        await pages.say(desk, voter, voter.say("moderation.draft.in_words"))
    else:
        await _fill(desk, bench, voter, draft, message.text)
    return True


def _filled(desk: Desk, draft: Draft, text: str) -> Draft:
    return fill(draft, desk.base.elections[draft.election], text, desk.today())


async def _fill(desk: Desk, bench: Bench, voter: Voter, draft: Draft, text: str) -> None:
    try:
        filled = _filled(desk, draft, text)
    except Fault as fault:
        await go_on(desk, bench, voter, draft, fault)
        return
    await go_on(desk, bench, voter, filled)


async def left(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Go on with an edit, leave it for later, or give it up."""
    draft = await bench.draft(voter, desk)
    if draft is None:
        return voter.say("moderation.draft.none")
    if order.first and order.first != draft.id:
        return voter.say("moderation.impossible.old")
    match order.verb:
        case "resume":
            await go_on(desk, bench, voter, draft)
        case "pause":
            bench.keep(voter, desk, replace(draft, paused=True))
            await pages.say(desk, voter, voter.say("moderation.draft.paused"))
        case _:
            _end(desk, bench, voter, draft)
            rows = [[button(voter.say, "to_queue", "queue", 0)]]
            await pages.say(desk, voter, voter.say("moderation.draft.cancelled"), rows=rows)
    return ""


async def tapped(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Do what a button under a question says, if that is still what is being asked."""
    draft = await bench.draft(voter, desk)
    if draft is None:
        return voter.say("moderation.draft.none")
    election = desk.base.elections[draft.election]
    field = forms.next_field(draft, election)
    under = field.key if field is not None else next(reversed(forms.answered(draft)), "")
    if forms.token(under) != order.first or (field is None) != (order.verb == "change"):
        return voter.say("moderation.impossible.old")
    match order.verb:
        case "back" | "change":
            await go_on(desk, bench, voter, forms.back(draft))
        case "skip" if field is not None and field.optional:
            await go_on(desk, bench, voter, forms.skip(draft, election))
        case "use" if field is not None and field.offered:
            await _fill(desk, bench, voter, draft, field.offered)
        case "turn":
            page = int(order.second) if order.second.isdecimal() else 0
            await go_on(desk, bench, voter, draft, page=page)
        case "choose" if field is not None:
            return await _choose(desk, bench, voter, draft, order, field)
        case _:
            return voter.say("moderation.impossible.old")
    return ""


async def _choose(
    desk: Desk, bench: Bench, voter: Voter, draft: Draft, order: Order, field: forms.Field
) -> str:
    choices = told(desk, voter, draft.election).choices(field, (), None, draft)
    chosen = next((value for value, _ in choices if forms.token(value) == order.second), None)
    if chosen is None:
        return voter.say("moderation.impossible.old")
    await go_on(desk, bench, voter, draft.with_value(field.key, chosen))
    return ""


async def pause(desk: Desk, bench: Bench, voter: Voter) -> bool:
    """Keep what was begun for later, as something else comes first; whether there was an edit in the middle."""
    draft = await bench.draft(voter, desk)
    if draft is None or draft.paused:
        return False
    bench.keep(voter, desk, replace(draft, paused=True))
    return draft.kind != "naming"


async def _named(desk: Desk, bench: Bench, voter: Voter, draft: Draft) -> None:
    chosen = draft.values["public_name"]
    try:
        await take_name(bench.kept, Moderator(voter.person, chosen), desk.today())
    except Fault as fault:
        await go_on(desk, bench, voter, draft.without("public_name"), fault)
        return
    _end(desk, bench, voter, draft)
    rows = [[button(voter.say, "to_queue", "queue", 0)]]
    await pages.say(desk, voter, voter.say("moderation.draft.named", name=chosen), rows=rows)
