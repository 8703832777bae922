"""Lists to look through by tapping: candidates, topics and their parts, elections."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import InlineKeyboardMarkup

from bot.channels.telegram import keyboards
from bot.channels.telegram.desk import Desk, Voter
from bot.channels.telegram.formatting import escaped
from bot.channels.telegram.keyboards import PAGE, Keyboards
from bot.dialogue.composing import Setting


@dataclass(frozen=True, slots=True)
class Menu:
    """A message that changes as one looks through it."""

    text: str
    keyboard: InlineKeyboardMarkup


def candidates_menu(desk: Desk, voter: Voter, page: int = 0) -> Menu:
    """Everyone, in the election's order, which is stated."""
    assert voter.election is not None
    say = voter.say
    setting = Setting(voter.election, say.code, desk.now(), voter.conversation)
    everyone = voter.browsing.candidates(setting)
    page = min(page, (len(everyone) - 1) // PAGE)
    here = [f"• {escaped(each.text)}" for each in everyone[page * PAGE :][:PAGE]]
    order = say(f"order.{voter.election.description.order.value}")
    text = "\n".join([f"<b>{escaped(say('telegram.candidates'))}</b>", *here, f"<i>{escaped(order)}</i>"])
    return Menu(text, Keyboards(desk, voter.browsing).candidates([each.target for each in everyone], page))


def topics_menu(desk: Desk, voter: Voter, page: int = 0, title: str = "topics") -> Menu:
    """The widest topics, with how many candidates have spoken on each."""
    say = voter.say
    text = f"<b>{escaped(say(f'telegram.{title}'))}</b>\n<i>{escaped(say('telegram.topics_note'))}</i>"
    return Menu(text, Keyboards(desk, voter.browsing).topics(page))


def parts_menu(desk: Desk, voter: Voter, topic: str) -> Menu:
    """A topic and its parts."""
    assert voter.election is not None
    if not voter.election.has("topics", topic):
        return topics_menu(desk, voter)
    text = voter.say("telegram.topic_inside", topic=voter.browsing.subject(topic))
    return Menu(f"<b>{escaped(text)}</b>", Keyboards(desk, voter.browsing).parts(topic))


def elections_menu(desk: Desk, voter: Voter, page: int = 0) -> Menu:
    """The elections to choose from."""
    say = voter.say
    return Menu(escaped(say("telegram.election_which")), keyboards.elections(desk, say, page))
