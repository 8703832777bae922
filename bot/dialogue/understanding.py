"""From a text to a query: its language, words, corrections, names and ways of asking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from bot.dialogue.query import Query
from bot.dialogue.scopes import Scope
from bot.language.catalogue import Language, language
from bot.language.correction import KNOWN, Correction
from bot.language.detection import detect
from bot.language.patterns import CANDIDATE, ROLE, Kinds, line
from bot.language.text import Word, fold
from bot.matching.mentions import FAMILIAR, Mention
from bot.matching.ranking import Heard, rank

FOREIGN = 4.2
UNREAD = 2.0
STRANGE = 40


def understand(text: str, scope: Scope, preferred: Sequence[str] = ()) -> Query:
    """What a text says about an election; `preferred` languages decide where its words do not."""
    return _Reading(scope, text, preferred).query()


class _Reading:
    """One utterance being read."""

    def __init__(self, scope: Scope, text: str, preferred: Sequence[str]) -> None:
        self.scope = scope
        self.text = text
        self.preferred = preferred
        self.corrections: list[Correction] = []

    def query(self) -> Query:
        code, sure = self._language()
        self.lang = lang = language(code)
        raw = lang.words(self.text)
        spelt = list(self._spelt(raw))
        known = [self._known(word) for word in spelt]
        names = self.scope.names.find(spelt, lang, known)
        words = self._corrected(spelt, known, names)
        words = self._joined(words)
        mentions = self._mentions(words, names, spelt)
        heard, lines, commanded = self._heard(words, mentions, raw)
        focus = self._focus(heard, words)
        in_focus = line(_marked(heard, mentions, focus))
        whole = lines[1]
        guarded = [_collapsed(text) for text in lines]
        heard_languages = self._languages_heard(words)
        frames = frozenset(name for x in heard_languages for name in x.frames.found([in_focus]))
        ranking = rank(heard, self.scope.index, lang, focus)
        return Query(
            text=self.text,
            language=code,
            sure_of_language=sure,
            words=tuple(heard),
            corrections=tuple(self.corrections),
            mentions=tuple(mentions),
            focus=focus,
            frames=frames,
            help=_first("help", heard_languages, [whole]),
            decline=_first("decline", heard_languages, guarded),
            commanded=commanded,
            points_back=self._points_back(in_focus),
            campaign=any(w.folded in x.campaign for x in heard_languages for w in heard),
            ranking=tuple(ranking),
        )

    def _language(self) -> tuple[str, bool]:
        languages = self.scope.index.languages
        words = self.scope.names.outside(languages[0].words(self.text))
        code, sure = detect(words, languages, self.scope.names.rare_words)
        if code is not None and sure:
            return code, True
        for preferred in (*self.preferred, code, self._likelier(words), *self.scope.election.languages):
            if preferred in self.scope.election.languages:
                return preferred, False
        return languages[0].code, False

    def _likelier(self, words: Sequence[Word]) -> str | None:
        """The language in which the words that nobody knows are nearest to known ones."""
        languages = self.scope.index.languages
        strange = [w.folded for w in words if not any(x.zipf(w.folded) for x in languages)][:STRANGE]
        costs = []
        for code, lexicon in self.scope.lexicons.items():
            nearest = [lexicon.nearest(word) for word in strange]
            costs.append((sum(near[0] if near else UNREAD for near in nearest), code))
        ranked = sorted(costs)
        return ranked[0][1] if len(ranked) > 1 and ranked[0][0] < ranked[1][0] - 0.3 else None

    def _spelt(self, raw: Sequence[Word]) -> Iterator[Word]:
        """SMS spellings written out, unless the base uses the word as it is."""
        for word in raw:
            meant = self.lang.spellings.get(word.written)
            if meant is None or (self.scope.index.knows(word.folded) and not self.lang.is_small(word.folded)):
                yield word
                continue
            for written in meant:
                yield Word(written, fold(written), word.sentence, word.asks)
            if len(word.folded) > 2 and not self.lang.is_small(word.folded):
                self.corrections.append(Correction(word.written, " ".join(meant), 0))

    def _known(self, word: Word) -> bool:
        folded = word.folded
        if len(folded) < 3 or not folded.isalpha():
            return True
        index = self.scope.index
        singular = folded[:-1] if folded[-1] in "sx" else folded
        if self.lang.is_small(folded) or index.knows(folded) or index.knows(singular):
            return True
        if folded in self.scope.names.gazetteer.words:
            return True
        return any(
            lang.zipf(folded) >= (KNOWN if lang is self.lang else FAMILIAR)
            for lang in self.scope.index.languages
        )

    def _corrected(
        self, words: Sequence[Word], known: Sequence[bool], names: Sequence[Mention]
    ) -> list[Word]:
        """The words with misspelt ones put right; past 40 strange words a message is noise and left as it is."""
        out: list[Word] = []
        strange = 0
        for position, word in enumerate(words):
            if known[position] or strange >= STRANGE or any(n.covers(position) for n in names):
                out.append(word)
                continue
            strange += 1
            parts = self._split(word)
            if parts:
                out.extend(parts)
                self.corrections.append(Correction(word.written, " ".join(p.written for p in parts), 0))
                continue
            read = self._nearest(word.folded)
            if read is None:
                out.append(word)
                continue
            self.corrections.append(Correction(word.written, read, OSA.distance(word.folded, read)))
            out.append(Word(read, read, word.sentence, word.asks))
        return out

    def _nearest(self, folded: str) -> str | None:
        """The likeliest reading of an unknown word in the message's language, or a clearly likelier one in another."""
        found = []
        for code, lexicon in self.scope.lexicons.items():
            nearest = lexicon.nearest(folded)
            own = code == self.lang.code
            if nearest is not None and (own or lexicon.in_base(nearest[1])):
                found.append((nearest[0] + (0 if own else 0.5), nearest[1]))
        return min(found, default=(0.0, None))[1]

    def _split(self, word: Word) -> list[Word] | None:
        """A run-together word cut in two: an elision or a small word before, or two words the base knows."""
        folded = word.folded
        for cut in range(1, len(folded) - 2):
            head, tail = folded[:cut], folded[cut:]
            elided = head in self.lang.elisions and len(tail) > 3
            small = len(head) > 1 and head in self.lang.stop and len(tail) > 3
            if (elided or small) and (
                self.scope.index.knows(tail) or self.lang.zipf(tail) >= 4 or self.lang.is_small(tail)
            ):
                return [
                    Word(head, head, word.sentence, word.asks),
                    Word(word.written[cut:], tail, word.sentence, word.asks),
                ]
        for cut in range(4, len(folded) - 3):
            head, tail = folded[:cut], folded[cut:]
            if all(self.scope.index.knows(p) or self.lang.zipf(p) >= 4.5 for p in (head, tail)):
                return [Word(p, p, word.sentence, word.asks) for p in (head, tail)]
        return None

    def _joined(self, words: list[Word]) -> list[Word]:
        """Two words that the base writes as one ("video surveillance") become that one."""
        out: list[Word] = []
        for word in words:
            both_small = bool(out) and self.lang.is_small(out[-1].folded) and self.lang.is_small(word.folded)
            if out and not both_small and len(word.folded) > 2 and len(out[-1].folded) > 2:
                glued = out[-1].folded + word.folded
                if self.scope.index.knows(glued) and out[-1].sentence == word.sentence:
                    out[-1] = Word(glued, glued, word.sentence, word.asks)
                    continue
            out.append(word)
        return out

    def _mentions(self, words: list[Word], before: Sequence[Mention], spelt: Sequence[Word]) -> list[Mention]:
        """The names, found again among the corrected words (their positions may have moved)."""
        if [w.folded for w in words] == [w.folded for w in spelt]:
            found = list(before)
        else:
            found = self.scope.names.find(words, self.lang, [self._known(w) for w in words])
        return found

    def _heard(
        self, words: list[Word], mentions: Sequence[Mention], raw: Sequence[Word]
    ) -> tuple[list[Heard], list[str], bool]:
        marked = [_mark(i, mentions) or w.folded for i, w in enumerate(words)]
        whole = line(marked)
        commanded = [(m.start(), m.end()) for m in self.lang.commands.finditer(whole)]
        ordered = _positions(whole, commanded)
        heard = []
        for position, word in enumerate(words):
            mention = next((m for m in mentions if m.covers(position)), None)
            taken = position in ordered or (
                mention is not None and mention.kind in ("candidate", "place", "party")
            )
            small = self._small(word)
            heard.append(
                Heard(
                    position,
                    word.written,
                    word.folded,
                    word.sentence,
                    small,
                    taken,
                    self._weight(word, mention),
                )
            )
        kept = [w for i, w in enumerate(marked) if i not in ordered]
        return heard, [line(w.folded for w in raw), line(kept)], bool(commanded)

    def _points_back(self, in_focus: str) -> bool:
        """Whether a pronoun stands for someone, not for nobody as in "il y a"."""
        covered = _positions(in_focus, [m.span() for m in self.lang.frames["impersonal"].finditer(in_focus)])
        return any(w in self.lang.persons for i, w in enumerate(in_focus.split()) if i not in covered)

    def _languages_heard(self, words: Sequence[Word]) -> list[Language]:
        """The message's language, then any other that some of its small words belong to."""
        mixed = [
            w.folded for w in words if not self.lang.is_small(w.folded) and self._small_elsewhere(w.folded)
        ]
        others = (lang for lang in self.scope.index.languages if lang is not self.lang)
        return [self.lang, *(lang for lang in others if any(lang.is_small(w) for w in mixed))]

    def _small(self, word: Word) -> bool:
        """Without meaning of its own, in this language or, where it is no word of this one, in another."""
        folded = word.folded
        if self.lang.is_small(folded):
            return True
        if len(folded) < 3 and not folded.isdigit():
            return not self.scope.index.knows(folded)
        return self._small_elsewhere(folded)

    def _small_elsewhere(self, folded: str) -> bool:
        others = (lang for lang in self.scope.index.languages if lang is not self.lang)
        return self.lang.zipf(folded) < FOREIGN and any(
            lang.is_small(folded) and len(folded) > 2 for lang in others
        )

    def _weight(self, word: Word, mention: Mention | None) -> float:
        """How much a word wants to be explained: little if common, fully if rare, unknown or a stranger's name."""
        if mention is not None and mention.kind in ("person", "elsewhere"):
            return 1.0
        if word.folded.isdigit():
            return 0.15
        zipf = max(
            lang.zipf(word.folded) - (0 if lang is self.lang else 0.8) for lang in self.scope.index.languages
        )
        if len(word.folded) < 4 and zipf < 4:
            return 0.4
        if zipf < 4.3 and not self.scope.index.knows(word.folded) and self.lang.sounds_small(word.folded):
            return 0.2
        if not zipf:
            return 1.1
        return min(1.0, max(0.05, (5.5 - zipf) / 2.3))

    def _focus(self, heard: Sequence[Heard], words: Sequence[Word]) -> frozenset[int]:
        """The sentences that ask: the last one with a question mark or talk of the campaign, else all of them."""
        sentences = sorted({w.sentence for w in heard})
        if len(sentences) < 2:
            return frozenset(sentences)
        telling = {w.sentence for w in heard if w.meaning or w.taken or w.folded in self.lang.persons}
        marked = {w.sentence for w in words if w.asks}
        worded = {
            w.sentence for w in heard if w.folded in self.lang.questions or w.folded in self.lang.campaign
        }
        asking = marked or worded & telling
        if not asking:
            return frozenset(sentences)
        last = max(asking)
        empty = not any(
            w.meaning or w.taken or w.folded in self.lang.persons for w in heard if w.sentence == last
        )
        return frozenset(sentences) if empty else frozenset([last])


