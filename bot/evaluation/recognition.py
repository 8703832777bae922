"""Whether a name is recognised however it is typed: the same questions and the same slips for every candidate."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import cycle

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply
from bot.evaluation.simulation import Voice, about, names, surname
from bot.evaluation.slips import careless, one_typo, respelt, typos_everywhere, without_accents
from bot.evaluation.voters import voters

Noise = Callable[[str, str, random.Random], str]

NOISES: Mapping[str, Noise] = {
    "accents": lambda text, _, __: without_accents(text),
    "sms": respelt,
    "slip": one_typo,
    "slips": typos_everywhere,
    "careless": careless,
}
REFUSED = ("unknown", "decline", "help")


@dataclass(slots=True)
class Heard:
    """Of how many questions that name each candidate how many were understood, and in what way the others failed."""

    asked: Counter[str] = field(default_factory=Counter)
    recognised: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    """Those whose reply is about the candidate; one that asks back counts only where the name leaves a doubt."""
    asked_back: Counter[str] = field(default_factory=Counter)
    misread: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, candidate: str, reply: Reply, may_ask: bool = False) -> None:
        self.asked[candidate] += 1
        self.recognised[candidate] += names(reply, candidate)
        self.answered[candidate] += candidate in about(reply) or (may_ask and names(reply, candidate))
        self.asked_back[candidate] += reply.name == "clarification" and names(reply, candidate)
        self.misread[candidate] += bool(about(reply)) and candidate not in about(reply)
        self.refused[candidate] += reply.name in REFUSED

    def include(self, other: Heard) -> None:
        """Count what was heard elsewhere too."""
        for mine, theirs in zip(self._counters(), other._counters(), strict=True):
            mine.update(theirs)

    def _counters(self) -> tuple[Counter[str], ...]:
        return self.asked, self.recognised, self.answered, self.asked_back, self.misread, self.refused

    def share(self, counted: Counter[str]) -> dict[str, float]:
        """The share of each candidate's questions that were counted."""
        return {c: counted[c] / asked for c, asked in sorted(self.asked.items())}


class Hearing:
    """Asks an assistant about each candidate in turn."""

    def __init__(self, assistant: Assistant, voice: Voice, now: datetime, seed: int) -> None:
        self.assistant = assistant
        self.voice = voice
        self.now = now
        self.seed = seed

    def clean(self) -> Heard:
        """Each name, surname that is nobody else's and alias in each language; the names in each way to ask."""
        heard = Heard()
        for candidate in self.voice.people:
            for code in self.voice.codes if self.voice.topics else ():
                frames = voters(code).frames["about"]
                for number, (name, frame) in enumerate(self._asked_for(candidate, frames)):
                    topic = self.voice.topics[number % len(self.voice.topics)]
                    text = frame.format(name=name, topic=self.voice.named(topic, code))
                    heard.add(candidate, self.ask(text, code), self._may_be_asked_back(candidate, name))
        return heard

    def _may_be_asked_back(self, candidate: str, name: str) -> bool:
        """Whether a name alone does not tell who is meant: a surname that is an ordinary word, an alias of several."""
        known = self.voice.election.candidates[candidate]
        return (name != known.name and name == surname(known.name) and self.voice.is_word(candidate)) or (
            self.voice.is_shared(name)
        )

    def misspelt(self, noise: str, draws: int) -> Heard:
        """Each candidate in so many questions, drawn and misspelt by the same lots for all of them."""
        heard = Heard()
        for draw in range(draws if self.voice.topics else 0):
            chance = random.Random(f"{self.seed}|{noise}|{draw}")
            code = chance.choice(self.voice.codes)
            frame = chance.choice(voters(code).frames["about"])
            topic = self.voice.named(chance.choice(self.voice.topics), code)
            whole = bool(chance.randrange(2))
            for candidate in self.voice.people:
                text = frame.format(name=self.voice.called(candidate, whole), topic=topic)
                slip = random.Random(f"{self.seed}|{noise}|{draw}|slip")
                heard.add(candidate, self.ask(NOISES[noise](text, code, slip), code))
        return heard

    def _asked_for(self, candidate: str, frames: Sequence[str]) -> Iterator[tuple[str, str]]:
        """What a candidate is called, in a way to ask: names in every one, aliases in one after the other."""
        known = self.voice.election.candidates[candidate]
        for name in dict.fromkeys((known.name, self.voice.called(candidate, False))):
            yield from ((name, frame) for frame in frames)
        yield from zip(known.aliases, cycle(frames), strict=False)

    def ask(self, text: str, code: str) -> Reply:
        """The reply to a question by somebody of whom nothing is known."""
        return self.assistant.respond(self._utterance(text, code), Memory(), self.now)[0]

    def asked(self, text: str, code: str, wanted: tuple[str, str]) -> tuple[Reply, bool]:
        """The reply, and whether it asked back first; if so, it is the one to the choice of who and what is wanted."""
        utterance = self._utterance(text, code)
        reply, memory = self.assistant.respond(utterance, Memory(), self.now)
        asked_back = reply.name == "clarification"
        choice = "/".join(wanted)
        if asked_back and choice in [s.target for s in reply.suggestions]:
            reply, _ = self.assistant.respond(replace(utterance, choice=choice), memory, self.now)
        return reply, asked_back

    def _utterance(self, text: str, code: str) -> Utterance:
        return Utterance(text, self.voice.election.id, client_language=code)
