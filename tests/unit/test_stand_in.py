"""The stand-in refuses what Telegram refuses and delivers as Telegram delivers; else our tests would prove nothing."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, InlineQueryResultArticle
from telegram import InputTextMessageContent as Text
from telegram.error import BadRequest, RetryAfter

from tests.stand_in import Chat, StandIn, process
from tests.stand_in.texts import recognised

Api = Callable[..., Any]
SECRET = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def telegram() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def client(telegram: StandIn) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{telegram.url}/bot{telegram.token}/", timeout=10) as client:
        yield client


@pytest.fixture
def call(client: httpx.Client) -> Api:
    """Calls a method as python-telegram-bot does, and returns the result or the description of the error."""

    def call(method: str, **params: Any) -> Any:
        form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()}
        answer = client.post(method, data=form).json()
        return answer["result"] if answer["ok"] else answer["description"]

    return call


@pytest.fixture
def chat(telegram: StandIn) -> Chat:
    return telegram.private(name="Alix", open=True)


@pytest.fixture
def say(call: Api, chat: Chat) -> Api:
    """Sends HTML to the chat."""
    return lambda text, **more: call("sendMessage", chat_id=chat.id, text=text, parse_mode="HTML", **more)


def keyboard(*buttons: dict[str, Any], row: int = 1) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons[i : i + row]) for i in range(0, len(buttons), row)]}


def button(text: str = "Go", **action: Any) -> dict[str, Any]:
    return {"text": text, **(action or {"callback_data": "go"})}


class Receiver:
    """A bot's webhook that answers as told and remembers what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[bytes, dict[str, str]]] = []
        self.answers: list[int] = []
        self.at_once = self.most_at_once = 0
        self.gate = threading.Event()
        self.gate.set()
        self.url = ""
        self.lock = threading.Lock()
        self.crowd = threading.Condition(self.lock)

    def receive(self, body: bytes, headers: dict[str, str]) -> int:
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.crowd.notify_all()
        self.gate.wait(10)
        with self.lock:
            self.at_once -= 1
            self.got.append((body, headers))
            return self.answers.pop(0) if self.answers else 200

    def updates(self) -> list[dict[str, Any]]:
        with self.lock:
            return [json.loads(body) for body, _ in self.got]


class Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.receive(body, dict(self.headers.items())))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield receiver
        finally:
            receiver.gate.set()
            server.shutdown()
            thread.join()


# --- who calls, and how


def test_a_bot_learns_who_it_is(call: Api) -> None:
    me = call("getMe")
    assert me["is_bot"]
    assert me["username"] == "election_bot"


def test_a_wrong_token_is_unauthorized(telegram: StandIn) -> None:
    answer = httpx.get(f"{telegram.url}/bot1:wrong/getMe")
    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


def test_an_unknown_method_is_not_found(client: httpx.Client) -> None:
    answer = client.get("sendPigeon")
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


def test_methods_are_called_by_any_case(call: Api) -> None:
    assert call("getme")["is_bot"]


@pytest.mark.parametrize("encoding", ["data", "json", "files", "params"])
def test_a_body_may_be_a_form_or_json_or_multipart_or_in_the_address(
    client: httpx.Client, chat: Chat, encoding: str
) -> None:
    text, markup = "é & 😀", keyboard(button())
    params: dict[str, Any] = {"chat_id": str(chat.id), "text": text, "reply_markup": json.dumps(markup)}
    if encoding == "json":
        params = {"chat_id": chat.id, "text": text, "reply_markup": markup}
    if encoding == "files":
        params = {name: (None, value.encode()) for name, value in params.items()}
    result = client.post("sendMessage", **{encoding: params}).json()["result"]
    assert (result["text"], result["reply_markup"]) == (text, markup)


@given(
    method=st.sampled_from(
        ["sendMessage", "editMessageText", "answerInlineQuery", "setMyCommands", "setWebhook"]
    ),
    params=st.dictionaries(
        st.sampled_from(
            ["text", "chat_id", "reply_markup", "entities", "results", "commands", "scope", "parse_mode"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("HTML"),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["inline_keyboard", "text", "type", "id"]), inner, max_size=3
                )
            ),
            max_leaves=6,
        ),
    ),
)
def test_whatever_is_sent_gets_an_answer(
    shared: tuple[StandIn, httpx.Client], method: str, params: Any
) -> None:
    answer = shared[1].post(method, json=params)
    assert answer.status_code in (200, 400, 403)
    assert isinstance(answer.json()["ok"], bool)


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[StandIn, httpx.Client]]:
    with StandIn() as stand_in, httpx.Client(base_url=f"{stand_in.url}/bot{stand_in.token}/") as client:
        yield stand_in, client


# --- texts

GOOD_HTML = {
    "<b>a</b> <i>b</i> <u>c</u> <s>d</s> <tg-spoiler>e</tg-spoiler>": "a b c d e",
    '<a href="https://a.fr/?x=1&amp;y=2">l</a>': "l",
    "<blockquote expandable>« q »</blockquote>": "« q »",
    '<pre><code class="language-py">x</code></pre>': "x",
    "1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;&#39;&#x1F600;": "1 < 2 && 3 > 2 \"'😀",
    "  <b> a </b> ": "a",
    '<span class="tg-spoiler">a</span>': "a",
    "<blockquote><b>a</b> <code>b</code></blockquote>": "a b",
    "<B>a</B >": "a",
}


