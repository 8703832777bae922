"""The words by which topics and facts are found, laid out so that a question meets only those it shares a word with."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern
from typing import Literal, NamedTuple, overload

from bot.knowledge.model import Election, Fact, Shared, Topic
from bot.language.catalogue import Language, language
from bot.language.text import WORDS, cut, fold, pieces_of, stem, stemming

Kind = Literal["topic", "fact"]


class Entry(NamedTuple):
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
class Phrasings(Sequence[Phrasing]):
    """Phrasings by their numbers, kept as numbers: thousands of them, each made anew when it is looked at."""

    entries: list[Entry] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    lengths: array[int] = field(default_factory=lambda: array("H"))
    """How many terms each has, to be compared with how many of them are heard."""
    _entry: array[int] = field(default_factory=lambda: array("I"))
    _starts: array[int] = field(default_factory=lambda: array("I"))
    _terms: array[int] = field(default_factory=lambda: array("I"))
    _fixed: bytearray = field(default_factory=bytearray)
    _left_out: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, phrasings: Iterable[Phrasing]) -> Phrasings:
        made = cls()
        entries: dict[Entry, int] = {}
        terms: dict[str, int] = {}
        for number, phrasing in enumerate(phrasings):
            made._entry.append(entries.setdefault(phrasing.entry, len(entries)))
            made._starts.append(len(made._terms))
            made._terms.extend([terms.setdefault(term, len(terms)) for term in phrasing.terms])
            made.lengths.append(len(phrasing.terms))
            made._fixed.append(phrasing.fixed)
            if phrasing.left_out:
                made._left_out[number] = phrasing.left_out
        made.entries, made.terms = list(entries), list(terms)
        return made

    def __len__(self) -> int:
        return len(self.lengths)

    @overload
    def __getitem__(self, number: int) -> Phrasing: ...
    @overload
    def __getitem__(self, number: slice) -> list[Phrasing]: ...
    def __getitem__(self, number: int | slice) -> Phrasing | list[Phrasing]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        number = range(len(self))[number]
        start = self._starts[number]
        terms = tuple([self.terms[t] for t in self._terms[start : start + self.lengths[number]]])
        entry = self.entries[self._entry[number]]
        return Phrasing(entry, terms, bool(self._fixed[number]), self._left_out.get(number, ()))


@dataclass(slots=True)
class Postings:
    """The numbers of the phrasings that a term is in, in one row: a list for each would weigh five times as much."""

    _rows: dict[str, int]
    _starts: array[int]
    _numbers: array[int]

    @classmethod
    def of(cls, phrasings: Iterable[Phrasing]) -> Postings:
        found: dict[str, list[int]] = {}
        for number, phrasing in enumerate(phrasings):
            for term in phrasing.terms:
                found.setdefault(term, []).append(number)
        starts, numbers = array("I", [0]), array("I")
        for several in found.values():
            numbers.extend(several)
            starts.append(len(numbers))
        return cls({term: row for row, term in enumerate(found)}, starts, numbers)

    def get(self, term: str, default: Sequence[int] = ()) -> Sequence[int]:
        row = self._rows.get(term)
        return default if row is None else self._numbers[self._starts[row] : self._starts[row + 1]]


@dataclass(slots=True)
class Layer:
    """The phrasings of one folder, by the words they hold."""

    phrasings: Phrasings = field(default_factory=Phrasings)
    postings: Postings = field(default_factory=lambda: Postings.of(()))
    surfaces: dict[str, dict[str, str]] = field(default_factory=dict)
    stems: dict[str, dict[str, str]] = field(default_factory=dict)
    told: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

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


class _Met(NamedTuple):
    """A word of phrasings: how it is written and compared, and what is to be known of it."""

    written: str
    folded: str
    article: bool
    small: bool
    tells: bool
    """Whether it tells one phrasing from another, as "against" does and "the" does not."""


class _Laying:
    """One language's part of a layer in the making; what a word is, is found out when it is first met."""

    def __init__(self, code: str) -> None:
        self.lang = language(code)
        self.surfaces: dict[str, str] = {}
        self.stems: dict[str, str] = {}
        self._stem = stemming(self.lang.stemmer)
        self._met: dict[str, tuple[_Met, ...]] = {}

    def phrasing(self, entry: Entry, text: str) -> Phrasing | None:
        """One way to ask for an entry: by its words with a meaning, or if they are too few by all that tell."""
        words = self._words(text)
        spoken = [w for w in words if not w.article] or words
        content = kept = [w for w in spoken if not w.small]
        left_out: tuple[str, ...] = ()
        if len(content) > 1:
            left_out = tuple([w.folded for w in spoken if w.small and w.tells])
        else:
            kept = [w for w in spoken if w.tells]
            kept = kept if len(kept) > 1 else spoken
        fixed = kept is spoken and len(spoken) > 1
        terms = tuple(dict.fromkeys([self.surfaces.get(w.folded) or self._term(w) for w in kept]))
        if not terms or (not content and len(terms) < 2):
            return None
        return Phrasing(entry, terms, fixed and len(terms) > 1, left_out)

    def told(self, text: str) -> set[str]:
        """Words of a claim or of an answer: they explain a question's words, though they do not decide."""
        known = self.surfaces.get
        words = self._words(text)
        return {known(w.folded) or self._term(w) for w in words if not w.small and len(w.folded) > 2}

    def _words(self, text: str) -> list[_Met]:
        return [word for piece in pieces_of(text) for word in self._met.get(piece) or self._meet(piece)][
            :WORDS
        ]

    def _meet(self, piece: str) -> tuple[_Met, ...]:
        self._met[piece] = tuple([self._word(written) for written in cut(piece, self.lang.elisions)])
        return self._met[piece]

    def _word(self, written: str) -> _Met:
        lang, folded = self.lang, fold(written)
        tells = folded not in lang.stop or folded in lang.grammar
        return _Met(written, folded, folded in lang.articles, lang.is_small(folded), tells)

    def _term(self, word: _Met) -> str:
        """The term of a word that was not met before: that of a kindred one, or a new one."""
        folded, surfaces, stems = intern(word.folded), self.surfaces, self.stems
        key = self._stem(word.written)
        singular = folded[:-1] if folded[-1] in "sx" else folded
        term = None
        for form in (folded, key, singular, folded + "s", folded + "x"):
            known = surfaces.get(form) or stems.get(form)
            if known:
                term = known
                break
        term = surfaces[folded] = term or intern(f"{self.lang.code}:{key}")
        stems.setdefault(key if folded == word.written else self._stem(folded), term)
        stems.setdefault(key, term)
        return term


