"""Everything that is wrong with a base: the checks of its values and those of its words, in one list."""

from __future__ import annotations

from bot.knowledge.checks import CHECKS, check
from bot.knowledge.document import Problem
from bot.knowledge.loading import Loaded
from bot.matching import phrasing_checks


def problems_of(loaded: Loaded, whole: bool = True) -> tuple[Problem, ...]:
    """All that is wrong with a base; if not `whole`, without the slow search for phrasings that clash."""
    more = phrasing_checks.CHECKS
    if not whole:
        more = {"known-languages": more["known-languages"]}
    return check(loaded, {**CHECKS, **more})
