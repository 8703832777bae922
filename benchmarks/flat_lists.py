"""What looking a question up costs in one flat list of all that a large base holds, as a simpler bot would do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import bm25s
from rapidfuzz import fuzz, process, utils

from benchmarks.asked import sound
from benchmarks.costs import MISATTRIBUTED, NOTHING, RIGHT, WRONG
from benchmarks.generating import SEED, Planned, listed, surname, ways
from bot.knowledge.model import Election
from bot.language.catalogue import language
from bot.language.text import fold

WARMING = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A candidate's surname before a phrasing of a topic they have spoken on, and whose statement it leads to."""

    text: str
    code: str
    election: str
    candidate: str
    topic: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """A peer over one list: milliseconds for each question, and what it would have answered."""

    name: str
    texts: int
    times: list[float]
    verdicts: Counter[str]


Best = Callable[[Planned], tuple[float, int]]
"""How well the text that fits a question best does so, and its number; 0 if none does."""


def lookups(root: Path, compared: int) -> list[Lookup]:
    """In a process of its own: every peer asked the same questions, one after the other."""
    elections = dict(sound(root).elections)
    texts = list(_texts(elections.values()))
    asked = list(listed(elections, compared, SEED))
    found = []
    for name, make in PEERS.items():
        best = make(texts)
        for question in asked[:WARMING]:
            best(question)
        times: list[float] = []
        answers: list[tuple[float, str, str]] = []
        for question in asked:
            started = perf_counter()
            score, number = best(question)
            times.append(1000 * (perf_counter() - started))
            answers.append((score, _verdict(question, texts[number]), NOTHING if question.topic else RIGHT))
        found.append(Lookup(name, len(texts), times, _at_its_best(answers)))
    return found


def _at_its_best(answers: Sequence[tuple[float, str, str]]) -> Counter[str]:
    """The verdicts at the threshold that is best for just these questions: most right ones, less those that mislead."""
    thresholds = [*sorted({score for score, _, _ in answers}), float("inf")]
    each = [
        Counter(said if score >= least else silent for score, said, silent in answers) for least in thresholds
    ]
    return max(each, key=lambda verdicts: verdicts[RIGHT] - verdicts[WRONG] - verdicts[MISATTRIBUTED])


def _texts(elections: Iterable[Election]) -> Iterator[Text]:
    for election in elections:
        for candidate in election.candidates.values():
            for topic in candidate.positions:
                for code in election.languages:
                    for way in ways(election, topic, code):
                        text = f"{surname(candidate.name)} {way}"
                        yield Text(text, code, election.id, candidate.id, topic)


def _verdict(question: Planned, text: Text) -> str:
    if (text.election, text.candidate) != (question.election, question.candidate):
        return MISATTRIBUTED
    return RIGHT if text.topic == question.topic else WRONG


# --- the peers -------------------------------------------------------------------------------------------


def _extract(scorer: Callable[..., float]) -> Callable[[Sequence[Text]], Best]:
    """`extract` with the three best, as a bot that makes suggestions needs."""

    def made(texts: Sequence[Text]) -> Best:
        plain = [_plain(text.text) for text in texts]

        def best(question: Planned) -> tuple[float, int]:
            found = process.extract(_plain(question.text), plain, scorer=scorer, limit=3)
            return (found[0][1], found[0][2]) if found else (0.0, 0)

        return best

    return made


def _cdist(texts: Sequence[Text]) -> Best:
    plain = [_plain(text.text) for text in texts]

    def best(question: Planned) -> tuple[float, int]:
        asked = [_plain(question.text)]
        scores = process.cdist(asked, plain, scorer=fuzz.token_set_ratio, workers=1)[0]
        first = int(scores.argmax())
        return float(scores[first]), first

    return best


def _bm25(texts: Sequence[Text]) -> Best:
    """With this project's stop words and stems; it is told the question's language."""
    index = bm25s.BM25()
    index.index([_stems(text.text, text.code) or ["-"] for text in texts], show_progress=False)

    def best(question: Planned) -> tuple[float, int]:
        known = [term for term in _stems(question.text, question.code) if term in index.vocab_dict]
        if not known:
            return 0.0, 0
        scores = index.get_scores(known)
        first = int(scores.argmax())
        return float(scores[first]), first

    return best


def _plain(text: str) -> str:
    return utils.default_process(fold(text))


def _stems(text: str, code: str) -> list[str]:
    lang = language(code)
    return [lang.stem(word.written) for word in lang.words(text) if word.folded not in lang.stop]


TOKEN_SET = "rapidfuzz `extract`, `token_set_ratio`"
PEERS: dict[str, Callable[[Sequence[Text]], Best]] = {
    TOKEN_SET: _extract(fuzz.token_set_ratio),
    "rapidfuzz `extract`, `WRatio`": _extract(fuzz.WRatio),
    "rapidfuzz `cdist`, `token_set_ratio`": _cdist,
    "bm25s": _bm25,
}
