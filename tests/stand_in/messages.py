"""Sending, editing and deleting messages."""

from __future__ import annotations

from typing import Any

from tests.stand_in import contents, keyboards
from tests.stand_in.core import Core
from tests.stand_in.parameters import Params
from tests.stand_in.refusing import Refused
from tests.stand_in.world import Chat, Payload, Stored

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
CHAT_ACTIONS = {
    *(
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "record_audio",
    ),
    *("upload_audio", "upload_document", "choose_sticker", "find_location", "record_video_note"),
    *("upload_video_note",),
}


def send_message(core: Core, params: Params) -> Payload:
    """A new message on screen."""
    chat = core.world.chat_to_write_to(params.get("chat_id"))
    text, entities = contents.text_of(params)
    keyboard = keyboards.read(params, supports_inline=core.supports_inline, private=chat.kind == "private")
    earlier = contents.reply_to(params, chat)
    payload: Payload = {"from": core.world.me.payload(), "text": text}
    if chat.kind == "channel":
        payload = {"sender_chat": chat.payload(), "text": text}
    if entities := contents.with_recognised(text, entities):
        payload["entities"] = entities
    if earlier:
        payload["reply_to_message"] = contents.quoted(earlier)
    if keyboard and "inline_keyboard" in keyboard:
        payload["reply_markup"] = keyboard
    stored = core.world.add(chat, payload, own=True, html=params.text("text"))
    return stored.payload


def _own(core: Core, params: Params) -> tuple[Chat, Stored]:
    chat = core.world.chat_to_write_to(params.get("chat_id"))
    message_id = params.whole("message_id")
    stored = chat.messages.get(message_id)
    if stored is None:
        raise Refused("message to edit not found", blame=message_id not in chat.removed)
    if not stored.own:
        raise Refused("message can't be edited")
    return chat, stored


def edit_text(core: Core, params: Params) -> Payload | bool:
    """Another text and keyboard in the place of a message; without a keyboard, the old one goes."""
    if "inline_message_id" in params:
        return _edit_inline(core, params)
    chat, stored = _own(core, params)
    text, entities = contents.text_of(params)
    keyboard = keyboards.read(params, supports_inline=core.supports_inline, private=chat.kind == "private")
    return _put(core, stored, keyboard, params.text("text"), text, contents.with_recognised(text, entities))


def edit_markup(core: Core, params: Params) -> Payload | bool:
    """Another keyboard under the same text."""
    chat, stored = _own(core, params)
    keyboard = keyboards.read(params, supports_inline=core.supports_inline, private=chat.kind == "private")
    payload = stored.payload
    return _put(core, stored, keyboard, stored.html, payload.get("text", ""), payload.get("entities", []))


def _put(
    core: Core, stored: Stored, keyboard: Payload | None, html: str, text: str, entities: list[Any]
) -> Payload:
    if keyboard and "inline_keyboard" not in keyboard:
        raise Refused("inline keyboard expected")
    old = stored.payload
    if (old.get("text"), old.get("entities", []), old.get("reply_markup")) == (text, entities, keyboard):
        raise Refused(NOT_MODIFIED)
    payload = {key: value for key, value in old.items() if key not in ("entities", "reply_markup")}
    payload["text"] = text
    if entities:
        payload["entities"] = entities
    if keyboard:
        payload["reply_markup"] = keyboard
    core.world.change(stored, payload, html)
    return stored.payload


def _edit_inline(core: Core, params: Params) -> bool:
    stored = core.inline_messages.get(params.text("inline_message_id"))
    if stored is None:
        raise Refused("MESSAGE_ID_INVALID")
    text, entities = contents.text_of(params)
    keyboard = keyboards.read(params, supports_inline=core.supports_inline, private=False)
    _put(core, stored, keyboard, params.text("text"), text, contents.with_recognised(text, entities))
    return True


def _may_delete(chat: Chat, stored: Stored) -> bool:
    return stored.own or chat.kind == "private" or chat.bot == "administrator"


def delete(core: Core, params: Params) -> bool:
    """A message taken off the screen: the bot's own, or any in a private chat or where it is an administrator."""
    chat = core.world.chat_to_write_to(params.get("chat_id"))
    message_id = params.whole("message_id")
    stored = chat.messages.get(message_id)
    if stored is None:
        raise Refused("message to delete not found", blame=message_id not in chat.removed)
    if not _may_delete(chat, stored):
        raise Refused("message can't be deleted")
    core.world.remove(chat, message_id, by_bot=True)
    return True


def delete_many(core: Core, params: Params) -> bool:
    """The same for up to 100; those that do not exist are skipped."""
    chat = core.world.chat_to_write_to(params.get("chat_id"))
    ids = params.json("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100 or not all(isinstance(i, int) for i in ids):
        raise Refused("wrong number of message identifiers specified")
    found = [chat.messages[i] for i in ids if i in chat.messages]
    if not all(_may_delete(chat, stored) for stored in found):
        raise Refused("message can't be deleted")
    for stored in found:
        core.world.remove(chat, stored.message_id, by_bot=True)
    return True


def chat_action(core: Core, params: Params) -> bool:
    """ "typing…" for a moment."""
    core.world.chat_to_write_to(params.get("chat_id"))
    if params.text("action") not in CHAT_ACTIONS:
        raise Refused("wrong parameter action in request")
    return True
