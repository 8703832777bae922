"""The suite of faults brings one about, and prints a table that tells whether what must hold was kept."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import faults
from benchmarks.faults import __main__ as program
from benchmarks.faults.killed import killed
from benchmarks.faults.trial import Round, Trial, counted, missed, untried
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


def test_a_bot_that_knows_no_update_again_is_told_to_be_broken(tmp_path: Path) -> None:
    found = killed(Round(True, tmp_path), True, 30, 0, program="tests.end_to_end.forgetful")
    assert found.verdict == "**BROKEN**"
    assert found.seen.startswith("0 lost")
    assert not found.seen.endswith(" 0 answers too many")


def test_what_is_not_tried_is_told_and_only_a_quick_run_may_leave_it_out() -> None:
    needed, optional = untried("a fault", "a server"), untried("a fault", "a fuzzer", optional=True)
    assert counted([HELD, BROKEN, needed, optional]) == "1 of 2 kept, 2 not tried"
    assert missed([HELD, needed, optional], quick=False) == 1
    assert missed([HELD, needed, optional], quick=True) == 0
    assert missed([HELD, BROKEN, optional], quick=True) == 1


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
