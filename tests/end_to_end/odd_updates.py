"""Updates of odd shapes, as Telegram really sends them: each may come at any time, and few are questions."""

from __future__ import annotations

from typing import Any

Payload = dict[str, Any]

PERSON: Payload = {"id": 7_001, "is_bot": False, "first_name": "Ana", "language_code": "fr"}
LARGE: Payload = {"id": 2**52 - 3, "is_bot": False, "first_name": "", "last_name": "‮Zoé\u200b"}
ANONYMOUS: Payload = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL_BOT: Payload = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
SERVICE: Payload = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
OTHER_BOT: Payload = {"id": 42, "is_bot": True, "first_name": "Gif", "username": "gif"}
US: Payload = {"id": 123456789, "is_bot": True, "first_name": "Election bot", "username": "election_bot"}

PRIVATE: Payload = {"id": 7_001, "type": "private", "first_name": "Ana"}
GROUP: Payload = {"id": -4_001, "type": "group", "title": "Quartier"}
SUPERGROUP: Payload = {"id": -1_001_234_567_890, "type": "supergroup", "title": "", "username": "levallois"}
FORUM: Payload = {"id": -1_009_999_999_999, "type": "supergroup", "title": "Forum", "is_forum": True}
CHANNEL: Payload = {"id": -1_002_222_222_222, "type": "channel", "title": "Annonces"}
FILE: Payload = {"file_id": "F", "file_unique_id": "u"}
PHOTO: Payload = FILE | {"width": 90, "height": 51, "file_size": 1}


def message(chat: Payload = PRIVATE, sender: Payload | None = PERSON, **content: Any) -> Payload:
    """A message with what every message has."""
    found = {"message_id": 77, "date": 1_790_000_000, "chat": chat, **content}
    return found | {"from": sender} if sender is not None else found


SERVICES: list[Payload] = [
    {"new_chat_members": [PERSON, OTHER_BOT]},
    {"new_chat_members": [US]},
    {"left_chat_member": PERSON},
    {"left_chat_member": US},
    {"new_chat_title": "<b>'; DROP TABLE chats; --"},
    {"new_chat_photo": [PHOTO]},
    {"delete_chat_photo": True},
    {"group_chat_created": True},
    {"supergroup_chat_created": True},
    {"channel_chat_created": True},
    {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86_400}},
    {"migrate_to_chat_id": -1_001_234_567_890},
    {"migrate_from_chat_id": -4_001},
    {"migrate_to_chat_id": 0},
    {"pinned_message": message(GROUP, text="messatfa cameras")},
    {"pinned_message": {"chat": GROUP, "message_id": 3, "date": 0}},
    {"users_shared": {"request_id": 1, "users": [{"user_id": 2**50}]}},
    {"chat_shared": {"request_id": 1, "chat_id": -5}},
    {"connected_website": "example.org"},
    {"write_access_allowed": {}},
    {"proximity_alert_triggered": {"traveler": PERSON, "watcher": OTHER_BOT, "distance": 5}},
    {"boost_added": {"boost_count": 1}},
    {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "🎃"}}},
    {"forum_topic_created": {"name": "Écoles", "icon_color": 7_322_096}},
    {"forum_topic_edited": {}},
    {"forum_topic_closed": {}},
    {"forum_topic_reopened": {}},
    {"general_forum_topic_hidden": {}},
    {"general_forum_topic_unhidden": {}},
    {"giveaway_created": {}},
    {"giveaway_completed": {"winner_count": 0}},
    {"video_chat_scheduled": {"start_date": 0}},
    {"video_chat_started": {}},
    {"video_chat_ended": {"duration": 0}},
    {"video_chat_participants_invited": {"users": [PERSON]}},
    {"web_app_data": {"data": "x" * 4_096, "button_text": ""}},
    {
        "successful_payment": {"currency": "XTR", "total_amount": 1, "invoice_payload": ""}
        | {"telegram_payment_charge_id": "", "provider_payment_charge_id": ""}
    },
    {"passport_data": {"data": [], "credentials": {"data": "", "hash": "", "secret": ""}}},
    {"checklist_tasks_done": {"marked_as_done_task_ids": [1]}},
    {"something_of_next_year": {"deep": [{"er": None}]}},
]
"""What is said in a message that nobody typed."""

