"""`election-bot review`: the queue in a terminal, row by row, as moderators have it on Telegram."""

from __future__ import annotations

from getpass import getuser

from bot.channels import logbook
from bot.channels.moderation import Section
from bot.channels.opening import Clock, Refused, Where, clock, folder, only, sound
from bot.channels.reviewing import edits
from bot.channels.reviewing.bench import Bench
from bot.channels.reviewing.edits import Go
from bot.channels.reviewing.rows import show_queue
from bot.channels.reviewing.talking import Left, Talk
from bot.channels.reviewing.waiting import missing, opened
from bot.dialogue.wording import Wording
from bot.knowledge.model import Base
from bot.moderation.answers import Fault, fill
from bot.moderation.drafting import Draft
from bot.moderation.naming import take_name
from bot.state.records import Moderator

STEPS = 10
"""How many steps of the log are shown at a time."""


def review(where: Where, say: Wording, called: str | None) -> None:
    """Go through the queue until the moderator leaves or there is nothing more to read."""
    base = only(sound(where), where.election)
    first = next(iter(base.elections.values()))
    now = clock(where.now, first.description.time_zone)
    name = _name(base, called, say)
    place = missing()
    with opened() as (state, waiting):
        bench = Bench(
            folder(where.knowledge),
            base,
            lambda changed: only(changed, where.election),
            state,
            Moderator(f"terminal:{name}", name),
            now,
            waiting,
        )
        _take_name(bench, now)
        talk = Talk(say)
        talk.tell(say("terminal.moderating.welcome", name=name))
        if place:
            talk.tell(say("terminal.moderating.new_state", place=place))
        try:
            _converse(bench, talk)
        except Left:
            if bench.draft() is not None:
                talk.tell(say("terminal.moderating.left"))
            talk.tell(say("terminal.goodbye"))


def _name(base: Base, called: str | None, say: Wording) -> str:
    """The public name of the moderator: the one they chose, or what the system calls them."""
    try:
        wanted = getuser() if called is None else called
    except (KeyError, OSError, ImportError):
        raise Refused("no_name") from None
    if not any(character.isalpha() for character in wanted):
        raise Refused("no_letters")
    election = next(iter(base.elections.values()))
    try:
        return fill(Draft("naming", election.id), election, wanted).values["public_name"]
    except Fault as fault:
        reason = say(f"moderation.fault.{fault.key}", **fault.values)
        raise Refused("bad_name", name=wanted[:40], reason=reason) from None


def _take_name(bench: Bench, now: Clock) -> None:
    try:
        bench.wait(take_name(bench.kept, bench.moderator, now().date()))
    except Fault:
        raise Refused("name_taken", name=bench.moderator.name) from None


def _converse(bench: Bench, talk: Talk) -> None:
    """From the queue to wherever the moderator wants to go, and back."""
    bench.finish()
    talk.hint(talk.say("terminal.moderating.how"))
    going = Go()
    while True:
        try:
            if going.command == "log":
                _show_log(bench, talk, going.argument)
            elif going.command == "revert":
                _revert(bench, talk, going.argument)
            show_queue(bench, talk)
        except Go as elsewhere:
            going = elsewhere
        else:
            going = Go()


def _show_log(bench: Bench, talk: Talk, argument: str) -> None:
    """The latest steps, or the one whose number was typed in full."""
    say, elections = talk.say, bench.base.elections
    number = _number(argument)
    if argument:
        step = bench.wait(bench.kept.audit_entry(number))
        if step is None:
            talk.tell(say("moderation.log.gone", number=argument))
        else:
            talk.show(*logbook.in_full(elections, step, say))
    elif steps := bench.wait(bench.kept.audited(STEPS)):
        talk.show(Section(say("moderation.log.title"), tuple(logbook.lines(elections, steps, say))))
        talk.hint(say("terminal.moderating.log_more"))
    else:
        talk.tell(say("moderation.log.empty"))


def _revert(bench: Bench, talk: Talk, argument: str) -> None:
    """Show what undoing a step would do, and do it."""
    step = bench.wait(bench.kept.audit_entry(_number(argument)))
    if not argument:
        talk.tell(talk.say("terminal.moderating.which_step"))
    elif step is None or step.election not in bench.base.elections:
        talk.tell(talk.say("moderation.log.gone", number=argument))
    elif step.action != "applied":
        talk.tell(talk.say("moderation.impossible.nothing_to_revert"))
    else:
        edits.begin(bench, talk, Draft("reversal", step.election, {"entry": str(step.id)}))


def _number(argument: str) -> int:
    return int(argument) if argument.isascii() and argument.isdecimal() and len(argument) < 10 else 0