@pytest.mark.parametrize("html", GOOD_HTML)
def test_html_is_shown_as_plain_text(telegram: StandIn, say: Api, chat: Chat, html: str) -> None:
    assert say(html)["text"] == GOOD_HTML[html]
    assert [(shown.text, shown.html) for shown in telegram.replies(chat)] == [(GOOD_HTML[html], html)]
    assert telegram.violations == []


BAD_HTML = {
    "<b>a": 'Can\'t find end tag corresponding to start tag "b"',
    "a</b>": "Unexpected end tag at byte offset 1",
    "é<b>a</i>": 'Unmatched end tag, expected "</b>", found "</i>" at byte offset 6',
    "<b><i>a</b></i>": 'Unmatched end tag, expected "</i>", found "</b>" at byte offset 7',
    "<p>a</p>": 'Unsupported start tag "p" at byte offset 0',
    "a<br/>b": 'Unsupported start tag "br/" at byte offset 1',
    "1 < 2": "Unclosed start tag at byte offset 2",
    "2 > 1": 'Unescaped ">" at byte offset 2',
    "a & b": "Unescaped or unknown entity '& b' at byte offset 2",
    "a&nbsp;b": "Unescaped or unknown entity '&nbsp;b' at byte offset 1",
    "&#0;": "Unescaped or unknown entity '&#0;' at byte offset 0",
    '<b class="x">a</b>': 'Unexpected attribute "class" in the tag "b" at byte offset 0',
    "<a>a</a>": 'Tag "a" must have a valid "href" at byte offset 0',
    '<a href="javascript:x">a</a>': 'Tag "a" must have a valid "href" at byte offset 0',
    '<a href="https://a.fr/?a&b">a</a>': "Unescaped or unknown entity '&b\">a</a' at byte offset 24",
    "<blockquote>a<blockquote>b</blockquote></blockquote>": 'Tag "blockquote" can\'t be nested at byte offset 13',
    "<code><b>a</b></code>": 'Tag "b" can\'t be inside "code" at byte offset 6',
    "<b><code>a</code></b>": 'Tag "code" can\'t be part of another entity at byte offset 3',
    "<span>a</span>": 'Tag "span" must have class "tg-spoiler" at byte offset 0',
}


@pytest.mark.parametrize("html", BAD_HTML)
def test_html_must_be_what_the_documentation_says(telegram: StandIn, say: Api, html: str) -> None:
    assert say(html) == f"Bad Request: can't parse entities: {BAD_HTML[html]}"
    assert [violation.method for violation in telegram.violations] == ["sendMessage"]


def test_html_is_plain_text_unless_a_parse_mode_says_otherwise(call: Api, chat: Chat) -> None:
    assert call("sendMessage", chat_id=chat.id, text="1 < 2 & <b>")["text"] == "1 < 2 & <b>"


def test_an_unknown_parse_mode_is_refused(call: Api, chat: Chat) -> None:
    assert (
        call("sendMessage", chat_id=chat.id, text="a", parse_mode="BBCode")
        == "Bad Request: unsupported parse_mode"
    )


@pytest.mark.parametrize("text", ["", "  \n ", "<b></b>", "<b> </b>"])
def test_an_empty_text_is_refused(say: Api, text: str) -> None:
    assert say(text) == "Bad Request: message text is empty"


def test_length_counts_utf16_units_after_parsing(say: Api) -> None:
    assert len(say(f"<b>{'&amp;' * 4096}</b>")["text"]) == 4096
    assert say("a" * 4097) == "Bad Request: message is too long"
    assert say("😀" * 2048)["text"]
    assert say("😀" * 2048 + "a") == "Bad Request: message is too long"


def test_entities_are_counted_in_utf16_units(say: Api) -> None:
    assert say(" 😀 <b>é</b>")["entities"] == [{"type": "bold", "offset": 3, "length": 1}]


