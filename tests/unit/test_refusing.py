"""What the system refuses is told in the reader's language, with the folder that is missing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bot.channels.opening import spoken
from bot.channels.refusing import ERRORS, told
from bot.dialogue.wording import wording


def refused(number: int, file: object = "/", code: str = "fr") -> object:
    error = OSError(number, os.strerror(number))
    return dict(told({"file": file, "error": error}, wording(code)))["error"]


@pytest.mark.parametrize("number", sorted({*ERRORS, errno.ENOENT}))
def test_the_usual_refusals_are_told_in_words_of_their_own_in_each_language(number: int) -> None:
    sentences = {refused(number, "/nowhere/out", code) for code in spoken()}
    assert len(sentences) == len(spoken())
    assert os.strerror(number) not in sentences


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    assert (
        refused(errno.ENOENT, tmp_path / "none" / "out.png") == f"le dossier {tmp_path / 'none'} n'existe pas"
    )


def test_what_has_no_words_here_is_told_in_those_of_the_system() -> None:
    assert refused(errno.ENAMETOOLONG) == os.strerror(errno.ENAMETOOLONG)
