"""A bot killed with -9 at random moments, starting included, while questions come in; started again each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from benchmarks.faults.bots import ASKED, CONCURRENCY, LONG, Bot, complaints, pause, serving, voters
from benchmarks.faults.trial import Round, Trial
from benchmarks.faults.twice import Twice, in_file
from bot.channels.telegram.serving import WAITING
from tests.stand_in import StandIn

LOTS = 20
"""Into how many lots the questions that come between two kills are parted."""
PATIENCE = 20.0


def trials(around: Round) -> Iterator[Trial]:
    """By polling and by webhook: nothing may be lost, and only what was sent and not yet saved may come twice."""
    for webhook in (False, True):
        yield killed(around, webhook, around.many(120, 10_000), around.many(2, 25))


def killed(around: Round, webhook: bool, number: int, kills: int, program: str = "bot") -> Trial:
    """The row of so many questions and so many kills and one more in the end, when all is saved."""
    luck = random.Random(20_260_322 + webhook)
    mode = "webhook" if webhook else "polling"
    with (
        StandIn() as telegram,
        serving(around, f"killed-{mode}", telegram, webhook=webhook, program=program) as bot,
    ):
        said = [(chat.id, ASKED[n % len(ASKED)]) for n, chat in enumerate(voters(telegram, number))]
        twice = Twice(telegram, lambda: in_file(bot.state), luck)
        share = -(-number // (kills + 1))
        at_work = sum(
            _until_killed(twice, telegram, bot, said[n * share : (n + 1) * share], luck, early=bool(n % 2))
            for n in range(kills)
        )
        twice.say(said[kills * share :])
        bot.start(ready=False)
        twice.settled()
        bot.kill()
        twice.killed()
        bot.start()
        twice.settled()
        status = bot.stop()
        wrong = complaints(telegram, bot) + ([f"status {status}"] if status else [])
        seen, held = twice.told(), twice.held(most := CONCURRENCY * (WAITING if webhook else 1))
    return Trial(
        f"kill -9, {mode}",
        f"{number:,} questions of as many people; killed {twice.kills} times at random moments ({at_work} in the "
        "middle of answering) and when all was answered, and started again; some that were saved as done come again",
        "every question answered; twice only what the table `updates` did not hold at a kill, at most "
        f"{most} at each",
        "; ".join([seen, *wrong]),
        held and not wrong,
    )


def _until_killed(
    twice: Twice,
    telegram: StandIn,
    bot: Bot,
    said: Sequence[tuple[int, str]],
    luck: random.Random,
    *,
    early: bool,
) -> bool:
    """Start, let questions come, and kill, after a random time or number of answers; whether it was answering."""
    size = max(1, len(said) // LOTS)
    lots = [said[n : n + size] for n in range(0, len(said), size)]
    before, last = telegram.counts["sendMessage"], luck.randrange(len(said))
    bot.start(ready=False)
    for lot in lots[: len(lots) // 2]:
        twice.say(lot)
        pause(luck.uniform(0, 0.1))
    for lot in lots[len(lots) // 2 :]:
        twice.say(lot)
    if early:
        pause(luck.uniform(0, 1))
    else:
        telegram.wait(lambda: telegram.core.counts["sendMessage"] > before + last, PATIENCE + LONG)
    bot.kill()
    at_work = telegram.counts["sendMessage"] > before and not telegram.core.idle()
    twice.killed()
    return at_work
