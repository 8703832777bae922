"""Spam and abuse that moderators do not want to see again, as `muted.yaml` describes it."""

from __future__ import annotations

from bot.knowledge.model import Election
from bot.matching.muting import folded, hides


def muted(text: str, election: Election) -> bool:
    """Whether a text holds all the words of a muted entry, in their order; others may stand between them.

    Capitals and accents do not matter. The entries are those of the election's own folder and of those it includes.
    """
    entries = [e for shared in (election.own, *election.included) for e in shared.muted.questions]
    spoken = folded(text) if entries else ()
    return any(hides(folded(entry), spoken) for entry in entries)
