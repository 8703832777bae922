"""The audit finds the bot fair on the bundled election and on a very uneven one, and finds what is made unfair."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from bot.cli import main
from bot.dialogue import composing
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.outcomes import Clarification, Comparison, NoPosition, Position, Unknown
from bot.dialogue.reply import Line, Reply, Statement, Suggestion
from bot.dialogue.wording import wording
from bot.evaluation import fairness
from bot.evaluation.bank import Question, banks_of, read_bank
from bot.evaluation.fairness import Plan, audit, broken, unjudged
from bot.evaluation.fairness_measures import Measure, Verdict, alike
from bot.evaluation.recognition import NOISES, Hearing
from bot.evaluation.simulation import Voice, about, held, listed, talks
from bot.knowledge.loading import Loaded, load
from bot.knowledge.model import Election
from bot.matching.checking import problems_of
from bot.publishing.fairness_telling import figure, label, meaning, outcome
from tests import invented, uneven
from tests.conftest import BUNDLED, BUNDLED_NOW, ROOT

SMALL = Plan(conversations=72, seed=2026, draws=50)
QUICK = Plan(conversations=60, seed=1, draws=1)
BRIEF = Plan(conversations=6, seed=1, draws=1)
ROTATING = invented.election(order="rotating")
PEOPLE = sorted(ROTATING.candidates)


@pytest.fixture(scope="module")
def treguennac(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    root = tmp_path_factory.mktemp("uneven") / "knowledge"
    root.mkdir()
    uneven.write(root)
    loaded = load(root)
    assert [str(problem) for problem in problems_of(loaded, whole=False) if not problem.notice] == []
    return loaded


def bank() -> list[Question]:
    return [q for path in banks_of(ROOT / "knowledge", BUNDLED) for q in read_bank(path)[0]]


def verdict(measures: Sequence[Measure], name: str) -> Verdict:
    return next(measure.verdict for measure in measures if measure.name == name)


@pytest.fixture(scope="module")
def fair(bundled: Loaded, assistant: Assistant, treguennac: Loaded) -> dict[str, tuple[Measure, ...]]:
    """Both audits, small enough for every change of the program; the full ones are made by hand."""
    town = treguennac.base.elections[uneven.TOWN]
    asked = bank()[::3]
    return {
        "bundled": audit(assistant, bundled.base.elections[BUNDLED], BUNDLED_NOW, SMALL, asked),
        "uneven": audit(Assistant(treguennac.base), town, uneven.NOW, SMALL),
    }


@pytest.mark.parametrize("place", ["bundled", "uneven"])
def test_no_bound_is_broken(fair: Mapping[str, tuple[Measure, ...]], place: str) -> None:
    assert [measure for measure in fair[place] if measure.verdict is Verdict.BROKEN] == []


@pytest.mark.parametrize("place", ["bundled", "uneven"])
def test_what_is_bounded_is_measured(fair: Mapping[str, tuple[Measure, ...]], place: str) -> None:
    left = {m.name for m in fair[place] if m.verdict is Verdict.UNMEASURED}
    assert left <= {"place.two"}
    assert {m.name for m in fair[place]} >= {f"names.{noise}" for noise in NOISES}
    assert {m.name for m in fair[place] if m.verdict is Verdict.TOLD} == {"names.asked_back"}


def test_silence_is_what_the_base_lacks(fair: Mapping[str, tuple[Measure, ...]], treguennac: Loaded) -> None:
    election = treguennac.base.elections[uneven.TOWN]
    shares = next(m.figures for m in fair["uneven"] if m.name == "silence")
    topics = election.all("topics")
    for candidate, share in shares.items():
        lacking = sum(not election.claims(candidate, topic) for topic in topics)
        assert share == lacking / len(topics)
    assert max(shares.values()) - min(shares.values()) > 0.9


# --- what is unfair is found ---------------------------------------------------------------------------------


class Biased:
    """An assistant whose replies are meddled with."""

    def __init__(self, meddle: Callable[[Utterance, Reply], Reply]) -> None:
        self.honest = Assistant(invented.base(ROTATING))
        self.meddle = meddle

    def respond(self, utterance: Utterance, memory: Memory, now: datetime) -> tuple[Reply, Memory]:
        reply, memory = self.honest.respond(utterance, memory, now)
        return self.meddle(utterance, reply), memory


def audited(meddle: Callable[[Utterance, Reply], Reply], plan: Plan = QUICK) -> tuple[Measure, ...]:
    return audit(cast("Assistant", Biased(meddle)), ROTATING, invented.NOW, plan)


def left_out(utterance: Utterance, reply: Reply) -> Reply:
    """One candidate's headings are gone."""
    name = ROTATING.candidates["brancaleoni"].name
    kept = tuple(p for p in reply.parts if not (isinstance(p, Line) and p.text.startswith(name)))
    return replace(reply, parts=kept)


