"""A real PostgreSQL of a test's own: its data in a folder of its own, on loopback, stopped and started at will."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

FOLDERS = "/usr/lib/postgresql"
USER = "keeper"
QUICK = ("fsync=off", "full_page_writes=off", "max_connections=50")
"""No data of a test need survive a power cut; what a killed server had committed it still has."""


def programs() -> Path | None:
    """The folder of the newest PostgreSQL of this machine; None if there is none."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path(FOLDERS).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class Postgres:
    """One server, with as many empty databases as are asked for."""

    def __init__(self, folder: Path, settings: tuple[str, ...] = QUICK) -> None:
        found = programs()
        assert found is not None, "these tests need PostgreSQL: apt-get install postgresql"
        self._programs = found
        self._data = folder / "postgres"
        self._settings = settings
        self._numbers = count(1)
        self._user = _unprivileged()
        self.port = _free_port()
        self._data.mkdir(mode=0o700)
        if self._user:
            os.chown(self._data, self._user.pw_uid, self._user.pw_gid)
        self._run(
            "initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale"
        )

    def start(self) -> None:
        """Start it, or start it again; ready when this returns."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        options += "".join(f" -c {setting}" for setting in self._settings)
        log = self._data / "log"
        self._run("pg_ctl", "-D", self._data, "-l", log, "-w", "-s", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `fast` closes connections, `immediate` is what a crash looks like to whoever is connected."""
        self._run("pg_ctl", "-D", self._data, "-w", "-s", "-m", mode, "stop")

    @property
    def process_id(self) -> int:
        """The number of its first process; all others are children of it."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def url(self, database: str = "postgres") -> str:
        """The address of a database, as STATE_URL takes it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def fresh(self) -> str:
        """The address of a new, empty database."""
        name = f"fresh_{next(self._numbers)}"
        self.say(f"CREATE DATABASE {name}")
        return self.url(name)

    def say(self, statement: str, database: str = "postgres") -> str:
        """What the server answers to a statement, as `psql` prints it without ornament."""
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database)
        return self._run("psql", "-X", "-A", "-t", "-q", *where, "-c", statement).strip()

    def _run(self, program: str, *arguments: str | Path) -> str:
        """Run one of its programs; as somebody who is not root, for whom the server refuses to work."""
        user = self._user.pw_uid if self._user else None
        group = self._user.pw_gid if self._user else None
        done = subprocess.run(
            [self._programs / program, *arguments],
            cwd="/",
            user=user,
            group=group,
            extra_groups=[] if self._user else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "psql" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )
        return done.stdout or ""


@contextmanager
def running(settings: tuple[str, ...] = QUICK) -> Iterator[Postgres]:
    """A server that runs while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # so that whom the server works as can reach its data
        server = Postgres(folder, settings)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom the server works as, if we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
