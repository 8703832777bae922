"""What is wrong with a base is told in the reader's language: every message, and each with the words it is about."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import test_bank
import test_document
import test_loading
from hypothesis import given
from hypothesis import strategies as st
from small_base import Write
from test_checks import rows

from bot.channels.moderation import Moderation
from bot.dialogue import problems
from bot.dialogue.problems import FIRST, FOLDER, SHAPES, Pair, sections, told, translated
from bot.dialogue.wording import FOLDER as WORDINGS
from bot.dialogue.wording import wording
from bot.evaluation.bank import read_bank
from bot.knowledge.document import UNCLOSED, Place, Problem, parse, short
from bot.knowledge.loading import load, suggest
from tests import invented
from tests.conftest import ROOT

FRENCH, ENGLISH = wording("fr"), wording("en")
CODES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
FOREIGN = [code for code in CODES if code != "en"]
ALL = [(code, section, pair) for code in CODES for section, found in sections(code).items() for pair in found]
ABOUT = re.compile(r"'\w[^']*'|\"\w[^\"]*\"|\d+")
"""What of a message is in no language: words of the base, and numbers."""
HOLE = re.compile(r"\{(\w+)(?::\w+)?\}")
SAYING = [
    *("knowledge/document.py", "knowledge/loading.py", "knowledge/dates.py", "knowledge/checks/*.py"),
    *(
        "matching/phrasing_checks.py",
        "matching/muting.py",
        "evaluation/bank.py",
        "evaluation/phrasings.py",
        "moderation/watching.py",
    ),
]
"""The modules that say what is wrong with a base."""


# --- every message has a sentence ------------------------------------------------------------------------


def is_told_in_french(message: str) -> bool:
    """Whether a message has a French sentence, which holds all that the message is about."""
    said = translated(message, FRENCH)
    return said != message and all(about in said for about in ABOUT.findall(message))


def in_the_docs() -> Iterator[str]:
    """The messages of the page for those who write knowledge, with `…` for their own words."""
    page = (ROOT / "docs" / "writing-knowledge.md").read_text(encoding="utf-8")
    tables = page.partition("\n## Mistakes and their cure\n")[2].partition("\n## Coverage\n")[0]
    for line in tables.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("|") and not line.startswith("|---"):
            for long, brief in re.findall(r"`` ?(.+?) ?``|`(.+?)`", cells[-2]):
                yield long or brief


def given_to(test: Any, name: str) -> list[str]:
    """The values that a test takes for one of its parameters."""
    mark = next(mark for mark in test.pytestmark if name in mark.args[0])
    at = list(mark.args[0]).index(name)
    return [row[at] for row in mark.args[1]]


@pytest.mark.parametrize("message", sorted(in_the_docs()))
def test_every_message_that_the_docs_name_is_told_in_french(message: str) -> None:
    quoted = re.sub(r"^…", "'x'", message)
    assert is_told_in_french(quoted.replace("…", "2030"))


def test_the_docs_name_messages_of_every_kind() -> None:
    assert len(set(in_the_docs())) > 60


def test_every_message_of_a_broken_rule_is_told_in_french() -> None:
    found = [row[-1].split(":", 3)[3].strip().removeprefix("note: ") for row in rows("broken_rules.yaml")]
    assert [message for message in found if not is_told_in_french(message)] == []
    assert len(found) > 50


@pytest.mark.parametrize(
    ("test", "place"),
    [
        (test_loading.test_a_mistake_is_explained_where_it_stands, r"\w[\w.-]*:\d+:\d+: "),
        (test_loading.test_a_file_that_holds_no_mapping_is_one_problem, ""),
        (test_loading.test_a_file_in_the_wrong_place_is_not_passed_over, r"[\w./ -]+:\d+:\d+: "),
        (test_document.test_what_could_surprise_is_refused_where_it_stands, r"\d+:\d+: "),
        (test_document.test_a_file_that_is_no_text_of_reasonable_size_is_refused, r"\d+:\d+: "),
    ],
)
def test_every_message_about_a_file_is_told_in_french(test: Any, place: str) -> None:
    found = [re.sub(rf"^{place}", "", complaint) for complaint in given_to(test, "complaint")]
    assert found
    assert [message for message in found if not is_told_in_french(message)] == []


@pytest.mark.parametrize(
    "content",
    [*given_to(test_bank.test_a_bad_question_is_a_problem_at_its_line, "content"), "{a: b}", b"\xff\xfe"],
)
def test_every_message_about_a_question_bank_is_told_in_french(tmp_path: Path, content: str | bytes) -> None:
    bank = tmp_path / "bank.yaml"
    bank.write_bytes(content.encode() if isinstance(content, str) else content)
    found = read_bank(bank)[1]
    assert found
    assert [
        problem.message for problem in found if translated(problem.message, FRENCH) == problem.message
    ] == []


@pytest.mark.parametrize("line", ["{", "nope", '{"a" 1}', '{"a": 1 "b": 2}', "{} {}", '"a', "{1: 2}", "[]"])
def test_every_message_about_a_line_of_json_is_told_in_french(tmp_path: Path, line: str) -> None:
    bank = tmp_path / "bank.jsonl"
    bank.write_text(f"{line}\n")
    (problem,) = read_bank(bank)[1]
    said = translated(problem.message, FRENCH)
    assert said != problem.message
    words = [set(re.findall(r"[A-Za-z]{4,}", text)) for text in (problem.message, said)]
    assert words[0] & words[1] <= {"JSON", "Question"}


def test_a_bank_that_is_not_there_is_told_in_french(tmp_path: Path) -> None:
    (problem,) = read_bank(tmp_path / "none.yaml")[1]
    assert translated(problem.message, FRENCH) == (
        "cette banque de questions ne peut pas être lue : "
        f"{str(tmp_path / 'none.yaml')!r} : il n'existe pas (erreur 2)"
    )


def texts(path: Path) -> Iterator[str]:
    """The texts of a module, cut where values come in, but for what explains it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    explaining = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explaining:
            yield from node.value.split("{}")


