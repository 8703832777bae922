"""A backup as one file: the rows of the state, the files of the knowledge, and a list of what must be in it.

It is a ZIP: rows go into it without anybody knowing beforehand how many there will be, each part can be read by
itself, and any system opens it. What is read is trusted in nothing: not in its names, its sizes or its order.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

from bot import __version__
from bot.knowledge.document import FILE_BYTES
from bot.moderation.storing import is_knowledge

FORMAT = 1
MANIFEST = "manifest.json"
STATE, KNOWLEDGE = "state/", "knowledge/"
PIECE = 65_536
LINE_BYTES = 4 * FILE_BYTES
"""No row is longer: the longest holds an edit of a file."""
MANIFEST_BYTES = 32 * FILE_BYTES
KNOWLEDGE_BYTES = 1024 * FILE_BYTES
"""No base is larger, all its files together."""
MEMBERS = 200_000
DENSE = 200
"""Real rows become some ten times smaller; what would become this many times bigger is there to fill a disk."""

_TABLE = re.compile(r"state/([a-z_]{1,64})\.jsonl")
_TOLD = re.compile(r"[\w.:+-]{1,64}", re.ASCII)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OverflowError)


class Damaged(Exception):  # noqa: N818 - it is an answer: take another backup
    """What is wrong with a backup: the part that is not what it was."""

    def __init__(self, part: str = "") -> None:
        super().__init__(part)
        self.part = part


class Foreign(Exception):  # noqa: N818 - it is an answer: take another file
    """A file that is no backup."""


class Newer(Exception):  # noqa: N818 - it is an answer: upgrade first
    """A backup that only a newer version of this program understands."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the archive must be."""

    sha256: str
    size: int
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, and where it is from."""

    made_at: str
    revision: str
    """The version of the tables."""
    commit: str | None
    """The last commit of the knowledge folder, with `+` if files were changed since; None without git."""
    program: str = __version__
    format: int = FORMAT
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def tables(self) -> dict[str, int]:
        """How many rows there are of each table."""
        return {found[1]: part.rows for name, part in self.parts.items() if (found := _TABLE.fullmatch(name))}

    @property
    def files(self) -> list[str]:
        """The files of the knowledge folder."""
        return [name.removeprefix(KNOWLEDGE) for name in self.parts if name.startswith(KNOWLEDGE)]


# --- writing -------------------------------------------------------------------------------------------------


class Packing:
    """Puts one part after the other into an archive, and at last the list of them."""

    def __init__(self, archive: zipfile.ZipFile, at: datetime) -> None:
        self._archive = archive
        self._at = at
        self._parts: dict[str, Part] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """Takes the pieces of a part; each piece of a table is a row."""
        digest, size, rows = hashlib.sha256(), 0, 0
        with self._archive.open(self._named(name), "w", force_zip64=True) as file:

            def put(piece: bytes) -> None:
                nonlocal size, rows
                file.write(piece)
                digest.update(piece)
                size, rows = size + len(piece), rows + 1

            yield put
        self._parts[name] = Part(digest.hexdigest(), size, rows if name.startswith(STATE) else 0)

    def finish(self, revision: str, commit: str | None) -> Manifest:
        """Add the list of all parts."""
        made_at = self._at.isoformat(timespec="seconds")
        manifest = Manifest(made_at, revision, commit, parts=self._parts)
        written = json.dumps(asdict(manifest), indent=1).encode()
        self._archive.writestr(self._named(MANIFEST), written)
        return manifest

    def _named(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info


@contextmanager
def packing(path: Path, at: datetime) -> Iterator[Packing]:
    """An archive that only its owner can read, there once it is whole; FileExistsError if something is there."""
    if path.is_symlink() or path.exists():
        raise FileExistsError(path)
    beside = path.with_name(f".{token_hex(8)}.part")
    try:
        with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w") as archive:
                yield Packing(archive, at)
            file.flush()
            os.fsync(file.fileno())
        if path.is_symlink() or path.exists():
            raise FileExistsError(path)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _settle(path.absolute().parent)


def _settle(folder: Path) -> None:
    """What was renamed in a folder is so after a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- reading -------------------------------------------------------------------------------------------------


