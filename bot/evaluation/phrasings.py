"""Whether every phrasing a moderator wrote is answered with the entry it was written for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply
from bot.knowledge.checks.walking import Ways, ways
from bot.knowledge.document import Problem, short
from bot.knowledge.loading import Loaded

_IN_WORDS: Mapping[str, str] = {
    "unknown": "the bot answers that it does not know",
    "decline": "the bot declines to answer",
    "help": "the bot speaks of itself",
}
"""What is answered instead if that is no entry."""


def misled(
    assistant: Assistant, election_id: str, now: datetime, loaded: Loaded | None = None
) -> Iterator[Problem]:
    """A notice for each phrasing that, asked word for word, is answered with something else or not at all.

    With what was `loaded`, each notice knows its line; without, only its election.
    """
    for way in ways(loaded or Loaded(assistant.base, (), Path())):
        if way.election.id != election_id:
            continue
        for code, phrasings in way.phrasings.items():
            for index in range(len(phrasings)):
                problem = astray(assistant, way, code, index, now)
                if problem is not None:
                    yield problem


def astray(assistant: Assistant, way: Ways, code: str, index: int, now: datetime) -> Problem | None:
    """A notice if one phrasing, asked word for word, is answered with something else or not at all."""
    phrasing = way.phrasings[code][index]
    utterance = Utterance(phrasing, way.election.id, language=code)
    reply, _ = assistant.respond(utterance, Memory(), now)
    if _is_about(reply, way):
        return None
    message = f"{short(phrasing)} is written for '{way.entry[1]}', but {_instead(reply)}"
    return way.spot.at(code, index).notice(message)


def _is_about(reply: Reply, way: Ways) -> bool:
    """Whether a reply is about an entry, or about a topic above or below it, or offers it."""
    kind, entry = way.entry
    wanted = {entry}
    if kind == "topics":
        wanted = {*way.election.lineage(entry), *way.election.branch(entry)}
    given = {*reply.topics, *reply.facts}
    if reply.name == "clarification":
        given.update(suggestion.target.rpartition("/")[2] for suggestion in reply.suggestions)
    return bool(wanted & given)


def _instead(reply: Reply) -> str:
    about = ", ".join((*reply.candidates, *reply.topics, *reply.facts))
    if reply.name in _IN_WORDS:
        return _IN_WORDS[reply.name]
    return f"answered with {about or repr(reply.name)}"
