"""`election-bot review` as a moderator uses it who knows no Python, with mistakes, piped and on a terminal."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue.assistant import Assistant
from bot.knowledge.loading import load
from bot.state.records import Moderator
from tests.end_to_end.moderators import TOWN, Place, Window, laid_out
from tests.end_to_end.served import copied, empty_database, serving_bot
from tests.stand_in import StandIn

POOL = "prix du bassin nordique"
SAFETY = "common/topics/safety.yaml"
ROSE = f"{TOWN}/candidates/rose.yaml"
MUTED = f"{TOWN}/muted.yaml"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_database(tmp_path_factory.mktemp("database"))


@pytest.fixture
def place(tmp_path: Path, empty: Path) -> Place:
    return laid_out(tmp_path, copied(empty, tmp_path))


def to(*labels: str) -> list[str]:
    """What to type to choose these one after the other, by the numbers they have when they are listed."""
    return [f"→ {label}" for label in labels]


# --- the queue -------------------------------------------------------------------------------------------


def test_the_queue_lists_what_waits_the_most_frequent_first(place: Place) -> None:
    place.asked(POOL, 3)
    place.asked("couleur du tramway volant")
    place.rated("rose/cameras")
    shown = place.review()
    assert re.search(r"Questions that wait for an answer: 3\n\n1\. 3× prix", shown)
    assert "👎 1× Rose Petal · Cameras" in shown
    assert "\x1b" not in shown


def test_an_empty_queue_says_so_and_a_number_leads_nowhere(place: Place) -> None:
    shown = place.review("1", "", "   ", "x")
    assert shown.count("No question waits for an answer.") == 1
    assert shown.count("There is nothing to choose here.") == 2


def test_the_whole_conversation_can_be_in_french(place: Place) -> None:
    place.asked(POOL)
    shown = place.review("/aide", "1", "/file", "/quitter", "1", language="fr_FR.UTF-8")
    assert "Vous modérez sous le nom Ada" in shown
    assert "/journal" in shown
    assert "Pourquoi il n'y a pas eu de réponse : pas comprise" in shown
    assert shown.endswith("À bientôt.\n")


def test_commands_go_by_their_names_in_every_language_and_by_their_beginnings(place: Place) -> None:
    shown = place.review("/journal", "/log", "/lo", "/HELP", "/quit now", "/", "/ù")
    assert shown.count("Nothing has been edited yet.") == 3
    assert shown.count("Type a number from the list, or:") == 1
    assert [line for line in shown.splitlines() if line.startswith("There is no /")] == [
        "There is no /quit now here. /help says what can be typed.",
        "There is no / here. /help says what can be typed.",
        "There is no /ù here. /help says what can be typed.",
    ]


def test_a_beginning_that_several_commands_share_asks_which(place: Place) -> None:
    assert "\n/queue or /quit?\n" in place.review("/q")


THINGS = ("abricot", "brouette", "cactus", "dindon", "escargot")
OTHERS = ("fougere", "girafe", "hibou", "igloo", "jonquille")


def test_a_long_queue_is_shown_page_by_page(place: Place) -> None:
    asked = [f"{one} {other}" for one in THINGS for other in OTHERS]
    for text in asked:
        place.asked(text)
    first = place.review()
    second = place.review("→ … and 5 more")
    rows = re.findall(r"1× (\w+ \w+)", first)
    assert len(rows) == 20
    assert sorted({*rows, *re.findall(r"1× (\w+ \w+)", second)}) == sorted(asked)


def test_the_queue_goes_on_where_it_was_left_and_its_beginning_is_one_step_away(place: Place) -> None:
    for number in range(25):
        place.asked(f"{THINGS[number // 5]} {OTHERS[number % 5]}")
    shown = place.review(
        "→ … and 5 more", "1", "→ Dismiss", "/log", "→ ‹ The beginning", "→ … and 4 more", "/queue"
    )
    queues = [
        re.findall(r"1× (\w+ \w+)", part) for part in shown.split("Questions that wait for an answer: ")[1:]
    ]
    assert [len(rows) for rows in queues] == [20, 5, 4, 4, 20, 4, 20]
    assert queues[2] == queues[3] == queues[5]
    assert queues[4] == queues[6]


def test_several_elections_are_told_apart_and_one_can_be_chosen(place: Place) -> None:
    place.write("village-2030/election.yaml", place.read(f"{TOWN}/election.yaml").replace("Town", "Village"))
    place.write("village-2030/candidates/zed.yaml", "name: Zoé Zed\n")
    place.asked(POOL)
    assert f"1× {POOL} · Election of 2030\n" in place.review()
    assert f"1× {POOL}\n" in place.review(more=("--election", TOWN))
    assert POOL not in place.review(more=("--election", "village-2030"))


# --- it means this entry ---------------------------------------------------------------------------------


def test_a_question_is_answered_by_adding_its_words_to_an_entry(place: Place) -> None:
    place.begin_history()
    place.asked(POOL, 2)
    before = place.texts()
    begun = to(POOL, "Another entry")
    shown = place.review(*begun, "safety", "1", "1", "/log")
    assert POOL in place.read(SAFETY)
    assert "“prix du bassin nordique”: doesn't know → " in shown
    assert "Done; it is live as soon as the bot has read it." in shown
    assert "No question waits for an answer." in shown
    assert [*place.changed(before)] == [SAFETY]
    assert place.steps() == [("Ada", "applied", "phrasing safety")]
    assert place.git("log", "-1", "--format=%an|%s") == "Ada|phrasing: safety\n"
    assert place.git("status", "--porcelain", "--untracked-files=no") == ""
    assert place.sound()


def test_one_of_the_nearest_entries_is_chosen_with_two_numbers(place: Place) -> None:
    place.asked("des drones et des cameras dans les parcs", reason="none_of_these")
    shown = place.review("1", "→ = Cameras", "→ Apply")
    assert "“des drones et des cameras dans les parcs”: " in shown
    assert "Done; it is live" in shown
    assert place.steps() == [("Ada", "applied", "phrasing cameras")]


def test_an_entry_can_be_looked_for_in_the_list_of_all(place: Place) -> None:
    place.asked(POOL)
    shown = place.review(*to(POOL, "Another entry"), "/all", "→ How to vote", "1")
    assert "New words: How to vote" in shown


def test_a_name_that_nothing_has_is_refused_with_one_that_is_near(place: Place) -> None:
    place.asked(POOL)
    shown = place.review(*to(POOL, "Another entry"), "Safey", "rose/no-topic", "/all")
    assert "There is no topic or fact “Safey”. Did you mean " in shown
    assert "There is no topic “no-topic”. Please choose one of those below, or look through /topics." in shown


# --- forms -----------------------------------------------------------------------------------------------


def test_a_new_fact_is_asked_for_step_by_step_and_each_answer_is_checked(place: Place) -> None:
    place.asked(POOL, 2)
    before = place.texts()
    begun = to(POOL, "New fact")
    shown = place.review(
        *begun,
        "/back",  # there is nothing before
        "/skip",  # nor can this be left out
        "Bassin nordique",
        "Nordic pool",
        "Le bassin nordique est magnifique.",  # judges
        "a b " + "x" * 297,
        "x" * 5000,
        "Le bassin nordique coûte 7 euros.",
        "The Nordic pool costs 8 euros.",  # not the same figure
        "The Nordic pool costs 7 euros.",
        "nowhere",
        "new",
        "Mairie de Villebois",
        "/back",
        "Ville de Villebois",
        "",  # no title
        "example.org/pool",
        "https://example.org/pool",
        "2030-13-45",
        "2030-02",
        "3",  # there are two languages
        "1",
        " ".join(["mot"] * 26),
        "7 euros l'entrée",
        "1",  # the words that voters used
        "nordic pool price, price of the nordic pool",
        "1",
    )
    for sentence in (
        "This is the first question",
        "This cannot be left out.",
        "“magnifique” judges.",
        "That has 301 characters; at most 300.",
        "This message is too long (5000 characters): at most 4096.",
        " is in one language and not in the other.",
        "There is no source “nowhere”.",
        "“example.org/pool” is not the address of a page; it begins with https://",
        "“2030-13-45” is not a possible date.",
        "“3” is not among the choices.",
        "This quote has 26 words; at most 25.",
    ):
        assert shown.count(sentence) == 1, sentence
    assert "Done; it is live as soon as the bot has read it." in shown
    fact = place.read(f"{TOWN}/facts/nordic-pool.yaml")
    assert "fr: Le bassin nordique coûte 7 euros." in fact
    assert POOL in fact
    gone, come = place.changed(before)[f"{TOWN}/sources.yaml"]
    assert gone == []
    assert "ville-de-villebois-2030:" in come
    assert "  title:" not in "\n".join(come)
    assert place.sound()
    assert place.run("ask", POOL).stdout.count("7 euros") == 2


def test_a_new_position_needs_the_candidate_the_topic_and_the_source_only_as_numbers(place: Place) -> None:
    place.asked("que propose rose pour le bassin nordique ?", reason="no_position")
    shown = place.review(
        *to("bassin nordique", "New position"),
        "/all",
        "→ Safety",
        "Elle propose un bassin.",
        "She proposes a pool.",
        "→ Who wants what",
        "/skip",
        "/skip",
        "1",
    )
    assert "New position: Rose Petal · Safety" in shown
    assert "Done; it is live" in shown
    assert "  safety:\n    - claim:\n        fr: Elle propose un bassin.\n" in place.read(ROSE)
    assert place.sound()


def test_why_ways_of_asking_cannot_be_left_out_in_one_language_only_is_told(place: Place) -> None:
    place.asked("que propose rose pour le bassin nordique ?", reason="no_position")
    claims = ("Elle propose un bassin.", "She proposes a pool.", "→ Who wants what", "/skip")
    shown = place.review(
        *to("bassin nordique", "New position"),
        "/all",
        "→ Safety",
        *claims,
        "1",
        "/skip",
        "/back",
        "/skip",
        "1",
    )
    why = "Ways of asking go into every language or into none, so these cannot be left out."
    assert why not in shown.partition("New position · step 7 of ")[0]
    assert shown.count(why) == 1
    assert "This cannot be left out." in shown
    assert "Done; it is live" in shown


def test_a_form_is_left_and_taken_up_again_where_it_was(place: Place) -> None:
    place.asked(POOL)
    begun = to(POOL, "New fact")
    shown = place.review(*begun, "Bassin nordique", "/later")
    assert "Kept for a week. /queue brings you back to it." in shown
    assert "Go on: new fact" in shown
    assert "What you began is kept for a week." in shown
    resumed = place.review(*to("Go on: new fact"))
    assert "New fact · step 2 of 8\nIts name in English" in resumed
    assert "Go on" not in place.review(name="Bo")


def test_what_was_begun_is_kept_when_the_input_ends(place: Place) -> None:
    place.asked(POOL)
    place.review(*to(POOL, "New fact"), "Bassin nordique", "Nordic pool")
    assert "step 3 of 8" in place.review(*to("Go on: new fact"))


@pytest.mark.parametrize("cancel", ["/cancel", "/abandonner", "/annuler", "/can"])
def test_a_form_is_given_up(place: Place, cancel: str) -> None:
    place.asked(POOL)
    before = place.texts()
    shown = place.review(*to(POOL, "New fact"), "Bassin nordique", cancel)
    assert "Given up. Nothing was changed." in shown
    assert "Go on" not in shown
    assert place.texts() == before


def test_another_form_takes_the_place_of_the_one_that_was_left(place: Place) -> None:
    place.asked(POOL)
    place.review(*to(POOL, "New fact"), "Bassin nordique", "/later")
    shown = place.review(*to(POOL, "Mute its like"), "→ Go on with it")
    assert (
        "You are in the middle of something else (new fact). If you begin this instead, it is given up."
        in shown
    )
    assert "New fact · step 2 of 8" in shown
    assert "step 1 of 1" in place.review(*to(POOL, "Mute its like"), "→ Begin this instead")
    assert "New fact" not in place.review("→ Go on: muting")


def test_an_undo_with_a_number_does_not_give_up_a_form(place: Place) -> None:
    place.asked(POOL)
    shown = place.review(*to(POOL, "New fact"), "/annuler 4", "/log", "Bassin nordique")
    assert "There is no /annuler 4 here." in shown
    assert "There is no /log here." in shown
    assert "step 2 of 8" in shown


def test_what_has_gone_from_the_base_since_is_asked_again(place: Place) -> None:
    place.write(
        f"{TOWN}/topics/pool.yaml", "name: {fr: Piscine, en: Pool}\nphrasings: {fr: [nager], en: [swim]}\n"
    )
    place.asked(POOL)
    place.review(*to(POOL, "Another entry"), "pool", "/later")
    (place.root / TOWN / "topics/pool.yaml").unlink()
    shown = place.review(*to("Go on: new words"))
    assert "Which entry do these questions mean?" in shown


# --- what else can be done with a row --------------------------------------------------------------------


def test_a_row_is_dismissed_and_brought_back(place: Place) -> None:
    place.asked(POOL)
    shown = place.review(*to(POOL, "Dismiss"))
    assert "Dismissed.\n\nNo question waits for an answer." in shown
    place.asked(POOL)
    assert "No question waits for an answer." in place.review()
    shown = place.review(*to("Dismissed: 1", POOL, "Back into the queue"))
    assert f"Back in the queue.\n\nQuestions that wait for an answer: 1\n\n1. 2× {POOL}" in shown
    assert place.steps() == [("Ada", "dismissed", POOL), ("Ada", "restored", POOL)]


def test_an_answer_that_was_rated_is_dismissed_and_brought_back(place: Place) -> None:
    place.rated("rose/cameras")
    place.review(*to("Rose Petal · Cameras", "Dismiss"))
    shown = place.review(*to("Dismissed: 1", "Rose Petal · Cameras", "Back into the queue"))
    assert "Questions that wait for an answer: 1" in shown


def test_what_is_muted_does_not_come_back(place: Place) -> None:
    place.asked("achetez mes bitcoins volants")
    shown = place.review(*to("bitcoins", "Mute its like"), "bitcoins volants", "1")
    assert "Done; it is live" in shown
    assert "bitcoins volants" in place.read(MUTED)
    place.asked("vendez vos bitcoins volants", 4)
    assert "No question waits for an answer." in place.review()


def test_the_answer_of_today_is_shown_to_a_question_and_to_what_was_rated(place: Place) -> None:
    place.asked(POOL)
    place.rated("rose/cameras")
    shown = place.review(*to(POOL, "The answer"))
    assert "How it is answered now:\n" in shown
    shown = place.review(*to("Rose Petal · Cameras", "The answer"))
    assert "She wants 1,200 cameras." in shown
    assert "Correct a statement" in shown.partition("1,200 cameras")[2]


# --- a second pair of eyes -------------------------------------------------------------------------------


CORRECTED = (
    "Elle veut 1 300 caméras.",
    "She wants 1,300 cameras.",
    "1",  # the source it rests on
    "1",  # and the quote
    "Nous avions mal lu.",
    "We had misread it.",
)


def corrected(place: Place) -> str:
    """Ada proposes a correction."""
    place.rated("rose/cameras")
    return place.review(
        *to("Rose Petal · Cameras", "Correct a statement"),
        *CORRECTED,
        "1",
    )


def test_a_correction_waits_for_somebody_else_and_is_never_approved_by_its_author(place: Place) -> None:
    place.begin_history()
    before = place.texts()
    shown = corrected(place)
    assert "It changes or removes what voters were told, or its source: that always takes two." in shown
    assert "📨 Propose" in shown
    assert "Proposed. It is live once another moderator has approved it." in shown
    assert place.texts() == before
    own = place.review(*to("wait for approval: 1", "correction · Rose Petal · Cameras · Ada"))
    assert "Approve" not in own
    assert "Withdraw" in own
    shown = place.review(*to("wait for approval: 1", "correction · Rose Petal", "Approve"), name="Bo")
    assert "Proposed by Ada on 1 March 2030." in shown
    assert "Done; it is live" in shown
    gone, come = place.changed(before)[ROSE]
    assert len(gone) == 2
    assert "was:" in "\n".join(come)
    assert place.steps() == [
        ("Ada", "proposed", "correction rose/cameras"),
        ("Bo", "approved", "correction rose/cameras"),
        ("Bo", "applied", "correction rose/cameras"),
    ]
    assert "Reviewed-by: Bo" in place.git("log", "-1", "--format=%an%n%b")


def test_a_proposal_is_withdrawn_by_its_author_and_rejected_by_others(place: Place) -> None:
    corrected(place)
    shown = place.review(*to("wait for approval: 1", "correction", "Withdraw"))
    assert "Withdrawn. Nothing was changed.\n\nNo edit waits for approval." in shown
    corrected(place)
    shown = place.review(*to("wait for approval: 1", "correction", "Reject"), name="Bo")
    assert "Rejected. Nothing was changed." in shown
    assert [action for _, action, _ in place.steps()] == ["proposed", "withdrawn", "proposed", "rejected"]


def test_a_statement_is_removed_once_two_have_agreed(place: Place) -> None:
    place.rated("rose/cameras")
    shown = place.review(*to("Rose Petal · Cameras", "Remove a statement", "Propose"))
    assert "✏️ Change" not in shown.partition("Removal")[2]
    place.review(*to("wait for approval: 1", "removal", "Approve"), name="Bo")
    assert "positions" not in place.read(ROSE)
    assert place.sound()


def test_in_an_election_that_reviews_always_every_edit_is_a_proposal(place: Place) -> None:
    place.replace(f"{TOWN}/election.yaml", "checked:", "reviews: always\nchecked:")
    place.asked(POOL)
    shown = place.review(*to(POOL, "Another entry"), "safety", "1", "1")
    assert "In this election every edit takes two." in shown
    assert "Proposed." in shown
    assert POOL not in place.read(SAFETY)


def test_the_same_name_in_other_letters_is_not_a_second_pair_of_eyes(place: Place) -> None:
    corrected(place)
    result = place.run("review", "--as", "ADA")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Another moderator goes by the name “ADA”. Choose another with --as NAME.\n"


# --- the log ---------------------------------------------------------------------------------------------


def test_the_log_is_read_and_a_step_undone(place: Place) -> None:
    place.asked(POOL)
    before = place.texts()
    place.review(*to(POOL, "Another entry"), "safety", "1", "1")
    shown = place.review("/log", "/log 1", "/revert", "/revert 77", "/revert x", "/revert 1", "1")
    assert re.search(r"1\. 2030-03-01 12:00 · Ada · applied · new words · Safety", shown)
    assert "Step 1\n" in shown
    assert "After:" in shown
    assert "Which step?" in shown
    assert shown.count("There is no step") == 2
    assert place.texts() == before
    assert [action for _, action, _ in place.steps()] == ["applied", "applied"]
    assert "There is no step 9999999999999999999." in place.review("/log 9999999999999999999")


def test_a_step_that_changed_nothing_cannot_be_undone(place: Place) -> None:
    place.asked(POOL)
    place.review(*to(POOL, "Dismiss"))
    assert "That step changed nothing that could be undone." in place.review("/revert 1")


# --- names, state, base ----------------------------------------------------------------------------------


def test_the_name_is_that_of_the_account_if_none_is_chosen(place: Place) -> None:
    result = place.run("review", LOGNAME="grace")
    assert result.stdout.startswith("You moderate as grace:")
    assert place.state(lambda state: state.moderating.moderator("terminal:grace")) == Moderator(
        "terminal:grace", "grace"
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "A name needs letters"),
        ("   ", "A name needs letters"),
        ("12 3", "A name needs letters"),
        ("x" * 41, "That has 41 characters; at most 40."),
        ("a\x1b[31mb", "invisible"),
        ("a\u202eb", "invisible"),
    ],
)
def test_a_name_nobody_can_read_is_refused(place: Place, name: str, reason: str) -> None:
    result = place.run("review", "--as", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr
    assert "--as NAME" in result.stderr
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr


def test_the_state_of_the_bot_is_used_and_a_new_one_is_told_of(place: Place, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "state.sqlite3"
    result = place.run("review", "--as", "Ada", STATE_URL=f"sqlite:///{elsewhere}")
    assert result.exit_code == 0
    assert f"There was no state at {elsewhere}" in result.stdout
    assert elsewhere.exists()
    assert "There was no state" not in place.review()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://x", "STATE_URL is not possible as it is set: expected is sqlite:///FILE or postgresql://"),
        ("sqlite:////proc/none/state.sqlite3", "The state cannot be opened: there is no such file"),
    ],
)
def test_a_state_that_cannot_be_opened_is_one_sentence(place: Place, url: str, sentence: str) -> None:
    result = place.run("review", "--as", "Ada", STATE_URL=url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1


def test_a_database_that_is_none_is_one_sentence(place: Place) -> None:
    place.database.write_bytes(b"not a database" * 1000)
    result = place.run("review", "--as", "Ada")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("The state cannot be opened: ")


def test_a_base_with_mistakes_is_not_edited(place: Place) -> None:
    place.write(ROSE, "name: [")
    result = place.run("review", "--as", "Ada")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "see them all with: election-bot check" in result.stderr


@pytest.mark.parametrize(
    "typed", [b"", b"\n\n", b"/quit", b"\xff\xfe\x00\n\xe9\n", b"9" * 100_000 + b"\n", b"\x1b[2J\n"]
)
@pytest.mark.parametrize("language", ["C.UTF-8", "fr_FR.UTF-8"])
def test_whatever_is_typed_the_conversation_ends_quietly(place: Place, typed: bytes, language: str) -> None:
    place.asked(POOL)
    result = place.run("review", "--as", "Ada", typed=typed, language=language)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith(("Goodbye.\n", "À bientôt.\n"))
    assert "\x1b" not in result.stdout


def test_what_moves_a_cursor_or_turns_text_around_is_shown_as_a_sign(place: Place) -> None:
    place.asked("bassin \x1b[31mrouge\u202e")
    shown = place.review("1")
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "bassin �[31mrouge�" in shown


# --- on a terminal ---------------------------------------------------------------------------------------

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def test_on_a_terminal_changes_are_in_colours_and_control_d_leaves(place: Place) -> None:
    place.asked(POOL)
    window = Window(place, "--knowledge", str(place.root), "review", "--as", "Ada", language="fr_FR.UTF-8")
    assert "Vous modérez sous le nom Ada" in window.type("1")
    assert f"\x1b[1m« {POOL} »" in window.type("→ Une autre entrée")
    window.type("safety")
    window.type("1")
    preview = window.type("1")
    assert "\x1b[32m+" in preview
    assert "\x1b[31m-" in preview
    assert "C'est fait" in window.until("› ")
    assert window.ended("\x04") == 0
    assert "À bientôt." in window.shown.decode()
    assert POOL in place.read(SAFETY)


def test_bytes_that_are_no_text_are_typed_in_vain(place: Place) -> None:
    window = Window(place, "--knowledge", str(place.root), "review", "--as", "Ada")
    window.until("› ")
    os.write(window.file, b"\xff\xe9\n")
    assert "There is nothing to choose here." in window.until("› ")
    assert window.ended("\x04") == 0


def test_control_c_leaves_with_its_status_and_what_was_begun_is_kept(place: Place) -> None:
    place.asked(POOL)
    begun = to(POOL, "New fact")
    window = Window(place, "--knowledge", str(place.root), "review", "--as", "Ada")
    for line in (*begun, "Bassin nordique"):
        window.type(line)
    window.until("› ")
    assert window.ended("\x03") == 130
    assert b"Traceback" not in window.shown
    assert "step 2 of 8" in place.review(*to("Go on: new fact"))


def test_what_somebody_else_changes_meanwhile_is_kept(place: Place) -> None:
    place.asked(POOL)
    window = Window(place, "--knowledge", str(place.root), "review", "--as", "Ada")
    for line in (*to(POOL, "Another entry"), "safety", "1"):
        window.type(line)
    window.until("Apply")
    place.write(SAFETY, "name: {fr: Paix, en: Peace}\nphrasings: {fr: [vols], en: [theft]}\n")
    window.type("1")
    assert "Done; it is live" in window.until("› ")
    assert (
        place.read(SAFETY)
        == f"name: {{fr: Paix, en: Peace}}\nphrasings: {{fr: [vols, {POOL}], en: [theft]}}\n"
    )
    assert window.ended("\x04") == 0


def test_lines_that_somebody_else_changed_meanwhile_are_shown_anew(place: Place) -> None:
    place.rated("rose/cameras")
    window = Window(place, "--knowledge", str(place.root), "review", "--as", "Ada")
    for line in (*to("Rose Petal · Cameras", "Correct a statement"), *CORRECTED):
        window.type(line)
    window.until("Propose")
    place.write(ROSE, place.read(ROSE).replace("1 200", "1 100").replace("1,200", "1,100"))
    window.type("1")
    shown = window.type("→ Propose")
    assert "Somebody has changed the same lines in the meantime. Nothing was changed." in shown
    assert "1 100" in shown
    assert "Proposed." in window.until("› ")
    assert window.ended("\x04") == 0


def test_a_base_that_is_broken_meanwhile_is_told_of_and_the_last_good_one_stays(place: Place) -> None:
    place.asked(POOL)
    window = Window(place, "--knowledge", str(place.root), "review", "--as", "Ada")
    window.until("› ")
    good = place.read(ROSE)
    place.write(ROSE, good.replace("source: gazette", "source: gazete"))
    window.shown = b"\xe2\x80\xba "
    window.type("/queue")
    told = window.type("/queue")
    assert "there are mistakes in them" in told
    assert "rose.yaml:" in told
    assert f"1× {POOL}" in told
    again = window.type("/queue")
    assert "there are mistakes" not in again
    assert window.ended("\x04") == 0


# --- beside a bot that serves ----------------------------------------------------------------------------


def test_an_edit_from_the_terminal_is_live_in_a_bot_that_serves_from_the_same_state(place: Place) -> None:
    served_at = datetime(2030, 3, 1, 12, tzinfo=UTC)
    assistant = Assistant(load(place.root).base)
    with (
        StandIn() as telegram,
        serving_bot(telegram, assistant, place.database, served_at, root=place.root) as bot,
    ):
        chat = telegram.private(telegram.user(id=77, language_code="en"))
        telegram.wait_for_message(chat, after=telegram.say(chat, "any surfboards for us?"))
        telegram.wait(lambda: "surfboards" in place.review(), what="the question in the queue")
        shown = place.review(
            *to("surfboards", "New fact"),
            *("Planches", "Surfboards", "La ville prête 7 planches.", "The town lends 7 surfboards."),
            *("→ Who wants what", "/skip", "planches de surf", "surfboards", "→ Apply"),
        )
        assert "Done; it is live" in shown
        telegram.wait(lambda: bot.said("reloaded"), what="the new base")
        answer = telegram.wait_for_message(chat, after=telegram.say(chat, "any surfboards for us?"))
        assert "The town lends 7 surfboards." in answer.text
        assert "No question waits for an answer." in place.review()
