"""What a line typed in the terminal leads to, without a terminal."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.lines import CONTEXT, LINE_BYTES, TEXT, Asked, answer, asked, bounded, numbered
from bot.channels.opening import Refused, Where, chosen, clock, folder, read, sound, spoken
from bot.channels.reports import (
    Table,
    aligned,
    annotation,
    failed,
    failures,
    show,
    tally,
)
from bot.channels.screen import _draw, converse, printed
from bot.channels.terminal import Conversation, Shown, commands
from bot.dialogue.assistant import Assistant
from bot.dialogue.outcomes import (
    CandidateCard,
    Comparison,
    Decline,
    FactAnswer,
    Help,
    NoPosition,
    Outcome,
    Position,
    Unknown,
)
from bot.dialogue.wording import wording
from bot.evaluation.bank import Question
from bot.evaluation.scoring import Result, Verdict
from bot.knowledge.document import Place, Problem
from bot.knowledge.model import Election
from bot.language.catalogue import known_languages

ROOT = Path(__file__).parents[2]
NOW = datetime(2032, 3, 1, 12, tzinfo=UTC)
Start = Callable[..., Conversation]


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("one") / "knowledge"
    shutil.copytree(ROOT / "knowledge" / "common", root / "common")
    shutil.copytree(ROOT / "tests/fixtures/knowledge/villebois-2032", root / "villebois-2032")
    return root


@pytest.fixture(scope="module")
def assistant(knowledge: Path) -> Assistant:
    return Assistant(sound(Where(str(knowledge))))


@pytest.fixture(scope="module")
def election(assistant: Assistant) -> Election:
    return chosen(assistant.base, None)


@pytest.fixture
def start(assistant: Assistant, election: Election) -> Start:
    def started(client_language: str | None = "fr", **options: object) -> Conversation:
        now = options.get("now", lambda: NOW)
        return Conversation(assistant, election, now, client_language, "a conversation")  # type: ignore[arg-type]

    return started


def outcome(shown: Shown) -> Outcome:
    assert shown.reply is not None
    return shown.reply.outcome


# --- questions and choices -------------------------------------------------------------------------------


def test_a_typed_question_is_answered_with_a_reply(start: Start) -> None:
    assert outcome(start().hear("que dit Élise Roy sur la transparence ?")) == Position(
        "roy", ("transparency",)
    )


def test_a_typed_number_is_the_choice_with_that_number(start: Start) -> None:
    conversation = start()
    first = conversation.hear("Lambert")
    assert len(first.choices) == 2
    picked = outcome(conversation.hear("2"))
    assert picked == CandidateCard((first.choices[1].target,))


def test_the_number_after_the_last_choice_is_none_of_these(start: Start) -> None:
    conversation = start()
    assert "3. Aucune de ces réponses" in printed(conversation.hear("Lambert"))
    assert conversation.hear("3").title == wording("fr")("none_chosen")


def test_none_of_these_can_be_said_once(start: Start) -> None:
    conversation = start()
    conversation.hear("Lambert")
    conversation.hear("3")
    assert conversation.hear("3").reply is not None


@pytest.mark.parametrize("number", ["0", "9", "999"])
def test_a_number_beyond_the_choices_gets_a_sentence_and_keeps_them(start: Start, number: str) -> None:
    conversation = start()
    conversation.hear("Lambert")
    assert number in conversation.hear(number).title
    assert isinstance(outcome(conversation.hear("1")), CandidateCard)


def test_a_number_is_a_question_like_any_other_when_nothing_is_offered(start: Start) -> None:
    assert start().hear("2").reply is not None


def test_a_year_is_never_taken_for_a_choice(start: Start) -> None:
    conversation = start()
    conversation.hear("/candidats")
    assert conversation.hear("2032").reply is not None


def test_a_new_answer_replaces_the_choices_before_it(start: Start) -> None:
    conversation = start()
    conversation.hear("/candidats")
    reply = conversation.hear("que dit Élise Roy sur la transparence ?").reply
    assert reply is not None
    assert conversation.hear(str(len(reply.suggestions) + 1)).reply is None or not reply.suggestions


def test_a_choice_is_answered_in_the_language_of_the_question(start: Start) -> None:
    conversation = start(None)
    conversation.hear("Who is Lambert and what is it that they want for the town?")
    conversation.hear("/candidates")
    reply = conversation.hear("1").reply
    assert reply is not None
    assert reply.language == "en"


def test_a_follow_up_is_understood_from_what_was_said_before(start: Start) -> None:
    conversation = start()
    conversation.hear("que dit Élise Roy sur la transparence ?")
    assert isinstance(outcome(conversation.hear("et Doan ?")), NoPosition)


def test_the_conversation_is_forgotten_after_half_an_hour(start: Start) -> None:
    times = [NOW]
    conversation = start(now=lambda: times[0])
    conversation.hear("que dit Élise Roy sur la transparence ?")
    times[0] += timedelta(hours=1)
    assert isinstance(outcome(conversation.hear("et Doan ?")), CandidateCard)


def test_a_text_longer_than_a_message_is_refused_in_one_sentence(start: Start) -> None:
    shown = start().hear("a" * (TEXT + 1))
    assert str(TEXT) in shown.title
    assert shown.reply is None


@pytest.mark.parametrize("typed", ["\x00", "\ud800", "🗳️" * 50, "‮", "/", "//", "/\x00", "/ ", "٣", "²"])
def test_no_typed_line_is_an_exception(start: Start, typed: str) -> None:
    assert printed(start().hear(typed))


# --- commands --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("/candidates", "candidates"),
        ("/candidats", "candidates"),
        ("/TOPICS", "topics"),
        ("/sujets", "topics"),
        ("/themes", "topics"),
        ("/comparer", "compare"),
        ("/langue", "language"),
        ("/pourquoi", "why"),
        ("/vie-privée", "privacy"),
        ("/vie-privee", "privacy"),
        ("/aide", "help"),
        ("/quitter", "quit"),
    ],
)
def test_commands_are_understood_in_both_languages(start: Start, typed: str, command: str) -> None:
    conversation = start()
    assert conversation.hear(typed).title == start().hear(f"/{command}").title


def test_every_name_of_a_command_belongs_to_one_command_only() -> None:
    owners: dict[str, set[str]] = {}
    for code in spoken():
        for command in set(commands().values()):
            for name in wording(code)(f"terminal.names.{command}").split():
                owners.setdefault(name, set()).add(command)
    assert {name: found for name, found in owners.items() if len(found) > 1} == {}


def test_a_command_may_be_shortened_as_long_as_it_is_the_only_one(start: Start) -> None:
    assert start().hear("/cand").title == start().hear("/candidats").title
    assert start().hear("/c").title == "/candidats, /comparer, /confidentialité ou /corrections ?"


def test_corrections_are_listed_with_what_is_said_now(knowledge: Path, tmp_path: Path) -> None:
    root = tmp_path / "knowledge"
    shutil.copytree(knowledge, root)
    file = root / "villebois-2032/candidates/carvalheda.yaml"
    words = '{date: 2032-02-28, was: {fr: "Avant.", en: "Before."}, why: {fr: "Erreur.", en: "A slip."}}'
    file.write_text(
        file.read_text(encoding="utf-8").rstrip() + f"\n      corrected: {words}\n", encoding="utf-8"
    )
    base = sound(Where(str(root)))
    conversation = Conversation(
        Assistant(base), base.elections["villebois-2032"], lambda: NOW, client_language="fr"
    )
    shown = conversation.hear("/corrections")
    assert shown.title == "Ce qui a été corrigé, le plus récent d'abord :"
    (entry,) = shown.entries
    assert entry.text.startswith("28 février 2032 – Inês Carvalheda · ")
    assert "« Avant. » a été remplacé par « " in entry.text
    assert entry.text.endswith(" Erreur.")


def test_where_nothing_was_corrected_that_is_said(start: Start) -> None:
    assert start().hear("/corrections").title.startswith("Aucune déclaration de cette base n'a été corrigée")


def test_an_unknown_command_gets_one_sentence(start: Start) -> None:
    assert start().hear("/vote moi").title == wording("fr")("terminal.unknown_command", command="/vote")


def test_help_names_every_command_in_the_reader_s_language(start: Start) -> None:
    for code in known_languages():
        listed = start(code).hear("/help").title
        for command in set(commands().values()):
            assert any(f"/{name}" in listed for name, owner in commands().items() if owner == command), (
                command
            )


def test_candidates_are_listed_in_the_election_s_stated_order(start: Start, election: Election) -> None:
    shown = start().hear("/candidats")
    assert {choice.target for choice in shown.choices} == set(election.candidates)
    assert shown.entries[0].text == wording("fr")("order.alphabetical")
    assert shown.choices[0].text.startswith("Yacine Benmerzoud")


def test_a_listed_candidate_can_be_picked_by_number(start: Start) -> None:
    conversation = start()
    shown = conversation.hear("/candidats")
    assert outcome(conversation.hear("3")) == CandidateCard((shown.choices[2].target,))


def test_topics_stand_below_their_parents_and_say_how_many_candidates_spoke(start: Start) -> None:
    texts = [choice.text for choice in start("en").hear("/topics").choices]
    assert any(text.startswith("Security › Video surveillance (") for text in texts)
    assert texts.index(next(t for t in texts if t.startswith("Security ("))) < texts.index(
        next(t for t in texts if t.startswith("Security ›"))
    )


def test_every_listed_topic_leads_to_everybody_s_answer(start: Start, election: Election) -> None:
    conversation = start()
    for number in range(1, len(conversation.hear("/sujets").choices) + 1):
        conversation.hear("/sujets")
        found = outcome(conversation.hear(str(number)))
        assert isinstance(found, Comparison | NoPosition)
        assert found.candidates == ()


@pytest.mark.parametrize(
    "subject", ["transparence", "Transparence et éthique", "transparency", "la transparance"]
)
def test_comparing_a_subject_asks_it_about_everybody(start: Start, subject: str) -> None:
    assert outcome(start().hear(f"/comparer {subject}")) == Comparison((), ("transparency",))


def test_comparing_stays_about_everybody_even_if_someone_is_named(start: Start) -> None:
    found = outcome(start().hear("/comparer transparence Élise Roy"))
    assert found == Comparison((), ("transparency",))


def test_comparing_nothing_compares_on_the_subject_just_talked_about(start: Start) -> None:
    conversation = start()
    conversation.hear("que dit Élise Roy sur la transparence ?")
    assert outcome(conversation.hear("/comparer")) == Comparison((), ("transparency",))


def test_comparing_nothing_at_first_asks_for_a_subject(start: Start) -> None:
    assert start().hear("/comparer").title.startswith("Sur quel sujet")


def test_comparing_cannot_get_round_a_guard(start: Start) -> None:
    assert not isinstance(outcome(start().hear("/comparer pour qui voter ?")), Comparison)


def test_sources_are_listed_with_their_pages(start: Start, election: Election) -> None:
    entries = start().hear("/sources").entries
    assert len(entries) == len(election.all("sources"))
    assert any(entry.url for entry in entries)


def test_the_language_of_replies_can_be_set_and_freed(start: Start) -> None:
    conversation = start()
    assert conversation.hear("/langue en").title == wording("en")("terminal.language_set")
    reply = conversation.hear("que dit Élise Roy sur la transparence ?").reply
    assert reply is not None
    assert reply.language == "en"
    conversation.hear("/language auto")
    reply = conversation.hear("que dit Élise Roy sur la transparence ?").reply
    assert reply is not None
    assert reply.language == "fr"


@pytest.mark.parametrize("wanted", ["anglais", "English", "EN"])
def test_a_language_may_be_called_by_its_name(start: Start, wanted: str) -> None:
    assert start().hear(f"/langue {wanted}").title == wording("en")("terminal.language_set")


def test_an_unknown_language_is_refused_with_those_there_are(start: Start) -> None:
    shown = start().hear("/langue klingon")
    assert "klingon" in shown.title
    assert "en (anglais)" in shown.title
    assert "/langue en" in start().hear("/langue").title


def test_the_bot_speaks_the_language_last_spoken_to_it(start: Start) -> None:
    conversation = start()
    conversation.hear("what does Élise Roy say about transparency?")
    assert conversation.hear("/quit").title == wording("en")("terminal.goodbye")


def test_privacy_says_that_nothing_is_stored(start: Start) -> None:
    assert start().hear("/privacy").title == wording("fr")("help.privacy")


@pytest.mark.parametrize("typed", ["/quit", "/quitter", "exit", "Quitter"])
def test_leaving_is_a_goodbye(start: Start, typed: str) -> None:
    shown = start().hear(typed)
    assert shown.over
    assert shown.title == "À bientôt."


# --- why -------------------------------------------------------------------------------------------------


def test_there_is_nothing_to_explain_at_first(start: Start) -> None:
    assert start().hear("/why").title == wording("fr")("terminal.nothing_yet")


def test_an_explanation_shows_language_corrections_names_readings_thresholds_and_rule(start: Start) -> None:
    conversation = start()
    conversation.hear("que dit Élise Roi sur la transparance ?")
    lines = [entry.text for entry in conversation.hear("/pourquoi").entries]
    text = "\n".join(lines)
    assert lines[0].startswith("Langue : français")
    assert "Élise Roy (candidat" in text
    assert "transparance → " in text
    assert "(sujet transparency)" in text
    assert "Seuils :\n" in text
    assert "Résultat : position – " in text
    assert conversation.assistant.base.version in lines[-1]


def test_a_name_that_two_people_share_is_explained_with_both(start: Start) -> None:
    conversation = start("en")
    conversation.hear("Lambert")
    assert "Gontran Lambert / Sylviane Lambert" in printed(conversation.hear("/why"))


def test_a_choice_is_explained_as_one(start: Start) -> None:
    conversation = start("en")
    conversation.hear("/candidates")
    conversation.hear("1")
    assert wording("en")("why.chosen", text="Yacine").split("Yacine")[0] in printed(conversation.hear("/why"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("pour qui voter ?", Decline),
        ("bonjour", Help),
        ("zzxqy blorpf", Unknown),
        ("Élise Roy", CandidateCard),
        ("quelle est la date de l'élection ?", FactAnswer),
    ],
)
def test_every_outcome_has_its_reason(start: Start, typed: str, found: type) -> None:
    conversation = start()
    assert isinstance(outcome(conversation.hear(typed)), found)
    assert wording("fr")("why.outcome") in printed(conversation.hear("/pourquoi"))


# --- the screen ------------------------------------------------------------------------------------------


def drawn(shown: Shown, width: int = 80) -> str:
    from rich.console import Console

    console = Console(file=io.StringIO(), width=width, force_terminal=True, highlight=False, markup=False)
    _draw(console, shown, "Tapez un numéro pour choisir.")
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_a_terminal_shows_names_in_bold_quotes_in_italics_and_sources_as_links(start: Start) -> None:
    text = drawn(start().hear("transparence"))
    assert "\x1b[1m" in text
    assert "\x1b[3m« chaque note de frais" in text
    assert "\x1b]8;" in text


def test_a_terminal_shows_every_claim_of_the_reply_and_numbers_the_choices(start: Start) -> None:
    shown = start().hear("que dit Élise Roy sur la transparence ?")
    assert shown.reply is not None
    flat = " ".join(drawn(shown, 400).split())
    for statement in shown.reply.statements:
        assert statement.text in flat
    assert "Tapez un numéro pour choisir." in flat


def test_the_choice_of_none_is_numbered_too(start: Start) -> None:
    assert "Aucune de ces réponses" in drawn(start().hear("Lambert"))


@pytest.mark.parametrize("typed", ["/candidats", "/sujets", "/sources", "/why", "transparence", "/aide"])
def test_nothing_is_wider_than_the_terminal(start: Start, typed: str) -> None:
    import re

    for line in drawn(start().hear(typed), 60).splitlines():
        visible = re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", line)
        assert len(visible) <= 60


def test_square_brackets_are_text_and_not_markup(start: Start) -> None:
    assert "[bold]x[/bold]" in drawn(Shown("[bold]x[/bold]"))


def test_piped_lines_are_answered_until_the_input_ends(
    start: Start, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\nbonjour\n\n/quit\nLambert\n"))
    converse(start())
    out = capsys.readouterr().out
    assert out.startswith("Bonjour")
    assert out.rstrip().endswith("À bientôt.")
    assert "\x1b" not in out
    assert "\n\n\n" not in out


def test_no_input_at_all_is_the_end(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    converse(start())


# --- JSON lines ------------------------------------------------------------------------------------------


def refusal(line: bytes) -> str:
    with pytest.raises(Refused) as refused:
        asked(line, ["fr", "en"])
    return refused.value.key


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (b"nope", "line_json"),
        (b"[" * 100_000, "line_json"),
        (b'{"text": 1' + b"0" * 5000 + b"}", "line_json"),
        (b"\xff", "line_encoding"),
        (b"[]", "line_object"),
        (b"3", "line_object"),
        (b"{}", "line_text"),
        (b'{"text": null}', "line_text"),
        (b'{"text": ["a"]}', "line_text"),
        (b'{"id": true, "text": "a"}', "line_id"),
        (b'{"id": NaN, "text": "a"}', "line_id"),
        (b'{"id": {}, "text": "a"}', "line_id"),
        (b'{"text": "a", "context": "b"}', "line_context"),
        (b'{"text": "a", "context": [1]}', "line_context"),
        (json.dumps({"text": "a", "context": ["b"] * (CONTEXT + 1)}).encode(), "line_context"),
        (b'{"text": "a", "language": "de"}', "line_language"),
        (b'{"text": "a", "language": ["fr"]}', "line_language"),
        (json.dumps({"text": "a" * (TEXT + 1)}).encode(), "too_long"),
        (json.dumps({"text": "a", "context": ["b" * (TEXT + 1)]}).encode(), "too_long"),
        (b'"' + b"a" * LINE_BYTES + b'"', "line_size"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_for_one_reason(line: bytes, key: str) -> None:
    assert refusal(line) == key
    for code in spoken():
        assert wording(code).keys() >= {f"terminal.{key}"}


def test_what_is_left_out_of_a_line_is_empty_and_what_is_unknown_is_ignored() -> None:
    assert asked(b'\xef\xbb\xbf{"text": "a", "outcome": "fact", "style": 3}', ["fr"]) == Asked(
        None, "a", (), None
    )


def test_lines_are_numbered_and_a_giant_one_does_not_hide_the_next() -> None:
    stream = io.BytesIO(b"\n a\n" + b"x" * (3 * LINE_BYTES) + b"\n\nb")
    assert [(number, line[:2]) for number, line in numbered(stream)] == [(2, b" a"), (3, b"xx"), (5, b"b")]


def test_an_answer_line_has_the_keys_that_every_bank_relies_on(
    assistant: Assistant, election: Election
) -> None:
    given = answer(Asked("7", "et la transparence ?", ("Élise Roy",), None), assistant, election, NOW)
    assert list(given) == [
        "id", "outcome", "language", "candidates", "topics", "claims", "others", "facts", "sources",
        "suggestions", "reply", "score", "milliseconds",
    ]  # fmt: skip
    assert given["id"] == "7"
    assert given["outcome"] == "position"
    assert given["claims"] == ["roy/transparency"]
    assert given["sources"] == ["gazette-du-bief-debat"]
    assert given["milliseconds"] > 0
    for suggestion in given["suggestions"]:
        assert set(suggestion) == {"text", "target"}
        assert suggestion["text"] not in given["reply"]


def test_an_answer_can_be_asked_for_in_a_language(assistant: Assistant, election: Election) -> None:
    assert answer(Asked(1, "transparence", (), "en"), assistant, election, NOW)["language"] == "en"


def test_an_empty_text_is_answered_too(assistant: Assistant, election: Election) -> None:
    assert answer(Asked(None, "", (), None), assistant, election, NOW)["outcome"] == "unknown"


def test_the_longest_text_is_answered(assistant: Assistant, election: Election) -> None:
    longest = bounded(("transparence " * TEXT)[:TEXT])
    assert answer(Asked(1, longest, (), None), assistant, election, NOW)["outcome"]


# --- opening ---------------------------------------------------------------------------------------------


def test_options_after_the_command_win_over_those_before_it() -> None:
    assert Where("a", None, None).over(Where("b", "c", None)) == Where("a", "c", None)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2032-03-14", "2032-03-14T12:00:00+01:00"),
        ("2032-07-14", "2032-07-14T12:00:00+02:00"),
        ("2032-03-14T18:30", "2032-03-14T18:30:00+01:00"),
        ("2032-03-14T18:30Z", "2032-03-14T18:30:00+00:00"),
        (" 2032-03-14 18:30:05+02:00 ", "2032-03-14T18:30:05+02:00"),
    ],
)
def test_a_day_means_its_noon_and_a_time_is_local_to_the_election(now: str, expected: str) -> None:
    assert clock(now, "Europe/Paris")().isoformat() == expected


@pytest.mark.parametrize(
    "now", ["", "tomorrow", "2032-13-01", "2032-02-30", "0001-01-01", "9999-12-31", "1", "²"]
)
def test_an_impossible_time_is_refused(now: str) -> None:
    with pytest.raises(Refused, match="bad_now"):
        clock(now, "Europe/Paris")


def test_the_clock_is_the_real_one_if_no_time_is_named() -> None:
    assert abs(clock(None, "Europe/Paris")() - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_usual_folder_is_the_one_here_else_the_one_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    installed = tmp_path / "installed"
    monkeypatch.setattr("bot.channels.opening.INSTALLED", installed)
    with pytest.raises(Refused, match="no_knowledge"):
        folder(None)
    installed.mkdir()
    assert folder(None) == installed
    (tmp_path / "knowledge").mkdir()
    assert folder(None) == tmp_path / "knowledge"


def test_a_base_with_problems_is_not_answered_from(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "election.yaml").write_text("name: 3\n")
    assert read(Where(str(tmp_path))).problems
    with pytest.raises(Refused, match="broken"):
        sound(Where(str(tmp_path)))


def test_a_base_that_names_what_it_lacks_is_not_answered_from(knowledge: Path, tmp_path: Path) -> None:
    root = shutil.copytree(knowledge, tmp_path / "knowledge")
    file = root / "villebois-2032" / "candidates" / "roy.yaml"
    file.write_text(file.read_text().replace("source: radio-tilleul", "source: radio-x", 1))
    with pytest.raises(Refused, match="broken") as refused:
        sound(Where(str(root)))
    assert "radio-x" in str(refused.value.values["problem"])


def test_a_base_in_a_language_without_words_is_not_answered_from(knowledge: Path, tmp_path: Path) -> None:
    root = shutil.copytree(knowledge, tmp_path / "knowledge")
    file = root / "villebois-2032" / "facts" / "candidates-list.yaml"
    file.write_text(file.read_text().replace("  en: [", "  de: [wer kandidiert]\n  en: [", 1))
    with pytest.raises(Refused, match="broken"):
        sound(Where(str(root)))


# --- reports ---------------------------------------------------------------------------------------------


def test_a_problem_becomes_an_annotation_that_no_message_can_break_out_of() -> None:
    problem = Problem(Place("a,b:c.yaml", 3, 5), "100 % wrong\n::error::x")
    say = wording("en")
    assert annotation(problem, say) == "::error file=a%2Cb%3Ac.yaml,line=3,col=5::100 %25 wrong%0A::error::x"
    assert annotation(Problem(Place("a"), "b", notice=True), say).startswith("::notice ")


def results(*verdicts: Verdict) -> list[Result]:
    assert verdicts
    return [
        Result(Question(id=f"q{n}", lang="fr", text="texte", outcome="fact"), None, verdict, "reason")  # type: ignore[arg-type]
        for n, verdict in enumerate(verdicts)
    ]


def test_answers_are_counted_in_all_and_by_language_outcome_and_style() -> None:
    table = tally(results(Verdict.RIGHT, Verdict.WRONG), wording("en"))
    assert table.rows == (
        ("all", "", "2", "1", "0", "0", "1", "0"),
        ("language", "fr", "2", "1", "0", "0", "1", "0"),
        ("outcome", "fact", "2", "1", "0", "0", "1", "0"),
        ("style", "plain", "2", "1", "0", "0", "1", "0"),
    )


def test_what_was_not_right_is_listed_worst_first() -> None:
    lines = failures(
        results(Verdict.ASKED, Verdict.RIGHT, Verdict.MISATTRIBUTED, Verdict.WRONG), wording("en")
    )
    assert [line.split()[:2] for line in lines] == [["misattributed", "q2"], ["wrong", "q3"], ["asked", "q0"]]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.RIGHT, False),
        (Verdict.ASKED, False),
        (Verdict.ABSTAINED, False),
        (Verdict.WRONG, True),
        (Verdict.MISATTRIBUTED, True),
    ],
)
def test_only_wrong_answers_fail_a_bank(verdict: Verdict, expected: bool) -> None:
    assert failed(results(Verdict.RIGHT, verdict)) is expected


def test_a_piped_table_is_columns_of_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(("a", "bb"), (("ccc", "1"), ("d", "22")))
    show(table)
    assert capsys.readouterr().out == aligned(table) + "\n" == "a    bb\nccc   1\nd    22\n"


def test_a_table_on_a_terminal_has_rules(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    show(Table(("a", "b"), (("c", "·"),)))
    assert "─" in capsys.readouterr().out
