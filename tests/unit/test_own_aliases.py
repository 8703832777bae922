"""A moderator who gives a candidate somebody else's word is told before a voter meets it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.knowledge.loading import load
from bot.matching.phrasing_checks import own_aliases

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests/fixtures/knowledge/villebois-2032"


@pytest.mark.parametrize(
    ("alias", "said"),
    [
        ("police", "'police' is a phrasing of topic 'municipal-police'"),
        ("Benmerzoud", "'Benmerzoud' is the surname of candidate 'benmerzoud'"),
        ("Macron", "'Macron' is a name of person 'macron'"),
    ],
)
def test_an_alias_that_means_something_else_is_a_problem_at_its_line(
    tmp_path: Path, alias: str, said: str
) -> None:
    root = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge" / "common", root / "common")
    shutil.copytree(FIXTURE, root / FIXTURE.name)
    file = root / FIXTURE.name / "candidates" / "roy.yaml"
    lines = [
        line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("aliases:")
    ]
    file.write_text("\n".join([lines[0], f"aliases: [{alias}]", *lines[1:]]), encoding="utf-8")
    problems = [p for p in own_aliases(load(root)) if "roy.yaml" in p.place.path]
    assert [(p.place.line, p.message.partition(";")[0]) for p in problems] == [(2, said)]
