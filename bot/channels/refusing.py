"""How what was typed after `election-bot` is refused: in one sentence of the reader's language, with what to type."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.channels.opening import Refused

if TYPE_CHECKING:
    from bot.dialogue.wording import Wording

    Choice = click.Choice[str]
else:
    Choice = click.Choice  # takes no type before click 8.2

DIGITS = 60
ERRORS = {
    errno.EACCES: "no_right",
    errno.EPERM: "no_right",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EISDIR: "is_folder",
    errno.ENOTDIR: "is_file",
    errno.EROFS: "read_only",
}
"""What the system refuses most often, by the names of the sentences in the wording."""


class OneOf(Choice):
    """One of a few words; a slip in it is met with the word that is nearest."""

    def convert(self, value: Any, param: object, ctx: object) -> str:  # noqa: ARG002 - click gives them
        if value in self.choices:
            return str(value)
        close = get_close_matches(str(value), self.choices, 1)
        if close:
            raise Refused("did_you_mean", value=value, close=close[0])
        raise Refused("one_of", value=str(value)[:DIGITS], choices=", ".join(self.choices))


class Step(click.IntRange):
    """The number of a step of the log."""

    def convert(self, value: Any, param: object, ctx: object) -> int:  # noqa: ARG002 - click gives them
        text = str(value)
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < DIGITS else 0
        if not number:
            raise Refused("no_number_of_a_step", value=text[:DIGITS])
        return number


def worded(error: click.UsageError) -> Refused:
    """The sentence for something that cannot be typed so."""
    if isinstance(error, click.NoSuchOption):
        return Refused("no_option", option=error.option_name)
    if isinstance(error, click.BadOptionUsage):
        return Refused("bad_option", option=error.option_name)
    if isinstance(error, click.MissingParameter) and isinstance(error.param, click.Argument):
        choices = getattr(error.param.type, "choices", ())
        return Refused(f"missing.{error.param.name}", choices=", ".join(choices))
    if isinstance(error, click.BadParameter):
        hint = error.param.get_error_hint(error.ctx) if error.param and error.ctx else ""
        return Refused("bad_option", option=hint.strip("'"))
    return Refused("extra_argument")


def told(values: Mapping[str, object], say: Wording) -> Iterator[tuple[str, object]]:
    """The values of a sentence, with what is wrong with a base, or with a file, in the reader's language too."""
    from bot.dialogue import problems
    from bot.knowledge.document import Problem

    for name, value in values.items():
        if isinstance(value, Problem):
            yield name, problems.told(value, say)
        elif isinstance(value, OSError):
            yield name, _refusal(value, values.get("file"), say)
        else:
            yield name, value


def _refusal(error: OSError, file: object, say: Wording) -> str:
    """Why the system did not do something, of a file that was to be written or of anything."""
    folder = Path(str(file or error.filename or "")).absolute().parent
    key = ERRORS.get(error.errno or 0)
    if error.errno == errno.ENOENT:
        key = "no_folder" if file and not folder.exists() else "no_such"
    return say(f"terminal.errors.{key}", folder=folder) if key else str(error.strerror or error)
