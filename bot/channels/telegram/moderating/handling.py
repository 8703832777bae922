"""Which command and which button of the moderators' leads where."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from telegram import Message

from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.moderating import drafts, edits, logbook, pages, queueing
from bot.channels.telegram.moderating.bench import Bench, told
from bot.channels.telegram.moderating.taps import Order
from bot.moderation.beginning import KINDS

Tapped = Callable[[Desk, Bench, Voter, Order], Awaitable[str]]


async def command(desk: Desk, voter: Voter, name: str, argument: str) -> None:
    """Do what a moderator's command says; first of all they choose the name that their edits go by."""
    bench = _bench(desk, voter)
    if bench is None:
        await pages.say(desk, voter, voter.say("moderation.impossible.no_folder"))
        return
    if await drafts.pause(desk, bench, voter) and name != "queue":
        await pages.say(desk, voter, voter.say("moderation.draft.kept"))
    if name == "name" or await bench.moderator(voter, desk) is None:
        await drafts.name(desk, bench, voter)
    elif name == "queue":
        await queueing.show_queue(desk, bench, voter)
    elif argument:
        does = logbook.revert if name == "revert" else logbook.show_step
        if sentence := await does(desk, bench, voter, Order(name, (argument,))):
            await pages.say(desk, voter, sentence)
    else:
        await logbook.show_log(desk, bench, voter)


async def tapped(desk: Desk, voter: Voter, order: Order) -> str:
    """Do what a moderator's button says; what appears for a moment over the chat."""
    bench = _bench(desk, voter)
    if bench is None or order.verb not in TAPS:
        return voter.say("moderation.impossible.old")
    if order.verb not in WITHOUT_NAME and await bench.moderator(voter, desk) is None:
        await drafts.name(desk, bench, voter)
        return ""
    return await TAPS[order.verb](desk, bench, voter, order)


async def waiting(desk: Desk, voter: Voter) -> list[str]:
    """The rows of the queue, each in a line; none where the base has no folder."""
    bench = _bench(desk, voter)
    groups = await bench.groups(desk) if bench is not None else []
    return [told(desk, voter, g.election).row(g, desk.several) for g in groups if not g.dismissed]


async def heard(desk: Desk, voter: Voter, message: Message) -> bool:
    """Whether what a moderator wrote was the answer to a question of a form, and not a question of theirs."""
    bench = _bench(desk, voter)
    return bench is not None and await drafts.heard(desk, bench, voter, message)


async def pause(desk: Desk, voter: Voter) -> None:
    """Keep for later what a moderator was in the middle of, as they do something else, and say so."""
    bench = _bench(desk, voter)
    if bench is not None and await drafts.pause(desk, bench, voter):
        await pages.say(desk, voter, voter.say("moderation.draft.kept"))


def _bench(desk: Desk, voter: Voter) -> Bench | None:
    """What moderators work with; None where the base has no folder."""
    if desk.folder is None:
        return None
    desk.folder.languages[voter.person] = voter.say.code
    return desk.folder.bench


async def _queue(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    await queueing.show_queue(desk, bench, voter, order.number, dismissed=order.verb == "hidden")
    return ""


async def _log(desk: Desk, bench: Bench, voter: Voter, order: Order) -> str:
    await logbook.show_log(desk, bench, voter, order.number or None)
    return ""


TAPS: dict[str, Tapped] = {
    **dict.fromkeys(("queue", "hidden"), _queue),
    "group": queueing.show_group,
    **dict.fromkeys(KINDS, queueing.begin),
    **dict.fromkeys(("dismiss", "restore"), queueing.dismiss),
    **dict.fromkeys(("resume", "pause", "cancel"), drafts.left),
    **dict.fromkeys(("back", "change", "skip", "use", "choose", "turn"), drafts.tapped),
    "apply": edits.apply,
    "waiting": edits.waiting,
    "view": edits.view,
    "approve": edits.approve,
    "reject": edits.reject,
    "log": _log,
    "step": logbook.show_step,
    "revert": logbook.revert,
}
WITHOUT_NAME = ("resume", "pause", "cancel", "back", "choose")
