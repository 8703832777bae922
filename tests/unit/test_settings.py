"""An operator is told which setting is wrong, by its name; what it was set to is nobody's business."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bot.channels.opening import impossible
from bot.channels.refusing import told
from bot.dialogue.wording import wording
from bot.settings import SECRET, Settings, StateSettings, Unset, settings, state_url
from tests.conftest import ROOT

TOKEN = "123456789:AAtoken-of_a_bot"
Set = Callable[..., None]
NAMES = [name.upper() for name in Settings.model_fields]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a file .env, and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Puts settings into the environment, a token among them unless it says otherwise."""

    def put(**values: str) -> None:
        for name, value in {"TELEGRAM_BOT_TOKEN": TOKEN, **values}.items():
            monkeypatch.setenv(name, value)

    return put


# --- what is missing or wrong ----------------------------------------------------------------------------


def test_without_anything_the_token_is_missing() -> None:
    with pytest.raises(Unset) as unset:
        settings()
    assert (unset.value.name, unset.value.missing) == ("TELEGRAM_BOT_TOKEN", True)


def test_an_empty_token_is_missing_not_wrong(put: Set) -> None:
    put(TELEGRAM_BOT_TOKEN="")
    with pytest.raises(Unset) as unset:
        settings()
    assert unset.value.missing


