"""What is looked up by its key again and again, for all who ask at the same moment in one sentence to PostgreSQL.

One replica of many may not answer from its own memory what another may have changed meanwhile, thus asks for each
question anew; what it asks for is what one chat's turn protects, so nobody else's pending writes are waited for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    RowMapping,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from bot.state.gathering import Gathering
from bot.state.statements import Row
from bot.state.tables import answers, chats, conversations, marks, updates

Rows = Callable[[Any, Row], Awaitable[Sequence[RowMapping] | None]]
Found = Sequence[Mapping[Any, Any]] | None
"""The row, or none; None if the database does not answer."""

LARGEST = 2**63
PREFERENCES, MEMORY, ANSWER, SEEN, MARK = "preferences", "memory", "answer", "seen", "mark"
Key = tuple[str, str, int]
"""What kind of thing, its words, its number."""


def milliseconds() -> ColumnElement[int]:
    """Now, by the clock of the database: the one that all replicas share."""
    return cast(func.extract("epoch", func.clock_timestamp()) * 1000, BigInteger)


class Lookups:
    """Answers with the row of a key, as it is now."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._sentence = sentence()
        self._gathered: Gathering[Key, Found] = Gathering(self._ask)

    async def __call__(self, kind: str, values: Row) -> Found:
        """The row, or none; None if the database does not answer."""
        words: str = values.get("key") or values.get("conversation") or ""
        number: int = values.get("question") or values.get("update_id") or 0
        if not -LARGEST <= number < LARGEST:
            return ()
        return await self._gathered((kind, words, number))

    async def close(self) -> None:
        """Wait until nothing is asked any more."""
        await self._gathered.idle()

    async def _ask(self, keys: Sequence[Key]) -> Sequence[Found]:
        values: dict[str, list[Any]] = {
            kind: [] for kind in (PREFERENCES, MEMORY, ANSWER, "question", SEEN, MARK)
        }
        for kind, words, number in keys:
            values[kind].append(number if kind == SEEN else words)
            if kind == ANSWER:
                values["question"].append(number)
        rows = await self._rows(self._sentence, values)
        if rows is None:
            return [None] * len(keys)
        found = {(row["kind"], row["words"] or "", row["number"] or 0): row for row in rows}
        return [[READ[key[0]](found[key])] if key in found else [] for key in keys]


def sentence() -> Any:
    """Five questions in one; each row says which it answers."""
    day = cast(chats.c.used_on, Text)
    left = marks.c.until - milliseconds()
    of = conversations.c
    return union_all(
        _of(PREFERENCES, chats.c.key, None, chats.c.language, chats.c.election, day).where(
            chats.c.key == _any(PREFERENCES)
        ),
        _of(MEMORY, of.key, None, of.person, of.memory).where(of.key == _any(MEMORY)),
        _of(
            ANSWER,
            answers.c.conversation,
            answers.c.question,
            answers.c.person,
            answers.c.sent,
            answers.c.before,
            answers.c.at,
        ).where(answers.c.conversation == _any(ANSWER), answers.c.question == _any("question", BigInteger)),
        _of(SEEN, None, updates.c.update_id).where(updates.c.update_id == _any(SEEN, BigInteger)),
        _of(MARK, marks.c.key, None, at=left).where(marks.c.key == _any(MARK)),
    )


def _any(name: str, kind: type[Any] = Text) -> Any:
    """Any of the values that are given under a name, however many: the sentence stays the same, thus prepared."""
    return any_(bindparam(name, type_=ARRAY(kind)))


def _of(
    kind: str,
    words: ColumnElement[Any] | None,
    number: ColumnElement[Any] | None,
    first: ColumnElement[Any] | None = None,
    second: ColumnElement[Any] | None = None,
    third: ColumnElement[Any] | None = None,
    at: ColumnElement[Any] | None = None,
) -> Any:
    texts = {"words": words, "first": first, "second": second, "third": third}
    numbers = {"number": number, "at": at}
    found: Any = select(
        literal(kind, Text).label("kind"),
        *(cast(null() if one is None else one, Text).label(name) for name, one in texts.items()),
        *(cast(null() if one is None else one, BigInteger).label(name) for name, one in numbers.items()),
    )
    return found


READ: dict[str, Callable[[RowMapping], Mapping[Any, Any]]] = {
    PREFERENCES: lambda row: {
        "language": row["first"],
        "election": row["second"],
        "used_on": date.fromisoformat(row["third"]),
    },
    MEMORY: lambda row: {"person": row["first"], "memory": row["second"]},
    ANSWER: lambda row: {
        "person": row["first"],
        "sent": row["second"],
        "before": row["third"],
        "at": row["at"],
    },
    SEEN: lambda row: {"update_id": row["number"]},
    MARK: lambda row: {"left": row["at"]},
}
