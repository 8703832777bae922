"""A bare python-telegram-bot that says back what it hears: how fast the library alone is.

Set up as its custom-webhook example shows, with as many updates at a time and connections as ours has;
ECHO_AT_A_TIME=1 makes it the library's first example, which is faster. By webhook it acknowledges an update before
it has answered it, as the example does.
"""

from __future__ import annotations

import asyncio
import os

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

AT_A_TIME = int(os.environ.get("ECHO_AT_A_TIME", "16"))


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    if message is not None and message.text:
        await message.reply_text(message.text)


def built() -> ApplicationBuilder:
    return (
        ApplicationBuilder()
        .token(os.environ["TELEGRAM_BOT_TOKEN"])
        .base_url(os.environ["TELEGRAM_API_URL"] + "/bot")
        .concurrent_updates(AT_A_TIME)
        .connection_pool_size(AT_A_TIME)
        .pool_timeout(60)
    )


def main() -> None:
    """Serve by polling, or by webhook on ECHO_PORT, until told to stop."""
    port = os.environ.get("ECHO_PORT")
    app = (built().updater(None) if port else built()).build()
    app.add_handler(MessageHandler(filters.TEXT, echo))
    if port:
        asyncio.run(by_webhook(app, int(port)))
    else:
        app.run_polling()


async def by_webhook(app: Application, port: int) -> None:
    async def hook(request: Request) -> Response:
        await app.update_queue.put(Update.de_json(await request.json(), app.bot))
        return Response()

    web = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(web, port=port, log_level="critical"))
    async with app:
        await app.start()
        await app.bot.set_webhook(f"http://127.0.0.1:{port}/hook", max_connections=AT_A_TIME)
        await server.serve()
        await app.stop()


if __name__ == "__main__":
    main()
