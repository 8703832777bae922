"""YAML in which every value knows its place, read without guessing types and without trusting the file.

`NO`, `12:30` and `010` stay text. Anchors, aliases, tags, duplicate keys, several documents, invisible
control characters, depth and size beyond bounds are problems with a line and a column, never an exception.
This is the only module that imports `yaml`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

FILE_BYTES = 1_048_576
DEPTH = 12
PROBLEMS = 100

Keys = tuple[str | int, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

UNCLOSED = "while scanning a quoted scalar"
"""What libyaml was doing where quotation marks are not closed: they open in that place, long before it noticed."""

# What an escape such as "\0" may smuggle into text: controls, the marks that reverse it, spaces nobody sees.
_HASHTAG = re.compile(r"\s+#\w")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
_HARMFUL = re.compile(rf"[&!]|\\[^\"\\]|{_HASHTAG.pattern}|{_CONTROL.pattern}")
"""What a text must hold somewhere for one of its values to be in need of a closer look: most hold none of it."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file, a line and a column, both counted from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something a moderator must mend (or, as a notice, may want to complete), and where."""

    place: Place
    message: str
    notice: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {'note: ' if self.notice else ''}{self.message}"


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values, and the place of each of them on request.

    `tree` is None if the file could not be read to its end.
    """

    path: Path
    name: str
    text: str
    tree: Any
    problems: tuple[Problem, ...]

    def place(self, keys: Keys) -> Place:
        """The place of the value at `keys`, or of the nearest value above it that exists."""
        places = _places(self.text)
        while keys and keys not in places:
            keys = keys[:-1]
        line, column = places.get(keys, (1, 1))
        return Place(self.name, line, column)


def unreadable(text: str) -> bool:
    """Whether a text holds what no file of the base may hold: controls, and marks that nobody sees."""
    return _CONTROL.search(text) is not None


def file_name(path: Path, root: Path) -> str:
    """How a file below `root` is called in problems: printable, whatever bytes are in its name."""
    return os.fsencode(path.relative_to(root.parent)).decode("utf-8", "replace")


def read(path: Path, root: Path) -> Document:
    """A file below `root` as a document; whatever is wrong with it is in `problems`."""
    return document(*content(path, root), path, root)


def document(text: str, problem: str | None, path: Path, root: Path) -> Document:
    """The document that a file's `content` is."""
    name = file_name(path, root)
    if problem is not None:
        return Document(path, name, "", None, (Problem(Place(name), problem),))
    return parse(text, path, name)


@lru_cache(maxsize=16)
def parse(text: str, path: Path, name: str) -> Document:
    """YAML text as a document."""
    builder = _Builder(text)
    mistakes = list(islice(builder.run(), PROBLEMS))
    if len(mistakes) == PROBLEMS:
        mistakes.append(builder.stopped(*mistakes[-1][:2], "there is more to mend below; mend this first"))
    problems = tuple(Problem(Place(name, line, column), message) for line, column, message in mistakes)
    return Document(path, name, text, builder.tree, problems)


@lru_cache(maxsize=16)
def _places(text: str) -> dict[Keys, tuple[int, int]]:
    """The place of every value, worked out only once something is wrong with one of them."""
    builder = _Builder(text, {})
    for _ in builder.run():
        pass
    return builder.places or {}


def content(path: Path, root: Path) -> tuple[str, str | None]:
    """The text of a file below `root`, or why there is none."""
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return "", "this link leads out of the knowledge folder; put the file itself here"
        if not path.is_file():
            return "", "this is not a regular file"
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
        if len(content) > FILE_BYTES:
            return "", f"this file is larger than {FILE_BYTES // 1024} KiB; split it"
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        return "", f"this file is not UTF-8 text (byte {error.start}); save it as UTF-8"
    except (OSError, RuntimeError) as error:
        return "", f"this file cannot be read: {reason(error)}"


def reason(error: Exception) -> str:
    """Why the system gave up on a file, in its own words where it has any."""
    return getattr(error, "strerror", None) or "its links go in a circle"


def short(value: object) -> str:
    """A value as it is quoted in a message: on one line, and never longer than a line."""
    text = repr(value[:60] + "…" if isinstance(value, str) and len(value) > 60 else value)
    return text if len(text) <= 80 else f"{text[:79]}…"


Mistake = tuple[int, int, str]


class _TooMuchError(Exception):
    """What stops the reading of a file."""


