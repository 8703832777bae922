"""What an edit would do, found out before any voter meets it."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from threading import Lock

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply
from bot.evaluation.bank import Question, banks_of, read_bank
from bot.evaluation.phrasings import astray
from bot.evaluation.scoring import Result, ask, score
from bot.knowledge.checks.walking import Ways, ways
from bot.knowledge.document import Problem
from bot.knowledge.editing import ADD, Operation, applied
from bot.knowledge.loading import Loaded, load
from bot.language.text import words
from bot.matching.checking import problems_of
from bot.matching.muting import muted
from bot.moderation.fitting import fitted
from bot.moderation.queue import STILL_AMISS
from bot.moderation.reviews import readers
from bot.moderation.storing import texts
from bot.state.records import Unanswered

CONTEXT_LINES = 2
RECENT = timedelta(minutes=10)
"""How long what the banks came to is remembered: polls open, and close."""
REHEARD = 400
"""Phrasings of others that are tried again at most, those first that share a word with a new one."""


NO_ANSWER = ("unknown", "no_position", "clarification", "decline", "help")
"""What a question comes to that still waits for its answer."""


class Unsound(Exception):  # noqa: N818 - it is an answer to a moderator, not a fault of the program
    """What would be wrong with the base after an edit."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


class Broken(Unsound):
    """What is wrong with the base already, and would be so after an edit."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One question, answered from the base as it is and as it would be."""

    question: Unanswered
    before: Reply
    after: Reply


