"""A strict and quick stand-in for Telegram's Bot API, over real HTTP on loopback.

with StandIn(token, "election_bot") as telegram:
    ...                                     # start the bot with base URL f"{telegram.url}/bot"
    chat = telegram.private()
    asked = telegram.say(chat, "What about bikes?")
    reply = telegram.wait_for_message(chat, after=asked)
    telegram.tap(reply, "Sources")
    telegram.settled()
    assert telegram.violations == []
"""

from tests.stand_in.core import Call, CallbackAnswer, InlineAnswer
from tests.stand_in.people import Sent
from tests.stand_in.refusing import Violation
from tests.stand_in.remote import Remote, process
from tests.stand_in.server import StandIn
from tests.stand_in.world import Button, Chat, Shown, User

__all__ = [
    "Button",
    "Call",
    "CallbackAnswer",
    "Chat",
    "InlineAnswer",
    "Remote",
    "Sent",
    "Shown",
    "StandIn",
    "User",
    "Violation",
    "process",
]
