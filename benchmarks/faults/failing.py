"""Telegram that fails nearly a third of all calls, in every way it has; with and without having done what was asked."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.faults.bots import ASKED, LONG, answers, complaints, serving, voters
from benchmarks.faults.trial import Round, Trial
from tests.stand_in import StandIn
from tests.stand_in.faults import Fault, FaultKind

SHARES: dict[FaultKind, float] = {
    "server_error": 0.1,
    "bad_gateway": 0.08,
    "cut": 0.08,
    "retry_after": 0.02,
    "timeout": 0.02,
}
"""Of all calls: 30 %. A call that is told to wait, or is never answered, takes seconds."""
SLOW: dict[FaultKind, frozenset[str]] = {"timeout": frozenset({"sendMessage"})}
"""What fails like this, where it is not everything: a fetching of updates that is never answered lasts a minute."""
WAIT = 1.0
"""Seconds that a refusal asks for, the least that Telegram does."""


def trials(around: Round) -> Iterator[Trial]:
    """Each by polling and by webhook; then with answers of Telegram that are lost after it did what was asked."""
    for webhook in (False, True):
        yield _failing(around, webhook, act=False)
    if not around.quick:
        yield _failing(around, webhook=False, act=True)


def _failing(around: Round, webhook: bool, act: bool) -> Trial:
    number = around.many(40, 1_000)
    mode = f"{'webhook' if webhook else 'polling'}{', answers lost' if act else ''}"
    with (
        StandIn() as telegram,
        serving(
            around, f"failing-{mode}".replace(", ", "-").replace(" ", "-"), telegram, webhook=webhook
        ) as bot,
    ):
        chats = voters(telegram, number)
        bot.start()
        for fault in _faults(act, slow=not around.quick):
            telegram.core.faults.add(fault)
        telegram.say_many([(chat.id, ASKED[n % len(ASKED)]) for n, chat in enumerate(chats)])
        telegram.settled(30 * LONG)
        failed = telegram.core.faults.happened
        sends = [call for call in telegram.calls("sendMessage") if call.fault]
        found = answers(telegram, chats)
        telegram.recover()
        status, wrong = bot.stop(), complaints(telegram, bot)
    lost, twice = found.count(0), sum(n - 1 for n in found if n > 1)
    at_most = len(sends) if act else 0
    share = failed / sum(telegram.counts.values())
    return Trial(
        f"Telegram failing, {mode}",
        f"{number:,} questions while {100 * share:.0f} % of all calls ({failed:,}) end in 500, 502, a connection "
        f"that is cut{', 429, or no answer at all' if not around.quick else ''}"
        + ("; what was asked for was done all the same" if act else ""),
        "every question answered, "
        + ("twice only where Telegram hid that it had taken it" if act else "exactly once"),
        "; ".join([f"{lost} lost, {twice} twice", *wrong]),
        not lost and twice <= at_most and not wrong and status == 0,
    )


def _faults(act: bool, *, slow: bool) -> Iterator[Fault]:
    """Those that together strike the shares above, whichever come first."""
    shares = {kind: share for kind, share in SHARES.items() if slow or kind not in ("retry_after", "timeout")}
    left = sum(shares.values())
    for number, (kind, share) in enumerate(shares.items()):
        odds = share / (1 - sum(shares.values()) + left)
        acts = act and kind != "retry_after"
        yield Fault(kind, SLOW.get(kind, frozenset()), None, acts, WAIT, odds, random.Random(number))
        left -= share
