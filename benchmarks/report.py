"""docs/benchmarks.md: measured blocks between marks, and around them words written by hand, which are kept."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.measuring import load, machine

BOUNDS = "bounds"
_BOUND_HEAD = ("Must reach", "Bound", "Measured", "")
_MARK = "<!-- measured: {} -->"
_END = "<!-- end: {} -->"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure on, and where pictures go."""

    quick: bool
    pictures: Path
    banks: tuple[Path, ...] = ()
    command: str = ""
    long: bool = False

    def note(self) -> str:
        return "**A quick run on a sample: not to be quoted.**\n" if self.quick else ""


@dataclass(frozen=True, slots=True)
class Bound:
    """Something the bot must reach, and what it reached."""

    what: str
    bound: str
    measured: str
    reached: bool

    @classmethod
    def at_most(cls, what: str, limit: float, measured: float, unit: str) -> Bound:
        """A figure that must not be larger than a limit."""
        shown = f"{measured:.2f}" if measured < 100 else f"{measured:,.0f}"
        return cls(what, f"≤ {limit:g} {unit}", f"{shown} {unit}", measured <= limit)

    def cells(self) -> list[str]:
        return [self.what, self.bound, self.measured, "reached" if self.reached else "**missed**"]


@dataclass(frozen=True, slots=True)
class Section:
    """One block of the report, as Markdown, with the bounds it is held to."""

    name: str
    text: Sequence[str]
    bounds: Sequence[Bound] = ()
    before: float = 0.0
    """The load average when it began."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A Markdown table, its first columns words, the others figures."""
    lines = [head, ["---"] * words + ["---:"] * (len(head) - words), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def picture(name: str, alternative: str) -> str:
    return f"![{alternative}](benchmarks/{name}.svg)"


def write(path: Path, sections: Iterable[Section], plan: Plan) -> None:
    """Put sections in their places in a report; those it has no place for go to its end."""
    text = path.read_text(encoding="utf-8") if path.is_file() else f"# Benchmarks\n\n{_block(BOUNDS, '')}\n"
    for section in sections:
        text = _placed(text, section.name, _measured(section, plan))
    text = _placed(text, BOUNDS, _all_bounds(text))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _measured(section: Section, plan: Plan) -> str:
    parts = [part for part in (plan.note(), *section.text) if part]
    if section.bounds:
        parts.append(table(_BOUND_HEAD, (b.cells() for b in section.bounds), words=2))
    parts.append(_stamp(section.before, plan))
    return "\n\n".join(part.strip() for part in parts)


def _stamp(before: float, plan: Plan) -> str:
    today = f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}"
    return (
        f"*{today} · `{plan.command}` · {machine()} · "
        f"load average {before:.1f} before, {load():.1f} after (this run counts for about 1)*"
    )


def _all_bounds(text: str) -> str:
    """Every bound of every block that is in the report, so that a miss cannot hide further down."""
    own = _found(text, BOUNDS)
    rest = text.replace(own, "") if own else text
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in rest.splitlines()
        if re.search(r"\| (reached|\*\*missed\*\*) \|$", line)
    ]
    return table(_BOUND_HEAD, rows, words=2) if rows else "Nothing measured yet."


def _block(name: str, content: str) -> str:
    return f"{_MARK.format(name)}\n\n{content}\n\n{_END.format(name)}"


def _found(text: str, name: str) -> str | None:
    between = re.escape(_MARK.format(name)) + r".*?" + re.escape(_END.format(name))
    found = re.search(between, text, re.DOTALL)
    return found.group() if found else None


def _placed(text: str, name: str, content: str) -> str:
    before = _found(text, name)
    if before is None:
        return f"{text.rstrip()}\n\n{_block(name, content)}\n"
    return text.replace(before, _block(name, content))


def command(arguments: Sequence[str]) -> str:
    """What was typed, with files from outside the project by their names only."""
    short = [Path(a).name if a.startswith("/") else a for a in arguments]
    return shlex.join(["python", "-m", "benchmarks", *short])
