"""Whatever a moderator types, a form goes on or says why not, and what it writes is what was typed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from bot.dialogue.wording import wording
from bot.knowledge.editing import Operation, applied
from bot.knowledge.model import Election
from bot.matching.checking import problems_of
from bot.moderation.answers import Fault, fill
from bot.moderation.drafting import KINDS, Draft, read
from bot.moderation.forms import back, fields, next_field, phrases, skip
from bot.moderation.proposals import Edit, Impossible, edit_of
from bot.moderation.storing import texts
from bot.moderation.trying import trial
from bot.state.records import Unanswered
from tests.strategies import ANY_TEXT
from tests.unit.moderated import MISSING, NEW_SOURCE, NOW, TOWN, TYPED, small, town

FOLDER = tempfile.TemporaryDirectory(prefix="any-form-")
ROOT = small(Path(FOLDER.name) / "knowledge")
ELECTION = town(ROOT)
SAYS = [wording(code) for code in ("fr", "en")]
WRITTEN = [kind for kind in KINDS if kind not in ("reversal", "naming")]

YAML = [
    *("no", "null", "~", "true", "12:30", "010", "1e3", "2030-02-25", "=", "<<", "---", "...", "- a", "? a"),
    *(
        "a: b",
        "a #b",
        "#a",
        "'a",
        '"a',
        "a'b\"c",
        "[a]",
        "{a: b}",
        "&a b",
        "*a",
        "!a b",
        "!!str a",
        "|a",
        ">a",
    ),
    *("%YAML 1.2", "@a", "`a`", "a\\nb", "\\", "a:", ":a", "-a", "{a}", "{0}", "%s", "a, b", "a\u00adb"),
    *("\ufffea", "a\uffff", "\ue000a", "a\U0010ffff", "👍a", "é" * 150, "a\u0301", "ﷺ", "日本語", "a\u0085b"),
    *("$(touch x) a", "`touch x`", "../../etc/passwd", "<script>alert(1)</script>", "<b>a</b>", "&amp;a"),
    *("'; DROP TABLE audit; --", "a\u200db", "a\u200cb", "x" * 200, "a " * 90, "\N{NO-BREAK SPACE}a"),
]
HOSTILE = st.one_of(
    st.sampled_from(YAML), st.lists(st.sampled_from(YAML), max_size=4).map(" ".join), ANY_TEXT
)
USUAL = sorted({text for typed in TYPED.values() for text in typed.values()} | set(NEW_SOURCE.values()))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), HOSTILE),
        st.tuples(st.just("type"), st.sampled_from(USUAL)),
        st.tuples(st.just("choose"), st.integers(0, 50)),
        st.tuples(st.sampled_from(["usual", "skip", "back", "use"]), st.none()),
    ),
    max_size=20,
)
BEGUN = st.dictionaries(
    st.sampled_from(["offered.fr", "offered.en", "target", "candidate", "topic", "statement", "source"]),
    st.one_of(st.sampled_from(["cameras", "rose/cameras", "rose", "new", "gone", ""]), HOSTILE),
    max_size=4,
)


def taken(draft: Draft, step: tuple[str, object], election: Election) -> Draft:
    """The draft after what a moderator does at any step; a refusal must have its words."""
    verb, given = step
    field = next_field(draft, election)
    if verb == "skip":
        return skip(draft, election)
    if verb == "back":
        return back(draft)
    if verb == "choose" and field is not None and field.choices:
        assert isinstance(given, int)
        return draft.with_value(field.key, field.choices[given % len(field.choices)])
    text = str(given) if verb == "type" else field.offered if field is not None else ""
    if verb == "usual" and field is not None:
        text = TYPED[draft.kind].get(field.key, "")
        if not text and (field.optional or field.choices):
            return taken(draft, ("skip", None) if field.optional else ("choose", 0), election)
    try:
        return fill(draft, election, text)
    except Fault as fault:
        refusal = fault
    event(f"refused: {refusal.key}")
    assert all(say(f"moderation.fault.{refusal.key}", **refusal.values) for say in SAYS)
    return draft


@given(st.sampled_from(KINDS), BEGUN, st.integers(0, 14), STEPS)
def test_any_form_takes_any_step_or_says_why_not(
    kind: str, begun: Mapping[str, str], usual: int, steps: list[tuple[str, object]]
) -> None:
    draft = Draft(kind, TOWN, begun, (MISSING, Unanswered("", "", "\ud800", "")))
    for step in [("usual", None)] * usual + steps:
        draft = taken(draft, step, ELECTION)
        again = read(draft.written())
        assert again == draft
        assert again is not None
        assert list(again.values) == list(draft.values)
        field = next_field(draft, ELECTION)
        assert field is None or field in fields(draft, ELECTION)
    if kind not in WRITTEN:
        return
    if next_field(draft, ELECTION) is None:
        event(f"filled in: {kind}")
        sound(edit_of(draft, ELECTION, NOW))
    else:
        with pytest.raises(Impossible, match="conflict"):
            edit_of(draft, ELECTION, NOW)


def sound(edit: Edit) -> Election | None:
    """The election after an edit, if the base is sound then; whatever comes of it is no exception."""
    written = json.dumps([each.written() for each in edit.operations])
    assert tuple(Operation.read(each) for each in json.loads(written)) == edit.operations
    before = texts(ROOT, {each.file for each in edit.operations})
    after = applied(before, edit.operations)
    assert applied(after, edit.operations) == after
    with trial(ROOT, after) as loaded:
        problems = [str(problem) for problem in problems_of(loaded) if not problem.notice]
        if problems:
            event(f"problem: {problems[0].partition(': ')[2][-30:]}")
            return None
        back_again = [each.inverse() for each in reversed(edit.operations)]
        undone = applied(after, back_again)
        with trial(ROOT, undone) as as_before:
            assert as_before.base.elections[TOWN] == ELECTION
        return loaded.base.elections[TOWN]


def said(election: Election, edit: Edit) -> Iterator[tuple[str, str]]:
    """What the base says after an edit, by the names of what was asked."""
    if edit.kind in ("position", "fact", "correction"):
        candidate, _, topic = edit.subject.partition("/")
        claims = (
            election.candidates[candidate].positions[topic] if topic else election.fact(edit.subject).answer
        )
        claim = claims[-1]
        yield from ((f"claim.{code}", text) for code, text in claim.claim.items())
        yield from (("quote", text) for text in (claim.quote or {}).values())
        if claim.corrected is not None:
            yield from ((f"why.{code}", text) for code, text in claim.corrected.why.items())
    if edit.kind in ("fact", "topic"):
        part = election.fact(edit.subject) if edit.kind == "fact" else election.topic(edit.subject)
        yield from ((f"name.{code}", text) for code, text in part.name.items())
        yield from ((f"phrasings.{code}", ", ".join(texts)) for code, texts in part.phrasings.items())
    if edit.kind == "candidate":
        held = election.candidates[edit.subject]
        yield from (
            ("full_name", held.name),
            ("list", held.list_name or ""),
            ("aliases", ", ".join(held.aliases)),
        )
        yield from ((f"description.{code}", text) for code, text in (held.description or {}).items())
    if edit.kind == "source":
        source = election.source(edit.subject)
        yield from (("publisher", source.publisher), ("title", source.title or ""), ("url", source.url or ""))
    if edit.kind == "muting":
        yield "muted", election.own.muted.questions[-1]
    if edit.kind == "phrasing":
        yield "phrasing.fr", ", ".join(election.topic("cameras").phrasings["fr"][1:])


FREE = {
    "position": ("claim.fr", "claim.en", "quote"),
    "fact": ("claim.fr", "claim.en", "quote", "name.fr", "name.en", "phrasings.fr", "phrasings.en"),
    "topic": ("name.fr", "name.en", "phrasings.fr", "phrasings.en"),
    "candidate": ("full_name", "list", "aliases", "description.fr", "description.en"),
    "source": ("publisher", "title", "url"),
    "correction": ("claim.fr", "claim.en", "why.fr", "why.en"),
    "muting": ("muted",),
    "phrasing": ("phrasing.fr",),
}
"""What is written in a moderator's own words."""


