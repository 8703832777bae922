"""Text as Telegram counts it, and what it recognises in a text that a voter types."""

from __future__ import annotations

import re
from typing import Any

from tests.stand_in.refusing import Refused

Entity = dict[str, Any]

RECOGNISED = (
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{1,32})?(?![\w/<>@])", re.ASCII),
    ),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z0-9_]{3,32}(?!\w)")),
    ("url", re.compile(r"(?<!\w)https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'»]")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)


def units(text: str) -> int:
    """The length in UTF-16 code units, in which Telegram counts lengths and offsets."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def must_be_unicode(text: str) -> str:
    """The same text, unless it holds half a character, which JSON can but UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused("strings must be encoded in UTF-8") from None
    return text


def recognised(text: str) -> list[Entity]:
    """The commands, mentions, links and hashtags that a client and Telegram's server mark in a typed text."""
    found: list[Entity] = []
    for kind, pattern in RECOGNISED:
        for match in pattern.finditer(text):
            offset, length = units(text[: match.start()]), units(match[0])
            if all(e["offset"] + e["length"] <= offset or offset + length <= e["offset"] for e in found):
                found.append({"type": kind, "offset": offset, "length": length})
    return sorted(found, key=lambda entity: entity["offset"])


def covered(text: str, entity: Entity) -> str:
    """The part of the text that an entity is about."""
    raw = text.encode("utf-16-le", "surrogatepass")
    begin = 2 * entity["offset"]
    return raw[begin : begin + 2 * entity["length"]].decode("utf-16-le", "surrogatepass")


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without white space around it, as Telegram stores it; entities move along."""
    shorter = text.lstrip()
    shift = units(text) - units(shorter)
    shorter = shorter.rstrip()
    if shorter == text:
        return text, entities
    end = units(shorter)
    moved = []
    for entity in entities:
        begin = max(0, entity["offset"] - shift)
        stop = min(end, entity["offset"] - shift + entity["length"])
        if stop > begin:
            moved.append({**entity, "offset": begin, "length": stop - begin})
    return shorter, moved
