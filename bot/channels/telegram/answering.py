"""From a question to its answer in the chat: a text, a choice that was tapped, or a question that was edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

from telegram import InlineKeyboardMarkup, Message, Update

from bot.channels.telegram import keyboards
from bot.channels.telegram.addressing import addressed
from bot.channels.telegram.desk import Asked, Desk, Voter
from bot.channels.telegram.formatting import escaped, messages, paragraphs, shortened
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.limits import MINUTE
from bot.channels.telegram.privacy import privacy
from bot.channels.telegram.sending import rewrite, send
from bot.channels.telegram.unanswered import note_unanswered
from bot.dialogue.assistant import Utterance
from bot.dialogue.outcomes import Help, Position, Unknown
from bot.dialogue.reply import Reply
from bot.dialogue.wording import wording
from bot.state.state import Answer


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a text, or a choice with its words; and the message to answer to, and to remember."""

    text: str
    choice: str | None = None
    language: str | None = None
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as it stands in a chat."""

    texts: list[str]
    keyboard: InlineKeyboardMarkup | None


async def question(desk: Desk, voter: Voter, update: Update) -> None:
    """Answer a text, if it is addressed to the bot."""
    message = update.effective_message
    text = addressed(message, voter, desk.bot) if message is not None else None
    if message is None or text is None or not await admitted(desk, voter):
        return
    chosen = choose_by_town(desk, voter, text)
    if chosen.election is None:
        await ask_election(desk, chosen)
        return
    await answer(desk, chosen, Question(text, message=message.message_id))


async def edited(desk: Desk, voter: Voter, update: Update) -> None:
    """Let the answer to an edited question follow it; an edit of something older is left alone."""
    message = update.effective_message
    text = addressed(message, voter, desk.bot) if message is not None else None
    if message is None or text is None or voter.election is None:
        return
    earlier = await desk.state.answer(voter.conversation, message.message_id, desk.now())
    if earlier is not None and await admitted(desk, voter):
        await answer(desk, voter, Question(text, message=message.message_id), earlier)


async def answer(desk: Desk, voter: Voter, question: Question, earlier: Answer | None = None) -> None:
    """Answer in the chat, in place of an earlier answer if there is one; what follows may lean on it."""
    assert voter.election is not None
    started = perf_counter()
    before = earlier.before if earlier is not None else voter.memory
    utterance = Utterance(
        question.text,
        voter.election.id,
        choice=question.choice,
        language=voter.preferences.language or question.language,
        client_language=voter.client_language,
        conversation=voter.conversation,
    )
    reply, memory = desk.assistant.respond(utterance, before, desk.now())
    voter = replace(voter, memory=memory)
    shown = show(desk, voter, reply, question.text)
    if earlier is not None:
        sent = await rewrite(desk.bot, voter.chat_id, earlier.sent, shown.texts, shown.keyboard)
    else:
        reply_to = question.message if voter.group else None
        sent = await send(desk.bot, voter.chat_id, shown.texts, shown.keyboard, reply_to)
    desk.state.remember(voter.conversation, voter.person, memory)
    if question.message is not None and question.choice is None:
        kept = Answer(sent, before)
        desk.state.answered(voter.conversation, voter.person, question.message, kept, desk.now())
    desk.asked[voter.conversation] = Asked(utterance, before, reply.outcome, reply.language)
    note_unanswered(desk, reply, utterance)
    taken = round(1000 * (perf_counter() - started), 1)
    desk.report("answered", level="debug", outcome=reply.name, language=reply.language, milliseconds=taken)


def show(desk: Desk, voter: Voter, reply: Reply, text: str = "") -> Shown:
    """An answer as messages with buttons: whole in private, short in a group."""
    assert voter.election is not None
    browsing = replace(voter.browsing, say=wording(reply.language))
    buttons = Keyboards(desk, browsing)
    outcome = reply.outcome
    if isinstance(outcome, Help) and outcome.subject == "privacy":
        return Shown(privacy(desk, voter), None)
    one = outcome.candidate if isinstance(outcome, Position) else ""
    backing = browsing.backing(one) if one else ""
    if voter.group:
        note = browsing.say("telegram.shortened")
        return Shown([shortened(reply, note, backing)], buttons.in_group(reply))
    keyboard = buttons.under(reply, voter)
    if isinstance(outcome, Unknown) and outcome.reason == "elsewhere":
        keyboard = keyboards.also(keyboard, keyboards.named(desk, browsing.say, desk.towns.named(text)))
    return Shown(messages(paragraphs(reply, backing)), keyboard)


async def admitted(desk: Desk, voter: Voter) -> bool:
    """Whether a voter may ask now; whoever asks too much is told so, once a minute."""
    if await desk.limits.admits(voter.person):
        return True
    if desk.limits.first("too_fast", voter.conversation, MINUTE):
        text = voter.say("telegram.too_fast", seconds=desk.limits.pause)
        await send(desk.bot, voter.chat_id, [escaped(text)])
    return False


def choose_by_town(desk: Desk, voter: Voter, text: str) -> Voter:
    """The voter, in the election whose town their first question names, where they have not chosen one yet."""
    if voter.election is not None:
        return voter
    named = desk.towns.named(text)
    return choose(desk, voter, named[0]) if len(named) == 1 else voter


def choose(desk: Desk, voter: Voter, election: str) -> Voter:
    """The voter, in an election from now on."""
    preferences = replace(voter.preferences, election=election)
    desk.state.prefer(voter.chat, preferences, desk.today())
    return replace(voter, preferences=preferences, election=desk.base.elections[election])


async def ask_election(desk: Desk, voter: Voter, message: Message | None = None) -> None:
    """Ask which election a question is about."""
    say = voter.say
    reply_to = message.message_id if message is not None and voter.group else None
    text = escaped(say("telegram.election_which"))
    await send(desk.bot, voter.chat_id, [text], keyboards.elections(desk, say, 0), reply_to)
