"""The site shows the whole base, the same for everyone, and leads nowhere it should not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.composing import Setting, compose
from bot.dialogue.outcomes import NAMES, Comparison, FactAnswer
from bot.dialogue.reply import Line
from bot.dialogue.wording import wording
from bot.evaluation.bank import Question
from bot.knowledge.loading import Loaded
from bot.knowledge.model import Base, Claim, Election
from bot.publishing import site as making
from bot.publishing.pages import REFUSALS, RULES
from bot.publishing.scores import Row, Score, scores
from bot.publishing.site import MARKER, STYLE, TEMPLATES, NotOurs, site, written
from bot.publishing.views import web_address
from tests import invented
from tests.conftest import BUNDLED, BUNDLED_NOW, VILLEBOIS, VILLEBOIS_NOW
from tests.pages import Element, addresses, external, leading_nowhere, read

TOWN = invented.TOWN
Pages = dict[str, Element]


def made(base: Base, now: datetime = invented.NOW, **scored: tuple[Score, ...]) -> dict[str, bytes]:
    return dict(site(base, scored, lambda _: now))


def pages_of(files: Mapping[str, bytes]) -> Pages:
    return {path: read(content.decode()) for path, content in files.items() if path.endswith(".html")}


def one_page(base: Base, path: str, now: datetime = invented.NOW) -> Element:
    return read(made(base, now)[path].decode())


def corrected(claim: str, day: str, source: str = "gazette") -> dict[str, Any]:
    """A claim that said something else until a day."""
    texts = {"fr": f"Ancien : {claim}", "en": f"Formerly: {claim}"}
    return {
        "claim": {"fr": claim, "en": claim},
        "source": source,
        "corrected": {"date": day, "was": texts, "why": {"fr": "Mal lu.", "en": "Misread."}},
    }


@pytest.fixture(scope="module")
def small_pages() -> Pages:
    return pages_of(made(invented.base()))


@pytest.fixture(scope="module")
def everything(bundled: Loaded, villebois: Loaded) -> Base:
    """The bundled election and the invented one in files, in one base."""
    return Base({**bundled.base.elections, **villebois.base.elections}, "together")


@pytest.fixture(scope="module")
def all_files(everything: Base) -> dict[str, bytes]:
    row = Row("position", 3, (2, 0, 1, 0, 0))
    score = (Score("fr", (row,), Row("", 3, (2, 0, 1, 0, 0))),)
    return dict(
        site(everything, {BUNDLED: score}, lambda e: BUNDLED_NOW if e.id == BUNDLED else VILLEBOIS_NOW)
    )


@pytest.fixture(scope="module")
def all_pages(all_files: dict[str, bytes]) -> Pages:
    return pages_of(all_files)


def each_language(base: Base) -> Iterable[tuple[Election, str]]:
    return [(election, code) for election in base.elections.values() for code in election.languages]


# --- what is there ---------------------------------------------------------------------------------------


def test_there_is_a_page_for_everything_in_every_language(everything: Base, all_pages: Pages) -> None:
    for election, code in each_language(everything):
        top = f"{election.id}/{code}"
        wanted = {f"{top}/{page}.html" for page in ("index", "sources", "corrections", "how", "scores")}
        wanted |= {f"{top}/candidates/{c}.html" for c in election.candidates}
        wanted |= {f"{top}/topics/{t}.html" for t in election.all("topics")}
        wanted |= {f"{top}/facts/{f}.html" for f in election.all("facts")}
        assert {path for path in all_pages if path.startswith(f"{top}/")} == wanted


def test_several_elections_are_listed_each_in_its_folder(everything: Base, all_pages: Pages) -> None:
    listed = [address for tag, address in addresses(all_pages["index.html"]) if tag == "a"]
    assert listed == [
        f"{e.id}/{code}/index.html" for e, code in sorted(each_language(everything), key=lambda p: p[0].id)
    ]
    start = all_pages[f"{BUNDLED}/fr/index.html"]
    assert "../../index.html" in [address for _, address in addresses(start)]


def test_with_one_election_no_page_speaks_of_others(small_pages: Pages) -> None:
    start = small_pages[f"{TOWN}/en/index.html"]
    assert "../../index.html" not in [address for _, address in addresses(start)]


def claims_of(election: Election) -> list[tuple[str, str, Claim]]:
    return [
        (c.id, t, claim)
        for c in election.candidates.values()
        for t in c.positions
        for claim in c.positions[t]
    ]


def test_every_position_stands_on_its_candidates_page_with_all_that_belongs_to_it(
    everything: Base, all_pages: Pages
) -> None:
    for election, code in each_language(everything):
        for candidate, topic, claim in claims_of(election):
            section = all_pages[f"{election.id}/{code}/candidates/{candidate}.html"].one(id=f"topic-{topic}")
            item = next(i for i in section.all("li") if i.one("p", class_="claim").exact == claim.claim[code])
            source = election.source(claim.source)
            assert source.publisher in item.one("p", class_="source").text
            assert wording(code).partial_date(source.published) in item.one("p", class_="source").text
            assert external(item) == ([source.url] if source.url else [])
            if claim.quote:
                assert next(iter(claim.quote.values())) in item.one("blockquote").exact
            if claim.note:
                assert item.one("p", class_="note").exact == claim.note[code]


def test_who_a_candidate_is_stands_on_their_page(everything: Base, all_pages: Pages) -> None:
    for election, code in each_language(everything):
        for candidate in election.candidates.values():
            page = all_pages[f"{election.id}/{code}/candidates/{candidate.id}.html"]
            assert page.one("h1").exact == candidate.name
            told = page.one("main").exact
            assert (candidate.description or {}).get(code, "") in told
            assert (candidate.list_name or "") in told
            assert all(party[code] in told for party in candidate.backing)
            assert all(election.source(source).publisher in told for source in candidate.sources)


def test_a_subject_without_a_statement_is_named_on_the_candidates_page(small_pages: Pages) -> None:
    page = small_pages[f"{TOWN}/en/candidates/vauquelain-hugues.html"]
    silent = page.one("section", class_="silent")
    assert [a.exact for a in silent.all("a")] == [
        "Debt", "Harbour", "Night watch", "School meals", "Schools", "Security", "Swimming pool",
        "Video surveillance", "Windmills",
    ]  # fmt: skip
    assert "30 April 2031" in silent.text


def test_every_fact_has_its_claims_and_one_without_an_answer_says_so(
    everything: Base, all_pages: Pages
) -> None:
    for election, code in each_language(everything):
        for fact in election.all("facts").values():
            page = all_pages[f"{election.id}/{code}/facts/{fact.id}.html"]
            assert page.one("h1").exact == fact.name[code]
            assert [p.exact for p in page.all("p", class_="claim")] == [
                claim.claim[code] for claim in fact.answer
            ]
            sentence = wording(code)("no_fact", date=wording(code).date(election.description.checked))
            assert (page.one("main").text.count(sentence) == 1) == (not fact.answer)


def test_every_source_says_what_rests_on_it(everything: Base, all_pages: Pages) -> None:
    for election, code in each_language(everything):
        page = all_pages[f"{election.id}/{code}/sources.html"]
        for candidate, topic, claim in claims_of(election):
            entry = page.one(id=f"source-{claim.source}")
            assert f"candidates/{candidate}.html#topic-{topic}" in [
                address for _, address in addresses(entry)
            ]
        for fact in election.all("facts").values():
            for claim in fact.answer:
                entry = page.one(id=f"source-{claim.source}")
                assert f"facts/{fact.id}.html" in [address for _, address in addresses(entry)]


# --- the same for everyone -------------------------------------------------------------------------------


def test_every_comparison_names_every_candidate_by_surname_and_says_so(
    everything: Base, all_pages: Pages
) -> None:
    for election, code in each_language(everything):
        say = wording(code)
        orders = set()
        for topic in election.all("topics"):
            page = all_pages[f"{election.id}/{code}/topics/{topic}.html"]
            stands = page.all("section", class_="stand")
            assert sorted(s.one("h2").all("a")[0].exact for s in stands) == sorted(
                c.name for c in election.candidates.values()
            )
            orders.add(tuple(s.attributes["id"] for s in stands))
            assert say("site.order.alphabetical") in page.text
            assert say("checked", date=say.date(election.description.checked)) in page.text
        assert len(orders) == 1


def test_surnames_follow_each_other_as_in_a_directory(small_pages: Pages) -> None:
    stands = small_pages[f"{TOWN}/fr/topics/trees.html"].all("section", class_="stand")
    assert [s.attributes["id"].removeprefix("candidate-") for s in stands] == [
        "brancaleoni", "argensolle", "oztekin", "trehouart", "vauquelain-hugues", "vauquelain-zelie",
    ]  # fmt: skip


def test_an_official_order_is_kept_and_said() -> None:
    ballot = ["trehouart", "oztekin", "vauquelain-zelie", "argensolle", "brancaleoni", "vauquelain-hugues"]
    base = invented.base(invented.election(order="ballot", ballot=ballot))
    page = one_page(base, f"{TOWN}/en/topics/pool.html")
    found = [s.attributes["id"].removeprefix("candidate-") for s in page.all("section", class_="stand")]
    assert found == ballot
    assert wording("en")("site.order.ballot") in page.text


def test_nobodys_words_stand_under_another_name(everything: Base, all_pages: Pages) -> None:
    for election, code in each_language(everything):
        for topic in election.all("topics"):
            page = all_pages[f"{election.id}/{code}/topics/{topic}.html"]
            for candidate in election.candidates:
                stand = page.one("section", id=f"candidate-{candidate}")
                own = sorted(claim.claim[code] for _, claim in election.claims(candidate, topic))
                assert sorted(p.exact for p in stand.all("p", class_="claim")) == own
                nothing = [p.exact for p in stand.all("p", class_="nothing")]
                assert nothing == ([] if own else [wording(code)("nothing_on_record")])


def test_candidates_who_say_the_same_have_the_same_page() -> None:
    said = dict(invented.CANDIDATES["oztekin"])
    base = invented.base(
        invented.election({"one": {**said, "name": "Ada Un"}, "two": {**said, "name": "Bo Deux"}})
    )
    pages = pages_of(made(base))
    one, two = (pages[f"{TOWN}/fr/candidates/{c}.html"].one("main") for c in ("one", "two"))
    assert one.skeleton == two.skeleton
    assert one.exact.replace("Ada Un", "Bo Deux") == two.exact


# --- dates and corrections -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day", ["2026-01-10", "2026-03-14", "2026-03-15", "2026-03-16", "2026-03-23", "2026-11-23"]
)
def test_a_fact_is_told_from_the_day_the_bot_tells_it(bundled: Loaded, day: str) -> None:
    now = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    election = bundled.base.elections[BUNDLED]
    files = made(bundled.base, now)
    whole = b"".join(content for path, content in files.items() if path.endswith(".html")).decode()
    for fact in election.all("facts").values():
        told = [s.text for s in compose(FactAnswer(fact.id), Setting(election, "fr", now)).statements]
        path = f"{BUNDLED}/fr/facts/{fact.id}.html"
        shown = (
            [p.exact for p in read(files[path].decode()).all("p", class_="claim")] if path in files else []
        )
        assert shown == told
        assert (path in files) == bool(told or not fact.answer)
        if path not in files:
            assert f"facts/{fact.id}.html" not in whole


def test_before_the_vote_nothing_tells_its_result(bundled: Loaded) -> None:
    files = made(bundled.base, datetime(2026, 3, 10, 12, tzinfo=UTC))
    result = bundled.base.elections[BUNDLED].fact("election-result")
    assert not any(result.name["en"].encode() in content for content in files.values())
    assert not any(b"12,918" in content for content in files.values())


@pytest.mark.parametrize(
    "now",
    ["2031-05-02T12:00", "2031-05-10T12:00", "2031-05-11T12:00", "2031-05-14T12:00", "2031-06-01T12:00"],
)
def test_every_page_says_where_the_election_stands_as_the_bot_does(now: str) -> None:
    at = invented.at(now)
    election = invented.election()
    reply = compose(Comparison((), ("pool",)), Setting(election, "fr", at))
    said = {line.text for line in reply.parts if isinstance(line, Line)}
    page = one_page(invented.base(election), f"{TOWN}/fr/topics/pool.html", at)
    assert page.one("p", class_="phase").exact in said


def corrected_base() -> Base:
    candidates = {
        **invented.CANDIDATES,
        "oztekin": {"name": "Élif Öztekin", "positions": {"pool": [corrected("Un.", "2031-04-05")]}},
        "trehouart": {
            "name": "Maud Tréhouart",
            "positions": {"pool": [corrected("Deux.", "2031-04-20", "courier")]},
        },
    }
    facts = {
        **invented.FACTS,
        "town-debt": {**invented.FACTS["town-debt"], "answer": [corrected("Trois.", "2031-04-12")]},
    }
    return invented.base(invented.election(candidates, facts=facts))


def test_corrections_are_listed_latest_first_with_what_stood_there() -> None:
    page = one_page(corrected_base(), f"{TOWN}/en/corrections.html")
    assert [e.exact for e in page.all("del")] == ["Formerly: Deux.", "Formerly: Trois.", "Formerly: Un."]
    assert [e.exact for e in page.all("ins")] == ["Deux.", "Trois.", "Un."]
    assert "20 April 2031" in page.all("p", class_="notice")[0].text
    assert "Misread." in page.all("p", class_="notice")[0].text
    assert (
        page.one("ol", class_="corrections").all("a")[0].attributes["href"]
        == "candidates/trehouart.html#topic-pool"
    )


def test_without_a_correction_that_is_said(small_pages: Pages) -> None:
    page = small_pages[f"{TOWN}/en/corrections.html"]
    assert wording("en")("site.correction.none", date="30 April 2031") in page.text


@pytest.mark.parametrize(
    ("day", "shown"),
    [("2031-04-04", 0), ("2031-04-05", 1), ("2031-05-05", 1), ("2031-05-06", 0), ("2032-01-01", 0)],
)
def test_a_notice_stands_with_a_corrected_claim_for_thirty_days(day: str, shown: int) -> None:
    base = corrected_base()
    at = invented.at(f"{day}T12:00")
    for path in ("candidates/oztekin.html", "topics/pool.html"):
        page = one_page(base, f"{TOWN}/fr/{path}", at)
        notices = [n for n in page.all("p", class_="notice") if "Ancien : Un." in n.text]
        assert len(notices) == shown


# --- links and languages ---------------------------------------------------------------------------------


def test_every_link_leads_somewhere(all_files: dict[str, bytes], all_pages: Pages) -> None:
    assert leading_nowhere(all_pages, set(all_files)) == []
    assert sum(len(addresses(page)) for page in all_pages.values()) > 5_000


def test_every_address_elsewhere_is_a_source_of_the_base(everything: Base, all_pages: Pages) -> None:
    known = {s.url for e in everything.elections.values() for s in e.all("sources").values()}
    found = {address for page in all_pages.values() for address in external(page)}
    assert found <= known
    assert len(found) > 15
    assert all(
        a.has("rel", "external noopener noreferrer")
        for p in all_pages.values()
        for a in p.all("a", class_="away")
    )


def test_nothing_is_fetched_from_elsewhere_and_nothing_runs(
    all_files: dict[str, bytes], all_pages: Pages
) -> None:
    for page in all_pages.values():
        assert {tag for tag, _ in addresses(page)} <= {"a", "link"}
        assert [a for tag, a in addresses(page) if tag == "link" and a.startswith(("http", "//"))] == []
        assert not any(name.startswith("on") or name == "style" for e in page.walk() for name in e.attributes)
        assert page.all("script") == page.all("iframe") == page.all("form") == []
    style = all_files[STYLE].decode()
    assert "url(" not in style
    assert "@import" not in style


def test_a_broken_link_is_seen() -> None:
    pages = {
        "a/x.html": read('<a href="../b.html#here">b</a><a href="y.html">y</a>'),
        "b.html": read("<p id=h>b</p>"),
    }
    assert leading_nowhere(pages, set()) == ["a/x.html: ../b.html#here", "a/x.html: y.html"]


def test_no_two_pages_have_the_same_title(all_pages: Pages) -> None:
    titles = [page.one("title").exact for page in all_pages.values()]
    assert sorted(set(titles)) == sorted(titles)


def test_two_candidates_of_one_name_have_titles_of_their_own() -> None:
    candidates = {"one": {"name": "Jo Lin"}, "two": {"name": "Jo Lin"}}
    name = {"fr": "Vote", "en": "Vote"}
    pages = pages_of(made(invented.base(invented.election(candidates, name=name))))
    titles = [page.one("title").exact for page in pages.values()]
    assert sorted(set(titles)) == sorted(titles)


def test_every_page_leads_to_itself_in_every_language(everything: Base, all_pages: Pages) -> None:
    for path, page in all_pages.items():
        if path == "index.html":
            continue
        election = everything.elections[path.partition("/")[0]]
        up = "../" * (path.count("/") - 1)
        rest = path.split("/", 2)[2]
        wanted = {code: f"{up}{code}/{rest}" for code in election.languages}
        alternates = {
            e.attributes["hreflang"]: e.attributes["href"] for e in page.all("link", rel="alternate")
        }
        switch = {
            a.attributes["hreflang"]: a.attributes["href"]
            for a in page.one("nav", class_="languages").all("a")
        }
        own = path.split("/")[1]
        wanted[own] = path.rpartition("/")[2]
        assert alternates == wanted
        assert switch == wanted
        assert page.one("html").attributes["lang"] == own


def test_a_quote_in_another_language_says_which() -> None:
    base = invented.base()
    french = one_page(base, f"{TOWN}/fr/candidates/trehouart.html").one("blockquote")
    assert french.one("span").attributes["lang"] == "en"
    assert "(en anglais dans notre source)" in french.text
    english = one_page(base, f"{TOWN}/en/candidates/trehouart.html").one("blockquote")
    assert "lang" not in english.one("span").attributes


def test_a_text_that_is_not_translated_says_its_language() -> None:
    candidates = {"solo": {"name": "So Lo", "description": {"fr": "Boulangère."}}}
    page = one_page(invented.base(invented.election(candidates)), f"{TOWN}/en/candidates/solo.html")
    assert page.one("p", class_="lead").one("span").attributes == {"lang": "fr"}


def test_every_page_can_be_walked_by_ear(all_pages: Pages) -> None:
    for path, page in all_pages.items():
        assert len(page.all("main")) == len(page.all("h1")) == 1, path
        ids = [e.attributes["id"] for e in page.walk() if "id" in e.attributes]
        assert len(ids) == len(set(ids)), path
        levels = [int(e.tag[1]) for e in page.walk() if e.tag in ("h1", "h2", "h3", "h4")]
        assert all(after - before <= 1 for before, after in pairwise(levels)), path
        if path != "index.html":
            assert page.one("body").all("a")[0].attributes["href"] == "#content"


def test_the_footer_tells_the_version_and_the_day_of_the_last_check(small_pages: Pages) -> None:
    for path, page in small_pages.items():
        if path != "index.html":
            footer = page.one("footer").text
            assert "invented" in footer
            assert wording(path.split("/")[1]).date(invented.CHECKED) in footer


# --- hostile words ---------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE voters; --",
    "{{ 7 * 7 }} {% raw %} {0} {name} %s",
    "&lt;b&gt; &amp; </title></main>",
    "--> ]]> <!-- \u202e \u2028 é \U0001f5f3",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    claim = {
        "claim": {"fr": text, "en": text},
        "quote": {"en": text},
        "note": {"fr": text, "en": text},
        "source": "courier",
        "corrected": {"date": "2031-05-01", "was": {"fr": text, "en": text}, "why": {"fr": text, "en": text}},
    }
    candidates = {"evil": {"name": text, "list": text, "description": {"fr": text}, "backing": [{"fr": text}],
                           "positions": {"pool": [claim]}}}  # fmt: skip
    topics = {**invented.TOPICS, "pool": {"name": {"fr": text, "en": text}}}
    facts = {"trap": {"name": {"fr": text, "en": text}, "topic": "pool", "answer": [claim]}}
    election = invented.election(candidates, topics, facts, name={"fr": text, "en": text})
    election.own.sources["courier"] = election.source("courier").model_copy(  # type: ignore[index]
        update={"publisher": text, "title": text, "authors": [text], "note": {"fr": text, "en": text}}
    )
    plain = invented.election(
        {"evil": {**candidates["evil"], "name": "Plain", "list": "Plain"}}, topics, facts
    )
    pages, tame = (pages_of(made(invented.base(e))) for e in (election, plain))
    known = {e.tag for page in tame.values() for e in page.walk()}
    for page in pages.values():
        assert {e.tag for e in page.walk()} <= known
        assert not any(name.startswith("on") for e in page.walk() for name in e.attributes)
    page = pages[f"{TOWN}/en/candidates/evil.html"]
    assert page.one("h1").exact == text
    assert page.one("p", class_="claim").exact == text
    assert text in page.one("title").exact
    assert leading_nowhere(pages, {STYLE}) == []


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "ftp://example.org/",
        "http://[bad",
        "",
        None,
    ],
)
def test_only_web_addresses_are_linked_to(url: str | None) -> None:
    assert web_address(url) is None
    election = invented.election()
    election.own.sources["gazette"] = election.source("gazette").model_copy(update={"url": url})  # type: ignore[index]
    pages = pages_of(made(invented.base(election)))
    found = {address for page in pages.values() for address in external(page)}
    assert found == {"https://example.org/courier"}


def test_an_address_is_quoted_as_it_is() -> None:
    election = invented.election()
    url = 'https://example.org/?a="1"&b=<2>\''
    election.own.sources["gazette"] = election.source("gazette").model_copy(update={"url": url})  # type: ignore[index]
    page = one_page(invented.base(election), f"{TOWN}/fr/candidates/vauquelain-hugues.html")
    assert set(external(page)) == {url}


# --- scores ----------------------------------------------------------------------------------------------


def test_the_scores_are_shown_with_their_day_and_version(all_pages: Pages) -> None:
    page = all_pages[f"{BUNDLED}/en/scores.html"]
    table = page.one("table")
    assert [cell.exact for cell in table.one("tbody").all("td")] == ["3", "2", "0", "1", "0", "0"]
    assert [cell.exact for cell in table.one("tfoot").all("td")] == ["3", "2", "0", "1", "0", "0"]
    assert [cell.text for cell in table.one("thead").all("th")][1:] == [
        "questions", "right", "asked", "abstained", "wrong", "misattributed",
    ]  # fmt: skip
    assert wording("en")("site.scores.asked", date="23 November 2026", version="together") in page.text


def test_an_election_without_a_bank_says_so(all_pages: Pages) -> None:
    assert wording("fr")("site.scores.none") in all_pages[f"{VILLEBOIS}/fr/scores.html"].text


def test_questions_are_counted_by_language_and_outcome(small: Assistant) -> None:
    def question(identifier: str, lang: str, text: str, outcome: str) -> Question:
        return Question(id=identifier, lang=lang, text=text, outcome=outcome)

    asked = [
        question("1", "en", "what about the swimming pool?", "comparison"),
        question("2", "en", "who will win?", "decline"),
        question("3", "en", "Bertille Ostrogoff on Moldavian pensions", "comparison"),
        question("4", "fr", "piscine", "comparison"),
        question("5", "de", "Schwimmbad", "unknown"),
    ]
    election = small.base.elections[TOWN]
    found = scores(small, election, asked, invented.NOW)
    assert [score.language for score in found] == ["fr", "en", "de"]
    english = found[1]
    assert [(row.outcome, row.questions) for row in english.rows] == [("comparison", 2), ("decline", 1)]
    assert english.whole.questions == 3
    assert english.whole.verdicts == tuple(
        sum(row.verdicts[column] for row in english.rows) for column in range(5)
    )
    assert sum(english.whole.verdicts) == 3
    assert english.rows[0].verdicts[0] == 1


# --- sentences -------------------------------------------------------------------------------------------


def templates() -> dict[str, str]:
    names = {"coverage.html.j2"}  # is no page of the site
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in TEMPLATES.glob("*.j2")
        if path.name not in names
    }


@pytest.mark.parametrize("name", sorted(templates()))
def test_no_template_says_anything_by_itself(name: str) -> None:
    text = re.sub(r"{#.*?#}|{{.*?}}|{%.*?%}|<[^>]*>", " ", templates()[name], flags=re.S)
    assert re.findall(r"[^\W\d_]+", text) == []


@pytest.mark.parametrize("name", sorted(templates()))
def test_no_template_trusts_a_text(name: str) -> None:
    assert not re.search(r"\|\s*safe|autoescape|Markup", templates()[name])


def test_no_sentence_for_the_site_is_left_that_nothing_says() -> None:
    sources = "\n".join(
        [*templates().values(), *(p.read_text(encoding="utf-8") for p in TEMPLATES.parent.glob("*.py"))]
    )
    begun = tuple(b for b in ("site.title.", "site.order.", "site.how.rules.", "site.outcome.", "site.scores.verdict.")
                  if f'"{b}" ~' in sources or f'f"{b}{{' in sources)  # fmt: skip
    keys = {key for key in wording("en").keys() if key.startswith("site.")}  # noqa: SIM118
    assert {key for key in keys if key not in sources and not key.startswith(begun)} == set()


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_rule_outcome_and_refusal_has_its_sentence(code: str) -> None:
    keys = wording(code).keys()
    assert {f"site.how.rules.{rule}.{part}" for rule in RULES for part in ("title", "text")} <= keys
    assert {f"site.outcome.{name}.{part}" for name in NAMES.values() for part in ("name", "when")} <= keys
    assert set(REFUSALS) <= keys


# --- the folder ------------------------------------------------------------------------------------------


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_same_base_at_the_same_time_makes_the_same_site(
    all_files: dict[str, bytes], everything: Base
) -> None:
    election = invented.election()
    turned = Election(
        election.id,
        election.description,
        dict(reversed(election.candidates.items())),  # type: ignore[call-overload]
        election.own,
        election.included,
    )
    assert made(invented.base(election)) == made(invented.base(turned))


def test_a_site_is_written_whole_with_nothing_beside_it(tmp_path: Path) -> None:
    files = made(invented.base())
    count = written(tmp_path / "deep" / "site", files.items())
    assert tree(tmp_path / "deep" / "site") == files
    assert count == sum(path.endswith(".html") for path in files)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["site"]


def test_a_site_replaces_an_older_one_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "site"
    written(target, made(invented.base()).items())
    (target / "left.html").write_text("old")
    smaller = made(invented.base(invented.election({"oztekin": {"name": "Élif Öztekin"}})))
    written(target, smaller.items())
    assert tree(target) == smaller
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_an_empty_folder_becomes_a_site(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    written(tmp_path / "site", made(invented.base()).items())
    assert (tmp_path / "site" / MARKER).is_file()


def foreign_folder(at: Path) -> None:
    at.mkdir()
    (at / "thesis.txt").write_text("years of work")


def foreign_file(at: Path) -> None:
    at.write_text("years of work")


def link_to_foreign(at: Path) -> None:
    foreign_folder(at.with_name("other"))
    at.symlink_to(at.with_name("other"))


@pytest.mark.parametrize("found", [foreign_folder, foreign_file, link_to_foreign])
def test_what_is_no_site_is_left_alone(found: Callable[[Path], None], tmp_path: Path) -> None:
    found(tmp_path / "site")
    before = tree(tmp_path)
    with pytest.raises(NotOurs):
        written(tmp_path / "site", made(invented.base()).items())
    assert tree(tmp_path) == before


def test_a_site_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "site"
    files = made(invented.base())
    written(target, files.items())

    def failing() -> Iterable[tuple[str, bytes]]:
        yield MARKER, b"new"
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        written(target, failing())
    assert tree(target) == files
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_site_that_cannot_be_put_there_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "site"
    files = made(invented.base())
    written(target, files.items())
    replace = making.os.replace

    def refusing(one: Path, other: Path) -> None:
        if Path(one).name == "new":
            raise OSError("no room")
        replace(one, other)

    monkeypatch.setattr(making.os, "replace", refusing)
    with pytest.raises(OSError, match="no room"):
        written(target, files.items())
    assert tree(target) == files
