"""Questions as thumbs type them: see `bot.evaluation.slips`, where the fairness audit finds them too."""

from bot.evaluation.slips import one_typo, respelt, slip, typos_everywhere, without_accents

__all__ = ["one_typo", "respelt", "slip", "typos_everywhere", "without_accents"]
