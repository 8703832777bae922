"""What an edit would do is known before it is done, and trying it out leaves no trace."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.evaluation.bank import Question
from bot.evaluation.scoring import ask
from bot.knowledge.editing import ADD, Conflict, Operation, Uneditable
from bot.knowledge.loading import load
from bot.moderation import trying
from bot.moderation.telling import offered, telling_words
from bot.moderation.trying import (
    Broken,
    Moved,
    Preview,
    Trials,
    difference,
    led_to,
    outcome,
    questions_of,
    trial,
)
from bot.state.records import Unanswered
from tests.unit.moderated import NOW, TOWN, edit, files, small

CAMERAS, SAFETY = "common/topics/cameras.yaml", "common/topics/safety.yaml"
BANK = """\
- {id: q1, lang: en, text: "what about windmills?", outcome: unknown}
- {id: q2, lang: en, text: "what does Rosy say about cameras?", outcome: position, candidates: [rose]}
- {id: q3, lang: en, text: "what does Ted Thorn say about cameras?", outcome: no_position}
- {id: q4, lang: en, text: "how to vote", outcome: fact}
"""
OTHER_BANK = '- {id: q1, lang: en, text: "what about windmills?", outcome: unknown}\n'
ASKED = Unanswered(TOWN, "en", "what about windmills?", "unknown")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    found = small(tmp_path / "knowledge")
    bank(found, BANK)
    return found


def bank(root: Path, text: str, name: str = "en") -> None:
    path = root / TOWN / "questions" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def adding(phrase: str, code: str = "en", file: str = CAMERAS) -> Operation:
    return Operation(file, ("phrasings", code, ADD), None, phrase)


def preview(root: Path, *operations: Operation, questions: tuple[Unanswered, ...] = ()) -> Preview:
    return Trials(root).preview(operations, TOWN, questions, NOW)


def moved(found: Preview) -> dict[str, tuple[str, str]]:
    return {each.after.question.text: (each.before.reply.name, each.after.reply.name) for each in found.moved}


# --- what changes ----------------------------------------------------------------------------------------


def test_new_words_are_shown_with_all_that_they_change(root: Path) -> None:
    found = preview(root, adding("windmills"), questions=(ASKED,))
    assert found.sound
    assert list(found.changed) == [CAMERAS]
    changed = [line for line in found.diff.splitlines() if line[0] in "+-"]
    assert changed[:2] == [f"--- {CAMERAS}", f"+++ {CAMERAS}"]
    assert len(changed) == 4
    assert "windmills" in changed[3]
    (answer,) = found.answers
    assert (answer.question, answer.before.name, answer.after.topics) == (ASKED, "unknown", ("cameras",))
    assert list(moved(found)) == ["what about windmills?"]
    assert found.asked == 4
    assert found.notices == ()


def test_trying_leaves_no_trace(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = files(root)
    for each in (adding("windmills"), adding("theft"), Operation(CAMERAS, ("parent",), "safety", "nowhere")):
        preview(root, each)
    assert files(root) == before
    assert list(scratch.iterdir()) == []
    assert [path.name for path in root.iterdir() if path.name.startswith(".")] == []


def test_what_is_there_already_changes_nothing(root: Path) -> None:
    found = preview(root, adding("cameras"), questions=(ASKED,))
    assert (found.changed, found.diff, found.moved, found.sound) == ({}, "", (), True)
    assert [each.before.name for each in found.answers] == ["unknown"]


def test_a_question_that_gets_worse_is_marked(root: Path) -> None:
    bank(root, BANK.replace("what does Rosy say about cameras?", "Rosy, and theft?"))
    gone = Operation(SAFETY, ("phrasings", "en", ADD), "theft")
    found = preview(root, adding("windmills"), gone)
    marks = {each.after.question.id: (each.worse, each.elsewhere) for each in found.moved}
    assert marks == {"q1": (True, True), "q2": (True, True)}


def test_a_question_that_gets_other_words_is_told_apart_from_one_that_is_led_elsewhere(root: Path) -> None:
    changes = edit("correction", root).operations
    (found,) = Trials(root).preview(changes, TOWN, (), NOW).moved
    assert found.after.question.id == "q2"
    assert (found.elsewhere, found.worse) == (False, False)
    assert led_to(found.before) == led_to(found.after)
    assert outcome(found.before) != outcome(found.after)
    assert not Moved(found.before, found.before).differs


def test_each_question_of_each_bank_is_asked(root: Path) -> None:
    bank(root, OTHER_BANK, "other")
    found = preview(root, adding("windmills"))
    assert found.asked == 5
    assert len(found.moved) == 2
    assert [question.id for question in questions_of(root, TOWN)] == ["q1", "q2", "q3", "q4", "q1"]


@pytest.mark.parametrize("text", ["", "- {id: 3", "a: b", "- {id: q9}"])
def test_a_bank_that_cannot_be_read_asks_nothing(root: Path, text: str) -> None:
    bank(root, text)
    assert preview(root, adding("windmills")).asked == 0


def test_only_the_elections_that_read_a_file_are_asked(root: Path) -> None:
    other = root / "village-2031"
    for path in (root / TOWN).rglob("*.yaml"):
        copy = other / path.relative_to(root / TOWN)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    assert preview(root, adding("windmills")).asked == 8
    assert preview(root, *edit("position", root).operations).asked == 4
    path = other / "election.yaml"
    path.write_text(path.read_text().partition("includes:")[0])
    for name in ("candidates/rose.yaml", "sources.yaml", "people.yaml"):
        (other / name).unlink()
    assert preview(root, adding("windmills")).asked == 4


# --- what is wrong ---------------------------------------------------------------------------------------


def test_a_base_that_would_not_be_sound_is_told_with_the_places(root: Path) -> None:
    found = preview(root, adding("theft"), questions=(ASKED,))
    assert not found.sound
    (problem,) = found.problems
    assert "theft" in str(problem)
    assert str(problem).startswith(f"knowledge/{SAFETY}:2:")
    assert found.diff
    assert (found.answers, found.moved, found.asked) == ((), (), 0)


def test_the_place_of_a_problem_is_named_from_the_folder_wherever_one_stands(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    (problem,) = Trials(Path()).preview([adding("theft")], TOWN, (), NOW).problems
    assert str(problem).startswith(f"knowledge/{SAFETY}:2:")


def test_what_was_wrong_before_is_not_laid_to_an_edit(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / SAFETY
    path.write_text(path.read_text().replace("en: [safety", "en: [safety, cameras"))
    with pytest.raises(Broken) as caught:
        preview(root, adding("windmills"))
    assert "cameras" in str(caught.value.problems[0])
    monkeypatch.chdir(root)
    with pytest.raises(Broken):
        Trials(Path()).preview([adding("windmills")], TOWN, (), NOW)
    (problem,) = preview(root, adding("theft")).problems
    assert "theft" in str(problem)
    assert preview(root, Operation(SAFETY, ("phrasings", "en", ADD), "cameras", None)).sound


def test_notices_are_those_that_are_new(root: Path) -> None:
    nine = "one two three four five six seven eight nine"
    (root / CAMERAS).write_text(
        (root / CAMERAS).read_text().replace("en: [cameras]", f"en: [cameras, {nine}]")
    )
    assert preview(root, adding("camcorders")).notices == ()
    found = preview(root, adding(f"{nine} ten"))
    assert found.sound
    assert any("more than 8 words" in str(notice) for notice in found.notices)


def test_words_that_lead_elsewhere_are_noticed(root: Path) -> None:
    found = preview(root, adding("who are you"))
    assert any("is written for 'cameras'" in str(notice) for notice in found.notices)


def test_words_of_others_that_would_be_led_elsewhere_are_noticed(root: Path) -> None:
    changes = edit("candidate", root, aliases="Vote").operations
    (notice,) = Trials(root).preview(changes, TOWN, (), NOW).notices
    assert "'how to vote' is written for 'how-to-vote'" in str(notice)


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (Operation(CAMERAS, ("parent",), "elsewhere", "nowhere"), Conflict),
        (Operation(CAMERAS, ("phrasings", "en", "x", ADD), None, "y"), Conflict),
        (Operation("../secrets.yaml", (), None, "x"), ValueError),
        (Operation("common/notes.txt", (), None, "x"), ValueError),
        (Operation("common/topics/broken.yaml", ("name",), None, "x"), Uneditable),
    ],
)
def test_what_cannot_be_tried_is_told(root: Path, operation: Operation, fault: type[Exception]) -> None:
    (root / "common/topics/broken.yaml").write_text("a: [")
    with pytest.raises(fault):
        preview(root, operation)


def test_files_of_an_edit_may_be_made_and_deleted(root: Path) -> None:
    new = edit("topic", root).operations
    found = preview(root, *new)
    assert found.sound
    assert all(line.startswith(("+", "@", "---")) for line in found.diff.splitlines())
    (file,) = found.changed
    (root / file).parent.mkdir()
    (root / file).write_text(found.changed[file] or "")
    gone = preview(root, *(each.inverse() for each in new))
    assert gone.sound
    assert gone.changed == {file: None}
    assert all(line.startswith(("-", "@", "+++")) for line in gone.diff.splitlines())


# --- what is remembered ----------------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions of banks, as they are asked."""
    heard: list[str] = []

    def asking(assistant: Assistant, question: Question, *given: Any) -> Reply:
        heard.append(question.id)
        return ask(assistant, question, *given)

    monkeypatch.setattr(trying, "ask", asking)
    return heard


