"""The public names of moderators: each is somebody's own."""

from __future__ import annotations

from datetime import date

from bot.language.text import fold
from bot.moderation.answers import SHOWN, Fault
from bot.state.moderating import Moderating
from bot.state.records import Moderator
from bot.state.rows import whose


async def take_name(kept: Moderating, moderator: Moderator, today: date) -> None:
    """Keep the name; `Fault` if another moderator goes by it, whatever the case and the accents."""
    wanted = _alike(moderator.name)
    async with kept.taking(wanted) as alone:
        others = [name for key, name in (await kept.names()).items() if key != whose(moderator.key)]
        if not alone or any(_alike(name) == wanted for name in others):
            raise Fault("taken", text=moderator.name[:SHOWN])
        kept.name_moderator(moderator, today)


def _alike(name: str) -> str:
    """A name as others would take it for the same: letters and digits only, without case and accents."""
    letters = "".join(c for c in fold(name) if c.isalnum())
    return letters or name
