"""An edit is applied once, by whoever may, with its trace in the log; or nothing is changed, and one is told why."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.wording import wording
from bot.knowledge.document import parse
from bot.knowledge.editing import ADD, Operation
from bot.knowledge.loading import load
from bot.knowledge.model import Reviews
from bot.moderation import proposals as module
from bot.moderation import storing
from bot.moderation.forms import statements
from bot.moderation.making import Made, sides, written
from bot.moderation.proposals import Decided, Edit, Impossible, edit_of
from bot.moderation.reviews import TRUSTED
from bot.moderation.storing import Busy, Commit, locked, store
from bot.state.records import Moderator, Proposal
from bot.state.state import State
from bot.state.statements import FORGOTTEN
from tests.conftest import BUNDLED, BUNDLED_NOW, ROOT
from tests.unit.moderated import (
    ADA,
    BEA,
    MISSING,
    NEW_SOURCE,
    NOW,
    TOWN,
    Desk,
    base,
    edit,
    files,
    form,
    moderating,
    small,
    town,
)
from tests.unit.test_state_faults import held

CARD, CAMERAS = "town-2030/candidates/rose.yaml", "common/topics/cameras.yaml"
CLEO = Moderator("cleo's key", "Cléo")
ANSWERED = replace(MISSING, language="en", text="what does Rosy say about cameras?")
STATUSES = ("proposed", "approved", "applied", "rejected", "withdrawn")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small(tmp_path / "knowledge")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which nothing is kept yet: to make one costs more than most tests here."""
    path = tmp_path_factory.mktemp("empty") / "state.db"

    async def make() -> None:
        state = State(f"sqlite:///{path}")
        await state.open()
        await state.close()

    asyncio.run(make())
    return path


@pytest.fixture
def path(tmp_path: Path, empty: Path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "state.db"))


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


def adding(phrase: str, **about: Any) -> Edit:
    """New words for a topic."""
    words = Operation(CAMERAS, ("phrasings", "en", ADD), None, phrase)
    return replace(Edit("phrasing", TOWN, "cameras", (words,)), **about)


def careful(wanted: Edit) -> Edit:
    """The same edit, which takes two."""
    return replace(wanted, sensitive=True)


def reviewed(root: Path, policy: Reviews) -> None:
    """The election wants edits to be reviewed like this."""
    path = root / TOWN / "election.yaml"
    path.write_text(f"{path.read_text().partition('reviews:')[0]}reviews: {policy.value}\n")


def trees(root: Path) -> dict[str, str]:
    """What each file says, in its order."""
    return {f: json.dumps(parse(b.decode(), Path(f), f).tree) for f, b in files(root).items()}


async def done(desk: Desk, wanted: Edit, author: Moderator = ADA, reviewer: Moderator = BEA) -> Decided:
    """An edit that is applied, if need be with the help of another moderator."""
    decided = await desk.propose(wanted, author)
    if not decided.applied:
        decided = await desk.approve(decided.proposal.id, reviewer)
    assert decided.applied
    return decided


async def undone(desk: Desk) -> Decided:
    """The latest step that was applied, undone."""
    step = next(each for each in await desk.kept.audited(9) if each.action == "applied")
    return await done(desk, await desk.reversal(step.id))


async def impossible(key: str, doing: Any) -> Impossible:
    with pytest.raises(Impossible) as caught:
        await doing
    assert caught.value.key == key
    for code in ("fr", "en"):
        assert wording(code)(f"moderation.impossible.{key}", **caught.value.values)
    return caught.value


async def statuses(desk: Desk) -> list[str]:
    return [each.status for each in await desk.kept.proposals(STATUSES)]


async def log(desk: Desk) -> list[tuple[str, str]]:
    """Who did what, oldest first."""
    return [(step.moderator, step.action) for step in reversed(await desk.kept.audited(99))]


# --- every kind of edit, there and back ------------------------------------------------------------------

EVERY: list[tuple[str, dict[str, str]]] = [
    ("phrasing", {}),
    ("phrasing", {"target": "how-to-vote"}),
    ("phrasing", {"target": "rose/cameras"}),
    ("position", {}),
    ("position", {"candidate": "rose", "topic": "cameras"}),
    ("position", NEW_SOURCE),
    ("fact", {}),
    ("fact", NEW_SOURCE),
    ("topic", {}),
    ("candidate", {}),
    ("candidate", NEW_SOURCE),
    ("source", {}),
    ("correction", {}),
    ("correction", {"target": "how-to-vote", "claim__fr": "Avec sa carte.", "claim__en": "With a card."}),
    ("removal", {}),
    ("removal", {"target": "how-to-vote"}),
    ("muting", {}),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("kind", "answers"), EVERY)
async def test_every_edit_can_be_made_and_undone(
    kind: str, answers: dict[str, str], root: Path, url: str
) -> None:
    before = trees(root)
    async with moderating(root, url) as desk:
        wanted = edit(kind, root, **answers)
        preview = await desk.preview(wanted)
        assert preview.sound
        decided = await done(desk, wanted)
        assert {file: text.decode() for file, text in files(root).items() if file in preview.changed} == {
            file: text for file, text in preview.changed.items() if text is not None
        }
        made = trees(root)
        assert made != before
        assert base(root).problems == ()
        (applied, *_) = await desk.kept.audited(9)
        assert (applied.action, applied.subject) == ("applied", f"{kind} {wanted.subject}")
        assert decided.proposal.status == "applied"
        await undone(desk)
        assert trees(root) == before
        if kind in ("correction", "source"):
            await undone(desk)
            assert trees(root) == made


@pytest.mark.anyio
async def test_edits_upon_edits_are_undone_in_turn(root: Path, url: str) -> None:
    again = {"claim__fr": "Elle veut 1 400 caméras.", "claim__en": "She wants 1,400 cameras."}
    stages = [trees(root)]
    async with moderating(root, url) as desk:
        for kind, answers in (
            ("correction", {}),
            ("correction", again),
            ("phrasing", {"target": "rose/cameras"}),
            ("removal", {}),
            ("muting", {}),
            ("muting", {"muted": "cheap pills"}),
        ):
            await done(desk, edit(kind, root, **answers))
            stages.append(trees(root))
        (claim,) = load(root).base.elections[TOWN].candidates["rose"].positions.get("cameras", ()) or (None,)
        assert claim is None
        steps = [step for step in await desk.kept.audited(99) if step.action == "applied"]
        for step, stage in zip(steps, reversed(stages[:-1]), strict=True):
            await done(desk, await desk.reversal(step.id))
            assert trees(root) == stage