class Archive:
    """A backup that is open to be read, once it was looked over."""

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        self._infos = _looked_over(archive, size)
        self.manifest = self._manifest()

    def verify(self) -> None:
        """Read all of it once, and compare it with the list; `Damaged` names what is not as it was."""
        for name, part in self.manifest.parts.items():
            digest, size, rows = hashlib.sha256(), 0, 0
            for piece in self._pieces(name):
                digest.update(piece)
                size += len(piece)
                rows += piece.count(b"\n") if name.startswith(STATE) else 0
            if Part(digest.hexdigest(), size, rows) != part:
                raise Damaged(name)

    def lines(self, table: str) -> Iterator[bytes]:
        """The rows of a table."""
        name = f"{STATE}{table}.jsonl"
        with _opened(self._archive, self._infos[name]) as file:
            while line := _read(file.readline, LINE_BYTES + 1, name):
                if len(line) > LINE_BYTES:
                    raise Damaged(name)
                yield line

    def text(self, file: str) -> bytes:
        """A file of the knowledge folder."""
        return b"".join(self._pieces(f"{KNOWLEDGE}{file}"))

    def _pieces(self, name: str) -> Iterator[bytes]:
        with _opened(self._archive, self._infos[name]) as file:
            while piece := _read(file.read, PIECE, name):
                yield piece

    def _manifest(self) -> Manifest:
        if MANIFEST not in self._infos:
            raise Foreign
        if self._infos[MANIFEST].file_size > MANIFEST_BYTES:
            raise Damaged(MANIFEST)
        try:
            manifest = _manifest(json.loads(b"".join(self._pieces(MANIFEST))))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Damaged(MANIFEST) from None
        if amiss := sorted({*manifest.parts} ^ ({*self._infos} - {MANIFEST})):
            raise Damaged(amiss[0])
        return manifest


@contextmanager
def reading(path: Path) -> Iterator[Archive]:
    """A backup; `Foreign`, `Newer` or `Damaged` if it cannot be used, OSError if it cannot be read."""
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except (*_BROKEN, ValueError, UnicodeError):
            raise Foreign from None
        with archive:
            yield Archive(archive, os.fstat(file.fileno()).st_size)


def _looked_over(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """The parts by their names, if they can be those of a backup: no name leads anywhere else, nothing swells."""
    infos = archive.infolist()
    named = {info.filename: info for info in infos}
    if MANIFEST not in named:
        raise Foreign
    if len(named) != len(infos) or len(infos) > MEMBERS or sum(info.compress_size for info in infos) > size:
        raise Damaged
    for name, info in named.items():
        known = name == MANIFEST or _TABLE.fullmatch(name) or _is_file(name)
        plain = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not info.flag_bits & 1
        dense = info.file_size > FILE_BYTES and info.file_size > DENSE * info.compress_size
        if not known or not plain or dense or (_is_file(name) and info.file_size > FILE_BYTES):
            raise Damaged(name)
    if swells := _too_large([info for name, info in named.items() if _is_file(name)]):
        raise Damaged(swells)
    return named


def _too_large(files: list[zipfile.ZipInfo]) -> str:
    """The largest of the files if all together are too large or too dense, each of which may pass by itself."""
    size, packed = sum(info.file_size for info in files), sum(info.compress_size for info in files)
    if size <= FILE_BYTES or size <= min(DENSE * packed, KNOWLEDGE_BYTES):
        return ""
    return max(files, key=lambda info: info.file_size).filename


def _is_file(name: str) -> bool:
    return name.startswith(KNOWLEDGE) and is_knowledge(name.removeprefix(KNOWLEDGE))


def _manifest(held: Any) -> Manifest:
    """The list as it was written; ValueError and the like for anything else."""
    if not isinstance(held["format"], int) or held["format"] < 1:
        raise ValueError("there never was such a format")
    if held["format"] > FORMAT:
        raise Newer
    parts = {name: Part(**part) for name, part in held.pop("parts").items()}
    manifest = Manifest(**held, parts=parts)
    datetime.fromisoformat(manifest.made_at)
    told = (manifest.made_at, manifest.revision, manifest.program, manifest.commit or "+")
    numbers = [number for part in parts.values() for number in (part.size, part.rows)]
    if not all(_TOLD.fullmatch(text) for text in told) or not all(type(n) is int for n in numbers):
        raise ValueError("this cannot be shown, or is no number")
    return manifest


@contextmanager
def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    try:
        file = archive.open(info)
    except _BROKEN:
        raise Damaged(info.filename) from None
    with file:
        yield file


def _read(read: Callable[[int], bytes], size: int, name: str) -> bytes:
    try:
        return read(size)
    except _BROKEN:
        raise Damaged(name) from None
