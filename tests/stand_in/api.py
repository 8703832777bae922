"""The bot's side: `/bot<token>/<method>`."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from tests.stand_in import messages, parameters, profile, queries
from tests.stand_in.core import Call, Core, Webhook
from tests.stand_in.delivery import Delivery
from tests.stand_in.faults import PAGE, Fault
from tests.stand_in.parameters import Params
from tests.stand_in.polling import Poll, Polling, allow
from tests.stand_in.refusing import Refused, Violation
from tests.stand_in.updates import Queued
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
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Api:
    """Answers the bot. Lives on the server's event loop; everything happens under the lock of the core."""

    def __init__(self, core: Core, loop: asyncio.AbstractEventLoop) -> None:
        self.core = core
        self.loop = loop
        self.polling = Polling(core, loop)
        self.delivery: Delivery | None = None
        self.hung: list[Callable[[], None]] = []
        core.updates.on_queued = self._queued
        self.own: dict[str, Method] = {
            "getMe": self.get_me,
            "setWebhook": self.set_webhook,
            "deleteWebhook": self.delete_webhook,
            "getWebhookInfo": self.webhook_info,
        }

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

    def _queued(self, queued: Queued) -> None:
        if self.delivery:
            self.delivery.add(queued)

    def wake(self) -> None:
        """There is something to deliver."""
        with self.core.changed:
            if self.delivery:
                self.delivery.wake()
            else:
                self.polling.wake()

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

    def get_me(self, core: Core, params: Params) -> Any:
        """Who the bot is."""
        return {
            **core.world.me.payload(),
            "can_join_groups": True,
            "can_read_all_group_messages": not core.privacy,
            "supports_inline_queries": core.supports_inline,
        }

    def set_webhook(self, core: Core, params: Params) -> bool:
        """From now on updates are brought to an address; an empty one means deleteWebhook."""
        url = params.text("url")
        if not url:
            return self.delete_webhook(core, params)
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise Refused("bad webhook: An HTTPS URL must be provided for webhook")
        secret = params.text("secret_token")
        if "secret_token" in params and not SECRET.fullmatch(secret):
            raise Refused("secret token contains unallowed characters")
        connections = params.whole("max_connections", 40 if "max_connections" not in params else 0)
        if not 1 <= connections <= 100:
            raise Refused("max_connections must be between 1 and 100")
        allow(core, params)
        same = core.webhook and (core.webhook.url, core.webhook.secret, core.webhook.max_connections)
        if same == (url, secret, connections) and self.delivery and not params.flag("drop_pending_updates"):
            return True
        self._stop_delivery()
        if params.flag("drop_pending_updates"):
            core.updates.drop()
        core.webhook = Webhook(url, secret, connections)
        self.polling.refuse()
        self.delivery = Delivery(core, core.webhook, self._act)
        self.loop.call_soon(self.wake)
        return True

    def resume(self) -> None:
        """Go on bringing updates to a webhook that was set before the stand-in was left and entered again."""
        if self.core.webhook:
            self.delivery = Delivery(self.core, self.core.webhook, self._act)
            self.loop.call_soon(self.wake)

    def delete_webhook(self, core: Core, params: Params) -> bool:
        """Back to getUpdates."""
        self._stop_delivery()
        core.webhook = None
        if params.flag("drop_pending_updates"):
            core.updates.drop()
        return True

    def _stop_delivery(self) -> None:
        if self.delivery:
            self.delivery.close()
            self.delivery = None

    def webhook_info(self, core: Core, params: Params) -> Any:
        """Where updates go, how many wait, and what went wrong last."""
        info: dict[str, Any] = {
            "url": core.webhook.url if core.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(core.updates.pending),
        }
        if core.webhook:
            info |= {"max_connections": core.webhook.max_connections, "ip_address": "127.0.0.1"}
            if core.webhook.last_error:
                info["last_error_message"] = core.webhook.last_error
                info["last_error_date"] = core.webhook.last_error_date
        if core.updates.allowed:
            info["allowed_updates"] = sorted(core.updates.allowed)
        return info

    def close(self) -> None:
        """Give up everything under way."""
        self._stop_delivery()
        if self.polling.current:
            self.polling.forget(self.polling.current)