def whole(code: str, pair: Pair) -> Iterator[str]:
    """A message of a pair, with all that may be said in its holes."""
    parts = [(h, s) for h, s in pair.shapes.items() if s not in ("", FIRST, *SHAPES)]
    for held in product(*(sections(code)[section] for _, section in parts)):
        english = pair.english
        for (hole, section), inner in zip(parts, held, strict=True):
            english = english.replace(f"{{{hole}:{section}}}", inner.english)
        yield english


def literals(pair: Pair) -> list[str]:
    """The English words of a pair, cut where values come in."""
    return re.split(HOLE, pair.english.replace("}}", "}"))


@pytest.mark.parametrize("code", FOREIGN)
def test_nothing_is_said_of_a_base_that_has_no_sentence_in_every_language(code: str) -> None:
    modules = [path for pattern in SAYING for path in (ROOT / "bot").glob(pattern)]
    said = {text for path in modules for text in texts(path) if len(re.findall(r"\b[a-z]+\b", text)) > 2}
    said = {text for text in said if r"\d" not in text} - {UNCLOSED}
    pairs = [pair for each, _, pair in ALL if each == code]
    known = "\n".join(re.sub(HOLE, "\n", message) for pair in pairs for message in whole(code, pair))
    assert sorted(text for text in said if text not in known) == []
    assert len(said) > 80


# --- the file of a language ------------------------------------------------------------------------------


def test_there_is_french_and_nothing_that_is_not_spoken() -> None:
    assert "fr" in CODES
    assert [code for code in CODES if not (WORDINGS / f"{code}.yaml").is_file()] == []


def holes(text: str) -> list[str]:
    return sorted(re.findall(HOLE, text.replace("}}", "")))


def test_a_sentence_has_the_same_holes_in_both_languages() -> None:
    assert [pair.english for *_, pair in ALL if holes(pair.english) != holes(pair.other)] == []


def test_a_hole_holds_a_shape_or_the_words_of_a_section_and_every_section_is_held() -> None:
    for code in CODES:
        held = {shape for each, _, pair in ALL if each == code for shape in pair.shapes.values()} - {""}
        assert (held | {FIRST}) - {*SHAPES} == {*sections(code)}


def test_a_message_is_in_a_section_once() -> None:
    found = [(code, section, pair.english) for code, section, pair in ALL]
    assert sorted({entry for entry in found if found.count(entry) > 1}) == []


