"""Log lines that name no one: an event and its kind, never a message, a number of a chat, or the token."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import structlog

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
QUIET = (
    "httpx",
    "httpcore",
    "hpack",
    "telegram",
    "apscheduler",
    "asyncio",
    "aiosqlite",
    "asyncpg",
    "sqlalchemy",
    "uvicorn",
)

Event = MutableMapping[str, Any]


def report_to(settings: Settings) -> Callable[..., None]:
    """Set up logging and return what writes a line: an event, its level, and what little may be said of it."""
    level = getattr(logging, settings.log_level.upper())
    last = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            faults_by_kind,
            Without(*settings.secrets),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    log = structlog.get_logger()
    _take_over(log)

    def report(event: str, level: str = "info", **values: Any) -> None:
        getattr(log, level)(event, **values)

    return report


def faults_by_kind(_: object, __: str, event: Event) -> Event:
    """An exception as its kind and the lines of code it came through: its text may quote a voter."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["error"] = " < ".join(type(e).__name__ for e in _chain(error))
        event["at"] = [f"{_short(f.filename)}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)][
            -6:
        ]
    return event


class Without:
    """Takes secrets out of whatever a line says, should they ever get there."""

    def __init__(self, *secrets: str) -> None:
        self._secrets = sorted(secrets, key=len, reverse=True)

    def __call__(self, _: object, __: str, event: Event) -> Event:
        return {key: self._clean(value) for key, value in event.items()}

    def _clean(self, value: object) -> object:
        if value is None or isinstance(value, int | float):
            return value
        if isinstance(value, list | tuple):
            return [self._clean(each) for each in value]
        text = str(value)
        for secret in self._secrets:
            text = text.replace(secret, "(secret)")
        return text


class Foreign(logging.Handler):
    """What libraries log, without what they put into it: where it came from, and the sentence before filling in."""

    def __init__(self, log: Any) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        values = {"logger": record.name, "exc_info": record.exc_info[1] if record.exc_info else None}
        level = "error" if record.levelno >= logging.ERROR else "warning"
        getattr(self._log, level)(
            "library", said=str(record.msg).partition("\n")[0] if record.args else "", **values
        )


def _take_over(log: Any) -> None:
    root = logging.getLogger()
    root.handlers = [Foreign(log)]
    root.setLevel(logging.WARNING)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _chain(error: BaseException) -> list[BaseException]:
    found = [error]
    while (cause := found[-1].__cause__ or found[-1].__context__) is not None and len(found) < 5:
        found.append(cause)
    return found


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