SPACED = """\
name: Rose Petal
sources: [gazette]
positions:
  cameras:
    - claim: {fr: Une autre., en: Another one.}
      source: gazette
    - claim:
        fr: >
          Elle veut 1 200
          caméras.
        en: |
          She wants 1,200 cameras.
      quote: {en: " twelve hundred cameras "}
      source: courier  # the only statement that rests on it
"""
COURIER = """
courier:
  publisher: " The Courier "
  title: |
    Who wants what
  language: en
"""


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["correction", "removal", "phrasing"])
async def test_texts_that_stand_in_the_file_with_space_around_them_can_be_edited(
    kind: str, root: Path, url: str
) -> None:
    (root / CARD).write_text(SPACED)
    (root / "town-2030/sources.yaml").write_text((root / "town-2030/sources.yaml").read_text() + COURIER)
    before = trees(root)
    election = town(root)
    second = statements(election, "rose/cameras")[1][0]
    draft = form(kind, election, target="rose/cameras", statement=second)
    async with moderating(root, url) as desk:
        wanted = edit_of(draft, election, NOW)
        preview = await desk.preview(wanted)
        assert preview.sound
        assert preview.changed
        await done(desk, wanted)
        assert (second in dict(statements(town(root), "rose/cameras"))) == (kind == "phrasing")
        assert town(root).has("sources", "courier") == (kind != "removal")
        await undone(desk)
        assert trees(root) == before


