"""What was understood of an utterance, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass

from bot.language.correction import Correction
from bot.matching.mentions import Mention
from bot.matching.ranking import Heard, Score


@dataclass(frozen=True, slots=True)
class Query:
    """An utterance as comparable words, and everything recognised in it."""

    text: str
    language: str
    sure_of_language: bool
    words: tuple[Heard, ...]
    corrections: tuple[Correction, ...]
    mentions: tuple[Mention, ...]
    focus: frozenset[int]
    frames: frozenset[str]
    help: str | None
    decline: str | None
    commanded: bool
    campaign: bool
    points_back: bool
    ranking: tuple[Score, ...]

    def mentioned(self, *kinds: str) -> list[Mention]:
        return [m for m in self.mentions if m.kind in kinds]

    @property
    def meaning(self) -> list[Heard]:
        """The words that carry meaning and are no candidate's name."""
        return [w for w in self.words if w.meaning]

    @property
    def asks_everyone(self) -> bool:
        return bool({"everyone", "others"} & self.frames)

    def in_focus(self, position: int) -> bool:
        """Whether a word stands in a sentence that asks."""
        return self.words[position].sentence in self.focus

    def stray(self, besides: frozenset[int] = frozenset(), everywhere: bool = False) -> float:
        """The weight of the meaning words, in the sentences that ask or in all of them, without those in `besides`."""
        return sum(
            w.weight
            for w in self.words
            if w.meaning and w.position not in besides and (everywhere or w.sentence in self.focus)
        )

    def explains_in_part(self, word: Heard) -> bool:
        """Whether a word was put right, or stands in a phrasing that is heard whole: not a stranger's name."""
        put_right = any(c.read == word.folded for c in self.corrections)
        return put_right or any(word.position in s.matched for s in self.ranking if s.complete)
