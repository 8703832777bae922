"""The queue in a terminal: what waits for an answer, row by row, and what to do with each."""

from __future__ import annotations

from bot.channels.moderation import Section
from bot.channels.reviewing import edits
from bot.channels.reviewing.bench import Bench
from bot.channels.reviewing.edits import Go, chosen
from bot.channels.reviewing.talking import Talk
from bot.dialogue.assistant import Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import plain
from bot.moderation.beginning import KINDS, begun, correctable, dismissable, meant, understood
from bot.moderation.drafting import Draft
from bot.moderation.proposals import Impossible
from bot.moderation.queue import Group

PAGE = 20
"""How many rows are shown at a time."""
Options = list[tuple[str, str]]


def show_queue(bench: Bench, talk: Talk) -> None:
    """What waits, the most frequent first; below it the edits to approve, what was begun, and what was dismissed.

    It is shown from where the moderator was in it; /queue leads from there to its beginning.
    """
    say = talk.say
    if problems := bench.refresh():
        several = next(iter(bench.base.elections))
        talk.show(Section(say("moderation.refused.title"), bench.told(several, say).problems(problems)))
    groups = bench.groups()
    if bench.fault:
        talk.tell(say("terminal.no_state", fault=bench.fault))
    shown = [group for group in groups if not group.dismissed]
    bench.page = min(bench.page, max(len(shown) - 1, 0) // PAGE)
    talk.show(Section(say(f"moderation.queue.{'title' if shown else 'empty'}", count=len(shown))))
    options = _rows(bench, talk, shown, bench.page)
    if bench.page:
        options.append(("first", say("terminal.moderating.first_page")))
    try:
        value = chosen(talk, options + _beside(bench, talk, groups))
    except Go as elsewhere:
        bench.page = 0 if elsewhere.command == "queue" else bench.page
        raise
    match value.split():
        case ["row", identifier]:
            show_group(bench, talk, next(group for group in shown if group.id == identifier))
        case ["more"]:
            bench.page += 1
        case ["first"]:
            bench.page = 0
        case ["hidden"]:
            _show_dismissed(bench, talk, [group for group in groups if group.dismissed])
        case ["pending"]:
            edits.show_pending(bench, talk)
        case ["resume"]:
            draft = bench.draft()
            if draft is not None:
                edits.go_on(bench, talk, draft, _closest(groups, draft))


def _show_dismissed(bench: Bench, talk: Talk, dismissed: list[Group], page: int = 0) -> None:
    """What was taken off the queue."""
    say = talk.say
    talk.show(Section(say("moderation.queue.hidden_title", count=len(dismissed))))
    options = _rows(bench, talk, dismissed, page)
    match chosen(talk, [*options, ("queue", say("moderation.button.to_queue"))]).split():
        case ["row", identifier]:
            show_group(bench, talk, next(group for group in dismissed if group.id == identifier))
        case ["more"]:
            _show_dismissed(bench, talk, dismissed, page + 1)


def _rows(bench: Bench, talk: Talk, groups: list[Group], page: int) -> Options:
    """The rows of a page, and the way to the next one."""
    here = groups[page * PAGE : (page + 1) * PAGE]
    options = [(f"row {g.id}", bench.told(g.election, talk.say).row(g, bench.several)) for g in here]
    left = len(groups) - (page + 1) * PAGE
    return [*options, ("more", talk.say("moderation.preview.more", count=left))] if left > 0 else options


def _beside(bench: Bench, talk: Talk, groups: list[Group]) -> Options:
    """What else there is to do, below the rows."""
    say = talk.say
    options: Options = []
    if waiting := edits.pending(bench):
        options.append(("pending", say("moderation.queue.pending", count=len(waiting))))
    draft = bench.draft()
    if draft is not None:
        kind = bench.told(draft.election, say).kind(draft.kind)
        options.append(("resume", say("moderation.queue.resume", kind=kind)))
    if hidden := sum(group.dismissed for group in groups):
        options.append(("hidden", say("moderation.queue.hidden", count=hidden)))
    return options


def _closest(groups: list[Group], draft: Draft) -> tuple[str, ...]:
    """The entries nearest to the questions that an edit is to answer."""
    for group in groups if draft.questions else ():
        if any(each.question in draft.questions for each in group.questions):
            return group.closest
    return ()


def show_group(bench: Bench, talk: Talk, group: Group) -> None:
    """A row with everything that can be done with it."""
    say = talk.say
    telling = bench.told(group.election, say)
    sections = telling.group(group)
    if not group.entry and not group.dismissed:
        near = "understood" if understood(group) else "what_now" if group.closest else "nothing_near"
        sections.append(Section("", (say(f"moderation.queue.{near}"),)))
    talk.show(*sections)
    while True:
        verb, *target = chosen(talk, _on_group(bench, talk, group)).split()
        if verb == "answer":
            _show_answer(bench, talk, group)
            continue
        if verb in ("dismiss", "restore"):
            _dismiss(bench, talk, group)
        elif verb in KINDS:
            draft = begun(verb, group, bench.assistant, *target)
            edits.begin(bench, talk, draft, group.closest)
        return


def _on_group(bench: Bench, talk: Talk, group: Group) -> Options:
    say, election = talk.say, bench.base.elections[group.election]
    answer = ("answer", say("moderation.button.answer"))
    to_queue = ("queue", say("moderation.button.to_queue"))
    if group.dismissed:
        return [("restore", say("moderation.button.restore")), answer, to_queue]
    if group.entry:
        verbs = ["correct", "remove", "dismiss"] if correctable(group, election) else ["dismiss"]
        return [answer, *((verb, say(f"moderation.button.{verb}")) for verb in verbs), to_queue]
    telling = bench.told(group.election, say)
    nearest = [
        (f"means {target}", say("moderation.button.means", entry=telling.subject(target)))
        for target in (() if understood(group) else meant(group, election))
    ]
    verbs = ["position", "fact", "dismiss", "mute"]
    others = [(verb, say(f"moderation.button.{verb}")) for verb in verbs]
    return [*nearest, ("means", say("moderation.button.other")), *others, answer, to_queue]


def _dismiss(bench: Bench, talk: Talk, group: Group) -> None:
    """Take a row off the queue for good, or put it back."""
    try:
        back = group.dismissed
        bench.wait(bench.proposals.dismiss(dismissable(group), bench.moderator, back))
    except Impossible as impossible:
        talk.tell(*bench.told(group.election, talk.say).impossible(impossible))
    else:
        talk.tell(talk.say(f"moderation.queue.{'restored' if back else 'dismissed'}"))


def _show_answer(bench: Bench, talk: Talk, group: Group) -> None:
    """What a voter is told today who asks this, or asks for this entry."""
    language = group.questions[0].question.language if group.questions else talk.say.code
    choice = group.entry or None
    utterance = Utterance(group.text, group.election, choice=choice, language=language)
    reply, _ = bench.assistant.respond(utterance, Memory(), bench.now())
    heading = talk.say("terminal.moderating.answered_now")
    talk.show(Section(heading, tuple(plain(reply).split("\n"))))
