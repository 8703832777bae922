"""An edit is whole or not there, one at a time, and a commit that names its moderator where git is at hand."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.loading import EXPECTED, load
from bot.moderation import committing, storing
from bot.moderation.storing import (
    Busy,
    Commit,
    Stored,
    Unfinished,
    finish,
    locked,
    recover,
    revision,
    store,
    texts,
)
from tests.conftest import ROOT

ELECTION = "town-2032/election.yaml"
TOPIC = "town-2032/topics/pool.yaml"
CANDIDATE = "town-2032/candidates/ada.yaml"
COMMIT = Commit("Ada on the pool", "Moderator One")
HOSTILE = [
    *("$(touch x)", "`touch x`", "; touch x", "| touch x", "--amend", "-x", "a\nb", "a\r\nReviewed-by: b"),
    *(
        "../../etc/passwd",
        "<script>alert(1)</script>",
        "a\0b",
        "\ud800",
        "\u202eback",
        "Ada <a@b.c>",
        "%h %an",
    ),
    *("# not a comment", "fixup! x", '"; rm -rf /', "é" * 5_000, "'", ".,:;", "", " \t\n ", "🏊"),
]


@pytest.fixture(autouse=True)
def _own_settings_of_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=Developer", "-c", "user.email=d@example.invalid")
    return subprocess.run(
        ["git", "-C", str(folder), *named, *arguments], check=True, capture_output=True, text=True
    ).stdout


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder outside any checkout."""
    root = tmp_path / "knowledge"
    write(root / ELECTION, "name: Town\n")
    write(root / TOPIC, "name: pool\n")
    return root


@pytest.fixture
def checkout(folder: Path) -> Path:
    """The same in a checkout, with something beside it."""
    write(folder.parent / "code.py", "x = 1\n")
    git(folder.parent, "init", "--quiet", "--initial-branch=main")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "--quiet", "--message=first")
    return folder


def commits(root: Path) -> int:
    return int(git(root, "rev-list", "--count", "HEAD"))


def hidden(root: Path) -> set[str]:
    return {path.name for path in root.rglob(".*") if ".git" not in path.parts}


def write_journal(root: Path, **other: object) -> None:
    journal: dict[str, object] = {
        "changed": {TOPIC: "name: new\n"},
        "found": {TOPIC: storing._digest((root / TOPIC).read_bytes())},
        "commit": {"message": "m", "author": "a", "reviewer": None},
    }
    (root / ".edit.json").write_text(json.dumps({**journal, **other}))


# --- which files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        *("town-2032/election.yaml", "common/sources.yaml", "common/parties.yaml", "common/people.yaml"),
        *("common/places.yaml", "town-2032/muted.yaml", "common/topics/pool.yaml", "a/facts/b-2.yaml"),
        *(
            "town-2032/candidates/ada.yaml",
            "town-2032/questions/fr.yaml",
            f"{'a' * 64}/facts/{'b' * 64}.yaml",
        ),
    ],
)
def test_every_file_of_a_base_can_be_named(folder: Path, file: str) -> None:
    (folder / file).unlink(missing_ok=True)
    assert texts(folder, [file]) == {file: None}
    assert store(folder, {file: "a: b\n"}, COMMIT).fault == "no-checkout"
    assert texts(folder, [file]) == {file: "a: b\n"}


@pytest.mark.parametrize(
    "file",
    [
        *("", "election.yaml", "town-2032", "town-2032/", "/etc/passwd", "../town-2032/election.yaml"),
        *("town-2032/../town-2032/election.yaml", "town-2032//election.yaml", "./town-2032/election.yaml"),
        *(
            "town-2032/notes.yaml",
            "town-2032/topics.yaml",
            "town-2032/topics/pool.yml",
            "town-2032/topics/.yaml",
        ),
        *(
            "town-2032/secrets/a.yaml",
            "town-2032/topics/a/b.yaml",
            "town-2032/topics/Pool.yaml",
            "t/facts/a_b.yaml",
        ),
        *("town-2032/topics/pool.yaml\n", "t/topics/-a.yaml", "t/topics/a-.yaml", "t/topics/a--b.yaml"),
        *("t\0/topics/a.yaml", "t/topics/é.yaml", f"t/topics/{'a' * 65}.yaml", f"{'a' * 65}/election.yaml"),
        *("town-2032/topics/.edit.pool.yaml", ".git/election.yaml", "town-2032\\election.yaml", *HOSTILE),
    ],
)
def test_nothing_else_can_be_named(folder: Path, file: str) -> None:
    with pytest.raises(ValueError, match="no file of the knowledge folder"):
        texts(folder, [TOPIC, file])
    with pytest.raises(ValueError, match="no file of the knowledge folder"):
        store(folder, {TOPIC: "changed\n", file: "x"}, COMMIT)
    assert (folder / TOPIC).read_text() == "name: pool\n"
    assert hidden(folder.parent) == set()


