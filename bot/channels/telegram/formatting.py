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
    opening: str = ""
    """What stands above it where it begins a message, so that nobody's words are without their owner."""
    closing: str = ""
    """What stands below it where it ends a message, so that no claim is without its source."""

    @property
    def gap(self) -> str:
        return "\n" if self.tight else "\n\n"

    @property
    def around(self) -> int:
        """How much longer it may become at the edge of a message."""
        return sum(units(edge) + 1 for edge in (self.opening, self.closing) if edge)


@dataclass(frozen=True, slots=True)
class Form:
    """How much of a reply is shown; the same for everyone in it."""

    quotes: bool = True
    notes: bool = True
    statements: int | None = None
    """At most this many statements under each heading."""


WHOLE = Form()
SHORT = Form(quotes=False)
SHORTER = tuple(Form(quotes=False, notes=False, statements=most) for most in (2, 1, 0))


def escaped(text: str) -> str:
    """Text that Telegram shows as it is."""
    return html.escape(_UNSHOWN.sub(" ", text), quote=False)


def link(text: str, url: str | None) -> str:
    return f'<a href="{html.escape(_UNSHOWN.sub("", url))}">{escaped(text)}</a>' if url else escaped(text)


def units(marked: str) -> int:
    """The length of HTML as it is read, in UTF-16 code units."""
    return len(html.unescape(_TAGS.sub("", marked)).encode("utf-16-le")) // 2


def paragraph(*lines: str, tight: bool = False, opening: str = "", closing: str = "") -> Paragraph:
    marked = "\n".join(line for line in lines if line)
    return Paragraph(marked, units(marked), tight, opening, closing)


def messages(paragraphs: Iterable[Paragraph]) -> list[str]:
    """The texts of as few messages as hold the paragraphs, in order; none is cut unless it alone is too long."""
    texts: list[str] = []
    room, owed = 0, ""
    for each in (piece for p in paragraphs for piece in _pieces(p)):
        needed = len(each.gap) + each.units
        if texts and needed + (units(each.closing) + 1 if each.closing else 0) <= room:
            texts[-1] += each.gap + each.html
            room -= needed
        else:
            if owed:
                texts[-1] += f"\n{owed}"
            texts.append(f"{each.opening}\n{each.html}" if texts and each.opening else each.html)
            room = LIMIT - units(texts[-1])
        owed = each.closing
    return texts


def _pieces(whole: Paragraph) -> Iterator[Paragraph]:
    """A paragraph, or if it is too long for a message its bare text in parts that are not."""
    if whole.units + whole.around <= LIMIT:
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
    understood = _bold(reply.understood) if reply.understood else ""
    found = [paragraph(understood, f"<i>{escaped(about)}</i>" if about else "")] if understood else []
    heading, shown = "", 0
    before: Line | Statement | None = None
    for part, following in zip_longest(reply.parts, reply.parts[1:]):
        if isinstance(part, Statement):
            shown += 1
            if form.statements is None or shown <= form.statements:
                last = shown == form.statements or not _goes_on(part, following)
                found.append(_told(part, form, (understood, heading), shown == 1, last))
        elif part.heading:
            heading, shown = _heading(part, wording(reply.language)("colon")), 0
            if form.statements == 0 or not isinstance(following, Statement):
                found.append(paragraph(heading, tight=_alike(before, part), opening=understood))
        else:
            heading, shown = "", 0
            found.append(paragraph(link(part.text, part.url), tight=_alike(before, part), opening=understood))
        before = part
    return found


def _told(part: Statement, form: Form, above: tuple[str, str], first: bool, last: bool) -> Paragraph:
    """A claim with its quote and note; under the heading if it is the first, with the source if it is the last."""
    understood, heading = above
    lines = [heading] if first else []
    lines.append(f"• {escaped(part.text)}")
    if part.quote and form.quotes:
        lines.append(f"<blockquote expandable>{escaped(part.quote)}</blockquote>")
    if part.note and form.notes:
        lines.append(f"<i>({escaped(part.note)})</i>")
    source = link(part.source_line, part.url)
    above_it = "\n".join(line for line in (understood, "" if first else heading) if line)
    if last:
        return paragraph(*lines, source, tight=not first, opening=above_it)
    return paragraph(*lines, tight=not first, opening=above_it, closing=source)


def _goes_on(part: Statement, following: Line | Statement | None) -> bool:
    """Whether the next statement is from the same source, which is then named once, below it."""
    return isinstance(following, Statement) and following.source == part.source


def _heading(line: Line, colon: str) -> str:
    """A heading; of one that says more than a name, the name stands out."""
    name, between, rest = line.text.partition(colon)
    return f"{_bold(name)}{escaped(between + rest)}"


def _bold(text: str) -> str:
    return f"<b>{escaped(' '.join(text.split()))}</b>"


def _alike(before: Line | Statement | None, line: Line) -> bool:
    return isinstance(before, Line) and before.heading == line.heading


def shortened(reply: Reply, note: str, about: str = "") -> str:
    """A reply as one message: whole but for quotes if it is short, else shortened in the same way for everyone,
    which `note` says.
    """
    whole = paragraphs(reply, about, SHORT)
    if sum(p.units for p in whole) <= LIMIT // 3:
        return messages(whole)[0]
    for form in SHORTER:
        texts = messages([*paragraphs(reply, about, form), paragraph(f"<i>{escaped(note)}</i>")])
        if len(texts) == 1:
            break
    return texts[0]
