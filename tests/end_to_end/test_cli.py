"""The commands as people run them: real processes for the main paths, click's runner for the small ones."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import __version__
from bot.channels.grouping import INTERRUPTED, PIPE_CLOSED, reader
from bot.cli import main

ROOT = Path(__file__).parents[2]
BOT = [sys.executable, "-m", "bot"]
KEYS = [
    "id", "outcome", "language", "candidates", "topics", "claims", "others", "facts", "sources",
    "suggestions", "reply", "score", "milliseconds",
]  # fmt: skip
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")


def interruptible() -> None:
    """Undo, before a process starts, that test workers ignore interrupts and hand that down."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def environment(language: str = "C.UTF-8") -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in LOCALE}
    return {**kept, "LC_ALL": language, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


def run(
    *args: str, typed: str | bytes = b"", language: str = "C.UTF-8", cwd: Path = ROOT
) -> tuple[int, str, str]:
    given = typed.encode() if isinstance(typed, str) else typed
    done = subprocess.run(
        [*BOT, *args], input=given, capture_output=True, env=environment(language), cwd=cwd, timeout=60
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with two elections."""
    root = tmp_path_factory.mktemp("two") / "knowledge"
    shutil.copytree(ROOT / "knowledge", root)
    shutil.copytree(ROOT / "tests/fixtures/knowledge/villebois-2032", root / "villebois-2032")
    return str(root)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with the invented election only."""
    root = tmp_path_factory.mktemp("one") / "knowledge"
    shutil.copytree(ROOT / "knowledge" / "common", root / "common")
    shutil.copytree(ROOT / "tests/fixtures/knowledge/villebois-2032", root / "villebois-2032")
    return str(root)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    """A folder whose election has a mistake."""
    (tmp_path / "town-2032").mkdir()
    (tmp_path / "town-2032" / "election.yaml").write_text("name: {fr: Une élection}\nplace: [Ville]\n")
    return str(tmp_path)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LOCALE:
        monkeypatch.delenv(name, raising=False)


def invoke(*args: str, typed: str | bytes | None = None, **environ: str) -> Result:
    return CliRunner().invoke(main, list(args), input=typed, env=environ)


def sentence(result: Result) -> str:
    """The one sentence a refusal consists of."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr
    return result.stderr.strip()


# --- real processes --------------------------------------------------------------------------------------


def test_a_question_is_answered_and_nothing_else_is_printed() -> None:
    status, out, err = run("ask", "que dit Messatfa sur les caméras ?")
    assert (status, err) == (0, "")
    assert out.startswith("Lies Messatfa · ")
    assert "Source : " in out
    assert "\x1b" not in out


def test_an_answer_does_not_load_what_only_other_commands_need() -> None:
    script = (
        "import sys; sys.argv = ['election-bot', 'ask', 'police']\n"
        "from bot.cli import main\n"
        "try: main()\n"
        "except SystemExit as done: assert not done.code\n"
        "print([m for m in ('rich', 'readline', 'bot.evaluation', 'telegram') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        timeout=60,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_a_piped_chat_answers_line_by_line_and_ends_with_its_input() -> None:
    status, out, err = run("chat", typed="qui est Messatfa ?\n/candidats\n1\n/pourquoi\n")
    assert (status, err) == (0, "")
    assert out.startswith("Lies Messatfa")
    assert "\x1b" not in out
    assert "Vous avez choisi" in out


@pytest.mark.parametrize(
    "typed", [b"", b"\n\n", b"/quit\n", b"no newline at the end", b"\xff\xfe\x00\n\xe9\n"]
)
def test_a_chat_ends_quietly_whatever_was_typed(typed: bytes) -> None:
    status, _, err = run("chat", typed=typed)
    assert (status, err) == (0, "")


def test_json_lines_keep_their_contract() -> None:
    lines = [
        {"id": "1", "text": "et les caméras ?", "context": ["Messatfa"], "language": None},
        {"id": "2", "text": "cameras", "context": [], "language": "en"},
        {"id": "3", "text": ""},
        {"id": "4", "text": "\ud800 \x00 police", "expected": "anything"},
    ]
    status, out, err = run("ask", "--jsonl", typed="\n".join(json.dumps(line) for line in lines))
    assert (status, err) == (0, "")
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["id"] for answer in answers] == ["1", "2", "3", "4"]
    assert all(list(answer) == KEYS for answer in answers)
    assert answers[0]["claims"] == ["messatfa/video-surveillance"]
    assert answers[1]["language"] == "en"
    assert answers[2]["outcome"] == "unknown"


def test_bad_json_lines_are_named_and_do_not_stop_the_others() -> None:
    typed = b'{"id": 1, "text": "police"}\nnope\n\n\xff\n{"id": 2, "text": 3}\n{"id": 3, "text": "police"}\n'
    status, out, err = run("ask", "--jsonl", typed=typed)
    assert status == 1
    assert [json.loads(line)["id"] for line in out.splitlines()] == [1, 3]
    assert [line.partition(":")[0] for line in err.splitlines()] == ["line 2", "line 4", "line 5"]


def test_each_json_line_is_answered_before_the_next_is_read() -> None:
    with subprocess.Popen(
        [*BOT, "ask", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "text": "police"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["ask", "--jsonl"], b'{"id": 1, "text": "police"}\n'),
        (["chat"], b"police\n"),
    ],
)
def test_a_closed_pipe_ends_quietly(command: list[str], line: bytes) -> None:
    with subprocess.Popen(
        [*BOT, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(line)
        process.stdin.flush()
        assert process.stdout.readline()
        process.stdout.close()
        try:
            process.stdin.write(line * 2)
            process.stdin.close()
        except BrokenPipeError:
            pass
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == PIPE_CLOSED


def test_only_the_first_line_may_be_wanted() -> None:
    script = f'"{sys.executable}" -m bot coverage | head -1; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, env=environment(), cwd=ROOT, timeout=60, text=True
    )
    assert done.returncode in (0, PIPE_CLOSED)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_an_interrupt_ends_quietly() -> None:
    with subprocess.Popen(
        [*BOT, "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
        preexec_fn=interruptible,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"police\n")
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == INTERRUPTED
        assert process.stderr.read().strip() == b""


def test_a_full_disk_gets_one_sentence() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*BOT, "ask", "police"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd=ROOT,
            timeout=60,
        )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"refused" in done.stderr


def test_refusals_are_in_the_reader_s_language() -> None:
    status, out, err = run("vote", language="fr_FR.UTF-8")
    assert (status, out) == (2, "")
    assert err.startswith("La commande « vote » n'existe pas.")
    assert run("vote", language="en_GB.UTF-8")[2].startswith("There is no command “vote”.")
    assert run("vote", language="de_DE.UTF-8")[2].startswith("There is no command “vote”.")


def test_away_from_any_knowledge_one_sentence_says_so(tmp_path: Path) -> None:
    if (ROOT / "bot" / "_knowledge").exists():
        pytest.skip("this copy carries its own knowledge")
    status, out, err = run("ask", "police", cwd=tmp_path)
    assert (status, out) == (2, "")
    assert err == "No knowledge folder was found here. Name one with --knowledge DIR.\n"


class Terminal:
    """A chat on a real pseudo-terminal."""

    def __init__(self, **environ: str) -> None:
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            interruptible()
            os.chdir(ROOT)
            os.execve(
                sys.executable,
                [*BOT, "chat"],
                {**environment("fr_FR.UTF-8"), "TERM": "xterm-256color", **environ},
            )
        self.shown = b""

    def until(self, mark: str) -> str:
        """What is shown up to a mark; the rest is kept for later."""
        while mark.encode() not in self.shown:
            assert select.select([self.file], [], [], 60)[0], self.shown.decode(errors="replace")
            self.shown += os.read(self.file, 65_536)
        before, _, self.shown = self.shown.partition(mark.encode())
        return before.decode()

    def type(self, keys: str) -> None:
        os.write(self.file, keys.encode())

    def ended(self, keys: str) -> int:
        """How it left once these keys were typed, as often as needed: it may not listen yet."""
        try:
            for _ in range(60):
                self.type(keys)
                while select.select([self.file], [], [], 1)[0]:
                    self.shown += os.read(self.file, 65_536)
        except OSError:  # Linux's way to say that the other side is closed
            pass
        os.close(self.file)  # hangs up on one that did not leave
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_chat_on_a_terminal_welcomes_draws_and_says_goodbye() -> None:
    terminal = Terminal()
    assert "/aide" in terminal.until("vous › ")
    terminal.type("que dit Messatfa sur les caméras ?\r")
    answer = terminal.until("vous › ")
    assert "\x1b[1mLies Messatfa" in answer
    assert "\x1b[3m« " in answer
    assert terminal.ended("\x04") == 0
    assert "À bientôt." in terminal.shown.decode()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_chat_on_a_terminal_honours_no_color_and_control_c() -> None:
    terminal = Terminal(NO_COLOR="1")
    terminal.until("vous › ")
    terminal.type("/candidats\r")
    assert "\x1b[36m" not in terminal.until("Tapez un numéro pour choisir.")
    terminal.until("vous › ")
    assert terminal.ended("\x03") == INTERRUPTED


def test_nothing_of_a_conversation_is_written_to_disk(tmp_path: Path) -> None:
    environ = {**environment(), "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [*BOT, "chat"], input=b"police\n", capture_output=True, env=environ, cwd=ROOT, timeout=60, check=True
    )
    assert list(tmp_path.rglob("*")) == []


# --- every command, in this process ----------------------------------------------------------------------


@pytest.mark.parametrize("args", [["--help"], ["ask", "--help"], ["chat", "--help"], ["--version"]])
def test_help_and_version_are_results(args: list[str]) -> None:
    result = invoke(*args)
    assert result.exit_code == 0
    assert __version__ in result.stdout or "--knowledge DIR" in result.stdout


def test_without_a_command_the_help_is_shown() -> None:
    result = invoke()
    assert result.exit_code == 2
    assert "Commands:" in result.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["vote"], "There is no command “vote”"),
        (["--vote"], "There is no option --vote"),
        (["ask", "--vote"], "There is no option --vote"),
        (["ask", "--now"], "--now needs a date, such as 2026-03-15. See: election-bot ask --help"),
        (["check", "--format", "xml"], "“xml” is not possible here. Choices: text, github."),
        (["export", "--format", "cvs"], "“cvs” is not possible here; did you mean csv?"),
        (
            ["export", "--format"],
            "--format needs one of: csv, json, markdown. See: election-bot export --help",
        ),
        (["add", "postion"], "“postion” is not possible here; did you mean position?"),
        (["add"], "Say what to add: candidate, position, topic, fact, source."),
        (["site"], "Say in which folder to write the site, such as public."),
        (["chat", "police"], "one word too many"),
        (["ask"], "What is your question?"),
        (["ask", "--jsonl", "police"], "--jsonl reads its questions"),
        (["ask", "--jsonl", "--explain"], "--jsonl reads its questions"),
        (["ask", "a" * 5000], "too long (5000 characters)"),
        (["ask", "police", "--now", "tomorrow"], "“tomorrow” is not a possible date"),
        (
            ["ask", "police", "--election", "nowhere"],
            "There is no election “nowhere” here. Elections: levallois",
        ),
        (["questions", "nowhere.yaml"], "There is no file nowhere.yaml"),
        (["questions", "--bank", "nowhere.yaml"], "There is no file nowhere.yaml"),
    ],
)
def test_a_command_that_cannot_be_run_gets_one_sentence(args: list[str], words: str) -> None:
    assert words in sentence(invoke("--knowledge", str(ROOT / "knowledge"), *args))


COMMANDS = [["ask", "x"], ["ask", "--jsonl"], ["chat"], ["questions"], ["coverage"]]


@pytest.mark.parametrize("command", [*COMMANDS, ["check"]])
def test_a_missing_folder_gets_one_sentence(command: list[str]) -> None:
    assert sentence(invoke(*command, "--knowledge", "/nowhere")).startswith(
        "There is no knowledge folder /nowhere"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_base_with_problems_gets_one_sentence(command: list[str], broken: str) -> None:
    said = sentence(invoke(*command, "--knowledge", broken))
    assert said.startswith("The knowledge base has ")
    assert "election.yaml:" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_several_elections_are_listed_if_none_is_chosen(command: list[str], two: str) -> None:
    assert "(levallois-perret-2026, villebois-2032)" in sentence(invoke(*command, "--knowledge", two))


def test_a_folder_without_elections_gets_one_sentence(tmp_path: Path) -> None:
    assert "has 1 problem" in sentence(invoke("ask", "x", "--knowledge", str(tmp_path)))


def test_options_may_stand_before_or_after_the_command(two: str) -> None:
    options = ["--knowledge", two, "--election", "villebois-2032", "--now", "2032-03-01"]
    before, after = invoke(*options, "ask", "Doan"), invoke("ask", "Doan", *options)
    assert before.exit_code == 0
    assert before.stdout == after.stdout
    assert before.stdout.startswith("Minh-Khôi Đoàn")


def test_the_time_decides_what_is_said_of_the_vote(one: str) -> None:
    before = invoke("ask", "Doan", "--knowledge", one, "--now", "2032-03-01").stdout
    after = invoke("ask", "Doan", "--knowledge", one, "--now", "2033-01-01").stdout
    assert "Le vote a lieu le 14 mars 2032" in before
    assert "Le vote a eu lieu" in after


def test_words_need_no_quotes(one: str) -> None:
    assert invoke("ask", "qui", "est", "Doan", "--knowledge", one).stdout.startswith("Minh-Khôi Đoàn")


def test_the_reader_s_language_is_used_when_the_words_do_not_tell(one: str) -> None:
    assert (
        "The vote is on"
        in invoke("ask", "Doan", "--knowledge", one, "--now", "2032-03-01", LANG="en_GB").stdout
    )


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "POSIX"}, None),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "en-GB"}, "en"),
        ({"LANG": "fr_FR", "LC_ALL": "en_US"}, "en"),
        ({"LANG": "fr_FR", "LC_MESSAGES": "en_US"}, "en"),
        ({"LANG": "fr_FR", "LC_ALL": ""}, "fr"),
        ({"LANG": "../../x"}, None),
    ],
)
def test_the_reader_s_language_is_the_locale_s(
    environ: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert reader() == expected


def test_an_explanation_follows_the_answer(one: str) -> None:
    out = invoke("ask", "que dit Élise Roi sur la transparance", "--explain", "--knowledge", one).stdout
    assert out.startswith("Élise Roy · ")
    for part in (
        "Langue : français",
        "transparance → ",
        "(candidat",
        "(sujet transparency)",
        "Seuils :\n",
        "Résultat : position",
    ):
        assert part in out


def test_a_sound_base_has_no_problems_but_may_have_notes() -> None:
    result = invoke("check", "--fast", "--knowledge", str(ROOT / "knowledge"))
    assert result.exit_code == 0
    assert all(": note: " in line for line in result.stdout.splitlines())


def test_every_problem_is_reported_by_place_and_fails(broken: str) -> None:
    result = invoke("check", "--knowledge", broken)
    assert result.exit_code == 1
    places = [tuple(map(int, line.split(":")[1:3])) for line in result.stdout.splitlines()]
    assert len(places) > 1
    assert places == sorted(places)
    assert "Problems: " in result.stderr


def test_problems_can_be_written_as_annotations(broken: str) -> None:
    result = invoke("check", "--format", "github", "--knowledge", broken)
    assert result.exit_code == 1
    assert result.stderr == ""
    assert all(line.startswith("::error file=") for line in result.stdout.splitlines())


TINY = {
    "election.yaml": """\
name: {fr: Élection de Bourg, en: Bourg election}
places: [Bourg]
rounds: [{date: 2032-03-14}]
languages: [fr, en]
checked: 2032-02-20
""",
    "sources.yaml": """\
gazette: {publisher: La Gazette, title: Le débat, published: 2032-02-01, url: "https://gazette.example/", language: fr}
""",
    "candidates/amblard.yaml": "name: Odile Amblard\nsources: [gazette]\n",
    "topics/fountains.yaml": """\
name: {fr: Fontaines, en: Fountains}
phrasings: {fr: [fontaine, pour qui voter], en: [fountain]}
""",
}


def test_a_whole_check_also_tries_the_phrasings(tmp_path: Path) -> None:
    for name, text in TINY.items():
        file = tmp_path / "bourg-2032" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    whole, fast = (
        invoke("check", "--knowledge", str(tmp_path)),
        invoke("check", "--fast", "--knowledge", str(tmp_path)),
    )
    assert (whole.exit_code, fast.exit_code) == (0, 0), fast.stdout
    tried = set(whole.stdout.splitlines()) - set(fast.stdout.splitlines())
    assert len(tried) == 1
    assert "topics/fountains.yaml:2:28: note: 'pour qui voter'" in tried.pop()
    assert "There is no election" in invoke("check", "--knowledge", str(tmp_path), "--election", "x").stderr


BANK = """\
- {id: a, lang: fr, text: "que dit Élise Roy sur la transparence ?", outcome: position, candidates: [roy]}
- {id: b, lang: fr, text: "zzxqy blorpf", outcome: %s}
"""


@pytest.mark.parametrize(("expected", "status"), [("unknown", 0), ("fact", 0), ("help", 0)])
def test_a_bank_without_wrong_answers_passes(expected: str, status: int, one: str, tmp_path: Path) -> None:
    bank = tmp_path / "bank.yaml"
    bank.write_text(BANK % expected)
    result = invoke("questions", str(bank), "--knowledge", one, "--now", "2032-03-01")
    assert result.exit_code == status
    assert ("Not right" in result.stdout) == (expected != "unknown")


def test_a_bank_with_a_wrong_answer_fails_and_names_it(one: str, tmp_path: Path) -> None:
    line = {"id": "q1", "lang": "fr", "text": "Doan", "outcome": "position"}
    bank = tmp_path / "bank.jsonl"
    bank.write_text(json.dumps(line) + "\n")
    result = invoke("questions", "--bank", str(bank), "--knowledge", one)
    assert result.exit_code == 1
    assert "wrong  q1  “Doan”  candidate instead of position" in result.stdout


def test_a_bank_that_cannot_be_read_fails_with_its_places(one: str, tmp_path: Path) -> None:
    bank = tmp_path / "bank.jsonl"
    bank.write_text("nope\n")
    result = invoke("questions", str(bank), "--knowledge", one)
    assert result.exit_code == 1
    assert "bank.jsonl:1:1: this line is not JSON" in result.stderr


def test_without_files_the_banks_that_the_election_brings_are_asked(one: str, tmp_path: Path) -> None:
    root = Path(shutil.copytree(one, tmp_path / "knowledge"))
    shutil.rmtree(root / "villebois-2032" / "questions")
    one = str(root)
    assert sentence(invoke("questions", "--knowledge", one)).startswith("No question bank was found")
    folder = root / "villebois-2032" / "questions"
    folder.mkdir()
    (folder / "fr.yaml").write_text("[]\n")
    assert sentence(invoke("questions", "--knowledge", one)).startswith(
        "These question banks hold no question"
    )
    (folder / "en.yaml").write_text(BANK % "unknown")
    assert invoke("questions", "--knowledge", one).exit_code == 0


def test_coverage_shows_every_candidate(one: str) -> None:
    result = invoke("coverage", "--knowledge", one)
    assert result.exit_code == 0
    assert "G. Lambert  S. Lambert" in result.stdout
    assert "Minh-Khôi Đoàn" in result.stdout


def test_schemas_are_printed_as_json() -> None:
    pytest.importorskip("bot.knowledge.schema")
    every = json.loads(invoke("schema").stdout)
    assert every
    for kind in every:
        assert json.loads(invoke("schema", kind).stdout) == every[kind]
    assert "There is no schema “vote”" in sentence(invoke("schema", "vote"))
