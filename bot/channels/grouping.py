"""How every command of `election-bot` fails: one clear sentence in the reader's language, and a status other than 0."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from bot.channels.opening import Refused, spoken
from bot.channels.refusing import PROGRAM, told, worded

if TYPE_CHECKING:
    from bot.dialogue.wording import Wording

INTERRUPTED = 130
PIPE_CLOSED = 141


def reader() -> str | None:
    """The reader's language, from their locale, if the bot has a wording in it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            code = os.environ[name].replace("-", "_").partition("_")[0].partition(".")[0].lower()
            return code if code in spoken() else None
    return None


def words() -> Wording:
    """The words to say to the reader of the terminal: in their language, or else English."""
    from bot.dialogue.wording import wording

    return wording(reader() or "en")


class Placed(click.Command):
    """A command whose refusals know which command they are about, so that its help can be named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise


class Commands(Placed, click.Group):
    """Commands that fail with one clear sentence in the reader's language, and a status other than 0."""

    command_class = Placed

    def main(self, *args: Any, **options: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        options["standalone_mode"] = False
        if options.get("prog_name") is None:
            options["prog_name"] = PROGRAM
        try:
            status = super().main(*args, **options)
        except Refused as refused:
            status = tell(refused)
        except click.UsageError as error:
            status = tell(worded(error)) if not _is_help(error) else _help(error)
        except OSError as error:
            status = tell(Refused("system", error=error))
        except (click.Abort, KeyboardInterrupt):
            status = INTERRUPTED
        sys.exit(status or 0)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            status = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return PIPE_CLOSED
        return status

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise Refused("no_command", command=args[0], commands=", ".join(sorted(self.commands)))
        return super().resolve_command(ctx, args)


def tell(refused: Refused, line: int | None = None) -> int:
    """Print a refusal on the error stream; the status to leave with."""
    say = words()
    sentence = say(f"terminal.{refused.key}", **dict(told(refused.values, say)))
    if line is not None:
        sentence = say("terminal.at_line", number=line, sentence=sentence)
    click.echo(sentence, err=True)
    return 2


def _is_help(error: click.UsageError) -> bool:
    """Whether nothing was typed, so that help is what is wanted."""
    return type(error).__name__ == "NoArgsIsHelpError"


def _help(error: click.UsageError) -> int:
    click.echo(error.format_message(), err=True)
    return 2