WRONG = [
    ("TELEGRAM_BOT_TOKEN", "hunter2-and-more"),
    ("TELEGRAM_BOT_TOKEN", "123456789"),
    ("TELEGRAM_BOT_TOKEN", "123456789:AA token of a bot"),
    ("TELEGRAM_BOT_TOKEN", "bot123456789:AAtoken"),
    ("TELEGRAM_BOT_TOKEN", "123456789:AAtöken"),
    ("TELEGRAM_BOT_TOKEN", '"123456789:AAtoken'),
    ("TELEGRAM_API_URL", "localhost-somewhere"),
    ("TELEGRAM_API_URL", "ftp://private.example"),
    ("MODERATOR_IDS", "12,rosepetal"),
    ("MODERATOR_IDS", "@rosepetal"),
    ("MODERATOR_IDS", "12.5"),
    ("WEBHOOK_URL", "bot.private.example"),
    ("WEBHOOK_SECRET", "hunter2 with spaces"),
    ("WEBHOOK_SECRET", "hunter2é"),
    ("WEBHOOK_SECRET", "x" * 257),
    ("WEBHOOK_PORT", "99999"),
    ("WEBHOOK_PORT", "-54321"),
    ("WEBHOOK_PORT", "eighty-eighty"),
    ("CONCURRENCY", "0"),
    ("CONCURRENCY", "257"),
    ("QUESTIONS_PER_MINUTE", "0"),
    ("QUESTIONS_PER_MINUTE", "twenty-two"),
    ("MESSAGES_PER_SECOND", "0"),
    ("MESSAGES_PER_SECOND", "-33"),
    ("MESSAGES_PER_SECOND", "nan"),
    ("GROUP_MESSAGES_PER_MINUTE", "0"),
    ("LOG_FORMAT", "xml-format"),
    ("LOG_LEVEL", "loudest"),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{n}={v[:20]}" for n, v in WRONG])
def test_a_value_that_cannot_be_is_told_by_its_name_and_never_by_itself(
    name: str, value: str, put: Set
) -> None:
    put(**{name: value})
    with pytest.raises(Unset) as unset:
        settings()
    assert (unset.value.name, unset.value.missing) == (name, False)
    told = f"{unset.value}{unset.value!r}{unset.value.args}{''.join(traceback.format_exception(unset.value))}"
    told = re.sub(r"(?m)^  .*$", "", told)  # lines of code
    assert name in told
    assert len(value) < 4 or value not in told


def test_a_wrong_value_is_told_before_anything_starts_even_among_right_ones(put: Set) -> None:
    put(WEBHOOK_PORT="1", CONCURRENCY="lots", LOG_LEVEL="info")
    with pytest.raises(Unset, match=r"^CONCURRENCY$"):
        settings()


def test_a_wrong_token_is_not_told_when_something_else_is_wrong_too(put: Set) -> None:
    put(TELEGRAM_BOT_TOKEN="hunter2", LOG_LEVEL="loudest")
    with pytest.raises(Unset) as unset:
        settings()
    assert "hunter2" not in "".join(traceback.format_exception(unset.value))


def test_a_file_that_is_not_utf_8_is_told_and_does_not_crash(nowhere: Path, put: Set) -> None:
    put()
    (nowhere / ".env").write_bytes("CONTACT=la mairie, côté jardin\n".encode("latin-1"))
    with suppress(Unset):
        settings()


def test_a_file_that_begins_with_a_byte_order_mark_is_read(nowhere: Path) -> None:
    """As the Notepad of Windows may write it."""
    (nowhere / ".env").write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\n", encoding="utf-8-sig")
    assert settings().token == TOKEN


def test_a_webhook_that_is_not_https_is_told(put: Set) -> None:
    put(WEBHOOK_URL="http://bot.example")
    with pytest.raises(Unset, match="WEBHOOK_URL"):
        settings()


# --- what is set -----------------------------------------------------------------------------------------


def test_with_only_a_token_everything_has_a_value(put: Set) -> None:
    put()
    found = settings()
    assert found.token == TOKEN
    assert found.api_url == "https://api.telegram.org/bot"
    assert (found.webhook_url, found.moderator_ids, found.contact) == (None, frozenset(), "")
    assert (found.log_format, found.log_level) == ("console", "info")


def test_settings_come_from_the_environment(put: Set) -> None:
    put(CONTACT="mairie@example.org", WEBHOOK_PORT="9090", MESSAGES_PER_SECOND="0.5", LOG_FORMAT="json")
    found = settings()
    assert (found.contact, found.webhook_port) == ("mairie@example.org", 9090)
    assert (found.messages_per_second, found.log_format) == (0.5, "json")


def test_settings_come_from_a_file_in_the_folder(nowhere: Path) -> None:
    (nowhere / ".env").write_text(
        f"# a remark\nTELEGRAM_BOT_TOKEN={TOKEN}\n\nMODERATOR_IDS=1, 2\nCONTACT='Ici & là'\nSOMETHING_ELSE=x\n",
        encoding="utf-8",
    )
    found = settings()
    assert (found.token, found.moderator_ids, found.contact) == (TOKEN, {1, 2}, "Ici & là")


def test_the_environment_wins_over_the_file(nowhere: Path, put: Set) -> None:
    put(CONTACT="environment")
    (nowhere / ".env").write_text("CONTACT=file\nCONCURRENCY=7\n", encoding="utf-8")
    assert (settings().contact, settings().concurrency) == ("environment", 7)


@pytest.mark.parametrize("name", NAMES[1:])
def test_an_empty_value_counts_as_not_set(name: str, put: Set, nowhere: Path) -> None:
    put()
    usual = settings()
    put(**{name: ""})
    assert settings() == usual
    (nowhere / ".env").write_text(f"{name}=\n", encoding="utf-8")
    assert settings() == usual


def test_a_file_as_it_comes_is_only_without_a_token(nowhere: Path, put: Set) -> None:
    text = "\n".join(line.removeprefix("# ") if re.match(r"# [A-Z_]+=", line) else line for line in EXAMPLE)
    (nowhere / ".env").write_text(text, encoding="utf-8")
    with pytest.raises(Unset) as unset:
        settings()
    assert (unset.value.name, unset.value.missing) == ("TELEGRAM_BOT_TOKEN", True)
    put()
    commented_in = settings()
    (nowhere / ".env").unlink()
    assert commented_in == settings(), "what stands in .env.example is what holds without it"


def test_space_around_a_token_does_no_harm(put: Set) -> None:
    put(TELEGRAM_BOT_TOKEN=f"  {TOKEN}\n")
    assert settings().token == TOKEN


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", set()),
        ("12", {12}),
        ("1,2", {1, 2}),
        ("1, 2 ,3", {1, 2, 3}),
        ("1 2", {1, 2}),
        ("1;2", {1, 2}),
        ("1,,2,", {1, 2}),
        (" 1\n2 ", {1, 2}),
        ("5000000000, 5000000000", {5_000_000_000}),
    ],
)
def test_moderators_are_written_with_commas_or_spaces(text: str, ids: set[int], put: Set) -> None:
    put(MODERATOR_IDS=text)
    assert settings().moderator_ids == ids


