"""Buttons as Telegram accepts them."""

from __future__ import annotations

import re
from typing import Any

from tests.stand_in.parameters import Params
from tests.stand_in.refusing import Refused
from tests.stand_in.texts import must_be_unicode
from tests.stand_in.world import Payload

MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
ACTIONS = {
    *("url", "callback_data", "web_app", "login_url", "copy_text", "callback_game", "pay"),
    *("switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat"),
}
LOOKS = {"text", "style", "icon_custom_emoji_id"}
OTHER_KEYBOARDS = ("keyboard", "remove_keyboard", "force_reply")
ADDRESS = re.compile(r"(https?://[^\s/.]+(\.[^\s/.]+)*(:\d+)?(/\S*)?(\?\S*)?|tg://\S+)", re.IGNORECASE)


def read(params: Params, *, supports_inline: bool, private: bool = True) -> Payload | None:
    """The keyboard of a call, checked, or None. An empty inline keyboard is none."""
    markup = params.json("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise Refused("object expected as reply markup")
    if "inline_keyboard" in markup:
        check(markup["inline_keyboard"], supports_inline=supports_inline, private=private)
        return markup if any(markup["inline_keyboard"]) else None
    if markup and not any(name in markup for name in OTHER_KEYBOARDS):
        raise Refused("can't parse reply keyboard markup: unknown kind of keyboard")
    for row in markup.get("keyboard", []):
        for button in row:
            if not (button if isinstance(button, str) else button.get("text")):
                raise Refused("keyboard button text must be non-empty")
    return markup or None


def check(rows: Any, *, supports_inline: bool, private: bool) -> None:
    """Raise what Telegram says about the first button that is wrong."""
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Refused('can\'t parse inline keyboard: field "inline_keyboard" must be of type Array of Array')
    if sum(len(row) for row in rows) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in rows):
        raise Refused("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            _check_button(button, supports_inline, private)


def _check_button(button: Any, supports_inline: bool, private: bool) -> None:
    if not isinstance(button, dict):
        raise Refused("can't parse inline keyboard button: object expected")
    text = button.get("text")
    if not isinstance(text, str) or not must_be_unicode(text).strip():
        raise Refused("inline keyboard button text must be non-empty")
    if unknown := set(button) - ACTIONS - LOOKS:
        raise Refused(f"can't parse inline keyboard button: unknown field {sorted(unknown)[0]!r}")
    actions = [name for name in button if name in ACTIONS]
    if not actions:
        raise Refused("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise Refused(f"can't parse inline keyboard button: more than one action: {', '.join(actions)}")
    _check_action(actions[0], button[actions[0]], supports_inline, private)


def _check_action(action: str, value: Any, supports_inline: bool, private: bool) -> None:
    if action == "callback_data" and not (
        isinstance(value, str) and 1 <= len(must_be_unicode(value).encode()) <= 64
    ):
        raise Refused("BUTTON_DATA_INVALID")
    if action == "url" and not (isinstance(value, str) and ADDRESS.fullmatch(value)):
        raise Refused(f"inline keyboard button URL '{value}' is invalid: Unsupported URL protocol")
    if action.startswith("switch_inline_query"):
        if not supports_inline:
            raise Refused("BOT_INLINE_DISABLED")
        query = value.get("query", "") if isinstance(value, dict) else value
        if not isinstance(query, str) or len(query) > 256:
            raise Refused("BUTTON_DATA_INVALID")
    if action in ("web_app", "login_url"):
        address = value.get("url", "") if isinstance(value, dict) else ""
        if not address.startswith("https://"):
            raise Refused("BUTTON_URL_INVALID")
        if action == "web_app" and not private:
            raise Refused("BUTTON_TYPE_INVALID")
    if action == "copy_text":
        copied = value.get("text", "") if isinstance(value, dict) else ""
        if not 1 <= len(copied) <= 256:
            raise Refused("BUTTON_COPY_TEXT_INVALID")
