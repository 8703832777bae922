"""From a folder of YAML to a base and the problems in it; both always come back, neither is an exception."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.document import Document, Keys, Place, Problem, read
from bot.knowledge.model import (
    Base,
    Candidate,
    Description,
    Election,
    Fact,
    Party,
    Person,
    Places,
    Shared,
    Source,
    Topic,
)

FILES = 200_000
Part = TypeVar("Part", bound=BaseModel)

FOLDERS: Mapping[str, type[BaseModel]] = {"topics": Topic, "facts": Fact, "candidates": Candidate}
MAPPINGS: Mapping[str, type[BaseModel]] = {"sources": Source, "parties": Party, "people": Person}
SINGLE: Mapping[str, type[BaseModel]] = {"election": Description, "places": Places}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A base as far as it could be read, and everything that kept it from being read whole."""

    base: Base
    problems: tuple[Problem, ...]
    root: Path

    def place(self, election: str, kind: str, identifier: str | None, keys: Keys = ()) -> Place:
        """Where a value stands, found again by reading its file."""
        folders = [election, *self._includes(election)]
        for folder in folders:
            if kind in FOLDERS:
                path, rest = self.root / folder / kind / f"{identifier}.yaml", keys
            elif kind in MAPPINGS:
                path, rest = self.root / folder / f"{kind}.yaml", ((identifier or ""), *keys)
            else:
                path, rest = self.root / folder / f"{kind}.yaml", keys
            if path.is_file():
                document = read(path, self.root)
                if kind in MAPPINGS and isinstance(document.tree, dict) and identifier not in document.tree:
                    continue
                return document.place(rest)
        return Place(str((self.root / election).relative_to(self.root.parent)))

    def _includes(self, election: str) -> list[str]:
        found = self.base.elections.get(election)
        return found.description.includes if found else []


def load(root: Path) -> Loaded:
    """Read every election below `root`; a missing or empty folder is a problem like any other."""
    if not root.is_dir():
        return Loaded(Base({}, ""), (Problem(Place(str(root)), "there is no such knowledge folder"),), root)
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _Reading(root).load()
    finally:
        if collecting:
            gc.enable()