@pytest.mark.anyio
async def test_an_edit_in_the_middle_can_be_undone_and_the_others_stay(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        for phrase in ("camcorders", "filming", "watching"):
            await done(desk, adding(phrase))
        (_, middle, _) = await desk.kept.audited(9)
        await done(desk, await desk.reversal(middle.id))
        assert town(root).topic("cameras").phrasings["en"] == ["cameras", "camcorders", "watching"]


@pytest.mark.anyio
async def test_what_was_there_before_is_not_undone(root: Path, url: str) -> None:
    before = files(root)
    both = replace(
        adding("cameras"), operations=(*adding("cameras").operations, *adding("filming").operations)
    )
    async with moderating(root, url) as desk:
        await done(desk, both)
        await undone(desk)
        assert files(root) == before
        for wanted in (adding("cameras"), careful(adding("cameras"))):
            await impossible("nothing", desk.propose(wanted, ADA))
        waiting = await desk.propose(careful(adding("filming")), ADA)
        await done(desk, adding("filming"))
        await impossible("nothing", desk.approve(waiting.proposal.id, BEA))
        assert (await desk.reject(waiting.proposal.id, BEA)).status == "rejected"


@pytest.mark.anyio
async def test_an_edit_of_the_bundled_base_is_undone_to_the_byte(tmp_path: Path, url: str) -> None:
    root = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", root, ignore=shutil.ignore_patterns("questions", ".*"))
    before = files(root)
    async with moderating(root, url) as desk:
        election = load(root).base.elections[BUNDLED]
        source = next(iter(election.own.sources))
        candidate = next(iter(election.candidates))
        topic = next(iter(election.candidates[candidate].positions))
        changed = {"candidate": candidate, "topic": topic, "source": source, "quote": "trois mots"}
        shared = next(iter(election.included[0].topics))
        for draft in (
            form("position", election, **changed),
            form(
                "phrasing",
                election,
                target=f"{candidate}/{topic}",
                phrasing__fr="zibeline, zibelines du quai",
            ),
            form("phrasing", election, target=shared, phrasing__fr="zibeline"),
        ):
            await done(desk, edit_of(draft, election, BUNDLED_NOW))
            assert len({file for file, text in files(root).items() if text != before[file]}) == 1
            await undone(desk)
            assert files(root) == before


# --- who may ---------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_without_reviews_an_edit_is_applied_at_once(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        decided = await desk.propose(adding("filming"), ADA)
        assert (decided.applied, decided.waits, decided.proposal.reviewer) == (True, "", "")
        assert "filming" in town(root).topic("cameras").phrasings["en"]
        assert await log(desk) == [("Ada", "applied")]
        assert desk.told == [f"edited phrasing {TOWN} None"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("policy", "kind", "reason"),
    [
        (Reviews.ALWAYS, "phrasing", "always"),
        (Reviews.NEW_MODERATORS, "phrasing", "new"),
        (Reviews.NONE, "correction", "sensitive"),
        (Reviews.NONE, "removal", "sensitive"),
    ],
)
async def test_an_edit_that_waits_changes_nothing_until_another_moderator_approves_it(
    policy: Reviews, kind: str, reason: str, root: Path, url: str
) -> None:
    reviewed(root, policy)
    before = files(root)
    async with moderating(root, url) as desk:
        assert await desk.waits(edit(kind, root), ADA) == reason
        waiting = await desk.propose(edit(kind, root), ADA)
        assert (waiting.applied, waiting.waits) == (False, reason)
        assert files(root) == before
        assert await desk.waiting() == [replace(waiting.proposal, made_at=waiting.proposal.made_at)]
        await impossible("own", desk.approve(waiting.proposal.id, ADA))
        assert files(root) == before
        decided = await desk.approve(waiting.proposal.id, BEA)
        assert (decided.applied, decided.proposal.reviewer_name) == (True, "Béa")
        assert files(root) != before
        assert await desk.waiting() == []
        assert await log(desk) == [("Ada", "proposed"), ("Béa", "approved"), ("Béa", "applied")]
        for another in (desk.approve, desk.reject):
            await impossible("decided", another(waiting.proposal.id, CLEO))


@pytest.mark.anyio
async def test_nobody_approves_their_own_however_long_their_key_is(root: Path, url: str) -> None:
    long = Moderator(f"terminal:{'x' * 200}", "X")
    async with moderating(root, url) as desk:
        waiting = await desk.propose(careful(adding("filming")), long)
        await impossible("own", desk.approve(waiting.proposal.id, long))
        assert (await desk.reject(waiting.proposal.id, long)).status == "withdrawn"


@pytest.mark.anyio
async def test_twenty_approved_edits_of_a_kind_make_trust_for_that_kind_only(root: Path, url: str) -> None:
    reviewed(root, Reviews.NEW_MODERATORS)
    async with moderating(root, url) as desk:
        for number in range(TRUSTED):
            kept = Proposal(
                *(f"old{number}", TOWN, "phrasing", ADA.key, ADA.name, "cameras", "[]", ()),
                *("applied", BEA.key, BEA.name, NOW, NOW),
            )
            desk.kept.keep_proposal(replace(kept, status="rejected") if number == 0 else kept)
        assert (await desk.propose(adding("one"), ADA)).waits == "new"
        last = (await desk.waiting())[0]
        await desk.approve(last.id, BEA)
        assert (await desk.propose(adding("two"), ADA)).applied
        assert (await desk.propose(edit("topic", root), ADA)).waits == "new"
        assert (await desk.propose(edit("correction", root), ADA)).waits == "sensitive"
        assert (await desk.propose(adding("three"), BEA)).waits == "new"
        reviewed(root, Reviews.ALWAYS)
        assert (await desk.propose(adding("four"), ADA)).waits == "always"


@pytest.mark.anyio
async def test_an_edit_can_be_rejected_by_others_and_withdrawn_by_its_author(root: Path, url: str) -> None:
    before = files(root)
    async with moderating(root, url) as desk:
        for moderator, status, reviewer in ((BEA, "rejected", "Béa"), (ADA, "withdrawn", "")):
            waiting = await desk.propose(careful(adding("filming")), ADA)
            decided = await desk.reject(waiting.proposal.id, moderator)
            assert (decided.status, decided.reviewer_name) == (status, reviewer)
            assert decided.decided_at is not None
            assert await desk.kept.proposal(decided.id) == decided
            await impossible("decided", desk.approve(decided.id, CLEO))
        assert (await log(desk))[1::2] == [("Béa", "rejected"), ("Ada", "withdrawn")]
        await impossible("gone", desk.approve("nothing", BEA))
        await impossible("gone", desk.reject("", BEA))
    assert files(root) == before


# --- the log ---------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_log_tells_who_did_what_when_and_what_stood_there_before(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        decided = await done(desk, edit("correction", root))
        proposed, approved, applied = reversed(await desk.kept.audited(9))
        for step in (proposed, approved, applied):
            assert (step.election, step.subject) == (TOWN, "correction rose/cameras")
            assert step.proposal == decided.proposal.id
        assert [step.moderator for step in (proposed, approved, applied)] == ["Ada", "Béa", "Béa"]
        assert NOW < proposed.at < approved.at < applied.at
        assert (approved.before, approved.after) == ("", "")
        for step in (proposed, applied):
            assert "She wants 1,200 cameras." in step.before
            assert "She wants 1,300 cameras." in step.after
            assert "She wants 1,300 cameras." not in step.before
            assert "The paper had been wrong." in step.after
            assert not any(line.startswith(("+", "@@")) for line in (step.before + step.after).splitlines())


@pytest.mark.anyio
async def test_only_a_step_that_changed_something_can_be_undone(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        waiting = await desk.propose(careful(adding("filming")), ADA)
        await desk.approve(waiting.proposal.id, BEA)
        await desk.dismiss([MISSING], ADA)
        found = {step.action: step.id for step in await desk.kept.audited(9)}
        for action in ("proposed", "approved", "dismissed"):
            await impossible("nothing_to_revert", desk.reversal(found[action]))
        for number in (0, -1, 999, 2**70):
            await impossible("nothing_to_revert", desk.reversal(number))
        assert (await desk.reversal(found["applied"])).kind == "reversal"


@pytest.mark.anyio
async def test_what_was_undone_already_or_changed_since_is_not_undone_again(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        await done(desk, edit("correction", root))
        first = (await desk.kept.audited(1))[0].id
        again = {"claim__fr": "Elle veut 1 400 caméras.", "claim__en": "She wants 1,400 cameras."}
        await done(desk, edit("correction", root, **again))
        before = files(root)
        await impossible("conflict", desk.propose(await desk.reversal(first), ADA))
        await impossible("conflict", desk.preview(await desk.reversal(first)))
        await undone(desk)
        await done(desk, await desk.reversal(first))
        after = files(root)
        preview = await desk.preview(await desk.reversal(first))
        assert preview.changed == {}
        await impossible("nothing", desk.propose(await desk.reversal(first), ADA))
        assert before != after == files(root)


@pytest.mark.anyio
async def test_questions_that_are_answered_leave_the_queue(root: Path, url: str) -> None:
    other = replace(MISSING, text="encore autre chose")
    async with moderating(root, url) as desk:
        for question in (ANSWERED, other):
            desk.state.unanswered(question, NOW.date())
        waiting = await desk.propose(careful(adding("filming", questions=(ANSWERED,))), ADA)
        assert len(await desk.state.unanswered_questions()) == 2
        shown = await desk.edit(waiting.proposal)
        assert shown == adding("filming", questions=(ANSWERED,), id=waiting.proposal.id)
        await desk.approve(waiting.proposal.id, BEA)
        assert [each.question for each in await desk.state.unanswered_questions()] == [other]


@pytest.mark.anyio
async def test_questions_that_are_not_answered_by_an_edit_wait_on(root: Path, url: str) -> None:
    """Of those that are answered with something else than was meant, the answer tells nothing."""
    amiss = replace(MISSING, text="les moulins", reason="none_of_these")
    abusive = replace(MISSING, text="buy my watches")
    elsewhere = replace(ANSWERED, election="gone-2031")
    asked = (MISSING, ANSWERED, amiss, elsewhere, abusive)
    async with moderating(root, url) as desk:
        for question in asked:
            desk.state.unanswered(question, NOW.date())
        await desk.propose(adding("filming", questions=asked), ADA)
        left = {each.question.text for each in await desk.state.unanswered_questions()}
        assert left == {MISSING.text, elsewhere.text, abusive.text}
        await desk.propose(replace(edit("muting", root), questions=asked), ADA)
        left = {each.question.text for each in await desk.state.unanswered_questions()}
        assert left == {MISSING.text, elsewhere.text}


@pytest.mark.anyio
async def test_what_is_dismissed_and_brought_back_is_in_the_log(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        await desk.dismiss([], ADA)
        await desk.dismiss([MISSING, replace(MISSING, text="b")], ADA)
        assert len(await desk.kept.dismissed()) == 2
        assert (await desk.kept.audited(1))[0].subject == f"{MISSING.text} · b"
        many = [replace(MISSING, text=f"{number} and so on") for number in range(100)]
        await desk.dismiss(many, ADA)
        assert len((await desk.kept.audited(1))[0].subject) <= 500
        await desk.dismiss(many, ADA, back=True)
        await desk.dismiss([MISSING], BEA, back=True)
        assert [each.text for each in await desk.kept.dismissed()] == ["b"]
        assert [action for _, action in await log(desk)] == ["dismissed", "dismissed", "restored", "restored"]
        step = (await desk.kept.audited(9))[0]
        assert (step.election, step.subject, step.proposal) == (TOWN, MISSING.text, "")


@pytest.mark.anyio
async def test_a_dismissal_that_could_not_be_written_is_not_made_later(
    root: Path, url: str, path: Path
) -> None:
    async with moderating(root, url) as desk:
        await desk.dismiss([MISSING], ADA)
        with held(path):
            await impossible("no_state", desk.dismiss([MISSING], BEA, back=True))
            await impossible("no_state", desk.dismiss([ANSWERED], BEA))
        await _recovered(desk)
        assert await desk.kept.dismissed() == [replace(MISSING, reason="")]
        assert await log(desk) == [("Ada", "dismissed")]


@pytest.mark.anyio
@pytest.mark.parametrize("back", [False, True])
async def test_a_dismissal_that_was_written_after_all_is_undone(
    back: bool, root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database did not answer in time, and yet it wrote."""
    async with moderating(root, url) as desk:
        if back:
            await desk.dismiss([MISSING], ADA)
        before, saved = await desk.kept.dismissed(), desk.state.saved

        async def late() -> bool:
            assert await saved()
            return False

        with monkeypatch.context() as slow:
            slow.setattr(desk.state, "saved", late)
            await impossible("no_state", desk.dismiss([MISSING], BEA, back=back))
        assert await desk.kept.dismissed() == before
        assert (await log(desk))[-1] == ("Béa", "failed")


@pytest.mark.anyio
async def test_a_step_of_several_files_names_each_and_keeps_lines_that_look_like_a_difference(
    root: Path, url: str
) -> None:
    async with moderating(root, url) as desk:
        await done(desk, edit("position", root, **NEW_SOURCE))
        (step,) = await desk.kept.audited(1)
        assert [line for line in step.after.splitlines() if line.endswith(".yaml:")] == [
            "town-2030/sources.yaml:",
            "town-2030/candidates/thorn.yaml:",
        ]
    signs = Made({"a": "-- one\nkept\n"}, {"a": "kept\n++ two\n"}, ())
    assert sides(signs) == ("-- one", "++ two")


# --- two at once -----------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_two_moderators_who_edit_one_list_at_once_both_see_their_words_kept(
    root: Path, url: str
) -> None:
    async with moderating(root, url) as here, moderating(root, url) as there:
        await asyncio.gather(
            here.propose(adding("filming"), ADA),
            there.propose(adding("watching"), BEA),
            here.propose(adding("recording"), CLEO),
        )
        found = town(root).topic("cameras").phrasings["en"]
        assert sorted(found) == ["cameras", "filming", "recording", "watching"]
        steps = await here.kept.audited(9)
        assert len(steps) == 3
        assert all(len(step.after.splitlines()) == 1 for step in steps)
        longest = max(steps, key=lambda step: len(step.before))
        assert sum(word in longest.before for word in ("filming", "watching", "recording")) == 2


@pytest.mark.anyio
async def test_the_same_edit_by_two_moderators_is_made_once(root: Path, url: str) -> None:
    async with moderating(root, url) as here, moderating(root, url) as there:
        made = await asyncio.gather(
            here.propose(adding("filming"), ADA),
            there.propose(adding("filming"), BEA),
            return_exceptions=True,
        )
        assert [each.applied for each in made if isinstance(each, Decided)] == [True]
        assert [each.key for each in made if isinstance(each, Impossible)] == ["nothing"]
        assert town(root).topic("cameras").phrasings["en"] == ["cameras", "filming"]
        assert len(await log(here)) == 1


@pytest.mark.anyio
async def test_two_replicas_that_approve_one_edit_at_once_apply_it_once(root: Path, url: str) -> None:
    async with moderating(root, url) as here, moderating(root, url) as there:
        waiting = await here.propose(careful(adding("filming")), ADA)
        identifier = waiting.proposal.id
        found = await asyncio.gather(
            *(desk.approve(identifier, by) for desk, by in ((here, BEA), (there, CLEO), (here, CLEO))),
            there.reject(identifier, ADA),
            return_exceptions=True,
        )
        decided = [each for each in found if isinstance(each, Decided | Proposal)]
        refused = [each.key for each in found if isinstance(each, Impossible)]
        assert (len(decided), refused) == (1, ["decided"] * 3)
        actions = [action for _, action in await log(here)]
        assert actions in (["proposed", "approved", "applied"], ["proposed", "withdrawn"])


@pytest.mark.anyio
async def test_an_edit_of_what_has_changed_since_is_refused_and_keeps_its_place(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        corrected, removed = edit("correction", root), edit("removal", root)
        waiting = await desk.propose(corrected, ADA)
        await done(desk, removed, BEA, CLEO)
        before = files(root)
        await impossible("conflict", desk.approve(waiting.proposal.id, BEA))
        assert [each.id for each in await desk.waiting()] == [waiting.proposal.id]
        await impossible("conflict", desk.propose(replace(corrected, id=""), ADA))
        assert files(root) == before
        assert await statuses(desk) == ["proposed", "applied"]
        assert len(await log(desk)) == 4


@pytest.mark.anyio
async def test_a_form_about_what_is_gone_is_no_edit_any_more(root: Path, url: str) -> None:
    draft = form("correction", town(root))
    async with moderating(root, url) as desk:
        await done(desk, edit("removal", root))

        async def again() -> Edit:
            return edit_of(draft, town(root), NOW)

        await impossible("conflict", again())


@pytest.mark.anyio
async def test_a_form_that_is_applied_twice_is_one_edit(root: Path, url: str) -> None:
    draft = form("phrasing", town(root))
    wanted = edit_of(draft, town(root), NOW)
    again = edit_of(draft, town(root), NOW)
    assert wanted.id == again.id != edit("phrasing", root).id
    async with moderating(root, url) as here, moderating(root, url) as there:
        made = await asyncio.gather(here.propose(wanted, ADA), there.propose(again, ADA))
        assert [each.applied for each in made] == [True, True]
        assert made[0].proposal.id == made[1].proposal.id
        assert await log(here) == [("Ada", "applied")]
        changed = draft.with_value("phrasing.fr", "caméscopes")
        assert (await here.propose(edit_of(changed, town(root), NOW), ADA)).applied
        assert len(await log(here)) == 2


@pytest.mark.anyio
async def test_a_form_that_is_proposed_twice_waits_once(root: Path, url: str) -> None:
    wanted = edit("correction", root)
    async with moderating(root, url) as desk:
        first, second = await desk.propose(wanted, ADA), await desk.propose(wanted, ADA)
        assert first.proposal == second.proposal
        assert first.waits == second.waits == "sensitive"
        assert await log(desk) == [("Ada", "proposed")]
        await desk.reject(first.proposal.id, BEA)
        await impossible("decided", desk.propose(wanted, ADA))


@pytest.mark.anyio
async def test_an_undoing_that_is_tapped_twice_is_one_edit(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        await done(desk, adding("filming"))
        (step,) = await desk.kept.audited(1)
        wanted = await desk.reversal(step.id, "draft")
        assert (await desk.propose(wanted, ADA)).applied
        assert (await desk.propose(await desk.reversal(step.id, "draft"), ADA)).applied
        assert len(await log(desk)) == 2
        assert (await desk.reversal(step.id, "other")).id != wanted.id


@pytest.mark.anyio
async def test_a_form_whose_edit_could_not_be_written_can_be_tried_again(
    root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = edit("phrasing", root)
    async with moderating(root, url) as desk:
        with monkeypatch.context() as broken:
            broken.setattr(module, "store", failing)
            await impossible("unwritable", desk.propose(wanted, ADA))
        assert await statuses(desk) == ["withdrawn"]
        assert (await desk.propose(wanted, ADA)).applied
        assert await statuses(desk) == ["applied"]


@pytest.mark.anyio
async def test_a_correction_that_says_what_was_said_before_is_none(root: Path, url: str) -> None:
    election = town(root)
    draft = form("correction", election)
    for code, text in election.candidates["rose"].positions["cameras"][0].claim.items():
        draft = draft.with_value(f"claim.{code}", text)

    async def again() -> Edit:
        return edit_of(draft, election, NOW)

    await impossible("same", again())


@pytest.mark.anyio
async def test_undoing_what_took_two_takes_two(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        waiting = await desk.propose(careful(adding("filming")), ADA)
        for wanted in (adding("watching"), edit("removal", root)):
            await done(desk, wanted)
        await desk.approve(waiting.proposal.id, BEA)
        applied = [step for step in await desk.kept.audited(99) if step.action == "applied"]
        waits = {}
        for step in applied:
            undoing = await desk.reversal(step.id)
            waits[step.after or step.before] = await desk.waits(undoing, ADA)
            if "watching" in step.after and "filming" not in step.after:
                continue
            assert (await desk.propose(undoing, ADA)).waits == "sensitive"
        assert sorted(waits.values()) == ["", "sensitive", "sensitive"]


# --- several elections ------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("own", [Reviews.NONE, Reviews.ALWAYS])
async def test_of_all_elections_that_read_a_file_the_strictest_counts(
    own: Reviews, root: Path, url: str
) -> None:
    shutil.copytree(root / TOWN, root / "village-2031")
    other = Reviews.ALWAYS if own is Reviews.NONE else Reviews.NONE
    reviewed(root, own)
    path = root / "village-2031/election.yaml"
    path.write_text(f"{path.read_text()}reviews: {other.value}\n")
    async with moderating(root, url) as desk:
        assert await desk.waits(adding("filming"), ADA) == "always"
        assert (await desk.propose(adding("filming"), ADA)).waits == "always"
        wanted = edit("topic", root)  # which stands in the folder of the town
        expected = "" if own is Reviews.NONE else "always"
        assert await desk.waits(wanted, ADA) == expected
        assert (await desk.propose(wanted, ADA)).waits == expected


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_an_edit_that_would_leave_a_base_with_problems_is_refused(root: Path, url: str) -> None:
    before = files(root)
    async with moderating(root, url) as desk:
        fault = await impossible("problems", desk.propose(adding("theft"), ADA))
        assert "theft" in str(fault.problems[0])
        assert fault.values == {"count": 1}
        await impossible("problems", desk.propose(careful(adding("theft")), ADA))
        waiting = await desk.propose(careful(adding("filming")), ADA)
        taken = replace(
            adding("filming"),
            operations=(replace(adding("filming").operations[0], file="common/topics/safety.yaml"),),
        )
        await done(desk, taken)
        after = files(root)
        await impossible("problems", desk.approve(waiting.proposal.id, BEA))
        assert await statuses(desk) == ["proposed", "applied"]
        assert files(root) == after != before


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("../knowledge/common/topics/cameras.yaml", "uneditable"),
        ("common/notes.txt", "uneditable"),
        ("common/topics/broken.yaml", "uneditable"),
    ],
)
async def test_what_is_no_knowledge_file_is_not_edited(file: str, key: str, root: Path, url: str) -> None:
    wanted = replace(adding("x"), operations=(Operation(file, ("name",), None, "x"),))
    async with moderating(root, url) as desk:
        (root / "common/topics/broken.yaml").write_text("a: [")
        before = files(root)
        await impossible(key, desk.propose(wanted, ADA))
        await impossible(key, desk.preview(wanted))
        assert files(root) == before
        assert await statuses(desk) == []


@pytest.mark.anyio
@pytest.mark.parametrize("operations", ["", "{", "3", "[3]", "[" * 100_000, '[{"file": 1, "keys": []}]'])
async def test_a_proposal_that_cannot_be_read_can_only_be_rejected(
    operations: str, root: Path, url: str
) -> None:
    async with moderating(root, url) as desk:
        waiting = (await desk.propose(careful(adding("x")), ADA)).proposal
        broken = replace(waiting, operations=operations)
        desk.kept.keep_proposal(broken)
        await impossible("uneditable", desk.edit(broken))
        await impossible("uneditable", desk.approve(broken.id, BEA))
        assert (await desk.reject(broken.id, BEA)).status == "rejected"
        desk.kept.keep_proposal(replace(broken, status="approved"))
        assert await desk.resume() == 0
        assert await statuses(desk) == ["withdrawn"]


@pytest.mark.anyio
async def test_nothing_is_edited_while_the_log_cannot_be_written(root: Path, path: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        waiting = (await desk.propose(careful(adding("filming")), ADA)).proposal
        before = files(root)
        with held(path):
            for doing in (
                desk.propose(adding("watching"), ADA),
                desk.propose(careful(adding("watching")), ADA),
                desk.dismiss([MISSING], ADA),
            ):
                await impossible("no_state", doing)
            for decide in (desk.approve, desk.reject):
                await impossible("no_state", decide(waiting.id, BEA))
            await impossible("no_state", desk.reversal(1))
            assert await desk.resume() == 0
            assert files(root) == before
        await _recovered(desk)
        assert [each.id for each in await desk.waiting()] == [waiting.id]
        assert set(await statuses(desk)) <= {"proposed", "withdrawn"}
        assert await _settled(desk) == [("Ada", "proposed")]
        assert (await desk.approve(waiting.id, BEA)).applied


@pytest.mark.anyio
@pytest.mark.parametrize("doing", ["approve", "reject", "propose", "apply"])
async def test_a_decision_that_could_not_be_written_is_not_made_later_either(
    doing: str, root: Path, path: Path, url: str
) -> None:
    """The database answers when the proposal is looked up, and no more when the decision is to be written."""
    async with moderating(root, url) as desk:
        waiting = (await desk.propose(careful(adding("filming")), ADA)).proposal
        before, lookup = files(root), desk.kept.proposal
        locks: list[Any] = []

        def lock(*_: object) -> None:
            locks.append(held(path))
            locks[0].__enter__()

        async def found(identifier: str) -> Proposal | None:
            proposal = await lookup(identifier)
            lock()
            return proposal

        desk.kept.proposal = found  # type: ignore[method-assign]
        if doing in ("approve", "reject"):
            await impossible("no_state", getattr(desk, doing)(waiting.id, BEA))
        else:
            wanted = careful(adding("watching")) if doing == "propose" else adding("watching")
            assert await desk.kept.approved(ADA.key, "phrasing") == 0
            lock()
            await impossible("no_state", desk.propose(wanted, ADA))
        locks[0].__exit__(None, None, None)
        desk.kept.proposal = lookup  # type: ignore[method-assign]
        await _recovered(desk)
        assert files(root) == before
        assert [each.id for each in await desk.waiting()] == [waiting.id]
        assert await _settled(desk) == [("Ada", "proposed")]
        assert await desk.resume() == 0


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("doing", "status"), [("approve", "proposed"), ("reject", "proposed"), ("propose", "withdrawn")]
)
async def test_a_decision_that_was_written_after_all_is_undone(
    doing: str, status: str, root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database did not answer in time, and yet it wrote."""
    async with moderating(root, url) as desk:
        waiting = (await desk.propose(careful(adding("filming")), ADA)).proposal
        before, saved = files(root), desk.state.saved

        async def late() -> bool:
            assert await saved()
            return False

        with monkeypatch.context() as slow:
            slow.setattr(desk.state, "saved", late)
            if doing == "propose":
                await impossible("no_state", desk.propose(adding("watching"), ADA))
            else:
                await impossible("no_state", getattr(desk, doing)(waiting.id, BEA))
        assert files(root) == before
        assert (await statuses(desk))[-1] == status
        assert (await log(desk))[-1][1] == "failed"
        assert await desk.resume() == 0
        assert (await desk.approve(waiting.id, BEA)).applied


async def _settled(desk: Desk) -> list[tuple[str, str]]:
    """Who did what, without what failed: it is only in the log if it was being written again just then."""
    failed = {step.id for step in await desk.kept.audited(99) if step.action == "failed"}
    steps = [(step.id, step.moderator, step.action) for step in reversed(await desk.kept.audited(99))]
    kept = [each for each in steps if each[0] not in failed and each[0] + 1 not in failed]
    return [(name, action) for _, name, action in kept]


async def _recovered(desk: Desk) -> None:
    """The database answers again."""

    async def answers() -> None:
        while desk.state.degraded:
            await asyncio.sleep(0.01)

    await asyncio.wait_for(answers(), 30)
    assert await desk.state.saved()


@pytest.mark.anyio
async def test_a_folder_that_cannot_be_written_is_told_and_leaves_the_proposal_as_it_was(
    root: Path, url: str
) -> None:
    async with moderating(root, url) as desk:
        waiting = (await desk.propose(careful(adding("filming")), ADA)).proposal
        (root / ".lock").unlink()
        (root / ".lock").mkdir()
        before = files(root)
        await impossible("unwritable", desk.propose(adding("watching"), ADA))
        await impossible("unwritable", desk.approve(waiting.id, BEA))
        assert files(root) == before
        assert await statuses(desk) == ["proposed"]
        assert "edit_failed error IsADirectoryError" in desk.told


def failing(*_: object) -> None:
    raise OSError("the disk is full")


@pytest.mark.anyio
async def test_an_edit_that_could_not_be_written_waits_again_if_it_was_approved_and_is_given_up_if_not(
    root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with moderating(root, url) as desk:
        waiting = (await desk.propose(careful(adding("filming")), ADA)).proposal
        before = files(root)
        with monkeypatch.context() as broken:
            broken.setattr(module, "store", failing)
            await impossible("unwritable", desk.approve(waiting.id, BEA))
            await impossible("unwritable", desk.propose(adding("watching"), ADA))
        assert files(root) == before
        assert await desk.waiting() == [waiting]
        assert await statuses(desk) == ["proposed", "withdrawn"]
        assert [action for _, action in await log(desk)] == ["proposed", "approved", "failed", "failed"]
        assert (await desk.approve(waiting.id, CLEO)).proposal.reviewer == CLEO.key


@pytest.mark.anyio
async def test_who_waits_too_long_for_another_writer_is_told(
    root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "locked", partial(locked, seconds=0.01))
    async with moderating(root, url) as desk:
        with locked(root):
            await impossible("busy", desk.propose(adding("watching"), ADA))
        assert (await desk.propose(adding("watching"), ADA)).applied


@pytest.mark.anyio
async def test_whoever_is_told_to_stop_finishes_writing_before_others_may(
    root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(*given: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return store(*given)

    monkeypatch.setattr(module, "store", slow)
    async with moderating(root, url) as desk:
        task = asyncio.create_task(desk.propose(adding("filming"), ADA))
        assert await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        for _ in range(3):
            await asyncio.sleep(0)
            with pytest.raises(Busy), locked(root, seconds=0):
                pass
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        with locked(root, seconds=0):
            pass
        assert "filming" in town(root).topic("cameras").phrasings["en"]
        assert await statuses(desk) == ["approved"]
        assert await desk.resume() == 1
        assert await statuses(desk) == ["applied"]


@pytest.mark.anyio
async def test_whoever_is_told_to_stop_while_waiting_for_others_lets_go(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        with locked(root):
            task = asyncio.create_task(desk.propose(adding("filming"), ADA))
            for _ in range(20):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task
        with locked(root, seconds=0):
            pass
        assert (await desk.propose(adding("watching"), ADA)).applied


# --- after a kill ----------------------------------------------------------------------------------------


def approved(wanted: Edit, reviewer: Moderator | None = BEA) -> Proposal:
    """A proposal as a process that was killed had approved it."""
    by = (reviewer.key, reviewer.name) if reviewer is not None else ("", "")
    made = written(wanted.operations)
    return Proposal(
        *("killed", TOWN, wanted.kind, ADA.key, ADA.name, wanted.subject, made, (ANSWERED,)),
        *("approved", *by, NOW),
    )


@pytest.mark.anyio
@pytest.mark.parametrize("reviewer", [BEA, None])
@pytest.mark.parametrize("stored", [False, True])
async def test_what_was_approved_before_a_kill_is_applied_once(
    reviewer: Moderator | None, stored: bool, root: Path, url: str
) -> None:
    wanted = edit("correction", root)
    before = trees(root)
    async with moderating(root, url) as desk:
        desk.kept.keep_proposal(approved(wanted, reviewer))
        desk.state.unanswered(ANSWERED, NOW.date())
        if stored:
            store(root, (await desk.preview(wanted)).changed, Commit("m", "Ada"))
        assert await desk.resume() == 1
        assert await desk.resume() == 0
        (claim,) = town(root).candidates["rose"].positions["cameras"]
        assert claim.claim["en"] == "She wants 1,300 cameras."
        (step,) = await desk.kept.audited(9)
        name = reviewer.name if reviewer is not None else "Ada"
        assert (step.action, step.moderator, step.proposal) == ("applied", name, "killed")
        assert "She wants 1,200 cameras." in step.before
        assert "She wants 1,300 cameras." in step.after
        assert await desk.state.unanswered_questions() == []
        await undone(desk)
        assert trees(root) == before


@pytest.mark.anyio
@pytest.mark.parametrize(("reviewer", "status"), [(BEA, "proposed"), (None, "withdrawn")])
async def test_what_cannot_be_applied_after_a_kill_goes_back(
    reviewer: Moderator | None, status: str, root: Path, url: str
) -> None:
    wanted = edit("correction", root)
    async with moderating(root, url) as desk:
        await done(desk, edit("removal", root))
        desk.kept.keep_proposal(approved(adding("filming")))
        desk.kept.keep_proposal(replace(approved(wanted, reviewer), id="late"))
        assert await desk.resume() == 1
        found = await desk.kept.proposal("late")
        assert found is not None
        assert (found.status, found.reviewer, found.reviewer_name) == (status, "", "")
        assert (await log(desk))[-1][1] == "failed"
        assert "filming" in town(root).topic("cameras").phrasings["en"]
        assert await desk.resume() == 0


@pytest.mark.anyio
async def test_what_a_forgotten_author_proposed_is_not_proposed_again_when_it_fails(
    root: Path, url: str
) -> None:
    async with moderating(root, url) as desk:
        wanted = edit("correction", root)
        await done(desk, edit("removal", root), BEA, CLEO)
        desk.kept.keep_proposal(approved(wanted))
        assert await desk.state.forget(ADA.key, ADA.key, 1)
        assert await desk.resume() == 0
        found = await desk.kept.proposal("killed")
        assert found is not None
        assert (found.status, found.author) == ("withdrawn", FORGOTTEN)


@pytest.mark.anyio
async def test_an_author_who_is_forgotten_while_it_fails_cannot_approve_their_own(
    root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with moderating(root, url) as desk, moderating(root, url) as other:
        waiting = (await desk.propose(careful(adding("filming")), ADA)).proposal
        loop = asyncio.get_running_loop()

        def forgetting(*_: object) -> None:
            forgotten = other.state.forget(ADA.key, ADA.key, 1)
            assert asyncio.run_coroutine_threadsafe(forgotten, loop).result(30)
            raise OSError

        monkeypatch.setattr(module, "store", forgetting)
        await impossible("unwritable", desk.approve(waiting.id, BEA))
        assert await statuses(desk) == ["withdrawn"]
        await impossible("decided", desk.approve(waiting.id, ADA))


@pytest.mark.anyio
async def test_an_edit_whose_journal_is_written_is_finished_and_not_given_up(
    root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with moderating(root, url) as desk:
        with monkeypatch.context() as broken:
            broken.setattr(storing, "committed", failing)
            await impossible("unwritable", desk.propose(adding("filming"), ADA))
        assert await statuses(desk) == ["approved"]
        assert await desk.resume() == 1
        assert await statuses(desk) == ["applied"]
        assert town(root).topic("cameras").phrasings["en"] == ["cameras", "filming"]
        (step,) = await desk.kept.audited(9)
        assert "filming" in step.after


@pytest.mark.anyio
async def test_a_start_with_nothing_to_finish_or_nowhere_to_write_goes_on(root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        assert await desk.resume() == 0
        assert not (root / ".lock").exists()
        desk.kept.keep_proposal(approved(adding("filming")))
        (root / ".lock").mkdir()
        assert await desk.resume() == 0
        assert await statuses(desk) == ["approved"]
        (root / ".lock").rmdir()
        assert await desk.resume() == 1


@pytest.mark.anyio
@pytest.mark.parametrize("doing", ["propose", "approve", "reject"])
async def test_whoever_edits_next_finishes_what_was_left(doing: str, root: Path, url: str) -> None:
    async with moderating(root, url) as desk:
        waiting = (await desk.propose(careful(adding("watching")), ADA)).proposal
        wanted = adding("filming")
        store(root, (await desk.preview(wanted)).changed, Commit("m", "Ada"))
        desk.kept.keep_proposal(approved(wanted))
        if doing == "propose":
            await desk.propose(adding("recording"), ADA)
        else:
            await getattr(desk, doing)(waiting.id, BEA)
        found = await desk.kept.proposal("killed")
        assert found is not None
        assert found.status == "applied"
        assert (await log(desk))[1] == ("Béa", "applied")


@pytest.mark.anyio
async def test_what_cannot_be_finished_keeps_nobody_from_editing(
    root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with moderating(root, url) as desk:
        desk.kept.keep_proposal(approved(edit("correction", root)))
        first = iter([failing])
        monkeypatch.setattr(module, "store", lambda *given: next(first, store)(*given))
        assert (await desk.propose(adding("filming"), ADA)).applied
        assert await statuses(desk) == ["proposed", "applied"]


@pytest.mark.anyio
async def test_what_was_approved_waits_while_the_files_are_broken(root: Path, url: str) -> None:
    sound = (root / CARD).read_text()
    async with moderating(root, url) as desk:
        desk.kept.keep_proposal(approved(adding("filming")))
        (root / CARD).write_text(sound.replace("Rosy", "Ro"))
        assert await desk.resume() == 0
        assert await statuses(desk) == ["approved"]
        (root / CARD).write_text(sound)
        assert await desk.resume() == 1


@pytest.mark.anyio
async def test_mistakes_that_were_there_before_are_not_laid_to_an_edit(root: Path, url: str) -> None:
    sound = (root / CARD).read_text()
    async with moderating(root, url) as desk:
        waiting = await desk.propose(careful(adding("watching")), ADA)
        (root / CARD).write_text(sound.replace("Rosy", "Ro"))
        before = files(root)
        fault = await impossible("broken", desk.propose(adding("filming"), ADA))
        assert [problem.place.path for problem in fault.problems] == [f"knowledge/{CARD}"]
        await impossible("broken", desk.preview(adding("filming")))
        await impossible("broken", desk.approve(waiting.proposal.id, BEA))
        fault = await impossible("problems", desk.propose(adding("theft"), ADA))
        assert all("theft" in str(problem) for problem in fault.problems)
        assert files(root) == before
        mending = Operation(CARD, ("aliases", ADD), "Ro", None)
        wanted = replace(adding("x"), operations=(mending,))
        assert (await desk.propose(wanted, ADA)).applied
        assert (await desk.propose(adding("filming"), ADA)).applied


@pytest.mark.anyio
async def test_a_fault_that_is_not_the_moderators_is_told_by_its_kind(
    root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: object) -> None:
        raise UnicodeError

    async with moderating(root, url) as desk:
        monkeypatch.setattr(module, "make", mistaken)
        await impossible("uneditable", desk.propose(adding("filming"), ADA))
        assert desk.told == ["edit_failed warning UnicodeError"]


@pytest.mark.anyio
async def test_what_a_preview_was_compared_with_is_forgotten(
    root: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with moderating(root, url) as desk:
        await desk.preview(adding("filming"))
        assert desk.trials.remembers
        await desk.propose(adding("filming"), ADA)
        assert not desk.trials.remembers
        monkeypatch.setattr(module, "RECENT", timedelta(0))
        await desk.preview(adding("watching"))
        for _ in range(3):
            await asyncio.sleep(0)
        assert not desk.trials.remembers


# --- in a git checkout -----------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=Developer", "-c", "user.email=d@example.invalid")
    return subprocess.run(
        ["git", "-C", str(folder), *named, *arguments], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def checkout(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    git(root.parent, "init", "--quiet", "--initial-branch=main")
    git(root.parent, "add", "knowledge")
    git(root.parent, "commit", "--quiet", "--message=first")
    return root


@pytest.mark.anyio
async def test_a_commit_names_the_author_and_the_reviewer(checkout: Path, url: str) -> None:
    async with moderating(checkout, url) as desk:
        decided = await done(desk, edit("correction", checkout))
        assert decided.commit == git(checkout, "log", "-1", "--format=%h").strip()
        assert decided.fault == ""
        told = git(checkout, "log", "-1", "--format=%an|%s|%b").strip()
        assert told == "Ada|correction: rose/cameras|Proposed-by: Ada\nReviewed-by: Béa"
        assert git(checkout, "show", "--name-only", "--format=").split() == [f"knowledge/{CARD}"]
        alone = await done(desk, adding("filming"))
        assert alone.commit != decided.commit
        assert git(checkout, "log", "-1", "--format=%an|%s|%b").strip() == (
            "Ada|phrasing: cameras|Proposed-by: Ada"
        )
        assert git(checkout, "status", "--porcelain", "--", "knowledge", ":!knowledge/.lock") == ""


@pytest.mark.anyio
async def test_an_edit_that_changes_nothing_is_no_commit(checkout: Path, url: str) -> None:
    async with moderating(checkout, url) as desk:
        await impossible("nothing", desk.propose(adding("cameras"), ADA))
        assert git(checkout, "rev-list", "--count", "HEAD").strip() == "1"


@pytest.mark.anyio
async def test_two_replicas_make_a_commit_each_and_no_edit_is_lost(checkout: Path, url: str) -> None:
    async with moderating(checkout, url) as here, moderating(checkout, url) as there:
        made = await asyncio.gather(
            here.propose(adding("filming"), ADA),
            there.propose(adding("watching"), BEA),
        )
        assert len({decided.commit for decided in made} - {None}) == 2
        assert git(checkout, "rev-list", "--count", "HEAD").strip() == "3"
        assert sorted(git(checkout, "log", "-2", "--format=%an").split()) == ["Ada", "Béa"]


@pytest.mark.anyio
async def test_an_edit_that_git_refuses_is_applied_and_that_is_told(
    checkout: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.moderation.committing.PATIENCE", 0.05)
    (checkout.parent / ".git/index.lock").touch()
    async with moderating(checkout, url) as desk:
        decided = await done(desk, adding("filming"))
        assert (decided.applied, decided.commit, decided.fault) == (True, None, "locked")
        assert "filming" in town(checkout).topic("cameras").phrasings["en"]


@pytest.mark.anyio
async def test_hostile_words_reach_neither_a_shell_nor_a_path(checkout: Path, url: str) -> None:
    hostile = "$(touch x) `touch y`; --amend ../../z \u202e<b>"
    moderator = Moderator("k", hostile)
    before = {path for path in checkout.parent.rglob("*") if ".git" not in path.parts}
    async with moderating(checkout, url) as desk:
        wanted = edit("muting", checkout, muted="buy $(touch x) watches; `touch y` now")
        decided = await done(desk, replace(wanted, subject=hostile, kind="muting"), moderator)
        assert decided.commit
        (step,) = await desk.kept.audited(9)
        assert (step.moderator, step.subject) == (hostile, f"muting {hostile}")
    after = {path for path in checkout.parent.rglob("*") if ".git" not in path.parts}
    new = {path.name for path in after - before}
    assert new <= {"muted.yaml", ".lock", "state.db", "state.db-wal", "state.db-shm"}
    assert town(checkout).own.muted.questions == ["buy $(touch x) watches; `touch y` now"]
