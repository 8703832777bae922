"""What moderators keep comes back, to every replica and terminal, and leaves no trace of who asked to be forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql

from bot.state import keeping
from bot.state.records import Audited, Moderator, Proposal, Unanswered
from bot.state.rows import questions_of, questions_text
from bot.state.state import State
from bot.state.statements import FORGOTTEN, Changes, Group, ModeratorChanges, ModeratorQuestions, Statement
from bot.state.tables import metadata
from tests.unit.test_state import CHAT, KEYS, MISSING, NOW, PERSON, TODAY, fill, opened, rows
from tests.unit.test_state_erasing import left
from tests.unit.test_state_faults import held, watched

OTHER = KEYS("other moderator")
TERMINAL = "terminal:Camille"
TABLES = ("moderators", "drafts", "proposals", "audit", "dismissed")
PROPOSAL = Proposal(
    *("p1", "town-2032", "phrasing", PERSON, "Camille", "A · Pool", '[{"file": "é"}]', (MISSING,)),
    *("proposed", "", "", NOW),
)
STEP = Audited(0, NOW, "Camille", "proposed", "town-2032", "A · Pool", "", "et le bassin ?", "p1")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


def made(identifier: str, **changes: object) -> Proposal:
    return replace(PROPOSAL, id=identifier, **changes)  # type: ignore[arg-type]


def moderate(state: State) -> None:
    """One row in each of the moderators' tables."""
    state.moderating.name_moderator(Moderator(PERSON, "Camille"), TODAY)
    state.moderating.keep_draft(PERSON, '{"step": "source"}', NOW)
    state.moderating.keep_proposal(PROPOSAL)
    state.moderating.audit(STEP)
    state.moderating.dismiss(MISSING, TODAY)


@pytest.mark.anyio
async def test_all_that_moderators_kept_is_there_after_a_restart(url: str) -> None:
    async with opened(url) as state:
        moderate(state)
    async with opened(url) as state:
        kept = state.moderating
        assert await kept.moderator(PERSON) == Moderator(PERSON, "Camille")
        assert await kept.draft(PERSON, NOW) == '{"step": "source"}'
        assert await kept.proposal("p1") == PROPOSAL
        assert await kept.proposals(["proposed"]) == [PROPOSAL]
        (step,) = await kept.audited(10)
        assert step == replace(STEP, id=step.id)
        assert await kept.audit_entry(step.id) == step
        assert await kept.dismissed() == [replace(MISSING, reason="")]
    assert all(len(rows(url, table)) == 1 for table in TABLES)


@pytest.mark.anyio
async def test_what_no_moderator_kept_is_not_there(url: str) -> None:
    async with opened(url) as state:
        kept = state.moderating
        assert await kept.moderator(PERSON) is await kept.draft(PERSON, NOW) is None
        assert await kept.proposal("p1") is await kept.audit_entry(1) is None
        assert await kept.proposals(["proposed"]) == await kept.audited(5) == await kept.dismissed() == []
        assert await kept.approved(PERSON, "phrasing") == 0
        moderate(state)
        assert await kept.moderator(OTHER) is await kept.draft(OTHER, NOW) is None
        assert await kept.proposal("p2") is None
        assert await kept.proposals([]) == await kept.proposals(["applied"]) == []


@pytest.mark.anyio
async def test_a_database_in_memory_keeps_moderation_too() -> None:
    async with opened("sqlite:///:memory:") as state:
        moderate(state)
        moderate(state)
        assert [step.id for step in await state.moderating.audited(5)] == [2, 1]
        assert await state.forget(PERSON, PERSON, 1)
        assert await state.moderating.moderator(PERSON) is None


# --- moderators and drafts -------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_moderator_in_a_terminal_is_known_by_their_name_however_long(url: str) -> None:
    long = f"terminal:{'é' * 200}"
    async with opened(url) as state:
        for key in (TERMINAL, long):
            state.moderating.name_moderator(Moderator(key, "Camille"), TODAY)
        assert await state.moderating.moderator(TERMINAL) == Moderator(TERMINAL, "Camille")
        found = await state.moderating.moderator(long)
        assert found is not None
        assert len(found.key) == 80
        state.moderating.name_moderator(Moderator(TERMINAL, "Camille B."), TODAY + timedelta(days=1))
        assert await state.moderating.moderator(TERMINAL) == Moderator(TERMINAL, "Camille B.")