def _marked(heard: Sequence[Heard], mentions: Sequence[Mention], focus: frozenset[int]) -> Iterator[str]:
    for word in heard:
        if word.sentence in focus:
            yield _mark(word.position, mentions) or word.folded


def _mark(position: int, mentions: Sequence[Mention]) -> str | None:
    """How a candidate's name, or role, stands in the text that patterns search."""
    for mention in mentions:
        if mention.kind == "candidate" and mention.covers(position):
            return ROLE if mention.role else CANDIDATE
    return None


def _collapsed(text: str) -> str:
    """A name of several words as one mark."""
    for mark in (f" {CANDIDATE} ", f" {ROLE} "):
        while mark + mark[1:] in text:
            text = text.replace(mark + mark[1:], mark)
    return text


def _positions(text: str, spans: Sequence[tuple[int, int]]) -> set[int]:
    """The numbers of the words that character spans of a line cover."""
    covered: set[int] = set()
    for start, end in spans:
        first = text.count(" ", 0, start)
        covered.update(range(first, first + text.count(" ", start, end)))
    return covered


def _first(kind: str, languages: Sequence[Language], lines: Sequence[str]) -> str | None:
    """The first kind of talk (`help`, `decline`) whose patterns find something."""
    kinds: Iterator[Kinds] = (getattr(lang, kind) for lang in languages)
    return next((name for each in kinds for name in each.found(lines)), None)
