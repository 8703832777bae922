"""The benchmarks run and write a report in which words written by hand stay; what they measure is not judged here."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.report import Bound, Plan, Section, write
from bot.evaluation.slips import one_typo, respelt, typos_everywhere

ROOT = Path(__file__).parents[2]


def test_a_quick_run_writes_tables_and_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("bm25s")
    pytest.importorskip("matplotlib")
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only", "speed", "--out", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| **this bot**, warm, every call |" in text
    assert "not to be quoted" in text
    assert (tmp_path / "benchmarks" / "speed.svg").is_file()


def test_a_quick_run_reloads_a_base_and_some_invented_elections_while_questions_are_asked(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only", "reload", "--out", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| 1 | a candidate |" in text
    assert "| 3 | every file |" in text
    assert "Reload of the bundled base: longest extra wait" in text


def test_words_written_by_hand_are_kept_and_a_missed_bound_is_shown_at_the_top(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"
    text = "Above.\n\n<!-- measured: {0} -->\nold\n<!-- end: {0} -->\n\nBelow.\n"
    path.write_text("".join(text.format(name) for name in ("bounds", "speed")), encoding="utf-8")
    missed = Section("speed", ["new"], [Bound.at_most("One answer", 1, 2, "ms")])
    for _ in range(2):
        write(path, [missed], Plan(quick=False, pictures=tmp_path))
    written = path.read_text(encoding="utf-8")
    assert (written.count("Above."), written.count("Below."), written.count("new")) == (2, 2, 1)
    assert "old" not in written
    assert written.count("| One answer | ≤ 1 ms | 2.00 ms | **missed** |") == 2


@pytest.mark.parametrize("mistype", [one_typo, typos_everywhere, respelt])
@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_same_lot_mistypes_the_same_way(mistype, code: str) -> None:
    text = "Quelle question peut-on poser here about bicycles ?"
    first, again = (mistype(text, code, random.Random(7)) for _ in range(2))
    assert first == again != text