MEDIA: list[Payload] = [
    {
        "photo": [PHOTO],
        "caption": "messatfa cameras",
        "caption_entities": [
            {"type": "bold", "offset": 0, "length": 8},
            {"type": "mention", "offset": 9, "length": 500},
        ],
    },
    {"photo": []},
    {"photo": [PHOTO], "caption": ""},
    {"photo": [PHOTO], "caption": "/start messatfa"},
    {"video": FILE | {"width": 1, "height": 1, "duration": 0}, "has_media_spoiler": True},
    {"animation": FILE | {"width": 1, "height": 1, "duration": 0}, "document": FILE},
    {"audio": FILE | {"duration": 1, "title": "\ud800"}},
    {"voice": FILE | {"duration": 1}},
    {"video_note": FILE | {"length": 1, "duration": 1}},
    {"sticker": FILE | {"width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}},
    {"dice": {"emoji": "🎰", "value": 64}},
    {"game": {"title": "", "description": "", "photo": [PHOTO]}},
    {
        "poll": {"id": "1", "question": "Pour qui votez-vous ?", "options": [], "total_voter_count": 0}
        | {"is_closed": True, "is_anonymous": True, "type": "regular", "allows_multiple_answers": False}
    },
    {"location": {"latitude": 91.0, "longitude": -181.0}},
    {"venue": {"location": {"latitude": 0, "longitude": 0}, "title": "", "address": ""}},
    {"contact": {"phone_number": "", "first_name": ""}},
    {"invoice": {"title": "", "description": "", "start_parameter": "", "currency": "", "total_amount": 0}},
    {"story": {"chat": CHANNEL, "id": 1}},
    {"paid_media": {"star_count": 1, "paid_media": [{"type": "preview"}]}},
]

TYPED: list[Payload] = [
    {"text": ""},
    {"text": " "},
    {"text": "/"},
    {"text": "/ "},
    {"text": "/@"},
    {"text": "/@election_bot"},
    {"text": "//start"},
    {"text": "/start@other_bot messatfa"},
    {"text": "/start\u200b"},
    {"text": "/START " + "é" * 64},
    {"text": "/comparer " + "x" * 4_000},
    {"text": "/langue \u202e<klingon>&amp;\ud800"},
    {"text": "@election_bot"},
    {"text": "@election_bot messatfa cameras", "entities": [{"type": "mention", "offset": 0, "length": 13}]},
    {"text": "x", "entities": [{"type": "mention", "offset": 900, "length": 13}]},
    {"text": "x", "entities": [{"type": "mention", "offset": -5, "length": -13}]},
    {"text": "👨‍👩‍👧‍👦 @election_bot", "entities": [{"type": "mention", "offset": 1, "length": 2**40}]},
    {"text": "Ana?", "entities": [{"type": "text_mention", "offset": 0, "length": 3, "user": US}]},
    {"text": "Ana?", "entities": [{"type": "text_mention", "offset": 0, "length": 3}]},
    {"text": "x", "entities": [{"type": "date_time_of_next_year", "offset": 0, "length": 1}]},
    {"text": "x", "entities": []},
    {"text": "messatfa", "via_bot": US},
    {"text": "messatfa", "via_bot": OTHER_BOT},
    {"text": "messatfa", "date": 0},
    {"text": "messatfa", "message_id": 0},
    {"text": "messatfa", "message_id": 2**63},
    {"text": "messatfa", "message_id": -1},
    {"text": "messatfa", "edit_date": 0},
    {"text": "messatfa", "is_topic_message": True, "message_thread_id": 2**31},
    {"text": "messatfa", "forward_origin": {"type": "hidden_user", "sender_user_name": "", "date": 0}},
    {"text": "messatfa", "forward_origin": {"type": "user", "sender_user": LARGE, "date": 0}},
    {"text": "messatfa", "reply_to_message": message(text="cameras", sender=US)},
    {"text": "et lui ?", "reply_to_message": {"message_id": 1, "date": 0, "chat": PRIVATE}},
    {"text": "et lui ?", "quote": {"text": "x", "position": 9_999}},
    {"text": "et lui ?", "external_reply": {"origin": {"type": "chat", "sender_chat": GROUP, "date": 0}}},
    {"text": "messatfa", "link_preview_options": {"is_disabled": True}, "effect_id": "1"},
    {"text": "messatfa", "business_connection_id": "b", "sender_business_bot": OTHER_BOT},
    {"text": "messatfa", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}},
    {"text": "messatfa", "has_protected_content": True, "author_signature": "", "sender_boost_count": 3},
]

MEMBERS: list[Payload] = [
    {"user": US, "status": "member"},
    {"user": US, "status": "left"},
    {"user": US, "status": "kicked", "until_date": 0},
    {"user": US, "status": "restricted", "is_member": False, "until_date": 0}
    | dict.fromkeys(
        [
            *(
                "can_send_messages",
                "can_send_audios",
                "can_send_documents",
                "can_send_photos",
                "can_send_videos",
            ),
            *("can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages"),
            *("can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages"),
            *("can_manage_topics",),
        ],
        False,
    ),
    {"user": US, "status": "administrator", "can_be_edited": False, "is_anonymous": False}
    | dict.fromkeys(
        [
            *("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members"),
            *("can_promote_members", "can_change_info", "can_invite_users", "can_post_stories"),
            *(
                "can_edit_stories",
                "can_delete_stories",
            ),
        ],
        True,
    ),
    {"user": US, "status": "creator", "is_anonymous": False},
    {"user": US, "status": "of_next_year"},
]

PLACES: list[tuple[Payload, Payload | None]] = [
    (PRIVATE, PERSON),
    ({"id": LARGE["id"], "type": "private"}, LARGE),
    (GROUP, PERSON),
    (SUPERGROUP, PERSON),
    (FORUM, PERSON),
    (SUPERGROUP, ANONYMOUS),
    (SUPERGROUP, CHANNEL_BOT),
    (SUPERGROUP, SERVICE),
    (SUPERGROUP, OTHER_BOT),
    (CHANNEL, None),
    ({"id": -7, "type": "of_next_year"}, PERSON),
    ({"id": 0, "type": "private"}, PERSON | {"id": 0}),
]


def sent_as(chat: Payload, sender: Payload | None, content: Payload) -> Payload:
    """A message there, with whoever it stands for: the group, a channel, a channel that is linked to it."""
    found = (
        message(chat, sender, **content)
        if not {"date", "message_id"} & content.keys()
        else {**message(chat, sender), **content}
    )
    if sender is ANONYMOUS:
        return found | {"sender_chat": chat}
    if sender is CHANNEL_BOT:
        return found | {"sender_chat": CHANNEL}
    if sender is SERVICE:
        origin = {"type": "channel", "chat": CHANNEL, "message_id": 5, "date": 0}
        return found | {"sender_chat": CHANNEL, "is_automatic_forward": True, "forward_origin": origin}
    return found


def messages() -> list[Payload]:
    """Every kind of content in every kind of place."""
    contents = [*TYPED, *MEDIA, *SERVICES]
    return [sent_as(chat, sender, content) for chat, sender in PLACES for content in contents]


def updates() -> list[Payload]:
    """All of them, not yet numbered."""
    found: list[Payload] = [{"message": each} for each in messages()]
    found += [{"edited_message": each | {"edit_date": 0}} for each in messages()[::3]]
    posts = [sent_as(CHANNEL, None, content) for content in [*TYPED, *MEDIA]]
    found += [{"channel_post": each} for each in posts] + [{"edited_channel_post": each} for each in posts]
    for chat, sender in PLACES:
        if sender is None:
            continue
        for old in MEMBERS:
            for new in MEMBERS:
                change = {"chat": chat, "from": sender, "date": 0}
                found.append({"my_chat_member": change | {"old_chat_member": old, "new_chat_member": new}})
        base = {"id": "1", "from": sender, "chat_instance": "0"}
        shown = message(chat, US, text="x")
        gone = {"chat": chat, "message_id": 1, "date": 0}
        for data in (
            "",
            "x",
            "a.AAAAAAcBBBBBB",
            "\ud800",
            "l.fr",
            "l.auto",
            "m.t99",
            "m.c9999",
            "x",
            "e",
            "é" * 32,
        ):
            found += [{"callback_query": base | {"message": shown, "data": data}}]
            found += [{"callback_query": base | {"message": gone, "data": data}}]
            found += [{"callback_query": base | {"inline_message_id": "i", "data": data}}]
        found += [{"callback_query": base | {"message": shown, "game_short_name": "g"}}]
        for query in ("", " ", "messatfa cameras", "x" * 256, "\ud800", "‮"):
            asked = {"id": "1", "from": sender, "query": query, "offset": "", "chat_type": "sender"}
            found.append({"inline_query": asked})
        found.append({"chosen_inline_result": {"result_id": "", "from": sender, "query": ""}})
    found += [
        {"poll": {"id": "1"}},
        {"poll_answer": {"poll_id": "1", "option_ids": []}},
        {
            "message_reaction": {
                "chat": GROUP,
                "message_id": 1,
                "date": 0,
                "old_reaction": [],
                "new_reaction": [],
            }
        },
        {"chat_join_request": {"chat": GROUP, "from": PERSON, "user_chat_id": 1, "date": 0}},
        {"business_message": message(text="messatfa")},
        {"shipping_query": {"id": "1"}},
        {"removed_chat_boost": {}},
        {"update_of_next_year": {"message": message(text="messatfa")}},
        {},
    ]
    return found
