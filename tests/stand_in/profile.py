"""What the bot says about itself, and what it asks about chats."""

from __future__ import annotations

import re
from typing import Any

from tests.stand_in.core import Core
from tests.stand_in.parameters import Params
from tests.stand_in.refusing import Refused
from tests.stand_in.world import HERE, Chat, Payload

NAME = re.compile(r"[a-z0-9_]{1,32}")
PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not re.fullmatch("[a-z]{2}", code):
        raise Refused("invalid language code specified")
    return code


def scope_of(scope: Any) -> str:
    """A name for a scope of commands: `default`, `all_group_chats`, `chat/-100…`."""
    scope = scope or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in PLAIN_SCOPES:
        return str(kind)
    if kind in CHAT_SCOPES and "chat_id" in scope and ("user_id" in scope or kind != "chat_member"):
        return "/".join(
            str(part) for part in (kind, scope["chat_id"], scope.get("user_id")) if part is not None
        )
    raise Refused("can't parse BotCommandScope: unsupported type specified")


def set_commands(core: Core, params: Params) -> bool:
    """The menu of commands for a scope and language."""
    commands, wanted = params.json("commands", "list of bot commands"), params.json("scope")
    scope = scope_of(wanted)
    if scope.startswith("chat") and not _knows(core, wanted["chat_id"]):
        raise Refused("chat not found", blame=False)
    if not isinstance(commands, list):
        raise Refused("can't parse list of bot commands: expected an Array")
    if len(commands) > 100:
        raise Refused("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict) or not NAME.fullmatch(str(command.get("command", ""))):
            raise Refused("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", "")).strip()) <= 256:
            raise Refused("BOT_COMMAND_DESCRIPTION_INVALID")
    core.profile.commands[scope, _language(params)] = commands
    return True


def _knows(core: Core, chat_id: int) -> bool:
    """Whether the bot may address a chat: one it is in, or whose person has begun it."""
    chat = core.world.chats.get(chat_id)
    return chat is not None and chat.open


def get_commands(core: Core, params: Params) -> list[Payload]:
    """The menu of exactly that scope and language."""
    return core.profile.commands.get((scope_of(params.json("scope")), _language(params)), [])


def delete_commands(core: Core, params: Params) -> bool:
    """No menu for that scope and language."""
    core.profile.commands.pop((scope_of(params.json("scope")), _language(params)), None)
    return True


def _limited(params: Params, field: str, most: int) -> str:
    text = params.text(field)
    if len(text) > most:
        raise Refused(f"{field.upper()}_TOO_LONG")
    return text


def set_name(core: Core, params: Params) -> bool:
    """At most 64 characters."""
    core.profile.names[_language(params)] = _limited(params, "name", 64)
    return True


def set_description(core: Core, params: Params) -> bool:
    """Shown in an empty chat; at most 512 characters."""
    core.profile.descriptions[_language(params)] = _limited(params, "description", 512)
    return True


def set_short_description(core: Core, params: Params) -> bool:
    """Shown on the bot's page; at most 120 characters."""
    core.profile.short_descriptions[_language(params)] = _limited(params, "short_description", 120)
    return True


def set_menu_button(core: Core, params: Params) -> bool:
    """The button beside the field where one types."""
    button = params.json("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
        raise Refused("can't parse menu button: unsupported type specified")
    if button["type"] == "web_app" and not (button.get("text") and "url" in button.get("web_app", {})):
        raise Refused("can't parse menu button: text and web_app are required")
    core.profile.menu_buttons[params.whole("chat_id") or None] = button
    return True


def get_name(core: Core, params: Params) -> Payload:
    """The name in a language, or the usual one."""
    names = core.profile.names
    return {"name": names.get(_language(params)) or names.get("") or core.world.me.name}


def get_description(core: Core, params: Params) -> Payload:
    """The description in a language, or the usual one."""
    texts = core.profile.descriptions
    return {"description": texts.get(_language(params)) or texts.get("", "")}


def get_short_description(core: Core, params: Params) -> Payload:
    """The short description in a language, or the usual one."""
    texts = core.profile.short_descriptions
    return {"short_description": texts.get(_language(params)) or texts.get("", "")}


def get_menu_button(core: Core, params: Params) -> Payload:
    """The button in a chat, or the usual one."""
    buttons = core.profile.menu_buttons
    return buttons.get(params.whole("chat_id") or None) or buttons.get(None) or {"type": "commands"}


def _chat(core: Core, params: Params) -> Chat:
    chat = core.world.chat_for_bot(params.get("chat_id"))
    if chat.bot not in HERE and chat.kind != "private":
        raise Refused(f"bot is not a member of the {chat.kind} chat", 403, blame=False)
    return chat


def get_chat(core: Core, params: Params) -> Payload:
    """What is known about a chat."""
    gifts = dict.fromkeys(("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription"), False)
    gifts["gifts_from_channels"] = False
    rest = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    return {**_chat(core, params).payload(), **rest}


def _member(core: Core, chat: Chat, user_id: int) -> Payload:
    if user_id == core.world.me.id:
        return member_payload(core.world.me.payload(), chat.bot)
    if user_id in chat.members or (chat.user and chat.user.id == user_id):
        own = chat.kind != "private" and user_id == next(iter(chat.members), None)
        return member_payload(core.world.users[user_id].payload(), "creator" if own else "member")
    if user_id in core.world.users:
        return member_payload(core.world.users[user_id].payload(), "left")
    raise Refused("invalid user_id specified")


def member_payload(user: Payload, status: str) -> Payload:
    """A ChatMember with all the fields its status requires."""
    rights = (
        *(
            "can_be_edited",
            "is_anonymous",
            "can_manage_chat",
            "can_delete_messages",
            "can_manage_video_chats",
        ),
        *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users"),
        *("can_post_stories", "can_edit_stories", "can_delete_stories"),
    )
    extra: Payload = {}
    if status == "administrator":
        extra = {**dict.fromkeys(rights, False), "can_manage_chat": True, "can_delete_messages": True}
    elif status == "creator":
        extra = {"is_anonymous": False}
    elif status == "kicked":
        extra = {"until_date": 0}
    return {"user": user, "status": status, **extra}


def get_chat_member(core: Core, params: Params) -> Payload:
    """Somebody's place in a chat; a group belongs to its first member."""
    return _member(core, _chat(core, params), params.whole("user_id"))


def get_member_count(core: Core, params: Params) -> int:
    """How many there are, the bot included."""
    chat = _chat(core, params)
    return 2 if chat.kind == "private" else len(chat.members) + 1


def get_administrators(core: Core, params: Params) -> list[Payload]:
    """The bot if it is one, and whoever came first, who made the chat."""
    chat = _chat(core, params)
    if chat.kind == "private":
        raise Refused("there are no administrators in the private chat")
    owners = [member_payload(user.payload(), "creator") for user in list(chat.members.values())[:1]]
    own = [_member(core, chat, core.world.me.id)] if chat.bot == "administrator" else []
    return [*owners, *own]


def leave_chat(core: Core, params: Params) -> bool:
    """The bot goes."""
    chat = _chat(core, params)
    if chat.kind == "private":
        raise Refused("chat member status can't be changed in private chats")
    chat.bot = "left"
    return True
