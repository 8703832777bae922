"""What each answer to a form must be, and the sentence a moderator gets if it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.dialogue.wording import wording
from bot.knowledge.checks.asking import ALIAS_LETTERS, PHRASING_WORDS
from bot.knowledge.checks.statements import figures_unlike, judging_words, quote_words
from bot.knowledge.dates import partial_date
from bot.knowledge.document import unreadable
from bot.knowledge.loading import suggestion
from bot.knowledge.model import CLAIM_CHARACTERS, QUOTE_WORDS, Election, Source
from bot.language.text import fold, words
from bot.moderation.drafting import Draft
from bot.moderation.forms import NEW, Field, next_field, phrases, possible
from bot.moderation.writing import unchanged

LINE = 200
NAME = 40
ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s]+")
ADDRESS_CHARACTERS = 1_000
QUOTE_CHARACTERS = 500
SHOWN = 60
NEAR = 5
"""How many entries of one name are told apart for a moderator at most."""
CLAIM_WORDS = 3
_DAY = re.compile(r"(?:(\d{1,2})[./])?(\d{1,2})[./](\d{4})", re.ASCII)
_SCHEME = re.compile(r"https?://(www\.)?")


class Fault(Exception):  # noqa: N818 - it is an answer to a moderator, not a fault of the program
    """Why an answer cannot be taken: a key of the wording's `moderation.fault` section, and its values."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Answer:
    """What was typed for a field of a form."""

    field: Field
    text: str
    draft: Draft
    election: Election
    today: date | None = None


Check = Callable[[Answer], str]


def fill(draft: Draft, election: Election, typed: str, today: date | None = None) -> Draft:
    """The draft with the next field answered; `Fault` if that is no answer to it.

    Without `today` it is not noticed that a date is yet to come.
    """
    field = next_field(draft, election)
    if field is None:
        return draft
    text = " ".join(typed.split())
    if unreadable(text):
        raise Fault("invisible")
    if not any(c.isalnum() for c in text):
        raise Fault("empty")
    return draft.with_value(field.key, _CHECKS[field.name](Answer(field, text, draft, election, today)))


def _at_most(limit: int) -> Check:
    """A text of no more than so many characters."""

    def check(given: Answer) -> str:
        if len(given.text) > limit:
            raise Fault("too_long", length=len(given.text), limit=limit)
        return given.text

    return check


def _candidate(given: Answer) -> str:
    everyone = given.election.candidates.values()
    return _named("no_candidate", given.text, {c.id: (c.name, *c.aliases) for c in everyone})


def _topic(given: Answer) -> str:
    topics = given.election.all("topics")
    return _named(
        "no_topic", given.text, {topic: tuple(held.name.values()) for topic, held in topics.items()}
    )


def _source(given: Answer) -> str:
    """By its id, its publisher, its title or its address; or the word for a new one."""
    election, text = given.election, given.text
    new = {w for code in election.languages for w in wording(code)("moderation.choice.new_words").split()}
    if fold(text) in {NEW, *map(fold, new)}:
        return NEW
    sources = election.all("sources")
    if ADDRESS.fullmatch(text):
        found = [i for i, held in sources.items() if held.url and _page(held.url) == _page(text)]
        if len(found) == 1:
            return found[0]
    return _named("no_source", text, {i: _names(held) for i, held in sources.items()})


def _names(source: Source) -> tuple[str, ...]:
    titled = (source.title, f"{source.publisher} {source.title}") if source.title else ()
    return (source.publisher, *titled)


def _page(address: str) -> str:
    """An address without what makes it no other page."""
    return _SCHEME.sub("", address.partition("#")[0]).rstrip("/").casefold()


def _named(fault: str, text: str, names: Mapping[str, tuple[str, ...]]) -> str:
    """The id that was typed, or the only one of that name."""
    if (folded := fold(text)) in names:
        return folded
    found = [i for i, known in names.items() if folded in map(fold, known)]
    if len(found) == 1:
        return found[0]
    near = ", ".join(found[:NEAR]) or suggestion(text, [n for i, known in names.items() for n in (i, *known)])
    raise Fault(f"{fault}_near" if near else fault, text=text[:SHOWN], near=near)


def _choice(given: Answer) -> str:
    if given.text not in given.field.choices:
        raise Fault("not_a_choice", text=given.text[:SHOWN])
    return given.text


def _language(given: Answer) -> str:
    """One of the election's languages, by its code or by its name in any of them."""
    said = [wording(code) for code in given.election.languages]
    named = {fold(say.language_name(code)): code for code in given.field.choices for say in said}
    return _choice(replace(given, text=named.get(fold(given.text), given.text)))


