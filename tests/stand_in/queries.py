"""Answers to taps and to inline queries."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.stand_in import contents, keyboards
from tests.stand_in.core import CallbackAnswer, Core, InlineAnswer, Query
from tests.stand_in.parameters import Params
from tests.stand_in.refusing import GONE_QUERY, Refused
from tests.stand_in.world import Payload

OTHER_RESULTS = {
    *(
        "audio",
        "contact",
        "game",
        "document",
        "gif",
        "location",
        "mpeg4_gif",
        "photo",
        "venue",
        "video",
        "voice",
    ),
    *("sticker",),
}
MOST_RESULTS = 50
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _asked(core: Core, query_id: str) -> Query:
    query = core.queries.get(query_id)
    if query is None or query.answer is not None or query.expired:
        raise Refused(GONE_QUERY, blame=not (query and query.expired and query.answer is None))
    return query


def answer_callback(core: Core, params: Params) -> bool:
    """What the voter sees after a tap, once for each tap."""
    query = _asked(core, params.text("callback_query_id"))
    text = params.text("text")
    if len(text) > 200:
        raise Refused("MESSAGE_TOO_LONG")
    url = params.text("url") or None
    if url and not url.startswith((f"https://t.me/{core.world.me.username}", "tg://")):
        raise Refused("URL_INVALID")
    query.answer = CallbackAnswer(text, params.flag("show_alert"), url, dict(params))
    return True


def answer_inline(core: Core, params: Params) -> bool:
    """The results under the voter's field, once for each query."""
    query = _asked(core, params.text("inline_query_id"))
    results = params.json("results", "inline query results")
    if not isinstance(results, list):
        raise Refused("can't parse inline query results: expected an Array of InlineQueryResult")
    if len(results) > MOST_RESULTS:
        raise Refused("RESULTS_TOO_MUCH")
    seen: set[str] = set()
    for result in results:
        _check_result(core, result, seen)
    button = params.json("button", "inline query results button")
    if button is not None:
        _check_button(button)
    if len(params.text("next_offset").encode()) > 64:
        raise Refused("NEXT_OFFSET_INVALID")
    query.answer = InlineAnswer(
        tuple(results),
        button,
        params.whole("cache_time", 300),
        params.flag("is_personal"),
        params.text("next_offset"),
        time.monotonic(),
        dict(params),
    )
    return True


def _check_result(core: Core, result: Any, seen: set[str]) -> None:
    if not isinstance(result, dict):
        raise Refused("can't parse inline query result: expected an Object")
    identity = result.get("id")
    if not isinstance(identity, str) or not 1 <= len(identity.encode()) <= 64:
        raise Refused("RESULT_ID_INVALID" if identity else "RESULT_ID_EMPTY")
    if identity in seen:
        raise Refused("RESULT_ID_DUPLICATE")
    seen.add(identity)
    kind = result.get("type")
    if kind != "article" and kind not in OTHER_RESULTS:
        raise Refused("can't parse inline query result: unallowed result type specified")
    keyboards.read(Params(result), supports_inline=core.supports_inline, private=False)
    if kind == "article":
        if not isinstance(result.get("title"), str) or not result["title"].strip():
            raise Refused("can't parse inline query result: can't find field \"title\"")
        if "input_message_content" not in result:
            raise Refused("can't parse inline query result: input message content is not specified")
    if "input_message_content" in result:
        _check_content(result["input_message_content"])


def _check_content(content: Any) -> None:
    if not isinstance(content, dict):
        raise Refused("can't parse inline query result: input message content must be an Object")
    if "message_text" not in content:
        if not {"latitude", "phone_number", "payload"} & set(content):
            raise Refused("can't parse inline query result: input message content is not specified")
        return
    contents.text_of(Params(content), "message_text")


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise Refused("can't parse inline query results button: text must be non-empty")
    if len({"start_parameter", "web_app"} & set(button)) != 1:
        raise Refused(
            "can't parse inline query results button: exactly one of the optional fields must be used"
        )
    if "start_parameter" in button and not START_PARAMETER.fullmatch(str(button["start_parameter"])):
        raise Refused("START_PARAM_INVALID")


def message_of(result: Payload) -> tuple[str, list[Any], str]:
    """What a result puts into a chat when a voter picks it: text, entities, and the HTML it came from."""
    params = Params(result.get("input_message_content", {}))
    text, entities = contents.text_of(params, "message_text")
    return text, contents.with_recognised(text, entities), params.text("message_text")
