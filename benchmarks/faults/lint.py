"""What can be said of the program's safety without running it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from benchmarks.asked import ROOT
from benchmarks.faults.trial import Round, Trial, untried

RULES = ("--select", "S", "--ignore", "S101,S311")
"""Asserts say what must be so, for whoever reads; dice order candidates and simulate voters."""


def trials(around: Round) -> Iterator[Trial]:
    """Rules for security, by ruff and where it is installed by bandit."""
    del around
    for name, by in (("ruff", _by_ruff), ("bandit", _by_bandit)):
        yield by() if find_spec(name) else untried(f"security rules, {name}", name)


def _by_ruff() -> Trial:
    found = _found()
    excused = len(_found("--ignore-noqa")) - len(found)
    first = "; ".join(
        f"{each['code']} {each['filename'].rpartition('/')[2]}:{each['location']['row']}"
        for each in found[:3]
    )
    return Trial(
        "security rules, ruff",
        f"`ruff check {' '.join(RULES)} bot`: no secret depends on an `assert` or on dice here",
        "nothing found",
        f"{len(found)} found, {excused} excused on their line{f': {first}' if first else ''}",
        not found,
    )


def _found(*options: str) -> list[dict[str, Any]]:
    done = _run("ruff", "check", *RULES, *options, "--output-format", "json", "bot")
    return list(json.loads(done.stdout))


def _by_bandit() -> Trial:
    done = _run("bandit", "-r", "bot", "-f", "json", "-q", "--severity-level", "medium")
    told = json.loads(done.stdout or "{}")
    found = told.get("results", [])
    first = "; ".join(f"{each['test_id']} {each['filename']}:{each['line_number']}" for each in found[:3])
    lines = told.get("metrics", {}).get("_totals", {}).get("loc", 0)
    return Trial(
        "security rules, bandit",
        "`bandit -r bot`, findings of medium severity and above",
        "nothing found",
        f"{len(found)} found in {lines:,} lines{f': {first}' if first else ''}",
        not found and lines > 0,
    )


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
