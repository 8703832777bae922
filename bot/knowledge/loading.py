"""From a folder of YAML to a base and the problems in it; both always come back, neither is an exception."""

from __future__ import annotations

import gc
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.document import (
    PROBLEMS,
    Document,
    Keys,
    Place,
    Problem,
    content,
    document,
    file_name,
    read,
    reason,
    short,
)
from bot.knowledge.earlier import Earlier, Made
from bot.knowledge.model import (
    Base,
    Candidate,
    Claim,
    Description,
    Election,
    Fact,
    Identifier,
    Muted,
    Party,
    Person,
    Places,
    Round,
    Shared,
    Source,
    Topic,
)

Part = TypeVar("Part", bound=BaseModel)

FOLDERS: Mapping[str, type[BaseModel]] = {"topics": Topic, "facts": Fact, "candidates": Candidate}
MAPPINGS: Mapping[str, type[BaseModel]] = {"sources": Source, "parties": Party, "people": Person}
SINGLE: Mapping[str, type[BaseModel]] = {"election": Description, "places": Places, "muted": Muted}
UNSEEN = "\u00a0"
UNSEEN_SPACES = "non-breaking spaces stand at the beginning of this line; use ordinary spaces"
_NOTHING = Shared()
EXPECTED = (*FOLDERS, "questions", *(f"{kind}.yaml" for kind in (*MAPPINGS, *SINGLE)))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A base as far as it could be read, and everything that kept it from being read whole."""

    base: Base
    problems: tuple[Problem, ...]
    root: Path
    made: Mapping[str, Made] = field(default_factory=dict, compare=False, repr=False)
    """What each file became, so that those that stay as they are need not be read into values again."""

    def place(self, election: str, kind: str, identifier: str | None, keys: Keys = ()) -> Place:
        """Where a value stands, found again by reading its file."""
        document = self._document(election, kind, identifier)
        if document is None:
            return Place(file_name(self.root / election, self.root))
        return document.place((identifier or "", *keys) if kind in MAPPINGS else keys)

    def mentions(self, election: str, kind: str, identifier: str) -> bool:
        """Whether something of this id may be written down in a file that could not be read whole.

        What was read whole is in the base: what has come into its file since is not answered from.
        """
        document = self._document(election, kind, identifier)
        made = self.made.get(document.path.relative_to(self.root).as_posix()) if document else None
        return made is not None and bool(made.problems)

    def _document(self, election: str, kind: str, identifier: str | None) -> Document | None:
        found = self.base.elections.get(election)
        for folder in (election, *(found.description.includes if found else ())):
            path = self.root / folder / (f"{kind}/{identifier}.yaml" if kind in FOLDERS else f"{kind}.yaml")
            if path.is_file():
                document = read(path, self.root)
                tree = document.tree
                if kind not in MAPPINGS or not isinstance(tree, dict) or identifier in tree:
                    return document
        return None


def load(root: Path, before: Loaded | None = None) -> Loaded:
    """Read every election below `root`; a missing or empty folder is a problem like any other.

    With what was loaded `before` only changed files are read into values: what is as it was is the same object.
    """
    if not root.is_dir():
        return Loaded(Base({}, ""), (Problem(Place(str(root)), "there is no such knowledge folder"),), root)
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _Reading(root, before if before is not None and before.root.name == root.name else None).load()
    finally:
        if collecting:
            gc.enable()


class _Reading:
    """One pass over a knowledge folder."""

    def __init__(self, root: Path, before: Loaded | None) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.digest = hashlib.sha256()
        self.folders: list[str] = []
        self._shared: dict[str, Shared] = {}
        self._made: dict[str, Made] = {}
        self._earlier = Earlier(before.made, before.base.elections) if before else Earlier({}, {})

    def load(self) -> Loaded:
        entries = self._entries(self.root)
        self.folders = [path.name for path in entries if path.is_dir()]
        elections = {}
        for path in entries:
            if path.name not in self.folders:
                self._complain(path, "nothing reads this file here; put it in the folder of an election")
            elif self._holds(path, "election.yaml"):
                election = self._election(path)
                if election is not None:
                    elections[election.id] = election
            else:
                self._folder(path.name)
                if self._holds(path, "candidates"):
                    message = "candidates stand in an election, and this folder has no election.yaml"
                    self._complain(path / "candidates", message)
        if not elections and not self.problems:
            message = "no folder here has an election.yaml, so there is no election to answer about"
            self.problems.append(Problem(Place(self.root.name), message))
        base = Base(elections, self.digest.hexdigest()[:12])
        return Loaded(base, tuple(sorted(set(self.problems))), self.root, self._made)

    def _election(self, folder: Path) -> Election | None:
        if not _is_identifier(folder.name):
            self._complain(folder, _pattern_message(folder.name))
        description = self._single(folder / "election.yaml", Description)
        own = self._folder(folder.name)
        candidates = self._each(folder, "candidates", Candidate)
        if description is None:
            return None
        included = tuple(
            self._included(folder, index, name) for index, name in enumerate(description.includes)
        )
        return self._earlier.election(Election(folder.name, description, candidates, own, included))

    def _included(self, folder: Path, index: int, included: str) -> Shared:
        """An included folder; an empty one in its place if there is none, so that the order stays."""
        if included in self.folders:
            return self._folder(included)
        place = read(folder / "election.yaml", self.root).place(("includes", index))
        others = [other for other in self.folders if other != folder.name]
        message = f"there is no folder {short(included)} to include{suggest(included, others)}"
        self.problems.append(Problem(place, message))
        return Shared()

    def _folder(self, folder: str) -> Shared:
        if folder not in self._shared:
            path = self.root / folder
            for stranger in self._entries(path):
                if stranger.name not in EXPECTED and stranger.suffix != ".csv":
                    word = stranger.stem if stranger.stem in FOLDERS else stranger.name
                    self._complain(stranger, f"nothing reads this file{suggest(word, EXPECTED)}")
            places, muted = path / "places.yaml", path / "muted.yaml"
            shared = Shared(
                topics=self._each(path, "topics", Topic),
                facts=self._each(path, "facts", Fact),
                sources=self._mapping(path / "sources.yaml", Source),
                parties=self._mapping(path / "parties.yaml", Party),
                people=self._mapping(path / "people.yaml", Person),
                places=(self._single(places, Places) if _exists(places) else None) or _NOTHING.places,
                muted=(self._single(muted, Muted) if _exists(muted) else None) or _NOTHING.muted,
            )
            self._shared[folder] = self._earlier.folder(folder, shared)
        return self._shared[folder]

    def _entries(self, folder: Path) -> list[Path]:
        """What a folder holds, in the order of names, without hidden files and notes."""
        try:
            if not folder.resolve().is_relative_to(self.root.resolve()):
                self._complain(
                    folder, "this link leads out of the knowledge folder; put the folder itself here"
                )
                return []
            entries = sorted(p for p in folder.iterdir() if not p.name.startswith(".") and p.suffix != ".md")
            for entry in entries[:1]:
                entry.lstat()  # a folder may let its names be read, and nothing else
        except (OSError, RuntimeError) as error:
            self._complain(folder, f"this folder cannot be read: {reason(error)}")
            return []
        return entries

    def _holds(self, folder: Path, entry: str) -> bool:
        return any(path.name == entry for path in self._entries(folder))

    def _each(self, folder: Path, kind: str, model: type[Part]) -> dict[str, Part]:
        parts: dict[str, Part] = {}
        if not self._holds(folder, kind):
            return parts
        if not (folder / kind).is_dir():
            self._complain(folder / kind, f"{kind} must be a folder, with a file for each")
            return parts
        for path in self._entries(folder / kind):
            if path.suffix != ".yaml":
                self._complain(path, "nothing reads this file; its name must end in .yaml")
                continue
            part = self._single(path, model, {"id": path.stem})
            if part is not None:
                parts[path.stem] = part
        return parts

    def _mapping(self, path: Path, model: type[Part]) -> Mapping[str, Part]:
        if not _exists(path):
            return {}
        parts: Mapping[str, Part] = self._once(path, lambda document: self._values(document, model))
        return parts

    def _values(self, document: Document, model: type[Part]) -> dict[str, Part]:
        parts: dict[str, Part] = {}
        if document.tree in (None, ""):
            return parts
        if not isinstance(document.tree, dict):
            self._complain(document.path, f"this file must map ids to {document.path.stem}")
            return parts
        for identifier, value in document.tree.items():
            if not _is_identifier(identifier):
                self.problems.append(Problem(document.place((identifier,)), _pattern_message(identifier)))
                continue
            part = self._validated(document, model, value, (identifier,))
            if part is not None:
                parts[identifier] = part
        return parts

    def _single(self, path: Path, model: type[Part], extra: dict[str, str] | None = None) -> Part | None:
        part: Part | None = self._once(path, lambda document: self._value(document, model, extra or {}))
        return part

    def _value(self, document: Document, model: type[Part], extra: dict[str, str]) -> Part | None:
        tree = document.tree
        if tree is None and document.problems:
            return None
        if tree in (None, ""):
            self._complain(document.path, "this file is empty; fill it in or remove it")
            return None
        if not isinstance(tree, dict):
            self._complain(document.path, "this file must hold `key: value` lines")
            return None
        if extra and "id" in tree:
            message = "the file's name is the id; remove this line"
            self.problems.append(Problem(document.place(("id",)), message))
        return self._validated(document, model, {**tree, **extra}, ())

    def _once(self, path: Path, make: Callable[[Document], Any]) -> Any:
        """What is made of a file: now, or if its text is still the same, before."""
        text, problem = content(path, self.root)
        name = path.relative_to(self.root).as_posix()
        written = text.encode("utf-8", "replace")
        self.digest.update(b"%b\0%b\0" % (name.encode("utf-8", "replace"), written))
        digest = hashlib.sha256(written).digest()
        made = self._earlier.made(name, digest) if problem is None else None
        if made is None:
            begun = len(self.problems)
            found = document(text, problem, path, self.root)
            self.problems.extend(found.problems)
            part = make(found)
            made = Made(digest if problem is None else b"", part, tuple(self.problems[begun:]))
        else:
            self.problems.extend(made.problems)
        self._made[name] = made
        return made.part

    def _validated(self, document: Document, model: type[Part], value: Any, at: Keys) -> Part | None:
        try:
            part: Part = _adapter(model).validate_python(value)
        except ValidationError as error:
            self.problems.extend(_explained(error, document, model, at))
            return None
        return part

    def _complain(self, path: Path, message: str) -> None:
        self.problems.append(Problem(Place(file_name(path, self.root)), message))


@cache
def _adapter(model: type[Part]) -> TypeAdapter[Part]:
    return TypeAdapter(model)


_IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)


def _is_identifier(text: str) -> bool:
    try:
        _IDENTIFIER.validate_python(text)
    except ValidationError:
        return False
    return True


def _exists(path: Path) -> bool:
    """Whether something of that name stands there, even a link that leads nowhere."""
    return path.is_symlink() or path.exists()


def suggest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` when something known is close, else nothing."""
    near = suggestion(word, known)
    return f"; did you mean '{near}'?" if near else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """What is known and close to a word, if anything is."""
    best = process.extractOne(word, list(known), scorer=OSA.normalized_similarity, score_cutoff=0.6)
    return best[0] if best else ""


