"""A question without whatever could tell who asked it: what moderators see of the ones that were not answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

from bot.dialogue.scopes import Scope
from bot.language.catalogue import Language
from bot.language.names import common_names
from bot.language.text import Word, clean, fold

LEFT_OUT = "…"
CHARACTERS = 200
KNOWN = 3.0
NAME_WORDS = 2
"""How many words after "my name is" may be a name."""
TELEPHONE_DIGITS = 8
NUMBERS_IN_A_ROW = 3

_ADDRESS = re.compile(
    r"\S+\s+@\s+\S+|\S*@\s?\S*"  # a mail address, or somebody's @name
    r"|\S*://\S*"
    r"|[\w-]+\s?\.\s?(?:com|fr|org|net|eu|me|be|io|info|paris|co|uk)\b(?:\s?/\s?\S*)?"
    r"|\w[\w-]*(?:\.\w[\w-]*)+\S*",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<=\w)\s+([@.])\s+(?=\w)")
_NUMBER = re.compile(r"\S*\d\S*")
_WORD = re.compile(r"[^\W_]+|…")


def never(_: str) -> bool:
    """For when nobody knows who else has used a word."""
    return False


def anonymous(text: str, scope: Scope, code: str, familiar: Callable[[str], bool] = never) -> str:
    """The words of a question that the base or the language knows, in lower case, and a mark for each one left out.

    Left out are addresses, numbers that are not in the base, and names of people that are not in the base: common
    names, words with a capital inside the message, whatever follows "my name is", and words that nobody knows, unless
    a determiner stands before, or a thing of which they tell the kind, or they are `familiar`: others use them too.
    Rather a word too many than a name: nothing is returned of a question of which no word that means something is
    left.
    """
    shown = clean(text)
    if shown.isupper():
        shown = shown.lower()
    shown = _with_at_signs(shown, scope)
    if any(sign in shown for sign in "@.:"):
        shown = _ADDRESS.sub(f" {LEFT_OUT} ", _SPACED.sub(r"\1", shown))
    shown = _without_numbers(shown, scope)
    kept = _Leaving(scope, scope.language(code), familiar).kept(_WORD.findall(shown))
    words = re.sub(rf"(?:{LEFT_OUT} ?)+", f"{LEFT_OUT} ", " ".join(kept))[:CHARACTERS].strip()
    means = any(not scope.language(code).is_small(fold(w)) for w in words.split() if w != LEFT_OUT)
    return words if means else ""


def _with_at_signs(shown: str, scope: Scope) -> str:
    """With an @ for whatever is written in its place."""
    words = chain.from_iterable(lang.file.at_signs for lang in scope.index.languages)
    for word in ("[at]", "(at)", *words):
        shown = re.sub(re.escape(word), "@", shown, flags=re.IGNORECASE)
    return shown


def _without_numbers(shown: str, scope: Scope) -> str:
    """Only numbers that the base knows; none of a message that holds as many digits as a telephone number."""
    digits = sum(c.isdigit() for c in shown)
    if not digits:
        return shown
    known = scope.index.knows if digits < TELEPHONE_DIGITS else lambda _: False
    return _NUMBER.sub(lambda m: f" {m[0] if known(fold(m[0]).strip('.,;!?')) else LEFT_OUT} ", shown)


class _Leaving:
    """One question being gone through, word by word."""

    def __init__(self, scope: Scope, lang: Language, familiar: Callable[[str], bool]) -> None:
        self.scope = scope
        self.familiar = familiar
        self.lang = lang
        languages = scope.index.languages
        self.streets = frozenset(chain.from_iterable(x.street_words for x in languages))
        self.introductions = tuple(f" {i}" for i in chain.from_iterable(x.introductions for x in languages))

    def kept(self, words: list[str]) -> list[str]:
        folded = [fold(word) for word in words]
        named = self._named(words, folded)
        counted = self._counted(folded)
        out: list[str] = []
        suspects, in_street = 0, False
        for position, word in enumerate(words):
            plain = folded[position]
            small = self.lang.is_small(plain)
            known = position in named and not in_street
            keep = known or ((small or not suspects) and self._may_stay(position, words, folded))
            out.append(word.lower() if keep and position not in counted else LEFT_OUT)
            before = f" {' '.join(folded[max(0, position - 3) : position + 1])}"
            if plain in self.streets or before.endswith(self.introductions):
                suspects, in_street = NAME_WORDS, plain in self.streets
            elif not (small and in_street):
                suspects = 0 if small else max(0, suspects - 1)
                in_street = in_street and suspects > 0
        return out

    def _counted(self, folded: list[str]) -> set[int]:
        """The positions of three or more numbers in words, in a row: they may be a telephone number."""
        numbers = frozenset(chain.from_iterable(lang.number_words for lang in self.scope.index.languages))
        found: set[int] = set()
        run: list[int] = []
        for position, word in enumerate([*folded, ""]):
            if word in numbers:
                run.append(position)
                continue
            found.update(run if len(run) >= NUMBERS_IN_A_ROW else ())
            run = []
        return found

    def _named(self, words: list[str], folded: list[str]) -> set[int]:
        """The positions of names that the base has, spelt right."""
        spoken = [Word(word.lower(), plain, 0) for word, plain in zip(words, folded, strict=True)]
        found = self.scope.names.find(spoken, self.lang, [True] * len(spoken))
        return {p for mention in found if not mention.distance for p in range(mention.start, mention.end)}

    def _may_stay(self, position: int, words: list[str], folded: list[str]) -> bool:
        word, plain = words[position], folded[position]
        if word == LEFT_OUT:
            return False
        capital = word[0].isupper() and position > 0
        if plain in common_names() and (capital or (position and folded[position - 1] in common_names())):
            return False
        if self.lang.is_small(plain) or self.scope.index.knows(plain):
            return True
        if plain in common_names() or capital:
            return False
        if any(lang.zipf(plain) >= KNOWN for lang in self.scope.index.languages):
            return True
        if word[0].isupper() or self.familiar(plain):
            return not word[0].isupper()
        if not position:
            return False
        return folded[position - 1] in self.lang.determiners or self._of_a_thing(position, folded)

    def _of_a_thing(self, position: int, folded: list[str]) -> bool:
        """Whether a word tells what kind of thing is meant, of one that the base speaks of: "a ground of …"."""
        before, thing = folded[position - 1], folded[position - 2] if position > 1 else ""
        return before in self.lang.linking and self._is_thing(thing)

    def _is_thing(self, plain: str) -> bool:
        people = self.lang.women | self.lang.men | self.streets
        return self.scope.index.knows(plain) and not self.lang.is_small(plain) and plain not in people
