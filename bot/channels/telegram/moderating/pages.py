"""Sections as messages of a chat: headings, lines, and lines of files as they stand there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from bot.channels.moderation import Section, cut
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import Paragraph, escaped, messages, paragraph
from bot.channels.telegram.sending import rewrite, send

VERBATIM_LINES = 40
VERBATIM_WIDTH = 160


def paragraphs(sections: Iterable[Section]) -> list[Paragraph]:
    """Each section as a paragraph."""
    return [_paragraph(section) for section in sections]


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


def _paragraph(section: Section) -> Paragraph:
    heading = f"<b>{escaped(section.heading)}</b>" if section.heading else ""
    if not section.verbatim:
        return paragraph(heading, *(escaped(line) for line in section.lines))
    lines = [cut(line, VERBATIM_WIDTH) for line in section.lines[:VERBATIM_LINES]]
    lines += ["…"] if len(section.lines) > VERBATIM_LINES else []
    return paragraph(heading, f"<pre>{escaped(chr(10).join(lines))}</pre>")
