"""What elections without number cost, and one with very many claims: loading, memory, and time to answer."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.ticker import LogLocator

from benchmarks import plots
from benchmarks.costs import MISATTRIBUTED, NOTHING, RIGHT, WRONG, Cost, cost
from benchmarks.flat_lists import TOKEN_SET, Lookup, lookups
from benchmarks.generating import LISTED, Size, generate
from benchmarks.measuring import fresh, milliseconds, spread
from benchmarks.report import Bound, Plan, Section, picture, table

REAL = Size(63, candidates=7)
"""As many elections as there are towns around Paris, of the bundled one's size."""
HALF, WHOLE = Size(1000), Size(2000)
SIZES = (Size(1), Size(10), REAL, Size(100), HALF, WHOLE)
LONE = Size(1, candidates=100, each=50)
QUICK = (Size(1), Size(3))
QUICK_LONE = Size(1, candidates=20, each=10)
LATER, COMPARED = 3000, 60
QUICK_LATER, QUICK_COMPARED = 30, 5
LIMITS = {REAL: 5.0, HALF: 10.0, WHOLE: 15.0}
"""Milliseconds that the median answer may take."""
LOAD_S, RESIDENT_MIB = 10.0, 1024.0
FASTER = 5.0
OURS = "this bot"


@dataclass(frozen=True, slots=True)
class _Measured:
    """One size: what it costs, and what peers do with the same claims in one flat list."""

    cost: Cost
    others: list[Lookup]

    def other(self, name: str) -> Lookup:
        return next(other for other in self.others if other.name == name)


def measure(plan: Plan) -> Section:
    sizes, lone = (QUICK, QUICK_LONE) if plan.quick else (SIZES, LONE)
    several = [_measured(size, plan) for size in sizes]
    every = [*several, _measured(lone, plan)]
    growths = _growths(several)
    _draw(plan, several, growths)
    later, compared = _counts(plan)
    costs = [one.cost for one in every]
    text = [
        f"{later:,} questions after the first ones, each to an election drawn by lot.",
        _costs(costs),
        "Milliseconds for one answer:",
        _times(costs),
        f"Beside a flat list of every candidate's surname before the first {LISTED} phrasings, in each language, "
        f"of every topic they have spoken on, for all elections together: {compared} questions in just these "
        "phrasings; in every third the candidate has said nothing on the topic, and it is right not to answer. A "
        "third are typed without a mistake, a third with one, the others with one in every long word. A peer answers "
        "with its best match, above the threshold that is best for it on these very questions.",
        _compared(every),
        "Fitted on a log-log scale, over the rows of many elections:",
        table(("", "grows as claims to the power", "for ten times the claims"), (g.cells() for g in growths)),
        picture("scale", "Loading time, memory and time to answer against the number of claims"),
    ]
    return Section("scale", text, _bounds(several, growths))


def _bounds(several: Sequence[_Measured], growths: Sequence[_Growth]) -> list[Bound]:
    bounds = [
        Bound.at_most(f"{one.cost.size}: median answer", LIMITS[one.cost.size], one.cost.later.median, "ms")
        for one in several
        if one.cost.size in LIMITS
    ]
    median = next(growth for growth in growths if growth.name == OURS)
    bounds.append(
        Bound("Median answer: grows as claims to the power", "< 1", f"{median.power:.2f}", median.power < 1)
    )
    large = next((one for one in several if one.cost.size == HALF), several[-1])
    size, other = large.cost.size, large.other(TOKEN_SET)
    faster = spread(other.times).median / spread(large.cost.listed).median
    right, others = large.cost.verdicts[RIGHT], other.verdicts[RIGHT]
    return [
        *bounds,
        Bound.at_most(f"{size}: loading", LOAD_S, large.cost.load_seconds, "s"),
        Bound.at_most(f"{size}: memory, serving", RESIDENT_MIB, large.cost.serving_mib, "MiB"),
        Bound(
            f"{size}: times as fast as `token_set_ratio`", f"≥ {FASTER:g}", f"{faster:,.0f}", faster >= FASTER
        ),
        Bound(
            f"{size}: right where `token_set_ratio` has {others}", f"> {others}", str(right), right > others
        ),
    ]


def _measured(size: Size, plan: Plan) -> _Measured:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "knowledge"
        generate(root, size)
        later, compared = _counts(plan)
        return _Measured(fresh(cost, root, size, later, compared), fresh(lookups, root, compared))


def _counts(plan: Plan) -> tuple[int, int]:
    return (QUICK_LATER, QUICK_COMPARED) if plan.quick else (LATER, COMPARED)


