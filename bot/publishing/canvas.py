"""What every picture of a table is drawn with: its size, colours and letters, headings and paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parent / "fonts"
WIDTH = 1080
MARGIN = 44
TOPICS = 330
"""The least that is left for the names of topics."""
CELL = 46, 132
"""The least and the most a column of numbers is wide."""
ROW = 46
TURNED = 270
"""How long a name that is turned may be before it goes on in a second line."""

PAPER = "#ffffff"
INK = "#1b2430"
MUTED = "#56616e"
RULE = "#d5dbe1"

Font = ImageFont.FreeTypeFont


def heads(names: Sequence[str], width: int) -> Image.Image:
    """The candidates' names: upright if each of their words fits its column, else turned."""
    font = letters(22, bold=True)
    upright = [in_lines(name, font, width - 10, 3) for name in names]
    if all(" ".join(lines) == name for lines, name in zip(upright, names, strict=True)):
        strip = gap(30 * max(map(len, upright)) + 14)
        draw = ImageDraw.Draw(strip)
        for lines, left in zip(upright, edges(len(names), width), strict=True):
            for number, line in enumerate(reversed(lines)):
                draw.text((left + width / 2, strip.height - 12 - 30 * number), line, INK, font, "mb")
        return strip
    turned = [in_lines(name, font, TURNED, 2 if width >= 52 else 1) for name in names]
    longest = max(round(font.getlength(line)) for lines in turned for line in lines)
    strip = gap(longest + 24)
    for lines, left in zip(turned, edges(len(names), width), strict=True):
        name = Image.new("RGB", (longest + 4, width), PAPER)
        draw = ImageDraw.Draw(name)
        for number, line in enumerate(lines):
            draw.text((2, width / 2 + 26 * (number - (len(lines) - 1) / 2)), line, INK, font, "lm")
        strip.paste(name.rotate(90, expand=True), (left, 6))
    return strip


def blocks(candidates: int) -> Iterator[range]:
    """Columns in as few blocks as leave them wide enough, each of about as many."""
    most = (WIDTH - 2 * MARGIN - TOPICS) // CELL[0]
    count = -(-candidates // most)
    for number in range(count):
        yield range(candidates * number // count, candidates * (number + 1) // count)


def column_width(candidates: int) -> int:
    return min(max((WIDTH - 2 * MARGIN - TOPICS) // max(candidates, 1), CELL[0]), CELL[1])


def edges(columns: int, width: int) -> list[int]:
    """Where each column begins; the last ends at the margin."""
    return [WIDTH - MARGIN - width * (columns - number) for number in range(columns)]


def paragraph(text: str, font: Font, ink: str, lines: int = 2) -> Image.Image:
    step = round(font.size * 1.35)
    wrapped = in_lines(text, font, WIDTH - 2 * MARGIN, lines)
    strip = gap(step * len(wrapped))
    draw = ImageDraw.Draw(strip)
    for number, line in enumerate(wrapped):
        draw.text((MARGIN, step * number + step / 2), line, ink, font, "lm")
    return strip


def in_lines(text: str, font: Font, width: float, lines: int) -> list[str]:
    """Text in a few lines of a width; what does not fit is cut, and a sign says so."""
    wrapped: list[str] = []
    rest = text.split()
    while rest and len(wrapped) < lines:
        line = rest.pop(0)
        while rest and font.getlength(f"{line} {rest[0]}") <= width:
            line = f"{line} {rest.pop(0)}"
        wrapped.append(_cut(line, font, width))
    if rest and wrapped:
        wrapped[-1] = _cut(f"{wrapped[-1]} {' '.join(rest)}", font, width)
    return wrapped or [""]


def _cut(line: str, font: Font, width: float) -> str:
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(line + "…") > width:
        line = line[:-1]
    return line.rstrip() + "…"


def gap(height: int) -> Image.Image:
    return Image.new("RGB", (WIDTH, height), PAPER)


@cache
def letters(size: int, bold: bool = False) -> Font:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(FONTS / name, size, layout_engine=ImageFont.Layout.BASIC)
