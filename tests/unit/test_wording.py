"""Every sentence said to voters exists in every language, with the same blanks to fill in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.outcomes import NAMES, Help, Unknown
from bot.dialogue.phases import Phase
from bot.dialogue.wording import FOLDER, wording
from bot.knowledge.model import Order
from bot.language.catalogue import known_languages, language

CODES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
FIRST = wording(CODES[0])


def blanks(code: str, key: str) -> set[str]:
    found = wording(code)._tree
    for part in key.split("."):
        found = found[part]
    return {name for _, name, _, _ in Formatter().parse(str(found)) if name}


def test_each_language_that_is_understood_is_spoken() -> None:
    assert tuple(CODES) == known_languages()


@pytest.mark.parametrize("code", CODES)
def test_no_language_lacks_a_sentence(code: str) -> None:
    assert wording(code).keys() == FIRST.keys()


@pytest.mark.parametrize("code", CODES)
def test_a_sentence_has_the_same_blanks_in_every_language(code: str) -> None:
    differing = [key for key in sorted(FIRST.keys()) if blanks(code, key) != blanks(CODES[0], key)]
    assert differing == []


@pytest.mark.parametrize("code", CODES)
def test_every_outcome_phase_order_and_guard_has_its_sentence(code: str) -> None:
    keys = wording(code).keys()
    needed = {f"why.because.{name}" for name in NAMES.values()}
    needed |= {f"phase.{phase.value}" for phase in Phase} | {f"order.{order.value}" for order in Order}
    for known in known_languages():
        needed |= {f"decline.{reason}" for reason in language(known).decline if reason != "private"}
        needed |= {f"help.{subject}" for subject in language(known).help}
    needed |= {f"unknown.{reason}" for reason in ("empty", "not_understood", "person", "party", "elsewhere")}
    needed |= {"unknown.private", "unknown.beyond", "unknown.topic", "decline.command"}
    assert needed <= keys
    assert {Help, Unknown} <= set(NAMES)


@pytest.mark.parametrize("code", CODES)
def test_every_language_names_every_language_and_month(code: str) -> None:
    say = wording(code)
    assert all(say.language_name(other) != other for other in CODES)
    assert len({say.date(date(2030, month, 2)) for month in range(1, 13)}) == 12


@pytest.mark.parametrize(
    ("code", "day", "written"),
    [
        ("fr", date(2026, 3, 15), "15 mars 2026"),
        ("fr", date(2026, 8, 1), "1er août 2026"),
        ("en", date(2026, 3, 15), "15 March 2026"),
        ("en", date(2026, 8, 1), "1 August 2026"),
    ],
)
def test_a_day_is_written_as_people_write_it(code: str, day: date, written: str) -> None:
    assert wording(code).date(day) == written


@pytest.mark.parametrize(
    ("code", "published", "written"),
    [
        ("fr", "2026-03-01", "1er mars 2026"),
        ("fr", "2026-03", "mars 2026"),
        ("fr", "2026", "2026"),
        ("fr", None, "sans date"),
        ("en", "2026-12-31", "31 December 2026"),
        ("en", "2026-12", "December 2026"),
        ("en", "2026", "2026"),
        ("en", None, "undated"),
    ],
)
def test_a_source_may_be_dated_in_part(code: str, published: str | None, written: str) -> None:
    assert wording(code).partial_date(published) == written


@pytest.mark.parametrize(
    ("code", "names", "written"),
    [
        ("fr", [], ""),
        ("fr", ["A"], "A"),
        ("fr", ["A", "B"], "A et B"),
        ("fr", ["A", "B", "C"], "A, B et C"),
        ("en", ["A", "B", "C", "D"], "A, B, C and D"),
    ],
)
def test_names_are_listed_as_in_a_sentence(code: str, names: list[str], written: str) -> None:
    assert wording(code).series(names) == written


def test_an_unknown_language_is_called_by_its_code() -> None:
    assert wording("fr").language_name("xx") == "xx"


@pytest.mark.parametrize(
    ("module", "read"), [("bot.dialogue.wording", wording), ("bot.language.catalogue", language)]
)
def test_a_broken_language_file_says_where(
    module: str, read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zz.yaml").write_text("name: a\nname: b\n", encoding="utf-8")
    monkeypatch.setattr(f"{module}.FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"zz\.yaml:2"):
        read("zz")


def test_a_sentence_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        wording("fr")("decline.nothing")


@given(st.text(), st.sampled_from(CODES))
def test_braces_in_a_value_are_text(text: str, code: str) -> None:
    assert text in wording(code)("no_position", names=text, date="")
    assert "{x}" in wording(code)("no_position", names="{x}", date="")


@pytest.mark.parametrize("code", CODES)
def test_no_sentence_for_telegram_is_left_that_nothing_says(code: str) -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.parents[1].rglob("*.py"))

    def said(key: str) -> bool:
        """Whether a key is written whole, or as a beginning that is filled in (`telegram.button.{label}`)."""
        begun = (key[:at] for at in range(len("telegram."), len(key)))
        return key in sources or any(
            f"{beginning}{{" in sources for beginning in begun if beginning != "telegram."
        )

    names = [key for key in wording(code).keys() if key.startswith("telegram.")]  # noqa: SIM118
    loose = {key for key in names if not said(key) and f'"{key.removeprefix("telegram.")}"' not in sources}
    assert loose == set()


@pytest.mark.parametrize(
    ("code", "rows", "said"),
    [
        ("en", 0, "0 rows"),
        ("en", 1, "1 row"),
        ("en", 2, "2 rows"),
        ("fr", 0, "0 ligne"),
        ("fr", 2, "2 lignes"),
    ],
)
def test_a_word_that_is_counted_agrees_with_its_number(code: str, rows: int, said: str) -> None:
    sentence = wording(code)("terminal.backup.made", file="x.zip", rows=rows, count=3)
    assert f": {said}" in sentence.replace(" : ", ": ")
    assert "|" not in sentence
