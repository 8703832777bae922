"""How answers hold when the same questions are typed worse and worse."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from benchmarks import plots
from benchmarks.asked import Asked, bundled, invented
from benchmarks.report import Plan, Section, picture, table
from benchmarks.verdicts import COLOURS, COUNTS, counted, plainly, share
from bot.evaluation.bank import Question
from bot.evaluation.scoring import Verdict
from bot.evaluation.slips import one_typo, respelt, typos_everywhere, without_accents

SEEDS = 3
BESIDE = 150
"""How many questions the peers are asked too, drawn by lot: they are slow."""
NOISY = ("typo", "sms", "noaccent")

Mistype = Callable[[str, str, random.Random], str]

RUNGS: dict[str, Mistype] = {
    "clean": lambda text, _, __: text,
    "no accents": lambda text, _, __: without_accents(text),
    "one typo": one_typo,
    "typo in every long word": typos_everywhere,
    "SMS respelling": respelt,
    "SMS and one typo": lambda text, code, chance: one_typo(respelt(text, code, chance), code, chance),
}


def measure(plan: Plan) -> Section:
    found: dict[tuple[str, str], Counter[Verdict]] = {}
    with invented(plan.quick) as fictional:
        for asked in (bundled(plan.quick), fictional):
            for rung, mistype in RUNGS.items():
                for seed in range(1 if rung in ("clean", "no accents") else SEEDS):
                    for result in _mistyped(asked, mistype, rung, seed).results():
                        counts = found.setdefault((result.question.lang, rung), Counter())
                        counts[result.verdict] += 1
    languages = sorted({code for code, _ in found}, reverse=True)
    rows = [
        [code, rung, *plainly(found[code, rung])]
        for code in languages
        for rung in RUNGS
        if (code, rung) in found
    ]
    _draw(plan, found, languages)
    text = [
        table(("", "", *COUNTS), rows, words=2),
        picture("noise", "Verdicts on the ladder of noise, by language"),
        *_beside_peers(plan),
    ]
    return Section("noise", text)


def _beside_peers(plan: Plan) -> list[str]:
    """The same ladder for the peers, on some questions; each keeps the threshold that is best for it on clean ones."""
    from benchmarks import peers

    whole = bundled(plan.quick)
    clean = [q for q in whole.questions if q.style not in NOISY and not q.context]
    drawn = random.Random("beside").sample(clean, min(BESIDE, len(clean)))
    asked = replace(whole, questions=tuple(drawn))
    ladder = {rung: _mistyped(asked, mistype, rung, 0) for rung, mistype in RUNGS.items()}
    found = {"**this bot**": {rung: counted(typed.results()) for rung, typed in ladder.items()}}
    for name, peer in peers.over(asked.election).items():
        heard = {rung: peers.asked_of(peer, typed) for rung, typed in ladder.items()}
        threshold = peers.best(heard["clean"])
        found[name] = {rung: Counter(peers.at(held, threshold)) for rung, held in heard.items()}
    _draw_beside(plan, found)
    rows = [[name, rung, *plainly(counts)] for name, rungs in found.items() for rung, counts in rungs.items()]
    return [
        f"Beside the peers, over every pair: {len(drawn)} questions of the bundled base, drawn by lot, each "
        "mistyped once. Each peer keeps the threshold that is best for it on the clean ones.",
        table(("", "", *COUNTS), rows, words=2),
        picture("noise-peers", "Right and wrong answers on the ladder of noise, of the bot and its peers"),
    ]


def _draw_beside(plan: Plan, found: dict[str, dict[str, Counter[Verdict]]]) -> None:
    figure, (right, wrong) = plots.drawn(2, width=10.5, height=3.4)
    for (name, rungs), colour in zip(found.items(), (plots.OWN, *plots.OTHERS), strict=False):
        label = name.replace("`", "").replace("**", "")
        amiss = (Verdict.WRONG, Verdict.MISATTRIBUTED)
        right.plot(
            list(rungs), [share(c, Verdict.RIGHT) for c in rungs.values()], "o-", color=colour, label=label
        )
        wrong.plot(list(rungs), [share(c, *amiss) for c in rungs.values()], "o-", color=colour)
    right.set(title="Right", ylabel="% of questions", ylim=(0, 103))
    wrong.set(title="Wrong or misattributed", ylim=(-1, None))
    for axes in (right, wrong):
        axes.set_xticks(range(len(RUNGS)), list(RUNGS), rotation=25, ha="right", rotation_mode="anchor")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=len(found))
    plots.save(figure, plan.pictures, "noise-peers")


def _mistyped(asked: Asked, mistype: Mistype, rung: str, seed: int) -> Asked:
    """The questions that are not already written badly, each mistyped by its own lot."""
    clean = [q for q in asked.questions if q.style not in NOISY]
    return replace(asked, questions=tuple(_one(q, mistype, f"{rung}|{seed}|{q.id}") for q in clean))


def _one(question: Question, mistype: Mistype, lot: str) -> Question:
    return question.model_copy(update={"text": mistype(question.text, question.lang, random.Random(lot))})


def _draw(plan: Plan, found: dict[tuple[str, str], Counter[Verdict]], languages: list[str]) -> None:
    figure, panels = plots.drawn(max(2, len(languages)), width=9.5, height=3.2, sharey=True)
    names = {"fr": "French", "en": "English"}
    for axes, code in zip(panels, languages, strict=False):
        rungs = list(RUNGS)[::-1]
        left = [0.0] * len(rungs)
        for verdict in Verdict:
            widths = [share(found[code, rung], verdict) for rung in rungs]
            axes.barh(rungs, widths, left=left, color=COLOURS[verdict], label=verdict.value, height=0.7)
            if verdict is Verdict.RIGHT:
                for place, width in enumerate(widths):
                    axes.text(
                        width - 1, place, f"{width:.0f}", ha="right", va="center", color="white", fontsize=8
                    )
            left = [a + b for a, b in zip(left, widths, strict=True)]
        axes.set(title=names.get(code, code), xlabel="% of questions", xlim=(0, 100))
        axes.grid(visible=False, axis="y")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    plots.save(figure, plan.pictures, "noise")