@pytest.mark.parametrize(("text", "ids"), [(" ", set()), (",", set()), ("1,2\n", {1, 2}), ("\t1", {1})])
def test_white_space_and_commas_around_the_moderators_do_no_harm(text: str, ids: set[int], put: Set) -> None:
    put(MODERATOR_IDS=text)
    assert settings().moderator_ids == ids


def test_a_host_named_bot_is_not_yet_the_path(put: Set) -> None:
    put(TELEGRAM_API_URL="http://bot")
    assert settings().api_url == "http://bot/bot"


@pytest.mark.parametrize(
    ("url", "before_the_token"),
    [
        ("https://api.telegram.org", "https://api.telegram.org/bot"),
        ("https://api.telegram.org/", "https://api.telegram.org/bot"),
        ("https://api.telegram.org/bot", "https://api.telegram.org/bot"),
        ("https://api.telegram.org/bot/", "https://api.telegram.org/bot"),
        ("http://localhost:8081", "http://localhost:8081/bot"),
        ("http://127.0.0.1:8081///", "http://127.0.0.1:8081/bot"),
        ("http://[::1]:8081", "http://[::1]:8081/bot"),
        ("https://example.org/telegram", "https://example.org/telegram/bot"),
        ("https://example.org/robot", "https://example.org/robot/bot"),
        ("https://robot", "https://robot/bot"),
    ],
)
def test_the_address_of_the_api_ends_where_the_token_begins(
    url: str, before_the_token: str, put: Set
) -> None:
    put(TELEGRAM_API_URL=url)
    assert settings().api_url == before_the_token


# --- secrets ---------------------------------------------------------------------------------------------


def test_secrets_do_not_show(put: Set) -> None:
    put(WEBHOOK_SECRET="hunter2-webhook", STATE_KEY="hunter2-state")
    found = settings()
    shown = f"{found!r} {found} {found.model_dump()} {found.model_dump_json()}"
    for secret in (TOKEN, "hunter2-webhook", "hunter2-state", found.secret, found.key):
        assert secret not in shown
    assert found.secret == "hunter2-webhook"
    assert found.key == "hunter2-state"


def test_secrets_that_are_not_set_are_made_from_the_token_and_differ(put: Set) -> None:
    put()
    found = settings()
    assert found.secret != found.key
    assert TOKEN not in found.secret + found.key
    assert SECRET.fullmatch(found.secret)
    again = settings()
    assert (again.secret, again.key) == (found.secret, found.key)


def test_another_bot_has_other_secrets(put: Set) -> None:
    put()
    here = settings()
    put(TELEGRAM_BOT_TOKEN=f"{TOKEN}x")
    assert {here.secret, here.key}.isdisjoint({settings().secret, settings().key})


# --- the state without a token -----------------------------------------------------------------------------


def test_where_the_state_is_can_be_asked_without_a_token(nowhere: Path, put: Set) -> None:
    assert state_url() == "sqlite:///election-bot.sqlite3"
    (nowhere / ".env").write_text("STATE_URL=sqlite:///there.db\nCONCURRENCY=lots\n", encoding="utf-8")
    assert state_url() == "sqlite:///there.db"
    put(TELEGRAM_BOT_TOKEN="", STATE_URL="sqlite:////elsewhere.db")
    assert state_url() == "sqlite:////elsewhere.db"
    put(TELEGRAM_BOT_TOKEN="hunter2", STATE_URL="")
    assert state_url() == "sqlite:///there.db", "an empty value counts as not set"


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql://private.example/bot", "private.db", "sqlite://private", "sqlite:///a b"),
        *("postgresql://private@example", "postgresql://a:pri@vate@example/bot", "mysql://a:private@b/c"),
        *("postgresql://a:private@example:70000/bot", "postgresql://a:private@b/c?sslmode=sometimes"),
    ],
)
def test_a_state_that_cannot_be_is_told_by_name_only_with_and_without_a_token(url: str, put: Set) -> None:
    for ask in (settings, state_url):
        put(STATE_URL=url)
        with pytest.raises(Unset, match=r"^STATE_URL$") as unset:
            ask()
        assert not unset.value.missing
        assert url not in f"{unset.value!r}{unset.value.__cause__}"


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql://keeper@127.0.0.1:5432/bot", "postgres://keeper:private@db/bot"),
        *(
            "postgresql://keeper:pri%40vate@[::1]:5432/bot",
            "postgresql://a:private@db.example/b?sslmode=require",
        ),
    ],
)
def test_the_state_may_be_on_a_server_whose_password_is_never_shown(url: str, put: Set) -> None:
    put(STATE_URL=url)
    assert state_url() == settings().state_url == url
    shown = f"{settings()!r} {settings()} {StateSettings()!r}"
    assert not any(word in shown for word in ("private", "pri%40vate", "pri@vate", "keeper"))
    hidden = settings().secrets
    assert ("private" in hidden) == (":private@" in url)
    assert {"pri%40vate", "pri@vate"} <= hidden if "%40" in url else "" not in hidden


