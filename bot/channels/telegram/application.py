"""Which update is handled where, the commands that Telegram's menu shows, and what happens when a handler fails."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    Update,
)
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.channels.opening import spoken
from bot.channels.telegram.answering import edited, question
from bot.channels.telegram.commands import MODERATING, command, listed
from bot.channels.telegram.courtesies import media, membership, migration
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import escaped
from bot.channels.telegram.inline import inline
from bot.channels.telegram.limits import MINUTE
from bot.channels.telegram.requesting import Requests
from bot.channels.telegram.sending import Outgoing, passing, send
from bot.channels.telegram.tapping import tapped
from bot.dialogue.wording import Wording, wording
from bot.settings import Settings

App = Application[Any, Any, Any, Any, Any, Any]
Handler = Callable[[Desk, Voter, Update], Awaitable[None]]

HEARD = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
]
"""The kinds of update Telegram is asked for; channel posts are not among them."""

IN_GROUPS = (
    "help",
    "candidates",
    "topics",
    "compare",
    "sources",
    "language",
    "election",
    "why",
    "privacy",
    "forget",
)


def build(settings: Settings) -> App:
    """The application that talks to Telegram, with nothing to do yet."""
    # Else the library warns of its own future at each "too many requests", beside the log.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    return (
        ApplicationBuilder()
        .token(settings.token)
        .base_url(settings.api_url)
        .request(Requests(settings.concurrency, settings.api_url))
        .get_updates_request(Requests(1, settings.api_url))
        .rate_limiter(Outgoing(settings.messages_per_second, settings.group_messages_per_minute))
        .updater(None)
        .build()
    )


def handle(app: App, desk: Desk) -> None:
    """Table of contents: the first line that fits an update handles it."""
    text = filters.TEXT | filters.CAPTION
    message = filters.UpdateType.MESSAGE
    lines = [
        MessageHandler(message & filters.Regex("^/"), _guarded(desk, command)),
        MessageHandler(message & text, _guarded(desk, question)),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE & text, _guarded(desk, edited)),
        CallbackQueryHandler(_guarded(desk, tapped)),
        InlineQueryHandler(_guarded(desk, inline)),
        ChatMemberHandler(_guarded(desk, membership), ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(message & filters.StatusUpdate.MIGRATE, _guarded(desk, migration)),
        MessageHandler(message & ~filters.StatusUpdate.ALL, _guarded(desk, media)),
    ]
    app.add_handlers(lines)
    desk.bot = app.bot
    assert isinstance(app.bot.rate_limiter, Outgoing)
    app.bot.rate_limiter.counts = desk.counts


def kind_of(update: Update) -> str:
    """What an update is, in one of the words of `bot.counting.KINDS`."""
    if update.message is not None:
        text = update.message.text
        return "command" if isinstance(text, str) and text.startswith("/") else "message"
    kinds = {"edit": update.edited_message, "button": update.callback_query, "inline": update.inline_query}
    return next((kind for kind, held in kinds.items() if held is not None), "other")


def _guarded(
    desk: Desk, handler: Handler
) -> Callable[[Update, CallbackContext[Any, Any, Any, Any]], Coroutine[Any, Any, None]]:
    """A handler that is told who is asking, and of which no fault escapes."""

    async def guarded(update: Update, _: CallbackContext[Any, Any, Any, Any]) -> None:
        voter, here = None, desk.as_it_is()
        try:
            voter = await here.voter_of(update)
            if voter is not None:
                await handler(here, voter, update)
        except Exception as error:
            await _failed(here, voter, update, error)

    return guarded


async def _failed(desk: Desk, voter: Voter | None, update: Update, error: Exception) -> None:
    """Forget whoever has blocked the bot; leave to Telegram what could not be sent; else apologise."""
    if isinstance(error, Forbidden):
        if voter is not None:
            await desk.forget_chat(voter)
        return
    if passing(error):
        desk.undelivered.add(update.update_id)
        desk.report("not_delivered", level="warning", error=type(error).__name__)
        return
    desk.counts.faults.add()
    desk.report("failed", level="error", exc_info=error)
    if voter is None or (voter.group and update.callback_query is None) or update.inline_query is not None:
        return
    if await desk.limits.due("sorry", voter.conversation, MINUTE):
        try:
            await send(desk.bot, voter.chat_id, [escaped(voter.say("telegram.sorry"))])
            desk.limits.said("sorry", voter.conversation, MINUTE, voter.person)
        except TelegramError as again:
            desk.report("not_delivered", level="warning", error=type(again).__name__)


# --- what Telegram shows of the bot ----------------------------------------------------------------------


async def introduce(desk: Desk) -> None:
    """Tell Telegram the commands, by place and language, and how the bot describes itself."""
    bot = desk.bot
    for code in (None, *spoken()):
        say = wording(code or next(iter(desk.base.elections.values())).languages[0])
        for scope, names in _scopes(desk):
            commands = [_listed(name, say) for name in names]
            await bot.set_my_commands(commands, scope=scope, language_code=code)
        await bot.set_my_description(say("telegram.description"), language_code=code)
        await bot.set_my_short_description(_short(desk, say), language_code=code)
    for moderator in sorted(desk.settings.moderator_ids):
        with suppress(BadRequest):  # a moderator who has not written to the bot yet has no menu to set
            await _introduce_to(desk, moderator)


async def _introduce_to(desk: Desk, moderator: int) -> None:
    """Tell Telegram the commands of a moderator."""
    shown = listed(desk)
    for code in (None, *spoken()):
        say = wording(code or next(iter(desk.base.elections.values())).languages[0])
        commands = [_listed(name, say) for name in shown]
        await desk.bot.set_my_commands(commands, scope=BotCommandScopeChat(moderator), language_code=code)


def _scopes(desk: Desk) -> list[tuple[BotCommandScope, list[str]]]:
    shown = listed(desk)
    private = [name for name in shown if name not in MODERATING]
    return [
        (BotCommandScopeDefault(), private),
        (BotCommandScopeAllPrivateChats(), private),
        (BotCommandScopeAllGroupChats(), [name for name in shown if name in IN_GROUPS]),
    ]


def _listed(name: str, say: Wording) -> BotCommand:
    return BotCommand(say(f"telegram.commands.{name}.name"), say(f"telegram.commands.{name}.description"))


def _short(desk: Desk, say: Wording) -> str:
    if desk.several:
        return say("telegram.short_description_several")
    name = next(iter(desk.base.elections.values())).description.name
    text = say("telegram.short_description", election=name.get(say.code) or next(iter(name.values())))
    return text if len(text) <= 120 else say("telegram.short_description_several")
