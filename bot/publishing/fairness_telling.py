"""An audit in the reader's words: what its table, its sentences and its picture have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.dialogue.wording import Wording
from bot.evaluation.fairness import unjudged
from bot.evaluation.fairness_measures import Measure, Unit, Verdict

POINTS = ("spread", "low", "high", "bound")
CHANCES = ("p", "corrected")
LEAST = 0.0001


def label(measure: Measure, say: Wording) -> str:
    return say(f"audit.label.{measure.name}")


def figure(value: float | None, unit: Unit, say: Wording) -> str:
    """A candidate's figure; a share in per cent."""
    if value is None:
        return "–"
    if unit == "share":
        return _number(100 * value, 1, say)
    return _number(value, 2 if unit == "place" else 0, say)


def meaning(measure: Measure, say: Wording) -> str:
    """What a measure is about, its bound, and what was found."""
    if measure.verdict is Verdict.UNMEASURED:
        return say("audit.few")
    if measure.verdict is Verdict.NOTHING:
        return say("audit.nothing")
    return say(f"audit.meaning.{measure.name}", **_told(measure.values, say))


def outcome(measures: Sequence[Measure], say: Wording) -> str:
    """The audit in a sentence or two: what is broken, and what could not be judged."""
    broken = sum(measure.verdict is Verdict.BROKEN for measure in measures)
    sentences = [say("audit.some_broken", count=broken) if broken else say("audit.all_kept")]
    if few := [label(m, say) for m in measures if m.verdict is Verdict.UNMEASURED]:
        sentences.append(say("audit.some_few", measures="; ".join(few)))
    if unjudged(measures):
        sentences = [*(sentences[:1] if broken else ()), say("audit.unjudged"), *sentences[1:]]
    return " ".join(sentences)


def _told(values: Mapping[str, float], say: Wording) -> dict[str, str]:
    told = {}
    for name, value in values.items():
        if name in POINTS:
            told[name] = _number(100 * value, 1, say)
        elif name in CHANCES:
            told[name] = (
                _number(value, 4 if value < 0.1 else 2, say)
                if value >= LEAST
                else f"< {_number(LEAST, 4, say)}"
            )
        else:
            told[name] = _number(value, 0 if value == int(value) else 2, say)
    return told


def _number(value: float, digits: int, say: Wording) -> str:
    """A number as the reader writes it, without a tail of zeros."""
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", say("audit.decimal"))
