"""PostgreSQL stopped and started again, or taking nothing for a while, as questions come in."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.faults.bots import ASKED, LONG, Bot, answers, complaints, pause, serving, voters
from benchmarks.faults.trial import Round, Trial, untried
from tests.postgres import USER, Postgres, programs, running
from tests.stand_in import Chat, StandIn

SAFE = ("fsync=off", "full_page_writes=off", "max_connections=50")
"""A crash of the server loses nothing of what it said was written; a power cut is not tried."""
PASSWORD = "the-password-of-the-database"
SPEAKING = 5
"""How many voters choose a language while there is no database."""
RETRIED = 4.0
"""Seconds after which the bot has opened its database again, and can read it."""


def trials(around: Round) -> Iterator[Trial]:
    """By polling and by webhook."""
    if programs() is None:
        yield untried("PostgreSQL stopped", "PostgreSQL")
        yield untried("PostgreSQL read-only", "PostgreSQL")
        return
    with running(SAFE) as server:
        for webhook in (False, True):
            yield _stopped(around, server, webhook)
        for webhook in (False, True):
            yield _unwritable(around, server, webhook)


def secret_url(server: Postgres) -> str:
    """The address of a new database with a password in it, which the server does not ask for and no log may tell."""
    return server.fresh().replace(f"{USER}@", f"{USER}:{PASSWORD}@")


def _stopped(around: Round, server: Postgres, webhook: bool) -> Trial:
    stops, number = around.many(2, 12), around.many(20, 250)
    mode = "webhook" if webhook else "polling"
    luck = random.Random(15 + webhook)
    with (
        StandIn() as telegram,
        serving(
            around,
            f"database-{mode}",
            telegram,
            webhook=webhook,
            secrets=[PASSWORD],
            STATE_URL=secret_url(server),
        ) as bot,
    ):
        bot.start()
        chats, spoken = voters(telegram, number * stops), voters(telegram, SPEAKING * stops)
        for n in range(stops):
            mine = chats[n * number : (n + 1) * number]
            speaking = spoken[n * SPEAKING : (n + 1) * SPEAKING]
            _while_stopped(telegram, bot, server, mine, speaking, luck, ("immediate", "fast")[n % 2])
        telegram.settled(5 * LONG)
        status = bot.stop()
        met = answers(telegram, [*chats, *spoken])
        bot.start()
        telegram.say_many([(chat.id, "messatfa cameras") for chat in spoken])
        telegram.settled(LONG)
        status += bot.stop()
        kept = _in_english(telegram, spoken)
        wrong = complaints(telegram, bot)
    lost, twice = met.count(0), sum(n - 1 for n in met if n > 1)
    return Trial(
        f"PostgreSQL stopped, {mode}",
        f"stopped {stops} times, immediate and fast in turn, and started again while {len(chats):,} questions came in "
        f"and {len(spoken)} voters chose a language without it",
        "every question answered once, what was chosen meanwhile is written when it is back, and holds after a restart",
        "; ".join([f"{lost} lost, {twice} twice, {kept} of {len(spoken)} choices kept", *wrong]),
        not lost and not twice and kept == len(spoken) and not wrong and status == 0,
    )


def _while_stopped(
    telegram: StandIn,
    bot: Bot,
    server: Postgres,
    chats: list[Chat],
    speaking: list[Chat],
    luck: random.Random,
    how: str,
) -> None:
    """Questions before, at, during and after a stop."""
    said = [(chat.id, ASKED[n % len(ASKED)]) for n, chat in enumerate(chats)]
    part = len(said) // 3
    recovered = bot.printed().count("state_recovered")
    telegram.say_many(said[:part])
    pause(luck.uniform(0, 0.5))
    server.stop(how)
    try:
        telegram.say_many([*said[part : 2 * part], *((chat.id, "/langue en") for chat in speaking)])
        telegram.settled(LONG)
    finally:
        server.start()
    telegram.say_many(said[2 * part :])
    bot.says("state_recovered", recovered + 1)


def _unwritable(around: Round, server: Postgres, webhook: bool) -> Trial:
    """What a full disk and a standby are to the bot as well: all can be read, and nothing written."""
    times, number = around.many(1, 8), around.many(20, 250)
    mode = "webhook" if webhook else "polling"
    url = secret_url(server)
    with (
        StandIn() as telegram,
        serving(
            around, f"read-only-{mode}", telegram, webhook=webhook, secrets=[PASSWORD], STATE_URL=url
        ) as bot,
    ):
        bot.start()
        chats, spoken = voters(telegram, number * times), voters(telegram, SPEAKING * times)
        held = 0
        for n in range(times):
            speaking = spoken[n * SPEAKING : (n + 1) * SPEAKING]
            _while_unwritable(telegram, bot, server, url, chats[n * number : (n + 1) * number], speaking)
            held += _in_english(telegram, speaking)
        met = answers(telegram, [*chats, *spoken])
        status = bot.stop()
        bot.start()
        telegram.say_many([(chat.id, "messatfa cameras") for chat in spoken])
        telegram.settled(LONG)
        status += bot.stop()
        kept = _in_english(telegram, spoken)
        wrong = complaints(telegram, bot)
    met = [*met[: len(chats)], *(n - 1 for n in met[len(chats) :])]  # those who chose have two answers
    lost, twice = sum(n < 1 for n in met), sum(n - 1 for n in met if n > 1)
    return Trial(
        f"PostgreSQL read-only, {mode}",
        f"made read-only {times} times, as when its disk is full, while {len(chats):,} questions came in and "
        f"{len(spoken)} voters chose a language and asked",
        "every question answered once, what was chosen meanwhile holds at once, and after a restart",
        "; ".join([f"{lost} lost, {twice} twice, {held} and {kept} of {len(spoken)} choices held", *wrong]),
        not lost and not twice and held == kept == len(spoken) and not wrong and status == 0,
    )


def _while_unwritable(
    telegram: StandIn, bot: Bot, server: Postgres, url: str, chats: list[Chat], speaking: list[Chat]
) -> None:
    """Questions before, while nothing can be written, and after."""
    said = [(chat.id, ASKED[n % len(ASKED)]) for n, chat in enumerate(chats)]
    part, name = len(said) // 3, url.rpartition("/")[2]
    recovered, degraded = (bot.printed().count(word) for word in ("state_recovered", "state_degraded"))
    telegram.say_many(said[:part])
    server.say(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    try:
        server.say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        telegram.say_many([*said[part : 2 * part], *((chat.id, "/langue en") for chat in speaking)])
        bot.says("state_degraded", degraded + 1)
        telegram.settled(LONG)
        pause(RETRIED)
        telegram.say_many([(chat.id, "messatfa cameras") for chat in speaking])
        telegram.settled(LONG)
    finally:
        server.say(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        server.say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    telegram.say_many(said[2 * part :])
    bot.says("state_recovered", recovered + 1)
    telegram.settled(LONG)


def _in_english(telegram: StandIn, chats: list[Chat]) -> int:
    """In how many chats the last answer is in the language that was chosen."""
    return sum(telegram.replies(chat)[-1].text.startswith("Lies Messatfa · Video") for chat in chats)
