"""Ctrl-C while something is being written: it counts once that is done."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.opening import Refused
from bot.channels.reviewing.waiting import Waiting, missing, opened


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    """With the handler of interrupts that a program starts with."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    found = Waiting()
    try:
        yield found
    finally:
        found.close()
        signal.signal(signal.SIGINT, usual)


def test_what_is_awaited_comes_back(waiting: Waiting) -> None:
    async def found() -> int:
        await asyncio.sleep(0)
        return 7

    assert waiting(found()) == 7
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_counts_once_the_work_is_done(waiting: Waiting) -> None:
    steps = []

    async def work() -> None:
        steps.append("begun")
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0)
        steps.append("done")

    with pytest.raises(KeyboardInterrupt):
        waiting(work())
    assert steps == ["begun", "done"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_goes_wrong_is_raised_and_the_handler_put_back(waiting: Waiting) -> None:
    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        waiting(fail())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_state_is_closed_whatever_happens_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_URL", f"sqlite:///{tmp_path / 'state.sqlite3'}")
    assert missing() == str(tmp_path / "state.sqlite3")
    used = []

    def use() -> None:
        with opened() as (state, wait):
            used.append(state)
            assert wait(state.moderating.audited(1)) == []
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        use()
    assert missing() == ""
    assert not used[0]._database.readable


def test_an_impossible_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_URL", "nonsense")
    with pytest.raises(Refused) as refused, opened():
        pass
    assert (refused.value.key, refused.value.values["name"]) == ("bad_setting", "STATE_URL")
