"""A conversation in a terminal: each typed question, number or command becomes something to show.

Nothing here reads or writes a terminal, and nothing of the voter is stored: see `screen` for both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.channels.browsing import Browsing, first_spoken, language_named, names_of, served
from bot.channels.lines import TEXT
from bot.channels.opening import Clock
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.composing import Setting
from bot.dialogue.explaining import Explanation
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply, Suggestion
from bot.dialogue.wording import Wording
from bot.knowledge.model import Election
from bot.language.text import fold


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list, with the page it may lead to."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a typed line leads to: a reply, or a sentence with a list below it; and whether to stop there."""

    title: str = ""
    reply: Reply | None = None
    entries: tuple[Listed, ...] = ()
    choices: tuple[Suggestion, ...] = ()
    over: bool = False


@dataclass(frozen=True, slots=True)
class _Answered:
    """The last answer, as far as explaining it needs: what was said, with what in mind, and the reply."""

    utterance: Utterance
    memory: Memory
    reply: Reply


def commands() -> dict[str, str]:
    """Each name of a command, in any language, without accents: `/sujets` and `/topics` are one command."""
    return names_of("terminal.names")


def which(begun: str, meant: Iterable[str], say: Wording, section: str) -> str:
    """Asks which of several commands was meant by a beginning that their names share, in this language or another."""
    names = {command: say(f"{section}.{command}").split() for command in meant}
    own = [next((n for n in held if fold(n).startswith(fold(begun))), "") for held in names.values()]
    found = [n for n in own if n]
    *first, last = sorted(
        f"/{n}" for n in (found if len(found) > 1 else [held[0] for held in names.values()])
    )
    return say("terminal.which_command", first=", ".join(first), last=last)


