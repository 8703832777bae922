"""What each question says, as far as that tells it from other questions, and what it would come to today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from sys import intern
from typing import NamedTuple
from weakref import WeakKeyDictionary

from bot.dialogue.anonymous import LEFT_OUT
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.deciding import decide
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import (
    CandidateCard,
    Clarification,
    Comparison,
    Decline,
    FactAnswer,
    NoPosition,
    Outcome,
    Position,
    Unknown,
)
from bot.dialogue.query import Query
from bot.dialogue.scopes import Scope
from bot.dialogue.what import What, what
from bot.dialogue.whom import STRANGERS, Whom, whom
from bot.knowledge.document import read
from bot.knowledge.model import Topic
from bot.language.catalogue import Language
from bot.language.patterns import Kinds, Patterns, line
from bot.language.text import stem
from bot.matching.ranking import Heard
from bot.matching.sharing import sharing

FOLDER = Path(__file__).parent
ANSWERS = (Position, Comparison, CandidateCard, FactAnswer)
NEARLY = 0.75
"""Share of a question's meaning that must be explained, or shared with another, to be nearly all of it."""
LEAST = 0.25
"""Weight of a common word that still has a meaning: to an answer it is little, here it tells questions apart."""
BRINGING = 0.1
"""Weight of "build" in "build a pool": nearly the same is asked without it."""
CLOSEST = 5
USUAL = 25
NAMED = 2
"""Candidates for whom entries are offered, of those a question names."""
KEPT = 20_000
STRANGE_WORD = "qxzqxz"
"""Stands for each word that was left out of a question, when it is asked again: nobody knows this one either."""


class Term(NamedTuple):
    """A word with a meaning: its forms, any of which makes it the same word as another, and its weight."""

    folded: str
    forms: tuple[str, ...]
    weight: float
    strange: bool
    """Whether neither the base nor any language knows it, so that it may be a misspelling of another."""


class Asked(NamedTuple):
    """What must be the same in two questions: who and what place they name, and whether something is turned round."""

    candidates: frozenset[str]
    strangers: frozenset[str]
    turned: bool


class Reading(NamedTuple):
    """What one question says; nothing of who asked it, and little enough that thousands can be kept."""

    language: str
    terms: tuple[Term, ...]
    asked: Asked
    kinds: frozenset[str]
    """What it asks for: the place, the time, the number…"""
    figures: frozenset[str]
    subject: tuple[str, ...]
    """The topics, or the one fact, that explain nearly all of it."""
    plain: bool
    """Whether it speaks of its one subject as most do, so that it can be told in another language."""
    answered: bool
    """Whether it comes to an answer today."""
    gaps: int
    """How many words, or rows of them, were left out so as not to tell who asked."""
    closest: tuple[str, ...]
    """The ids it may mean, nearest first."""


Key = tuple[str, str, str]
_known: WeakKeyDictionary[Assistant, dict[Key, Reading]] = WeakKeyDictionary()


def reading(assistant: Assistant, election: str, text: str, language: str) -> Reading:
    """What a question says to this assistant; up to 20,000 are remembered, as long as the assistant is there."""
    remembered = _known.setdefault(assistant, {})
    key = (election, language, text)
    found = remembered.get(key)
    if found is None:
        found = _Reading(assistant, election, text, language).reading()
        if len(remembered) >= KEPT:
            remembered.clear()
        remembered[key] = found
    return found


class _Reading:
    """One question being read."""

    def __init__(self, assistant: Assistant, election: str, text: str, language: str) -> None:
        self.assistant = assistant
        self.utterance = Utterance(text, election, language=language)
        self.scope = assistant.scopes.scope(election)
        self.query = self._understood(text)

    def reading(self) -> Reading:
        query = self.query
        asked = whom(query, self.scope, Memory())
        about = what(query, self.scope, asked, Memory(), self.assistant.thresholds)
        outcome = self._outcome(query)
        subject = _subject(query, self.scope.language(query.language), about)
        first = (*_named_by(outcome), *_entries(about))
        told = _without_asides(query)
        turning = {w for m in _patterns("turning", query.language).finditer(told) for w in m.group().split()}
        return Reading(
            language=query.language,
            terms=tuple(_terms(query, self.scope, {*told.split()} - turning)),
            asked=Asked(
                candidates=_candidates(query, asked),
                strangers=frozenset(i for m in query.mentioned(*STRANGERS) for i in m.ids),
                turned=bool(turning),
            ),
            kinds=frozenset(_asking(query.language).found([told])),
            figures=frozenset(w.folded for w in query.words if w.folded.isdigit()),
            subject=subject,
            plain=_plain(query, self.scope, about, subject),
            answered=isinstance(outcome, ANSWERS) and self._still_answered(),
            gaps=self.utterance.text.count(LEFT_OUT),
            closest=tuple(map(intern, _closest(query, self.scope, asked, first))),
        )

    def _understood(self, text: str) -> Query:
        utterance = Utterance(text, self.utterance.election, language=self.utterance.language)
        return self.assistant.understand(utterance, Memory())

    def _outcome(self, query: Query) -> Outcome:
        return decide(query, self.scope, Memory(), self.assistant.thresholds)

    def _still_answered(self) -> bool:
        """Whether it is answered even with the words that were left out so as not to tell who asked.

        They may be what kept it from being answered, and nobody would learn of it.
        """
        text = self.utterance.text
        if LEFT_OUT not in text:
            return True
        return isinstance(self._outcome(self._understood(text.replace(LEFT_OUT, STRANGE_WORD))), ANSWERS)


