"""What is asked for an edit, one field after the other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.knowledge.model import Claim, Election
from bot.moderation.drafting import Draft

NEW = "new"
"""The choice of a source that is not in the base yet."""
KEEP, DROP = "keep", "drop"
"""What can become of the quote of a statement that is corrected."""
NONE = ""
"""What is kept of a field that was skipped."""
OFFERED = "offered"
"""What the ways of asking that are at hand stand under, by language, among what was answered."""
SEPARATORS = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked for; `name` is the key of its question in the wording."""

    name: str
    language: str = ""
    optional: bool = False
    choices: tuple[str, ...] = ()
    offered: str = ""
    """An answer that is at hand, to be taken or changed."""

    @property
    def key(self) -> str:
        return f"{self.name}.{self.language}" if self.language else self.name


def fields(draft: Draft, election: Election) -> list[Field]:
    """All that is asked for an edit of this kind, given what was answered so far."""
    return list(_FORMS[draft.kind](draft, election))


def next_field(draft: Draft, election: Election) -> Field | None:
    """The first that has no answer, or none that is possible any more; None once the form is filled in."""
    return next((each for each in fields(draft, election) if not _holds(draft, each, election)), None)


def skip(draft: Draft, election: Election) -> Draft:
    """The draft without an answer to the next field; the same draft if that needs one."""
    field = next_field(draft, election)
    if field is None or not field.optional:
        return draft
    return draft.with_value(field.key, NONE)


def answered(draft: Draft) -> list[str]:
    """What has been answered so far, in the order of the answers."""
    return [key for key in draft.values if key.partition(".")[0] != OFFERED]


def back(draft: Draft) -> Draft:
    """The draft as it was before the last answer."""
    return draft.without(*answered(draft)[-1:])


def token(value: str) -> str:
    """A short name for a choice, of letters and digits only."""
    return hashlib.sha256(value.encode()).hexdigest()[:12]


def statements(election: Election, target: str) -> list[tuple[str, Claim]]:
    """What stands under an entry, each with a name made of what it says: it means no other when others come or go."""
    candidate, slash, topic = target.partition("/")
    claims: list[Claim] = []
    if slash and candidate in election.candidates:
        claims = list(election.candidates[candidate].positions.get(topic, ()))
    elif election.has("facts", target):
        claims = election.fact(target).answer
    said = [repr((sorted(claim.claim.items()), claim.source)) for claim in claims]
    return [(f"{target}#{token(text)}", claim) for text, claim in zip(said, claims, strict=True)]


def statement(election: Election, chosen: str) -> Claim | None:
    """The statement of that name, if it is there."""
    return dict(statements(election, chosen.partition("#")[0])).get(chosen)


def language_of_source(draft: Draft, election: Election) -> str:
    """The language of the source that was chosen or described; nothing until then."""
    chosen = draft.values.get("source", "")
    if election.has("sources", chosen):
        return election.source(chosen).language
    return draft.values.get("source_language", "")


def phrases(text: str) -> list[str]:
    """Several ways of asking, written one after the other with commas between."""
    return list(dict.fromkeys(" ".join(each.split()) for each in SEPARATORS.split(text) if each.strip()))


def possible(target: str, kind: str, election: Election) -> bool:
    """Whether an edit of a kind can be about an entry: an id, or a candidate's and a topic's with a slash between."""
    if kind in ("correction", "removal") or "/" in target:
        return bool(statements(election, target))
    return election.has("topics", target) or election.has("facts", target)


def _holds(draft: Draft, field: Field, election: Election) -> bool:
    """Whether a field is answered; others may have taken away meanwhile what was chosen."""
    answer = draft.values.get(field.key)
    if not answer:
        return answer == NONE and field.optional
    if field.name == "target":
        return possible(answer, draft.kind, election)
    return answer in field.choices or not (field.choices or field.name == "statement")


# --- the forms -------------------------------------------------------------------------------------------


def _position(draft: Draft, election: Election) -> Iterator[Field]:
    yield Field("candidate", choices=tuple(election.candidates))
    yield Field("topic", choices=tuple(election.all("topics")))
    yield from _claimed(draft, election)
    yield from _asked_as(draft, election)


def _fact(draft: Draft, election: Election) -> Iterator[Field]:
    yield from (Field("name", code) for code in election.languages)
    yield from _claimed(draft, election)
    yield from _asked(draft, election)


def _topic(draft: Draft, election: Election) -> Iterator[Field]:
    yield from (Field("name", code) for code in election.languages)
    yield Field("parent", optional=True, choices=tuple(election.all("topics")))
    yield from _asked(draft, election)


