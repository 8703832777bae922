"""The state that the bot keeps, as a command that is no server uses it: opened, waited for, and left in order."""

from __future__ import annotations

import signal
import threading
from asyncio import Runner
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from bot.channels.opening import Refused, impossible
from bot.settings import Unset, state_url
from bot.state.connecting import NoDriverError, file_of, with_driver
from bot.state.state import State

T = TypeVar("T")

BUSY_S = 10.0
"""How long a bot that is writing is waited for."""


class Waiting:
    """Waits, between two typed lines, for what takes its time; Ctrl-C counts once that is done, so nothing is half."""

    def __init__(self) -> None:
        self._runner = Runner()

    def __call__(self, awaited: Coroutine[Any, Any, T]) -> T:
        with _uninterrupted():
            return self._runner.run(awaited)

    def close(self) -> None:
        with _uninterrupted():
            self._runner.close()


@contextmanager
def opened() -> Iterator[tuple[State, Waiting]]:
    """The state, made if there is none yet."""
    waiting = Waiting()
    try:
        state = _state()
        waiting(state.open())
        try:
            if state.degraded:
                raise Refused("no_state", fault=state.fault)
            yield state, waiting
        finally:
            waiting(state.close())
    finally:
        waiting.close()


def _state() -> State:
    try:
        return State(_url(), _silent, busy=BUSY_S)
    except NoDriverError:
        raise Refused("no_postgres") from None


def missing() -> str:
    """Where the state would be, if there is none yet; nothing if there is."""
    found = file_of(with_driver(_url()))
    return "" if found is None or found.exists() else str(found.absolute())


def _url() -> str:
    try:
        return state_url()
    except Unset as unset:
        raise impossible(unset) from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt afterwards."""
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not usual or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt


def _silent(_: str) -> None:
    """What is amiss with the state is said once, by whoever opened it."""
