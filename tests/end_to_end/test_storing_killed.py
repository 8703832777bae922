"""Killed at any moment, an edit is there whole or not at all, in one commit; two processes lose nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.moderation.storing import Commit, Stored, locked, recover, revision, store, texts
from tests.conftest import ROOT

FILES = ["town-2032/election.yaml", "town-2032/facts/day.yaml", "town-2032/topics/pool.yaml"]
MADE = "town-2032/candidates/ada.yaml"
OLD = {**dict.fromkeys(FILES, "old: text\n" * 50), MADE: None}
NEW = {**dict.fromkeys(FILES[:2], "new: text\r\n" * 70), FILES[2]: None, MADE: "name: Ada\n" * 30}
ROUNDS = 12
APPENDED = 10
LONG = 60.0

KILLED_AT_A_STEP = """
import json, os, signal, stat, subprocess, sys
from pathlib import Path
from bot.moderation.storing import Commit, locked, recover, store

STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.chmod", "os.chown", "subprocess.Popen"}
root, last, changed = Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
steps, counting, fsync, communicate = 0, False, os.fsync, subprocess.Popen.communicate

def step():
    global steps
    steps += counting
    return counting and steps == last

def watch(event, _):
    if event in STEPS and step():
        os.kill(os.getpid(), signal.SIGKILL)

def lost(descriptor):
    "What was not synchronised may come to the disk in part."
    if step():
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(descriptor)

def orphaned(self, *arguments, **options):
    "A git that runs when we are killed goes on alone."
    if step():
        os.kill(os.getpid(), signal.SIGKILL)
    return communicate(self, *arguments, **options)

os.fsync, subprocess.Popen.communicate = lost, orphaned
sys.addaudithook(watch)
with locked(root):
    recover(root)
    counting = True
    stored = store(root, changed, Commit("an edit", "Moderator One"))
    counting = False
print(steps)
"""

EDITING_FOREVER = """
import itertools, sys
from pathlib import Path
from bot.moderation.storing import Commit, locked, store

root, first, files = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
for number in itertools.count(first):
    with locked(root):
        store(root, dict.fromkeys(files, f"{number}\\n" * 200), Commit(f"edit {number}", "Moderator One"))
    print(number, flush=True)
"""

APPENDING = """
import sys
from pathlib import Path
from bot.moderation.storing import Commit, locked, recover, store, texts

root, name, times, file = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
print("ready", flush=True)
sys.stdin.readline()
for number in range(times):
    with locked(root, seconds=60):
        recover(root)
        text = texts(root, [file])[file]
        assert store(root, {file: f"{text}{name} {number}\\n"}, Commit(f"{number}", name)).commit
"""


@pytest.fixture(autouse=True)
def _own_settings_of_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=Developer", "-c", "user.email=d@example.invalid")
    return subprocess.run(
        ["git", "-C", str(folder), *named, *arguments], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A knowledge folder in a checkout with one commit."""
    root = tmp_path / "first" / "knowledge"
    for file in FILES:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("old: text\n" * 50)
    git(root.parent, "init", "--quiet", "--template=")
    git(root.parent, "add", ".")
    git(root.parent, "commit", "--quiet", "--message=first")
    return root


def commits(root: Path) -> int:
    return int(git(root, "rev-list", "--count", "HEAD"))


def started(program: str, *arguments: object, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", program, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def recovered(root: Path) -> None:
    """Recovering leaves nothing to recover, nothing that is not committed, and nothing beside the base."""
    with locked(root):
        recover(root)
        assert not recover(root)
    seen = revision(root)
    assert seen
    assert not seen.endswith("+")
    assert [path.name for path in root.rglob(".*")] == [".lock"]


def test_killed_at_any_step_an_edit_is_whole_or_not_there_and_one_commit(checkout: Path) -> None:
    outcomes = []
    for step in range(1, 200):
        root = checkout.parents[1] / str(step) / "knowledge"
        shutil.copytree(checkout.parent, root.parent)
        child = started(KILLED_AT_A_STEP, root, step, json.dumps(NEW))
        _, complaint = child.communicate(timeout=LONG)
        for file, text in texts(root, NEW).items():
            assert text in (OLD[file], NEW[file]), (step, file)
        recovered(root)
        whole = texts(root, NEW)
        assert whole in (OLD, NEW), step
        assert commits(root) == (1 if whole == OLD else 2), step
        git(root, "fsck", "--strict")
        outcomes.append(whole == NEW)
        if child.returncode == 0:
            break
        assert child.returncode == -signal.SIGKILL, complaint
        shutil.rmtree(root.parent)
    assert child.returncode == 0, "it was never let live"
    assert outcomes == sorted(outcomes), "a later step undid what an earlier one had done"
    assert outcomes.count(False) > 10
    assert outcomes.count(True) > 10


def test_killed_at_any_time_no_edit_is_half_done_or_done_twice(checkout: Path) -> None:
    luck = random.Random(20320301)
    number = 0
    for _ in range(ROUNDS):
        child = started(EDITING_FOREVER, checkout, number + 1, *FILES)
        assert child.stdout is not None
        assert child.stdout.readline().strip() == str(number + 1), child.communicate()
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(luck.uniform(0, 0.15))
        child.kill()
        child.communicate()
        recovered(checkout)
        numbers = {text.partition("\n")[0] for text in texts(checkout, FILES).values() if text}
        assert len(numbers) == 1
        number = int(numbers.pop())
        assert texts(checkout, FILES) == dict.fromkeys(FILES, f"{number}\n" * 200)
        assert commits(checkout) == number + 1
    assert git(checkout, "log", "--format=%s").split("\n")[:1] == [f"edit {number}"]


def test_what_two_processes_append_is_all_there(checkout: Path) -> None:
    names = ["One", "Two"]
    children = [
        started(APPENDING, checkout, name, APPENDED, FILES[0], stdin=subprocess.PIPE) for name in names
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    for child in children:
        _, complaint = child.communicate(timeout=LONG)
        assert child.returncode == 0, complaint
    lines = (checkout / FILES[0]).read_text().splitlines()[50:]
    for name in names:
        assert [line for line in lines if line.startswith(name)] == [f"{name} {n}" for n in range(APPENDED)]
    assert len(lines) == 2 * APPENDED
    authors = git(checkout, "log", "--format=%an").split()
    assert [authors.count(name) for name in names] == [APPENDED, APPENDED]


def test_the_second_of_two_edits_sees_the_first_even_if_its_writer_was_killed(checkout: Path) -> None:
    changed = json.dumps({FILES[0]: "first\n"})
    whole = started(KILLED_AT_A_STEP, checkout, 0, changed)
    steps = int(whole.communicate(timeout=LONG)[0])
    git(checkout, "reset", "--quiet", "--hard", "HEAD^")
    child = started(KILLED_AT_A_STEP, checkout, steps - 5, changed)
    child.communicate(timeout=LONG)
    assert child.returncode == -signal.SIGKILL
    with locked(checkout):
        recover(checkout)
        assert texts(checkout, FILES[:1]) == {FILES[0]: "first\n"}
        stored = store(checkout, {FILES[0]: "first\nsecond\n"}, Commit("second", "Moderator Two"))
    assert stored == Stored(git(checkout, "rev-parse", "--short", "HEAD").strip())
    assert git(checkout, "log", "--format=%an").split("\n")[:2] == ["Moderator Two", "Moderator One"]
