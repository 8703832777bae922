"""Why an answer is what it is: what was recognised in the question, what was weighed, which rule decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

from bot.dialogue.outcomes import NAMES, Decline, Outcome, Unknown
from bot.dialogue.query import Query
from bot.dialogue.what import Thresholds
from bot.dialogue.wording import Wording
from bot.knowledge.model import Election
from bot.matching.mentions import Mention
from bot.matching.ranking import Score

READINGS = 5
SHORT = 3


class Explanation:
    """The lines that explain one answer about one election, in the words of one language."""

    def __init__(self, election: Election, thresholds: Thresholds, say: Wording) -> None:
        self.election = election
        self.thresholds = thresholds
        self.say = say
        self._keys = say.keys()

    def lines(self, query: Query, outcome: Outcome) -> list[str]:
        """What was understood of a question, in the order it is worked out, then why this outcome."""
        sure = self.say("why.sure" if query.sure_of_language else "why.unsure")
        return [
            self._labelled("language", f"{self.say.language_name(query.language)} ({sure})"),
            self._listed("corrections", self._corrections(query), "; "),
            self._listed("mentions", (self._mention(m, query) for m in query.mentions), "; "),
            self._listed("frames", sorted(query.frames), ", "),
            self._labelled("ranking", "" if query.ranking else self.say("why.none.ranking")),
            *(f"  {self._reading(score)}" for score in query.ranking[:READINGS]),
            self._labelled("threshold", ""),
            *(f"  {threshold}" for threshold in self._thresholds()),
            self.because(outcome),
        ]

    def short(self, query: Query, outcome: Outcome) -> list[str]:
        """The same without the thresholds and the ways of asking, for a phone."""
        readings = [f"  {self._reading(score)}" for score in query.ranking[:SHORT]]
        return [
            self._listed("corrections", self._corrections(query), "; "),
            self._listed("mentions", (self._mention(m, query) for m in query.mentions), "; "),
            self._labelled("ranking", "" if readings else self.say("why.none.ranking")),
            *readings,
            self.because(outcome),
        ]

    def chosen(self, text: str, outcome: Outcome) -> list[str]:
        """The same for an answer to a choice, which left nothing to understand."""
        return [self.say("why.chosen", text=text), self.because(outcome)]

    def because(self, outcome: Outcome) -> str:
        """The outcome's name, and the rule that led to it."""
        reason = outcome.reason if isinstance(outcome, Decline | Unknown) else ""
        reason = self._or_itself(f"why.reason.{reason}", reason)
        name = NAMES[type(outcome)]
        return self._labelled("outcome", f"{name} – {self.say(f'why.because.{name}', reason=reason)}")

    def _labelled(self, label: str, text: str) -> str:
        return f"{self.say(f'why.{label}')}{self.say('colon')}{text}".rstrip()

    def _listed(self, label: str, texts: Iterable[str], between: str) -> str:
        return self._labelled(label, between.join(texts) or self.say(f"why.none.{label}"))

    def _corrections(self, query: Query) -> Iterator[str]:
        for correction in query.corrections:
            yield self.say(
                "why.correction",
                written=correction.written,
                read=correction.read,
                distance=self._distance(correction.distance),
            )

    def _distance(self, distance: int) -> str:
        return self.say("why.distance", distance=distance) if distance else self.say("why.same")

    def _mention(self, mention: Mention, query: Query) -> str:
        written = " ".join(word.written for word in query.words[mention.start : mention.end])
        kind = self._or_itself(f"why.kind.{mention.kind}", mention.kind)
        if mention.distance:
            kind += f", {self._distance(mention.distance)}"
        return self.say("why.mention", written=written, name=" / ".join(self._who(mention)), kind=kind)

    def _who(self, mention: Mention) -> list[str]:
        """Everyone a name may mean, since two candidates may share one."""
        if mention.kind != "candidate":
            return [mention.name]
        return [self.election.candidates[c].name for c in sorted(mention.ids)]

    def _reading(self, score: Score) -> str:
        entry = score.entry
        part = self.election.topic(entry.id) if entry.kind == "topic" else self.election.fact(entry.id)
        name = part.name.get(self.say.code) or next(iter(part.name.values()))
        kind = self._or_itself(f"why.kind.{entry.kind}", entry.kind)
        share = f"{round(100 * score.coverage):>3}"
        line = self.say("why.reading", share=share, name=name, kind=kind, id=entry.id)
        return line if score.complete else f"{line} – {self.say('why.incomplete')}"

    def _thresholds(self) -> Iterator[str]:
        for threshold in fields(self.thresholds):
            key = f"why.thresholds.{threshold.name}"
            value = f"{getattr(self.thresholds, threshold.name):.2f}"
            yield self.say(key, value=value) if key in self._keys else f"{value}  {threshold.name}"

    def _or_itself(self, key: str, name: str) -> str:
        return self.say(key) if key in self._keys else name
