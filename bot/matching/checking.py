"""Everything that is wrong with a base: the checks of its values and those of its words, in one list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.knowledge.checks import CHECKS, Check, check
from bot.knowledge.document import Problem
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Base
from bot.matching import phrasing_checks

ACROSS = ("used-sources",)
"""The checks for which one election matters to another: one may be the only one that uses a source of both."""


def problems_of(loaded: Loaded, whole: bool = True) -> tuple[Problem, ...]:
    """All that is wrong with a base; if not `whole`, without the slow search for phrasings that clash."""
    return check(loaded, {**CHECKS, **(phrasing_checks.CHECKS if whole else _fast())})


def new_problems(loaded: Loaded, sound: Base) -> tuple[Problem, ...]:
    """What keeps a base from being answered from, where an earlier version of it was `sound`.

    Elections that are the very same as in that one are not looked at again, and notices are left out.
    """
    elections = loaded.base.elections
    touched = {i: election for i, election in elections.items() if election is not sound.elections.get(i)}
    changed = replace(loaded, base=replace(loaded.base, elections=touched))
    across = {name: CHECKS[name] for name in ACROSS}
    alone = {name: one for name, one in CHECKS.items() if name not in ACROSS}
    found = {*check(loaded, across), *check(changed, {**alone, **_fast()})}
    return tuple(sorted(problem for problem in found if not problem.notice))


def _fast() -> Mapping[str, Check]:
    return {"known-languages": phrasing_checks.known_languages}
