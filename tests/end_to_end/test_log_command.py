"""`election-bot log` as a moderator reads it: the latest steps, one in full, and what is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from bot.state.records import Audited
from tests.end_to_end.moderators import TOWN, Place, laid_out
from tests.end_to_end.served import copied, empty_database

AT = datetime(2030, 2, 28, 23, 30, tzinfo=UTC)
CHANGED = "  fr: [vols]", "  fr: [vols, bassin]\n  en: [theft]"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_database(tmp_path_factory.mktemp("database"))


@pytest.fixture
def place(tmp_path: Path, empty: Path) -> Place:
    return laid_out(tmp_path, copied(empty, tmp_path))


def kept(place: Place, *steps: tuple[str, str, str, str]) -> None:
    """Steps in the log: who, did what, in which election, to what."""

    def keep(state: object) -> None:
        for number, (name, action, election, subject) in enumerate(steps):
            proposal = "" if action in ("dismissed", "restored") else f"p{number}"
            lines = CHANGED if proposal else ("", "")
            step = Audited(
                0, AT + timedelta(minutes=number), name, action, election, subject, *lines, proposal
            )
            state.moderating.audit(step)  # type: ignore[attr-defined]

    place.state(keep)


def several(place: Place) -> None:
    kept(
        place,
        ("Ada", "proposed", TOWN, "phrasing safety"),
        ("Bo", "approved", TOWN, "phrasing safety"),
        ("Bo", "applied", TOWN, "phrasing safety"),
        ("Cleo", "dismissed", "gone-2029", "vive le vélo"),
        ("Ada", "dismissed", TOWN, "rose/cameras"),
    )


def refusal(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


def test_the_log_is_empty_at_first(place: Place) -> None:
    result = place.run("log")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "Nothing has been edited yet.\n", "")


def test_steps_are_lines_with_the_latest_first_in_the_time_of_the_election(place: Place) -> None:
    several(place)
    result = place.run("log")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "5. 2030-03-01 00:34 · Ada · dismissed · Rose Petal · Cameras",
        "4. 2030-03-01 00:33 · Cleo · dismissed · “vive le vélo”",
        "3. 2030-03-01 00:32 · Bo · applied · new words · Safety",
        "2. 2030-03-01 00:31 · Bo · approved · new words · Safety",
        "1. 2030-03-01 00:30 · Ada · proposed · new words · Safety",
    ]


def test_only_so_many_steps_are_listed(place: Place) -> None:
    kept(place, *[("Ada", "dismissed", TOWN, f"question {number}") for number in range(30)])
    assert len(place.run("log").stdout.splitlines()) == 20
    assert [line[:3] for line in place.run("log", "--limit", "2").stdout.splitlines()] == ["30.", "29."]
    assert len(place.run("log", "--limit", "10000").stdout.splitlines()) == 30


def test_the_steps_of_one_election_are_listed_even_if_it_is_gone(place: Place) -> None:
    several(place)
    assert re.findall(r"^(\d)\.", place.run("log", "--election", TOWN).stdout, re.M) == ["5", "3", "2", "1"]
    assert re.findall(r"^(\d)\.", place.run("log", "--election", "gone-2029").stdout, re.M) == ["4"]
    assert "There is no election “nowhere” here." in refusal(place.run("log", "--election", "nowhere"))


def test_a_step_is_shown_in_full_with_the_lines_before_and_after(place: Place) -> None:
    several(place)
    result = place.run("log", "3")
    assert result.exit_code == 0
    assert result.stdout == (
        "Step 3\n3. 2030-03-01 00:32 · Bo · applied · new words · Safety\n\n"
        "Before:\n  fr: [vols]\n\nAfter:\n  fr: [vols, bassin]\n  en: [theft]\n"
    )
    assert (
        place.run("log", "4").stdout.splitlines()[1]
        == "4. 2030-03-01 00:33 · Cleo · dismissed · “vive le vélo”"
    )


def test_the_log_is_in_french_too(place: Place) -> None:
    several(place)
    result = place.run("log", "3", language="fr_FR.UTF-8")
    assert "a appliqué · nouveaux mots · Sécurité" in result.stdout
    assert "Avant :" in result.stdout


@pytest.mark.parametrize("number", ["6", "999999999999999999999999"])
def test_a_step_there_is_not_is_one_sentence(place: Place, number: str) -> None:
    several(place)
    assert refusal(place.run("log", number)) == f"There is no step {number} in the log."
    assert refusal(place.run("log", "4", "--election", TOWN)) == "There is no step 4 in the log."


@pytest.mark.parametrize("arguments", [["--limit", "0"], ["--limit", "x"], ["1", "2"], ["--limit"]])
def test_what_is_no_number_is_one_sentence(place: Place, arguments: list[str]) -> None:
    assert refusal(place.run("log", *arguments)).endswith("See: election-bot log --help")


@pytest.mark.parametrize("typed", ["0", "abc", "1.5", "²"])
def test_what_is_no_number_of_a_step_is_told_so(place: Place, typed: str) -> None:
    said = refusal(place.run("log", typed))
    assert said == f"“{typed}” is no number of a step. election-bot log lists them."


def test_a_base_with_mistakes_still_has_its_log(place: Place) -> None:
    several(place)
    place.write(f"{TOWN}/candidates/thorn.yaml", "name: [")
    assert "Bo · applied · new words · Safety" in place.run("log").stdout


def test_where_there_is_no_state_none_is_made(place: Place, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.sqlite3"
    said = refusal(place.run("log", STATE_URL=f"sqlite:///{elsewhere}"))
    assert said.startswith(f"There is no state at {elsewhere}, so there is no log either.")
    assert not elsewhere.exists()


def test_a_setting_that_is_impossible_is_one_sentence(place: Place) -> None:
    assert refusal(place.run("log", STATE_URL="nonsense")) == (
        "STATE_URL is not possible as it is set: expected is sqlite:///FILE or "
        "postgresql://USER:PASSWORD@HOST/DATABASE. See .env.example."
    )


def test_what_moves_a_cursor_is_shown_as_a_sign(place: Place) -> None:
    kept(place, ("A\x1b[2Jda", "dismissed", TOWN, "x\x1b]0;title\x07y\u202e"))
    shown = place.run("log").stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
