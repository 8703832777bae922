"""No secret, no question and nobody's number in any log: also where everything is logged and everything goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.faults.bots import LONG, MARK, serving, voters
from benchmarks.faults.trial import Round, Trial
from tests.end_to_end.test_telegram_secrets import talk, trouble, wants_to_be_told
from tests.stand_in import StandIn


def trials(around: Round) -> Iterator[Trial]:
    """A talk in which all goes wrong, logged in full; then the logs of every fault that was brought about before."""
    for webhook in (False, True):
        _talk(around, webhook)
    yield Trial(
        "secrets in logs",
        f"{around.lines:,} lines of standard output and error searched: of all faults above, at `LOG_LEVEL=debug`, in "
        "both formats, and of a talk in which all goes wrong, with asyncio's debugging too",
        "no token, webhook secret, state key, database password; no text, name or number of a voter",
        "; ".join([f"{len(around.told)} found", *around.told[:3]]),
        not around.told and around.lines > 0,
    )


def _talk(around: Round, webhook: bool) -> None:
    """Questions, commands, buttons, media in private and in a group, each with the mark; then every fault with it."""
    name = f"secrets-{'webhook' if webhook else 'polling'}"
    with (
        StandIn() as telegram,
        serving(around, name, telegram, webhook=webhook, PYTHONASYNCIODEBUG=1) as bot,
    ):
        chats = voters(telegram, 4)
        group = telegram.supergroup(f"Quartier {MARK}", members=[chat.user for chat in chats if chat.user])
        bot.start()
        talk(telegram, chats, group)
        wants_to_be_told(telegram, chats[1])
        settings = {"WEBHOOK_PORT": str(bot.port)} if webhook else {}
        trouble(telegram, [chats[0], *chats[2:]], settings)
        telegram.settled(LONG)
        bot.stop()
