"""A bare python-telegram-bot that says back what it hears: how fast the library alone is.

Set up as its documentation shows, with as many updates at a time and connections as ours has.
"""

from __future__ import annotations

import os
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

AT_A_TIME = 32


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    if message is not None and message.text:
        await message.reply_text(message.text)


def main() -> None:
    """Serve by polling, or by webhook on ECHO_PORT, until told to stop."""
    app = (
        ApplicationBuilder()
        .token(os.environ["TELEGRAM_BOT_TOKEN"])
        .base_url(os.environ["TELEGRAM_API_URL"] + "/bot")
        .concurrent_updates(AT_A_TIME)
        .connection_pool_size(AT_A_TIME)
        .pool_timeout(30)
        .build()
    )
    app.add_handler(MessageHandler(filters.TEXT, echo))
    port = os.environ.get("ECHO_PORT")
    webhook: dict[str, Any] = {"port": int(port or 0), "listen": "127.0.0.1", "secret_token": "secret"}
    if port:
        app.run_webhook(url_path="hook", webhook_url=f"http://127.0.0.1:{port}/hook", max_connections=AT_A_TIME, **webhook)
    else:
        app.run_polling()


if __name__ == "__main__":
    main()
