"""Nobody's words are ever shown for somebody else's, whatever is typed and however badly."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import Comparison, NoPosition, Position
from bot.dialogue.reply import Line, Reply, plain
from bot.knowledge.loading import load
from bot.knowledge.model import Election
from tests import invented
from tests.conftest import BUNDLED, BUNDLED_NOW, ROOT, VILLEBOIS, VILLEBOIS_NOW
from tests.strategies import Asked, honest, leaves, memories, own_names, questions


class Place:
    """An election with its assistant and the time at which it is asked."""

    def __init__(self, election: Election, now: datetime) -> None:
        self.election = election
        self.now = now
        self.assistant = Assistant(invented.base(election))

    def ask(self, text: str, memory: Memory = Memory()) -> Reply:  # noqa: B008
        return self.assistant.respond(Utterance(text, self.election.id), memory, self.now)[0]


def fictional() -> Election:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "knowledge" / "common", root / "common")
        shutil.copytree(ROOT / "tests/fixtures/knowledge" / VILLEBOIS, root / VILLEBOIS)
        return load(root).base.elections[VILLEBOIS]


PLACES = {
    "by hand": Place(invented.election(), invented.NOW),
    "in files": Place(fictional(), VILLEBOIS_NOW),
    "bundled": Place(load(ROOT / "knowledge").base.elections[BUNDLED], BUNDLED_NOW),
}
PAIRS = {name: st.tuples(st.just(place), questions(place.election)) for name, place in PLACES.items()}
ASKED = st.one_of(*PAIRS.values())


@given(ASKED)
def test_a_question_about_one_candidate_never_shows_anothers_position(asked: tuple[Place, Asked]) -> None:
    place, question = asked
    reply = place.ask(question.text)
    honest(reply, place.election)
    if isinstance(reply.outcome, Position):
        assert reply.outcome.candidate == question.candidate
    if reply.name in ("candidate", "no_position"):
        assert not leaves(reply) or question.candidate in leaves(reply)


@pytest.mark.xfail(strict=True, reason="a name two letters away wins over a subject's word one letter away")
def test_a_misspelt_subject_is_not_the_name_it_resembles_less() -> None:
    assert (
        PLACES["bundled"].ask("état poicier").candidates == PLACES["bundled"].ask("état policier").candidates
    )


@pytest.mark.xfail(strict=True, reason="half of an alias (`Ronde-Pierre`) is taken for a name")
def test_an_ordinary_word_is_not_half_a_name() -> None:
    for text in ("une ronde de nuit", "une vieille pierre"):
        assert PLACES["bundled"].ask(text).candidates == ()


def test_a_misspelt_name_is_not_cut_in_two() -> None:
    assert PLACES["bundled"].ask("Perisis dog").candidates == ("parisis",)


@given(st.data())
def test_a_question_in_a_conversation_about_others_is_still_about_whom_it_names(data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(list(PLACES.values())))
    question = data.draw(questions(place.election))
    memory = data.draw(memories(place.election))
    reply = place.ask(question.text, memory)
    honest(reply, place.election)
    if isinstance(reply.outcome, Position) and place.ask(question.text).name == "position":
        assert reply.outcome.candidate == question.candidate


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_name_and_a_plain_phrasing_are_never_another_candidates_position(place: Place) -> None:
    for candidate, (name, *_) in own_names(place.election).items():
        for topic in place.election.all("topics").values():
            for code in place.election.languages:
                asked = f"{name} {topic.name[code]}"
                reply = place.ask(asked)
                honest(reply, place.election)
                assert leaves(reply) <= {candidate} or reply.name in ("comparison", "clarification"), asked
                assert not isinstance(reply.outcome, Position) or reply.outcome.candidate == candidate, asked


@given(st.data())
def test_a_silent_candidate_is_never_given_words(data: st.DataObject) -> None:
    place = PLACES["in files"]
    (silent,) = (c.id for c in place.election.candidates.values() if not c.positions)
    name = data.draw(st.sampled_from(own_names(place.election)[silent]))
    question = data.draw(questions(place.election))
    topic = place.election.topic(question.topic)
    for text in (
        f"{name} {next(iter(topic.phrasings.values()))[0]}",
        f"que propose {name} : {topic.name['fr']} ?",
    ):
        reply = place.ask(text)
        assert not any(claim.startswith(f"{silent}/") for claim in reply.claims)
        assert not isinstance(reply.outcome, Position)


def headings(reply: Reply) -> Iterator[str]:
    for part in reply.parts:
        if isinstance(part, Line) and part.heading:
            yield part.text


@given(st.data())
def test_a_comparison_lists_every_candidate_asked_about_exactly_once(data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(list(PLACES.values())))
    names = {c.id: c.name for c in place.election.candidates.values()}
    few = data.draw(st.lists(st.sampled_from(sorted(names)), max_size=len(names), unique=True))
    topic = place.election.topic(data.draw(st.sampled_from(sorted(place.election.all("topics")))))
    phrasing = data.draw(st.sampled_from(topic.phrasings["fr"]))
    who = " et ".join(names[c] for c in few) if few else "les candidats"
    reply = place.ask(f"Compare {who} sur {phrasing}")
    honest(reply, place.election)
    if isinstance(reply.outcome, Comparison):
        asked = set(reply.outcome.candidates) or set(names)
        assert set(few) <= asked
        for identifier, name in names.items():
            assert sum(h.startswith(name) for h in headings(reply)) == (identifier in asked)
        assert len(list(headings(reply))) == len(asked)
    if isinstance(reply.outcome, NoPosition) and few and reply.outcome.candidates:
        assert set(reply.outcome.candidates) == set(few)
        assert all(names[c] in plain(reply) for c in few)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_two_candidates_are_compared_alike_in_either_order(place: Place) -> None:
    names = own_names(place.election)
    for one, other in permutations(sorted(names)[:5], 2):
        there = place.ask(f"{names[one][0]} ou {names[other][0]} : sécurité ?")
        back = place.ask(f"{names[other][0]} ou {names[one][0]} : sécurité ?")
        assert there.parts == back.parts
        assert there.name in ("comparison", "no_position")


@given(ASKED)
def test_everyone_is_asked_about_in_the_same_words_with_the_same_outcome(asked: tuple[Place, Asked]) -> None:
    """Two candidates who both spoke on a topic get answers of the same kind to the same question."""
    place, _ = asked
    election = place.election
    for topic in election.all("topics").values():
        speakers = [c for c in election.candidates if election.claims(c, topic.id)]
        texts = topic.phrasings.get("fr", [])[:1]
        for text in texts:
            names = [
                place.ask(f"Que propose {election.candidates[c].name} pour {text} ?").name for c in speakers
            ]
            assert len(set(names)) <= 1, (topic.id, dict(zip(speakers, names, strict=True)))