def _target(given: Answer) -> str:
    """A topic or a fact, or with a slash between a candidate's statements on a topic; each by its id or its name."""
    election, kind = given.election, given.draft.kind
    entries = {**election.all("facts"), **election.all("topics")}
    names = {i: tuple(held.name.values()) for i, held in entries.items() if possible(i, kind, election)}
    if "/" not in given.text:
        return _named("no_entry", given.text, names)
    candidate, topic = (replace(given, text=part.strip()) for part in given.text.split("/", 1))
    target = f"{_candidate(candidate)}/{_topic(topic)}"
    if not possible(target, kind, election):
        raise Fault("no_entry", text=given.text[:SHOWN])
    return target


def _told(given: Answer) -> str:
    """Short, judging nobody, and with the same figures as in the other languages."""
    text = _at_most(CLAIM_CHARACTERS)(given)
    if judging := judging_words(text, given.field.language):
        raise Fault("judging", word=judging[0])
    return _alike(CLAIM_CHARACTERS)(given)


def _claim(given: Answer) -> str:
    """A sentence, and one that says something else if it corrects another."""
    text = _told(given)
    if len(words(text)) < CLAIM_WORDS:
        raise Fault("short", count=CLAIM_WORDS)
    if unchanged(given.draft.with_value(given.field.key, text), given.election):
        raise Fault("same")
    return text


def _alike(limit: int) -> Check:
    """A text of no more than so many characters, with the same figures as in the other languages."""

    def check(given: Answer) -> str:
        text = _at_most(limit)(given)
        field, values = given.field, given.draft.values
        others = [key for key in values if key.startswith(f"{field.name}.") and key != field.key]
        for figure in (figures_unlike(text, values[key]) for key in others):
            if figure:
                raise Fault("figures", figure=figure)
        return text

    return check


def _quote_kept(given: Answer) -> str:
    """One of the choices, by its name in any of the election's languages."""
    named = {
        fold(wording(code)(f"moderation.choice.{choice}")): choice
        for code in given.election.languages
        for choice in given.field.choices
    }
    return _choice(replace(given, text=named.get(fold(given.text), given.text)))


def _quote(given: Answer) -> str:
    quote = _at_most(QUOTE_CHARACTERS)(given).strip("«»“”\"' ")
    if (count := quote_words(quote)) > QUOTE_WORDS:
        raise Fault("long_quote", count=count, limit=QUOTE_WORDS)
    return quote


def _address(given: Answer) -> str:
    if not ADDRESS.fullmatch(given.text):
        raise Fault("no_address", text=given.text[:SHOWN])
    return _at_most(ADDRESS_CHARACTERS)(given)


def _date(given: Answer) -> str:
    """As the base has it, or as it is written in Europe; never one that is yet to come."""
    text = given.text
    if turned := _DAY.fullmatch(text):
        day, month, year = turned.groups()
        text = "-".join(part.zfill(2) for part in (year, month, day) if part)
    if not partial_date(text):
        raise Fault("no_date", text=given.text[:SHOWN])
    if given.today is not None and text > given.today.isoformat()[: len(text)]:
        raise Fault("future", text=given.text[:SHOWN])
    return text


def _ways(given: Answer) -> str:
    found = _several(given)
    for phrase in found:
        if not words(phrase):
            raise Fault("empty")
        if len(phrase.split()) > PHRASING_WORDS:
            raise Fault("long_phrasing", text=phrase[:SHOWN], limit=PHRASING_WORDS)
    return ", ".join(found)


def _aliases(given: Answer) -> str:
    found = _several(given)
    for alias in found:
        if sum(c.isalpha() for c in alias) < ALIAS_LETTERS:
            raise Fault("short_alias", text=alias[:SHOWN], letters=ALIAS_LETTERS)
    return ", ".join(found)


def _several(given: Answer) -> list[str]:
    """What stands between commas, each no longer than a line."""
    return [_at_most(LINE)(replace(given, text=each)) for each in phrases(given.text)]


_CHECKS: Mapping[str, Check] = {
    **dict.fromkeys(("candidate", "used_by"), _candidate),
    **dict.fromkeys(("topic", "parent"), _topic),
    **dict.fromkeys(("statement", "gender"), _choice),
    **dict.fromkeys(("description", "why"), _told),
    "claim": _claim,
    "keep_quote": _quote_kept,
    "source_language": _language,
    **dict.fromkeys(("phrasings", "phrasing", "asked_as"), _ways),
    **dict.fromkeys(("full_name", "list", "publisher", "title", "muted"), _at_most(LINE)),
    "public_name": _at_most(NAME),
    "entry": _at_most(9),
    "name": _alike(LINE),
    "source": _source,
    "target": _target,
    "quote": _quote,
    "url": _address,
    "published": _date,
    "aliases": _aliases,
}
