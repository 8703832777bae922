"""Everything in one file and back: every row of every table, in whichever database, and every file of the knowledge."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import BigInteger, Column, Table, create_engine, insert, select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.moderation import backing_up
from bot.moderation.archive import MANIFEST, Archive, reading
from bot.moderation.storing import JOURNAL, Busy, locked
from bot.state import copying
from bot.state.connecting import with_driver
from bot.state.copying import Faulty, Filled, InUse, Target, Unfit, Unsettled, replacing, snapshot
from bot.state.migrations.upgrading import upgrade
from bot.state.records import Audited
from bot.state.state import State
from bot.state.tables import metadata
from tests import postgres
from tests.end_to_end.moderators import NOW, Place, laid_out
from tests.end_to_end.served import copied, empty_database
from tests.unit.test_state_versions import FIRST_ROWS

AT = datetime.fromisoformat(f"{NOW}T12:00+00:00")
WORDS = "{} “é” œ 😀 עברית \u0301\u2028\\n\n\t'\"; --"
N = 7

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    with postgres.running() as found:
        yield found


@pytest.fixture(scope="module")
def there(server: postgres.Postgres) -> str:
    """A state on a server, as it was left by whichever test came before."""
    address = server.fresh()

    async def begin() -> None:
        state = State(address)
        await state.open()
        await state.close()

    asyncio.run(begin())
    return address


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_database(tmp_path_factory.mktemp("database"))


@pytest.fixture
def place(tmp_path: Path, empty: Path) -> Place:
    return laid_out(tmp_path, copied(empty, tmp_path))


@pytest.fixture
def full(place: Place) -> Place:
    fill(place)
    return place


def url(place: Place) -> str:
    return f"sqlite:///{place.database}"


# --- a row for every table -------------------------------------------------------------------------------


def value(column: Column[Any], number: int) -> Any:
    """What a column can hold at its most awkward; another one for each number, where it must be."""
    kind = column.type.python_type
    if column.nullable and number % 2:
        return None
    if kind is int:
        large = isinstance(column.type, BigInteger) and column is not column.table.autoincrement_column
        return ((-1) ** number * (2**62 + number)) if large else 2**31 - 1 - number
    values: dict[type, Any] = {
        str: WORDS.format(number)[: getattr(column.type, "length", None)],
        date: date(1, 1, 1) + timedelta(days=number * 300_000),
        datetime: datetime(2032, 3, 1, 12, 30, 15, 123456 + number, tzinfo=UTC),
        bool: bool(number % 2),
        float: 1 / (3 + number),
        bytes: bytes([0, 255, number]),
    }
    return values[kind]


def filled(table: Table) -> list[dict[str, Any]]:
    return [{column.name: value(column, number) for column in table.columns} for number in range(N)]


def fill(place: Place) -> None:
    engine = create_engine(f"sqlite:///{place.database}")
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(insert(table), filled(table))
    engine.dispose()


def rows_of(url: str) -> Rows:
    async def read() -> Rows:
        engine = create_async_engine(with_driver(url))
        async with engine.connect() as connection:
            found = {
                table.name: sorted(map(tuple, await connection.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
            }
        await engine.dispose()
        return found

    return asyncio.run(read())


def packed(place: Place, name: str = "backup.zip", address: str = "") -> Path:
    path = place.root.parent / name
    asyncio.run(backing_up.back_up(address or url(place), place.root, path, AT))
    return path


def restored(path: Path, address: str, replace: bool = False, then: Callable[[], Any] = lambda: None) -> None:
    with reading(path) as archive:
        archive.verify()
        asyncio.run(backing_up.restore_state(address, archive, replace, then))


# --- there and back --------------------------------------------------------------------------------------


def test_every_row_of_every_table_comes_back_from_either_database(
    full: Place, there: str, empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "ROWS", 3)
    before = rows_of(url(full))
    assert {table: len(found) for table, found in before.items()} == dict.fromkeys(metadata.tables, N)
    back = f"sqlite:///{shutil.copy(empty, tmp_path / 'back.sqlite3')}"
    restored(packed(full), there, replace=True)
    assert rows_of(there) == before
    path = tmp_path / "from-server.zip"
    assert full.run("backup", str(path), STATE_URL=there).exit_code == 0
    restored(path, back, replace=True)
    assert rows_of(back) == before


def test_what_comes_after_is_numbered_after_what_came_back(full: Place, there: str) -> None:
    path = packed(full)

    async def write() -> bool:
        state = State(there)
        await state.open()
        state.moderating.audit(Audited(0, AT, "Ada", "applied", "town", "pool", "", "", ""))
        saved = await state.saved()
        await state.close()
        return saved

    restored(path, there, replace=True)
    assert asyncio.run(write())
    numbers = [number for number, *_ in rows_of(there)["audit"]]
    assert sorted(numbers) == [2**31 - number for number in range(N, -1, -1)]


def test_what_an_older_version_kept_comes_back_as_this_one_keeps_it(
    place: Place, empty: Path, tmp_path: Path
) -> None:
    place.database.unlink()
    upgrade(f"sqlite+aiosqlite:///{place.database}", "0001")
    with closing(sqlite3.connect(place.database)) as connection:
        for table, row in FIRST_ROWS.items():
            connection.execute(f"INSERT INTO {table} VALUES {row}")
        connection.commit()
        before = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in FIRST_ROWS}
    path = packed(place)
    assert manifest(path)["revision"] == "0001"
    back = shutil.copy(empty, tmp_path / "back.sqlite3")
    restored(path, f"sqlite:///{back}")
    with closing(sqlite3.connect(back)) as connection:
        after = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in FIRST_ROWS}
    assert {table: [row[: len(was)] for row in after[table]] for table, (was, *_) in before.items()} == before
    assert set(rows_of(f"sqlite:///{back}")) == set(metadata.tables)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_tells_of_one_moment_and_keeps_nobody_from_writing(
    kind: str, place: Place, there: str
) -> None:
    address = url(place) if kind == "sqlite" else there
    if kind == "postgresql":
        restored(packed(place), there, replace=True)

    async def read() -> tuple[list[bytes], bool, list[bytes]]:
        state = State(address)
        await state.open()
        state.done(1, AT)
        assert await state.saved()
        async with snapshot(address) as before:
            first = [line async for line in before.lines("updates")]
            state.done(2, AT)
            state.rate("town", "pool", "helpful", "fr", AT.date())
            written = await state.saved()
            later = [line async for line in before.lines("updates")]
            later += [line async for line in before.lines("feedback")]
        await state.close()
        return first, written, later

    first, written, later = asyncio.run(read())
    assert written
    assert len(first) == 1
    assert later == first
    assert len(rows_of(address)["updates"]) == 2


def test_the_files_come_back_byte_for_byte_and_notes_and_strangers_are_left_out(place: Place) -> None:
    odd = "name: {fr: Vélo, en: Cycling}\r\nphrasings: {fr: [vélos], en: [bicycles]}"
    (place.root / "common/topics/cycling.yaml").write_bytes(b"\xef\xbb\xbf" + odd.encode())
    files = {file: (place.root / file).read_bytes() for file in backing_up.files(place.root)}
    place.write("README.md", "notes")
    place.write(".git/config.yaml", "secret")
    place.write("common/topics/.edit.half.yaml", "half")
    assert "common/topics/cycling.yaml" in files
    assert "town-2030/questions/small.yaml" in files
    made = place.run("backup", str(place.root.parent / "b.zip"))
    assert made.exit_code == 0, made.output
    shutil.rmtree(place.root)
    place.database.unlink()
    assert place.run("restore", str(place.root.parent / "b.zip")).exit_code == 0
    found = [path for path in place.root.rglob("*") if path.is_file()]
    assert {path.relative_to(place.root).as_posix(): path.read_bytes() for path in found} == files
    assert place.sound()


# --- making one ------------------------------------------------------------------------------------------


def test_a_backup_is_its_owners_alone_and_takes_nothings_place(place: Place) -> None:
    file = place.root.parent / "backup.zip"
    first = place.run("backup", str(file))
    assert (first.exit_code, first.stdout) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert "already" in refusal(place.run("backup", str(file)))
    assert file.read_bytes() == before


def test_a_backup_that_fails_leaves_nothing(full: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copying.json, "dumps", full_disk)
    before = sorted(full.root.parent.iterdir())
    assert "full" in refusal(full.run("backup", str(full.root.parent / "backup.zip")))
    assert sorted(full.root.parent.iterdir()) == before


def test_a_state_that_cannot_be_read_is_not_backed_up_in_part(full: Place) -> None:
    with closing(sqlite3.connect(full.database)) as connection:
        connection.execute("UPDATE chats SET used_on = 'yesterday' WHERE language IS NULL")
        connection.commit()
    before = sorted(full.root.parent.iterdir())
    assert "ValueError" in refusal(full.run("backup", str(full.root.parent / "backup.zip")))
    assert sorted(full.root.parent.iterdir()) == before


def test_without_a_state_nothing_is_backed_up(place: Place) -> None:
    place.database.unlink()
    assert "no state" in refusal(place.run("backup", str(place.root.parent / "backup.zip")))
    assert not place.database.exists()
    assert not (place.root.parent / "backup.zip").exists()


def test_no_edit_is_half_in_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = backing_up.files

    def watched(root: Path) -> list[str]:
        assert not (root / JOURNAL).exists()
        with pytest.raises(Busy), locked(root, 0):
            pass
        return usual(root)

    (place.root / JOURNAL).write_text("damaged", encoding="utf-8")
    monkeypatch.setattr(backing_up, "files", watched)
    packed(place)
    with locked(place.root, 0):
        pass


def test_of_an_unsound_base_it_is_said_that_it_will_not_be_restored(place: Place) -> None:
    place.replace("town-2030/candidates/rose.yaml", "source: gazette", "source: gazete")
    file = place.root.parent / "backup.zip"
    result = place.run("backup", str(file))
    assert result.exit_code == 1
    assert "rose.yaml:" in result.stderr.splitlines()[1]
    place.replace("town-2030/candidates/rose.yaml", "source: gazete", "source: gazette")
    unchanged(place, lambda: refusal(place.run("restore", str(file), "--replace")), "rose.yaml:")
    assert place.run("restore", str(file), "--state-only").exit_code == 0


# --- what is refused -------------------------------------------------------------------------------------


def refusal(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


def unchanged(place: Place, work: Callable[[], str], told: str) -> None:
    """Something is refused for a reason, and all is as it was, on disk too."""
    before = (rows_of(url(place)), place.texts(), sorted(place.root.parent.iterdir()))
    assert told in work()
    assert (rows_of(url(place)), place.texts(), sorted(place.root.parent.iterdir())) == before


def manifest(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(MANIFEST))


Contents = dict[str, bytes]


def repacked(path: Path, change: Callable[[Contents, dict[str, Any]], None], honest: bool = True) -> Path:
    """The same backup with something changed; its list tells of the change, if it is `honest`."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    held = json.loads(contents.pop(MANIFEST))
    change(contents, held)
    if honest:
        for name, content in contents.items():
            lines = content.count(b"\n") if name.startswith("state/") else 0
            held["parts"][name] = {
                "sha256": sha256(content).hexdigest(),
                "size": len(content),
                "rows": lines,
            }
    path.unlink()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        archive.writestr(MANIFEST, json.dumps(held))
    return path


