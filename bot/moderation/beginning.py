"""The forms that a row of the queue begins, with all that the row tells already."""

from __future__ import annotations

from collections.abc import Mapping

from bot.dialogue.assistant import Assistant
from bot.knowledge.model import Election
from bot.moderation.drafting import Draft
from bot.moderation.forms import Field, fields, next_field
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
        values |= {"candidate": named.partition("/")[0]} if named else {}
    elif verb in ("correct", "remove"):
        values["target"] = group.entry
    return Draft(KINDS[verb], group.election, values, questions)


def correctable(group: Group, election: Election) -> bool:
    """Whether a row is about statements, which can be corrected or removed."""
    return "/" in group.entry or bool(group.entry and election.has("facts", group.entry))


def dismissable(group: Group) -> list[Unanswered]:
    """What is to be dismissed for a row to leave the queue, or to be restored for it to come back."""
    if group.dismissed:
        return list(group.dismissals)
    if group.entry:
        return [Unanswered(group.election, "", group.entry, RATED)]
    return [each.question for each in group.questions]


def settled(draft: Draft, election: Election) -> Draft:
    """With what needs no asking: which statement, where there is only one. Without what has gone from the base since."""
    gone = next((field.key for field in fields(draft, election) if _is_gone(field, draft, election)), None)
    if gone is not None:
        return settled(draft.without(gone), election)
    field = next_field(draft, election)
    if field is not None and field.name == "statement" and len(field.choices) == 1:
        return draft.with_value(field.key, field.choices[0])
    return draft


def _is_gone(field: Field, draft: Draft, election: Election) -> bool:
    """Whether a question was answered with something that the base no longer holds."""
    value = draft.values.get(field.key)
    if not value:
        return False
    if field.name != "target":
        return bool(field.choices) and value not in field.choices
    candidate, slash, topic = value.partition("/")
    if slash:
        return candidate not in election.candidates or topic not in election.candidates[candidate].positions
    return not (election.has("topics", value) or election.has("facts", value))
