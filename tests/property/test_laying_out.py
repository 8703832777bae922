"""Laying a base out takes short cuts, and none of them leads anywhere else."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.loading import Loaded
from bot.language.catalogue import known_languages, language
from bot.language.correction import COMMON, Lexicon, allowed
from bot.language.text import WORDS, cut, fold, pieces_of, stem, stemming, words
from tests.conftest import BUNDLED
from tests.strategies import ANY_TEXT

PHRASING = st.text(st.sampled_from("aabbceeéèïœñø'’ -.!?1 000&\n"), max_size=40)


@given(ANY_TEXT | PHRASING, st.sampled_from(known_languages()))
@example("Saint-Ouen, l'école. « Qu'est-ce ? » 1 000 rues... 5g, aaah-aaah", "fr")
@example("3. 000 1.000.\n000 d'a' 'b don't", "fr")
@example("a " * 1_000, "fr")
def test_pieces_cut_one_by_one_are_the_words_of_the_text(text: str, code: str) -> None:
    elisions = language(code).elisions
    found = [word for piece in pieces_of(text) for word in cut(piece, elisions)][:WORDS]
    assert found == [word.written for word in words(text, elisions)]


@given(ANY_TEXT | PHRASING)
def test_each_word_is_folded_by_itself(text: str) -> None:
    assert all(word.folded == fold(word.written) for word in words(text, ["l", "d", "qu"]))


@pytest.fixture(scope="module")
def vocabulary(bundled: Loaded) -> list[str]:
    """The words of every phrasing, and of every claim, of the bundled base, with their accents."""
    election = bundled.base.elections[BUNDLED]
    phrasings = [part.phrasings for kind in ("topics", "facts") for part in election.all(kind).values()]
    texts = [text for each in phrasings for several in each.values() for text in several]
    for candidate in election.candidates.values():
        texts += [t for held in candidate.positions.values() for c in held for t in c.claim.values()]
    return sorted({word.written for text in texts for word in words(text)})


@pytest.mark.parametrize("code", known_languages())
def test_many_words_sound_and_stem_together_as_they_do_alone(vocabulary: list[str], code: str) -> None:
    lang, stemmed = language(code), stemming(language(code).stemmer)
    folded = [fold(word) for word in vocabulary]
    assert len(folded) > 3_000
    assert lang.sounds_of(folded) == [lang.sound(word) for word in folded]
    assert [stemmed(word) for word in vocabulary] == [stem(word, lang.stemmer) for word in vocabulary]
    assert lang.sounds_of([]) == []


def test_a_rule_of_sounds_that_looks_beyond_a_word_is_followed_word_by_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lang = language("fr")
    file = lang.file.model_copy(update={"sounds": [("a[^b]", "o"), (r"e(?=\W|$)", "i")]})
    rules = type(lang)(**{**{f: getattr(lang, f) for f in lang.__dataclass_fields__}, "file": file})
    monkeypatch.setattr("bot.language.catalogue.language", lambda code: rules)
    assert rules.sounds_of(["laa", "abe", "be"]) == ["lo", "abi", "bi"]


@pytest.mark.parametrize("code", known_languages())
def test_the_words_of_a_language_are_searched_apart_from_those_of_a_base_and_nothing_else_is_found(
    vocabulary: list[str], code: str
) -> None:
    lang = language(code)
    base = frozenset(w for w in map(fold, vocabulary) if len(w) >= 4)
    common = {w for w in lang.frequency.common(COMMON) if len(w) >= 4 and w.isalpha()}
    every = sorted(base | common | {w for w in lang.grammar | lang.stop if len(w) >= 3})
    tier = Lexicon(base, lang)._tiers[0]
    for word in vocabulary[::25]:
        typed = fold(word[1:2] + word[:1] + word[2:] + "e")
        for key in ((len(typed), typed[0], True), (len(typed), typed[-1], False)):
            pool = [w for w in every if len(w) == key[0] and w[0 if key[2] else -1] == key[1]]
            assert list(tier._nearest(typed, key, allowed(8))) == nearest(typed, pool, allowed(8))


def nearest(typed: str, pool: list[str], limit: int) -> list[str]:
    return [w for w, _, _ in process.extract(typed, pool, scorer=OSA.distance, score_cutoff=limit, limit=8)]
