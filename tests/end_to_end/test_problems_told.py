"""What is wrong with a base is read in the reader's language wherever a command tells it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import ROOT
from tests.end_to_end.moderators import TOWN, Place, laid_out

FRENCH = "fr_FR.UTF-8"
ROSE = f"{TOWN}/candidates/rose.yaml"
AT = f"knowledge/{ROSE}:13:7: "
TOLD = "la source 'gazete' n'est pas dans sources.yaml ; vouliez-vous dire 'gazette' ?"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return laid_out(tmp_path, tmp_path / "none.sqlite3")


@pytest.fixture
def broken(place: Place) -> Place:
    """A candidate's claim rests on a source that is not there, and a source that is has no address."""
    place.write(ROSE, place.read(ROSE).replace("source: gazette", "source: gazete"))
    sources = f"{TOWN}/sources.yaml"
    place.write(sources, place.read(sources).replace("  url: https://example.org/gazette\n", ""))
    return place


def refusal(result: Result) -> str:
    """The one sentence of a command that does nothing."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


def test_a_check_speaks_the_reader_s_language(broken: Place) -> None:
    command = [sys.executable, "-m", "bot", "check", "--knowledge", str(broken.root)]
    environ = {**os.environ, **broken.environ(FRENCH), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    done = subprocess.run(command, capture_output=True, env=environ, cwd=ROOT, timeout=60)
    lines = done.stdout.decode().splitlines()
    assert f"{AT}{TOLD}" in lines
    note = "remarque : la source 'gazette' n'a pas d'adresse (url) : à compléter"
    assert f"knowledge/{TOWN}/sources.yaml:1:1: {note}" in lines
    assert done.returncode == 1
    assert done.stderr.decode() == "Problèmes : 1. Remarques : 1.\n"


def test_a_check_in_english_says_what_it_always_said(broken: Place) -> None:
    result = broken.run("check")
    assert f"{AT}source 'gazete' is not in sources.yaml; did you mean 'gazette'?\n" in result.stdout
    assert "note: source 'gazette' has no url: to complete\n" in result.stdout


@pytest.mark.parametrize(
    ("language", "told"),
    [(FRENCH, TOLD), ("C.UTF-8", "source 'gazete' is not in sources.yaml; did you mean 'gazette'?")],
)
def test_annotations_are_in_the_reader_s_language_too(broken: Place, language: str, told: str) -> None:
    lines = broken.run("check", "--format", "github", language=language).stdout.splitlines()
    assert f"::error file=knowledge/{ROSE},line=13,col=7::{told}" in lines
    notices = [line for line in lines if line.startswith("::notice ")]
    assert len(notices) == 1
    assert "note: " not in notices[0]
    assert "remarque" not in notices[0]


@pytest.mark.parametrize(
    "command", [["ask", "bonjour"], ["chat"], ["coverage"], ["export"], ["add", "topic"]]
)
def test_a_base_that_cannot_be_answered_from_is_refused_in_one_language(
    broken: Place, command: list[str]
) -> None:
    assert refusal(broken.run(*command, language=FRENCH)) == (
        "La base de connaissances a 1 problème, donc rien n'est répondu ; pour tous les voir : election-bot check. "
        f"Voici le premier : {AT}{TOLD}"
    )


def test_an_entry_that_would_break_the_base_is_refused_in_one_language(place: Place) -> None:
    answers = ("Vélos", "Bicycles", "safety", "vélo, comment voter", "bicycle", "1")
    result = place.run("add", "topic", typed="".join(f"{line}\n" for line in answers), language=FRENCH)
    told = (
        "'comment voter' est aussi une formulation du fait 'how-to-vote' ; ne la gardez qu'à un seul endroit"
    )
    assert result.exit_code == 2
    assert told in result.stdout
    assert re.search(f"le premier problème : knowledge/.*:\\d+:\\d+: {told}$", result.stderr.strip())


def test_a_question_bank_that_cannot_be_read_is_told_in_the_reader_s_language(place: Place) -> None:
    bank = place.root.parent / "bank.yaml"
    bank.write_text("- {id: q, lang: fr, text: Piscine ?}\n- {id: r, lang: fr, text: a, outcome: maybe}\n")
    told = place.run("questions", str(bank), language=FRENCH).stderr
    assert re.search(r"bank.yaml:1:\d+: outcome : cette clé est nécessaire\n", told)
    assert "outcome : 'maybe' n'est pas un résultat ; écrivez l'un de ceux-ci : candidate, " in told
