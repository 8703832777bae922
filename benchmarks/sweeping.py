"""The thresholds once more: by language and by style, and beside the peers as their own thresholds move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from benchmarks import plots
from benchmarks.asked import Asked
from benchmarks.report import Plan, picture, table
from benchmarks.verdicts import COLOURS, counted, share
from bot.evaluation.scoring import Result, Verdict

Kinds = dict[str, dict[float, Counter[Verdict]]]
SHOWN = (0.4, 0.7, 1.0, 1.4, 2.0)
ENOUGH = 15
"""A kind with fewer questions is in the table but not drawn: one question would be a cliff."""
COLUMNS = 5
COVERED = (95, 90, 80, 60, 40, 20)
NAMES = {"fr": "French", "en": "English"}


# --- by language and style -------------------------------------------------------------------------------


def each(plan: Plan, results: Mapping[float, Sequence[Result]]) -> list[str]:
    """A table and small pictures of each language and style."""
    kinds = _kinds(results)
    _draw_each(plan, kinds)
    shown = [scale for scale in SHOWN if scale in results]
    head = ("", "questions", *(f"×{scale:g}" for scale in shown))
    return [
        "By language and style: right, asked, abstained, wrong, misattributed.",
        table(head, _rows(kinds, shown)),
        picture("sweep-each", "Verdicts by language and style as the thresholds move"),
    ]


def _kinds(results: Mapping[float, Sequence[Result]]) -> Kinds:
    """The verdicts of each language, then of each style, at each scale; the most frequent styles first."""
    found: Kinds = {}
    for scale, scored in results.items():
        for way in ("lang", "style"):
            often = Counter(getattr(result.question, way) for result in scored)
            for value, _ in often.most_common():
                some = [result for result in scored if getattr(result.question, way) == value]
                found.setdefault(NAMES.get(value, value), {})[scale] = counted(some)
    return dict(sorted(found.items(), key=lambda kind: kind[0] not in NAMES.values()))


def _rows(kinds: Kinds, scales: Sequence[float]) -> Iterator[list[str]]:
    for name, found in kinds.items():
        verdicts = (" ".join(str(found[scale][verdict]) for verdict in Verdict) for scale in scales)
        yield [name, f"{found[scales[0]].total():,}", *verdicts]


def _draw_each(plan: Plan, kinds: Kinds) -> None:
    drawn = {name: found for name, found in kinds.items() if plan.quick or found[1.0].total() >= ENOUGH}
    rows = -(-len(drawn) // COLUMNS)
    figure, panels = plots.drawn(COLUMNS, width=11, height=1 + 1.9 * rows, sharey=True, rows=rows)
    for axes in panels[len(drawn) :]:
        axes.set_visible(False)
    for axes, (name, found) in zip(panels, drawn.items(), strict=False):
        scales = list(found)
        for verdict in Verdict:
            values = [share(found[scale], verdict) for scale in scales]
            axes.plot(scales, values, color=COLOURS[verdict], label=verdict.value)
        axes.axvline(1, color="#999999", linewidth=0.8, linestyle=":")
        axes.set(title=f"{name} ({found[1.0].total()})", ylim=(-3, 103))
        axes.xaxis.set_major_formatter("×{x:g}")
    for axes in panels[::COLUMNS]:
        axes.set_ylabel("% of questions")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(Verdict))
    plots.save(figure, plan.pictures, "sweep-each")


# --- beside the peers ------------------------------------------------------------------------------------


def beside_peers(plan: Plan, asked: Asked, own: Mapping[float, Counter[Verdict]]) -> list[str]:
    """How much each answers, and how much of that is wrong, as its own threshold moves."""
    from benchmarks import peers

    curves = {"**this bot**": list(own.values())}
    for name, peer in peers.over(asked.election).items():
        found = peers.asked_of(peer, asked)
        curves[name] = [Counter(peers.at(found, threshold)) for threshold in peers.thresholds(found)]
    _draw_peers(plan, curves, own[1.0])
    head = ("wrong, % of what is answered, where at least so much is answered", *(f"{c} %" for c in COVERED))
    rows = ([name, *(_least(curve, covered) for covered in COVERED)] for name, curve in curves.items())
    return [
        "Beside the peers, each as its own threshold moves. *Answered* is whatever is not abstained from although "
        "there is an answer; what rightly gets no answer counts as answered and right.",
        table(head, rows),
        picture(
            "sweep-peers", "How much is answered against how much of that is wrong, of the bot and its peers"
        ),
    ]


def _covered(counts: Counter[Verdict]) -> float:
    return 100 - share(counts, Verdict.ABSTAINED)


def _risk(counts: Counter[Verdict]) -> float:
    return 100 * share(counts, Verdict.WRONG, Verdict.MISATTRIBUTED) / max(1e-9, _covered(counts))


def _least(curve: Sequence[Counter[Verdict]], covered: float) -> str:
    """The least risk at which so much is answered; empty if it never is."""
    risks = [_risk(counts) for counts in curve if _covered(counts) >= covered]
    return f"{min(risks):.1f}" if risks else ""


def _draw_peers(plan: Plan, curves: Mapping[str, Sequence[Counter[Verdict]]], now: Counter[Verdict]) -> None:
    figure, (axes,) = plots.drawn(1, width=7.5, height=4.2)
    for (name, curve), colour in zip(curves.items(), (plots.OWN, *plots.OTHERS), strict=False):
        points = sorted((_covered(counts), _risk(counts)) for counts in curve)
        label = name.replace("`", "").replace("**", "")
        axes.plot([x for x, _ in points], [y for _, y in points], color=colour, label=label)
    axes.plot(_covered(now), _risk(now), "*", color=plots.OWN, markersize=13)
    axes.set(xlabel="% answered", ylabel="% of that wrong or misattributed", xlim=(0, 101), ylim=(-1, None))
    axes.set(title="The more is answered, the more is wrong (star: the bot as it is)")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=len(curves))
    plots.save(figure, plan.pictures, "sweep-peers")
