"""How updates reach the bot, by getUpdates or a webhook, and the calls with which it chooses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.stand_in.core import Core, Webhook
from tests.stand_in.delivery import Delivery
from tests.stand_in.parameters import Params
from tests.stand_in.polling import Polling, allow
from tests.stand_in.refusing import Refused
from tests.stand_in.updates import Queued

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Channel:
    """Polling, or one delivery to a webhook. Lives on the server's event loop.

    `act` carries out the method with which a webhook may answer.
    """

    def __init__(
        self, core: Core, loop: asyncio.AbstractEventLoop, act: Callable[[dict[str, Any]], None]
    ) -> None:
        self.core = core
        self.loop = loop
        self._act = act
        self.polling = Polling(core, loop)
        self.delivery: Delivery | None = None
        core.updates.on_queued = self._queued

    def methods(self) -> dict[str, Callable[[Core, Params], Any]]:
        """The bot's calls that are about this."""
        return {
            "getMe": self.get_me,
            "setWebhook": self.set_webhook,
            "deleteWebhook": self.delete_webhook,
            "getWebhookInfo": self.webhook_info,
        }

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
