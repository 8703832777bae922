"""Sections as messages of a chat: headings, lines, and lines of files as they stand there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from bot.channels.moderation import Section
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import Paragraph, escaped, messages, paragraph
from bot.channels.telegram.sending import rewrite, send

VERBATIM = 3_500
"""How long lines of a file are together at most to stand in one message; more of them follow in others."""


def paragraphs(sections: Iterable[Section]) -> list[Paragraph]:
    """Each section as a paragraph, or as several if it is long: nothing of it is left out."""
    return [each for section in sections for each in _paragraphs(section)]


async def tell(
    desk: Desk,
    voter: Voter,
    sections: Iterable[Section],
    rows: Sequence[Sequence[Button]] = (),
    over: Sequence[int] = (),
) -> None:
    """Send sections, with buttons under the last message; in place of the messages `over`, if there are any."""
    keyboard = Keyboard(rows) if rows else None
    await rewrite(desk.bot, voter.chat_id, over, messages(paragraphs(sections)), keyboard)


async def wait(desk: Desk, voter: Voter) -> tuple[int, ...]:
    """Say that something takes a moment; what comes of it is then shown in place of that."""
    return await send(desk.bot, voter.chat_id, [escaped(voter.say("moderation.preview.working"))])


async def say(desk: Desk, voter: Voter, *lines: str, rows: Sequence[Sequence[Button]] = ()) -> None:
    """Send lines of text, with buttons under them."""
    await tell(desk, voter, [Section("", lines)], rows)


def _paragraphs(section: Section) -> Iterator[Paragraph]:
    heading = f"<b>{escaped(section.heading)}</b>" if section.heading else ""
    if not section.verbatim:
        yield paragraph(heading, *(escaped(line) for line in section.lines))
        return
    for number, lines in enumerate(_parts(section.lines)):
        yield paragraph("" if number else heading, f"<pre>{escaped(chr(10).join(lines))}</pre>")


def _parts(lines: Iterable[str]) -> Iterator[list[str]]:
    """Lines in as few parts as a message can hold each."""
    part, room = list[str](), VERBATIM
    for line in (each[at : at + VERBATIM] for each in lines for at in range(0, len(each) or 1, VERBATIM)):
        if part and len(line) + 1 > room:
            yield part
            part, room = [], VERBATIM
        part.append(line)
        room -= len(line) + 1
    if part:
        yield part
