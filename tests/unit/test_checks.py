"""This base, those problems: one small change to a sound base for each rule a moderator may break."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from small_base import FILES, Write

from bot.dialogue.assistant import Assistant
from bot.evaluation.phrasings import misled
from bot.knowledge import checks
from bot.knowledge.checks import CHECKS, check
from bot.knowledge.loading import load
from bot.matching import phrasing_checks

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


LONG = "x" * 301
WORDS = " ".join(["word"] * 26)


@pytest.mark.parametrize(
    ("name", "path", "old", "new", "complaint"),
    [
        ("known-sources", ROSE, "source: gazette", "source: gazete", "13:7: source 'gazete' is not in sources.yaml; did you mean 'gazette'?"),
        ("known-sources", ROSE, "source: gazette", "source: rumour", "13:7: source 'rumour' is not in sources.yaml"),
        ("known-sources", ROSE, "sources: [gazette]", "sources: [gazette, lae]", "6:20: source 'lae' is not in sources.yaml; did you mean 'law'?"),
        ("known-sources", FACT, "source: law", "source: lawn", "6:5: source 'lawn' is not in sources.yaml; did you mean 'law'?"),
        ("used-sources", FACT, "\nanswer:\n  - claim: {fr: On vote avec sa carte., en: People vote with their card.}\n    source: law\n", "\n", None),
        ("linked-sources", SOURCES, "  url: https://example.org/gazette\n", "", "1:1: note: source 'gazette' has no url: to complete"),
        ("known-ids", ROSE, "  cameras:", "  camera:", "8:3: topic 'camera' has no file in topics/; did you mean 'cameras'?"),
        ("known-ids", ROSE, "[bloom]", "[blom]", "5:13: person 'blom' is not in people.yaml; did you mean 'bloom'?"),
        ("known-ids", CAMERAS, "parent: safety", "parent: safty", "2:1: topic 'safty' has no file in topics/; did you mean 'safety'?"),
        ("known-ids", FACT, "topic: safety", "topic: voting", "2:1: topic 'voting' has no file in topics/"),
        ("known-ids", PEOPLE, "garden", "gardens", "1:26: party 'gardens' is not in parties.yaml; did you mean 'garden'?"),
        ("known-ids", ELECTION, "[safety,", "[savety,", "9:12: 'savety' is the id of none of the topics, facts, candidates; did you mean 'safety'?"),
        ("topic-tree", SAFETY, "phrasings", "parent: safety\nphrasings", "2:1: these topics stand above each other in a circle: safety > safety"),
        ("dates", ELECTION, "2030-03-17", "2030-03-10", "5:6: this round must come after the one before it"),
        ("dates", ELECTION, '"20:00"', '"08:00"', "4:42: polls must close after they open"),
        ("dates", SOURCES, "2030-02\n", "2030-03\n", "4:3: this is after 2030-02-20, when the election was last checked; correct the one or the other"),
        ("dates", SOURCES, "2030-02\n", "2031\n", "4:3: this is after 2030-02-20, when the election was last checked; correct the one or the other"),
        ("dates", SOURCES, "2030-02-19", "2030-02-21", "7:3: this is after 2030-02-20, when the election was last checked; correct the one or the other"),
        ("dates", SOURCES, "2030-02\n", "2030-02-20\n", "7:3: this is before the source was published, 2030-02-20"),
        ("ballots", ELECTION, "starters", "ballot: [rose, torn]\nstarters", "9:16: candidate 'torn' has no file in candidates/; did you mean 'thorn'?"),
        ("ballots", ELECTION, "starters", "ballot: [rose, rose, thorn]\nstarters", "9:16: candidate 'rose' is already in the ballot"),
        ("ballots", ELECTION, "starters", "ballot: [rose]\nstarters", "9:1: candidate 'thorn' is missing from the ballot"),
        ("ballots", ELECTION, "starters", "order: ballot\nstarters", "1:1: candidate 'rose' is missing from the ballot"),
        ("includes", ELECTION, "[common]", "[common, common]", "8:20: 'common' is already part of this election"),
        ("includes", ELECTION, "[common]", "[common, town-2030]", "8:20: 'town-2030' is already part of this election"),
        ("languages", ROSE, ", en: A florist.", "", "3:1: this description is missing in 'en'; write it in every language"),
        ("languages", ROSE, "        en: She wants 1,200 cameras.\n", "", "9:7: this claim is missing in 'en'; write it in every language"),
        ("languages", ROSE, "{fr: Le Jardin, en: The Garden}", "{en: The Garden}", "4:11: this backing is missing in 'fr'; write it in every language"),
        ("languages", ROSE, ", en: [how many cameras]", "", "14:7: phrasings in 'en' are missing; voters type in every language"),
        ("languages", ROSE, "      asked_as:", "      note: {en: Read in part.}\n      asked_as:", "14:7: this note is missing in 'fr'; write it in every language"),
        ("languages", SOURCES, "  language", "  note: {fr: Lu.}\n  language", "6:3: this note is missing in 'en'; write it in every language"),
        ("languages", ELECTION, "Élection de 2030, en:", "Élection de 2030, es:", "1:1: this name is missing in 'en'; write it in every language"),
        ("languages", CAMERAS, "fr: Caméras, ", "", "1:1: this name is missing in 'fr'; write it in every language"),
        ("languages", CAMERAS, "en: [cameras]", "en: []", "3:1: phrasings in 'en' are missing; voters type in every language"),
        ("languages", FACT, "phrasings: {fr: [comment voter], en: [how to vote]}\n", "", "1:1: phrasings in 'fr' are missing; voters type in every language"),
        ("languages", "common/parties.yaml", ", en: The Garden", "", "1:10: this name is missing in 'en'; write it in every language"),
        ("quotes", ROSE, 'en: "twelve hundred cameras"', 'fr: "douze cents caméras"', "12:15: source 'gazette' is in 'en'; quote it in that language"),
        ("quotes", ROSE, 'en: "twelve hundred cameras"', "en: cameras, fr: caméras", "12:7: a quote stands in one language only: that of its source"),
        ("quotes", ROSE, "twelve hundred cameras", WORDS, "12:15: this quote has 26 words; at most 25"),
        ("lengths", ROSE, "She wants 1,200 cameras.", LONG, "11:9: this has 301 characters; at most 300"),
        ("lengths", ROSE, "      asked_as:", f"      note: {{fr: {LONG}, en: x}}\n      asked_as:", "14:14: this has 301 characters; at most 300"),
        ("judging-words", ROSE, "Fleuriste.", "Fleuriste incompétente.", "3:15: 'incompétente' judges; say what was said or done, or quote it"),
        ("judging-words", ROSE, "1 200 caméras.", "1 200 caméras, idée SCANDALEUSE.", "10:9: 'SCANDALEUSE' judges; say what was said or done, or quote it"),
        ("judging-words", FACT, "with their card", "with an excellent card", "5:48: 'excellent' judges; say what was said or done, or quote it"),
        ("judging-words", ROSE, "Fleuriste.", "Fleuriste honte\u0301 honteuse.", "3:15: 'honteuse' judges; say what was said or done, or quote it"),
        ("figures", ROSE, "1,200", "1,300", "10:9: the figure 1300 is in 'en' and not here; write figures alike in every language"),
        ("figures", ROSE, "1,200", "1,300", "11:9: the figure 1200 is in 'fr' and not here; write figures alike in every language"),
        ("figures", ROSE, "A florist.", "A florist since 1999.", "3:15: the figure 1999 is in 'en' and not here; write figures alike in every language"),
        ("figures", ELECTION, "Election of 2030", "Election of 2031", "1:8: the figure 2031 is in 'en' and not here; write figures alike in every language"),
        ("names", ROSE, "1 200 caméras", "1 200 caméras à Fleurville", "11:9: note: the name Fleurville is in 'fr' and not here"),
        ("phrasing-lengths", CAMERAS, "[cameras]", "[one two three four five six seven eight nine]", "3:36: note: 'one two three four five six seven eight nine' has more than 8 words; keep those that tell"),
        ("alias-lengths", ROSE, "[Rosy]", "[Rosy, R.P]", "2:17: 'R.P' is too short to name anyone; at least 3 letters"),
        ("known-languages", ELECTION, "[fr, en]", "[fr, en, xx]", "6:21: the bot has no language file xx.yaml yet; add one, or remove this"),
        ("known-languages", CAMERAS, "{fr: Caméras,", "{fr: Caméras, xx: Kamera,", "1:21: the bot has no language file xx.yaml yet; add one, or remove this"),
        ("known-languages", CAMERAS, "{fr: [caméras],", "{fr: [caméras], xx: [kamera],", "3:28: the bot has no language file xx.yaml yet; add one, or remove this"),
        ("single-phrasings", CAMERAS, "[cameras]", "[cameras, '?!']", "3:45: '?!' holds no word that a voter could type"),
        ("single-aliases", ROSE, "[Rosy]", "[Rosy, Ted Thorn]", None),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_reported_where_it_stands(
    write: Write, name: str, path: str, old: str, new: str, complaint: str | None
) -> None:
    found = complaints(write, changed(path, old, new), name)
    if complaint is None:
        assert len(found) == 1
    else:
        assert f"{path}:{complaint}" in found


@pytest.mark.parametrize(
    ("name", "path", "old", "new"),
    [
        ("dates", SOURCES, "2030-02\n", "2030\n"),
        ("dates", SOURCES, "2030-02\n", "2030-02-19\n"),
        ("dates", LAW, "  url", "  published: 2035\n  url"),
        ("ballots", ELECTION, "starters", "order: ballot\nballot: [thorn, rose]\nstarters"),
        ("known-ids", ELECTION, "[safety,", "[rose, cameras,"),
        ("quotes", ROSE, "twelve hundred cameras", WORDS.removeprefix("word ") + " – …"),
        ("quotes", ROSE, "source: gazette", "source: lost"),
        ("lengths", ROSE, "A florist.", LONG),
        ("judging-words", ROSE, "A florist.", 'A florist: "an excellent one", “superb”.'),
        ("judging-words", ROSE, "Fleuriste.", "Fleuriste, « honteuse » dit-on."),
        ("judging-words", ROSE, "twelve hundred cameras", "a scandalous thing"),
        ("judging-words", ROSE, "Fleuriste.", "Fleuriste à Honfleur."),
        ("figures", ROSE, "1,200", "1.200"),
        ("figures", ROSE, "1 200 caméras", "1\u202f200 caméras"),
        ("figures", ROSE, "1 200 caméras", "1 200 caméras et encore 1 200"),
        ("figures", ROSE, "twelve hundred cameras", "1,300 cameras"),
        ("names", ROSE, "She wants", "Cameras: “Rose” wants"),
        ("phrasing-lengths", CAMERAS, "[cameras]", "[one two three four five six seven eight]"),
        ("alias-lengths", ROSE, "[Rosy]", "[RPV, M. P]"),
        ("known-languages", ROSE, 'en: "twelve hundred cameras"', 'xx: "cameras"'),
        ("single-phrasings", CAMERAS, "[cameras]", "[cameras, how many cameras]"),
        ("single-aliases", ROSE, "[Rosy]", "[Rose Petal, Thorn]"),
    ],
)
def test_what_only_comes_close_to_a_rule_is_left_alone(
    write: Write, name: str, path: str, old: str, new: str
) -> None:
    assert complaints(write, changed(path, old, new), name) == []


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("15 % de 3,5 millions", "15% of 3.5 million"),
        ("20,50 %", "20.5%"),
        ("à 8 h 00", "at 8:00"),
        ("le 01/03/2030", "on 1.3.2030"),
        ("12 918 voix, 51,68 %, 39 sièges", "12,918 votes, 51.68%, 39 seats"),
        ("39, 5, 3 et 2", "39, 5, 3 and 2"),
        ("1 234 567", "1,234,567"),
        ("17e, 1er", "17th, 1st"),
        ("décret 2025-848", "decree 2025-848"),
        ("3,125 %", "3.125%"),
    ],
)
def test_a_figure_is_the_same_however_a_language_writes_it(write: Write, fr: str, en: str) -> None:
    if fr.startswith("le 01"):
        pytest.skip("dates in figures are read as decimals; write the month as a word")
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
        ("town-2030/facts/safety.yaml", FILES[FACT], "'safety' is already a topic; give this fact another id"),
        ("town-2030/candidates/safety.yaml", "name: Sam", "'safety' is already a topic; give this candidate another id"),
        ("town-2030/candidates/how-to-vote.yaml", "name: Sam", "'how-to-vote' is already a fact; give this candidate another id"),
        (SOURCES, FILES[SOURCES] + FILES[LAW], "source 'law' is also in common/sources.yaml; give it another id here"),
    ],
)  # fmt: skip
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
    assert complaints(write, {ROSE: "name: [", THORN: "name: ["}, "candidates") == [
        f"{ROSE}:1:8: this is not valid YAML: did not find expected node content",
        f"{THORN}:1:8: this is not valid YAML: did not find expected node content",
    ]


@pytest.mark.parametrize(
    ("path", "old", "new", "complaint"),
    [
        (FACT, "[comment voter]", "[comment voter, CAMERAS !]", f"{CAMERAS}:3:18: 'caméras' is a phrasing of fact 'how-to-vote' too; keep it with one"),
        (SAFETY, "theft]", "theft, Cameras?]", f"{SAFETY}:2:52: 'Cameras?' is a phrasing of topic 'cameras' too; keep it with one"),
        (ROSE, "[how many cameras]", "[Théft]", f"{ROSE}:14:47: 'Théft' is a phrasing of topic 'safety' too; keep it with one"),
        (ROSE, "[combien de caméras]", "[COMMENT voter]", f"{ROSE}:14:22: 'COMMENT voter' is a phrasing of fact 'how-to-vote' too; keep it with one"),
    ],
)  # fmt: skip
def test_a_phrasing_leads_to_one_entry_whatever_its_case_and_accents(
    write: Write, path: str, old: str, new: str, complaint: str
) -> None:
    assert complaints(write, changed(path, old, new), "single-phrasings") == [complaint]


def test_a_clash_with_a_shared_folder_is_reported_in_the_election(write: Write) -> None:
    path = "town-2030/facts/lenses.yaml"
    (found,) = complaints(write, {path: FILES[FACT].replace("how to vote", "cameras").replace("comment", "où")}, "single-phrasings")  # fmt: skip
    assert found == f"{path}:3:43: 'cameras' is a phrasing of topic 'cameras' too; keep it with one"


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
        f"{CAMERAS}:3:52: note: 'hello' is written for 'cameras', but answered with 'help'"
    ]


def test_without_the_files_a_phrasing_that_leads_elsewhere_is_noticed_at_its_folder(write: Write) -> None:
    loaded = load(write(changed(FACT, "[comment voter]", "[comment voter, vols]")))
    found = list(misled(Assistant(loaded.base), "town-2030", NOW))
    assert [str(problem) for problem in found] == []
