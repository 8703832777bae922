"""Telling those who asked for it that there is now an answer: once, never in the silence before a vote."""

from __future__ import annotations

from dataclasses import replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channels.browsing import Browsing, first_spoken
from bot.channels.telegram import keyboards
from bot.channels.telegram.answering import show
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import escaped
from bot.channels.telegram.sending import send
from bot.channels.telegram.targets import Tap, is_target
from bot.dialogue.assistant import Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import NoPosition, Unknown
from bot.dialogue.phases import Phase, moment
from bot.dialogue.reply import Reply
from bot.state import keeping
from bot.state.state import Request

AT_MOST = 20
QUIET = (Phase.SILENCE, Phase.VOTING)


async def request(desk: Desk, voter: Voter, target: str) -> str:
    """Keep what a voter wants to be told about; the sentence that says so, or why not."""
    if voter.group:
        return voter.say("telegram.notify_private")
    assert voter.election is not None
    held = await desk.state.requests(voter.chat_id)
    wanted = Request(voter.chat_id, voter.election.id, target, voter.say.code)
    if len(held) >= AT_MOST and not any(_same(wanted, other) for other in held):
        return voter.say("telegram.notify_full", count=len(held))
    desk.state.request(wanted, desk.today())
    subject = voter.browsing.subject(target)
    return voter.say("telegram.notify_done", subject=subject, days=keeping.NOTIFICATIONS.days)


async def withdraw(desk: Desk, voter: Voter, election: str, target: str) -> str:
    """Forget what a voter no longer wants to be told about; what it was, in words."""
    for held in await desk.state.requests(voter.chat_id):
        if (held.election, held.target) == (election, target):
            desk.state.withdraw(held)
    await desk.state.saved()
    return voter.browsing.subject(target)


async def keyboard(desk: Desk, voter: Voter) -> InlineKeyboardMarkup | None:
    """A button to remove each thing a voter wants to be told about; None if there is nothing."""
    rows = []
    for held in await desk.state.requests(voter.chat_id):
        election = desk.base.elections.get(held.election)
        if election is None or not is_target(held.target, election):
            continue
        subject = Browsing(election, voter.say).subject(held.target)
        label = keyboards.cut(voter.say("telegram.button.remove", subject=subject))
        data = desk.targets.data(Tap("r", held.election, (held.target,)))
        rows.append([InlineKeyboardButton(label, callback_data=data)])
    return InlineKeyboardMarkup(rows) if rows else None


def listed(voter: Voter, any_held: bool) -> str:
    """The sentence over what somebody is waiting for."""
    days = keeping.NOTIFICATIONS.days
    return voter.say("telegram.notify_list", days=days) if any_held else voter.say("telegram.notify_none")


async def tell(desk: Desk) -> int:
    """Send what people are waiting for and can now be answered, and forget each request; how many were told."""
    told = 0
    known: dict[tuple[str, str], bool] = {}
    for held in await desk.state.requests():
        about = (held.election, held.target)
        if about not in known:
            known[about] = _is_answered(desk, *about)
        if known[about]:
            told += await _tell(desk, held)
    return told


def _is_answered(desk: Desk, election_id: str, target: str) -> bool:
    """Whether the base has something to tell on what somebody waits for, on a day on which it may be told."""
    election = desk.base.elections.get(election_id)
    if election is None or not is_target(target, election):
        return False
    quiet = moment(election.description, desk.now()).phase in QUIET
    return not quiet and _answer(desk, election_id, target) is not None


def _answer(desk: Desk, election_id: str, target: str, language: str | None = None) -> Reply | None:
    utterance = Utterance("", election_id, choice=target, language=language)
    reply, _ = desk.assistant.respond(utterance, Memory(), desk.now())
    return None if isinstance(reply.outcome, NoPosition | Unknown) else reply


async def _tell(desk: Desk, held: Request) -> bool:
    """Tell one of them, who is then forgotten; whoever has left is forgotten too."""
    election = desk.base.elections[held.election]
    reply = _answer(desk, held.election, held.target, held.language)
    assert reply is not None
    voter = replace(await desk.voter(held.chat_id, held.chat_id, held.language), election=election)
    shown = show(desk, voter, reply)
    if not await desk.state.claim(held):
        return (
            False  # another replica tells them; or nobody knows that it was told, and better late than twice
        )
    say = first_spoken((held.language,), election.languages)
    try:
        await send(desk.bot, held.chat_id, [escaped(say("telegram.notified")), *shown.texts], shown.keyboard)
    except (Forbidden, BadRequest):
        return False
    except (
        BaseException
    ) as error:  # Telegram is away, or the bot is being stopped: as if it had not been tried
        desk.state.request(held, held.asked_on or desk.today())
        if isinstance(error, TelegramError):
            return False
        raise
    return True


def _same(one: Request, other: Request) -> bool:
    return (one.election, one.target) == (other.election, other.target)
