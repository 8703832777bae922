"""The knowledge folder replaced, taken away, scribbled in while voters ask: each answer is from one base or another."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.faults.bots import LONG, pause
from benchmarks.faults.trial import Round, Trial, judged
from bot.dialogue.assistant import Assistant
from bot.knowledge.loading import load
from tests.end_to_end.served import PLENTY, Served, empty_database, serving_bot
from tests.stand_in import StandIn
from tests.unit.small_base import FILES

TOWN = "town-2030"
NOW = datetime(2030, 2, 25, 12, tzinfo=UTC)
FIRST = 101
QUESTION = "cameras"
AGAIN = 20
"""Edits after which there is a sound base again, for as long as it takes to be answered from."""
FAULTY = ("failed", "watching_failed", "chores_failed")
SAID = """\
positions:
  cameras:
    - claim: {{fr: "{who_fr} veut {n} caméras.", en: "{who_en} wants {n} cameras."}}
      source: gazette-{n}
"""
GARBAGE = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\t",
    b": ",
    b"\n- ",
    b"&a *a",
    b"{",
    b"'",
    b"!!python/name:os",
    b"\n\n  x:\n",
    b"---\n",
)


def edition(root: Path, number: int) -> Path:
    """A base of which every claim and source says its number; no file of another one goes with them."""
    texts = dict(FILES)
    sources = texts[f"{TOWN}/sources.yaml"].replace("gazette:", f"gazette-{number}:")
    texts[f"{TOWN}/sources.yaml"] = sources.replace("Who wants what", f"Edition {number}")
    for name, (fr, en) in {"rose": ("Elle", "She"), "thorn": ("Il", "He")}.items():
        file = f"{TOWN}/candidates/{name}.yaml"
        head = texts[file].partition("positions:")[0].replace("[gazette]", f"[gazette-{number}]")
        texts[file] = head + SAID.format(who_fr=fr, who_en=en, n=number)
    for file, text in texts.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")
    return root


def trials(around: Round) -> Iterator[Trial]:
    """Each way of replacing it several times, then many random edits."""
    place = _Place(around.room("replaced"))
    ways = {way.__name__: way for way in (renamed, linked, checked_out, copied_over, taken_away, unreadable)}
    rounds = around.many(1, 8)
    with _asked_meanwhile(place, around.room("replaced-state")) as asker:
        for _ in range(rounds):
            for way in ways.values():
                way(place)
                asker.until(place.number)
    yield judged(
        "folder replaced",
        f"{rounds * len(ways)} times while {len(asker.answers)} questions were asked: renamed, a link swapped, another "
        "state checked out by git, copied over file by file, deleted and restored, unreadable for a while",
        "every question answered, from one base or another and never from half; the last base goes live; no exception",
        f"{len(asker.answers)} answers from {len(asker.editions)} bases; 0 faults",
        asker.wrong(strict=True),
    )
    yield _scribbled(around)


def _scribbled(around: Round) -> Trial:
    place, edits = _Place(around.room("scribbled")), around.many(30, 1_000)
    luck = random.Random(20_300_225)
    with _asked_meanwhile(place, around.room("scribbled-state")) as asker:
        for n in range(edits):
            scribble(place, luck)
            pause(luck.uniform(0, 0.05))
            if n % AGAIN == AGAIN - 1 or n == edits - 1:
                renamed(place)
                asker.until(place.number)
    refused, reloaded = (len(asker.bot.said(event)) for event in ("refused", "reloaded"))
    return judged(
        "folder scribbled in",
        f"{edits} random edits of its files while {len(asker.answers)} questions were asked: bytes cut, repeated, "
        "moved, put in; files emptied, deleted, made folders and links",
        "every question answered from a sound base; the next sound base goes live; no exception",
        f"{len(asker.answers)} answers; {refused} states refused, {reloaded} taken; 0 faults",
        asker.wrong(strict=False),
    )


# --- who asks meanwhile ----------------------------------------------------------------------------------


@dataclass
class _Asker:
    """Somebody who asks all the time, each time as somebody new."""

    telegram: StandIn
    bot: Served
    answers: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.stop.wait(0.01):
            self.ask()

    def ask(self) -> str:
        chat = self.telegram.private(language_code="en")
        try:
            text = self.telegram.wait_for_message(
                chat, after=self.telegram.say(chat, QUESTION), timeout=LONG
            ).text
        except TimeoutError as error:
            self.unanswered.append(str(error))
            return ""
        self.answers.append(text)
        return text

    def until(self, number: int) -> None:
        """Wait until an edition is answered from."""
        for _ in range(1_000):
            if numbers(self.answers[-1] if self.answers else "") == {number}:
                return
            pause(0.02)
        self.unanswered.append(f"edition {number} never went live")

    @property
    def editions(self) -> set[int]:
        return {number for text in self.answers for number in numbers(text)}

    def wrong(self, *, strict: bool) -> list[str]:
        """What was wrong; `strict` where no file says a number that is not its edition's."""
        found = [] if self.answers else ["no answer at all"]
        found += (
            [f"{len(self.unanswered)} without an answer: {self.unanswered[0]}"] if self.unanswered else []
        )
        found += [f"{event}: {self.bot.said(event)[0]}" for event in FAULTY if self.bot.said(event)]
        found += [violation.description for violation in self.telegram.violations[:1]]
        mixed = [text for text in self.answers if len(numbers(text)) != 1]
        return found + ([f"{len(mixed)} answers from no one base: {mixed[0]!r}"] if strict and mixed else [])


