"""Checks of what is shown to voters: short, checkable, the same in every language, and judging nobody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from bot.knowledge.checks.walking import Text, claims, texts, ways
from bot.knowledge.document import Problem, read
from bot.knowledge.loading import Loaded
from bot.knowledge.model import CLAIM_CHARACTERS, QUOTE_WORDS

FOLDER = Path(__file__).parent
AFTER = (
    "this is after {}, when the election was last checked; "
    "once all sources were gone through again, update `checked`"
)
"""A note on whatever has a later day than the one that voters are told the base was checked on."""

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_START = re.compile(r"(^|[.!?:;…])[\s«“\"(]*$")


def languages(loaded: Loaded) -> Iterator[Problem]:
    """A voter must not get an answer, or be understood, in one language only."""
    for text in texts(loaded, once=True):
        for code in text.election.languages:
            if code not in text.words:
                message = f"this {text.role} is missing in '{code}'; write it in every language"
                yield text.spot.problem(message)
    for way in ways(loaded, once=True):
        for code in way.election.languages:
            if not way.phrasings.get(code):
                yield way.spot.problem(f"phrasings in '{code}' are missing; voters type in every language")


def quotes(loaded: Loaded) -> Iterator[Problem]:
    """A quote is verbatim, so it is in the language of its source, and short, so that it stays a quote."""
    for election, spot, claim in claims(loaded):
        quote = claim.quote or {}
        if len(quote) > 1:
            yield spot.at("quote").problem("a quote stands in one language only: that of its source")
            continue
        for code, words in quote.items():
            at = spot.at("quote", code)
            if election.has("sources", claim.source):
                language = election.source(claim.source).language
                if language != code:
                    yield at.problem(f"source '{claim.source}' is in '{language}'; quote it in that language")
            count = quote_words(words)
            if count > QUOTE_WORDS:
                yield at.problem(f"this quote has {count} words; at most {QUOTE_WORDS}")


def lengths(loaded: Loaded) -> Iterator[Problem]:
    """A claim is read on a phone, next to those of every other candidate."""
    for text in texts(loaded, once=True):
        if text.role in ("claim", "note"):
            for code, words in text.words.items():
                if len(words) > CLAIM_CHARACTERS:
                    message = f"this has {len(words)} characters; at most {CLAIM_CHARACTERS}"
                    yield text.spot.at(code).problem(message)


def judging(loaded: Loaded) -> Iterator[Problem]:
    """The bot judges nobody: a judgement stands in a quote, or between quotation marks, or nowhere."""
    for text in texts(loaded, once=True):
        if text.role in ("claim", "description", "note") or _is_ours(text):
            for code, words in text.words.items():
                for found in judging_words(words, code):
                    yield text.spot.at(code).problem(
                        f"'{found}' judges; say what was said or done, or quote it"
                    )


def _is_ours(text: Text) -> bool:
    """Whether something is called as whoever wrote the base chose: a party and an election have their own names."""
    return text.role == "name" and text.spot.kind in ("topics", "facts")


def figures(loaded: Loaded) -> Iterator[Problem]:
    """A figure that one language has and another lacks is a slip in one of them."""
    for text in texts(loaded, once=True):
        for code, figure, other in _lacking(text, _figures, lambda words: set(_figures(words, ""))):
            message = f"the figure {figure} is in '{other}' and not here; write figures alike everywhere"
            yield text.spot.at(code).problem(message)


def names(loaded: Loaded) -> Iterator[Problem]:
    """A name that one language has and another lacks may be a slip; some, though, change with it."""
    for text in texts(loaded, once=True):
        if text.role == "claim":
            for code, name, other in _lacking(text, _names, _beginnings):
                yield text.spot.at(code).notice(f"the name {name} is in '{other}' and not here")


def corrections(loaded: Loaded) -> Iterator[Problem]:
    """Whoever read a wrong statement must learn what it said, and when it was mended."""
    for election, spot, claim in claims(loaded):
        if claim.corrected is None:
            continue
        was = claim.corrected.was
        if all(claim.claim.get(code) == text for code, text in was.items()):
            message = "this says what the claim says; write what it said before"
            yield spot.at("corrected", "was").problem(message)
        checked = election.description.checked
        if claim.corrected.date > checked and spot.folder == election.id:
            yield spot.at("corrected", "date").notice(AFTER.format(checked))


def quote_words(quote: str) -> int:
    """How many words a quote has; a dash is none."""
    return sum(any(c.isalnum() for c in word) for word in quote.split())


def judging_words(text: str, code: str) -> list[str]:
    """The words of a text that judge, but for those between quotation marks."""
    found: list[str] = _judging(code).findall(_unquoted(text))
    return found


def figures_unlike(text: str, other: str) -> str:
    """A figure that only one of two texts has; nothing if they have the same."""
    return next(iter(set(_figures(text, "")) ^ set(_figures(other, ""))), "")


def _lacking(
    text: Text, found: Callable[[str, str], Iterable[str]], present: Callable[[str], set[str]]
) -> Iterator[tuple[str, str, str]]:
    """What is in another language and not in this one, as (this language, what, the other language)."""
    held = {code: list(dict.fromkeys(found(words, code))) for code, words in text.words.items()}
    for code, words in text.words.items():
        theirs = [(other, item) for other, items in held.items() if other != code for item in items]
        own = present(words) if theirs else set()
        for other, item in theirs:
            if _key(item) not in own:
                yield code, item, other


def _figures(text: str, _: str) -> Iterator[str]:
    """The figures of a text, in one notation: 1 000, 1,000 and 1.000 are 1000, 20,50 is 20.5, 08 is 8."""
    for match in _NUMBER.finditer(text):
        written = match.group()
        if re.fullmatch(r"\d+[.,](\d{1,2}|\d{4,})", written):
            whole, decimals = re.split("[.,]", written)
        else:
            whole, decimals = re.sub(r"\D", "", written), ""
        figure = f"{int(whole)}.{decimals}".rstrip("0").rstrip(".") if decimals else str(int(whole))
        if figure != "0":
            yield figure


def _names(text: str, code: str) -> Iterator[str]:
    """The words with a capital that do not owe it to the start of a sentence or to their language."""
    for match in _WORD.finditer(text):
        word = match.group()
        if not word[0].isupper() or len(word) < 2 or _SENTENCE_START.search(text[: match.start()]):
            continue
        if _key(word) not in _words("capitals", code):
            yield word


def _beginnings(text: str) -> set[str]:
    """The first letters of every word, by which a name is known again in another language."""
    return {_key(word) for word in _WORD.findall(text)}


def _key(word: str) -> str:
    """A figure as it is; of a word, its first four letters, without case and accents."""
    if word[0].isdigit():
        return word
    folded = word.casefold()
    if folded.isascii() and folded.isalpha():
        return folded[:4]
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if c.isalpha())[:4]


def _unquoted(text: str) -> str:
    return _QUOTED.sub("", unicodedata.normalize("NFC", text))


@cache
def _words(section: str, code: str) -> frozenset[str]:
    """A language's words in words.yaml; none for a language that has none there."""
    document = read(FOLDER / "words.yaml", FOLDER)
    return frozenset(document.tree[section].get(code, ()))


@cache
def _judging(code: str) -> re.Pattern[str]:
    words = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in sorted(_words("judging", code)))
    return re.compile(rf"\b(?:{words or '(?!)'})\b", re.IGNORECASE)