class _Layout:
    """A layer in the making, in all its languages."""

    def __init__(self) -> None:
        self._phrasings: list[Phrasing] = []
        self._told: dict[str, dict[Entry, None]] = {}
        self._languages: dict[str, _Laying] = {}

    def layer(self) -> Layer:
        """All that was added, in its small form."""
        alike: dict[tuple[Entry, ...], tuple[Entry, ...]] = {}
        entries = ((term, tuple(several)) for term, several in self._told.items())
        return Layer(
            Phrasings.of(self._phrasings),
            Postings.of(self._phrasings),
            {code: laying.surfaces for code, laying in self._languages.items()},
            {code: laying.stems for code, laying in self._languages.items()},
            {term: alike.setdefault(several, several) for term, several in entries},
        )

    def add(self, entry: Entry, phrasings: Mapping[str, Iterable[str]]) -> None:
        for code, texts in phrasings.items():
            laying = self._of(code)
            made = (laying.phrasing(entry, text) for text in texts)
            self._phrasings.extend([phrasing for phrasing in made if phrasing is not None])

    def tell(self, entry: Entry, code: str, text: str) -> None:
        for term in self._of(code).told(text):
            self._told.setdefault(term, {})[entry] = None

    def _of(self, code: str) -> _Laying:
        if code not in self._languages:
            self._languages[code] = _Laying(code)
        return self._languages[code]

    def folder(self, shared: Shared) -> None:
        """Everything of a folder that can be asked for, by its phrasings and by its name."""
        topic: Topic
        for topic in shared.topics.values():
            entry = Entry("topic", topic.id)
            self.add(entry, topic.phrasings)
            self.add(entry, {code: [name] for code, name in topic.name.items()})
        fact: Fact
        for fact in shared.facts.values():
            entry = Entry("fact", fact.id)
            self.add(entry, fact.phrasings)
            self.add(entry, {code: [name] for code, name in fact.name.items()})
            for claim in fact.answer:
                self.add(entry, claim.asked_as)


def shared_layer(shared: Shared) -> Layer:
    """The layer of a folder that several elections may include."""
    layout = _Layout()
    layout.folder(shared)
    return layout.layer()


def own_layer(election: Election) -> Layer:
    """The layer of an election's own folder: its topics and facts, and what its candidates' claims add to topics."""
    layout = _Layout()
    layout.folder(election.own)
    for candidate in election.candidates.values():
        for topic, claims in candidate.positions.items():
            entry = Entry("topic", topic)
            for claim in claims:
                layout.add(entry, claim.asked_as)
                for code, text in (*claim.claim.items(), *(claim.quote or {}).items()):
                    if code in election.languages:
                        layout.tell(entry, code, text)
    return layout.layer()


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
