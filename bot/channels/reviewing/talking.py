"""A conversation with a moderator, line by line: what is shown, and what is typed in answer.

On a terminal it is in colours and remembers typed lines while it lasts; piped, it is plain lines.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.channels.browsing import names_of
from bot.channels.lines import TEXT
from bot.channels.moderation import Section
from bot.channels.opening import spoken
from bot.channels.terminal import which
from bot.dialogue.wording import Wording, wording
from bot.language.text import fold

if TYPE_CHECKING:
    from rich.console import Console

NAMES = "terminal.moderating.names"
BOUND = 2 * TEXT
ALWAYS = ("help", "quit")
"""The commands that can be typed anywhere."""
WITH_ARGUMENT = ("log", "revert")
SHOWN = 40
COLOURS = {"+": "green", "-": "red", "…": "cyan"}
HIDDEN = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""Characters that turn the order of others around."""


class Left(Exception):  # noqa: N818 - it is how a conversation ends, not a fault of the program
    """The moderator left, or there is nothing more to read."""

    def __init__(self, asked: bool) -> None:
        super().__init__()
        self.asked = asked
        """Whether they said so."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed line: a command with what follows it, or else text."""

    text: str
    command: str = ""
    argument: str = ""


class Talk:
    """One conversation, in one language."""

    def __init__(self, say: Wording) -> None:
        self.say = say
        self.on_terminal = (
            sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()
        )
        self._begun = False
        self._console = _console() if self.on_terminal else None
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")
        if self.on_terminal:
            from bot.channels.screen import remember_lines

            remember_lines(names_of(NAMES))

    # --- showing

    def show(self, *sections: Section) -> None:
        """Show sections, each under a line left free."""
        for section in sections:
            if self._begun:
                self._line("")
            self._begun = True
            if section.heading:
                self._line(section.heading, "bold")
            changes = section.verbatim and section.heading.endswith(".yaml")
            for line in section.lines:
                self._line(line, COLOURS.get(line[:1], "") if changes else "")

    def tell(self, *lines: str) -> None:
        """Show some lines."""
        self.show(Section("", lines))

    def hint(self, line: str) -> None:
        """Show right below what stands there something that is of less weight."""
        self._line(line, "dim")

    def options(self, labels: Sequence[str]) -> None:
        """Show what can be chosen, numbered."""
        if labels:
            self._line("")
        for number, label in enumerate(labels, 1):
            self._line(f"{number:>{len(str(len(labels)))}}. {label}")

    def _line(self, text: str, style: str = "") -> None:
        for line in map(visible, text.split("\n")):
            if self._console is None:
                print(line, flush=True)
            else:
                from rich.text import Text

                self._console.print(Text(line, style=style, overflow="fold"))

    # --- listening

    def choose(self, options: Sequence[tuple[str, str]], commands: Iterable[str] = ()) -> tuple[str, str]:
        """The value of the option that is chosen by its number, or a command with what follows it."""
        self.options([label for _, label in options])
        while True:
            typed = self.listen(commands, answering=False)
            if not typed.text:
                continue
            if typed.command:
                return typed.command, typed.argument
            number = numbered(typed.text, len(options))
            if number is not None:
                return options[number][0], ""
            key = "no_number" if options else "nothing"
            self.tell(self.say(f"terminal.moderating.{key}", count=len(options)))

    def listen(self, commands: Iterable[str] = (), answering: bool = True) -> Typed:
        """The next line; what can be typed is told to whoever asks."""
        allowed = (*commands, *ALWAYS)
        while True:
            line, length = self._read()
            if length > TEXT:
                self.tell(self.say("terminal.too_long", length=length, limit=TEXT))
                continue
            typed = line.strip()
            if not typed.startswith("/"):
                return Typed(typed)
            name, _, argument = typed[1:].partition(" ")
            meant = _commands(name, allowed)
            command = meant[0] if len(meant) == 1 else ""
            if argument.strip() and command not in WITH_ARGUMENT:
                command = ""
            if command == "quit":
                raise Left(asked=True)
            if command == "help":
                self.tell(*self._help(allowed, answering))
            elif len(meant) > 1:
                self.tell(which(name, meant, self.say, NAMES))
            elif command:
                return Typed(typed, command, argument.strip())
            else:
                self.tell(self.say("terminal.moderating.not_here", command=typed[:SHOWN]))

    def name(self, command: str) -> str:
        """What a command is called in this language, with its slash."""
        return f"/{self.say(f'{NAMES}.{command}').split()[0]}"

    def _help(self, allowed: Sequence[str], answering: bool) -> list[str]:
        first = self.say(f"terminal.moderating.help.{'answer' if answering else 'number'}")
        return [first, *(self.say(f"terminal.moderating.help.{command}") for command in allowed)]

    def _read(self) -> tuple[str, int]:
        """The next line, and how long it was; what is beyond the bound is let go."""
        if not self.on_terminal:
            line, length = _bounded_line()
            if not length:
                raise Left(asked=False)
            return line, len(line.strip()) if len(line) == length else length
        self._line("")
        try:
            line = input(self.say("terminal.moderating.prompt"))
        except EOFError:
            print()
            raise Left(asked=False) from None
        return line, len(line.strip())


def numbered(text: str, count: int) -> int | None:
    """The place of the option that a number names, if it names one."""
    if text.isascii() and text.isdecimal() and len(text) < 7 and 0 < int(text) <= count:
        return int(text) - 1
    return None


def visible(text: str) -> str:
    """Text that moves no cursor, changes no colour and turns nothing around."""
    return "".join("�" if c in HIDDEN or (unicodedata.category(c) == "Cc" and c != "\t") else c for c in text)


def _commands(name: str, allowed: Iterable[str]) -> list[str]:
    """The command of that name in any language, or all that begin so."""
    known = {
        fold(called): command
        for code in spoken()
        for command in allowed
        for called in wording(code)(f"{NAMES}.{command}").split()
    }
    folded = fold(name)
    if folded in known:
        return [known[folded]]
    return sorted({command for called, command in known.items() if folded and called.startswith(folded)})


def _bounded_line() -> tuple[str, int]:
    """The beginning of the next line of the input, and how long the whole was; 0 at the end."""
    if sys.stdin is None:
        return "", 0
    line = rest = sys.stdin.readline(BOUND)
    length = len(line)
    while len(rest) == BOUND and not rest.endswith("\n"):
        rest = sys.stdin.readline(BOUND)
        length += len(rest)
    return line, length


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)