def edited(contents: Contents, _: Any) -> None:
    contents["state/chats.jsonl"] = contents["state/chats.jsonl"].replace(b"2032", b"2031", 1) + b"\n"


def without(name: str) -> Callable[[Contents, Any], None]:
    return lambda contents, _: contents.pop(name)  # type: ignore[return-value]


def adding(name: str, content: bytes = b"a: b\n") -> Callable[[Contents, Any], None]:
    return lambda contents, _: contents.update({name: content})


def saying(**values: Any) -> Callable[[Contents, Any], None]:
    return lambda _, held: held.update(values)


def row(**values: Any) -> Callable[[Contents, Any], None]:
    line = {"key": "k", "language": None, "election": None, "used_on": "2032-03-01"} | values
    return adding("state/chats.jsonl", json.dumps(line).encode() + b"\n")


HOSTILE: dict[str, tuple[Callable[[Contents, Any], None], bool, str]] = {
    "edited": (edited, False, "state/chats.jsonl"),
    "a part is missing": (without("state/audit.jsonl"), False, "state/audit.jsonl"),
    "a part more": (adding("knowledge/town-2030/people.yaml"), False, "people.yaml"),
    "it leads out": (adding("../evil.yaml"), True, "../evil.yaml"),
    "it leads out of the knowledge": (adding("knowledge/../../evil.yaml"), True, "evil.yaml"),
    "it leads to the root": (adding("/etc/cron.d/evil"), True, "evil"),
    "hidden": (adding("knowledge/.git/hooks/post-commit"), True, "post-commit"),
    "no file of the knowledge": (adding("knowledge/town-2030/evil.sh"), True, "evil.sh"),
    "no table": (adding("state/alembic_version.jsonl", b"{}\n"), True, "alembic_version"),
    "it swells": (adding("state/chats.jsonl", b"\n" * 30_000_000), True, "state/chats.jsonl"),
    "it swells in many files": (
        lambda contents, _: contents.update(
            {f"knowledge/town-2030/facts/x{n}.yaml": b"#" * 1_000_000 for n in range(10)}
        ),
        True,
        ".yaml",
    ),
    "a file that is too large": (
        adding("knowledge/town-2030/people.yaml", b"#" * 2_000_000),
        True,
        "people.yaml",
    ),
    "newer": (saying(format=2, what="ever"), True, "newer"),
    "newer tables": (saying(revision="9999"), True, "newer"),
    "no version": (saying(revision="../0001"), True, MANIFEST),
    "no list": (saying(parts=[]), False, MANIFEST),
    "another list": (saying(made_at="\x1b[2J"), True, MANIFEST),
    "unsound": (adding("knowledge/town-2030/facts/x.yaml", b"name: 1\n"), True, "x.yaml:"),
    "no text": (adding("knowledge/town-2030/facts/x.yaml", b"\xff\n"), True, "x.yaml:"),
    "another column": (row(other=1), True, "chats"),
    "another kind": (row(language=7), True, "chats"),
    "no day": (row(used_on="2032-02-30"), True, "chats"),
    "nothing where something must be": (row(used_on=None), True, "chats"),
    "no row": (adding("state/chats.jsonl", b"[]\n"), True, "chats"),
    "half a row": (adding("state/chats.jsonl", b'{"key": \n'), True, "chats"),
    "a row twice": (
        lambda contents, _: contents.update({"state/chats.jsonl": 2 * contents["state/chats.jsonl"]}),
        True,
        "chats",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_longer_a_backup_is_refused_and_nothing_is_changed(name: str, full: Place) -> None:
    change, honest, told = HOSTILE[name]
    path = repacked(packed(full), change, honest)
    unchanged(full, lambda: refusal(full.run("restore", str(path), "--replace")), told)


@pytest.mark.parametrize("size", [0, 1, 100, 5_000, -30, -1])
def test_a_torn_backup_is_refused(size: int, full: Place) -> None:
    path = packed(full)
    path.write_bytes(path.read_bytes()[:size])
    unchanged(full, lambda: refusal(full.run("restore", str(path), "--replace")), "backup.zip")


def test_a_backup_with_a_flipped_bit_is_refused_or_is_the_same(full: Place) -> None:
    path = packed(full)
    content = path.read_bytes()
    for at in range(0, len(content), max(1, len(content) // 60)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :])
        result = full.run(
            "restore", str(path)
        )  # what is not refused for damage is refused for the rows there
        assert "Traceback" not in refusal(result)


def test_any_other_file_is_none(place: Place) -> None:
    path = place.root.parent / "backup.zip"
    assert "which file" in refusal(place.run("backup"))
    assert "no file" in refusal(place.run("restore", str(path)))
    path.write_text("hello", encoding="utf-8")
    assert "no backup" in refusal(place.run("restore", str(path)))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "b")
    assert "no backup" in refusal(place.run("restore", str(path)))
    assert "folder" in refusal(place.run("restore", str(place.root)))


def test_nothing_is_lost_unless_it_is_said(full: Place) -> None:
    path = packed(full)
    run = full.run
    unchanged(full, lambda: refusal(run("restore", str(path))), "--replace")
    unchanged(full, lambda: refusal(run("restore", str(path), "--state-only")), "--replace")
    unchanged(full, lambda: refusal(run("restore", "--state-only", "--knowledge-only", str(path))), "both")
    assert run("restore", str(path), "--knowledge-only").exit_code == 0  # it is the same
    full.write("town-2030/people.yaml", "{}\n")
    unchanged(full, lambda: refusal(run("restore", str(path), "--knowledge-only")), "--replace")


def test_what_is_replaced_becomes_what_it_was_in_one_commit(full: Place) -> None:
    before, texts, path = rows_of(url(full)), full.texts(), packed(full)
    full.begin_history()
    full.write("town-2030/facts/new.yaml", "{}\n")
    full.replace("town-2030/candidates/rose.yaml", "Rosy", "Rosie")
    full.commit("Something else")
    with closing(sqlite3.connect(full.database)) as connection:
        connection.execute("DELETE FROM audit")
        connection.commit()
    result = full.run("restore", str(path), "--replace")
    assert result.exit_code == 0, result.output
    assert full.texts() == texts
    assert f"restore: {NOW}T12:00:00+00:00" in full.git("log", "-1", "--format=%s")
    assert full.git("log", "-1", "--format=%h").strip() in result.stderr
    kept = [row for row in before["audit"] if row[1] > 0]  # the others have long outlived their time
    assert rows_of(url(full))["audit"] == kept


# --- while it is in use, or interrupted ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_is_restored_under_a_bots_feet(
    kind: str, full: Place, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "LEAVING_S", 0.2)
    path = packed(full)
    address = url(full) if kind == "sqlite" else there

    async def serve() -> None:
        state = State(address)
        await state.open()
        try:
            with reading(path) as archive, pytest.raises(InUse):
                await backing_up.restore_state(address, archive, True, lambda: None)
        finally:
            await state.close()

    asyncio.run(serve())
    restored(path, address, replace=True)


def test_whoever_restores_too_early_is_told_to_stop_the_bot(
    full: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "LEAVING_S", 0.05)
    path = packed(full)
    with closing(sqlite3.connect(full.database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("SELECT * FROM chats").fetchall()
        told = refusal(full.run("restore", str(path), "--replace", "--state-only"))
        assert "stop the bot" in told
        french = full.run("restore", str(path), "--replace", "--state-only", language="fr_FR.UTF-8")
        assert "arrêtez le bot" in refusal(french)


def test_a_connection_that_is_lost_changes_nothing(
    full: Place, there: str, server: postgres.Postgres
) -> None:
    path, before = packed(full), rows_of(there)
    name = there.rpartition("/")[2]

    def cut() -> None:
        server.say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'")

    with pytest.raises(Unsettled):
        restored(path, there, replace=True, then=cut)
    assert rows_of(there) == before


def test_the_files_change_only_once_the_rows_are_all_in(
    full: Place, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(_: Target) -> None:
        raise Faulty("ConnectionError")

    path = packed(full)
    full.replace("town-2030/candidates/rose.yaml", "Rosy", "Rosie")
    monkeypatch.setattr(Target, "settle", lost)
    unchanged(full, lambda: refusal(full.run("restore", str(path), "--replace")), "ConnectionError")


def test_of_a_connection_lost_at_the_very_last_it_is_said_what_may_have_changed(
    full: Place, there: str, server: postgres.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, usual = packed(full), backing_up.put_in_place
    name = there.rpartition("/")[2]

    def cut(*given: Any) -> Any:
        server.say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'")
        return usual(*given)

    with monkeypatch.context() as patched:
        patched.setattr(backing_up, "put_in_place", cut)
        told = refusal(full.run("restore", str(path), "--replace", STATE_URL=there))
    assert "in place" in told
    assert "--replace" in told
    assert full.run("restore", str(path), "--replace", STATE_URL=there).exit_code == 0


def test_a_restore_that_is_interrupted_changes_nothing(full: Place, empty: Path, tmp_path: Path) -> None:
    path, before = packed(full), rows_of(url(full))

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restored(path, url(full), replace=True, then=interrupted)
    assert rows_of(url(full)) == before
    new = f"sqlite:///{shutil.copy(empty, tmp_path / 'new.sqlite3')}"
    with pytest.raises(KeyboardInterrupt):
        restored(path, new, then=interrupted)
    assert set(map(len, rows_of(new).values())) == {0}


def test_files_that_cannot_be_written_leave_the_rows_as_they_were(
    full: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    path = packed(full)
    full.replace("town-2030/candidates/rose.yaml", "Rosy", "Rosie")
    with closing(sqlite3.connect(full.database)) as connection:
        connection.execute("DELETE FROM audit")
        connection.commit()
    monkeypatch.setattr(backing_up, "store", failing)
    unchanged(full, lambda: refusal(full.run("restore", str(path), "--replace")), "full")


def test_a_link_is_never_written_through(full: Place) -> None:
    path, file = packed(full), full.root / "town-2030/candidates/thorn.yaml"
    outside = full.root.parent / "thorn.yaml"
    file.rename(outside)
    file.symlink_to(outside)
    outside.write_text("name: Tess Thorn\n", encoding="utf-8")
    unchanged(full, lambda: refusal(full.run("restore", str(path), "--replace")), "links")


def test_a_row_that_only_the_other_database_can_hold_is_refused(place: Place, there: str) -> None:
    path = repacked(packed(place), row(language="a\0b"))
    before = rows_of(there)
    with pytest.raises(Unfit, match="chats"):
        restored(path, there, replace=True)
    assert rows_of(there) == before


def test_a_state_with_rows_is_not_replaced_by_the_way(full: Place) -> None:
    async def put() -> None:
        async with replacing(url(full), replace=False):
            pass

    with pytest.raises(Filled):
        asyncio.run(put())


def test_what_has_outlived_its_time_does_not_come_back(place: Place) -> None:
    place.state(lambda state: state.done(1, AT))
    place.state(lambda state: state.done(2, AT - timedelta(days=3)))
    path = packed(place)
    assert place.run("restore", str(path), "--replace").exit_code == 0
    assert [number for number, _ in rows_of(url(place))["updates"]] == [1]


def test_rows_are_read_one_by_one(full: Place) -> None:
    with reading(packed(full)) as archive:
        assert isinstance(archive, Archive)
        lines = archive.lines("audit")
        assert set(json.loads(next(lines))) == set(metadata.tables["audit"].columns.keys())
        assert len(list(lines)) == N - 1
