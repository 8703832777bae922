"""What a command needs before it can start: the knowledge folder, one election of it, and the time it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from bot.knowledge.loading import Loaded
    from bot.knowledge.model import Base, Election
    from bot.semantic import Semantic
    from bot.settings import Unset

INSTALLED = Path(__file__).parents[1] / "_knowledge"
YEARS = range(1900, 2200)

Clock = Callable[[], datetime]


class Refused(Exception):  # noqa: N818 - it is an answer, in the reader's words, not a fault of the program
    """One clear sentence instead of a result: a key of the wording's `terminal` section, and its values."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Expected:
    """What a setting or an option can be: a key of the wording's `terminal.expected`, and its values."""

    key: str
    values: Mapping[str, object]


def impossible(unset: Unset) -> Refused:
    """The sentence for a setting that is missing, or that cannot be what it is."""
    if unset.missing:
        return Refused("unset", name=unset.name)
    return Refused("bad_setting", name=unset.name, expected=Expected(unset.expected, unset.bounds))


@dataclass(frozen=True, slots=True)
class Where:
    """Where and when to answer, as typed on the command line; None for what was left out."""

    knowledge: str | None = None
    election: str | None = None
    now: str | None = None

    def over(self, other: Where) -> Where:
        """These options, and the other's for those left out here."""
        return Where(
            self.knowledge or other.knowledge, self.election or other.election, self.now or other.now
        )


@cache
def spoken() -> tuple[str, ...]:
    """The languages that have a wording, sorted."""
    from bot.dialogue.wording import FOLDER

    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def folder(knowledge: str | None) -> Path:
    """The folder named, else `knowledge` here, else the copy that came with the program."""
    if knowledge is not None:
        if not Path(knowledge).is_dir():
            raise Refused("no_folder", folder=knowledge)
        return Path(knowledge).resolve()
    for usual in (Path("knowledge"), INSTALLED):
        if usual.is_dir():
            return usual.resolve()
    raise Refused("no_knowledge")


def read(where: Where) -> Loaded:
    """The knowledge base as far as it can be read, with its problems."""
    from bot.knowledge.loading import load

    return load(folder(where.knowledge))


def answerable(where: Where, whole: bool = False) -> Loaded:
    """What was read of a knowledge base that may be answered from; one with problems is refused.

    Whoever answers for long looks at the `whole` of it: later changes are then compared with a sound base.
    """
    from bot.matching.checking import grave_problems, problems_of

    loaded = read(where)
    found = grave_problems(loaded) if whole else problems_of(loaded, whole=False)
    problems = [problem for problem in found if not problem.notice]
    if problems:
        raise Refused("broken", count=len(problems), problem=problems[0])
    return loaded


def sound(where: Where) -> Base:
    """A knowledge base that may be answered from."""
    return answerable(where).base


def chosen(base: Base, election: str | None) -> Election:
    """The election named, or the only one there is."""
    ids = ", ".join(sorted(base.elections))
    if election is not None:
        if election not in base.elections:
            raise Refused("no_election", election=election, ids=ids)
        return base.elections[election]
    if len(base.elections) != 1:
        raise Refused("elections", ids=ids)
    return next(iter(base.elections.values()))


def only(base: Base, election: str | None) -> Base:
    """The base with all its elections, or with only the one named; there must be one."""
    if election is None and base.elections:
        return base
    chosen_one = chosen(base, election)
    return replace(base, elections={chosen_one.id: chosen_one})


def semantic(patient: bool = False) -> Semantic:
    """What ranks suggestions by meaning; a `patient` reader waits for it to be ready, as nobody in a chat would."""
    from bot.semantic import Semantic, installed

    if not installed():
        raise Refused("no_semantic")
    return Semantic(patient=patient)


def clock(now: str | None, time_zone: str) -> Clock:
    """Tells the time: the real one, or always the one named (a day means noon, where the election is)."""
    if now is None:
        return lambda: datetime.now(UTC)
    try:
        fixed = _moment(now.strip(), ZoneInfo(time_zone))
    except ValueError:
        raise Refused("bad_now", now=now) from None
    if fixed.year not in YEARS:
        raise Refused("bad_now", now=now)
    return lambda: fixed


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(12), zone)
    except ValueError:
        at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)
