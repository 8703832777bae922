"""The buttons with which a moderator leaves an edit, gives it up, or takes its last answer back."""

from __future__ import annotations

from telegram import InlineKeyboardButton as Button

from bot.channels.telegram.desk import Voter
from bot.channels.telegram.moderating.taps import button
from bot.moderation import forms
from bot.moderation.drafting import Draft


def way_out(voter: Voter, draft: Draft) -> list[Button]:
    """The buttons that leave an edit for later, or give it up."""
    return [button(voter.say, "pause", "pause", draft.id), button(voter.say, "cancel", "cancel", draft.id)]


def change(voter: Voter, draft: Draft) -> list[Button]:
    """The button that takes the last answer of a filled-in form back, if there is one."""
    last = forms.answered(draft)[-1:]
    return [button(voter.say, "change", "change", forms.token(key)) for key in last]