def cut_short(utterance: Utterance, reply: Reply) -> Reply:
    """One candidate's words are cut."""
    return replace(
        reply,
        parts=tuple(
            replace(p, text=p.text[:10]) if isinstance(p, Statement) and p.id.startswith("oz") else p
            for p in reply.parts
        ),
    )


def in_silence(utterance: Utterance, reply: Reply) -> Reply:
    """One candidate is never on record."""
    if isinstance(reply.outcome, Position) and reply.outcome.candidate == "brancaleoni":
        return replace(reply, outcome=NoPosition(("brancaleoni",), reply.outcome.topics))
    return reply


def deaf(utterance: Utterance, reply: Reply) -> Reply:
    """One candidate's questions are not answered."""
    if "brancaleoni" in about(reply):
        return replace(reply, outcome=Unknown("not_understood"), suggestions=())
    return reply


def mistaken(utterance: Utterance, reply: Reply) -> Reply:
    """One candidate is taken for another."""
    if isinstance(reply.outcome, NoPosition) and reply.outcome.candidates == ("argensolle",):
        return replace(reply, outcome=replace(reply.outcome, candidates=("oztekin",)))
    return reply


def asking_back(utterance: Utterance, reply: Reply) -> Reply:
    """Of one candidate it always asks whether they are meant, and answers when that is confirmed."""
    if utterance.choice is None and "brancaleoni" in about(reply) and reply.topics:
        target = f"brancaleoni/{reply.topics[0]}"
        outcome = Clarification((target,))
        return replace(reply, outcome=outcome, parts=(), suggestions=(Suggestion("?", target),))
    return reply


def only_the_first(utterance: Utterance, reply: Reply) -> Reply:
    """Of all that one candidate said on a subject, the first statement is shown."""
    seen: set[str] = set()
    kept = []
    for part in reply.parts:
        if isinstance(part, Statement) and part.id.startswith("brancaleoni/"):
            if part.id in seen:
                continue
            seen.add(part.id)
        kept.append(part)
    return replace(reply, parts=tuple(kept))


def unquoted(utterance: Utterance, reply: Reply) -> Reply:
    """One candidate is never quoted."""
    own = tuple(
        replace(p, quote=None) if isinstance(p, Statement) and p.id.startswith("brancaleoni/") else p
        for p in reply.parts
    )
    return replace(reply, parts=own)


def always_last(utterance: Utterance, reply: Reply) -> Reply:
    """One candidate comes after all others, with all that they said."""
    if not isinstance(reply.outcome, Comparison):
        return reply
    name = ROTATING.candidates["brancaleoni"].name
    theirs: list[Line | Statement] = []
    others: list[Line | Statement] = []
    kept = others
    for part in reply.parts:
        if isinstance(part, Line):
            kept = theirs if part.heading and part.text.startswith(name) else others
        kept.append(part)
    return replace(reply, parts=(*others, *theirs))


def never_comparing(utterance: Utterance, reply: Reply) -> Reply:
    """Nobody is told what all candidates say."""
    return (
        reply
        if about(reply) or not isinstance(reply.outcome, Comparison)
        else replace(reply, outcome=NoPosition(()))
    )