@pytest.mark.anyio
async def test_the_names_of_all_moderators_are_known_to_every_replica(url: str) -> None:
    async with opened(url) as here, opened(url) as there:
        assert await here.moderating.names() == {}
        there.moderating.name_moderator(Moderator(PERSON, "Camille"), TODAY)
        there.moderating.name_moderator(Moderator(TERMINAL, "Dominique"), TODAY)
        there.moderating.name_moderator(Moderator(PERSON, "Alex"), TODAY)
        assert await there.saved()
        assert await here.moderating.names() == {PERSON: "Alex", TERMINAL: "Dominique"}
        assert await here.forget(PERSON, PERSON, 7)
        assert await there.moderating.names() == {TERMINAL: "Dominique"}


@pytest.mark.anyio
async def test_a_draft_can_be_gone_on_with_for_a_week_or_dropped(url: str) -> None:
    async with opened(url) as state:
        kept = state.moderating
        kept.keep_draft(PERSON, "one", NOW)
        kept.keep_draft(OTHER, "another's", NOW)
        kept.keep_draft(PERSON, "two", NOW + timedelta(hours=1))
        assert await kept.draft(PERSON, NOW + timedelta(days=7, hours=1)) == "two"
        assert await kept.draft(PERSON, NOW + timedelta(days=7, hours=1, seconds=1)) is None
        kept.drop_draft(PERSON)
        assert await kept.draft(PERSON, NOW) is None
        assert await kept.draft(OTHER, NOW) == "another's"


# --- proposals -------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_proposal_changes_in_everything_but_whose_it_is(url: str) -> None:
    decided = replace(
        PROPOSAL,
        status="applied",
        reviewer=OTHER,
        reviewer_name="Dominique",
        decided_at=NOW + timedelta(hours=2),
    )
    async with opened(url) as state:
        state.moderating.keep_proposal(PROPOSAL)
        state.moderating.keep_proposal(replace(decided, author=OTHER))
        assert await state.moderating.proposal("p1") == decided
    assert len(rows(url, "proposals")) == 1


@pytest.mark.anyio
async def test_proposals_come_by_status_the_oldest_first(url: str) -> None:
    async with opened(url) as state:
        for number, status in enumerate(("proposed", "rejected", "approved", "proposed", "withdrawn")):
            at = NOW - timedelta(minutes=number)
            state.moderating.keep_proposal(made(f"p{number}", status=status, made_at=at))
        found = [one.id for one in await state.moderating.proposals(("proposed", "approved"))]
        assert found == ["p3", "p2", "p0"]
        assert [one.id for one in await state.moderating.proposals(["rejected"])] == ["p1"]


@pytest.mark.anyio
async def test_only_what_somebody_else_read_and_was_applied_counts_towards_trust(url: str) -> None:
    async with opened(url) as state:
        for number, changes in enumerate(
            (
                {"status": "applied", "reviewer": OTHER},
                {"status": "applied", "reviewer": TERMINAL},
                {"status": "applied", "reviewer": ""},
                {"status": "applied", "reviewer": PERSON},
                {"status": "approved", "reviewer": OTHER},
                {"status": "rejected", "reviewer": OTHER},
                {"status": "applied", "reviewer": OTHER, "kind": "fact"},
                {"status": "applied", "reviewer": PERSON, "author": OTHER},
            )
        ):
            state.moderating.keep_proposal(made(f"p{number}", **changes))
        approved = state.moderating.approved
        assert [await approved(PERSON, "phrasing"), await approved(PERSON, "fact")] == [2, 1]
        assert [await approved(OTHER, "phrasing"), await approved(OTHER, "fact")] == [1, 0]


@pytest.mark.anyio
async def test_what_one_replica_decides_another_sees_at_once(url: str) -> None:
    async with opened(url) as here, opened(url) as there:
        moderate(here)
        assert await here.saved()
        assert await there.moderating.proposal("p1") == PROPOSAL
        there.moderating.keep_proposal(replace(PROPOSAL, status="rejected"))
        there.moderating.name_moderator(Moderator(PERSON, "Alex"), TODAY)
        there.moderating.drop_draft(PERSON)
        there.moderating.restore(MISSING)
        assert await there.saved()
        assert await here.moderating.proposals(["proposed"]) == []
        assert await here.moderating.proposal("p1") == replace(PROPOSAL, status="rejected")
        assert await here.moderating.moderator(PERSON) == Moderator(PERSON, "Alex")
        assert await here.moderating.draft(PERSON, NOW) is None
        assert await here.moderating.dismissed() == []


