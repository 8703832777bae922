"""What others wrote may be passed on with the program, is declared where it is used, and used where it is declared."""

from __future__ import annotations

import re

import pytest

from tests.dependencies import ALWAYS, PAGE, ROOT, allowed, declared, direct, imported, installed, packages_of

FOUND = installed()
RUN = (ALWAYS, "postgres", "server", "semantic")
"""What is installed to run the bot, not to work on it."""

UNSEEN = {
    "aiosqlite": "the driver that the address of a file names",
    "asyncpg": "the driver that the address of a server names",
    "httptools": "what uvicorn reads HTTP with, if it is there",
    "wordfreq": "its word lists, which are read without it",
}
"""What is used without being imported."""


@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.name)
def test_every_licence_is_one_that_the_program_can_be_passed_on_with(found: object) -> None:
    assert allowed(found.name, found.licence), found.licence  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("licence", "fine"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("LGPL-3.0-only", False),
        ("unknown", False),
        ("", False),
        ("MIT OR GPL-2.0-only", True),
        ("MIT AND GPL-2.0-only", False),
        ("MIT AND (BSD-2-Clause OR LGPL-2.1-or-later)", True),
        ("MIT AND (GPL-2.0-only OR LGPL-2.1-or-later)", False),
        ("(MIT AND Zlib) OR GPL-2.0-only", True),
    ],
)
def test_a_choice_needs_one_good_licence_and_a_sum_only_good_ones(licence: str, fine: bool) -> None:
    assert allowed("anything", licence) is fine


def test_lgpl_is_for_what_was_thought_about() -> None:
    assert allowed("python-telegram-bot", "LGPL-3.0-only")
    assert not allowed("python-telegram-bot", "GPL-3.0-only")


def test_what_is_imported_is_declared() -> None:
    known = direct({extra: declared()[extra] for extra in RUN})
    modules = imported(ROOT / "bot")
    assert {"click", "telegram", "sqlalchemy"} < modules
    assert {module for module in modules if not packages_of(module) & known} == set()


def test_what_is_declared_is_used() -> None:
    used = {package for module in imported(ROOT / "bot") for package in packages_of(module)}
    asked = {re.sub(r"[-_.]+", "-", each.name).lower() for extra in RUN for each in declared()[extra]}
    assert asked - used == set(UNSEEN)


def test_the_page_names_every_package_that_is_asked_for_with_a_licence_that_is_allowed() -> None:
    rows = re.findall(r"^\| \**([\w-]+)\** \| \S+ \| (.+?) \| .+ \|$", PAGE.read_text(encoding="utf-8"), re.M)
    told = dict(rows[1:])  # without the names of the columns
    assert direct(declared()) - told.keys() == set()
    assert {name: licence for name, licence in told.items() if not allowed(name, licence)} == {}
