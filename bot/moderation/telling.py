"""What of a question is worth keeping as a way of asking: the words that tell, spelt right, without anybody's name."""

from __future__ import annotations

from collections.abc import Iterable

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.knowledge.checks.asking import PHRASING_WORDS
from bot.state.records import Unanswered


def telling_words(question: Unanswered, assistant: Assistant) -> str:
    """From the first word that means something to the last, at most eight; nothing if none does.

    A word stays as it was typed, unless what it was put right to sounds the same: it may be one that nobody knew.
    """
    utterance = Utterance(question.text, question.election, language=question.language)
    query = assistant.understand(utterance, Memory())
    typed = {c.read: c.written for c in query.corrections if c.distance}
    kept = [word for word in query.words if not word.taken and word.written.strip("…")]
    telling = [place for place, word in enumerate(kept) if word.meaning]
    if not telling:
        return ""
    span = kept[telling[0] : telling[-1] + 1]
    if len(span) > PHRASING_WORDS:
        span = [word for word in span if word.meaning][:PHRASING_WORDS]
    return " ".join(typed.get(word.written, word.written) for word in span)


def offered(questions: Iterable[Unanswered], assistant: Assistant) -> dict[str, str]:
    """By language, the telling words of the first question in it that has any."""
    found: dict[str, str] = {}
    for question in questions:
        if question.language not in found and (words := telling_words(question, assistant)):
            found[question.language] = words
    return found
