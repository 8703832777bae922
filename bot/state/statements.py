"""Every sentence ever said to the database, built once and the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    tuple_,
    update,
)

from bot.state.tables import (
    answers,
    audit,
    chats,
    conversations,
    dismissed,
    drafts,
    feedback,
    marks,
    metadata,
    moderators,
    notifications,
    proposals,
    unanswered,
    updates,
)

Row = dict[str, Any]

KEYS = {table.name: [column.name for column in table.primary_key.columns] for table in metadata.sorted_tables}
"""What tells the rows of each table apart."""

PORTION = 10_000
"""How many rows a server is asked to erase at once: it does so long before anybody's patience ends."""

FORGOTTEN = "forgotten"
"""Stands for the key of a moderator who asked to be forgotten: somebody, but nobody knows who."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A statement that changes one table; one that forgets is never dropped, however much is pending."""

    table: str
    sql: Executable
    forgets: bool = False


Write = tuple[Statement, Row]
Group = tuple[Statement, list[Row]]


def grouped(writes: Iterable[Write]) -> list[Group]:
    """Rows of the same statement together, so that each is said once; the order within each table stays."""
    groups: list[Group] = []
    latest: dict[str, Group] = {}
    for statement, row in writes:
        group = latest.get(statement.table)
        if group is None or group[0] is not statement:
            group = latest[statement.table] = (statement, [])
            groups.append(group)
        group[1].append(row)
    return groups


def in_one_order(groups: Iterable[Group]) -> list[Group]:
    """The same in an order that all replicas keep to, so that no two wait for each other's rows.

    Rows of a table are ordered by their keys, whichever statement they are of; but none goes past a statement that
    is about many rows.
    """
    ordered = sorted(groups, key=lambda group: group[0].table)
    writes = [(statement, row) for statement, rows in ordered for row in rows]
    found: list[Write] = []
    for (_, one), some in groupby(writes, key=lambda write: (write[0].table, _is_of_one(*write))):
        part = list(some)
        found += sorted(part, key=_place) if one else part
    return grouped(found)


def _is_of_one(statement: Statement, row: Row) -> bool:
    return not statement.forgets and row.keys() >= set(KEYS[statement.table])


def _place(write: Write) -> list[str]:
    return [str(write[1][name]) for name in KEYS[write[0].table]]


def upsert(dialect: str, table: Table, changed: Mapping[str, ColumnElement[Any]] | None = None) -> Statement:
    """Insert a row, or change the one with its primary key: by default all that is not of the key."""
    inserted = inserting(dialect)(table)
    others = [column.name for column in table.columns if not column.primary_key]
    return Statement(
        table.name,
        inserted.values(
            {column.name: bindparam(column.name) for column in table.columns}
        ).on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_=dict(changed) if changed else {name: inserted.excluded[name] for name in others},
        ),
    )


def erasing(table: Table, *columns: str, forgets: bool = False) -> Statement:
    """Delete the rows with these values."""
    conditions = [table.c[name] == bindparam(name) for name in columns]
    return Statement(table.name, delete(table).where(*conditions), forgets=forgets)


def outliving(table: Table, column: str, in_portions: bool) -> Statement:
    """Delete the rows whose time lies before the one given; or only so many as a server deletes in no time.

    A portion leaves out the rows that somebody else is changing: replicas that erase at once share the work.
    """
    old: ColumnElement[bool] = table.c[column] < bindparam("limit")
    if in_portions:
        key = list(table.primary_key.columns)
        some = select(*key).where(old).limit(PORTION).with_for_update(skip_locked=True)
        old = tuple_(*key).in_(some)
    return Statement(table.name, delete(table).where(old))


def renaming(table: Table) -> Statement:
    """Give a row's key to another row, unless there is one with that key already."""
    other = table.alias()
    taken = exists(select(other.c.key).where(other.c.key == bindparam("new")))
    return Statement(
        table.name, update(table).where(table.c.key == bindparam("old"), ~taken).values(key=bindparam("new"))
    )


