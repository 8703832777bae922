"""What went wrong with a database: whether a row is to blame, and what may be told of it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

UNWRITABLE = (DataError, IntegrityError, OverflowError, UnicodeError)
OF_THE_ROW = ("22", "23", "54")
"""PostgreSQL's classes of errors that are the row's: its data, the rules that it breaks, its size."""


def unwritable(error: BaseException) -> bool:
    """Whether the row is at fault, not the database."""
    original = getattr(error, "orig", None)
    state = str(getattr(original, "sqlstate", None) or "")
    encoding = isinstance(getattr(original, "__cause__", None), ValueError | TypeError | OverflowError)
    return (
        isinstance(error, UNWRITABLE)
        or state.startswith(OF_THE_ROW)
        or encoding
        or (isinstance(error, StatementError) and not isinstance(error, DBAPIError))
    )


def fault_of(error: BaseException) -> str:
    """The kind of trouble, as the database names it, without a word of what was read or written."""
    original: object = getattr(error, "orig", None)
    named: Iterable[object] = (getattr(one, "sqlite_errorname", None) for one in (original, error))
    cause = getattr(original, "__cause__", None)
    return next((str(name) for name in named if name), type(cause or error).__name__)
