"""Everything that is wrong with a base: the checks of its values and those of its words, in one list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any, TypeVar

from bot.knowledge.checks import CHECKS, Check, check
from bot.knowledge.document import Problem
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Base, Election, Shared
from bot.matching import phrasing_checks
from bot.matching.asking import Asking

Part = TypeVar("Part")

ACROSS = ("used-sources",)
"""The checks for which one election matters to another: one may be the only one that uses a source of both."""

OF_TEXTS = ("languages", "lengths", "judging-words", "figures", "alias-lengths", "known-languages")
"""The checks that look at one text after the other, and at nothing else but the languages of the election."""

OF_NOTICES = ("names", "phrasing-lengths", "linked-sources", "kindred-phrasings")
"""The checks that only ever say what may be completed."""


def problems_of(loaded: Loaded, whole: bool = True) -> tuple[Problem, ...]:
    """All that is wrong with a base; if not `whole`, without the slow search for phrasings that clash."""
    return check(loaded, {**CHECKS, **_of_words(loaded)} if whole else _fast())


def grave_problems(loaded: Loaded) -> tuple[Problem, ...]:
    """What keeps a base from being answered from."""
    return new_problems(loaded, Base({}, ""))


def new_problems(loaded: Loaded, sound: Base) -> tuple[Problem, ...]:
    """What keeps a base from being answered from, where an earlier version of it was `sound`.

    What is the very same as in that one is not looked at again where it cannot matter, and notices are left out.
    """
    elections = {i: e for i, e in loaded.base.elections.items() if e is not sound.elections.get(i)}
    texts = {i: _changed(election, sound.elections.get(i)) for i, election in elections.items()}
    changed = replace(loaded, base=replace(loaded.base, elections=elections))
    checks = {n: one for n, one in {**CHECKS, **_of_words(changed)}.items() if n not in OF_NOTICES}
    across = {name: checks.pop(name) for name in ACROSS}
    of_texts = {name: checks.pop(name) for name in OF_TEXTS}
    found = {
        *check(loaded, across),
        *check(changed, checks),
        *check(replace(loaded, base=replace(loaded.base, elections=texts)), of_texts),
    }
    return tuple(sorted(problem for problem in found if not problem.notice))


def _fast() -> dict[str, Check]:
    return {**CHECKS, "known-languages": phrasing_checks.known_languages}


def _of_words(loaded: Loaded) -> dict[str, Check]:
    """The checks that cut text into words; those of the ways of asking share what they cut."""
    asking = Asking(loaded)
    shared: dict[str, Check] = {
        "single-phrasings": partial(phrasing_checks.single_phrasings, asking=asking),
        "kindred-phrasings": partial(phrasing_checks.kindred_phrasings, asking=asking),
        "own-aliases": partial(phrasing_checks.own_aliases, asking=asking),
    }
    return {**phrasing_checks.CHECKS, **shared}


def _changed(now: Election, before: Election | None) -> Election:
    """An election with those of its parts alone that are not as they were before."""
    if before is None or before.description is not now.description:
        return now
    own, *included = map(_changed_folder, (now.own, *now.included), (before.own, *before.included))
    candidates = _unlike(now.candidates, before.candidates)
    return replace(now, candidates=candidates, own=own, included=tuple(included))


def _changed_folder(now: Shared, before: Shared) -> Shared:
    parts = {field.name: getattr(now, field.name) for field in fields(now)}
    changed: dict[str, Any] = {
        name: _unlike(part, getattr(before, name))
        for name, part in parts.items()
        if isinstance(part, Mapping)
    }
    return replace(now, **changed)


def _unlike(now: Mapping[str, Part], before: Mapping[str, Part]) -> dict[str, Part]:
    return {name: part for name, part in now.items() if before.get(name) is not part}
