"""How a bot that serves stays small: what it needs only for a moment, or only in a terminal, is not kept in memory."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from types import ModuleType

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.knowledge.model import Base

M_ARENA_MAX = -8
M_MMAP_THRESHOLD = -3
LARGE = 65_536
"""Bytes from which on a piece of memory is given back as soon as it is no longer used."""
YOUNG = (5_000, 20, 20)
"""When to look for garbage: one answer makes and drops thousands of objects, which need no looking at."""
SHARE_S = 0.0005
"""How long work beside answers may keep an answer waiting at a time, unlike Python's usual ten times as long."""
UNWANTED = ("rich", "pygments")
EAGER = ("httpx", "structlog")
PREPARED = 16
"""Elections made ready before the first question; the others are on their first."""
STRANGE = "qsdfgh ?"
"""A question that nobody understands, and that lays everything out that any question needs."""


def prepared(base: Base, now: datetime) -> Assistant:
    """An assistant that is ready for its first question. To be made before much else is loaded: what laying the words
    out needs for a moment is then free for the rest.
    """
    _one_heap()
    assistant = Assistant(base)
    make_ready(assistant, list(base.elections)[:PREPARED], now)
    give_back()
    gc.set_threshold(*YOUNG)
    gc.freeze()  # what is there now stays: looking through it again for garbage would cost every answer
    return assistant


def renewed(base: Base, before: Assistant, now: datetime) -> Assistant:
    """An assistant for a new version of a base, as ready as the one `before` it; what did not change serves both."""
    assistant = Assistant(base, before.thresholds, before)
    make_ready(assistant, [*list(base.elections)[:PREPARED], *before.scopes.ready], now)
    return assistant


def make_ready(assistant: Assistant, elections: Iterable[str], now: datetime) -> None:
    """Lay out what questions about some elections need, of those that the base has and that are not yet ready."""
    for identifier in elections:
        if identifier in assistant.base.elections and not assistant.scopes.is_ready(identifier):
            assistant.respond(Utterance(STRANGE, identifier), Memory(), now)


@contextmanager
def beside_answers() -> Iterator[None]:
    """Long work in a thread while another one answers: the answers go first, and no garbage is looked for meanwhile.

    What the work made is not looked through afterwards either, if what was there before is not.
    """
    with _ASIDE.lock:
        _ASIDE.begin()
    try:
        yield
    finally:
        with _ASIDE.lock:
            _ASIDE.end()


class _Aside:
    """What is set otherwise while any thread works beside the answers, whichever of them ends last."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._under_way = 0
        self._collecting, self._share = True, 0.0

    def begin(self) -> None:
        self._under_way += 1
        if self._under_way > 1:
            return
        self._collecting, self._share = gc.isenabled(), sys.getswitchinterval()
        gc.collect(1)
        gc.disable()
        sys.setswitchinterval(SHARE_S)

    def end(self) -> None:
        self._under_way -= 1
        if self._under_way:
            return
        sys.setswitchinterval(self._share)
        if gc.get_threshold() == YOUNG:
            gc.freeze()
        if self._collecting:
            gc.enable()
        trim()


_ASIDE = _Aside()


def _one_heap() -> None:
    """Threads share one heap: one of their own each would be a little memory lost each, and ours hardly allocate."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)


def give_back() -> None:
    """Return to the system what is no longer used; only glibc keeps it otherwise, and can be asked."""
    gc.collect()
    trim()


def trim() -> None:
    """Return to the system what was freed, without looking for what could be."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def import_leanly() -> None:
    """Import httpx and structlog without rich, which they bring in if they can: six megabytes to draw tables.

    And of SQLAlchemy only what talks to a database, without what maps objects: seven more.
    """
    _import_alone("sqlalchemy.ext.asyncio", "engine")
    hidden = [name for name in UNWANTED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        for name in EAGER:
            import_module(name)
    finally:
        for name in hidden:
            del sys.modules[name]


def _import_alone(package: str, module: str) -> None:
    """Import one module of a package, which then stands for the package, without what else that would bring in."""
    if package in sys.modules:
        return
    spec = find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        return
    stand_in = ModuleType(package)
    stand_in.__path__ = list(spec.submodule_search_locations)
    sys.modules[package] = stand_in
    try:
        found = import_module(f"{package}.{module}")
    except ImportError:  # laid out otherwise in another version: then all of it, as usual
        del sys.modules[package]
        return
    vars(stand_in).update({name: held for name, held in vars(found).items() if not name.startswith("_")})
