"""Who has how much on what, what stands out, and how both are told: in words, in a picture, on a page."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFont
from small_base import FILES, Write

from bot.channels.covering import Wanted, cover, readable, short, tables
from bot.channels.opening import Refused, Where
from bot.dialogue.wording import FOLDER, Wording, wording
from bot.knowledge.loading import Loaded, load
from bot.knowledge.model import Election
from bot.publishing import canvas, picture
from bot.publishing.coverage import Coverage, covered
from bot.publishing.coverage_page import TEMPLATES, page
from bot.publishing.findings import Finding, Kind
from bot.publishing.telling import LISTED, STEPS, groups, level, rows, sentence, steps
from bot.publishing.writing import write_whole
from tests.conftest import ROOT, VILLEBOIS

TODAY = date(2030, 3, 1)
TOWN = "town-2030"
ROSE = FILES["town-2030/candidates/rose.yaml"]
GAZETTE = FILES["town-2030/sources.yaml"]
SAFETY = FILES["common/topics/safety.yaml"]
Looked = Callable[..., tuple[Coverage, Election]]


@pytest.fixture
def look(write: Write) -> Looked:
    """The coverage of the small base with some files changed, on a day."""

    def looked(
        changes: Mapping[str, str | bytes | None] | None = None, today: date = TODAY, older_than: int = 365
    ) -> tuple[Coverage, Election]:
        loaded = load(write(changes or {}))
        assert [str(problem) for problem in loaded.problems] == []
        election = loaded.base.elections[TOWN]
        return covered(loaded, election, "en", today, older_than), election

    return looked


@pytest.fixture(scope="module")
def town(villebois: Loaded) -> Election:
    return villebois.base.elections[VILLEBOIS]


@pytest.fixture(scope="module")
def coverage(villebois: Loaded, town: Election) -> Coverage:
    return covered(villebois, town, "fr", date(2032, 3, 1))


def found(coverage: Coverage, kind: Kind) -> list[Finding]:
    return [finding for finding in coverage.findings if finding.kind is kind]


def claim(number: int, source: str = "gazette") -> str:
    return f"    - {{claim: {{fr: Il en veut {number}., en: He wants {number}.}}, source: {source}}}\n"


def candidate(claims: int) -> str:
    held = "".join(claim(number) for number in range(claims))
    return "name: Somebody\nsources: [gazette]\n" + (f"positions:\n  cameras:\n{held}" if claims else "")


# --- counts ----------------------------------------------------------------------------------------------


def test_every_topic_and_candidate_is_there_those_without_a_statement_included(
    coverage: Coverage, town: Election
) -> None:
    assert {row.topic for row in coverage.rows} == set(town.all("topics"))
    assert [tally.candidate for tally in coverage.candidates] == sorted(town.candidates)
    column = sorted(town.candidates).index("doan")
    assert {row.counts[column] for row in coverage.rows} == {0}


def test_a_topic_counts_its_subtopics_and_stands_before_them(look: Looked) -> None:
    coverage, _ = look()
    assert [(row.topic, row.name, row.depth, row.counts) for row in coverage.rows] == [
        ("safety", "Safety", 0, (1, 0)),
        ("cameras", "Cameras", 1, (1, 0)),
    ]


def test_a_candidate_s_figures_tell_topics_statements_characters_and_what_is_missing(look: Looked) -> None:
    rose, thorn = look({"common/topics/trees.yaml": SAFETY.replace("Safety", "Trees")})[0].candidates
    assert (rose.topics, rose.claims, rose.missing) == (1, 1, 1)
    assert rose.characters == len("She wants 1,200 cameras.")
    assert rose.share == pytest.approx(1 / 3)
    assert (thorn.name, thorn.topics, thorn.claims, thorn.characters) == ("Ted Thorn", 0, 0, 0)
    assert (thorn.missing, thorn.share) == (3, 1.0)


def test_without_any_topic_no_share_is_missing(look: Looked) -> None:
    without = dict.fromkeys((name for name in FILES if "/topics/" in name), None)
    rose = look({**without, "town-2030/candidates/rose.yaml": "name: Rose\n"})[0].candidates[0]
    assert (rose.missing, rose.share) == (0, 0.0)


def test_names_are_in_the_reader_s_language_or_else_in_one_that_is_there(
    villebois: Loaded, town: Election
) -> None:
    english, unknown = (covered(villebois, town, code, TODAY) for code in ("en", "xx"))
    names = {row.topic: row.name for row in english.rows}
    assert names["security"] == "Security"
    assert english.name == town.description.name["en"]
    assert unknown.name == town.description.name["fr"]


# --- what stands out -------------------------------------------------------------------------------------


def test_a_candidate_without_any_source_is_unsourced(look: Looked) -> None:
    (finding,) = found(look()[0], Kind.UNSOURCED)
    assert (finding.about, finding.subject) == ("candidates", "thorn")
    assert finding.place == "knowledge/town-2030/candidates/thorn.yaml:1:1"
    assert finding.values["lacking"] == "candidate"


def test_whoever_is_described_without_a_source_is_unsourced(look: Looked) -> None:
    changed = {"town-2030/candidates/rose.yaml": ROSE.replace("sources: [gazette]\n", "")}
    lacking = {f.subject: f.values["lacking"] for f in found(look(changed)[0], Kind.UNSOURCED)}
    assert lacking == {"rose": "description", "thorn": "candidate"}


def test_a_fact_without_an_answer_is_unsourced_wherever_its_file_is(look: Looked) -> None:
    fact = "name: {fr: Où, en: Where}\nphrasings: {fr: [où], en: [where]}\n"
    changed = {"common/facts/where.yaml": fact, "town-2030/facts/place.yaml": fact}
    places = [f.place for f in found(look(changed)[0], Kind.UNSOURCED) if f.about == "facts"]
    assert places == ["knowledge/town-2030/facts/place.yaml:1:1", "knowledge/common/facts/where.yaml:1:1"]


def test_a_source_without_a_link_is_found_where_it_is_written_with_what_rests_on_it(look: Looked) -> None:
    unlinked = re.sub(r"  url: .*\n", "", GAZETTE)
    (finding,) = found(look({"town-2030/sources.yaml": unlinked})[0], Kind.NO_LINK)
    assert (finding.about, finding.subject, finding.values["claims"]) == ("sources", "gazette", 1)
    assert finding.place == "knowledge/town-2030/sources.yaml:1:1"


def test_a_candidate_all_of_whose_statements_have_one_source_is_found_with_that_source(look: Looked) -> None:
    (finding,) = found(look()[0], Kind.SINGLE_SOURCE)
    assert (finding.subject, finding.values["claims"]) == ("rose", 1)
    assert finding.values["source"].publisher == "The Gazette"
    assert finding.place == "knowledge/town-2030/candidates/rose.yaml:7:1"


def test_a_second_source_is_enough(look: Looked) -> None:
    changed = {"town-2030/candidates/rose.yaml": ROSE + claim(2, "law")}
    assert found(look(changed)[0], Kind.SINGLE_SOURCE) == []


@pytest.mark.parametrize(
    ("dates", "days", "old"),
    [
        ("published: 2030-02-19", 10, False),
        ("published: 2030-02-19", 9, True),
        ("published: 2030-02", 0, True),
        ("published: 2030-02", 1, False),
        ("published: 2030", 0, False),
        ("published: 2029", 59, True),
        ("published: 2029", 60, False),
        ("retrieved: 2030-02-19", 9, True),
        ("retrieved: 2030-02-19", 10, False),
        ("published: 2030\n  retrieved: 2030-01-02", 10, True),
        ("published: 2030-01\n  retrieved: 2030-02-28", 10, True),
    ],
)
def test_a_statement_is_old_if_its_source_surely_is(look: Looked, dates: str, days: int, old: bool) -> None:
    gazette = re.sub(r"  (published|retrieved): .*\n", "", GAZETTE) + f"  {dates}\n"
    findings = found(look({"town-2030/sources.yaml": gazette}, older_than=days)[0], Kind.OLD)
    assert [f.subject for f in findings] == (["rose"] if old else [])


def test_old_statements_are_counted_for_each_candidate_fact_and_source(look: Looked) -> None:
    law = FILES["common/sources.yaml"] + "  published: 2019-05\n"
    changed = {
        "common/sources.yaml": law,
        "town-2030/candidates/rose.yaml": ROSE + claim(2) + claim(3, "law"),
    }
    findings = found(look(changed, older_than=1)[0], Kind.OLD)
    assert [(f.subject, f.values["claims"], f.values["source"].publisher) for f in findings] == [
        ("rose", 2, "The Gazette"),
        ("rose", 1, "The State"),
        ("how-to-vote", 1, "The State"),
    ]
    assert findings[1].place == "knowledge/town-2030/candidates/rose.yaml:16:53"


def test_a_source_without_any_date_is_found_because_nobody_can_tell_its_age(look: Looked) -> None:
    (finding,) = found(look()[0], Kind.UNDATED)
    assert (finding.subject, finding.place) == ("law", "knowledge/common/sources.yaml:1:1")


@pytest.mark.parametrize(
    ("file", "written", "left", "role", "place"),
    [
        ("town-2030/candidates/rose.yaml", ", en: A florist.", "", "description", "3:1"),
        ("town-2030/candidates/rose.yaml", "{fr: Le Jardin, en: The Garden}", "{fr: Le Jardin}", "backing", "4:11"),
        ("town-2030/candidates/rose.yaml", "        en: She wants 1,200 cameras.\n", "", "claim", "9:7"),
        ("town-2030/candidates/rose.yaml", ", en: [how many cameras]", "", "phrasings", "14:7"),
        ("common/topics/safety.yaml", "{fr: Sécurité, en: Safety}", "{fr: Sécurité}", "name", "1:1"),
        ("common/topics/safety.yaml", ", en: [safety, theft]", ", en: []", "phrasings", "2:1"),
        ("common/facts/how-to-vote.yaml", ", en: How to vote}", "}", "name", "1:1"),
        ("common/parties.yaml", ", en: The Garden}", "}", "name", "1:10"),
        ("town-2030/election.yaml", ", en: Election of 2030", "", "name", "1:1"),
    ],
)  # fmt: skip
def test_what_a_language_lacks_is_found_with_its_place(
    look: Looked, file: str, written: str, left: str, role: str, place: str
) -> None:
    assert written in FILES[file]
    coverage, election = look({file: FILES[file].replace(written, left)})
    (finding,) = found(coverage, Kind.MISSING_LANGUAGE)
    assert (finding.values["language"], finding.values["role"]) == ("en", role)
    assert finding.place == f"knowledge/{file}:{place}"
    assert "English" in sentence(finding, election, wording("en"))


@pytest.mark.parametrize(
    ("claims", "few", "middle"),
    [((4, 4, 2), [], 4), ((4, 4, 1), ["c2"], 4), ((5, 3, 4, 0), ["c3"], 3.5), ((0, 0, 9), [], 0), ((1, 2), [], 1.5)],
)  # fmt: skip
def test_few_means_fewer_than_half_of_the_median(
    look: Looked, claims: tuple[int, ...], few: list[str], middle: float
) -> None:
    files = {f"town-2030/candidates/c{n}.yaml": candidate(count) for n, count in enumerate(claims)}
    none = dict.fromkeys((name for name in FILES if "/candidates/" in name), None)
    findings = found(look({**none, **files})[0], Kind.FEW)
    assert [f.subject for f in findings] == few
    assert all((f.values["claims"], f.values["median"]) == (claims[-1], middle) for f in findings)


def test_topics_on_which_nobody_has_a_statement_are_counted(look: Looked) -> None:
    coverage, election = look({"common/topics/trees.yaml": SAFETY.replace("Safety", "Trees")})
    (finding,) = found(coverage, Kind.NO_POSITION)
    assert (finding.values["count"], finding.values["total"]) == (1, 3)
    say = wording("en")
    assert sentence(finding, election, say) == "1 of 3"
    assert sentence(finding, election, say, everything=True) == "1 of 3: Trees"


def test_of_each_kind_only_the_first_ones_are_listed_unless_everything_is_wanted(look: Looked) -> None:
    fact = "name: {fr: Où, en: Where}\nphrasings: {fr: [où], en: [where]}\n"
    coverage, election = look({f"town-2030/facts/f{n:02}.yaml": fact for n in range(LISTED + 5)})
    few, everything = (groups(coverage, election, wording("en"), wanted)[0] for wanted in (False, True))
    assert (few.kind, len(few.lines), few.left) == (Kind.UNSOURCED, LISTED, 6)
    assert few.title == everything.title == f"Without a source ({LISTED + 6})"
    assert (len(everything.lines), everything.left) == (LISTED + 6, 0)


def test_kinds_are_told_in_one_order_and_empty_ones_not_at_all(look: Looked) -> None:
    coverage, election = look()
    kinds = [group.kind for group in groups(coverage, election, wording("fr"), everything=False)]
    assert kinds == [Kind.UNSOURCED, Kind.SINGLE_SOURCE, Kind.UNDATED, Kind.FEW][: len(kinds)]
    assert kinds == sorted(kinds, key=list(Kind).index)


# --- words -----------------------------------------------------------------------------------------------


SOURCES = "\n".join(
    file.read_text(encoding="utf-8")
    for file in sorted(FOLDER.parents[1].rglob("*"))
    if file.suffix in (".py", ".j2")
)


@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_kind_has_its_words_and_no_sentence_is_left_that_nothing_says(code: str) -> None:
    keys = {key for key in wording(code).keys() if key.startswith("coverage.")}  # noqa: SIM118
    assert {f"coverage.{part}.{kind}" for kind in Kind for part in ("kind", "finding")} <= keys
    filled = ("kind", "finding", "lacking", "text", "column", "claims")
    plain = {key for key in keys if key.split(".")[1] not in filled}
    assert {key for key in plain if f'"{key}"' not in SOURCES} == set()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "Ted Thorn: no statement; half of the candidates have at least 2.5"),
        ("fr", "Ted Thorn : aucune déclaration ; la moitié des candidats en ont au moins 2,5"),
    ],
)
def test_both_figures_are_named_as_the_language_writes_them(look: Looked, code: str, expected: str) -> None:
    finding = Finding(Kind.FEW, "candidates", "thorn", "", {"claims": 0, "median": 2.5})
    assert sentence(finding, look()[1], wording(code)) == expected


def test_a_source_is_named_shortly_with_the_day_it_was_read_if_it_has_no_other(look: Looked) -> None:
    gazette = f"gazette:\n  publisher: P\n  title: {'long ' * 40}\n  language: en\n  retrieved: 2030-02-19\n"
    coverage, election = look({"town-2030/sources.yaml": gazette})
    (finding,) = found(coverage, Kind.NO_LINK)
    said = sentence(finding, election, wording("en"))
    assert said.startswith("P, “long long")
    assert said.endswith("…”, read on 19 February 2030: 1 statement")
    assert len(said) < 140


@pytest.mark.parametrize(("count", "shade"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (500, 4)])
def test_more_statements_are_never_lighter(count: int, shade: int) -> None:
    assert level(count) == shade


def test_the_legend_names_every_shade() -> None:
    assert list(steps()) == [(1, "1"), (2, "2"), (3, "3–4"), (4, "5+")]
    assert len(picture.SHADES) == len(STEPS) + 1


# --- the picture -----------------------------------------------------------------------------------------


def opened(content: bytes) -> Any:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def larger(coverage: Coverage, candidates: int, topics: int) -> Coverage:
    """A coverage of as many candidates and topics as wanted, with names of every length."""
    tallies = [coverage.candidates[n % len(coverage.candidates)] for n in range(candidates)]
    names = [
        "Nom " * (1 + n % 9) + "Anticonstitutionnellement" * (n % 3) for n in range(max(candidates, topics))
    ]
    row = coverage.rows[0]
    return replace(
        coverage,
        candidates=tuple(replace(t, name=name) for t, name in zip(tallies, names, strict=False)),
        rows=tuple(
            replace(row, name=names[n], depth=n % 8, counts=tuple((n + c) % 20 for c in range(candidates)))
            for n in range(topics)
        ),
    )


def test_the_font_has_every_sign_that_the_picture_may_need() -> None:
    needed = "àâäæçéèêëîïôœöùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸĐạỗñßøłčžğş€«»’‘“”…–—·×%&<>+№№°²"
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        font = ImageFont.truetype(canvas.FONTS / name, 24)
        lacking = bytes(font.getmask("\uffff"))
        assert lacking
        assert [sign for sign in needed if bytes(font.getmask(sign)) == lacking] == []
    assert "Bitstream" in (canvas.FONTS / "LICENSE_DEJAVU").read_text(encoding="utf-8")


def test_a_picture_is_as_wide_as_a_phone_shows_and_says_what_it_is(coverage: Coverage) -> None:
    image = opened(picture.drawn(coverage, wording("fr")))
    assert image.format == "PNG"
    assert image.width == 1080
    assert 1200 < image.height < 3500
    assert image.info["Title"] == coverage.name
    assert coverage.version in image.info["Description"]


def test_rows_without_anything_are_summed_up_unless_everything_is_wanted(coverage: Coverage) -> None:
    shown, left = rows(coverage, everything=False)
    assert (len(shown), left) == (23, 7)
    assert rows(coverage, everything=True) == (coverage.rows, 0)
    say = wording("fr")
    few, everything = (opened(picture.drawn(coverage, say, wanted)) for wanted in (False, True))
    assert few.height + 6 * canvas.ROW - 60 < everything.height


@pytest.mark.parametrize(
    ("candidates", "topics"), [(1, 1), (3, 2), (12, 40), (14, 3), (15, 3), (63, 5), (2, 0)]
)
def test_no_letter_is_smaller_than_14_pixels_however_many_there_are(
    coverage: Coverage, monkeypatch: pytest.MonkeyPatch, candidates: int, topics: int
) -> None:
    sizes = set()

    def measured(size: int, bold: bool = False) -> Any:
        sizes.add(size)
        return font(size, bold)

    font = canvas.letters
    for module in (canvas, picture):
        monkeypatch.setattr(module, "letters", measured)
    image = opened(picture.drawn(larger(coverage, candidates, topics), wording("en")))
    assert image.width == 1080
    assert min(sizes) >= 14


@pytest.mark.parametrize("candidates", [0, 1, 2, 7, 12, 13, 14, 15, 28, 29, 100])
def test_every_candidate_has_one_column_that_is_wide_enough(candidates: int) -> None:
    blocks = list(canvas.blocks(candidates))
    assert [column for block in blocks for column in block] == list(range(candidates))
    for block in blocks:
        width = canvas.column_width(len(block))
        assert canvas.CELL[0] <= width <= canvas.CELL[1]
        assert canvas.edges(len(block), width)[0] - canvas.MARGIN >= canvas.TOPICS


def test_what_does_not_fit_is_cut_and_a_sign_says_so() -> None:
    font = canvas.letters(24)
    for text in ("mot " * 50, "m" * 1000, "m", "", "un mot"):
        lines = canvas.in_lines(text, font, 200, 2)
        assert 1 <= len(lines) <= 2
        assert all(font.getlength(line) <= 200 for line in lines)
        assert " ".join(lines) == " ".join(text.split()) or lines[-1].endswith("…")


def test_the_same_coverage_is_the_same_picture(coverage: Coverage) -> None:
    assert picture.drawn(coverage, wording("en")) == picture.drawn(coverage, wording("en"))


# --- colours ---------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palettes() -> list[dict[str, str]]:
    """The colours of the page: by day, by night and on paper."""
    style = (TEMPLATES / "coverage.html.j2").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.S)
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]
    return [palette for palette in found if palette]


def grounds() -> list[list[str]]:
    """The grounds of cells, from nothing to most, of the picture and of each palette of the page."""
    of_page = [[palette[f"ground-{n}"] for n in range(len(picture.SHADES))] for palette in palettes()]
    return [[ground for ground, _ in picture.SHADES], *of_page]


@pytest.mark.parametrize("palette", palettes())
def test_every_text_of_the_page_stands_out_from_its_ground(palette: dict[str, str]) -> None:
    assert contrast(palette["ink"], palette["paper"]) >= 7
    assert contrast(palette["muted"], palette["paper"]) >= 4.5
    for shade in range(len(STEPS) + 1):
        assert contrast(palette[f"ground-{shade}"], palette[f"figure-{shade}"]) >= 4.5


def test_every_number_of_the_picture_stands_out_from_its_ground() -> None:
    assert [pair for pair in picture.SHADES if contrast(*pair) < 4.5] == []
    assert contrast(canvas.MUTED, canvas.PAPER) >= 4.5


@pytest.mark.parametrize("shades", grounds())
def test_shades_can_be_told_apart_by_lightness_alone(shades: list[str]) -> None:
    lightness = [luminance(shade) for shade in shades]
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))
    assert min(contrast(one, other) for one, other in pairwise(shades[1:])) > 1.3


# --- the page --------------------------------------------------------------------------------------------


class Outline(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data if self.open[-1:] != ["style"] else ""

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def written(coverage: Coverage, election: Election, say: Wording, everything: bool = False) -> str:
    return page(coverage, groups(coverage, election, say, everything), say, everything)


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_page_is_one_file_that_runs_and_loads_nothing(
    coverage: Coverage, town: Election, code: str
) -> None:
    text = written(coverage, town, wording(code))
    outline = Outline(text)
    assert outline.open == []
    assert outline.all("html") == [{"lang": code}]
    used = {tag for tag, _ in outline.tags}
    assert used & {"script", "link", "img", "iframe", "object", "form", "a"} == set()
    assert not re.search(r"url\(|@import|src=|href=|\bon\w+=|https?://", text)


def test_the_tables_of_the_page_say_what_belongs_to_what(coverage: Coverage, town: Election) -> None:
    outline = Outline(written(coverage, town, wording("fr"), everything=True))
    captions = {attributes["id"] for attributes in outline.all("caption")}
    assert len(outline.all("table")) == len(captions) == 2
    boxes = [attributes for attributes in outline.all("div") if attributes.get("class") == "box"]
    assert {box["aria-labelledby"] for box in boxes} == captions
    assert {(box["role"], box["tabindex"]) for box in boxes} == {("region", "0")}
    scopes = [attributes["scope"] for attributes in outline.all("th")]
    assert scopes.count("col") == len(coverage.candidates) + 1 + 6
    assert scopes.count("row") == len(coverage.rows) + 1 + len(coverage.candidates)
    assert [tag for tag, _ in outline.tags if re.fullmatch(r"h\d", tag)][:3] == ["h1", "h2", "h2"]


def test_the_page_names_everyone_and_every_finding_with_its_place(coverage: Coverage, town: Election) -> None:
    text = Outline(written(coverage, town, wording("fr"))).text
    assert [tally.name for tally in coverage.candidates if text.count(tally.name) < 2] == []
    assert all(f.place in text for f in coverage.findings)
    assert coverage.version in text


def test_a_page_of_a_base_in_which_nothing_stands_out_says_so(coverage: Coverage) -> None:
    assert "Nothing stands out." in page(coverage, (), wording("en"))


def test_hostile_names_are_text_on_the_page(look: Looked) -> None:
    hostile = "</th><script>alert('x')</script>\"&amp;{{ 7*7 }}"
    quoted = "'" + hostile.replace("'", "''") + "'"
    safety = SAFETY.replace("{fr: Sécurité, en: Safety}", f"{{fr: {quoted}, en: {quoted}}}")
    changed = {
        "town-2030/candidates/rose.yaml": ROSE.replace("Rose Petal", quoted),
        "common/topics/safety.yaml": safety,
        "town-2030/election.yaml": FILES["town-2030/election.yaml"].replace("Election of 2030", quoted),
        "town-2030/sources.yaml": GAZETTE.replace("The Gazette", quoted).replace("Who wants what", quoted),
    }
    coverage, election = look(changed, older_than=0)
    text = written(coverage, election, wording("en"), everything=True)
    outline = Outline(text)
    assert "<script" not in text
    assert outline.all("script") == []
    assert outline.text.count(hostile) > 6


# --- in the terminal -------------------------------------------------------------------------------------


def test_tables_have_a_column_for_everyone_and_a_dot_for_nothing(coverage: Coverage, town: Election) -> None:
    heads = tuple(sorted(town.candidates))
    topics, candidates = tables(coverage, wording("en"), heads)
    assert topics.head == ("subject", *heads)
    assert len(topics.rows) == len(town.all("topics"))
    assert {row[topics.head.index("doan")] for row in topics.rows} == {"·"}
    figures = {row[0]: row[1:] for row in candidates.rows}
    assert figures["doan"][1:] == ("0", "0", "0", "30", "100")
    assert figures["roy"] == ("Élise Roy", "3", "3", "203", "27", "90")


def test_names_are_shortened_for_everyone_alike_or_for_nobody() -> None:
    assert short(["Élise Roy", "Ted Van Thorn", "Doan"]) == ("Roy", "Van Thorn", "Doan")
    assert short(["Élise Roy", "Ted Roy", "Doan"]) == ("É. Roy", "T. Roy", "Doan")
    assert short(["Anne Roy", "Alix Roy", "Ted Thorn"]) == ("Anne Roy", "Alix Roy", "Ted Thorn")


@pytest.mark.parametrize(("columns", "there"), [(200, True), (60, False)])
def test_on_a_terminal_columns_are_headed_by_names_where_there_is_room(
    villebois: Loaded,
    columns: int,
    there: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    cover(Where(str(villebois.root), VILLEBOIS, "2032-03-01"), wording("en"), Wanted())
    assert ("I. Carvalheda" in capsys.readouterr().out) is there


@pytest.mark.parametrize("code", ["fr", "en"])
def test_on_a_terminal_no_line_is_wider_than_it_is(
    villebois: Loaded, code: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    where = Where(str(villebois.root), VILLEBOIS, "2032-03-01")
    cover(where, wording(code), Wanted(everything=True))
    lines = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out).splitlines()
    assert [line for line in lines[1:] if len(line) > 80] == []
    assert any(line.startswith("    ") and "carvalheda.yaml:9:1" in line for line in lines)


def test_what_is_not_translated_yet_is_reported_and_every_other_mistake_refused(write: Write) -> None:
    untranslated = {
        "town-2030/candidates/rose.yaml": ROSE.replace("{fr: Fleuriste., en: A florist.}", "{fr: Fleur.}")
    }
    assert readable(Where(str(write(untranslated)))).problems == ()
    mistaken = {"town-2030/candidates/rose.yaml": ROSE.replace("source: gazette", "source: nowhere")}
    with pytest.raises(Refused, match="broken"):
        readable(Where(str(write(mistaken))))


# --- files -----------------------------------------------------------------------------------------------


def test_a_file_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "coverage.html"
    path.write_bytes(b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert [file.name for file in tmp_path.iterdir()] == ["coverage.html"]


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "there.png", tmp_path / "link.png"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_file_that_cannot_take_its_place_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "coverage.html"
    path.write_bytes(b"old")

    def refuses(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuses)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["coverage.html"]


def test_a_folder_is_no_file_to_write_to(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=r"."):
        write_whole(tmp_path / "folder", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]


def test_a_device_is_written_to_and_stays_a_device() -> None:
    null = Path("/dev/null")
    if not null.is_char_device():
        pytest.skip("this system has no /dev/null")
    write_whole(null, b"new")
    assert stat.S_ISCHR(null.stat().st_mode)


# --- what is told of it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_explained_to_those_who_write(kind: Kind) -> None:
    assert re.search(
        rf"^\| `{kind}` \| .+ \|$", (ROOT / "docs/writing-knowledge.md").read_text("utf-8"), re.M
    )
