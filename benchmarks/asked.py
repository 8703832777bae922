"""The question banks to measure on, each with the base it is asked to and the day it is asked on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.dialogue.assistant import Assistant
from bot.evaluation.bank import Question, banks_of, read_bank
from bot.evaluation.scoring import Result, ask, score
from bot.knowledge.loading import load
from bot.knowledge.model import Base, Election

if TYPE_CHECKING:
    from bot.dialogue.what import Thresholds

ROOT = Path(__file__).parents[1]
BUNDLED = "levallois-perret-2026"
INVENTED = "villebois-2032"
INVENTED_NOW = datetime(2032, 3, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))
SAMPLE = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions, and the election they are about."""

    questions: tuple[Question, ...]
    base: Base
    election: Election
    now: datetime

    def results(self, thresholds: Thresholds | None = None) -> list[Result]:
        """Every question asked in a conversation of its own, and the verdicts."""
        assistant = Assistant(self.base, thresholds) if thresholds else Assistant(self.base)
        replies = ((q, ask(assistant, q, self.election.id, self.now)) for q in self.questions)
        return [score(q, reply, self.election) for q, reply in replies]


def bundled(quick: bool, files: Sequence[Path] = ()) -> Asked:
    """The project's French and English banks, or other files; the bundled base on the day it was checked."""
    base = sound(ROOT / "knowledge")
    election = base.elections[BUNDLED]
    zone = ZoneInfo(election.description.time_zone)
    now = datetime.combine(election.description.checked, time(12), zone)
    paths = files or banks_of(ROOT / "knowledge", election.id)
    return Asked(tuple(q for path in paths for q in questions(path, quick)), base, election, now)


@contextmanager
def invented(quick: bool) -> Iterator[Asked]:
    """The bank of the fictional town, asked to its base beside the shared folder, in its campaign."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "knowledge" / "common", root / "common")
        shutil.copytree(ROOT / "tests" / "fixtures" / "knowledge" / INVENTED, root / INVENTED)
        base = sound(root)
        found = [q for path in banks_of(root, INVENTED) for q in questions(path, quick)]
        yield Asked(tuple(found), base, base.elections[INVENTED], INVENTED_NOW)


def sound(root: Path) -> Base:
    """A base without problems; figures about a broken one would mean nothing."""
    loaded = load(root)
    problems = [problem for problem in loaded.problems if not problem.notice]
    if problems:
        raise SystemExit("\n".join(map(str, problems)))
    return loaded.base


def questions(path: Path, quick: bool) -> list[Question]:
    """The questions of a file, or some of them spread over it."""
    found, problems = read_bank(path)
    if problems:
        raise SystemExit("\n".join(map(str, problems)))
    return found[:: max(1, len(found) // SAMPLE)][:SAMPLE] if quick else found
