"""New YAML in the hand of the bundled files: plain where nobody can misread it, else between double quotes.

What comes back follows a `key:` or a `-`: a space and one value, or a line break and indented lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WIDTH = 110
_ENTRY = 80
"""A list holds longer texts on lines of their own."""

_NARROW = 30
"""Text is never squeezed into less, however far to the right it begins."""

_SENTENCES = ("claim", "description", "note")
"""What is written one language to a line, however short."""

_VERBATIM = ("quote",)
"""What stands between quotation marks, needed or not."""

_PLAIN = re.compile(r"[^\W_](?:[-\w'’./()+%€«»–…;?!&]*)(?: [-\w'’./()+%€«»–…;?!&]+)*")
_PLAIN_WITHIN = re.compile(r"[^\W_](?:[-\w'’./()+%€«»–…;]*)(?: [-\w'’./()+%€«»–…;]+)*")
_ADDRESS = re.compile(r"https?://[\w./?=&%+~-]+")
_MISREAD = re.compile(r"\d[\da-fxo_.+-]*|[\d\W]+|null|true|false|yes|no|on|off|y|n", re.I)
"""Numbers, dates and the like; a text without a letter is taken for one."""

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SPACE = re.compile(r"(?<=\S) (?=\S)")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Hand:
    """How new values are written; with `quoting` no text is left plain, with `firm` no key either."""

    firm: bool = False
    quoting: bool = False

    def after_key(self, key: str, value: Any, indent: int, flow: bool | None = None) -> str:
        """What follows the colon of a key at `indent`; `flow` says whether its neighbours stand on one line."""
        column = indent + len(self.key(key)) + 2
        if key in _VERBATIM:
            return Hand(self.firm, quoting=True)._after(key, value, indent, column, flow)
        return self._after(key, value, indent, column, flow)

    def _after(self, key: str, value: Any, indent: int, column: int, flow: bool | None) -> str:
        if isinstance(value, str):
            return " " + self.scalar(value, column, indent + 2)
        if not value or (flow is None and self._short(key, value, column)) or flow:
            return " " + self.flow(value, column, indent + 2)
        if isinstance(value, Mapping):
            return "\n" + self.mapping(value, indent + 2)
        if all(isinstance(item, str) for item in value) and max(map(len, value)) <= _ENTRY:
            return " " + self.flow(value, column, indent + 2)
        return "\n" + self.sequence(value, indent + 2)

    def after_dash(self, value: Any, indent: int, flow: bool | None = None) -> str:
        """What follows a dash at `indent`."""
        if isinstance(value, str):
            return " " + self.scalar(value, indent + 2, indent + 2)
        texts = all(isinstance(item, str) for item in _values(value))
        written = self.flow(value, indent + 2, indent + 4)
        if flow is None:
            fits = "\n" not in written and indent + 2 + len(written) <= WIDTH
            flow = texts and (isinstance(value, list) or (len(value) < 4 and fits))
        if flow or not value:
            return " " + written
        lines = self.mapping if isinstance(value, Mapping) else self.sequence
        return " " + lines(value, indent + 2).lstrip(" ")

    def mapping(self, values: Mapping[str, Any], indent: int) -> str:
        """Lines of `key: value`."""
        left = " " * indent
        return "\n".join(f"{left}{self.key(k)}:{self.after_key(k, v, indent)}" for k, v in values.items())

    def sequence(self, values: Iterable[Any], indent: int) -> str:
        """Lines of `- value`."""
        return "\n".join(f"{' ' * indent}-{self.after_dash(value, indent)}" for value in values)

    def whole(self, value: Any) -> str:
        """A file of its own, without the last line break."""
        if isinstance(value, str):
            return self.scalar(value, 0, 2)
        if not value:
            return self.flow(value, 0, 2)
        return self.mapping(value, 0) if isinstance(value, Mapping) else self.sequence(value, 0)

    def key(self, key: str) -> str:
        """A key on one line, whatever it is."""
        return key if not self.firm and self._plain(key, within=True) else f'"{"".join(map(escaped, key))}"'

    def flow(self, value: Any, column: int, indent: int) -> str:
        """A value between brackets, broken before an entry that would pass the width."""
        if isinstance(value, str):
            return self.scalar(value, column, indent, within=True)
        mapping = isinstance(value, Mapping)
        text = "{" if mapping else "["
        for n, entry in enumerate(value.items() if mapping else value):
            at = _column(text, column) + 2 * (n > 0)
            written = self.entry(entry, at, indent)
            if n and ("\n" in written or at + len(written) >= WIDTH):
                text += f",\n{' ' * indent}{self.entry(entry, indent, indent)}"
            else:
                text += f"{', ' if n else ''}{written}"
        return text + ("}" if mapping else "]")

    def entry(self, entry: Any, column: int, indent: int) -> str:
        """An entry between brackets: a value, or a pair of a key and a value."""
        if not isinstance(entry, tuple):
            return self.flow(entry, column, indent)
        head = f"{self.key(entry[0])}: "
        return head + self.flow(entry[1], column + len(head), indent)

    def scalar(
        self, text: str, column: int, indent: int, within: bool = False, style: str | None = "", was: str = ""
    ) -> str:
        """A text as one that begins at a column.

        `style` is how the text stood that `was` there: `"`, `'`, or None for plain; a plain date stays plain.
        """
        if column + len(text) < WIDTH and not self.firm:
            if style == "'" and all(c in '"\\' or escaped(c) == c for c in text):
                return "'" + text.replace("'", "''") + "'"
            if style in ("", None) and not self.quoting and self._plain(text, within, was):
                return text
        return _folded(text, column, indent)

    @staticmethod
    def _plain(text: str, within: bool, was: str = "") -> bool:
        """Whether a text can be read as nothing but itself without quotation marks."""
        if _MISREAD.fullmatch(text):
            return bool(_DATE.fullmatch(text) and _DATE.fullmatch(was))
        shape = _PLAIN_WITHIN if within else _PLAIN
        return bool(shape.fullmatch(text) or (not within and _ADDRESS.fullmatch(text)))

    def _short(self, key: str, value: Any, column: int) -> bool:
        """Whether a mapping is one text for each language, and all of it fits on its key's line."""
        if not isinstance(value, Mapping) or key in _SENTENCES:
            return False
        if not all(isinstance(v, str) and _LANGUAGE.fullmatch(k) for k, v in value.items()):
            return False
        written = self.flow(value, column, column)
        return "\n" not in written and column + len(written) <= WIDTH


