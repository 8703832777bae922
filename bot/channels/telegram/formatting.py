"""A reply as Telegram messages: HTML that nests and closes, each at most 4,096 UTF-16 units long as it is read."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from bot.dialogue.reply import Line, Reply, Statement
from bot.dialogue.wording import wording

LIMIT = 4096

_TAGS = re.compile(r"<[^>]*>")
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some lines that stay together, as HTML, and their length as Telegram counts it."""

    html: str
    units: int
    tight: bool = False
    """Whether it follows the one before it without an empty line."""

    @property
    def gap(self) -> str:
        return "\n" if self.tight else "\n\n"


@dataclass(frozen=True, slots=True)
class Form:
    """How much of a reply is shown; the same for everyone in it."""

    quotes: bool = True
    statements: int | None = None
    """At most this many statements under each heading."""


WHOLE = Form()
SHORTER = (Form(quotes=False), Form(quotes=False, statements=2), Form(quotes=False, statements=1))


def escaped(text: str) -> str:
    """Text that Telegram shows as it is."""
    return html.escape(_UNSHOWN.sub(" ", text), quote=False)


def link(text: str, url: str | None) -> str:
    return f'<a href="{html.escape(_UNSHOWN.sub("", url))}">{escaped(text)}</a>' if url else escaped(text)


def units(marked: str) -> int:
    """The length of HTML as it is read, in UTF-16 code units."""
    return len(html.unescape(_TAGS.sub("", marked)).encode("utf-16-le")) // 2


def paragraph(*lines: str, tight: bool = False) -> Paragraph:
    marked = "\n".join(line for line in lines if line)
    return Paragraph(marked, units(marked), tight)


def messages(paragraphs: Iterable[Paragraph]) -> list[str]:
    """The texts of as few messages as hold the paragraphs, in order; none is cut unless it alone is too long."""
    texts: list[str] = []
    room = 0
    for each in (piece for p in paragraphs for piece in _pieces(p)):
        needed = len(each.gap) + each.units
        if texts and needed <= room:
            texts[-1] += each.gap + each.html
            room -= needed
        else:
            texts.append(each.html)
            room = LIMIT - each.units
    return texts


def _pieces(whole: Paragraph) -> Iterator[Paragraph]:
    """A paragraph, or if it is too long for a message its bare text in parts that are not."""
    if whole.units <= LIMIT:
        yield whole
        return
    words = html.unescape(_TAGS.sub("", whole.html))
    while words:
        end = LIMIT // 2
        if len(words) > end and (space := words.rfind(" ", 1, end)) > 0:
            end = space
        yield paragraph(escaped(words[:end]))
        words = words[end:].lstrip()


def paragraphs(reply: Reply, about: str = "", form: Form = WHOLE) -> list[Paragraph]:
    """The paragraphs of a reply: what was understood, with a line about it, then its parts."""
    colon = wording(reply.language)("colon")
    found = []
    if reply.understood:
        line = f"<i>{escaped(about)}</i>" if about else ""
        found.append(paragraph(f"<b>{escaped(reply.understood)}</b>", line))
    before: Line | Statement | None = None
    headings: list[str] = []
    shown = 0
    for part, following in zip_longest(reply.parts, reply.parts[1:]):
        if isinstance(part, Statement):
            shown += 1
            if form.statements is None or shown <= form.statements:
                last = shown == form.statements or not isinstance(following, Statement)
                sourced = last or part.source != getattr(following, "source", None)
                lines = [*headings, *_statement(part, form.quotes, sourced)]
                found.append(paragraph(*lines, tight=isinstance(before, Statement)))
            headings = []
        elif part.heading and isinstance(following, Statement):
            headings, shown = [_heading(part, colon)], 0
        elif part.heading:
            found.append(paragraph(_heading(part, colon), tight=_alike(before, part)))
        else:
            found.append(paragraph(link(part.text, part.url), tight=_alike(before, part)))
        before = part
    return found


def _heading(line: Line, colon: str) -> str:
    """A heading; of one that says more than a name, the name stands out."""
    name, between, rest = line.text.partition(colon)
    return f"<b>{escaped(name)}</b>{escaped(between + rest)}"


def _alike(before: Line | Statement | None, line: Line) -> bool:
    return isinstance(before, Line) and before.heading == line.heading


def _statement(statement: Statement, quotes: bool, sourced: bool) -> Iterator[str]:
    """A claim, its quote and note; its source too, unless the next statement is from the same one."""
    yield f"• {escaped(statement.text)}"
    if statement.quote and quotes:
        yield f"<blockquote expandable>{escaped(statement.quote)}</blockquote>"
    if statement.note and quotes:
        yield f"<i>({escaped(statement.note)})</i>"
    if sourced:
        yield link(statement.source_line, statement.url)


def shortened(reply: Reply, note: str, about: str = "") -> str:
    """A reply as one message: whole if it is short, else shortened in the same way for everyone, which `note` says."""
    whole = paragraphs(reply, about, SHORTER[0])
    if sum(p.units for p in whole) <= LIMIT // 3:
        return messages(whole)[0]
    for form in SHORTER[1:]:
        found = [*paragraphs(reply, about, form), paragraph(f"<i>{escaped(note)}</i>")]
        texts = messages(found)
        if len(texts) == 1:
            return texts[0]
    names = (paragraph(p.html.partition("\n")[0]) for p in found if "<b>" in p.html)
    return messages([*names, found[-1]])[0]
