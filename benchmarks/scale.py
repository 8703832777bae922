"""What a hundred or a thousand elections cost: time to load, memory, and time to answer."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.ticker import LogLocator

from benchmarks import plots
from benchmarks.asked import ROOT
from benchmarks.costs import Cost, cost
from benchmarks.generating import CLAIMS, generate
from benchmarks.measuring import fresh, milliseconds, spread
from benchmarks.report import Bound, Plan, Section, picture, table

SIZES = (1, 10, 100, 1000)
QUICK = (1, 3)
LATER = 3000
QUICK_LATER = 30
MEDIAN_MS, LOAD_S, RESIDENT_MIB = 10.0, 10.0, 1024.0


def measure(plan: Plan) -> Section:
    sizes, later = (QUICK, QUICK_LATER) if plan.quick else (SIZES, LATER)
    costs = [_measured(size, later) for size in sizes]
    growths = _growths(costs)
    _draw(plan, growths)
    most = costs[-1]
    text = [
        f"{later:,} questions after the first ones, each to an election drawn by lot.",
        _costs(costs),
        "Milliseconds for one answer:",
        _times(costs),
        "Fitted on a log-log scale:",
        table(("", "grows as claims to the power", "for ten times the claims"), (g.cells() for g in growths)),
        picture("scale", "Loading time, memory and time to answer against the number of claims"),
    ]
    size = f"{most.elections:,} elections × {CLAIMS} claims"
    bounds = [
        Bound.at_most(f"{size}: median answer", MEDIAN_MS, most.later.median, "ms"),
        Bound.at_most(f"{size}: loading", LOAD_S, most.load_seconds, "s"),
        Bound.at_most(f"{size}: memory, serving", RESIDENT_MIB, most.serving_mib, "MiB"),
    ]
    return Section("scale", text, bounds)


def _measured(size: int, later: int) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "knowledge"
        generate(root, size, sorted(path.stem for path in (ROOT / "knowledge/common/topics").glob("*.yaml")))
        return fresh(cost, root, size, later)


# --- showing ---------------------------------------------------------------------------------------------


def _costs(costs: Sequence[Cost]) -> str:
    head = ("Elections", "claims", "loading, s", "MiB, loaded", "MiB, serving", "right, %", "misattributed")
    rows = []
    for held in costs:
        size = [f"{held.elections:,}", f"{held.claims:,}", f"{held.load_seconds:.2f}"]
        memory = [f"{held.loaded_mib:,.0f}", f"{held.serving_mib:,.0f}"]
        rows.append([*size, *memory, f"{100 * held.met / max(1, held.meant):.1f}", str(held.misattributed)])
    return table(head, rows, words=0)


def _times(costs: Sequence[Cost]) -> str:
    rows = []
    for held in costs:
        kinds = {
            "very first": held.first[:1],
            "first about an election": held.first[1:],
            "later, prepared anew": held.again,
            "later, still prepared": held.ready,
            "**later, all**": [*held.again, *held.ready],
        }
        for name, times in kinds.items():
            if times:
                taken = spread(times)
                figures = (milliseconds(time) for time in (taken.median, taken.p99, taken.most))
                rows.append([f"{held.elections:,}", name, f"{len(times):,}", *figures])
    return table(("Elections", "answer", "answers", "median", "p99", "max"), rows, words=2)


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
        return [self.name, f"{self.power:.2f}".replace("-", "−"), f"×{10**self.power:.1f}"]


def _growths(costs: Sequence[Cost]) -> list[_Growth]:
    figures = {
        ("loading", "seconds"): [held.load_seconds for held in costs],
        ("memory beyond an empty process", "MiB"): [held.serving_mib - held.empty_mib for held in costs],
        ("median", "milliseconds"): [held.later.median for held in costs],
        ("p99", "milliseconds"): [held.later.p99 for held in costs],
        ("median, still prepared", "milliseconds"): [spread(held.ready).median for held in costs],
    }
    claims = [held.claims for held in costs]
    return [_Growth(name, unit, claims, values) for (name, unit), values in figures.items()]


def _draw(plan: Plan, growths: Sequence[_Growth]) -> None:
    figure, panels = plots.drawn(3, width=9.5, height=3.2)
    titles = ("Loading", "Memory beyond an empty process", "One answer")
    colours = (plots.OWN, plots.OWN, plots.OWN, *plots.OTHERS)
    bounds = {"loading": LOAD_S, "median": MEDIAN_MS}
    for number, growth in enumerate(growths):
        axes = panels[min(number, 2)]
        axes.plot(growth.claims, growth.values, "o-", color=colours[number], markersize=4, label=growth.name)
        axes.set(ylabel=growth.unit)
        if growth.name in bounds:
            at = bounds[growth.name]
            axes.axhline(at, color="#999999", linestyle=":", linewidth=1)
            place = (growth.claims[0], at)
            axes.annotate("bound", place, (0, 3), textcoords="offset points", fontsize=8, color="#666666")
    for axes, title in zip(panels, titles, strict=True):
        axes.set(title=title, xlabel="claims", xscale="log", yscale="log")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:,g}")
        axes.yaxis.set_minor_formatter("")
    panels[2].legend(loc="upper left", bbox_to_anchor=(0, 0.86), fontsize=8)
    plots.save(figure, plan.pictures, "scale")
