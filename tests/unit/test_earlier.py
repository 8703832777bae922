"""A base read or laid out again is what it would be if it were made anew; only what changed is made anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from small_base import FILES, Write

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.scopes import Scope, Scopes
from bot.knowledge.loading import Loaded, load
from bot.knowledge.model import Base
from bot.matching.checking import new_problems, problems_of
from tests.conftest import ROOT, VILLEBOIS, VILLEBOIS_NOW

TOWN = "town-2030"
OTHER = "other-2030"
ROSE = f"{TOWN}/candidates/rose.yaml"
CAMERAS = "common/topics/cameras.yaml"
STRANGE = ("camerra", "qsdfgh ?", "que propose rosie pour les vols ?", "the gardn on theft", "comment vauter")

Change = Mapping[str, str | None]
Put = Callable[[Change], Path]


def with_other(name: str, old: str, new: str) -> Change:
    assert old in FILES[name]
    return {name: FILES[name].replace(old, new)}


ELECTION = f"{TOWN}/election.yaml"
SOURCES = f"{TOWN}/sources.yaml"
PARTIES = "common/parties.yaml"
LAW = "common/sources.yaml"
LONG = "[caméras, un deux trois quatre cinq six sept huit neuf]"
UNKNOWN_LANGUAGE = "a language that nobody knows"

CHANGES: Mapping[str, Change] = {
    "a remark": {ROSE: FILES[ROSE] + "# a remark\n"},
    "another claim": {ROSE: FILES[ROSE].replace("1 200", "900").replace("1,200", "900")},
    "another order of languages": {
        CAMERAS: "name: {en: Cameras, fr: Caméras}\nphrasings: {en: [cameras], fr: [caméras]}\n"
    },
    "a phrasing more": with_other(CAMERAS, "[caméras]", "[caméras, filmer les rues]"),
    "a name more": with_other(ROSE, "[Rosy]", "[Rosy, the florist]"),
    "a candidate less": {f"{TOWN}/candidates/thorn.yaml": None},
    "a topic less": {CAMERAS: None},
    "a party more": {PARTIES: FILES[PARTIES] + "wood: {name: {fr: Le Bois}}\n"},
    "no parties": {PARTIES: None},
    "places": {"common/places.yaml": "towns: [Camerata]\n"},
    "a source less": {SOURCES: None},
    "a source that nobody uses": {LAW: FILES[LAW] + FILES[LAW].replace("law:", "decree:")},
    "a source in another language": with_other(SOURCES, "language: en", "language: fr"),
    "one language": with_other(ELECTION, "[fr, en]", "[fr]"),
    "nothing included": with_other(ELECTION, "[common]", "[]"),
    "more included": {
        "more/topics/gardens.yaml": "name: {fr: Jardins}\nphrasings: {fr: [jardins]}\n",
        **with_other(ELECTION, "[common]", "[common, more]"),
    },
    "a long phrasing": with_other(CAMERAS, "[caméras]", LONG),
    "a long claim": with_other("common/facts/how-to-vote.yaml", "On vote", "On vote " * 60),
    "a figure in one language": with_other(ROSE, "1 200", "1 300"),
    "a name in one language": with_other(ROSE, "She wants", "She and Ann want"),
    "a judgement": with_other(ROSE, "Elle veut", "Elle veut hélas scandaleusement"),
    "a short alias": with_other(ROSE, "[Rosy]", "[Ro]"),
    "a phrasing of something else": with_other(CAMERAS, "[caméras]", "[caméras, comment voter, VOLS !]"),
    "a question of something else": with_other(ROSE, "[combien de caméras]", "[vols, Comment voter]"),
    "an alias that asks": with_other(ROSE, "[Rosy]", "[Vols, Bloom]"),
    "a name twice": with_other(ROSE, "[Rosy]", "[Ted Thorn, Thorn]"),
    "a person like a candidate": with_other(f"{TOWN}/people.yaml", "Ada Bloom", "Rosy"),
    "a phrasing hidden": {"common/muted.yaml": "questions: [vote, rosy, ab]"},
    "a language too few": with_other(CAMERAS, "{fr: Caméras, en: Cameras}", "{fr: Caméras}"),
    UNKNOWN_LANGUAGE: with_other(CAMERAS, "en: [cameras]", "en: [cameras], zz: [kamera]"),
    "no YAML": {ROSE: "name: [Rose"},
    "an empty file": {ROSE: ""},
    "no such value": with_other(ROSE, "name: Rose Petal", "named: Rose Petal"),
    "no election": {ELECTION: None},
}


@pytest.fixture
def put(write: Write, tmp_path: Path) -> Put:
    """Writes the small base with a second town in it, and some files replaced or (None) left out."""

    def written(change: Change) -> Path:
        other = {name.replace(TOWN, OTHER): text for name, text in FILES.items() if TOWN in name}
        shutil.rmtree(tmp_path / "knowledge", ignore_errors=True)
        return write({**other, **change})

    return written


def in_order(base: Base) -> list[tuple[str, str]]:
    """Everything in a base with its place in it: equal mappings may still differ in their order."""
    return [(name, repr(election)) for name, election in base.elections.items()]


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_read_again_is_as_if_read_for_the_first_time(put: Put, name: str) -> None:
    before = load(put({}))
    changed = load(put(CHANGES[name]), before)
    anew = load(changed.root)
    assert in_order(changed.base) == in_order(anew.base)
    assert (changed.problems, changed.base.version) == (anew.problems, anew.base.version)
    assert problems_of(changed) == problems_of(anew)
    back = load(put({}), changed)
    assert in_order(back.base) == in_order(before.base)
    assert (back.problems, back.base.version) == (before.problems, before.base.version)


def test_an_unchanged_folder_is_the_same_elections_once_more(put: Put) -> None:
    before = load(put({}))
    again = load(before.root, before)
    assert all(again.base.elections[name] is election for name, election in before.base.elections.items())


def test_only_the_election_whose_file_changed_is_another_one(put: Put) -> None:
    before = load(put({}))
    after = load(put(CHANGES["another claim"]), before)
    was, now = before.base.elections[TOWN], after.base.elections[TOWN]
    assert after.base.elections[OTHER] is before.base.elections[OTHER]
    assert now is not was
    assert now.candidates["thorn"] is was.candidates["thorn"]
    assert now.own is was.own
    assert now.included[0] is was.included[0]


def test_a_shared_file_that_changed_makes_another_of_each_election_that_includes_it(put: Put) -> None:
    before = load(put({}))
    after = load(put(CHANGES["a phrasing more"]), before)
    assert all(after.base.elections[name] is not election for name, election in before.base.elections.items())
    assert all(
        election.included[0] is after.base.elections[TOWN].included[0]
        for election in after.base.elections.values()
    )
    assert after.base.elections[TOWN].included[0].parties is before.base.elections[TOWN].included[0].parties


def test_what_was_wrong_with_a_file_is_told_again(put: Put) -> None:
    before = load(put(CHANGES["no such value"]))
    assert before.problems
    assert load(before.root, before).problems == before.problems


def test_a_folder_elsewhere_is_read_whole(put: Put, tmp_path: Path) -> None:
    before = load(put(CHANGES["no such value"]))
    moved = shutil.copytree(before.root, tmp_path / "moved" / "elsewhere")
    assert {p.place.path.split("/")[0] for p in load(moved, before).problems} == {"elsewhere"}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_is_checked_like_the_whole(put: Put, name: str) -> None:
    before = load(put({}))
    assert all(problem.notice for problem in problems_of(before))
    changed = load(put(CHANGES[name]), before)
    grave = tuple(problem for problem in problems_of(changed) if not problem.notice)
    assert new_problems(changed, before.base) == grave


# --- laid out again --------------------------------------------------------------------------------------------


def laid_out(scope: Scope) -> list[object]:
    """All that a scope's answers can depend on."""
    names, typed = scope.names, [word for text in STRANGE for word in text.split()]
    return [
        *(scope.index.layers, scope.index.fact_topics, scope.fact_people),
        *(names._by_first, names.gazetteer.by_first, names.gazetteer.words, names.rare_words),
        *(names.party_candidates, names.person_candidates),
        [[lexicon.nearest(word) for word in typed] for lexicon in scope.lexicons.values()],
        [[lexicon.in_base(word) for word in typed] for lexicon in scope.lexicons.values()],
    ]


