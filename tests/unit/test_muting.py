"""Spam is kept out of moderators' sight, and no entry that does so may keep a real question out."""

from __future__ import annotations

import pytest
from small_base import Write

from bot.knowledge.loading import load
from bot.knowledge.model import Election, Muted, Shared
from bot.matching.muting import muted, muted_words
from bot.matching.phrasing_checks import CHECKS
from tests import invented

OWN = "town-2030/muted.yaml"
COMMON = "common/muted.yaml"


def election(own: tuple[str, ...] = (), included: tuple[str, ...] = ()) -> Election:
    """The invented election with these entries in its own folder and in the one it includes."""
    plain = invented.election()
    shared = Shared(muted=Muted(questions=[*included]))
    return Election(
        plain.id, plain.description, plain.candidates, Shared(muted=Muted(questions=[*own])), (shared,)
    )


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("casino bonus", "casino bonus"),
        ("casino bonus", "Le CASINO, et son énorme BÔNUS !"),
        ("Casino Bonus", "casino … bonus"),
        ("gagné un téléphone", "vous avez gagne un beau telephone"),
        ("l'œuf d'or", "un oeuf ? l’œuf d’or"),
        ("casino", "un casino à Sablonville"),
        ("賭場", "去 賭場 吧"),
    ],
)
def test_the_words_of_an_entry_mute_in_their_order_whatever_stands_between(entry: str, text: str) -> None:
    assert muted(text, election(own=(entry,)))
    assert muted(text, election(included=("something else", entry)))
    assert not muted(text, election())


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("casino bonus", "bonus casino"),
        ("casino bonus", "un casino sur le port"),
        ("casino bonus", "casinos et bonus"),
        ("casino bonus", ""),
        ("bonus bonus", "un seul bonus"),
        ("…", "un casino"),
        ("!?", "!?"),
    ],
)
def test_other_words_another_order_parts_of_words_and_empty_entries_mute_nothing(
    entry: str, text: str
) -> None:
    assert not muted(text, election(own=(entry,)))


def test_the_check_is_among_those_of_the_base() -> None:
    assert CHECKS["muted-words"] is muted_words


def complaints(write: Write, files: dict[str, str | bytes | None]) -> list[str]:
    return [str(problem).removeprefix("knowledge/") for problem in muted_words(load(write(files)))]


@pytest.mark.parametrize(
    "entry", ["buy followers", "casino des fleurs", "thorn casino", "voter comment gratuit"]
)
def test_an_entry_of_words_that_only_spam_holds_is_fine(write: Write, entry: str) -> None:
    assert complaints(write, {COMMON: f"questions: [{entry}]", OWN: f"questions: [{entry}]"}) == []


@pytest.mark.parametrize("entry", ["ha ha", "x2 007", "abc", '"1234 5678"', '"!?"', "…"])
def test_an_entry_needs_a_word_of_four_letters(write: Write, entry: str) -> None:
    (found,) = complaints(write, {COMMON: f"questions:\n  - free money now\n  - {entry}"})
    assert found.startswith(f"{COMMON}:3:5: ")
    assert found.endswith(" has no word of 4 letters or more, and would hide any question")


@pytest.mark.parametrize(
    ("entry", "hidden"),
    [
        ("CAMÉRAS", "'caméras', a phrasing of topic 'cameras'"),
        ("combien cameras", "'combien de caméras', a phrasing of topic 'cameras'"),
        ("voter", "'comment voter', a phrasing of fact 'how-to-vote'"),
        ("Petal", "'Rose Petal', a name of candidate 'rose'"),
        ("rosy", "'Rosy', a name of candidate 'rose'"),
        ("ada bloom", "'Ada Bloom', a name of person 'bloom'"),
        ("jardin", "'Le Jardin', a name of party 'garden'"),
        ("surety", "'Surety', the name of topic 'safety'"),
    ],
)
@pytest.mark.parametrize("file", [OWN, COMMON])
def test_an_entry_must_not_hide_what_voters_ask_with(
    write: Write, file: str, entry: str, hidden: str
) -> None:
    safety = "name: {fr: Sécurité, en: Surety}\nphrasings: {fr: [vols], en: [theft]}\n"
    found = complaints(write, {file: f"questions: [{entry}]", "common/topics/safety.yaml": safety})
    assert found == [f"{file}:1:13: '{entry}' would hide {hidden}; add a word of the spam"]


def test_a_shared_entry_must_not_hide_the_words_of_any_election_that_includes_it(write: Write) -> None:
    files = {
        COMMON: "questions: [casino royal]",
        "town-2031/election.yaml": "name: {fr: B}\nplaces: [B]\nrounds: [{date: 2031-03-10}]\nlanguages: [fr]\n"
        "checked: 2031-01-01\nincludes: [common]\n",
        "town-2031/topics/casino.yaml": "name: {fr: Jeux}\nphrasings: {fr: [casino royal de la plage]}\n",
        "town-2032/election.yaml": "name: {fr: C}\nplaces: [C]\nrounds: [{date: 2032-03-10}]\nlanguages: [fr]\n"
        "checked: 2032-01-01\n",
        "town-2032/muted.yaml": "questions: [vols de nuit, caméras]",
    }
    assert complaints(write, {**files}) == [
        f"{COMMON}:1:13: 'casino royal' would hide 'casino royal de la plage', a phrasing of topic 'casino'; "
        "add a word of the spam"
    ]
