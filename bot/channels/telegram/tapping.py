"""What a tapped button does; its data comes from a client and may be old, or made up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest, NetworkError, RetryAfter

from bot.channels.browsing import served
from bot.channels.opening import spoken
from bot.channels.telegram import notifying
from bot.channels.telegram.answering import Question, admitted, answer, choose
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import escaped, link, messages, paragraph
from bot.channels.telegram.keyboards import VERDICTS, Keyboards
from bot.channels.telegram.limits import HOUR
from bot.channels.telegram.menus import Menu, candidates_menu, elections_menu, parts_menu, topics_menu
from bot.channels.telegram.moderating import gate
from bot.channels.telegram.sending import edit, passing, send, show_buttons
from bot.channels.telegram.targets import Tap
from bot.channels.telegram.unanswered import note
from bot.dialogue.memory import KEPT
from bot.dialogue.wording import wording
from bot.knowledge.model import Source

RATED = KEPT.total_seconds()
"""How long it is remembered what somebody rated."""

Toast = str
"""What appears for a moment over the chat; empty for nothing."""


async def tapped(desk: Desk, voter: Voter, update: Update) -> None:
    """Do what a button says, and let it go; one whose answer could not be sent comes again."""
    query = update.callback_query
    assert query is not None
    tap = desk.targets.read(query.data or "")
    toast = voter.say("telegram.old_button")
    try:
        moderated = await gate.tapped(desk, voter, query.data or "")
        if moderated is not None:
            toast = moderated
        if tap is not None and isinstance(query.message, Message) and tap.action in ACTIONS:
            toast = ""
            if await admitted(desk, voter):
                voter = _in_election(desk, voter, tap)
                does = ACTIONS[tap.action]
                toast = await does(desk, voter, tap, query.message)
    except Exception as error:
        if not passing(error):
            await _let_go(query, "")
        raise
    await _let_go(query, toast)


def _in_election(desk: Desk, voter: Voter, tap: Tap) -> Voter:
    """The voter, looking at the election of a button; it may not be the one they have chosen since."""
    if not tap.election or (voter.election is not None and voter.election.id == tap.election):
        return voter
    return replace(voter, election=desk.base.elections[tap.election])


async def _let_go(query: CallbackQuery, toast: Toast) -> None:
    try:
        await query.answer(toast[:200] or None)
    except (NetworkError, RetryAfter):
        return  # too late, or made up, or not heard: what was to be done is done


# --- one for each action ---------------------------------------------------------------------------------


async def _open(desk: Desk, voter: Voter, tap: Tap, message: Message) -> Toast:
    """Answer with the entry that was tapped."""
    if not tap.target:
        return voter.say("telegram.old_button")
    words = voter.browsing.subject(tap.target)
    await answer(desk, voter, Question(words, tap.target, voter.say.code, message.message_id))
    return ""


async def _sources(desk: Desk, voter: Voter, tap: Tap, message: Message) -> Toast:
    """Tell all that is known of the sources behind an answer."""
    if not tap.target:
        return voter.say("telegram.old_button")
    assert voter.election is not None
    say = voter.say
    sources = dict.fromkeys(source for target in tap.targets for source in _sources_of(voter, target))
    found = [
        paragraph(
            link(say.source(source), source.url),
            *(f"<i>{escaped(line)}</i>" for line in _about(source, voter)),
        )
        for source in map(voter.election.source, sources)
    ]
    texts = messages([paragraph(f"<b>{escaped(say('telegram.source_of'))}</b>"), *found])
    await send(desk.bot, voter.chat_id, texts)
    return ""


def _sources_of(voter: Voter, target: str) -> list[str]:
    """The ids of the sources of what was shown for an entry."""
    assert voter.election is not None
    election = voter.election
    candidate, slash, topic = target.partition("/")
    if election.has("facts", target):
        ids = [claim.source for claim in election.fact(target).answer]
    elif target in election.candidates:
        held = election.candidates[target]
        ids = [*held.sources, *(claim.source for claims in held.positions.values() for claim in claims)]
    else:
        asked = [candidate] if slash else list(election.candidates)
        ids = [claim.source for c in asked for _, claim in election.claims(c, topic if slash else target)]
    return ids


def _about(source: Source, voter: Voter) -> list[str]:
    say = voter.say
    lines = (
        [say("telegram.source_authors", authors=say.series(list(source.authors)))] if source.authors else []
    )
    if source.retrieved is not None:
        lines.append(say("telegram.source_retrieved", date=say.date(source.retrieved)))
    if source.url is None:
        lines.append(say("telegram.source_no_link"))
    return [*lines, voter.browsing.text(source.note)] if source.note else lines


async def _not_what(desk: Desk, voter: Voter, tap: Tap, message: Message) -> Toast:
    """Offer the other readings of a question; without any, ask for other words."""
    if not tap.targets:
        await _note_missed(desk, voter)
        await send(desk.bot, voter.chat_id, [escaped(voter.say("telegram.not_what_nothing"))])
        return ""
    buttons = Keyboards(desk, voter.browsing).not_what(tap.targets)
    await send(desk.bot, voter.chat_id, [escaped(voter.say("telegram.not_what"))], buttons)
    return ""


async def _none_of_these(desk: Desk, voter: Voter, tap: Tap, message: Message) -> Toast:
    """Ask for other words."""
    await _note_missed(desk, voter)
    await send(desk.bot, voter.chat_id, [escaped(voter.say("none_chosen"))])
    return ""


async def _note_missed(desk: Desk, voter: Voter) -> None:
    """Note for the moderators, once, that a question was answered with something else."""
    asked = desk.asked.get(voter.conversation)
    if asked is not None and await desk.limits.due(asked.utterance.text, voter.conversation, HOUR):
        desk.limits.said(asked.utterance.text, voter.conversation, HOUR, voter.person)
        note(desk, voter, asked.utterance, asked.language, "none_of_these")


async def _rate(desk: Desk, voter: Voter, tap: Tap, message: Message) -> Toast:
    """Count what somebody thinks of an answer, each thing once; never who."""
    if not tap.target or tap.word not in VERDICTS:
        return voter.say("telegram.old_button")
    rated = f"{tap.election} {tap.target} {tap.word}"
    if not await desk.limits.due(rated, voter.person, RATED):
        return voter.say("telegram.feedback_twice")
    desk.limits.said(rated, voter.person, RATED)
    desk.state.rate(tap.election, tap.target, tap.word, voter.say.code, desk.today())
    return voter.say("telegram.feedback_thanks")


async def _menu(desk: Desk, voter: Voter, tap: Tap, message: Message) -> Toast:
    """Turn a page of a menu, or look into a topic."""
    if tap.target:
        menu = parts_menu(desk, voter, tap.target)
    elif tap.word == "c":
        menu = candidates_menu(desk, voter, tap.number)
    else:
        menu = topics_menu(desk, voter, tap.number)
    await _turn(desk, voter, message, menu)
    return ""


async def _turn(desk: Desk, voter: Voter, message: Message, menu: Menu) -> None:
    """Show another page in place of a menu, unless it is the one on show."""
    if message.reply_markup != menu.keyboard:
        await edit(desk.bot, voter.chat_id, message.message_id, menu.text, menu.keyboard)


async def _language(desk: Desk, voter: Voter, tap: Tap, message: Message) -> Toast:
    """Answer in the language chosen from now on, or in that of each question."""
    languages = served(voter.election.languages) if voter.election else spoken()
    if tap.word != "auto" and tap.word not in languages:
        return voter.say("telegram.old_button")
    if not await may_settle(desk, voter):
        return voter.say("telegram.language_group")
    return await settle_language(desk, voter, None if tap.word == "auto" else tap.word)


async def settle_language(desk: Desk, voter: Voter, code: str | None) -> Toast:
    """Keep a chat's language and say so in it."""
    desk.state.prefer(voter.chat, replace(voter.preferences, language=code), desk.today())
    say = wording(code) if code else voter.say
    await send(desk.bot, voter.chat_id, [escaped(say(f"telegram.language_{'set' if code else 'follows'}"))])
    return ""