def leaving() -> tuple[Statement, ...]:
    """Erase a moderator: draft and name go, and the key wherever it stands.

    What they proposed and nobody has decided yet is withdrawn: without its author's key, nothing would keep them from
    approving it themselves. The public name stays with what was published under it.
    """
    author, reviewer = proposals.c.author == bindparam("person"), proposals.c.reviewer == bindparam("person")
    open_ = proposals.c.status == "proposed"
    return (
        *(
            Statement(table.name, delete(table).where(table.c.key == bindparam("person")), forgets=True)
            for table in (moderators, drafts)
        ),
        Statement(
            proposals.name, update(proposals).where(author, open_).values(status="withdrawn"), forgets=True
        ),
        Statement(proposals.name, update(proposals).where(author).values(author=FORGOTTEN), forgets=True),
        Statement(proposals.name, update(proposals).where(reviewer).values(reviewer=FORGOTTEN), forgets=True),
    )


def deciding(excluded: Any) -> dict[str, ColumnElement[Any]]:
    """What a decision that is under way must not undo when its author or reviewer is forgotten meanwhile.

    Nothing waits for approval any more whose author nobody knows, and no forgotten key comes back.
    """
    was, now = proposals.c, excluded
    orphaned = and_(was.author == FORGOTTEN, now.status == "proposed")
    forgotten = and_(was.reviewer == FORGOTTEN, now.reviewer != "")
    return {
        "status": case((orphaned, "withdrawn"), else_=now.status),
        "reviewer": case((forgotten, FORGOTTEN), else_=now.reviewer),
    }


