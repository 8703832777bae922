"""Questions as thumbs type them: seeded slips of the finger, and the spellings of text messages.

Written from what is commonly known of typing and of text messages, not from the bot's own list of spellings;
common ones ("pk", "u") are of course in both.
"""

from __future__ import annotations

import random
import re
import unicodedata
from functools import cache

_KEYBOARDS = {
    "fr": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    "en": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
}
_WORD = re.compile(r"[^\W\d_]+")
TYPO_LETTERS = 4
LONG_LETTERS = 6

# Whole words, always replaced.
_SAID: dict[str, list[tuple[str, str]]] = {
    "fr": [
        (r"qu['’ ]est[- ]ce qu(?:e\b|['’])", "keske "), (r"est[- ]ce qu(?:e\b|['’])", "esk "),
        (r"s['’]il (?:vous|te) pla[iî]t", "svp"), (r"\bil y a\b", "ya"), (r"\bc['’]est\b", "c"),
        (r"\bj['’]ai\b", "g"), (r"\bquel(?:le)?s?\b", "kel"), (r"\bqui\b", "ki"), (r"\bquoi\b", "koi"),
        (r"\bque\b", "ke"), (r"\bqu['’]", "k "), (r"\bpourquoi\b", "pk"), (r"\bpour\b", "pr"),
        (r"\bdans\b", "ds"), (r"\bavec\b", "avc"), (r"\bvous\b", "vs"), (r"\bnous\b", "ns"),
        (r"\btout(?:e|es|s)?\b", "tt"), (r"\bbeaucoup\b", "bcp"), (r"\btoujours\b", "tjrs"),
        (r"\bcombien\b", "cb"), (r"\bcomment\b", "cmt"), (r"\bquand\b", "kan"), (r"\bbonjour\b", "bjr"),
        (r"\bsalut\b", "slt"), (r"\bmerci\b", "mrc"), (r"\bquelqu['’]un\b", "qqn"),
    ],
    "en": [
        (r"\bwhat['’]s\b", "wats"), (r"\bwhat\b", "wat"), (r"\byou\b", "u"), (r"\byour\b", "ur"),
        (r"\bare\b", "r"), (r"\bwhy\b", "y"), (r"\babout\b", "abt"), (r"\bpeople\b", "ppl"),
        (r"\bplease\b", "plz"), (r"\bthanks\b", "thx"), (r"\bbecause\b", "cuz"), (r"\bbefore\b", "b4"),
        (r"\bfor\b", "4"), (r"\b(?:want|wants) to\b", "wanna"), (r"\bgoing to\b", "gonna"),
        (r"\bto\b", "2"), (r"\bwith\b", "wiv"), (r"\band\b", "n"), (r"\bhave\b", "hav"),
        (r"\bdoes\b", "duz"), (r"\bknow\b", "kno"), (r"\bsome", "sum"), (r"\btomorrow\b", "2moro"),
        (r"\bthe\b", "da"), (r"\bsomeone\b", "sum1"),
    ],
}  # fmt: skip
# Parts of longer words, each replaced in about every other word that has it.
_HEARD: dict[str, list[tuple[str, str]]] = {
    "fr": [
        (r"eaux?$", "o"), (r"(?:er|ez)$", "é"), (r"ph", "f"), (r"qu", "k"), (r"([bcdfglmnprst])\1", r"\1"),
        (r"(?<=[^aeiouyéè]{1})es?$", ""), (r"(?<=.{4})s$", ""), (r"^h(?=[aeiouyéè])", ""), (r"ç", "ss"),
        (r"au", "o"), (r"tion", "sion"),
    ],
    "en": [
        (r"ing$", "in"), (r"ight", "ite"), (r"([bcdfglmnprst])\1", r"\1"), (r"ck", "k"), (r"ough", "o"),
        (r"(?<=..)[aeiou](?=[^aeiou]{1}..)", ""), (r"(?<=.{4})er$", "a"), (r"ph", "f"),
    ],
}  # fmt: skip
_RESPELT_LETTERS = 5


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


def slip(word: str, code: str, chance: random.Random) -> str:
    """A word with a letter left out, doubled, swapped with the next or hit beside; the first letter stays."""
    while True:
        at = chance.randrange(1, len(word))
        match chance.choice(("left out", "doubled", "swapped", "beside")):
            case "left out":
                made = word[:at] + word[at + 1 :]
            case "doubled":
                made = word[:at] + word[at] + word[at:]
            case "swapped":
                made = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
            case _:
                near = _beside(code).get(word[at].lower(), "")
                made = word[:at] + (chance.choice(near) if near else word[at]) + word[at + 1 :]
        if made != word:
            return made


@cache
def _beside(code: str) -> dict[str, str]:
    """For each key, those that touch it."""
    rows = _KEYBOARDS[code]
    keys = {key: (line, column) for line, row in enumerate(rows) for column, key in enumerate(row)}
    return {
        key: "".join(
            o for o, (y, x) in keys.items() if o != key and abs(y - line) <= 1 and abs(x - column) <= 1
        )
        for key, (line, column) in keys.items()
    }


def respelt(text: str, code: str, chance: random.Random) -> str:
    """A text as in a text message: no capitals or stops, common words short, others by ear."""
    text = text.lower()
    for pattern, short in _SAID[code]:
        text = re.sub(pattern, short, text)
    text = _WORD.sub(lambda found: _by_ear(found.group(), code, chance), text)
    text = re.sub(r"['’]", "", text)
    return re.sub(r"\s+", " ", re.sub(r"[.,;:!?…«»\"()-]+", " ", text)).strip()


def _by_ear(word: str, code: str, chance: random.Random) -> str:
    if len(word) < _RESPELT_LETTERS:
        return without_accents(word)
    for pattern, sound in _HEARD[code]:
        if chance.random() < 0.5:
            word = re.sub(pattern, sound, word, count=1)
    return word if code == "fr" and word.endswith("é") else without_accents(word)
