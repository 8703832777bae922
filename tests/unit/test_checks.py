"""This base, those problems: one small change to a sound base for each rule a moderator may break."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_base import FILES, Write

from bot.channels.opening import Refused, Where, answerable
from bot.dialogue.assistant import Assistant
from bot.evaluation.phrasings import misled
from bot.knowledge import checks
from bot.knowledge.checks import CHECKS, check
from bot.knowledge.document import read
from bot.knowledge.loading import load
from bot.language.catalogue import language
from bot.matching import phrasing_checks
from bot.matching.asking import compared

ALL = {**CHECKS, **phrasing_checks.CHECKS}
NOW = datetime(2030, 3, 1, tzinfo=UTC)

ELECTION = "town-2030/election.yaml"
SOURCES = "town-2030/sources.yaml"
PEOPLE = "town-2030/people.yaml"
ROSE = "town-2030/candidates/rose.yaml"
THORN = "town-2030/candidates/thorn.yaml"
LAW = "common/sources.yaml"
SAFETY = "common/topics/safety.yaml"
CAMERAS = "common/topics/cameras.yaml"
FACT = "common/facts/how-to-vote.yaml"


PATHS = {path.rpartition("/")[2].removesuffix(".yaml"): path for path in FILES} | {
    "sources": SOURCES,
    "law": LAW,
}
FIXTURES = Path(__file__).parent.parent / "fixtures"


def rows(name: str) -> list[tuple[str, ...]]:
    document = read(FIXTURES / name, FIXTURES)
    assert not document.problems
    return [
        (check, *(text.replace("⟨301 letters⟩", "x" * 301) for text in row))
        for check, changes in document.tree.items()
        for row in changes
    ]


def changed(path: str, old: str, new: str) -> dict[str, str | bytes | None]:
    assert old in FILES[path]
    return {path: FILES[path].replace(old, new, 1)}


def complaints(write: Write, changes: dict[str, str | bytes | None], name: str | None = None) -> list[str]:
    chosen = ALL if name is None else {name: ALL[name]}
    return [str(p).removeprefix("knowledge/") for p in check(load(write(changes)), chosen)]


def test_a_sound_base_has_nothing_to_mend_or_to_complete(write: Write) -> None:
    assert complaints(write, {}) == []


def test_every_check_tells_a_moderator_why_in_one_sentence() -> None:
    for name, function in ALL.items():
        sentence = (function.__doc__ or "").strip()
        assert sentence.endswith("."), name
        assert "\n" not in sentence, name


@pytest.mark.parametrize(("name", "file", "old", "new", "complaint"), rows("broken_rules.yaml"))
def test_what_breaks_a_rule_is_reported_where_it_stands(
    write: Write, name: str, file: str, old: str, new: str, complaint: str
) -> None:
    place, colon, message = complaint.partition(":")
    assert f"{PATHS[place]}{colon}{message}" in complaints(write, changed(PATHS[file], old, new), name)


@pytest.mark.parametrize(("name", "file", "old", "new"), rows("kept_rules.yaml"))
def test_what_only_comes_close_to_a_rule_is_left_alone(
    write: Write, name: str, file: str, old: str, new: str
) -> None:
    assert complaints(write, changed(PATHS[file], old, new), name) == []


def test_every_rule_is_broken_by_some_test() -> None:
    elsewhere = {"single-ids", "candidates", "muted-words"}
    assert {row[0] for row in rows("broken_rules.yaml")} | elsewhere == set(ALL)


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("15 % de 3,5 millions", "15% of 3.5 million"),
        ("20,50 %", "20.5%"),
        ("à 8 h 00", "at 8:00"),
        ("12 918 voix, 51,68 %, 39 sièges", "12,918 votes, 51.68%, 39 seats"),
        ("39, 5, 3 et 2", "39, 5, 3 and 2"),
        ("1 234 567", "1,234,567"),
        ("17e, 1er", "17th, 1st"),
        ("décret 2025-848", "decree 2025-848"),
        ("3,125 %", "3.125%"),
    ],
)
def test_a_figure_is_the_same_however_a_language_writes_it(write: Write, fr: str, en: str) -> None:
    changes = changed(ROSE, "{fr: Fleuriste., en: A florist.}", f'{{fr: "{fr}", en: "{en}"}}')
    assert complaints(write, changes, "figures") == []


def test_an_unused_source_is_reported_unless_something_could_not_be_read(write: Write) -> None:
    extra = FILES[LAW] + FILES[LAW].replace("law:", "code:")
    expected = f"{LAW}:6:1: nothing rests on source 'code'; use it or remove it"
    assert complaints(write, {LAW: extra}) == [expected]
    assert expected not in complaints(write, {LAW: extra, ROSE: "name: ["})


def test_a_source_of_a_shared_folder_may_be_used_by_one_election_only(write: Write) -> None:
    other = FILES[ELECTION].replace(", how-to-vote", "")
    changes: dict[str, str | bytes | None] = {
        **changed(FACT, "source: law", "source: gazette"),
        **changed(ROSE, "sources: [gazette]", "sources: [law]"),
        "town-2031/election.yaml": other,
        "town-2031/sources.yaml": FILES[SOURCES],
    }
    assert complaints(write, changes, "used-sources") == []


@pytest.mark.parametrize(
    "changes",
    [
        {SAFETY: "name: ["},
        {SOURCES: "gazette: {publisher: x}"},
        {SOURCES: "gazette: ["},
        {PEOPLE: "bloom: {}"},
        {THORN: "nothing", ELECTION: FILES[ELECTION].replace("starters", "ballot: [rose, thorn]\nstarters")},
    ],
)
def test_what_cannot_be_read_is_not_reported_as_missing_too(
    write: Write, changes: dict[str, str | bytes | None]
) -> None:
    assert not any("is not in" in c or "has no file" in c for c in complaints(write, changes))


@pytest.mark.parametrize(
    ("path", "content", "complaint"),
    [
        (
            "town-2030/facts/safety.yaml",
            FILES[FACT],
            "'safety' is already a topic; give this fact another id",
        ),
        (
            "town-2030/candidates/safety.yaml",
            "name: Sam",
            "'safety' is already a topic; give this candidate another id",
        ),
        (
            "town-2030/candidates/how-to-vote.yaml",
            "name: Sam",
            "'how-to-vote' is already a fact; give this candidate another id",
        ),
        (
            SOURCES,
            FILES[SOURCES] + FILES[LAW],
            "source 'law' is also in common/sources.yaml; give it another id here",
        ),
    ],
)
def test_an_id_belongs_to_one_thing(write: Write, path: str, content: str, complaint: str) -> None:
    (found,) = complaints(write, {path: content}, "single-ids")
    assert found.startswith(f"{path}:")
    assert found.endswith(complaint)


def test_an_election_may_have_a_topic_of_its_own_in_place_of_a_shared_one(write: Write) -> None:
    assert complaints(write, {"town-2030/topics/cameras.yaml": FILES[CAMERAS]}) == []


def test_a_circle_of_topics_is_reported_once_and_what_hangs_on_it_is_not(write: Write) -> None:
    changes = {
        **changed(SAFETY, "phrasings", "parent: cameras\nphrasings"),
        "common/topics/lenses.yaml": FILES[CAMERAS].replace("safety", "cameras"),
    }
    found = complaints(write, changes, "topic-tree")
    expected = "these topics stand above each other in a circle: safety > cameras > safety"
    assert found == [f"{CAMERAS}:2:1: {expected}"]


@pytest.mark.parametrize(
    ("extra", "complaint"),
    [
        (
            None,
            "town-2030:1:1: this election has no candidates; add a candidates/ folder, with a file for each",
        ),
        ("README.md", "town-2030/candidates:1:1: this folder is empty; add a file for each candidate"),
    ],
)
def test_an_election_without_candidates_is_a_problem(write: Write, extra: str | None, complaint: str) -> None:
    root = write({})
    for path in (root / "town-2030/candidates").iterdir():
        path.unlink()
    if extra is None:
        (root / "town-2030/candidates").rmdir()
    else:
        (root / "town-2030/candidates" / extra).write_text("To come.")
    found = [str(p).removeprefix("knowledge/") for p in checks.check(load(root))]
    assert complaint in found


def test_candidates_who_cannot_be_read_are_not_called_missing(write: Write) -> None:
    found = complaints(write, {ROSE: "name: [", THORN: "name: ["}, "candidates")
    assert [complaint.partition(":")[0] for complaint in found] == [ROSE, THORN]


@pytest.mark.parametrize(
    ("path", "old", "new", "place", "message"),
    [
        (FACT, "voter],", "voter, CAMÉRAS !],", "3:33", "'CAMÉRAS !' is a phrasing of topic 'cameras'"),
        (SAFETY, "theft]", "theft, Cameras?]", "2:55", "'Cameras?' is a phrasing of topic 'cameras'"),
        (ROSE, "[how many cameras]", "[Théft]", "14:49", "'Théft' is a phrasing of topic 'safety'"),
        (
            ROSE,
            "[combien de",
            "[COMMENT voter, ",
            "14:23",
            "'COMMENT voter' is a phrasing of fact 'how-to-vote'",
        ),
    ],
)
def test_a_phrasing_leads_to_one_entry_whatever_its_case_and_accents(
    write: Write, path: str, old: str, new: str, place: str, message: str
) -> None:
    expected = f"{path}:{place}: {message} too; keep it with one"
    assert complaints(write, changed(path, old, new), "single-phrasings") == [expected]


def test_a_clash_with_a_shared_folder_is_reported_in_the_election(write: Write) -> None:
    path = "town-2030/facts/lenses.yaml"
    fact = FILES[FACT].replace("how to vote", "cameras").replace("comment", "où")
    expected = f"{path}:3:34: 'cameras' is a phrasing of topic 'cameras' too; keep it with one"
    assert complaints(write, {path: fact}, "single-phrasings") == [expected]


@given(
    st.text(alphabet=st.sampled_from("abeoàçéèïñðøœßÿÉ -'’.0s"), max_size=12)
    | st.text(max_size=8)
    | st.from_regex(r"[a-zà-ÿA-ZÀ-Ÿ]+([ -][a-zà-ÿ]+)*", fullmatch=True)
)
@example("nooon")
@example("œuf")
def test_what_is_compared_is_what_a_question_is_cut_into(text: str) -> None:
    assert compared(text, "fr") == " ".join(word.folded for word in language("fr").words(text))


LENSES = "common/topics/lenses.yaml"


@pytest.mark.parametrize(
    ("path", "old", "new", "place", "message"),
    [
        (
            ROSE,
            "[combien de",
            "[Objectif, combien de",
            "14:23",
            "'Objectif' asks for the same as 'objectifs'",
        ),
        (
            ROSE,
            "[how many",
            "[the pictures, how many",
            "14:49",
            "'the pictures' asks for the same as 'picture'",
        ),
        (
            ROSE,
            "[how many",
            "[a glass cap, how many",
            "14:49",
            "'a glass cap' asks for the same as 'caps of glass'",
        ),
        (CAMERAS, "en: [", "en: [the pictures, ", "LENSES", "'picture' asks for the same as 'the pictures'"),
    ],
)
def test_a_phrasing_with_the_stem_of_another_topic_s_is_noticed(
    write: Write, path: str, old: str, new: str, place: str, message: str
) -> None:
    lenses = "name: {fr: O, en: L}\nphrasings: {fr: [objectifs], en: [picture, caps of glass]}\n"
    at, owner = (f"{LENSES}:2:35", "cameras") if place == "LENSES" else (f"{path}:{place}", "lenses")
    expected = f"{at}: note: {message} of topic '{owner}': the bot will ask back between the two"
    assert complaints(write, {**changed(path, old, new), LENSES: lenses}, "kindred-phrasings") == [expected]


@pytest.mark.parametrize("new", ["pictures of glass", "lens", "cap", "caps glass hole", "objectifs"])
def test_a_longer_phrasing_of_a_topic_or_another_word_is_not_noticed(write: Write, new: str) -> None:
    lenses = "name: {fr: O, en: L}\nphrasings: {fr: [objectifs], en: [picture, caps of glass]}\n"
    changes = {**changed(CAMERAS, "en: [cameras]", f"en: [{new}]"), LENSES: lenses}
    assert complaints(write, changes, "kindred-phrasings") == []


def test_sixty_elections_are_looked_through_for_what_each_knows_alone(write: Write) -> None:
    """A word may lead to one topic in one town and to another elsewhere, and is nobody's alias where it is asked."""
    other = {
        path.replace("town-2030", "town-2031"): text.replace("[combien de caméras]", "[rosy]")
        for path, text in FILES.items()
        if "town-2030" in path
    }
    other["town-2031/candidates/rose.yaml"] = other["town-2031/candidates/rose.yaml"].replace("Rosy", "Bud")
    changes: dict[str, str | bytes | None] = {**other}
    assert complaints(write, changes) == []
    changes["town-2031/candidates/rose.yaml"] = other["town-2031/candidates/rose.yaml"].replace("Bud", "Rosy")
    expected = (
        "town-2031/candidates/rose.yaml:2:11: 'Rosy' is a phrasing of topic 'cameras'; use another alias"
    )
    assert complaints(write, changes) == [expected]


