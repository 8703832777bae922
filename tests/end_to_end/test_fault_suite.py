"""The suite of faults brings one about, and prints a table that tells whether what must hold was kept."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from benchmarks import faults
from benchmarks.faults import __main__ as program
from benchmarks.faults.trial import Round, Trial
from tests.conftest import ROOT

HELD = Trial("a fault", "brought about", "all", "all | and\nmore", kept=True)
BROKEN = Trial("another fault", "brought about", "all", "half", kept=False)


def rows(printed: str) -> list[list[str]]:
    """The cells of each row of a table, without its head."""
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in printed.splitlines()[2:]]


def test_moderators_edits_killed_at_random_are_told_to_be_whole() -> None:
    command = [sys.executable, "-m", "benchmarks.faults", "--quick", "--only", "edits"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    ((fault, what_was_done, _, seen, verdict),) = rows(done.stdout)
    assert fault == "kill -9 of moderators' edits"
    assert "killed" in what_was_done
    assert "the base loaded after every kill" in seen
    assert verdict == "kept"
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("found", "status"), [([HELD], 0), ([HELD, BROKEN], 1)])
def test_one_broken_promise_is_told_by_the_exit_status(
    found: list[Trial], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "brought_about", lambda *_, **__: found)
    assert program.main([]) == status
    told = rows(capsys.readouterr().out)
    assert [row[-1] for row in told] == ["kept", "**BROKEN**"][: len(found)]
    assert told[0][3] == r"all \| and more"


def test_a_fault_that_cannot_be_gone_through_with_is_a_promise_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def trials(around: Round) -> Iterator[Trial]:
        yield HELD
        raise TimeoutError(f"waited in {around.folder.name[:7]}")

    monkeypatch.setitem(sys.modules, "benchmarks.faults.full", SimpleNamespace(trials=trials))
    kept, broken = faults.brought_about(["full"], quick=True)
    assert kept == HELD
    assert not broken.kept
    assert broken.seen == "TimeoutError: waited in faults-"