def numbers(text: str) -> set[int]:
    """The editions that an answer shows."""
    return set(map(int, re.findall(r"\b1\d\d\b", text)))


@contextmanager
def _asked_meanwhile(place: _Place, folder: Path) -> Iterator[_Asker]:
    assistant = Assistant(load(place.root).base)
    database = empty_database(folder)
    with (
        StandIn() as telegram,
        serving_bot(telegram, assistant, database, NOW, root=place.root, questions_per_minute=PLENTY) as bot,
    ):
        asker = _Asker(telegram, bot)
        thread = threading.Thread(target=asker.run, name="asker")
        thread.start()
        try:
            yield asker
        finally:
            asker.stop.set()
            thread.join()


# --- what happens to the folder --------------------------------------------------------------------------


class _Place:
    """A knowledge folder, and where its next editions are made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = FIRST
        self.root = edition(folder / "knowledge", FIRST)

    def next(self) -> Path:
        """The next edition, beside the folder."""
        self.number += 1
        return edition(self.folder / f"edition-{self.number}", self.number)

    def cleared(self) -> None:
        """Nothing stands where the folder stood."""
        if self.root.is_symlink():
            self.root.unlink()
        elif self.root.exists():
            self.root.rename(self.folder / f"old-{self.number}")


def renamed(place: _Place) -> None:
    """The whole folder goes and another one takes its name."""
    new = place.next()
    place.cleared()
    new.rename(place.root)


def linked(place: _Place) -> None:
    """A link is made to lead elsewhere, in one step if there was a link."""
    for _ in range(2):
        new, link = place.next(), place.folder / "link"
        link.symlink_to(new)
        if not place.root.is_symlink():
            place.cleared()
        link.replace(place.root)


def checked_out(place: _Place) -> None:
    """Git puts another commit's files in place of those that are there."""
    place.cleared()
    for number in (place.number, place.number + 1):
        edition(place.root, number)
        _git(place.root, "init", "-q", "--template=")
        _git(place.root, "add", "-A")
        _git(place.root, "commit", "-q", "--allow-empty", "-m", f"{number}")
        _git(place.root, "tag", "-f", f"v{number}")
    for number in (place.number, place.number + 1, place.number, place.number + 1):
        _git(place.root, "checkout", "-q", f"v{number}")
        pause(0.1)
    place.number += 1


def copied_over(place: _Place) -> None:
    """File by file, as a slow copy over a network does."""
    new = place.next()
    for path in sorted(new.rglob("*.yaml")):
        shutil.copy(path, place.root / path.relative_to(new))
        pause(0.03)


def taken_away(place: _Place) -> None:
    """Deleted file by file, and some time later restored."""
    new = place.next()
    if place.root.is_symlink():
        place.root.unlink()
    else:
        shutil.rmtree(place.root)
    pause(0.5)
    shutil.copytree(new, place.root)


def unreadable(place: _Place) -> None:
    """What cannot be read stands there: a file that is a link to itself, a folder in place of one, then none at all."""
    file = place.root / TOWN / "sources.yaml"
    file.unlink()
    file.symlink_to(file.name)
    pause(0.3)
    file.unlink()
    file.mkdir()
    pause(0.3)
    place.cleared()
    place.root.symlink_to(place.root.name)
    pause(0.3)
    place.root.unlink()
    shutil.copytree(place.next(), place.root)


def scribble(place: _Place, luck: random.Random) -> None:
    """One random edit of one random file."""
    found = sorted(path for path in place.root.rglob("*.yaml") if path.is_file())
    if not found:
        return
    file = luck.choice(found)
    text = file.read_bytes()
    at, to = sorted(luck.randrange(len(text) + 1) for _ in range(2))
    with suppress(OSError):
        _EDITS[luck.randrange(len(_EDITS))](file, text, at, to, luck)


_EDITS: tuple[Callable[[Path, bytes, int, int, random.Random], object], ...] = (
    lambda file, text, at, to, luck: file.write_bytes(text[:at] + text[to:]),
    lambda file, text, at, to, luck: file.write_bytes(text[:to] + text[at:]),
    lambda file, text, at, to, luck: file.write_bytes(text[:at] + luck.choice(GARBAGE) + text[at:]),
    lambda file, text, at, to, luck: file.write_bytes(text[:at] + luck.randbytes(8) + text[at + 8 :]),
    lambda file, text, at, to, luck: file.write_bytes(text[:at]),
    lambda file, text, at, to, luck: file.write_bytes(
        b"\n".join(luck.sample(lines := text.split(b"\n"), len(lines)))
    ),
    lambda file, text, at, to, luck: file.write_bytes(text * 40),
    lambda file, text, at, to, luck: file.unlink(),
    lambda file, text, at, to, luck: file.rename(file.with_name(f"other-{at}.yaml")),
    lambda file, text, at, to, luck: (file.unlink(), file.mkdir()),
    lambda file, text, at, to, luck: (
        file.unlink(),
        file.symlink_to(luck.choice(("..", file.name, "/dev/zero"))),
    ),
)


def _git(folder: Path, *arguments: str) -> None:
    author = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "-C", str(folder), *author, *arguments], check=True, env={**os.environ, **own})
