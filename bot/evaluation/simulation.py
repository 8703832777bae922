"""Conversations as voters have them, made from the base itself: the same questions for every candidate, by lot."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import CandidateCard, Comparison, NoPosition, Position
from bot.dialogue.reply import Line, Reply
from bot.evaluation.voters import known, voters
from bot.knowledge.model import Election
from bot.language.catalogue import language
from bot.language.text import fold
from bot.matching.name_forms import common

KEY_BITS = 128
"""How long the key of a conversation is, as those of chats are."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question, the candidates whom it names and the topic it is on."""

    kind: str
    text: str
    named: tuple[str, ...] = ()
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation: its key, its language and its questions."""

    key: str
    code: str
    turns: tuple[Turn, ...]


class Voice:
    """Asks about an election's candidates and topics in the words of its voters."""

    def __init__(self, election: Election) -> None:
        self.election = election
        self.codes = known(election.languages)
        self.people = sorted(election.candidates)
        self.topics = sorted(election.all("topics"))
        self.spoken_on = [t for t in self.topics if any(election.claims(c, t) for c in self.people)]
        self._surnames = {c: surname(candidate.name) for c, candidate in election.candidates.items()}

    def called(self, candidate: str, whole: bool) -> str:
        """A candidate's whole name, or the surname if it is nobody else's."""
        own = self._surnames[candidate]
        shared = list(self._surnames.values()).count(own) > 1
        return self.election.candidates[candidate].name if whole or shared else own

    def surely(self, candidate: str, whole: bool) -> str:
        """The same, but never a surname that may as well be no name."""
        return self.called(candidate, whole or self.is_word(candidate))

    def is_word(self, candidate: str) -> bool:
        """Whether a surname is also an ordinary word, so that it may well be asked back about."""
        return common(fold(self._surnames[candidate]), [language(code) for code in self.election.languages])

    def is_shared(self, alias: str) -> bool:
        """Whether the base gives several candidates the same name."""
        several = (fold(a) for c in self.election.candidates.values() for a in {c.name, *c.aliases})
        return list(several).count(fold(alias)) > 1

    def named(self, topic: str, code: str) -> str:
        """A topic's name as one types it."""
        name = self.election.topic(topic).name
        text = name.get(code) or next(iter(name.values()))
        return text[:1].lower() + text[1:]

    def worded(self, topic: str, code: str, chance: random.Random) -> str:
        """A topic's name, or one of the ways to speak of it."""
        said = self.election.topic(topic).phrasings.get(code, [])
        return (
            chance.choice((self.named(topic, code), chance.choice(said))) if said else self.named(topic, code)
        )


def surname(name: str) -> str:
    """What follows the first name; a name of one word is the whole of it."""
    return name.partition(" ")[2] or name


def talks(voice: Voice, count: int, seed: int) -> Iterator[Talk]:
    """Conversations, as many for every candidate; those of one lot differ only in whom they are about."""
    people = voice.people
    if not people:
        return
    for number in range(-(-count // len(people)) * len(people)):
        lot, seat = divmod(number, len(people))
        chance = random.Random(f"{seed}|{lot}")
        other = people[(seat + chance.randrange(1, max(2, len(people)))) % len(people)]
        key = f"{random.Random(f'{seed}|{number}|key').getrandbits(KEY_BITS):032x}"
        code = chance.choice(voice.codes)
        yield Talk(key, code, tuple(_turns(voice, code, chance, people[seat], other)))


def _turns(voice: Voice, code: str, chance: random.Random, one: str, other: str) -> Iterator[Turn]:
    frames = voters(code).frames
    whole = bool(chance.randrange(2))
    values = {"name": voice.surely(one, whole), "other": voice.surely(other, whole)}

    def turn(kind: str, named: tuple[str, ...], topics: Sequence[str]) -> Turn:
        topic = chance.choice(topics) if topics else None
        words = voice.worded(topic, code, chance) if topic else ""
        return Turn(kind, chance.choice(frames[kind]).format(**values, topic=words), named, topic)

    if voice.spoken_on:
        yield turn("everyone", (), voice.spoken_on)
    if voice.topics:
        yield turn("about", (one,), voice.topics)
        values["name"], values["other"] = values["other"], values["name"]
        yield turn("follow_up", (other,), ())
        if one != other:
            yield turn("both", (other, one), voice.spoken_on or voice.topics)


def held(assistant: Assistant, election: Election, talk: Talk, now: datetime) -> Iterator[tuple[Turn, Reply]]:
    """The questions of a conversation with their replies."""
    memory = Memory()
    for turn in talk.turns:
        utterance = Utterance(turn.text, election.id, language=talk.code, conversation=talk.key)
        reply, memory = assistant.respond(utterance, memory, now)
        yield turn, reply


def about(reply: Reply) -> tuple[str, ...]:
    """The candidates a reply is about because the question named them; nobody if it is about everyone."""
    match reply.outcome:
        case Position(candidate, _):
            return (candidate,)
        case Comparison(candidates, _) | CandidateCard(candidates) | NoPosition(candidates, _, _):
            return candidates
        case _:
            return ()


def names(reply: Reply, candidate: str) -> bool:
    """Whether a reply is about a candidate, or asks back whether it should be."""
    return candidate in about(reply) or any(
        suggestion.target.partition("/")[0] == candidate for suggestion in reply.suggestions
    )


def listed(reply: Reply, election: Election) -> list[str]:
    """The candidates of whom a reply says something, or that there is nothing, in the order in which they come."""
    called = {c: candidate.name for c, candidate in election.candidates.items()}
    if isinstance(reply.outcome, NoPosition):
        return sorted(about(reply), key=lambda c: reply.understood.find(called[c]))
    longest = sorted(called, key=lambda c: -len(called[c]))
    headings = [part.text for part in reply.parts if isinstance(part, Line) and part.heading]
    found = [next((c for c in longest if text.startswith(called[c])), None) for text in headings]
    return [candidate for candidate in found if candidate is not None]