@pytest.mark.parametrize(
    ("meddle", "names"),
    [
        (asking_back, ["shown.named", "names.clean", "names.asked_clean"]),
        (only_the_first, ["statements"]),
        (unquoted, ["statements"]),
        (always_last, ["place.everyone", "place.stated"]),
        (never_comparing, ["shown.everyone"]),
        (left_out, ["shown.everyone"]),
        (cut_short, ["length"]),
        (in_silence, ["silence"]),
        (deaf, ["shown.named", "names.clean", "silence", "refused.clean"]),
        (mistaken, ["names.misread"]),
    ],
)
def test_what_is_unfair_to_one_candidate_is_found(
    meddle: Callable[[Utterance, Reply], Reply], names: list[str]
) -> None:
    measures = audited(meddle)
    assert broken(measures)
    assert {name: verdict(measures, name) for name in names} == dict.fromkeys(names, Verdict.BROKEN)


def test_the_unmeddled_assistant_breaks_none_of_these_bounds() -> None:
    measures = audited(lambda _, reply: reply)
    assert [m.name for m in measures if m.verdict is Verdict.BROKEN] == []


def test_a_name_that_is_harder_to_recognise_is_found() -> None:
    chance = random.Random(4)

    def hard_of_hearing(utterance: Utterance, reply: Reply) -> Reply:
        return deaf(utterance, reply) if chance.random() < 0.2 else reply

    biased = cast("Assistant", Biased(hard_of_hearing))
    heard = Hearing(biased, Voice(ROTATING), invented.NOW, seed=1).misspelt("accents", 80)
    measure = alike("names.accents", heard, heard.recognised)
    assert measure.verdict is Verdict.BROKEN
    assert 0 < measure.values["low"] < measure.values["spread"] < measure.values["high"] < 1
    assert min(measure.figures, key=lambda c: measure.figures[c]) == "brancaleoni"


def test_an_order_that_is_not_drawn_by_lot_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_id(election: Election, chosen: Sequence[str], setting: object) -> list[str]:
        return sorted(chosen)

    monkeypatch.setattr(composing, "in_order", by_id)
    monkeypatch.setattr(fairness, "in_order", by_id)
    measures = audited(lambda _, reply: reply)
    assert verdict(measures, "place.everyone") is Verdict.BROKEN


def test_an_order_other_than_the_stated_one_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for order in ("alphabetical", "rotating"):
        election = invented.election(order=order)
        assistant = Assistant(invented.base(election))
        assert verdict(audit(assistant, election, invented.NOW, BRIEF), "place.stated") is Verdict.KEPT
        with monkeypatch.context() as patch:
            patch.setattr(composing, "in_order", lambda _, chosen, __: sorted(chosen)[::-1])
            assert verdict(audit(assistant, election, invented.NOW, BRIEF), "place.stated") is Verdict.BROKEN


def test_an_election_without_candidates_breaks_nothing() -> None:
    election = invented.election(candidates={})
    measures = audit(Assistant(invented.base(election)), election, invented.NOW, QUICK)
    assert {measure.verdict for measure in measures} == {Verdict.NOTHING, Verdict.TOLD}
    assert not unjudged(measures)


def test_one_candidate_alone_has_no_place_to_be_judged() -> None:
    alone = {"brancaleoni": invented.CANDIDATES["brancaleoni"]}
    election = invented.election(order="rotating", candidates=alone)
    measures = audit(Assistant(invented.base(election)), election, invented.NOW, BRIEF)
    assert verdict(measures, "place.everyone") is Verdict.NOTHING
    assert not broken(measures)
    assert not unjudged(measures)


@pytest.mark.parametrize("code", ["fr", "en"])
def test_too_few_conversations_are_said_to_be_too_few(code: str) -> None:
    measures = audited(lambda _, reply: reply, BRIEF)
    assert not broken(measures)
    assert unjudged(measures)
    say = wording(code)
    assert say("audit.unjudged") in outcome(measures, say)
    assert say("audit.all_kept") not in outcome(measures, say)


@pytest.mark.parametrize("uneven_by", [0.005, 0.0])
def test_an_order_is_judged_by_its_own_p_however_many_are_tested(
    monkeypatch: pytest.MonkeyPatch, uneven_by: float
) -> None:
    found = fairness.Evenness(40.0, 25, uneven_by or 0.5)
    monkeypatch.setattr(fairness, "fair_places", lambda _: found)
    monkeypatch.setattr(fairness, "even", lambda _: fairness.Evenness(1.0, 1, 0.5))
    place = next(m for m in audited(lambda _, reply: reply, BRIEF) if m.name == "place.everyone")
    assert place.verdict is (Verdict.BROKEN if uneven_by else Verdict.KEPT)
    assert place.values["corrected"] >= place.values["p"] == found.p


