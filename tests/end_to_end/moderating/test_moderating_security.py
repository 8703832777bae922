"""Whoever does not moderate changes nothing, whatever their client sends; and nothing a moderator types gets loose."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram.moderating.handling import TAPS
from bot.channels.telegram.targets import digest
from bot.dialogue.wording import wording
from tests.end_to_end.moderating.phones import (
    CAMILLE,
    DOMINIQUE,
    LONG,
    Phone,
    Start,
    files_of,
    git,
    look,
    moderator,
    rows,
    traces,
    under_git,
    voter,
)
from tests.end_to_end.served import Served
from tests.stand_in import Sent, StandIn

FORGED = 10_000
MADE_UP = 2_000
PEOPLE = 40
MORE = range(7_000, 7_006)
"""More moderators: what one person does is done one after the other."""
SECONDS = 120.0


class Guarded:
    """A base under version control with edits under way, and all that would show if somebody got at it."""

    def __init__(self, bot: Served, root: Path, phones: list[Phone]) -> None:
        self.bot, self.root = bot, root
        self.data = sorted(
            {
                button.data
                for phone in phones
                for shown in phone.telegram.replies(phone.chat)
                for button in shown.buttons
                if button.data and button.data.startswith("M")
            }
        )
        """What stands behind the buttons that moderators have been shown."""
        self.before = self.state()

    def state(self) -> Any:
        return files_of(self.root), traces(self.bot.database), git(self.root, "log", "--format=%H")


@pytest.fixture
def guarded(
    telegram: StandIn, start: Start, camille: Phone, dominique: Phone, root: Path
) -> Iterator[Guarded]:
    under_git(root)
    for number in MORE:
        moderator(telegram, number)
    with start(webhook=False, moderator_ids={CAMILLE, DOMINIQUE, *MORE}) as bot:
        camille.named("Camille")
        dominique.named("Dominique")
        asking = voter(telegram)
        for question in (
            "swimming lessons for babies",
            "quantum flux",
            "ted thorn sport",
            "rose petal sport",
        ):
            asking.type(question)
            if asking.labels and "👎" in asking.labels:
                asking.tap("👎")
        for question in ("quantum flux", "swimming lessons"):
            camille.type("/queue")
            camille.tap(question)
            if question == "quantum flux":
                camille.press("mute")
                camille.press("use", text="quantum flux")
                camille.press("apply")
        camille.press("dismiss")
        camille.tap("🗂")
        camille.tap("swimming")
        camille.type("/queue")
        camille.tap("👎")
        camille.press("remove")
        camille.tap("two stadiums")
        camille.press("propose")
        look(dominique).tap("Retrait")
        dominique.type("/journal")
        dominique.tap("1")
        dominique.type("/annuler 1")
        camille.type("/queue")
        camille.tap("rose petal")
        camille.press("position")
        telegram.settled()
        yield Guarded(bot, root, [camille, dominique])
        assert bot.said("failed") == bot.said("malformed") == []


class Dice:
    """Buttons' data and commands by chance, the same for the same seed."""

    COMMANDS = ("queue", "file", "log", "journal", "revert", "annuler", "name", "nom", "status", "etat")

    def __init__(self, seed: int, data: list[str], real: float = 0.25) -> None:
        self._dice = random.Random(seed)
        self._data = data
        self._real = real

    def data(self) -> str:
        """What a button of a moderator's had in it, or nearly, or what one might have."""
        dice = self._dice
        real = dice.choice(self._data)
        if dice.random() < self._real:
            return real
        match dice.randrange(3):
            case 0:
                place = dice.randrange(len(real) + 1)
                return (real[:place] + dice.choice("Mabc.é-_ 0\n𝕏") + real[place + dice.randrange(2) :])[:60]
            case 1:
                given = [self._word() for _ in range(dice.randrange(4))]
                return ".".join([f"M{dice.choice([*TAPS])}", *given])[:60]
        return "".join(chr(dice.randrange(33, 0x2FF)) for _ in range(dice.randrange(1, 30)))

    def often(self) -> bool:
        return self._dice.random() < 0.9

    def command(self) -> str:
        """A moderator's command with what may stand behind it."""
        dice = self._dice
        rest = dice.choice(("", " 1", " 0", " -1", f" {2**64}", " all", f" {self._word()}"))
        return f"/{dice.choice(self.COMMANDS)}{rest}"

    def _word(self) -> str:
        """A seal, an id, a number, or a part of a real one."""
        dice = self._dice
        real = dice.choice(self._data).split(".")[-1]
        made = "".join(dice.choice("0123456789abcdefXYZ_-") for _ in range(dice.choice((1, 4, 8, 12, 40))))
        return dice.choice((real, made, str(dice.randrange(30)), str(2 ** dice.randrange(80))))


