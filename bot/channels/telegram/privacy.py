"""What is kept about a voter and for how long, said from the same lengths that the deleting goes by."""

from __future__ import annotations

from datetime import timedelta

from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import escaped, messages, paragraph
from bot.channels.telegram.moderating import gate
from bot.state import keeping
from bot.state.tables import metadata

MONTH = timedelta(days=30)
MODERATORS_ONLY = ("moderators", "drafts", "proposals", "audit", "dismissed")
"""Tables in which nothing is about anybody else."""


def lengths() -> dict[str, int]:
    """How long the rows of each table are kept, in the unit its sentence uses."""
    return {
        "chats": keeping.CHATS // MONTH,
        "conversations": keeping.CONVERSATIONS // timedelta(minutes=1),
        "answers": keeping.ANSWERS // timedelta(minutes=1),
        "feedback": keeping.FEEDBACK // MONTH,
        "unanswered": keeping.UNANSWERED // MONTH,
        "notifications": keeping.NOTIFICATIONS.days,
        "updates": keeping.UPDATES // timedelta(hours=1),
        "marks": keeping.MARKS // timedelta(minutes=1),
        "moderators": keeping.MODERATORS // MONTH,
        "drafts": keeping.DRAFTS.days,
        "proposals": keeping.PROPOSALS // MONTH,
        "audit": keeping.AUDIT // MONTH,
        "dismissed": keeping.DISMISSED // MONTH,
    }


def privacy(desk: Desk, voter: Voter) -> list[str]:
    """A sentence for each table that may be about them, then what is never kept, and how to erase the rest."""
    say, contact = voter.say, desk.settings.contact
    moderator = gate.admits(desk, voter)
    tables = [table for table in metadata.tables if moderator or table not in MODERATORS_ONLY]
    kept = [say(f"telegram.privacy.{table}", **lengths()) for table in tables]
    kept.append(say("telegram.privacy_memory", minutes=lengths()["conversations"]))
    kept += [] if moderator else [say("telegram.privacy_moderators")]
    more = [say(f"telegram.privacy_{key}") for key in ("group", "telegram", "forget")]
    more += [say("telegram.privacy_contact", contact=contact)] if contact else []
    return messages(
        [
            paragraph(f"<b>{escaped(say('telegram.privacy_title'))}</b>"),
            paragraph(*(f"• {escaped(line)}" for line in kept)),
            paragraph(escaped(say("telegram.privacy_never"))),
            paragraph(*(escaped(line) for line in more)),
        ]
    )
