"""Coverage as one page: a file that needs nothing beside it, and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.dialogue.wording import Wording
from bot.publishing.coverage import Coverage
from bot.publishing.telling import (
    NOTHING,
    Group,
    checked,
    figures,
    headings,
    level,
    rows,
    steps,
)

TEMPLATES = Path(__file__).parent / "templates"


def page(coverage: Coverage, found: Sequence[Group], say: Wording, everything: bool = False) -> str:
    """The page as HTML; topics on which nobody has a statement are summed up, unless everything is wanted."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    shown, left = rows(coverage, everything)
    return environment.get_template("coverage.html.j2").render(
        say=say,
        coverage=coverage,
        rows=shown,
        left=left,
        found=found,
        checked=checked(coverage, say),
        headings=headings(say),
        figures={tally.candidate: figures(tally) for tally in coverage.candidates},
        nothing=NOTHING,
        level=level,
        steps=((0, NOTHING), *steps()),
    )
