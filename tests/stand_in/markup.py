"""HTML as the Bot API documents it: what is not documented is refused.

Stricter than Telegram in four places where Telegram guesses and the documentation says "must": a bare `&` or `>`, an
unknown entity such as `&nbsp;`, an undocumented attribute, and entities nested where they may not be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.stand_in.refusing import Refused
from tests.stand_in.texts import Entity, units

STYLES = {
    **{"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline"},
    **{"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough"},
    **{"tg-spoiler": "spoiler", "span": "spoiler"},
}
OTHERS = {
    **{"a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote"},
    **{"tg-emoji": "custom_emoji", "tg-time": "date_time"},
}
KINDS = {**STYLES, **OTHERS}
ATTRIBUTES = {
    **{
        "a": {"href"},
        "span": {"class"},
        "tg-spoiler": set(),
        "code": {"class"},
        "blockquote": {"expandable"},
    },
    **{"tg-emoji": {"emoji-id"}, "tg-time": {"unix", "format"}},
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

SPECIAL = re.compile(r"[<>]")
REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,8})|#[xX]([0-9a-fA-F]{1,6}));")
VALUE = r"""(?:\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([\w.-]+)))?"""
ATTRIBUTE = re.compile(r"""\s+([^\s=<>"'/]+)""" + VALUE)
START = re.compile(r"""<([^\s<>/]*)((?:\s+[^\s=<>"'/]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[\w.-]+))?)*)\s*>""")
END = re.compile(r"</([^\s<>]*)\s*>")


@dataclass
class Open:
    """A tag that waits for its end."""

    tag: str
    attributes: dict[str, str]
    offset: int


def parse(html: str) -> tuple[str, list[Entity]]:
    """The plain text and its entities, or what Telegram says about the HTML."""
    reader = Reader(html)
    reader.read()
    return "".join(reader.text), sorted(reader.entities, key=lambda e: (e["offset"], -e["length"]))


def decoded(html: str, begin: int, end: int) -> str:
    """A part of the HTML with its character references replaced; refuses those that Telegram does not know."""
    parts, at = [], begin
    while (amp := html.find("&", at, end)) >= 0:
        match = REFERENCE.match(html, amp, end)
        character = _character(match) if match else ""
        if not match or not character:
            raise _error(f"Unescaped or unknown entity {html[amp : amp + 8]!r}", html, amp)
        parts += [html[at:amp], character]
        at = match.end()
    return "".join([*parts, html[at:end]])


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return NAMED[match[1]]
    code = int(match[2]) if match[2] else int(match[3], 16)
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


def _error(problem: str, html: str, at: int | None = None) -> Refused:
    where = "" if at is None else f" at byte offset {len(html[:at].encode())}"
    return Refused(f"can't parse entities: {problem}{where}")


class Reader:
    """Walks through HTML once, from tag to tag."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.text: list[str] = []
        self.length = 0
        self.open: list[Open] = []
        self.entities: list[Entity] = []

    def read(self) -> None:
        """Everything, or an error at the first thing that is wrong."""
        html, at = self.html, 0
        while match := SPECIAL.search(html, at):
            begin = match.start()
            self._add(decoded(html, at, begin))
            if html[begin] == ">":
                raise _error('Unescaped ">"', html, begin)
            elif html.startswith("</", begin):
                at = self._end(begin)
            else:
                at = self._start(begin)
        self._add(decoded(html, at, len(html)))
        if self.open:
            raise _error(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"', html)

    def _add(self, piece: str) -> None:
        if piece:
            self.text.append(piece)
            self.length += units(piece)

    def _start(self, begin: int) -> int:
        match = START.match(self.html, begin)
        if not match:
            name = re.match(r"<([^\s<>]*)", self.html[begin:])
            tag = name[1].lower() if name else ""
            problem = "Unclosed start tag" if tag in KINDS or not tag else f'Unsupported start tag "{tag}"'
            raise _error(problem, self.html, begin)
        tag = match[1].lower()
        if tag not in KINDS:
            raise _error(f'Unsupported start tag "{tag}"', self.html, begin)
        attributes = {}
        for found in ATTRIBUTE.finditer(match[2]):
            attribute, group = found[1].lower(), found.lastindex or 1
            if attribute not in ATTRIBUTES.get(tag, set()):
                raise _error(f'Unexpected attribute "{attribute}" in the tag "{tag}"', self.html, begin)
            begins, ends = (match.start(2) + at for at in found.span(group))
            attributes[attribute] = decoded(self.html, begins, ends) if group > 1 else ""
        self._may_stand_here(tag, attributes, begin)
        self.open.append(Open(tag, attributes, self.length))
        return match.end()

    def _may_stand_here(self, tag: str, attributes: dict[str, str], begin: int) -> None:
        kind, outer = KINDS[tag], [KINDS[o.tag] for o in self.open]
        in_pre = (
            outer[-1:] == ["pre"] and tag == "code" and not self.html[:begin].rstrip().endswith("</code>")
        )
        if ("pre" in outer or "code" in outer) and not in_pre:
            raise _error(f'Tag "{tag}" can\'t be inside "{outer[-1]}"', self.html, begin)
        if kind in outer and kind in ("blockquote", "text_link"):
            raise _error(f'Tag "{tag}" can\'t be nested', self.html, begin)
        if (
            kind in ("pre", "code")
            and not in_pre
            and any(o in STYLES.values() or o == "text_link" for o in outer)
        ):
            raise _error(f'Tag "{tag}" can\'t be part of another entity', self.html, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _error('Tag "span" must have class "tg-spoiler"', self.html, begin)
        if (
            tag == "code"
            and "class" in attributes
            and not (in_pre and attributes["class"].startswith("language-"))
        ):
            raise _error('Tag "code" has a class only inside "pre"', self.html, begin)
        if tag == "a" and not re.match(
            r"(https?|tg|mailto|tel|ton)://?\S+|(mailto|tel):\S+", attributes.get("href", "")
        ):
            raise _error('Tag "a" must have a valid "href"', self.html, begin)
        needed = {"tg-emoji": "emoji-id", "tg-time": "unix"}.get(tag)
        if needed and not re.fullmatch(r"\d{1,19}", attributes.get(needed, "")):
            raise _error(f'Tag "{tag}" must have a number in "{needed}"', self.html, begin)

    def _end(self, begin: int) -> int:
        match = END.match(self.html, begin)
        if not match:
            raise _error("Unclosed end tag", self.html, begin)
        if not self.open:
            raise _error("Unexpected end tag", self.html, begin)
        last = self.open.pop()
        if match[1].lower() != last.tag:
            problem = f'Unmatched end tag, expected "</{last.tag}>", found "</{match[1]}>"'
            raise _error(problem, self.html, begin)
        if self.length > last.offset:
            self._close(last)
        return match.end()

    def _close(self, last: Open) -> None:
        kind = KINDS[last.tag]
        extra: dict[str, str | int] = {}
        if last.tag == "code" and self.open and self.open[-1].tag == "pre":
            if language := last.attributes.get("class", "").removeprefix("language-"):
                self.open[-1].attributes["language"] = language
            return
        if kind == "text_link":
            extra = {"url": last.attributes["href"]}
        elif kind == "pre" and "language" in last.attributes:
            extra = {"language": last.attributes["language"]}
        elif kind == "blockquote" and "expandable" in last.attributes:
            kind = "expandable_blockquote"
        elif kind == "custom_emoji":
            extra = {"custom_emoji_id": last.attributes["emoji-id"]}
        elif kind == "date_time":
            extra = {"unix_time": int(last.attributes["unix"])}
        self.entities.append(
            {"type": kind, "offset": last.offset, "length": self.length - last.offset, **extra}
        )