@dataclass(frozen=True, slots=True)
class Moved:
    """A question of a bank that would come to something else."""

    before: Result
    after: Result

    @property
    def differs(self) -> bool:
        """Whether anything is otherwise: what is answered, or whether that is still what should be."""
        return outcome(self.before) != outcome(self.after) or self.before.verdict is not self.after.verdict

    @property
    def elsewhere(self) -> bool:
        """Whether it gets another answer, and not only the same one that says more or less."""
        return led_to(self.before) != led_to(self.after)

    @property
    def worse(self) -> bool:
        order = list(type(self.before.verdict))
        return order.index(self.after.verdict) > order.index(self.before.verdict)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an edit changes: lines of files, answers, questions of the banks; and what is wrong with it."""

    changed: Mapping[str, str | None]
    diff: str
    problems: tuple[Problem, ...]
    """What keeps it from being applied."""
    notices: tuple[Problem, ...] = ()
    """What is new to complete, and phrasings that would now lead elsewhere."""
    answers: tuple[Answered, ...] = ()
    moved: tuple[Moved, ...] = ()
    asked: int = 0
    """How many questions of the banks were asked."""

    @property
    def sound(self) -> bool:
        return not self.problems


Serving = tuple[Loaded | None, Assistant]
"""Who answers voters now, and what was read for that, as far as it is known."""
Outcomes = list[tuple[str, Result]]
"""What each question of the banks comes to, beside its election."""
Known = tuple[str, dict[str, list[Result]], datetime]
NOTHING: Known = ("", {}, datetime.min.replace(tzinfo=UTC))


class Trials:
    """Tries edits out, and remembers how the banks are answered from the base as it is."""

    def __init__(self, root: Path, served: Callable[[], Serving | None] = lambda: None) -> None:
        self.root = root
        self._served = served
        self._known = NOTHING
        self._noticed: tuple[str, tuple[Problem, ...]] = ("", ())
        self._before: tuple[Loaded, Assistant] | None = None
        self._one_asks = Lock()

    def preview(
        self, operations: Sequence[Operation], election: str, questions: Sequence[Unanswered], now: datetime
    ) -> Preview:
        """What the edit would do; `Conflict` or `Uneditable` if it cannot even be made. Takes a second or so.

        `Broken` if nothing can be applied, whatever it is.
        """
        before = texts(self.root, dict.fromkeys(operation.file for operation in operations))
        changed = applied(before, fitted(before, operations))
        changed = {file: text for file, text in changed.items() if text != before[file]}
        diff = difference(before, changed)
        old, assistant = self._current()
        with trial(self.root, changed, old) as loaded:
            found = problems_of(loaded)
            if problems := brought(found, self.root):
                return Preview(changed, diff, problems)
            tried = Assistant(loaded.base, assistant.thresholds, assistant)
            notices = _new(found, self._problems(old))
            notices += _led_astray(operations, election, [(old, assistant), (loaded, tried)], now)
            answers = tuple(_answered(q, assistant, tried, now) for q in questions)
            asked, then = self._asked(readers(changed, loaded.base), assistant, now)
            moved = tuple(_moved(asked, tried, then))
            return Preview(changed, diff, (), notices, answers, moved, len(asked))

    def _current(self) -> tuple[Loaded, Assistant]:
        """The base as it is on disk; its assistant is the one that serves, if that answers from the same."""
        read, serving = self._served() or (None, None)
        loaded = load(self.root, read)
        if serving is not None and serving.base.version == loaded.base.version:
            return loaded, serving
        with self._one_asks:
            before = self._before
            if before is None or before[0].base.version != loaded.base.version:
                before = self._before = loaded, Assistant(loaded.base)
        return before

    def _problems(self, loaded: Loaded) -> tuple[Problem, ...]:
        """What was to be said of the base as it is already."""
        version, found = self._noticed
        if version != loaded.base.version:
            found = problems_of(loaded)
            self._noticed = loaded.base.version, found
        return found

    def warm(self, now: datetime) -> None:
        """Have at hand what any preview needs to compare with, before one is asked for."""
        old, assistant = self._current()
        self._problems(old)
        self._asked(tuple(old.base.elections), assistant, now)

    def _asked(
        self, elections: tuple[str, ...], assistant: Assistant, now: datetime
    ) -> tuple[Outcomes, datetime]:
        """How the banks of these elections are answered today, and when they were asked: it is not voted every day."""
        with self._one_asks:
            version, asked, then = self._known
            if version != assistant.base.version or abs(now - then) > RECENT:
                asked, then = {}, now
            for election in elections:
                held = assistant.base.elections.get(election)
                if held is not None and election not in asked:
                    questions = questions_of(self.root, election)
                    asked[election] = [score(q, ask(assistant, q, election, then), held) for q in questions]
            self._known = assistant.base.version, asked, then
        return [(each, result) for each in elections for result in asked.get(each, ())], then

    def dealt_with(self, questions: Sequence[Unanswered], now: datetime) -> list[Unanswered]:
        """The questions that the base as it is answers, or does not want to hear again."""
        assistant = self._current()[1] if questions else None
        return [q for q in questions if assistant is not None and _dealt_with(q, assistant, now)]

    @property
    def remembers(self) -> bool:
        """Whether anything is kept for comparing."""
        return self._before is not None or self._known is not NOTHING

    def forget(self) -> None:
        """Let go of what was kept for comparing."""
        self._before, self._known = None, NOTHING


@contextmanager
def trial(root: Path, changed: Mapping[str, str | None], before: Loaded | None = None) -> Iterator[Loaded]:
    """The base as it would be, in a copy of its folder; what is as `before` is not read again."""
    with tempfile.TemporaryDirectory(prefix="election-bot-") as folder:
        copy = Path(folder) / root.resolve().name
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".*", "questions"))
        for file, text in changed.items():
            path = copy / file
            if text is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="")
        yield load(copy, before)


def brought(found: Iterable[Problem], root: Path) -> tuple[Problem, ...]:
    """What a change would make wrong with the base below `root`; `Broken` if all that is wrong was so before."""
    problems = [problem for problem in found if not problem.notice]
    new = _new(problems, problems_of(load(root.resolve()))) if problems else ()
    if problems and not new:
        raise Broken(problems)
    return new


def difference(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> str:
    """The lines that change, file by file, as a unified diff."""
    found: list[str] = []
    for file, text in after.items():
        old, new = (before.get(file) or "").splitlines(), (text or "").splitlines()
        found += difflib.unified_diff(old, new, file, file, lineterm="", n=CONTEXT_LINES)
    return "\n".join(found)


def questions_of(root: Path, election: str) -> list[Question]:
    """All questions of an election's banks; a bank that cannot be read has none."""
    return [question for path in banks_of(root, election) for question in read_bank(path)[0]]


