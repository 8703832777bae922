"""A changed folder is noticed, read beside the answers, and goes live whole or not at all."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import sys
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_base import FILES, Write

from bot import lean
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.knowledge.loading import Loaded, load
from bot.knowledge.model import Base
from bot.matching.checking import problems_of
from bot.moderation import watching
from bot.moderation.watching import Refusal, Reloading, changes

pytestmark = pytest.mark.anyio

TOWN = "town-2030"
NOW = datetime(2030, 3, 1, 12, tzinfo=UTC)
ROSE = f"{TOWN}/candidates/rose.yaml"
CLAIM = "que propose Rose Petal pour les caméras ?"
SOON = 20.0
"""Seconds after which something that should have happened has not."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def root(write: Write) -> Path:
    return write({})


def said(assistant: Assistant, text: str = CLAIM) -> str:
    return str(assistant.respond(Utterance(text, TOWN), Memory(), NOW)[0])


def reloading(root: Path, keep: Callable[[Base], Base] = lambda base: base) -> tuple[Reloading, Assistant]:
    loaded = load(root)
    assistant = Assistant(keep(loaded.base))
    return Reloading(root, assistant, keep, lambda: NOW, loaded), assistant


def edit(root: Path, old: str, new: str, name: str = ROSE) -> None:
    """Replace some text of a file the way editors do: a new file beside it, then renamed."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text.replace(old, new), encoding="utf-8")
    beside.replace(path)


def count(root: Path, cameras: str, name: str = ROSE) -> None:
    """Let a candidate want another number of cameras."""
    text = FILES[ROSE].replace("1 200", cameras).replace("1,200", cameras)
    edit(root, (root / name).read_text(encoding="utf-8"), text, name)


# --- read again ------------------------------------------------------------------------------------------------


async def test_a_changed_claim_is_in_the_next_assistant_and_not_in_the_one_before(root: Path) -> None:
    live, before = reloading(root)
    count(root, "900")
    after = await live.again()
    assert isinstance(after, Assistant)
    assert "900" in said(after)
    assert "1 200" in said(before)
    assert after.base.version == load(root).base.version != before.base.version


@pytest.mark.parametrize(
    "change", [lambda path: os.utime(path), lambda path: path.write_bytes(path.read_bytes())]
)
async def test_a_file_that_is_only_touched_changes_nothing(
    root: Path, change: Callable[[Path], None]
) -> None:
    live, _ = reloading(root)
    change(root / ROSE)
    assert await live.again() is None


async def test_nothing_changed_after_a_change_went_live(root: Path) -> None:
    live, _ = reloading(root)
    count(root, "900")
    assert isinstance(await live.again(), Assistant)
    assert await live.again() is None


async def test_it_is_not_needed_to_know_how_the_base_was_read_before(root: Path) -> None:
    live = Reloading(root, Assistant(load(root).base), lambda base: base, lambda: NOW)
    assert await live.again() is None
    count(root, "900")
    after = await live.again()
    assert isinstance(after, Assistant)
    assert "900" in said(after)


async def test_a_broken_base_is_refused_with_every_place_and_a_mended_one_goes_live(root: Path) -> None:
    live, before = reloading(root)
    edit(root, "source: gazette", "source: gazete")
    edit(root, "name: Ted Thorn", "nam: Ted Thorn", f"{TOWN}/candidates/thorn.yaml")
    refused = await live.again()
    assert isinstance(refused, Refusal)
    assert refused.problems == tuple(sorted(refused.problems))
    places = [str(problem.place) for problem in refused.problems]
    assert [place.removeprefix("knowledge/") for place in places[:2]] == [
        f"{ROSE}:13:7",
        f"{TOWN}/candidates/thorn.yaml:1:1",
    ]
    assert await live.again() == refused
    assert "1 200" in said(before)
    edit(root, "source: gazete", "source: gazette")
    edit(root, "nam: Ted Thorn", "name: Ted Thorn Junior", f"{TOWN}/candidates/thorn.yaml")
    after = await live.again()
    assert isinstance(after, Assistant)
    assert after.base.elections[TOWN].candidates["thorn"].name == "Ted Thorn Junior"


async def test_a_broken_base_that_is_put_back_as_it_was_is_no_change(root: Path) -> None:
    live, _ = reloading(root)
    edit(root, "name: Rose", "nom: Rose")
    assert isinstance(await live.again(), Refusal)
    edit(root, "nom: Rose", "name: Rose")
    assert await live.again() is None


async def test_a_strange_file_is_refused_although_no_text_of_the_base_changed(root: Path) -> None:
    live, _ = reloading(root)
    (root / TOWN / "candidates" / "rose.txt").write_text("Rose")
    refused = await live.again()
    assert isinstance(refused, Refusal)
    assert refused.problems[0].place.path.endswith("rose.txt")


async def test_notices_keep_no_base_from_going_live(root: Path) -> None:
    live, _ = reloading(root)
    edit(root, "  url: https://example.org/gazette\n", "", f"{TOWN}/sources.yaml")
    assert isinstance(await live.again(), Assistant)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (ROSE, "[combien de caméras]", "[vols]", "'vols' is a phrasing of topic 'safety' too"),
        (
            "common/topics/cameras.yaml",
            "[cameras]",
            "[cameras, How to vote]",
            "'how to vote' is a phrasing of topic 'cameras' too",
        ),
        (
            "common/topics/cameras.yaml",
            "[cameras]",
            "[cameras, rosy]",
            "'Rosy' is a phrasing of topic 'cameras'",
        ),
        (ROSE, "[Rosy]", "[theft]", "'theft' is a phrasing of topic 'safety'; use another alias"),
        (ROSE, "[Rosy]", "[Ted Thorn]", "'Ted Thorn' names candidate 'rose' too"),
        (ROSE, "[Rosy]", "[Ada Bloom]", "'Ada Bloom' is a name of person 'bloom'; use another alias"),
    ],
)
async def test_a_word_that_means_two_things_goes_not_live(
    root: Path, name: str, old: str, new: str, said: str
) -> None:
    live, _ = reloading(root)
    edit(root, old, new, name)
    refused = await live.again()
    assert isinstance(refused, Refusal)
    assert [said in problem.message for problem in refused.problems] == [True]
    assert refused.problems == tuple(p for p in problems_of(load(root)) if not p.notice)


@pytest.mark.parametrize("folder", ["common", TOWN])
async def test_a_muted_entry_that_hides_a_phrasing_goes_not_live(root: Path, folder: str) -> None:
    live, _ = reloading(root)
    (root / folder / "muted.yaml").write_text("questions: [voter]")
    refused = await live.again()
    assert isinstance(refused, Refusal)
    assert "would hide 'comment voter'" in refused.problems[0].message
    (root / folder / "muted.yaml").write_text("questions: [voter casino]")
    assert isinstance(await live.again(), Assistant)
    edit(root, "[comment voter]", "[comment voter, voter au casino]", "common/facts/how-to-vote.yaml")
    assert isinstance(await live.again(), Refusal)


async def emptied(root: Path) -> None:
    for path in root.iterdir():
        shutil.rmtree(path)


async def deleted(root: Path) -> None:
    shutil.rmtree(root)


async def a_file(root: Path) -> None:
    shutil.rmtree(root)
    root.write_text("not a folder")


async def a_circle(root: Path) -> None:
    shutil.rmtree(root)
    root.symlink_to(root)


@pytest.mark.parametrize("ruin", [emptied, deleted, a_file, a_circle])
async def test_a_folder_that_is_gone_is_refused_and_taken_again_once_it_is_back(
    root: Path, write: Write, ruin: Callable[[Path], object]
) -> None:
    live, before = reloading(root)
    await ruin(root)  # type: ignore[misc]
    refused = await live.again()
    assert isinstance(refused, Refusal)
    assert refused.problems
    assert "1 200" in said(before)
    if root.is_symlink() or root.is_file():
        root.unlink()
    write({})
    count(root, "900")
    after = await live.again()
    assert isinstance(after, Assistant)
    assert "900" in said(after)


async def test_what_may_not_be_read_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live, _ = reloading(root)

    def forbidden(*_: object) -> Loaded:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(watching, "load", forbidden)
    refused = await live.again()
    assert isinstance(refused, Refusal)
    assert [str(problem) for problem in refused.problems] == [
        "knowledge:1:1: this folder cannot be read: Permission denied"
    ]


async def test_a_base_that_nothing_can_be_made_of_is_refused(root: Path) -> None:
    def keep(base: Base) -> Base:
        raise LookupError("town-1999")

    loaded = load(root)
    live = Reloading(root, Assistant(loaded.base), keep, lambda: NOW, loaded)
    count(root, "900")
    refused = await live.again()
    assert isinstance(refused, Refusal)
    assert "town-1999" in str(refused.problems[0])


async def test_only_what_is_kept_of_a_base_is_served(root: Path) -> None:
    shutil.copytree(root / TOWN, root / "other-2030")

    def keep(base: Base) -> Base:
        return replace(base, elections={i: e for i, e in base.elections.items() if i == TOWN})

    live, _ = reloading(root, keep)
    count(root, "900")
    after = await live.again()
    assert isinstance(after, Assistant)
    assert list(after.base.elections) == [TOWN]
    shutil.rmtree(root / TOWN)
    refused = await live.again()
    assert isinstance(refused, Refusal)
    assert "not here any more" in str(refused.problems[0])


# --- beside the answers ----------------------------------------------------------------------------------------


async def test_whatever_was_laid_out_before_is_laid_out_after(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean, "PREPARED", 0)
    for name in ("a-2030", "b-2030", "c-2030"):
        shutil.copytree(root / TOWN, root / name)
    live, before = reloading(root)
    for name in ("b-2030", TOWN):
        before.respond(Utterance("qsdfgh ?", name), Memory(), NOW)
    count(root, "900")
    after = await live.again()
    assert isinstance(after, Assistant)
    assert sorted(after.scopes.ready) == ["b-2030", TOWN]


async def test_what_is_asked_about_for_the_first_time_during_a_reload_is_laid_out_after_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean, "PREPARED", 0)
    live, before = reloading(root)
    checked = watching.new_problems

    def asked_meanwhile(*given: object) -> object:
        before.respond(Utterance("qsdfgh ?", TOWN), Memory(), NOW)
        return checked(*given)  # type: ignore[arg-type]

    def renewed_before(base: Base, old: Assistant, now: datetime) -> Assistant:
        return Assistant(base, old.thresholds, old)

    monkeypatch.setattr(watching, "new_problems", asked_meanwhile)
    monkeypatch.setattr(watching, "renewed", renewed_before)
    count(root, "900")
    after = await live.again()
    assert isinstance(after, Assistant)
    assert after.scopes.ready == [TOWN]


async def test_two_ask_at_once_and_the_folder_is_read_one_after_the_other(root: Path) -> None:
    live, _ = reloading(root)
    count(root, "900")
    first, second = await asyncio.gather(live.again(), live.again())
    assert isinstance(first, Assistant)
    assert second is None


async def test_the_loop_goes_on_while_a_base_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live, before = reloading(root)
    answered = asyncio.Event()
    loop = asyncio.get_running_loop()
    checked = watching.new_problems

    def waiting(*given: object) -> object:
        asyncio.run_coroutine_threadsafe(answered.wait(), loop).result(SOON)
        return checked(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(watching, "new_problems", waiting)
    count(root, "900")
    again = asyncio.create_task(live.again())
    await asyncio.sleep(0)
    assert "1 200" in said(before)
    answered.set()
    assert isinstance(await again, Assistant)


async def test_reading_leaves_the_process_as_it_was(root: Path) -> None:
    live, _ = reloading(root)
    before = sys.getswitchinterval(), gc.isenabled()
    count(root, "900")
    assert isinstance(await live.again(), Assistant)
    edit(root, "name: Rose", "nom: Rose")
    assert isinstance(await live.again(), Refusal)
    assert (sys.getswitchinterval(), gc.isenabled()) == before


async def test_garbage_is_not_looked_for_in_the_middle(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live, _ = reloading(root)
    looked: list[bool] = []
    checked = watching.new_problems

    def looking(*given: object) -> object:
        looked.append(gc.isenabled() or sys.getswitchinterval() > 0.001)
        return checked(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(watching, "new_problems", looking)
    count(root, "900")
    assert isinstance(await live.again(), Assistant)
    assert looked == [False]


async def test_nothing_of_an_old_base_is_kept(root: Path) -> None:
    live, before = reloading(root)
    said(before)
    old = [weakref.ref(before), weakref.ref(before.base.elections[TOWN].candidates["rose"])]
    old.append(weakref.ref(before.scopes.scope(TOWN).names))
    del before
    collecting = gc.isenabled()
    gc.disable()
    try:
        count(root, "900")
        assert isinstance(await live.again(), Assistant)
        await asyncio.sleep(0)  # whoever swaps them does so before anything else runs
        await asyncio.get_running_loop().shutdown_default_executor()
        assert [reference() for reference in old] == [None, None, None]
    finally:
        if collecting:
            gc.enable()


# --- watched ---------------------------------------------------------------------------------------------------


class Watch:
    """Somebody who watches a folder, and counts."""

    def __init__(self, root: Path) -> None:
        self.stop = asyncio.Event()
        self.seen = 0
        self._more = asyncio.Condition()
        self._root = root

    async def run(self) -> None:
        async for _ in changes(self._root, self.stop):
            async with self._more:
                self.seen += 1
                self._more.notify_all()

    async def one_more(self, than: int) -> None:
        async with self._more:
            await asyncio.wait_for(self._more.wait_for(lambda: self.seen > than), SOON)


@asynccontextmanager
async def watched(root: Path) -> AsyncIterator[Watch]:
    watch = Watch(root)
    task = asyncio.create_task(watch.run())
    await asyncio.sleep(0)  # the watch is set up in the task's first step
    try:
        yield watch
    finally:
        watch.stop.set()
        await asyncio.wait_for(task, SOON)


async def seen(watch: Watch, change: Callable[[], object]) -> None:
    before = watch.seen
    change()
    await watch.one_more(before)


async def test_each_way_of_saving_a_file_is_seen(root: Path) -> None:
    async with watched(root) as watch:
        await seen(watch, lambda: count(root, "900"))
        await seen(watch, lambda: (root / ROSE).write_text(FILES[ROSE]))
        await seen(watch, lambda: (root / ROSE).unlink())
        await seen(watch, lambda: (root / ROSE).write_text(FILES[ROSE]))
        await seen(watch, lambda: (root / TOWN).rename(root / "town-2031"))


async def test_a_file_in_a_folder_that_came_later_is_seen(root: Path, tmp_path: Path) -> None:
    ready = shutil.copytree(root / TOWN, tmp_path / "ready")
    async with watched(root) as watch:
        await seen(watch, lambda: ready.rename(root / "later-2030"))
        await seen(watch, lambda: count(root, "900", "later-2030/candidates/rose.yaml"))


async def test_hidden_files_and_others_are_not_what_is_watched_for(root: Path) -> None:
    async with watched(root) as watch:
        for name in (
            ".lock",
            ".git/index",
            f"{TOWN}/candidates/.rose.yaml.swp",
            "notes.md",
            f"{TOWN}/rose.yaml~",
        ):
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text("x")
        await seen(watch, lambda: count(root, "900"))
        assert watch.seen == 1


async def test_a_folder_that_another_one_takes_the_place_of_is_seen_and_watched_on(
    root: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(root, tmp_path / "other")
    async with watched(root) as watch:

        def swap() -> None:
            root.rename(tmp_path / "old")
            other.rename(root)

        await seen(watch, swap)
        await seen(watch, lambda: count(root, "900"))
        await seen(watch, lambda: count(root, "800"))


async def test_a_folder_that_is_away_for_a_while_is_seen_when_it_is_back(
    root: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "AWAY_S", 0.01)
    async with watched(root) as watch:
        await seen(watch, lambda: shutil.rmtree(root))
        await seen(watch, lambda: write({}))
        await seen(watch, lambda: count(root, "900"))


async def test_a_folder_that_comes_late_is_waited_for(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "AWAY_S", 0.01)
    async with watched(tmp_path / "late") as watch:
        await seen(watch, lambda: root.rename(tmp_path / "late"))


async def test_a_folder_that_may_not_be_watched_is_looked_through_instead(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "AWAY_S", 0.01)

    def too_many(*paths: object, **options: object) -> object:
        raise OSError(28, "OS file watch limit reached.")

    monkeypatch.setattr(watching, "awatch", too_many)
    async with watched(root) as watch:
        await watch.one_more(0)
        await seen(watch, lambda: count(root, "900"))
        await seen(watch, lambda: count(root, "800"))
        await seen(watch, lambda: shutil.rmtree(root))


async def test_whoever_stops_in_the_middle_stops_nobody_else(root: Path) -> None:
    stop = asyncio.Event()
    watch = changes(root, stop)
    task = asyncio.create_task(anext(watch))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await watch.aclose()
    assert not stop.is_set()


async def test_a_change_goes_live_from_the_file_to_the_answer(root: Path) -> None:
    live, assistant = reloading(root)
    outcomes: list[object] = []
    async with watched(root) as watch:
        await seen(watch, lambda: edit(root, "name: Rose", "nom: Rose"))
        outcomes.append(await live.again())
        await seen(watch, lambda: edit(root, "nom: Rose", "name: Rose"))
        await seen(watch, lambda: count(root, "900"))
        outcomes.append(await live.again())
    assert isinstance(outcomes[0], Refusal)
    assert isinstance(outcomes[1], Assistant)
    assert "900" in said(outcomes[1])
    assert "1 200" in said(assistant)
