"""A voter alone with the bot: questions, buttons, commands, edits, as they stand on a phone; by polling and webhook."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import MODERATOR, asked, labels
from tests.end_to_end.served import Served
from tests.stand_in import Chat, Shown, StandIn


@pytest.fixture
def voter(telegram: StandIn) -> Chat:
    return telegram.private(language_code="fr")


@pytest.fixture
def english(telegram: StandIn) -> Chat:
    return telegram.private(language_code="en")


# --- answers ---------------------------------------------------------------------------------------------


def test_an_answer_opens_with_what_was_understood_and_names_its_source(
    telegram: StandIn, voter: Chat
) -> None:
    shown = asked(telegram, voter, "mesatfa cammeras")
    assert shown.text.startswith("Lies Messatfa · Vidéosurveillance\nRenaissance, Parti radical\n")
    assert "de 100 à 320" in shown.text
    assert "Source : ici Paris Île-de-France, sans date" in shown.text
    assert "<blockquote expandable>« we will connect" in shown.html
    assert "Le vote a eu lieu le 15 mars 2026" in shown.text


def test_a_question_in_english_is_answered_in_english(telegram: StandIn, voter: Chat) -> None:
    shown = asked(telegram, voter, "what does pottier dumas say about taxes")
    assert shown.text.startswith("Agnès Pottier-Dumas · Taxes")
    assert "She committed to not raising taxes." in shown.text


def test_a_comparison_names_every_candidate(telegram: StandIn, voter: Chat, bot: Served) -> None:
    shown = asked(telegram, voter, "que disent les candidats sur la police municipale")
    for name in ("Messatfa", "Inoughi", "Pottier-Dumas", "Nouguier", "Uzan", "Parisis", "Rondepierre"):
        assert name in shown.text
    assert shown.text.count("pas de déclaration sourcée dans notre base") == 5
    assert "Ordre tiré au sort" in shown.text


def test_nothing_on_record_is_said_and_nobody_elses_words_are_shown(telegram: StandIn, voter: Chat) -> None:
    shown = asked(telegram, voter, "que propose Inoughi sur les caméras ?")
    assert "aucune déclaration sourcée" in shown.text
    assert "320" not in shown.text
    assert "🔔 Me prévenir si cela change" in labels(shown)


def test_a_name_alone_takes_up_the_subject_before(telegram: StandIn, english: Chat) -> None:
    asked(telegram, english, "what about taxes, pottier dumas")
    assert asked(telegram, english, "and Messatfa?").text.startswith("Lies Messatfa · Taxes")


def test_a_text_full_of_markup_is_answered_like_any_other(telegram: StandIn, voter: Chat) -> None:
    shown = asked(telegram, voter, "<b>Messatfa</b> & <script>caméras</script> \x00 𝕏 ‮")
    assert shown.text


def test_the_longest_message_there_is_gets_an_answer(telegram: StandIn, voter: Chat) -> None:
    assert asked(telegram, voter, "patinoire " * 409).text


# --- buttons ---------------------------------------------------------------------------------------------


def test_the_buttons_under_an_answer_lead_on(telegram: StandIn, voter: Chat) -> None:
    shown = asked(telegram, voter, "messatfa cameras")
    assert labels(shown) == [
        "👥 Tous sur : Vidéosurveillance",
        "👤 Lies Messatfa",
        "📄 Sources",
        "🤔 Pas ma question",
        "👍",
        "👎",
        "↗️ Partager",
    ]
    everyone = telegram.wait_for_message(voter, after=telegram.tap(shown, "👥"))
    assert everyone.text.startswith("tous les candidats · Vidéosurveillance")
    card = telegram.wait_for_message(voter, after=telegram.tap(shown, "👤"))
    assert card.text.startswith("Lies Messatfa\n")
    sources = telegram.wait_for_message(voter, after=telegram.tap(shown, "📄"))
    assert sources.text.startswith("D'où vient cette réponse\n\nSource : ici Paris Île-de-France")


def test_not_what_i_asked_offers_other_readings_and_then_none_of_them(telegram: StandIn, voter: Chat) -> None:
    shown = asked(telegram, voter, "quel candidat parle de la police municipale")
    readings = telegram.wait_for_message(voter, after=telegram.tap(shown, "🤔"))
    assert readings.text == "Que vouliez-vous dire ?"
    assert labels(readings)[-1] == "Aucune de ces réponses"
    assert len(labels(readings)) > 1
    last = telegram.wait_for_message(voter, after=telegram.tap(readings, "Aucune"))
    assert last.text.startswith("D'accord. Essayez avec d'autres mots")


def test_a_thumb_is_counted_once(telegram: StandIn, voter: Chat) -> None:
    shown = asked(telegram, voter, "messatfa cameras")
    assert "sans votre nom" in telegram.callback_answer(telegram.tap(shown, "👎")).text
    assert "déjà" in telegram.callback_answer(telegram.tap(shown, "👎")).text


def test_after_a_thumb_down_a_reason_can_still_be_given(telegram: StandIn, voter: Chat) -> None:
    telegram.callback_answer(telegram.tap(asked(telegram, voter, "messatfa cameras"), "👎"))
    form = asked(telegram, voter, "/avis")
    assert "Merci" in telegram.callback_answer(telegram.tap(form, "La source ne dit pas cela")).text


def test_an_answer_about_two_people_has_the_sources_of_both_and_no_button_for_one(
    telegram: StandIn, voter: Chat
) -> None:
    shown = asked(telegram, voter, "qui sont nouguier et pottier-dumas")
    assert "👍" not in labels(shown)
    sources = telegram.wait_for_message(voter, after=telegram.tap(shown, "📄"))
    assert "Crif" in sources.text
    assert "Ministère" in sources.text


def test_sharing_asks_the_same_in_inline_mode(telegram: StandIn, voter: Chat) -> None:
    shown = asked(telegram, voter, "messatfa cameras")
    share = next(b for b in shown.buttons if "Partager" in b.text)
    query = share.raw["switch_inline_query"]
    found = telegram.wait_for_inline(telegram.inline(telegram.user(), query))
    assert found.results[0]["title"] == "Lies Messatfa · Vidéosurveillance"


def test_two_readings_are_asked_back_with_none_of_these(telegram: StandIn, voter: Chat) -> None:
    shown = asked(telegram, voter, "balkany")
    assert shown.text == "Je vois plusieurs lectures possibles. Laquelle est la bonne ?"
    assert labels(shown)[-1] == "Aucune de ces réponses"
    assert "D'accord" in telegram.wait_for_message(voter, after=telegram.tap(shown, "Aucune")).text


@pytest.mark.parametrize(
    "data",
    ["x", "a.AAAAAAcBBBBBB", "a." + "é" * 20, "z.z.z", "g.AAAAAA.good", *"amenrbsg", "l.xx", " "],
)
def test_a_button_that_is_old_or_made_up_gets_a_kind_sentence(
    telegram: StandIn, voter: Chat, data: str
) -> None:
    shown = asked(telegram, voter, "bonjour")
    answered = telegram.callback_answer(telegram.tap(shown, data=data))
    assert answered is not None


# --- edits -----------------------------------------------------------------------------------------------


def test_the_answer_follows_an_edited_question(telegram: StandIn, voter: Chat) -> None:
    question = telegram.say(voter, "messatfa cameras")
    first = telegram.wait_for_message(voter, after=question)
    telegram.edit(question, "pottier-dumas impôts")
    changed = telegram.wait(
        lambda: next(
            (m for m in telegram.replies(voter) if m.message_id == first.message_id and m.edited), None
        )
    )
    assert changed.text.startswith("Agnès Pottier-Dumas · Impôts")
    assert len(telegram.replies(voter)) == 1


def test_an_edit_that_changes_nothing_is_no_error(telegram: StandIn, voter: Chat) -> None:
    question = telegram.say(voter, "messatfa cameras")
    telegram.wait_for_message(voter, after=question)
    telegram.edit(question, "messatfa caméras")
    telegram.settled()
    assert len(telegram.replies(voter)) == 1


# --- commands --------------------------------------------------------------------------------------------


def test_start_greets_and_shows_where_to_begin(telegram: StandIn, voter: Chat, english: Chat) -> None:
    assert asked(telegram, voter, "/start").text.startswith("Bonjour !")
    shown = asked(telegram, english, "/start")
    assert shown.text.startswith("Hello!")
    assert "The candidates" in labels(shown)


@pytest.mark.parametrize(
    ("link", "opening"),
    [
        ("messatfa", "Lies Messatfa\n"),
        ("video-surveillance", "tous les candidats · Vidéosurveillance"),
        ("messatfa__video-surveillance", "Lies Messatfa · Vidéosurveillance"),
        ("levallois-perret-2026", "Bonjour !"),
        ("levallois-perret-2026__messatfa", "Lies Messatfa\n"),
        ("cXVlIGRpcmU_", "Bonjour !"),
        ("q_bWVzc2F0ZmEgY2FtZXJhcw", "Lies Messatfa · Vidéosurveillance"),
    ],
)
def test_a_link_opens_a_candidate_a_topic_a_question_or_the_election(
    telegram: StandIn, voter: Chat, link: str, opening: str
) -> None:
    assert asked(telegram, voter, f"/start {link}").text.startswith(opening)


def test_help_lists_the_commands_under_their_names_in_the_language(telegram: StandIn, voter: Chat) -> None:
    text = asked(telegram, voter, "/aide").text
    for name in ("/candidats", "/sujets", "/comparer", "/langue", "/pourquoi", "/oublier", "/vie_privee"):
        assert name in text
    assert "/status" not in text
    assert "/election" not in text


def test_a_command_is_known_by_its_name_in_any_language(telegram: StandIn, english: Chat) -> None:
    assert asked(telegram, english, "/candidats").text.startswith("The candidates")
    assert asked(telegram, english, "/CANDIDATES").text.startswith("The candidates")


def test_candidates_lead_to_their_cards(telegram: StandIn, voter: Chat) -> None:
    shown = asked(telegram, voter, "/candidats")
    assert "Ordre tiré au sort" in shown.text
    assert len(labels(shown)) == 7
    card = telegram.wait_for_message(voter, after=telegram.tap(shown, "Alain Uzan"))
    assert card.text.startswith("Alain Uzan")


def test_topics_have_pages_and_parts(telegram: StandIn, voter: Chat) -> None:
    menu = asked(telegram, voter, "/sujets")
    assert labels(menu)[-3:] == ["◀", "1/3", "▶"]

    def turned(menu: Shown, button: str) -> Shown:
        telegram.callback_answer(telegram.tap(menu, button))
        return next(m for m in telegram.replies(voter) if m.message_id == menu.message_id)

    second = turned(menu, "▶")
    assert labels(second)[-2] == "2/3"
    security = turned(turned(second, "◀"), "Sécurité")
    assert security.text == "Sécurité : tout le sujet, ou une partie ?"
    assert labels(turned(security, "‹ Retour"))[-2] == "1/3"
    whole = telegram.wait_for_message(voter, after=telegram.tap(security, "👥 Tous : Sécurité"))
    assert whole.text.startswith("tous les candidats · Sécurité")


def test_the_same_page_again_is_no_error(telegram: StandIn, voter: Chat) -> None:
    menu = asked(telegram, voter, "/topics")
    assert telegram.callback_answer(telegram.tap(menu, "1/3")).text in (None, "")


@pytest.mark.parametrize(
    "subject", ["police municipale", "la polisse municipal", "messatfa police municipale"]
)
def test_compare_shows_everyone_on_a_subject_whoever_is_named(
    telegram: StandIn, voter: Chat, subject: str
) -> None:
    assert asked(telegram, voter, f"/comparer {subject}").text.startswith(
        "tous les candidats · Police municipale"
    )


def test_compare_alone_takes_the_subject_before_or_asks_for_one(telegram: StandIn, voter: Chat) -> None:
    assert asked(telegram, voter, "/comparer").text.startswith("Sur quel sujet ?")
    asked(telegram, voter, "messatfa cameras")
    assert asked(telegram, voter, "/comparer").text.startswith("tous les candidats · Vidéosurveillance")


def test_sources_lists_them_all_with_links(telegram: StandIn, voter: Chat) -> None:
    shown = asked(telegram, voter, "/sources")
    assert shown.text.startswith("Les sources de cette base")
    assert '<a href="https://' in shown.html


def test_a_language_can_be_chosen_and_let_go(telegram: StandIn, voter: Chat) -> None:
    menu = asked(telegram, voter, "/langue")
    assert labels(menu) == ["Français", "English", "La langue de chaque question"]
    set_now = telegram.wait_for_message(voter, after=telegram.tap(menu, "English"))
    assert set_now.text == "I will answer in English from now on."
    assert "He wanted" in asked(telegram, voter, "messatfa cameras").text
    assert asked(telegram, voter, "/language français").text == "Je réponds désormais en français."
    assert "klingon" in asked(telegram, voter, "/langue klingon").text
    assert "chaque question" in asked(telegram, voter, "/langue auto").text


def test_election_says_which_one_there_is(telegram: StandIn, voter: Chat) -> None:
    assert "Levallois-Perret" in asked(telegram, voter, "/election").text


def test_why_tells_what_was_understood_corrected_and_weighed(telegram: StandIn, voter: Chat) -> None:
    assert asked(telegram, voter, "/pourquoi").text.startswith("Posez d'abord une question")
    asked(telegram, voter, "mesatfa cammeras")
    text = asked(telegram, voter, "/pourquoi").text
    assert "cammeras → camera" in text
    assert "« mesatfa » → Lies Messatfa" in text
    assert "100 %  Vidéosurveillance" in text
    assert "Version de la base : " in text


def test_feedback_asks_what_was_wrong_with_the_last_answer(telegram: StandIn, voter: Chat) -> None:
    assert "redaction@example.org" in asked(telegram, voter, "/avis").text
    asked(telegram, voter, "messatfa cameras")
    form = asked(telegram, voter, "/avis")
    assert "Lies Messatfa · Vidéosurveillance" in form.text
    assert "Merci" in telegram.callback_answer(telegram.tap(form, "La source ne dit pas cela")).text


def test_who_asked_to_be_told_can_change_their_mind(telegram: StandIn, voter: Chat) -> None:
    assert asked(telegram, voter, "/prevenir").text.startswith("Vous n'avez demandé")
    shown = asked(telegram, voter, "uzan cameras")
    done = telegram.wait_for_message(voter, after=telegram.tap(shown, "🔔"))
    assert "Alain Uzan · Vidéosurveillance" in done.text
    assert "60 jours" in done.text
    held = asked(telegram, voter, "/prevenir")
    assert labels(held) == ["✖ Alain Uzan · Vidéosurveillance"]
    telegram.callback_answer(telegram.tap(held, "✖"))
    telegram.wait(lambda: not telegram.replies(voter)[-1].buttons)
    assert asked(telegram, voter, "/prevenir").text.startswith("Vous n'avez demandé")


def test_corrections_says_that_there_are_none_and_how_to_ask_for_one(
    telegram: StandIn, english: Chat
) -> None:
    text = asked(telegram, english, "/corrections").text
    assert "No statement of this base has been corrected" in text
    assert "redaction@example.org" in text


@pytest.mark.parametrize("question", ["/vie_privee", "est-ce que tu gardes mes questions ?"])
def test_privacy_says_what_is_kept_also_to_whoever_asks_in_words(
    telegram: StandIn, voter: Chat, question: str
) -> None:
    text = asked(telegram, voter, question).text
    assert text.startswith("Ce qui est gardé sur vous")
    assert "terminal" not in text
    assert "Une sauvegarde faite avant" in text
    assert text.count("Modérateurs") == 1


def test_moderators_are_told_what_is_kept_of_them(telegram: StandIn, bot: Served) -> None:
    text = asked(telegram, telegram.core.world.chats[MODERATOR], "/privacy").text
    assert text.count("Moderators only") + text.count("Modérateurs seulement") == 5


def test_forget_erases_everything_at_once(telegram: StandIn, voter: Chat, bot: Served) -> None:
    asked(telegram, voter, "/langue en")
    asked(telegram, voter, "messatfa cameras")
    shown = asked(telegram, voter, "uzan cameras")
    telegram.wait_for_message(voter, after=telegram.tap(shown, "🔔"))
    assert asked(telegram, voter, "/forget").text.startswith("Everything kept about you is erased")
    assert asked(telegram, voter, "/why").text.startswith("Posez d'abord une question")
    assert asked(telegram, voter, "et Nouguier ?").text.startswith("Nouguier\n")


def test_an_unknown_command_is_told_where_to_look(telegram: StandIn, voter: Chat) -> None:
    assert (
        asked(telegram, voter, "/abracadabra").text
        == "Je ne connais pas cette commande. /aide donne la liste."
    )


def test_status_is_for_moderators(telegram: StandIn, voter: Chat) -> None:
    assert asked(telegram, voter, "/status").text.startswith("Je ne connais pas")
    moderator = telegram.core.world.chats[MODERATOR]
    asked(telegram, voter, "y aura-t-il une patinoire volante")
    text = asked(telegram, moderator, "/status").text
    assert "State: all well" in text


# --- everything else -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["voice", "photo", "sticker", "location", "contact", "poll", "dice", "document", "video"]
)
def test_what_is_no_text_gets_one_kind_sentence_an_hour(telegram: StandIn, kind: str) -> None:
    voter = telegram.private(language_code="en")
    sent = telegram.send_media(voter, kind)
    assert (
        telegram.wait_for_message(voter, after=sent).text
        == "I can only read text: please type your question."
    )
    telegram.send_media(voter, kind)
    telegram.settled()
    assert len(telegram.replies(voter)) == 1


def test_the_words_under_a_picture_are_a_question(telegram: StandIn, voter: Chat) -> None:
    sent = telegram.send_media(voter, "photo", caption="messatfa cameras")
    assert telegram.wait_for_message(voter, after=sent).text.startswith("Lies Messatfa")


def test_what_was_shared_through_a_bot_is_no_question(telegram: StandIn, voter: Chat) -> None:
    asked(telegram, voter, "/start")
    telegram.say_via_bot(voter, "messatfa cameras")
    telegram.settled()
    assert len(telegram.replies(voter)) == 1


def test_the_menu_of_commands_is_set_for_each_place_and_language(telegram: StandIn, bot: Served) -> None:
    commands = telegram.profile.commands
    assert {language for _, language in commands} == {"", "fr", "en"}
    private = {c["command"] for c in commands[("all_private_chats", "fr")]}
    groups = {c["command"] for c in commands[("all_group_chats", "fr")]}
    assert {"candidats", "pourquoi", "oublier"} <= private
    assert "prevenir" in private - groups
    assert "etat" not in private
    moderators = commands[(f"chat/{MODERATOR}", "fr")]
    assert "etat" in {c["command"] for c in moderators}
