"""HAProxy before two bots, on loopback, with the file that an operator is given."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "haproxy.cfg"
WEBHOOK_PATH = "/telegram"
FOLDERS = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs: its process, and the lines it wrote."""

    process_id: int
    lines: list[str]


def program() -> str | None:
    """HAProxy of this machine; None if there is none."""
    return shutil.which("haproxy", path=FOLDERS)


def listening() -> socket.socket:
    """A place for a proxy to listen; who connects before it runs is waited for."""
    return socket.create_server(("127.0.0.1", 0), backlog=2048)


def webhook_url(place: socket.socket) -> str:
    """What bots behind a proxy say to Telegram."""
    return f"http://127.0.0.1:{place.getsockname()[1]}{WEBHOOK_PATH}"


@contextmanager
def running(place: socket.socket, replicas: tuple[int, int]) -> Iterator[Proxy]:
    """A proxy before bots on two ports, while the block lasts."""
    found = program()
    assert found is not None, "this needs HAProxy: apt-get install haproxy"
    environment = {
        "PATH": FOLDERS,
        "WEBHOOK_PATH": WEBHOOK_PATH,
        "PROXY_ADDRESS": f"fd@{place.fileno()}",
        "REPLICA_1": f"127.0.0.1:{replicas[0]}",
        "REPLICA_2": f"127.0.0.1:{replicas[1]}",
    }
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [found, "-db", "-f", CONFIGURATION],
        env=environment,
        pass_fds=[place.fileno()],
        stdout=pipe,
        stderr=subprocess.STDOUT,
        text=True,
    ) as proxy:
        lines: list[str] = []
        reading = threading.Thread(target=lambda: lines.extend(proxy.stdout or ()))
        reading.start()
        try:
            yield Proxy(proxy.pid, lines)
        finally:
            proxy.terminate()
            reading.join()


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on."""
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
