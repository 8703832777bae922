"""What a button or a link leads to, in the 64 bytes that Telegram gives it.

Every id stands as six characters of its hash, so that a button still works after a restart, and after an edit of
the base unless what it led to is gone. What arrives comes from clients and may be anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from bot.knowledge.model import Base, Election

DATA_BYTES = 64
START_CHARACTERS = 64
DIRECTORIES_KEPT = 64

_DATA = re.compile(
    r"([a-z])(?:\.([\w-]{6})((?:p[\w-]{12}|[ctf][\w-]{6})*))?(?:\.([a-z]*)(\d{1,4})?)?", re.ASCII
)
_TARGET = re.compile(r"p([\w-]{6})([\w-]{6})|([ctf])([\w-]{6})", re.ASCII)

Directory = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Tap:
    """What a button does: an action, in an election, on targets, with a word and a number of its own."""

    action: str
    election: str = ""
    targets: tuple[str, ...] = ()
    word: str = ""
    number: int = 0

    @property
    def target(self) -> str:
        return self.targets[0] if self.targets else ""


@dataclass(frozen=True, slots=True)
class Start:
    """What a link to the bot opens with: an election, an entry of it, or a question."""

    election: str = ""
    target: str = ""
    question: str = ""


@lru_cache(maxsize=4096)
def digest(identifier: str) -> str:
    """Six characters for an id."""
    return base64.urlsafe_b64encode(hashlib.sha256(identifier.encode()).digest())[:6].decode()


class Targets:
    """The ids of one base, as buttons and links name them."""

    def __init__(self, base: Base) -> None:
        self._elections = {digest(identifier): election for identifier, election in base.elections.items()}
        self._base = base
        self._directories: dict[str, Directory] = {}

    # --- buttons ---------------------------------------------------------------------------------------

    def data(self, tap: Tap) -> str:
        """A tap as a button's data; targets that would not fit are left out."""
        text = tap.action
        if tap.election:
            text += f".{digest(tap.election)}"
            election = self._base.elections[tap.election]
            for target in tap.targets:
                text += (
                    written
                    if len(text) + len(written := _written(target, election)) <= DATA_BYTES - 12
                    else ""
                )
        if tap.word or tap.number:
            text += f".{tap.word}{tap.number or ''}"
        return text

    def read(self, data: str) -> Tap | None:
        """The tap that a button's data stands for; None if it is malformed, or if the base no longer has its ids."""
        found = _DATA.fullmatch(data) if len(data) <= DATA_BYTES else None
        if found is None:
            return None
        action, election_digest, targets, word, number = found.groups()
        if election_digest is None:
            return Tap(action, word=word or "", number=int(number or 0))
        election = self._elections.get(election_digest)
        if election is None:
            return None
        directory = self._directory(election)
        read = tuple(_read(match, directory) for match in _TARGET.finditer(targets))
        if not all(read):
            return None
        return Tap(action, election.id, read, word or "", int(number or 0))

    def short(self, target: str, election: str) -> str:
        """An entry in a few characters."""
        return _written(target, self._base.elections[election])

    def long(self, short: str, election: str) -> str:
        """The id of the entry that `short` stands for; nothing if there is none."""
        found, held = _TARGET.fullmatch(short), self._base.elections.get(election)
        return _read(found, self._directory(held)) if found and held else ""

    # --- links -----------------------------------------------------------------------------------------

    def link(self, election: str, target: str = "") -> str:
        """The start parameter that opens an entry; readable if that fits and is clear, else by hashes."""
        parts = target.split("/") if target else []
        if len(self._base.elections) > 1 or not parts or parts[0] in self._base.elections:
            parts = [election, *parts]
        readable = "__".join(parts)
        if len(readable) <= START_CHARACTERS:
            return readable
        return f"z_{digest(election)}{_written(target, self._base.elections[election])}"

    def start(self, parameter: str) -> Start | None:
        """What a start parameter leads to; None if nothing of it is known."""
        return self._readable(parameter) or self._marked(parameter)

    def _marked(self, parameter: str) -> Start | None:
        """A question in URL-safe Base64 after `q_`, or an entry by its hashes after `z_`."""
        if parameter.startswith("q_"):
            question = _decoded(parameter[2:])
            return Start(question=question) if question else None
        tap = self.read(f"a.{parameter[2:]}") if parameter.startswith("z_") else None
        return Start(tap.election, tap.target) if tap and tap.election else None

    def _readable(self, parameter: str) -> Start | None:
        first, *rest = parameter.split("__")
        if first in self._base.elections:
            election = self._base.elections[first]
        elif len(self._base.elections) == 1:
            election, rest = next(iter(self._base.elections.values())), [first, *rest]
        else:
            return None
        target = "/".join(rest)
        return Start(election.id, target) if not target or is_target(target, election) else None

    def _directory(self, election: Election) -> Directory:
        """The ids of an election by their hashes, for candidates, topics and facts; the 64 last made are kept."""
        if election.id not in self._directories:
            if len(self._directories) >= DIRECTORIES_KEPT:
                self._directories.pop(next(iter(self._directories)))
            held = {"c": election.candidates, "t": election.all("topics"), "f": election.all("facts")}
            made = {
                kind: {digest(identifier): identifier for identifier in ids} for kind, ids in held.items()
            }
            self._directories[election.id] = made
        return self._directories[election.id]


def is_target(target: str, election: Election) -> bool:
    """Whether an id, or a candidate's and a topic's, is in an election."""
    candidate, slash, topic = target.partition("/")
    if slash:
        return candidate in election.candidates and election.has("topics", topic)
    return target in election.candidates or election.has("topics", target) or election.has("facts", target)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:  # not of this alphabet, not whole, or no text
        return ""


def _written(target: str, election: Election) -> str:
    candidate, slash, topic = target.partition("/")
    if slash:
        return f"p{digest(candidate)}{digest(topic)}"
    kind = "c" if target in election.candidates else "t" if election.has("topics", target) else "f"
    return kind + digest(target)


def _read(match: re.Match[str], directory: Directory) -> str:
    candidate, topic, kind, identifier = match.groups()
    if candidate is None:
        return directory[kind].get(identifier, "")
    found = directory["c"].get(candidate, ""), directory["t"].get(topic, "")
    return "/".join(found) if all(found) else ""
