"""Moderators' edits, each of two files, by a process that is killed with -9 at random moments and started again."""

from __future__ import annotations

import asyncio
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from benchmarks.asked import ROOT
from benchmarks.faults.trial import Round, Trial, judged
from bot.knowledge.editing import ADD, Operation
from bot.knowledge.loading import load
from bot.moderation.committing import revision
from bot.moderation.proposals import Edit
from bot.moderation.storing import finish
from bot.state.records import Moderator
from tests.unit.moderated import TOWN, moderating, small

WORDS = {"common/topics/cameras.yaml": "lens", "common/topics/safety.yaml": "lock"}
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
AUTHOR = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
LONGEST = 1.0
"""Seconds after its first edit, or its start, within which a process is killed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A knowledge folder in a git checkout, and the state beside it."""

    root: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.root.parent / 'state.sqlite3'}"

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(self.root.parent), *AUTHOR, *arguments],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **GIT},
        ).stdout

    def numbers(self) -> set[int]:
        """The number of the edit that each file shows; one number if none is half done."""
        texts = {file: (self.root / file).read_text(encoding="utf-8") for file in WORDS}
        found = {file: re.findall(rf"{WORDS[file]} (\d+)", text) for file, text in texts.items()}
        return {int(n) for numbers in found.values() for n in numbers or ["0"]}


def trials(around: Round) -> Iterator[Trial]:
    """Until so many edits are made, however often their process is killed."""
    wanted = around.many(5, 200)
    place = laid_out(around.room("edits"))
    luck, kills, done, wrong = random.Random(20_320_301), 0, 0, list[str]()
    while done < wanted and not wrong:
        told = _killed(place, done + 1, luck)
        kills += 1
        wrong += [str(problem) for problem in load(place.root).problems]
        done, found = asyncio.run(_recovered(place, max(done, told)))
        wrong += found
    yield judged(
        "kill -9 of moderators' edits",
        f"{done} edits of two files each, in a git checkout; the process killed {kills} times at random moments",
        "each edit whole or not there, none twice; log, commits and files agree; the base always loads",
        f"{done} edits, {done} in the log, {done} commits; the base loaded after every kill",
        wrong,
    )


def laid_out(folder: Path) -> Place:
    place = Place(small(folder / "knowledge"))
    place.git("init", "-q", "--template=")
    place.git("add", "-A", "knowledge")
    place.git("commit", "-q", "-m", "The base")
    return place


def _killed(place: Place, first: int, luck: random.Random) -> int:
    """The last edit that was told to be made by a process that was killed; one in three may not even have begun."""
    command = [sys.executable, "-W", "error", "-m", "benchmarks.faults.edits", str(place.root), str(first)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **GIT},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        told = child.stdout.readline() if luck.random() < 0.67 else ""
        timer = Timer(luck.uniform(0, LONGEST), child.kill)
        timer.start()
        more, complaint = child.communicate()
        timer.cancel()
    if child.returncode > 0:
        raise RuntimeError(complaint.strip().splitlines()[-1])
    return max(map(int, (told + more).split()), default=0)


async def _recovered(place: Place, before: int) -> tuple[int, list[str]]:
    """How many edits there are once what was begun is finished, and what does not agree."""
    os.environ.update(GIT)
    finish(place.root)
    async with moderating(place.root, place.url) as desk:
        await desk.resume()
        steps = await desk.kept.audited(10_000)
        unfinished = await desk.kept.proposals(["approved"])
    numbers = place.numbers()
    done = max(numbers)
    logged = sorted(int(step.subject.rpartition(" ")[2]) for step in steps if step.action == "applied")
    commits = int(place.git("rev-list", "--count", "HEAD")) - 1
    seen = revision(place.root) or "+"
    wrong = {
        f"an edit half done: {numbers}": len(numbers) != 1,
        f"an edit lost: {done} of {before}": done < before,
        f"{done} edits, in the log {logged[-3:]}": logged != list(range(1, done + 1)),
        f"{done} edits, {commits} commits": commits != done,
        f"files not committed: {seen}": seen.endswith("+"),
        "an edit still to be finished": bool(unfinished),
    }
    return done, [what for what, holds in wrong.items() if holds]


def edit(number: int) -> Edit:
    """The edit with a number: in each of two files it takes the words of the one before away and puts its own."""
    operations = tuple(
        Operation(
            file, ("phrasings", "en", ADD), f"{word} {number - 1}" if number > 1 else None, f"{word} {number}"
        )
        for file, word in WORDS.items()
    )
    return Edit("phrasing", TOWN, f"edit {number}", operations, id=f"{number:016x}")


async def _edit_on(root: Path, first: int) -> None:
    """Finish what was begun, as the bot does when it starts; then edit and edit."""
    finish(root)
    async with moderating(root, Place(root).url) as desk:
        await desk.resume()
        number = first
        while True:
            decided = await desk.propose(edit(number), Moderator("ada's key", "Ada"))
            assert decided.applied, decided
            print(number, flush=True)
            number += 1


if __name__ == "__main__":
    asyncio.run(_edit_on(Path(sys.argv[1]), int(sys.argv[2])))
