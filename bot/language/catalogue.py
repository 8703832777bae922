"""The languages the bot knows, each read from its own YAML file beside this module."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from operator import methodcaller
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.knowledge.document import read
from bot.language.frequency import Frequencies, frequencies
from bot.language.patterns import Kinds, Patterns
from bot.language.text import RECENT, Word, fold, stem, words

FOLDER = Path(__file__).parent
_BEYOND_A_LINE = re.compile(r"\[\^|\\\D|\(\?[a-zA-Z]")
"""What a rule of sounds may hold that could take the end of a line for a letter."""


class _Anaphora(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    woman: list[str]
    man: list[str]
    anyone: list[str]
    thing: list[str]


class LanguageFile(BaseModel):
    """What a language file holds; docs/languages.md explains each section."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    stemmer: str
    elisions: list[str] = []
    stop: list[str]
    grammar: list[str]
    campaign: list[str]
    articles: list[str] = []
    determiners: list[str] = []
    linking: list[str] = []
    number_words: list[str] = []
    street_words: list[str] = []
    at_signs: list[str] = []
    introductions: list[str] = []
    questions: list[str]
    sensitive: list[str] = []
    spellings: dict[str, str]
    sounds: list[tuple[str, str]]
    anaphora: _Anaphora
    frames: dict[str, list[str]]
    help: dict[str, list[str]]
    decline: dict[str, list[str]]
    commands: list[str]


@dataclass(frozen=True)
class Language:
    """One language, ready to compare words; its patterns are compiled when first used."""

    code: str
    file: LanguageFile
    elisions: frozenset[str]
    stop: frozenset[str]
    grammar: frozenset[str]
    campaign: frozenset[str]
    articles: frozenset[str]
    determiners: frozenset[str]
    linking: frozenset[str]
    number_words: frozenset[str]
    street_words: frozenset[str]
    introductions: frozenset[str]
    questions: frozenset[str]
    women: frozenset[str]
    men: frozenset[str]
    persons: frozenset[str]
    spellings: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def stemmer(self) -> str:
        return self.file.stemmer

    @cached_property
    def frames(self) -> Kinds:
        """Ways of asking ("who is", "everyone", "and …"), and `thing` for words that point back to a subject."""
        return Kinds({**self.file.frames, "thing": self.file.anaphora.thing})

    @cached_property
    def help(self) -> Kinds:
        """Talk about the bot itself, by subject."""
        return Kinds(self.file.help)

    @cached_property
    def decline(self) -> Kinds:
        """What the bot refuses, by reason."""
        return Kinds(self.file.decline)

    @cached_property
    def commands(self) -> Patterns:
        """Attempts to give the bot orders."""
        return Patterns(self.file.commands)

    @cached_property
    def sounds(self) -> tuple[Callable[[str], str], ...]:
        """What turns letters into sounds, in order; most letters are plain, and need no regular expression."""
        return tuple(
            methodcaller("replace", letters, sound)
            if (letters + sound).isalpha()
            else partial(re.compile(letters, re.MULTILINE).sub, sound)
            for letters, sound in self.file.sounds
        )

    @cached_property
    def small_sounds(self) -> frozenset[str]:
        return frozenset(self.sounds_of(sorted(self.grammar)))

    @cached_property
    def sensitive(self) -> frozenset[tuple[str, ...]]:
        """Words for groups of people, political camps and insults, in the singular; some are of several words."""
        return frozenset(
            tuple(singular(w.folded) for w in self.words(entry)) for entry in self.file.sensitive
        )

    @cached_property
    def sensitive_beginnings(self) -> frozenset[str]:
        """The first word of each."""
        return frozenset(run[0] for run in self.sensitive)

    @cached_property
    def longest_sensitive(self) -> int:
        return max(map(len, self.sensitive), default=0)

    @property
    def frequency(self) -> Frequencies:
        return frequencies(self.code)

    def words(self, text: str) -> list[Word]:
        return words(text, self.elisions)

    def stem(self, written: str) -> str:
        return stem(written, self.stemmer)

    def sound(self, folded: str) -> str:
        """How a folded word sounds, roughly: words that sound alike come out the same."""
        return _sound(folded, self.code)

    def sounds_of(self, folded: Sequence[str]) -> list[str]:
        """How each of many words sounds: one to a line, they are all put through each rule at once."""
        if any(_BEYOND_A_LINE.search(letters) for letters, _ in self.file.sounds):
            return [self.sound(word) for word in folded]
        return _sounding("\n".join(folded), self.sounds).split("\n") if folded else []

    def zipf(self, folded: str) -> float:
        """How common a word is: 0 unknown, 3 once in a million words, 6 once in a thousand."""
        return self.frequency.zipf(folded)

    def is_small(self, folded: str) -> bool:
        """Whether a word carries no meaning of its own: a stop word, or grammar, singular or plural."""
        if folded in self.stop or folded in self.grammar or (folded.isdigit() and len(folded) < 3):
            return True
        return len(folded) > 4 and folded[-1] in "sx" and folded[:-1] in self.grammar

    def sounds_small(self, folded: str) -> bool:
        """Whether a word sounds like one without meaning of its own ("pence" for "pense")."""
        return len(folded) > 3 and self.sound(folded) in self.small_sounds


@lru_cache(maxsize=RECENT)
def _sound(folded: str, code: str) -> str:
    return _sounding(folded, language(code).sounds)


def _sounding(folded: str, sounds: Iterable[Callable[[str], str]]) -> str:
    for sounding in sounds:
        folded = sounding(folded)
    return folded


def singular(folded: str) -> str:
    """A word without the s or x of a plural."""
    return folded[:-1] if folded[-1:] in ("s", "x") and len(folded) > 3 else folded


def _folded(entries: list[str], elisions: frozenset[str]) -> frozenset[str]:
    return frozenset(word.folded for entry in entries for word in words(entry, elisions))


@cache
def language(code: str) -> Language:
    """The language of a code such as `fr`; a KeyError if no file describes it."""
    path = FOLDER / f"{code}.yaml"
    if not path.is_file():
        raise KeyError(f"no language file {code}.yaml")
    document = read(path, FOLDER)
    if document.problems:
        raise ValueError("\n".join(map(str, document.problems)))
    file = LanguageFile.model_validate(document.tree)
    elisions = frozenset(fold(e) for e in file.elisions)
    women = _folded(file.anaphora.woman, elisions)
    men = _folded(file.anaphora.man, elisions)
    return Language(
        code=code,
        file=file,
        elisions=elisions,
        stop=_folded(file.stop, elisions),
        grammar=_folded(file.grammar, elisions),
        campaign=_folded(file.campaign, elisions),
        articles=_folded(file.articles, elisions),
        determiners=_folded(file.determiners, elisions),
        linking=_folded(file.linking, elisions),
        number_words=_folded(file.number_words, elisions),
        street_words=_folded(file.street_words, elisions),
        introductions=frozenset(" ".join(re.findall(r"\w+", fold(i))) for i in file.introductions),
        questions=_folded(file.questions, elisions),
        women=women,
        men=men,
        persons=women | men | _folded(file.anaphora.anyone, elisions),
        spellings={
            k.lower(): tuple(w.written for w in words(v, elisions)) for k, v in file.spellings.items()
        },
    )


@cache
def known_languages() -> tuple[str, ...]:
    """The codes of every language that has a file, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
