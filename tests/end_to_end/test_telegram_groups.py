"""The bot among others: in groups it speaks when it is spoken to, and inline it offers what can be shared."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import asked, labels
from tests.end_to_end.served import Served
from tests.stand_in import Chat, StandIn


@pytest.fixture
def group(telegram: StandIn) -> Chat:
    """A group whose members' messages all reach the bot, so that silence is the bot's own choice."""
    return telegram.supergroup("Quartier", bot="administrator")


# --- groups ----------------------------------------------------------------------------------------------


def test_in_a_group_the_bot_is_silent_unless_spoken_to(telegram: StandIn, group: Chat) -> None:
    for text in (
        "messatfa cameras",
        "/abracadabra",
        "bonjour",
        "@somebody messatfa cameras",
        "/help@other_bot",
    ):
        telegram.say(group, text)
    telegram.send_media(group, "photo")
    telegram.settled()
    assert telegram.replies(group) == []


def test_a_mention_is_answered_shortly_and_leads_to_the_whole_answer(telegram: StandIn, group: Chat) -> None:
    question = telegram.say(group, f"@{telegram.username} messatfa cameras")
    shown = telegram.wait_for_message(group, after=question)
    assert shown.text.startswith("Lies Messatfa · Vidéosurveillance")
    assert "Source : ici Paris" in shown.text
    assert "blockquote" not in shown.html
    assert shown.reply_to == question.message_id
    assert labels(shown) == ["La réponse entière"]
    assert shown.buttons[0].url == f"https://t.me/{telegram.username}?start=messatfa__video-surveillance"


def test_a_mention_in_the_middle_or_in_capitals_counts(telegram: StandIn, group: Chat) -> None:
    shown = asked(telegram, group, f"dis @{telegram.username.upper()} messatfa cameras ?")
    assert shown.text.startswith("Lies Messatfa · Vidéosurveillance")


def test_a_reply_to_the_bot_is_a_question_and_goes_on_with_the_subject(
    telegram: StandIn, group: Chat
) -> None:
    first = asked(telegram, group, f"@{telegram.username} messatfa cameras")
    person = telegram.user()
    again = telegram.say(group, f"@{telegram.username} messatfa cameras", user=person)
    shown = telegram.wait_for_message(group, after=again)
    followed = telegram.say(group, "et nouguier ?", user=person, reply_to=shown)
    assert telegram.wait_for_message(group, after=followed).text.startswith("Nouguier · Vidéosurveillance")
    assert first.message_id < shown.message_id


def test_two_people_in_a_group_have_each_their_own_conversation(telegram: StandIn, group: Chat) -> None:
    one, other = telegram.user(), telegram.user()
    telegram.wait_for_message(
        group, after=telegram.say(group, f"@{telegram.username} messatfa cameras", user=one)
    )
    sent = telegram.say(group, f"@{telegram.username} pottier-dumas impôts", user=other)
    telegram.wait_for_message(group, after=sent)
    sent = telegram.say(group, f"@{telegram.username} et nouguier ?", user=one)
    assert telegram.wait_for_message(group, after=sent).text.startswith("Nouguier · Vidéosurveillance")


def test_a_command_works_in_a_group_and_answers_its_message(telegram: StandIn, group: Chat) -> None:
    sent = telegram.say(group, "/candidats")
    shown = telegram.wait_for_message(group, after=sent)
    assert shown.text.startswith("Les candidats")
    assert shown.reply_to == sent.message_id


def test_a_mention_with_nothing_to_ask_is_no_fault(telegram: StandIn, group: Chat) -> None:
    assert asked(telegram, group, f"@{telegram.username}").text


def test_only_an_administrator_chooses_the_language_of_a_group(telegram: StandIn, group: Chat) -> None:
    telegram.say(group, "bonjour", user=telegram.user())
    sent = telegram.say(group, "/langue en", user=telegram.user())
    assert "seul un administrateur" in telegram.wait_for_message(group, after=sent).text


def test_requests_to_be_told_are_for_private_chats(telegram: StandIn, group: Chat) -> None:
    assert "conversation privée" in asked(telegram, group, f"/prevenir@{telegram.username}").text


def test_a_long_comparison_is_one_message_in_a_group_with_everyone_in_it(
    telegram: StandIn, group: Chat
) -> None:
    before = len(telegram.replies(group))
    shown = asked(telegram, group, f"@{telegram.username} que disent les candidats sur la sécurité")
    for name in ("Messatfa", "Inoughi", "Pottier-Dumas", "Nouguier", "Uzan", "Parisis", "Rondepierre"):
        assert name in shown.text
    telegram.settled()
    assert len(telegram.replies(group)) == before + 1


def test_a_group_is_greeted_when_the_bot_is_added(telegram: StandIn) -> None:
    group = telegram.group("Nouveau", bot="left")
    shown = telegram.wait_for_message(group, after=telegram.added(group))
    assert f"@{telegram.username}" in shown.text


def test_a_group_that_removes_the_bot_is_forgotten(telegram: StandIn, group: Chat, bot: Served) -> None:
    asked(telegram, group, f"@{telegram.username} messatfa cameras")
    telegram.removed(group)
    telegram.settled()
    assert bot.kept_of(group.id) == {}


def test_settings_move_along_when_a_group_becomes_a_supergroup(telegram: StandIn, bot: Served) -> None:
    admin = telegram.user()
    group = telegram.group("Petit", members=[admin], bot="administrator")
    sent = telegram.say(group, "/langue en", user=admin)
    assert "I will answer in English" in telegram.wait_for_message(group, after=sent).text
    moved = telegram.migrate(group)
    telegram.settled()
    sent = telegram.say(moved.chat_id, f"@{telegram.username} messatfa", user=admin)
    assert "councillor" in telegram.wait_for_message(moved.chat_id, after=sent).text
    assert bot.kept_of(group.id) == {}


def test_another_bot_and_a_channel_get_no_answer(telegram: StandIn, group: Chat) -> None:
    telegram.say_as_bot(group, f"@{telegram.username} messatfa cameras")
    channel = telegram.channel("Annonces")
    telegram.channel_post(channel, f"@{telegram.username} messatfa cameras")
    telegram.settled()
    assert telegram.replies(group) == []
    assert telegram.replies(channel) == []


def test_whoever_blocks_the_bot_is_forgotten(telegram: StandIn, bot: Served) -> None:
    voter = telegram.private()
    asked(telegram, voter, "/langue en")
    telegram.settled()
    assert bot.kept_of(voter.id) == {"chats": 1}
    telegram.blocked(voter)
    telegram.settled()
    assert bot.kept_of(voter.id) == {}


# --- inline ----------------------------------------------------------------------------------------------


def test_inline_offers_everyone_together_and_each_alone(telegram: StandIn) -> None:
    answer = telegram.wait_for_inline(telegram.inline(telegram.user(), "police municipale"))
    titles = [result["title"] for result in answer.results]
    assert titles[0] == "tous les candidats · Police municipale"
    assert len(titles) == 8
    assert {"Lies Messatfa · Police municipale", "Alain Uzan · Police municipale"} <= set(titles)
    texts = {r["title"]: r["input_message_content"]["message_text"] for r in answer.results}
    assert "Source : ici Paris" in texts["Lies Messatfa · Police municipale"]
    assert "aucune déclaration sourcée" in texts["Alain Uzan · Police municipale"]
    assert answer.is_personal


def test_inline_on_one_candidate_offers_theirs_and_the_comparison(telegram: StandIn) -> None:
    user = telegram.user(language_code="en")
    answer = telegram.wait_for_inline(telegram.inline(user, "pottier dumas taxes"))
    assert [r["title"] for r in answer.results] == ["Agnès Pottier-Dumas · Taxes", "all candidates · Taxes"]


@pytest.mark.parametrize("query", ["", "   ", "qzzxv frrt", "pour qui voter", "bonjour"])
def test_inline_without_an_answer_leads_to_the_private_chat(telegram: StandIn, query: str) -> None:
    answer = telegram.wait_for_inline(telegram.inline(telegram.user(), query))
    assert not answer.results
    assert answer.button["start_parameter"] == "inline"
    assert answer.button["text"] == "Rien trouvé : demandez-moi en privé"


def test_a_chosen_result_stands_in_the_chat_with_a_way_to_ask_more(telegram: StandIn) -> None:
    user = telegram.user()
    question = telegram.inline(user, "messatfa cameras")
    answer = telegram.wait_for_inline(question)
    button = answer.results[0]["reply_markup"]["inline_keyboard"][0][0]
    assert button["url"].endswith("?start=messatfa__video-surveillance")


def test_the_private_chat_opens_from_inline_with_a_greeting(telegram: StandIn) -> None:
    assert asked(telegram, telegram.private(), "/start inline").text.startswith("Bonjour !")
