"""`python -m benchmarks`: measure, and write what was measured into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from benchmarks.measuring import load
from benchmarks.report import Plan, Section, command, write

SECTIONS = (
    "speed",
    "quality",
    "sweep",
    "noise",
    "ablations",
    "suggestions",
    "scale",
    "reload",
    "startup",
    "telegram",
    "replicas",
    "lasting",
    "moderating",
    "faults",
)


def main(arguments: list[str]) -> int:
    """Measure the sections asked for, one after the other, and write each down as soon as it is measured."""
    options = _parser().parse_args(arguments)
    out = options.out or (Path(tempfile.mkdtemp(prefix="benchmarks-")) if options.quick else Path("docs"))
    plan = Plan(options.quick, out / "benchmarks", tuple(options.bank), command(arguments), options.long)
    for name in options.only or SECTIONS:
        print(f"{name}…", end=" ", file=sys.stderr, flush=True)
        before, started = load(), perf_counter()
        section: Section = importlib.import_module(f"benchmarks.{name}").measure(plan)
        write(out / "benchmarks.md", [replace(section, before=before)], plan)
        print(f"{perf_counter() - started:.0f} s", file=sys.stderr)
        for bound in section.bounds:
            reached = "reached" if bound.reached else "MISSED"
            print(f"  {bound.what}: {bound.measured} ({bound.bound}) {reached}", file=sys.stderr)
    print(out / "benchmarks.md")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few questions and small bases, to try it out")
    parser.add_argument(
        "--long",
        action="store_true",
        help="a million questions to `serve`, and hostile messages, too: much longer",
    )
    parser.add_argument("--only", action="append", choices=SECTIONS, metavar="NAME", help=", ".join(SECTIONS))
    parser.add_argument("--out", type=Path, metavar="DIR", help="docs by default; a new folder if --quick")
    bank = "a question bank for the bundled base, measured beside the project's own; may be repeated"
    parser.add_argument("--bank", action="append", type=Path, default=[], metavar="FILE", help=bank)
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