def test_every_file_that_is_read_can_be_written() -> None:
    assert {name.removesuffix(".yaml") for name in EXPECTED} <= {*storing.FOLDERS, *storing.FILES}


@pytest.mark.parametrize("link", ["town-2032/sources.yaml", "town-2032/facts", "other"])
@pytest.mark.parametrize("inside", [True, False])
def test_a_link_is_not_followed(folder: Path, link: str, inside: bool) -> None:
    target = (folder if inside else folder.parent) / "aim"
    write(target / "facts" / "a.yaml", "kept\n")
    write(target / "sources.yaml", "kept\n")
    end = {"town-2032/sources.yaml": "sources.yaml", "town-2032/facts": "facts", "other": ""}[link]
    (folder / link).symlink_to(target / end)
    file = {"town-2032/facts": "town-2032/facts/a.yaml", "other": "other/facts/a.yaml"}.get(link, link)
    with pytest.raises(ValueError, match="link"):
        texts(folder, [file])
    for text in ("x\n", None):
        with pytest.raises(ValueError, match="link"):
            store(folder, {file: text}, COMMIT)
    assert (folder / file).read_text() == "kept\n"


def test_a_link_in_a_circle_a_folder_and_a_pipe_are_refused(folder: Path) -> None:
    (folder / "town-2032" / "people.yaml").symlink_to("people.yaml")
    (folder / "town-2032" / "places.yaml").mkdir()
    os.mkfifo(folder / "town-2032" / "parties.yaml")
    for name in ("people", "places", "parties"):
        with pytest.raises(ValueError, match=r"link|regular"):
            texts(folder, [f"town-2032/{name}.yaml"])


def test_files_too_large_and_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    (folder / TOPIC).write_bytes(b"\xff\xfe")
    (folder / ELECTION).write_bytes(b"a" * 1_048_577)
    for file in (TOPIC, ELECTION):
        with pytest.raises(ValueError, match=r"larger|decode"):
            texts(folder, [file])
    for text in ("a" * 1_048_577, "\ud800"):
        with pytest.raises(ValueError, match=r"larger|encode"):
            store(folder, {CANDIDATE: text}, COMMIT)
    assert hidden(folder) == set()
    assert not (folder / CANDIDATE).exists()


# --- writing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["a: b\r\nc: d\r\n", "\ufeffa: b\n", "a: b", "", "a\rb\n\n", "é œ 🏊\u2028x"]
)
def test_a_text_comes_back_as_it_was_written(folder: Path, text: str) -> None:
    store(folder, {TOPIC: text}, COMMIT)
    assert (folder / TOPIC).read_bytes() == text.encode()
    assert texts(folder, [TOPIC]) == {TOPIC: text}


def test_files_are_changed_made_and_taken_away_together(folder: Path) -> None:
    changed = {
        TOPIC: None,
        CANDIDATE: "name: Ada\n",
        ELECTION: "name: City\n",
        "new-2033/facts/a.yaml": "b\n",
    }
    store(folder, changed, COMMIT)
    assert texts(folder, changed) == changed
    assert hidden(folder) == set()


def test_a_file_keeps_its_rights_and_a_new_one_has_those_of_the_umask(folder: Path) -> None:
    (folder / TOPIC).chmod(0o664)
    before = os.umask(0o027)
    try:
        store(folder, {TOPIC: "new\n", CANDIDATE: "name: Ada\n"}, COMMIT)
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / TOPIC).stat().st_mode) == 0o664
    assert stat.S_IMODE((folder / CANDIDATE).stat().st_mode) == 0o640


def test_a_text_that_stands_already_is_not_written_again(folder: Path) -> None:
    before = (folder / TOPIC).stat()
    store(folder, {TOPIC: "name: pool\n"}, COMMIT)
    assert (folder / TOPIC).stat().st_ino == before.st_ino