class _Reading:
    """One pass over a knowledge folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.digest = hashlib.sha256()
        self._shared: dict[str, Shared] = {}

    def load(self) -> Loaded:
        folders = sorted(p for p in self.root.iterdir() if p.is_dir() and not p.name.startswith("."))
        elections = {}
        for folder in folders:
            self._strangers(folder)
            if (folder / "election.yaml").exists():
                election = self._election(folder)
                if election is not None:
                    elections[election.id] = election
            else:
                self._folder(folder.name)
        if not elections and not self.problems:
            message = "no folder here has an election.yaml, so there is no election to answer about"
            self.problems.append(Problem(Place(self.root.name), message))
        base = Base(elections, self.digest.hexdigest()[:12])
        return Loaded(base, tuple(sorted(set(self.problems))), self.root)

    def _election(self, folder: Path) -> Election | None:
        description = self._single(folder / "election.yaml", Description)
        own = self._folder(folder.name)
        candidates = self._each(folder / "candidates", Candidate)
        if not isinstance(description, Description):
            return None
        for index, name in enumerate(description.includes):
            if not (self.root / name).is_dir():
                document = self._read(folder / "election.yaml")
                others = [p.name for p in self.root.iterdir() if p.is_dir() and p.name != folder.name]
                message = f"there is no folder '{name}' to include{suggest(name, others)}"
                self.problems.append(Problem(document.place(("includes", index)), message))
        included = tuple(self._folder(name) for name in description.includes if (self.root / name).is_dir())
        return Election(folder.name, description, candidates, own, included)

    def _folder(self, name: str) -> Shared:
        if name not in self._shared:
            folder = self.root / name
            places = self._single(folder / "places.yaml", Places) if (folder / "places.yaml").exists() else None
            self._shared[name] = Shared(
                topics=self._each(folder / "topics", Topic),
                facts=self._each(folder / "facts", Fact),
                sources=self._mapping(folder / "sources.yaml", Source),
                parties=self._mapping(folder / "parties.yaml", Party),
                people=self._mapping(folder / "people.yaml", Person),
                places=places or Places(),
            )
        return self._shared[name]

    def _strangers(self, folder: Path) -> None:
        """A file that nothing reads is a mistake someone made in its name."""
        expected = {f"{name}.yaml" for name in (*MAPPINGS, *SINGLE)} | set(FOLDERS)
        for path in sorted(folder.iterdir()):
            if path.name in expected or path.name.startswith(".") or path.suffix in (".md", ".csv"):
                continue
            message = f"nothing reads this file{suggest(path.name, expected)}"
            self.problems.append(Problem(Place(str(path.relative_to(self.root.parent))), message))

    def _each(self, folder: Path, model: type[Part]) -> dict[str, Part]:
        parts: dict[str, Part] = {}
        if not folder.is_dir():
            return parts
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") or path.suffix == ".md":
                continue
            if path.suffix != ".yaml":
                place = Place(str(path.relative_to(self.root.parent)))
                self.problems.append(Problem(place, "nothing reads this file; its name must end in .yaml"))
                continue
            part = self._single(path, model, {"id": path.stem})
            if part is not None:
                parts[path.stem] = part
        return parts

    def _mapping(self, path: Path, model: type[Part]) -> dict[str, Part]:
        if not path.exists():
            return {}
        document = self._read(path)
        if document.tree in (None, ""):
            return {}
        parts: dict[str, Part] = {}
        if not isinstance(document.tree, dict):
            message = f"this file must map ids to {path.stem}"
            self.problems.append(Problem(Place(document.name), message))
            return {}
        for identifier, value in document.tree.items():
            part = self._validated(document, model, value, (identifier,))
            if part is not None:
                parts[identifier] = part
        return parts

    def _single(self, path: Path, model: type[Part], extra: dict[str, str] | None = None) -> Part | None:
        document = self._read(path)
        if document.problems and document.tree is None:
            return None
        tree = document.tree
        if not isinstance(tree, dict):
            message = "this file is empty; fill it in or remove it" if tree in (None, "") else "this file must hold `key: value` lines"
            self.problems.append(Problem(Place(document.name), message))
            return None
        if extra and "id" in tree:
            message = "the file's name is the id; remove this line"
            self.problems.append(Problem(document.place(("id",)), message))
        return self._validated(document, model, {**tree, **(extra or {})}, ())

    def _read(self, path: Path) -> Document:
        document = read(path, self.root)
        self.problems.extend(document.problems)
        self.digest.update(f"{document.name}\0{document.text}\0".encode())
        return document

    def _validated(self, document: Document, model: type[Part], value: Any, at: Keys) -> Part | None:
        try:
            return _adapter(model).validate_python(value)
        except ValidationError as error:
            self.problems.extend(_explained(error, document, model, at))
            return None


_adapters: dict[type[BaseModel], TypeAdapter[Any]] = {}


def _adapter(model: type[Part]) -> TypeAdapter[Part]:
    return _adapters.setdefault(model, TypeAdapter(model))


def suggest(word: str, known: Any) -> str:
    """`; did you mean 'x'?` when something known is close, else nothing."""
    best = process.extractOne(word, list(known), scorer=OSA.normalized_similarity, score_cutoff=0.6)
    return f"; did you mean '{best[0]}'?" if best else ""


def _explained(error: ValidationError, document: Document, model: type[BaseModel], at: Keys) -> Iterator[Problem]:
    """Each of pydantic's errors as a sentence for someone who writes YAML."""
    for detail in error.errors(include_url=False):
        keys: Keys = (*at, *(k for k in detail["loc"] if k != "[key]"))
        kind, context = detail["type"], detail.get("ctx", {})
        last = str(keys[-1]) if keys else ""
        if kind == "missing":
            message = f"'{last}' is missing here"
            keys = keys[:-1]
        elif kind == "extra_forbidden":
            message = f"'{last}' is not known here{suggest(last, _fields(model, keys[len(at) : -1]))}"
        elif kind == "string_type":
            message = f"'{last}' must be text"
        elif kind in ("dict_type", "model_type", "model_attributes_type"):
            message = f"'{last}' must hold `key: value` lines" if last else "this must hold `key: value` lines"
        elif kind == "list_type":
            message = f"'{last}' must be a list: one line for each, starting with `- `"
        elif kind == "string_too_long":
            message = f"this is too long: at most {context['max_length']} characters"
        elif kind in ("string_too_short", "too_short"):
            message = f"'{last}' is empty"
        elif kind == "too_long":
            message = f"'{last}' has too many entries: at most {context['max_length']}"
        elif kind == "string_pattern_mismatch":
            message = _pattern_message(context["pattern"], detail["input"])
        elif kind.startswith(("date", "time")):
            example = "2026-03-15" if kind.startswith("date") else '"08:00"'
            message = f"{detail['input']!r} is not a possible {kind.split('_')[0]}; write it as {example}"
        elif kind == "enum":
            message = f"{detail['input']!r} is not one of {context['expected']}"
        else:
            message = detail["msg"].removeprefix("Value error, ")
        yield Problem(document.place(keys), message)


def _pattern_message(pattern: str, value: object) -> str:
    if pattern.startswith("^https?"):
        return f"{value!r} is not a web address; it starts with https://"
    if pattern.startswith(r"^\d{4}"):
        return f"{value!r} is not a possible date; write 2026-03-15, 2026-03 or 2026"
    if pattern == "^[a-z]{2,3}$":
        return f"{value!r} is not a language; write fr or en"
    return f"{value!r} cannot be an id: use small letters a-z, digits and hyphens"


def _fields(model: type[BaseModel], keys: Keys) -> list[str]:
    """The names a mapping may hold, one level at a time, for suggestions."""
    from bot.knowledge.model import Claim, Round

    nested: type[BaseModel] = model
    if "positions" in keys or "answer" in keys:
        nested = Claim
    elif "rounds" in keys:
        nested = Round
    return [field.alias or name for name, field in nested.model_fields.items() if name != "id"]


