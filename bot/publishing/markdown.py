"""The whole base as one Markdown page in one language: candidates, facts, sources, corrections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.dialogue.wording import Wording, wording
from bot.knowledge.model import Base, Claim, Election
from bot.language.text import fold
from bot.publishing.entries import candidates, corrected, entries, order
from bot.publishing.views import localised, web_address

SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&$]")
FIRST = re.compile(r"^(?:[-+=:]|\d+(?=[.)]))")
UNSAFE = {character: f"%{ord(character):02X}" for character in "<>\\`\"' "}


def as_markdown(base: Base, language: str) -> str:
    """A page to read from the top to the bottom; an election that is not told in this language is in its own."""
    parts = []
    for identifier in sorted(base.elections):
        election = base.elections[identifier]
        spoken = language if language in election.languages else election.languages[0]
        parts.append("\n".join(_Telling(election, wording(spoken)).page(base.version)))
    return "\n".join(parts)


def escaped(text: str) -> str:
    """A text in which Markdown finds nothing to format, on one line."""
    plain = SPECIAL.sub(lambda found: f"\\{found.group()}", " ".join(text.split()))
    return FIRST.sub(_shielded, plain)


def _shielded(found: re.Match[str]) -> str:
    """What would begin a list, a heading or a rule, made text."""
    begun = found.group()
    return f"{begun}\\" if begun.isdigit() else f"\\{begun}"


class _Telling:
    """One election told in one language."""

    def __init__(self, election: Election, say: Wording) -> None:
        self.election = election
        self.say = say
        self.checked = say.date(election.description.checked)

    def page(self, version: str) -> Iterator[str]:
        yield from _block(f"# {self.text(self.election.description.name)}")
        yield from _block(escaped(self.say("site.export", version=version, checked=self.checked)))
        yield from _block(f"## {self._said('site.candidates')}")
        yield from _block(escaped(self.say(f"site.order.{order(self.election).value}")))
        for candidate in candidates(self.election):
            yield from self._candidate(candidate)
        yield from _block(f"## {self._said('site.facts')}")
        facts = self.election.all("facts")
        for fact in sorted(facts, key=lambda f: (fold(self.text(facts[f].name)), f)):
            yield from _block(f"### {self.text(facts[fact].name)}")
            yield from self._claims(facts[fact].answer)
            if not facts[fact].answer:
                yield from _block(escaped(self.say("no_fact", date=self.checked)))
        yield from self._sources()
        yield from self._corrections()

    def text(self, texts: dict[str, str]) -> str:
        return escaped(localised(texts, self.say.code).text)

    def _said(self, key: str) -> str:
        return escaped(self.say(key))

    def _candidate(self, identifier: str) -> Iterator[str]:
        held = self.election.candidates[identifier]
        yield from _block(f"### {escaped(held.name)}")
        if held.description:
            yield from _block(self.text(held.description))
        about = []
        if held.list_name:
            about.append(escaped(self.say("list", list=held.list_name)))
        if held.backing:
            backing = ", ".join(localised(party, self.say.code).text for party in held.backing)
            about.append(escaped(self.say("backing", backing=backing)))
        about += map(self._source, held.sources)
        if about:
            yield from _block("\n".join(f"- {line}" for line in about))
        topics = self.election.all("topics")
        for topic in sorted(held.positions, key=lambda t: (fold(self.text(topics[t].name)), t)):
            yield from _block(f"#### {self.text(topics[topic].name)}")
            yield from self._claims(held.positions[topic])
        if not held.positions:
            yield from _block(escaped(self.say("no_positions", date=self.checked)))

    def _claims(self, claims: Iterable[Claim]) -> Iterator[str]:
        for claim in claims:
            yield f"- {self.text(claim.claim)}"
            yield ""
            if claim.quote:
                yield from _block(f"  > {self._quote(claim.quote)}")
            if claim.note:
                yield from _block(f"  {self.text(claim.note)}")
            yield from _block(f"  {self._source(claim.source)}")

    def _quote(self, quote: dict[str, str]) -> str:
        found = localised(quote, self.say.code)
        if found.language is None:
            return escaped(self.say("quote", quote=found.text))
        language = self.say.language_name(found.language)
        return escaped(self.say("quote_translated", quote=found.text, language=language))

    def _source(self, identifier: str) -> str:
        source = self.election.source(identifier)
        url = web_address(source.url)
        line = escaped(self.say.source(source))
        return f"{line} {_link(url)}" if url else line

    def _sources(self) -> Iterator[str]:
        yield from _block(f"## {self._said('site.sources')}")
        sources = self.election.all("sources")
        for identifier in sorted(sources, key=lambda s: (fold(sources[s].publisher), s)):
            yield f"- {self._source(identifier)}"
            yield ""
            note = sources[identifier].note
            if note:
                yield from _block(f"  {self.text(note)}")

    def _corrections(self) -> Iterator[str]:
        yield from _block(f"## {self._said('site.corrections')}")
        found = corrected(entries(self.election))
        if not found:
            yield from _block(escaped(self.say("site.correction.none", date=self.checked)))
        for entry in found:
            made = entry.claim.corrected
            if made is None:
                continue
            if entry.fact is not None:
                subject = self.text(self.election.fact(entry.fact).name)
            else:
                name = self.election.candidates[entry.candidate or ""].name
                subject = f"{escaped(name)} · {self.text(self.election.topic(entry.topic or '').name)}"
            colon = self.say("colon")
            yield from _block(f"### {subject}")
            yield from _block(escaped(self.say("site.correction.on", date=self.say.date(made.date))))
            yield f"- {self._said('site.correction.was')}{colon}{self.text(made.was)}"
            yield f"- {self._said('site.correction.now')}{colon}{self.text(entry.claim.claim)}"
            yield from _block(f"- {self._said('site.correction.why')}{colon}{self.text(made.why)}")


def _block(text: str) -> Iterator[str]:
    """A block of Markdown and the empty line after it."""
    yield text
    yield ""


def _link(url: str) -> str:
    """An address as a link that shows itself."""
    return f"<{''.join(UNSAFE.get(character, character) for character in url)}>"
