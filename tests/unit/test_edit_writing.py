"""A filled-in form becomes just the lines that a moderator would have written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.document import parse
from bot.knowledge.editing import ADD, Item, Operation, applied
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Election
from bot.matching.checking import problems_of
from bot.moderation.drafting import KINDS
from bot.moderation.storing import texts
from bot.moderation.trying import trial
from bot.moderation.writing import operations, slug, subject, unchanged
from tests.unit.moderated import NEW_SOURCE, NOW, TOWN, form, small, town

TODAY = NOW.date()
CARD = "town-2030/candidates/rose.yaml"
THORN = "town-2030/candidates/thorn.yaml"
SOURCES = "town-2030/sources.yaml"
WRITTEN = [kind for kind in KINDS if kind not in ("reversal", "naming")]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("writing") / "knowledge")


@pytest.fixture(scope="module")
def election(root: Path) -> Election:
    return town(root)


def changed(root: Path, election: Election, kind: str, **answers: str) -> dict[str, str | None]:
    """The texts of the files that a form changes."""
    changes = operations(form(kind, election, **answers), election, TODAY)
    before = texts(root, {each.file for each in changes})
    return {file: text for file, text in applied(before, changes).items() if text != before[file]}


def values(after: dict[str, str | None]) -> dict[str, Any]:
    """What the files then say."""
    return {file: parse(text or "", Path(file), file).tree for file, text in after.items()}


@pytest.fixture
def loaded(root: Path, election: Election, request: pytest.FixtureRequest) -> Iterator[Loaded]:
    kind, answers = request.param
    with trial(root, changed(root, election, kind, **answers)) as found:
        assert [str(p) for p in problems_of(found) if not p.notice] == []
        yield found


@pytest.mark.parametrize(
    "loaded", [(kind, {}) for kind in WRITTEN], ids=WRITTEN, indirect=True
)  # the fixture asserts that there is no problem
def test_every_form_leaves_a_sound_base(loaded: Loaded) -> None:
    assert TOWN in loaded.base.elections


def test_a_position_is_a_new_entry_below_its_topic(root: Path, election: Election) -> None:
    assert values(changed(root, election, "position")) == {
        THORN: {
            "name": "Ted Thorn",
            "positions": {
                "safety": [
                    {
                        "claim": {"fr": "Elle veut 3 éoliennes.", "en": "She wants 3 windmills."},
                        "quote": {"en": "three windmills"},
                        "source": "gazette",
                    }
                ]
            },
        }
    }


def test_another_position_on_a_topic_stands_after_those_that_are_there(
    root: Path, election: Election
) -> None:
    after = changed(root, election, "position", candidate="rose", topic="cameras")
    text = after[CARD]
    assert text is not None
    assert text.startswith(texts(root, [CARD])[CARD] or "?")
    assert list(after) == [CARD]


def test_a_new_source_is_described_before_it_is_used(root: Path, election: Election) -> None:
    draft = form("position", election, **NEW_SOURCE)
    assert [each.file for each in operations(draft, election, TODAY)] == [SOURCES, THORN]
    after = values(changed(root, election, "position", **NEW_SOURCE))
    assert after[SOURCES]["the-courier-2030"] == {
        "publisher": "The Courier",
        "title": "What she wants",
        "published": "2030-02-21",
        "url": "https://example.org/courier",
        "language": "en",
        "retrieved": "2030-02-25",
    }
    assert after[THORN]["positions"]["safety"][0]["source"] == "the-courier-2030"


def test_what_is_left_out_of_a_source_is_not_written(root: Path, election: Election) -> None:
    draft = form("source", election)
    for key in ("title", "url", "published"):
        draft = draft.with_value(key, "")
    (described, used) = operations(draft, election, TODAY)
    assert described.now == {"publisher": "The Courier", "language": "en", "retrieved": "2030-02-25"}
    assert (used.file, used.keys, used.now) == (CARD, ("sources", ADD), "the-courier")


def test_a_quote_is_in_the_language_of_its_source(root: Path, election: Election) -> None:
    french = operations(form("position", election, source="law"), election, TODAY)[-1]
    english = operations(form("position", election, source="gazette"), election, TODAY)[-1]
    new = operations(form("position", election, **NEW_SOURCE | {"source_language": "fr"}), election, TODAY)[
        -1
    ]
    assert [each.now["quote"] for each in (french, english, new)] == [
        {"fr": "three windmills"},
        {"en": "three windmills"},
        {"fr": "three windmills"},
    ]
    draft = form("position", election).with_value("quote", "")
    assert "quote" not in operations(draft, election, TODAY)[-1].now


def test_a_position_can_be_asked_for_with_words_of_its_own(election: Election) -> None:
    draft = form("position", election).with_value("asked_as.fr", "moulins, éoliennes")
    assert operations(draft, election, TODAY)[-1].now["asked_as"] == {"fr": ["moulins", "éoliennes"]}


def test_a_fact_and_a_topic_are_files_of_their_own(root: Path, election: Election) -> None:
    assert values(changed(root, election, "fact")) == {
        "town-2030/facts/how-many-windmills.yaml": {
            "name": {"fr": "Combien d'éoliennes", "en": "How many windmills"},
            "phrasings": {
                "fr": ["nombre d'éoliennes"],
                "en": ["number of windmills", "windmills in town"],
            },
            "answer": [
                {
                    "claim": {"fr": "Elle veut 3 éoliennes.", "en": "She wants 3 windmills."},
                    "quote": {"en": "three windmills"},
                    "source": "gazette",
                }
            ],
        }
    }
    assert values(changed(root, election, "topic")) == {
        "town-2030/topics/windmills.yaml": {
            "name": {"fr": "Éoliennes", "en": "Windmills"},
            "parent": "safety",
            "phrasings": {"fr": ["éoliennes"], "en": ["windmills"]},
        }
    }


def test_a_topic_need_not_be_a_part_of_another(election: Election) -> None:
    (made,) = operations(form("topic", election).with_value("parent", ""), election, TODAY)
    assert "parent" not in made.now


def test_a_candidate_is_a_card_that_rests_on_a_source(root: Path, election: Election) -> None:
    assert values(changed(root, election, "candidate")) == {
        "town-2030/candidates/nettle.yaml": {
            "name": "Ina Nettle",
            "aliases": ["Nettie", "The Nettle"],
            "description": {"fr": "Elle est jardinière.", "en": "She is a gardener."},
            "list": "Green Town",
            "gender": "woman",
            "sources": ["gazette"],
        }
    }
    draft = form("candidate", election)
    for key in ("aliases", "list", "gender"):
        draft = draft.with_value(key, "")
    (made,) = operations(draft, election, TODAY)
    assert set(made.now) == {"name", "description", "sources"}


@pytest.mark.parametrize(
    ("target", "file", "keys"),
    [
        ("cameras", "common/topics/cameras.yaml", ("phrasings",)),
        ("how-to-vote", "common/facts/how-to-vote.yaml", ("phrasings",)),
        (
            "rose/cameras",
            CARD,
            (
                "positions",
                "cameras",
                Item({"claim": {"fr": "Elle veut 1 200 caméras.", "en": "She wants 1,200 cameras."}}),
                "asked_as",
            ),
        ),
    ],
)
def test_new_words_stand_where_their_entry_stands(
    target: str, file: str, keys: tuple[object, ...], election: Election
) -> None:
    found = operations(form("phrasing", election, target=target), election, TODAY)
    assert [(each.file, each.keys, each.now) for each in found] == [
        (file, (*keys, "fr", ADD), "vidéosurveillance"),
        (file, (*keys, "fr", ADD), "filmer les rues"),
    ]


def test_an_entry_of_the_elections_own_folder_is_edited_there(root: Path, election: Election) -> None:
    own = replace(election.own, topics=election.included[0].topics)
    covering = replace(election, own=own)
    (first, _) = operations(form("phrasing", covering), covering, TODAY)
    assert first.file == "town-2030/topics/cameras.yaml"


def test_a_correction_keeps_what_was_said_and_why_it_was_wrong(root: Path, election: Election) -> None:
    (card,) = values(changed(root, election, "correction")).values()
    (claim,) = card["positions"]["cameras"]
    assert list(claim) == ["claim", "quote", "source", "asked_as", "corrected"]
    assert claim["claim"] == {"fr": "Elle veut 1 300 caméras.", "en": "She wants 1,300 cameras."}
    assert claim["corrected"] == {
        "date": "2030-02-25",
        "was": {"fr": "Elle veut 1 200 caméras.", "en": "She wants 1,200 cameras."},
        "why": {"fr": "Le journal s'était trompé.", "en": "The paper had been wrong."},
    }


def test_a_correction_can_rest_on_another_source(root: Path, election: Election) -> None:
    after = values(changed(root, election, "correction", source="law"))
    (claim,) = after[CARD]["positions"]["cameras"]
    assert (claim["source"], "quote" in claim) == (
        "law",
        False,
    )  # a quote in the language of the other source
    assert list(after) == [CARD]  # the card still rests on the gazette


def test_a_correction_can_rest_on_a_new_source_and_the_old_one_goes_if_nothing_rests_on_it(
    root: Path, election: Election
) -> None:
    answers = {"target": "how-to-vote", "claim.fr": "Avec sa carte.", "claim.en": "With one's card."}
    draft = form("correction", election, **answers, **NEW_SOURCE)
    made = operations(draft, election, TODAY)
    assert [each.file for each in (made[0], made[-1])] == [SOURCES, "common/sources.yaml"]
    elsewhere = {**answers, "target": "rose/cameras"}
    draft = form("correction", election, **elsewhere, **NEW_SOURCE, keep_quote="drop")
    before = texts(root, {each.file for each in operations(draft, election, TODAY)})
    after = applied(before, operations(draft, election, TODAY))
    assert set(after) == {SOURCES, CARD}
    with trial(root, after) as loaded:
        assert [str(p) for p in problems_of(loaded) if not p.notice] == []
        (claim,) = loaded.base.elections[TOWN].candidates["rose"].positions["cameras"]
        assert (claim.source, claim.quote) == ("the-courier-2030", None)
    undone = applied(after, [each.inverse() for each in reversed(operations(draft, election, TODAY))])
    with trial(root, undone) as as_before:
        assert as_before.base.elections[TOWN] == election


@pytest.mark.parametrize(("choice", "kept"), [("keep", True), ("drop", False)])
def test_a_correction_keeps_the_quote_or_drops_it(
    choice: str, kept: bool, root: Path, election: Election
) -> None:
    (card,) = values(changed(root, election, "correction", keep_quote=choice)).values()
    assert ("quote" in card["positions"]["cameras"][0]) == kept


def test_a_source_that_a_correction_leaves_goes_with_it(root: Path, election: Election) -> None:
    used = operations(form("position", election, **NEW_SOURCE), election, TODAY)
    with trial(root, applied(texts(root, [SOURCES, THORN]), used)) as loaded:
        now = loaded.base.elections[TOWN]
        answers = {"claim.fr": "Il veut 4 moulins.", "claim.en": "He wants 4 mills."}
        after = values(
            changed(loaded.root, now, "correction", target="thorn/safety", source="gazette", **answers)
        )
        assert "the-courier-2030" not in after[SOURCES]
        assert after[THORN]["positions"]["safety"][0]["source"] == "gazette"


def test_a_correction_with_the_words_that_stand_there_is_none(election: Election) -> None:
    draft = form("correction", election)
    assert not unchanged(draft, election)
    (claim,) = election.candidates["rose"].positions["cameras"]
    for code in claim.claim:
        assert not unchanged(draft, election)
        draft = draft.with_value(f"claim.{code}", claim.claim[code])
    assert unchanged(draft, election)


def test_a_second_correction_takes_the_place_of_the_first(root: Path, election: Election) -> None:
    again = {"claim__fr": "Elle veut 1 400 caméras.", "claim__en": "She wants 1,400 cameras."}
    with trial(root, changed(root, election, "correction")) as loaded:
        after = changed(loaded.root, loaded.base.elections[TOWN], "correction", **again)
    (claim,) = values(after)[CARD]["positions"]["cameras"]
    assert claim["claim"]["en"] == "She wants 1,400 cameras."
    assert claim["corrected"]["was"]["en"] == "She wants 1,300 cameras."


def test_the_answer_of_a_fact_is_corrected_in_the_folder_it_is_in(root: Path, election: Election) -> None:
    answers = {"target": "how-to-vote", "claim__fr": "On vote en personne.", "claim__en": "Vote in person."}
    (file,) = changed(root, election, "correction", **answers)
    assert file == "common/facts/how-to-vote.yaml"


def test_a_removal_takes_the_statement_and_what_it_leaves_empty(root: Path, election: Election) -> None:
    (text,) = changed(root, election, "removal").values()
    assert text is not None
    assert "positions" not in text
    assert "sources: [gazette]" in text


def test_a_source_on_which_nothing_rests_any_more_goes_with_the_last_statement(
    root: Path, election: Election
) -> None:
    alone = changed(root, election, "removal", target="how-to-vote")
    assert set(alone) == {"common/facts/how-to-vote.yaml", "common/sources.yaml"}
    assert alone["common/sources.yaml"] is None
    used = operations(form("position", election, source="law"), election, TODAY)
    with trial(root, applied(texts(root, [THORN]), used)) as loaded:
        now = loaded.base.elections[TOWN]
        assert list(changed(loaded.root, now, "removal", target="how-to-vote")) == [
            "common/facts/how-to-vote.yaml"
        ]
        assert list(changed(loaded.root, now, "removal", target="thorn/safety")) == [THORN]


def test_a_statement_is_removed_with_all_that_it_holds(root: Path, election: Election) -> None:
    with trial(root, changed(root, election, "correction")) as loaded:
        (text,) = changed(loaded.root, loaded.base.elections[TOWN], "removal").values()
        assert text is not None
        assert "corrected" not in text


def test_the_first_muted_words_make_the_file_and_others_follow(root: Path, election: Election) -> None:
    file = "town-2030/muted.yaml"
    first = changed(root, election, "muting")
    assert values(first) == {file: {"questions": ["buy my watches"]}}
    with trial(root, first) as loaded:
        second = changed(loaded.root, loaded.base.elections[TOWN], "muting", muted="cheap pills")
    assert values(second) == {file: {"questions": ["buy my watches", "cheap pills"]}}


@pytest.mark.parametrize(
    ("kind", "answers", "about"),
    [
        ("phrasing", {}, "cameras"),
        ("position", {}, "thorn/safety"),
        ("fact", {}, "how-many-windmills"),
        ("fact", {"name__en": "Cameras"}, "cameras-2"),
        ("topic", {}, "windmills"),
        ("topic", {"name__en": "Rose"}, "rose-2"),
        ("candidate", {}, "nettle"),
        ("candidate", {"full_name": "Rosa Thorn"}, "thorn-2"),
        ("source", {}, "the-courier-2030"),
        ("source", {"publisher": "Gazette", "published": "2030-02"}, "gazette-2030"),
        ("source", {"publisher": "New", "published": ""}, "new-2"),
        ("source", {"publisher": "Gazette", "published": ""}, "gazette-2"),
        ("source", {"publisher": "Law", "published": ""}, "law-2"),
        ("correction", {}, "rose/cameras"),
        ("removal", {"target": "how-to-vote"}, "how-to-vote"),
        ("muting", {}, "buy my watches"),
    ],
)
def test_an_edit_is_about_an_id_that_is_free(
    kind: str, answers: dict[str, str], about: str, election: Election
) -> None:
    given = {key: value for key, value in answers.items() if value}
    draft = form(kind, election, **given)
    for key in answers.keys() - given.keys():
        draft = draft.with_value(key, "")
    assert subject(draft, election) == about
    written = str(operations(draft, election, TODAY))
    assert about.rpartition("/")[2] in written


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Éoliennes et forêts", "eoliennes-et-forets"),
        ("L'Œuvre & Cie", "l-oeuvre-cie"),
        ("../../etc/passwd", "etc-passwd"),
        ("Straße", "strasse"),
        ("日本", "entry"),
        ("!!!", "entry"),
        ("x" * 100, "x" * 40),
        ("a" * 39 + " b", "a" * 39),
        ("2030", "2030"),
        ("İstanbul ﬁn", "istanbul-fin"),
    ],
)
def test_a_name_becomes_an_id(text: str, made: str) -> None:
    assert slug(text) == made


def test_every_operation_can_be_kept_as_text(election: Election) -> None:
    for kind in WRITTEN:
        for operation in operations(form(kind, election), election, TODAY):
            assert Operation.read(operation.written()) == operation
