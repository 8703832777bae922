"""The exports hold the whole base, give it back as it was, and start nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.knowledge.loading import Loaded
from bot.knowledge.model import (
    Base,
    Candidate,
    Claim,
    Description,
    Election,
    Fact,
    Muted,
    Party,
    Person,
    Places,
    Source,
    Topic,
)
from bot.publishing.export import FORMATS, GUARDED, as_csv, as_json, columns, guarded
from bot.publishing.markdown import as_markdown, escaped
from tests import invented

MODELS: dict[str, Any] = {
    **{"topics": Topic, "facts": Fact, "sources": Source, "parties": Party, "people": Person},
    **{"places": Places, "muted": Muted},
}


def corrected(claim: str, day: str) -> dict[str, Any]:
    texts = {"fr": f"Ancien : {claim}", "en": f"Formerly: {claim}"}
    return {
        "claim": {"fr": claim, "en": claim},
        "source": "gazette",
        "corrected": {"date": day, "was": texts, "why": {"fr": "Mal lu.", "en": "Misread."}},
    }


def corrected_base() -> Base:
    candidates = {
        "oztekin": {"name": "Élif Öztekin", "positions": {"pool": [corrected("Un.", "2031-04-05")]}},
        "trehouart": {"name": "Maud Tréhouart", "positions": {"pool": [corrected("Deux.", "2031-04-20")]}},
    }
    facts = {"town-debt": {**invented.FACTS["town-debt"], "answer": [corrected("Trois.", "2031-04-12")]}}
    return invented.base(invented.election({**invented.CANDIDATES, **candidates}, facts=facts))


@pytest.fixture(scope="module")
def together(bundled: Loaded, villebois: Loaded) -> Base:
    """Three elections in one base."""
    held = {**bundled.base.elections, **villebois.base.elections, **corrected_base().elections}
    return Base(held, "together")


def claims(election: Election) -> list[tuple[str, str, str, Claim]]:
    """Every claim as (candidate, topic, fact, claim)."""
    found = [
        (c.id, topic, "", claim)
        for c in election.candidates.values()
        for topic, held in c.positions.items()
        for claim in held
    ]
    return found + [
        ("", f.topic or "", f.id, claim) for f in election.all("facts").values() for claim in f.answer
    ]


# --- JSON ------------------------------------------------------------------------------------------------


def test_json_gives_the_whole_base_back(together: Base) -> None:
    exported = json.loads(as_json(together))
    assert exported["version"] == "together"
    assert list(exported["elections"]) == sorted(together.elections)
    for identifier, held in exported["elections"].items():
        election = together.elections[identifier]
        assert held["id"] == identifier
        assert held["checked"] == election.description.checked.isoformat()
        assert Description.model_validate(held["description"]) == election.description
        candidates = {c: Candidate.model_validate(part) for c, part in held["candidates"].items()}
        assert candidates == election.candidates
        for kind in ("topics", "facts", "sources", "parties", "people"):
            parts = {
                name: MODELS[kind].model_validate({k: v for k, v in part.items() if k != "folder"})
                for name, part in held[kind].items()
            }
            assert parts == election.all(kind)
        for kind in ("places", "muted"):
            layers = dict(
                zip(
                    (identifier, *election.description.includes),
                    (election.own, *election.included),
                    strict=True,
                )
            )
            assert {f: MODELS[kind].model_validate(part) for f, part in held[kind].items()} == {
                folder: getattr(layer, kind) for folder, layer in layers.items()
            }


def test_json_says_from_which_folder_each_thing_comes() -> None:
    held = json.loads(as_json(invented.base()))["elections"][invented.TOWN]
    assert held["topics"]["trees"]["folder"] == "shared"
    assert held["topics"]["pool"]["folder"] == invented.TOWN


def test_json_shows_an_elections_own_word_rather_than_a_shared_one() -> None:
    trees = {"name": {"fr": "Nos arbres", "en": "Our trees"}}
    election = invented.election(topics={**invented.TOPICS, "trees": trees})
    held = json.loads(as_json(invented.base(election)))["elections"][invented.TOWN]
    assert held["topics"]["trees"] == {"folder": invented.TOWN, "id": "trees", **trees, "phrasings": {}}


def test_json_is_the_same_whatever_the_order_of_the_files() -> None:
    turned = invented.reordered(invented.CANDIDATES, lambda names: names[::-1])
    assert as_json(invented.base(invented.election(turned))) == as_json(invented.base())


# --- CSV -------------------------------------------------------------------------------------------------


def rows(text: str) -> list[dict[str, str]]:
    """The rows of a table, with the apostrophes that guard cells taken off."""
    read = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{key: cell[1:] if cell.startswith("'") else cell for key, cell in row.items()} for row in read]


def localised(row: dict[str, str], name: str, codes: list[str]) -> dict[str, str] | None:
    return {code: row[f"{name}_{code}"] for code in codes if row[f"{name}_{code}"]} or None


def claim_of(row: dict[str, str], codes: list[str]) -> dict[str, Any]:
    made = {
        "claim": localised(row, "claim", codes),
        "quote": {row["quote_language"]: row["quote"]} if row["quote"] else None,
        "source": row["source_id"],
        "note": localised(row, "note", codes),
    }
    if row["corrected_date"]:
        made["corrected"] = {
            "date": row["corrected_date"],
            "was": localised(row, "corrected_was", codes),
            "why": localised(row, "corrected_why", codes),
        }
    return made


def test_csv_gives_every_claim_back_with_whom_it_belongs_to(together: Base) -> None:
    table = rows(as_csv(together))
    for election in together.elections.values():
        found = [
            (r["candidate_id"], r["topic_id"], r["fact_id"], Claim.model_validate(claim_of(r, ["fr", "en"])))
            for r in table
            if r["election"] == election.id
        ]
        wanted = [(*owner, claim.model_copy(update={"asked_as": {}})) for *owner, claim in claims(election)]
        key = str
        assert sorted(found, key=key) == sorted(wanted, key=key)
    assert len(table) == sum(len(claims(e)) for e in together.elections.values())


def test_csv_names_what_the_ids_stand_for(together: Base) -> None:
    for row in rows(as_csv(together)):
        election = together.elections[row["election"]]
        source = election.source(row["source_id"])
        assert row["kind"] == ("fact" if row["fact_id"] else "position")
        assert (row["publisher"], row["title"]) == (source.publisher, source.title or "")
        assert (row["published"], row["url"]) == (source.published or "", source.url or "")
        if row["candidate_id"]:
            assert row["candidate_name"] == election.candidates[row["candidate_id"]].name
        if row["topic_id"]:
            assert row["topic_name_fr"] == election.topic(row["topic_id"]).name["fr"]
        if row["fact_id"]:
            assert row["fact_name_en"] == election.fact(row["fact_id"]).name["en"]


def test_csv_is_written_as_the_standard_says() -> None:
    claim = {"claim": {"fr": 'Elle dit "non",\nà tout; oui', "en": "x"}, "source": "gazette"}
    text = as_csv(invented.base(invented.election({"a": {"name": "A B", "positions": {"pool": [claim]}}})))
    lines = text.split("\r\n")
    assert lines[0] == ",".join(columns(["fr", "en"]))
    assert lines[-1] == ""
    assert '"Elle dit ""non"",\nà tout; oui"' in text
    assert not re.search(r"(?<!\r)\n(?!à)", text)
    assert len({len(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)}) == 1


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "'=1", "'"])
def test_no_cell_starts_a_formula(start: str) -> None:
    assert guarded(start) == f"'{start}"


@given(st.text())
def test_a_guarded_cell_is_given_back_as_it_was(text: str) -> None:
    cell = guarded(text)
    assert (cell[1:] if cell.startswith("'") else cell) == text
    assert not cell.startswith(tuple(mark for mark in GUARDED if mark != "'"))


def test_hostile_words_start_no_formula_in_any_cell() -> None:
    text = '=HYPERLINK("http://example.org","x")'
    claim = {
        "claim": {"fr": text, "en": text},
        "quote": {"en": text},
        "note": {"fr": text, "en": text},
        "source": "courier",
        "corrected": {"date": "2031-05-01", "was": {"fr": text, "en": text}, "why": {"fr": text, "en": text}},
    }
    base = invented.base(invented.election({"a": {"name": text, "positions": {"pool": [claim]}}}))
    cells = [c for row in csv.reader(io.StringIO(as_csv(base), newline=""), strict=True) for c in row]
    assert [c for c in cells if c.startswith(GUARDED) and not c.startswith("'=")] == []
    assert sum(c == f"'{text}" for c in cells) == 10


# --- Markdown --------------------------------------------------------------------------------------------


def rendered(text: str) -> tuple[str, list[Token]]:
    """The words that a reader of a Markdown page sees, with single spaces, and its parts."""
    tokens = MarkdownIt("commonmark").parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    lines = [
        "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))
        for token in tokens
        if token.type == "inline"
    ]
    return "\n".join(" ".join(line.split()) for line in lines), [*tokens, *inline]


def seen(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("code", ["fr", "en"])
def test_markdown_tells_everything_in_the_readers_language(together: Base, code: str) -> None:
    words, _ = rendered(as_markdown(together, code))
    for election in together.elections.values():
        for _, _, _, claim in claims(election):
            assert seen(claim.claim[code]) in words
            assert not claim.quote or seen(next(iter(claim.quote.values()))) in words
            assert not claim.note or seen(claim.note[code]) in words
        for candidate in election.candidates.values():
            assert candidate.name in words
            assert not candidate.description or seen(candidate.description[code]) in words
        assert all(seen(fact.name[code]) in words for fact in election.all("facts").values())
        assert all(source.publisher in words for source in election.all("sources").values())


def test_markdown_names_everyone_alike() -> None:
    said = {"positions": {"pool": [corrected("Un.", "2031-04-05")]}}
    texts = [
        as_markdown(invented.base(invented.election({"x": {"name": name, **said}})), "fr")
        for name in ("Ada", "Bo")
    ]
    assert texts[0].replace("Ada", "Bo") == texts[1]


def test_markdown_in_a_language_the_election_is_not_told_in_is_told_in_its_own() -> None:
    assert as_markdown(invented.base(), "es") == as_markdown(invented.base(), "fr")


TRICKY = [
    "# not a title", "- not a list", "1. not a list", "1) no list", "> no quote", "*no* _emphasis_ `code`",
    "[no](javascript:x)", "![no](x.png)", "<b>no</b>", "a | b", "~~no~~", "&amp; &lt;", "\\* back", "===", "---",
    "+ no", "$x^2$", "``` no", "http://example.org/?a=1&b=2", "a\n\n# b", "<https://example.org>", "2031. No", "",
]  # fmt: skip


@pytest.mark.parametrize("text", TRICKY)
def test_markdown_finds_nothing_to_format_in_a_text(text: str) -> None:
    words, tokens = rendered(escaped(text))
    assert words == seen(text)
    assert {token.type for token in tokens} <= {"paragraph_open", "paragraph_close", "inline", "text"}


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc", "Zl", "Zp"])))
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    words, tokens = rendered(escaped(text))
    assert words == seen(text)
    assert {token.type for token in tokens} <= {"paragraph_open", "paragraph_close", "inline", "text"}


@pytest.mark.parametrize("text", [t for t in TRICKY if t])
def test_hostile_words_stay_words_in_markdown(text: str) -> None:
    claim = {
        "claim": {"fr": text, "en": text},
        "quote": {"en": text},
        "note": {"fr": text},
        "source": "courier",
    }
    candidates = {
        "a": {"name": text, "list": text, "description": {"fr": text}, "positions": {"pool": [claim]}}
    }
    election = invented.election(candidates, name={"fr": text, "en": text})
    words, tokens = rendered(as_markdown(invented.base(election), "fr"))
    assert seen(text) in words
    assert not {"html_block", "html_inline", "image", "fence", "code_block", "hr", "em"} & {
        t.type for t in tokens
    }
    links = {str(t.attrs["href"]) for t in tokens if t.type == "link_open"}
    assert links == {"https://example.org/gazette", "https://example.org/courier"}


def test_a_markdown_link_cannot_be_left() -> None:
    election = invented.election()
    election.own.sources["gazette"] = election.source("gazette").model_copy(  # type: ignore[index]
        update={"url": "https://example.org/>[x](javascript:1)<b>`"}
    )
    _, tokens = rendered(as_markdown(invented.base(election), "fr"))
    assert all(
        str(t.attrs["href"]).startswith("https://example.org/") for t in tokens if t.type == "link_open"
    )
    assert "html_inline" not in {t.type for t in tokens}


# --- corrections -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_corrections_are_listed_latest_first_in_every_format(form: str) -> None:
    text = FORMATS[form](corrected_base(), "en")
    if form == "json":
        listed = json.loads(text)["elections"][invented.TOWN]["corrections"]
        found = [each["was"]["en"] for each in listed]
        assert [each.get("candidate", each.get("fact")) for each in listed] == [
            "trehouart",
            "town-debt",
            "oztekin",
        ]
    elif form == "csv":
        table = rows(text)
        found = [row["corrected_was_en"] for row in table][:3]
        assert all(not row["corrected_date"] for row in table[3:])
    else:
        found = re.findall(r"Formerly: \w+\.", text)
    assert found == ["Formerly: Deux.", "Formerly: Trois.", "Formerly: Un."]
