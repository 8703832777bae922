"""Two replicas on one PostgreSQL behind HAProxy as it is deployed; now one and now the other is killed with -9."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from benchmarks.asked import ROOT
from benchmarks.faults.bots import (
    ASKED,
    CONCURRENCY,
    LONG,
    Bot,
    complaints,
    free_port,
    pause,
    serving,
    until,
    voters,
)
from benchmarks.faults.database import PASSWORD, SAFE, secret_url
from benchmarks.faults.trial import Round, Trial, untried
from benchmarks.faults.twice import Twice, in_server
from bot.channels.telegram.serving import WAITING
from tests.postgres import programs, running
from tests.stand_in import StandIn

PATH = "/hook"


def trials(around: Round) -> Iterator[Trial]:
    """As they are deployed: what is asked of one is answered by the other once it is gone."""
    if programs() is None or shutil.which("haproxy") is None:
        yield untried("replica killed", "PostgreSQL or HAProxy")
        return
    with running(SAFE) as server, StandIn() as telegram:
        url, luck = secret_url(server), random.Random(2_026)
        twice = Twice(telegram, lambda: in_server(server, url), luck)
        with _two(around, telegram, url) as replicas:
            yield _killed(around, telegram, replicas, twice, luck)


@contextmanager
def _two(around: Round, telegram: StandIn, url: str) -> Iterator[list[Bot]]:
    """Both replicas, serving behind the proxy."""
    front, ports = free_port(), [free_port(), free_port()]
    usual = {"STATE_URL": url, "WEBHOOK_URL": f"http://127.0.0.1:{front}{PATH}"}
    with (
        serving(around, "replica-1", telegram, secrets=[PASSWORD], WEBHOOK_PORT=ports[0], **usual) as one,
        serving(around, "replica-2", telegram, secrets=[PASSWORD], WEBHOOK_PORT=ports[1], **usual) as two,
        _proxied(front, ports),
    ):
        one.start()
        two.start()
        telegram.wait(lambda: telegram.core.webhook, LONG)
        yield [one, two]


@contextmanager
def _proxied(front: int, ports: list[int]) -> Iterator[None]:
    """HAProxy with the configuration that is deployed."""
    addresses = {f"REPLICA_{n}": f"127.0.0.1:{port}" for n, port in enumerate(ports, 1)}
    own = {"WEBHOOK_PATH": PATH, "PROXY_ADDRESS": f"127.0.0.1:{front}", **addresses}
    command = ["haproxy", "-q", "-f", str(ROOT / "deploy" / "haproxy.cfg")]
    with subprocess.Popen(command, env={**os.environ, **own}, stdout=subprocess.DEVNULL) as proxy:
        try:
            until(lambda: _listens(front), "HAProxy")
            yield
        finally:
            proxy.terminate()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def _killed(
    around: Round, telegram: StandIn, replicas: list[Bot], twice: Twice, luck: random.Random
) -> Trial:
    number, kills = around.many(60, 5_000), around.many(1, 12)
    said = [(chat.id, ASKED[n % len(ASKED)]) for n, chat in enumerate(voters(telegram, number))]
    share = -(-number // kills)
    for n in range(kills):
        mine, victim = said[n * share : (n + 1) * share], replicas[n % 2]
        twice.say(mine[: len(mine) // 2])
        pause(luck.uniform(0, 1))
        _kill(victim, replicas[1 - n % 2], twice)
        twice.say(mine[len(mine) // 2 :])
        pause(luck.uniform(0, 1))
        victim.start()
    twice.settled()
    _kill(replicas[0], replicas[1], twice)
    replicas[0].start()
    twice.settled()
    status = sum(replica.stop() for replica in replicas)
    most = CONCURRENCY * WAITING
    wrong = complaints(telegram, *replicas)
    return Trial(
        "replica killed",
        f"{number:,} questions to two replicas on one PostgreSQL behind HAProxy; now one, now the other killed with "
        f"-9, {twice.kills} times, the last when all was answered, and started again; some that "
        "were saved as done come again",
        f"every question answered; twice only what the table `updates` did not hold at a kill, at most {most} at each",
        "; ".join([twice.told(), *wrong]),
        twice.held(most) and not wrong and status == 0,
    )


def _kill(victim: Bot, other: Bot, twice: Twice) -> None:
    """The other does nothing meanwhile, or it would answer in place of the victim before that is looked at."""
    with other.frozen():
        victim.kill()
        twice.killed()
