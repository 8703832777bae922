"""A stand-in in another process, used as if it were in this one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]


class Remote:
    """Every operation of the stand-in by its name, with named arguments: `remote.say(chat=chat, text="…")`.

    Results have the same attributes as in the same process, and can be handed back as arguments.
    """

    def __init__(self, url: str, token: str = "", process_id: int = 0) -> None:
        self.url = url
        self.token = token
        self.process_id = process_id
        self._connection = HTTPConnection(urlsplit(url).netloc)

    def call(self, operation: str, **arguments: Any) -> Any:
        """One operation; TimeoutError if it waited in vain, ValueError for other errors."""
        body = json.dumps(arguments, default=vars)
        self._connection.request("POST", f"/_control/{operation}", body)
        response = self._connection.getresponse()
        answer = json.loads(response.read(), object_hook=_named)
        answer = vars(answer) if isinstance(answer, SimpleNamespace) else answer
        if answer["ok"]:
            return answer["result"]
        raise (TimeoutError if response.status == 408 else ValueError)(answer["error"])

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation.startswith("_"):
            raise AttributeError(operation)
        return lambda **arguments: self.call(operation, **arguments)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def _named(value: dict[str, Any]) -> Any:
    return SimpleNamespace(**value) if "_" in value else value


@contextmanager
def process(token: str, *arguments: str, port: int = 0) -> Iterator[Remote]:
    """A stand-in in a process of its own while the block lasts."""
    command = [sys.executable, "-m", "tests.stand_in", "--port", str(port), "--token", token, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        found = re.search(r"http://\S+", running.stdout.readline())
        assert found, "the stand-in did not start"
        remote = Remote(found[0], token, running.pid)
        try:
            yield remote
        finally:
            remote.close()
            running.terminate()
