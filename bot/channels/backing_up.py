"""`election-bot backup` and `restore`: everything in one file, and back, each told in a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.channels.opening import Refused, Where, clock, folder, impossible
from bot.dialogue.problems import told
from bot.dialogue.wording import Wording
from bot.moderation import backing_up
from bot.moderation.archive import Archive, Damaged, Foreign, Newer, reading
from bot.moderation.backing_up import Differs, Linked
from bot.moderation.storing import Busy, Stored
from bot.settings import Unset, state_url
from bot.state.connecting import NoDriverError, file_of, with_driver
from bot.state.copying import Faulty, Filled, InUse, Missing, Unfit, Unsettled
from bot.state.database import NewerError

SENTENCES: Mapping[type[Exception], str] = {
    Foreign: "backup.foreign",
    Newer: "backup.newer",
    NewerError: "backup.state_newer",
    Missing: "backup.no_state",
    InUse: "backup.in_use",
    Filled: "backup.filled",
    Differs: "backup.differs",
    Busy: "backup.busy",
    Linked: "backup.links",
    NoDriverError: "no_postgres",
}
"""Why nothing is done, by the names of the sentences in the wording."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be put back, and whether it may take the place of something else."""

    state: bool
    knowledge: bool
    replace: bool


def back_up(where: Where, file: str, say: Wording) -> int:
    """Put everything into a new file; the status tells whether its knowledge could be answered from."""
    root, url, now = folder(where.knowledge), _url(), clock(where.now, "UTC")()
    with _worded(file):
        try:
            manifest = asyncio.run(backing_up.back_up(url, root, Path(file), now))
        except FileExistsError:
            raise Refused("backup.exists", file=file) from None
        except OSError as error:
            raise Refused("no_writing", file=file, error=error) from None
    rows, count = sum(manifest.tables.values()), len(manifest.files)
    click.echo(say("terminal.backup.made", file=file, rows=rows, count=count), err=True)
    if found := backing_up.problems(root):
        sentence = say("terminal.backup.unsound_now", count=len(found), problem=told(found[0], say))
        click.echo(sentence, err=True)
        return 1
    return 0


def restore(where: Where, file: str, wanted: Wanted, say: Wording) -> None:
    """Put back what a file holds, once all of it was looked over; if anything is wrong nothing is changed."""
    target = Path(where.knowledge or "knowledge").resolve()
    url, now = _url() if wanted.state else "", clock(where.now, "UTC")()
    if not Path(file).exists():
        raise Refused("no_file", file=file)
    with _worded(file), reading(Path(file)) as archive:
        archive.verify()
        stored = _restored(archive, url, target, wanted)
        manifest = archive.manifest
    if wanted.state:
        asyncio.run(backing_up.purge(url, now))
    values = {"made_at": _moment(manifest.made_at, say), "program": manifest.program, "folder": target}
    values |= {"place": _place(url)} if wanted.state else {}
    values |= {"rows": sum(manifest.tables.values()), "count": len(manifest.files)}
    for done, key in ((wanted.state, "state"), (wanted.knowledge, "knowledge")):
        if done:
            click.echo(say(f"terminal.backup.restored_{key}", **values), err=True)
    if stored.commit:
        click.echo(say("terminal.backup.commit", commit=stored.commit), err=True)


def _restored(archive: Archive, url: str, target: Path, wanted: Wanted) -> Stored:
    if not wanted.knowledge:
        asyncio.run(backing_up.restore_state(url, archive, wanted.replace, lambda: None))
        return Stored()
    with backing_up.unpacked(archive, target) as new:
        if found := backing_up.problems(new):
            raise Refused("backup.unsound", count=len(found), problem=found[0])

        def put() -> Stored:
            return backing_up.put_in_place(new, target, wanted.replace, archive.manifest.made_at)

        if not wanted.state:
            return put()
        return asyncio.run(backing_up.restore_state(url, archive, wanted.replace, put))


def _moment(text: str, say: Wording) -> str:
    """A day and an hour as people write them."""
    at = datetime.fromisoformat(text).astimezone(UTC)
    return say("terminal.backup.moment", date=say.date(at.date()), time=f"{at:%H:%M}")


def _place(url: str) -> str:
    """Where the state is, without who may open it."""
    address = with_driver(url)
    if (file := file_of(address)) is not None:
        return str(file.absolute())
    return f"{address.host}/{address.database}"


def _url() -> str:
    try:
        return state_url()
    except Unset as unset:
        raise impossible(unset) from None


@contextmanager
def _worded(file: str) -> Iterator[None]:
    """Whatever is the matter, in a sentence."""
    try:
        yield
    except Damaged as damaged:
        raise Refused("backup.damaged", file=file, part=damaged.part or file) from None
    except Unsettled as unsettled:
        raise Refused("backup.unsettled", fault=unsettled.fault) from None
    except Faulty as faulty:
        raise Refused("no_state", fault=faulty.fault) from None
    except Unfit as unfit:
        raise Refused("backup.unfit", file=file, table=unfit.table) from None
    except tuple(SENTENCES) as answer:
        raise Refused(SENTENCES[type(answer)], file=file) from None