def inserting(dialect: str) -> Any:
    """The dialect's own INSERT, which can do something else on a conflict; the other dialect is not even loaded."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


class Changes:
    """All that can be written, for one dialect."""

    def __init__(self, dialect: str) -> None:
        excluded = inserting(dialect)(unanswered).excluded
        self.prefer = upsert(dialect, chats)
        self.remember = upsert(dialect, conversations)
        self.answered = upsert(dialect, answers)
        self.rate = upsert(dialect, feedback, {"count": feedback.c.count + 1})
        self.unanswered = upsert(
            dialect,
            unanswered,
            {
                "count": unanswered.c.count + 1,
                "reason": excluded.reason,
                "last_day": excluded.last_day,
            },
        )
        self.request = upsert(dialect, notifications)
        self.done = upsert(dialect, updates)
        self.withdraw = erasing(notifications, "chat_id", "election", "target")
        self.settle = erasing(unanswered, "election", "language", "text")
        self.forget = (
            erasing(chats, "key", forgets=True),
            erasing(conversations, "key", forgets=True),
            erasing(conversations, "person", forgets=True),
            erasing(answers, "conversation", forgets=True),
            erasing(answers, "person", forgets=True),
            erasing(notifications, "chat_id", forgets=True),
            erasing(marks, "person", forgets=True),
            *leaving(),
        )
        self.rename = (renaming(chats), renaming(conversations))
        kept = {
            conversations: "at",
            answers: "at",
            updates: "at",
            chats: "used_on",
            notifications: "asked_on",
        }
        kept |= {feedback: "day", unanswered: "last_day", moderators: "seen_on", drafts: "at"}
        kept |= {proposals: "made_at", audit: "at", dismissed: "day"}
        in_portions = dialect == "postgresql"
        self.old = {table.name: outliving(table, column, in_portions) for table, column in kept.items()}


class ModeratorChanges:
    """All that moderators write, for one dialect."""

    def __init__(self, dialect: str) -> None:
        columns = [column.name for column in audit.columns if not column.primary_key]
        self.name = upsert(dialect, moderators)
        self.keep_draft = upsert(dialect, drafts)
        self.drop_draft = erasing(drafts, "key")
        excluded = inserting(dialect)(proposals).excluded
        changing = {column.name: excluded[column.name] for column in proposals.columns}
        changing = {name: value for name, value in changing.items() if name not in ("id", "author")}
        self.keep_proposal = upsert(dialect, proposals, changing | deciding(excluded))
        self.audit = Statement(audit.name, insert(audit).values({name: bindparam(name) for name in columns}))
        self.dismiss = upsert(dialect, dismissed)
        self.restore = erasing(dismissed, "election", "language", "text")


class Questions:
    """All that can be read."""

    def __init__(self) -> None:
        asked = func.sum(feedback.c.count)
        entry = (feedback.c.election, feedback.c.entry, feedback.c.verdict, feedback.c.language)
        self.preferences = select(chats.c.language, chats.c.election, chats.c.used_on).where(
            chats.c.key == bindparam("key")
        )
        self.memory = select(conversations.c.person, conversations.c.memory).where(
            conversations.c.key == bindparam("key")
        )
        self.answer = select(answers.c.person, answers.c.sent, answers.c.before, answers.c.at).where(
            answers.c.conversation == bindparam("conversation"), answers.c.question == bindparam("question")
        )
        self.seen = select(updates.c.at).where(updates.c.update_id == bindparam("update_id"))
        self.updates = (
            select(updates.c.update_id, updates.c.at)
            .order_by(updates.c.update_id.desc())
            .limit(bindparam("limit"))
        )
        self.unanswered = (
            select(unanswered)
            .order_by(unanswered.c.count.desc(), unanswered.c.last_day.desc(), unanswered.c.text)
            .limit(bindparam("limit"))
        )
        self.feedback = (
            select(*entry, asked, func.min(feedback.c.day), func.max(feedback.c.day))
            .group_by(*entry)
            .order_by(asked.desc(), *entry)
        )
        wanted = (
            notifications.c.chat_id,
            notifications.c.election,
            notifications.c.target,
            notifications.c.language,
            notifications.c.asked_on,
        )
        self.requests = select(*wanted).order_by(notifications.c.asked_on, *wanted[:-1])
        self.requests_of = self.requests.where(notifications.c.chat_id == bindparam("chat_id"))


class ModeratorQuestions:
    """All that moderators read."""

    def __init__(self) -> None:
        self.moderator = select(moderators.c.key, moderators.c.name).where(
            moderators.c.key == bindparam("key")
        )
        self.names = select(moderators.c.key, moderators.c.name).order_by(moderators.c.key)
        self.draft = select(drafts.c.draft, drafts.c.at).where(drafts.c.key == bindparam("key"))
        self.proposals = (
            select(proposals)
            .where(proposals.c.status.in_(bindparam("statuses", expanding=True)))
            .order_by(proposals.c.made_at, proposals.c.id)
        )
        self.proposal = select(proposals).where(proposals.c.id == bindparam("id"))
        self.approved = select(func.count().label("count")).where(
            proposals.c.author == bindparam("author"),
            proposals.c.kind == bindparam("kind"),
            proposals.c.status == "applied",
            proposals.c.reviewer != "",
            proposals.c.reviewer != proposals.c.author,
        )
        self.audited = (
            select(audit)
            .where(audit.c.id < bindparam("before"))
            .order_by(audit.c.id.desc())
            .limit(bindparam("limit"))
        )
        self.audited_of = self.audited.where(audit.c.election == bindparam("election"))
        self.audit_entry = select(audit).where(audit.c.id == bindparam("id"))
        same = and_(*(unanswered.c[name] == dismissed.c[name] for name in ("election", "language", "text")))
        questions = select(func.count()).select_from(unanswered).where(~exists().where(same))
        open_ = select(func.count()).select_from(proposals).where(proposals.c.status == "proposed")
        self.waiting = select(
            questions.scalar_subquery().label("questions"), open_.scalar_subquery().label("proposals")
        )
        self.dismissed = select(dismissed.c.election, dismissed.c.language, dismissed.c.text).order_by(
            dismissed.c.day, dismissed.c.election, dismissed.c.language, dismissed.c.text
        )
