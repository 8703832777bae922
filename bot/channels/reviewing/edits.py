"""An edit in a terminal: its form, what it would do, and what becomes of it; and the edits of others that wait."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.moderation import Moderation, Section
from bot.channels.reviewing.bench import Bench
from bot.channels.reviewing.filling import CANCELLED, FILLED, LATER, Form
from bot.channels.reviewing.talking import Talk
from bot.moderation import forms
from bot.moderation.beginning import settled
from bot.moderation.drafting import Draft
from bot.moderation.proposals import Edit, Impossible, edit_of
from bot.state.records import Proposal

MENU = ("queue", "log", "revert")
"""The commands that lead elsewhere from any list."""


class Go(Exception):  # noqa: N818 - it is where a conversation goes on, not a fault of the program
    """The moderator wants to be somewhere else."""

    def __init__(self, command: str = "queue", argument: str = "") -> None:
        super().__init__(command)
        self.command = command
        self.argument = argument


def chosen(talk: Talk, options: Sequence[tuple[str, str]]) -> str:
    """The value of what is chosen from a list; `Go` if a command leads elsewhere."""
    value, argument = talk.choose(options, MENU)
    if value in MENU:
        raise Go(value, argument)
    return value


def begin(bench: Bench, talk: Talk, draft: Draft, closest: Sequence[str] = ()) -> None:
    """Begin an edit; if another one is begun already, ask first whether to give that up."""
    say, before = talk.say, bench.draft()
    if before is not None and before.kind != "reversal":
        kind = bench.told(before.election, say).kind(before.kind)
        talk.tell(say("moderation.draft.begun_other", kind=kind))
        if (
            chosen(talk, [(each, say(f"moderation.button.{each}")) for each in ("go_on", "instead")])
            == "go_on"
        ):
            draft, closest = before, ()
    go_on(bench, talk, draft, closest)


def go_on(bench: Bench, talk: Talk, draft: Draft, closest: Sequence[str] = ()) -> None:
    """Ask what is not answered yet, then show what the edit would do, until it is done, left or given up."""
    while True:
        bench.refresh()
        if draft.election not in bench.base.elections:
            talk.tell(talk.say("moderation.impossible.gone"))
            return
        telling = bench.told(draft.election, talk.say)
        draft, ended = Form(talk, telling, closest=closest, keep=bench.keep, now=bench.now).fill(draft)
        if ended == FILLED:
            ended = _decide(bench, talk, telling, draft)
        if ended in (LATER, CANCELLED):
            if ended == CANCELLED:
                bench.drop()
            talk.tell(talk.say(f"moderation.draft.{'paused' if ended == LATER else 'cancelled'}"))
            return
        if ended == "apply" and _applied(bench, talk, telling, draft):
            return
        if ended == "back":
            draft = forms.back(draft)


def _decide(bench: Bench, talk: Talk, telling: Moderation, draft: Draft) -> str:
    """What is to become of a filled-in form, once it was shown what it would do."""
    say = talk.say
    talk.tell(say("moderation.preview.working"))
    options = []
    try:
        edit = _edit(bench, draft)
        waits = bench.wait(bench.proposals.waits(edit, bench.moderator))
        sections, sound = previewed(bench, telling, edit)
    except Impossible as impossible:
        talk.tell(*telling.impossible(impossible))
    else:
        if waits:
            sections.append(Section("", (say(f"moderation.waits.{waits}"),)))
        talk.show(*sections)
        label = say(f"moderation.button.{'propose' if waits else 'apply'}")
        options = [("apply", label)] if sound else []
    before = settled(forms.back(draft), telling.election)
    if forms.next_field(before, telling.election) is not None:
        options.append(("back", say("moderation.button.change")))
    options += [(LATER, say("moderation.button.pause")), (CANCELLED, say("moderation.button.cancel"))]
    value, _ = talk.choose(options, ("back", "later", "queue", "cancel"))
    return {"later": LATER, "queue": LATER, "cancel": CANCELLED}.get(value, value)


def _edit(bench: Bench, draft: Draft) -> Edit:
    if draft.kind == "reversal":
        entry = draft.values["entry"]
        return bench.wait(bench.proposals.reversal(int(entry) if entry.isdecimal() else 0, draft.id))
    return edit_of(draft, bench.base.elections[draft.election], bench.now())


def previewed(bench: Bench, telling: Moderation, edit: Edit) -> tuple[list[Section], bool]:
    """What an edit would do, and whether it may be applied."""
    preview = bench.wait(bench.proposals.preview(edit))
    return [Section(telling.title(edit)), *telling.preview(preview, edit)], preview.sound and bool(
        preview.changed
    )


def _applied(bench: Bench, talk: Talk, telling: Moderation, draft: Draft) -> bool:
    """Do what was shown: apply it, or propose it where it takes two; whether that could be done."""
    try:
        edit = _edit(bench, draft)
        decided = bench.wait(bench.proposals.propose(edit, bench.moderator))
    except Impossible as impossible:
        talk.tell(*telling.impossible(impossible))
        return False
    bench.drop()
    talk.tell(*telling.decided(decided, live=False))
    return True


# --- what waits for a second pair of eyes ----------------------------------------------------------------


def pending(bench: Bench) -> list[Proposal]:
    """What waits for somebody to approve it, in the elections that are looked after here."""
    waiting = bench.wait(bench.proposals.waiting())
    return [proposal for proposal in waiting if proposal.election in bench.base.elections]


def show_pending(bench: Bench, talk: Talk) -> None:
    """Go through what waits, until the moderator goes back to the queue."""
    say = talk.say
    while proposals := pending(bench):
        talk.show(Section(say("moderation.waiting.title", count=len(proposals))))
        options = [(p.id, bench.told(p.election, say).waiting(p)) for p in proposals]
        value = chosen(talk, [*options, ("", say("moderation.button.to_queue"))])
        if not value:
            return
        _show_proposal(bench, talk, next(p for p in proposals if p.id == value))
    talk.tell(say("moderation.waiting.empty"))


def _show_proposal(bench: Bench, talk: Talk, proposal: Proposal) -> None:
    """One of them, with what it would do, and what can be decided."""
    say = talk.say
    telling = bench.told(proposal.election, say)
    own = proposal.author == bench.moderator.key
    talk.tell(say("moderation.preview.working"))
    try:
        sections, sound = previewed(bench, telling, bench.wait(bench.proposals.edit(proposal)))
    except Impossible as impossible:
        sections, sound = [Section(telling.title(proposal), tuple(telling.impossible(impossible)))], False
    made = say("moderation.preview.by", name=proposal.author_name, date=say.date(proposal.made_at.date()))
    talk.show(sections[0], Section("", (made,)), *sections[1:])
    options = [("approve", say("moderation.button.approve"))] if sound and not own else []
    options.append(("reject", say(f"moderation.button.{'withdraw' if own else 'reject'}")))
    options.append(("", say("moderation.button.to_queue")))
    try:
        match chosen(talk, options):
            case "approve":
                decided = bench.wait(bench.proposals.approve(proposal.id, bench.moderator))
                talk.tell(*telling.decided(decided, live=False))
            case "reject":
                done = bench.wait(bench.proposals.reject(proposal.id, bench.moderator))
                talk.tell(say(f"moderation.done.{done.status}"))
            case _:
                raise Go
    except Impossible as impossible:
        talk.tell(*telling.impossible(impossible))
