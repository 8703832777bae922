"""What moderators did, as it is read in a terminal: the latest steps, or one of them in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.channels.moderation import Moderation, Section
from bot.channels.opening import Refused, Where, read, sound
from bot.channels.reviewing.talking import Talk
from bot.channels.reviewing.waiting import missing, opened
from bot.dialogue.wording import Wording
from bot.knowledge.model import Election
from bot.state.records import Audited


def show_log(where: Where, say: Wording, number: int | None, limit: int) -> None:
    """Print the latest steps, or the one of that number in full. Of a base with mistakes, what can be read will do."""
    elections = read(where).base.elections or sound(where).elections
    if not elections:
        raise Refused("no_knowledge")
    if place := missing():
        raise Refused("no_state_there", place=place)
    talk = Talk(say)
    with opened() as (state, wait):
        if number is not None:
            step = wait(state.moderating.audit_entry(number))
            if step is None or where.election not in (None, step.election):
                raise Refused("no_step", number=number)
            talk.show(*in_full(elections, step, say))
            return
        steps = wait(state.moderating.audited(limit, election=where.election))
        if not steps and where.election is not None and where.election not in elections:
            raise Refused("no_election", election=where.election, ids=", ".join(sorted(elections)))
        talk.tell(*(lines(elections, steps, say) if steps else [say("moderation.log.empty")]))


def lines(elections: Mapping[str, Election], steps: Sequence[Audited], say: Wording) -> list[str]:
    """Each step in one line, by the names voters see where its election is still there."""
    return [_telling(elections, step, say).step(step) for step in steps]


def in_full(elections: Mapping[str, Election], step: Audited, say: Wording) -> list[Section]:
    """A step with what it took away and what it put there."""
    return _telling(elections, step, say).step_in_full(step)


def _telling(elections: Mapping[str, Election], step: Audited, say: Wording) -> Moderation:
    return Moderation(elections.get(step.election) or next(iter(elections.values())), say)
