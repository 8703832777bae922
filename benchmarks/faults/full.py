"""A disk that is full, with the state on it, and with the knowledge folder on it; then there is room again."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.faults.bots import ASKED, LONG, answers, is_root, serving, voters
from benchmarks.faults.edits import WORDS, Place, edit, laid_out
from benchmarks.faults.trial import Round, Trial, untried
from bot.dialogue.wording import wording
from bot.moderation.committing import revision
from bot.moderation.proposals import Impossible
from bot.moderation.storing import finish
from bot.state.records import Moderator
from tests.stand_in import Shown, StandIn
from tests.unit.moderated import moderating

MIB = 4
PAGE = 4_096
ROOM = (*range(0, 40), 48, 64, 96)
"""Pages that are left free while an edit is tried: it fails at another step each time, until there is enough."""


def trials(around: Round) -> Iterator[Trial]:
    """On a file system of a few MiB in memory, which only root may make."""
    if not is_root() or not _mountable(around.room("mountable")):
        yield untried("disk full", "the right to mount a file system")
        return
    yield _state(around)
    yield _knowledge(around)


def _mountable(folder: Path) -> bool:
    try:
        with _narrow(folder):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def _narrow(folder: Path) -> Iterator[Path]:
    """A file system with little room."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MIB}m,mode=0700", "faults", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


@contextmanager
def _filled(folder: Path, free: int = 0) -> Iterator[None]:
    """No room there but for some pages, while the block lasts."""
    ballast = folder / ".ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(PAGE)):
            pass
    os.truncate(ballast, max(0, ballast.stat().st_size // PAGE - free) * PAGE)
    try:
        yield
    finally:
        ballast.unlink()


# --- the state -------------------------------------------------------------------------------------------


def _state(around: Round) -> Trial:
    number = around.many(40, 1_000)
    with (
        _narrow(around.room("full")) as disk,
        StandIn() as telegram,
        serving(around, "full-state", telegram, STATE_URL=f"sqlite:///{disk / 'state.sqlite3'}") as bot,
    ):
        bot.start()
        chats = voters(telegram, number)
        with _filled(disk):
            for n, chat in enumerate(chats):
                telegram.say(chat, ASKED[n % len(ASKED)])
            telegram.settled(LONG)
            for chat in chats[:10]:
                telegram.say(chat, "/langue en")
            telegram.settled(LONG)
            bot.says("state_degraded")
            met = answers(telegram, chats)
        bot.says("state_recovered")
        telegram.settled(LONG)
        status = bot.stop()
        bot.start()
        kept = [_asked(telegram, chat.id, "messatfa cameras").text for chat in chats[:10]]
        status += bot.stop()
        errors = bot.errors()
    lost = sum(n < (2 if i < 10 else 1) for i, n in enumerate(met))
    spoken = sum("Video surveillance" in text for text in kept)
    return Trial(
        "disk full, state",
        f"{number:,} questions and 10 choices of a language while there is no room for a byte of state",
        "answers go on; what was chosen meanwhile is written once there is room, and holds after a restart",
        "; ".join([f"{lost} without an answer, {spoken} of 10 choices kept", *errors[:1]]),
        not lost and spoken == 10 and not errors and not status,
    )


def _asked(telegram: StandIn, chat: int, text: str) -> Shown:
    return telegram.wait_for_message(chat, after=telegram.say(chat, text), timeout=LONG)


# --- the knowledge folder --------------------------------------------------------------------------------


def _knowledge(around: Round) -> Trial:
    rooms = ROOM[:: 8 if around.quick else 1]
    with _narrow(around.room("full-knowledge")) as disk:
        place = laid_out(disk)
        found = asyncio.run(
            _tried(place, disk, rooms, f"sqlite:///{around.room('beside') / 'state.sqlite3'}")
        )
        number, refused, wrong = found
        head = int(place.git("rev-list", "--count", "HEAD")) - 1
        left = (revision(place.root) or "+").endswith("+")
    wrong += ["files in no commit"] if left else []
    return Trial(
        "disk full, knowledge",
        f"an edit of two files in a git checkout tried with {len(rooms)} amounts of room, from none "
        f"to {rooms[-1] * 4} KiB",
        "applied whole, or refused in a sentence with no file touched; with room again it is applied, and all is "
        "committed",
        "; ".join([f"{number} applied, {refused} refused at first, {head} commits", *wrong[:3]]),
        not wrong and refused > 0 and number > 0,
    )


async def _tried(place: Place, disk: Path, rooms: tuple[int, ...], url: str) -> tuple[int, int, list[str]]:
    """The number of edits that were applied, and refused, and what went wrong."""
    applied, refused, wrong = 0, 0, list[str]()
    author = Moderator("ada's key", "Ada")
    async with moderating(place.root, url) as desk:
        for room in rooms:
            before = _texts(place)
            wanted = edit(applied + 1)
            try:
                with _filled(disk, room):
                    decided = await desk.propose(wanted, author)
                applied += 1
            except Impossible as impossible:
                refused += 1
                wrong += _unharmed(place, before, impossible, room)
                finish(place.root)
                await desk.resume()
                decided = await desk.propose(wanted, author)
                applied += 1
            if not decided.applied or place.numbers() != {applied}:
                wrong.append(f"with {room} pages: {place.numbers()} instead of {applied}")
    return applied, refused, wrong


def _unharmed(place: Place, before: dict[str, str], impossible: Impossible, room: int) -> list[str]:
    """What is wrong with a refusal: a file that changed, or a reason that cannot be told."""
    said = [
        wording(code)(f"moderation.impossible.{impossible.key}", **impossible.values) for code in ("fr", "en")
    ]
    found = [] if all(said) else [f"no sentence for {impossible.key}"]
    return found if _texts(place) == before else [*found, f"with {room} pages: refused, but files changed"]


def _texts(place: Place) -> dict[str, str]:
    return {file: (place.root / file).read_text(encoding="utf-8") for file in WORDS}
