"""Each command, under its name in every language; `/candidats` and `/candidates` are one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from telegram import InlineKeyboardMarkup, Message, Update

from bot.channels.browsing import language_named, names_of, served
from bot.channels.opening import spoken
from bot.channels.telegram import keyboards, notifying
from bot.channels.telegram.answering import Question, admitted, answer, choose, choose_by_town
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import escaped, link, messages, paragraph
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.menus import Menu, candidates_menu, elections_menu, topics_menu
from bot.channels.telegram.moderating import gate
from bot.channels.telegram.privacy import privacy
from bot.channels.telegram.sending import send
from bot.channels.telegram.tapping import may_settle, settle_election, settle_language
from bot.dialogue.assistant import Utterance
from bot.dialogue.explaining import Explanation
from bot.dialogue.memory import KEPT, Memory
from bot.language.text import fold

MODERATING = ("status", *gate.COMMANDS)
"""Only moderators see these, and only in private."""

FREE = ("start", "help", "privacy")
"""No questions: as often as one may type inline, so that nobody floods; a link behind /start may ask one."""

LISTED = 10
COUNTED = 10_000


def command_in(message: Message, username: str) -> tuple[str, str] | None:
    """The name and the rest of a command in a message; None if it is none, or another bot's."""
    text = message.text or ""
    if not text.startswith("/") or message.via_bot is not None or message.is_automatic_forward:
        return None
    first, *rest = text[1:].split(maxsplit=1) or [""]
    name, _, whose = first.partition("@")
    if whose and whose.casefold() != username.casefold():
        return None
    return name, rest[0].strip() if rest else ""


async def command(desk: Desk, voter: Voter, update: Update) -> None:
    """Do what a command says; in a group, a command that is not ours is left alone."""
    message = update.effective_message
    assert message is not None
    found = command_in(message, desk.bot.username)
    if found is None:
        return
    name, argument = found
    known = names_of("telegram.commands", ".name").get(fold(name))
    addressed = not voter.group or "@" in (message.text or "").split()[0]
    if (known is None and not addressed) or not await _let_in(desk, voter, known, argument):
        return
    if known is None or (known in MODERATING and not gate.admits(desk, voter)):
        await say(desk, voter, message, [escaped(voter.say("telegram.unknown_command"))])
        return
    if known in gate.COMMANDS:
        await gate.command(desk, voter, known, argument)
        return
    if known != "forget":
        await gate.pause(desk, voter)
    if voter.election is None and known in NEEDS_ELECTION:
        await menu(desk, voter, message, elections_menu(desk, voter))
        return
    await COMMANDS[known](desk, voter, message, argument)


async def _let_in(desk: Desk, voter: Voter, known: str | None, argument: str) -> bool:
    """Whether a command is obeyed now: erasing and moderating always, what costs no question far beyond the limit."""
    if known == "forget" or (known in MODERATING and gate.admits(desk, voter)):
        return True
    if known in FREE and not (known == "start" and argument):
        return await desk.typing.admits(voter.person)
    return await admitted(desk, voter)


async def say(
    desk: Desk,
    voter: Voter,
    message: Message,
    texts: list[str],
    keyboard: InlineKeyboardMarkup | None = None,
) -> None:
    """Answer a command; in a group, to the message it stood in."""
    await send(desk.bot, voter.chat_id, texts, keyboard, message.message_id if voter.group else None)


async def menu(desk: Desk, voter: Voter, message: Message, shown: Menu) -> None:
    await say(desk, voter, message, [shown.text], shown.keyboard)


# --- one for each command --------------------------------------------------------------------------------


