"""What waits for moderators: questions without an answer, and answers voters were not content with, grouped.

Pure: the same counts, base and dismissals give the same groups. Nothing of who asked is in any of them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.dialogue.assistant import Assistant
from bot.dialogue.deciding import follow
from bot.knowledge.model import Election
from bot.language.catalogue import known_languages, language
from bot.language.text import stem
from bot.matching.muting import muted
from bot.moderation.likeness import Likeness
from bot.moderation.readings import ANSWERS, CLOSEST, Reading, reading
from bot.state.records import FeedbackCount, Unanswered, UnansweredCount

ROWS = 2_000
"""How many questions are looked through, the most frequent first."""
GOOD = "good"
RATED = "rated"
STILL_AMISS = "none_of_these"
"""The reason of a question that was answered, but not with what the voter meant."""


@dataclass(frozen=True, slots=True)
class Group:
    """What voters asked in much the same words and found no answer to, or one entry they were not content with."""

    id: str
    """Eight characters from the words of the oldest question, or from the entry.

    Questions that join later are younger, and of those of its first day accents, order and small words do not count.
    """
    election: str
    questions: tuple[UnansweredCount, ...]
    """The most frequent first; none of an entry that was rated."""
    verdicts: tuple[FeedbackCount, ...]
    """Of an entry that was rated, all but the good ones, the most frequent first."""
    entry: str
    """The id of the entry that was rated."""
    closest: tuple[str, ...]
    """Up to five ids of what it may mean, nearest first: topics and facts, for the candidate who is named if any."""
    dismissed: bool
    good: int = 0
    """How many were content with the entry, for proportion."""
    dismissals: tuple[Unanswered, ...] = ()
    """The dismissed questions that make it so: it comes back once all of them are restored."""

    @property
    def text(self) -> str:
        """The words to show: the question asked most often, or the entry's id."""
        return self.questions[0].question.text if self.questions else self.entry

    @property
    def count(self) -> int:
        return sum(held.count for held in self._held)

    @property
    def first_day(self) -> date:
        return min(held.first_day for held in self._held)

    @property
    def last_day(self) -> date:
        return max(held.last_day for held in self._held)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it was asked or rated in, sorted."""
        asked = {row.question.language for row in self.questions}
        return tuple(sorted(asked | {verdict.language for verdict in self.verdicts}))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is here, the most frequent first: reasons of questions, or verdicts."""
        reasons = [(row.question.reason, row.count) for row in self.questions]
        reasons += [(verdict.verdict, verdict.count) for verdict in self.verdicts]
        counts: dict[str, int] = {}
        for reason, count in reasons:
            counts[reason] = counts.get(reason, 0) + count
        return tuple(sorted(counts, key=lambda reason: (-counts[reason], reason)))

    @property
    def _held(self) -> tuple[UnansweredCount | FeedbackCount, ...]:
        return self.questions or self.verdicts


def queue(
    asked: Sequence[UnansweredCount],
    rated: Sequence[FeedbackCount],
    dismissed: Collection[Unanswered],
    assistant: Assistant,
) -> list[Group]:
    """What waits for moderators in every election, the most frequent and latest first; dismissed groups at the end.

    Left out is what is muted, what the base has come to answer, and what belongs to an election or entry that is
    gone. Reading a question takes about a millisecond the first time: ten thousand need a thread of their own.
    """
    groups: list[Group] = []
    for election in assistant.base.elections.values():
        own = [d for d in dismissed if d.election == election.id]
        waiting = _Waiting(assistant, election, own)
        groups += waiting.asked([row for row in asked if row.question.election == election.id])
        groups += waiting.rated([row for row in rated if row.election == election.id])
    return sorted(groups, key=lambda g: (g.dismissed, -g.count, -g.last_day.toordinal(), g.id))