def test_the_base_as_it_is_is_asked_once(root: Path, asked: list[str]) -> None:
    trials = Trials(root)
    first = trials.preview([adding("windmills")], TOWN, (), NOW)
    assert len(asked) == 8
    second = trials.preview([adding("windmills")], TOWN, (), NOW)
    assert len(asked) == 12
    assert moved(first) == moved(second)
    trials.forget()
    trials.preview([adding("windmills")], TOWN, (), NOW)
    assert len(asked) == 20


def test_a_base_that_was_changed_is_asked_again(root: Path, asked: list[str]) -> None:
    trials = Trials(root)
    trials.preview([adding("windmills")], TOWN, (), NOW)
    path = root / CAMERAS
    path.write_text(path.read_text().replace("[cameras]", "[cameras, windmills]"))
    found = trials.preview([adding("mills")], TOWN, (), NOW)
    assert len(asked) == 16
    assert found.moved == ()


def test_a_preview_on_another_day_compares_what_is_asked_on_the_same_day(root: Path) -> None:
    """On the day of the vote the answers say less."""
    trials, vote = Trials(root), NOW.replace(month=3, day=10, hour=10)
    (before,) = trials.preview([adding("windmills")], TOWN, (), NOW).moved
    (on_the_day,) = trials.preview([adding("windmills")], TOWN, (), vote).moved
    assert on_the_day.after.reply.parts != before.after.reply.parts
    (again,) = trials.preview([adding("windmills")], TOWN, (), vote + timedelta(minutes=9)).moved
    assert again.before is on_the_day.before
    (late,) = trials.preview([adding("windmills")], TOWN, (), vote + timedelta(minutes=11)).moved
    assert late.before is not on_the_day.before