@pytest.mark.anyio
async def test_what_could_not_be_written_of_a_proposal_can_be_taken_back(path: Path) -> None:
    async with watched(path) as one:
        kept = one.state.moderating
        with held(path):
            for number in ("p1", "p2"):
                kept.keep_proposal(made(number))
                kept.audit(replace(STEP, proposal=number))
            kept.audit(replace(STEP, proposal="", subject="p1"))
            assert not await one.state.saved()
            await one.hears("state_degraded")
            assert kept.take_back("p1")
            assert not kept.take_back("p1")
        await one.hears("state_recovered")
        assert [each.id for each in await kept.proposals(["proposed"])] == ["p2"]
        assert [step.proposal for step in await kept.audited(5)] == ["", "p2"]
        assert not kept.take_back("p2")
        assert await kept.proposal("p2") == made("p2")


@pytest.mark.parametrize("questions", [(), (MISSING,), (MISSING, Unanswered("é\ud800", "", '"', "\0"))])
def test_questions_that_are_written_can_be_read(questions: tuple[Unanswered, ...]) -> None:
    assert questions_text(questions).isascii()
    assert questions_of(questions_text(questions)) == questions


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "null",
            "{}",
            "3",
            '"a"',
            "[1]",
            '["abcd"]',
            '[["a","b","c"]]',
            '[["a","b","c",1]]',
            "[" * 100_000,
        ),
        *(None, 5, b"[]", '[["a","b","c","d"],{}]'),
    ],
)
def test_questions_that_cannot_be_read_are_none(text: object) -> None:
    assert questions_of(text) == ()


# --- the log ---------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_log_is_read_backwards_page_by_page(url: str) -> None:
    async with opened(url) as state:
        for number in range(7):
            election = "town-2032" if number % 2 else "other-2032"
            state.moderating.audit(replace(STEP, subject=str(number), election=election))
            if number == 3:
                assert await state.saved()

        async def page(*asked: object) -> list[str]:
            return [step.subject for step in await state.moderating.audited(*asked)]  # type: ignore[arg-type]

        assert await page(3) == ["6", "5", "4"]
        third = (await state.moderating.audited(3))[-1].id
        assert await page(3, third) == ["3", "2", "1"]
        assert await page(9, third, "town-2032") == ["3", "1"]
        assert await page(9, None, "other-2032") == ["6", "4", "2", "0"]
        assert await page(9, None, "nowhere") == await page(0) == await page(9, 0) == await page(9, -5) == []
        assert len(await page(9, 2**80)) == 7


@pytest.mark.anyio
async def test_no_number_or_name_that_cannot_be_troubles_the_database(path: Path) -> None:
    async with watched(path) as one:
        moderate(one.state)
        kept = one.state.moderating
        for number in (0, -1, 2**63 - 1, 2**63, -(2**70), 2**70):
            assert await kept.audit_entry(number) is None
        for name in ("\ud800", "\0", "' OR 1=1 --", "x" * 100_000):
            assert (
                await kept.proposal(name) is await kept.moderator(name) is await kept.draft(name, NOW) is None
            )
            assert await kept.audited(5, None, name) == await kept.proposals([]) == []
            assert await kept.approved(name, name) == 0
        assert not one.state.degraded
        assert await kept.proposal("p1") == PROPOSAL


@pytest.mark.anyio
async def test_hostile_words_of_moderators_are_kept_as_far_as_they_are_text(url: str) -> None:
    hostile = "\ud800'; DROP TABLE audit; --\0<b>\r\n\u202e" + "x" * 5_000
    kept = hostile.replace("\ud800", "?").replace("\0", "")
    words = {
        field.name: hostile for field in fields(Proposal) if field.type == "str" and field.name[-2:] != "er"
    }
    async with opened(url) as state:
        state.moderating.name_moderator(Moderator(PERSON, hostile), TODAY)
        state.moderating.keep_draft(PERSON, hostile, NOW)
        state.moderating.keep_proposal(replace(PROPOSAL, **words))  # type: ignore[arg-type]
        state.moderating.audit(replace(STEP, before=hostile, after=hostile, moderator=hostile))
        state.moderating.dismiss(Unanswered(hostile, hostile, hostile, hostile), TODAY)
        assert await state.saved()
        assert await state.moderating.moderator(PERSON) == Moderator(PERSON, kept)
        assert await state.moderating.draft(PERSON, NOW) == kept
        found = await state.moderating.proposal(hostile)
        assert found is not None
        assert (found.subject, found.operations, found.author_name) == (kept, kept, kept)
        (step,) = await state.moderating.audited(5)
        assert (step.before, step.after, step.moderator) == (kept, kept, kept)
        (question,) = await state.moderating.dismissed()
        assert (question.election, question.text) == (kept, kept[:499])


