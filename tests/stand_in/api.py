"""The bot's side: `/bot<token>/<method>`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from tests.stand_in import messages, parameters, profile, queries
from tests.stand_in.channel import Channel
from tests.stand_in.core import Call, Core
from tests.stand_in.faults import PAGE, Fault
from tests.stand_in.parameters import Params
from tests.stand_in.polling import Poll
from tests.stand_in.refusing import Refused, Violation
from tests.stand_in.wire import Reply, Request

Method = Callable[[Core, Params], Any]

METHODS: dict[str, Method] = {
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_text,
    "editMessageReplyMarkup": messages.edit_markup,
    "deleteMessage": messages.delete,
    "deleteMessages": messages.delete_many,
    "sendChatAction": messages.chat_action,
    "answerCallbackQuery": queries.answer_callback,
    "answerInlineQuery": queries.answer_inline,
    "setMyCommands": profile.set_commands,
    "getMyCommands": profile.get_commands,
    "getMyName": profile.get_name,
    "getMyDescription": profile.get_description,
    "getMyShortDescription": profile.get_short_description,
    "getChatMenuButton": profile.get_menu_button,
    "getChatMemberCount": profile.get_member_count,
    "deleteMyCommands": profile.delete_commands,
    "setMyName": profile.set_name,
    "setMyDescription": profile.set_description,
    "setMyShortDescription": profile.set_short_description,
    "setChatMenuButton": profile.set_menu_button,
    "getChat": profile.get_chat,
    "getChatMember": profile.get_chat_member,
    "getChatAdministrators": profile.get_administrators,
    "leaveChat": profile.leave_chat,
    "logOut": lambda core, params: True,
    "close": lambda core, params: True,
}
OWN = ("getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")
NAMES = {*METHODS, *OWN}
BY_LOWER = {name.lower(): name for name in NAMES}


class Api:
    """Answers the bot. Lives on the server's event loop; everything happens under the lock of the core."""

    def __init__(self, core: Core, loop: asyncio.AbstractEventLoop) -> None:
        self.core = core
        self.loop = loop
        self.channel = Channel(core, loop, self._act)
        self.polling = self.channel.polling
        self.own = self.channel.methods()
        self.hung: list[partial[None]] = []

    # --- calls

    def handle(self, request: Request, reply: Reply) -> None:
        """One request of the bot."""
        token, _, name = request.path[len("/bot") :].partition("/")
        method = BY_LOWER.get(name.lower(), name)
        call = Call(method, {})
        with self.core.changed:
            try:
                params = self._understood(request, call, token == self.core.token)
            except Refused as refused:
                self._begin(call)
                self._finish(call, reply, refused)
            else:
                self._begin(call)
                fault = self.core.faults.take(method, params.whole("chat_id") or None)
                if fault:
                    call.fault = fault.kind
                    self._fail(call, params, reply, fault)
                elif method == "getUpdates":
                    self._poll(call, params, reply)
                else:
                    self._finish(call, reply, self.perform(method, params))
            self.core.changed.notify_all()

    @staticmethod
    def _understood(request: Request, call: Call, known: bool) -> Params:
        params = parameters.read(request.query, request.headers.get("content-type", ""), request.body)
        call.params = params
        if not known:
            raise Refused("Unauthorized", 401)
        if call.method not in NAMES:
            raise Refused("Not Found", 404)
        return params

    def _begin(self, call: Call) -> None:
        core = self.core
        core.counts[call.method] += 1
        core.calls.append(call)
        if call.method != "getUpdates":
            core.under_way[id(call)] = call
            core.last_activity = time.monotonic()

    def _end(self, call: Call) -> None:
        self.core.under_way.pop(id(call), None)
        if call.method != "getUpdates":
            self.core.last_activity = time.monotonic()
        self.core.changed.notify_all()

    def perform(self, method: str, params: Params) -> Any:
        """The result, or the refusal, of a call."""
        act = METHODS.get(method) or self.own[method]
        try:
            return act(self.core, params)
        except Refused as refused:
            return refused
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            return Refused(f"can't parse parameters: {error!r}")

    def _finish(self, call: Call, reply: Reply, result: Any) -> None:
        if isinstance(result, Refused):
            call.status, call.description = result.code, result.description
            violation = Violation(call.method, result.description, call.params)
            self.core.refusals.append(violation)
            if result.blame:
                self.core.violations.append(violation)
            body = json.dumps(result.body()).encode()
        else:
            call.status, call.result = 200, result if call.method != "getUpdates" else None
            body = json.dumps({"ok": True, "result": result}).encode()
        self._send(call, reply, call.status, body)

    def _send(
        self, call: Call, reply: Reply, status: int, body: bytes, kind: str = "application/json"
    ) -> None:
        if self.core.latency and call.method != "getUpdates":
            reply.gone = lambda: self._gone(call)
            self.loop.call_later(self.core.latency, self._sent, call, reply, status, body, kind)
        else:
            self._sent(call, reply, status, body, kind)

    def _sent(self, call: Call, reply: Reply, status: int, body: bytes, kind: str) -> None:
        with self.core.changed:
            reply.send(status, body, kind)
            call.status = status
            self._end(call)

    def _gone(self, call: Call) -> None:
        with self.core.changed:
            self._end(call)

    # --- faults

    def _fail(self, call: Call, params: Params, reply: Reply, fault: Fault) -> None:
        result: Any = None
        if fault.act and call.method == "getUpdates":
            with suppress(Refused):
                self.polling.poll(params, lambda batch: None)
        elif fault.act:
            result = self.perform(call.method, params)
        if fault.kind == "timeout":
            reply.gone = lambda: self._gone(call)
            self.hung = [answer for answer in self.hung if not answer.args[2].done]
            self.hung.append(partial(self._let_go, call, params, reply, fault.act, result))
        elif fault.kind == "cut":
            reply.cut()
            self._end(call)
        elif fault.kind == "garbage":
            self._send(call, reply, 200, b"<!doctype html><title>OK</title>", "text/html")
        elif fault.kind == "bad_gateway":
            self._send(call, reply, 502, PAGE, "text/html")
        else:
            self._finish(call, reply, fault.refusal())

    def _let_go(self, call: Call, params: Params, reply: Reply, acted: bool, result: Any) -> None:
        if reply.done:
            return
        if call.method == "getUpdates":
            self._poll(call, params, reply)
        else:
            self._finish(call, reply, result if acted else self.perform(call.method, params))

    def release(self) -> None:
        """Answer all calls that a timeout holds back."""
        with self.core.changed:
            hung, self.hung = self.hung, []
            for answer in hung:
                answer()
            self.core.changed.notify_all()

    # --- updates

    def _poll(self, call: Call, params: Params, reply: Reply) -> None:
        try:
            poll = self.polling.poll(params, lambda result: self._finish(call, reply, result))
        except Refused as refused:
            self._finish(call, reply, refused)
        else:
            if poll:
                reply.gone = partial(self._poll_gone, poll)

    def _poll_gone(self, poll: Poll) -> None:
        with self.core.changed:
            self.polling.forget(poll)

    def _act(self, wanted: dict[str, Any]) -> None:
        method = BY_LOWER.get(str(wanted.pop("method")).lower(), "")
        call = Call(method, wanted)
        self.core.counts[method] += 1
        self.core.calls.append(call)
        result = self.perform(method, Params(wanted)) if method in METHODS else Refused("Not Found", 404)
        if isinstance(result, Refused):
            call.status, call.description = result.code, result.description
            self.core.violations.append(Violation(method, result.description, wanted))
        else:
            call.status, call.result = 200, result
