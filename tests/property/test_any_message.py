"""Whatever stands in a base, Telegram takes every message, and a voter reads all of it in order."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.formatting import LIMIT, messages, paragraph, paragraphs, shortened
from bot.dialogue.composing import Setting, compose
from bot.dialogue.outcomes import CandidateCard, Comparison, Outcome, Position
from bot.dialogue.reply import Line, Reply, Statement, plain
from tests import invented
from tests.invented import CANDIDATES, NOW
from tests.stand_in.markup import parse
from tests.stand_in.texts import covered, units

NOTE = "Shortened <for> everyone."
NASTY = [
    *("<b>", "</b>", "<a href='x'>", "</a>", "<", ">", "&", "&amp;", "&lt;b&gt;", "&#0;", "&nbsp;", "<!--"),
    *('"', "'", "\x00", "\x00\x00", "\x1b[31m", "\r\n", "\n", "\n\n", "\t", "\u2028", "\u00a0", "\u200b"),
    *("🏊", "👨‍👩‍👧‍👦", "𝓹𝓲𝓼", "\U0010ffff", "\ud800", "\udc00", "\ud83c\udfca", "\u202e", "\u202c"),
    *("\ufeff", "e\u0301" * 40, "•", " : ", ": ", "{0}", "%s", "a" * 900, "é" * 700, "🏊" * 450, "mot " * 200),
    *("<" * 500, "&amp;" * 180, "\ud800" * 300, "\u202e" * 300, "مسبح", "プール", "M. ", "https://example.org/?a=1&b=2"),
]  # fmt: skip
HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.lists(st.sampled_from(NASTY), min_size=1, max_size=6).map("".join),
    st.sampled_from(NASTY),
).map(lambda text: f"w{text}"[:1000])  # a Line of the base is never empty, and at most 1,000 characters long
ONE_LINE = HOSTILE.map(lambda text: re.sub(r"\s", " ", text)[:60])
URL = st.none() | st.text(st.sampled_from("abc/?&=\"'<>#%é🏊\x00\ud800;"), max_size=40).map(
    lambda path: f"https://example.org/{path}"
)
SOURCES = st.integers(0, 2)

_NOTHING = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def bare(text: str) -> str:
    """A text without white space, and without what no message can carry."""
    return _NOTHING.sub("", text)


@st.composite
def statements(draw: st.DrawFn, owner: str) -> list[Statement]:
    maybe = st.none() | HOSTILE
    lines = [draw(HOSTILE) for _ in range(3)]
    urls = [draw(URL) for _ in range(3)]
    found = []
    for n in range(draw(st.integers(1, 6))):
        source = draw(SOURCES)
        found.append(
            Statement(
                id=f"{owner}/t",
                text=f"[{owner}.{n}] {draw(HOSTILE)}",
                source=f"s{source}",
                source_line=f"Source {source} {lines[source]}",
                url=urls[source],
                quote=draw(maybe),
                note=draw(maybe),
            )
        )
    return found


@st.composite
def replies(draw: st.DrawFn, names: st.SearchStrategy[str] = HOSTILE, most: int = 7) -> Reply:
    """A comparison of a few people, in which some are silent and some say a lot."""
    parts: list[Line | Statement] = []
    for n in range(draw(st.integers(0, most))):
        parts.append(Line(f"({n}) {draw(names)}", heading=True))
        parts += draw(statements(f"p{n}")) if draw(st.booleans()) else []
    parts += [Line(draw(HOSTILE), url=draw(URL)) for _ in range(draw(st.integers(0, 3)))]
    if not parts:
        parts = [Line("nothing")]
    return Reply(
        Comparison((), ("t",)), draw(st.sampled_from(["fr", "en"])), draw(names | st.just("")), tuple(parts)
    )


def sound(texts: list[str]) -> list[str]:
    """What is read of each message; fails unless Telegram would take it."""
    read = [parse(text)[0] for text in texts]
    assert all(text.strip() for text in read)
    assert all(units(text) <= LIMIT for text in read)
    return read


def written(reply: Reply) -> str:
    """All words of a reply in plain text, without addresses, which are behind the sources in Telegram."""
    parts = tuple(replace(part, url=None) for part in reply.parts)
    return plain(replace(reply, parts=parts), choices=False)


def whole(reply: Reply) -> list[str]:
    texts = messages(paragraphs(reply))
    # A further message opens with what was understood once more, so that there may be more than was written.
    said = iter(bare("".join(sound(texts))))
    assert all(letter in said for letter in bare(written(reply)))
    return texts


@given(replies())
def test_any_reply_is_html_that_telegram_takes_and_says_all_of_it_in_order(reply: Reply) -> None:
    whole(reply)


@given(replies())
def test_each_claim_is_followed_by_its_own_source_with_its_own_address(reply: Reply) -> None:
    links = [
        (bare(covered(text, entity)), entity["url"])
        for text, entities in map(parse, messages(paragraphs(reply)))
        for entity in entities
        if entity["type"] == "text_link"
    ]
    expected: list[tuple[str, str]] = []
    for part, following in zip(reply.parts, [*reply.parts[1:], None], strict=True):
        text = part.source_line if isinstance(part, Statement) else part.text
        again = (
            isinstance(part, Statement)
            and isinstance(following, Statement)
            and following.source == part.source
        )
        # A heading leads nowhere, and a source that follows the next claim too stands after that one.
        if part.url and not again and not (isinstance(part, Line) and part.heading):
            expected.append((bare(text), re.sub(r"[\x00\ud800]", "", part.url)))
    cut = {p.html for p in paragraphs(reply) if p.units > LIMIT}
    if not cut:
        # A source stands once more where a message ends between two claims that share it.
        found = iter(links)
        assert all(each in found for each in expected)
        assert set(links) == set(expected)


@given(replies(), st.integers(0, 40))
def test_a_message_ends_only_between_paragraphs(reply: Reply, more: int) -> None:
    found = [*paragraphs(reply), *(paragraph(f"<i>{n}</i> " + "x" * 99 * n) for n in range(more))]
    texts = messages(found)
    sound(texts)
    at, start, closing = 0, 0, ""
    for each in found:
        if each.units + each.around > LIMIT:
            return
        if texts[at].find(each.html, start) < 0:
            assert texts[at][start:] in ("", f"\n{closing}")
            at, start = at + 1, 0
            assert texts[at].startswith((each.html, f"{each.opening}\n{each.html}"))
        start = texts[at].index(each.html, start) + len(each.html)
        closing = each.closing
    assert at == len(texts) - 1
    assert start == len(texts[-1])


@given(st.lists(st.tuples(st.integers(1, LIMIT), st.booleans()), max_size=30))
def test_no_message_could_have_taken_the_next_paragraph_too(sizes: list[tuple[int, bool]]) -> None:
    found = [paragraph("x" * size, tight=tight) for size, tight in sizes]
    texts = messages(found)
    rest = iter(found)
    opening = [list(islice(rest, len(re.findall("x+", text)))) for text in texts]
    assert next(rest, None) is None
    for text, following in zip(texts, opening[1:], strict=False):
        assert len(text) + len(following[0].gap) + following[0].units > LIMIT


def capped(text: str, reply: Reply) -> tuple[dict[str, int], dict[str, int]]:
    """How many statements of each person are in a text, and how many there are."""
    shown: dict[str, int] = {}
    held: dict[str, int] = {}
    for statement in reply.statements:
        owner = statement.id.partition("/")[0]
        mark = statement.text.partition(" ")[0]
        held[owner] = held.get(owner, 0) + 1
        shown[owner] = shown.get(owner, 0) + (f"• {mark}" in text)
    return shown, held


@given(replies(names=ONE_LINE, most=12))
def test_a_shortened_reply_is_one_message_that_names_everyone_and_favours_nobody(reply: Reply) -> None:
    (text,) = sound([shortened(reply, NOTE)])
    for part in reply.parts:
        if isinstance(part, Line) and part.heading:
            assert bare(part.text) in bare(text)
    shown, held = capped(text, reply)
    most = max(shown.values(), default=0)
    assert all(shown[owner] == min(held[owner], most) for owner in held)
    if shown != held:
        assert text.endswith(NOTE)


@given(replies(names=ONE_LINE))
def test_a_shortened_reply_says_nothing_that_the_reply_does_not(reply: Reply) -> None:
    text = parse(shortened(reply, NOTE))[0].removesuffix(NOTE)
    rest = iter(bare(written(reply)))
    assert all(character in rest for character in bare(text))


# --- from a base -----------------------------------------------------------------------------------------

OF_A_BASE = HOSTILE.map(lambda text: re.sub(r"[\ud800-\udfff]", "", text))
OUTCOMES: list[Outcome] = [
    Comparison((), ("security",)),
    Comparison((), ("school", "pool")),
    Position("trehouart", ("cameras",)),
    Position("trehouart", ("school", "pool")),
    CandidateCard(("trehouart",)),
    CandidateCard(tuple(CANDIDATES)),
]


@given(st.data(), st.sampled_from(OUTCOMES), st.sampled_from(["fr", "en"]))
def test_whatever_the_texts_of_a_base_its_answers_can_be_sent(
    data: st.DataObject, outcome: Outcome, language: str
) -> None:
    def text() -> dict[str, str]:
        return {"fr": data.draw(OF_A_BASE), "en": data.draw(OF_A_BASE)}

    claim = {"claim": text(), "quote": text(), "note": text(), "source": "leaflet"}
    hostile = {
        "name": data.draw(OF_A_BASE),
        "description": text(),
        "list": data.draw(OF_A_BASE),
        "backing": [text()],
        "positions": {"cameras": [claim, {**claim, "source": "courier"}], "school": [claim], "pool": [claim]},
    }
    election = invented.election({**CANDIDATES, "trehouart": hostile})
    reply = compose(outcome, Setting(election, language, NOW))
    whole(reply)
