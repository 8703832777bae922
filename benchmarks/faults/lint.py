"""What can be said of the program's safety without running it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from benchmarks.asked import ROOT
from benchmarks.faults.trial import Round, Trial


def trials(around: Round) -> Iterator[Trial]:
    """Rules for security, by ruff and where it is installed by bandit."""
    del around
    if find_spec("ruff"):
        yield _by_ruff()
    if find_spec("bandit"):
        yield _by_bandit()


def _by_ruff() -> Trial:
    done = _run("ruff", "check", "--select", "S", "--output-format", "json", "--quiet", "bot")
    found = json.loads(done.stdout or "[]")
    allowed = _run("ruff", "check", "--select", "S", "--ignore-noqa", "--output-format", "json", "--quiet", "bot")
    excused = len(json.loads(allowed.stdout or "[]")) - len(found)
    first = "; ".join(f"{each['code']} {each['filename'].rpartition('/')[2]}:{each['location']['row']}" for each in found[:3])
    return Trial(
        "security rules, ruff",
        "`ruff check --select S bot`",
        "nothing found",
        f"{len(found)} found, {excused} excused on their line with the reason{f': {first}' if first else ''}",
        not found and done.returncode == 0,
    )


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
