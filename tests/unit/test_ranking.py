"""What a question is about: the entries whose phrasings it holds, and how much of it they explain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.matching.ranking import Score
from tests import invented
from tests.invented import TOPICS, TOWN

Ranked = Callable[[str], list[Score]]


def ranking(assistant: Assistant) -> Ranked:
    return lambda text: list(assistant.understand(Utterance(text, TOWN), Memory()).ranking)


def with_topics(**topics: Any) -> Ranked:
    """Ranks by these topics alone, each a dictionary of phrasings by language."""
    made = {
        name: {"name": {"fr": name, "en": name}, "phrasings": phrasings} for name, phrasings in topics.items()
    }
    election = invented.election(
        candidates={}, topics=made, facts={}, included=invented.Shared(), starters=[]
    )
    return ranking(Assistant(invented.base(election)))


@pytest.fixture(scope="module")
def ranked(small: Assistant) -> Ranked:
    return ranking(small)


def complete(scores: list[Score]) -> list[str]:
    return [s.entry.id for s in scores if s.complete]


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("piscine", "pool"),
        ("la piscine municipale", "pool"),
        ("PISCINES", "pool"),
        ("piscinne", "pool"),
        ("swimming pool", "pool"),
        ("the swiming pools", "pool"),
        ("maître-nageur", "pool"),
        ("les maitres nageurs", "pool"),
        ("on filme trop les rues", "cameras"),
        ("video surveillance", "cameras"),
        ("vidéo surveillance", "cameras"),
        ("CCTV", "cameras"),
        ("des veilleurs la nuit", "night-watch"),
        ("classes surchargées", "school"),
        ("trop d'élèves, classes surchargées", "school"),
        ("planter des arbres", "trees"),
        ("trees", "trees"),
        ("quand vote-t-on", "voting-day"),
        ("procuration", "proxy"),
        ("montant de la dette", "town-debt"),
        ("salle de contrôle", "cameras"),
    ],
)
def test_the_entry_whose_phrasing_is_heard_comes_first(ranked: Ranked, text: str, best: str) -> None:
    assert ranked(text)[0].entry.id == best


@pytest.mark.parametrize(
    "text", ["", "???", "la tarte aux pommes", "the capital of Peru", "surchargées", "le montant", "123"]
)
def test_what_no_phrasing_holds_ranks_nothing_as_complete(ranked: Ranked, text: str) -> None:
    assert complete(ranked(text)) == []


def test_a_phrasing_of_several_words_needs_them_all(ranked: Ranked) -> None:
    assert "school" in complete(ranked("les classes sont surchargées"))
    assert "school" not in complete(ranked("les rues sont surchargées"))


def test_the_words_of_a_phrasing_must_stand_near_each_other() -> None:
    ranked = with_topics(market={"fr": ["fruits frais"]})
    assert complete(ranked("des fruits bien frais")) == ["market"]
    between = "dans la grande ville blanche sur la haute colline verte et calme"
    assert complete(ranked(f"des fruits {between} tout frais")) == []


def test_a_phrasing_of_small_words_only_counts_in_a_row() -> None:
    ranked = with_topics(programme={"fr": ["que proposez-vous"]}, other={"fr": ["trampoline"]})
    assert "programme" not in complete(ranked("vous savez ce que les gens proposent pour le trampoline"))


def test_a_wholly_explained_question_has_full_coverage(ranked: Ranked) -> None:
    assert ranked("piscine")[0].coverage == pytest.approx(1.0)


def test_unexplained_words_lower_the_coverage(ranked: Ranked) -> None:
    alone = ranked("la piscine")[0].coverage
    one = ranked("la piscine et le trombone")[0].coverage
    two = ranked("la piscine et le trombone en cuivre")[0].coverage
    assert alone > one > two > 0


def test_a_rare_unexplained_word_weighs_more_than_a_common_one(ranked: Ranked) -> None:
    assert ranked("la piscine du monde")[0].coverage > ranked("la piscine du zorglubistan")[0].coverage


def test_more_phrasings_of_one_entry_never_give_it_a_better_score() -> None:
    few = with_topics(pool={"fr": ["piscine"]}, trees={"fr": ["arbre"]})
    many = with_topics(
        pool={"fr": ["piscine", "piscine municipale", "la piscine", "grande piscine", "piscines", "bassin"]},
        trees={"fr": ["arbre"]},
    )
    for text in ("la piscine et les arbres", "les arbres de la piscine", "piscine", "arbre"):
        before = {s.entry.id: s.weight for s in few(text)}
        after = {s.entry.id: s.weight for s in many(text)}
        assert after == before, text


def test_a_word_said_twice_explains_no_more_of_another_subject(ranked: Ranked) -> None:
    assert complete(ranked("piscine piscine piscine"))[0] == "pool"
    assert "trees" not in complete(ranked("piscine piscine piscine"))


def test_a_name_is_not_what_a_question_is_about(ranked: Ranked) -> None:
    assert ranked("Brancaleoni") == []
    assert ranked("Ottavio Brancaleoni et la piscine")[0].coverage == pytest.approx(1.0)


def test_words_of_a_claim_are_heard_and_never_decide(ranked: Ranked) -> None:
    told = [s for s in ranked("rembourser") if s.entry.id == "debt"]
    assert told
    assert not told[0].complete


def test_the_sentence_that_asks_weighs_more_than_the_others(ranked: Ranked) -> None:
    scores = ranked("J'ai nagé hier dans la piscine. Que proposent-ils pour les arbres ?")
    weights = {s.entry.id: s.weight for s in scores}
    assert scores[0].entry.id == "trees"
    assert weights["trees"] > weights["pool"]


def test_both_languages_are_heard_in_one_question(ranked: Ranked) -> None:
    assert ranked("que proposent-ils pour la swimming pool")[0].entry.id == "pool"


def test_scores_are_sorted_best_first_and_in_bounds(ranked: Ranked) -> None:
    scores = ranked("les caméras de l'école, la dette de la piscine et la procuration des arbres")
    assert len(scores) >= 5
    assert all(0 < s.coverage <= 1 and s.weight > 0 for s in scores)
    done = [s.complete for s in scores]
    assert done == sorted(done, reverse=True)


def test_the_order_of_topics_does_not_matter() -> None:
    text = "les caméras de l'école et la dette"
    backwards = dict(reversed(TOPICS.items()))
    one = ranking(Assistant(invented.base(invented.election())))
    other = ranking(Assistant(invented.base(invented.election(topics=backwards))))
    assert one(text) == other(text)
