"""Calls of the Bot API over aiohttp, which takes a third of the time that python-telegram-bot's usual client does."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

JSON = {"Content-Type": "application/json"}
SECONDS = {"read": 10.0, "write": 10.0, "connect": 10.0, "pool": 30.0}


class Requests(BaseRequest):
    """A pool of connections that are kept open; errors name their kind and never the address, which holds the token."""

    def __init__(self, connections: int, address: str) -> None:
        self._connections = connections
        self._proxy = _proxy(address)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return SECONDS["read"]

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=self._proxy,
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The object in an answer; anything else, like a gateway's page, is a fault of the network."""
        try:
            found = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise NetworkError("not an answer of the Bot API")
        return found

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - aiohttp has none
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and body of an answer; what is sent are texts and numbers, never files."""
        if self._session is None:
            raise RuntimeError("not initialised")
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=_seconds(pool_timeout, "pool"),
            sock_connect=_seconds(connect_timeout, "connect"),
            sock_read=_seconds(read_timeout, "read"),
        )
        body = json.dumps(request_data.parameters).encode() if request_data is not None else None
        try:
            async with self._session.request(
                method, url, data=body, headers=JSON, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None


def _seconds(given: object, kind: str) -> float | None:
    return given if isinstance(given, float | int) else None if given is None else SECONDS[kind]


def _proxy(address: str) -> str | None:
    """The proxy that the environment names for an address; looked up once, since aiohttp would do so at each call."""
    parts = urlsplit(address)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