def test_a_french_sentence_has_a_space_before_its_high_marks_and_no_other_quotation_marks() -> None:
    for code, _, pair in ALL:
        text = re.sub(r"https?://|`[^`]*`|\(:\)|\"08:00\"", "", pair.other)
        assert code != "fr" or not re.search(r"\S[:;?!](?!/)|[“”’«»]", text.replace("(!)", "")), pair.other


def test_a_broken_file_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zz.yaml").write_text("message: []\nmessage: []\n", encoding="utf-8")
    monkeypatch.setattr(problems, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"zz\.yaml:2"):
        sections("zz")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: Rose: Petal", "1:11: a colon (:) does not belong here; put the text between double quotes"),
        ("a: 1\n b: 2\n- c", "2:3: a colon (:) does not belong here"),
        ("a: 'it's'", "1:8: a key should stand here; mend the indentation or the quotation marks"),
        ("- a\nb: c", "2:1: a line that begins with `- ` should stand here; mend the indentation"),
        ("a:\n\tb: c", "2:1: no text may begin with this sign; put it between double quotes"),
        ("a: @home", "1:4: no text may begin with this sign; put it between double quotes"),
        ("a: - b", "1:4: a list item (`- `) does not belong here"),
        ('name: Rose\nlist: "The Garden\nbacking: []\n', "2:7: quotation marks are not closed"),
        ("name: Rose\nlist: 'The Garden\n---\n", "2:7: quotation marks are not closed before `---`"),
    ],
)
def test_what_the_library_says_of_yaml_is_told_in_plain_english(text: str, said: str) -> None:
    (problem,) = parse(text, Path("a.yaml"), "a.yaml").problems[-1:]
    place, _, rest = said.partition(": ")
    shown = told(problem, ENGLISH)
    assert shown.startswith(f"a.yaml:{place}: this is not valid YAML: {rest}")
    assert is_told_in_french(problem.message)


# --- telling ---------------------------------------------------------------------------------------------


def test_a_problem_is_told_with_its_place_and_whether_it_may_wait() -> None:
    message = "source 'gazette' has no url: to complete"
    assert told(Problem(Place("a.yaml", 3, 5), message, notice=True), FRENCH) == (
        "a.yaml:3:5: remarque : la source 'gazette' n'a pas d'adresse (url) : à compléter"
    )
    assert told(Problem(Place("a.yaml", 3, 5), "this is not a regular file"), FRENCH) == (
        "a.yaml:3:5: ce n'est pas un fichier ordinaire"
    )


@pytest.mark.parametrize("notice", [True, False])
@pytest.mark.parametrize("message", ["this is not a regular file", "something else: 'x' {y} judges"])
def test_english_stays_as_the_checks_write_it(message: str, notice: bool) -> None:
    problem = Problem(Place("a.yaml", 3, 5), message, notice)
    assert told(problem, ENGLISH) == str(problem)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "something nobody has translated",
        "something nobody has translated; did you mean 'x'?",
        "note: something nobody has translated",
        "note: {message}",
        "q: something: else",
        "'Rose' is a phrase of nobody too; keep it with one",
    ],
)
def test_what_is_not_translated_stays_english_whole(message: str) -> None:
    assert translated(message, FRENCH) == message
    assert told(Problem(Place("a"), message, notice=True), FRENCH) == f"a:1:1: note: {message}"


