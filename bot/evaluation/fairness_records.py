"""What the bot says of each candidate against what is on record of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.dialogue.outcomes import CandidateCard, Comparison, Position
from bot.dialogue.reply import Reply
from bot.evaluation.fairness_measures import Measure, judged
from bot.evaluation.recognition import REFUSED, Hearing
from bot.evaluation.voters import voters
from bot.knowledge.model import Election


class Statements:
    """Of the statements that a reply of its kind shows, those that it does show: one too few or too many is wrong."""

    def __init__(self, election: Election) -> None:
        self.election = election
        self.due, self.shown, self.wrong = Counter[str](), Counter[str](), Counter[str]()

    def add(self, reply: Reply) -> None:
        due = Counter(self._due(reply))
        shown = Counter((s.id, s.source, bool(s.quote)) for s in reply.statements if "/" in s.id)
        for counted, kept in ((due, self.due), (shown & due, self.shown)):
            for (identifier, _, _), times in counted.items():
                kept[identifier.partition("/")[0]] += times
        for identifier, _, _ in ((due - shown) + (shown - due)).elements():
            self.wrong[identifier.partition("/")[0]] += 1

    def _due(self, reply: Reply) -> Iterator[tuple[str, str, bool]]:
        election = self.election
        match reply.outcome:
            case Position(candidate, topics):
                of = [(candidate, topic) for topic in topics]
            case Comparison(candidates, topics):
                of = [(c, topic) for c in candidates or election.candidates for topic in topics]
            case CandidateCard(candidates):
                of = []
                for c in candidates:
                    for topic, claims in election.candidates[c].positions.items():
                        yield from ((f"{c}/{topic}", claim.source, bool(claim.quote)) for claim in claims)
            case _:
                of = []
        for c, topic in of:
            for held, claim in election.claims(c, topic):
                yield f"{c}/{held}", claim.source, bool(claim.quote)

    def measure(self) -> Measure:
        share = {c: self.shown[c] / n for c, n in sorted(self.due.items()) if n}
        values = {"different": self.wrong.total(), "count": self.due.total()}
        return Measure(
            "statements", judged(share or self.wrong, not self.wrong.total()), "share", share, values
        )


class Records:
    """Each candidate asked about each topic, by its name: what the bot says against what the base holds."""

    def __init__(self, hearing: Hearing, statements: Statements) -> None:
        self.hearing = hearing
        self.statements = statements
        self.asked_back = Counter[str]()
        self.asked, self.silent, self.lacking = Counter[str](), Counter[str](), Counter[str]()
        self.different, self.on_record, self.refused = Counter[str](), Counter[str](), Counter[str]()

    def ask(self) -> None:
        voice = self.hearing.voice
        for number, topic in enumerate(voice.topics):
            for code in voice.codes:
                frames = voters(code).frames["about"]
                frame = frames[number % len(frames)]
                for candidate in voice.people:
                    name = voice.surely(candidate, bool(number % 2))
                    text = frame.format(name=name, topic=voice.named(topic, code))
                    self._add(candidate, topic, *self.hearing.asked(text, code, (candidate, topic)))
        for candidate in voice.people:
            for code in voice.codes:
                self.statements.add(self.hearing.ask(voice.called(candidate, True), code))

    def _add(self, candidate: str, topic: str, reply: Reply, asked_back: bool) -> None:
        self.statements.add(reply)
        self.asked_back[candidate] += asked_back
        held = bool(self.hearing.voice.election.claims(candidate, topic))
        self.asked[candidate] += 1
        self.lacking[candidate] += not held
        self.silent[candidate] += reply.name == "no_position"
        self.different[candidate] += reply.name != ("position" if held else "no_position")
        self.on_record[candidate] += held
        self.refused[candidate] += held and reply.name in REFUSED

    def measures(self) -> Iterator[Measure]:
        share = {c: self.silent[c] / n for c, n in sorted(self.asked.items())}
        wrong = self.different.total()
        values = {"different": wrong, "asked": self.asked.total()}
        yield Measure("silence", judged(share, not wrong), "share", share, values)
        refused = {c: self.refused[c] / n for c, n in sorted(self.on_record.items()) if n}
        yield Measure("refused.clean", judged(refused, not self.refused.total()), "share", refused)
        back = {c: self.asked_back[c] / n for c, n in sorted(self.asked.items())}
        yield Measure("names.asked_clean", judged(back, not self.asked_back.total()), "share", back)
