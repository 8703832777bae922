"""`election-bot`, command by command, each in a few lines; what only one command needs is imported there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from bot import __version__
from bot.channels.opening import Refused, Where, spoken

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.dialogue.assistant import Assistant
    from bot.dialogue.wording import Wording
    from bot.knowledge.document import Problem
    from bot.knowledge.loading import Loaded
    from bot.knowledge.model import Election

OPTIONS = (
    ("--knowledge", "DIR", "The knowledge folder [default: ./knowledge]."),
    ("--election", "ID", "The election to answer about, if there are several."),
    ("--now", "DATE", "Answer as on this day (or at this ISO time)."),
)
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


def identity(where: Where) -> str:
    """What a conversation's lots are drawn from: new each time, but not under `--now`, to repeat a run."""
    from secrets import token_hex

    return "" if where.now else token_hex(8)


class Commands(click.Group):
    """Commands that fail with one clear sentence in the reader's language, and a status other than 0."""

    def main(self, *args: Any, **options: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        options["standalone_mode"] = False
        if options.get("prog_name") is None:
            options["prog_name"] = "election-bot"
        try:
            status = super().main(*args, **options)
        except Refused as refused:
            status = tell(refused)
        except click.UsageError as error:
            status = tell(_worded(error)) if not _is_help(error) else _help(error)
        except OSError as error:
            status = tell(Refused("system", error=error.strerror or error))
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
    sentence = say(f"terminal.{refused.key}", **refused.values)
    if line is not None:
        sentence = say("terminal.at_line", number=line, sentence=sentence)
    click.echo(sentence, err=True)
    return 2


def _worded(error: click.UsageError) -> Refused:
    if isinstance(error, click.NoSuchOption):
        return Refused("no_option", option=error.option_name)
    if isinstance(error, click.BadOptionUsage):
        return Refused("bad_option", option=error.option_name)
    if isinstance(error, click.BadParameter):
        hint = error.param.get_error_hint(error.ctx) if error.param and error.ctx else ""
        return Refused("bad_option", option=hint.strip("'"))
    return Refused("extra_argument")


def _is_help(error: click.UsageError) -> bool:
    """Whether nothing was typed, so that help is what is wanted."""
    return type(error).__name__ == "NoArgsIsHelpError"


def _help(error: click.UsageError) -> int:
    click.echo(error.format_message(), err=True)
    return 2


def everywhere(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command takes, before its name or after it."""

    @wraps(command)
    def placed(knowledge: str | None, election: str | None, now: str | None, **others: Any) -> Any:
        ctx = click.get_current_context()
        ctx.obj = Where(knowledge, election, now).over(ctx.obj or Where())
        return command(ctx.obj, **others)

    for name, metavar, meaning in reversed(OPTIONS):
        placed = click.option(name, metavar=metavar, help=meaning)(placed)
    return placed


@click.group(cls=Commands)
@click.version_option(__version__, message="%(version)s")
@everywhere
def main(where: Where) -> None:
    """Answers voters' questions about an election, with sources, or says that it does not know."""


@main.command()
@everywhere
def chat(where: Where) -> None:
    """Talk with the bot; plain lines when piped."""
    from bot.channels.opening import chosen, clock, sound
    from bot.channels.screen import converse
    from bot.channels.terminal import Conversation
    from bot.dialogue.assistant import Assistant

    base = sound(where)
    election = chosen(base, where.election)
    now = clock(where.now, election.description.time_zone)
    converse(Conversation(Assistant(base), election, now, reader(), identity(where)))


@main.command()
@click.option(
    "--webhook", is_flag=True, help="Let Telegram bring updates to WEBHOOK_URL instead of fetching them."
)
@everywhere
def serve(where: Where, webhook: bool) -> None:
    """Answer on Telegram; what is set where is explained in .env.example."""
    import asyncio

    from bot.channels.opening import clock, folder, only, sound
    from bot.lean import import_leanly, prepared
    from bot.settings import Unset, settings

    try:
        found = settings()
    except Unset as unset:
        raise Refused("unset" if unset.missing else "bad_setting", name=unset.name) from None
    base = only(sound(where), where.election)
    now = clock(where.now, next(iter(base.elections.values())).description.time_zone)
    assistant = prepared(base, now())
    import_leanly()
    from bot.channels.telegram import serving
    from bot.logs import report_to

    report = report_to(found)
    report("knowledge", folder=str(folder(where.knowledge)))
    webhook = webhook or found.webhook_url is not None
    asyncio.run(serving.until_told(assistant, found, now, report, webhook))


@main.command()
@click.argument("text", nargs=-1)
@click.option("--explain", is_flag=True, help="Say how the question was understood, and why this answer.")
@click.option("--jsonl", is_flag=True, help="Answer JSON lines from standard input, one line each.")
@everywhere
def ask(where: Where, text: tuple[str, ...], explain: bool, jsonl: bool) -> int:
    """Answer one question, or many as JSON lines."""
    from bot.channels.opening import chosen, clock, sound
    from bot.dialogue.assistant import Assistant

    if jsonl and (text or explain):
        raise Refused("jsonl_alone")
    base = sound(where)
    election = chosen(base, where.election)
    now = clock(where.now, election.description.time_zone)
    if jsonl:
        return _answer_lines(Assistant(base), election, now())
    from bot.channels.lines import bounded
    from bot.channels.screen import printed
    from bot.channels.terminal import Conversation

    conversation = Conversation(Assistant(base), election, now, reader(), identity(where))
    if not text:
        raise Refused("no_text", example=conversation.browsing.example())
    click.echo(printed(conversation.answer(bounded(" ".join(text)))))
    if explain:
        click.echo("\n" + printed(conversation.why()))
    return 0


def _answer_lines(assistant: Assistant, election: Election, now: datetime) -> int:
    """Answer each line as soon as it arrives; the status tells whether every line could be."""
    import json

    from bot.channels.lines import answer, asked, numbered

    status = 0
    for number, line in numbered(sys.stdin.buffer) if sys.stdin is not None else ():
        try:
            answered = answer(asked(line, election.languages), assistant, election, now)
        except Refused as refused:
            tell(refused, number)
            status = 1
        else:
            click.echo(json.dumps(answered, ensure_ascii=False))
    return status


@main.command()
@click.option("--fast", is_flag=True, help="Do not try out every phrasing.")
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text")
@everywhere
def check(where: Where, fast: bool, form: str) -> int:
    """Report every problem of the knowledge base, sorted by place."""
    from bot.channels.opening import problems_of, read
    from bot.channels.reports import annotation

    loaded = read(where)
    problems = set(problems_of(loaded))
    if not fast and all(p.notice for p in problems):
        problems.update(_misled(loaded, where))
    for problem in sorted(problems):
        click.echo(annotation(problem) if form == "github" else str(problem))
    wrong = sum(not p.notice for p in problems)
    if form == "text":
        key = "problems" if problems else "sound"
        ids = ", ".join(sorted(loaded.base.elections))
        click.echo(
            words()(f"terminal.{key}", problems=wrong, notices=len(problems) - wrong, ids=ids), err=True
        )
    return 1 if wrong else 0


def _misled(loaded: Loaded, where: Where) -> Iterator[Problem]:
    """The problems of the phrasings that lead elsewhere than to their own entry, for each election served."""
    from bot.channels.opening import chosen, clock
    from bot.dialogue.assistant import Assistant
    from bot.evaluation.phrasings import misled

    base = loaded.base
    assistant = Assistant(base)
    elections = [chosen(base, where.election)] if where.election else base.elections.values()
    for election in elections:
        now = clock(where.now, election.description.time_zone)
        yield from misled(assistant, election.id, now(), loaded)


@main.command()
@click.argument("files", nargs=-1)
@click.option("--bank", multiple=True, metavar="FILE", help="A question bank; as many as you like.")
@everywhere
def questions(where: Where, files: tuple[str, ...], bank: tuple[str, ...]) -> int:
    """Ask the questions of banks (.yaml, .jsonl) and report how they were answered."""
    from bot.channels.opening import chosen, clock, sound
    from bot.channels.reports import failed, failures, show, tally
    from bot.dialogue.assistant import Assistant
    from bot.evaluation.bank import read_bank
    from bot.evaluation.scoring import ask as ask_question
    from bot.evaluation.scoring import score

    base = sound(where)
    election = chosen(base, where.election)
    now = clock(where.now, election.description.time_zone)()
    read = [read_bank(path) for path in _banks([*files, *bank], where, election)]
    problems = [problem for _, found in read for problem in found]
    if problems:
        click.echo("\n".join(str(problem) for problem in sorted(problems)), err=True)
        return 1
    asked = [question for found, _ in read for question in found]
    if not asked:
        raise Refused("no_questions")
    assistant = Assistant(base)
    results = [score(q, ask_question(assistant, q, election.id, now), election) for q in asked]
    say = words()
    show(tally(results, say))
    missed = failures(results, say)
    if missed:
        click.echo("\n".join(["", say("terminal.failures", count=len(missed)), *missed]))
    return 1 if failed(results) else 0


def _banks(named: Sequence[str], where: Where, election: Election) -> list[Path]:
    """The banks named, or else those that the election brings with it."""
    from pathlib import Path

    from bot.channels.opening import folder
    from bot.evaluation.bank import banks_of

    missing = [name for name in named if not Path(name).is_file()]
    if missing:
        raise Refused("no_file", file=missing[0])
    if named:
        return [Path(name) for name in named]
    found = banks_of(folder(where.knowledge), election.id)
    if not found:
        raise Refused("no_bank", election=election.id)
    return found


@main.command()
@everywhere
def coverage(where: Where) -> None:
    """Show which candidate has how many statements on which topic, and what is missing."""
    from bot.channels import reports
    from bot.channels.opening import chosen, sound

    election = chosen(sound(where), where.election)
    say = words()
    ids = sorted(election.candidates)
    heads = [str(number) for number in range(1, len(ids) + 1)] if sys.stdout.isatty() else ids
    click.echo(say("terminal.coverage"))
    reports.show(reports.coverage(election, say, heads))
    click.echo()
    reports.show(reports.counts(election, say, heads))


@main.command()
@click.argument("kind", required=False)
@everywhere
def schema(where: Where, kind: str | None) -> None:  # noqa: ARG001 - every command takes it
    """Print the JSON Schemas of knowledge files, or the one of a KIND, for editors."""
    import json

    from bot.knowledge.schema import schemas

    made = schemas()
    if kind is not None and kind not in made:
        raise Refused("no_schema", kind=kind, kinds=", ".join(sorted(made)))
    click.echo(json.dumps(made if kind is None else made[kind], ensure_ascii=False, indent=2))
