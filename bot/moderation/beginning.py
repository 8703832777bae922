"""The forms that a row of the queue begins, with all that the row tells already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.dialogue.assistant import Assistant
from bot.knowledge.model import Election
from bot.moderation.drafting import Draft
from bot.moderation.forms import next_field, possible
from bot.moderation.queue import Group
from bot.moderation.telling import offered
from bot.state.records import Unanswered

NEAREST = 4
RATED = "rated"
"""The reason under which an entry that voters were not content with is dismissed."""
KINDS: Mapping[str, str] = {
    "means": "phrasing",
    "position": "position",
    "fact": "fact",
    "mute": "muting",
    "correct": "correction",
    "remove": "removal",
}
"""What can be done with a row, and the kind of edit that it begins."""


def understood(group: Group) -> bool:
    """Whether it is known what is asked, so that no words are missing but an answer is."""
    return set(group.reasons) == {"no_position"}


def meant(group: Group, election: Election) -> list[str]:
    """The entries that new words can be added to, nearest first: topics, facts, and statements that are there."""
    found: list[str] = []
    for target in group.closest:
        candidate, slash, topic = target.partition("/")
        if slash and topic not in election.candidates[candidate].positions:
            target = topic
        if target not in election.candidates and target not in found:
            found.append(target)
    return found[:NEAREST]


def begun(verb: str, group: Group, assistant: Assistant, target: str = "") -> Draft:
    """The form for a row; with a `target`, the questions are known to mean it."""
    election = assistant.base.elections[group.election]
    questions = tuple(each.question for each in group.questions)
    values = {f"offered.{code}": words for code, words in offered(questions, assistant).items()}
    if verb == "means" and target:
        values["target"] = target
        telling = {code: values.get(f"offered.{code}", "") for code in election.languages}
        values |= {f"phrasing.{code}": words for code, words in telling.items() if words}
    elif verb == "position":
        named = next((t for t in group.closest if t.partition("/")[0] in election.candidates), "")
        candidate, _, topic = named.partition("/")
        values |= {"candidate": candidate} if candidate else {}
        values |= {"topic": topic} if topic and understood(group) else {}
    elif verb in ("correct", "remove"):
        values["target"] = group.entry
    return Draft(KINDS[verb], group.election, values, questions)


def correctable(group: Group, election: Election) -> bool:
    """Whether a row is about statements, which can be corrected or removed."""
    return bool(group.entry) and possible(group.entry, KINDS["correct"], election)


def dismissable(group: Group) -> Sequence[Unanswered]:
    """What is to be dismissed for a row to leave the queue, or to be restored for it to come back."""
    if group.dismissed:
        return group.dismissals
    if group.entry:
        return [Unanswered(group.election, "", group.entry, RATED)]
    return [each.question for each in group.questions]


def settled(draft: Draft, election: Election) -> Draft:
    """With what needs no asking: which statement, where there is only one."""
    field = next_field(draft, election)
    if field is not None and field.name == "statement" and len(field.choices) == 1:
        return draft.with_value(field.key, field.choices[0])
    return draft
