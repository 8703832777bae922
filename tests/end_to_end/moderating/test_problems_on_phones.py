"""Each moderator is told in their own language what is wrong with the base."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.moderating.phones import LONG, TOWN, Phone, look
from tests.end_to_end.served import Served
from tests.stand_in import StandIn


def test_a_broken_base_is_told_to_each_moderator_in_their_language(
    telegram: StandIn, bot: Served, camille: Phone, dominique: Phone, root: Path
) -> None:
    file = root / TOWN / "candidates" / "thorn.yaml"
    written = file.read_text(encoding="utf-8").replace("source: gazette", "source: gazete", 1)
    file.write_text(written, encoding="utf-8")
    told = [
        (camille, "source 'gazete' is not in sources.yaml; did you mean 'gazette'?"),
        (dominique, "la source 'gazete' n'est pas dans sources.yaml ; vouliez-vous dire 'gazette' ?"),
    ]
    telegram.wait(lambda: bot.said("refused"), LONG)
    telegram.wait(lambda: all("gazete" in look(phone).text for phone, _ in told), LONG)
    for phone, sentence in told:
        assert phone.say("moderation.refused.title") in phone.text
        assert sentence in phone.text