@pytest.mark.anyio
async def test_a_proposal_and_its_step_in_the_log_are_in_one_transaction(url: str) -> None:
    transactions: list[list[str]] = []
    async with opened(url) as state:
        written = state._database.write

        async def noted(groups: Sequence[Group]) -> None:
            transactions.append([statement.table for statement, _ in groups])
            await written(groups)

        state._database.write = noted  # type: ignore[method-assign]
        for number in range(5):
            state.moderating.keep_proposal(made(f"p{number}"))
            state.moderating.audit(STEP)
            await asyncio.sleep(0)
        assert await state.saved()
    assert transactions
    assert all(tables == ["proposals", "audit"] for tables in transactions)
    assert len(rows(url, "proposals")) == len(rows(url, "audit")) == 5


# --- dismissed -------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_what_was_dismissed_stays_dismissed_until_it_is_restored(url: str) -> None:
    entry = Unanswered("town-2032", "", "a:pool", "")
    async with opened(url) as state:
        state.unanswered(MISSING, TODAY)
        state.moderating.dismiss(MISSING, TODAY)
        state.moderating.dismiss(replace(MISSING, reason="unclear"), TODAY)
        state.moderating.dismiss(entry, TODAY - timedelta(days=1))
        state.settle(MISSING)
        state.unanswered(MISSING, TODAY)
        assert await state.moderating.dismissed() == [entry, replace(MISSING, reason="")]
        state.moderating.restore(MISSING)
        assert await state.moderating.dismissed() == [entry]
        assert len(await state.unanswered_questions()) == 1


# --- erasing ---------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_what_moderators_kept_is_deleted_when_it_has_outlived_its_time(url: str) -> None:
    day, second = timedelta(days=1), timedelta(seconds=1)
    remaining = set(TABLES)
    async with opened(url) as state:
        moderate(state)
        for wait, gone in (
            (keeping.DRAFTS, set()),
            (keeping.DRAFTS + second, {"drafts"}),
            (keeping.MODERATORS, set()),
            (keeping.MODERATORS + day, {"moderators", "dismissed"}),
            (keeping.PROPOSALS, set()),
            (keeping.PROPOSALS + second, {"proposals", "audit"}),
        ):
            await state.purge(NOW + wait)
            remaining -= gone
            assert {table for table in TABLES if rows(url, table)} == remaining, wait


@pytest.mark.anyio
async def test_a_moderator_who_is_seen_again_is_kept_from_then_on(url: str) -> None:
    later = NOW + keeping.MODERATORS - timedelta(days=1)
    async with opened(url) as state:
        moderate(state)
        state.moderating.name_moderator(Moderator(PERSON, "Camille"), later.date())
        await state.purge(later + timedelta(days=30))
        assert await state.moderating.moderator(PERSON) == Moderator(PERSON, "Camille")


@pytest.mark.anyio
async def test_the_number_of_a_step_is_not_given_again_when_older_ones_are_deleted(url: str) -> None:
    async with opened(url) as state:
        state.moderating.audit(STEP)
        state.moderating.audit(replace(STEP, at=NOW + timedelta(days=30)))
        await state.purge(NOW + keeping.AUDIT + timedelta(days=1))
        state.moderating.audit(STEP)
        assert [step.id for step in await state.moderating.audited(5)] == [3, 2]


@pytest.mark.anyio
@pytest.mark.parametrize("pending", [False, True])
async def test_not_a_byte_of_a_moderators_key_is_left_but_the_name_they_published(
    path: Path, url: str, pending: bool
) -> None:
    async with opened(url) as state:
        await fill(state)
        moderate(state)
        state.moderating.keep_draft(PERSON, "unpublished words", NOW)
        state.moderating.name_moderator(Moderator(OTHER, "Dominique"), TODAY)
        state.moderating.keep_proposal(made("p2", author=OTHER, reviewer=PERSON, status="applied"))
        state.moderating.keep_proposal(made("p3", reviewer=OTHER, status="applied"))
        assert pending or await state.saved()
        assert pending or left(path, PERSON, "unpublished words") == {PERSON, "unpublished words"}
        assert await state.forget(PERSON, PERSON, 7)
        kept = state.moderating
        assert left(path, PERSON, "unpublished words") == set()
        assert await kept.moderator(PERSON) is await kept.draft(PERSON, NOW) is None
        assert await kept.moderator(OTHER) == Moderator(OTHER, "Dominique")
        assert [step.moderator for step in await kept.audited(5)] == ["Camille"]
        found = {one.id: one for one in await kept.proposals(["applied", "withdrawn"])}
        assert found == {
            "p1": replace(PROPOSAL, author=FORGOTTEN, status="withdrawn"),
            "p2": made("p2", author=OTHER, reviewer=FORGOTTEN, status="applied"),
            "p3": made("p3", author=FORGOTTEN, reviewer=OTHER, status="applied"),
        }
        assert [await kept.approved(PERSON, "phrasing"), await kept.approved(OTHER, "phrasing")] == [0, 1]


