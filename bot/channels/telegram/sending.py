"""What goes out to Telegram: as fast as it allows, once more after a network error, and in the right form."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, InvalidToken, NetworkError, RetryAfter
from telegram.ext import AIORateLimiter, ExtBot

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
RETRIES = 3

Call = Callable[..., Coroutine[Any, Any, Any]]


class Outgoing(AIORateLimiter):
    """Keeps to Telegram's limits, waits when told to, and tries a call again once when the network failed."""

    def __init__(self, per_second: float, per_minute_in_group: float) -> None:
        super().__init__(per_second, 1, per_minute_in_group, 60, max_retries=RETRIES)
        self.taken = 0
        """How many calls Telegram has taken until now."""

    async def process_request(self, callback: Call, *args: Any, **kwargs: Any) -> Any:
        async def twice(*called: Any, **named: Any) -> Any:
            try:
                return await callback(*called, **named)
            except BadRequest:
                raise
            except NetworkError:
                return await callback(*called, **named)

        result = await super().process_request(twice, *args, **kwargs)
        self.taken += 1
        return result


def passing(error: BaseException) -> bool:
    """Whether what Telegram did not take now it may take later."""
    return isinstance(error, RetryAfter | NetworkError | InvalidToken) and not isinstance(error, BadRequest)


async def send(
    bot: ExtBot[None],
    chat_id: int,
    texts: Sequence[str],
    keyboard: InlineKeyboardMarkup | None = None,
    reply_to: int | None = None,
) -> tuple[int, ...]:
    """The numbers of the messages that now stand in a chat; buttons are under the last one."""
    sent: list[int] = []
    while len(sent) < len(texts):
        last = len(sent) == len(texts) - 1
        try:
            message = await bot.send_message(
                chat_id,
                texts[len(sent)],
                parse_mode=ParseMode.HTML,
                link_preview_options=NO_PREVIEW,
                reply_markup=keyboard if last else None,
                reply_parameters=_replying(reply_to) if not sent else None,
            )
        except ChatMigrated as moved:
            chat_id, reply_to = moved.new_chat_id, None
            continue
        sent.append(message.message_id)
    return tuple(sent)


async def rewrite(
    bot: ExtBot[None],
    chat_id: int,
    shown: Sequence[int],
    texts: Sequence[str],
    keyboard: InlineKeyboardMarkup | None,
) -> tuple[int, ...]:
    """The same for texts that take the place of messages sent before; those left over are deleted."""
    kept: list[int] = []
    for number, message in enumerate(shown[: len(texts)]):
        last = number == len(texts) - 1
        if not await edit(bot, chat_id, message, texts[number], keyboard if last else None):
            break
        kept.append(message)
    for message in shown[len(kept) :]:
        await _delete(bot, chat_id, message)
    return (*kept, *await send(bot, chat_id, texts[len(kept) :], keyboard))


async def edit(
    bot: ExtBot[None], chat_id: int, message: int, text: str, keyboard: InlineKeyboardMarkup | None
) -> bool:
    """Whether a message now says this; not if it is gone, or too old to change."""
    try:
        await bot.edit_message_text(
            text,
            chat_id,
            message,
            parse_mode=ParseMode.HTML,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard,
        )
    except BadRequest as error:
        return "not modified" in error.message
    return True


async def show_buttons(message: Message, keyboard: InlineKeyboardMarkup | None) -> None:
    """Other buttons under a message; nothing happens if they are the same, or the message is gone."""
    try:
        await message.edit_reply_markup(keyboard)
    except BadRequest:
        return


async def _delete(bot: ExtBot[None], chat_id: int, message: int) -> None:
    try:
        await bot.delete_message(chat_id, message)
    except BadRequest:
        return


def _replying(message: int | None) -> ReplyParameters | None:
    return ReplyParameters(message, allow_sending_without_reply=True) if message is not None else None
