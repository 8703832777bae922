"""What moderators' buttons lead to; like any button's data it comes from a client, and may be old or made up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import InlineKeyboardButton as Button

from bot.dialogue.wording import Wording

MARK = "M"
DATA_BYTES = 64
INSTEAD = "instead"
"""What stands before an order that is to be done though another edit is given up for it."""

_DATA = re.compile(rf"{MARK}([a-z]+)((?:\.[\w-]{{1,32}})*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Order:
    """What a moderator's button asks for: a verb, and what it is done with."""

    verb: str
    given: tuple[str, ...] = ()
    instead: bool = False
    """Whether the edit that was begun before is given up for it."""

    @property
    def first(self) -> str:
        return self.given[0] if self.given else ""

    @property
    def second(self) -> str:
        return self.given[1] if len(self.given) > 1 else ""

    @property
    def number(self) -> int:
        return int(self.first) if self.first.isdecimal() and len(self.first) < 10 else 0


def written(verb: str, *given: object) -> str:
    """A button's data."""
    return ".".join([f"{MARK}{verb}", *map(str, given)])


def read(data: str) -> Order | None:
    """What a button's data asks for; None if it is none of ours."""
    found = _DATA.fullmatch(data) if len(data) <= DATA_BYTES else None
    if found is None:
        return None
    verb, *given = data[len(MARK) :].split(".")
    if verb == INSTEAD and given:
        return Order(given[0], tuple(given[1:]), instead=True)
    return Order(verb, tuple(given))


def button(say: Wording, label: str, verb: str, *given: object, **values: object) -> Button:
    """A button with a label of the wording's `moderation.button` section."""
    return Button(
        say(f"moderation.button.{label}", **values)[:DATA_BYTES], callback_data=written(verb, *given)
    )
