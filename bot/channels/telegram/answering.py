"""From a question to its answer in the chat: a text, a choice that was tapped, or a question that was edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

from telegram import InlineKeyboardMarkup, Message, Update

from bot.channels.browsing import Browsing
from bot.channels.telegram import keyboards
from bot.channels.telegram.addressing import addressed
from bot.channels.telegram.desk import Asked, Desk, Voter
from bot.channels.telegram.formatting import escaped, messages, paragraphs, shortened
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.limits import MINUTE
from bot.channels.telegram.moderating import gate
from bot.channels.telegram.privacy import privacy
from bot.channels.telegram.sending import rewrite, send
from bot.channels.telegram.unanswered import note_unanswered
from bot.dialogue.assistant import Utterance
from bot.dialogue.outcomes import Help, Position
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
    if message is None or text is None or await gate.heard(desk, voter, message):
        return
    if not await admitted(desk, voter):
        return
    voter = choose_by_town(desk, voter, text)
    if voter.election is None:
        await ask_election(desk, voter, text, message)
        return
    await answer(desk, voter, Question(text, message=message.message_id))


async def edited(desk: Desk, voter: Voter, update: Update) -> None:
    """Let the answer to an edited question follow it; an edit of something older is left alone."""
    message = update.effective_message
    text = addressed(message, voter, desk.bot) if message is not None else None
    if message is None or text is None or text.startswith("/"):
        return
    voter = choose_by_town(desk, voter, text)
    if voter.election is None:
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
    understood = perf_counter() - started
    voter = replace(voter, memory=memory)
    shown = show(desk, voter, reply)
    if earlier is not None:
        sent = await rewrite(desk.bot, voter.chat_id, earlier.sent, shown.texts, shown.keyboard)
    else:
        reply_to = question.message if voter.group else None
        sent = await send(desk.bot, voter.chat_id, shown.texts, shown.keyboard, reply_to)
    desk.state.remember(voter.conversation, voter.person, memory)
    if question.message is not None and question.choice is None:
        kept = Answer(sent, before)
        desk.state.answered(voter.conversation, voter.person, question.message, kept, desk.now())
    desk.asked[voter.conversation] = Asked(
        voter.person, utterance, before, reply.outcome, reply.understood, reply.language
    )
    note_unanswered(desk, voter, reply, utterance)
    desk.counts.answered(reply, understood)
    taken = round(1000 * (perf_counter() - started), 1)
    desk.report("answered", level="debug", outcome=reply.name, language=reply.language, milliseconds=taken)


def show(desk: Desk, voter: Voter, reply: Reply) -> Shown:
    """An answer as messages with buttons: whole in private, short in a group."""
    assert voter.election is not None
    browsing = replace(voter.browsing, say=wording(reply.language))
    buttons = Keyboards(desk, browsing)
    outcome = reply.outcome
    if isinstance(outcome, Help) and outcome.subject == "privacy":
        return Shown(privacy(desk, voter), None)
    about = about_line(desk, browsing, reply)
    if voter.group:
        note = browsing.say("telegram.shortened")
        return Shown([shortened(reply, note, about)], buttons.under(reply, voter))
    return Shown(messages(paragraphs(reply, about)), buttons.under(reply, voter))


def about_line(desk: Desk, browsing: Browsing, reply: Reply) -> str:
    """What stands below what was understood: the election where there are several, the backing of one candidate."""
    election = browsing.text(browsing.election.description.name) if desk.several else ""
    backing = browsing.backing(reply.outcome.candidate) if isinstance(reply.outcome, Position) else ""
    return " · ".join(part for part in (election, backing) if part)


async def admitted(desk: Desk, voter: Voter) -> bool:
    """Whether a voter may ask now; whoever asks too much is told so, once a minute."""
    if voter.update in desk.admitted or await desk.limits.admits(voter.person):
        desk.admitted[voter.update] = True  # what comes again was counted already
        return True
    desk.counts.limited.add("question")
    if await desk.limits.due("too_fast", voter.conversation, MINUTE):
        text = voter.say("telegram.too_fast", seconds=desk.limits.pause)
        await send(desk.bot, voter.chat_id, [escaped(text)])
        desk.limits.said("too_fast", voter.conversation, MINUTE, voter.person)
    return False


def choose_by_town(desk: Desk, voter: Voter, text: str, keep: bool = True) -> Voter:
    """The voter, in the election whose town their question names: what one town's candidates said is no answer to it
    in another. In a group, whose election an administrator chooses, and where it is not to be kept, only for this
    question.
    """
    if not desk.several:
        return voter
    named = desk.towns.surely_named(text) if voter.election is not None else desk.towns.named(text)
    if len(named) != 1 or (voter.election is not None and voter.election.id in named):
        return voter
    if voter.group or not keep:
        return replace(voter, election=desk.base.elections[named[0]])
    return choose(desk, voter, named[0])


def choose(desk: Desk, voter: Voter, election: str) -> Voter:
    """The voter, in an election from now on."""
    preferences = replace(voter.preferences, election=election)
    desk.state.prefer(voter.chat, preferences, desk.today())
    return replace(voter, preferences=preferences, election=desk.base.elections[election])


async def ask_election(desk: Desk, voter: Voter, text: str, message: Message) -> None:
    """Ask which election a question is about: one of those it may mean, or any; it is answered once that is known."""
    desk.waiting[voter.conversation] = text
    say = voter.say
    named = keyboards.named(desk, say, desk.towns.named(text))
    buttons = InlineKeyboardMarkup(named) if named else keyboards.elections(desk, say, 0)
    reply_to = message.message_id if voter.group else None
    await send(desk.bot, voter.chat_id, [escaped(say("telegram.election_which"))], buttons, reply_to)
