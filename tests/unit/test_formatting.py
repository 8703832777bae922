"""What Telegram shows of a reply: the same words in the same order, each claim above its source, everyone alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.channels.telegram.formatting import (
    LIMIT,
    Form,
    escaped,
    link,
    messages,
    paragraph,
    paragraphs,
    shortened,
    units,
)
from bot.dialogue.composing import Setting, compose
from bot.dialogue.outcomes import (
    CandidateCard,
    Clarification,
    Comparison,
    Decline,
    FactAnswer,
    Help,
    NoPosition,
    Outcome,
    Position,
    Unknown,
)
from bot.dialogue.reply import Line, Reply, Statement, plain
from tests import invented
from tests.conftest import Ask
from tests.stand_in.markup import parse

ELECTION = invented.election()
NOTE = "Shortened for everyone."
EVERY_OUTCOME: list[Outcome] = [
    Position("brancaleoni", ("cameras",)),
    Position("brancaleoni", ("debt",)),
    Position("oztekin", ("school", "pool")),
    Comparison((), ("security",)),
    Comparison(("brancaleoni", "trehouart"), ("cameras", "pool")),
    CandidateCard(("brancaleoni",)),
    CandidateCard(("brancaleoni", "argensolle")),
    FactAnswer("town-debt"),
    NoPosition(("argensolle",), ("pool",)),
    NoPosition((), fact="lighthouse-age"),
    Clarification(("pool", "trees", "voting-day")),
    Decline("advice"),
    Help("greeting"),
    Unknown("elsewhere", "Grand-Vezin"),
]


def composed(outcome: Outcome, language: str = "fr") -> Reply:
    return compose(outcome, Setting(ELECTION, language, invented.NOW))


def without_links(reply: Reply) -> Reply:
    """The same reply; in Telegram an address is behind the source, in plain text it is a line of its own."""
    return replace(reply, parts=tuple(replace(part, url=None) for part in reply.parts))


def read(texts: list[str]) -> str:
    """What a voter reads of some messages."""
    return "\n\n".join(parse(text)[0] for text in texts)


def said(names: int, each: int, length: int = 300, sources: int = 1) -> Reply:
    """A comparison of people with some statements each; every third one has none."""
    parts: list[Line | Statement] = []
    for n in range(names):
        if n % 3 == 2:
            parts.append(Line(f"Person {n} : nothing", heading=True))
            continue
        parts.append(Line(f"Person {n} (Party)", heading=True))
        parts += [
            Statement(f"p{n}/t", f"[{n}.{k}] ".ljust(length, "x"), f"s{k % sources}", f"Source {k % sources}")
            for k in range(each)
        ]
    return Reply(Comparison((), ("t",)), "fr", "everyone · T", (*parts, Line("Checked today.")))


def shown_of(text: str, reply: Reply) -> dict[str, int]:
    """How many statements of each person stand in a text."""
    count: dict[str, int] = {}
    for statement in reply.statements:
        person = statement.id.partition("/")[0]
        count[person] = count.get(person, 0) + (statement.text[:7].split("]")[0] + "]" in text)
    return count


# --- marks and lengths -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        "a < b > c",
        "AT&T",
        "&amp;",
        "&lt;",
        "&#60;",
        '"quoted"',
        "l'école",
        "<",
        "&",
        "</b>",
        "<!--",
    ],
)
def test_signs_of_html_are_shown_as_they_are(text: str) -> None:
    assert parse(escaped(text)) == (text, [])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a b"),
        ("a\ud800b", "a b"),
        ("a\u2028b", "a b"),
        ("a\x1b[0mb", "a [0mb"),
        ("a\x7fb", "a b"),
        ("a\r\nb", "a \nb"),
        ("a\nb", "a\nb"),
        ("a\tb", "a\tb"),
        ("🏊\U0010fffd", "🏊\U0010fffd"),
        ("\u202eabc", "\u202eabc"),
    ],
)
def test_what_telegram_cannot_carry_becomes_a_space(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.parametrize(
    ("marked", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("🏊", 2),
        ("👨‍👩‍👧", 8),
        ("<b>a</b>", 1),
        ("&lt;b&gt;", 3),
        ("&amp;lt;", 4),
        ('<a href="https://example.org/?a=1&amp;b=&gt;">x</a>', 1),
        ("a\nb", 3),
    ],
)
def test_a_length_is_counted_as_telegram_counts_it(marked: str, length: int) -> None:
    assert units(marked) == length


def test_an_address_cannot_end_its_own_quotation_marks() -> None:
    url = "https://example.org/\"onclick='x'>&<b>"
    (text, (entity,)) = parse(link("Source", url))
    assert (text, entity["type"], entity["url"]) == ("Source", "text_link", url)


def test_a_text_without_an_address_is_only_text() -> None:
    assert link("A & B", None) == "A &amp; B"


# --- one reply -------------------------------------------------------------------------------------------


def test_a_position_is_a_title_a_claim_a_quote_and_a_linked_source() -> None:
    (text,) = messages(paragraphs(composed(Position("brancaleoni", ("cameras",)))))
    assert text == (
        "<b>Ottavio Brancaleoni · Vidéosurveillance</b>\n\n"
        "• Il veut passer de 10 à 64 caméras.\n"
        "<blockquote expandable>« soixante-quatre caméras »</blockquote>\n"
        '<a href="https://example.org/gazette">'
        "Source : La Gazette des Flots, « Ce qu'ils veulent », 1er avril 2031</a>\n\n"
        "Le vote a lieu le 11 mai 2031."
    )


def test_a_source_without_an_address_is_shown_all_the_same() -> None:
    (text,) = messages(paragraphs(composed(Position("oztekin", ("night-watch",)))))
    assert "\nSource : Le Varech, « Tract », sans date\n" in text
    assert "<a" not in text


def test_a_note_stands_below_its_claim_before_the_source() -> None:
    (text,) = messages(paragraphs(composed(Position("oztekin", ("night-watch",)))))
    claim, note, source = (text.index(part) for part in ("8 veilleurs", "<i>(Le tract", "Source :"))
    assert claim < note < source


def test_the_backing_of_the_one_it_is_about_stands_below_the_title() -> None:
    first, *_ = paragraphs(composed(Position("oztekin", ("school",))), "Parti <des> Phares")
    assert first.html == "<b>Élif Öztekin · Écoles</b>\n<i>Parti &lt;des&gt; Phares</i>"


def test_without_a_title_there_is_no_backing_and_no_empty_line() -> None:
    reply = composed(Decline("advice"))
    assert reply.understood == ""
    assert [p.html for p in paragraphs(reply, "Parti")] == [escaped(reply.parts[0].text)]


def test_of_a_heading_with_a_remark_only_the_name_stands_out() -> None:
    (text,) = messages(paragraphs(composed(Comparison(("argensolle", "trehouart"), ("pool",)))))
    assert "<b>Hippolyte d'Argensolle</b> : pas de déclaration sourcée dans notre base" in text
    assert "<b>Maud Tréhouart-Kerbiriou</b>\n• Elle" in text


def test_each_claim_stands_in_one_paragraph_with_the_name_above_it() -> None:
    """A message may begin with any paragraph: a claim must not be parted from its owner's name."""
    for part in paragraphs(composed(Comparison((), ("trees",)))):
        if "planter" in part.html:
            assert part.html.startswith("<b>")
            assert "Vauquelain" in part.html
            assert "Source" in part.html


