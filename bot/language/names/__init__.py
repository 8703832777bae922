"""Common first names and surnames, to be left out wherever nobody may be recognised."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.knowledge.document import read

FOLDER = Path(__file__).parent


@cache
def common_names() -> frozenset[str]:
    """Folded names of people that are common in the languages the bot speaks."""
    document = read(FOLDER / "common.yaml", FOLDER)
    if document.problems:
        raise ValueError("\n".join(map(str, document.problems)))
    return frozenset(name for names in document.tree.values() for name in names)
