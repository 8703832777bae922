"""What outlives a restart, an edit of the base or an hour: settings, buttons, requests; and what does not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant
from bot.knowledge.loading import load
from tests.conftest import BUNDLED, BUNDLED_NOW, ROOT, VILLEBOIS
from tests.end_to_end.conftest import MODERATOR, asked, labels
from tests.end_to_end.served import Served, copied, serving_bot
from tests.stand_in import StandIn

Start = Callable[..., AbstractContextManager[Served]]


@pytest.fixture
def telegram() -> Iterator[StandIn]:
    with StandIn() as telegram:
        yield telegram
        assert telegram.violations == []


@pytest.fixture
def start(telegram: StandIn, assistant: Assistant, template: Path, tmp_path: Path) -> Start:
    """Starts a bot, as often as a test likes, on one database."""
    database = copied(template, tmp_path)

    def start(base: Assistant = assistant, now: datetime = BUNDLED_NOW, **settings: Any) -> Any:
        return serving_bot(telegram, base, database, now, **settings)

    return start


def edited(folder: Path, *files: tuple[str, Callable[[str], str]]) -> Assistant:
    """An assistant for the bundled base with some files changed."""
    root = folder / "knowledge"
    shutil.copytree(ROOT / "knowledge", root)
    for name, change in files:
        path = root / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return Assistant(load(root).base)


@pytest.fixture(scope="session")
def two_towns(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The bundled election and the invented one, side by side."""
    root = tmp_path_factory.mktemp("towns")
    shutil.copytree(ROOT / "knowledge", root / "knowledge")
    shutil.copytree(ROOT / "tests" / "fixtures" / "knowledge" / VILLEBOIS, root / "knowledge" / VILLEBOIS)
    return Assistant(load(root / "knowledge").base)


# --- a restart -------------------------------------------------------------------------------------------


def test_settings_conversation_and_buttons_outlive_a_restart(telegram: StandIn, start: Start) -> None:
    voter = telegram.private()
    with start():
        asked(telegram, voter, "/langue en")
        question = telegram.say(voter, "messatfa cameras")
        shown = telegram.wait_for_message(voter, after=question)
    with start():
        assert asked(telegram, voter, "et nouguier ?").text.startswith("Nouguier · Video surveillance")
        card = telegram.wait_for_message(voter, after=telegram.tap(shown, "👤"))
        assert card.text.startswith("Lies Messatfa")
        telegram.edit(question, "pottier-dumas impôts")
        changed = telegram.wait(
            lambda: next(
                (m for m in telegram.replies(voter) if m.message_id == shown.message_id and m.edited), None
            )
        )
        assert changed.text.startswith("Agnès Pottier-Dumas · Taxes")
        assert "I no longer have your last question" not in asked(telegram, voter, "/why").text


def test_the_last_question_itself_does_not_outlive_a_restart(telegram: StandIn, start: Start) -> None:
    voter = telegram.private()
    with start():
        asked(telegram, voter, "messatfa cameras")
    with start():
        assert asked(telegram, voter, "/pourquoi").text.startswith("Je n'ai plus votre dernière question")


def test_half_an_hour_later_a_question_stands_alone(telegram: StandIn, start: Start) -> None:
    voter = telegram.private()
    with start() as bot:
        asked(telegram, voter, "messatfa cameras")
        bot.clock.pass_by(minutes=31)
        assert asked(telegram, voter, "et nouguier ?").text.startswith("Nouguier\n")


def test_an_edit_long_after_is_left_alone(telegram: StandIn, start: Start) -> None:
    voter = telegram.private()
    with start() as bot:
        question = telegram.say(voter, "messatfa cameras")
        telegram.wait_for_message(voter, after=question)
        bot.clock.pass_by(minutes=31)
        telegram.edit(question, "pottier-dumas impôts")
        telegram.settled()
        assert len(telegram.replies(voter)) == 1


# --- an edit of the base ---------------------------------------------------------------------------------


def test_a_button_whose_entry_is_gone_gets_a_kind_sentence(
    telegram: StandIn, start: Start, tmp_path: Path
) -> None:
    voter = telegram.private()
    with start():
        shown = asked(telegram, voter, "/candidats")
    (tmp_path / "without").mkdir()
    without = edited(tmp_path / "without")
    base = without.base.elections[BUNDLED]
    del base.candidates["uzan"]  # type: ignore[attr-defined]
    with start(without):
        answered = telegram.callback_answer(telegram.tap(shown, "Uzan"))
        assert answered.text.startswith("Ce bouton date d'une version antérieure")


# --- requests to be told ---------------------------------------------------------------------------------

