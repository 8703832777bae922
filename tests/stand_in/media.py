"""Messages that are not text, with the fields that the Bot API requires of each."""

from __future__ import annotations

from typing import Any

from tests.stand_in.texts import recognised
from tests.stand_in.world import Payload

FILE = {"file_id": "AgACAgQAAxkBAAI", "file_unique_id": "AQADAg", "file_size": 1000}
PICTURE = {**FILE, "width": 90, "height": 90}

MEDIA: dict[str, Any] = {
    "voice": {**FILE, "duration": 3, "mime_type": "audio/ogg"},
    "audio": {**FILE, "duration": 180, "mime_type": "audio/mpeg"},
    "video": {**PICTURE, "duration": 10},
    "video_note": {**FILE, "duration": 10, "length": 240},
    "photo": [PICTURE, {**PICTURE, "file_unique_id": "AQADAw", "width": 800, "height": 800}],
    "sticker": {**PICTURE, "type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"},
    "animation": {**PICTURE, "duration": 2},
    "document": {**FILE, "file_name": "programme.pdf", "mime_type": "application/pdf"},
    "location": {"latitude": 48.8932, "longitude": 2.2879},
    "contact": {"phone_number": "+33100000000", "first_name": "Alix"},
    "dice": {"emoji": "🎲", "value": 4},
    "poll": {
        "id": "5300000000000000001",
        "question": "Vélo ?",
        "options": [
            {"text": "Oui", "voter_count": 0, "persistent_id": "0"},
            {"text": "Non", "voter_count": 0, "persistent_id": "1"},
        ],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    },
}
CAPTIONED = ("voice", "audio", "video", "photo", "animation", "document")


def content(kind: str, caption: str | None) -> Payload:
    """The part of a message that says what it is."""
    if kind not in MEDIA:
        raise ValueError(f"no such kind of media: {kind}; there are {', '.join(MEDIA)}")
    whole: Payload = {kind: MEDIA[kind]}
    if kind == "animation":
        whole["document"] = MEDIA["document"]
    if caption is not None:
        if kind not in CAPTIONED:
            raise ValueError(f"a {kind} has no caption")
        whole["caption"] = caption
        if entities := recognised(caption):
            whole["caption_entities"] = entities
    return whole