@pytest.mark.parametrize("failing", ["fsync", "replace", "fchmod", "fsync of a folder"])
def test_an_error_before_anything_is_replaced_has_changed_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*arguments: object) -> None:
        if failing != "fsync of a folder" or stat.S_ISDIR(os.fstat(arguments[0]).st_mode):  # type: ignore[arg-type]
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(storing.os, failing.partition(" ")[0], full)
    with pytest.raises(OSError, match="No space left"):
        store(folder, {CANDIDATE: "name: Ada\n", TOPIC: "new\n"}, COMMIT)
    monkeypatch.undo()
    assert texts(folder, [TOPIC, CANDIDATE]) == {TOPIC: "name: pool\n", CANDIDATE: None}
    assert hidden(folder) == set()
    assert not recover(folder)


def test_what_is_renamed_is_on_the_disk_before_and_its_folder_after(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, replace = os.fsync, os.replace
    safe: set[int] = set()
    moved: list[Path] = []

    def synchronised(descriptor: int) -> None:
        fsync(descriptor)
        safe.add(os.fstat(descriptor).st_ino)

    def renamed(source: Path, target: Path) -> None:
        assert source.stat().st_ino in safe
        replace(source, target)
        safe.discard(target.parent.stat().st_ino)
        moved.append(target)

    monkeypatch.setattr(storing.os, "fsync", synchronised)
    monkeypatch.setattr(storing.os, "replace", renamed)
    store(folder, {CANDIDATE: "name: Ada\n", ELECTION: "new\n"}, COMMIT)
    assert [path.name for path in moved] == [".edit.json", "ada.yaml", "election.yaml"]
    assert {path.parent.stat().st_ino for path in moved} <= safe


def test_an_error_after_the_journal_stands_is_mended_by_recovering(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, seen = os.replace, []

    def failing(source: Path, target: Path) -> None:
        seen.append(target)
        if len(seen) == 3:  # the journal, the first file, the second
            raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(storing.os, "replace", failing)
    changed = {ELECTION: "name: City\n", TOPIC: "new\n"}
    with pytest.raises(OSError, match="Input/output"):
        store(folder, changed, COMMIT)
    monkeypatch.undo()
    assert texts(folder, changed) != changed
    with pytest.raises(Unfinished):
        store(folder, {TOPIC: "other\n"}, COMMIT)
    assert recover(folder)
    assert texts(folder, changed) == changed
    assert hidden(folder) == set()


def test_what_is_being_written_is_no_part_of_the_base(tmp_path: Path) -> None:
    root = tmp_path / "base"
    shutil.copytree(ROOT / "tests" / "fixtures" / "knowledge", root)
    before = load(root)
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    for folder in folders:
        for name in (".lock", ".edit.json", ".edit.json.new", ".edit.x.yaml"):
            (folder / name).write_text("[broken")
    after = load(root)
    assert len(folders) > 3
    assert after.base.version == before.base.version
    assert after.problems == before.problems


# --- the journal -----------------------------------------------------------------------------------------


def test_with_no_journal_there_is_nothing_to_recover(folder: Path) -> None:
    assert not recover(folder)


def test_a_journal_is_followed_once(folder: Path) -> None:
    write_journal(folder)
    assert recover(folder)
    assert not recover(folder)
    assert texts(folder, [TOPIC]) == {TOPIC: "name: new\n"}


def test_left_over_texts_are_swept_away(folder: Path) -> None:
    left = ["town-2032/.edit.election.yaml", "town-2032/topics/.edit.pool.yaml", ".edit.json.new"]
    for name in left:
        (folder / name).write_text("half")
    (folder / "town-2032" / ".theirs.yaml").write_text("kept")
    assert not recover(folder)
    assert hidden(folder) == {".theirs.yaml"}


def test_a_left_over_text_never_comes_into_place(folder: Path) -> None:
    (folder / "town-2032/topics/.edit.pool.yaml").write_text("half")
    store(folder, {TOPIC: "name: pool\n", ELECTION: "name: City\n"}, COMMIT)
    assert texts(folder, [TOPIC]) == {TOPIC: "name: pool\n"}


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "7", '{"changed": {}}', "\ufffe", "[" * 100_000),
        '{"changed": {"town-2032/topics/pool.yaml": 7}, "found": {"town-2032/topics/pool.yaml": null}, '
        '"commit": {"message": "m", "author": "a", "reviewer": null}}',
    ],
)
def test_a_damaged_journal_is_set_aside(folder: Path, text: str) -> None:
    (folder / ".edit.json").write_text(text)
    assert not recover(folder)
    assert hidden(folder) == {".edit.json.broken"}
    assert texts(folder, [TOPIC]) == {TOPIC: "name: pool\n"}


