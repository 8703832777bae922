"""The bundled knowledge base, and the invented election of the tests, hold to every rule there is."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue.assistant import Assistant
from bot.evaluation.phrasings import misled
from bot.knowledge.checks import CHECKS
from bot.knowledge.checks.walking import claims, ways
from bot.knowledge.loading import Loaded, load
from bot.knowledge.model import Election
from bot.matching import phrasing_checks

ROOT = Path(__file__).parent.parent
BUNDLED = ROOT / "knowledge"
INVENTED = ROOT / "tests/fixtures/knowledge"
RULES = {**CHECKS, **phrasing_checks.CHECKS}
ASKED_BACK = "{} asks for the same as {}: the bot will ask back between the two"
KNOWN_NOTICES = {
    "source 'ici-2026' has no url: to complete",
    # words that share a stem and nothing else: voters who type one of them are asked back, and rightly so
    ASKED_BACK.format("'weed'", "'weeds' of topic 'cleanliness'"),
    ASKED_BACK.format("'CAF'", "'cafés' of topic 'local-business'"),
    ASKED_BACK.format("'parking'", "'parks' of topic 'environment'"),
}
FOUND_AGAIN = 0.97


def invented(folder: Path) -> Loaded:
    """The invented election next to the shared folder that it includes."""
    shutil.copytree(INVENTED, folder / "knowledge")
    shutil.copytree(BUNDLED / "common", folder / "knowledge" / "common")
    return load(folder / "knowledge")


@pytest.fixture(scope="module", params=["bundled", "invented"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(BUNDLED) if request.param == "bundled" else invented(tmp_path_factory.mktemp("invented"))


def test_every_file_is_read_without_a_problem(loaded: Loaded) -> None:
    assert [str(problem) for problem in loaded.problems] == []


@pytest.mark.parametrize("name", RULES)
def test_every_rule_is_kept(loaded: Loaded, name: str) -> None:
    found = [problem for problem in RULES[name](loaded) if problem.message not in KNOWN_NOTICES]
    assert [str(problem) for problem in found] == []


def test_every_claim_leads_to_a_source_that_says_who_published_it(loaded: Loaded) -> None:
    for election, _, claim in claims(loaded):
        assert election.source(claim.source).publisher


def test_nearly_every_phrasing_asked_word_for_word_is_answered_with_its_own_entry(loaded: Loaded) -> None:
    assistant = Assistant(loaded.base)
    for election in loaded.base.elections.values():
        now = datetime.combine(election.description.checked, datetime.min.time(), UTC)
        asked = sum(len(texts) for way in ways(loaded) for texts in way.phrasings.values())
        amiss = [str(problem) for problem in misled(assistant, election.id, now, loaded)]
        assert len(amiss) < asked * (1 - FOUND_AGAIN), "\n".join(amiss)


ELECTIONS = list(load(BUNDLED).base.elections.values())


@pytest.mark.parametrize("election", ELECTIONS, ids=lambda election: election.id)
def test_every_candidate_is_known_by_a_source_and_described(election: Election) -> None:
    assert [c.id for c in election.candidates.values() if not c.sources] == []
    assert [c.id for c in election.candidates.values() if not c.description] == []


@pytest.mark.parametrize("election", ELECTIONS, ids=lambda election: election.id)
def test_every_topic_and_fact_can_be_asked_for_in_every_language(election: Election) -> None:
    for entry in (*election.all("topics").values(), *election.all("facts").values()):
        for code in election.languages:
            assert len(entry.phrasings[code]) >= 5, (entry.id, code)
