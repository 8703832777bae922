"""How what was typed after `election-bot` is refused: in one sentence of the reader's language, with what to type."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.channels.opening import Expected, Refused

if TYPE_CHECKING:
    from bot.dialogue.wording import Wording

    Choice = click.Choice[str]
    Type = click.ParamType[str]
else:
    Choice, Type = click.Choice, click.ParamType  # takes no type before click 8.2

PROGRAM = "election-bot"
DIGITS = 60
ERRORS = {
    errno.EACCES: "no_right",
    errno.EPERM: "no_right",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EISDIR: "is_folder",
    errno.ENOTDIR: "is_file",
    errno.EROFS: "read_only",
    errno.EADDRNOTAVAIL: "no_address",
    socket.EAI_NONAME: "no_address",
}
"""What the system refuses most often, by the names of the sentences in the wording."""
FAULTS = {
    "InvalidPasswordError": "password",
    "InvalidAuthorizationSpecificationError": "password",
    "InvalidCatalogNameError": "no_database",
    "ConnectionRefusedError": "silent",
    "ConnectionDoesNotExistError": "silent",
    "TimeoutError": "silent",
    "gaierror": "silent",
    "OSError": "silent",
    "FileNotFoundError": "no_such",
    "PermissionError": "no_right",
    "SQLITE_CANTOPEN": "no_such",
    "SQLITE_READONLY": "read_only",
    "SQLITE_FULL": "full",
    "SQLITE_NOTADB": "foreign",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_BUSY": "busy",
    "SQLITE_LOCKED": "busy",
}
"""What a database refuses most often, by the names of the sentences in the wording."""
METAVARS = {"DIR": "folder", "FILE": "file", "DATE": "date", "NAME": "name", "ID": "id"}
"""What an option wants that takes any text, by how `--help` calls it."""


class OneOf(Choice):
    """One of a few words; a slip in it is met with the word that is nearest."""

    def convert(self, value: Any, param: object, ctx: object) -> str:  # noqa: ARG002 - click gives them
        if value in self.choices:
            return str(value)
        close = get_close_matches(str(value), self.choices, 1)
        if close:
            raise Refused("did_you_mean", value=value, close=close[0])
        raise Refused("one_of", value=str(value)[:DIGITS], choices=", ".join(self.choices))


class Writable(Type):
    """A file to be written, looked at before the work that fills it: its ending, and whether it can be there."""

    name = "file"

    def __init__(self, ending: str = "") -> None:
        self.ending = ending

    def convert(self, value: Any, param: object, ctx: object) -> str:  # noqa: ARG002 - click gives them
        path = Path(value)
        try:
            regular = path.is_file() or not path.exists()
        except OSError as error:
            raise Refused("no_writing", file=path, error=error) from None
        if path.is_dir():
            raise _no_writing(path, errno.EISDIR)
        if regular and self.ending and path.suffix.lower() != self.ending:
            raise Refused("bad_ending", file=path, ending=self.ending)
        if regular:
            may_write(path)
        return str(value)


def may_write(path: Path, anew: bool = False) -> None:
    """Refuse a file whose folder is missing or closed; `anew`, folders that are missing will be made."""
    folder = path.absolute().parent
    while anew and not folder.exists():
        folder = folder.parent
    if not folder.exists():
        raise _no_writing(path, errno.ENOENT)
    if not folder.is_dir():
        raise _no_writing(path, errno.ENOTDIR)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _no_writing(path, errno.EACCES)


def _no_writing(path: Path, number: int) -> Refused:
    return Refused("no_writing", file=path, error=OSError(number, os.strerror(number)))


class Step(click.IntRange):
    """The number of a step of the log."""

    def convert(self, value: Any, param: object, ctx: object) -> int:  # noqa: ARG002 - click gives them
        text = str(value)
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < DIGITS else 0
        if not number:
            raise Refused("no_number_of_a_step", value=text[:DIGITS])
        return number


def worded(error: click.UsageError) -> Refused:
    """The sentence for something that cannot be typed so, and the command whose help tells more."""
    command = PROGRAM if error.ctx is None or error.ctx.parent is None else f"{PROGRAM} {error.ctx.info_name}"
    if isinstance(error, click.NoSuchOption):
        return Refused("no_option", option=error.option_name, command=command)
    if isinstance(error, click.BadOptionUsage):
        params = error.ctx.command.params if error.ctx else ()
        named = next((param for param in params if error.option_name in param.opts), None)
        return _bad_option(error.option_name, named, command)
    if isinstance(error, click.MissingParameter) and isinstance(error.param, click.Argument):
        choices = getattr(error.param.type, "choices", ())
        return Refused(f"missing.{error.param.name}", choices=", ".join(choices))
    if isinstance(error, click.BadParameter):
        name = error.param.opts[0] if error.param else ""
        return _bad_option(name, error.param, command)
    return Refused("extra_argument", command=command)


def _bad_option(name: str, param: click.Parameter | None, command: str) -> Refused:
    if getattr(param, "is_flag", False):
        return Refused("no_value", option=name, command=command)
    return Refused("bad_option", option=name, command=command, expected=_expected(param))


def _expected(param: click.Parameter | None) -> Expected:
    """What an option can be, from its type, or from how it is called where any text will do."""
    kind = param.type if param else None
    if isinstance(kind, click.IntRange) and kind.max is not None:
        return Expected("whole", {"least": kind.min, "most": kind.max})
    if isinstance(kind, click.types.IntParamType):
        return Expected("any_whole", {})
    if isinstance(kind, click.Choice):
        return Expected("one_of", {"choices": ", ".join(kind.choices)})
    return Expected(METAVARS.get(getattr(param, "metavar", None) or "", "value"), {})


def told(values: Mapping[str, object], say: Wording) -> Iterator[tuple[str, object]]:
    """The values of a sentence, with what is wrong with a base, or with a file, in the reader's language too."""
    from bot.dialogue import problems
    from bot.knowledge.document import Problem

    for name, value in values.items():
        if isinstance(value, Problem):
            yield name, problems.told(value, say)
        elif isinstance(value, OSError):
            yield name, _refusal(value, values.get("file"), say)
        elif isinstance(value, Expected):
            yield name, say(f"terminal.expected.{value.key}", **value.values)
        elif name == "fault":
            yield name, _fault(str(value), say)
        else:
            yield name, value


def _fault(name: str, say: Wording) -> str:
    """What is the matter with a database, in words if it is among the usual."""
    key = FAULTS.get(name) or FAULTS.get("_".join(name.split("_")[:2]))
    return say(f"terminal.faults.{key}") if key else say("terminal.faults.other", name=name)


def _refusal(error: OSError, file: object, say: Wording) -> str:
    """Why the system did not do something, of a file that was to be written or of anything."""
    place = Path(str(file or error.filename or "")).absolute()
    folder = place.parent
    key = ERRORS.get(error.errno or 0)
    if error.errno == errno.ENOENT:
        key = "no_folder" if file and not folder.exists() else "no_such"
    return say(f"terminal.errors.{key}", folder=folder, place=place) if key else str(error.strerror or error)
