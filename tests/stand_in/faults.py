"""What goes wrong on demand."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from tests.stand_in.refusing import Refused

FaultKind = Literal[
    "retry_after", "server_error", "bad_gateway", "timeout", "cut", "blocked", "garbage", "unauthorized"
]
KINDS: tuple[str, ...] = get_args(FaultKind)
PAGE = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


@dataclass(slots=True)
class Fault:
    """One way in which calls fail. With `act` the call is carried out all the same, only its result is lost."""

    kind: FaultKind
    methods: frozenset[str]
    times: int | None = 1
    act: bool = False
    retry_after: float = 0.0
    share: float = 1.0
    dice: random.Random = field(default_factory=lambda: random.Random(0))
    chat_id: int | None = None

    def refusal(self) -> Refused | None:
        """What is answered, if it is an answer that Telegram words itself."""
        if self.kind == "retry_after":
            seconds = int(self.retry_after) if self.retry_after == int(self.retry_after) else self.retry_after
            text = f"Too Many Requests: retry after {seconds}"
            return Refused(text, 429, blame=False, parameters={"retry_after": seconds})
        if self.kind == "server_error":
            return Refused("Internal Server Error", 500, blame=False)
        if self.kind == "blocked":
            return Refused("bot was blocked by the user", 403, blame=False)
        if self.kind == "unauthorized":
            return Refused("Unauthorized", 401, blame=False)
        return None


class Faults:
    """Those that are still to happen, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self.happened = 0

    def add(self, fault: Fault) -> None:
        """From the next call on."""
        if fault.kind not in KINDS:
            raise ValueError(f"no such fault: {fault.kind}; there are {', '.join(KINDS)}")
        self._faults.append(fault)

    def clear(self) -> None:
        """Nothing fails any more."""
        self._faults.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """What happens to this call."""
        if not self._faults:
            return None
        for fault in self._faults:
            if fault.methods and method not in fault.methods:
                continue
            if fault.chat_id is not None and fault.chat_id != chat_id:
                continue
            if fault.share < 1 and fault.dice.random() >= fault.share:
                continue
            self.happened += 1
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
            return fault
        return None


def shares(
    share: float, seed: int, kinds: Sequence[FaultKind], methods: Collection[str], *, act: bool = False
) -> list[Fault]:
    """Faults that together strike the given share of calls, by the same dice every time."""
    left, faults = share, []
    for number, kind in enumerate(kinds):
        own = share / len(kinds)
        odds = own / (1 - share + left) if left else 0.0
        faults.append(
            Fault(
                kind,
                frozenset(methods),
                times=None,
                act=act,
                share=odds,
                dice=random.Random(seed * 1000 + number),
            )
        )
        left -= own
    return faults
