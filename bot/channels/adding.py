"""`election-bot add`: a form whose answers become a file, or a change to one, as an editor would have written it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.channels.browsing import names_of
from bot.channels.moderation import Moderation, Section, cut
from bot.channels.opening import Clock, Refused, Where, chosen, clock, folder, sound
from bot.channels.reviewing.filling import CANCELLED, Form
from bot.channels.reviewing.talking import Left, Talk, numbered
from bot.dialogue.wording import Wording
from bot.knowledge.editing import Conflict, Operation, Uneditable
from bot.language.text import fold
from bot.moderation import forms
from bot.moderation.drafting import Draft
from bot.moderation.making import Unsound, make
from bot.moderation.proposals import edit_of
from bot.moderation.storing import Busy, Unfinished, locked, revision, store
from bot.moderation.trying import Trials

SHOWN = 60


def add(where: Where, kind: str, say: Wording) -> None:
    """Ask for all that an entry needs, show what it would change, and write it if that is wanted."""
    election = chosen(sound(where), where.election)
    telling = Moderation(election, say)
    talk = Talk(say)
    now = clock(where.now, election.description.time_zone)
    form = Form(talk, telling, now=now, strict=not talk.on_terminal)
    talk.tell(say("terminal.adding.welcome"))
    adding = _Adding(where, talk, telling, now)
    draft = Draft(kind, election.id)
    try:
        while True:
            draft, ended = form.fill(draft)
            ended = CANCELLED if ended == CANCELLED else adding.decide(draft)
            if ended == CANCELLED:
                talk.tell(say("moderation.draft.cancelled"))
            if ended != "back":
                return
            draft = forms.back(draft)
    except Left as left:
        if left.asked:
            talk.tell(say("moderation.draft.cancelled"))
            return
        raise Refused("unfinished", question=cut(form.asked, SHOWN)) from None


class _Adding:
    """What becomes of a filled-in form."""

    def __init__(self, where: Where, talk: Talk, telling: Moderation, now: Clock) -> None:
        self._where = where
        self._talk = talk
        self._telling = telling
        self._root = folder(where.knowledge)
        self._trials = Trials(self._root)
        self._now = now

    def decide(self, draft: Draft) -> str:
        """Show what would change and ask whether to write it: `written`, `back`, or that it was cancelled."""
        talk, telling, say = self._talk, self._telling, self._talk.say
        edit = edit_of(draft, telling.election, self._now())
        with _explained(say):
            preview = self._trials.preview(edit.operations, edit.election, (), self._now())
        talk.show(Section(telling.title(edit)), *telling.preview(preview, edit))
        sound = preview.sound and bool(preview.changed)
        if not talk.on_terminal and preview.problems:
            raise Refused("unsound", problem=preview.problems[0])
        options = [("write", say("terminal.adding.write"))] if sound else []
        options += [
            (each, say(f"terminal.adding.{word}"))
            for each, word in (("back", "change"), (CANCELLED, "cancel"))
        ]
        value = self._confirmed(options)
        if value == "write":
            with _explained(say):
                files = _write(self._root, edit.operations)
            self._tell_what_next(files, draft)
            return "written"
        return CANCELLED if value == "cancel" else value

    def _confirmed(self, options: Sequence[tuple[str, str]]) -> str:
        """What is chosen, by its number or by yes or no; piped, what is neither ends it."""
        talk, say = self._talk, self._talk.say
        said = names_of("terminal.adding.said")
        talk.options([label for _, label in options])
        values = [value for value, _ in options]
        while True:
            try:
                typed = talk.listen(("back", "cancel"), answering=False)
            except Left as left:
                raise left if left.asked else Refused("adding.unconfirmed") from None
            number = numbered(typed.text, len(options))
            value = typed.command or (said.get(fold(typed.text), "") if number is None else values[number])
            if value in (*values, "cancel"):
                return value
            if typed.text:
                key = "no_choice" if "write" in values else "no_choice_unsound"
                sentence = say(f"terminal.adding.{key}", typed=cut(typed.text, SHOWN))
                if not talk.on_terminal:
                    raise Refused("not_taken", sentence=sentence)
                talk.tell(sentence)

    def _tell_what_next(self, files: Sequence[str], draft: Draft) -> None:
        say = self._talk.say
        written = [say("terminal.adding.written", file=_shown(self._root / file)) for file in files]
        self._talk.tell(*written)
        if revision(self._root) is not None:
            self._talk.hint(say("terminal.adding.no_commit"))
        options = ["--knowledge", self._where.knowledge] if self._where.knowledge else []
        options += ["--election", self._where.election] if self._where.election else []
        said = f" {shlex.join(options)}" if options else ""
        commands = [f"election-bot check{said}"]
        if question := self._question(draft):
            commands.append(f"election-bot ask {_quoted(question)}{said}")
        self._talk.show(Section(say("terminal.adding.next"), tuple(f"  {each}" for each in commands)))

    def _question(self, draft: Draft) -> str:
        """What to ask to see the new entry."""
        values, say = draft.values, self._talk.say
        if draft.kind == "position":
            topic = self._telling.subject(values["topic"])
            return f"{self._telling.subject(values['candidate'])} {topic}"
        if draft.kind == "candidate":
            return values["full_name"]
        asked = values.get(f"phrasings.{say.code}") or next(
            (held for key, held in values.items() if key.startswith("phrasings.") and held), ""
        )
        return next(iter(forms.phrases(asked)), "")


def _write(root: Path, changes: Sequence[Operation]) -> list[str]:
    """Make the changes to the files as they are by now; which they were."""
    with locked(root):
        made = make(root, changes)
        store(root, made.after, None)
    return list(made.after)


@contextmanager
def _explained(say: Wording) -> Iterator[None]:
    """What cannot be done is refused in one sentence."""
    try:
        yield
    except Unsound as unsound:
        raise Refused("unsound", problem=unsound.problems[0]) from None
    except Conflict:
        raise _refused("conflict", say) from None
    except (Uneditable, ValueError):
        raise _refused("uneditable", say) from None
    except Busy:
        raise _refused("busy", say) from None
    except (OSError, Unfinished):
        raise _refused("unwritable", say) from None


def _refused(key: str, say: Wording) -> Refused:
    return Refused("said", sentence=say(f"moderation.impossible.{key}"))


def _shown(path: Path) -> str:
    """A file as somebody here would name it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _quoted(text: str) -> str:
    """Text as one word of a command line, as plainly as can be."""
    return f'"{text}"' if not set('"$`\\!') & set(text) else shlex.quote(text)
