"""`election-bot add` as a moderator uses it: answers piped in or typed, mistakes, and what is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result

from bot.channels import adding
from bot.knowledge.editing import Conflict, Operation
from bot.knowledge.loading import load
from bot.knowledge.model import Election
from bot.moderation.storing import Busy
from tests.end_to_end.moderators import TOWN, Place, Window, laid_out

ROSE = f"{TOWN}/candidates/rose.yaml"
SOURCES = f"{TOWN}/sources.yaml"
POSITION = ("Ted Thorn", "cameras", "Il veut 9 caméras.", "He wants 9 cameras.", "gazette", "", "1")
NEW_SOURCE = ("new", "The Herald", "Nine cameras", "https://example.org/nine", "2030-02-28", "2")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return laid_out(tmp_path, tmp_path / "none.sqlite3")


def add(place: Place, kind: str, *lines: str, language: str = "C.UTF-8") -> Result:
    return place.run("add", kind, typed="".join(f"{line}\n" for line in lines), language=language)


def election(place: Place) -> Election:
    return load(place.root).base.elections[TOWN]


def refusal(result: Result) -> str:
    """The one sentence with which nothing was written."""
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


# --- each kind -------------------------------------------------------------------------------------------


def test_a_position_is_written_below_its_candidate(place: Place) -> None:
    before = place.texts()
    result = add(place, "position", *POSITION)
    assert (result.exit_code, result.stderr) == (0, "")
    ((file, (gone, come)),) = place.changed(before).items()
    assert (file, gone) == (f"{TOWN}/candidates/thorn.yaml", [])
    assert come[:3] == ["positions:", "  cameras:", "    - claim:"]
    (claim,) = election(place).candidates["thorn"].positions["cameras"]
    assert claim.claim == {"fr": "Il veut 9 caméras.", "en": "He wants 9 cameras."}
    assert claim.source == "gazette"
    assert "+        en: He wants 9 cameras." in result.stdout
    assert "Of 3 questions of the banks, these would come to something else" in result.stdout
    assert place.sound()
    assert "Il veut 9 caméras." in place.run("ask", "que veut Thorn pour les caméras ?").stdout


def test_a_position_can_bring_its_source_along(place: Place) -> None:
    before = place.texts()
    quote = "nine of them"
    result = add(place, "position", *POSITION[:4], *NEW_SOURCE, quote, "1")
    assert result.exit_code == 0
    changed = place.changed(before)
    assert [*changed] == [f"{TOWN}/candidates/thorn.yaml", SOURCES]
    assert "the-herald-2030:" in changed[SOURCES][1]
    (claim,) = election(place).candidates["thorn"].positions["cameras"]
    assert claim.quote == {"en": quote}
    assert place.sound()


def test_a_candidate_gets_a_file_of_their_own(place: Place) -> None:
    answers = ("Zoé Zinnia", "la Zinnia", "Chimiste.", "A chemist.", "Fleurs", "1", "gazette", "1")
    result = add(place, "candidate", *answers)
    assert result.exit_code == 0
    zinnia = election(place).candidates["zinnia"]
    assert (zinnia.name, zinnia.aliases, zinnia.list_name) == ("Zoé Zinnia", ["la Zinnia"], "Fleurs")
    assert (zinnia.gender, zinnia.sources) == ("woman", ["gazette"])
    assert place.sound()
    assert "A chemist." in place.run("ask", "who is Zinnia").stdout


def test_a_topic_gets_a_file_of_its_own(place: Place) -> None:
    result = add(place, "topic", "Piscine", "Swimming pool", "safety", "nager, piscine", "swim", "1")
    assert result.exit_code == 0
    topic = election(place).topic("swimming-pool")
    assert (topic.name["fr"], topic.parent) == ("Piscine", "safety")
    assert topic.phrasings == {"fr": ["nager", "piscine"], "en": ["swim"]}
    assert place.sound()


def test_a_fact_gets_a_file_of_its_own(place: Place) -> None:
    answers = (
        "Marché",
        "Market",
        "Il est le jeudi.",
        "It is on Thursdays.",
        "gazette",
        "/skip",
        "marché",
        "market",
        "1",
    )
    result = add(place, "fact", *answers)
    assert result.exit_code == 0
    assert place.sound()
    assert "It is on Thursdays." in place.run("ask", "market").stdout
    assert 'election-bot ask "market"' in result.stdout


def test_a_source_is_written_with_whose_card_rests_on_it(place: Place) -> None:
    before = place.texts()
    result = add(place, "source", *NEW_SOURCE[1:], "Rose Petal", "1")
    assert result.exit_code == 0
    changed = place.changed(before)
    assert changed[ROSE] == (["sources: [gazette]"], ["sources: [gazette, the-herald-2030]"])
    assert "  url: https://example.org/nine" in changed[SOURCES][1]
    assert place.sound()


# --- as an editor would ----------------------------------------------------------------------------------


def test_nothing_is_committed_and_no_state_is_kept(place: Place) -> None:
    place.begin_history()
    result = add(place, "position", *POSITION)
    assert "git does not have it yet" in result.stdout
    assert place.git("log", "--format=%s") == "The base\n"
    assert (
        place.git("status", "--porcelain", "--", "knowledge/*/*")
        == f" M knowledge/{TOWN}/candidates/thorn.yaml\n"
    )
    assert not place.database.exists()


def test_where_there_is_no_git_it_is_not_spoken_of(place: Place) -> None:
    assert "git does not have it yet" not in add(place, "position", *POSITION).stdout


def test_it_says_which_file_was_written_and_what_to_run_next(place: Place) -> None:
    shown = add(place, "position", *POSITION).stdout
    where = f"--knowledge {place.root}"
    assert f"Written: {place.root}/{TOWN}/candidates/thorn.yaml" in shown
    assert f"  election-bot check {where}\n" in shown
    assert f'  election-bot ask "Ted Thorn Cameras" {where}\n' in shown


def test_everything_is_said_in_french_too(place: Place) -> None:
    result = add(place, "position", *POSITION, language="fr_FR.UTF-8")
    assert "Nouvelle position · étape 1 sur 6" in result.stdout
    assert "Écrit : " in result.stdout
    assert "Et maintenant :" in result.stdout


# --- mistakes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "lines", "sentence"),
    [
        ("position", ("Ted Thron",), "No candidate is called “Ted Thron”. Did you mean Ted Thorn?"),
        ("position", ("thorn", "camera"), "There is no topic “camera”. Did you mean cameras?"),
        ("position", (*POSITION[:2], "Il est formidable."), "“formidable” judges."),
        ("position", (*POSITION[:2], "a b " + "x" * 297), "That has 301 characters; at most 300."),
        ("position", (*POSITION[:3], "He wants 8 cameras."), "in one language and not in the other."),
        ("position", (*POSITION[:4], "the-moon"), "There is no source “the-moon”."),
        ("position", (*POSITION[:4], *NEW_SOURCE[:3], "ftp://x"), "“ftp://x” is not the address of a page"),
        ("position", (*POSITION[:4], *NEW_SOURCE[:4], "yesterday"), "“yesterday” is not a possible date."),
        ("position", (*POSITION[:5], " ".join(["mot"] * 26)), "This quote has 26 words; at most 25."),
        ("candidate", ("",), "That holds no words."),
        ("candidate", ("a\u200bb",), "That holds an invisible character"),
    ],
)
def test_an_answer_that_cannot_be_taken_ends_it_when_nobody_is_there_to_give_another(
    place: Place, kind: str, lines: tuple[str, ...], sentence: str
) -> None:
    before = place.texts()
    said = refusal(add(place, kind, *lines, "1", "1", "1", "1"))
    assert sentence in said
    assert said.endswith("Nothing was written.")
    assert place.texts() == before


@pytest.mark.parametrize("count", range(len(POSITION)))
def test_what_ends_before_it_is_filled_in_and_confirmed_writes_nothing(place: Place, count: int) -> None:
    before = place.texts()
    said = refusal(add(place, "position", *POSITION[:count]))
    ended = "the form was filled in" if count < len(POSITION) - 1 else "you said whether to write it"
    assert said.startswith(f"The input ended before {ended}")
    assert said.endswith("Nothing was written.")
    assert place.texts() == before


@pytest.mark.parametrize("yes", ["1", "o", "Oui", "y", "YES"])
def test_it_is_written_after_a_yes_in_either_language(place: Place, yes: str) -> None:
    assert add(place, "position", *POSITION[:-1], yes).exit_code == 0
    assert "He wants 9 cameras." in place.read(f"{TOWN}/candidates/thorn.yaml")


@pytest.mark.parametrize("typed", ["ok", "4", "0", "oui !", "write"])
def test_what_is_no_answer_to_whether_to_write_it_is_told_so(place: Place, typed: str) -> None:
    before = place.texts()
    assert refusal(add(place, "position", *POSITION[:-1], typed)) == (
        f"“{typed}” is no choice: type 1 to write it, 2 to change the last answer, 3 to give up. "
        "Nothing was written."
    )
    assert place.texts() == before


@pytest.mark.parametrize("last", ["/cancel", "/quit", "3", "/abandonner", "n", "non", "No"])
def test_what_is_given_up_writes_nothing(place: Place, last: str) -> None:
    before = place.texts()
    result = add(place, "position", *POSITION[:-1], last)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("Given up. Nothing was changed.\n")
    assert place.texts() == before


def test_what_would_leave_the_base_unsound_is_shown_and_not_written(place: Place) -> None:
    before = place.texts()
    result = add(place, "topic", "Vols", "Thefts", "", "vols", "theft", "1")
    said = refusal(result)
    assert "This keeps it from being applied:" in result.stdout
    assert said.startswith(
        "The base would not be sound after this, so nothing was written; the first problem: "
    )
    assert "topics/thefts.yaml:" in said
    assert place.texts() == before


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Busy(), "Somebody else is saving an edit. Nothing was changed."),
        (Conflict(Operation("a.yaml", ()), None), "Somebody has changed the same lines in the meantime."),
        (PermissionError(13, "no"), "The files of the base could not be written."),
    ],
)
def test_files_that_cannot_be_written_are_one_sentence(
    place: Place, error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(adding, "make", fail)
    assert refusal(add(place, "position", *POSITION)).startswith(sentence)


def test_hostile_text_is_text(place: Place) -> None:
    hostile = "[b](c): {d} & *e !f | > 'g' \"h\" %i @j `k` # l <script> $(touch pwned)"
    answers = (
        hostile,
        hostile,
        "Il est le jeudi.",
        "It is on Thursdays.",
        "gazette",
        "",
        "le marché",
        "the market",
        "1",
    )
    result = add(place, "fact", *answers)
    assert result.exit_code == 0, result.output
    assert place.sound()
    assert hostile in place.run("ask", "the market").stdout


def test_a_question_that_a_shell_would_take_apart_is_quoted_for_it(place: Place) -> None:
    name = "Marché $(touch pwned) `x`"
    result = add(
        place, "fact", name, name, "Il est le jeudi.", "It is on Thursdays.", "gazette", "", name, name, "1"
    )
    assert f"  election-bot ask '{name}' --knowledge" in result.stdout


def test_a_kind_there_is_not_is_one_sentence_with_those_there_are(place: Place) -> None:
    kinds = "candidate, position, topic, fact, source"
    assert refusal(place.run("add", "thing")) == f"“thing” is not possible here. Choices: {kinds}."
    assert refusal(place.run("add")) == f"Say what to add: {kinds}."


def test_of_several_elections_one_must_be_chosen(place: Place) -> None:
    place.write("village-2030/election.yaml", place.read(f"{TOWN}/election.yaml").replace("Town", "Village"))
    place.write("village-2030/candidates/zed.yaml", "name: Zoé Zed\n")
    assert refusal(add(place, "source")).endswith("Choose one with --election.")
    typed = "".join(f"{line}\n" for line in (*NEW_SOURCE[1:], "Zoé Zed", "1"))
    result = place.run("add", "source", "--election", "village-2030", typed=typed)
    assert result.exit_code == 0
    assert "the-herald-2030" in place.read("village-2030/candidates/zed.yaml")
    assert "--election village-2030" in result.stdout


def test_a_base_with_mistakes_is_not_added_to(place: Place) -> None:
    place.write(ROSE, "name: [")
    assert "see them all with: election-bot check" in refusal(add(place, "position", *POSITION))


# --- on a terminal ---------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_on_a_terminal_an_answer_that_cannot_be_taken_is_asked_for_again(place: Place) -> None:
    window = Window(place, "add", "fact", language="fr_FR.UTF-8")
    assert "Nouveau fait · étape 1 sur 8" in window.type("Marché")
    window.type("Market")
    window.type("Le marché est magnifique.")
    assert "« magnifique » est un jugement." in window.type("/retour")
    window.type("Market day")
    window.type("Il est le 7 du mois.")
    window.type("It is on the 8th.")
    assert "est dans une langue et pas dans l'autre" in window.type("It is on the 7th.")
    window.type("→ Who wants what")
    window.type("")
    window.type("jour de marché")
    window.type("market day")
    preview = window.type("→ Changer la dernière réponse")
    assert "\x1b[32m+" in preview
    window.type("when is the market")
    assert "when is the market" in window.type("1")
    window.until("Écrit : ")
    assert window.ended() == 0
    text = place.read(f"{TOWN}/facts/market-day.yaml")
    assert "when is the market" in text
    assert "name: {fr: Marché, en: Market day}" in text


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_control_c_leaves_nothing_behind(place: Place) -> None:
    before = place.texts()
    window = Window(place, "add", "fact")
    window.type("Marché")
    window.until("› ")
    assert window.ended("\x03") == 130
    assert b"Traceback" not in window.shown
    assert place.texts() == before
