"""From an outcome to a reply: claims and quotes from the base, each with its source, and fixed sentences."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.dialogue.outcomes import (
    CandidateCard,
    Clarification,
    Comparison,
    Decline,
    FactAnswer,
    Help,
    NoPosition,
    Outcome,
    Position,
    Unknown,
)
from bot.dialogue.phases import moment
from bot.dialogue.reply import Line, Reply, Statement, Suggestion
from bot.dialogue.wording import wording
from bot.knowledge.model import Claim, Election, Fact, Order
from bot.language.text import fold

OFFERED = 3
CLARIFIED = 4
CORRECTED_DAYS = 30
"""For how long a corrected statement says so."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a reply depends on besides its outcome."""

    election: Election
    language: str
    now: datetime
    conversation: str = ""
    score: float = 0.0


def compose(outcome: Outcome, setting: Setting) -> Reply:
    """The reply to give for an outcome."""
    return _Composing(setting).reply(outcome)


def suggested(targets: Sequence[str], setting: Setting) -> tuple[Suggestion, ...]:
    """Choices in words; those that the base does not hold are left out."""
    return _Composing(setting).choices(targets)


def in_order(election: Election, candidates: Sequence[str], setting: Setting) -> list[str]:
    """Candidates in the election's order; `rotating` is drawn by lot for each conversation and day."""
    order = election.description.order
    alphabetical = sorted(candidates, key=lambda c: surname_key(election.candidates[c].name))
    if order is Order.ALPHABETICAL:
        return alphabetical
    if order is Order.BALLOT:
        places = {drawn: place for place, drawn in enumerate(election.description.ballot)}
        return sorted(alphabetical, key=lambda c: places.get(c, len(places)))
    everyone = sorted(election.candidates)
    random.Random(f"{setting.conversation}|{_today(setting)}").shuffle(everyone)
    asked = set(candidates)
    return [c for c in everyone if c in asked]


def starters(setting: Setting) -> tuple[str, ...]:
    """What an election offers first; which subjects, among all on record, is drawn for each conversation and day."""
    election = setting.election
    topics = sorted(topic.id for topic in election.all("topics").values() if topic.parent is None)
    random.Random(f"{setting.conversation}|{_today(setting)}|starters").shuffle(topics)
    drawn = (t for t in topics if any(election.claims(c, t) for c in election.candidates))
    first = election.description.starters
    return tuple(next(drawn, each) if election.has("topics", each) else each for each in first)


def _today(setting: Setting) -> date:
    return setting.now.astimezone(ZoneInfo(setting.election.description.time_zone)).date()


def timely(election: Election, fact: Fact, today: date) -> list[Claim]:
    """What a fact says that had been published by a day: nobody is told a result before there is one."""
    published = ((claim, election.source(claim.source).published) for claim in fact.answer)
    return [claim for claim, day in published if day is None or day <= today.isoformat()[: len(day)]]


def surname_key(name: str) -> tuple[str, str]:
    """Sorts by surname, then first name, as a directory does: without accents, hyphens as spaces, particles kept."""
    first, _, last = name.partition(" ")
    return fold(last or first).replace("-", " "), fold(first)


