"""YAML in which every value knows its place, read without guessing types and without trusting the file.

`NO`, `12:30` and `010` stay text. Anchors, aliases, tags, duplicate keys, several documents, depth and size
beyond bounds are problems with a line and a column, never an exception. This is the only module that
imports `yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE_BYTES = 1_048_576
DEPTH = 12

Keys = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    """A file's values, and the place of each of them on request."""

    path: Path
    name: str
    text: str
    tree: Any
    problems: tuple[Problem, ...]

    def place(self, keys: Keys) -> Place:
        """The place of the value at `keys`, or of the nearest value above it that exists."""
        places: dict[Keys, tuple[int, int]] = {}
        for _ in _Builder(self.text, places).run():
            pass
        while keys and keys not in places:
            keys = keys[:-1]
        line, column = places.get(keys, (1, 1))
        return Place(self.name, line, column)


def read(path: Path, root: Path) -> Document:
    """A file below `root` as a document; whatever is wrong with it is in `problems`."""
    name = str(path.relative_to(root.parent))
    text, problem = _text(path, root)
    if problem is not None:
        return Document(path, name, "", None, (Problem(Place(name), problem),))
    return parse(text, path, name)


def parse(text: str, path: Path, name: str) -> Document:
    """YAML text as a document."""
    builder = _Builder(text)
    problems = tuple(Problem(Place(name, line, column), message) for line, column, message in builder.run())
    return Document(path, name, text, builder.tree, problems)


def _text(path: Path, root: Path) -> tuple[str, str | None]:
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
        return "", f"this file cannot be read: {getattr(error, 'strerror', None) or 'its links go in a circle'}"


class _Builder:
    """Builds plain values from YAML events in one pass, without recursion."""

    def __init__(self, text: str, places: dict[Keys, tuple[int, int]] | None = None) -> None:
        self.text = text
        self.places = places
        self.tree: Any = None
        self._stack: list[list[Any]] = []  # [container, pending key, keys of the container]

    def run(self) -> Iterator[tuple[int, int, str]]:
        """Yield each problem as (line, column, message) while `tree` grows."""
        documents = 0
        try:
            for event in yaml.parse(self.text, Loader=_LOADER):
                mark = event.start_mark
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        yield mark.line + 1, mark.column + 1, "a second document starts here; use one file for each"
                        return
                elif isinstance(event, yaml.AliasEvent):
                    yield mark.line + 1, mark.column + 1, f"aliases (*{event.anchor}) are not used here; write it out"
                    self._put("", mark)
                elif isinstance(event, yaml.NodeEvent):
                    if event.anchor:
                        yield mark.line + 1, mark.column + 1, f"anchors (&{event.anchor}) are not used here; write it out"
                    if getattr(event, "tag", None):
                        yield mark.line + 1, mark.column + 1, "tags (!) are not used here; write plain text"
                    if not isinstance(event, yaml.ScalarEvent) and len(self._stack) >= DEPTH:
                        yield mark.line + 1, mark.column + 1, f"this is nested more than {DEPTH} levels deep"
                        return
                    problem = self._node(event, mark)
                    if problem:
                        yield mark.line + 1, mark.column + 1, problem
                elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                    self._stack.pop()
        except yaml.MarkedYAMLError as error:
            at = error.problem_mark or error.context_mark
            line, column = (at.line + 1, at.column + 1) if at else (1, 1)
            yield line, column, f"this is not valid YAML: {error.problem or error.context}"
        except yaml.reader.ReaderError as error:
            line = self.text.count("\n", 0, error.position) + 1
            yield line, 1, f"this file holds a character that YAML does not allow (#x{ord(str(error.character)[0]):04x})"
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            yield 1, 1, f"this is not valid YAML: {error}"

    def _node(self, event: Any, mark: Any) -> str | None:
        if isinstance(event, yaml.ScalarEvent):
            return self._put(event.value, mark, scalar=True)
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
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
            self._note((*keys, len(container)), mark)
            container.append(value)
            return None
        if pending is None:
            if not scalar:
                frame[1] = ""
                return "a key must be plain text"
            frame[1] = value
            if value in container:
                return f"{value!r} is written twice here; keep one"
            self._note((*keys, value), mark)
            return None
        if pending not in container:
            container[pending] = value
        frame[1] = None
        return None

    def _note(self, keys: Keys, mark: Any) -> None:
        if self.places is not None:
            self.places.setdefault(keys, (mark.line + 1, mark.column + 1))