# --- showing ---------------------------------------------------------------------------------------------


def _costs(costs: Sequence[Cost]) -> str:
    head = ("Elections × claims", "claims", "loading, s", "MiB, loaded", "MiB, serving")
    rows = []
    for held in costs:
        memory = [f"{held.loaded_mib:,.0f}", f"{held.serving_mib:,.0f}"]
        rows.append([str(held.size), f"{held.size.claims:,}", f"{held.load_seconds:.2f}", *memory])
    return table(head, rows)


def _times(costs: Sequence[Cost]) -> str:
    rows = []
    for held in costs:
        kinds = {
            "first about an election": held.first,
            "later, prepared anew": held.again,
            "later, still prepared": held.ready,
            "**later, all**": [*held.again, *held.ready] if held.again else [],
        }
        for name, times in kinds.items():
            if times:
                taken = spread(times)
                figures = (milliseconds(time) for time in (taken.median, taken.p99, taken.most))
                rows.append([str(held.size), name, f"{len(times):,}", *figures])
    return table(("Elections × claims", "answer", "answers", "median", "p99", "max"), rows, words=2)


def _compared(every: Sequence[_Measured]) -> str:
    rows = []
    for one in every:
        own = one.cost
        rows.append([str(own.size), f"**{OURS}**", "", *_figures(own.listed, own.verdicts)])
        rows += [["", o.name, f"{o.texts:,}", *_figures(o.times, o.verdicts)] for o in one.others]
    head = ("Elections × claims", "", "texts", "ms, median", "ms, max", RIGHT, WRONG, MISATTRIBUTED, NOTHING)
    return table(head, rows, words=2)


def _figures(times: Sequence[float], verdicts: Counter[str]) -> list[str]:
    taken = spread(times)
    counts = [str(verdicts[verdict]) for verdict in (RIGHT, WRONG, MISATTRIBUTED, NOTHING)]
    return [milliseconds(taken.median), milliseconds(taken.most), *counts]


@dataclass(frozen=True, slots=True)
class _Growth:
    """How one figure grows with the number of claims; `power` is the slope of the log-log fit."""

    name: str
    unit: str
    claims: list[int]
    values: list[float]

    @property
    def power(self) -> float:
        return float(np.polyfit(np.log(self.claims), np.log(self.values), 1)[0])

    def cells(self) -> list[str]:
        return [f"{self.name}, {self.unit}", f"{self.power:.2f}".replace("-", "−"), f"×{10**self.power:.1f}"]


def _growths(several: Sequence[_Measured]) -> list[_Growth]:
    costs = [one.cost for one in several]
    figures = {
        ("loading", "seconds"): [held.load_seconds for held in costs],
        ("memory beyond an empty process", "MiB"): [held.serving_mib - held.empty_mib for held in costs],
        (OURS, "milliseconds, median"): [held.later.median for held in costs],
    }
    for peer in several[0].others:
        times = [spread(one.other(peer.name).times).median for one in several]
        figures[peer.name, "milliseconds, median"] = times
    claims = [held.size.claims for held in costs]
    return [_Growth(name, unit, claims, values) for (name, unit), values in figures.items()]


def _draw(plan: Plan, several: Sequence[_Measured], growths: Sequence[_Growth]) -> None:
    figure, panels = plots.drawn(3, width=9.5, height=3.6)
    titles = ("Loading", "Memory beyond an empty process", "One answer, median")
    colours = (plots.OWN, plots.OWN, plots.OWN, *plots.OTHERS)
    for number, growth in enumerate(growths):
        axes = panels[min(number, 2)]
        label = growth.name.replace("`", "")
        axes.plot(growth.claims, growth.values, "o-", color=colours[number], markersize=4, label=label)
        axes.set(ylabel=growth.unit.partition(",")[0])
    for axes, title in zip(panels, titles, strict=True):
        axes.set(title=title, xlabel="claims", xscale="log", yscale="log")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.yaxis.set_major_locator(LogLocator(subs=(1,) if axes is panels[2] else (1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:,g}")
        axes.yaxis.set_minor_formatter("")
    bounded = [size for size in (one.cost.size for one in several) if size in LIMITS]
    limits = [LIMITS[size] for size in bounded]
    marks = {"color": plots.INK, "markersize": 12, "label": "bound for this bot"}
    panels[2].plot([size.claims for size in bounded], limits, "_", **marks)
    figure.legend(*panels[2].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
    plots.save(figure, plan.pictures, "scale")
