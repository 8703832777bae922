"""`election-bot`, command by command, each in a few lines; what only one command needs is imported there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from bot import __version__
from bot.channels.grouping import Commands, reader, tell, words
from bot.channels.opening import Refused, Where
from bot.channels.refusing import OneOf, Step, Writable

if TYPE_CHECKING:
    from datetime import datetime

    from bot.dialogue.assistant import Assistant
    from bot.knowledge.model import Election

OPTIONS = (
    ("--knowledge", "DIR", "The knowledge folder [default: ./knowledge]."),
    ("--election", "ID", "The election to answer about, if there are several."),
    ("--now", "DATE", "Answer as on this day (or at this ISO time)."),
)
BY_MEANING = "Rank suggestions by meaning too (needs the extra `semantic`)."


def identity(where: Where) -> str:
    """What a conversation's lots are drawn from: new each time, but not under `--now`, to repeat a run."""
    from secrets import token_hex

    return "" if where.now else token_hex(8)


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


@click.group(cls=Commands, context_settings={"show_default": True})
@click.version_option(__version__, message="%(version)s")
@everywhere
def main(where: Where) -> None:
    """Answers voters' questions about an election, with sources, or says that it does not know."""


@main.command()
@click.option("--semantic", "by_meaning", is_flag=True, help=BY_MEANING)
@everywhere
def chat(where: Where, by_meaning: bool) -> None:
    """Talk with the bot; plain lines when piped."""
    from bot.channels.opening import chosen, clock, semantic, sound
    from bot.channels.screen import converse
    from bot.channels.terminal import Conversation
    from bot.dialogue.assistant import Assistant

    base = sound(where)
    election = chosen(base, where.election)
    now = clock(where.now, election.description.time_zone)
    assistant = Assistant(base)
    if by_meaning:
        typing = sys.stdin is not None and sys.stdin.isatty()
        assistant.nearest = nearest = semantic(patient=not typing)
        nearest.want([election] if typing else [])
    converse(Conversation(assistant, election, now, reader(), identity(where)))


@main.command()
@click.option(
    "--webhook", is_flag=True, help="Let Telegram bring updates to WEBHOOK_URL instead of fetching them."
)
@everywhere
def serve(where: Where, webhook: bool) -> None:
    """Answer on Telegram; what is set where is explained in .env.example."""
    import asyncio

    from bot.channels.opening import answerable, clock, folder, impossible, only, semantic
    from bot.lean import PREPARED, import_leanly, prepared
    from bot.moderation.storing import finish
    from bot.settings import Unset, settings

    try:
        found = settings()
    except Unset as unset:
        raise impossible(unset) from None
    nearest = semantic() if found.semantic else None
    root = folder(where.knowledge)
    finish(root)
    loaded = answerable(where, whole=True)
    base = only(loaded.base, where.election)
    now = clock(where.now, next(iter(base.elections.values())).description.time_zone)
    assistant = prepared(base, now())
    import_leanly()
    from bot.channels.telegram import serving
    from bot.logs import report_to

    report = report_to(found)
    report("knowledge", folder=str(root))
    webhook = webhook or found.webhook_url is not None
    served = serving.Served(assistant, root, lambda changed: only(changed, where.election), loaded)
    if nearest is not None:
        assistant.nearest, nearest.report = nearest, report
        served.aside = lambda base: nearest.want(islice(base.elections.values(), PREPARED))
    del assistant, loaded, base
    asyncio.run(serving.until_told(served, found, now, report, webhook))


@main.command()
@click.argument("text", nargs=-1)
@click.option("--explain", is_flag=True, help="Say how the question was understood, and why this answer.")
@click.option("--jsonl", is_flag=True, help="Answer JSON lines from standard input, one line each.")
@click.option("--semantic", "by_meaning", is_flag=True, help=BY_MEANING)
@everywhere
def ask(where: Where, text: tuple[str, ...], explain: bool, jsonl: bool, by_meaning: bool) -> int:
    """Answer one question, or many as JSON lines."""
    from bot.channels.opening import chosen, clock, semantic, sound
    from bot.dialogue.assistant import Assistant

    if jsonl and (text or explain):
        raise Refused("jsonl_alone")
    base = sound(where)
    election = chosen(base, where.election)
    now = clock(where.now, election.description.time_zone)
    assistant = Assistant(base)
    assistant.nearest = semantic(patient=True) if by_meaning else None
    if jsonl:
        return _answer_lines(assistant, election, now())
    from bot.channels.lines import bounded
    from bot.channels.screen import printed
    from bot.channels.terminal import Conversation

    conversation = Conversation(assistant, election, now, reader(), identity(where))
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
@click.option("--format", "form", type=OneOf(["text", "github"]), default="text")
@everywhere
def check(where: Where, fast: bool, form: str) -> int:
    """Report every problem of the knowledge base, sorted by place."""
    from bot.channels.checking import report_problems

    return report_problems(where, words(), fast, form)


