"""How right and wrong answers move with the thresholds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from benchmarks import plots, sweeping
from benchmarks.asked import bundled
from benchmarks.report import Plan, Section, picture, table
from benchmarks.verdicts import COLOURS, HEAD, cells, counted, share
from bot.dialogue.assistant import Assistant
from bot.evaluation.scoring import Verdict

if TYPE_CHECKING:
    from bot.dialogue.what import Thresholds

SCALES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.6, 1.8, 2.0)
FEW = (0.4, 1.0, 2.0)
ALONE = (0.5, 1.5)
COVERAGE = ("plain", "campaign", "named")


def measure(plan: Plan) -> Section:
    asked = bundled(plan.quick)
    usual = Assistant(asked.base).thresholds
    scales = FEW if plan.quick else SCALES
    results = {scale: asked.results(_scaled(usual, scale, COVERAGE)) for scale in scales}
    together = {scale: counted(found) for scale, found in results.items()}
    now = together[1.0]
    alone = []
    for name, value in asdict(usual).items():
        for scale in ALONE:
            counts = counted(asked.results(_scaled(usual, scale, [name])))
            alone.append([f"`{name}`", f"{value:g} → {scale * value:g}", *_moved(counts, now)])
    _draw(plan, together)
    values = ", ".join(f"`{name}` {getattr(usual, name):g}" for name in COVERAGE)
    text = [
        f"What an answer must explain of a question ({values}), scaled together:",
        table(("Scale", *HEAD), [[f"×{scale:g}", *cells(counts)] for scale, counts in together.items()]),
        picture("sweep", "Shares of right, asked, abstained and wrong answers as the thresholds move"),
        *sweeping.each(plan, results),
        *sweeping.beside_peers(plan, asked, together),
        "Each threshold alone, halved and raised by half: how many more or fewer than now.",
        table(("Threshold", "from → to", *(verdict.value for verdict in Verdict)), alone, words=2),
    ]
    return Section("sweep", text)


def _scaled(usual: Thresholds, scale: float, names: Sequence[str]) -> Thresholds:
    return replace(usual, **{name: scale * getattr(usual, name) for name in names})


def _moved(counts: Counter[Verdict], now: Counter[Verdict]) -> list[str]:
    moves = (counts[verdict] - now[verdict] for verdict in Verdict)
    return [f"{move:+d}".replace("-", "−") if move else "0" for move in moves]


def _draw(plan: Plan, together: Mapping[float, Counter[Verdict]]) -> None:
    figure, (wide, close) = plots.drawn(2, width=9.5)
    scales = list(together)
    for axes, shown in (
        (wide, list(Verdict)),
        (close, [Verdict.ASKED, Verdict.WRONG, Verdict.MISATTRIBUTED]),
    ):
        for verdict in shown:
            values = [share(together[scale], verdict) for scale in scales]
            colour = COLOURS[verdict]
            axes.plot(scales, values, "o-", color=colour, markersize=3.5, label=verdict.value)
        axes.axvline(1, color="#999999", linewidth=0.8, linestyle=":")
        axes.set(
            xlabel="scale of the coverage thresholds",
            ylabel="% of questions",
            ylim=(-0.02 * axes.get_ylim()[1], None),
        )
        axes.xaxis.set_major_formatter("×{x:g}")
    wide.set(title="Every verdict")
    close.set(title="Closer: wrong, misattributed, asked")
    handles, labels = wide.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    plots.save(figure, plan.pictures, "sweep")
