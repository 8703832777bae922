"""An audit as one picture: measures down, candidates across, a bar and its figure in each cell, and the verdict.

A bar is as long as the figure is large beside the largest of its row, so that what is uneven is seen at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from bot.dialogue.wording import Wording
from bot.evaluation.fairness_measures import Measure, Verdict
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
from bot.publishing.fairness_telling import figure, label, outcome

GROUND = "#eef2f6"
BAR = "#a9cbe8"
BROKEN = "#b3261e"


def drawn(
    measures: Sequence[Measure], names: Mapping[str, str], heading: tuple[str, str], say: Wording
) -> bytes:
    """The picture as PNG."""
    strips = [
        paragraph(heading[0], letters(40, bold=True), INK, lines=3),
        gap(6),
        paragraph(heading[1], letters(24), MUTED),
        gap(20),
    ]
    people = list(names)
    for columns in blocks(len(people)):
        shown = [people[column] for column in columns]
        width = column_width(len(shown))
        strips += [heads([names[c] for c in shown], width), *_rows(measures, shown, width, say), gap(26)]
    strips.append(paragraph(outcome(measures, say), letters(26, bold=True), INK))
    picture = Image.new("RGB", (WIDTH, sum(strip.height for strip in strips) + 2 * MARGIN), PAPER)
    top = MARGIN
    for strip in strips:
        picture.paste(strip, (0, top))
        top += strip.height
    told = PngInfo()
    told.add_itxt("Title", heading[0], say.code)
    told.add_itxt("Description", f"{heading[1]}. {outcome(measures, say)}", say.code)
    written = BytesIO()
    picture.save(written, "PNG", optimize=True, pnginfo=told)
    return written.getvalue()


def _rows(
    measures: Sequence[Measure], people: Sequence[str], width: int, say: Wording
) -> Iterator[Image.Image]:
    for measure in measures:
        lefts = edges(len(people), width)
        lines = in_lines(label(measure, say), letters(23), lefts[0] - MARGIN - 16, 2)
        strip = gap(max(ROW, 28 * (len(lines) + 1) + 10))
        draw = ImageDraw.Draw(strip)
        draw.line((MARGIN, 0, WIDTH - MARGIN, 0), RULE, 2)
        for number, line in enumerate(lines):
            draw.text((MARGIN, 22 + 28 * number), line, INK, letters(23), "lm")
        broken = measure.verdict is Verdict.BROKEN
        verdict = say(f"audit.verdict.{measure.verdict}")
        draw.text(
            (MARGIN, 22 + 28 * len(lines)),
            verdict,
            BROKEN if broken else MUTED,
            letters(20, bold=broken),
            "lm",
        )
        largest = max(measure.figures.values(), default=0)
        for candidate, left in zip(people, lefts, strict=True):
            _bar(draw, (left, width, strip.height), measure.figures.get(candidate), largest)
            text = figure(measure.figures.get(candidate), measure.unit, say)
            draw.text((left + width / 2, strip.height / 2), text, INK, letters(21, bold=True), "mm")
        yield strip


def _bar(draw: ImageDraw.ImageDraw, cell: tuple[int, int, int], value: float | None, largest: float) -> None:
    left, width, height = cell
    draw.rounded_rectangle((left + 3, 5, left + width - 3, height - 4), 6, GROUND)
    filled = round((width - 6) * value / largest) if value and largest else 0
    if filled > 1:
        draw.rounded_rectangle((left + 3, 5, left + 3 + filled, height - 4), min(6, filled // 2), BAR)