def _explained(
    error: ValidationError, document: Document, model: type[BaseModel], at: Keys
) -> Iterator[Problem]:
    """Each of pydantic's errors as a sentence for someone who writes YAML."""
    for detail in error.errors(include_url=False)[:PROBLEMS]:
        keys: Keys = (*at, *(k for k in detail["loc"] if k != "[key]"))
        if detail["type"] == "extra_forbidden":
            word = str(keys[-1])
            message = f"{short(word)} is not known here{suggest(word, _fields(model, keys[len(at) : -1]))}"
            message = UNSEEN_SPACES if word.startswith(UNSEEN) else message
        else:
            last = short(keys[-1]) if keys and isinstance(keys[-1], str) else "this"
            message = _sentence(detail["type"], last, detail["input"], detail.get("ctx", {}))
            message = message or detail["msg"].removeprefix("Value error, ")
        yield Problem(document.place(keys[:-1] if detail["type"] == "missing" else keys), message)


def _sentence(kind: str, last: str, value: object, context: Mapping[str, Any]) -> str:
    """One of pydantic's errors in plain words, or nothing where its own words will do."""
    match kind:
        case "missing":
            return f"{last} is missing here"
        case "string_type":
            return f"{last} must be text"
        case "string_unicode":
            return f"{short(value)} holds bytes that are no text"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"{last} must hold `key: value` lines"
        case "list_type":
            return f"{last} must be a list: one line for each, starting with `- `"
        case "string_too_long":
            return f"this is too long: at most {context['max_length']} characters"
        case "string_too_short" if re.fullmatch("'[a-z]{2,3}'", last):
            return f"the text {last} is empty; write it"
        case "string_too_short" | "too_short":
            return f"{last} is empty"
        case "too_long":
            return f"{last} has too many entries: at most {context['max_length']}"
        case "string_pattern_mismatch":
            return _pattern_message(value, context["pattern"])
        case "enum" | "literal_error":
            return f"{short(value)} is not one of {context['expected']}"
    if kind.startswith(("date", "time")):
        example = "2026-03-15" if kind.startswith("date") else '"08:00"'
        return f"{short(value)} is not a possible {kind.split('_')[0]}; write it as {example}"
    return ""


def _pattern_message(value: object, pattern: str = "") -> str:
    if pattern.startswith("^https?"):
        return f"{short(value)} is not a web address; it starts with http:// or https://"
    if pattern.startswith(r"^\d{4}"):
        return f"{short(value)} is not a possible date; write 2026-03-15, 2026-03 or 2026"
    if str(value).startswith(UNSEEN):
        return UNSEEN_SPACES
    if pattern == "^[a-z]{2,3}$":
        comma = ", and put text that holds a comma between quotation marks" if len(str(value)) > 3 else ""
        return f"{short(value)} is not a language; write fr or en{comma}"
    return f"{short(value)} cannot be an id: use at most 64 small letters a-z, digits and hyphens"


def _fields(model: type[BaseModel], keys: Keys) -> list[str]:
    """The names a mapping may hold, one level at a time, for suggestions."""
    nested = Claim if {"positions", "answer"} & set(keys) else Round if "rounds" in keys else model
    return [field.alias or name for name, field in nested.model_fields.items() if name != "id"]