UZAN_ON_CAMERAS = """
positions:
  video-surveillance:
    - claim:
        fr: Il voulait publier un bilan des caméras chaque année.
        en: He wanted to publish a report on cameras every year.
      source: ici-2026
"""


@pytest.fixture
def with_uzan(tmp_path: Path) -> Assistant:
    """The bundled base, in which a candidate has since spoken on cameras."""
    (tmp_path / "uzan").mkdir()

    def change(text: str) -> str:
        return (
            text.replace("positions:\n", UZAN_ON_CAMERAS.lstrip("\n"), 1)
            if "positions:" in text
            else text + UZAN_ON_CAMERAS
        )

    return edited(tmp_path / "uzan", (f"{BUNDLED}/candidates/uzan.yaml", change))


def waiting(telegram: StandIn) -> Any:
    """A voter who asked to be told what a candidate says on cameras."""
    voter = telegram.private()
    shown = asked(telegram, voter, "uzan cameras")
    telegram.wait_for_message(voter, after=telegram.tap(shown, "🔔"))
    telegram.settled()
    return voter


def test_whoever_asked_is_told_once_and_then_forgotten(
    telegram: StandIn, start: Start, with_uzan: Assistant
) -> None:
    with start() as bot:
        voter = waiting(telegram)
        assert bot.kept_of(voter.id)["notifications"] == 1
        before = telegram.replies(voter)[-1]
    with start(with_uzan) as bot:
        told = telegram.wait_for_message(voter, after=before)
        assert told.text.startswith("Il y a maintenant une réponse sourcée")
        answer = telegram.wait_for_message(voter, after=told)
        assert "publier un bilan des caméras" in answer.text
        assert "notifications" not in bot.kept_of(voter.id)
        count = len(telegram.replies(voter))
    with start(with_uzan):
        telegram.settled()
        assert len(telegram.replies(voter)) == count


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 14, 12, tzinfo=UTC),
        datetime(2026, 3, 15, 6, tzinfo=UTC),
        datetime(2026, 3, 15, 15, tzinfo=UTC),
    ],
)
def test_nobody_is_written_to_in_the_silence_before_the_polls_close(
    telegram: StandIn, start: Start, with_uzan: Assistant, moment: datetime
) -> None:
    with start(now=datetime(2026, 3, 10, 12, tzinfo=UTC)):
        voter = waiting(telegram)
        count = len(telegram.replies(voter))
    with start(with_uzan, now=moment) as bot:
        telegram.settled(quiet=0.3)
        assert len(telegram.replies(voter)) == count
        assert bot.kept_of(voter.id)["notifications"] == 1


def test_nobody_is_told_what_is_still_not_known(telegram: StandIn, start: Start) -> None:
    with start():
        voter = waiting(telegram)
        count = len(telegram.replies(voter))
    with start():
        telegram.settled(quiet=0.3)
        assert len(telegram.replies(voter)) == count


def test_a_request_is_forgotten_after_sixty_days(
    telegram: StandIn, start: Start, with_uzan: Assistant
) -> None:
    with start():
        voter = waiting(telegram)
        count = len(telegram.replies(voter))
    with start(with_uzan, now=datetime(2027, 1, 24, 12, tzinfo=UTC)) as bot:
        telegram.settled(quiet=0.3)
        assert bot.kept_of(voter.id) == {}
        assert len(telegram.replies(voter)) == count


# --- corrections -----------------------------------------------------------------------------------------


def test_a_correction_is_listed_with_what_was_said_before(
    telegram: StandIn, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "corrected").mkdir()
    corrected = """      corrected:
        date: 2026-11-20
        was: {fr: "Il voulait 200 caméras.", en: "He wanted 200 cameras."}
        why: {fr: "Mauvaise lecture de l'article.", en: "The article was misread."}
"""

    def change(text: str) -> str:
        claim = "video surveillance cameras from 100 to 320.\n      source: ici-2026\n"
        return text.replace(claim, claim + corrected)

    base = edited(tmp_path / "corrected", (f"{BUNDLED}/candidates/messatfa.yaml", change))
    with start(base):
        text = asked(telegram, telegram.private(language_code="en"), "/corrections").text
        before = "20 November 2026 – Lies Messatfa · Video surveillance: “He wanted 200 cameras.” was replaced by “"
        assert before in text
        assert "cameras from 100 to 320.” The article was misread." in text


# --- several elections -----------------------------------------------------------------------------------