# --- those who do not moderate ---------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["private", "group"])
def test_moderators_commands_are_unknown_to_everybody_else_and_in_groups(
    telegram: StandIn, bot: Served, camille: Phone, place: str
) -> None:
    say, person = camille.say, telegram.user(language_code="en")
    for speaker in [person] if place == "private" else [person, camille.chat.user]:
        chat = telegram.private(person) if place == "private" else telegram.supergroup(members=[speaker])
        for code in ("fr", "en"):
            for name in ("queue", "log", "revert", "name"):
                text = f"/{wording(code)(f'telegram.commands.{name}.name')}@{telegram.username}"
                sent = telegram.say(chat, text, user=speaker)
                shown = telegram.wait_for_message(chat, after=sent)
                assert shown.text == say("telegram.unknown_command")
    assert [row[0] for row in rows(bot.database, "drafts")] == []


def test_moderators_commands_are_in_the_menus_of_their_private_chats_only(
    telegram: StandIn, bot: Served
) -> None:
    theirs = {wording("en")(f"telegram.commands.{name}.name") for name in ("queue", "log", "revert", "name")}
    telegram.wait(lambda: (f"chat/{DOMINIQUE}", "en") in telegram.profile.commands)
    for (scope, language), commands in telegram.profile.commands.items():
        if language == "en":
            shown = {command["command"] for command in commands}
            assert theirs <= shown if scope.startswith("chat/") else theirs.isdisjoint(shown)
    assert {scope for scope, _ in telegram.profile.commands if scope.startswith("chat/")} == {
        f"chat/{CAMILLE}",
        f"chat/{DOMINIQUE}",
    }


def test_every_button_of_the_moderators_is_like_a_made_up_one_to_everybody_else(
    telegram: StandIn, guarded: Guarded, camille: Phone
) -> None:
    stranger = voter(telegram)
    stranger.type("/start")
    group = telegram.supergroup(members=[camille.chat.user, stranger.chat.user], bot="administrator")
    in_group = telegram.wait_for_message(
        group, after=telegram.say(group, f"/start@{telegram.username}", user=camille.chat.user)
    )
    verbs = {data.partition(".")[0][1:] for data in guarded.data}
    forged = [*guarded.data, *(f"M{verb}.1" for verb in TAPS if verb not in verbs), "Mnothing.1"]
    stranger.tap(data="made-up")
    old = stranger.toast
    assert old == stranger.say("telegram.old_button")
    for data in forged:
        for message, user in (
            (stranger.screen, stranger.chat.user),
            (in_group, stranger.chat.user),
            (in_group, camille.chat.user),
        ):
            assert telegram.callback_answer(telegram.tap(message, data=data, user=user)).text == old
    assert len(verbs) >= 20
    assert guarded.state() == guarded.before


