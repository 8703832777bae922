"""How long each thing is kept: the one place that the privacy page quotes and that the deleting goes by."""

from __future__ import annotations

from datetime import timedelta

from bot.dialogue.memory import KEPT

CONVERSATIONS = KEPT
"""Long enough to understand "and the other one?"; after that a question stands alone again."""

ANSWERS = timedelta(minutes=30)
"""Long enough to correct a typing error in the question, and see the answer change with it."""

UPDATES = timedelta(hours=48)
"""Telegram redelivers what was not confirmed for a day; twice that, to be safe."""

MARKS = timedelta(hours=1)
"""What was said once is not said again for a minute or an hour; ratings count once in half an hour."""

NOTIFICATIONS = timedelta(days=60)
"""Who asked to be told is told within weeks, or no longer wants to know."""

CHATS = timedelta(days=365)
"""Language and election of a chat, counted from its last use: from one election to the next."""

FEEDBACK = timedelta(days=365)
"""Counts without names: whether an answer got better is seen over months."""

UNANSWERED = timedelta(days=365)
"""Counted from the last day it was asked."""

DRAFTS = timedelta(days=7)
"""What a moderator is writing step by step: long enough to ask a colleague about a source."""

PROPOSALS = timedelta(days=5 * 365)
"""From one municipal election almost to the next: who changed what, and who read it over, can be asked that long."""

AUDIT = PROPOSALS
"""The log tells the same story as the proposals."""

DISMISSED = timedelta(days=2 * 365)
"""Longer than the questions themselves are kept, so that what was dismissed does not come back."""

MODERATORS = timedelta(days=2 * 365)
"""Counted from the last day on which a moderator did something."""