@pytest.mark.parametrize(
    "other",
    [
        {"changed": {"../aim.yaml": "x"}, "found": {"../aim.yaml": None}},
        {"changed": {TOPIC: "\ud800"}},
        {"found": {}},
        {"found": {TOPIC: "0" * 64}},
        {"found": {TOPIC: None}},
        {"commit": {"message": "m", "author": None, "reviewer": None}},
        {"commit": {"message": "m", "author": "a"}},
    ],
)
def test_a_journal_that_asks_for_something_else_is_set_aside(folder: Path, other: dict[str, object]) -> None:
    write_journal(folder, **other)
    assert not recover(folder)
    assert hidden(folder) == {".edit.json.broken"}
    assert texts(folder, [TOPIC]) == {TOPIC: "name: pool\n"}
    assert not (folder.parent / "aim.yaml").exists()


def test_what_somebody_wrote_by_hand_after_a_kill_is_not_overwritten(folder: Path) -> None:
    write_journal(folder)
    (folder / TOPIC).write_text("by hand\n")
    assert not recover(folder)
    assert texts(folder, [TOPIC]) == {TOPIC: "by hand\n"}
    assert "name: new" in (folder / ".edit.json.broken").read_text()


# --- one at a time ---------------------------------------------------------------------------------------


def test_a_second_writer_waits_and_then_gives_up(folder: Path) -> None:
    with locked(folder), pytest.raises(Busy), locked(folder, seconds=0.05):
        raise AssertionError
    with locked(folder, seconds=0):
        pass
    assert stat.S_IMODE((folder / ".lock").stat().st_mode) == 0o600


def test_a_writer_that_fails_lets_go(folder: Path) -> None:
    with pytest.raises(KeyError), locked(folder):
        raise KeyError
    with locked(folder, seconds=0):
        pass


def test_threads_write_one_after_the_other(folder: Path) -> None:
    def append() -> None:
        for _ in range(20):
            with locked(folder, seconds=60):
                text = texts(folder, [TOPIC])[TOPIC]
                store(folder, {TOPIC: f"{text}x\n"}, COMMIT)

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (folder / TOPIC).read_text() == "name: pool\n" + "x\n" * 80


def test_a_lock_that_was_swept_away_is_not_held(folder: Path) -> None:
    with locked(folder):
        (folder / ".lock").unlink()
        with locked(folder, seconds=0):
            pass


def test_a_lock_taken_just_as_it_is_swept_away_is_taken_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = storing.fcntl.flock

    def late(descriptor: int, how: int) -> None:
        lock(descriptor, how)
        monkeypatch.undo()
        (folder / ".lock").unlink()

    monkeypatch.setattr(storing.fcntl, "flock", late)
    with locked(folder), pytest.raises(Busy), locked(folder, seconds=0):
        raise AssertionError


def test_a_folder_that_is_not_there_or_a_lock_that_is_a_link_is_an_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError), locked(folder / "none"):
        raise AssertionError
    (folder / ".lock").symlink_to(folder.parent / "aim")
    with pytest.raises(OSError, match="symbolic"), locked(folder):
        raise AssertionError
    assert not (folder.parent / "aim").exists()


