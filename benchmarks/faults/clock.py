"""A clock that jumps: by an hour, a day, to the eve and back, over summer time, to 1970 and to 2038."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from unittest.mock import patch
from zoneinfo import ZoneInfo

from benchmarks.faults.bots import LONG, pause
from benchmarks.faults.trial import Round, Trial, judged
from bot.channels.telegram import serving
from bot.channels.telegram.formatting import messages, paragraphs
from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.phases import Phase, moment
from bot.knowledge.loading import load
from tests.conftest import BUNDLED, ROOT
from tests.end_to_end.served import PLENTY, Served, empty_database, serving_bot
from tests.stand_in import Chat, Shown, StandIn
from tests.stand_in.markup import parse

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEAR = (
    *(START + HOUR, START - HOUR, START + DAY, START - DAY, START),
    *(datetime(2026, 3, 14, 0, 0, tzinfo=PARIS), datetime(2026, 3, 13, 23, 59, 59, tzinfo=PARIS), START),
    *(datetime(2026, 3, 15, 8, tzinfo=PARIS), datetime(2026, 3, 15, 21, tzinfo=PARIS), START),
    *(datetime(2026, 3, 29, 1, 59, 59, tzinfo=PARIS), datetime(2026, 3, 29, 3, tzinfo=PARIS), START),
)
FAR = (
    datetime(2026, 10, 25, 2, 30, tzinfo=PARIS),
    datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    datetime(2000, 2, 29, 12, tzinfo=UTC),
    datetime(2106, 2, 7, 6, 28, 16, tzinfo=UTC),
    datetime(2027, 1, 1, tzinfo=UTC),
)
PHASES = {
    Phase.BEFORE: datetime(2026, 3, 13, 23, 59, 59, tzinfo=PARIS),
    Phase.SILENCE: datetime(2026, 3, 14, 0, 0, tzinfo=PARIS),
    Phase.VOTING: datetime(2026, 3, 15, 12, 0, tzinfo=PARIS),
    Phase.AFTER: datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
}
FOLLOWING = ("messatfa caméras", "quand vote-t-on ?", "la police municipale", "et pottier-dumas ?")
"""Asked in conversations that live through all jumps."""
OF_A_DAY = ("qui a gagné les élections", "quand vote-t-on ?")
"""Asked by somebody new after each: what is answered depends on the day."""
EACH = len(FOLLOWING) + len(OF_A_DAY)
PER_MINUTE = 60
MINUTE = 60.0


def trials(around: Round) -> Iterator[Trial]:
    """The clock is the one that the bot is given: everything it knows of days and times comes from there."""
    assistant = Assistant(load(ROOT / "knowledge").base)
    with patch.object(serving, "HOUSEKEEPING", 0.05):
        yield _jumping(around, assistant)
        yield _limits(around, assistant)


def _jumping(around: Round, assistant: Assistant) -> Trial:
    luck = random.Random(20_260_329)
    far = [*FAR, *(START + timedelta(seconds=luck.uniform(-2e9, 2e9)) for _ in range(around.many(2, 200)))]
    database = empty_database(around.room("clock"))
    with (
        StandIn() as telegram,
        serving_bot(telegram, assistant, database, START, questions_per_minute=PLENTY) as bot,
    ):
        chats = [telegram.private(language_code="fr") for _ in range(3)]
        _asked(telegram, chats[0], "/langue en")
        wrong = _asked_at(bot, assistant, chats, NEAR)
        purged = bot.kept_of(chats[0].id).get("chats", 0) != 1
        wrong += _asked_at(bot, assistant, chats, far) + _asked_at(bot, assistant, chats, [START])
        faults = [event for event, told in bot.lines if told["level"] == "error" or event == "failed"]
        wrong += [*faults[:1], *(v.description for v in telegram.violations[:1])]
    description = assistant.base.elections[BUNDLED].description
    wrong += [
        f"{at} is not {phase}" for phase, at in PHASES.items() if moment(description, at).phase != phase
    ]
    wrong += ["a choice was purged early"] if purged else []
    jumps = len(NEAR) + len(far) + 1
    return judged(
        "clock jumps",
        f"{jumps} jumps by ± 1 hour, ± 1 day, to the eve and back, over both changes of summer time, to 1970, "
        f"2038, 2106 and anywhere in between; {EACH} questions after each",
        "no exception, every question answered as of that day, phases right, nothing purged that the clock still keeps",
        f"{jumps * EACH} answers, each the one of its day; 0 faults",
        wrong,
    )


def _asked_at(
    bot: Served, assistant: Assistant, chats: Sequence[Chat], moments: Sequence[datetime]
) -> list[str]:
    """What was wrong with the answers at these times: they must be those of a bot that has never been at another."""
    wrong = []
    for at in moments:
        bot.clock.now = at
        for n, question in enumerate(FOLLOWING):
            _asked(bot.telegram, chats[n % len(chats)], question)
        for question in OF_A_DAY:
            shown = _asked(bot.telegram, bot.telegram.private(language_code="fr"), question)
            if shown.text != _of_that_day(assistant, question, at):
                wrong.append(f"at {at:%Y-%m-%d %H:%M} another answer to {question!r}")
    return wrong


def _of_that_day(assistant: Assistant, question: str, at: datetime) -> str:
    """What a bot answers that knows no other day."""
    reply, _ = assistant.respond(Utterance(question, BUNDLED, client_language="fr"), Memory(), at)
    return parse(messages(paragraphs(reply))[0])[0].strip()


def _limits(around: Round, assistant: Assistant) -> Trial:
    """Whoever has asked too much before, at or after a jump may ask again within a minute of real time."""
    database = empty_database(around.room("limits"))
    waits = []
    with (
        StandIn() as telegram,
        serving_bot(telegram, assistant, database, START, questions_per_minute=PER_MINUTE) as bot,
    ):
        for jump in (-HOUR, HOUR, -DAY, DAY, timedelta(days=4_000), timedelta(days=-4_000)):
            voter = telegram.private()
            bot.clock.now = START + jump
            telegram.say_many([(voter.id, FOLLOWING[0])] * (PER_MINUTE + 10))
            telegram.settled(LONG)
            bot.clock.now = START
            began = monotonic()
            while monotonic() - began < 2 * MINUTE:
                sent = telegram.say(voter, FOLLOWING[0])
                telegram.settled(LONG)
                if any(shown.revision > sent.revision for shown in telegram.replies(voter)):
                    break
                pause(0.2)
            waits.append(monotonic() - began)
    return Trial(
        "clock jumps, limits",
        f"{PER_MINUTE + 10} questions of one voter at once, of whom {PER_MINUTE} a minute are answered, while the "
        f"clock is wrong by an hour, a day or eleven years, {len(waits)} times; then it is right again",
        "the voter is answered again within a minute",
        f"after {max(waits):.1f} s at most",
        max(waits) <= MINUTE,
    )


def _asked(telegram: StandIn, chat: Chat, text: str) -> Shown:
    return telegram.wait_for_message(chat, after=telegram.say(chat, text), timeout=LONG)
