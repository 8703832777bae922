"""What is counted adds up, costs next to nothing, and is exposed as the page about it says."""

from __future__ import annotations

import ast
import asyncio
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families

from bot.channels.exposition import exposed
from bot.channels.telegram.standing import Standing
from bot.counting import Counts, Level, Tally, Timing, shown
from bot.dialogue.wording import wording
from bot.state.state import State
from tests.conftest import ROOT, Ask
from tests.numbers import Numbers
from tests.unit.test_state import MISSING, TODAY
from tests.unit.test_state_moderating import PROPOSAL

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
OPEN = "application/openmetrics-text; version=1.0.0"


def told(*measured: Tally | Timing | Level) -> Numbers:
    return Numbers(exposed(measured, str)[0].decode())


def test_what_happened_is_counted_by_its_labels_and_what_may_happen_starts_at_nought() -> None:
    counts = Counts(["en", "fr"])
    counts.reloads.add("ok")
    counts.reloads.add("ok")
    counts.waiting.add(by=2.5)
    found = told(*counts)
    assert found.labelled("reloads_total", "result") == {("ok",): 2}
    assert found.of("waiting_seconds_total") == 2.5
    nought = [(sample.name, sample.labels) for sample in found.samples if not sample.value]
    assert ("election_bot_reloads_total", {"result": "refused"}) in nought
    assert ("election_bot_questions_total", {"outcome": "unknown", "language": "fr"}) in nought
    assert ("election_bot_given_up_total", {}) in nought


def test_a_time_counts_in_its_step_and_in_all_that_are_longer() -> None:
    timing = Timing("handling_seconds", (0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 7.0):
        timing.add(seconds)
    found = told(timing)
    assert found.labelled("handling_seconds_bucket", "le") == {("0.1",): 2, ("1.0",): 3, ("+Inf",): 4}
    assert found.of("handling_seconds_count") == 4
    assert found.of("handling_seconds_sum") == pytest.approx(7.65)


def test_an_answer_counts_for_its_outcome_and_for_each_candidate_it_shows(ask_small: Ask) -> None:
    counts = Counts(["en"])
    replies = [ask_small(text) for text in ("on cameras", "qsdfgh")]
    for reply in replies:
        counts.answered(reply, 0.001)
    assert counts.questions.values[replies[0].name, replies[0].language] == 1
    assert counts.unknown.values["not_understood",] == 1
    owners = {claim.partition("/")[0] for claim in replies[0].claims}
    assert {candidate for _, candidate in counts.shown.values} == owners == shown(replies[0])
    assert owners
    assert sum(counts.understanding.counts) == 2


@pytest.mark.parametrize("accepted", ["", "text/plain;version=0.0.4", OPEN])
def test_whatever_prometheus_asks_for_it_can_read(accepted: str) -> None:
    text, content_type = exposed([*Counts(["en"]), Level.of("ready", True)], str, accepted)
    read = open_families if accepted == OPEN else text_string_to_metric_families
    names = {family.name for family in read(text.decode())}
    assert {"election_bot_questions", "election_bot_ready", "process_resident_memory_bytes"} <= names
    assert content_type.startswith("application/openmetrics-text" if accepted == OPEN else "text/plain")


async def wait_for_moderators(url: str) -> dict[str, int] | None:
    """What waits when of three questions one was dismissed, and of two proposals one was applied."""
    state = State(url)
    await state.open()
    for text in ("pool", "park", "tram"):
        state.unanswered(replace(MISSING, text=text), TODAY)
    state.moderating.dismiss(replace(MISSING, text="park"), TODAY)
    for identifier, status in (("p1", "proposed"), ("p2", "applied")):
        state.moderating.keep_proposal(replace(PROPOSAL, id=identifier, status=status))
    found = await state.moderating.waiting()
    assert (await state.saved(), state.pending) == (True, 0)
    await state.close()
    return found


def test_what_waits_for_moderators_is_what_nobody_dismissed_or_decided(tmp_path: Path) -> None:
    waiting = {"questions": 2, "proposals": 1}
    assert asyncio.run(wait_for_moderators(f"sqlite:///{tmp_path / 'state.db'}")) == waiting
    assert asyncio.run(State(f"sqlite:///{tmp_path / 'none' / 'x.db'}").moderating.waiting()) is None


# --- ready -----------------------------------------------------------------------------------------------


def test_whoever_asks_for_readiness_is_told_why_not() -> None:
    standing = Standing()
    assert standing.asked() == {"status": "not ready", "reason": "starting"}
    standing.reached = True
    assert standing.ready
    assert standing.asked() == {"status": "ready"}
    standing.stop.set()
    assert not standing.ready
    assert standing.asked() == {"status": "not ready", "reason": "stopping"}


def test_nobody_is_waited_for_who_did_not_ask_and_a_proxy_only_until_it_was_told() -> None:
    async def run() -> bool:
        unasked = Standing()
        await asyncio.wait_for(unasked.leave(), 1)
        asked = Standing()
        asked.asked()
        asked.stop.set()
        leaving = asyncio.create_task(asked.leave())
        await asyncio.sleep(0)
        waited = not leaving.done()
        asked.asked()
        await asyncio.wait_for(leaving, 1)
        return waited

    assert asyncio.run(run())


# --- the page about it -----------------------------------------------------------------------------------


def explained() -> dict[str, tuple[tuple[str, ...], str]]:
    """The numbers that the page lists, with their labels and what is said of them."""
    rows = re.findall(r"^\| `election_bot_(\w+)` \| (.*?) ?\| (.+) \|$", PAGE, re.M)
    return {name: (tuple(re.findall(r"`(\w+)`", labels)), said) for name, labels, said in rows}


def counted() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The name in the wording, the name on the page, and the labels of all that is counted."""
    for each in Counts():
        labels = each.labels if isinstance(each, Tally) else ()
        yield each.name, each.name + ("_total" if isinstance(each, Tally) else ""), labels


def test_the_page_explains_what_is_counted_as_the_numbers_do_themselves() -> None:
    said, page = wording("en"), explained()
    for key, name, labels in counted():
        assert page[name] == (labels, said(f"metrics.{key}"))


def test_every_sentence_about_a_number_is_on_the_page_and_no_other() -> None:
    sentences = wording("en").keys()
    keys = {key.removeprefix("metrics.") for key in sentences if key.startswith("metrics.")}
    assert {name.removesuffix("_total") for name in explained()} == keys


@pytest.mark.parametrize(
    "name", ["exposition", "telegram/listening", "telegram/standing", "telegram/webhook"]
)
def test_a_bot_that_nobody_watches_loads_nothing_to_be_watched_with(name: str) -> None:
    tree = ast.parse((ROOT / "bot" / "channels" / f"{name}.py").read_text(encoding="utf-8"))
    loaded = {node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module}
    loaded |= {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    own = {module.partition(".")[0] for module in loaded} - sys.stdlib_module_names
    assert own == {"bot"}