def test_an_alias_names_one_candidate(write: Write) -> None:
    text = "name: Ted Thorn\naliases: [rôsy, Ted]\n"
    expected = f"{THORN}:2:11: 'rôsy' names candidate 'rose' too; keep it for one of them"
    assert complaints(write, {THORN: text}, "single-aliases") == [expected]


def test_problems_come_sorted_once_and_with_those_of_reading(write: Write) -> None:
    changes = {
        **changed(CAMERAS, "en: Cameras", "xx: Cameras"),
        SAFETY: "name: [",
        "town-2031/election.yaml": FILES[ELECTION],
        "town-2031/candidates/x.yaml": "name: Someone Else",
    }
    found = check(load(write(changes)), ALL)
    assert list(found) == sorted(set(found))
    assert any("not valid YAML" in p.message for p in found)
    assert len([p for p in found if "missing in 'en'" in p.message]) == 1


def test_a_phrasing_that_is_answered_with_its_entry_goes_without_notice(write: Write) -> None:
    loaded = load(write({}))
    assert list(misled(Assistant(loaded.base), "town-2030", NOW, loaded)) == []


def test_a_phrasing_that_leads_elsewhere_is_noticed_at_its_line(write: Write) -> None:
    changes = changed(CAMERAS, "en: [cameras]", "en: [cameras, theft, hello]")
    changes["town-2031/election.yaml"] = FILES[ELECTION]
    loaded = load(write(changes))
    found = list(misled(Assistant(loaded.base), "town-2030", NOW, loaded))
    assert [str(problem).removeprefix("knowledge/") for problem in found] == [
        f"{CAMERAS}:3:49: note: 'hello' is written for 'cameras', but the bot speaks of itself"
    ]