@main.command()
@click.argument("files", nargs=-1)
@click.option("--bank", multiple=True, metavar="FILE", help="A question bank; as many as you like.")
@everywhere
def questions(where: Where, files: tuple[str, ...], bank: tuple[str, ...]) -> int:
    """Ask the questions of banks (.yaml, .jsonl) and report how they were answered."""
    from bot.channels.checking import ask_banks

    return ask_banks(where, words(), [*files, *bank])


@main.command()
@click.option("--png", type=Writable(".png"), metavar="FILE", help="Draw it as a picture instead.")
@click.option("--html", type=Writable(), metavar="FILE", help="Write it as a page instead.")
@click.option(
    "--older-than",
    type=click.IntRange(0, 36_500),
    default=365,
    metavar="DAYS",
    help="From how many days on a source is old.",
)
@click.option("--all", "everything", is_flag=True, help="List every finding and every topic.")
@everywhere
def coverage(where: Where, png: str | None, html: str | None, older_than: int, everything: bool) -> None:
    """Show which candidate has how many statements on which topic, and what is missing."""
    from bot.channels.covering import Wanted, cover

    cover(where, words(), Wanted(png, html, older_than, everything))


@main.command()
@click.option("--conversations", type=click.IntRange(1, 10**6), default=2_000, help="How many to simulate.")
@click.option("--seed", type=int, default=2026, help="What all lots are drawn from.")
@click.option("--png", type=Writable(".png"), metavar="FILE", help="Draw it as a picture too.")
@click.option("--jsonl", is_flag=True, help="Print a line of JSON for each measure instead.")
@everywhere
def audit(where: Where, conversations: int, seed: int, png: str | None, jsonl: bool) -> int:
    """Measure whether every candidate is treated alike."""
    from bot.channels.auditing import Wanted, report_fairness
    from bot.evaluation.fairness import Plan

    return report_fairness(where, words(), Wanted(Plan.of(conversations, seed), png, jsonl))


@main.command()
@click.argument("target", metavar="DIR")
@everywhere
def site(where: Where, target: str) -> None:
    """Build a small website of the whole base in a folder, in every language."""
    from bot.channels.releasing import build

    build(where, target, words())


@main.command()
@click.option("--format", "form", type=OneOf(["csv", "json", "markdown"]), default="json")
@click.option(
    "--output", type=Writable(), metavar="FILE", help="Write it into a file instead of printing it."
)
@everywhere
def export(where: Where, form: str, output: str | None) -> None:
    """Print the whole base as JSON, CSV or one Markdown page."""
    from bot.channels.releasing import write_out

    write_out(where, form, output, words())


@main.command()
@click.option("--as", "called", metavar="NAME", help="Your public name [default: that of your account here].")
@everywhere
def review(where: Where, called: str | None) -> None:
    """Go through the questions that wait for an answer, and the edits that wait for approval."""
    from bot.channels.reviewing.conversation import review as converse

    converse(where, words(), called)


@main.command()
@click.argument("kind", type=OneOf(["candidate", "position", "topic", "fact", "source"]))
@everywhere
def add(where: Where, kind: str) -> None:
    """Write a new entry into the knowledge folder, from answers to a few questions."""
    from bot.channels.adding import add as ask_and_write

    ask_and_write(where, kind, words())


@main.command()
@click.argument("revision", metavar="REV")
@click.argument("other", metavar="[REV2]", required=False)
@everywhere
def diff(where: Where, revision: str, other: str | None) -> int:
    """Show what differs between the base at a git revision and the base now, or at another one."""
    from bot.channels.differing import differ

    return differ(where, revision, other, words())


@main.command()
@click.argument("number", type=Step(), required=False)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=20,
    metavar="N",
    help="How many steps to list.",
)
@everywhere
def log(where: Where, number: int | None, limit: int) -> None:
    """Show what moderators did, latest first, or one step in full."""
    from bot.channels.logbook import show_log

    show_log(where, words(), number, limit)


@main.command()
@click.argument("file", metavar="FILE")
@everywhere
def backup(where: Where, file: str) -> int:
    """Put the whole state and the knowledge folder into a new file, also while the bot serves."""
    from bot.channels.backing_up import back_up

    return back_up(where, file, words())


@main.command()
@click.argument("file", metavar="FILE")
@click.option("--replace", is_flag=True, help="Throw away what is there now.")
@click.option("--state-only", is_flag=True, help="Leave the knowledge folder as it is.")
@click.option("--knowledge-only", is_flag=True, help="Leave the state as it is.")
@everywhere
def restore(where: Where, file: str, replace: bool, state_only: bool, knowledge_only: bool) -> None:
    """Put back what a backup holds; the bot must be stopped."""
    from bot.channels.backing_up import Wanted
    from bot.channels.backing_up import restore as put_back

    if state_only and knowledge_only:
        raise Refused("backup.one_only")
    put_back(where, file, Wanted(not knowledge_only, not state_only, replace), words())


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
