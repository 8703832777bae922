"""A form that is not finished comes back as it was, and nothing else is taken for one."""

from __future__ import annotations

import json

import pytest

from bot.dialogue.wording import wording
from bot.moderation.drafting import KINDS, Draft, read
from tests.unit.moderated import MISSING, TOWN

DRAFT = Draft(
    "phrasing", TOWN, {"offered.fr": "éoliennes", "target": "cameras"}, (MISSING, MISSING), paused=True
)


@pytest.mark.parametrize(
    "draft",
    [
        DRAFT,
        *(Draft(kind, TOWN) for kind in KINDS),
        Draft("fact", "", {"": "", 'a"\\\n': "\u202e<b>&{}%s\0"}),
    ],
)
def test_a_draft_that_is_written_is_read_as_it_was(draft: Draft) -> None:
    assert read(draft.written()) == draft


def test_a_draft_keeps_its_name_and_becomes_one_proposal() -> None:
    again = read(DRAFT.written())
    assert again is not None
    assert (again.id, again.proposal) == (DRAFT.id, DRAFT.proposal)
    assert Draft("fact", TOWN).id != Draft("fact", TOWN).id
    changed = DRAFT.with_value("target", "safety")
    assert changed.id == DRAFT.id
    assert changed.proposal != DRAFT.proposal == changed.with_value("target", "cameras").proposal


def test_a_draft_of_an_older_version_gets_the_same_name_each_time_it_is_read() -> None:
    held = json.loads(DRAFT.written())
    del held["id"]
    first, second = read(json.dumps(held)), read(json.dumps(held))
    assert first is not None
    assert second is not None
    assert first.id == second.id != ""


def test_answers_keep_their_order() -> None:
    draft = Draft("fact", TOWN).with_value("b", "1").with_value("a", "2").with_value("b", "3")
    again = read(draft.written())
    assert again is not None
    assert list(again.values.items()) == [("a", "2"), ("b", "3")]


def test_a_draft_is_never_changed_but_made_anew() -> None:
    before = Draft("fact", TOWN, {"a": "1"})
    assert before.with_value("b", "2").without("a").values == {"b": "2"}
    assert before.without("nothing") == before
    assert before.values == {"a": "1"}


@pytest.mark.parametrize("key", ["kind", "election", "values", "questions", "paused", "id"])
@pytest.mark.parametrize("value", [None, 7, [1], [[1, 2]], {"a": 1}, "other", "gone"])
def test_what_another_version_wrote_is_read_or_left(key: str, value: object) -> None:
    held = json.loads(DRAFT.written())
    if value == "gone":
        del held[key]
    else:
        held[key] = value
    draft = read(json.dumps(held))
    assert draft is None or read(draft.written()) == draft
    assert draft is None or all(isinstance(each, str) for each in draft.values.values())


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "3", '"fact"', "[" * 100_000, '{"kind": "spell"}', "\ud800"]
)
def test_what_is_no_draft_is_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_kind_has_a_name(code: str) -> None:
    say = wording(code)
    assert len({say(f"moderation.kind.{kind}") for kind in KINDS}) == len(KINDS)