class _Builder:
    """Builds plain values from YAML events in one pass, without recursion."""

    def __init__(self, text: str, places: dict[Keys, tuple[int, int]] | None = None) -> None:
        self.text = text
        self.places = places
        self.tree: Any = None
        self._harmless = _HARMFUL.search(text) is None
        self._documents = 0
        self._lines: list[str] | None = None
        self._stack: list[list[Any]] = []  # [container, pending key, keys of the container]

    def run(self) -> Iterator[Mistake]:
        """Yield each problem as (line, column, message) while `tree` grows."""
        mark: Any = None
        try:
            for event in yaml.parse(self.text, Loader=_LOADER):
                mark = event.start_mark
                for message in () if self._harmless else self._looked_at(event):
                    yield mark.line + 1, mark.column + 1, message
                problem = self._take(event, mark)
                if problem is not None:
                    yield mark.line + 1, mark.column + 1, problem
        except _TooMuchError as error:
            yield self.stopped(mark.line + 1, mark.column + 1, str(error))
        except yaml.MarkedYAMLError as error:
            opened = error.context_mark if error.context == UNCLOSED else None
            at: Any = opened or error.problem_mark or error.context_mark
            message = f"this is not valid YAML: {error.problem or error.context}"
            yield self.stopped(at.line + 1, at.column + 1, message)
        except yaml.reader.ReaderError as error:
            yield self.stopped(*self._character(error))

    def stopped(self, line: int, column: int, message: str) -> Mistake:
        """The mistake after which a file is not worth reading on."""
        self.tree = None
        return line, column, message

    def _character(self, error: Any) -> Mistake:
        """A character that YAML refuses; libyaml counts bytes where Python counts characters."""
        if error.encoding == "unicode":
            before = self.text[: error.position]
        else:
            before = self.text.encode()[: error.position].decode(errors="ignore")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return line, column, f"this file holds a character that YAML does not allow (U+{error.character:04X})"

    def _cut_short(self, end: Any) -> bool:
        """Whether a plain text stops at ` #word`, which YAML takes for a remark."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        rest = self._lines[end.line][end.column :] if end.line < len(self._lines) else ""
        return _HASHTAG.match(rest) is not None

    def _looked_at(self, event: Any) -> Iterator[str]:
        """What is wrong with a value by itself."""
        if isinstance(event, yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent):
            yield from _ornaments(event)
        if isinstance(event, yaml.ScalarEvent):
            if _CONTROL.search(event.value):
                yield f"{short(event.value)} holds an invisible control character; remove it"
            if not (event.style or "").strip() and self._cut_short(event.end_mark):
                yield "what follows ' #' here is left out; put the whole text between double quotes"

    def _take(self, event: Any, mark: Any) -> str | None:
        """Put what an event brings in its place; what is wrong with that place."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return self._put(event.value, mark, scalar=True)
        if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if len(self._stack) >= DEPTH:
                raise _TooMuchError(f"this is nested more than {DEPTH} levels deep")
            return self._open({} if kind is yaml.MappingStartEvent else [], mark)
        if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._stack.pop()
        elif kind is yaml.AliasEvent:
            self._put("", mark)
            return f"aliases (*{event.anchor!s:.40}) are not used here; write it out"
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                raise _TooMuchError("a second document starts here; use one file for each")
        return None

    def _open(self, container: Any, mark: Any) -> str | None:
        keys: Keys = self._next_keys()
        problem = self._put(container, mark)
        self._stack.append([container, None, keys])
        return problem

    def _next_keys(self) -> Keys:
        if not self._stack or self.places is None:
            return ()
        container, pending, keys = self._stack[-1]
        return (*keys, len(container) if isinstance(container, list) else pending or "")

    def _put(self, value: Any, mark: Any, scalar: bool = False) -> str | None:
        if not self._stack:
            self.tree = value
            self._note((), mark)
            return None
        frame = self._stack[-1]
        container, pending, keys = frame
        if isinstance(container, list):
            if self.places is not None:
                self._note((*keys, len(container)), mark)
            container.append(value)
        elif pending is None:
            return self._key(frame, value, mark, scalar)
        else:
            container.setdefault(pending, value)
            frame[1] = None
        return None

    def _key(self, frame: list[Any], value: Any, mark: Any, scalar: bool) -> str | None:
        if not scalar:
            frame[1] = ""
            return "a key must be plain text"
        frame[1] = value
        if value in frame[0]:
            return f"{short(value)} is written twice here; keep one"
        if self.places is not None:
            self._note((*frame[2], value), mark)
        return None

    def _note(self, keys: Keys, mark: Any) -> None:
        if self.places is not None:
            self.places.setdefault(keys, (mark.line + 1, mark.column + 1))


def _ornaments(event: Any) -> Iterator[str]:
    if event.anchor:
        yield f"anchors (&{event.anchor!s:.40}) are not used here; write it out"
    if event.tag:
        yield "tags (!) are not used here; write plain text"
