"""What moderators read is in their language, short, and says all that they must know before they decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.channels.moderation import (
    CHOICES,
    SHOWN,
    Moderation,
    Section,
    changed_lines,
    cut,
    impossibility,
)
from bot.channels.sourcing import nearest
from bot.channels.telegram.formatting import LIMIT, messages, units
from bot.channels.telegram.keyboards import VERDICTS
from bot.channels.telegram.moderating.pages import paragraphs
from bot.dialogue.outcomes import NAMES
from bot.dialogue.wording import wording
from bot.knowledge.document import Place, Problem
from bot.knowledge.editing import ADD, Operation
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Election
from bot.moderation.answers import Fault
from bot.moderation.drafting import KINDS, Draft
from bot.moderation.forms import Field, fields, next_field, statements
from bot.moderation.proposals import Decided, Edit, Impossible
from bot.moderation.queue import Group
from bot.moderation.trying import Preview, Trials, difference
from bot.state.records import Audited, FeedbackCount, Proposal, Unanswered, UnansweredCount
from tests.unit.moderated import NOW, TOWN, base, edit, form, small

CODES = ("fr", "en")
DAY = date(2030, 2, 20)
BANK = """\
- {id: q1, lang: en, text: "what about windmills?", outcome: unknown}
- {id: q2, lang: en, text: "what does Rosy say about cameras?", outcome: position, candidates: [rose]}
"""
PROPOSAL = Proposal(
    *("p1", TOWN, "correction", "ada's key", "Ada", "rose/cameras", "[]", (), "proposed", "", "", NOW)
)
STEP = Audited(7, NOW, "Ada", "applied", TOWN, "correction rose/cameras", "was", "is\nnow", "p1")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = small(tmp_path_factory.mktemp("words") / "knowledge")
    (found / TOWN / "questions").mkdir()
    (found / TOWN / "questions/en.yaml").write_text(BANK)
    return found


@pytest.fixture(scope="module")
def loaded(root: Path) -> Loaded:
    return base(root)


@pytest.fixture
def election(loaded: Loaded) -> Election:
    return loaded.base.elections[TOWN]


@pytest.fixture(params=CODES)
def telling(election: Election, request: pytest.FixtureRequest) -> Moderation:
    return Moderation(election, wording(request.param))


@pytest.fixture
def english(election: Election) -> Moderation:
    return Moderation(election, wording("en"))


def told(sections: list[Section] | Iterator[Section]) -> str:
    return "\n".join("\n".join([section.heading, *section.lines]) for section in sections)


# --- forms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_of_every_form_can_be_asked(kind: str, telling: Moderation) -> None:
    new = Draft(kind, TOWN, {"offered.fr": "a", "source": "new"})
    steps = [
        (draft, field) for draft in (new, Draft(kind, TOWN)) for field in fields(draft, telling.election)
    ]
    assert steps
    for draft, field in steps:
        first, *rest = telling.question(draft, field).split("\n")
        assert telling.kind(kind) in first
        assert rest
        assert (telling.say("moderation.or_skip") in rest) == field.optional


def test_a_step_says_where_one_is_and_in_which_language(english: Moderation) -> None:
    draft = form("topic", english.election).without("phrasings.en")
    field = next_field(draft, english.election)
    assert field is not None
    first, second = english.question(draft, field).split("\n")
    assert first == "new topic · step 5 of 5"
    assert "English" in second


def test_whoever_corrects_a_statement_sees_what_it_says(english: Moderation) -> None:
    draft = form("correction", english.election).without("claim.fr", "claim.en")
    (french, english_field) = (f for f in fields(draft, english.election) if f.name == "claim")
    assert "Elle veut 1 200 caméras." in english.question(draft, french)
    assert "She wants 1,200 cameras." in english.question(draft, english_field)
    assert "1,200" not in english.question(draft, Field("why", "en"))


def test_choices_have_the_words_that_voters_see(english: Moderation) -> None:
    election = english.election
    chosen = {
        "candidate": [("rose", "Rose Petal"), ("thorn", "Ted Thorn")],
        "topic": [("cameras", "Cameras"), ("safety", "Safety")],
        "gender": [("woman", "woman"), ("man", "man")],
        "source_language": [("fr", "French"), ("en", "English")],
    }
    asked = {f.name: f for kind in KINDS for f in fields(Draft(kind, TOWN, {"source": "new"}), election)}
    for name, choices in chosen.items():
        assert sorted(english.choices(asked[name])) == sorted(choices)
    sources = english.choices(asked["source"])
    assert sources[0] == ("new", "➕ A new source")
    assert dict(sources)["gazette"].endswith("The Gazette, “Who wants what”, February 2030")
    names = tuple(name for name, _ in statements(election, "rose/cameras"))
    (only,) = english.choices(Field("statement", choices=names))
    assert only == (names[0], "She wants 1,200 cameras.")
    assert english.choices(Field("statement", choices=("gone",))) == [("gone", "gone")]
    assert english.choices(Field("claim", "fr")) == []


def test_what_is_closest_is_offered_first(english: Moderation) -> None:
    topics = Field("topic", choices=("cameras", "safety"))
    people = Field("candidate", choices=("rose", "thorn"))
    closest = ("thorn/safety", "how-to-vote", "gone/away", "safety")
    assert [value for value, _ in english.choices(topics, closest)] == ["safety", "cameras"]
    assert [value for value, _ in english.choices(people, closest)] == ["thorn", "rose"]
    assert [value for value, _ in english.choices(topics, ("how-to-vote",))] == ["cameras", "safety"]


def test_no_more_choices_are_offered_than_can_be_looked_through(english: Moderation) -> None:
    many = Field("statement", choices=tuple(f"s{n}" for n in range(50)))
    assert len(english.choices(many)) == CHOICES
    assert len(english.choices(many, limit=None)) == 50


def test_what_is_wrong_with_an_answer_is_said_in_ones_language(telling: Moderation) -> None:
    text = telling.fault(Fault("no_topic_near", text="{x} <b>", near="safety"))
    assert "{x} <b>" in text
    assert "safety" in text


# --- the queue -------------------------------------------------------------------------------------------


def asked(text: str, reason: str = "unknown", count: int = 1, last: date = DAY, code: str = "fr") -> Group:
    row = UnansweredCount(Unanswered(TOWN, code, text, reason), count, DAY, last)
    return Group("g", TOWN, (row,), (), "", (), False)


@pytest.mark.parametrize("reason", ["unknown", "no_position", "none_of_these"])
def test_a_row_tells_when_how_often_and_why(reason: str, telling: Moderation) -> None:
    group = asked("et {les} moulins ?", reason)
    text = told(telling.group(group))
    assert "et {les} moulins ?" in text
    assert telling.say("moderation.queue.reason", reasons="").strip() in text
    assert telling.say.date(DAY) in text
    assert telling.say.language_name("fr") in text


def test_days_are_told_once_if_there_was_only_one(english: Moderation) -> None:
    later = date(2030, 2, 22)
    groups = [asked("x"), asked("x", count=3), asked("x", count=3, last=later)]
    once, day, days = (english.group(group)[1].lines[0] for group in groups)
    assert "3×" not in once
    assert "3×" in day
    assert english.say.date(later) in days
    assert not any(english.say.date(later) in text for text in (once, day))


def test_other_ways_of_asking_are_told_up_to_a_few(english: Moderation) -> None:
    first = asked("moulins", count=9)
    rows = [asked(f"moulins {number}").questions[0] for number in range(20)]
    sections = english.group(replace(first, questions=(*first.questions, *rows)))
    assert len(sections[-1].lines) == SHOWN + 1
    assert sections[-1].lines[-1] == "… and 12 more"
    assert len(english.group(first)) == 2


@pytest.mark.parametrize("entry", ["rose/cameras", "safety", "how-to-vote", "gone/away"])
def test_what_voters_said_of_an_answer_is_counted(entry: str, telling: Moderation) -> None:
    verdicts = tuple(FeedbackCount(TOWN, entry, v, c, 2, DAY, DAY) for v in VERDICTS for c in CODES)
    group = Group("g", TOWN, (), verdicts, entry, (), False)
    heading, counts = telling.group(group)
    assert heading.heading == (telling.browsing.subject(entry) or entry)
    for verdict in VERDICTS:
        assert f"{telling.say(f'telegram.verdict.{verdict}')} 4" in counts.lines[0]
    assert heading.heading in telling.row(group, False)


def test_a_row_names_its_election_only_where_there_are_several(english: Moderation) -> None:
    assert english.row(asked("x"), False) == "1× x"
    assert english.row(asked("x"), True) == "1× x · Election of 2030"


# --- what an edit would do -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trials(root: Path) -> Trials:
    return Trials(root)


def tried(trials: Trials, *operations: Operation) -> Preview:
    asked = Unanswered(TOWN, "en", "what about windmills?", "unknown")
    return trials.preview(operations, TOWN, (asked,), NOW)


def adding(phrase: str) -> Operation:
    return Operation("common/topics/cameras.yaml", ("phrasings", "en", ADD), None, phrase)


def headings(sections: list[Section]) -> list[str]:
    return [section.heading for section in sections]


def test_a_preview_shows_the_lines_the_answers_and_the_banks(telling: Moderation, trials: Trials) -> None:
    say = telling.say
    sections = list(telling.preview(tried(trials, adding("windmills"))))
    assert headings(sections) == [
        say("moderation.preview.diff"),
        "common/topics/cameras.yaml",
        say("moderation.preview.answers"),
        say("moderation.preview.moved", count=2),
    ]
    _, diff, answers, moved = sections
    assert diff.verbatim
    assert not any(line.startswith(("---", "+++", "@@")) for line in diff.lines)
    assert any(line.startswith("+") and "windmills" in line for line in diff.lines)
    assert not answers.verbatim
    assert say("moderation.outcome.unknown") in answers.lines[0]
    assert "→" in answers.lines[0]
    assert moved.lines[0].startswith("⚠️ ")
    assert moved.lines[-1] == say("moderation.preview.worse")


def test_what_a_bank_expects_otherwise_is_explained_only_where_there_is_any(
    telling: Moderation, trials: Trials
) -> None:
    found = tried(trials, adding("windmills"))
    better = replace(found, moved=tuple(replace(each, after=each.before) for each in found.moved))
    lines = [line for section in telling.preview(better) for line in section.lines]
    assert not any("⚠️" in line for line in lines)


@pytest.mark.parametrize("lines", [["-- a", "++ b", "@@ c"], ["-- a"], ["+ x"], [""]])
def test_lines_that_look_like_the_head_of_a_file_are_lines(lines: list[str]) -> None:
    old, new = "\n".join(["first", *(["x"] * 9), "end"]), "\n".join(["one", *lines, *(["x"] * 9), "END"])
    diff = difference({"a.yaml": old, "b.yaml": old}, {"a.yaml": new, "b.yaml": old + "\nmore"})
    (first, changed), (second, more) = changed_lines(diff)
    assert (first, second) == ("a.yaml", "b.yaml")
    assert [line[1:] for line in changed if line[0] == "+"] == ["one", *lines, "END"]
    assert "…" in changed
    assert more[-1] == "+more"


def test_the_sources_of_an_edit_are_named_with_their_addresses(telling: Moderation, root: Path) -> None:
    gazette = telling.say(
        "moderation.preview.titled",
        publisher="The Gazette",
        title="Who wants what",
        date=telling.say.partial_date("2030-02"),
    )
    for kind in ("position", "correction"):
        (section,) = telling.sources(edit(kind, root))
        (line,) = section.lines
        assert gazette in line
        assert "https://example.org/gazette" in line
    assert telling.sources(Edit("phrasing", TOWN, "cameras", (adding("windmills"),))) == []
    (new,) = telling.sources(edit("source", root))
    assert len(new.lines) == 1


def test_sources_at_hand_come_before_all_others(english: Moderation) -> None:
    assert nearest(Draft("fact", TOWN), english.election)
    at_hand = nearest(Draft("position", TOWN, {"candidate": "rose", "topic": "cameras"}), english.election)
    assert at_hand[0] == "gazette"
    assert nearest(Draft("correction", TOWN, {"target": "how-to-vote"}), english.election)[0] == "law"
    assert sorted(at_hand) == sorted(english.election.all("sources"))


def test_every_line_of_a_long_file_is_sent() -> None:
    lines = (*(f"+ {number} {'x' * 150}" for number in range(100)), "y" * 9_000)
    texts = messages(paragraphs([Section("a.yaml", lines, verbatim=True)]))
    shown = "".join(texts)
    assert all(units(text) <= LIMIT for text in texts)
    assert [line for line in lines[:-1] if line not in shown] == []
    assert shown.count("y") >= 9_000
    assert shown.count("<pre>") == shown.count("</pre>") == len(texts)


def test_a_preview_says_if_nothing_changes(telling: Moderation, trials: Trials) -> None:
    (section,) = telling.preview(tried(trials, adding("cameras")))
    assert section.heading == telling.say("moderation.preview.nothing")
    banks = list(telling.preview(tried(trials, adding("camcorders"))))[-1]
    assert banks.heading == telling.say("moderation.preview.banks", count=2)
    same = list(telling.preview(tried(trials, adding("camcorders"))))[2].lines[0]
    assert "→" not in same


def test_a_preview_counts_what_is_only_said_otherwise(
    english: Moderation, trials: Trials, root: Path
) -> None:
    correction = edit("correction", root).operations
    found = headings(list(english.preview(tried(trials, *correction))))
    assert english.say("moderation.preview.reworded", count=1, asked=2) in found


def test_a_preview_of_what_is_not_sound_shows_what_to_mend_and_no_answers(
    telling: Moderation, trials: Trials
) -> None:
    _, diff, problems = telling.preview(tried(trials, adding("theft")))
    assert diff.verbatim
    assert problems.heading == telling.say("moderation.preview.problems")
    assert "theft" in problems.lines[0]


def test_a_preview_ends_with_what_to_look_at(telling: Moderation, trials: Trials) -> None:
    *_, last = telling.preview(tried(trials, adding("who are you")))
    assert last.heading == telling.say("moderation.preview.notices")
    assert "who are you" in last.lines[0]


def test_a_preview_without_banks_says_so(english: Moderation, trials: Trials) -> None:
    found = replace(tried(trials, adding("windmills")), asked=0, moved=(), answers=())
    assert headings(list(english.preview(found)))[-1] == english.say("moderation.preview.no_banks")


def test_of_many_lines_a_few_are_shown(english: Moderation) -> None:
    problems = [Problem(Place("a.yaml", n), "wrong") for n in range(1, 21)]
    lines = english.problems(problems)
    assert len(lines) == SHOWN + 1
    assert lines[0] == "a.yaml:1:1: wrong"
    assert english.problems(problems[:SHOWN]) == tuple(map(str, problems[:SHOWN]))


def test_every_outcome_has_a_name(telling: Moderation) -> None:
    names = {telling.say(f"moderation.outcome.{name}") for name in NAMES.values()}
    assert len(names) == len(set(NAMES.values()))


def test_an_edit_is_called_by_what_voters_see(english: Moderation) -> None:
    assert english.title(PROPOSAL) == "Correction: Rose Petal · Cameras"
    assert english.title(Edit("muting", TOWN, "buy {my} watches", ())) == "Muting: buy {my} watches"
    assert english.title(Edit("fact", TOWN, "how-to-vote", ())) == "New fact: How to vote"
    assert english.waiting(PROPOSAL) == "correction · Rose Petal · Cameras · Ada"


# --- what became of it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("waits", ["sensitive", "always", "new"])
def test_an_edit_that_waits_says_why_and_whether_anybody_can_approve_it(
    waits: str, telling: Moderation
) -> None:
    decided, say = Decided(PROPOSAL, waits), telling.say
    assert telling.decided(decided, False) == [
        say("moderation.done.proposed"),
        say(f"moderation.waits.{waits}"),
    ]
    assert telling.decided(decided, False, alone=True)[-1] == say("moderation.done.alone")


def test_an_edit_that_is_done_says_whether_it_is_live_and_in_which_commit(telling: Moderation) -> None:
    done, say = replace(PROPOSAL, status="applied"), telling.say
    live, later = say("moderation.done.applied"), say("moderation.done.not_live")
    assert telling.decided(Decided(done), True, alone=True) == [live]
    assert telling.decided(Decided(done), False) == [later]
    (_, commit) = telling.decided(Decided(done, commit="abc123"), True)
    assert "abc123" in commit
    (_, fault) = telling.decided(Decided(done, fault="locked"), True)
    assert "locked" in fault


def test_every_reason_why_not_has_its_sentence(telling: Moderation) -> None:
    worded = telling.say.keys()
    keys = [key.rpartition(".")[2] for key in worded if key.startswith("moderation.impossible.")]
    assert len({impossibility(Impossible(key), telling.say) for key in keys}) == len(keys) > 10
    problem = Problem(Place("a.yaml"), "wrong")
    sentence, what = telling.impossible(Impossible("problems", [problem], count=1))
    assert (sentence, what) == (telling.say("moderation.impossible.problems"), "a.yaml:1:1: wrong")


@pytest.mark.parametrize(
    "action", ["proposed", "approved", "applied", "rejected", "withdrawn", "failed", "dismissed", "restored"]
)
def test_every_step_of_the_log_can_be_told(action: str, telling: Moderation) -> None:
    line = telling.step(replace(STEP, action=action))
    assert line.startswith("7. 2030-02-25 ")
    for word in (
        "Ada",
        telling.say(f"moderation.log.action.{action}"),
        telling.kind("correction"),
        "Rose Petal",
    ):
        assert word in line


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "naming"])
def test_every_kind_of_edit_is_told_in_the_log(kind: str, telling: Moderation) -> None:
    line = telling.step(replace(STEP, subject=f"{kind} some {{words}} of hostile text"))
    assert line.endswith(f"{telling.kind(kind)} · some {{words}} of hostile text")


def test_a_dismissed_question_is_quoted_and_a_dismissed_entry_named(english: Moderation) -> None:
    dismissed = replace(STEP, action="dismissed", proposal="")
    assert "“correction of what?”" in english.step(replace(dismissed, subject="correction of what?"))
    assert english.step(replace(dismissed, subject="how-to-vote")).endswith("How to vote")


def test_the_log_is_told_in_the_time_of_the_town(english: Moderation) -> None:
    late = datetime(2030, 2, 25, 23, 30, tzinfo=UTC)
    assert english.step(replace(STEP, at=late)).startswith("7. 2030-02-26 00:30 ")


def test_a_step_in_full_shows_what_it_took_away_and_what_it_put_there(telling: Moderation) -> None:
    first, before, after = telling.step_in_full(STEP)
    assert first.lines == (telling.step(STEP),)
    assert (before.lines, after.lines) == (("was",), ("is", "now"))
    assert before.verbatim
    assert after.verbatim
    assert len(telling.step_in_full(replace(STEP, before="", after=""))) == 1


@pytest.mark.parametrize(
    ("text", "length", "shown"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("a bcd", 3, "a…"), ("", 3, "")]
)
def test_what_is_too_long_is_cut(text: str, length: int, shown: str) -> None:
    assert cut(text, length) == shown
