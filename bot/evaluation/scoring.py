"""How an answer compares with what a careful bot does: right, asked, abstained, wrong or misattributed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply, plain
from bot.evaluation.bank import Question
from bot.knowledge.model import Election


class Verdict(StrEnum):
    """From best to worst."""

    RIGHT = "right"
    ASKED = "asked"
    ABSTAINED = "abstained"
    WRONG = "wrong"
    MISATTRIBUTED = "misattributed"


@dataclass(frozen=True, slots=True)
class Result:
    """One question, its reply and the verdict, with what was amiss."""

    question: Question
    reply: Reply
    verdict: Verdict
    reason: str = ""


def ask(assistant: Assistant, question: Question, election: str, now: datetime) -> Reply:
    """The reply to a question after its context, in a conversation of its own."""
    memory = Memory()
    for text in (*question.context, question.text):
        reply, memory = assistant.respond(Utterance(text, election, conversation=question.id), memory, now)
    return reply


def score(question: Question, reply: Reply, election: Election) -> Result:
    """The verdict on a reply, strictest first."""
    text = plain(reply)
    if _misattributed(question, reply):
        return Result(question, reply, Verdict.MISATTRIBUTED, f"shows {', '.join(reply.claims)}")
    if reply.name == "clarification" and question.outcome != "clarification":
        wanted = _targets(question, election)
        offered = {s.target for s in reply.suggestions}
        verdict = Verdict.ASKED if offered & wanted else Verdict.ABSTAINED
        return Result(question, reply, verdict, f"offers {', '.join(sorted(offered))}")
    if reply.name not in (question.outcome, *question.accept):
        verdict = Verdict.ABSTAINED if reply.name == "unknown" else Verdict.WRONG
        return Result(question, reply, verdict, f"{reply.name} instead of {question.outcome}")
    if reply.name != question.outcome:
        return Result(question, reply, Verdict.RIGHT)
    reason = _amiss(question, reply, text, election)
    return Result(question, reply, Verdict.WRONG if reason else Verdict.RIGHT, reason)


def _misattributed(question: Question, reply: Reply) -> bool:
    """Whether claims are shown as the answer whose owner the question did not ask about."""
    owners = {claim.partition("/")[0] for claim in reply.claims}
    if owners - set(reply.candidates):
        return True
    return (
        bool(owners)
        and question.outcome in ("position", "no_position", "candidate")
        and bool(question.candidates and reply.name == "position" and not owners & set(question.candidates))
    )


def _amiss(question: Question, reply: Reply, text: str, election: Election) -> str:
    missing = set(question.candidates) - set(reply.candidates)
    if missing:
        return f"does not name {', '.join(sorted(missing))}"
    if question.topics and not any(
        _related(t, {*reply.topics, *reply.facts}, election) for t in question.topics
    ):
        return f"is about {', '.join((*reply.topics, *reply.facts)) or 'nothing'}"
    for pattern in question.must:
        if not re.search(pattern, text, re.IGNORECASE):
            return f"lacks /{pattern}/"
    for pattern in question.must_not:
        if re.search(pattern, text, re.IGNORECASE):
            return f"holds /{pattern}/"
    return ""


def _related(topic: str, given: Iterable[str], election: Election) -> bool:
    wanted = (
        set(election.lineage(topic)) | election.branch(topic) if election.has("topics", topic) else {topic}
    )
    return any(g in wanted for g in given)


def _targets(question: Question, election: Election) -> set[str]:
    related: set[str] = set()
    for topic in question.topics:
        related |= {
            topic,
            *(election.lineage(topic) if election.has("topics", topic) else ()),
            *election.branch(topic),
        }
    pairs = {f"{c}/{t}" for c in question.candidates for t in related}
    return related | pairs | set(question.candidates)
