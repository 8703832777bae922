"""What every test may ask: the bundled election, an invented one in files, and a smaller one made by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.dialogue.assistant import Assistant, Utterance
from bot.dialogue.memory import Memory
from bot.dialogue.reply import Reply
from bot.knowledge.loading import Loaded, load
from tests import invented

ROOT = Path(__file__).parents[1]
BUNDLED = "levallois-perret-2026"
BUNDLED_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
VILLEBOIS = "villebois-2032"
VILLEBOIS_NOW = datetime(2032, 3, 1, 12, tzinfo=UTC)

# HYPOTHESIS_PROFILE=thorough tries thousands of examples; CI tries the same thirty every time.
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("dev", deadline=None, max_examples=60, suppress_health_check=SLOW)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=30, derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("dev"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

Ask = Callable[..., Reply]


def asking(assistant: Assistant, election: str, usual: datetime) -> Ask:
    """A function that asks a text after its context, in a conversation of its own."""

    def ask(text: str, *context: str, now: datetime = usual, **utterance: str) -> Reply:
        memory = Memory()
        for earlier in context:
            _, memory = assistant.respond(Utterance(earlier, election, **utterance), memory, now)
        return assistant.respond(Utterance(text, election, **utterance), memory, now)[0]

    return ask


@pytest.fixture(scope="session")
def bundled() -> Loaded:
    """The knowledge that comes with the bot."""
    return load(ROOT / "knowledge")


@pytest.fixture(scope="session")
def assistant(bundled: Loaded) -> Assistant:
    """An assistant that answers about the bundled election."""
    return Assistant(bundled.base)


@pytest.fixture(scope="session")
def ask(assistant: Assistant) -> Ask:
    """Asks about the bundled election."""
    return asking(assistant, BUNDLED, BUNDLED_NOW)


@pytest.fixture(scope="session")
def villebois(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The invented election of fixtures/knowledge, beside the shared topics of the real one."""
    root = tmp_path_factory.mktemp("villebois")
    shutil.copytree(ROOT / "knowledge" / "common", root / "common")
    shutil.copytree(ROOT / "tests" / "fixtures" / "knowledge" / VILLEBOIS, root / VILLEBOIS)
    return load(root)


@pytest.fixture(scope="session")
def villebois_assistant(villebois: Loaded) -> Assistant:
    """An assistant that answers about the invented election in files."""
    return Assistant(villebois.base)


@pytest.fixture(scope="session")
def small() -> Assistant:
    """An assistant that answers about the small election made by hand."""
    return Assistant(invented.base())


@pytest.fixture(scope="session")
def ask_small(small: Assistant) -> Ask:
    """Asks about the small election made by hand."""
    return asking(small, invented.TOWN, invented.NOW)
