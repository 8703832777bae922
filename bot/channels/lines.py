"""Questions and answers as JSON lines: what test banks, benchmarks and other programs use.

A line that cannot be answered is refused with one sentence and its number; the others are still answered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import IO, Any

from bot.channels.opening import Refused
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply, plain
from bot.knowledge.model import Election

LINE_BYTES = 1_048_576
TEXT = 4096
CONTEXT = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """One line's question, after what was said before it."""

    id: str | int | None
    text: str
    context: tuple[str, ...]
    language: str | None


def bounded(text: str) -> str:
    """A text no longer than a Telegram message can be."""
    if len(text) > TEXT:
        raise Refused("too_long", length=len(text), limit=TEXT)
    return text


def numbered(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines of a stream that are not blank, numbered; of one that is too big only the beginning."""
    number = 0
    while line := stream.readline(LINE_BYTES + 1):
        number += 1
        rest = line
        while len(rest) > LINE_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(LINE_BYTES + 1)
        if line.strip():
            yield number, line


def asked(line: bytes, languages: list[str]) -> Asked:
    """What a line asks."""
    entry = _object(line)
    identifier, text = entry.get("id"), entry.get("text")
    context, language = entry.get("context") or [], entry.get("language")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int | None):
        raise Refused("line_id")
    if not isinstance(text, str):
        raise Refused("line_text")
    if (
        not isinstance(context, list)
        or len(context) > CONTEXT
        or not all(isinstance(c, str) for c in context)
    ):
        raise Refused("line_context", limit=CONTEXT)
    if language is not None and language not in languages:
        raise Refused("line_language", languages=", ".join(languages))
    return Asked(identifier, bounded(text), tuple(bounded(c) for c in context), language)


def answer(question: Asked, assistant: Assistant, election: Election, now: datetime) -> dict[str, Any]:
    """The line to print for a question; the time is that of the last reply alone, without its context."""
    memory = Memory()
    conversation = "" if question.id is None else str(question.id)
    for text in (*question.context, question.text):
        utterance = Utterance(text, election.id, language=question.language, conversation=conversation)
        started = perf_counter()
        reply, memory = assistant.respond(utterance, memory, now)
        taken = perf_counter() - started
    return {"id": question.id, **shown(reply), "milliseconds": round(1000 * taken, 3)}


def shown(reply: Reply) -> dict[str, Any]:
    """A reply by the ids it shows, and as plain text without its choices, which stand beside it."""
    return {
        "outcome": reply.name,
        "language": reply.language,
        "candidates": list(reply.candidates),
        "topics": list(reply.topics),
        "claims": [claim for claim in reply.claims if claim not in reply.others],
        "others": list(reply.others),
        "facts": list(reply.facts),
        "sources": reply.sources,
        "suggestions": [{"text": s.text, "target": s.target} for s in reply.suggestions],
        "reply": plain(reply, choices=False),
        "score": reply.score,
    }


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > LINE_BYTES:
        raise Refused("line_size", limit=LINE_BYTES)
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("line_encoding") from None
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("line_json") from None
    if not isinstance(entry, dict):
        raise Refused("line_object")
    return entry