@pytest.mark.parametrize("kind", FREE)
@given(st.data())
def test_hostile_text_is_read_as_it_was_typed(kind: str, data: st.DataObject) -> None:
    names = sorted({name.partition(".")[0] for name in FREE[kind]})
    hostile = {
        name: data.draw(HOSTILE, name) for name in data.draw(st.sets(st.sampled_from(names)), "hostile")
    }
    draft = written(Draft(kind, TOWN), hostile, TYPED[kind])
    assume(draft is not None)
    assert draft is not None
    edit = edit_of(draft, ELECTION, NOW)
    election = sound(edit)
    if election is None:
        return
    found = dict(said(election, edit))
    for key in FREE[kind]:
        name, kept = key.partition(".")[0], draft.values.get(key, "")
        if name == "phrasing":
            kept = ", ".join(phrase for phrase in phrases(kept) if phrase != "caméras")
        assert found.get(key, "") == kept
        if kept and kept != TYPED[kind].get(key) and name in hostile:
            event(f"written: {name}")
            if name not in ("phrasing", "phrasings", "aliases", "quote"):
                assert kept.split() == hostile[name].split()


def written(draft: Draft, hostile: Mapping[str, str], usual: Mapping[str, str]) -> Draft | None:
    """A form filled in with hostile text wherever that is taken; None if then the usual is not."""
    while (field := next_field(draft, ELECTION)) is not None:
        typed = hostile.get(field.name, usual.get(field.key, ""))
        if typed == "" and (field.optional or field.choices):
            draft = skip(draft, ELECTION) if field.optional else draft.with_value(field.key, field.choices[0])
            continue
        try:
            draft = fill(draft, ELECTION, typed)
        except Fault:
            if field.key not in usual or (typed == usual[field.key]):
                return None
            hostile = {name: text for name, text in hostile.items() if name != field.name}
    return draft
