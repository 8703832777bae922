"""`election-bot diff`: what another version of the base says otherwise, and which answers it makes better or worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from bot.channels.moderation import Moderation
from bot.channels.opening import Refused, Where, clock, folder
from bot.channels.reports import Table, show
from bot.dialogue.assistant import Assistant
from bot.dialogue.wording import Wording
from bot.evaluation.bank import banks_of, read_bank
from bot.evaluation.scoring import Verdict
from bot.knowledge.loading import load
from bot.knowledge.model import Base, Claim, Election
from bot.matching.checking import problems_of
from bot.moderation.comparing import Change, answered, changes
from bot.moderation.git import clean
from bot.moderation.history import Unreachable, unpacked
from bot.moderation.trying import Moved

SIGNS = {"added": "+", "removed": "-", "changed": "~"}
SHOWN = 60
WORSE, OTHERWISE = "⚠️", "•"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the base, and what to call it."""

    name: str
    base: Base


def differ(where: Where, revision: str, other: str | None, say: Wording) -> int:
    """Print how the base differs between two versions, the second of which is usually the one in the folder.

    Both are asked the question banks that are in the folder now. The status tells whether any answer got worse.
    """
    root = folder(where.knowledge)
    with ExitStack() as stack:
        before = _version(stack, root, revision)
        after = _version(stack, root, other) if other is not None else _now(root, say)
    elections = sorted({*before.base.elections, *after.base.elections})
    if where.election is not None and where.election not in elections:
        raise Refused("no_election", election=where.election, ids=", ".join(elections))
    status = 0
    for number, election in enumerate([where.election] if where.election is not None else elections):
        if number:
            click.echo()
        status = max(status, _Difference(where, root, before, after, election, say).show())
    return status


def _version(stack: ExitStack, root: Path, revision: str) -> Version:
    """The base at a revision."""
    try:
        earlier = stack.enter_context(unpacked(root, revision))
    except Unreachable as unreachable:
        raise Refused(unreachable.key, revision=clean(revision, SHOWN), folder=root) from None
    return Version(f"{revision} ({earlier.commit})", _sound(earlier.folder, revision))


def _now(root: Path, say: Wording) -> Version:
    name = say("terminal.differing.now")
    return Version(name, _sound(root, name))


def _sound(root: Path, revision: str) -> Base:
    loaded = load(root)
    problems = [p for p in problems_of(loaded, whole=False) if not p.notice]
    if problems:
        raise Refused("broken_version", revision=revision, count=len(problems), problem=problems[0])
    return loaded.base


