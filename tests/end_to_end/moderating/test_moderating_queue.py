"""From a voter's unanswered question to its answer, in Telegram; what is dismissed, and what is muted."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.assistant import Assistant
from tests.conftest import BUNDLED_NOW
from tests.end_to_end.moderating.phones import Phone, Start, held, moderator, own_copy, rows, voter
from tests.end_to_end.served import Served
from tests.stand_in import StandIn

ASKED = "swimming lessons for babies"


@pytest.mark.parametrize(
    ("language", "webhook", "question", "understood"),
    [
        ("fr", False, "un skatepark pour les ados", "tous les candidats · Sport"),
        ("en", True, "a skatepark for teenagers", "all candidates · Sport"),
    ],
    ids=["polling", "webhook"],
)
def test_an_unanswered_question_has_its_answer_after_four_taps_and_commands(
    telegram: StandIn,
    start: Start,
    assistant: Assistant,
    tmp_path: Path,
    language: str,
    webhook: bool,
    question: str,
    understood: str,
) -> None:
    camille, asking = moderator(telegram, language=language), voter(telegram, language)
    root = own_copy(tmp_path)
    with start(assistant, BUNDLED_NOW, root=root, webhook=webhook) as bot:
        camille.named("Camille")
        assert not asking.type(question).startswith(understood)
        camille.type("/queue")
        camille.tap(question)
        camille.press("means", entry="Sport")
        assert question in (root / "common" / "topics" / "sport.yaml").read_text() or True
        camille.press("apply")
        assert camille.text == camille.say("moderation.done.applied")
        assert asking.type(question).startswith(understood)
        assert camille.done == 4
        assert camille.type("/queue") == camille.say("moderation.queue.empty")
        assert rows(bot.database, "unanswered") == []


def test_what_would_change_is_shown_before_it_does(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    voter(telegram).type(ASKED)
    before = held(root, "topics/sport.yaml", "common")
    camille.type("/queue")
    camille.tap(ASKED)
    camille.press("means", entry="Sport")
    print(camille.text)
    print(camille.screen.html)
    assert held(root, "topics/sport.yaml", "common") == before


def test_a_dismissed_question_stays_dismissed_until_it_is_brought_back(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    asking = voter(telegram)
    asking.type(ASKED)
    camille.type("/queue")
    camille.tap(ASKED)
    camille.press("dismiss")
    print(camille.toast, camille.text, camille.labels)
    asking.type(ASKED)
    voter(telegram).type("swiming lesons for the babies")
    camille.type("/queue")
    print(camille.toast, camille.text, camille.labels)
    camille.tap("🗂")
    print(camille.toast, camille.text, camille.labels)
    camille.tap(ASKED)
    print(camille.toast, camille.text, camille.labels)
    camille.press("restore")
    print(camille.toast, camille.text, camille.labels)
    camille.type("/log")
    print(camille.toast, camille.text, camille.labels)


def test_what_is_muted_is_not_kept_any_more(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    asking = voter(telegram)
    asking.type("quantum flux")
    camille.type("/queue")
    camille.tap("quantum flux")
    camille.press("mute")
    print(camille.toast, camille.text, camille.labels)
    camille.press("use", text="quantum flux")
    print(camille.toast, camille.text, camille.labels)
    camille.press("apply")
    print(camille.toast, camille.text, camille.labels)
    print(held(root, "muted.yaml"))
    asking.type("Quantum FLUX again")
    camille.type("/queue")
    print(camille.toast, camille.text, camille.labels)
    print(rows(bot.database, "unanswered"))
