"""The words by which topics and facts are found, laid out so that a question meets only those it shares a word with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.knowledge.model import Election, Fact, Phrasings, Shared, Topic
from bot.language.catalogue import Language, language
from bot.language.text import stem

Kind = Literal["topic", "fact"]


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """Something a question can be about."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to speak of an entry, as the words that must be heard; `fixed` ones must follow each other."""

    entry: Entry
    terms: tuple[str, ...]
    fixed: bool
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class Layer:
    """The phrasings of one folder, by the words they hold."""

    phrasings: list[Phrasing] = field(default_factory=list)
    postings: dict[str, list[int]] = field(default_factory=dict)
    surfaces: dict[str, dict[str, str]] = field(default_factory=dict)
    stems: dict[str, dict[str, str]] = field(default_factory=dict)
    told: dict[str, set[Entry]] = field(default_factory=dict)

    def add(self, entry: Entry, phrasings: Phrasings) -> None:
        for code, texts in phrasings.items():
            lang = language(code)
            for text in texts:
                self._add(entry, text, lang)

    def tell(self, entry: Entry, code: str, text: str) -> None:
        """Words of a claim or of an answer: they explain a question's words, though they do not decide."""
        lang = language(code)
        for word in lang.words(text):
            if not lang.is_small(word.folded) and len(word.folded) > 2:
                self.told.setdefault(self._term(word.written, word.folded, lang), set()).add(entry)

    def _add(self, entry: Entry, text: str, lang: Language) -> None:
        spoken = lang.words(text)
        spoken = [w for w in spoken if w.folded not in lang.articles] or spoken
        content = [w for w in spoken if not lang.is_small(w.folded)]
        telling = [w for w in spoken if w.folded not in lang.stop or w.folded in lang.grammar]
        kept = content if len(content) > 1 else telling if len(telling) > 1 else spoken
        fixed = kept is spoken and len(spoken) > 1
        terms = tuple(dict.fromkeys(self._term(w.written, w.folded, lang) for w in kept))
        if not terms or (not content and len(terms) < 2):
            return
        number = len(self.phrasings)
        left_out = tuple(w.folded for w in telling if w not in kept)
        self.phrasings.append(Phrasing(entry, terms, fixed and len(terms) > 1, left_out))
        for term in terms:
            self.postings.setdefault(term, []).append(number)

    def _term(self, written: str, folded: str, lang: Language) -> str:
        surfaces = self.surfaces.setdefault(lang.code, {})
        if folded not in surfaces:
            stems = self.stems.setdefault(lang.code, {})
            key = lang.stem(written)
            plain = folded[:-1] if folded[-1] in "sx" else folded
            forms = (folded, key, plain, folded + "s", folded + "x")
            known = (surfaces.get(form) or stems.get(form) for form in forms)
            surfaces[folded] = next(filter(None, known), f"{lang.code}:{key}")
            stems.setdefault(stem(folded, lang.stemmer), surfaces[folded])
            stems.setdefault(key, surfaces[folded])
        return surfaces[folded]

    def term(self, written: str, folded: str, lang: Language) -> str | None:
        """The term a word stands for in this layer, by its spelling, else by its stem."""
        surfaces = self.surfaces.get(lang.code)
        if not surfaces:
            return None
        if folded in surfaces:
            return surfaces[folded]
        stems = self.stems[lang.code]
        singular = folded[:-1] if folded[-1] in "sx" else folded
        for key in (lang.stem(written), stem(folded, lang.stemmer), singular):
            if key in stems or key in surfaces:
                return stems.get(key) or surfaces[key]
        return None


def shared_layer(shared: Shared) -> Layer:
    """The layer of a folder that several elections may include."""
    layer = Layer()
    topic: Topic
    for topic in shared.topics.values():
        entry = Entry("topic", topic.id)
        layer.add(entry, topic.phrasings)
        layer.add(entry, {code: [name] for code, name in topic.name.items()})
    fact: Fact
    for fact in shared.facts.values():
        entry = Entry("fact", fact.id)
        layer.add(entry, fact.phrasings)
        layer.add(entry, {code: [name] for code, name in fact.name.items()})
        for claim in fact.answer:
            layer.add(entry, claim.asked_as)
    return layer


def own_layer(election: Election) -> Layer:
    """The layer of an election's own folder: its topics and facts, and what its candidates' claims add to topics."""
    layer = shared_layer(election.own)
    for candidate in election.candidates.values():
        for topic, claims in candidate.positions.items():
            entry = Entry("topic", topic)
            for claim in claims:
                layer.add(entry, claim.asked_as)
                for code, text in (*claim.claim.items(), *(claim.quote or {}).items()):
                    if code in election.languages:
                        layer.tell(entry, code, text)
    return layer


@dataclass(frozen=True, slots=True)
class Index:
    """All layers of one election, own first."""

    layers: tuple[Layer, ...]
    languages: tuple[Language, ...]
    fact_topics: Mapping[str, str | None]

    def terms(self, written: str, folded: str, lang: Language) -> Iterator[tuple[Layer, str]]:
        for layer in self.layers:
            term = layer.term(written, folded, lang)
            if term is not None:
                yield layer, term

    def knows(self, folded: str) -> bool:
        """Whether some phrasing or claim, in any language, spells this word."""
        return any(folded in surfaces for layer in self.layers for surfaces in layer.surfaces.values())

    def vocabulary(self, code: str) -> Iterable[str]:
        return (word for layer in self.layers for word in layer.surfaces.get(code, ()))