def ready(base: Base, before: Assistant | None = None) -> Assistant:
    assistant = Assistant(base, before=before)
    for election in base.elections:
        assistant.respond(Utterance("qsdfgh ?", election), Memory(), VILLEBOIS_NOW)
    return assistant


@pytest.mark.parametrize("name", [name for name in CHANGES if name != UNKNOWN_LANGUAGE])
def test_what_is_laid_out_again_is_as_if_for_the_first_time(put: Put, name: str) -> None:
    before = load(put({}))
    first = ready(before.base)
    changed = load(put(CHANGES[name]), before)
    second = ready(changed.base, first)
    anew = load(changed.root).base
    for election in anew.elections:
        assert laid_out(second.scopes.scope(election)) == laid_out(Scopes(anew).scope(election))
        for text in STRANGE if all(p.notice for p in problems_of(changed)) else ():
            asked = Utterance(text, election)
            reply = second.respond(asked, Memory(), VILLEBOIS_NOW)
            assert reply == Assistant(anew).respond(asked, Memory(), VILLEBOIS_NOW)
    back = ready(load(put({}), changed).base, second)
    for election in before.base.elections:
        assert laid_out(back.scopes.scope(election)) == laid_out(first.scopes.scope(election))


def test_an_election_that_stays_as_it_is_need_not_be_laid_out_again(put: Put) -> None:
    before = load(put({}))
    first = ready(before.base)
    second = Assistant(load(put(CHANGES["another claim"]), before).base, before=first)
    assert second.scopes.ready == [OTHER]
    assert second.scopes.scope(OTHER) is first.scopes.scope(OTHER)
    changed, was = second.scopes.scope(TOWN), first.scopes.scope(TOWN)
    assert changed.index.layers[1] is was.index.layers[1]
    assert changed.names.gazetteer is was.names.gazetteer


