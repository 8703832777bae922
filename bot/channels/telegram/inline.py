"""Answers to share in any other chat: one result for everyone together, and one for each candidate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.channels.telegram.answering import about_line, choose_by_town
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import shortened
from bot.channels.telegram.keyboards import Keyboards, only, shown_targets
from bot.channels.telegram.sending import NO_PREVIEW
from bot.channels.telegram.targets import digest
from bot.dialogue.assistant import Utterance
from bot.dialogue.composing import Setting, in_order
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import CandidateCard, Comparison, FactAnswer, NoPosition, Position
from bot.dialogue.reply import Reply
from bot.dialogue.wording import wording

RESULTS = 50
LINE = 100
CACHED = 60


async def inline(desk: Desk, voter: Voter, update: Update) -> None:
    """Offer what can be shared on what is being typed; where there is nothing, the way to the private chat."""
    query = update.inline_query
    assert query is not None
    results: list[InlineQueryResultArticle] = []
    label, start = "inline_election", "inline"
    voter = choose_by_town(desk, voter, query.query, keep=False)
    if voter.election is not None:
        label = "inline_nothing"
        if query.query.strip() and await desk.typing.admits(voter.person):
            found = {result.id: result for result in _results(desk, voter, query.query)}
            results = list(found.values())[:RESULTS]
        elif query.query.strip():
            desk.counts.limited.add("inline")
    button = (
        None if results else InlineQueryResultsButton(voter.say(f"telegram.{label}"), start_parameter=start)
    )
    try:
        await query.answer(results, cache_time=CACHED, is_personal=True, button=button)
    except BadRequest:
        return  # typed on meanwhile: Telegram no longer wants this answer


def _results(desk: Desk, voter: Voter, text: str) -> Iterator[InlineQueryResultArticle]:
    reply = _asked(desk, voter, text)
    match reply.outcome:
        case Comparison(candidates, topics):
            yield _result(desk, voter, reply)
            yield from _each(desk, voter, reply, candidates, topics[0])
        case NoPosition(candidates, topics, None) if topics:
            if candidates:
                yield _result(desk, voter, reply)
            yield _result(desk, voter, _chosen(desk, voter, topics[0], reply.language))
        case Position(_, topics):
            yield _result(desk, voter, reply)
            yield _result(desk, voter, _chosen(desk, voter, topics[0], reply.language))
        case CandidateCard() | FactAnswer():
            yield _result(desk, voter, reply)
        case _:
            return


def _each(
    desk: Desk, voter: Voter, reply: Reply, candidates: tuple[str, ...], topic: str
) -> Iterator[InlineQueryResultArticle]:
    """A result for each candidate, those without a statement included, in the order of the comparison."""
    assert voter.election is not None
    setting = Setting(voter.election, reply.language, desk.now(), voter.conversation)
    for candidate in in_order(voter.election, candidates or tuple(voter.election.candidates), setting):
        yield _result(desk, voter, _chosen(desk, voter, f"{candidate}/{topic}", reply.language))


def _asked(
    desk: Desk, voter: Voter, text: str, choice: str | None = None, language: str | None = None
) -> Reply:
    """The reply to what was typed, in a conversation of its own."""
    assert voter.election is not None
    utterance = Utterance(
        text,
        voter.election.id,
        choice=choice,
        language=language or voter.preferences.language,
        client_language=voter.client_language,
        conversation=voter.conversation,
    )
    return desk.assistant.respond(utterance, Memory(), desk.now())[0]


def _chosen(desk: Desk, voter: Voter, target: str, language: str) -> Reply:
    return _asked(desk, voter, "", target, language)


def _result(desk: Desk, voter: Voter, reply: Reply) -> InlineQueryResultArticle:
    """One answer as a result: its title, its first line, and the message that is sent if it is chosen."""
    browsing = replace(voter.browsing, say=wording(reply.language))
    say, outcome = browsing.say, reply.outcome
    backing = browsing.backing(outcome.candidate) if isinstance(outcome, Position) else ""
    text = shortened(reply, say("telegram.shortened"), about_line(desk, browsing, reply))
    said = reply.statements[0].text if reply.statements else say("telegram.inline_none")
    targets = shown_targets(reply)
    return InlineQueryResultArticle(
        id=digest(" ".join([reply.name, *targets])),
        title=reply.understood,
        description=_line(
            backing, said if not isinstance(outcome, Comparison) else say("telegram.inline_all")
        ),
        input_message_content=InputTextMessageContent(
            text, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW
        ),
        reply_markup=Keyboards(desk, browsing).to_private(only(targets)),
    )


def _line(backing: str, said: str) -> str:
    line = f"{backing} – {said}" if backing else said
    return line if len(line) <= LINE else line[: LINE - 1].rstrip() + "…"
