"""What moderators did, on Telegram: /log, and /revert to undo a step of it."""

from __future__ import annotations

from telegram import InlineKeyboardButton as Button

from bot.channels.moderation import Section
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.keyboards import Rows, cut
from bot.channels.telegram.moderating import drafts, pages
from bot.channels.telegram.moderating.bench import Bench, told
from bot.channels.telegram.moderating.taps import Order, button, written
from bot.moderation.drafting import Draft
from bot.state.records import Audited

PAGE = 8


async def show_log(desk: Desk, bench: Bench, voter: Voter, before: int | None = None) -> None:
    """The latest steps, or those before a step; those that changed something can be looked at."""
    say = voter.say
    steps = await bench.kept.audited(PAGE + 1, before)
    shown = steps[:PAGE]
    if not shown:
        await pages.say(desk, voter, say("moderation.log.empty"))
        return
    lines = tuple(_line(desk, voter, step) for step in shown)
    rows: Rows = [
        [Button(str(step.id), callback_data=written("step", step.id)) for step in shown if step.proposal]
    ]
    newest = shown[0].id if before is None else (await bench.kept.audited(1))[0].id
    turns = [button(say, "steps_later", "log", before + PAGE)] if before and shown[0].id < newest else []
    turns += [button(say, "steps_earlier", "log", shown[-1].id)] if len(steps) > PAGE else []
    rows = [row for row in [*rows, turns] if row]
    await pages.tell(desk, voter, [Section(say("moderation.log.title"), lines)], rows)


def _line(desk: Desk, voter: Voter, step: Audited) -> str:
    election = step.election if step.election in desk.base.elections else next(iter(desk.base.elections))
    return told(desk, voter, election).step(step)


async def show_step(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """One step with what it changed, and the way to undo it."""
    step = await bench.kept.audit_entry(order.number)
    if step is None or step.election not in desk.base.elections:
        return voter.say("moderation.log.gone", number=cut(order.first))
    rows: Rows = [[button(voter.say, "revert", "revert", step.id)]] if step.action == "applied" else []
    await pages.tell(desk, voter, told(desk, voter, step.election).step_in_full(step), rows)
    return ""


async def revert(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    """Show what undoing a step would do, and the button that does it."""
    step = await bench.kept.audit_entry(order.number)
    if step is None or step.election not in desk.base.elections:
        return voter.say("moderation.log.gone", number=cut(order.first))
    if step.action != "applied":
        return voter.say("moderation.impossible.nothing_to_revert")
    draft = Draft("reversal", step.election, {"entry": str(step.id)})
    await drafts.begin(desk, bench, voter, draft, Order("revert", (str(step.id),), order.instead))
    return ""
