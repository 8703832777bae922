"""Coverage as one picture that can be read on a phone: topics down, candidates across, a number in each cell.

The number says what there is; the shade of blue only repeats it, from light to dark, so that nobody needs to tell
colours apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from bot.dialogue.wording import Wording
from bot.publishing.coverage import Coverage
from bot.publishing.telling import NOTHING, cell, checked, level, percent, rows, steps

FONTS = Path(__file__).parent / "fonts"
WIDTH = 1080
MARGIN = 44
TOPICS = 330
"""The least that is left for the names of topics."""
CELL = 46, 132
"""The least and the most a column of numbers is wide."""
ROW = 46
DEEPEST = 4
"""How far topics below topics are moved in, so that there is room for their names."""
TURNED = 270
"""How long a name that is turned may be before it goes on in a second line."""

PAPER = "#ffffff"
INK = "#1b2430"
MUTED = "#56616e"
RULE = "#d5dbe1"
SHADES = (("#f5f7f9", MUTED), ("#d9e7f4", INK), ("#a9cbe8", INK), ("#3d79b0", PAPER), ("#123d68", PAPER))
"""Ground and figure of a cell, by how many statements are in it."""

Font = ImageFont.FreeTypeFont


def drawn(coverage: Coverage, say: Wording, everything: bool = False) -> bytes:
    """The picture as PNG; topics on which nobody has a statement are summed up, unless everything is wanted."""
    strips = [*_title(coverage, say)]
    for columns in _blocks(len(coverage.candidates)):
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
    yield _paragraph(coverage.name, _font(44, bold=True), INK, lines=3)
    yield _gap(6)
    yield _paragraph(checked(coverage, say), _font(24), MUTED)
    yield _gap(26)
    yield _paragraph(say("coverage.caption"), _font(25), INK, lines=3)
    yield _paragraph(say("coverage.candidates"), _font(24), MUTED)
    yield _gap(18)


def _matrix(
    coverage: Coverage, columns: Sequence[int], say: Wording, everything: bool
) -> Iterator[Image.Image]:
    """The rows for some of the candidates, under their names."""
    names = [coverage.candidates[column].name for column in columns]
    width = _column(len(columns))
    yield _heads(names, width)
    shown, left = rows(coverage, everything)
    for row in shown:
        counts = [(cell(row.counts[column]), level(row.counts[column])) for column in columns]
        yield _row(row.name, counts, width, row.depth)
    if left:
        yield _row(say("coverage.silent", count=left), [(NOTHING, 0)] * len(columns), width, faint=True)
    yield _gap(8)
    tallies = [coverage.candidates[column] for column in columns]
    yield _row(say("coverage.total"), [(str(t.claims), None) for t in tallies], width)
    yield _row(say("coverage.missing"), [(str(percent(t)), None) for t in tallies], width)
    yield _gap(30)


def _legend(say: Wording) -> Iterator[Image.Image]:
    strip = _gap(48)
    draw = ImageDraw.Draw(strip)
    font, left = _font(24), MARGIN
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
    yield _gap(18)
    for told in (say("coverage.candidates"), say("coverage.silence")):
        yield _paragraph(told, _font(22), MUTED, lines=4)


def _heads(names: Sequence[str], width: int) -> Image.Image:
    """The candidates' names: upright if each of their words fits its column, else turned."""
    font = _font(22, bold=True)
    upright = [_wrapped(name, font, width - 10, 3) for name in names]
    if all(" ".join(lines) == name for lines, name in zip(upright, names, strict=True)):
        strip = _gap(30 * max(map(len, upright)) + 14)
        draw = ImageDraw.Draw(strip)
        for lines, left in zip(upright, _lefts(len(names), width), strict=True):
            for number, line in enumerate(reversed(lines)):
                draw.text((left + width / 2, strip.height - 12 - 30 * number), line, INK, font, "mb")
        return strip
    turned = [_wrapped(name, font, TURNED, 2 if width >= 52 else 1) for name in names]
    longest = max(round(font.getlength(line)) for lines in turned for line in lines)
    strip = _gap(longest + 24)
    for lines, left in zip(turned, _lefts(len(names), width), strict=True):
        name = Image.new("RGB", (longest + 4, width), PAPER)
        draw = ImageDraw.Draw(name)
        for number, line in enumerate(lines):
            draw.text((2, width / 2 + 26 * (number - (len(lines) - 1) / 2)), line, INK, font, "lm")
        strip.paste(name.rotate(90, expand=True), (left, 6))
    return strip


def _row(
    name: str,
    counts: Sequence[tuple[str, int | None]],
    width: int,
    depth: int | None = None,
    faint: bool = False,
) -> Image.Image:
    """One topic and its numbers; without a depth it is a sum."""
    font = _font(24, bold=(depth is None and not faint) or depth == 0)
    indent = MARGIN + 26 * min(depth or 0, DEEPEST)
    lefts = _lefts(len(counts), width)
    lines = _wrapped(name, font, lefts[0] - indent - 16, 2)
    strip = _gap(max(ROW, 30 * len(lines) + 14))
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
    draw.text(middle, count, figure, _font(40) if count == NOTHING else _font(24, bold=True), "mm")


# --- measures --------------------------------------------------------------------------------------------


def _blocks(candidates: int) -> Iterator[range]:
    """Columns in as few blocks as leave them wide enough, each of about as many."""
    most = (WIDTH - 2 * MARGIN - TOPICS) // CELL[0]
    count = -(-candidates // most)
    for number in range(count):
        yield range(candidates * number // count, candidates * (number + 1) // count)


def _column(candidates: int) -> int:
    return min(max((WIDTH - 2 * MARGIN - TOPICS) // max(candidates, 1), CELL[0]), CELL[1])


def _lefts(columns: int, width: int) -> list[int]:
    """Where each column begins; the last ends at the margin."""
    return [WIDTH - MARGIN - width * (columns - number) for number in range(columns)]


def _paragraph(text: str, font: Font, ink: str, lines: int = 2) -> Image.Image:
    step = round(font.size * 1.35)
    wrapped = _wrapped(text, font, WIDTH - 2 * MARGIN, lines)
    strip = _gap(step * len(wrapped))
    draw = ImageDraw.Draw(strip)
    for number, line in enumerate(wrapped):
        draw.text((MARGIN, step * number + step / 2), line, ink, font, "lm")
    return strip


def _wrapped(text: str, font: Font, width: float, lines: int) -> list[str]:
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


def _gap(height: int) -> Image.Image:
    return Image.new("RGB", (WIDTH, height), PAPER)


@cache
def _font(size: int, bold: bool = False) -> Font:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(FONTS / name, size, layout_engine=ImageFont.Layout.BASIC)
