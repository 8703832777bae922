"""What is noted of a question that had no answer: its words, without whatever could tell who asked."""

from __future__ import annotations

from bot.channels.telegram.desk import Desk, Voter
from bot.dialogue.anonymous import anonymous
from bot.dialogue.assistant import Utterance
from bot.dialogue.outcomes import NoPosition, Outcome, Unknown
from bot.dialogue.reply import Reply
from bot.matching.muting import muted
from bot.state.state import Unanswered

NOTED = ("not_understood", "topic")


def note_unanswered(desk: Desk, voter: Voter, reply: Reply, utterance: Utterance) -> None:
    """Note a question that was not understood, or on which nothing is on record; nothing of who asked it."""
    reason = _reason(reply.outcome)
    if reason and utterance.choice is None:
        note(desk, voter, utterance, reply.language, reason)


def note(desk: Desk, voter: Voter, utterance: Utterance, language: str, reason: str) -> None:
    """Note a question for the moderators, for a reason they can act on."""
    scope = desk.assistant.scopes.scope(utterance.election)
    text = anonymous(utterance.text, scope, language, lambda word: desk.familiar.also(word, voter.person))
    if text and not any(muted(words, scope.election) for words in (utterance.text, text)):
        desk.state.unanswered(Unanswered(utterance.election, language, text, reason), desk.today())


def _reason(outcome: Outcome) -> str:
    match outcome:
        case Unknown(reason) if reason in NOTED:
            return "unknown"
        case NoPosition():
            return "no_position"
        case _:
            return ""
