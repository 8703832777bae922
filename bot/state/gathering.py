"""What many ask for at the same moment is asked together: one question to the database instead of a hundred."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

AT_ONCE = 500
"""How many questions are asked together at most, so that nobody waits for a very long one."""


class Gathering(Generic[Q, A]):
    """Puts together whatever is asked while the last question is under way; the answers come in the same order."""

    def __init__(
        self,
        ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]],
        unwanted: Callable[[Q, A], None] = lambda *_: None,
    ) -> None:
        self._ask = ask
        self._unwanted = unwanted
        """What is done with an answer that nobody waits for any more."""
        self._asked: list[tuple[Q, asyncio.Future[A] | None]] = []
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, question: Q) -> A:
        """The answer; whoever stops waiting for it takes nobody along."""
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._add(question, answer)
        try:
            return await answer
        except asyncio.CancelledError:
            if answer.done() and not answer.cancelled() and answer.exception() is None:
                self._unwanted(question, answer.result())
            raise

    def tell(self, question: Q) -> None:
        """Ask without waiting for the answer, before whatever is asked from now on."""
        self._add(question, None)

    async def idle(self) -> None:
        """Wait until nothing is under way any more; for the end, when nobody asks on and on."""
        if self._running is not None:
            await asyncio.wait({self._running})

    def _add(self, question: Q, answer: asyncio.Future[A] | None) -> None:
        self._asked.append((question, answer))
        if self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._run(), name="gathering")

    async def _run(self) -> None:
        try:
            while self._asked:
                await asyncio.sleep(0)  # whoever asks in this very moment is taken along
                batch, self._asked = self._asked[:AT_ONCE], self._asked[AT_ONCE:]
                try:
                    found = await self._ask([question for question, _ in batch])
                except BaseException as error:
                    _fail(batch, error)
                    if not isinstance(error, Exception):
                        raise
                else:
                    self._tell_all(batch, found)
        finally:
            self._running = None

    def _tell_all(self, batch: Sequence[tuple[Q, asyncio.Future[A] | None]], found: Sequence[A]) -> None:
        for (question, answer), value in zip(batch, found, strict=True):
            if answer is not None and answer.cancelled():
                self._unwanted(question, value)
            elif answer is not None:
                answer.set_result(value)


def _fail(batch: Sequence[tuple[Q, asyncio.Future[A] | None]], error: BaseException) -> None:
    for _, answer in batch:
        if answer is not None and not answer.done():
            if isinstance(error, Exception):
                answer.set_exception(error)
            else:
                answer.cancel()
