"""Whatever is typed, what is noted of it names nobody, and noting it again says nothing new."""

from __future__ import annotations

import string

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.dialogue.anonymous import CHARACTERS, LEFT_OUT, anonymous
from bot.dialogue.assistant import Assistant
from bot.knowledge.loading import load
from bot.language.text import fold
from tests import invented
from tests.conftest import BUNDLED, ROOT
from tests.invented import TOWN
from tests.strategies import ANY_TEXT

WHERE = {
    "by hand": Assistant(invented.base()).scopes.scope(TOWN),
    "bundled": Assistant(load(ROOT / "knowledge").base).scopes.scope(BUNDLED),
}
PLACES = st.sampled_from(list(WHERE))
CODES = st.sampled_from(["fr", "en"])

WORDS = ["petit", "marchand", "zbigniew", "kowalczyk", "colette", "sophie", "boulanger", "orange", "rue"]
"""Words that may be a part of somebody's address; some of them mean something too."""
BEFORE = [
    "",
    "la piscine ",
    "Piscine ? ",
    "écrivez à ",
    "mail: ",
    "(",
    "<",
    "«",
    "\n",
    "mon adresse est ",
    "my mail is ",
]
AFTER = ["", " merci", ".", " ?", ")", ">", "»", "\n", ", pour la piscine"]
CASING = st.sampled_from([str, str.lower, str.upper, str.title, str.swapcase])
PART = st.lists(st.sampled_from([*WORDS, "x", "92", "75"]), min_size=1, max_size=4).flatmap(
    lambda words: st.sampled_from(["", ".", "-", "_", "+"]).map(lambda sign: sign.join(words))
)
ENDING = st.sampled_from(["com", "fr", "org", "net", "eu"])

MAIL = st.builds(
    "{}@{}.{}".format, PART, PART, st.one_of(ENDING, st.sampled_from(["paris", "info", "co.uk"]))
)
LINK = st.builds(
    "{}{}/{}".format,
    st.sampled_from(["https://", "http://", "www.", "https://www."]),
    st.builds("{}.{}".format, PART, st.one_of(ENDING, st.sampled_from(["paris", "info"]))),
    PART,
)
NAMED = st.builds("@{}".format, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("_".join))
ADDRESSES = st.one_of(MAIL, LINK, NAMED)

SEPARATOR = st.sampled_from(["", " ", ".", "-", "/", ", ", " . ", "\u00a0", "\u202f", "  ", "\n", "_"])
PHONE = st.builds(
    lambda opening, pairs, between: opening + between.join(pairs),
    st.sampled_from(["", "0", "+33 6", "+33(0)6", "0033", "tel:", "n°", "06"]),
    st.lists(st.text(string.digits, min_size=2, max_size=2), min_size=4, max_size=6),
    SEPARATOR,
)


@given(st.sampled_from(BEFORE), ADDRESSES, st.sampled_from(AFTER), CASING, PLACES, CODES)
def test_an_address_in_one_piece_never_outlives_a_question(
    before: str, address: str, after: str, casing: type[str], where: str, code: str
) -> None:
    note = anonymous(f"{before}{casing(address)}{after}", WHERE[where], code)
    assert not set(fold(note).split()) & set(WORDS), note
    assert "@" not in note


@given(st.sampled_from(BEFORE), PHONE, st.sampled_from(AFTER), PLACES, CODES)
def test_a_phone_number_never_outlives_a_question(
    before: str, phone: str, after: str, where: str, code: str
) -> None:
    note = anonymous(f"{before}{phone}{after}", WHERE[where], code)
    assert not any(c.isdigit() for c in note), note


INTRODUCED = {
    "fr": [
        "je suis {}",
        "Je m'appelle {}",
        "moi c'est {}",
        "mon nom est {}",
        "Mme {}",
        "monsieur {}",
        "M. {}",
        "chuis {}",
    ],
    "en": [
        "I am {}",
        "I'm {}",
        "my name is {}",
        "My name's {}",
        "this is {}",
        "Mrs {}",
        "Mr. {}",
        "call me {}",
    ],
}
NAMES = st.text(st.sampled_from("bcdfghjklmnpqrtvwxz"), min_size=3, max_size=9).map("zqa{}".format)
"""Names that no language has."""


@given(st.data(), NAMES, NAMES, st.sampled_from([str, str.lower, str.upper, str.title]), PLACES)
def test_whoever_introduces_themselves_is_not_named(
    data: st.DataObject, first: str, last: str, casing: type[str], where: str
) -> None:
    code = data.draw(CODES)
    opening = data.draw(st.sampled_from(INTRODUCED[code])).format(f"{first.title()} {last.title()}")
    text = casing(f"{opening}, une piscine a pool ?")
    left = fold(anonymous(text, WHERE[where], code)).split()
    assert first not in left
    assert last not in left
    if casing in (str, str.lower, str.upper):
        assert "piscine" in left


@given(
    NAMES,
    st.sampled_from(["{} veut une piscine", "une piscine pour {}", "{0} {0}, piscine ?", "piscine\n{}"]),
    PLACES,
)
def test_a_name_that_nobody_knows_is_left_out_wherever_it_stands(name: str, text: str, where: str) -> None:
    for written in (name, name.title(), name.upper()):
        left = fold(anonymous(text.format(written), WHERE[where], "fr")).split()
        assert name not in left
        assert "piscine" in left


@given(ANY_TEXT, PLACES, CODES)
def test_any_text_leaves_a_short_note_of_words_or_nothing(text: str, where: str, code: str) -> None:
    note = anonymous(text, WHERE[where], code)
    assert len(note) <= CHARACTERS
    assert note == note.strip() or len(note) == CHARACTERS
    assert f"{LEFT_OUT} {LEFT_OUT}" not in note
    assert all(word == LEFT_OUT or fold(word).isalnum() for word in note.split())


@given(
    ANY_TEXT | st.lists(st.one_of(ADDRESSES, PHONE, NAMES, st.sampled_from(WORDS)), max_size=9).map(" ".join),
    PLACES,
    CODES,
)
def test_noting_a_note_again_says_nothing_new(text: str, where: str, code: str) -> None:
    assume("İ" not in text)  # whose small letter is two characters, the second of them no letter
    once = anonymous(text, WHERE[where], code)
    twice = anonymous(once, WHERE[where], code)
    rest = iter(fold(once).split())
    # A word may be left out the second time, but none may come up, change or move. (The mark is three full stops.)
    assert all(word in rest for word in fold(twice).split() if word != fold(LEFT_OUT)), (once, twice)


@given(ANY_TEXT, PLACES, CODES)
def test_a_note_has_only_words_that_were_typed(text: str, where: str, code: str) -> None:
    typed = fold(text).replace("\u00ad", "")
    note = anonymous(text, WHERE[where], code)
    if text.isascii():
        assert all(word in typed for word in fold(note).split() if word != fold(LEFT_OUT))
