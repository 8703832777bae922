"""A question without whatever could tell who asked it: what moderators see of the ones that were not answered."""

from __future__ import annotations

import re

from bot.dialogue.scopes import Scope
from bot.language.catalogue import Language
from bot.language.names import common_names
from bot.language.text import clean, fold

LEFT_OUT = "…"
CHARACTERS = 200
KNOWN = 3.0
SIGNS = ".!?…\n"
"""What a sentence ends with."""

_ADDRESS = re.compile(
    r"\S+@\S+|\b(?:https?://|www\.)\S+|@\w+|\b[\w.-]+\.(?:com|fr|org|net|eu|me)\b\S*", re.IGNORECASE
)
_NUMBER = re.compile(r"\+?\d[\d\s.,/()-]*\d(?!\w)|\S*\d\S*")
_WORD = re.compile(r"[^\W_]+|…")


def anonymous(text: str, scope: Scope, code: str) -> str:
    """The words of a question that the base or the language knows, in lower case, and a mark for each one left out.

    Left out are addresses, and numbers and names that are not in the base: common names, words with a capital
    inside a sentence, whatever follows "my name is", and words that nobody knows unless an article stands before.
    Nothing is returned of a question with no word that means something.
    """
    shown = clean(text)
    if shown.isupper():
        shown = shown.lower()
    if "@" in shown or "." in shown or "://" in shown:
        shown = _ADDRESS.sub(f" {LEFT_OUT} ", shown)
    if any(c.isdigit() for c in shown):
        shown = _NUMBER.sub(lambda m: f" {m[0] if _in_base(fold(m[0]).strip(), scope) else LEFT_OUT} ", shown)
    kept = _Leaving(scope, scope.language(code)).kept(shown)
    words = re.sub(rf"(?:{LEFT_OUT} ?)+", f"{LEFT_OUT} ", " ".join(kept)).strip()[:CHARACTERS]
    means = any(not scope.language(code).is_small(fold(w)) for w in words.split() if w != LEFT_OUT)
    return words if means else ""


class _Leaving:
    """One question being gone through, word by word."""

    def __init__(self, scope: Scope, lang: Language) -> None:
        self.scope = scope
        self.lang = lang
        self.introductions = tuple(f" {words}" for words in lang.introductions)

    def kept(self, shown: str) -> list[str]:
        out: list[str] = []
        introduced = False
        end = 0
        for found in _WORD.finditer(shown):
            word, opens = found[0], end == 0 or any(sign in shown[end : found.start()] for sign in SIGNS)
            end = found.end()
            keep = not introduced and self._may_stay(word, opens, out)
            introduced = self._introduces(out, word) or (introduced and word[0].isupper())
            out.append(word.lower() if keep else LEFT_OUT)
        return out

    def _may_stay(self, word: str, opens: bool, before: list[str]) -> bool:
        folded = fold(word)
        if word == LEFT_OUT:
            return False
        if self.lang.is_small(folded) or _in_base(folded, self.scope):
            return True
        if folded in common_names() or (word[0].isupper() and not opens):
            return False
        if any(lang.zipf(folded) >= KNOWN for lang in self.scope.index.languages):
            return True
        return bool(before) and fold(before[-1]) in self.lang.articles and not word[0].isupper()

    def _introduces(self, before: list[str], word: str) -> bool:
        """Whether a name is to follow: after "my name is", "I am", a title."""
        line = f" {fold(' '.join([*before[-3:], word]))}"
        return line.endswith(self.introductions)


def _in_base(folded: str, scope: Scope) -> bool:
    names = (scope.names.rare_words, scope.names.gazetteer.words)
    return scope.index.knows(folded) or any(folded in words for words in names)
