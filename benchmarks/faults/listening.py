"""The core and what formats its replies for Telegram, listening to anything; each reply is looked at closely."""

from __future__ import annotations

import gc
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import zip_longest

from benchmarks.asked import bundled
from benchmarks.measuring import resident
from bot.channels.telegram.formatting import escaped, link, messages, paragraphs, shortened
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply, Statement, plain
from bot.lean import give_back
from tests.stand_in.markup import parse
from tests.stand_in.refusing import Refused
from tests.stand_in.texts import units

LIMIT = 4_096
NOTE = "Shortened <for> everyone."
CHATS = 500
DEEP = 0.7
"""How often a text goes on with a conversation, which makes follow-ups of what would be nothing alone."""
CHOSEN = 0.04
"""How often a text comes as the choice that a button leads to."""
KEPT = 20
WHO = re.compile(r"at 0x[0-9a-f]+")


class Listener:
    """An assistant as it serves many chats, and all that went wrong with what was said to it."""

    def __init__(self, seed: int = 0) -> None:
        asked = bundled(quick=False)
        self.known = _known(asked.questions, asked.base)
        self.heard = 0
        self.wrong: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.most = 0.0
        """MiB, the most that was held whenever `memory` was asked for."""
        self._now = asked.now
        self._election = asked.election.id
        self._assistant = Assistant(asked.base)
        self._dice = random.Random(seed)
        self._memories = [Memory()] * CHATS

    def hear(self, texts: Iterable[str]) -> None:
        """Answer each, and look at the answer."""
        for text in texts:
            self.heard += 1
            try:
                self._answer(text)
            except Exception as error:
                self._note(f"{type(error).__name__}: {WHO.sub('', str(error))[:160]}", text)

    def _answer(self, text: str) -> None:
        dice, chat = self._dice, self._dice.randrange(CHATS)
        memory = self._memories[chat] if dice.random() < DEEP else Memory()
        choice = text if dice.random() < CHOSEN else None
        language = dice.choice(("fr", "en", None, None))
        client = dice.choice(("fr", "en", "ar", "zz-ZZ", "", text[:8], None))
        utterance = Utterance(text, self._election, choice, language, client, str(chat))
        reply, self._memories[chat] = self._assistant.respond(utterance, memory, self._now)
        self.outcomes[reply.name] += 1
        for fault in faults(reply):
            self._note(fault, text)

    def _note(self, fault: str, text: str) -> None:
        if len(self.wrong) < KEPT or fault in self.wrong:
            self.wrong[fault] += 1
            if self.wrong[fault] == 1:
                print(f"{fault}\n  for {text[:300]!r}", flush=True)

    @property
    def memory(self) -> float:
        """The MiB that this process holds, without what can be given back."""
        gc.collect()
        give_back()
        held = resident()
        self.most = max(self.most, held)
        return held


def faults(reply: Reply) -> list[str]:
    """What Telegram would refuse in a reply, and every claim of it that stands without its source."""
    texts = messages(paragraphs(reply))
    alone = tuple((s.text, link(s.source_line, s.url)) for s in _last_of_source(reply))
    found = [fault for text in (*texts, shortened(reply, NOTE)) if (fault := _refused(text))]
    found += _sourceless(tuple(texts), alone)
    if reply.statements and not all(s.source_line.strip() for s in reply.statements):
        found.append("a claim without a source")
    plain(reply).encode()
    return found


def _last_of_source(reply: Reply) -> list[Statement]:
    """The statements after which a source must follow before anybody else's words do."""
    pairs = zip_longest(reply.parts, reply.parts[1:])
    return [
        part
        for part, following in pairs
        if isinstance(part, Statement)
        and not (isinstance(following, Statement) and following.source == part.source)
    ]


@lru_cache(1_000)
def _refused(text: str) -> str:
    """Why Telegram would not take a message; nothing if it would."""
    try:
        read = parse(text)[0]
        read.encode()
    except (Refused, UnicodeError) as error:
        return f"refused: {error}"
    if not read.strip():
        return "refused: nothing to read"
    return "" if units(read) <= LIMIT else "refused: too long"


@lru_cache(1_000)
def _sourceless(texts: tuple[str, ...], claims: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Claims after which their source does not stand in the same message, before the next claim of another source."""
    found = []
    for text in texts:
        begins = [m.start() for m in re.finditer("^• ", text, re.M)]
        if begins and not any(source in text[begins[-1] :] for _, source in claims):
            found.append("a message that ends with a claim and no source")
    for claim, source in claims:
        marked = f"• {escaped(claim)}"
        if not any(source in text[text.index(marked) :] for text in texts if marked in text):
            found.append(f"a claim without its source: {claim[:60]}")
    return tuple(found)


def _known(questions: Sequence[object], base: object) -> list[str]:
    """What hostile texts grow out of, so that much is understood: questions of the banks, and single words of them."""
    texts = [str(getattr(question, "text", "")) for question in questions]
    words = sorted({word for text in texts for word in text.split() if len(word) > 2})
    return [*texts, *words]