def test_the_words_of_a_town_stay_laid_out_when_a_shared_folder_changes(put: Put) -> None:
    before = load(put({}))
    first = ready(before.base)
    second = Assistant(load(put(CHANGES["a phrasing more"]), before).base, before=first)
    assert second.scopes.ready == []
    assert second.scopes.scope(TOWN).index.layers[0] is first.scopes.scope(TOWN).index.layers[0]
    assert second.scopes.scope(TOWN).index.layers[1] is not first.scopes.scope(TOWN).index.layers[1]


def test_an_assistant_takes_nothing_over_for_elections_that_are_gone(put: Put) -> None:
    before = load(put({}))
    first = ready(before.base)
    alone = replace(before.base, elections={OTHER: before.base.elections[OTHER]})
    assert Assistant(alone, before=first).scopes.ready == [OTHER]


def test_a_base_of_real_size_edited_time_and_again_answers_as_if_made_anew(tmp_path: Path) -> None:
    root = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge" / "common", root / "common")
    shutil.copytree(ROOT / "tests" / "fixtures" / "knowledge" / VILLEBOIS, root / VILLEBOIS)
    loaded: Loaded = load(root)
    assistant = ready(loaded.base)
    for path in sorted(root.glob("*/*/*.yaml"))[::7]:
        if path.parent.name != "questions":
            text = path.read_text(encoding="utf-8")
            path.write_text(
                text.replace("[", "[caméra zorglub, ", 1) if "phrasings" in text else f"# {path}\n{text}"
            )
            loaded = load(root, loaded)
            assistant = ready(loaded.base, assistant)
    anew = Scopes(load(root).base)
    assert laid_out(assistant.scopes.scope(VILLEBOIS)) == laid_out(anew.scope(VILLEBOIS))
