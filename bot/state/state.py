"""What must outlive a restart: choices, conversations, counts and requests, each for its time and no longer.

Methods without `async` take effect at once for whoever asks here, and are written soon; `saved` tells when. If the
database does not answer, or takes nothing, conversations go on from memory, and all is written once it does again.

A state on a server may be shared by several replicas. Then nothing is answered from the memory of one of them while
the database answers; what one chat's turn protects must be `saved` before the turn is given back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Select

from bot.dialogue.memory import Memory
from bot.state import keeping
from bot.state.database import ClosedError, Database, UnsureError
from bot.state.locking import Turns
from bot.state.lookups import ANSWER, MEMORY, PREFERENCES, SEEN, Found, Lookups
from bot.state.marks import Marks
from bot.state.memories import memory_of, memory_text, numbers_text, seconds, utc
from bot.state.moderating import Moderating
from bot.state.recent import Recent
from bot.state.records import Answer, FeedbackCount, Preferences, Request, Unanswered, UnansweredCount
from bot.state.rows import answer_of, clean, named, oldest, unanswered_of, wanted
from bot.state.statements import PORTION, Changes, Questions, Row, Statement, Write
from bot.state.writing import Writer

__all__ = ["Answer", "FeedbackCount", "Preferences", "Request", "State", "Unanswered", "UnansweredCount"]

HELD = 500
HELD_UPDATES = 4_000


def logged(event: str) -> None:
    """One line, for want of anybody else to tell."""
    logging.getLogger(__name__).warning(event)


class State:
    """The memory of the bot beyond one message. Times and days are given by the caller, in UTC."""

    def __init__(
        self,
        url: str,
        report: Callable[[str], None] = logged,
        *,
        retry: float = 3.0,
        busy: float = 1.0,
    ) -> None:
        self._database = Database(url, busy)
        self._writer = Writer(self._database, report, retry)
        self._change = Changes(self._database.dialect)
        self._ask = Questions()
        self.marks = Marks(
            self._writer, self.shared, self._database.dialect, self._shared_row, self._change_now
        )
        self.turns = Turns(self._database, self._writer.failed)
        self.moderating = Moderating(self._writer, self._rows, self._database.dialect, self.marks)
        self._lookups = Lookups(self._as_it_is) if self.shared else None
        self._forgotten = 0
        self._chats: Recent[str, tuple[Preferences, date | None, int]] = Recent(HELD)
        self._memories: Recent[str, tuple[str, Memory]] = Recent(HELD)
        self._answers: Recent[tuple[str, int], tuple[str, Answer, datetime] | None] = Recent(HELD)
        self._updates: Recent[int, int] = Recent(HELD_UPDATES)
        self._updates_of = 0
        self._unheld = -1

    @property
    def shared(self) -> bool:
        """Whether other replicas may keep their state here too."""
        return self._database.shared

    @property
    def degraded(self) -> bool:
        """Whether what is asked for now is only held in memory."""
        return self._writer.degraded

    @property
    def _remembers(self) -> bool:
        """Whether memory knows better than the database: no replica writes there, or nothing can be written at all."""
        return not self.shared or self.degraded

    @property
    def pending(self) -> int:
        """How many rows are yet to be written."""
        return self._writer.pending

    @property
    def fault(self) -> str | None:
        """The kind of trouble while degraded, for moderators; it quotes nothing that is kept."""
        return self._writer.fault

    async def open(self) -> None:
        """Open, make or migrate the database; if that fails, serve from memory and keep trying."""
        await self._writer.start()

    async def close(self) -> None:
        """Write what is pending, if it can be, and let go of the database."""
        if self._lookups is not None:
            await self._lookups.close()
        await self.turns.close()
        await self._writer.stop()

    async def saved(self) -> bool:
        """True once all that was asked for before is on disk; False, at once if known, when it could not be."""
        return await self._writer.saved()

    # --- chats

    async def preferences(self, chat: str) -> Preferences:
        """What the chat has chosen."""
        if self._remembers and (held := self._chats.get(chat)) is not None:
            return held[0]
        asked = self._forgotten
        rows = await self._row(PREFERENCES, self._ask.preferences, {"key": chat})
        if rows is None or (self._remembers and chat in self._chats):
            held = self._chats.get(chat)
            return held[0] if held else Preferences()
        row: Mapping[Any, Any] = rows[0] if rows else {}
        found, used_on = Preferences(row.get("language"), row.get("election")), row.get("used_on")
        if asked == self._forgotten:
            self._chats.put(chat, (found, used_on, self._database.openings))
        return found

    def prefer(self, chat: str, preferences: Preferences, today: date) -> None:
        """Keep the choice, and that the chat was used today; the same again on the same day costs nothing."""
        use = (preferences, today, self._database.openings)
        if not self.degraded and self._chats.get(chat) == use:
            return
        self._chats.put(chat, use)
        language, election = clean(preferences.language), clean(preferences.election)
        row = {"key": chat, "language": language, "election": election, "used_on": today}
        self._writer.add(self._change.prefer, row)

    # --- conversations

    async def known(self, chat: str, conversation: str, now: datetime) -> tuple[Preferences, Memory]:
        """What the chat has chosen and what the conversation is about, asked for together."""
        if not self.shared:
            return await self.preferences(chat), await self.memory(conversation, now)
        memory = asyncio.ensure_future(self.memory(conversation, now))
        return await self.preferences(chat), await memory

    async def memory(self, conversation: str, now: datetime) -> Memory:
        """What the conversation is about, if it is not too long ago."""
        if self._remembers and (held := self._memories.get(conversation)) is not None:
            return held[1].fresh(now)
        asked = self._forgotten
        rows = await self._row(MEMORY, self._ask.memory, {"key": conversation})
        if rows is None or (self._remembers and conversation in self._memories):
            held = self._memories.get(conversation)
            return held[1].fresh(now) if held else Memory()
        person, memory = (rows[0]["person"], memory_of(rows[0]["memory"])) if rows else ("", Memory())
        if asked == self._forgotten:
            self._memories.put(conversation, (person, memory))
        return memory.fresh(now)

    def remember(self, conversation: str, person: str, memory: Memory) -> None:
        """Keep what the conversation is about now; one that has no time yet is over before it begins."""
        self._memories.put(conversation, (person, memory))
        at = seconds(memory.at) if memory.at is not None else 0
        row = {"key": conversation, "person": person, "memory": memory_text(memory), "at": at}
        self._writer.add(self._change.remember, row)

    async def answer(self, conversation: str, question: int, now: datetime) -> Answer | None:
        """How this question was answered, if it was, and not too long ago."""
        key = (conversation, question)
        held = self._answers.get(key)
        if not self._remembers or key not in self._answers:
            asked = self._forgotten
            values = {"conversation": conversation, "question": question}
            rows = await self._row(ANSWER, self._ask.answer, values)
            if rows is None or (self._remembers and key in self._answers):
                held = self._answers.get(key)
            else:
                held = answer_of(rows[0]) if rows else None
                if asked == self._forgotten:
                    self._answers.put(key, held)
        return held[1] if held is not None and utc(now) - held[2] <= keeping.ANSWERS else None

    def answered(self, conversation: str, person: str, question: int, answer: Answer, now: datetime) -> None:
        """Keep which messages answer the question, so that they can change with it."""
        self._answers.put((conversation, question), (person, answer, utc(now)))
        row = {"conversation": conversation, "question": question, "person": person, "at": seconds(now)}
        row |= {"sent": numbers_text(answer.sent), "before": memory_text(answer.before)}
        self._writer.add(self._change.answered, row)

    # --- counts, never who

    def rate(self, election: str, entry: str, verdict: str, language: str, day: date) -> None:
        """Count one verdict."""
        row: Row = {"election": clean(election), "entry": clean(entry), "verdict": clean(verdict)}
        row |= {"language": clean(language), "day": day, "count": 1}
        self._writer.add(self._change.rate, row)

    async def feedback_counts(self) -> list[FeedbackCount]:
        """All verdicts, the most frequent first."""
        rows = await self._rows(self._ask.feedback, {}) or ()
        return [FeedbackCount(*row.values()) for row in rows]

    def unanswered(self, question: Unanswered, day: date) -> None:
        """Count one question that found no answer."""
        row: Row = named(question)
        row |= {"reason": clean(question.reason), "count": 1, "first_day": day, "last_day": day}
        self._writer.add(self._change.unanswered, row)

    async def unanswered_questions(self, limit: int = 50) -> list[UnansweredCount]:
        """What is missing, the most frequent first."""
        rows = await self._rows(self._ask.unanswered, {"limit": limit}) or ()
        return [unanswered_of(row) for row in rows]

    def settle(self, question: Unanswered) -> None:
        """A moderator dealt with it: it need not be kept."""
        self._writer.add(self._change.settle, named(question))

    # --- requests

    def request(self, request: Request, day: date) -> None:
        """Keep who asked to be told about what; asked again, it is kept once, in the language asked last."""
        row = wanted(request) | {"language": clean(request.language), "asked_on": day}
        self._writer.add(self._change.request, row)

    async def requests(self, chat_id: int | None = None) -> list[Request]:
        """Who asked to be told about what, the longest waiting first; or what one chat asked for."""
        if chat_id is None:
            rows = await self._rows(self._ask.requests, {})
        else:
            rows = await self._rows(self._ask.requests_of, {"chat_id": chat_id})
        return [Request(**row) for row in rows or ()]

    def withdraw(self, request: Request) -> None:
        """The request is no longer wanted."""
        self._writer.add(self._change.withdraw, wanted(request))

    async def claim(self, request: Request) -> bool:
        """Whether the request was still kept, and is withdrawn now: of all who would serve it, only one may."""
        row = wanted(request)
        again = row | {"language": clean(request.language), "asked_on": request.asked_on}
        unsure = (self._change.request, again) if request.asked_on else None
        return bool(await self._change_now(self._change.withdraw, row, unsure))

    # --- updates

    async def seen(self, update_id: int) -> bool:
        """Whether this update was done before. Numbers rise, so most new ones need no look at the table."""
        if self.shared:
            rows = await self._row(SEEN, self._ask.seen, {"update_id": update_id})
            return update_id in self._updates or bool(rows)
        if self._updates_of != self._database.openings:
            await self._load_updates()
        if update_id in self._updates:
            return True
        if update_id > self._unheld:
            return False
        return bool(await self._rows(self._ask.seen, {"update_id": update_id}))

    def done(self, update_id: int, now: datetime) -> None:
        """The update is dealt with; should it come again, it is not answered again."""
        at = seconds(now)
        self._hold_update(update_id, at)
        self._writer.add(self._change.done, {"update_id": update_id, "at": at})

    async def _load_updates(self) -> None:
        opening = self._database.openings
        rows = await self._rows(self._ask.updates, {"limit": HELD_UPDATES})
        if rows is None or self._updates_of == opening:
            return
        self._updates_of = opening
        if len(rows) == HELD_UPDATES:
            self._unheld = max(self._unheld, rows[-1]["update_id"])
        for row in reversed(rows):
            if row["update_id"] not in self._updates:
                self._hold_update(row["update_id"], row["at"])

    def _hold_update(self, update_id: int, at: int) -> None:
        gone = self._updates.put(update_id, at)
        if gone is not None:
            self._unheld = max(self._unheld, gone)

    # --- erasing

    async def forget(self, chat: str, person: str, chat_id: int) -> bool:
        """Erase all about the chat and the person; True only when not a byte of it is left on disk."""
        self._forgotten += 1
        self._chats.drop(lambda key, _: key == chat)
        self._memories.drop(lambda key, held: key == chat or held[0] == person)
        self._answers.drop(lambda key, held: key[0] == chat or held is None or held[0] == person)
        self.marks.forget(person)
        row = {"key": chat, "conversation": chat, "person": person, "chat_id": chat_id}
        about = row.items()
        self._writer.withdraw(
            lambda statement, other: (
                other == row if statement.forgets else not about.isdisjoint(other.items())
            )
        )
        for statement in self._change.forget:
            self._writer.add(statement, row)
        self._writer.erase()
        return await self._writer.saved(erased=True)

    async def move(self, old_chat: str, new_chat: str) -> None:
        """A group became a supergroup: its choices and its conversation go on there, unless it has new ones.

        Messages have new numbers there, so answers are not moved; requests are kept by chat id, so the caller,
        who knows it, withdraws and asks again.
        """
        await self.preferences(old_chat)
        new = await self.preferences(new_chat)
        chat, memory = self._chats.get(old_chat), self._memories.get(old_chat)
        self._forgotten += 1
        self._chats.drop(lambda key, _: key == old_chat)
        self._memories.drop(lambda key, _: key == old_chat)
        if chat is not None and new == Preferences():
            self._chats.put(new_chat, chat)
        if memory is not None and new_chat not in self._memories:
            self._memories.put(new_chat, memory)
        for statement in self._change.rename:
            self._writer.add(statement, {"old": old_chat, "new": new_chat})
        for statement in self._change.forget[:2]:
            self._writer.add(statement, {"key": old_chat})
        await self._writer.saved()

    async def purge(self, now: datetime) -> None:
        """Erase what has outlived its time."""
        limits = oldest(now)
        self._forgotten += 1
        self._chats.drop(lambda _, held: held[1] is not None and held[1] < limits["chats"])
        self._memories.drop(
            lambda _, held: held[1].at is None or seconds(held[1].at) < limits["conversations"]
        )
        self._answers.drop(lambda _, held: held is None or seconds(held[2]) < limits["answers"])
        self._updates.drop(lambda _, at: at < limits["updates"])
        if self.shared:  # who is forgotten on another replica must not be remembered for long on this one
            self._chats.drop(lambda key, _: key not in self._memories)
        self.marks.purge()
        for table, limit in limits.items():
            if self.shared:
                while await self._change_now(self._change.old[table], {"limit": limit}) == PORTION:
                    pass
            else:
                self._writer.add(self._change.old[table], {"limit": limit})
        self._writer.erase()
        await self._writer.saved()

    async def _rows(self, question: Select[Any], values: Row) -> Sequence[RowMapping] | None:
        """What is stored, with all that was asked for before; None if the database does not answer."""
        await self._writer.saved()
        return await self._as_it_is(question, values)

    async def _as_it_is(self, question: Select[Any], values: Row) -> Sequence[RowMapping] | None:
        """What is stored at this moment; None if the database does not answer."""
        if not self._answers_now():
            return None
        try:
            return await self._database.read(question, values)
        except ClosedError:
            return None
        except Exception as error:  # any fault of any driver: the caller goes on from memory
            self._writer.failed(error)
            return None

    async def _row(self, kind: str, question: Select[Any], values: Row) -> Found:
        """The row of a key, or none; None if the database does not answer."""
        return await (self._shared_row(kind, values) if self.shared else self._rows(question, values))

    async def _shared_row(self, kind: str, values: Row) -> Found:
        """The same of a shared database, asked for together with what others look up."""
        return await self._lookups(kind, values) if self._lookups and self._answers_now() else None

    async def _change_now(self, statement: Statement, row: Row, unsure: Write | None = None) -> int | None:
        """How many rows were changed, after all that was asked for before; None if the database does not answer.

        `unsure` is written later if nobody can tell whether anything was changed.
        """
        await self._writer.saved()
        if self.degraded or not self._answers_now():
            return None
        try:
            return await self._database.change(statement, row)
        except ClosedError:
            return None
        except UnsureError as error:
            if unsure is not None:
                self._writer.add(*unsure)
            self._writer.failed(error.__cause__ or error)
            return None
        except Exception as error:  # any fault of any driver: nothing was changed
            self._writer.failed(error)
            return None

    def _answers_now(self) -> bool:
        """Whether it is worth asking: what is erased but still stored must not come back."""
        return self._database.readable and not (self._writer.outdated and self.degraded)
