"""Files stored as an editor would save them: whole, recovered after a kill, and in no commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.moderation import storing
from bot.moderation.storing import Stored, locked, recover, store

FILE = "town-2030/candidates/rose.yaml"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A knowledge folder in a git checkout with one commit."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    root = tmp_path / "knowledge"
    (root / "town-2030/candidates").mkdir(parents=True)
    (root / FILE).write_text("name: Rose\n", encoding="utf-8")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "One"]):
        git(tmp_path, *arguments)
    return root


def git(folder: Path, *arguments: str) -> str:
    author = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    done = subprocess.run(
        ["git", "-C", str(folder), *author, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def test_what_is_stored_without_a_commit_is_in_none(root: Path) -> None:
    with locked(root):
        assert store(root, {FILE: "name: Rosa\n"}, None) == Stored()
    assert (root / FILE).read_text(encoding="utf-8") == "name: Rosa\n"
    assert git(root, "log", "--format=%s") == "One\n"
    assert git(root, "status", "--porcelain", "--", "town-2030") == f" M knowledge/{FILE}\n"


def test_what_a_killed_program_had_begun_is_finished_and_in_no_commit(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def kill(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched, locked(root):
        patched.setattr(storing, "_finish", kill)
        with pytest.raises(KilledError):
            store(root, {FILE: "name: Rosa\n"}, None)
    assert (root / FILE).read_text(encoding="utf-8") == "name: Rose\n"
    with locked(root):
        assert recover(root)
    assert (root / FILE).read_text(encoding="utf-8") == "name: Rosa\n"
    assert git(root, "log", "--format=%s") == "One\n"


@pytest.mark.parametrize(
    "commit", ['"x"', "7", "[]", "{}", '{"message": 1, "author": "a", "reviewer": null}']
)
def test_a_journal_that_names_nobody_is_set_aside(root: Path, commit: str) -> None:
    written = f'{{"changed": {{"{FILE}": "name: X\\n"}}, "found": {{"{FILE}": null}}, "commit": {commit}}}'
    (root / storing.JOURNAL).write_text(written, encoding="utf-8")
    with locked(root):
        assert not recover(root)
    assert (root / storing.BROKEN).exists()
    assert (root / FILE).read_text(encoding="utf-8") == "name: Rose\n"
