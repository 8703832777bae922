"""Whether a message is meant for the bot, and what of it is the question."""

from __future__ import annotations

from telegram import Message, MessageEntity
from telegram.ext import ExtBot

from bot.channels.telegram.desk import Voter

MENTIONS = (MessageEntity.MENTION, MessageEntity.TEXT_MENTION)


def addressed(message: Message, voter: Voter, bot: ExtBot[None]) -> str | None:
    """The question in a message, without the mention of the bot; None if it is not for the bot.

    In private everything is, but for what was shared there through a bot. In a group, a message that mentions the
    bot or replies to it.
    """
    text = message.text or message.caption
    if not text or message.via_bot is not None or message.is_automatic_forward:
        return None
    if not voter.group:
        return text
    mentioned, rest = without_mention(message, bot)
    answered = message.reply_to_message
    replied = answered is not None and answered.from_user is not None and answered.from_user.id == bot.id
    return rest if mentioned or replied else None


def without_mention(message: Message, bot: ExtBot[None]) -> tuple[bool, str]:
    """Whether a message mentions the bot, and its text without that."""
    text = message.text or message.caption or ""
    found = False
    for entity, written in _mentions(message).items():
        by_name = written.casefold() == f"@{bot.username}".casefold()
        if by_name or (entity.user is not None and entity.user.id == bot.id):
            found = True
            text = text.replace(written, " ", 1)
    return found, " ".join(text.split())


def _mentions(message: Message) -> dict[MessageEntity, str]:
    try:
        parse = message.parse_entities if message.text else message.parse_caption_entities
        return parse([*MENTIONS])
    except UnicodeError:  # half a character, or an entity that cuts one in two
        return {}