def test_a_file_that_is_not_utf_8_is_told_to_the_terminal_too(nowhere: Path) -> None:
    (nowhere / ".env").write_bytes("CONTACT=la mairie, côté jardin\n".encode("latin-1"))
    with pytest.raises(Unset) as unset:
        state_url()
    assert (unset.value.name, unset.value.missing) == (".env", False)


def test_the_terminal_and_the_bot_find_the_same_state(put: Set) -> None:
    put()
    assert settings().state_url == state_url()
    assert set(StateSettings.model_fields) <= set(Settings.model_fields)


# --- what cannot be changed ------------------------------------------------------------------------------


def test_settings_cannot_be_changed_while_the_bot_runs(put: Set) -> None:
    put()
    with pytest.raises(ValueError, match="frozen"):
        settings().concurrency = 1


# --- explained -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_stands_in_the_example_with_a_remark_before_it(name: str) -> None:
    (at,) = [n for n, line in enumerate(EXAMPLE) if re.match(rf"(?:# ?)?{name}=", line)]
    assert at > 0
    remark = EXAMPLE[at - 1]
    assert remark.startswith("# ")
    assert not re.match(r"# ?[A-Z_]+=", remark)
    assert len(remark.split()) > 4


def test_the_example_has_no_setting_that_does_not_exist() -> None:
    found = [match[1] for line in EXAMPLE if (match := re.match(r"(?:# ?)?([A-Z][A-Z_]+)=", line))]
    assert sorted(found) == sorted(NAMES)


def test_the_example_holds_no_secret() -> None:
    for line in EXAMPLE:
        name, _, value = line.lstrip("# ").partition("=")
        if re.search("TOKEN|SECRET|KEY", name) and name in NAMES:
            assert value == ""


@pytest.mark.parametrize(
    ("name", "value", "kind", "bounds"),
    [
        ("STATE_URL", "nonsense", "state", {}),
        ("SEMANTIC", "maybe", "on_or_off", {}),
        ("STATUS_PORT", "70000", "whole", {"least": 1, "most": 65535}),
        ("QUESTIONS_PER_MINUTE", "0", "at_least", {"least": 1, "most": None}),
        ("MESSAGES_PER_SECOND", "nan", "above", {"least": 0}),
        ("LOG_FORMAT", "xml", "one_of", {"choices": "console, json"}),
        ("WEBHOOK_URL", "http://example.org", "public_address", {}),
        ("MODERATOR_IDS", "me", "user_numbers", {}),
    ],
)
def test_what_was_expected_comes_with_a_setting_that_is_impossible(
    name: str, value: str, kind: str, bounds: dict[str, object], put: Set
) -> None:
    put(**{name: value})
    with pytest.raises(Unset) as unset:
        settings()
    assert (unset.value.name, unset.value.expected, dict(unset.value.bounds)) == (name, kind, bounds)


@pytest.mark.parametrize("name", [*Settings.model_fields, ".env"])
@pytest.mark.parametrize("code", ["en", "fr"])
def test_whatever_setting_is_impossible_its_sentence_can_be_said(name: str, code: str) -> None:
    refused = impossible(Unset(name.upper() if name != ".env" else name, missing=False))
    say = wording(code)
    assert "{" not in say(f"terminal.{refused.key}", **dict(told(refused.values, say)))