def _terms(query: Query, scope: Scope, telling: Collection[str]) -> Iterator[Term]:
    """The words that carry meaning, of those that tell; of a question without any, those of grammar, else all."""
    lang = scope.language(query.language)
    free = [w for w in query.words if not w.taken and w.folded in telling]
    chosen = [w for w in free if w.meaning] or [w for w in free if w.folded not in lang.stop] or free
    for word in {w.folded: w for w in chosen}.values():
        folded = word.folded
        stems = [f"{lang.code}:{s}" for s in (lang.stem(word.written), stem(folded, lang.stemmer))]
        singular = folded[:-1] if len(folded) > 3 and folded[-1] in "sx" else folded
        yield Term(
            folded,
            tuple(dict.fromkeys(map(intern, (folded, *stems, singular)))),
            _weight(word, lang),
            _is_strange(folded, scope),
        )


def _weight(word: Heard, lang: Language) -> float:
    """How much a word tells: more than to an answer if it is common, less if it only asks that something be there."""
    if _patterns("bringing", lang.code).search(line([word.folded])):
        return BRINGING
    return max(word.weight, LEAST)


def _is_strange(folded: str, scope: Scope) -> bool:
    if scope.index.knows(folded) or folded in scope.names.gazetteer.words or not folded.isalpha():
        return False
    return not any(lang.zipf(folded) for lang in scope.index.languages)


def _candidates(query: Query, asked: Whom) -> frozenset[str]:
    """All who are named, described or may be meant."""
    mentioned = (i for m in query.mentioned("candidate") for i in m.ids)
    return frozenset((*asked.candidates, *asked.ambiguous, *mentioned))


def _subject(query: Query, lang: Language, about: What) -> tuple[str, ...]:
    """What a question is about, if that explains nearly all of what it says."""
    whole = sum(_weight(word, lang) for word in query.meaning)
    explained = sum(_weight(word, lang) for word in query.meaning if word.position in about.explained)
    return tuple(sorted(_entries(about))) if explained >= NEARLY * whole else ()


def _plain(query: Query, scope: Scope, about: What, subject: tuple[str, ...]) -> bool:
    """Whether a question is about one fact, or about one topic by a word of its name or of many of its phrasings.

    Rinks, pools and pitches are all sport; whoever asks for one of them does not ask for sport.
    """
    if about.fact or len(subject) != 1:
        return bool(subject) and about.fact is not None
    topic, lang = scope.election.topic(subject[0]), scope.language(query.language)
    name = {lang.stem(word.written) for word in lang.words(topic.name.get(lang.code, ""))}
    explained = [word for word in query.meaning if word.position in about.explained]
    return any(lang.stem(w.written) in name or _usual(w, topic, scope, lang) for w in explained)


def _usual(word: Heard, topic: Topic, scope: Scope, lang: Language) -> bool:
    """Whether more than one in 25 phrasings of a topic have a word."""
    found = 0
    for layer, term in scope.index.terms(word.written, word.folded, lang):
        found += sum(layer.phrasings[n].entry.id == topic.id for n in layer.postings.get(term, ()))
    return found * USUAL > len(topic.phrasings.get(lang.code, ()))


def _entries(about: What) -> tuple[str, ...]:
    return (about.fact,) if about.fact else about.topics


# --- what it may mean -------------------------------------------------------------------------------------


def _named_by(outcome: Outcome) -> tuple[str, ...]:
    """The ids an outcome holds, whatever it is."""
    match outcome:
        case NoPosition(_, topics, fact):
            return (fact,) if fact else topics
        case Position(_, topics) | Comparison(_, topics):
            return topics
        case FactAnswer(fact):
            return (fact,)
        case Clarification(targets) | Decline(_, targets) | Unknown(_, _, targets):
            return targets
        case _:
            return ()


def _closest(query: Query, scope: Scope, asked: Whom, first: Iterable[str]) -> Iterator[str]:
    """These ids, then the entries of the ranking, then those that share a word; for whom is named, if anybody is."""
    named = (*asked.candidates, *asked.ambiguous)[:NAMED]
    found = dict.fromkeys((*first, *(score.entry.id for score in query.ranking)))
    if len(found) < CLOSEST:
        lang = scope.language(query.language)
        told = partial(_weight, lang=lang)
        found |= dict.fromkeys(sharing(query.meaning, scope.index, lang, told))
    targets = dict.fromkeys(t for i in found if i not in named for t in _for_each(i, named, scope))
    yield from list(targets)[: CLOSEST - len(named)]
    yield from named


def _for_each(identifier: str, named: Iterable[str], scope: Scope) -> list[str]:
    """A topic for each candidate who is named; anything else as it is."""
    whole = [f"{c}/{identifier}" for c in named] if scope.election.has("topics", identifier) else []
    return whole or [identifier]


# --- words of words.yaml ----------------------------------------------------------------------------------


def _without_asides(query: Query) -> str:
    """The words of a question as patterns search them, without turns of phrase that say nothing of what is asked."""
    told = line(word.folded for word in query.words)
    for match in list(_patterns("asides", query.language).finditer(told)):
        told = told.replace(match.group(), "", 1)
    return told


@cache
def _section(name: str) -> Mapping[str, object]:
    tree: Mapping[str, Mapping[str, object]] = read(FOLDER / "words.yaml", FOLDER).tree
    return tree[name]


@cache
def _patterns(name: str, code: str) -> Patterns:
    patterns = _section(name).get(code, ())
    return Patterns(patterns if isinstance(patterns, list) else ())


@cache
def _asking(code: str) -> Kinds:
    patterns = _section("asking").get(code, {})
    return Kinds(patterns if isinstance(patterns, dict) else {})