def test_claims_in_a_row_from_one_source_are_followed_by_it_once() -> None:
    (text,) = messages(paragraphs(said(1, 3, length=20)))
    assert read([text]).count("Source 0") == 1
    assert read([text]).index("[0.2]") < read([text]).index("Source 0")


def test_claims_from_several_sources_are_each_followed_by_their_own() -> None:
    text = read(messages(paragraphs(said(1, 2, length=20, sources=2))))
    assert [text.index(x) for x in ("[0.0]", "Source 0", "[0.1]", "Source 1")] == sorted(
        text.index(x) for x in ("[0.0]", "Source 0", "[0.1]", "Source 1")
    )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("outcome", EVERY_OUTCOME, ids=lambda o: type(o).__name__)
def test_telegram_and_plain_text_say_the_same_words(outcome: Outcome, language: str) -> None:
    reply = composed(outcome, language)
    assert read(messages(paragraphs(reply))).split() == plain(without_links(reply), choices=False).split()


@pytest.mark.parametrize(
    "question",
    ["Compare les candidats sur la sécurité", "messatfa", "cameras", "who are the candidates?", "logement"],
)
def test_telegram_and_plain_text_say_the_same_words_about_the_bundled_election(
    question: str, ask: Ask
) -> None:
    reply = ask(question)
    texts = messages(paragraphs(reply))
    assert all(1 <= len(parse(text)[0].encode("utf-16-le")) // 2 <= LIMIT for text in texts)
    assert read(texts).split() == plain(without_links(reply), choices=False).split()


# --- several messages ------------------------------------------------------------------------------------


def test_paragraphs_fill_a_message_to_the_last_unit_and_not_beyond() -> None:
    for gap, tight in ((2, False), (1, True)):
        for over in (0, 1):
            first, second = paragraph("a" * 4_000), paragraph("b" * (96 - gap + over), tight=tight)
            assert len(messages([first, second])) == 1 + over


def test_emoji_count_twice_when_a_message_is_filled() -> None:
    assert len(messages([paragraph("🏊" * 2_000), paragraph("a" * 94)])) == 1
    assert len(messages([paragraph("🏊" * 2_000), paragraph("a" * 95)])) == 2


def test_marks_do_not_count_when_a_message_is_filled() -> None:
    assert len(messages([paragraph(f"<b>{'&amp;' * 4_000}</b>"), paragraph("<i>b</i>" * 94)])) == 1


def test_a_paragraph_that_fits_is_never_cut() -> None:
    parts = [paragraph(f"<b>{n}</b> " + "x" * (900 + n)) for n in range(20)]
    texts = messages(parts)
    assert len(texts) == 5
    assert "\n\n".join(texts) == "\n\n".join(p.html for p in parts)


def test_no_paragraphs_are_no_messages() -> None:
    assert messages([]) == []


def test_a_paragraph_longer_than_a_message_is_cut_between_words() -> None:
    words = " ".join(f"mot{n}" for n in range(1_500))
    texts = messages([paragraph("<b>before</b>"), paragraph(f"<b>{words}</b>"), paragraph("after")])
    assert read(texts).split() == ["before", *words.split(), "after"]
    assert all(units(text) <= LIMIT for text in texts)


def test_a_word_longer_than_a_message_is_cut_but_not_lost() -> None:
    for word in ("x" * 10_000, "🏊" * 5_000, "<&>" * 3_000):
        texts = messages([paragraph(escaped(word))])
        assert "".join(read(texts).split()) == word
        assert all(units(text) <= LIMIT for text in texts)


def test_a_long_comparison_is_split_between_statements_and_loses_nothing() -> None:
    reply = said(12, 4, sources=2)
    texts = messages(paragraphs(reply))
    assert len(texts) > 2
    words = iter(read(texts).split())
    assert all(word in words for word in plain(reply, choices=False).split())


def test_each_further_message_opens_with_what_was_understood_and_with_whoever_is_speaking() -> None:
    for text in messages(paragraphs(said(2, 10, length=600)))[1:]:
        assert read([text]).splitlines()[0].startswith("everyone")
        assert "Person" in read([text]).split("•")[0]


def test_a_message_never_ends_with_a_claim_whose_source_is_in_the_next() -> None:
    texts = messages(paragraphs(said(2, 10, length=600)))
    assert len(texts) > 2
    assert all(read([text]).rstrip().splitlines()[-1].startswith(("Source", "Checked")) for text in texts)


def test_a_message_never_begins_with_a_claim_whose_owner_was_named_in_the_one_before() -> None:
    texts = messages(paragraphs(said(2, 10, length=600)))
    assert len(texts) > 2
    assert all("Person" in read([text]).split("•")[0] for text in texts)


# --- one message -----------------------------------------------------------------------------------------


def test_a_short_reply_is_whole_and_does_not_say_that_it_was_shortened() -> None:
    reply = said(3, 1, length=50)
    assert shortened(reply, NOTE) == messages(paragraphs(reply))[0]


def test_a_short_reply_keeps_what_a_voter_should_know_of_a_statement() -> None:
    text = shortened(composed(Position("oztekin", ("night-watch",))), NOTE)
    assert "Le tract n'est pas daté." in text or NOTE in text


@pytest.mark.parametrize(("each", "left"), [(3, 2), (9, 2), (9, 1)])
def test_a_long_reply_is_shortened_alike_for_everyone(each: int, left: int) -> None:
    reply = said(6, each, length=300 if left == 2 else 700)
    text = shortened(reply, NOTE)
    assert set(shown_of(text, reply).values()) == {left}
    assert read([text]).endswith(NOTE)
    assert units(text) <= LIMIT


def test_whoever_said_less_than_others_keeps_all_of_it() -> None:
    reply = said(6, 6)
    keep = [
        p for p in reply.parts if not (isinstance(p, Statement) and p.id == "p0/t" and "[0.0]" not in p.text)
    ]
    shorter = replace(reply, parts=tuple(keep))
    text = shortened(shorter, NOTE)
    assert shown_of(text, shorter) == {"p0": 1, "p1": 2, "p3": 2, "p4": 2}


def test_a_shortened_claim_is_still_followed_by_its_source() -> None:
    text = read([shortened(said(6, 5), NOTE)])
    for block in text.split("Person")[1:]:
        assert ("[" in block) == ("Source 0" in block)
        assert block.rfind("[") < max(block.find("Source 0"), 0) or "[" not in block


def test_when_not_even_one_statement_each_fits_nobody_has_any_and_everyone_is_named() -> None:
    reply = said(24, 2)
    text = shortened(reply, NOTE)
    assert set(shown_of(text, reply).values()) == {0}
    assert all(f"Person {n} " in read([text]) for n in range(24))
    assert read([text]).endswith(NOTE)


def test_a_name_on_two_lines_does_not_leave_a_tag_open() -> None:
    reply = said(24, 2)
    parts = tuple(replace(p, text=p.text.replace("Person", "Per\nson")) for p in reply.parts)
    parse(shortened(replace(reply, parts=parts), NOTE))


def test_quotes_and_notes_go_before_statements_do() -> None:
    reply = said(6, 1, length=200)
    wordy = tuple(
        replace(p, quote="q" * 900, note="n" * 900) if isinstance(p, Statement) else p for p in reply.parts
    )
    text = shortened(replace(reply, parts=wordy), NOTE)
    assert set(shown_of(text, reply).values()) == {1}
    assert "qqq" not in text
    assert "nnn" not in text


def test_a_form_shows_at_most_so_many_statements_under_each_heading() -> None:
    reply = said(4, 5, sources=2)
    for most in (1, 2, 3):
        text = read([p.html for p in paragraphs(reply, form=Form(statements=most))])
        assert set(shown_of(text, reply).values()) == {most}
        assert text.count("Source") >= len(shown_of(text, reply))


def test_a_fact_with_many_statements_is_shortened_too() -> None:
    parts = tuple(Statement("fact", f"[0.{k}] " + "x" * 600, "s", "Source 0") for k in range(9))
    text = shortened(Reply(FactAnswer("fact"), "fr", "A fact", parts), NOTE)
    assert text.count("• ") == 2
    assert read([text]).endswith(f"Source 0\n\n{NOTE}")