def test_a_disk_that_knows_no_locks_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_locks(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(storing.fcntl, "flock", without_locks)
    with pytest.raises(OSError, match="No locks"), locked(folder):
        raise AssertionError


def test_a_folder_that_cannot_be_written_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(storing.os, "open", read_only)
    with pytest.raises(OSError, match="Read-only"), locked(folder):
        raise AssertionError


# --- git -------------------------------------------------------------------------------------------------


def test_an_edit_is_a_commit_that_names_who_proposed_and_who_reviewed_it(checkout: Path) -> None:
    changed = {TOPIC: None, CANDIDATE: "name: Ada\n", ELECTION: "name: City\n"}
    stored = store(checkout, changed, Commit("Ada on the pool", "Zoé", "Moderator Two"))
    assert stored == Stored(git(checkout, "rev-parse", "--short", "HEAD").strip())
    assert git(checkout, "log", "-1", "--format=%an|%ae|%cn|%ce|%B").strip() == (
        "Zoé|moderator@election-bot.invalid|election-bot|moderator@election-bot.invalid|"
        "Ada on the pool\n\nProposed-by: Zoé\nReviewed-by: Moderator Two"
    )
    shown = git(checkout, "show", "--format=", "--name-status", "--no-renames", "--relative", "HEAD")
    assert sorted(shown.split("\n")[:-1]) == [f"A\t{CANDIDATE}", f"D\t{TOPIC}", f"M\t{ELECTION}"]
    assert git(checkout, "status", "--porcelain", "--", "town-2032") == ""


def test_without_a_reviewer_none_is_named(checkout: Path) -> None:
    store(checkout, {TOPIC: "new\n"}, COMMIT)
    assert git(checkout, "log", "-1", "--format=%B").strip().endswith("\n\nProposed-by: Moderator One")


def test_without_a_commit_an_edit_is_left_to_whoever_keeps_the_folder(checkout: Path) -> None:
    assert store(checkout, {TOPIC: "new\n"}, None) == Stored()
    write_journal(checkout, commit=None, found={TOPIC: storing._digest(b"new\n")})
    assert recover(checkout)
    assert texts(checkout, [TOPIC]) == {TOPIC: "name: new\n"}
    assert commits(checkout) == 1
    assert git(checkout, "status", "--porcelain").splitlines() == [f" M knowledge/{TOPIC}"]


def test_what_a_developer_had_staged_or_changed_is_left_so(checkout: Path) -> None:
    (checkout.parent / "code.py").write_text("x = 2\n")
    (checkout / ELECTION).write_text("name: Village\n")
    git(checkout, "add", ELECTION)
    (checkout.parent / "code.txt").write_text("new\n")
    store(checkout, {TOPIC: "new\n"}, COMMIT)
    assert git(checkout, "show", "--format=", "--name-only", "--relative").split() == [TOPIC]
    status = git(checkout, "status", "--porcelain", "--untracked-files=all").splitlines()
    assert status == [" M code.py", f"M  knowledge/{ELECTION}", "?? code.txt"]


def test_an_edit_that_changes_nothing_is_the_commit_it_already_is_in(checkout: Path) -> None:
    first = store(checkout, {TOPIC: "new\n"}, COMMIT)
    store(checkout, {ELECTION: "name: City\n"}, COMMIT)
    assert store(checkout, {TOPIC: "new\n"}, COMMIT) == first
    assert store(checkout, {}, COMMIT) == Stored()
    assert commits(checkout) == 3


def test_a_file_taken_away_that_git_never_knew_is_no_commit(checkout: Path) -> None:
    write(checkout / CANDIDATE, "name: Ada\n")
    assert store(checkout, {CANDIDATE: None}, COMMIT) == Stored()


def test_a_removal_that_was_staged_before_a_kill_is_committed(checkout: Path) -> None:
    write_journal(checkout, changed={TOPIC: None})
    git(checkout, "rm", "--quiet", "--", TOPIC)
    assert recover(checkout)
    assert commits(checkout) == 2
    assert git(checkout, "status", "--porcelain", "--", "town-2032") == ""


def test_a_file_that_moved_is_committed_at_both_ends(checkout: Path) -> None:
    moved = "town-2032/topics/swimming.yaml"
    write_journal(checkout, changed={TOPIC: None, moved: "name: pool\n"}, found={TOPIC: None, moved: None})
    git(checkout, "mv", TOPIC, moved)
    assert recover(checkout)
    assert git(checkout, "show", "--format=", "--name-only", "--no-renames", "--relative").split() == [
        TOPIC,
        moved,
    ]
    assert git(checkout, "status", "--porcelain", "--", "town-2032") == ""


def test_in_a_folder_that_git_does_not_know_only_the_edit_is_committed(checkout: Path) -> None:
    write(checkout / "new-2033" / "facts" / "theirs.yaml", "x\n")
    git(checkout, "config", "status.showUntrackedFiles", "no")
    assert store(checkout, {"new-2033/facts/ours.yaml": "x\n"}, COMMIT).commit
    assert git(checkout, "ls-files", "new-2033").split() == ["new-2033/facts/ours.yaml"]


def test_the_first_commit_of_a_new_checkout_is_made(folder: Path) -> None:
    git(folder, "init", "--quiet")
    assert store(folder, {TOPIC: "new\n"}, COMMIT).commit
    assert git(folder, "ls-files").split() == [TOPIC]


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_names_and_messages_are_words_in_a_commit_and_no_more(checkout: Path, word: str) -> None:
    before = {path for path in checkout.parent.rglob("*") if ".git" not in path.parts}
    stored = store(checkout, {TOPIC: "new\n"}, Commit(word, word, word))
    assert stored.commit, stored
    assert commits(checkout) == 2
    assert {path for path in checkout.parent.rglob("*") if ".git" not in path.parts} == before
    lines = git(checkout, "log", "-1", "--format=%B").strip("\n").split("\n")
    assert [line.partition(": ")[0] for line in lines[1:]] == ["", "Proposed-by", "Reviewed-by"]
    assert max(map(len, lines)) <= 120
    assert not set("<>\0\r\u202e") & set("".join(lines))
    assert git(checkout, "log", "-1", "--format=%ae %ce").split() == ["moderator@election-bot.invalid"] * 2


def test_nothing_in_the_environment_or_the_settings_diverts_a_commit(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = checkout.parent / ".git" / "hooks"
    for name in ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "reference-transaction"):
        write(hook / name, f"#!/bin/sh\ntouch '{checkout.parent}/hooked'\nexit 1\n")
        (hook / name).chmod(0o755)
    for key in ("commit.gpgSign", "log.showSignature", "core.safecrlf"):
        git(checkout, "config", key, "true")
    git(checkout, "config", "core.autocrlf", "input")
    git(checkout, "config", "user.signingKey", "none")
    monkeypatch.setenv("GIT_DIR", str(checkout.parent / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(checkout.parent / "index"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Somebody Else")
    stored = store(checkout, {TOPIC: "new\r\n"}, COMMIT)
    seen = revision(checkout)
    monkeypatch.undo()
    assert stored.commit
    assert seen == stored.commit
    assert git(checkout, "log", "-1", "--format=%an %cn").strip() == "Moderator One election-bot"
    assert {path.name for path in checkout.parent.iterdir()} == {".git", "code.py", "knowledge"}


def refused_by_a_merge(root: Path) -> None:
    (root.parent / ".git" / "MERGE_HEAD").write_text(git(root, "rev-parse", "HEAD"))


def ignored(root: Path) -> None:
    (root.parent / ".git" / "info" / "exclude").write_text("ada.yaml\n")


def in_the_way(root: Path) -> None:
    (root.parent / ".git" / "index.lock").touch()


@pytest.mark.parametrize(
    ("happening", "fault"),
    [(refused_by_a_merge, "refused"), (ignored, "ignored"), (in_the_way, "locked")],
)
def test_the_edit_stands_where_git_will_not_have_it(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, happening: Callable[[Path], None], fault: str
) -> None:
    monkeypatch.setattr(committing, "PATIENCE", 0.1)
    happening(checkout)
    stored = store(checkout, {CANDIDATE: "name: Ada\n"}, COMMIT)
    assert (stored.commit, stored.fault) == (None, fault)
    assert stored.said
    assert texts(checkout, [CANDIDATE]) == {CANDIDATE: "name: Ada\n"}
    assert hidden(checkout) == set()
    assert commits(checkout) == 1


def test_beside_a_file_that_git_ignores_the_others_are_committed(checkout: Path) -> None:
    ignored(checkout)
    stored = store(checkout, {CANDIDATE: "name: Ada\n", TOPIC: "new\n"}, COMMIT)
    assert stored == Stored(None, "ignored", CANDIDATE)
    assert git(checkout, "show", "--format=", "--name-only", "--relative").split() == [TOPIC]


def test_a_whole_folder_that_git_ignores_is_said_to_be(checkout: Path) -> None:
    git(checkout, "rm", "-r", "--quiet", "--cached", "--", ".")
    (checkout.parent / ".git" / "info" / "exclude").write_text("/knowledge/\n")
    assert store(checkout, {CANDIDATE: "name: Ada\n"}, COMMIT).fault == "ignored"


def test_without_git_an_edit_stands_and_there_is_no_revision(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    assert store(checkout, {TOPIC: "new\n"}, COMMIT) == Stored(None, "no-git")
    assert revision(checkout) is None


def test_a_git_that_cannot_be_started_is_no_git(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = stand_in_for_git(checkout.parent, "#!/no/such/interpreter\n")
    monkeypatch.setenv("PATH", str(program))
    assert store(checkout, {TOPIC: "new\n"}, COMMIT).fault == "no-git"


def stand_in_for_git(folder: Path, script: str) -> Path:
    write(folder / "programs" / "git", script)
    (folder / "programs" / "git").chmod(0o755)
    return folder / "programs"


@pytest.mark.parametrize("deaf", [False, True])
def test_a_git_that_hangs_is_given_up(checkout: Path, monkeypatch: pytest.MonkeyPatch, deaf: bool) -> None:
    trap = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" if deaf else ""
    program = stand_in_for_git(
        checkout.parent, f"#!{sys.executable}\n{trap}import time\nprint('x', flush=True)\ntime.sleep(600)\n"
    )
    monkeypatch.setenv("PATH", str(program))
    monkeypatch.setattr(committing, "SECONDS", 0.3)
    monkeypatch.setattr(committing, "GLANCE", 0.3)
    assert store(checkout, {TOPIC: "new\n"}, COMMIT) == Stored(None, "slow")
    assert texts(checkout, [TOPIC]) == {TOPIC: "new\n"}
    assert revision(checkout) is None


def git_that_first(checkout: Path, at: str, does: str) -> Path:
    """A git that at its first `at` does something else before it is itself."""
    real = shutil.which("git")
    script = f'#!/bin/sh\ncase " $* " in *" {at} "*) if mkdir "$0.met" 2> /dev/null; then {does}; fi;; esac\n'
    return stand_in_for_git(
        checkout.parent, script.replace("REAL", f'"{real}" "$@"') + f'exec "{real}" "$@"\n'
    )


def test_a_lock_that_goes_away_is_waited_for(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = "echo \"fatal: Unable to create '/x/.git/index.lock': File exists.\" >&2; exit 128"
    programs = git_that_first(checkout, "add", refusal)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    assert store(checkout, {TOPIC: "new\n"}, COMMIT).commit
    assert commits(checkout) == 2
    assert (programs / "git.met").exists()


def test_a_commit_that_a_git_of_a_killed_process_makes_meanwhile_is_not_made_twice(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = git_that_first(checkout, "commit", "REAL")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    stored = store(checkout, {TOPIC: "new\n"}, COMMIT)
    assert stored == Stored(git(checkout, "rev-parse", "--short", "HEAD").strip())
    assert commits(checkout) == 2
    assert (programs / "git.met").exists()


# --- the revision ----------------------------------------------------------------------------------------


def test_the_revision_is_that_of_the_folder_and_tells_of_what_is_not_committed(checkout: Path) -> None:
    first = git(checkout, "rev-parse", "--short", "HEAD").strip()
    (checkout.parent / "code.py").write_text("x = 2\n")
    git(checkout, "commit", "--quiet", "--all", "--message=elsewhere")
    (checkout.parent / "code.py").write_text("x = 3\n")
    assert revision(checkout) == first
    with locked(checkout):
        write_journal(checkout)
        (checkout / "town-2032" / "topics" / ".edit.pool.yaml").touch()
        assert revision(checkout) == first
        recover(checkout)
    assert revision(checkout) == git(checkout, "rev-parse", "--short", "HEAD").strip() != first
    write(checkout / CANDIDATE, "name: Ada\n")
    assert revision(checkout) == git(checkout, "rev-parse", "--short", "HEAD").strip() + "+"


def test_outside_a_checkout_and_before_the_first_commit_there_is_no_revision(folder: Path) -> None:
    assert revision(folder) is None
    assert revision(folder / "none") is None
    git(folder, "init", "--quiet")
    assert revision(folder) is None


def test_asking_for_the_revision_takes_no_lock(checkout: Path) -> None:
    index = checkout.parent / ".git" / "index"
    before = index.stat()
    os.utime(checkout / TOPIC, (1, 1))  # a git that may would note this in its index
    assert revision(checkout) == git(checkout, "rev-parse", "--short", "HEAD").strip()
    assert index.stat().st_ino == before.st_ino


def test_what_a_killed_process_had_begun_is_finished_before_the_folder_is_read(folder: Path) -> None:
    write_journal(folder)
    finish(folder)
    assert hidden(folder) <= {".lock"}
    assert not recover(folder)


def test_a_folder_that_cannot_be_locked_is_read_as_it_is(folder: Path) -> None:
    write_journal(folder)
    with locked(folder):
        finish(folder, seconds=0)
    assert recover(folder)