def test_two_at_once_ask_the_base_as_it_is_once(root: Path, asked: list[str]) -> None:
    trials = Trials(root)
    with ThreadPoolExecutor(2) as both:
        wanted = ["windmills", "mills"]
        found = list(both.map(lambda word: trials.preview([adding(word)], TOWN, (), NOW), wanted))
    assert [each.asked for each in found] == [4, 4]
    assert len(asked) == 12


class Forgetful(Trials):
    """Another one forgets what was kept as soon as it was looked at."""

    held: Any = None

    @property
    def _before(self) -> Any:
        found, self.held = self.held, None
        return found

    @_before.setter
    def _before(self, value: Any) -> None:
        self.held = value


def test_forgetting_while_another_compares_takes_nothing_from_it(root: Path) -> None:
    trials = Forgetful(root)
    for word in ("windmills", "mills"):
        assert trials.preview([adding(word)], TOWN, (), NOW).asked == 4


def test_who_answers_voters_is_asked_if_the_base_is_the_same(root: Path, asked: list[str]) -> None:
    served = Assistant(load(root).base)
    heard: list[Assistant] = []
    real = served.respond

    def respond(*given: object) -> object:
        heard.append(served)
        return real(*given)  # type: ignore[arg-type]

    served.respond = respond  # type: ignore[method-assign, assignment]
    trials = Trials(root, lambda: (None, served))
    trials.preview([adding("windmills")], TOWN, (), NOW)
    assert len(heard) >= 4
    heard.clear()
    path = root / CAMERAS
    path.write_text(path.read_text().replace("[cameras]", "[cameras, camcorders]"))
    trials.preview([adding("windmills")], TOWN, (), NOW)
    assert heard == []


