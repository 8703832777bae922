"""Coverage as a moderator reads it: as tables and findings in the terminal, or as a picture or a page in a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.channels.opening import Refused, Where, chosen, clock, read
from bot.channels.reports import Table, aligned, show
from bot.dialogue.wording import Wording
from bot.knowledge.checks import CHECKS
from bot.matching.checking import problems_of
from bot.publishing.coverage import Coverage, covered
from bot.publishing.telling import NOTHING, Group, Line, cell, figures, groups, headings

if TYPE_CHECKING:
    from bot.knowledge.loading import Loaded

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: files to write, if any, from when a source is old, and whether to list everything."""

    png: str | None = None
    html: str | None = None
    older_than: int = 365
    everything: bool = False


def cover(where: Where, say: Wording, wanted: Wanted) -> None:
    """Print the coverage of an election, or write it into the files that are wanted."""
    loaded = readable(where)
    election = chosen(loaded.base, where.election)
    zone = election.description.time_zone
    today = clock(where.now, zone)().astimezone(ZoneInfo(zone)).date()
    coverage = covered(loaded, election, say.code, today, wanted.older_than)
    found = groups(coverage, election, say, wanted.everything)
    if wanted.png or wanted.html:
        _write(coverage, found, say, wanted)
        return
    _show_tables(coverage, say)
    print("\n".join(findings(found, say)))
    if found and not wanted.everything:
        print("\n" + say("coverage.hint"))


def readable(where: Where) -> Loaded:
    """A base without mistakes, but for what still has to be translated: that is among what is reported."""
    loaded = read(where)
    untranslated = set(CHECKS["languages"](loaded))
    problems = [p for p in problems_of(loaded, whole=False) if not p.notice and p not in untranslated]
    if problems:
        raise Refused("broken", count=len(problems), problem=problems[0])
    return loaded


# --- in the terminal -------------------------------------------------------------------------------------


def tables(coverage: Coverage, say: Wording, heads: tuple[str, ...]) -> tuple[Table, Table]:
    """Statements by topic and candidate, and each candidate's figures, with a candidate's column under its head."""
    topics = tuple(("  " * row.depth + row.name, *map(cell, row.counts)) for row in coverage.rows)
    candidates = tuple(
        (head, tally.name, *figures(tally)) for head, tally in zip(heads, coverage.candidates, strict=True)
    )
    return (
        Table((say("coverage.column.topic"), *heads), topics),
        Table(("", say("coverage.column.candidate"), *headings(say)), candidates, words=2),
    )


def short(names: Sequence[str]) -> tuple[str, ...]:
    """Names without the first, for everyone alike; where two would then be one with an initial, or else whole.

    An initial where none is needed could be read as a title: "M." is one in French.
    """
    parts = [name.partition(" ") for name in names]
    surnames = tuple(rest or first for first, _, rest in parts)
    initials = tuple(f"{first[0]}. {rest}" if rest else first for first, _, rest in parts)
    return next((cut for cut in (surnames, initials) if len(set(cut)) == len(cut)), tuple(names))


def _show_tables(coverage: Coverage, say: Wording) -> None:
    names = short([tally.name for tally in coverage.candidates])
    numbers = tuple(str(number) for number in range(1, len(names) + 1))
    room = get_terminal_size().columns
    topics, candidates = tables(coverage, say, names)
    if sys.stdout.isatty() and max(map(len, aligned(topics).splitlines())) + len(topics.head) > room:
        topics, candidates = tables(coverage, say, numbers)
    print(f"{say('coverage.caption')} ({NOTHING} {say('coverage.none')}){say('colon').rstrip()}")
    show(topics)
    print()
    show(candidates)


def findings(found: tuple[Group, ...], say: Wording) -> Iterator[str]:
    """The lines that tell what was found: whole, with the place first, if they are piped; else not too long."""
    if not found:
        yield from ("", say("coverage.nothing"))
        return
    for group in found:
        yield from ("", group.title)
        for line in group.lines:
            yield from _whole(line) if not sys.stdout.isatty() else _wrapped(line)
        if group.left:
            yield "  " + say("coverage.more", count=group.left)


def _whole(line: Line) -> Iterator[str]:
    yield f"  {line.place}: {line.sentence}" if line.place else f"  {line.sentence}"


def _wrapped(line: Line) -> Iterator[str]:
    width = min(get_terminal_size().columns, WIDTH)
    yield from wrap(line.sentence, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    if line.place:
        yield f"    {line.place}"


# --- in files --------------------------------------------------------------------------------------------


def _write(coverage: Coverage, found: tuple[Group, ...], say: Wording, wanted: Wanted) -> None:
    """Make everything that is wanted, then write it, so that a failure in the making writes nothing."""
    from bot.publishing.writing import write_whole

    made = {}
    if wanted.png:
        from bot.publishing.picture import drawn

        made[wanted.png] = drawn(coverage, say, wanted.everything)
    if wanted.html:
        from bot.publishing.coverage_page import page

        made[wanted.html] = page(coverage, found, say, wanted.everything).encode()
    for file, content in made.items():
        try:
            write_whole(Path(file), content)
        except OSError as error:
            raise Refused("no_writing", file=file, error=error) from None
        print(say("coverage.written", file=file))
