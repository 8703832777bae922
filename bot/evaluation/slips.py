"""Questions as thumbs type them: seeded slips of the finger, and the spellings of text messages.

How voters of a language do it stands in `voters/`; it was written from what is commonly known of typing and of text
messages, not from the bot's own list of spellings; common ones ("pk", "u") are of course in both.
"""

from __future__ import annotations

import random
import re
import unicodedata

from bot.evaluation.voters import voters

_WORD = re.compile(r"[^\W\d_]+")
TYPO_LETTERS = 4
LONG_LETTERS = 6
RESPELT_LETTERS = 5
ONE_IN = 10


def without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.replace("œ", "oe").replace("æ", "ae"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def one_typo(text: str, code: str, chance: random.Random) -> str:
    """One slip in one word of at least four letters, names included; none if there is no such word."""
    spots = [m for m in _WORD.finditer(text) if len(m.group()) >= TYPO_LETTERS]
    if not spots:
        return text
    spot = chance.choice(spots)
    return text[: spot.start()] + slip(spot.group(), code, chance) + text[spot.end() :]


def typos_everywhere(text: str, code: str, chance: random.Random) -> str:
    """One slip in every word of at least six letters."""

    def slipped(found: re.Match[str]) -> str:
        word = found.group()
        return slip(word, code, chance) if len(word) >= LONG_LETTERS else word

    return _WORD.sub(slipped, text)


def careless(text: str, code: str, chance: random.Random) -> str:
    """A slip at one letter in ten, whatever the length of the words; the first letter of each stays."""

    def slipped(found: re.Match[str]) -> str:
        word = found.group()
        for at in range(len(word) - 1, 0, -1):
            if not chance.randrange(ONE_IN):
                word = slip(word, code, chance, at)
        return word

    return _WORD.sub(slipped, text)


def slip(word: str, code: str, chance: random.Random, spot: int | None = None) -> str:
    """A word with a letter left out, doubled, swapped with the next or hit beside; the first letter stays."""
    while True:
        at = chance.randrange(1, len(word)) if spot is None else spot
        match chance.choice(("left out", "doubled", "swapped", "beside")):
            case "left out":
                made = word[:at] + word[at + 1 :]
            case "doubled":
                made = word[:at] + word[at] + word[at:]
            case "swapped":
                made = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
            case _:
                near = voters(code).beside(word[at].lower())
                made = word[:at] + (chance.choice(near) if near else word[at]) + word[at + 1 :]
        if made != word:
            return made


def respelt(text: str, code: str, chance: random.Random) -> str:
    """A text as in a text message: no capitals or stops, common words short, others by ear."""
    text = text.lower()
    for pattern, short in voters(code).said:
        text = pattern.sub(short, text)
    text = _WORD.sub(lambda found: _by_ear(found.group(), code, chance), text)
    text = re.sub(r"['’]", "", text)
    return re.sub(r"\s+", " ", re.sub(r"[.,;:!?…«»\"()-]+", " ", text)).strip()


def _by_ear(word: str, code: str, chance: random.Random) -> str:
    if len(word) < RESPELT_LETTERS:
        return without_accents(word)
    for pattern, sound in voters(code).heard:
        if chance.random() < 0.5:
            word = pattern.sub(sound, word, count=1)
    return word if code == "fr" and word.endswith("é") else without_accents(word)
