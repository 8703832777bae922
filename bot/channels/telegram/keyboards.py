"""The buttons under messages; what each leads to is in its data, so that it outlives a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from bot.channels.browsing import Browsing
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.targets import Tap
from bot.dialogue.composing import Setting, suggested
from bot.dialogue.outcomes import (
    CandidateCard,
    Clarification,
    Comparison,
    FactAnswer,
    NoPosition,
    Position,
)
from bot.dialogue.reply import Reply
from bot.dialogue.wording import Wording

TEXT = 64
QUERY = 256
VERDICTS = ("bad", "false", "source", "old", "missing", "unfair", "unclear", "good")
PAGE = 8

Rows = list[list[Button]]
Row = TypeVar("Row")


def shown_targets(reply: Reply) -> tuple[str, ...]:
    """The ids an answer is about, for buttons on it; nothing where there is no answer."""
    match reply.outcome:
        case Position(candidate, topics):
            return tuple(f"{candidate}/{topic}" for topic in topics)
        case Comparison(candidates, topics):
            return topics if not candidates else tuple(f"{c}/{t}" for c in candidates for t in topics)
        case CandidateCard(candidates):
            return candidates
        case FactAnswer(fact):
            return (fact,)
        case NoPosition(candidates, topics, fact):
            if fact is not None:
                return (fact,)
            return topics if not candidates else tuple(f"{c}/{t}" for c in candidates for t in topics)
        case _:
            return ()


def only(targets: Sequence[str]) -> str:
    """The id of an answer that is about one thing; nothing of one about several, which no single id stands for."""
    return targets[0] if len(targets) == 1 else ""


class Keyboards:
    """Buttons for one election in one language."""

    def __init__(self, desk: Desk, browsing: Browsing) -> None:
        self.desk = desk
        self.browsing = browsing
        self.say = browsing.say
        self.election = browsing.election.id

    def under(self, reply: Reply, voter: Voter) -> Keyboard | None:
        """The buttons under an answer: where to go next, then what to do with it."""
        targets = shown_targets(reply)
        if voter.group and targets:
            return Keyboard([[self.private("full_answer", only(targets))]])
        rows = self.choices([s.target for s in reply.suggestions])
        if isinstance(reply.outcome, Clarification):
            rows.append([self.button("none_of_these", "x")])
        elif targets:
            rows += self._on_answer(reply, targets)
        return Keyboard(rows) if rows else None

    def to_private(self, target: str) -> Keyboard:
        """Under a shared answer: the way to ask for oneself."""
        return Keyboard([[self.private("ask_me", target)]])

    def private(self, label: str, target: str = "") -> Button:
        """A button that opens the private chat, on an entry."""
        start = self.desk.targets.link(self.election, target)
        return Button(
            self.say(f"telegram.{label}"), url=f"https://t.me/{self.desk.bot.username}?start={start}"
        )

    def not_what(self, readings: Sequence[str]) -> Keyboard:
        """The other readings of a question, and none of them."""
        return Keyboard([*self.choices(readings), [self.button("none_of_these", "x")]])

    def starters(self) -> Keyboard:
        """Where to begin: what the election offers first, then the lists."""
        election = self.browsing.election
        setting = Setting(election, self.say.code, self.desk.now())
        rows = self.choices(each.target for each in suggested(election.description.starters, setting))
        lists = [self._list("candidates", "c"), self._list("topics", "t")]
        return Keyboard([*rows, lists])

    def _list(self, label: str, word: str) -> Button:
        return Button(self.say(f"telegram.{label}"), callback_data=self._data("m", (), word))

    def choices(self, targets: Iterable[str]) -> Rows:
        """A row for each id that can be opened."""
        return [[self.button_to(target)] for target in targets if self.browsing.subject(target)]

    def button_to(self, target: str) -> Button:
        return Button(self._label(target), callback_data=self._data("a", (target,)))

    def button(self, label: str, action: str, targets: tuple[str, ...] = (), word: str = "") -> Button:
        return Button(self.say(f"telegram.button.{label}"), callback_data=self._data(action, targets, word))

    def notify(self, target: str) -> Button:
        return Button(self.say("telegram.notify_button"), callback_data=self._data("b", (target,)))

    def verdicts(self, target: str) -> Keyboard:
        """What can be said of an answer, one a row."""
        return Keyboard(
            [
                [Button(self.say(f"telegram.verdict.{v}"), callback_data=self._data("g", (target,), v))]
                for v in VERDICTS
            ]
        )

    # --- looking through -------------------------------------------------------------------------------

    def candidates(self, targets: Sequence[str], page: int) -> Keyboard:
        """A page of candidates."""
        rows = [[Button(cut(self.browsing.subject(t)), callback_data=self._data("a", (t,)))] for t in targets]
        return Keyboard(self._paged(rows, page, "c"))

    def topics(self, page: int) -> Keyboard:
        """A page of the widest topics, those first on which somebody has spoken; those with parts lead to them."""
        widest = [t for t in self.browsing.topics() if len(self.browsing.path(t)) == 1]
        topics = sorted(widest, key=lambda t: not self.browsing.speakers(t))
        return Keyboard(self._paged([[self._topic(topic)] for topic in topics], page, "t"))

    def parts(self, topic: str) -> Keyboard:
        """A topic as a whole, its parts, and the way back."""
        name = self.browsing.subject(topic)
        whole = Button(
            cut(self.say("telegram.button.whole", topic=name)), callback_data=self._data("a", (topic,))
        )
        parts = [[self._topic(part)] for part in self.browsing.election.children(topic)]
        parent = self.browsing.election.topic(topic).parent
        back = self.button("back", "m", (parent,) if parent else (), "" if parent else "t")
        return Keyboard([[whole], *parts[: 100 - 2], [back]])

    def _topic(self, topic: str) -> Button:
        inside = bool(self.browsing.election.children(topic))
        name, count = self.browsing.subject(topic), self.browsing.speakers(topic)
        label = self.say(f"telegram.button.{'more' if inside else 'topic'}", topic=name, count=count)
        return Button(cut(label), callback_data=self._data("m" if inside else "a", (topic,)))

    def _paged(self, rows: Rows, page: int, word: str) -> Rows:
        return paged(rows, page, self.say, lambda number: self._data("m", (), word, number))

    # --- parts -----------------------------------------------------------------------------------------

    def _on_answer(self, reply: Reply, targets: tuple[str, ...]) -> Rows:
        """What can be done with an answer; nobody can rate or share one part of it and mean the whole."""
        target = only(targets)
        wrong = self.button("not_what", "n", tuple(s.target for s in reply.readings))
        if isinstance(reply.outcome, NoPosition):
            return [*([[self.notify(target)]] if target else []), [wrong]]
        rows = [[self.button("sources", "s", targets), wrong]]
        if not target:
            return rows
        good, bad = self.button("good", "g", (target,), "good"), self.button("bad", "g", (target,), "bad")
        return [*rows, [good, bad, self._share(target)]]

    def _share(self, target: str) -> Button:
        """Shares an answer through inline mode, or without it a link that opens the answer."""
        label = self.say("telegram.button.share")
        if self.desk.bot.bot.supports_inline_queries:
            return Button(
                label, switch_inline_query=self.browsing.subject(target).replace(" · ", " ")[:QUERY]
            )
        start = self.desk.targets.link(self.election, target)
        link = f"https%3A%2F%2Ft.me%2F{self.desk.bot.username}%3Fstart%3D{start}"
        return Button(label, url=f"https://t.me/share/url?url={link}")

    def _label(self, target: str) -> str:
        """The words on a button that opens an entry."""
        candidate, slash, topic = target.partition("/")
        election = self.browsing.election
        if slash:
            names = {"candidate": self.browsing.subject(candidate), "topic": self.browsing.subject(topic)}
            return cut(self.say("telegram.button.position", **names))
        kind = "everyone" if election.has("topics", target) else "fact"
        kind = "candidate" if target in election.candidates else kind
        name = self.browsing.subject(target)
        return cut(self.say(f"telegram.button.{kind}", topic=name, fact=name, candidate=name))

    def _data(self, action: str, targets: tuple[str, ...] = (), word: str = "", number: int = 0) -> str:
        return self.desk.targets.data(Tap(action, self.election, targets, word, number))


def cut(text: str) -> str:
    """A button's text; Telegram cuts longer ones itself, in the middle of a word."""
    return text if len(text) <= TEXT else text[: TEXT - 1].rstrip() + "…"