async def may_settle(desk: Desk, voter: Voter) -> bool:
    """Whether somebody may change the settings of a chat: in a group, only an administrator."""
    if not voter.group or voter.user_id == voter.chat_id:
        return True
    try:
        member = await desk.bot.get_chat_member(voter.chat_id, voter.user_id)
    except BadRequest:
        return False
    return member.status in ("administrator", "creator")


async def _election(desk: Desk, voter: Voter, tap: Tap, message: Message) -> Toast:
    """Answer about the election chosen from now on, or turn a page of them."""
    if not tap.election:
        await _turn(desk, voter, message, elections_menu(desk, voter, tap.number))
        return ""
    if not await may_settle(desk, voter):
        return voter.say("telegram.election_group")
    voter = choose(desk, voter, tap.election)
    await settle_election(desk, voter)
    waiting = desk.waiting.pop(voter.conversation, None)
    if waiting is not None:
        await answer(desk, voter, Question(waiting))
    return ""


async def settle_election(desk: Desk, voter: Voter) -> None:
    """Say which election is answered about from now on."""
    assert voter.election is not None
    name = voter.browsing.text(voter.election.description.name)
    buttons = Keyboards(desk, voter.browsing).starters()
    await send(desk.bot, voter.chat_id, [escaped(voter.say("telegram.election_set", election=name))], buttons)


async def _notify(desk: Desk, voter: Voter, tap: Tap, message: Message) -> Toast:
    """Keep a request to be told."""
    if not tap.target:
        return voter.say("telegram.old_button")
    await send(desk.bot, voter.chat_id, [escaped(await notifying.request(desk, voter, tap.target))])
    return ""


async def _withdraw(desk: Desk, voter: Voter, tap: Tap, message: Message) -> Toast:
    """Forget a request to be told."""
    if not tap.target or voter.group:
        return voter.say("telegram.old_button")
    subject = await notifying.withdraw(desk, voter, tap.election, tap.target)
    await show_buttons(message, await notifying.keyboard(desk, voter))
    return voter.say("telegram.notify_removed", subject=subject)


ACTIONS: dict[str, Callable[[Desk, Voter, Tap, Message], Awaitable[Toast]]] = {
    "a": _open,
    "s": _sources,
    "n": _not_what,
    "x": _none_of_these,
    "g": _rate,
    "m": _menu,
    "l": _language,
    "e": _election,
    "b": _notify,
    "r": _withdraw,
}
"""What the first letter of a button's data stands for."""
