"""What a knowledge base must be before voters are answered from it, one small rule at a time.

Each check takes what was loaded and yields problems; its docstring tells a moderator why the rule is there.
Rules that need text cut into words as a voter's is cut stand in `bot.matching.phrasing_checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.knowledge.checks import asking, elections, references, statements
from bot.knowledge.document import Problem
from bot.knowledge.loading import Loaded

Check = Callable[[Loaded], Iterator[Problem]]

CHECKS: Mapping[str, Check] = {
    "known-sources": references.known_sources,
    "used-sources": references.used_sources,
    "linked-sources": references.linked_sources,
    "known-ids": references.known_ids,
    "single-ids": references.single_ids,
    "topic-tree": references.topic_tree,
    "dates": elections.dates,
    "candidates": elections.candidates,
    "ballots": elections.ballots,
    "includes": elections.includes,
    "languages": statements.languages,
    "quotes": statements.quotes,
    "corrections": statements.corrections,
    "lengths": statements.lengths,
    "judging-words": statements.judging,
    "figures": statements.figures,
    "names": statements.names,
    "phrasing-lengths": asking.phrasing_lengths,
    "alias-lengths": asking.alias_lengths,
}


def check(loaded: Loaded, checks: Mapping[str, Check] = CHECKS) -> tuple[Problem, ...]:
    """Everything wrong with a base, and all that kept it from being read, in the order of files and lines."""
    found = {problem for one in checks.values() for problem in one(loaded)}
    return tuple(sorted(found.union(loaded.problems)))
