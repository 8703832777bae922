"""Who needs a second pair of eyes: always what voters were told already, else as the election has it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.knowledge.editing import ADD, Item, Key, Operation
from bot.knowledge.loading import load
from bot.knowledge.model import Election, Reviews
from bot.moderation.drafting import KINDS
from bot.moderation.reviews import TRUSTED, readers, reason_to_wait, sensitive, strictest
from bot.moderation.writing import operations
from tests.unit.moderated import NEW_SOURCE, NOW, form, small, town

CARD, FACT, TOPIC = "t/candidates/ada.yaml", "t/facts/debt.yaml", "t/topics/pool.yaml"
SOURCES = "t/sources.yaml"
CLAIM = Item({"claim": {"en": "A claim."}})
ADDING = Operation(TOPIC, ("phrasings", "en", ADD), None, "pool")
WRITTEN = [kind for kind in KINDS if kind not in ("reversal", "naming")]


@pytest.fixture(scope="module")
def election(tmp_path_factory: pytest.TempPathFactory) -> Election:
    return town(small(tmp_path_factory.mktemp("reviews") / "knowledge"))


@pytest.mark.parametrize(
    ("file", "keys"),
    [
        (CARD, ("positions", "pool", ADD)),
        (CARD, ("positions", "pool", CLAIM)),
        (CARD, ("positions", "pool", CLAIM, "claim")),
        (CARD, ("positions", "pool", CLAIM, "claim", "en")),
        (CARD, ("positions", "pool", CLAIM, "source")),
        (CARD, ("positions", "pool", CLAIM, "corrected")),
        (CARD, ("positions", "pool")),
        (CARD, ("positions",)),
        (CARD, ("sources", ADD)),
        (CARD, ("description", "en")),
        (CARD, ()),
        (FACT, ("answer", ADD)),
        (FACT, ("answer", CLAIM, "quote", "en")),
        (FACT, ()),
        (SOURCES, ("gazette",)),
        (SOURCES, ("gazette", "url")),
        (SOURCES, ()),
        # a topic or a source may be called as the lists of ways of asking are
        (CARD, ("positions", "phrasings", ADD)),
        (CARD, ("positions", "asked_as", CLAIM, "claim")),
        (CARD, ("positions", "aliases")),
        (SOURCES, ("phrasings",)),
        (SOURCES, ("aliases", "url")),
    ],
)
def test_what_voters_were_told_takes_two_to_change_and_none_to_complete(
    file: str, keys: tuple[Key, ...]
) -> None:
    assert sensitive(Operation(file, keys, "was", "now"))
    assert sensitive(Operation(file, keys, "was", None))
    assert not sensitive(Operation(file, keys, None, "now"))


@pytest.mark.parametrize(
    ("file", "keys"),
    [
        (CARD, ("aliases", ADD)),
        (CARD, ("positions", "pool", CLAIM, "asked_as", "en", ADD)),
        (CARD, ("positions", "pool", CLAIM, "asked_as")),
        (FACT, ("phrasings", "en", ADD)),
        (FACT, ("answer", CLAIM, "asked_as")),
        (TOPIC, ("phrasings", "en", ADD)),
        (TOPIC, ()),
        ("t/muted.yaml", ("questions", ADD)),
        ("t/muted.yaml", ()),
        ("nowhere", ()),
        ("", ()),
    ],
)
def test_ways_of_asking_say_nothing_to_voters(file: str, keys: tuple[Key, ...]) -> None:
    assert not sensitive(Operation(file, keys, "was", "now"))


@pytest.mark.parametrize("kind", WRITTEN)
def test_of_all_edits_only_corrections_and_removals_are_sensitive(kind: str, election: Election) -> None:
    made = operations(form(kind, election), election, NOW.date())
    assert (reason_to_wait(Reviews.NONE, made, 0) == "sensitive") == (kind in ("correction", "removal"))


@pytest.mark.parametrize("kind", WRITTEN)
def test_undoing_takes_two_where_it_takes_from_what_voters_were_told(kind: str, election: Election) -> None:
    answers = NEW_SOURCE if kind == "position" else {}
    made = operations(form(kind, election, **answers), election, NOW.date())
    undone = [each.inverse() for each in reversed(made)]
    free = ("phrasing", "topic", "muting", "removal")
    assert (reason_to_wait(Reviews.NONE, undone, 0) == "sensitive") == (kind not in free)


@pytest.mark.parametrize(
    ("policy", "approved", "reason"),
    [
        (Reviews.NONE, 0, ""),
        (Reviews.NEW_MODERATORS, 0, "new"),
        (Reviews.NEW_MODERATORS, TRUSTED - 1, "new"),
        (Reviews.NEW_MODERATORS, TRUSTED, ""),
        (Reviews.ALWAYS, 0, "always"),
        (Reviews.ALWAYS, 1_000, "always"),
    ],
)
def test_other_edits_wait_as_the_election_has_it(policy: Reviews, approved: int, reason: str) -> None:
    assert reason_to_wait(policy, [ADDING], approved) == reason


@pytest.mark.parametrize("policy", list(Reviews))
def test_one_sensitive_change_among_others_is_enough(policy: Reviews) -> None:
    change = Operation(SOURCES, ("gazette", "url"), "a", "b")
    assert reason_to_wait(policy, [ADDING, change], 1_000) == "sensitive"


def test_the_strictest_election_that_reads_a_file_counts(tmp_path: Path) -> None:
    root = small(tmp_path / "knowledge")
    for name, policy in (("one-2030", "always"), ("two-2031", "new-moderators")):
        shutil.copytree(root / "town-2030", root / name)
        path = root / name / "election.yaml"
        path.write_text(f"{path.read_text()}reviews: {policy}\n")
    path = root / "two-2031/election.yaml"
    path.write_text(path.read_text().replace("includes: [common]\n", ""))
    base = load(root).base
    assert strictest(["common/topics/cameras.yaml"], base) is Reviews.ALWAYS
    assert strictest(["town-2030/topics/pool.yaml"], base) is Reviews.NONE
    assert strictest(["two-2031/topics/pool.yaml"], base) is Reviews.NEW_MODERATORS
    assert strictest(["town-2030/a.yaml", "two-2031/a.yaml"], base) is Reviews.NEW_MODERATORS
    assert strictest(["nowhere/topics/pool.yaml"], base) is Reviews.ALWAYS
    assert readers(["common/topics/cameras.yaml"], base) == ("one-2030", "town-2030")


def test_a_moderator_is_trusted_after_twenty_edits() -> None:
    assert TRUSTED == 20


def test_an_election_says_whose_edits_wait(tmp_path: Path) -> None:
    root = small(tmp_path / "knowledge")
    path = root / "town-2030/election.yaml"
    for policy in Reviews:
        path.write_text(f"{path.read_text()}reviews: {policy.value}\n")
        assert town(root).description.reviews is policy
        path.write_text(path.read_text().rpartition("reviews:")[0])
