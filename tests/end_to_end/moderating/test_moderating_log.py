"""What moderators did, looked up and undone in Telegram."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.moderating.phones import TOWN, Phone, files_of, held, rows, voter
from tests.end_to_end.served import Served
from tests.stand_in import StandIn

ASKED = "swimming lessons for babies"


def added(telegram: StandIn, moderator: Phone, question: str = ASKED, entry: str = "Sport") -> None:
    """A voter's words become a way of asking for an entry."""
    voter(telegram, moderator.say.code).type(question)
    moderator.type("/queue")
    moderator.tap(question)
    moderator.press("means", entry=entry)
    moderator.press("apply")


def test_log(telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path) -> None:
    before = files_of(root)
    camille.type("/log")
    print(camille.text)
    added(telegram, camille)
    dominique.type("/journal")
    print(dominique.text, dominique.labels)
    dominique.tap("1")
    print(dominique.text, dominique.labels)
    dominique.press("revert")
    print(dominique.text, dominique.labels)
    dominique.press("apply")
    print(dominique.text, dominique.labels)
    assert files_of(root) == before
    camille.type("/log")
    print(camille.text, camille.labels)
    camille.tap("2")
    camille.press("revert")
    print(camille.text, camille.labels)
    camille.press("apply")
    print(camille.text, camille.labels)
    print(held(root, "topics/sport.yaml", "common"))
    camille.type("/revert 3")
    print(camille.text, camille.labels)
    camille.press("cancel")
    camille.type("/revert 1")
    print(camille.text, camille.labels)
    camille.type("/revert 99")
    print(camille.text, camille.labels)
    camille.type("/revert abc")
    print(camille.text, camille.labels)
    camille.type("/revert")
    print(camille.text, camille.labels)
    voter(telegram).type("quantum flux")
    camille.type("/queue")
    camille.tap("quantum flux")
    camille.press("dismiss")
    camille.type("/revert 4")
    print(camille.text, camille.labels)
    for n in range(10):
        camille.type("/queue")
        camille.tap("🗂")
        camille.tap("quantum")
        camille.press("restore")
        camille.type("/queue")
        camille.tap("quantum")
        camille.press("dismiss")
    camille.type("/log")
    print(camille.text, camille.labels)
    camille.press("steps_earlier")
    print(camille.text, camille.labels)
    camille.press("steps_earlier")
    print(camille.text, camille.labels)
    camille.press("steps_earlier")
    print(camille.text, camille.labels)
    camille.press("steps_later")
    print(camille.text, camille.labels)