def test_ten_thousand_forged_and_replayed_actions_change_nothing(
    telegram: StandIn, guarded: Guarded, camille: Phone
) -> None:
    dice = Dice(4, guarded.data)
    people = [telegram.private(language_code=code) for code in ("fr", "en") for _ in range(PEOPLE // 2)]
    group = telegram.supergroup(members=[camille.chat.user], bot="administrator")
    for place in (*people, group):
        telegram.say(place, f"/start@{telegram.username}")
    telegram.settled(LONG)
    screens = {place.id: telegram.replies(place)[-1] for place in (*people, group)}
    taps: list[Sent] = []
    for number in range(FORGED):
        place = (*people, group)[number % (PEOPLE + 1)]
        if number % 4:
            taps.append(telegram.tap(screens[place.id], data=dice.data()))
        else:
            telegram.say(place, dice.command())
    telegram.settled(SECONDS)
    toasts = {telegram.callback_answer(tap).text for tap in taps[-1_000:]}
    assert toasts <= {wording(code)("telegram.old_button") for code in ("fr", "en")}
    assert guarded.state() == guarded.before


# --- moderators ------------------------------------------------------------------------------------------


MADE_UP_DATA = [
    *("Mapply", "Mapply.000000000000", "Mgroup", "Mgroup.AAAAAAAA", "Mmeans.AAAAAAAA", "Mview.00000000"),
    *("Mapprove.00000000", "Mreject.00000000", "Mapprove", "Mdismiss", "Mrestore.AAAAAAAA", "Mfact.x"),
    *("Mstep.0", "Mstep.99999", "Mstep.999999999999", "Mrevert.99999", "Mrevert", "Mrevert.x", "Mnothing"),
    *(
        "Minstead",
        "Minstead.fact.AAAAAAAA",
        "Minstead.instead.fact",
        "Minstead.nothing",
        "Mturn.x.9",
        "Mturn",
    ),
    *("M", "Mqueue" * 10, "Mchoose.000000000000", "Mmute.AAAAAAAA", "Mcorrect.AAAAAAAA", "Mresume", "Mskip"),
]


def test_a_made_up_button_of_a_moderators_gets_a_kind_sentence(
    telegram: StandIn, bot: Served, camille: Phone, root: Path
) -> None:
    before = files_of(root), traces(bot.database)
    shown = len(telegram.replies(camille.chat))
    kind = {camille.say(f"moderation.{key}") for key in ("impossible.old", "impossible.gone", "draft.none")}
    kind.add(camille.say("telegram.old_button"))
    for data in MADE_UP_DATA:
        camille.tap(data=data)
        gone = camille.say("moderation.log.gone", number=data.partition(".")[2])
        assert camille.toast in {*kind, gone}, data
    assert len(telegram.replies(camille.chat)) == shown
    assert (files_of(root), traces(bot.database)) == before


def test_buttons_that_do_not_fit_a_row_of_the_queue_do_nothing(
    telegram: StandIn, guarded: Guarded, dominique: Phone
) -> None:
    groups = sorted({data.split(".")[1] for data in guarded.data if data.startswith("Mgroup")})
    rated = {data.split(".")[1] for data in guarded.data if data.startswith("Mcorrect")}
    candidate, nowhere = f"c{digest('rose')}", f"p{digest('rose')}{digest('safety')}"
    assert rated < set(groups)
    for group in groups:
        forged = [f"Mmeans.{group}.{short}" for short in (candidate, nowhere, "t000000")]
        if group in rated:
            forged += [f"M{verb}.{group}" for verb in ("means", "position", "fact", "mute", "restore")]
        else:
            forged += [f"M{verb}.{group}" for verb in ("correct", "remove")]
        for data in forged:
            dominique.tap(data=data)
            assert dominique.toast == dominique.say("moderation.impossible.old"), data
    assert guarded.state() == guarded.before


def test_whatever_a_moderators_client_sends_nothing_fails(
    telegram: StandIn, guarded: Guarded, camille: Phone, dominique: Phone
) -> None:
    dice = Dice(5, guarded.data, real=0.05)
    phones = [camille, dominique, *(moderator(telegram, number).named(f"No {number}") for number in MORE)]
    screens = [telegram.replies(phone.chat)[-1] for phone in phones]
    for number in range(MADE_UP):
        who = number % len(phones)
        if dice.often():
            telegram.tap(screens[who], data=dice.data())
        else:
            telegram.say(phones[who].chat, dice.command())
    telegram.settled(SECONDS)
    assert guarded.bot.said("refused") == []
    assert camille.type("/queue")