def test_a_hint_is_told_with_the_message_it_ends() -> None:
    message = "source 'gazete' is not in sources.yaml" + suggest("gazete", ["gazette"])
    assert translated(message, FRENCH) == (
        "la source 'gazete' n'est pas dans sources.yaml ; vouliez-vous dire 'gazette' ?"
    )


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("this must be text", "ceci doit être du texte"),
        ("'this' must be text", "'this' doit être du texte"),
        (
            "'rose' is not one of 'rotating', 'alphabetical' or 'ballot'",
            "'rose' n'est pas parmi les choix, qui sont 'rotating', 'alphabetical' ou 'ballot'",
        ),
        (
            "'y is not an outcome; use one of z' is not one of 'woman' or 'man'",
            "'y is not an outcome; use one of z' n'est pas parmi les choix, qui sont 'woman' ou 'man'",
        ),
        (
            "'is too short to name anyone; at least 3 letters' has more than 8 words; keep those that tell",
            "'is too short to name anyone; at least 3 letters' a plus de 8 mots ; gardez ceux qui en disent long",
        ),
        (
            "'Rose' would hide \"l'aînée, a name of party 'x'; add\", the name of fact 'y'; add a word of the spam",
            "'Rose' cacherait \"l'aînée, a name of party 'x'; add\", le nom du fait 'y' ; "
            "ajoutez un mot qui n'est que dans les messages indésirables",
        ),
        (
            "this file cannot be read: Permission denied",
            "ce fichier ne peut pas être lu : l'accès est refusé",
        ),
        (
            "'Thorn' is the surname of candidate 'thorn'; leave it to them",
            "'Thorn' est le nom de famille du candidat 'thorn' ; retirez-le ici",
        ),
        ("the text 'fr' is empty; write it", "le texte 'fr' est vide ; écrivez-le"),
        ("there is no such day", "ce jour n'existe pas"),
        (
            "'who is' is written for 'voting', but the bot speaks of itself",
            "'who is' est écrit pour 'voting', mais le bot parle de lui-même",
        ),
        (
            "'cafés' asks for the same as 'café' of topic 'shops': the bot will ask back between the two",
            "'cafés' demande la même chose que 'café', une formulation du sujet 'shops' : "
            "le bot demandera lequel des deux",
        ),
        ("this file cannot be read: Disk on fire", "ce fichier ne peut pas être lu : Disk on fire"),
        (
            "must.0: '(' is not a regular expression: missing x",
            "must.0 : '(' n'est pas une expression rationnelle : missing x",
        ),
    ],
)
def test_words_of_the_base_stay_letter_for_letter_even_if_they_read_like_a_message(
    message: str, said: str
) -> None:
    assert translated(message, FRENCH) == said


MEAN = st.sampled_from([text for *_, pair in ALL for text in literals(pair) if text]) | st.text(max_size=90)
WRITTEN = st.lists(MEAN, max_size=3).map("".join)
VALUES: dict[str, st.SearchStrategy[str]] = {
    "quoted": (WRITTEN | st.lists(WRITTEN, max_size=3) | st.dictionaries(WRITTEN, WRITTEN, max_size=2)).map(
        short
    ),
    "word": st.from_regex(r"[a-z]{1,8}(\.[0-9])?", fullmatch=True),
    "": st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True),
}


@st.composite
def messages(draw: st.DrawFn, code: str, section: str = FIRST, depth: int = 0) -> tuple[str, str]:
    """A message with values in its holes, and what it is to be told as."""
    pairs = [pair for pair in sections(code)[section] if not (depth and pair.around)]
    pair = draw(st.sampled_from(pairs))
    english, other = {}, {}
    for hole, shape in pair.shapes.items():
        if shape in VALUES:
            english[hole] = other[hole] = draw(VALUES[shape])
        else:
            english[hole], other[hole] = draw(messages(code, shape, depth + 1))
    return re.sub(r":\w+\}", "}", pair.english).format(**english), pair.other.format(**other)


@pytest.mark.parametrize("code", CODES)
@given(data=st.data())
def test_any_values_in_any_message_come_out_as_they_went_in(code: str, data: st.DataObject) -> None:
    message, expected = data.draw(messages(code))
    assert translated(message, wording(code)) == expected


@given(st.text() | WRITTEN, st.booleans())
def test_anything_can_be_told(message: str, notice: bool) -> None:
    assert told(Problem(Place("a"), message, notice), FRENCH).startswith("a:1:1: ")


# --- where it is told ------------------------------------------------------------------------------------


def test_moderators_read_what_an_edit_would_break_in_their_language(write: Write) -> None:
    found = load(write({"common/topics/cameras.yaml": ""})).problems
    place = "knowledge/common/topics/cameras.yaml:1:1: "
    assert Moderation(invented.election(), FRENCH).problems(found) == (
        f"{place}ce fichier est vide ; remplissez-le ou retirez-le",
    )
    assert Moderation(invented.election(), ENGLISH).problems(found) == (str(found[0]),)


def test_a_bot_that_serves_reads_no_sentences_of_problems_until_there_is_one() -> None:
    program = (
        "import bot.channels.telegram.folder, bot.channels.telegram.moderating.bench\n"
        "from bot.dialogue import problems\n"
        "from bot.dialogue.wording import wording\n"
        "wording('fr')\n"
        "print(problems.sections.cache_info().currsize)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, cwd=ROOT, check=True, text=True
    )
    assert done.stdout.strip() == "0"
