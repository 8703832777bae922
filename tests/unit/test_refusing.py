"""What the system refuses is told in the reader's language, with the folder that is missing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bot.channels.opening import Refused, spoken
from bot.channels.refusing import ERRORS, FAULTS, Writable, told
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


@pytest.mark.parametrize("fault", sorted({*FAULTS, "SQLITE_READONLY_DBMOVED"}))
def test_the_usual_faults_of_a_database_are_told_without_the_name_of_a_class(fault: str) -> None:
    said = {str(dict(told({"fault": fault}, wording(code)))["fault"]) for code in spoken()}
    assert len(said) == len(spoken())
    assert not any(fault in sentence for sentence in said)


def test_a_fault_that_has_no_words_here_goes_by_its_name() -> None:
    assert dict(told({"fault": "OddError"}, wording("en"))) == {"fault": "the database says OddError"}


def test_a_folder_that_stands_where_a_file_is_wanted_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Writable(".png").convert(str(tmp_path), None, None)
    assert refused.value.key == "no_writing"


@pytest.mark.parametrize(("name", "key"), [("out.jpg", "bad_ending"), ("none/out.png", "no_writing")])
def test_a_picture_that_could_not_be_written_is_refused_before_it_is_made(
    name: str, key: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as refused:
        Writable(".png").convert(str(tmp_path / name), None, None)
    assert refused.value.key == key
    assert Writable(".png").convert(str(tmp_path / "out.PNG"), None, None)
