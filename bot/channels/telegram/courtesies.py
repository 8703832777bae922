"""What is done about everything that is no question: pictures, being added to a group, moving, being blocked."""

from __future__ import annotations

from telegram import ChatMember, Update

from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import escaped
from bot.channels.telegram.limits import HOUR
from bot.channels.telegram.moderating import gate
from bot.channels.telegram.sending import send

PRESENT = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER, ChatMember.RESTRICTED)


async def media(desk: Desk, voter: Voter, update: Update) -> None:
    """Say, once an hour, that only text is read; in a group, only to whoever answers the bot."""
    message = update.effective_message
    if message is None or message.via_bot is not None:
        return
    answered = message.reply_to_message
    for_us = answered is not None and answered.from_user is not None and answered.from_user.id == desk.bot.id
    if await gate.heard(desk, voter, message):
        return
    if (voter.group and not for_us) or not await desk.limits.due("media", voter.conversation, HOUR):
        return
    reply_to = message.message_id if voter.group else None
    await send(desk.bot, voter.chat_id, [escaped(voter.say("telegram.media"))], None, reply_to)
    desk.limits.said("media", voter.conversation, HOUR, voter.person)


async def membership(desk: Desk, voter: Voter, update: Update) -> None:
    """Greet a group that the bot was added to; forget a chat that it was removed from, or blocked in."""
    change = update.my_chat_member
    assert change is not None
    was, now = (
        getattr(member, "status", None) in PRESENT
        for member in (change.old_chat_member, change.new_chat_member)
    )
    if was and not now:
        await desk.forget_chat(voter)
        return
    if was or not now or not voter.group:
        return
    say, username = voter.say, desk.bot.username
    if voter.election is None:
        text = say("telegram.welcome_group_several", username=username)
    else:
        name = voter.browsing.text(voter.election.description.name)
        text = say("telegram.welcome_group", election=name, username=username)
    await send(desk.bot, voter.chat_id, [escaped(text)])


async def migration(desk: Desk, voter: Voter, update: Update) -> None:
    """Keep a group's settings under its new number when it becomes a supergroup."""
    message = update.effective_message
    if message is None:
        return
    old, new = message.migrate_from_chat_id or voter.chat_id, message.migrate_to_chat_id or voter.chat_id
    if old != new:
        await desk.state.move(desk.key(old), desk.key(new))
