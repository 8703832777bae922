"""What the bot sent, however it was encoded."""

from __future__ import annotations

import json
import re
from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from tests.stand_in.refusing import Refused


class Params(dict[str, Any]):
    """Parameters of a call, read as the type that the method wants."""

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers from JSON bodies become one."""
        value = self.get(name, default)
        return value if isinstance(value, str) else default if value is None else json.dumps(value)

    def whole(self, name: str, default: int = 0) -> int:
        """An integer; anything else counts as absent, as with Telegram."""
        value = self.get(name, default)
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, int):
            return value
        return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value) else default

    def flag(self, name: str) -> bool:
        """Whether it is set to one of the words Telegram takes for yes."""
        return str(self.get(name, "")).strip().lower() in ("true", "yes", "1", "on")

    def json(self, name: str, what: str = "") -> Any:
        """An object or array, whether the body was a form with JSON in it or JSON all the way; None if absent."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise Refused(f"can't parse {what or name} JSON object") from None


def read(query: str, content_type: str, body: bytes) -> Params:
    """The parameters in the address and the body: a form, JSON, or multipart, as any client sends them."""
    params = Params()
    try:
        if query:
            params.update(parse_qsl(query, keep_blank_values=True, errors="strict"))
        if not body:
            return params
        if content_type.startswith("application/x-www-form-urlencoded"):
            params.update(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict"))
        elif content_type.startswith("application/json"):
            params.update(_object(body))
        elif content_type.startswith("multipart/form-data"):
            params.update(_parts(content_type, body))
    except UnicodeDecodeError:
        raise Refused("strings must be encoded in UTF-8") from None
    return params


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except UnicodeDecodeError:
        raise
    except ValueError:
        raise Refused("can't parse JSON object") from None
    if not isinstance(parsed, dict):
        raise Refused("object expected")
    return parsed


def _parts(content_type: str, body: bytes) -> dict[str, str | bytes]:
    whole = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=HTTP)
    parts: dict[str, str | bytes] = {}
    for part in whole.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True) or b""
        if isinstance(name, str) and isinstance(content, bytes):
            parts[name] = content if part.get_filename() else content.decode()
    return parts