@pytest.mark.parametrize(
    ("phrasing", "instead"),
    [
        ("who should I vote for", "the bot declines to answer"),
        ("who are you", "the bot speaks of itself"),
        ("how to", "the bot answers that it does not know"),
    ],
)
def test_what_a_phrasing_is_answered_with_instead_is_said_in_words(
    write: Write, phrasing: str, instead: str
) -> None:
    loaded = load(write(changed(FACT, "en: [how to vote]", f"en: [how to vote, {phrasing}]")))
    (found,) = misled(Assistant(loaded.base), "town-2030", NOW, loaded)
    assert found.message == f"'{phrasing}' is written for 'how-to-vote', but {instead}"


def test_a_bot_does_not_begin_to_serve_with_a_word_that_means_two_things(write: Write) -> None:
    where = Where(str(write(changed(CAMERAS, "[caméras]", "[caméras, vols]"))))
    assert len(answerable(where).base.elections) == 1
    with pytest.raises(Refused) as refused:
        answerable(where, whole=True)
    assert "a phrasing of topic 'cameras' too" in str(refused.value.values["problem"])
    assert len(answerable(Where(str(write({}))), whole=True).base.elections) == 1


def test_without_the_files_a_phrasing_that_leads_elsewhere_is_noticed_at_its_folder(write: Write) -> None:
    loaded = load(write(changed(FACT, "[comment voter]", "[comment voter, vols]")))
    found = list(misled(Assistant(loaded.base), "town-2030", NOW))
    assert [str(problem) for problem in found] == [
        "common:1:1: note: 'vols' is written for 'safety', but answered with how-to-vote"
    ]
