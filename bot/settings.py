"""What an operator sets: from the environment or a file `.env`, each explained in `.env.example`."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar, get_args
from urllib.parse import unquote

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{4,}")
SERVER = re.compile(
    r"postgres(?:ql)?://(?P<user>[^:@/?#\s]+)(?::(?P<password>[^:@/?#\s]*))?@"
    r"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?/[^/?#\s]+"
    r"(?:\?ssl(?:mode)?=(?:disable|allow|prefer|require|verify-ca|verify-full))?"
)
"""What is none of these characters in a name or a password is written %40 and so on, as in any address."""
PORTS = 65_535
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LEAST_MASKED = 6
"""Characters from which on a secret is one by itself: taking out shorter ones would spell them by what is missing."""
EXPECTED: Mapping[str, str] = {
    ".env": "utf_8",
    "telegram_bot_token": "token",
    "telegram_api_url": "address",
    "moderator_ids": "user_numbers",
    "webhook_url": "public_address",
    "webhook_secret": "secret",
    "state_url": "state",
}
"""What is expected where its type does not say it, by the names of the sentences in the wording."""


def _numbers(value: object) -> object:
    """Numbers written with commas or spaces between them."""
    return [part for part in re.split(r"[,;\s]+", value) if part] if isinstance(value, str) else value


def _kept(url: str) -> str:
    on_server = SERVER.fullmatch(url)
    if not re.fullmatch(r"sqlite:///\S+", url) and (not on_server or int(on_server["port"] or 0) > PORTS):
        raise ValueError("not a place to keep state")
    return url


StateUrl = Annotated[str, AfterValidator(_kept), Field(repr=False)]
"""Never printed: it may hold the password of the database."""
STATE_URL = "sqlite:///election-bot.sqlite3"
CONFIG = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)


class Settings(BaseSettings):
    """The settings of one running bot; a value that is empty counts as not set."""

    model_config = CONFIG

    telegram_bot_token: SecretStr
    """The token that @BotFather gave."""
    telegram_api_url: AnyHttpUrl = AnyHttpUrl("https://api.telegram.org")
    """Where the Bot API answers: Telegram's, or a local Bot API server."""
    moderator_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_numbers)] = frozenset()
    """The Telegram user numbers of the moderators."""
    contact: str = ""
    """Where voters can write to whoever answers for the bot: an address or a link."""

    webhook_url: AnyHttpUrl | None = None
    """The public https address under which Telegram reaches this bot; without it, long polling."""
    webhook_secret: SecretStr | None = None
    """The secret that Telegram sends with each update; made from the token if not set."""
    webhook_host: str = "127.0.0.1"
    """The address to listen on for the webhook."""
    webhook_port: int = Field(8080, ge=0, le=65535)
    """The port to listen on for the webhook."""

    status_host: str = "127.0.0.1"
    """The address to listen on for whoever watches over the bot."""
    status_port: int | None = Field(None, ge=1, le=65535)
    """The port to listen on for whoever watches over the bot; not set, the webhook's if there is one."""

    state_url: StateUrl = STATE_URL
    """Where state is kept: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST:PORT/NAME."""
    state_key: SecretStr | None = None
    """The key under which chats are hidden in the state; made from the token if not set."""

    concurrency: int = Field(16, ge=1, le=256)
    """How many updates are handled at a time, and connections to the Bot API kept."""
    questions_per_minute: int = Field(20, ge=1)
    """How many questions one person may ask in a minute."""
    messages_per_second: float = Field(30, gt=0, allow_inf_nan=False)
    """How many messages the bot sends in a second, over all chats: Telegram allows 30."""
    group_messages_per_minute: float = Field(20, gt=0, allow_inf_nan=False)
    """How many messages the bot sends to one group in a minute: Telegram allows 20."""

    semantic: bool = False
    """Whether suggestions are also ranked by meaning: more memory, and an optional package."""

    log_format: Literal["console", "json"] = "console"
    """How log lines look: console for people, json for programs."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important log lines to print."""

    @field_validator("telegram_bot_token")
    @classmethod
    def _token(cls, token: SecretStr) -> SecretStr:
        if not TOKEN.fullmatch(token.get_secret_value().strip()):
            raise ValueError("not a token")
        return SecretStr(token.get_secret_value().strip())

    @field_validator("webhook_secret")
    @classmethod
    def _secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("not a secret")
        return secret

    @field_validator("webhook_url")
    @classmethod
    def _secure(cls, url: AnyHttpUrl | None) -> AnyHttpUrl | None:
        if url is not None and url.scheme != "https" and url.host not in ("127.0.0.1", "localhost", "[::1]"):
            raise ValueError("Telegram brings updates to https addresses only")
        return url

    @property
    def secrets(self) -> frozenset[str]:
        """What no log line may say: all of these, and the password of the database, in whatever way it is written."""
        on_server = SERVER.fullmatch(self.state_url)
        user, password = on_server.group("user", "password") if on_server else ("", "")
        alone = {self.token, self.secret, self.key, password or "", unquote(password or "")}
        whole = f"{user}:{password}@" if password else ""
        found = {secret for secret in alone if len(secret) >= LEAST_MASKED} | {whole, unquote(whole)}
        return frozenset(found - {""})

    @property
    def token(self) -> str:
        return self.telegram_bot_token.get_secret_value()

    @property
    def api_url(self) -> str:
        """The address before the token, as python-telegram-bot wants it."""
        url = str(self.telegram_api_url).rstrip("/")
        return url if (self.telegram_api_url.path or "").rstrip("/").endswith("/bot") else f"{url}/bot"

    @property
    def secret(self) -> str:
        """What Telegram sends with each update, and nobody else knows."""
        return self.webhook_secret.get_secret_value() if self.webhook_secret else self._made("webhook")

    @property
    def key(self) -> str:
        """What chats are hidden with."""
        return self.state_key.get_secret_value() if self.state_key else self._made("state")

    def _made(self, purpose: str) -> str:
        return hmac.new(self.token.encode(), purpose.encode(), hashlib.sha256).hexdigest()