class _Difference:
    """How one election differs between two versions."""

    def __init__(
        self, where: Where, root: Path, before: Version, after: Version, election: str, say: Wording
    ) -> None:
        self._where = where
        self._root = root
        self._before = before
        self._after = after
        self._election = election
        self._say = say

    def show(self) -> int:
        """Print it; 1 if any answer got worse."""
        say = self._say
        was, now = (version.base.elections.get(self._election) for version in (self._before, self._after))
        told = Moderation(now or was, say)  # type: ignore[arg-type]  # one of them has it
        click.echo(
            say(
                "terminal.differing.title",
                election=told.browsing.text(told.election.description.name),
                before=self._before.name,
                after=self._after.name,
            )
        )
        if was is None or now is None:
            click.echo(f"{SIGNS['added' if was is None else 'removed']} {self._election}")
            return 0
        results = self._results(now)
        moved = sorted((each for each in results if each.differs), key=lambda each: not each.worse)
        if results:
            click.echo("\n" + say("terminal.differing.answers"))
            show(tally(results, say))
        else:
            click.echo("\n" + say("moderation.preview.no_banks"))
        lines = [*self._moved(moved, len(results), told), *self._entries(was, now)]
        click.echo("\n".join(lines or ["", say("terminal.differing.same")]))
        return 1 if any(each.worse for each in moved) else 0

    def _results(self, election: Election) -> list[Moved]:
        """How the questions of the banks in the folder are answered by both."""
        read = [read_bank(path) for path in banks_of(self._root, self._election)]
        if problems := [problem for _, found in read for problem in found]:
            raise Refused("broken_questions", count=len(problems), problem=min(problems))
        questions = [question for found, _ in read for question in found]
        now = clock(self._where.now, election.description.time_zone)()
        before, after = Assistant(self._before.base), Assistant(self._after.base)
        return answered(questions, self._election, before, after, now)

    def _moved(self, moved: Sequence[Moved], asked: int, told: Moderation) -> Iterator[str]:
        """The questions that are answered otherwise, worse ones first; of the others that only say more, how many."""
        say = self._say
        listed = [each for each in moved if each.worse or each.elsewhere]
        if listed:
            worse = sum(each.worse for each in listed)
            yield "\n" + say("terminal.differing.moved", count=len(listed), worse=worse)
        for each in listed:
            yield self._line(each, told)
        if any(each.worse for each in listed):
            yield say("terminal.differing.bank")
        if same := len(moved) - len(listed):
            yield "\n" + say("moderation.preview.reworded", count=same, asked=asked)

    def _line(self, each: Moved, told: Moderation) -> str:
        question, say = each.after.question, self._say
        before, after = told.outcome(each.before.reply), told.outcome(each.after.reply)
        mark = WORSE if each.worse else OTHERWISE
        text = " / ".join((*question.context, question.text))
        line = say(
            "terminal.differing.line", mark=mark, id=question.id, text=text, before=before, after=after
        )
        if each.worse and each.after.verdict is not Verdict.MISATTRIBUTED and _unexpected(each):
            expected = say(f"moderation.outcome.{question.outcome}")
            return say("terminal.differing.expects", line=line, expected=expected)
        if each.before.verdict is each.after.verdict:
            return line
        was, now = (say(f"terminal.verdict.{result.verdict}") for result in (each.before, each.after))
        return say("terminal.differing.verdicts", line=line, was=was, now=now)

    # --- entries

    def _entries(self, was: Election, now: Election) -> Iterator[str]:
        found = list(changes(was, now))
        if found:
            yield "\n" + self._say("terminal.differing.entries")
        earlier, later = Moderation(was, self._say), Moderation(now, self._say)
        for change in found:
            yield self._change(change, earlier if change.now is None else later)

    def _change(self, change: Change, told: Moderation) -> str:
        say = self._say
        name = told.browsing.subject(change.id)
        line = say(
            "terminal.differing.change",
            sign=SIGNS[change.action],
            kind=say(f"terminal.differing.kind.{change.kind}"),
            colon=say("colon"),
            name=f"{name} [{change.id}]" if name else change.id,
        )
        if change.kind == "claim":
            return f"{line}\n    {self._words(change, told)}"
        keys = ", ".join(change.keys)
        return say("terminal.differing.keys", change=line, keys=keys) if keys else line

    def _words(self, change: Change, told: Moderation) -> str:
        """What a claim says, or said and says; if its words are the same, what else differs."""
        say = self._say
        texts = [
            say("moderation.quoted", text=told.browsing.text(claim.claim))
            for claim in (change.was, change.now)
            if isinstance(claim, Claim)
        ]
        if len(set(texts)) == 2:
            return say("terminal.differing.words", was=texts[0], now=texts[1])
        keys = ", ".join(change.keys)
        return say("terminal.differing.keys", change=texts[0], keys=keys) if keys else texts[0]


def _unexpected(each: Moved) -> bool:
    """Whether its bank expects another kind of answer."""
    return each.after.reply.name != each.after.question.outcome


def tally(results: Sequence[Moved], say: Wording) -> Table:
    """How many questions came to each verdict, before and after."""
    before = Counter(each.before.verdict for each in results)
    after = Counter(each.after.verdict for each in results)
    head = ("", say("terminal.differing.before"), say("terminal.differing.after"))
    rows = [
        (say(f"terminal.verdict.{verdict}"), str(before[verdict]), str(after[verdict])) for verdict in Verdict
    ]
    return Table(head, tuple(rows))
