"""A log line names an event and its kind: never a voter's words, never a number of a chat, never the token."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from bot import logs
from bot.logs import report_to
from bot.settings import Settings

TOKEN = "123456789:AAtoken-of_a_bot"
QUESTION = "why did Rose Petal of 12 Elm Street close the pool"
Start = Callable[..., Callable[..., None]]


class Output(io.StringIO):
    """What is printed to the error channel."""

    def lines(self) -> list[str]:
        return self.getvalue().splitlines()

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines()]


@pytest.fixture
def output() -> Output:
    return Output()


@pytest.fixture
def start(output: Output, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts logging with some settings; what is set for the whole process is put back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    quiet = {name: logging.getLogger(name).level for name in logs.QUIET}

    def start(log_format: str = "json", log_level: str = "info", **more: str) -> Callable[..., None]:
        monkeypatch.setattr(sys, "stderr", output)
        return report_to(
            Settings(
                _env_file=None,
                telegram_bot_token=SecretStr(TOKEN),
                log_format=log_format,
                log_level=log_level,
                **more,
            )
        )

    yield start
    structlog.reset_defaults()
    root.handlers = handlers
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """An exception that was raised somewhere, from another if there is one."""
    try:
        raise error from cause
    except type(error) as caught:
        return caught


FORMATS = pytest.mark.parametrize("log_format", ["json", "console"])


# --- what must not be in a line --------------------------------------------------------------------------


@FORMATS
def test_the_token_is_taken_out_of_an_event_and_of_its_values(
    log_format: str, start: Start, output: Output
) -> None:
    report = start(log_format)
    report(f"https://api.telegram.org/bot{TOKEN}/getMe", url=f"x{TOKEN}x{TOKEN}", other="kept")
    assert len(output.lines()) == 1
    assert TOKEN not in output.getvalue()
    assert output.getvalue().count("(secret)") == 3
    assert "kept" in output.getvalue()


@FORMATS
@pytest.mark.parametrize(
    "value",
    [[TOKEN], {"url": TOKEN}, (TOKEN,), TOKEN.encode(), ValueError(TOKEN), Path(TOKEN)],
    ids=lambda v: type(v).__name__,
)
def test_the_token_is_taken_out_of_values_of_any_kind(
    value: object, log_format: str, start: Start, output: Output
) -> None:
    start(log_format)("event", value=value)
    assert output.lines()
    assert TOKEN not in output.getvalue()


@FORMATS
def test_an_exception_is_told_by_its_kind_and_place_and_never_by_its_text(
    log_format: str, start: Start, output: Output
) -> None:
    report = start(log_format)
    report("failed", level="error", exc_info=raised(ValueError(f"{QUESTION} {TOKEN}")))
    assert len(output.lines()) == 1
    assert QUESTION not in output.getvalue()
    assert TOKEN not in output.getvalue()
    assert "ValueError" in output.getvalue()
    assert "tests/unit/test_logs.py:" in output.getvalue()


def test_the_causes_of_an_exception_are_told_by_their_kinds_too(start: Start, output: Output) -> None:
    error = raised(RuntimeError(QUESTION), raised(KeyError(QUESTION)))
    start()("failed", level="error", exc_info=error)
    (event,) = output.events()
    assert event["error"] == "RuntimeError < KeyError"
    assert QUESTION not in output.getvalue()


def test_a_ring_of_causes_comes_to_an_end(start: Start, output: Output) -> None:
    one, other = ValueError("one"), KeyError("other")
    one.__cause__, other.__cause__ = other, one
    start()("failed", exc_info=one)
    (event,) = output.events()
    assert event["error"].startswith("ValueError < KeyError")


def test_exceptions_in_a_group_do_not_show_their_texts(start: Start, output: Output) -> None:
    start()("failed", exc_info=raised(ExceptionGroup(QUESTION, [ValueError(QUESTION)])))
    (event,) = output.events()
    assert event["error"] == "ExceptionGroup"
    assert "Elm Street" not in output.getvalue()


def test_an_exception_that_was_never_raised_has_a_kind_but_no_place(start: Start, output: Output) -> None:
    start()("failed", exc_info=ValueError(QUESTION))
    (event,) = output.events()
    assert (event["error"], event["at"]) == ("ValueError", [])


@pytest.mark.parametrize("nothing", [None, True, False, (None, None, None)], ids=str)
def test_no_exception_is_nothing(nothing: object, start: Start, output: Output) -> None:
    try:
        json.loads(QUESTION)
    except ValueError:
        start()("failed", exc_info=nothing)
    (event,) = output.events()
    assert QUESTION not in output.getvalue()
    assert "exc_info" not in event


def test_a_deep_exception_is_told_by_its_last_few_places(start: Start, output: Output) -> None:
    def deeper(n: int) -> None:
        if not n:
            raise ValueError(QUESTION)
        deeper(n - 1)

    try:
        deeper(50)
    except ValueError as error:
        start()("failed", exc_info=error)
    (event,) = output.events()
    assert 1 <= len(event["at"]) <= 6
    assert all(place.startswith("tests/unit/test_logs.py:") for place in event["at"])


def test_a_place_outside_this_project_is_told_without_the_folder_of_whoever_runs_it(
    start: Start, output: Output
) -> None:
    try:
        json.loads("{")
    except ValueError as error:
        start()("failed", exc_info=error)
    (event,) = output.events()
    assert event["at"][-1].startswith("decoder.py:")
    assert str(Path.home()) not in "".join(event["at"])


# --- what libraries log ----------------------------------------------------------------------------------


@FORMATS
def test_what_a_library_logs_comes_without_its_arguments(
    log_format: str, start: Start, output: Output
) -> None:
    start(log_format)
    logging.getLogger("some.library").warning("could not handle %s of %r", QUESTION, {"id": 987654321})
    assert len(output.lines()) == 1
    assert "Elm Street" not in output.getvalue()
    assert "987654321" not in output.getvalue()
    assert "could not handle %s of %r" in output.getvalue()
    assert "some.library" in output.getvalue()


@pytest.mark.parametrize(
    "message",
    [f"could not handle {QUESTION}", ValueError(QUESTION), {"text": QUESTION}],
    ids=["text", "error", "dict"],
)
def test_a_library_that_fills_in_its_sentence_itself_is_only_told_to_have_spoken(
    message: object, start: Start, output: Output
) -> None:
    start()
    logging.getLogger("some.library").error(message)
    (event,) = output.events()
    assert (event["event"], event["logger"], event["level"]) == ("library", "some.library", "error")
    assert "Elm Street" not in output.getvalue()


def test_of_several_lines_that_a_library_logs_only_the_first_is_told(start: Start, output: Output) -> None:
    start()
    logging.getLogger("some.library").warning("first %s\nsecond", 1)
    (event,) = output.events()
    assert event["said"] == "first %s"


def test_the_exception_of_a_library_is_told_by_its_kind(start: Start, output: Output) -> None:
    start()
    try:
        json.loads(QUESTION)
    except ValueError:
        logging.getLogger("some.library").exception("failed")
    (event,) = output.events()
    assert event["error"].startswith("JSONDecodeError")
    assert event["at"][0].startswith("tests/unit/test_logs.py:")
    assert "Elm Street" not in output.getvalue()


def test_a_library_that_says_there_is_an_exception_where_there_is_none_is_survived(
    start: Start, output: Output
) -> None:
    start()
    logging.getLogger("some.library").warning("odd", exc_info=True)
    (event,) = output.events()
    assert event["logger"] == "some.library"


@pytest.mark.parametrize(
    "name", ["httpx", "telegram.ext.Application", "uvicorn.access", "sqlalchemy.engine", "asyncio"]
)
@pytest.mark.parametrize("level", ["debug", "info"])
def test_libraries_that_would_log_addresses_with_the_token_are_silent(
    name: str, level: str, start: Start, output: Output
) -> None:
    start(log_level="debug")
    getattr(logging.getLogger(name), level)("HTTP Request: POST https://api.telegram.org/bot%s/getMe", TOKEN)
    assert output.getvalue() == ""


def test_the_token_is_taken_out_of_what_a_library_warns_of(start: Start, output: Output) -> None:
    start()
    logging.getLogger("httpx").warning(f"https://api.telegram.org/bot{TOKEN}/getMe gave %s", 502)
    (event,) = output.events()
    assert event["said"] == "https://api.telegram.org/bot(secret)/getMe gave %s"


@pytest.mark.parametrize(
    ("level", "told"), [("warning", "warning"), ("error", "error"), ("critical", "error"), ("info", None)]
)
def test_a_librarys_level_is_kept_as_far_as_ours_go(
    level: str, told: str | None, start: Start, output: Output
) -> None:
    start()
    getattr(logging.getLogger("some.library"), level)("odd %s", 1)
    assert [event["level"] for event in output.events()] == ([told] if told else [])


def test_a_warning_of_a_library_is_not_told_when_only_errors_are_wanted(start: Start, output: Output) -> None:
    start(log_level="error")
    logging.getLogger("some.library").warning("odd %s", 1)
    assert output.getvalue() == ""
    logging.getLogger("some.library").error("bad %s", 1)
    assert len(output.lines()) == 1


# --- what a line is --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"count": 3, "share": 0.5, "known": True, "nothing": None},
        {"text": "two\nlines \x00 “é” 🏊 \u2028 {braces} <b>"},
        {"several": ["a", "b"], "more": {"a": 1}, "odd": object(), "when": Path("/x")},
    ],
    ids=["nothing", "numbers", "text", "others"],
)
def test_a_line_of_json_is_one_object_on_one_line(
    values: dict[str, Any], start: Start, output: Output
) -> None:
    start()("answered", **values)
    assert output.getvalue().count("\n") == 1
    (event,) = output.events()
    assert (event["event"], event["level"]) == ("answered", "info")
    assert event["timestamp"].endswith("Z")
    assert set(values) <= set(event)


def test_a_line_for_people_is_plain_where_it_is_not_read_on_a_screen(start: Start, output: Output) -> None:
    start("console")("answered", outcome="position", milliseconds=3)
    (line,) = output.lines()
    assert "\x1b" not in line
    assert "answered" in line
    assert "outcome=position" in line
    assert "milliseconds=3" in line
    assert "[info" in line


LEVELS = ["debug", "info", "warning", "error"]


@FORMATS
@pytest.mark.parametrize("least", LEVELS)
def test_only_what_is_important_enough_is_printed(
    least: str, log_format: str, start: Start, output: Output
) -> None:
    report = start(log_format, least)
    for level in LEVELS:
        report(f"a {level} line", level=level)
    assert [level for level in LEVELS if f"a {level} line" in output.getvalue()] == LEVELS[
        LEVELS.index(least) :
    ]
    assert len(output.lines()) == len(LEVELS) - LEVELS.index(least)


def test_a_line_is_of_level_info_unless_it_says_otherwise(start: Start, output: Output) -> None:
    start()("started")
    assert output.events()[0]["level"] == "info"


def test_starting_twice_does_not_print_anything_twice(start: Start, output: Output) -> None:
    start()
    report = start()
    report("started")
    logging.getLogger("some.library").warning("odd %s", 1)
    assert [event["event"] for event in output.events()] == ["started", "library"]


def test_the_password_of_the_database_is_in_no_line(start: Start, output: Output) -> None:
    report = start(state_url="postgresql://keeper:hunter%402@db.example/bot")
    report("failed", place="postgresql://keeper:hunter%402@db.example/bot", error="no hunter@2 here")
    assert [word in output.getvalue() for word in ("hunter", "(secret)", "db.example")] == [False, True, True]


@pytest.mark.parametrize("password", ["e", "abcde"])
def test_a_short_password_does_not_show_by_the_letters_it_takes_out(
    password: str, start: Start, output: Output
) -> None:
    report = start(state_url=f"postgresql://keeper:{password}@db.example/bot")
    report(
        "failed", place=f"postgresql://keeper:{password}@db.example/bot", said="every letter is here: abcdefg"
    )
    (event,) = output.events()
    assert event["place"] == "postgresql://(secret)db.example/bot"
    assert event["said"] == "every letter is here: abcdefg"
