"""Which questions are asked in much the same words, or in two languages about plainly the same subject.

A question is compared with the first of each group and never with the others, so that groups do not grow sideways
from likeness to likeness.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.dialogue.anonymous import LEFT_OUT
from bot.knowledge.model import Election
from bot.language.correction import allowed
from bot.moderation.readings import NEARLY, Asked, Reading, Term

REPLACED = 0.25
"""Weight beyond what two questions share that makes it one thing in place of another, if both have as much."""

ASKING = 0.2
"""Weight of what is asked for, such as the place or the number."""
GAP = 0.15
GAPS = 3
"""A word that was left out may have been a name or the very subject: each of up to three counts for a little."""

Pool = tuple[int, str, bool]


class Vocabulary:
    """One name for all forms of a word: endings, accents, and misspellings of words that nobody knows."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._strange: dict[Pool, list[str]] = {}
        self._known: dict[Pool, list[str]] = {}
        self._spelt: set[str] = set()
        """The names under which there is a known word."""

    def name(self, term: Term) -> str:
        """The form under which this word was met first."""
        met = next((self._names[form] for form in term.forms if form in self._names), None)
        name = met or self._misspelt(term) or term.folded
        for form in term.forms:
            self._names.setdefault(form, name)
        if not term.strange:
            self._spelt.add(name)
        if met is None and (name == term.folded or not term.strange):
            pools = self._strange if term.strange else self._known
            for pool in _pools(term.folded, len(term.folded)):
                pools.setdefault(pool, []).append(term.folded)
        return name

    def _misspelt(self, term: Term) -> str | None:
        """The word this one may be a misspelling of, or the right spelling of; two known words are always two."""
        if term.strange:
            return self._near(term.folded, self._known) or self._near(term.folded, self._strange)
        name = self._near(term.folded, self._strange)
        return name if name not in self._spelt else None

    def _near(self, folded: str, pools: dict[Pool, list[str]]) -> str | None:
        limit = allowed(len(folded))
        for length in range(len(folded) - limit, len(folded) + limit + 1) if limit else ():
            for pool in _pools(folded, length):
                words = pools.get(pool, ())
                near = process.extractOne(folded, words, scorer=OSA.distance, score_cutoff=limit)
                if near is not None:
                    return self._names[near[0]]
        return None


def _pools(word: str, length: int) -> tuple[Pool, Pool]:
    """Where words of a length with the same first, or the same last letter stand: few misspellings change both."""
    return (length, word[0], True), (length, word[-1], False)


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready to be compared: its words by their names, with their weights."""

    reading: Reading
    words: dict[str, float]
    whole: float

    def share(self, other: Question) -> float:
        """The share of the longer question's meaning that both have; none where each has a subject of its own."""
        common = self.words.keys() & other.words.keys()
        beyond = [q.whole - sum(q.words[word] for word in common) for q in (self, other)]
        if not common or min(beyond) >= REPLACED:
            return 0.0
        return min(1 - left / q.whole for left, q in zip(beyond, (self, other), strict=True))


@dataclass(slots=True)
class _Head:
    """The question that heads a group, and the languages the group was asked in so far."""

    first: Question
    languages: set[str] = field(default_factory=set)


class Likeness:
    """The groups of one election so far, by the words and subjects of those that head them."""

    def __init__(self, election: Election) -> None:
        self._election = election
        self._vocabulary = Vocabulary()
        self._heads: list[_Head] = []
        self._worded: dict[tuple[Asked, str], list[tuple[int, Question]]] = {}
        self._about: dict[tuple[Asked, tuple[str, ...]], list[int]] = {}

    def question(self, reading: Reading) -> Question:
        """A reading ready to be compared."""
        words: dict[str, float] = {}
        for term in reading.terms:
            name = self._vocabulary.name(term)
            words[name] = max(words.get(name, 0.0), term.weight)
        words |= {f"?{kind}": ASKING for kind in reading.kinds}
        if reading.gaps:
            words[LEFT_OUT] = GAP * min(reading.gaps, GAPS)
        return Question(reading, words, sum(words.values()))

    def place(self, question: Question) -> int:
        """The number of the group a question belongs to: the one it is most like, or a new one that it heads."""
        number = next(iter(self.near(question)), None)
        if number is None:
            number = len(self._heads)
            self._heads.append(_Head(question))
        head = self._heads[number]
        if question.reading.language not in head.languages:
            head.languages.add(question.reading.language)
            self._file(number, question, head.first is question)
        return number

    def near(self, question: Question) -> list[int]:
        """The groups a question is like, the most alike first; else one that asks the same in another language."""
        shares: dict[int, float] = {}
        for number, other in self._sharing(question):
            if self._compatible(question.reading, other.reading):
                shares[number] = max(shares.get(number, 0.0), question.share(other))
        alike = sorted((n for n, share in shares.items() if share >= NEARLY), key=lambda n: (-shares[n], n))
        return alike or self._translated(question.reading)

    def _file(self, number: int, question: Question, heads: bool) -> None:
        reading = question.reading
        for word in question.words:
            self._worded.setdefault((reading.asked, word), []).append((number, question))
        if heads and reading.plain:
            self._about.setdefault((reading.asked, reading.subject), []).append(number)

    def _sharing(self, question: Question) -> Iterator[tuple[int, Question]]:
        """The heads that share one of so many of the rarest words that they cannot be alike without."""
        filed = [(self._worded.get((question.reading.asked, word), []), word) for word in question.words]
        looked_at = 0.0
        for heads, word in sorted(filed, key=lambda each: (len(each[0]), each[1])):
            if looked_at > (1 - NEARLY) * question.whole:
                return
            looked_at += question.words[word]
            yield from heads

    def _translated(self, reading: Reading) -> list[int]:
        """The one group of about as many words on the same plain subject that nobody has asked in this language yet.

        Whoever asks about a wide subject may mean any part of it. So a subject is never enough within one language,
        nor where several groups have it.
        """
        if not reading.plain:
            return []
        numbers = self._about.get((reading.asked, reading.subject), ())
        found = [n for n in numbers if _alike(reading, self._heads[n].first.reading)]
        if len(found) != 1 or reading.language in self._heads[found[0]].languages:
            return []
        return found

    def _compatible(self, reading: Reading, other: Reading) -> bool:
        """Whether nothing that both say tells them apart: what is asked for, a figure, a subject of another kind."""
        return (
            _agree(reading.kinds, other.kinds)
            and _agree(reading.figures, other.figures)
            and self._related(reading.subject, other.subject)
        )

    def _related(self, subject: Collection[str], other: Collection[str]) -> bool:
        if not subject or not other:
            return True
        lines = [{i for each in several for i in self._lineage(each)} for several in (subject, other)]
        return bool(lines[0] & set(other) or lines[1] & set(subject))

    def _lineage(self, entry: str) -> tuple[str, ...]:
        """An entry and what it is a part of."""
        if self._election.has("topics", entry):
            return self._election.lineage(entry)
        topic = self._election.fact(entry).topic
        return (entry, *(self._election.lineage(topic) if topic else ()))


def _alike(reading: Reading, other: Reading) -> bool:
    """Whether two questions on one subject, in two languages, may be each other's translation."""
    return (
        reading.kinds == other.kinds
        and _agree(reading.figures, other.figures)
        and abs(len(reading.terms) - len(other.terms)) <= 1
    )


def _agree(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two sets have something in common, or one of them is empty."""
    return not some or not others or bool(some & others)