async def _start(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """Greet, or open what a link names: an election, an entry of it, a question."""
    start = desk.targets.start(argument) if argument else None
    if (
        start is not None
        and start.election
        and start.election != (voter.election.id if voter.election else None)
    ):
        if await may_settle(desk, voter):
            voter = choose(desk, voter, start.election)
        else:
            voter = replace(voter, election=desk.base.elections[start.election])
    if start is not None and start.question:
        voter = choose_by_town(desk, voter, start.question)
        if voter.election is None:
            desk.waiting[voter.conversation] = start.question
    if voter.election is None:
        shown = elections_menu(desk, voter)
        await menu(desk, voter, message, Menu(escaped(voter.say("telegram.welcome_several")), shown.keyboard))
    elif start is not None and (start.target or start.question):
        words = start.question or voter.browsing.subject(start.target)
        asked = Question(
            words, start.target or None, None if start.question else voter.say.code, message.message_id
        )
        await answer(desk, voter, asked)
    else:
        name = voter.browsing.text(voter.election.description.name)
        key = "welcome_group" if voter.group else "welcome"
        text = voter.say(
            f"telegram.{key}", election=name, example=voter.browsing.example(), username=desk.bot.username
        )
        await say(desk, voter, message, [escaped(text)], Keyboards(desk, voter.browsing).starters())


async def _help(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """How to ask, and every command with what it does."""
    words = voter.say
    example = voter.browsing.example() if voter.election else "…"
    names = [name for name in listed(desk) if name not in MODERATING or gate.admits(desk, voter)]
    lines = [
        f"/{words(f'telegram.commands.{name}.name')} – {escaped(words(f'telegram.commands.{name}.description'))}"
        for name in names
    ]
    username = desk.bot.username
    texts = messages(
        [
            paragraph(escaped(words("telegram.help", example=example))),
            paragraph(*lines),
            paragraph(
                escaped(words("telegram.help_group", username=username)),
                escaped(words("telegram.help_inline", username=username)) if inline_mode(desk) else "",
            ),
        ]
    )
    await say(desk, voter, message, texts)


def inline_mode(desk: Desk) -> bool:
    """Whether @BotFather was told that the bot answers in other chats."""
    return bool(desk.bot.bot.supports_inline_queries)


def listed(desk: Desk) -> list[str]:
    """All commands that make sense here: no choosing among one election."""
    return [name for name in (*COMMANDS, *gate.COMMANDS) if desk.several or name != "election"]


async def _candidates(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    await menu(desk, voter, message, candidates_menu(desk, voter))


async def _topics(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    await menu(desk, voter, message, topics_menu(desk, voter))


async def _compare(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """Everybody on a subject: the one named, else the one just talked about, else one to choose."""
    assert voter.election is not None
    words = voter.say
    if not argument:
        if len(voter.memory.topics) != 1:
            await menu(desk, voter, message, topics_menu(desk, voter, title="compare_which"))
            return
        topic: str | None = voter.memory.topics[0]
    else:
        topic = voter.browsing.topic_named(argument)
    if topic is None:
        asked = words("suggestion.topic", topic=argument)
        utterance = Utterance(asked, voter.election.id, language=words.code, conversation=voter.conversation)
        reply, _ = desk.assistant.respond(utterance, Memory(), desk.now())
        if len(reply.topics) != 1:
            await answer(desk, voter, Question(argument, language=words.code, message=message.message_id))
            return
        topic = reply.topics[0]
    name = words("suggestion.topic", topic=voter.browsing.subject(topic))
    await answer(desk, voter, Question(name, topic, words.code, message.message_id))


async def _sources(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """Every source of the base, with its link."""
    listed = [
        paragraph(f"• {link(text, url or None)}", tight=n > 0)
        for n, (text, url) in enumerate(voter.browsing.sources())
    ]
    title = paragraph(f"<b>{escaped(voter.say('telegram.sources'))}</b>")
    await say(desk, voter, message, messages([title, *listed]))


async def _language(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """Choose the language of the answers."""
    languages = served(voter.election.languages) if voter.election else list(spoken())
    if not await may_settle(desk, voter):
        await say(desk, voter, message, [escaped(voter.say("telegram.language_group"))])
        return
    code = language_named(argument, languages) if argument else None
    if code or fold(argument) == "auto":
        await settle_language(desk, voter, code)
        return
    if argument:
        names = ", ".join(voter.say.language_name(each) for each in languages)
        text = voter.say("telegram.language_unknown", language=argument[:40], languages=names)
    else:
        text = voter.say("telegram.language_which")
    await say(desk, voter, message, [escaped(text)], keyboards.languages(languages, voter.say))


async def _election(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """Choose the election, by its town or from the list."""
    words = voter.say
    if not desk.several:
        name = voter.browsing.text(voter.browsing.election.description.name)
        await say(desk, voter, message, [escaped(words("telegram.election_only", election=name))])
        return
    if not await may_settle(desk, voter):
        await say(desk, voter, message, [escaped(words("telegram.election_group"))])
        return
    named = desk.towns.named(argument) if argument else ()
    if len(named) == 1:
        await settle_election(desk, choose(desk, voter, named[0]))
        return
    shown = elections_menu(desk, voter)
    text = (
        escaped(words("telegram.election_unknown", place=argument[:60]))
        if argument and not named
        else shown.text
    )
    rows = keyboards.named(desk, words, named)
    await menu(desk, voter, message, Menu(text, InlineKeyboardMarkup(rows) if rows else shown.keyboard))


async def _why(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """How the last question was understood, and why it was answered as it was."""
    words = voter.say
    asked = desk.asked.get(voter.conversation)
    if asked is None or asked.utterance.election not in desk.base.elections:
        minutes = int(KEPT.total_seconds() // 60)
        never = asked is None and voter.memory == Memory()
        text = words("telegram.why_never") if never else words("telegram.why_nothing", minutes=minutes)
        await say(desk, voter, message, [escaped(text)])
        return
    election = desk.base.elections[asked.utterance.election]
    explanation = Explanation(election, desk.assistant.thresholds, words)
    if asked.utterance.choice is not None:
        lines = explanation.chosen(asked.utterance.text, asked.outcome)
    else:
        query = desk.assistant.understand(asked.utterance, asked.before)
        lines = explanation.short(query, asked.outcome)
    if asked.understood:
        lines.insert(0, f"{words('why.understood')}{words('colon')}{asked.understood}")
    commit = f" ({desk.folder.commit})" if desk.folder and desk.folder.commit else ""
    version = f"{words('why.base')}{words('colon')}{desk.base.version}{commit}"
    title = paragraph(f"<b>{escaped(asked.utterance.text)}</b>")
    body = [paragraph(escaped(line), tight=n > 0) for n, line in enumerate([*lines, version])]
    await say(desk, voter, message, messages([title, *body]))


async def _feedback(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """Ask what was wrong with the last answer."""
    words, contact = voter.say, desk.settings.contact
    memory = voter.memory
    one = memory.candidates[0] if len(memory.candidates) == 1 else ""
    topic = memory.topics[0] if memory.topics else ""
    target = memory.fact or (f"{one}/{topic}" if one and topic else topic or one)
    write = [paragraph(escaped(words("telegram.feedback_write", contact=contact)))] if contact else []
    if not target or voter.election is None or not voter.browsing.subject(target):
        text = paragraph(escaped(words("telegram.feedback_nothing")))
        await say(desk, voter, message, messages([text, *write]))
        return
    about = words("telegram.feedback_about", answer=voter.browsing.subject(target))
    buttons = Keyboards(desk, voter.browsing).verdicts(target)
    await say(desk, voter, message, messages([paragraph(escaped(about)), *write]), buttons)


async def _notify(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """What somebody wants to be told about, to be removed one by one."""
    if voter.group:
        await say(desk, voter, message, [escaped(voter.say("telegram.notify_private"))])
        return
    buttons = await notifying.keyboard(desk, voter)
    await say(desk, voter, message, [escaped(notifying.listed(voter, buttons is not None))], buttons)


async def _corrections(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """What was corrected in the base, latest first, and how to have something corrected."""
    assert voter.election is not None
    words, contact = voter.say, desk.settings.contact
    how = (
        words("telegram.corrections_how", contact=contact)
        if contact
        else words("telegram.corrections_how_alone")
    )
    lines = [paragraph(escaped(line)) for line in voter.browsing.corrections()]
    checked = words.date(voter.election.description.checked)
    title = f"<b>{escaped(words('telegram.corrections'))}</b>" if lines else ""
    first = paragraph(title or escaped(words("telegram.corrections_none", date=checked)))
    await say(desk, voter, message, messages([first, *lines, paragraph(escaped(how))]))


async def _privacy(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    await say(desk, voter, message, privacy(desk, voter))


async def _forget(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """Erase at once everything kept under somebody's code."""
    words = voter.say
    moderated = desk.moderates(voter)
    erased = await desk.forget(voter)
    if voter.group and await may_settle(desk, voter):
        erased = await desk.forget_chat(voter) and erased
    sentences = [words(f"telegram.forgotten{'' if erased else '_not_yet'}")]
    sentences += [words("telegram.forgotten_moderator")] if moderated and erased else []
    await say(desk, voter, message, [escaped(" ".join(sentences))])


async def _status(desk: Desk, voter: Voter, message: Message, argument: str) -> None:
    """For moderators: the base, the state, and what was not answered."""
    words = voter.say
    asked = await _waiting(desk, voter)
    rated = await desk.state.feedback_counts()
    state = "degraded" if desk.state.degraded else "ok"
    election = voter.election or next(iter(desk.base.elections.values()))
    loaded = desk.loaded.astimezone(ZoneInfo(election.description.time_zone))
    text = words(
        "telegram.status",
        version=desk.base.version,
        loaded=f"{loaded:%Y-%m-%d %H:%M}",
        elections=len(desk.base.elections),
        state=words(f"telegram.status_{state}"),
        unanswered=len(asked),
        feedback=sum(each.count for each in rated),
    )
    mistakes = len(desk.folder.problems) if desk.folder is not None else 0
    refused = [words("telegram.status_refused", count=mistakes)] if mistakes else []
    lines = (paragraph(*map(escaped, each)) for each in ([text, *refused], asked[:LISTED]))
    await say(desk, voter, message, messages(lines))


async def _waiting(desk: Desk, voter: Voter) -> list[str]:
    """What waits for an answer and how often it was asked, as the queue has it where there is one."""
    if desk.folder is not None:
        return await gate.waiting(desk, voter)
    asked = await desk.state.unanswered_questions(COUNTED)
    return [
        voter.say("telegram.status_question", count=each.count, text=each.question.text) for each in asked
    ]


COMMANDS: dict[str, Callable[[Desk, Voter, Message, str], Awaitable[None]]] = {
    "start": _start,
    "help": _help,
    "candidates": _candidates,
    "topics": _topics,
    "compare": _compare,
    "sources": _sources,
    "language": _language,
    "election": _election,
    "why": _why,
    "feedback": _feedback,
    "notify": _notify,
    "corrections": _corrections,
    "privacy": _privacy,
    "forget": _forget,
    "status": _status,
}
"""Every command, in the order in which menus list them."""

NEEDS_ELECTION = {"candidates", "topics", "compare", "sources", "corrections"}