def test_with_several_elections_one_is_chosen_first(
    telegram: StandIn, start: Start, two_towns: Assistant
) -> None:
    with start(two_towns):
        voter = telegram.private()
        menu = asked(telegram, voter, "/start")
        assert menu.text == "Bonjour ! Je réponds sur plusieurs élections. Dans quelle ville votez-vous ?"
        assert len(labels(menu)) == 2
        assert asked(telegram, voter, "messatfa cameras").text.startswith("Sur quelle élection")
        assert asked(telegram, voter, "/candidats").text.startswith("Sur quelle élection")
        chosen = telegram.wait_for_message(voter, after=telegram.tap(menu, "Levallois"))
        assert chosen.text == "Je réponds désormais sur : Élection municipale de Levallois-Perret."
        assert asked(telegram, voter, "messatfa cameras").text.startswith("Lies Messatfa · Vidéosurveillance")


def test_naming_the_town_chooses_its_election_and_answers(
    telegram: StandIn, start: Start, two_towns: Assistant
) -> None:
    with start(two_towns):
        voter = telegram.private()
        shown = asked(telegram, voter, "que disent les candidats de levalois sur la police municipale")
        assert shown.text.startswith("tous les candidats · Police municipale")
        assert asked(telegram, voter, "messatfa cameras").text.startswith("Lies Messatfa")


def test_a_question_about_another_town_is_answered_in_its_election_and_says_so(
    telegram: StandIn, start: Start, two_towns: Assistant
) -> None:
    with start(two_towns):
        voter = telegram.private()
        asked(telegram, voter, f"/start {BUNDLED}")
        shown = asked(telegram, voter, "la police municipale à Villebois ?")
        assert "Villebois" in shown.text.splitlines()[1]
        assert "Messatfa" not in shown.text
        assert asked(telegram, voter, "/election levallois").text.endswith("Levallois-Perret.")
        assert "Levallois" in asked(telegram, voter, "messatfa cameras").text.splitlines()[1]


def test_an_election_nobody_knows_is_answered_with_those_there_are(
    telegram: StandIn, start: Start, two_towns: Assistant
) -> None:
    with start(two_towns):
        shown = asked(telegram, telegram.private(), "/election Trifouillis")
        assert shown.text.startswith("Je ne connais pas d'élection à « Trifouillis »")
        assert len(labels(shown)) == 2


def test_inline_asks_for_an_election_first(telegram: StandIn, start: Start, two_towns: Assistant) -> None:
    with start(two_towns):
        voter = telegram.private()
        answer = telegram.wait_for_inline(telegram.inline(voter.user, "police"))
        assert answer.button["text"] == "Choisissez d'abord une élection en privé"
        asked(telegram, voter, f"/start {BUNDLED}")
        answer = telegram.wait_for_inline(telegram.inline(voter.user, "police municipale"))
        assert len(answer.results) == 8


# --- manners ---------------------------------------------------------------------------------------------


def test_whoever_asks_too_much_is_told_once(telegram: StandIn, start: Start) -> None:
    with start(questions_per_minute=3):
        voter, other = telegram.private(), telegram.private()
        for _ in range(10):
            telegram.say(voter, "messatfa cameras")
        telegram.settled()
        texts = [shown.text for shown in telegram.replies(voter)]
        assert sum(text.startswith("Lies Messatfa") for text in texts) == 3
        assert [t for t in texts if not t.startswith("Lies")] == [
            "Cela fait beaucoup de questions à la fois. Laissez-moi 21 secondes, puis continuez."
        ]
        assert asked(telegram, other, "messatfa cameras").text.startswith("Lies Messatfa")


def test_whoever_asked_too_much_can_still_be_forgotten_at_once_and_read_what_is_kept(
    telegram: StandIn, start: Start
) -> None:
    with start(questions_per_minute=2) as bot:
        voter = telegram.private()
        for _ in range(4):
            telegram.acknowledged(telegram.say(voter, "messatfa cameras"))
        telegram.settled()
        assert bot.kept_of(voter.id)
        assert asked(telegram, voter, "/oublier").text.startswith(
            "Tout ce qui était gardé sur vous est effacé"
        )
        assert bot.kept_of(voter.id) == {}
        assert asked(telegram, voter, "/vie_privee").text.startswith("Ce qui est gardé sur vous")
        assert "/vie_privee" in asked(telegram, voter, "/aide").text
        assert asked(telegram, voter, "/start").text.startswith("Bonjour")
        telegram.acknowledged(telegram.say(voter, "/candidats"))
        assert not telegram.replies(voter)[-1].text.startswith("Les candidats")


def test_a_flood_of_what_is_free_is_answered_only_so_often(telegram: StandIn, start: Start) -> None:
    with start(questions_per_minute=1):
        voter = telegram.private()
        for _ in range(12):
            telegram.acknowledged(telegram.say(voter, "/vie_privee"))
        telegram.settled()
        assert len(telegram.replies(voter)) == 8


