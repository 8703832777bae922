"""Each part that the benchmarks take out is really taken out, and put back."""

from __future__ import annotations

import pytest

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import Outcome
from tests import invented
from tests.invented import NOW, TOWN

pytest.importorskip("matplotlib")

from benchmarks.ablations import PARTS, Part

TELLING = {
    "without correcting words": "picsine",
    "without spellings of text messages": "kelk1 parle 2 la picsine pr ls gosses",
    "all words weigh the same": "la piscine et la petite dame du coin",
    "without refusing advice and judgement": "pour qui voter, la piscine ?",
    "without minding strangers' names": "la piscine de Grand-Vezin",
    "without minding unexplained words": "la piscine du zorglub vert",
}


def decided(part: Part, text: str) -> Outcome:
    with part.out():
        small = Assistant(invented.base(invented.election()), part.thresholds)
        return small.respond(Utterance(text, TOWN), Memory(), NOW)[0].outcome


@pytest.mark.parametrize("name", TELLING)
def test_a_part_that_is_taken_out_is_missed_and_put_back(name: str) -> None:
    usual = PARTS["as it is"]
    before = decided(usual, TELLING[name])
    assert decided(PARTS[name], TELLING[name]) != before
    assert decided(usual, TELLING[name]) == before
