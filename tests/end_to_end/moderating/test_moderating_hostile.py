"""Whatever a moderator types stands in the file as it was typed, is shown as it stands there, and gets nowhere else."""

from __future__ import annotations

import html
from pathlib import Path

from bot.knowledge.loading import load
from bot.moderation.forms import phrases
from tests.end_to_end.moderating.phones import TOWN, Phone, Start, git, moderator, under_git, voter
from tests.end_to_end.served import Served
from tests.stand_in import StandIn

TEXTS = [
    """He said "yes" and 'no': {a: [b]} # c""",
    "<b>bold</b> &amp; <script>alert()</script>",
    "{} {0} %(x)s ${HOME} {{ x }}",
    "# no comment",
    "*alias &anchor !tag <<: x",
    "- - ? key: value",
    "null",
    "🗳️ élection 👩‍👩‍👧 œuvre",
    "نص عربي من اليمين",
    "$(touch pwned) ; `touch pwned` | touch pwned",
    "../../../pwned",
    "--amend -m x --exec=touch",
    "back\\slash \\n \\x41 %0a",
    "two\nlines\r\nand\ta tab",
]
ASKED = "quantum flux"


def on_one_line(text: str) -> str:
    """As a text with line breaks is kept."""
    return " ".join(text.split())


def few_words(text: str) -> str:
    """As much of a text as may stand in a way of asking."""
    return " ".join(text.split()[:6])


def files_below(folder: Path) -> set[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path for path in found if ".git" not in path.parts}


def told(camille: Phone, texts: list[str], number: int) -> None:
    """A fact of which every text is hostile; names and ways of asking are nobody else's."""
    name, claim, publisher, title, quote, phrasing = texts
    for code in ("fr", "en"):
        camille.type(f"{name} {code} {number}")
    camille.type(claim)
    camille.type(claim)
    camille.press_choice("new")
    camille.type(publisher)
    camille.type(title)
    camille.press("skip")
    camille.press("skip")
    camille.tap("English")
    camille.type(quote)
    for code in ("fr", "en"):
        camille.type(f"{code} {number} {few_words(phrasing)}")


def test_hostile_texts_stand_in_the_file_as_they_were_typed_and_nowhere_else(
    telegram: StandIn, start: Start, root: Path, tmp_path: Path
) -> None:
    under_git(root)
    camille, asking = moderator(telegram), voter(telegram)
    with start():
        camille.named("Camille")
        before, here = files_below(tmp_path), set(Path.cwd().iterdir())
        for number in range(0, len(TEXTS), 2):
            texts = [TEXTS[(number + place) % len(TEXTS)] for place in range(6)]
            texts[1] += " or so they said"
            known = set(load(root).base.elections[TOWN].own.facts)
            asking.type(ASKED)
            camille.type("/queue")
            camille.tap(ASKED)
            camille.press("fact")
            told(camille, texts, number)
            camille.press("apply")
            assert camille.say("moderation.done.applied") in camille.text

            name, claim, publisher, title, quote, phrasing = map(on_one_line, texts)
            phrasing = few_words(phrasing)
            election = load(root).base.elections[TOWN]
            (added,) = set(election.own.facts) - known
            fact = election.fact(added)
            source = election.source(fact.answer[0].source)
            assert fact.name == {code: f"{name} {code} {number}" for code in ("fr", "en")}
            assert fact.answer[0].claim == {"fr": claim, "en": claim}
            assert (source.publisher, source.title) == (publisher, title)
            assert fact.answer[0].quote == {"en": quote.strip("\"'")}
            assert fact.phrasings == {code: phrases(f"{code} {number} {phrasing}") for code in ("fr", "en")}

            answer = asking.type(f"/start {added}")
            for text in (f"{name} en {number}", claim, quote, publisher, title):
                assert text in answer
            assert f"• {html.escape(claim, quote=False)}\n" in asking.screen.html
        assert {path.parent for path in files_below(tmp_path) - before} == {root / TOWN / "facts"}
        assert set(Path.cwd().iterdir()) == here
        assert len(git(root, "log", "--format=%h").split()) == 1 + len(TEXTS) // 2
        assert git(root, "status", "--porcelain") == f"?? {root.name}/.lock\n"


def test_a_hostile_name_is_shown_as_it_is_and_ends_no_line_of_a_commit(
    telegram: StandIn, start: Start, root: Path
) -> None:
    under_git(root)
    camille = moderator(telegram)
    with start():
        camille.named("Camille")
        voter(telegram).type(ASKED)
        camille.type("/queue")
        camille.tap(ASKED)
        camille.press("mute")
        camille.press("use", text=ASKED)
        camille.press("apply")
        names = [on_one_line(text) for text in TEXTS if len(on_one_line(text)) <= 40][::2]
        for step, name in enumerate(names, 1):
            camille.type("/name")
            camille.type(name)
            assert camille.text == camille.say("moderation.draft.named", name=name)
            camille.type(f"/revert {step}")
            camille.press("apply")
            assert f" · {name} · applied · " in camille.type("/log")
            author, *lines = git(root, "log", "-1", "--format=%an%n%s%n%b").strip().splitlines()
            shown = " ".join(name.translate({ord(c): " " for c in "<>\u200d"}).split())
            assert lines == [f"reversal: {ASKED}", f"Proposed-by: {shown}"]
            assert author == shown.strip(".,:;<>\"'\\")  # as git does


def test_the_longest_message_there_is_is_too_long_for_any_answer(
    telegram: StandIn, bot: Served, camille: Phone
) -> None:
    voter(telegram).type(ASKED)
    camille.type("/queue")
    camille.tap(ASKED)
    camille.press("fact")
    camille.type("ж" * 4_096)
    assert camille.text.startswith(camille.say("moderation.fault.too_long", length=4_096, limit=200))
    camille.type("/name")
    camille.type("🗳" * 2_048)
    assert camille.text.startswith(camille.say("moderation.fault.empty"))
    camille.type("n" * 4_096)
    assert camille.text.startswith(camille.say("moderation.fault.too_long", length=4_096, limit=40))