class StateSettings(BaseSettings):
    """What a moderator's terminal needs to know to share the state of the bot: no token, as it is not on Telegram."""

    model_config = CONFIG

    state_url: StateUrl = STATE_URL
    """Where state is kept: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST:PORT/NAME."""


class Unset(Exception):  # noqa: N818 - it is an answer to the operator, not a fault of the program
    """A setting that is missing or impossible, by its name in the environment, and what is expected of it."""

    def __init__(self, name: str, missing: bool) -> None:
        super().__init__(name)
        self.name = name
        self.missing = missing
        self.expected, self.bounds = expected(name.lower())


def expected(name: str) -> tuple[str, Mapping[str, object]]:
    """What a setting can be: the name of a sentence in the wording, and the values it is filled in with."""
    if name in EXPECTED:
        return EXPECTED[name], {}
    field = Settings.model_fields[name]
    kinds = get_args(field.annotation) or (field.annotation,)
    found = {
        key: getattr(rule, key) for rule in field.metadata for key in ("ge", "gt", "le") if hasattr(rule, key)
    }
    least, most = found.get("ge", found.get("gt")), found.get("le")
    if bool in kinds:
        return "on_or_off", {}
    if float in kinds:
        return "above", {"least": least}
    if int in kinds:
        return ("at_least" if most is None else "whole"), {"least": least, "most": most}
    return "one_of", {"choices": ", ".join(map(str, kinds))}


def settings() -> Settings:
    """The settings as they are now; `Unset` for the first that is missing or impossible, never with its value."""
    return _read(Settings)


def state_url() -> str:
    """Where the state is, whether or not there is a token; `Unset` if that is impossible."""
    return _read(StateSettings).state_url


Read = TypeVar("Read", bound=BaseSettings)


def _read(kind: type[Read]) -> Read:
    try:
        return kind()
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        raise Unset(str(first["loc"][0]).upper(), first["type"] == "missing") from None
    except UnicodeDecodeError:
        raise Unset(".env", missing=False) from None
