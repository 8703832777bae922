"""The ways in which somebody may be called, and how near to one of them a word is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rapidfuzz.distance import OSA

from bot.knowledge.model import Candidate
from bot.language.catalogue import Language
from bot.language.text import Word, fold, stem

Kind = Literal["candidate", "party", "person", "place", "elsewhere", "beyond"]
SHORT = 3
"""Names of so few letters are asked back about if a letter is off, and must begin with the right one."""
WEAK = 4
"""A word so far from a name is heard as it only beside another part of it, or asked back about."""
FARTHEST = 4
"""Letters that may be off in a name, however much it sounds like it."""
COMMON_SHORT = 4.2
"""How common a word may be and still be heard as a very short name misspelt."""
COMMON = 5.2
"""How common a word may be in a language and still be heard as a name."""

KNOWN = 3.0
"""How common a first name must be, in both numbers, to be a word of the language too."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a name, as words."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    kind: Kind
    id: str
    name: str
    fuzzy: bool
    role: bool = False
    opening: bool = False
    first_name: bool = False
    ordinary: bool = False
    """Whether it is a surname that is also a common word, and a name only where that word would make no sense."""


class _Way(NamedTuple):
    text: str
    fuzzy: bool = True
    """Whether it may be misspelt as names are."""
    bare: bool = False
    """Whether it is a role without its article."""
    surname: bool = False


def form_of(
    text: str, kind: Kind, identifier: str, fuzzy: bool, languages: Sequence[Language], name: str = ""
) -> Form:
    """A way to write a name, cut into the words in which it is looked for."""
    elided = languages[0].elisions if languages else frozenset()
    words = tuple(w.folded for w in languages[0].words(text)) if languages else (fold(text),)
    if len(words) > 1 and words[0] in elided and "'" in text.replace("’", "'"):
        words = words[1:]
    inflected = len(words) > 1  # a name of one word is never told by its stem
    stems = tuple([stem(w, languages[0].stemmer) for w in words]) if inflected else ()
    return Form(words, stems, kind, identifier, name or text, fuzzy)


def candidate_forms(
    candidate: Candidate, languages: Sequence[Language], articles: frozenset[str]
) -> Iterator[Form]:
    """Every way to call a candidate: by name, parts of it, aliases and list."""
    seen: set[tuple[str, ...]] = set()
    for way in _ways(candidate, articles):
        made = form_of(way.text, "candidate", candidate.id, way.fuzzy, languages, candidate.name)
        role = not way.fuzzy and not set(made.words) & _name_words(candidate.name)
        first_name = fold(way.text) == fold(candidate.name.partition(" ")[0]) and " " in candidate.name
        opening = role and way.bare and len(made.words) == 1
        ordinary = len(made.words) == 1 and not opening and common(made.words[0], languages)
        if ordinary and (not way.surname or any(made.words[0] in lang.stop for lang in languages)):
            continue
        if len(made.words) == 1 and len(made.words[0]) < SHORT and not (opening or way.surname):
            continue
        if made.words and made.words not in seen:
            seen.add(made.words)
            yield Form(
                words=made.words,
                stems=made.stems,
                kind="candidate",
                id=candidate.id,
                name=candidate.name,
                fuzzy=way.fuzzy,
                role=role,
                opening=opening,
                first_name=first_name,
                ordinary=ordinary,
            )


def common(word: str, languages: Sequence[Language]) -> bool:
    """Whether the languages use a word for something else ("lies", "rose")."""
    return any(lang.zipf(word) >= COMMON or lang.is_small(word) for lang in languages)


def is_word(word: str, lang: Language) -> bool:
    """Whether a first name is also a word of a language ("rose"): names have no plural, words have one."""
    other = word[:-1] if word.endswith("s") else f"{word}s"
    return lang.zipf(word) >= KNOWN and lang.zipf(other) >= KNOWN


def _ways(candidate: Candidate, articles: frozenset[str]) -> Iterator[_Way]:
    name = candidate.name
    for full in (name, *(a for a in candidate.aliases if _like(a, name))):
        first, _, last = full.partition(" ")
        parts = last.replace("-", " ").split()
        yield _Way(full, surname=not last)
        if last:
            yield _Way(last, surname=True)
        if last and full == name:
            yield _Way(first)
        for part in parts:
            if len(parts) > 1 and len(part) > 3:
                yield _Way(part)
        for written in (full, last):
            unmarked = written.replace("'", "").replace("’", "")
            if unmarked != written:
                yield _Way(unmarked, surname=written == last)
    aliases = (*candidate.aliases, *([candidate.list_name] if candidate.list_name else []))
    yield from (_Way(alias, fuzzy=False) for alias in aliases)
    for alias in aliases:
        first, _, rest = alias.partition(" ")
        if rest and fold(first) in articles:
            yield _Way(rest, fuzzy=False, bare=True)


def _name_words(name: str) -> set[str]:
    return set(fold(name).replace("-", " ").split())


def _like(alias: str, name: str) -> bool:
    """Whether an alias is the name in another spelling, so that it is cut and misspelt like one."""
    parts = fold(alias).replace("-", " ").split()
    return 1 < len(parts) <= 4 and bool(
        _name_words(name) & set(parts) or OSA.normalized_similarity(fold(alias), fold(name)) > 0.75
    )


# --- how near a word is --------------------------------------------------------------------------------------


def says(form: Form, heard: Sequence[Word], lang: Language) -> bool:
    """Word for word; forms of more than one ordinary word may be inflected."""
    for position, word in enumerate(heard):
        if word.folded == form.words[position]:
            continue
        if len(form.words) < 2:
            return form.kind == "party" and word.folded.rstrip("s") == form.words[0].rstrip("s")
        if lang.is_small(word.folded):
            return False
        if stem(word.folded, lang.stemmer) not in (
            form.stems[position],
            stem(form.words[position], lang.stemmer),
        ):
            return False
    return True


def tolerance(length: int) -> int:
    """How many letters of a name may be wrong: none up to three, one up to five, two up to eight, then three."""
    if length <= SHORT:
        return 0
    if length <= 5:
        return 1
    return 2 if length <= 8 else 3


def letters_off(heard: str, word: str, lang: Language) -> int | None:
    """How many letters a heard word is from one of a name; None if it is too far to be that one."""
    if heard == word:
        return 0
    if len(word) <= SHORT:
        near = heard[0] == word[0] and OSA.distance(heard, word, score_cutoff=1) == 1
        return 1 if near and not lang.is_small(heard) and lang.zipf(heard) < COMMON_SHORT else None
    limit = tolerance(min(len(word), len(heard) + 1))
    if not limit or abs(len(heard) - len(word)) > max(limit, 3):
        return None
    letters = OSA.distance(heard, word, score_cutoff=FARTHEST)
    if letters <= limit and not (
        heard[0] != word[0] and letters > 1 and lang.sound(heard)[:1] != lang.sound(word)[:1]
    ):
        return letters
    if len(word) < 5 or len(heard) < 4 or letters > FARTHEST:
        return None
    return _by_sound(lang.sound(heard), lang.sound(word))


def _by_sound(heard: str, word: str) -> int | None:
    """How far apart two sounds are, if they are the same but for vowels and an r at the end."""
    if heard == word:
        return 1
    bones = _bones(heard)
    if len(bones) < 2 or bones != _bones(word):
        return None
    return 2 if len(bones) > 2 else WEAK


def _bones(sound: str) -> str:
    """The first letter and the consonants after it."""
    return sound[:1] + "".join(letter for letter in sound[1:].rstrip("r") if letter not in "aeiouy")