# --- conversations ---------------------------------------------------------------------------------------------


def test_everyone_is_asked_about_as_often_in_the_same_words() -> None:
    voice = Voice(ROTATING)
    found = list(talks(voice, 50, 3))
    assert len(found) == 54
    assert len({talk.key for talk in found}) == 54
    asked = Counter(name for talk in found for turn in talk.turns for name in turn.named)
    assert set(asked) == set(PEOPLE)
    assert len(set(asked.values())) == 1
    for lot in zip(*[iter(found)] * len(PEOPLE), strict=True):
        assert len({talk.turns[0].text for talk in lot}) == 1
        assert {talk.turns[1].named[0] for talk in lot} == set(PEOPLE)
    assert found == list(talks(voice, 50, 3))
    assert found != list(talks(voice, 50, 4))


def test_the_places_of_a_reply_are_those_of_its_headings() -> None:
    assistant = Assistant(invented.base(ROTATING))
    for talk in talks(Voice(ROTATING), 12, 5):
        turn, reply = next(held(assistant, ROTATING, talk, invented.NOW))
        assert turn.kind == "everyone"
        assert sorted(listed(reply, ROTATING)) == PEOPLE


# --- the command -----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The uneven election with a few of its candidates, for a quick answer."""
    root = tmp_path / "knowledge"
    root.mkdir()
    uneven.write(root)
    for path in sorted((root / uneven.TOWN / "candidates").glob("*.yaml"))[3:]:
        path.unlink()
    return root


def run(root: Path, *arguments: str, code: str = "en") -> Result:
    few = ["--conversations", "60", "--now", "2032-03-01"]
    command = ["--knowledge", str(root), "audit", *few, *arguments]
    return CliRunner().invoke(main, command, env={"LC_ALL": f"{code}.UTF-8"})


def test_the_command_prints_every_measure_in_the_readers_language_and_draws_them(folder: Path) -> None:
    say, path = wording("fr"), folder.parent / "audit.png"
    result = run(folder, "--png", str(path), code="fr")
    assert result.exit_code == 0, result.output
    assert "M. Boulanger" in result.output
    assert result.output.count(say("audit.verdict.kept")) > 6
    assert say("audit.label.silence") in result.output
    assert say("audit.all_kept") in result.output
    with Image.open(path) as image:
        assert image.width == 1080
        assert image.info["Title"].startswith("Tous les candidats")


def test_a_broken_bound_is_the_status_and_machines_get_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composing, "in_order", lambda _, chosen, __: sorted(chosen)[::-1])
    result = run(folder, "--jsonl")
    assert result.exit_code == 1
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert all(set(line) == {"election", "name", "verdict", "unit", "figures", "values"} for line in lines)
    assert {line["election"] for line in lines} == {uneven.TOWN}
    found = [line["name"] for line in lines if line["verdict"] == "broken"]
    assert found == ["place.stated", "place.everyone", "place.two"]


def test_too_few_conversations_leave_with_a_status(folder: Path) -> None:
    result = run(folder, "--conversations", "3")
    assert result.exit_code == 1
    assert wording("en")("audit.unjudged").split(":")[0] in result.output


def test_what_cannot_be_done_is_refused(folder: Path) -> None:
    assert run(folder, "--election", "nowhere").exit_code == 2
    assert run(folder, "--conversations", "0").exit_code == 2


@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_measure_is_worded(fair: Mapping[str, tuple[Measure, ...]], code: str) -> None:
    say = wording(code)
    for measure in fair["bundled"]:
        assert label(measure, say)
        assert "{" not in meaning(measure, say)
        assert all(figure(value, measure.unit, say) for value in measure.figures.values())


def test_figures_are_written_as_the_reader_writes_them() -> None:
    assert figure(0.9875, "share", wording("en")) == "98.8"
    assert figure(0.9875, "share", wording("fr")) == "98,8"
    assert figure(1.0, "share", wording("fr")) == "100"
    assert figure(3.456, "place", wording("en")) == "3.46"
    assert figure(None, "count", wording("en")) == "–"
