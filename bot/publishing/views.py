"""What a page shows of an election, in one language: texts that know when they are in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.dialogue.composing import CORRECTED_DAYS, timely
from bot.dialogue.phases import moment
from bot.dialogue.wording import wording
from bot.knowledge.model import Claim, Election
from bot.language.text import fold


@dataclass(frozen=True, slots=True)
class Text:
    """Words to show, and their language if it is not the page's."""

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source as a page shows it."""

    id: str
    publisher: str
    title: Text | None
    authors: str
    published: str
    retrieved: str
    language: str
    url: str | None
    note: Text | None


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """What a claim said before, and since when it does not."""

    date: str
    was: Text
    why: Text


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with all that stands beside it."""

    text: Text
    quote: Text | None
    quoted_in: str
    note: Text | None
    source: SourceView
    notice: CorrectionView | None


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the site, by its path and the words that lead there."""

    text: Text
    path: str
    anchor: str = ""
    more: Text | None = None
    count: int = 0
    below: tuple[Link, ...] = ()


class Views:
    """One election as it is told in one language at one time."""

    def __init__(self, election: Election, language: str, now: datetime) -> None:
        self.election = election
        self.language = language
        self.now = now
        self.today: date = now.astimezone(ZoneInfo(election.description.time_zone)).date()
        self.say = wording(language)
        self.name = self.text(election.description.name)
        self.checked = self.say.date(election.description.checked)

    def text(self, texts: Mapping[str, str]) -> Text:
        return localised(texts, self.language)

    def phase(self, statements: bool) -> str:
        """Where the election stands, in the bot's own sentence."""
        at = moment(self.election.description, self.now)
        following = self.say.date(at.next) if at.next else ""
        key = f"phase.{at.phase.value}" if statements else f"phase_alone.{at.phase.value}"
        return self.say(key, date=self.say.date(at.day), next=following)

    def claim(self, claim: Claim) -> ClaimView:
        quote = self.text(claim.quote) if claim.quote else None
        quoted_in = self.say.language_name(quote.language) if quote and quote.language else ""
        return ClaimView(
            text=self.text(claim.claim),
            quote=quote,
            quoted_in=quoted_in,
            note=self.text(claim.note) if claim.note else None,
            source=self.source(claim.source),
            notice=self.correction(claim) if self._is_recent(claim) else None,
        )

    def source(self, identifier: str) -> SourceView:
        source = self.election.source(identifier)
        other = source.language if source.language != self.language else None
        return SourceView(
            id=identifier,
            publisher=source.publisher,
            title=Text(source.title, other) if source.title else None,
            authors=self.say.series(source.authors),
            published=self.say.partial_date(source.published),
            retrieved=self.say.date(source.retrieved) if source.retrieved else "",
            language=self.say.language_name(source.language),
            url=web_address(source.url),
            note=self.text(source.note) if source.note else None,
        )

    def correction(self, claim: Claim) -> CorrectionView | None:
        made = claim.corrected
        if made is None:
            return None
        return CorrectionView(self.say.date(made.date), self.text(made.was), self.text(made.why))

    @cached_property
    def facts(self) -> dict[str, list[Claim]]:
        """Every fact that may be told by now, by id, with its claims that may."""
        found = {}
        for identifier, fact in sorted(self.election.all("facts").items()):
            claims = timely(self.election, fact, self.today)
            if claims or not fact.answer:
                found[identifier] = claims
        return found

    @cached_property
    def topics(self) -> list[str]:
        """Every topic, by name."""
        topics = self.election.all("topics")
        return sorted(topics, key=lambda topic: (fold(self.text(topics[topic].name).text), topic))

    def candidate_link(self, candidate: str, anchor: str = "") -> Link:
        held = self.election.candidates[candidate]
        backing = ", ".join(self.text(party).text for party in held.backing)
        more = Text(backing) if backing else None
        return Link(Text(held.name), f"candidates/{candidate}.html", anchor, more)

    def topic_link(self, topic: str) -> Link:
        speakers = sum(bool(self.election.claims(c, topic)) for c in self.election.candidates)
        name = self.text(self.election.topic(topic).name)
        return Link(name, f"topics/{topic}.html", count=speakers)

    def fact_link(self, fact: str) -> Link:
        return Link(self.text(self.election.fact(fact).name), f"facts/{fact}.html")

    def position_link(self, candidate: str, topic: str) -> Link:
        name = self.text(self.election.topic(topic).name)
        path, anchor = f"candidates/{candidate}.html", f"topic-{topic}"
        return Link(Text(self.election.candidates[candidate].name), path, anchor, more=name)

    def _is_recent(self, claim: Claim) -> bool:
        made = claim.corrected
        return made is not None and 0 <= (self.today - made.date).days <= CORRECTED_DAYS


def localised(texts: Mapping[str, str], language: str) -> Text:
    """A text in a page's language, or else in the first there is, saying so."""
    if language in texts:
        return Text(texts[language])
    code, text = next(iter(texts.items()))
    return Text(text, code)


def web_address(url: str | None) -> str | None:
    """An address that may be linked to: http or https, and nothing else."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None
