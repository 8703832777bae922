"""What a conversation shows, on a terminal or as plain lines, and the loop that reads what is typed.

The terminal's history of typed lines stays in memory; it is gone with the conversation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bot.channels.terminal import Conversation, Listed, Shown, commands
from bot.dialogue.reply import Line, Reply, Statement, plain
from bot.dialogue.wording import wording

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDTH = 100


def printed(shown: Shown) -> str:
    """What is shown, as plain lines."""
    if shown.reply is not None:
        return plain(shown.reply)
    lines = [shown.title]
    for entry in shown.entries:
        lines += [entry.text, f"  {entry.url}"] if entry.url else [entry.text]
    lines += [f"{number}. {choice.text}" for number, choice in enumerate(shown.choices, 1)]
    return "\n".join(lines)


def converse(conversation: Conversation) -> None:
    """Hold a conversation until the voter leaves: on a terminal in colours, else line by line."""
    if sys.stdin is None:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        _converse_plainly(conversation)
        return
    console = _console()
    remember_lines(commands())
    _draw(console, conversation.welcome(), "")
    while True:
        try:
            typed = input(conversation.say("terminal.prompt"))
        except EOFError:
            console.print()
            _draw(console, conversation.goodbye(), "")
            return
        if not typed.strip():
            continue
        shown = conversation.hear(typed)
        _draw(console, shown, conversation.say("terminal.choices"))
        if shown.over:
            return


def _converse_plainly(conversation: Conversation) -> None:
    first = True
    for typed in sys.stdin:
        if not typed.strip():
            continue
        shown = conversation.hear(typed)
        print(("" if first else "\n") + printed(shown), flush=True)
        first = False
        if shown.over:
            return


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if console.width > WIDTH:
        console.width = WIDTH
    return console


def remember_lines(names: Iterable[str]) -> None:
    """The arrow keys bring back earlier lines, and Tab completes a command, where the system can do it."""
    try:
        import readline
    except ImportError:
        return
    typed = sorted(f"/{name}" for name in names)

    def complete(begun: str, state: int) -> str | None:
        found = [name for name in typed if begun.startswith("/") and name.startswith(begun)]
        return found[state] if state < len(found) else None

    readline.set_completer_delims(" ")
    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")


def _draw(console: Console, shown: Shown, invitation: str) -> None:
    from rich.text import Text

    console.print()
    if shown.reply is not None:
        for part in _reply(shown.reply):
            console.print(part)
    else:
        console.print(Text(shown.title, style="bold" if shown.entries or shown.choices else ""))
        for part in _entries(shown.entries):
            console.print(part)
    if shown.choices:
        console.print()
        none_of_these = shown.reply.none_of_these if shown.reply else None
        texts = [*(choice.text for choice in shown.choices), *([none_of_these] if none_of_these else [])]
        for number, text in enumerate(texts, 1):
            console.print(_hanging(f"{number:>{len(str(len(texts)))}}.", Text(text), "cyan"))
        console.print(Text(invitation, style="dim"))
    console.print()


def _entries(entries: tuple[Listed, ...]) -> Iterator[RenderableType]:
    from rich.text import Text

    for entry in entries:
        yield Text(entry.text)
        if entry.url:
            yield _indented(entry.url, f"dim link {entry.url}")


def _reply(reply: Reply) -> Iterator[RenderableType]:
    """A reply's parts: what was understood and headings in bold, quotes in italics, sources to click."""
    from rich.text import Text

    seen: set[str] = set()
    if reply.understood:
        yield Text(reply.understood, style="bold")
    for number, part in enumerate(reply.parts):
        if isinstance(part, Statement):
            yield from _statement(part, seen)
            continue
        if number or reply.understood:
            yield Text()
        yield _line(part, wording(reply.language)("colon"))


def _line(line: Line, colon: str) -> RenderableType:
    """A sentence; of a heading that says more than a name, the name stands out."""
    from rich.text import Text

    name, between, rest = line.text.partition(colon)
    return Text.assemble((name, "bold"), between, rest) if line.heading else Text(line.text)


def _statement(statement: Statement, seen: set[str]) -> Iterator[RenderableType]:
    """A claim with its source right below; the page's address is written out once in a reply."""
    from rich.text import Text

    yield _hanging("•", Text(statement.text))
    if statement.quote:
        yield _indented(statement.quote, "italic")
    if statement.note:
        yield _indented(f"({statement.note})", "dim")
    yield _indented(statement.source_line, f"dim link {statement.url}" if statement.url else "dim")
    if statement.url and statement.url not in seen:
        seen.add(statement.url)
        yield _indented(statement.url, f"dim link {statement.url}")


def _indented(text: str, style: str) -> RenderableType:
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(text, style=style, overflow="fold"), (0, 0, 0, 2), expand=False)


def _hanging(mark: str, text: RenderableType, style: str = "") -> RenderableType:
    from rich.table import Table

    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_column(style=style, no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(mark, text)
    return row