class _Composing:
    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.election = setting.election
        self.language = setting.language
        self.say = wording(setting.language)
        self.checked = self.say.date(self.election.description.checked)

    def reply(self, outcome: Outcome) -> Reply:
        match outcome:
            case Position():
                return self._position(outcome)
            case Comparison():
                return self._comparison(outcome)
            case CandidateCard():
                return self._cards(outcome)
            case FactAnswer():
                return self._fact(outcome)
            case NoPosition():
                return self._no_position(outcome)
            case Clarification():
                return self._clarification(outcome)
            case Decline():
                return self._decline(outcome)
            case Help():
                return self._help(outcome)
            case Unknown():
                return self._unknown(outcome)
            case _:
                assert_never(outcome)

    def choices(self, targets: Sequence[str]) -> tuple[Suggestion, ...]:
        return tuple(Suggestion(text, t) for t in targets if (text := self._suggested(t)))

    # --- one for each outcome --------------------------------------------------------------------------

    def _position(self, outcome: Position) -> Reply:
        parts: list[Line | Statement] = []
        for topic in outcome.topics:
            claims = self.election.claims(outcome.candidate, topic)
            if len(outcome.topics) > 1:
                parts.append(Line(self._topic(topic), heading=True))
            if not claims:
                parts.append(
                    Line(self.say("no_position", names=self._name(outcome.candidate), date=self.checked))
                )
            parts.extend(self._statements(outcome.candidate, claims))
        parts.append(self._phase())
        return self._made(
            outcome,
            self._understood([outcome.candidate], outcome.topics),
            parts,
            (*outcome.topics, outcome.candidate),
            candidates=(outcome.candidate,),
            topics=outcome.topics,
        )

    def _comparison(self, outcome: Comparison) -> Reply:
        asked = outcome.candidates or tuple(self.election.candidates)
        parts: list[Line | Statement] = []
        shown: list[str] = []
        for candidate in in_order(self.election, asked, self.setting):
            claims = [c for topic in outcome.topics for c in self.election.claims(candidate, topic)]
            if claims:
                shown.append(candidate)
                parts.append(Line(self._headline(candidate), heading=True))
                parts.extend(self._statements(candidate, claims))
            else:
                nothing = self.say("nothing_on_record")
                parts.append(Line(self._headline(candidate) + self.say("colon") + nothing, heading=True))
        parts.append(Line(self.say("checked", date=self.checked)))
        parts.append(Line(self.say(f"order.{self.election.description.order.value}")))
        parts.append(self._phase())
        understood = self._understood(list(outcome.candidates), outcome.topics)
        related = [
            f.id for f in self.election.all("facts").values() if f.topic in outcome.topics and f.answer
        ]
        return self._made(outcome, understood, parts, related, candidates=tuple(shown), topics=outcome.topics)

    def _cards(self, outcome: CandidateCard) -> Reply:
        parts: list[Line | Statement] = []
        everyone = in_order(self.election, outcome.candidates, self.setting)
        for identifier in everyone:
            candidate = self.election.candidates[identifier]
            if len(outcome.candidates) > 1:
                parts.append(Line(self._name(identifier), heading=True))
            if candidate.description:
                parts.append(Line(self._text(candidate.description)))
            if candidate.list_name:
                parts.append(Line(self.say("list", list=candidate.list_name)))
            if candidate.backing:
                backing = ", ".join(self._text(b) for b in candidate.backing)
                parts.append(Line(self.say("backing", backing=backing)))
            parts.extend(
                Line(self._source_line(source), url=self.election.source(source).url)
                for source in candidate.sources
            )
            for topic in sorted(candidate.positions, key=lambda t: fold(self._topic(t))):
                parts.append(Line(self._topic(topic), heading=True))
                parts.extend(self._statements(identifier, [(topic, c) for c in candidate.positions[topic]]))
            if not candidate.positions:
                parts.append(Line(self.say("no_positions", date=self.checked)))
        if len(outcome.candidates) > 1:
            parts.append(Line(self.say(f"order.{self.election.description.order.value}")))
        parts.append(self._phase(statements=any(isinstance(part, Statement) for part in parts)))
        return self._made(outcome, self._understood(everyone, ()), parts, (), candidates=outcome.candidates)

    def _fact(self, outcome: FactAnswer) -> Reply:
        fact = self.election.fact(outcome.fact)
        told = timely(self.election, fact, _today(self.setting))
        if not told:
            return self._no_position(NoPosition((), fact=outcome.fact))
        parts = [self._statement(outcome.fact, claim) for claim in told]
        related = (fact.topic,) if fact.topic else ()
        return self._made(outcome, self._text(fact.name), parts, related, facts=(outcome.fact,))

    def _no_position(self, outcome: NoPosition) -> Reply:
        if outcome.fact is not None:
            fact = self.election.fact(outcome.fact)
            sentence = self.say("no_fact", date=self.checked)
            return self._made(outcome, self._text(fact.name), [Line(sentence)], (), facts=(outcome.fact,))
        names = [self._name(c) for c in in_order(self.election, outcome.candidates, self.setting)]
        if names:
            sentence = self.say("no_position", names=self.say.series(names), date=self.checked)
        else:
            sentence = self.say("no_position_anyone", date=self.checked)
        parts: list[Line | Statement] = [Line(sentence)]
        held = [
            c for c in self.election.candidates if any(self.election.claims(c, t) for t in outcome.topics)
        ]
        if held:
            others = [self._name(c) for c in in_order(self.election, held, self.setting)]
            parts.append(Line(self.say("others_on_record", names=self.say.series(others))))
        parts.append(self._phase(statements=False))
        targets = [*(t for t in outcome.topics if held), *outcome.candidates]
        asked = in_order(self.election, outcome.candidates, self.setting)
        understood = self._understood(asked, outcome.topics)
        return self._made(
            outcome, understood, parts, targets, candidates=outcome.candidates, topics=outcome.topics
        )

    def _clarification(self, outcome: Clarification) -> Reply:
        line = Line(self.say("clarification"))
        named = dict.fromkeys(t.partition("/")[0] for t in outcome.targets)
        topics = dict.fromkeys(
            t for target in outcome.targets if self.election.has("topics", t := target.rpartition("/")[2])
        )
        return self._made(
            outcome,
            "",
            [line],
            outcome.targets[:CLARIFIED],
            candidates=tuple(c for c in named if c in self.election.candidates),
            topics=tuple(topics),
            facts=tuple(t for t in outcome.targets if self.election.has("facts", t)),
        )

    def _decline(self, outcome: Decline) -> Reply:
        return self._made(outcome, "", [Line(self.say(f"decline.{outcome.reason}"))], self._starters())

    def _help(self, outcome: Help) -> Reply:
        example = next(iter(self._starters()), "")
        values = {"election": self._text(self.election.description.name), "example": self._suggested(example)}
        line = Line(self.say(f"help.{outcome.subject}", **values))
        targets = self._starters() if outcome.subject in ("greeting", "capabilities") else ()
        return self._made(outcome, "", [line], targets)

    def _unknown(self, outcome: Unknown) -> Reply:
        key = outcome.reason if outcome.reason != "elsewhere" else "elsewhere"
        line = Line(
            self.say(f"unknown.{key}", name=outcome.name, election=self._text(self.election.description.name))
        )
        return self._made(outcome, "", [line], outcome.targets or self._starters())

    # --- parts -----------------------------------------------------------------------------------------

    def _made(
        self,
        outcome: Outcome,
        understood: str,
        parts: Sequence[Line | Statement],
        targets: Sequence[str],
        candidates: tuple[str, ...] = (),
        topics: tuple[str, ...] = (),
        facts: tuple[str, ...] = (),
    ) -> Reply:
        limit = CLARIFIED if isinstance(outcome, Clarification) else OFFERED
        return Reply(
            outcome=outcome,
            language=self.language,
            understood=understood,
            parts=tuple(parts),
            suggestions=self.choices(targets)[:limit],
            none_of_these=self.say("none_of_these") if isinstance(outcome, Clarification) else None,
            candidates=candidates,
            topics=topics,
            facts=facts,
            score=self.setting.score,
            election=self.election.id,
        )

    def _statements(self, candidate: str, claims: Sequence[tuple[str, Claim]]) -> Iterator[Statement]:
        for topic, claim in claims:
            yield self._statement(f"{candidate}/{topic}", claim)

    def _statement(self, identifier: str, claim: Claim) -> Statement:
        source = self.election.source(claim.source)
        return Statement(
            id=identifier,
            text=self._text(claim.claim),
            quote=self._quote(claim),
            note=self._note(claim),
            source=claim.source,
            source_line=self._source_line(claim.source),
            url=source.url,
        )

    def _note(self, claim: Claim) -> str | None:
        """What is to be known of a statement; for a month, also that it was corrected, and what it said before."""
        notes = [self._text(claim.note)] if claim.note else []
        corrected = claim.corrected
        if corrected is not None and 0 <= (_today(self.setting) - corrected.date).days <= CORRECTED_DAYS:
            day = self.say.date(corrected.date)
            notes.append(self.say("corrected_lately", date=day, was=self._text(corrected.was)))
        return " ".join(notes) or None

    def _quote(self, claim: Claim) -> str | None:
        """The quote in the reader's language, or in the source's, saying so."""
        if not claim.quote:
            return None
        if self.language in claim.quote:
            return self.say("quote", quote=claim.quote[self.language])
        code, text = next(iter(claim.quote.items()))
        return self.say("quote_translated", quote=text, language=self.say.language_name(code))

    def _source_line(self, identifier: str) -> str:
        return self.say.source(self.election.source(identifier))

    def _phase(self, statements: bool = True) -> Line:
        """Where the election stands; of the statements above, if there are any, that they were made before the vote."""
        at = moment(self.election.description, self.setting.now)
        following = self.say.date(at.next) if at.next else ""
        key = f"phase.{at.phase.value}" if statements else f"phase_alone.{at.phase.value}"
        return Line(self.say(key, date=self.say.date(at.day), next=following))

    def _understood(self, candidates: list[str], topics: Sequence[str]) -> str:
        who = self.say.series([self._name(c) for c in candidates]) if candidates else self.say("everyone")
        return " · ".join([who, *(self._topic(t) for t in topics)])

    def _headline(self, candidate: str) -> str:
        backing = ", ".join(self._text(b) for b in self.election.candidates[candidate].backing)
        return self._name(candidate) + (f" ({backing})" if backing else "")

    def _name(self, candidate: str) -> str:
        return self.election.candidates[candidate].name

    def _topic(self, topic: str) -> str:
        return self._text(self.election.topic(topic).name)

    def _text(self, texts: dict[str, str]) -> str:
        return texts.get(self.language) or next(iter(texts.values()))

    def _starters(self) -> tuple[str, ...]:
        return starters(self.setting)

    def _suggested(self, target: str) -> str:
        """The words for a choice; empty for something the base no longer holds."""
        candidate, _, topic = target.partition("/")
        if topic and candidate in self.election.candidates and self.election.has("topics", topic):
            return self.say("suggestion.position", candidate=self._name(candidate), topic=self._topic(topic))
        if target in self.election.candidates:
            return self.say("suggestion.candidate", candidate=self._name(target))
        if self.election.has("topics", target):
            return self.say("suggestion.topic", topic=self._topic(target))
        if self.election.has("facts", target):
            fact = self.election.fact(target)
            early = fact.answer and not timely(self.election, fact, _today(self.setting))
            return "" if early else self.say("suggestion.fact", fact=self._text(fact.name))
        return ""
