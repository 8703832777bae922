"""`election-bot diff` between versions in real git repositories: answers, entries, and what is refused."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import Result

from tests.end_to_end.moderators import TOWN, Place, laid_out

ROSE = f"{TOWN}/candidates/rose.yaml"
THORN = f"{TOWN}/candidates/thorn.yaml"
BANK = f"{TOWN}/questions/small.yaml"
VOTING = "common/facts/how-to-vote.yaml"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A base with one commit."""
    place = laid_out(tmp_path, tmp_path / "none.sqlite3")
    place.begin_history()
    return place


def refusal(result: Result) -> str:
    """The one sentence that says why nothing is compared."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


def counts(result: Result, verdict: str) -> tuple[int, int]:
    found = re.search(rf"^{verdict} +(\d+) +(\d+)$", result.stdout, re.M)
    assert found
    return int(found[1]), int(found[2])


def worsen(place: Place) -> None:
    """What a question of the bank asks for goes by another name."""
    place.replace(VOTING, "{fr: Comment voter, en: How to vote}", "{fr: La poste, en: The post}")
    place.replace(VOTING, "[comment voter]", "[poste]")
    place.replace(VOTING, "[how to vote]", "[post]")


def said_by_thorn(place: Place, topic: str, french: str, english: str) -> None:
    claim = f"    - claim: {{fr: {french}, en: {english}}}\n      source: gazette\n"
    place.write(THORN, f"name: Ted Thorn\npositions:\n  {topic}:\n{claim}")


# --- answers ---------------------------------------------------------------------------------------------


def test_nothing_differs_from_what_was_just_committed(place: Place) -> None:
    result = place.run("diff", "HEAD")
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.match(r"Election of 2030: HEAD \([0-9a-f]{12}\) → now\n", result.stdout)
    assert counts(result, "right") == (3, 3)
    assert result.stdout.endswith("\nNothing differs.\n")


def test_a_question_that_got_worse_comes_first_and_decides_the_status(place: Place) -> None:
    worsen(place)
    said_by_thorn(place, "cameras", "Il veut 9 caméras.", "He wants 9.")
    place.replace(BANK, "outcome: no_position, candidates: [thorn]", "outcome: position, candidates: [thorn]")
    result = place.run("diff", "HEAD")
    assert result.exit_code == 1
    assert counts(result, "right") == (2, 2)
    lines = result.stdout.split("Questions that come to something else: ")[1].splitlines()
    assert lines[0] == "2, of which other than their bank expects: 1"
    assert lines[1].startswith("⚠️ en-2 “how to vote”: a fact (How to vote) → ")
    assert lines[1].endswith("; the bank expects: a fact")
    assert lines[2].startswith("• fr-1 “que veut Thorn pour les caméras”: ")
    assert lines[2].endswith("(wrong → right)")
    assert lines[3] == "⚠️: if the new answer is right, the bank needs changing."


def test_a_new_statement_is_called_no_mistake(place: Place) -> None:
    said_by_thorn(place, "cameras", "Il veut 9 caméras.", "He wants 9.")
    result = place.run("diff", "HEAD")
    assert result.exit_code == 1
    moved = result.stdout.split("Questions that come to something else: ")[1]
    (line,) = [line for line in moved.splitlines() if line.startswith("⚠️ ")]
    assert line.startswith("⚠️ fr-1 “que veut Thorn pour les caméras”: nothing on record (")
    assert line.endswith("; the bank expects: nothing on record")
    assert "wrong" not in moved


def test_a_question_that_got_better_is_no_failure(place: Place) -> None:
    worsen(place)
    place.commit("Worse")
    place.git("revert", "--no-edit", "HEAD")
    result = place.run("diff", "HEAD~1")
    assert result.exit_code == 0
    assert "of which other than their bank expects: 0" in result.stdout
    assert "the bank needs changing" not in result.stdout


def test_an_answer_that_says_something_else_is_counted_and_not_listed(place: Place) -> None:
    place.replace(ROSE, "She wants 1,200 cameras.", "She wants 1,200 of them.")
    result = place.run("diff", "HEAD")
    assert result.exit_code == 0
    assert "Questions of the banks that get the same answer in other words: 1 of 3." in result.stdout
    assert "come to something else:" not in result.stdout


def test_both_versions_are_asked_the_banks_of_now(place: Place) -> None:
    place.write(BANK, "- {id: en-9, lang: en, text: who is Rose, outcome: candidate, candidates: [rose]}\n")
    result = place.run("diff", "HEAD")
    assert result.exit_code == 0
    assert counts(result, "right") == (1, 1)
    shutil.rmtree(place.root / TOWN / "questions")
    result = place.run("diff", "HEAD")
    assert (result.exit_code, "This election has no question bank" in result.stdout) == (0, True)


def test_two_versions_can_be_compared_whatever_the_folder_holds(place: Place) -> None:
    worsen(place)
    place.commit("Worse")
    place.git("tag", "worse")
    place.write(ROSE, "name: [")
    assert place.run("diff", "HEAD~1", "worse").exit_code == 1
    assert place.run("diff", "worse", "HEAD~1").exit_code == 0
    assert re.match(
        r"Election of 2030: HEAD~1 \(\w{12}\) → worse \(\w{12}\)\n",
        place.run("diff", "HEAD~1", "worse").stdout,
    )


def test_everything_is_said_in_french_too(place: Place) -> None:
    place.replace(ROSE, "aliases: [Rosy]", "aliases: [Rosy, Rosette]")
    result = place.run("diff", "HEAD", language="fr_FR.UTF-8")
    assert "→ aujourd'hui" in result.stdout
    assert "~ candidature : Rose Petal [rose] (aliases)" in result.stdout


# --- entries ---------------------------------------------------------------------------------------------


def test_entries_that_came_went_or_changed_are_listed_with_what_differs(place: Place) -> None:
    place.replace(ROSE, "aliases: [Rosy]\n", "")
    place.replace(f"{TOWN}/election.yaml", "2030-02-20", "2030-02-21")
    place.replace("common/topics/cameras.yaml", "fr: [caméras]", "fr: [caméras, vidéosurveillance]")
    place.write(
        f"{TOWN}/topics/pool.yaml", "name: {fr: Piscine, en: Pool}\nphrasings: {fr: [nager], en: [swim]}\n"
    )
    (place.root / VOTING).unlink()
    place.write("common/sources.yaml", "")
    place.replace(f"{TOWN}/election.yaml", "starters: [safety, how-to-vote]", "starters: [safety]")
    place.replace(f"{TOWN}/sources.yaml", "published: 2030-02\n", "published: 2030-01\n")
    place.write(f"{TOWN}/people.yaml", "{}\n")
    place.replace(ROSE, "linked_to: [bloom]\n", "")
    result = place.run("diff", "HEAD")
    entries = result.stdout.split("What differs in the base:\n")[1].splitlines()
    assert entries == [
        "~ election: town-2030 (starters, checked)",
        "~ candidate: Rose Petal [rose] (aliases, linked_to)",
        "~ topic: Cameras [cameras] (phrasings)",
        "+ topic: Pool [pool]",
        "- fact: How to vote [how-to-vote]",
        "~ source: gazette (published)",
        "- source: law",
        "- person: bloom",
        "- statement: How to vote [how-to-vote]",
        "    “People vote with their card.”",
    ]


def test_statements_are_listed_with_what_they_said_and_say(place: Place) -> None:
    place.replace(ROSE, "1 200", "1 300")
    place.replace(ROSE, "1,200", "1,300")
    place.replace(
        VOTING, "    source: law", "    note: {fr: Ou un passeport., en: Or a passport.}\n    source: law"
    )
    said_by_thorn(place, "safety", "Il veut la paix.", "He wants peace.")
    entries = place.run("diff", "HEAD").stdout.split("What differs in the base:\n")[1].splitlines()
    assert entries == [
        "~ statement: How to vote [how-to-vote]",
        "    “People vote with their card.” (note)",
        "~ statement: Rose Petal · Cameras [rose/cameras]",
        "    “She wants 1,200 cameras.” → “She wants 1,300 cameras.”",
        "+ statement: Ted Thorn · Safety [thorn/safety]",
        "    “He wants peace.”",
    ]


def test_an_election_that_came_or_went_is_named(place: Place) -> None:
    place.write("village-2030/election.yaml", place.read(f"{TOWN}/election.yaml").replace("Town", "Village"))
    place.write("village-2030/candidates/zed.yaml", "name: Zoé Zed\n")
    result = place.run("diff", "HEAD")
    assert result.exit_code == 0
    assert "+ village-2030\n" in result.stdout
    assert "- village-2030\n" not in place.run("diff", "HEAD", "--election", TOWN).stdout
    place.commit("Two")
    shutil.rmtree(place.root / "village-2030")
    assert "- village-2030\n" in place.run("diff", "HEAD", "--election", "village-2030").stdout
    assert "There is no election “nowhere” here." in refusal(
        place.run("diff", "HEAD", "--election", "nowhere")
    )


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "revision",
    [
        "nowhere",
        "",
        " ",
        "HEAD~9",
        "-x",
        "--all",
        "HEAD:knowledge",
        "HEAD^{tree}",
        "$(touch pwned)",
        "HEAD; touch pwned",
        "HEAD\nHEAD",
        "é" * 5000,
    ],
)
def test_a_version_that_git_does_not_know_is_one_sentence(place: Place, revision: str) -> None:
    said = refusal(place.run("diff", "--", revision))
    assert said.startswith("git knows no version “")
    assert not list(place.root.parent.rglob("pwned"))
    assert place.run("diff", "--", "HEAD", revision).exit_code == 2


def test_a_version_from_before_the_folder_was_there_is_one_sentence(place: Place) -> None:
    place.git("checkout", "-q", "--orphan", "empty")
    place.git("commit", "-q", "--allow-empty", "-m", "Nothing yet", "--only")
    place.git("checkout", "-q", "main")
    assert refusal(place.run("diff", "empty")).startswith("At “empty” there was no ")


def test_a_folder_outside_git_is_one_sentence(tmp_path: Path) -> None:
    place = laid_out(tmp_path, tmp_path / "none.sqlite3")
    said = refusal(place.run("diff", "HEAD"))
    assert said == f"{place.root} is not in a git checkout, so there is no earlier version of it."


def test_where_git_is_missing_it_is_said(place: Place, tmp_path: Path) -> None:
    said = refusal(place.run("diff", "HEAD", PATH=str(tmp_path)))
    assert said == "Comparing versions needs git, which is not installed here."


def test_a_version_with_mistakes_is_not_compared(place: Place) -> None:
    good = place.read(ROSE)
    place.write(ROSE, "name: [")
    assert refusal(place.run("diff", "HEAD")).startswith("The base at “now” has ")
    place.commit("Broken")
    place.write(ROSE, good)
    said = refusal(place.run("diff", "HEAD"))
    assert said.startswith("The base at “HEAD” has 1 problem, so it is not compared; the first: ")


def test_a_bank_with_mistakes_is_not_asked(place: Place) -> None:
    place.write(BANK, "- {id: en-1}\n")
    result = place.run("diff", "HEAD")
    assert result.exit_code == 2
    assert result.stderr.startswith("The question banks have ")


def test_a_version_must_be_named(place: Place) -> None:
    assert refusal(place.run("diff")) == "Write a version to compare with, such as HEAD~1."
    assert refusal(place.run("diff", "HEAD", "HEAD", "HEAD")).startswith("This is one word too many")
