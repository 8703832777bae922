"""Which language a message is written in, word by word, or nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.language.catalogue import Language
from bot.language.text import Word

SURE = 1.5
HINT = 0.3


def detect(
    words: Sequence[Word], languages: Iterable[Language], ignored: frozenset[str] = frozenset()
) -> tuple[str | None, bool]:
    """The likeliest language, and whether that is sure; None where nothing tells them apart.

    Names in `ignored` say nothing of the language. A spelling only one language knows counts like a common word.
    """
    scores: dict[str, float] = {}
    for language in languages:
        score = 0.0
        for word in words:
            if word.folded in ignored or word.folded.isdigit():
                continue
            score += _evidence(word, language)
        scores[language.code] = score
    if not scores:
        return None, False
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    lead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0.0)
    return (ranked[0][0] if lead > HINT else None), lead >= SURE


def _evidence(word: Word, language: Language) -> float:
    known = language.zipf(word.folded)
    score = min(known, 6.5)
    if word.folded in language.stop and len(word.folded) > 1:
        score += 2.0
    elif word.folded in language.grammar:
        score += 1.0
    elif not known and word.written in language.spellings:
        score += 4.5
    if word.written != word.folded and known:
        score += 1.0
    return score
