"""The little pattern language of the language files, made into one regular expression for each list.

`(a|b c)` one of several · `[a]` may be left out · `…` up to six words between · `word*` any ending ·
`<candidate>` a candidate, by name or role · `<name>` only by name · `^` and `$` start and end of what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.language.text import fold

CANDIDATE = "@candidate"
ROLE = "@candidate-role"
_PIECE = re.compile(r"<candidate>|<name>|…|[()\[\]|^$]|[^\s()\[\]|^$…<>]+|<|>")


class PatternError(ValueError):
    """A pattern that cannot be read; the message says why."""


def compiled(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression that finds any of the patterns in text made by `line`."""
    parts = [_expression(pattern) for pattern in patterns]
    return re.compile("|".join(f"(?:{part})" for part in parts) or r"(?!)")


def line(words: Iterable[str]) -> str:
    """Words as the text that compiled patterns search: each with one space before it, and one at the end."""
    return " " + " ".join(words) + " "


def _expression(pattern: str) -> str:
    depth: list[str] = []
    out: list[str] = []
    for piece in _PIECE.findall(pattern):
        if piece == "(":
            depth.append(")")
            out.append("(?:")
        elif piece == "[":
            depth.append("]")
            out.append("(?:")
        elif piece in ")]":
            if not depth or depth.pop() != piece:
                raise PatternError(f"{pattern!r}: this {piece!r} closes nothing")
            out.append(")?" if piece == "]" else ")")
        elif piece == "|":
            out.append("|")
        elif piece == "…":
            out.append(r"(?: \S+){0,6}?")
        elif piece == "^":
            out.append("^")
        elif piece == "$":
            out.append(" $")
        elif piece in "<>":
            raise PatternError(f"{pattern!r}: only <candidate> and <name> may stand between < and >")
        else:
            out.append(_word(piece))
    if depth:
        raise PatternError(f"{pattern!r}: a bracket is left open")
    return "".join(out)


def _word(piece: str) -> str:
    if piece == "<candidate>":
        return rf" {CANDIDATE}(?:-role)?(?= )"
    if piece == "<name>":
        return rf" {CANDIDATE}(?= )"
    words = [re.escape(w) for w in re.split(r"['’\-]", fold(piece.rstrip("*"))) if w]
    ending = r"[^ ]*" if piece.endswith("*") else ""
    return "".join(f" {w}" for w in words) + ending + "(?= )"
