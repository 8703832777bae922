"""A form in a terminal: one question after the other, each answer taken only if it can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from bot.channels.moderation import CHOICES, Moderation, Section
from bot.channels.opening import Clock, Refused
from bot.channels.reviewing.talking import Talk, Typed, numbered
from bot.language.text import fold
from bot.moderation import forms
from bot.moderation.answers import Fault, fill
from bot.moderation.beginning import settled
from bot.moderation.drafting import Draft
from bot.moderation.forms import Field

Options = list[tuple[str, str]]
"""What can be chosen, as (value, words)."""

FILLED, LATER, CANCELLED = "filled", "later", "cancelled"
"""How a form ends."""
ENDS = {"later": LATER, "queue": LATER, "cancel": CANCELLED}
"""The commands that end it."""

NAMED = ("target", "topic", "parent")
"""The questions that are answered with one of many entries, listed by name."""


class Form:
    """The questions of one edit."""

    def __init__(
        self,
        talk: Talk,
        telling: Moderation,
        *,
        closest: Sequence[str] = (),
        keep: Callable[[Draft], bool] | None = None,
        now: Clock | None = None,
        strict: bool = False,
    ) -> None:
        self.asked = ""
        """The question that was asked last."""
        self._talk = talk
        self._telling = telling
        self._closest = closest
        self._keep = keep
        self._strict = strict
        zone = ZoneInfo(telling.election.description.time_zone)
        self._today = None if now is None else now().astimezone(zone).date()

    def fill(self, draft: Draft) -> tuple[Draft, str]:
        """The draft as far as it was filled in, and how that ended.

        What was answered is kept after each answer, if there is somewhere to keep it. If it is `strict`, the first
        answer that cannot be taken is refused for good: nobody is there to give a better one.
        """
        election = self._telling.election
        while True:
            draft = settled(draft, election)
            if self._keep is not None and not self._keep(draft):
                self._talk.tell(self._telling.say("moderation.impossible.no_state"))
            field = forms.next_field(draft, election)
            if field is None:
                return draft, FILLED
            draft, ended = self._ask(draft, field)
            if ended:
                return draft, ended

    def _ask(self, draft: Draft, field: Field) -> tuple[Draft, str]:
        """Ask one question until it is answered, left out, or given up."""
        options = self._show(draft, field)
        commands = self._commands(field)
        while True:
            typed = self._talk.listen(commands)
            if typed.command in ENDS:
                return draft, ENDS[typed.command]
            if typed.command == "all":
                options = self._everything(draft, field)
                self._talk.options([words for _, words in options])
                continue
            try:
                answered = self._answered(draft, field, typed, options)
            except Fault as fault:
                sentence = self._telling.fault(fault)
                if self._strict:
                    raise Refused("not_taken", sentence=sentence) from None
                self._talk.tell(sentence)
                self._talk.options([words for _, words in options])
                continue
            if answered is not draft:
                return answered, ""
            key = "first_question" if typed.command == "back" else "needed"
            self._talk.tell(self._telling.say(f"terminal.moderating.{key}"))

    def _answered(self, draft: Draft, field: Field, typed: Typed, options: Options) -> Draft:
        """The draft after what was typed; the same draft if that could not be done."""
        election = self._telling.election
        if typed.command == "back":
            return forms.back(draft) if forms.answered(draft) else draft
        if typed.command == "skip" or (not typed.text and field.optional):
            return forms.skip(draft, election)
        chosen = numbered(typed.text, len(options))
        if chosen is None:
            return fill(draft, election, typed.text, self._today)
        value = options[chosen][0]
        if value == field.offered:
            return fill(draft, election, value, self._today)
        return draft.with_value(field.key, value)

    # --- what is shown

    def _show(self, draft: Draft, field: Field) -> Options:
        step, self.asked, *more = self._telling.question(draft, field).split("\n")
        self._talk.show(Section(step[:1].upper() + step[1:], (self.asked, *more)))
        commands = [each for each in self._commands(field) if each not in ("queue", "all")]
        if not field.optional:
            commands.remove("skip")
        if not forms.answered(draft):
            commands.remove("back")
        options = self._options(draft, field)
        self._talk.options([words for _, words in options])
        shown = {value for value, _ in options}
        if left := sum(value not in shown for value, _ in self._everything(draft, field)):
            self._talk.hint(self._telling.say("terminal.moderating.others", count=left))
        self._talk.hint("  ".join(self._talk.name(each) for each in (*commands, "help")))
        return options

    def _commands(self, field: Field) -> tuple[str, ...]:
        listed = ("all",) if field.choices or field.name == "target" else ()
        kept = ("later", "queue") if self._keep is not None else ()
        return ("skip", "back", *listed, *kept, "cancel")

    def _options(self, draft: Draft, field: Field) -> Options:
        """What is at hand, then the choices that are nearest, or the first."""
        say = self._telling.say
        offered: Options = []
        if field.offered:
            text = self._telling.choice(field, field.offered) if field.choices else field.offered
            offered = [(field.offered, say("moderation.button.use", text=text))]
        everything = [each for each in self._everything(draft, field) if each[0] != field.offered]
        closest = dict.fromkeys(each.rpartition("/")[2] for each in self._closest)
        near = [each for entry in closest for each in everything if each[0] == entry]
        listed = near if field.name in NAMED and near else everything[:CHOICES]
        return [*offered, *listed]

    def _everything(self, draft: Draft, field: Field) -> Options:
        """All that can be chosen, topics and facts by name."""
        if field.name == "target":
            election = self._telling.election
            entries = {**election.all("topics"), **election.all("facts")}
            held = (each for each in entries if forms.possible(each, draft.kind, election))
            options = [(each, self._telling.subject(each)) for each in held]
        else:
            options = self._telling.choices(field, limit=None, draft=draft)
        if field.name in NAMED:
            options.sort(key=lambda each: fold(each[1]))
        return options
