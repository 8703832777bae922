"""What a hundred or a thousand elections cost: time to load, memory, and time to answer."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks import plots
from benchmarks.banks import ROOT
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
    _draw(plan, costs)
    most = costs[-1]
    text = [
        f"{later:,} questions after the first ones, each to an election drawn by lot.",
        _costs(costs),
        "Milliseconds for one answer:",
        _times(costs),
        _growth(costs),
        picture("scale", "Loading time, memory and time to answer against the number of claims"),
    ]
    size = f"{most.elections:,} elections × {CLAIMS} claims"
    bounds = [
        Bound(
            f"{size}: median answer",
            f"≤ {MEDIAN_MS:g} ms",
            f"{most.later.median:.2f} ms",
            most.later.median <= MEDIAN_MS,
        ),
        Bound(
            f"{size}: loading", f"≤ {LOAD_S:g} s", f"{most.load_seconds:.1f} s", most.load_seconds <= LOAD_S
        ),
        Bound(
            f"{size}: memory, serving",
            "≤ 1 GiB",
            f"{most.serving_mib:,.0f} MiB",
            most.serving_mib <= RESIDENT_MIB,
        ),
    ]
    return Section("scale", text, bounds)


def _measured(size: int, later: int) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "knowledge"
        generate(root, size, sorted(path.stem for path in (ROOT / "knowledge/common/topics").glob("*.yaml")))
        return fresh(cost, root, size, later)


# --- showing ---------------------------------------------------------------------------------------------


def _costs(costs: Sequence[Cost]) -> str:
    rows = [
        [
            f"{c.elections:,}",
            f"{c.claims:,}",
            f"{c.load_seconds:.2f}",
            f"{c.loaded_mib:,.0f}",
            f"{c.serving_mib:,.0f}",
            f"{100 * c.met / max(1, c.meant):.1f}",
            str(c.misattributed),
        ]
        for c in costs
    ]
    head = (
        "Elections",
        "claims",
        "loading, s",
        "MiB when loaded",
        "MiB when serving",
        "right on one candidate, %",
        "misattributed",
    )
    return table(head, rows, words=0)


def _times(costs: Sequence[Cost]) -> str:
    rows = []
    for cost in costs:
        kinds = {
            "very first": cost.first[:1],
            "first about an election": cost.first[1:],
            "later, prepared anew": cost.again,
            "later, still prepared": cost.ready,
            "**later, all**": [*cost.again, *cost.ready],
        }
        for name, times in kinds.items():
            if times:
                taken = spread(times)
                rows.append(
                    [
                        f"{cost.elections:,}",
                        name,
                        f"{len(times):,}",
                        *(milliseconds(t) for t in (taken.median, taken.p99, taken.most)),
                    ]
                )
    return table(("Elections", "answer", "answers", "median", "p99", "max"), rows, words=2)


def _fits(costs: Sequence[Cost]) -> dict[str, tuple[list[float], float]]:
    """For each cost its figures, and the power of the number of claims that it grows with."""
    claims = np.log([cost.claims for cost in costs])
    figures = {
        "loading, s": [cost.load_seconds for cost in costs],
        "memory beyond an empty process, MiB": [cost.serving_mib - cost.empty_mib for cost in costs],
        "median answer, ms": [cost.later.median for cost in costs],
        "p99 answer, ms": [cost.later.p99 for cost in costs],
        "median answer, still prepared, ms": [spread(cost.ready).median for cost in costs],
    }
    return {
        name: (values, float(np.polyfit(claims, np.log(values), 1)[0])) for name, values in figures.items()
    }


def _growth(costs: Sequence[Cost]) -> str:
    rows = [
        [name.rpartition(", ")[0], f"{power:.2f}".replace("-", "−"), f"×{10**power:.1f}"]
        for name, (_, power) in _fits(costs).items()
    ]
    return table(("Grows as claims to the power of", "power", "for ten times the claims"), rows)


def _draw(plan: Plan, costs: Sequence[Cost]) -> None:
    figure, (load, memory, answer) = plots.drawn(3, width=9.5, height=3.2)
    claims = [cost.claims for cost in costs]
    panels = {
        "loading, s": (load, "Loading", "seconds", plots.OWN, LOAD_S),
        "memory beyond an empty process, MiB": (
            memory,
            "Memory beyond an empty process",
            "MiB",
            plots.OWN,
            None,
        ),
        "p99 answer, ms": (answer, "One answer", "milliseconds", plots.OTHERS[0], None),
        "median answer, ms": (answer, "One answer", "milliseconds", plots.OWN, MEDIAN_MS),
        "median answer, still prepared, ms": (answer, "One answer", "milliseconds", plots.OTHERS[1], None),
    }
    found = _fits(costs)
    for name, (axes, title, unit, colour, bound) in panels.items():
        values, _ = found[name]
        axes.plot(
            claims,
            values,
            "o-",
            color=colour,
            markersize=4,
            label=name.rpartition(" answer")[0] or name.partition(",")[0],
        )
        if bound is not None:
            axes.axhline(bound, color="#999999", linestyle=":", linewidth=1)
            axes.annotate(
                "bound", (claims[0], bound), (0, 3), textcoords="offset points", fontsize=8, color="#666666"
            )
        axes.set(title=title, xlabel="claims", ylabel=unit, xscale="log", yscale="log")
    for axes in (load, memory, answer):
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.yaxis.set_major_formatter("{x:,g}")
    answer.legend(loc="best", fontsize=8)
    plots.save(figure, plan.pictures, "scale")