@pytest.mark.anyio
async def test_a_decision_that_was_under_way_does_not_bring_a_forgotten_key_back(
    path: Path, url: str
) -> None:
    async with opened(url) as state:
        moderate(state)
        found = await state.moderating.proposal("p1")
        assert found is not None
        assert await state.forget(PERSON, PERSON, 7)
        state.moderating.keep_proposal(replace(found, status="rejected", reviewer=OTHER))
        assert await state.saved()
        assert left(path, PERSON) == set()


@pytest.mark.anyio
async def test_what_a_forgotten_author_proposed_never_waits_again(url: str) -> None:
    async with opened(url) as state:
        kept = state.moderating
        approved = replace(PROPOSAL, status="approved", reviewer=OTHER)
        kept.keep_proposal(approved)
        assert await state.forget(PERSON, PERSON, 7)
        kept.keep_proposal(replace(approved, status="proposed", reviewer=""))
        assert await kept.proposal("p1") == replace(PROPOSAL, author=FORGOTTEN, status="withdrawn")
        kept.keep_proposal(replace(approved, status="applied"))
        found = await kept.proposal("p1")
        assert found is not None
        assert found.status == "applied"


@pytest.mark.anyio
async def test_a_reviewer_who_is_forgotten_meanwhile_stays_forgotten(path: Path, url: str) -> None:
    async with opened(url) as state:
        kept = state.moderating
        approved = made("p1", author=OTHER, reviewer=PERSON, status="approved")
        kept.keep_proposal(approved)
        assert await state.forget(PERSON, PERSON, 7)
        kept.keep_proposal(replace(approved, status="applied"))
        assert await kept.proposal("p1") == replace(approved, reviewer=FORGOTTEN, status="applied")
        assert left(path, PERSON) == set()
        kept.keep_proposal(replace(approved, status="proposed", reviewer=""))
        kept.keep_proposal(replace(approved, status="applied", reviewer=TERMINAL))
        found = await kept.proposal("p1")
        assert found is not None
        assert found.reviewer == TERMINAL


@pytest.mark.anyio
async def test_a_group_that_is_forgotten_takes_no_moderator_along(url: str) -> None:
    async with opened(url) as state:
        moderate(state)
        assert await state.forget(CHAT, CHAT, -100)
        assert await state.moderating.moderator(PERSON) == Moderator(PERSON, "Camille")
        assert await state.moderating.proposals(["proposed"]) == [PROPOSAL]


@pytest.mark.anyio
async def test_moderation_is_held_back_while_the_database_does_not_answer(path: Path) -> None:
    async with watched(path) as one:
        with held(path):
            moderate(one.state)
            assert not await one.state.saved()
            await one.hears("state_degraded")
            assert await one.state.moderating.proposals(["proposed"]) == []
            assert await one.state.moderating.approved(PERSON, "phrasing") == 0
        await one.hears("state_recovered")
        assert await one.state.moderating.proposal("p1") == PROPOSAL
        assert len(await one.state.moderating.audited(5)) == 1


# --- PostgreSQL ------------------------------------------------------------------------------------------


def test_postgresql_would_understand_every_sentence() -> None:
    said = [
        *vars(Changes("postgresql")).values(),
        *vars(ModeratorChanges("postgresql")).values(),
        *vars(ModeratorQuestions()).values(),
    ]
    count = 0
    for one in said:
        each = one.values() if isinstance(one, dict) else one if isinstance(one, tuple) else (one,)
        for statement in each:
            sql = statement.sql if isinstance(statement, Statement) else statement
            assert str(sql.compile(dialect=postgresql.dialect()))
            count += 1
    assert count > 40


def test_the_moderators_tables_are_those_that_are_tested_here() -> None:
    assert list(metadata.tables)[-5:] == list(TABLES)
