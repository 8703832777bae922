"""What goes out to Telegram: as fast as it allows, once more after a network error, and in the right form."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, InvalidToken, NetworkError, RetryAfter
from telegram.ext import AIORateLimiter, ExtBot

from bot.counting import Counts

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
RETRIES = 3

Call = Callable[..., Coroutine[Any, Any, Any]]


class Outgoing(AIORateLimiter):
    """Keeps to Telegram's limits, waits when told to, and tries a call again once when the network failed."""

    def __init__(self, per_second: float, per_minute_in_group: float) -> None:
        super().__init__(per_second, 1, per_minute_in_group, 60, max_retries=RETRIES)
        self.counts = Counts()
        self.taken = 0
        """How many calls Telegram has taken until now."""

    async def process_request(
        self, callback: Call, args: Any, kwargs: Any, endpoint: str, data: Any, rate_limit_args: int | None
    ) -> Any:
        async def twice(*called: Any, **named: Any) -> Any:
            try:
                return await self._once(callback, *called, **named)
            except BadRequest:
                raise
            except NetworkError:
                self.counts.retries.add("network")
                return await self._once(callback, *called, **named)

        try:
            result = await super().process_request(twice, args, kwargs, endpoint, data, rate_limit_args)
        except Exception as error:
            self.counts.calls.add(endpoint, type(error).__name__)
            raise
        self.counts.calls.add(endpoint, "ok")
        self.taken += 1
        return result

    async def _once(self, callback: Call, *called: Any, **named: Any) -> Any:
        try:
            return await callback(*called, **named)
        except RetryAfter as error:
            self.counts.retries.add("told_to_wait")
            self.counts.waiting.add(by=error._retry_after.total_seconds())
            raise


def passing(error: BaseException) -> bool:
    """Whether what Telegram did not take now it may take later."""
    return isinstance(error, RetryAfter | NetworkError | InvalidToken | EndPointNotFound) and not isinstance(
        error, BadRequest
    )


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
            buttons, question = keyboard if last else None, reply_to if not sent else None
            sent.append(await _post(bot, chat_id, texts[len(sent)], buttons, question))
        except ChatMigrated as moved:
            chat_id, reply_to = moved.new_chat_id, None
    return tuple(sent)


async def _post(
    bot: ExtBot[None], chat_id: int, text: str, keyboard: InlineKeyboardMarkup | None, reply_to: int | None
) -> int:
    """The number of a message that now stands in a chat.

    Not by the method's usual name, which would make a whole Message, buttons and all, of an answer of which only the
    number is wanted: that takes a tenth of an answer's time.
    """
    values: dict[str, Any] = {
        "chat_id": chat_id,
        "text": text,
        "parse_mode": ParseMode.HTML,
        "link_preview_options": NO_PREVIEW,
    }
    if keyboard is not None:
        values["reply_markup"] = keyboard
    if reply_to is not None:
        values["reply_parameters"] = ReplyParameters(reply_to, allow_sending_without_reply=True)
    sent = await bot.do_api_request("send_Message", values)
    if not isinstance(sent, dict) or type(sent.get("message_id")) is not int:
        raise NetworkError("not an answer of the Bot API")
    return int(sent["message_id"])


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
