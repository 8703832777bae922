"""A bot killed with -9 at random moments, starting included, while questions come in; started again each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from benchmarks.faults.bots import ASKED, CONCURRENCY, LONG, Bot, answers, pause, serving, voters
from benchmarks.faults.trial import Round, Trial
from bot.channels.telegram.serving import WAITING
from tests.stand_in import StandIn

LOTS = 20
"""Into how many lots the questions that come between two kills are parted."""
PATIENCE = 20.0


def trials(around: Round) -> Iterator[Trial]:
    """By polling and by webhook: nothing may be lost, and only what was sent and not yet saved may come twice."""
    for webhook in (False, True):
        yield _killed(around, webhook)


def _killed(around: Round, webhook: bool) -> Trial:
    number, kills = around.many(120, 10_000), around.many(2, 25)
    luck = random.Random(20_260_322 + webhook)
    mode = "webhook" if webhook else "polling"
    with (
        StandIn() as telegram,
        serving(around, f"killed-{mode}", telegram, webhook=webhook) as bot,
    ):
        chats = voters(telegram, number)
        said = [(chat.id, ASKED[n % len(ASKED)]) for n, chat in enumerate(chats)]
        share = -(-number // (kills + 1))
        at_work = sum(
            _until_killed(telegram, bot, said[n * share : (n + 1) * share], luck, early=bool(n % 2))
            for n in range(kills)
        )
        telegram.say_many(said[kills * share :])
        bot.start(ready=False)
        telegram.settled(10 * LONG)
        status = bot.stop()
        found = answers(telegram, chats)
        errors, violations = bot.errors(), telegram.violations
    lost, twice = found.count(0), sum(n - 1 for n in found if n > 1)
    most = kills * CONCURRENCY * (WAITING if webhook else 1)
    wrong = [*errors[:1], *(v.description for v in violations[:1])] + ([f"status {status}"] if status else [])
    return Trial(
        f"kill -9, {mode}",
        f"{number:,} questions of as many people; killed {kills} times at random moments ({at_work} in the "
        "middle of answering), and started again",
        f"every question answered; twice only what was sent and not yet saved: at most {most // kills} at each kill",
        "; ".join([f"{lost} lost, {twice} twice ({twice / kills:.1f} at each kill)", *wrong]),
        not lost and twice <= most and not wrong,
    )


def _until_killed(
    telegram: StandIn, bot: Bot, said: Sequence[tuple[int, str]], luck: random.Random, *, early: bool
) -> bool:
    """Start, let questions come, and kill, after a random time or number of answers; whether it was answering."""
    size = max(1, len(said) // LOTS)
    lots = [said[n : n + size] for n in range(0, len(said), size)]
    before, last = telegram.counts["sendMessage"], luck.randrange(len(said))
    bot.start(ready=False)
    for lot in lots[: len(lots) // 2]:
        telegram.say_many(lot)
        pause(luck.uniform(0, 0.1))
    for lot in lots[len(lots) // 2 :]:
        telegram.say_many(lot)
    if early:
        pause(luck.uniform(0, 1))
    else:
        telegram.wait(lambda: telegram.core.counts["sendMessage"] > before + last, PATIENCE + LONG)
    bot.kill()
    return telegram.counts["sendMessage"] > before and not telegram.core.idle()
