"""What moderators read, in any channel: questions of a form, what waits, what an edit would do, what was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.channels import sourcing
from bot.channels.browsing import Browsing
from bot.dialogue.problems import told
from bot.dialogue.reply import Reply
from bot.dialogue.wording import Wording
from bot.evaluation.scoring import Result
from bot.knowledge.document import Problem
from bot.knowledge.model import Election
from bot.language.text import fold
from bot.moderation.answers import Fault
from bot.moderation.drafting import Draft
from bot.moderation.forms import NEW, Field, fields, possible, statement
from bot.moderation.proposals import Decided, Edit, Impossible
from bot.moderation.queue import Group
from bot.moderation.trying import Preview
from bot.state.records import Audited, Proposal

SHOWN = 8
"""How many lines of a kind are shown at most; of the others only their number is told."""
CHOICES = 12
"""How many choices are offered to tap or to number; any other is typed."""
STATEMENT = 80


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines under a heading; `verbatim` for lines of a file, to be shown as they are."""

    heading: str
    lines: tuple[str, ...] = ()
    verbatim: bool = False


class Moderation:
    """One election in a moderator's words."""

    def __init__(self, election: Election, say: Wording) -> None:
        self.election = election
        self.say = say
        self.browsing = Browsing(election, say)

    # --- forms

    def question(self, draft: Draft, field: Field) -> str:
        """What is asked, where one is in the form, and whether it may be left out."""
        asked = fields(draft, self.election)
        number = [each.key for each in asked].index(field.key) + 1
        step = self.say(
            "moderation.step", kind=self.kind(draft.kind), number=number, count=max(number, len(asked))
        )
        text = self.say(f"moderation.ask.{field.name}", language=self.say.language_name(field.language))
        now = statement(self.election, draft.values.get("statement", "")) if field.name == "claim" else None
        lines = [step, text]
        if now is not None and field.language in now.claim:
            lines.append(self.say("moderation.says_now", text=now.claim[field.language]))
        if field.optional:
            lines.append(self.say("moderation.or_skip"))
        elif field.name == "asked_as":
            lines.append(self.say("moderation.asked_in_all"))
        return "\n".join(lines)

    def choices(
        self,
        field: Field,
        closest: Sequence[str] = (),
        limit: int | None = CHOICES,
        draft: Draft | None = None,
    ) -> list[tuple[str, str]]:
        """What can be chosen, as (value, words); the closest first, of sources those at hand and then the latest."""
        wanted = list(field.choices)
        if field.name == "source":
            ranked = sourcing.nearest(draft or Draft("source", self.election.id), self.election)
            wanted = [NEW, *ranked]
        elif field.name == "target" and draft is not None:
            wanted = self._entries(draft.kind)
        parts = dict.fromkeys(part for each in closest for part in (each, *each.split("/")))
        near = [part for part in parts if part in wanted]
        listed = [*near, *(each for each in wanted if each not in near)]
        return [(each, self.choice(field, each)) for each in listed[:limit]]

    def _entries(self, kind: str) -> list[str]:
        """The topics and the facts that an edit can be about, by name."""
        entries = [*self.election.all("topics"), *self.election.all("facts")]
        found = [each for each in entries if possible(each, kind, self.election)]
        return sorted(found, key=lambda each: fold(self.subject(each)))

    def choice(self, field: Field, value: str) -> str:
        """The words for one choice."""
        if field.name == "source":
            if not self.election.has("sources", value):
                return self.say("moderation.choice.new")
            return sourcing.named(self.election.source(value), self.say)
        if field.name == "statement":
            claim = statement(self.election, value)
            return cut(self.browsing.text(claim.claim), STATEMENT) if claim is not None else value
        if field.name == "source_language":
            return self.say.language_name(value)
        if field.name in ("gender", "keep_quote"):
            return self.say(f"moderation.choice.{value}")
        return self.browsing.subject(value) or value

    def fault(self, fault: Fault) -> str:
        return self.say(f"moderation.fault.{fault.key}", **fault.values)

    # --- the queue

    def group(self, group: Group) -> list[Section]:
        """All there is to know of a row of the queue."""
        if group.entry:
            verdicts = [
                self.say(
                    "moderation.queue.verdict",
                    verdict=self.say(f"telegram.verdict.{verdict}"),
                    count=sum(each.count for each in group.verdicts if each.verdict == verdict),
                )
                for verdict in dict.fromkeys(each.verdict for each in group.verdicts)
            ]
            told = self.say("moderation.queue.verdicts", verdicts=", ".join(verdicts))
            return [Section(self.subject(group.entry)), Section("", (told,))]
        key = "once" if group.count == 1 else "day" if group.first_day == group.last_day else "asked"
        languages = ", ".join(self.say.language_name(code) for code in group.languages)
        first, last = self.say.date(group.first_day), self.say.date(group.last_day)
        asked = self.say(
            f"moderation.queue.{key}", count=group.count, first=first, last=last, languages=languages
        )
        reasons = ", ".join(self.say(f"moderation.queue.reasons.{reason}") for reason in group.reasons)
        found = [
            Section(self._quoted(group.text)),
            Section("", (asked, self.say("moderation.queue.reason", reasons=reasons))),
        ]
        others = [each.question.text for each in group.questions if each.question.text != group.text]
        if others:
            found.append(
                Section(self.say("moderation.queue.also"), self._few([self._quoted(text) for text in others]))
            )
        return found

    def row(self, group: Group, several: bool) -> str:
        """A row of the queue in one line; with its election if there are several."""
        text = self.subject(group.entry) if group.entry else group.text
        row = self.say(f"moderation.queue.{'rated' if group.entry else 'row'}", count=group.count, text=text)
        if not several:
            return row
        name = self.browsing.text(self.election.description.name)
        return self.say("moderation.queue.election", row=row, election=name)

    # --- edits

    def title(self, edit: Edit | Proposal) -> str:
        return self.say(
            "moderation.preview.title",
            kind=self.kind(edit.kind).capitalize(),
            subject=self.subject(edit.subject),
        )

    def kind(self, kind: str) -> str:
        return self.say(f"moderation.kind.{kind}")

    def subject(self, subject: str) -> str:
        """What an edit is about, by the names voters see where there are any."""
        return self.browsing.subject(subject) or subject

    def preview(self, preview: Preview, edit: Edit | None = None) -> Iterator[Section]:
        """What an edit changes, in the order in which a careful reader wants to know it."""
        say = self.say
        if not preview.changed:
            yield Section(say("moderation.preview.nothing"))
            return
        yield Section(say("moderation.preview.diff"))
        for file, lines in changed_lines(preview.diff):
            yield Section(file, lines, verbatim=True)
        yield from self.sources(edit) if edit is not None else ()
        if preview.problems:
            yield Section(say("moderation.preview.problems"), self.problems(preview.problems))
            return
        if preview.answers:
            answers = []
            for each in preview.answers:
                before, after = self.outcome(each.before), self.outcome(each.after)
                key = "same" if before == after else "answer"
                text = each.question.text
                answers.append(say(f"moderation.preview.{key}", text=text, before=before, after=after))
            yield Section(say("moderation.preview.answers"), self._few(answers))
        if not preview.asked:
            yield Section(say("moderation.preview.no_banks"))
        elif preview.moved:
            yield from self._changes(preview)
        else:
            yield Section(say("moderation.preview.banks", count=preview.asked))
        if preview.notices:
            yield Section(say("moderation.preview.notices"), self.problems(preview.notices))

    def _changes(self, preview: Preview) -> Iterator[Section]:
        """The questions that come to something else, worse ones first; and how many get the same with other words."""
        moved = sorted((m for m in preview.moved if m.elsewhere or m.worse), key=lambda each: not each.worse)
        if moved:
            lines = self._few([self._moved(each.before, each.after, each.worse) for each in moved])
            if moved[0].worse:
                lines = (*lines, self.say("moderation.preview.worse"))
            yield Section(self.say("moderation.preview.moved", count=preview.asked), lines)
        same = len(preview.moved) - len(moved)
        if same:
            yield Section(self.say("moderation.preview.reworded", count=same, asked=preview.asked))

    def sources(self, edit: Edit) -> list[Section]:
        """Where what an edit says can be looked up, a line for each source."""
        lines = []
        for source in sourcing.rests_on(edit.operations, self.election):
            name = sourcing.named(source, self.say)
            key = "address" if source.url else "no_address"
            lines.append(self.say(f"moderation.preview.{key}", source=name, address=source.url))
        return [Section(self.say("moderation.preview.sources"), tuple(lines))] if lines else []

    def problems(self, problems: Sequence[Problem]) -> tuple[str, ...]:
        return self._few([told(problem, self.say) for problem in problems])

    def outcome(self, reply: Reply) -> str:
        """What a question comes to, in a few words."""
        name = self.say(f"moderation.outcome.{reply.name}")
        return f"{name} ({reply.understood})" if reply.understood else name

    def _moved(self, before: Result, after: Result, worse: bool) -> str:
        return self.say(
            "moderation.preview.moved_line",
            mark="⚠️" if worse else "•",
            text=after.question.text,
            before=self.outcome(before.reply),
            after=self.outcome(after.reply),
        )

    def decided(self, decided: Decided, live: bool, alone: bool = False) -> list[str]:
        """What became of an edit; `live` if voters are answered with it already."""
        say = self.say
        if not decided.applied:
            lines = [say("moderation.done.proposed"), say(f"moderation.waits.{decided.waits}")]
            return [*lines, say("moderation.done.alone")] if alone else lines
        lines = [say(f"moderation.done.{'applied' if live else 'not_live'}")]
        if decided.commit:
            lines.append(say("moderation.done.commit", commit=decided.commit))
        elif decided.fault:
            lines.append(say("moderation.done.no_commit", fault=decided.fault))
        return lines

    def impossible(self, impossible: Impossible) -> list[str]:
        """Why an edit could not be made, and what is wrong with the base if that is why."""
        return [impossibility(impossible, self.say), *self.problems(impossible.problems)]

    # --- what was done

    def step(self, step: Audited) -> str:
        """A step of the log in one line."""
        kind, _, subject = step.subject.partition(" ")
        if step.proposal:
            words = f"{self.kind(kind)} · {self.subject(subject)}"
        else:
            words = self.browsing.subject(step.subject) or self._quoted(step.subject)
        at = step.at.astimezone(ZoneInfo(self.election.description.time_zone))
        return self.say(
            "moderation.log.line",
            number=step.id,
            when=f"{at:%Y-%m-%d %H:%M}",
            name=step.moderator,
            action=self.say(f"moderation.log.action.{step.action}"),
            subject=words,
        )

    def step_in_full(self, step: Audited) -> list[Section]:
        """A step of the log with what it took away and what it put there."""
        found = [Section(self.say("moderation.log.step", number=step.id), (self.step(step),))]
        for key, lines in (("before", step.before), ("after", step.after)):
            if lines:
                found.append(
                    Section(self.say(f"moderation.log.{key}"), tuple(lines.splitlines()), verbatim=True)
                )
        return found

    def waiting(self, proposal: Proposal) -> str:
        """An edit that waits, in one line."""
        subject = self.subject(proposal.subject)
        kind = self.kind(proposal.kind)
        return self.say("moderation.waiting.row", kind=kind, subject=subject, name=proposal.author_name)

    def _quoted(self, text: str) -> str:
        return self.say("moderation.quoted", text=text)

    def _few(self, lines: Sequence[str]) -> tuple[str, ...]:
        """The first lines, and how many more there are."""
        if len(lines) <= SHOWN:
            return tuple(lines)
        return (*lines[:SHOWN], self.say("moderation.preview.more", count=len(lines) - SHOWN))


def impossibility(impossible: Impossible, say: Wording) -> str:
    """The sentence that says why an edit could not be made."""
    return say(f"moderation.impossible.{impossible.key}", **impossible.values)


def changed_lines(diff: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each file of a unified diff with its lines; where lines between are left out, there is an ellipsis."""
    lines = diff.splitlines()
    file, held = "", list[str]()
    place = 0
    while place < len(lines):
        line, following = lines[place], lines[place + 1 : place + 3]
        if line.startswith("--- ") and [each[:3] for each in following] == ["+++", "@@ "]:
            if held:
                yield file, tuple(held)
            file, held = line.removeprefix("--- "), []
            place += 3
            continue
        held.append("…" if line.startswith("@@ ") else line)
        place += 1
    if held:
        yield file, tuple(held)


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
