"""What can be looked through without asking: candidates, topics and sources, in the words of one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bot.channels.opening import spoken
from bot.dialogue.composing import Setting, in_order
from bot.dialogue.reply import Suggestion
from bot.dialogue.wording import Wording, wording
from bot.knowledge.model import Election
from bot.language.text import fold


@dataclass(frozen=True, slots=True)
class Browsing:
    """One election as a voter looks through it."""

    election: Election
    say: Wording

    def candidates(self, setting: Setting) -> list[Suggestion]:
        """Everyone, with their backing, in the election's order."""
        order = in_order(self.election, tuple(self.election.candidates), setting)
        return [Suggestion(self.headline(c), c) for c in order]

    def topics(self) -> list[str]:
        """Every topic, a subtopic after the one it is a part of, by name."""
        topics = self.election.all("topics")
        return sorted(topics, key=lambda t: [fold(name) for name in self.path(t)])

    def sources(self) -> list[tuple[str, str]]:
        """Every source as a voter reads it, with its address or nothing, sorted."""
        sources = self.election.all("sources").values()
        return sorted((self.say.source(source), source.url or "") for source in sources)

    def corrections(self) -> list[str]:
        """What was corrected of candidates' statements and of facts, with what it says now, latest first."""
        found = [
            (claim, f"{candidate.id}/{topic}")
            for candidate in self.election.candidates.values()
            for topic, claims in candidate.positions.items()
            for claim in claims
        ]
        found += [(claim, fact.id) for fact in self.election.all("facts").values() for claim in fact.answer]
        corrected = [(c.corrected.date, target, c, c.corrected) for c, target in found if c.corrected]
        return [
            self.say(
                "telegram.corrected",
                date=self.say.date(day),
                subject=self.subject(target),
                was=self.text(correction.was),
                now=self.text(claim.claim),
                why=self.text(correction.why),
            )
            for day, target, claim, correction in sorted(corrected, key=lambda each: each[:2], reverse=True)
        ]

    def headline(self, candidate: str) -> str:
        """A candidate's name with the parties behind it."""
        backing = self.backing(candidate)
        name = self.election.candidates[candidate].name
        return f"{name} ({backing})" if backing else name

    def backing(self, candidate: str) -> str:
        return ", ".join(self.text(b) for b in self.election.candidates[candidate].backing)

    def path(self, topic: str) -> list[str]:
        """The names of a topic and of those it is a part of, widest first."""
        return [self.text(self.election.topic(t).name) for t in reversed(list(self.election.lineage(topic)))]

    def speakers(self, topic: str) -> int:
        """How many candidates have a statement on a topic."""
        return sum(bool(self.election.claims(c, topic)) for c in self.election.candidates)

    def topic_named(self, subject: str) -> str | None:
        """The topic with exactly this name or id."""
        for topic, held in self.election.all("topics").items():
            if fold(subject) in {topic, *(fold(name) for name in held.name.values())}:
                return topic
        return None

    def example(self) -> str:
        """A subject that someone has a statement on, to show how to ask."""
        held = (t for t in self.election.description.starters if self.election.has("topics", t))
        topic = next(held, next(iter(self.election.all("topics")), ""))
        return self.text(self.election.topic(topic).name).lower() if topic else "…"

    def subject(self, target: str) -> str:
        """What an id stands for, in a few words; nothing for an id the base does not hold."""
        candidate, _, topic = target.partition("/")
        if topic and candidate in self.election.candidates and self.election.has("topics", topic):
            return (
                f"{self.election.candidates[candidate].name} · {self.text(self.election.topic(topic).name)}"
            )
        if target in self.election.candidates:
            return self.election.candidates[target].name
        if self.election.has("topics", target):
            return self.text(self.election.topic(target).name)
        return self.text(self.election.fact(target).name) if self.election.has("facts", target) else ""

    def text(self, texts: dict[str, str]) -> str:
        return texts.get(self.say.code) or next(iter(texts.values()))


def served(languages: Sequence[str]) -> list[str]:
    """Those of an election's languages in which the bot has a wording."""
    return [code for code in languages if code in spoken()]


def first_spoken(wanted: Sequence[str | None], languages: Sequence[str]) -> Wording:
    """The wording of the first language wanted that is served, or else of the first served."""
    possible = served(languages)
    return wording(next((code for code in wanted if code in possible), possible[0]))


def language_named(name: str, languages: Sequence[str]) -> str | None:
    """The code of a language that is served, by its code or its name in any wording."""
    for code in languages:
        if fold(name) in {code, *(fold(wording(other).language_name(code)) for other in spoken())}:
            return code
    return None


@cache
def names_of(section: str, suffix: str = "") -> dict[str, str]:
    """Each name in a section of the wordings, in any language, without accents, with what it stands for."""
    names: dict[str, str] = {}
    for code in spoken():
        say = wording(code)
        found = sorted(k for k in say.keys() if k.startswith(f"{section}.") and k.endswith(suffix))  # noqa: SIM118
        names |= {
            fold(n): k.removeprefix(f"{section}.").removesuffix(suffix) for k in found for n in say(k).split()
        }
    return names