def test_moderators_are_not_stopped_at_their_work(telegram: StandIn, start: Start) -> None:
    with start(questions_per_minute=1, moderator_ids={MODERATOR}):
        moderator = telegram.private(telegram.user(id=MODERATOR))
        for _ in range(3):
            assert asked(telegram, moderator, "/etat").text.startswith("Base ")


# --- found by fresh eyes ---------------------------------------------------------------------------------


def test_a_question_that_could_not_be_answered_for_a_while_costs_one_turn(
    telegram: StandIn, start: Start
) -> None:
    with start(questions_per_minute=4):
        voter = telegram.private()
        asked(telegram, voter, "/start")
        telegram.fail("sendMessage", times=6, kind="server_error")
        questions = ["messatfa cameras", "inoughi police", "pottier-dumas impots"]
        for question in questions:
            telegram.say(voter, question)
        telegram.wait(lambda: len(telegram.replies(voter)) == 4, timeout=20)


def test_forgetting_in_private_forgets_what_was_asked_in_a_group(telegram: StandIn, start: Start) -> None:
    with start() as bot:
        person = telegram.user()
        group = telegram.supergroup("Quartier", members=[person], bot="administrator")
        sent = telegram.say(group, f"@{telegram.username} messatfa cameras", user=person)
        telegram.wait_for_message(group, after=sent)
        asked(telegram, telegram.private(person), "/oublier")
        sent = telegram.say(group, "/pourquoi", user=person)
        assert telegram.wait_for_message(group, after=sent).text.startswith("Posez d'abord une question")
        telegram.settled()
        assert "conversations" not in bot.kept_of(person.id)


def test_an_administrator_who_forgets_in_a_group_is_forgotten_too(telegram: StandIn, start: Start) -> None:
    with start() as bot:
        person = telegram.user()
        group = telegram.supergroup("Quartier", members=[person], bot="administrator")
        asked(telegram, telegram.private(person), "/langue en")
        sent = telegram.say(group, "/langue en", user=person)
        telegram.wait_for_message(group, after=sent)
        sent = telegram.say(group, "/forget", user=person)
        assert "erased" in telegram.wait_for_message(group, after=sent).text
        assert bot.kept_of(person.id) == {}
        assert bot.kept_of(group.id) == {}


def test_a_town_named_in_an_edit_counts(telegram: StandIn, start: Start, two_towns: Assistant) -> None:
    with start(two_towns):
        voter = telegram.private()
        asked(telegram, voter, f"/start {VILLEBOIS}")
        question = telegram.say(voter, "la police municipale")
        first = telegram.wait_for_message(voter, after=question)
        telegram.edit(question, "la police municipale à Levallois")
        changed = telegram.wait(
            lambda: next(
                (m for m in telegram.replies(voter) if m.message_id == first.message_id and m.edited), None
            )
        )
        assert "Levallois-Perret" in changed.text.splitlines()[1]


def test_a_question_asked_before_its_election_was_chosen_is_answered_then(
    telegram: StandIn, start: Start, two_towns: Assistant
) -> None:
    with start(two_towns):
        voter = telegram.private()
        menu = asked(telegram, voter, "messatfa cameras")
        chosen = telegram.wait_for_message(voter, after=telegram.tap(menu, "Levallois"))
        assert telegram.wait_for_message(voter, after=chosen).text.startswith(
            "Lies Messatfa · Vidéosurveillance"
        )


def test_a_town_named_inline_counts_for_that_answer(
    telegram: StandIn, start: Start, two_towns: Assistant
) -> None:
    with start(two_towns):
        user = telegram.user()
        answer = telegram.wait_for_inline(telegram.inline(user, "police municipale levallois"))
        assert len(answer.results) == 8


def test_a_moderator_who_never_wrote_to_the_bot_keeps_no_one_from_its_menus(
    telegram: StandIn, start: Start
) -> None:
    with start(moderator_ids={987_654}):
        telegram.wait(lambda: ("all_private_chats", "en") in telegram.profile.commands)
        telegram.wait(lambda: "en" in telegram.profile.descriptions)


def test_nobody_is_told_a_result_before_its_day(telegram: StandIn, start: Start) -> None:
    with start(now=datetime(2026, 3, 14, 12, tzinfo=UTC)):
        voter = telegram.private()
        assert not any("Résultat" in label for label in labels(asked(telegram, voter, "/start")))
        assert "12 918" not in asked(telegram, voter, "qui a gagné les élections").text


def test_inline_on_two_people_offers_each_answer_once(telegram: StandIn, start: Start) -> None:
    with start():
        for query in (
            "messatfa et nouguier proprete",
            "nouguier et inoughi jeunesse",
            "messatfa et inoughi police",
        ):
            found = telegram.wait_for_inline(telegram.inline(telegram.user(), query)).results
            assert len({result["id"] for result in found}) == len(found) > 0