class _Waiting:
    """One election's part of the queue in the making."""

    def __init__(self, assistant: Assistant, election: Election, dismissed: Sequence[Unanswered]) -> None:
        self._assistant = assistant
        self._election = election
        self._dismissed = {(d.language, d.text): d for d in dismissed}

    def asked(self, rows: Iterable[UnansweredCount]) -> Iterator[Group]:
        """The questions that still wait, grouped; the oldest come first and so head their groups."""
        likeness = Likeness(self._election)
        groups: dict[int, list[UnansweredCount]] = {}
        for row in sorted(rows, key=lambda r: (r.first_day, r.question.text, r.question.language)):
            if not muted(row.question.text, self._election) and self._waits(row):
                number = likeness.place(likeness.question(self._reading(row.question)))
                groups.setdefault(number, []).append(row)
        dismissals = self._dismissals(likeness, groups)
        taken: set[str] = set()
        for number, held in groups.items():
            identifier = self._identifier(held[0].question, taken)
            taken.add(identifier)
            yield self._group(identifier, held, dismissals.get(number, ()))

    def rated(self, rows: Iterable[FeedbackCount]) -> Iterator[Group]:
        """The entries of which somebody was not content with the answer, as long as there is one."""
        entries: dict[str, list[FeedbackCount]] = {}
        for row in rows:
            entries.setdefault(row.entry, []).append(row)
        for entry, held in entries.items():
            verdicts = [row for row in held if row.verdict != GOOD]
            if not verdicts or not isinstance(follow(entry, self._election), ANSWERS):
                continue
            candidate, _, topic = entry.partition("/")
            dismissal = self._dismissed.get(("", entry))
            yield Group(
                id=_short(self._election.id, RATED, entry),
                election=self._election.id,
                questions=(),
                verdicts=tuple(sorted(verdicts, key=lambda v: (-v.count, v.verdict, v.language))),
                entry=entry,
                closest=(entry, topic, candidate) if topic else (entry,),
                dismissed=dismissal is not None,
                good=sum(row.count for row in held if row.verdict == GOOD),
                dismissals=(dismissal,) if dismissal else (),
            )

    def _reading(self, question: Unanswered) -> Reading:
        return reading(self._assistant, self._election.id, question.text, question.language)

    def _waits(self, row: UnansweredCount) -> bool:
        """Whether a question has no answer today, or had one that was not meant."""
        return row.question.reason == STILL_AMISS or not self._reading(row.question).answered

    def _dismissals(
        self, likeness: Likeness, groups: dict[int, list[UnansweredCount]]
    ) -> dict[int, tuple[Unanswered, ...]]:
        """By group, the dismissed questions it holds, and those nobody asks any more that its head is like."""
        left = {key: question for key, question in self._dismissed.items() if key[0]}
        found: dict[int, list[Unanswered]] = {}
        for number, held in groups.items():
            keys = [(row.question.language, row.question.text) for row in held]
            own = [left.pop(key) for key in keys if key in left]
            if own:
                found[number] = own
        for question in left.values() if groups else ():
            for number in likeness.near(likeness.question(self._reading(question))):
                found.setdefault(number, []).append(question)
        return {number: tuple(questions) for number, questions in found.items()}

    def _group(self, identifier: str, held: list[UnansweredCount], dismissals: Sequence[Unanswered]) -> Group:
        questions = tuple(sorted(held, key=lambda r: -r.count))
        closest = dict.fromkeys(t for row in questions for t in self._reading(row.question).closest)
        return Group(
            id=identifier,
            election=self._election.id,
            questions=questions,
            verdicts=(),
            entry="",
            closest=tuple(closest)[:CLOSEST],
            dismissed=bool(dismissals),
            dismissals=tuple(dismissals),
        )

    def _identifier(self, question: Unanswered, taken: Collection[str]) -> str:
        """The same for a question however it is written, and though the base changes; its own in this queue."""
        spoken = self._reading(question)
        telling = [*sorted(spoken.kinds), "turned" if spoken.asked.turned else ""]
        found = _short(self._election.id, *telling, *_words(question))
        return found if found not in taken else _short(self._election.id, question.language, question.text)


def _words(question: Unanswered) -> list[str]:
    """The words of a question that are more than grammar, without endings, accents and order; else all."""
    if question.language not in known_languages():
        return [question.text]
    lang = language(question.language)
    spoken = lang.words(question.text)
    telling = [word for word in spoken if not lang.is_small(word.folded)] or spoken
    return sorted({stem(word.folded, lang.stemmer) for word in telling})


def _short(*parts: str) -> str:
    """Eight characters for these parts."""
    return base64.urlsafe_b64encode(hashlib.sha256("\0".join(parts).encode()).digest())[:8].decode()
