"""The tables, and why each is kept. How long is said in `keeping.py`; times are whole seconds since 1970, UTC.

`key`, `person` and `conversation` are keyed hashes (`keys.py`). No table but `notifications` holds a Telegram id
of a chat or a person. On SQLite the rows live in the primary key itself (WITHOUT ROWID): one page written per row
instead of two; but not where rows are long, or numbered by the database.

Moderators' own tables come last. There a key is a person's keyed hash, or `terminal:NAME` for whoever moderates in a
terminal.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Integer, MetaData, String, Table, Text

metadata = MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"}
)

MODERATOR_KEY = 80
"""Characters of a moderator's key: `terminal:` and a name, or a hash, which is shorter."""


def _key(name: str) -> Column[str]:
    return Column(name, String(32), primary_key=True)


def _moderator(name: str, *, primary_key: bool = False) -> Column[str]:
    return Column(name, String(MODERATOR_KEY), primary_key=primary_key, nullable=False)


def _words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _part(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


chats = Table(
    "chats",
    metadata,
    _key("key"),
    Column("language", Text),
    Column("election", Text),
    Column("used_on", Date, nullable=False),
    sqlite_with_rowid=False,
)
"""So that a chat need not choose its language and election again after each restart."""

conversations = Table(
    "conversations",
    metadata,
    _key("key"),
    Column("person", String(32), nullable=False, index=True),
    Column("memory", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""So that "and the other one?" is understood across a restart; `person` so that it can be forgotten on request."""

answers = Table(
    "answers",
    metadata,
    _key("conversation"),
    Column("question", BigInteger, primary_key=True, autoincrement=False),
    Column("person", String(32), nullable=False, index=True),
    Column("sent", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""So that an edited question edits its answer instead of adding one. `question` is a message id, never its text."""

feedback = Table(
    "feedback",
    metadata,
    _part("election"),
    _part("entry"),
    _part("verdict"),
    _part("language"),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""So that moderators see which answers help. Counts; never who."""

unanswered = Table(
    "unanswered",
    metadata,
    _part("election"),
    _part("language"),
    _part("text"),
    Column("reason", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    sqlite_with_rowid=False,
)
"""So that moderators see what is missing: a question's words without names and numbers, and how often; never who."""

notifications = Table(
    "notifications",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    _part("election"),
    _part("target"),
    Column("language", Text, nullable=False),
    Column("asked_on", Date, nullable=False),
    sqlite_with_rowid=False,
)
"""So that whoever asked to be told can be told. The only place a chat id is kept: nobody can be written to by hash."""

updates = Table(
    "updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""So that an update that Telegram delivers again is answered once. A running number; it names nobody."""

marks = Table(
    "marks",
    metadata,
    _key("key"),
    Column("person", String(32), nullable=False, index=True),
    Column("until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""So that what replicas share holds over all of them: how much somebody may ask, and what is said or counted once.

`key` hides who and what; `until`, in milliseconds by the clock of the database, is when it is over. With SQLite, whose
one process remembers this by itself, it stays empty.
"""

moderators = Table(
    "moderators",
    metadata,
    _moderator("key", primary_key=True),
    _words("name"),
    Column("seen_on", Date, nullable=False),
    sqlite_with_rowid=False,
)
"""So that a moderator chooses only once under which name their edits are published."""

drafts = Table(
    "drafts",
    metadata,
    _moderator("key", primary_key=True),
    _words("draft"),
    Column("at", BigInteger, nullable=False),
)
"""So that an edit asked for step by step can be left and resumed."""

proposals = Table(
    "proposals",
    metadata,
    _part("id"),
    _words("election"),
    _words("kind"),
    _moderator("author"),
    _words("author_name"),
    _words("subject"),
    _words("operations"),
    _words("questions"),
    _words("status"),
    _moderator("reviewer"),
    _words("reviewer_name"),
    Column("made_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger),
)
"""So that an edit can wait for a second pair of eyes, and that it is known whose edits were approved before."""

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    _words("moderator"),
    _words("action"),
    _words("election"),
    _words("subject"),
    _words("before"),
    _words("after"),
    _words("proposal"),
)
"""So that every change to what the bot says can be traced and undone. `moderator` is a public name, never a key."""

dismissed = Table(
    "dismissed",
    metadata,
    _part("election"),
    _part("language"),
    _part("text"),
    Column("day", Date, nullable=False),
    sqlite_with_rowid=False,
)
"""So that what a moderator dismissed stays dismissed. The words of a question, or an entry; never who asked."""
