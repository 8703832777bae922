"""What a message may consist of: its text, and the message it replies to."""

from __future__ import annotations

from typing import Any

from tests.stand_in import markup
from tests.stand_in.parameters import Params
from tests.stand_in.refusing import Refused
from tests.stand_in.texts import Entity, must_be_unicode, recognised, trimmed, units
from tests.stand_in.world import Chat, Stored

LONGEST = 4096


def text_of(
    params: Params, field: str = "text", entities_field: str = "entities"
) -> tuple[str, list[Entity]]:
    """The plain text and entities that would be on screen, or what Telegram says about them."""
    source = must_be_unicode(params.text(field))
    mode = params.text("parse_mode").lower()
    if mode == "html":
        text, entities = markup.parse(source)
    elif mode in ("", "none"):
        text, entities = source, _given(params.json(entities_field), source)
    elif mode in ("markdown", "markdownv2"):
        raise Refused("unsupported parse_mode: the stand-in reads HTML only")
    else:
        raise Refused("unsupported parse_mode")
    text, entities = trimmed(text.replace("\r", "").replace("\0", ""), entities)
    if not text:
        raise Refused("message text is empty")
    if units(text) > LONGEST:
        raise Refused("message is too long")
    return text, entities


def _given(entities: Any, text: str) -> list[Entity]:
    if not entities:
        return []
    end = units(text)
    for entity in entities if isinstance(entities, list) else [None]:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise Refused("can't parse entities: expected an Array of Objects")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 1:
            raise Refused("can't parse entities: wrong offset or length")
        if offset + length > end:
            raise Refused(f"entity beginning at UTF-16 offset {offset} ends after the end of the text")
    return list(entities)


def with_recognised(text: str, entities: list[Entity]) -> list[Entity]:
    """Entities given, and those that Telegram's server finds itself in what they leave free."""
    free = [
        new
        for new in recognised(text)
        if all(
            new["offset"] + new["length"] <= old["offset"] or old["offset"] + old["length"] <= new["offset"]
            for old in entities
        )
    ]
    return sorted([*entities, *free], key=lambda e: (e["offset"], -e["length"]))


def reply_to(params: Params, chat: Chat) -> Stored | None:
    """The message of the same chat that a call replies to, if there is one."""
    given = params.json("reply_parameters")
    if given is None:
        message_id, optional = params.whole("reply_to_message_id"), params.flag("allow_sending_without_reply")
        if not message_id:
            return None
    elif not isinstance(given, dict) or not isinstance(given.get("message_id"), int):
        raise Refused("can't parse reply parameters: message_id is required")
    else:
        message_id, optional = given["message_id"], bool(given.get("allow_sending_without_reply"))
        if str(given.get("chat_id", chat.id)) != str(chat.id):
            raise Refused("replies to other chats are not supported by the stand-in")
    stored = chat.messages.get(message_id)
    if stored is None and not optional:
        raise Refused("message to be replied not found", blame=message_id not in chat.removed)
    return stored


def quoted(stored: Stored) -> dict[str, Any]:
    """A message as it stands within a reply to it: without what it replied to itself."""
    return {name: value for name, value in stored.payload.items() if name != "reply_to_message"}
