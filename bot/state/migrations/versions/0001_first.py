"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("election", sa.Text()),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_chats"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "conversations",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_conversations"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_conversations_person", "conversations", ["person"])
    op.create_table(
        "answers",
        sa.Column("conversation", sa.String(32), nullable=False),
        sa.Column("question", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "question", name="pk_answers"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_answers_person", "answers", ["person"])
    create_counts()
    create_the_rest()


def create_counts() -> None:
    op.create_table(
        "feedback",
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("election", "entry", "verdict", "language", "day", name="pk_feedback"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unanswered",
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("election", "language", "text", name="pk_unanswered"),
        sqlite_with_rowid=False,
    )


def create_the_rest() -> None:
    op.create_table(
        "notifications",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "election", "target", name="pk_notifications"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("update_id", name="pk_updates"),
        sqlite_with_rowid=False,
    )