def _candidate(draft: Draft, election: Election) -> Iterator[Field]:
    yield Field("full_name")
    yield Field("aliases", optional=True)
    yield from (Field("description", code) for code in election.languages)
    yield Field("list", optional=True)
    yield Field("gender", optional=True, choices=("woman", "man"))
    yield from _sourced(draft, election)


def _source(draft: Draft, election: Election) -> Iterator[Field]:
    yield from _described(election)
    yield Field("used_by", choices=tuple(election.candidates))


def _phrasing(draft: Draft, election: Election) -> Iterator[Field]:
    yield Field("target")
    asked = _offered(draft, election) or dict.fromkeys(election.languages[:1], "")
    target = draft.values.get("target", "")
    if "/" in target and (held := statements(election, target)):
        asked |= {
            code: "" for code in election.languages if not (asked.get(code) or held[0][1].asked_as.get(code))
        }
    yield from (Field("phrasing", code, offered=offered) for code, offered in asked.items())


def _correction(draft: Draft, election: Election) -> Iterator[Field]:
    """What it says, and whether that still rests on its source and its quote; then why it was wrong."""
    yield from _chosen(draft, election)
    yield from (Field("claim", code) for code in election.languages)
    held = statement(election, draft.values.get("statement", ""))
    yield from _sourced(draft, election, offered=held.source if held is not None else "")
    if held is not None and held.quote:
        # words of another source can hardly be the very same, and never in another language
        same = language_of_source(draft, election) in held.quote
        yield Field("keep_quote", choices=(KEEP, DROP) if same else (DROP,))
    yield from (Field("why", code) for code in election.languages)


def _removal(draft: Draft, election: Election) -> Iterator[Field]:
    yield from _chosen(draft, election)


def _muting(draft: Draft, election: Election) -> Iterator[Field]:
    yield Field("muted", offered=next(iter(_offered(draft, election).values()), ""))


def _reversal(draft: Draft, election: Election) -> Iterator[Field]:
    yield Field("entry")


def _naming(draft: Draft, election: Election) -> Iterator[Field]:
    yield Field("public_name")


def _claimed(draft: Draft, election: Election) -> Iterator[Field]:
    """A claim in every language, where it stands, and a few words of it."""
    yield from (Field("claim", code) for code in election.languages)
    yield from _sourced(draft, election)
    yield Field("quote", optional=True)


def _sourced(draft: Draft, election: Election, offered: str = "") -> Iterator[Field]:
    """A source of the base, or all that is to be known of a new one."""
    yield Field("source", choices=(*election.all("sources"), NEW), offered=offered)
    if draft.values.get("source") == NEW:
        yield from _described(election)


def _described(election: Election) -> Iterator[Field]:
    yield Field("publisher")
    yield Field("title", optional=True)
    yield Field("url", optional=True)
    yield Field("published", optional=True)
    yield Field("source_language", choices=tuple(election.languages))


def _chosen(draft: Draft, election: Election) -> Iterator[Field]:
    yield Field("target")
    yield Field(
        "statement", choices=tuple(name for name, _ in statements(election, draft.values.get("target", "")))
    )


def _asked(draft: Draft, election: Election) -> Iterator[Field]:
    """The ways of asking, in every language, with those at hand that voters used."""
    offered = _offered(draft, election)
    yield from (Field("phrasings", code, offered=offered.get(code, "")) for code in election.languages)


def _asked_as(draft: Draft, election: Election) -> Iterator[Field]:
    """The ways of asking for a statement that answers questions: in every language, or in none."""
    offered = _offered(draft, election)
    codes = sorted(election.languages, key=lambda code: code not in offered) if offered else []
    for code in codes:
        if draft.values.get(f"asked_as.{codes[0]}") != NONE or code == codes[0]:
            yield Field("asked_as", code, optional=code == codes[0], offered=offered.get(code, ""))


def _offered(draft: Draft, election: Election) -> dict[str, str]:
    """By language, the telling words of the questions that the edit is to answer."""
    found = {code: draft.values.get(f"{OFFERED}.{code}", "") for code in election.languages}
    return {code: words for code, words in found.items() if words}


_FORMS: Mapping[str, Callable[[Draft, Election], Iterator[Field]]] = {
    "position": _position,
    "fact": _fact,
    "topic": _topic,
    "candidate": _candidate,
    "source": _source,
    "phrasing": _phrasing,
    "correction": _correction,
    "removal": _removal,
    "muting": _muting,
    "reversal": _reversal,
    "naming": _naming,
}
