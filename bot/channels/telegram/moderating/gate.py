"""Who gets to the moderators' side at all; what is behind it is only loaded once one of them comes."""

from __future__ import annotations

from telegram import Message

from bot.channels.telegram.desk import Desk, Voter

COMMANDS = ("queue", "log", "revert", "name")
"""Besides /status; nobody else sees them, and they do nothing in a group."""


def admits(desk: Desk, voter: Voter) -> bool:
    """Whether this is a moderator, alone with the bot."""
    return not voter.group and desk.moderates(voter)


async def command(desk: Desk, voter: Voter, name: str, argument: str) -> None:
    """Do what a moderator's command says; the caller has asked `admits`."""
    from bot.channels.telegram.moderating import handling

    await handling.command(desk, voter, name, argument)


async def tapped(desk: Desk, voter: Voter, data: str) -> str | None:
    """Do what a moderator's button says; what to show for a moment, or None for any other button, and anybody else."""
    if not admits(desk, voter):
        return None
    from bot.channels.telegram.moderating import handling, taps

    order = taps.read(data)
    return None if order is None else await handling.tapped(desk, voter, order)


async def waiting(desk: Desk, voter: Voter) -> list[str]:
    """The rows of the queue, each in a line."""
    from bot.channels.telegram.moderating import handling

    return await handling.waiting(desk, voter)


async def heard(desk: Desk, voter: Voter, message: Message) -> bool:
    """Whether what was written answered a question that a moderator had been asked."""
    if not admits(desk, voter):
        return False
    from bot.channels.telegram.moderating import handling

    return await handling.heard(desk, voter, message)


async def pause(desk: Desk, voter: Voter) -> None:
    """Keep for later what a moderator was in the middle of, as they do something else."""
    if admits(desk, voter):
        from bot.channels.telegram.moderating import handling

        await handling.pause(desk, voter)
