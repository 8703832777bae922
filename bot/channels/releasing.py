"""The whole base made ready to leave the bot: as a small website, or in one file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from bot.channels.opening import Refused, Where, clock, folder, only, sound
from bot.channels.refusing import may_write
from bot.dialogue.assistant import Assistant
from bot.dialogue.wording import Wording
from bot.knowledge.model import Election
from bot.publishing.scores import Score, read_banks, scores
from bot.publishing.site import NotOurs, is_ours, site, written


def build(where: Where, target: str, say: Wording) -> None:
    """Build the site in a folder; nothing there changes if anything goes wrong."""
    if not is_ours(Path(target)):
        raise Refused("not_a_site", folder=target)
    may_write(Path(target), anew=True)
    base = only(sound(where), where.election)
    times = {e.id: clock(where.now, e.description.time_zone)() for e in base.elections.values()}
    assistant = Assistant(base)
    root = folder(where.knowledge)
    answered = {e.id: _scores(root, assistant, e, times[e.id]) for e in base.elections.values()}
    try:
        count = written(Path(target), site(base, answered, lambda election: times[election.id]))
    except NotOurs:
        raise Refused("not_a_site", folder=target) from None
    except OSError as error:
        raise Refused("no_writing", file=target, error=error) from None
    click.echo(say("terminal.site_written", count=count, folder=target), err=True)


def _scores(root: Path, assistant: Assistant, election: Election, now: datetime) -> tuple[Score, ...]:
    """How the banks of an election are answered; a bank with a mistake would tell less than it seems."""
    questions, problems = read_banks(root, election.id)
    if problems:
        raise Refused("broken_bank", count=len(problems), problem=min(problems))
    return scores(assistant, election, questions, now)


def write_out(where: Where, form: str, output: str | None, say: Wording) -> None:
    """Print the base in a format, or write it into a file, whole or not at all."""
    from bot.publishing.export import FORMATS
    from bot.publishing.writing import write_whole

    content = FORMATS[form](only(sound(where), where.election), say.code).encode("utf-8", "replace")
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        write_whole(Path(output), content)
    except OSError as error:
        raise Refused("no_writing", file=output, error=error) from None
