"""What a simpler bot would do: look a question up in a flat list of texts, answer with the best match."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import bm25s
from rapidfuzz import fuzz, process, utils

from benchmarks.asked import Asked
from bot.dialogue.composing import Setting, compose
from bot.dialogue.deciding import follow
from bot.dialogue.outcomes import Unknown
from bot.evaluation.bank import Question
from bot.evaluation.scoring import Result, Verdict, score
from bot.knowledge.model import Claim, Election, Phrasings
from bot.language.catalogue import language
from bot.language.text import fold


@dataclass(frozen=True, slots=True)
class Entry:
    """A text to match, its language, and what to answer with when it matches best."""

    text: str
    code: str
    target: str


class Peer(Protocol):
    """Finds the best entry for a question, and how good it is."""

    def best(self, question: Question) -> tuple[float, str]: ...


def flat(election: Election, silent: bool) -> list[Entry]:
    """Every name and phrasing, and each candidate's surname before each phrasing of a topic.

    With `silent`, also where the candidate has said nothing on the topic, which is then the answer; without,
    only where there is a position. Longest texts come first: of equal matches the first wins, and the longest
    says most.
    """
    found: dict[tuple[str, str], Entry] = {}
    for entry in (*_single(election), *_pairs(election, silent)):
        found.setdefault((entry.text, entry.code), entry)
    return sorted(found.values(), key=lambda entry: (-len(entry.text.split()), -len(entry.text)))


def _single(election: Election) -> Iterator[Entry]:
    for candidate in election.candidates.values():
        for text in (candidate.name, _surname(candidate.name), *candidate.aliases):
            for code in election.languages:
                yield Entry(text, code, candidate.id)
    for topic in election.all("topics"):
        for code, text in _ways(election, topic):
            yield Entry(text, code, topic)
    for fact in election.all("facts").values():
        yield from _worded(fact.id, {code: [name] for code, name in fact.name.items()})
        yield from _worded(fact.id, fact.phrasings)
        for claim in fact.answer:
            yield from _worded(fact.id, claim.asked_as)


def _pairs(election: Election, silent: bool) -> Iterator[Entry]:
    for candidate in election.candidates.values():
        for topic in election.all("topics"):
            held = election.claims(candidate.id, topic)
            if not (held or silent):
                continue
            own = [c for _, c in held]
            for code, text in _ways(election, topic, own):
                yield Entry(f"{_surname(candidate.name)} {text}", code, f"{candidate.id}/{topic}")


def _ways(election: Election, topic: str, own: Sequence[Claim] = ()) -> Iterator[tuple[str, str]]:
    found = election.topic(topic)
    for code in election.languages:
        yield code, found.name[code]
        for phrasings in (found.phrasings, *(claim.asked_as for claim in own)):
            for text in phrasings.get(code, ()):
                yield code, text


def _worded(target: str, phrasings: Phrasings) -> Iterator[Entry]:
    for code, texts in phrasings.items():
        for text in texts:
            yield Entry(text, code, target)


def _surname(name: str) -> str:
    return name.partition(" ")[2] or name


class Ratio:
    """rapidfuzz over the list; `extractOne` may stop early, which `extract` may not."""

    def __init__(self, entries: Sequence[Entry], scorer: Callable[..., float]) -> None:
        self.entries = entries
        self.scorer = scorer
        self.texts = [_plain(entry.text) for entry in entries]

    def best(self, question: Question) -> tuple[float, str]:
        found = process.extractOne(_plain(question.text), self.texts, scorer=self.scorer)
        return (found[1], self.entries[found[2]].target) if found else (0.0, "")


def _plain(text: str) -> str:
    return utils.default_process(fold(text))


class Bm25:
    """bm25s over the list, with this project's stop words and stems; it is told the question's language."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.index = bm25s.BM25()
        self.index.index([_stems(e.text, e.code) or ["-"] for e in entries], show_progress=False)

    def best(self, question: Question) -> tuple[float, str]:
        known = [t for t in _stems(question.text, question.lang) if t in self.index.vocab_dict]
        if not known:
            return 0.0, ""
        scores = self.index.get_scores(known)
        first = int(scores.argmax())
        return float(scores[first]), self.entries[first].target


def _stems(text: str, code: str) -> list[str]:
    lang = language(code)
    return [lang.stem(word.written) for word in lang.words(text) if word.folded not in lang.stop]


PEERS: dict[str, Callable[[Sequence[Entry]], Peer]] = {
    "rapidfuzz `WRatio`": lambda entries: Ratio(entries, fuzz.WRatio),
    "rapidfuzz `token_set_ratio`": lambda entries: Ratio(entries, fuzz.token_set_ratio),
    "bm25s": Bm25,
}


def over(election: Election) -> dict[str, Peer]:
    """Every peer over every pair, so that it can also say that somebody has said nothing."""
    entries = flat(election, silent=True)
    return {name: make(entries) for name, make in PEERS.items()}


@dataclass(frozen=True, slots=True)
class Match:
    """A question's best match, and the verdict if it is answered with it and if it is not."""

    score: float
    answered: Verdict
    abstained: Verdict


def matches(asked: Asked, found: Sequence[tuple[float, str]]) -> list[Match]:
    """The verdict on each question, whichever side of the threshold its best match will fall."""
    made = []
    for question, (value, target) in zip(asked.questions, found, strict=True):
        silence = _verdict(asked, question, "")
        made.append(Match(value, _verdict(asked, question, target) if target else silence, silence))
    return made


def _verdict(asked: Asked, question: Question, target: str) -> Verdict:
    outcome = follow(target, asked.election) if target else Unknown("not_understood")
    setting = Setting(asked.election, question.lang, asked.now, question.id)
    result: Result = score(question, compose(outcome, setting), asked.election)
    return result.verdict


def asked_of(peer: Peer, asked: Asked) -> list[Match]:
    """What a peer finds for each question."""
    return matches(asked, [peer.best(question) for question in asked.questions])


def best(found: Sequence[Match]) -> float:
    """The threshold that serves a peer best on these questions."""
    return max(thresholds(found), key=lambda threshold: worth(at(found, threshold)))


def at(found: Sequence[Match], threshold: float) -> list[Verdict]:
    return [match.answered if match.score >= threshold else match.abstained for match in found]


def thresholds(found: Sequence[Match]) -> list[float]:
    """Every threshold that makes a difference, from answering all to answering nothing."""
    return [*sorted({match.score for match in found}), float("inf")]


def worth(verdicts: Sequence[Verdict]) -> int:
    """What a threshold is chosen by: right answers less wrong and misattributed ones."""
    wrong = sum(v in (Verdict.WRONG, Verdict.MISATTRIBUTED) for v in verdicts)
    return sum(v is Verdict.RIGHT for v in verdicts) - wrong
