"""Elections laid out: kept small, kept while there is room, and the same whether laid out once or again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.scopes import Scopes
from bot.knowledge.model import Base
from bot.language import correction
from bot.language.catalogue import language
from bot.language.correction import Lexicon, Together
from bot.matching.index import Entry, Phrasing, Phrasings, Postings, shared_layer
from tests import invented
from tests.invented import NOW

TOWNS = ("first", "second", "third")
ASKED = ("piscine", "vauquelain et les cameras", "brancaleonni", "qui se présente ?", "xqzt ?")


@pytest.fixture(scope="module")
def towns() -> Base:
    """Three elections of the same shape."""
    made = [replace(invented.election(), id=town) for town in TOWNS]
    return invented.base(*made)


def answers(assistant: Assistant, town: str) -> list[object]:
    return [assistant.respond(Utterance(text, town), Memory(), NOW)[0] for text in ASKED]


def size(base: Base) -> int:
    """The candidates and claims of one of the elections."""
    candidates = base.elections[TOWNS[0]].candidates.values()
    return len(candidates) + sum(len(claims) for c in candidates for claims in c.positions.values())


def test_the_elections_used_last_are_kept_as_long_as_there_is_room(
    towns: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dialogue.scopes.KEPT", 2 * size(towns))
    scopes = Scopes(towns)
    for town in ("first", "second", "first", "third"):
        scopes.scope(town)
    assert scopes.ready == ["first", "third"]
    assert [scopes.is_ready(town) for town in TOWNS] == [True, False, True]


def test_an_election_too_large_for_all_the_room_is_kept_alone(
    towns: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dialogue.scopes.KEPT", 1)
    scopes = Scopes(towns)
    for town in TOWNS:
        assert scopes.scope(town).election.id == town
        assert scopes.ready == [town]


def test_an_election_laid_out_again_is_answered_for_as_before(
    towns: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy = Assistant(towns)
    before = [answers(roomy, town) for town in TOWNS]
    monkeypatch.setattr("bot.dialogue.scopes.KEPT", 1)
    narrow = Assistant(towns)
    for _ in range(2):
        assert [answers(narrow, town) for town in TOWNS] == before


def test_what_was_taken_over_counts_for_the_room_there_is(
    towns: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Scopes(towns)
    for town in TOWNS[:2]:
        before.scope(town)
    monkeypatch.setattr("bot.dialogue.scopes.KEPT", 2 * size(towns))
    after = Scopes(towns, before)
    assert after.ready == list(TOWNS[:2])
    after.scope("third")
    assert after.ready == ["second", "third"]


def test_phrasings_kept_as_numbers_are_those_that_were_laid_out() -> None:
    said = [
        Phrasing(Entry("topic", "pool"), ("fr:piscin",), fixed=False),
        Phrasing(Entry("fact", "vote"), ("fr:vot", "fr:ou"), fixed=True),
        Phrasing(Entry("topic", "pool"), ("en:pool", "fr:piscin", "en:new"), False, ("against", "not")),
    ]
    kept = Phrasings.of(said)
    assert list(kept) == said
    assert kept[1:] == said[1:]
    assert kept[-1] == said[-1]
    assert list(kept.lengths) == [1, 2, 3]
    with pytest.raises(IndexError):
        kept[3]
    postings = Postings.of(said)
    assert [list(postings.get(term)) for term in ("fr:piscin", "fr:ou", "nowhere")] == [[0, 2], [1], []]


def test_every_phrasing_is_found_by_each_of_its_words(towns: Base) -> None:
    layer = shared_layer(towns.elections["first"].own)
    naive: dict[str, list[int]] = defaultdict(list)
    for number, phrasing in enumerate(layer.phrasings):
        for term in phrasing.terms:
            naive[term].append(number)
    assert naive
    assert {term: list(layer.postings.get(term)) for term in naive} == naive


@pytest.mark.parametrize(
    "typed", ["piscinne", "pisicne", "camerra", "vestaire", "kamera", "ecolle", "bsu", "zz"]
)
def test_few_words_and_many_are_searched_alike(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["camera", "cameras", "piscine", "piscines", "vestiaire", "ecole", "ecoles", "cambriolage"]
    found = []
    for few in (0, 500):
        monkeypatch.setattr(correction, "FEW", few)
        found.append(Lexicon([], language("fr")).extended(words).nearest(typed))
    assert found[0] == found[1]


def test_collections_of_words_together_are_one() -> None:
    both = Together({"piscine": "a"}, frozenset(["camera"]))
    assert sorted(both) == ["camera", "piscine"]
    assert len(both) == 2
    assert "camera" in both
    assert "velo" not in both
