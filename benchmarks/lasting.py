"""Whether memory stays as it is over a million questions: of the core alone, and of `serve` as it runs."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import linear_regression, median
from time import perf_counter

from benchmarks.asked import BUNDLED, Asked, bundled
from benchmarks.measuring import fresh, resident
from benchmarks.report import Bound, Plan, Section, picture, table
from bot.dialogue.memory import Memory
from bot.evaluation.slips import one_typo, respelt, typos_everywhere

ANSWERED = 1_000_000
UPDATES = 100_000
QUICK = 20_000
SAMPLES = 100
"""How often memory is looked at, at regular distances."""
WARMING = 0.05
"""The share of all questions after which everything that is kept at hand is full."""
SMOOTH = 5
FLAT = 5.0
"""Per cent that memory may move up or down."""
CHATS = 1_000
AT_ONCE = 2_000
SEED = 2032
CHARACTERS = 4_096
KINDS = {"as in the banks": 0.6, "mistyped": 0.3, "random letters": 0.09, "hostile": 0.01}
_ALPHABETS = ((0x20, 0x7F), (0xA0, 0x250), (0x300, 0x370), (0x370, 0x530), (0x5D0, 0x780), (0x2000, 0x2070),
              (0x3040, 0x9FFF), (0xAC00, 0xD7A3), (0x1F300, 0x1FAFF), (0xE0000, 0xE007F))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lasted:
    """MiB held after so many questions, and questions a second."""

    name: str
    at: list[int]
    mib: list[float]
    per_second: float

    @property
    def settled(self) -> tuple[list[int], list[float]]:
        """What was held once everything kept at hand was full, each the median of five looks."""
        begun = next(i for i, count in enumerate(self.at) if count >= WARMING * self.at[-1])
        kept = self.mib[begun:]
        smooth = [median(kept[max(0, i - SMOOTH // 2) : i + SMOOTH // 2 + 1]) for i in range(len(kept))]
        return self.at[begun:], smooth

    @property
    def middle(self) -> float:
        return median(self.settled[1])

    @property
    def moved(self) -> float:
        """The most that memory moved away from its median, in per cent of it."""
        return max(abs(100 * value / self.middle - 100) for value in self.settled[1])

    @property
    def slope(self) -> float:
        """MiB by which a straight line through all of it rises in a million questions."""
        return 1_000_000 * linear_regression(*self.settled).slope


def measure(plan: Plan) -> Section:
    from tests.strategies import TORTURE

    answered = QUICK if plan.quick else ANSWERED
    updates = QUICK if plan.quick else ANSWERED if plan.long else UPDATES
    both = [fresh(_answering, answered, TORTURE), _serving(updates, TORTURE)]
    _draw(plan, both)
    head = ("", "questions", "a second", "MiB: first", "after warming", "median", "least", "most", "at the end",
            "rise in a million, MiB")  # fmt: skip
    text = [
        "Of the questions, drawn by lot with a fixed seed, "
        + ", ".join(f"{100 * share:.0f} % are {kind}" for kind, share in KINDS.items())
        + f". Memory is looked at {SAMPLES} times; the first {100 * WARMING:.0f} % of the questions warm up.",
        table(head, [_cells(lasted) for lasted in both]),
        picture("lasting", "Memory held against the number of questions answered"),
    ]
    bounds = [
        Bound.at_most(f"Memory of {held.name} over {held.at[-1]:,} questions: moves", FLAT, held.moved, "%")
        for held in both
    ]
    return Section("lasting", text, bounds)


# --- asking ----------------------------------------------------------------------------------------------


def strings(asked: Asked, hostile: Sequence[str]) -> Iterator[str]:
    """Questions without end: as voters write them, as they mistype them, and what nobody should write."""
    chance = random.Random(SEED)
    slips = (one_typo, typos_everywhere, respelt)
    kinds, shares = list(KINDS), list(KINDS.values())
    while True:
        question = chance.choice(asked.questions)
        match chance.choices(kinds, shares)[0]:
            case "as in the banks":
                yield question.text
            case "mistyped":
                yield chance.choice(slips)(question.text, question.lang, chance)
            case "random letters":
                yield _letters(chance, 60)
            case _:
                yield (chance.choice(hostile) + _letters(chance, chance.choice((1, 300))))[: 2 * CHARACTERS]


def _letters(chance: random.Random, most: int) -> str:
    begin, end = chance.choice(_ALPHABETS)
    letters = [chr(chance.randrange(begin, end)) for _ in range(chance.randrange(1, most + 1))]
    return "".join(letters if chance.random() < 0.5 else [c + " " * (chance.random() < 0.2) for c in letters])


def _answering(answers: int, hostile: Sequence[str]) -> Lasted:
    """In a process of its own: questions of a thousand conversations to the core."""
    from bot.dialogue.assistant import Utterance
    from bot.lean import prepared

    asked = bundled(quick=False)
    assistant = prepared(asked.base, asked.now)
    memories: dict[int, Memory] = {}
    chance = random.Random(SEED)
    texts = strings(asked, hostile)

    def ask(count: int) -> None:
        for text in islice(texts, count):
            chat = chance.randrange(CHATS)
            utterance = Utterance(text, BUNDLED, conversation=str(chat))
            _, memories[chat] = assistant.respond(utterance, memories.get(chat, Memory()), asked.now)

    return _lasted("`respond`", answers, ask, resident)


def _serving(updates: int, hostile: Sequence[str]) -> Lasted:
    """Questions of a thousand chats to `serve`, which a stand-in for Telegram brings to its webhook."""
    from benchmarks import telegram

    texts = (text for text in map(_sendable, strings(bundled(quick=False), hostile)) if text)
    chance = random.Random(SEED)
    with (
        tempfile.TemporaryDirectory() as folder,
        telegram.process(telegram.TOKEN, "--keep", str(AT_ONCE)) as stand_in,
        telegram.serving("ours", "webhook", stand_in.url, Path(folder)) as bot,
    ):
        chats = [stand_in.private().id for _ in range(CHATS)]

        def ask(count: int) -> None:
            for begun in range(0, count, AT_ONCE):
                some = islice(texts, min(AT_ONCE, count - begun))
                stand_in.say_many(said=[(chance.choice(chats), text) for text in some])
                stand_in.settled(timeout=telegram.PATIENCE)

        ask(1)
        return _lasted("`serve`", updates, ask, lambda: resident(bot.pid))


def _sendable(text: str) -> str:
    """What of a text Telegram would bring: Unicode only, not blank, and not too long."""
    return text.encode("utf-8", "ignore").decode()[: CHARACTERS // 2].strip()


def _lasted(name: str, count: int, ask: Callable[[int], None], held: Callable[[], float]) -> Lasted:
    step = count // SAMPLES
    at, mib = [0], [held()]
    started = perf_counter()
    for _ in range(SAMPLES):
        ask(step)
        at.append(at[-1] + step)
        mib.append(held())
    return Lasted(name, at, mib, at[-1] / (perf_counter() - started))


# --- showing ---------------------------------------------------------------------------------------------


def _cells(held: Lasted) -> list[str]:
    settled = held.settled[1]
    figures = [held.mib[0], settled[0], held.middle, min(settled), max(settled), settled[-1]]
    shown = [f"{held.at[-1]:,}", f"{held.per_second:,.0f}", *(f"{figure:.1f}" for figure in figures)]
    return [held.name, *shown, f"{held.slope:+.1f}".replace("-", "−")]


def _draw(plan: Plan, both: Sequence[Lasted]) -> None:
    from benchmarks import plots

    figure, panels = plots.drawn(len(both), width=9.5, height=3.2)
    for axes, held in zip(panels, both, strict=True):
        axes.plot(held.at, held.mib, color=plots.OWN, linewidth=1)
        low, high = (held.middle * (1 + side * FLAT / 100) for side in (-1, 1))
        axes.axhspan(low, high, color="#cccccc", alpha=0.4, linewidth=0)
        place = (held.at[-1], high)
        axes.annotate(f"± {FLAT:.0f} %", place, (-28, 3), textcoords="offset points", fontsize=8)
        axes.set(title=held.name.strip("`"), xlabel="questions", ylabel="MiB resident", ylim=(0, 1.3 * high))
        axes.locator_params(axis="x", nbins=5)
        axes.xaxis.set_major_formatter("{x:,.0f}")
    plots.save(figure, plan.pictures, "lasting")