class Conversation:
    """One voter's conversation about one election; what it remembers ends with it."""

    def __init__(
        self,
        assistant: Assistant,
        election: Election,
        now: Clock,
        client_language: str | None = None,
        identity: str = "",
    ) -> None:
        self.assistant = assistant
        self.election = election
        self.now = now
        self.client_language = client_language
        self.identity = identity
        self.memory = Memory()
        self.language: str | None = None
        self._choices: tuple[Suggestion, ...] = ()
        self._none_of_these: str | None = None
        self._last: _Answered | None = None

    def hear(self, typed: str) -> Shown:
        """What to show for a typed line."""
        typed = typed.strip()
        if typed.startswith("/"):
            shown = self._command(typed)
        elif fold(typed) in commands() and commands()[fold(typed)] == "quit":
            shown = self.goodbye()
        elif self._choices and typed.isdecimal() and len(typed) < 4:
            shown = self._choice(int(typed))
        elif len(typed) > TEXT:
            shown = Shown(self.say("terminal.too_long", length=len(typed), limit=TEXT))
        else:
            shown = self.answer(typed)
        if shown.choices:
            self._choices = shown.choices
            self._none_of_these = shown.reply.none_of_these if shown.reply else None
        return shown

    def welcome(self) -> Shown:
        greeting = self.say("help.greeting", election=self.browsing.text(self.election.description.name))
        return Shown(f"{greeting}\n{self.say('terminal.welcome')}")

    def goodbye(self) -> Shown:
        return Shown(self.say("terminal.goodbye"), over=True)

    @property
    def say(self) -> Wording:
        """The words of the language in which the conversation is going on."""
        wanted = (self.language, self.memory.language, self.client_language)
        return first_spoken(wanted, self.election.languages)

    @property
    def browsing(self) -> Browsing:
        return Browsing(self.election, self.say)

    # --- what can be typed -----------------------------------------------------------------------------

    def answer(self, text: str, choice: str | None = None, language: str | None = None) -> Shown:
        """The answer to a question or to a choice, and what it changes in what is remembered."""
        utterance = Utterance(
            text,
            self.election.id,
            choice=choice,
            language=self.language or language,
            client_language=self.client_language,
            conversation=self.identity,
        )
        before = self.memory
        reply, self.memory = self.assistant.respond(utterance, before, self.now())
        self._last = _Answered(utterance, before, reply)
        self._choices, self._none_of_these = (), None
        return Shown(reply=reply, choices=reply.suggestions)

    def _choice(self, number: int) -> Shown:
        """The answer to a number: one of the choices on show, or none of them."""
        if 1 <= number <= len(self._choices):
            choice = self._choices[number - 1]
            return self.answer(choice.text, choice.target, self.say.code)
        if self._none_of_these is not None and number == len(self._choices) + 1:
            self._choices, self._none_of_these = (), None
            return Shown(self.say("none_chosen"))
        return Shown(self.say("terminal.no_choice", number=number))

    def _command(self, typed: str) -> Shown:
        name, _, argument = typed[1:].strip().partition(" ")
        found = {command for known, command in commands().items() if known == fold(name)} or {
            command for known, command in commands().items() if name and known.startswith(fold(name))
        }
        match next(iter(found)) if len(found) == 1 else "":
            case "candidates":
                return self._candidates()
            case "topics":
                return self._topics()
            case "compare":
                return self._compare(argument.strip())
            case "sources":
                return self._sources()
            case "corrections":
                return self._corrections()
            case "language":
                return self._language(argument.strip())
            case "why":
                return self.why()
            case "privacy":
                return Shown(self.say("help.privacy"))
            case "help":
                return Shown(self.say("terminal.commands", example=self.browsing.example()))
            case "quit":
                return self.goodbye()
            case _ if len(found) > 1:
                return Shown(which(name, found, self.say, "terminal.names"))
            case _:
                return Shown(self.say("terminal.unknown_command", command=f"/{name}"))

    # --- one for each command --------------------------------------------------------------------------

    def _candidates(self) -> Shown:
        setting = Setting(self.election, self.say.code, self.now(), self.identity)
        choices = tuple(self.browsing.candidates(setting))
        note = Listed(self.say(f"order.{self.election.description.order.value}"))
        return Shown(self.say("terminal.candidates"), entries=(note,), choices=choices)

    def _topics(self) -> Shown:
        choices = []
        for topic in self.browsing.topics():
            path = " › ".join(self.browsing.path(topic))
            count = self.browsing.speakers(topic)
            choices.append(Suggestion(self.say("terminal.topic", topic=path, count=count), topic))
        return Shown(self.say("terminal.topics"), choices=tuple(choices))

    def _compare(self, subject: str) -> Shown:
        """Everybody on a subject: the one named, else the one just talked about."""
        if not subject:
            if len(self.memory.fresh(self.now()).topics) == 1:
                return self._everybody(self.memory.topics[0])
            return Shown(self.say("terminal.compare_what", example=self.browsing.example()))
        named = self.browsing.topic_named(subject)
        if named is not None:
            return self._everybody(named)
        shown = self.answer(self.say("suggestion.topic", topic=subject), language=self.say.code)
        reply = shown.reply
        if (
            reply is None
            or len(reply.topics) != 1
            or not getattr(reply.outcome, "candidates", reply.candidates)
        ):
            return shown
        return self._everybody(reply.topics[0])

    def _everybody(self, topic: str) -> Shown:
        words = self.say("suggestion.topic", topic=self.browsing.subject(topic))
        return self.answer(words, topic, self.say.code)

    def _sources(self) -> Shown:
        entries = tuple(Listed(text, url or None) for text, url in self.browsing.sources())
        return Shown(self.say("terminal.sources"), entries=entries)

    def _corrections(self) -> Shown:
        lines = tuple(Listed(line) for line in self.browsing.corrections())
        if lines:
            return Shown(f"{self.say('telegram.corrections')}{self.say('colon').rstrip()}", entries=lines)
        checked = self.say.date(self.election.description.checked)
        return Shown(self.say("telegram.corrections_none", date=checked))

    def _language(self, wanted: str) -> Shown:
        languages = served(self.election.languages)
        names = ", ".join(f"{code} ({self.say.language_name(code)})" for code in languages)
        if not wanted:
            other = next((code for code in languages if code != self.say.code), languages[0])
            return Shown(self.say("terminal.language_which", languages=names, example=other))
        if fold(wanted) == "auto":
            self.language = None
            return Shown(self.say("terminal.language_auto"))
        named = language_named(wanted, languages)
        if named is not None:
            self.language = named
            return Shown(self.say("terminal.language_set"))
        return Shown(self.say("terminal.language_unknown", language=wanted, languages=names))

    def why(self) -> Shown:
        """How the last question was understood, and why it was answered as it was."""
        if self._last is None:
            return Shown(self.say("terminal.nothing_yet"))
        utterance, outcome = self._last.utterance, self._last.reply.outcome
        explanation = Explanation(self.election, self.assistant.thresholds, self.say)
        if utterance.choice is not None:
            lines = explanation.chosen(utterance.text, outcome)
        else:
            lines = explanation.lines(self.assistant.understand(utterance, self._last.memory), outcome)
        version = f"{self.say('why.base')}{self.say('colon')}{self.assistant.base.version}"
        return Shown(self._last.utterance.text, entries=tuple(Listed(line) for line in [*lines, version]))