def escaped(character: str) -> str:
    """A character as it stands between double quotes; what cannot be seen is spelt out."""
    if character in _ESCAPED:
        return _ESCAPED[character]
    # A space that does not break, as French has it before its marks, stays one.
    if character.isprintable() or (character.isspace() and "\xa0" <= character not in "\u2028\u2029"):
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _folded(text: str, column: int, indent: int) -> str:
    """A text between double quotes, over as many lines as it needs: a break at a space reads as that space."""
    left, room = " " * indent, max(WIDTH - indent, _NARROW)
    lines, line, end = [], '"', max(WIDTH - column, _NARROW)
    for n, word in enumerate(_SPACE.split(text)):
        units = [escaped(character) for character in word]
        gap, length = " " if n else "", sum(map(len, units))
        if n and len(line) + 1 + length >= end:
            lines.append(line)
            line, gap, end = "", "", room
        at = 0
        while at < len(units) - 1 and len(line) + len(gap) + length >= end:
            cut = _cut(units, at, max(end - len(line) - len(gap) - 1, 1))
            part = "".join(units[at:cut])
            lines.append(f"{line}{gap}{part}\\")
            # What begins with a space would lose it at the beginning of a line.
            line, gap, end = "\\" * (units[cut] == " "), "", room
            at, length = cut, length - len(part)
        line += gap + "".join(units[at:])
    return f"\n{left}".join([*lines, line]) + '"'


def _cut(units: list[str], at: int, room: int) -> int:
    """Where to break a long word of which `at` is written: after a part of an address if it can be."""
    length, parted, n = 0, 0, at
    while n < len(units) - 1 and length + len(units[n]) <= room:
        length += len(units[n])
        n += 1
        if units[n - 1] == "/":
            parted = n
    return parted or max(n, at + 1)


def _values(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, Mapping) else value


def _column(text: str, column: int) -> int:
    """Where a text that began at a column ends."""
    last = text.rpartition("\n")
    return len(last[2]) + (0 if last[1] else column)