def paged(rows: Rows, page: int, say: Wording, data: Callable[[int], str]) -> Rows:
    """A page of rows, with buttons to the pages beside it where there are any."""
    return [*on_page(rows, page), *turns(len(rows), page, say, data)]


def on_page(rows: Sequence[Row], page: int) -> Sequence[Row]:
    """Those of some rows that stand on a page."""
    page = _page(len(rows), page)
    return rows[page * PAGE : (page + 1) * PAGE]


def turns(count: int, page: int, say: Wording, data: Callable[[int], str]) -> Rows:
    """Buttons to the pages beside a page of so many rows; none where there is only one page."""
    pages, page = -(-count // PAGE), _page(count, page)
    if pages < 2:
        return []
    return [
        [
            Button(say("telegram.button.earlier"), callback_data=data((page - 1) % pages)),
            Button(say("telegram.page", page=page + 1, pages=pages), callback_data=data(page)),
            Button(say("telegram.button.later"), callback_data=data((page + 1) % pages)),
        ]
    ]


def _page(count: int, page: int) -> int:
    """The page that there is, of those of so many rows."""
    return min(max(page, 0), max(0, -(-count // PAGE) - 1))


def elections(desk: Desk, say: Wording, page: int) -> Keyboard:
    """A page of the elections to choose from, by name."""
    name = {
        i: e.description.name.get(say.code) or next(iter(e.description.name.values()))
        for i, e in desk.base.elections.items()
    }
    rows = [
        [Button(cut(name[i]), callback_data=desk.targets.data(Tap("e", i)))]
        for i in sorted(name, key=lambda i: name[i])
    ]
    return Keyboard(
        paged(rows, page, say, lambda number: desk.targets.data(Tap("e", word="p", number=number)))
    )


def languages(codes: Sequence[str], say: Wording) -> Keyboard:
    """The languages to choose from, each by its own name, and that of each question."""
    rows = [[Button(say(f"telegram.languages.{code}"), callback_data=f"l.{code}")] for code in codes]
    return Keyboard([*rows, [Button(say("telegram.language_auto"), callback_data="l.auto")]])


def named(desk: Desk, say: Wording, elections: Sequence[str]) -> Rows:
    """A row for each of these elections, to go on with it."""
    names = {i: desk.base.elections[i].description.name for i in elections[:PAGE]}
    return [
        [
            Button(
                cut(name.get(say.code) or next(iter(name.values()))),
                callback_data=desk.targets.data(Tap("e", i)),
            )
        ]
        for i, name in names.items()
    ]