def led_to(result: Result) -> tuple[object, ...]:
    """What kind of answer a question got, and about whom and what."""
    reply = result.reply
    asked = getattr(reply.outcome, "candidates", reply.candidates)
    return (reply.name, asked, reply.topics, reply.facts)


def outcome(result: Result) -> tuple[object, ...]:
    """What a question came to, down to the statements that were shown."""
    return (*led_to(result), tuple((s.id, s.text) for s in result.reply.statements))


def _moved(asked: Outcomes, tried: Assistant, now: datetime) -> Iterator[Moved]:
    for election, before in asked:
        held = tried.base.elections[election]
        after = score(before.question, ask(tried, before.question, election, now), held)
        if (moved := Moved(before, after)).differs:
            yield moved


def _answered(question: Unanswered, before: Assistant, after: Assistant, now: datetime) -> Answered:
    return Answered(question, *(_reply(question, assistant, now) for assistant in (before, after)))


def _dealt_with(question: Unanswered, assistant: Assistant, now: datetime) -> bool:
    election = assistant.base.elections.get(question.election)
    if election is None:
        return False
    amiss = question.reason == STILL_AMISS  # it was answered before, so that an answer tells nothing
    return amiss or muted(question.text, election) or _reply(question, assistant, now).name not in NO_ANSWER


def _reply(question: Unanswered, assistant: Assistant, now: datetime) -> Reply:
    utterance = Utterance(question.text, question.election, language=question.language)
    return assistant.respond(utterance, Memory(), now)[0]


def _new(after: Iterable[Problem], before: Iterable[Problem]) -> tuple[Problem, ...]:
    """What was not there before; lines may have moved."""
    known = {(problem.place.path, problem.message) for problem in before}
    return tuple(p for p in after if (p.place.path, p.message) not in known)


def _led_astray(
    operations: Sequence[Operation],
    election: str,
    bases: Sequence[tuple[Loaded, Assistant]],
    now: datetime,
) -> tuple[Problem, ...]:
    """New phrasings that do not lead to their own entry, and others with a word of theirs that no longer do.

    `bases` are the base as it is and as it would be.
    """
    said = {word.folded for phrase in _phrases(operations) for word in words(phrase) if len(word.folded) > 2}
    (old, before), (new, after) = bases
    near = islice(_sharing(said, new, election), REHEARD)
    found = [(each, problem) for each in near if (problem := astray(after, *each, now))]
    lost = {way.phrasings[code][n] for (way, code, n), _ in found}
    known = [each for each in _sharing(said, old, election) if each[0].phrasings[each[1]][each[2]] in lost]
    were = [problem for each in known if (problem := astray(before, *each, now))]
    return _new([problem for _, problem in found], were)


def _sharing(said: set[str], loaded: Loaded, election: str) -> Iterator[tuple[Ways, str, int]]:
    """The phrasings that have one of these words."""
    for way in ways(loaded):
        if way.election.id == election:
            for code, phrasings in way.phrasings.items():
                for number, phrasing in enumerate(phrasings):
                    if said & {word.folded for word in words(phrasing)}:
                        yield way, code, number


def _phrases(operations: Iterable[Operation]) -> Iterator[str]:
    """The ways of asking that an edit adds, and the names it gives."""
    for operation in operations:
        yield from _texts(operation.now, operation.keys[-1:] == (ADD,))


def _texts(value: object, wanted: bool) -> Iterator[str]:
    if isinstance(value, str) and wanted:
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, True)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, key in ("name", "aliases") or isinstance(each, dict | list))
