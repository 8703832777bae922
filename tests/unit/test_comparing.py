"""What differs between two versions of an election, entry by entry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.knowledge.model import Claim, Election
from bot.moderation.comparing import changes
from tests import invented

ELECTION = invented.base().elections[invented.TOWN]
CANDIDATE = next(iter(ELECTION.candidates.values()))


def said(words: str, source: str = "gazette", **more: Any) -> Claim:
    return Claim(claim={"fr": words, "en": words}, source=source, **more)


def saying(*claims: Claim) -> Election:
    """The election, with these as all that one candidate says, on one topic."""
    positions = {"pool": list(claims)} if claims else {}
    candidate = CANDIDATE.model_copy(update={"positions": positions})
    return replace(ELECTION, candidates={**ELECTION.candidates, CANDIDATE.id: candidate})


def found(before: tuple[Claim, ...], after: tuple[Claim, ...]) -> list[tuple[Any, ...]]:
    return [
        (
            change.action,
            change.was and change.was.claim["fr"],  # type: ignore[union-attr]
            change.now and change.now.claim["fr"],  # type: ignore[union-attr]
            change.keys,
        )
        for change in changes(saying(*before), saying(*after))
    ]


def test_nothing_differs_from_itself() -> None:
    assert list(changes(ELECTION, ELECTION)) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((), (said("a"),), [("added", None, "a", ())]),
        ((said("a"),), (), [("removed", "a", None, ())]),
        ((said("a"), said("b")), (said("b"), said("a")), []),
        ((said("a"),), (said("b"),), [("changed", "a", "b", ("claim",))]),
        ((said("a"),), (said("a", "courier"),), [("changed", "a", "a", ("source",))]),
        ((said("a"),), (said("b", "courier"),), [("removed", "a", None, ()), ("added", None, "b", ())]),
        (
            (said("a"), said("b", "courier")),
            (said("c", "courier"), said("a", quote={"fr": "q"})),
            [("changed", "a", "a", ("quote",)), ("changed", "b", "c", ("claim",))],
        ),
        ((said("a"),), (said("a"), said("a")), []),
    ],
)
def test_a_claim_is_known_again_by_its_words_or_else_by_its_source(
    before: tuple[Claim, ...], after: tuple[Claim, ...], expected: list[tuple[Any, ...]]
) -> None:
    assert found(before, after) == expected


def test_a_claim_belongs_to_a_position_or_a_fact() -> None:
    (change,) = changes(saying(), saying(said("a")))
    assert (change.kind, change.id) == ("claim", f"{CANDIDATE.id}/pool")


def test_a_key_goes_by_the_word_of_its_file() -> None:
    candidate = CANDIDATE.model_copy(update={"list_name": "Another list"})
    other = replace(ELECTION, candidates={**ELECTION.candidates, candidate.id: candidate})
    (change,) = changes(ELECTION, other)
    assert (change.kind, change.action, change.keys) == ("candidate", "changed", ("list",))
