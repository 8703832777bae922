"""Coverage as one picture that can be read on a phone: topics down, candidates across, a number in each cell.

The number says what there is; the shade of blue only repeats it, from light to dark, so that nobody needs to tell
colours apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from bot.dialogue.wording import Wording
from bot.publishing.canvas import (
    INK,
    MARGIN,
    MUTED,
    PAPER,
    ROW,
    RULE,
    WIDTH,
    blocks,
    column_width,
    edges,
    gap,
    heads,
    in_lines,
    letters,
    paragraph,
)
from bot.publishing.coverage import Coverage
from bot.publishing.telling import NOTHING, cell, checked, level, percent, rows, steps

DEEPEST = 4
"""How far topics below topics are moved in, so that there is room for their names."""
SHADES = (("#f5f7f9", MUTED), ("#d9e7f4", INK), ("#a9cbe8", INK), ("#3d79b0", PAPER), ("#123d68", PAPER))
"""Ground and figure of a cell, by how many statements are in it."""


def drawn(coverage: Coverage, say: Wording, everything: bool = False) -> bytes:
    """The picture as PNG; topics on which nobody has a statement are summed up, unless everything is wanted."""
    strips = [*_title(coverage, say)]
    for columns in blocks(len(coverage.candidates)):
        strips += [*_matrix(coverage, columns, say, everything)]
    strips += [*_legend(say)]
    picture = Image.new("RGB", (WIDTH, sum(strip.height for strip in strips) + 2 * MARGIN), PAPER)
    top = MARGIN
    for strip in strips:
        picture.paste(strip, (0, top))
        top += strip.height
    told = PngInfo()
    told.add_itxt("Title", coverage.name, say.code)
    told.add_itxt("Description", f"{say('coverage.caption')}. {checked(coverage, say)}", say.code)
    written = BytesIO()
    picture.save(written, "PNG", optimize=True, pnginfo=told)
    return written.getvalue()


# --- strips, from top to bottom --------------------------------------------------------------------------


def _title(coverage: Coverage, say: Wording) -> Iterator[Image.Image]:
    yield paragraph(coverage.name, letters(44, bold=True), INK, lines=3)
    yield gap(6)
    yield paragraph(checked(coverage, say), letters(24), MUTED)
    yield gap(26)
    yield paragraph(say("coverage.caption"), letters(25), INK, lines=3)
    yield paragraph(say("coverage.candidates"), letters(24), MUTED)
    yield gap(18)


def _matrix(
    coverage: Coverage, columns: Sequence[int], say: Wording, everything: bool
) -> Iterator[Image.Image]:
    """The rows for some of the candidates, under their names."""
    names = [coverage.candidates[column].name for column in columns]
    width = column_width(len(columns))
    yield heads(names, width)
    shown, left = rows(coverage, everything)
    for row in shown:
        counts = [(cell(row.counts[column]), level(row.counts[column])) for column in columns]
        yield _row(row.name, counts, width, row.depth)
    if left:
        yield _row(say("coverage.silent", count=left), [(NOTHING, 0)] * len(columns), width, faint=True)
    yield gap(8)
    tallies = [coverage.candidates[column] for column in columns]
    yield _row(say("coverage.total"), [(str(t.claims), None) for t in tallies], width)
    yield _row(say("coverage.missing"), [(str(percent(t)), None) for t in tallies], width)
    yield gap(30)


def _legend(say: Wording) -> Iterator[Image.Image]:
    strip = gap(48)
    draw = ImageDraw.Draw(strip)
    font, left = letters(24), MARGIN
    draw.text((left, 24), say("coverage.legend"), INK, font, "lm")
    left += round(font.getlength(say("coverage.legend"))) + 18
    for shade, counts in ((0, NOTHING), *steps()):
        side = max(52, round(font.getlength(counts)) + 24)
        _cell(draw, (left, 3, left + side, 45), counts, shade)
        left += side + 10
        if not shade:
            draw.text((left, 24), say("coverage.none"), INK, font, "lm")
            left += round(font.getlength(say("coverage.none"))) + 24
    yield strip
    yield gap(18)
    for told in (say("coverage.candidates"), say("coverage.silence")):
        yield paragraph(told, letters(22), MUTED, lines=4)


def _row(
    name: str,
    counts: Sequence[tuple[str, int | None]],
    width: int,
    depth: int | None = None,
    faint: bool = False,
) -> Image.Image:
    """One topic and its numbers; without a depth it is a sum."""
    font = letters(24, bold=(depth is None and not faint) or depth == 0)
    indent = MARGIN + 26 * min(depth or 0, DEEPEST)
    lefts = edges(len(counts), width)
    lines = in_lines(name, font, lefts[0] - indent - 16, 2)
    strip = gap(max(ROW, 30 * len(lines) + 14))
    draw = ImageDraw.Draw(strip)
    if depth == 0 or faint:
        draw.line((MARGIN, 0, WIDTH - MARGIN, 0), RULE, 2)
    for number, line in enumerate(lines):
        middle = strip.height / 2 + 30 * (number - (len(lines) - 1) / 2)
        draw.text((indent, middle), line, MUTED if faint else INK, font, "lm")
    for (count, shade), left in zip(counts, lefts, strict=True):
        _cell(draw, (left + 3, 4, left + width - 3, strip.height - 3), count, shade)
    return strip


def _cell(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], count: str, shade: int | None) -> None:
    ground, figure = (PAPER, INK) if shade is None else SHADES[shade]
    draw.rounded_rectangle(box, 7, ground)
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    draw.text(middle, count, figure, letters(40) if count == NOTHING else letters(24, bold=True), "mm")


# --- measures --------------------------------------------------------------------------------------------