def test_half_a_character_is_not_utf8(client: httpx.Client, chat: Chat) -> None:
    body = f'{{"chat_id": {chat.id}, "text": "\\ud83d"}}'
    answer = client.post("sendMessage", content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["description"] == "Bad Request: strings must be encoded in UTF-8"


# --- buttons

BAD_BUTTONS = {
    "data of 65 bytes": (button(callback_data="é" * 32 + "a"), "BUTTON_DATA_INVALID"),
    "no data": (button(callback_data=""), "BUTTON_DATA_INVALID"),
    "no text": (button(" "), "inline keyboard button text must be non-empty"),
    "no action": (
        {"text": "a"},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    "two actions": (
        button(callback_data="a", url="https://a.fr"),
        "can't parse inline keyboard button: more than one action: callback_data, url",
    ),
    "a wrong address": (
        button(url="ftp://a.fr"),
        "inline keyboard button URL 'ftp://a.fr' is invalid: Unsupported URL protocol",
    ),
    "data as address": (
        button(url="go:1"),
        "inline keyboard button URL 'go:1' is invalid: Unsupported URL protocol",
    ),
    "an unknown field": (
        button(callback_data="a", colour="red"),
        "can't parse inline keyboard button: unknown field 'colour'",
    ),
}


@pytest.mark.parametrize("name", BAD_BUTTONS)
def test_a_button_is_refused_with(telegram: StandIn, say: Api, name: str) -> None:
    wrong, description = BAD_BUTTONS[name]
    assert say("a", reply_markup=keyboard(button(), wrong)) == f"Bad Request: {description}"
    assert len(telegram.violations) == 1


@pytest.mark.parametrize(
    "action",
    [
        {"callback_data": "é" * 32},
        {"url": "https://example.org/é?a=b"},
        {"url": "tg://resolve?domain=a"},
        {"switch_inline_query_current_chat": ""},
        {"copy_text": {"text": "a"}},
    ],
)
def test_a_button_may_have_one_action(say: Api, action: dict[str, Any]) -> None:
    assert say("a", reply_markup=keyboard(button("a", **action)))["message_id"]


def test_there_are_at_most_100_buttons_and_8_in_a_row(say: Api) -> None:
    assert say("a", reply_markup=keyboard(*[button()] * 96, row=8))["message_id"]
    assert say("a", reply_markup=keyboard(*[button()] * 101, row=8)) == "Bad Request: REPLY_MARKUP_TOO_LONG"
    assert say("a", reply_markup=keyboard(*[button()] * 9, row=9)) == "Bad Request: REPLY_MARKUP_TOO_LONG"


def test_inline_buttons_need_inline_mode() -> None:
    with StandIn(supports_inline=False) as telegram:
        chat = telegram.private(open=True)
        markup = keyboard(button(switch_inline_query="a"))
        answer = httpx.post(
            f"{telegram.url}/bot{telegram.token}/sendMessage",
            json={"chat_id": chat.id, "text": "a", "reply_markup": markup},
        )
        assert answer.json()["description"] == "Bad Request: BOT_INLINE_DISABLED"
        with pytest.raises(ValueError, match="no inline mode"):
            telegram.inline(chat.id, "a")


# --- where the bot may write


def test_a_bot_cannot_write_first(telegram: StandIn, call: Api) -> None:
    chat = telegram.private()
    assert call("sendMessage", chat_id=chat.id, text="a") == "Bad Request: chat not found"
    telegram.say(chat, "/start")
    assert call("sendMessage", chat_id=chat.id, text="a")["chat"]["id"] == chat.id
    assert len(telegram.violations) == 1


def test_a_bot_cannot_write_first_to_a_member_of_a_group_either(telegram: StandIn, call: Api) -> None:
    user = telegram.user()
    telegram.supergroup(members=[user])
    expected = "Forbidden: bot can't initiate conversation with a user"
    assert call("sendMessage", chat_id=user.id, text="a") == expected


def test_a_bot_that_was_blocked_or_removed_cannot_know(telegram: StandIn, call: Api, chat: Chat) -> None:
    group, other = telegram.group(), telegram.supergroup(bot="left")
    telegram.blocked(chat)
    telegram.removed(group)
    assert call("sendMessage", chat_id=chat.id, text="a") == "Forbidden: bot was blocked by the user"
    assert call("sendMessage", chat_id=group.id, text="a") == "Forbidden: bot was kicked from the group chat"
    assert (
        call("sendMessage", chat_id=other.id, text="a")
        == "Forbidden: bot is not a member of the supergroup chat"
    )
    assert telegram.violations == []
    assert len(telegram.refusals) == 3


def test_a_channel_wants_administrators(telegram: StandIn, call: Api) -> None:
    channel = telegram.channel(bot="member", username="ville")
    expected = "Bad Request: need administrator rights in the channel chat"
    assert call("sendMessage", chat_id=channel.id, text="a") == expected
    telegram.promoted(channel)
    assert call("sendMessage", chat_id="@ville", text="a")["sender_chat"]["id"] == channel.id


def test_a_group_that_moved_says_where_to(telegram: StandIn, client: httpx.Client) -> None:
    group = telegram.group()
    moved = telegram.migrate(group)
    answer = client.post("sendMessage", data={"chat_id": group.id, "text": "a"}).json()
    assert answer["parameters"] == {"migrate_to_chat_id": moved.chat_id}
    updates = [u["message"] for u in client.get("getUpdates").json()["result"]]
    assert updates[0]["migrate_to_chat_id"] == updates[1]["chat"]["id"] == moved.chat_id
    assert updates[1]["migrate_from_chat_id"] == group.id


def test_a_reply_needs_its_message(telegram: StandIn, call: Api, chat: Chat) -> None:
    asked = telegram.say(chat, "hello")
    reply = {"message_id": asked.message_id}
    sent = call("sendMessage", chat_id=chat.id, text="a", reply_parameters=reply)
    assert sent["reply_to_message"]["text"] == "hello"
    assert telegram.replies(chat)[0].reply_to == asked.message_id
    telegram.delete(asked)
    gone = call("sendMessage", chat_id=chat.id, text="a", reply_parameters=reply)
    assert gone == "Bad Request: message to be replied not found"
    optional = {**reply, "allow_sending_without_reply": True}
    assert "reply_to_message" not in call("sendMessage", chat_id=chat.id, text="a", reply_parameters=optional)
    assert telegram.violations == []


# --- edits and deletions


def test_an_edit_replaces_text_and_buttons(telegram: StandIn, call: Api, say: Api, chat: Chat) -> None:
    sent = say("a", reply_markup=keyboard(button()))
    before = telegram.wait_for_message(chat)
    edited = call("editMessageText", chat_id=chat.id, message_id=sent["message_id"], text="b")
    assert "reply_markup" not in edited
    assert "edit_date" in edited
    after = telegram.wait_for_message(chat, after=before)
    assert (before.text, before.edited, [b.text for b in before.buttons]) == ("a", False, ["Go"])
    assert (after.text, after.edited, after.buttons) == ("b", True, ())


def test_an_edit_must_change_something(telegram: StandIn, call: Api, say: Api, chat: Chat) -> None:
    markup = keyboard(button())
    same = {"chat_id": chat.id, "message_id": say("<b>a</b>", reply_markup=markup)["message_id"]}
    text = {"text": " <strong>a</strong>", "parse_mode": "HTML", "reply_markup": markup}
    assert call("editMessageText", **same, **text) == (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as "
        "a current content and reply markup of the message"
    )
    assert "not modified" in call("editMessageReplyMarkup", **same, reply_markup=markup)
    assert call("editMessageText", **same, **{**text, "parse_mode": ""})["text"] == "<strong>a</strong>"
    assert "reply_markup" not in call("editMessageReplyMarkup", **same)


def test_a_bot_edits_and_deletes_only_what_is_its_own(telegram: StandIn, call: Api, say: Api) -> None:
    group = telegram.supergroup()
    foreign = {"chat_id": group.id, "message_id": telegram.say(group, "mine").message_id}
    assert call("editMessageText", **foreign, text="b") == "Bad Request: message can't be edited"
    assert call("deleteMessage", **foreign) == "Bad Request: message can't be deleted"
    missing = {"chat_id": group.id, "message_id": 99}
    assert call("editMessageText", **missing, text="b") == "Bad Request: message to edit not found"
    assert call("deleteMessage", **missing) == "Bad Request: message to delete not found"
    assert len(telegram.violations) == 4
    telegram.promoted(group)
    assert call("deleteMessage", **foreign) is True


def test_what_a_bot_deletes_is_gone(telegram: StandIn, call: Api, say: Api, chat: Chat) -> None:
    ids = [say(text)["message_id"] for text in "abc"]
    assert call("deleteMessage", chat_id=chat.id, message_id=ids[0]) is True
    assert call("deleteMessages", chat_id=chat.id, message_ids=[ids[1], 999]) is True
    assert [shown.text for shown in telegram.replies(chat)] == ["c"]
    assert "wrong number" in call("deleteMessages", chat_id=chat.id, message_ids=[])


# --- taps and inline queries


def test_a_tap_is_answered_once(telegram: StandIn, call: Api, say: Api, chat: Chat) -> None:
    say(
        "a", reply_markup=keyboard(button("Sources", callback_data="s:1"), button("Link", url="https://a.fr"))
    )
    tapped = telegram.tap(telegram.wait_for_message(chat), "Sour")
    query = call("getUpdates")[0]["callback_query"]
    assert (query["data"], query["message"]["text"], query["from"]["id"]) == ("s:1", "a", chat.id)
    assert (
        call("answerCallbackQuery", callback_query_id=query["id"], text="a" * 201)
        == "Bad Request: MESSAGE_TOO_LONG"
    )
    assert call("answerCallbackQuery", callback_query_id=query["id"], text="a" * 200, show_alert=True) is True
    assert telegram.callback_answer(tapped).alert
    assert call("answerCallbackQuery", callback_query_id=query["id"]) == (
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )


def test_a_link_cannot_be_tapped_but_data_can_be_forged(
    telegram: StandIn, call: Api, say: Api, chat: Chat
) -> None:
    say("a", reply_markup=keyboard(button("Link", url="https://a.fr")))
    shown = telegram.wait_for_message(chat)
    with pytest.raises(LookupError):
        telegram.tap(shown, "Link")
    telegram.tap(shown, data="forged")
    assert call("getUpdates")[0]["callback_query"]["data"] == "forged"


def test_an_old_screen_can_be_tapped(telegram: StandIn, call: Api, say: Api, chat: Chat) -> None:
    sent = say("a", reply_markup=keyboard(button("Old", callback_data="old")))
    seen = telegram.wait_for_message(chat)
    call("deleteMessage", chat_id=chat.id, message_id=sent["message_id"])
    telegram.tap(seen, "Old")
    query = call("getUpdates")[0]["callback_query"]
    assert (query["data"], query["message"]["date"]) == ("old", 0)


def test_a_tap_that_expired_is_not_the_bots_fault(telegram: StandIn, call: Api, say: Api, chat: Chat) -> None:
    say("a", reply_markup=keyboard(button()))
    tapped = telegram.tap(telegram.wait_for_message(chat))
    telegram.expire(tapped)
    assert "query is too old" in call("answerCallbackQuery", callback_query_id=tapped.query_id)
    assert telegram.violations == []


def article(identity: str = "1", text: str = "<b>a</b>", **more: Any) -> dict[str, Any]:
    content = {"message_text": text, "parse_mode": "HTML"}
    return {"type": "article", "id": identity, "title": "T", "input_message_content": content, **more}


BAD_ANSWERS = {
    "51 results": ({"results": [article(str(n)) for n in range(51)]}, "RESULTS_TOO_MUCH"),
    "the same id twice": ({"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
    "an id of 65 bytes": ({"results": [article("a" * 65)]}, "RESULT_ID_INVALID"),
    "no id": ({"results": [article("")]}, "RESULT_ID_EMPTY"),
    "no title": (
        {"results": [article(title="")]},
        "can't parse inline query result: can't find field \"title\"",
    ),
    "bad HTML": (
        {"results": [article(text="<b>a")]},
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    "a long text": ({"results": [article(text="a" * 4097)]}, "message is too long"),
    "a bad button": (
        {"results": [article(reply_markup=keyboard(button(callback_data="a" * 65)))]},
        "BUTTON_DATA_INVALID",
    ),
    "two actions on top": (
        {"results": [], "button": {"text": "a", "start_parameter": "a", "web_app": {}}},
        "can't parse inline query results button: exactly one of the optional fields must be used",
    ),
    "a bad start": (
        {"results": [], "button": {"text": "a", "start_parameter": "a b"}},
        "START_PARAM_INVALID",
    ),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_an_inline_answer_is_refused_with(telegram: StandIn, call: Api, name: str) -> None:
    asked = telegram.inline(telegram.user(), "bikes")
    answer, description = BAD_ANSWERS[name]
    assert (
        call("answerInlineQuery", inline_query_id=asked.query_id, **answer) == f"Bad Request: {description}"
    )


def test_an_inline_result_can_be_picked_and_edited(telegram: StandIn, call: Api, chat: Chat) -> None:
    asked = telegram.inline(chat.id, "bikes")
    results = [article(str(n), reply_markup=keyboard(button("More"))) for n in range(50)]
    top = {"text": "Ask", "start_parameter": "from_inline"}
    assert call("answerInlineQuery", inline_query_id=asked.query_id, results=results, button=top) is True
    assert len(telegram.wait_for_inline(asked).results) == 50
    chosen = telegram.choose(asked, "7", chat)
    telegram.tap(chosen, "More")
    _, message, picked, tapped = call("getUpdates")
    inline_id = picked["chosen_inline_result"]["inline_message_id"]
    assert message["message"]["via_bot"]["username"] == "election_bot"
    assert tapped["callback_query"]["inline_message_id"] == inline_id
    assert call("editMessageText", inline_message_id=inline_id, text="b") is True


# --- what a bot says about itself


def test_commands_are_kept_by_scope_and_language(telegram: StandIn, call: Api) -> None:
    commands = [{"command": "start", "description": "Begin"}]
    scope = {"type": "all_group_chats"}
    assert call("setMyCommands", commands=commands, scope=scope, language_code="fr") is True
    assert call("getMyCommands", scope=scope, language_code="fr") == commands
    assert call("getMyCommands") == []
    assert telegram.profile.commands == {("all_group_chats", "fr"): commands}
    assert call("deleteMyCommands", scope=scope, language_code="fr") is True
    assert call("getMyCommands", scope=scope, language_code="fr") == []


@pytest.mark.parametrize(
    ("method", "params", "description"),
    [
        ("setMyCommands", {"commands": [{"command": "Start", "description": "a"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "/start", "description": "a"}]}, "BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": ""}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": "a"}] * 101},
            "BOT_COMMANDS_TOO_MUCH",
        ),
        ("setMyCommands", {"commands": [], "language_code": "fra"}, "invalid language code specified"),
        ("setMyDescription", {"description": "a" * 513}, "DESCRIPTION_TOO_LONG"),
        ("setMyShortDescription", {"short_description": "a" * 121}, "SHORT_DESCRIPTION_TOO_LONG"),
        ("setMyName", {"name": "a" * 65}, "NAME_TOO_LONG"),
        (
            "setWebhook",
            {"url": "http://example.org/"},
            "bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            "setWebhook",
            {"url": "https://a.fr/", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
        (
            "setWebhook",
            {"url": "https://a.fr/", "max_connections": 101},
            "max_connections must be between 1 and 100",
        ),
        ("getChat", {"chat_id": 1}, "chat not found"),
        ("getChat", {}, "chat_id is empty"),
    ],
)
def test_it_refuses(
    telegram: StandIn, call: Api, method: str, params: dict[str, Any], description: str
) -> None:
    assert call(method, **params) == f"Bad Request: {description}"
    assert [v.description for v in telegram.violations] == [f"Bad Request: {description}"]


def test_what_was_set_can_be_read_in_a_language_or_as_usual(call: Api) -> None:
    call("setMyDescription", description="Usual")
    call("setMyDescription", description="D'habitude", language_code="fr")
    assert call("getMyDescription", language_code="fr") == {"description": "D'habitude"}
    assert call("getMyDescription", language_code="de") == {"description": "Usual"}
    assert call("getMyShortDescription") == {"short_description": ""}
    assert call("getMyName") == {"name": "Election bot"}
    call("setChatMenuButton", menu_button={"type": "commands"})
    assert call("getChatMenuButton") == {"type": "commands"}


def test_a_bot_can_ask_about_chats_and_leave(telegram: StandIn, call: Api) -> None:
    owner = telegram.user("Owner")
    group = telegram.supergroup(members=[owner], bot="administrator")
    assert call("getChat", chat_id=group.id)["title"] == "Levallois"
    assert call("getChatMember", chat_id=group.id, user_id=owner.id)["status"] == "creator"
    assert [m["status"] for m in call("getChatAdministrators", chat_id=group.id)] == [
        "creator",
        "administrator",
    ]
    assert call("sendChatAction", chat_id=group.id, action="typing") is True
    assert call("leaveChat", chat_id=group.id) is True
    assert call("sendMessage", chat_id=group.id, text="a").startswith("Forbidden")


# --- getUpdates


def test_an_offset_acknowledges_all_lower_numbers(telegram: StandIn, call: Api, chat: Chat) -> None:
    said = [telegram.say(chat, text) for text in "abc"]
    assert [u["message"]["text"] for u in call("getUpdates", limit=2)] == ["a", "b"]
    assert len(call("getUpdates")) == 3
    assert [u["update_id"] for u in call("getUpdates", offset=said[2].update_id)] == [said[2].update_id]
    assert len(call("getUpdates")) == 1
    assert telegram.deliveries(said[0]) == 2
    telegram.acknowledged(said[1], timeout=0)


def test_a_negative_offset_forgets_all_but_the_last(telegram: StandIn, call: Api, chat: Chat) -> None:
    for text in "abc":
        telegram.say(chat, text)
    assert [u["message"]["text"] for u in call("getUpdates", offset=-1, timeout=-5)] == ["c"]


def test_a_long_poll_ends_as_soon_as_something_happens(telegram: StandIn, call: Api, chat: Chat) -> None:
    results: list[Any] = []
    poll = threading.Thread(target=lambda: results.extend(call("getUpdates", timeout=50)))
    poll.start()
    telegram.wait(lambda: telegram.counts["getUpdates"])
    telegram.say(chat, "now")
    poll.join(5)
    assert results[0]["message"]["text"] == "now"


def test_a_second_poll_ends_the_first(telegram: StandIn, call: Api) -> None:
    results: list[Any] = []
    poll = threading.Thread(target=lambda: results.append(call("getUpdates", timeout=50)))
    poll.start()
    telegram.wait(lambda: telegram.counts["getUpdates"])
    assert call("getUpdates") == []
    poll.join(5)
    assert "terminated by other getUpdates request" in results[0]


def test_updates_that_are_not_wanted_do_not_come(telegram: StandIn, call: Api, chat: Chat) -> None:
    call("getUpdates", allowed_updates=["callback_query"])
    assert not telegram.say(chat, "hello").delivered
    call("getUpdates")
    assert not telegram.say(chat, "as before").delivered
    call("getUpdates", allowed_updates=[])
    assert telegram.say(chat, "all but the rare ones").delivered


def test_polling_and_a_webhook_exclude_each_other(call: Api) -> None:
    with receiving() as receiver:
        assert call("setWebhook", url=receiver.url) is True
        assert "can't use getUpdates method while webhook is active" in call("getUpdates")
        assert call("deleteWebhook") is True
        assert call("getUpdates") == []


# --- webhooks


def test_a_webhook_gets_the_secret(telegram: StandIn, call: Api, chat: Chat) -> None:
    with receiving() as receiver:
        call("setWebhook", url=receiver.url, secret_token="s-1_A")
        said = telegram.say(chat, "hello")
        telegram.settled()
        assert [u["update_id"] for u in receiver.updates()] == [said.update_id]
        assert receiver.got[0][1][SECRET] == "s-1_A"
        call("deleteWebhook")


def test_a_webhook_is_tried_until_it_accepts(telegram: StandIn, call: Api, chat: Chat) -> None:
    with receiving() as receiver:
        receiver.answers = [500, 302, 404]
        call("setWebhook", url=receiver.url)
        said = telegram.say(chat, "hello")
        telegram.settled()
        assert [u["update_id"] for u in receiver.updates()] == [said.update_id] * 4
        assert telegram.deliveries(said) == 4
        info = call("getWebhookInfo")
        assert (info["pending_update_count"], info["last_error_message"]) == (
            0,
            "Wrong response from the webhook: 404",
        )
        call("deleteWebhook")


def test_a_webhook_that_is_down_gets_its_updates_when_it_is_back(
    telegram: StandIn, call: Api, chat: Chat
) -> None:
    with receiving() as receiver:
        gone = receiver.url
    call("setWebhook", url=gone)
    said = telegram.say(chat, "hello")
    telegram.wait(lambda: telegram.deliveries(said) >= 2)
    with pytest.raises(TimeoutError, match="1 updates not acknowledged"):
        telegram.settled(timeout=0)
    with receiving() as receiver:
        call("setWebhook", url=receiver.url)
        telegram.settled()
        assert len(receiver.updates()) == 1
        call("deleteWebhook")


def test_a_webhook_gets_several_chats_at_a_time_but_each_in_order(telegram: StandIn, call: Api) -> None:
    chats = [telegram.private(name=f"Voter {n}") for n in range(6)]
    with receiving() as receiver:
        receiver.gate.clear()
        call("setWebhook", url=receiver.url, max_connections=4)
        for text in "ab":
            for chat in chats:
                telegram.say(chat, text)
        with receiver.crowd:
            assert receiver.crowd.wait_for(lambda: receiver.at_once == 4, 5)
        receiver.gate.set()
        telegram.settled()
        assert receiver.most_at_once == 4
        for chat in chats:
            texts = [
                u["message"]["text"] for u in receiver.updates() if u["message"]["chat"]["id"] == chat.id
            ]
            assert texts == ["a", "b"]
        call("deleteWebhook")


def test_malformed_bytes_go_over_a_webhook_once(telegram: StandIn, call: Api) -> None:
    with receiving() as receiver:
        receiver.answers = [400]
        call("setWebhook", url=receiver.url)
        telegram.raw(b"\xff{not json")
        telegram.settled()
        assert [body for body, _ in receiver.got] == [b"\xff{not json"]
        call("deleteWebhook")


def test_pending_updates_can_be_dropped(telegram: StandIn, call: Api, chat: Chat) -> None:
    telegram.say(chat, "old")
    call("deleteWebhook", drop_pending_updates=True)
    assert call("getUpdates") == []


# --- trouble


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        *(("retry_after", 429), ("server_error", 500), ("bad_gateway", 502), ("blocked", 403)),
        *(("unauthorized", 401), ("garbage", 200)),
    ],
)
@pytest.mark.parametrize("act", [True, False])
def test_a_call_fails_on_demand(
    telegram: StandIn, client: httpx.Client, chat: Chat, kind: Any, status: int, act: bool
) -> None:
    telegram.fail("sendMessage", kind=kind, act=act, retry_after=0.5)
    message = {"chat_id": str(chat.id), "text": "a"}
    answer = client.post("sendMessage", data=message)
    assert answer.status_code == status
    assert len(telegram.replies(chat)) == act
    if kind == "retry_after":
        assert answer.json()["parameters"] == {"retry_after": 0.5}
    assert client.post("sendMessage", data=message).json()["ok"]
    assert telegram.violations == []


@pytest.mark.parametrize("act", [True, False])
def test_a_connection_is_cut_on_demand(
    telegram: StandIn, client: httpx.Client, chat: Chat, act: bool
) -> None:
    telegram.fail("sendMessage", kind="cut", act=act)
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("sendMessage", data={"chat_id": str(chat.id), "text": "a"})
    assert len(telegram.replies(chat)) == act


@pytest.mark.parametrize("act", [True, False])
def test_an_answer_is_held_back_until_released(telegram: StandIn, call: Api, chat: Chat, act: bool) -> None:
    telegram.fail("sendMessage", kind="timeout", act=act)
    results: list[Any] = []
    sending = threading.Thread(target=lambda: results.append(call("sendMessage", chat_id=chat.id, text="a")))
    sending.start()
    telegram.wait(lambda: telegram.core.under_way)
    assert len(telegram.replies(chat)) == act
    with pytest.raises(TimeoutError, match="sendMessage"):
        telegram.settled(timeout=0)
    telegram.release()
    sending.join(5)
    assert results[0]["text"] == "a"
    telegram.settled()


def test_who_hangs_up_no_longer_waits(telegram: StandIn, client: httpx.Client, chat: Chat) -> None:
    telegram.fail("sendMessage", kind="timeout")
    with pytest.raises(httpx.TimeoutException):
        client.post("sendMessage", data={"chat_id": str(chat.id), "text": "a"}, timeout=0.2)
    telegram.settled()
    assert telegram.replies(chat) == []


def test_a_share_of_calls_fails_by_the_same_dice(client: httpx.Client, telegram: StandIn) -> None:
    def run() -> list[int]:
        telegram.fail_share(0.3, seed=7, kinds=("server_error", "bad_gateway"))
        statuses = [client.get("getMe").status_code for _ in range(200)]
        telegram.recover()
        return statuses

    first = run()
    assert first == run()
    assert 30 < len([status for status in first if status != 200]) < 90
    assert set(first) == {200, 500, 502}


def test_updates_come_out_of_order_and_again_on_demand(telegram: StandIn, call: Api, chat: Chat) -> None:
    with telegram.held("reversed"):
        said = [telegram.say(chat, text) for text in "abc"]
        assert call("getUpdates") == []
    assert [u["message"]["text"] for u in call("getUpdates")] == ["c", "b", "a"]
    assert [u["message"]["text"] for u in call("getUpdates", offset=said[0].update_id + 1)] == ["c", "b"]
    telegram.duplicate(said[0])
    again = call("getUpdates", offset=said[2].update_id + 1)
    assert [u["update_id"] for u in again] == [said[0].update_id]
    telegram.settled()


def test_a_duplicate_comes_over_a_webhook_too(telegram: StandIn, call: Api, chat: Chat) -> None:
    with receiving() as receiver:
        call("setWebhook", url=receiver.url)
        said = telegram.say(chat, "a")
        telegram.settled()
        telegram.duplicate(said, times=2)
        telegram.settled()
        assert [u["update_id"] for u in receiver.updates()] == [said.update_id] * 3
        call("deleteWebhook")


def test_any_update_can_be_put_in(telegram: StandIn, call: Api) -> None:
    telegram.raw({"unheard_of": {"a": 1}})
    assert call("getUpdates")[0]["unheard_of"] == {"a": 1}


def test_telegram_can_be_away_for_a_while(chat: Chat, telegram: StandIn) -> None:
    def send() -> bool:
        address = f"{telegram.url}/bot{telegram.token}/sendMessage"
        return bool(httpx.post(address, data={"chat_id": str(chat.id), "text": "a"}).json()["ok"])

    assert send()
    telegram.__exit__(None, None, None)
    with pytest.raises(httpx.ConnectError):
        send()
    telegram.__enter__()
    assert send()
    assert len(telegram.replies(chat)) == 2


# --- people


def test_commands_and_mentions_are_marked_in_utf16_units() -> None:
    found = [
        (e["type"], e["offset"], e["length"])
        for e in recognised("/ask@election_bot 😀 @alix a/b x@y.fr https://a.fr.")
    ]
    assert found == [("bot_command", 0, 17), ("mention", 21, 5), ("url", 38, 12)]


def test_privacy_mode_keeps_talk_in_groups_from_the_bot(telegram: StandIn, call: Api) -> None:
    group = telegram.supergroup()
    sent = call("sendMessage", chat_id=group.id, text="a")["message_id"]
    heard = {
        "talk": telegram.say(group, "hello @alix").delivered,
        "command": telegram.say(group, "/ask").delivered,
        "our command": telegram.say(group, "/ask@Election_Bot").delivered,
        "their command": telegram.say(group, "/ask@other_bot").delivered,
        "mention": telegram.say(group, "😀 @election_bot?").delivered,
        "reply": telegram.say(group, "thanks", reply_to=sent).delivered,
        "via us": telegram.say_via_bot(group, "a").delivered,
    }
    assert [name for name, told in heard.items() if not told] == ["talk", "their command"]
    telegram.promoted(group)
    assert telegram.say(group, "hello").delivered


@pytest.mark.parametrize(
    "kind",
    ["voice", "photo", "sticker", "location", "contact", "poll", "dice", "document", "video", "animation"],
)
def test_a_voter_may_send(telegram: StandIn, chat: Chat, kind: str) -> None:
    async def receive() -> Any:
        async with a_bot(telegram) as bot:
            return (await bot.get_updates())[0].message

    telegram.send_media(chat, kind, caption="/ask" if kind in ("photo", "voice") else None)
    message = asyncio.run(receive())
    assert getattr(message, kind)
    assert message.caption == ("/ask" if kind in ("photo", "voice") else None)


def test_edits_posts_bots_and_memberships_arrive_as_what_they_are(telegram: StandIn, chat: Chat) -> None:
    async def receive() -> Any:
        async with a_bot(telegram) as bot:
            return await bot.get_updates()

    group, channel = telegram.group(bot="left"), telegram.channel()
    telegram.edit(telegram.say(chat, "helo"), "hello")
    telegram.edit(telegram.channel_post(channel, "news"), "old news")
    telegram.added(group)
    telegram.say_as_bot(group, "beep")
    updates = asyncio.run(receive())
    assert updates[1].edited_message.text == "hello"
    assert updates[2].channel_post.text == "news"
    assert updates[3].edited_channel_post.text == "old news"
    assert updates[4].my_chat_member.old_chat_member.status == "left"
    assert updates[5].message.new_chat_members[0].username == "election_bot"
    assert updates[6].message.from_user.is_bot


# --- python-telegram-bot, and another process


def a_bot(telegram: StandIn) -> Bot:
    return Bot(telegram.token, base_url=f"{telegram.url}/bot")


def test_python_telegram_bot_is_at_home(
    telegram: StandIn, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")

    async def answer() -> None:
        async with a_bot(telegram) as bot:
            await bot.set_my_commands([BotCommand("start", "Begin")])
            asked, tapped = await bot.get_updates(timeout=1)
            markup = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="m")]])
            message = await asked.message.reply_html("<b>é</b>", do_quote=True, reply_markup=markup)
            assert message.reply_to_message.text == "/start"
            await message.edit_text("b")
            with pytest.raises(BadRequest, match="not modified"):
                await message.edit_text("b")
            article = InlineQueryResultArticle("1", "T", Text("a", parse_mode="HTML"))
            await tapped.inline_query.answer([article])
            telegram.fail("sendMessage", kind="retry_after", retry_after=1)
            with pytest.raises(RetryAfter):
                await bot.send_message(chat.id, "a")
            assert (await bot.get_chat(chat.id)).first_name == "Alix"
            assert (await bot.get_chat_member(chat.id, bot.id)).status == "member"

    telegram.say(chat, "/start")
    query = telegram.inline(chat.id, "bikes")
    asyncio.run(answer())
    assert telegram.wait_for_inline(query).results[0]["title"] == "T"
    assert [shown.text for shown in telegram.replies(chat)] == ["b"]


def test_the_oldest_messages_are_forgotten(chat: Chat) -> None:
    with StandIn(keep=10) as telegram:
        chat = telegram.private(open=True)
        address = f"{telegram.url}/bot{telegram.token}/sendMessage"
        with httpx.Client() as client:
            for number in range(30):
                client.post(address, data={"chat_id": str(chat.id), "text": str(number)})
        assert [shown.text for shown in telegram.replies(chat)] == [str(n) for n in range(20, 30)]
        assert len(telegram.calls()) == 10
        assert telegram.counts["sendMessage"] == 30


def test_another_process_is_told_the_same_things_over_http() -> None:
    with process("1:token") as telegram, httpx.Client(base_url=f"{telegram.url}/bot1:token/") as client:
        chat = telegram.private(name="Alix")
        asked = telegram.say(chat=chat, text="/start")
        update = client.get("getUpdates").json()["result"][0]
        assert update["update_id"] == asked.update_id
        client.post("sendMessage", json={"chat_id": chat.id, "text": "a", "reply_markup": keyboard(button())})
        shown = telegram.wait_for_message(chat=chat, after=asked)
        assert (shown.text, shown.buttons[0].text) == ("a", "Go")
        tapped = telegram.tap(message=shown, button="Go")
        client.post("answerCallbackQuery", json={"callback_query_id": tapped.query_id, "text": "ok"})
        assert telegram.callback_answer(tapped=tapped).text == "ok"
        client.get("getUpdates", params={"offset": tapped.update_id + 1})
        telegram.settled()
        assert telegram.violations() == []
        with pytest.raises(TimeoutError):
            telegram.wait_for_message(chat=chat, after=shown, timeout=0)
        with pytest.raises(ValueError, match="no such operation"):
            telegram.fly()