# --- parts -----------------------------------------------------------------------------------------------


def test_a_trial_holds_the_base_as_it_would_be_and_nothing_of_what_is_hidden(root: Path) -> None:
    (root / ".edit.json").write_text("{}")
    (root / "common/topics/.edit.cameras.yaml").write_text("x")
    with trial(root, {CAMERAS: None, "town-2030/topics/new.yaml": "name: {fr: é, en: e}\r\n"}) as loaded:
        kept = files(loaded.root)
        hidden = [name for _, _, names in os.walk(loaded.root) for name in names if name.startswith(".")]
        assert (CAMERAS in kept, kept["town-2030/topics/new.yaml"]) == (
            False,
            "name: {fr: é, en: e}\r\n".encode(),
        )
        assert hidden == []
        assert not any("questions" in name for name in kept)
    assert not loaded.root.exists()


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({}, {}, []),
        ({"a": "x\n"}, {"a": "x\n"}, []),
        ({"a": "x\ny\n"}, {"a": "x\nz\n"}, ["--- a", "+++ a", "@@ -1,2 +1,2 @@", " x", "-y", "+z"]),
        ({"a": None}, {"a": "x"}, ["--- a", "+++ a", "@@ -0,0 +1 @@", "+x"]),
        ({"a": "x", "b": "y"}, {"a": None}, ["--- a", "+++ a", "@@ -1 +0,0 @@", "-x"]),
    ],
)
def test_a_difference_shows_the_lines_that_change(
    before: Mapping[str, str | None], after: Mapping[str, str | None], lines: list[str]
) -> None:
    assert difference(before, after).splitlines() == lines


# --- what of a question is worth keeping -----------------------------------------------------------------


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return Assistant(load(small(tmp_path_factory.mktemp("telling") / "knowledge")).base)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("what about the cameras please?", "en", "cameras"),
        ("what does Rosy say about windmills?", "en", "windmills"),
        ("what about the camras?", "en", "camras"),
        ("", "en", ""),
        ("?!", "fr", ""),
        ("\ud800\0", "fr", ""),
        ("Rose Petal", "en", ""),
    ],
)
def test_the_words_that_tell_are_offered(text: str, code: str, words: str, assistant: Assistant) -> None:
    assert telling_words(Unanswered(TOWN, code, text, ""), assistant) == words


def test_what_is_offered_is_short(assistant: Assistant) -> None:
    long = Unanswered(TOWN, "en", " ".join(f"windmill{c}" for c in "abcdefghijklmnop"), "")
    assert 0 < len(telling_words(long, assistant).split()) <= 8


def test_the_first_question_of_each_language_that_tells_something_is_offered(assistant: Assistant) -> None:
    texts = [("en", "?"), ("en", "what about windmills?"), ("fr", "les éoliennes ?"), ("en", "theft")]
    asked = [Unanswered(TOWN, code, text, "") for code, text in texts]
    assert offered(asked, assistant) == {"en": "windmills", "fr": "éoliennes"}
    assert offered([replace(asked[0], text="!")], assistant) == {}
