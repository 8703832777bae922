"""Whoever watches over the bot learns over HTTP whether it is ready and what it did, and never about whom."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import telegram.error
import yaml

from bot import __version__
from bot.channels.exposition import exposed
from bot.channels.grouping import words
from bot.channels.opening import Refused, spoken
from bot.channels.telegram import polling
from bot.channels.telegram.standing import levels
from bot.counting import ENDS, KINDS
from bot.dialogue.assistant import Assistant
from bot.dialogue.outcomes import NAMES
from bot.dialogue.wording import wording
from bot.knowledge.loading import load
from bot.state.state import State
from tests.conftest import BUNDLED_NOW, ROOT
from tests.end_to_end.conftest import asked
from tests.end_to_end.hostile import Dice, fed
from tests.end_to_end.moderating.phones import TOWN, TOWN_NOW, town
from tests.end_to_end.odd_updates import PLACES, updates
from tests.end_to_end.served import Served, copied, serving_bot
from tests.numbers import PREFIX, Numbers, get, numbers, outside, readiness
from tests.stand_in import StandIn

DEPLOY = ROOT / "deploy"
ERRORS = {name for name, held in vars(telegram.error).items() if isinstance(held, type)}
HOSTILE = 200
SOUND = ("messatfa cameras", "les caméras", "messatfa animaux", "qsdfgh", "bonjour", "pour qui voter")

Start = Callable[..., AbstractContextManager[Served]]


@pytest.fixture
def telegram_() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def start(telegram_: StandIn, assistant: Assistant, template: Path, tmp_path: Path) -> Start:
    """Starts a bot for the bundled election, by webhook unless it is told otherwise."""

    def start(**settings: Any) -> AbstractContextManager[Served]:
        database = copied(template, tmp_path)
        return serving_bot(telegram_, assistant, database, BUNDLED_NOW, **{"webhook": True} | settings)

    return start


def free_port() -> int:
    with StandIn() as unused:
        return int(unused.url.rpartition(":")[2])


# --- numbers ---------------------------------------------------------------------------------------------


def test_what_was_asked_and_answered_is_counted_by_outcome_language_and_candidate(
    telegram_: StandIn, start: Start, assistant: Assistant
) -> None:
    with start() as bot:
        voter = telegram_.private(language_code="fr")
        texts = ("messatfa cameras", "messatfa cameras", "les caméras", "messatfa animaux", "qsdfgh", "/aide")
        for text in texts:
            asked(telegram_, voter, text)
        telegram_.settled()
        found = numbers(bot.port)
    assert found.labelled("questions_total", "outcome", "language") == {
        ("position", "fr"): 2,
        ("comparison", "fr"): 1,
        ("no_position", "fr"): 1,
        ("unknown", "fr"): 1,
    }
    assert found.labelled("unknown_total", "reason") == {("not_understood",): 1}
    (election,) = assistant.base.elections
    assert found.of("shown_total", election=election, candidate="messatfa") == 3
    assert found.labelled("updates_total", "kind", "end") == {("message", "done"): 5, ("command", "done"): 1}
    assert found.of("calls_total", method="sendMessage", result="ok") == len(texts)
    assert found.of("understanding_seconds_count") == 5
    assert found.of("handling_seconds_count") == len(texts)
    assert found.labelled("queue", "what") == {("questions",): 1}
    assert found.labelled("build_info", "version", "base") == {(__version__, assistant.base.version): 1}
    assert [found.of(name) for name in ("ready", "elections", "under_way", "state_degraded")] == [1, 1, 0, 0]


def test_waits_retries_refusals_and_too_many_questions_are_counted(
    telegram_: StandIn, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with start(questions_per_minute=3) as bot:
        voter, gone = telegram_.private(language_code="fr"), telegram_.private(language_code="fr")
        telegram_.fail("sendMessage", kind="retry_after", retry_after=0.01)
        asked(telegram_, voter, "messatfa cameras")
        telegram_.fail("sendMessage", kind="server_error")
        asked(telegram_, voter, "messatfa cameras")
        telegram_.fail("sendMessage", kind="blocked", chat=gone)
        telegram_.acknowledged(telegram_.say(gone, "messatfa cameras"))
        for _ in range(3):
            telegram_.acknowledged(telegram_.say(voter, "messatfa cameras"))
        telegram_.raw(b"no update")
        telegram_.wait(lambda: bot.said("malformed"))
        found = numbers(bot.port)
    assert found.labelled("retries_total", "reason") == {("told_to_wait",): 1, ("network",): 1}
    assert found.of("waiting_seconds_total") == pytest.approx(0.01)
    assert found.of("calls_total", method="sendMessage", result="Forbidden") == 1
    assert found.of("questions_total") == 3
    assert found.labelled("limited_total", "what") == {("question",): 2}
    assert found.of("malformed_total") == 1
    assert found.of("given_up_total") == found.of("faults_total") == 0


def test_a_folder_that_changes_is_counted_as_taken_over_or_refused(
    telegram_: StandIn, template: Path, tmp_path: Path
) -> None:
    root = town(tmp_path / "knowledge")
    file = root / TOWN / "candidates" / "thorn.yaml"
    database = copied(template, tmp_path)
    with serving_bot(
        telegram_, Assistant(load(root).base), database, TOWN_NOW, root=root, webhook=True
    ) as bot:
        file.write_text(file.read_text(encoding="utf-8").replace("two stadiums", "a stadium"))
        telegram_.wait(lambda: bot.said("reloaded"), 20)
        file.write_text(file.read_text(encoding="utf-8").replace("source: gazette", "source: gazete"))
        telegram_.wait(lambda: bot.said("refused"), 20)
        found = numbers(bot.port)
    assert found.labelled("reloads_total", "result") == {("ok",): 1, ("refused",): 1}
    assert found.of("base_problems") > 0


def test_without_the_package_numbers_are_missing_and_nothing_else(
    telegram_: StandIn, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with start() as bot:
        status, text = get(bot.port, "/metrics")
        assert asked(telegram_, telegram_.private(language_code="fr"), "messatfa cameras").text
        assert get(bot.port, "/healthz")[0] == 200
    assert (status, text.strip()) == (501, words()("terminal.no_metrics"))


# --- ready -----------------------------------------------------------------------------------------------


def test_a_bot_that_polls_tells_on_a_port_of_its_own_when_it_is_ready(
    telegram_: StandIn, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "PAUSES", (0.02,))
    telegram_.fail("getUpdates", times=None)
    port = free_port()
    with start(webhook=False, status_port=port) as bot:
        assert readiness(port) == (503, {"status": "not ready", "reason": "starting", "state": "ok"})
        telegram_.recover()
        voter = telegram_.private(language_code="fr")
        asked(telegram_, voter, "messatfa cameras")
        assert readiness(port) == (200, {"status": "ready", "state": "ok"})
        telegram_.settled()
        found = numbers(port)
        assert found.labelled("questions_total", "outcome", "language") == {("position", "fr"): 1}
        telegram_.fail("sendMessage", kind="timeout")
        telegram_.say(voter, "messatfa cameras")
        telegram_.wait(telegram_.core.busy, what="an answer under way")
        bot.stop()
        assert until_stopping(port) == (503, {"status": "not ready", "reason": "stopping", "state": "ok"})
        assert get(port, "/healthz")[0] == 503
        telegram_.release()


def test_a_bot_that_polls_is_ready_before_anybody_wrote(telegram_: StandIn, start: Start) -> None:
    port = free_port()
    with start(webhook=False, status_port=port):
        telegram_.wait(
            lambda: any(
                call.method == "getUpdates" and int(call.params.get("timeout") or 0)
                for call in telegram_.core.calls
            ),
            what="a request that Telegram holds",
        )
        assert readiness(port) == (200, {"status": "ready", "state": "ok"})


def until_stopping(port: int) -> tuple[int, dict[str, Any]]:
    """What readiness is once the bot has heard that it is to stop."""
    told = readiness(port)
    while told[0] == 200:
        told = readiness(port)
    return told


def test_a_proxy_that_keeps_asking_is_told_before_the_port_of_the_webhook_closes(start: Start) -> None:
    with start() as bot:
        while readiness(bot.port)[0] != 200:
            pass
        bot.stop()
        assert until_stopping(bot.port) == (
            503,
            {"status": "not ready", "reason": "stopping", "state": "ok"},
        )
    assert bot.said("stopped")


def test_a_bot_whose_database_does_not_answer_stays_ready_and_says_so(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with start() as bot:
        while readiness(bot.port)[0] != 200:
            pass
        monkeypatch.setattr(State, "degraded", True)
        assert readiness(bot.port) == (200, {"status": "ready", "state": "degraded"})
        found = numbers(bot.port)
        bot.stop()
        until_stopping(bot.port)
    assert found.of("state_degraded") == found.of("ready") == 1


@pytest.mark.parametrize("package", ["starlette.applications", "uvicorn"])
@pytest.mark.parametrize("webhook", [True, False])
def test_without_a_web_server_an_operator_is_told_what_to_install(
    start: Start, monkeypatch: pytest.MonkeyPatch, package: str, webhook: bool
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    port = {} if webhook else {"status_port": free_port()}
    with pytest.raises(Refused, match="no_server"), start(webhook=webhook, **port):
        pass


def test_with_a_port_of_their_own_the_addresses_are_not_on_the_webhooks(start: Start) -> None:
    port = free_port()
    with start(status_port=port) as bot:
        assert [get(port, path)[0] for path in ("/healthz", "/metrics")] == [200, 200]
        assert {get(bot.port, path)[0] for path in ("/healthz", "/readyz", "/metrics")} == {404}


# --- nobody is named -------------------------------------------------------------------------------------


def test_no_label_says_anything_but_words_of_the_program_and_ids_of_the_base(
    assistant: Assistant, tmp_path: Path
) -> None:
    """Whatever arrives: names and values of labels are from closed sets, so that none can be of a voter."""

    async def run() -> tuple[Numbers, set[str]]:
        async with fed(assistant, tmp_path) as bot:
            dice = Dice(7, bot.telegram.buttons).updates()
            chat, sender = PLACES[0]
            said = {"message_id": 5, "date": 1, "chat": chat, "from": sender}
            sound = [{"message": said | {"text": text}} for text in SOUND]
            await bot.feed([*sound, *updates()[::12], *(next(dice) for _ in range(HOSTILE))])
            text, _ = exposed([*bot.desk.counts, *levels(bot.desk)], str)
            return Numbers(text.decode()), set(bot.telegram.counts)

    found, methods = asyncio.run(run())
    base, sentences = assistant.base, wording("en").keys()
    reasons = {key.split(".")[1] for key in sentences if key.startswith("unknown.")}
    allowed = {
        "outcome": set(NAMES.values()),
        "language": set(spoken()),
        "election": set(base.elections),
        "candidate": {c for election in base.elections.values() for c in election.candidates},
        "reason": reasons | {"network", "told_to_wait"},
        "what": {"question", "inline", "questions", "proposals"},
        "kind": set(KINDS),
        "end": set(ENDS),
        "method": methods,
        "result": {"ok", "refused"} | ERRORS,
        "version": {__version__},
        "base": {base.version},
        "le": {sample.labels["le"] for sample in found.samples if sample.name.endswith("_bucket")},
    }
    assert {float(step) for step in allowed["le"]}
    assert outside(found.samples, allowed) == set()
    assert {kind for kind, _ in found.labelled("updates_total", "kind", "end")} == set(KINDS)
    assert len(found.labelled("questions_total", "outcome")) > 5
    assert found.of("shown_total") > 0


# --- what is deployed ------------------------------------------------------------------------------------


def expressions() -> Iterator[str]:
    """All that the dashboard and the alerts ask Prometheus for."""
    dashboard = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text(encoding="utf-8"))
    yield from (target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    alerts = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))
    yield from (rule["expr"] for group in alerts["groups"] for rule in group["rules"])


def test_dashboard_alerts_and_page_know_exactly_what_is_exposed(telegram_: StandIn, start: Start) -> None:
    with start() as bot:
        asked(telegram_, telegram_.private(language_code="fr"), "messatfa cameras")
        telegram_.settled()
        found = numbers(bot.port)
    wanted = " ".join(expressions())
    names = set(re.findall(rf"\b(?:{PREFIX}|process_)\w+", wanted))
    assert names - {sample.name for sample in found.samples} == set()
    assert set(re.findall(r'(\w+)="', wanted)) - {"job"} <= {k for s in found.samples for k in s.labels}
    values = {value for sample in found.samples for value in sample.labels.values()}
    assert set(re.findall(r'(?!job)\b\w+="(\w+)"', wanted)) <= values
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    told = {name.removesuffix("_total") for name in re.findall(rf"^\| `({PREFIX}\w+)`", page, re.M)}
    assert {name for name in found.families if name.startswith(PREFIX)} == told
    shown = {name.removesuffix("_bucket").removesuffix("_total") for name in names}
    assert told - shown == set()


def test_each_alert_is_explained_and_what_is_provisioned_leads_to_what_is_there() -> None:
    alerts = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    rows = " ".join(re.findall(r"^\| ([A-Z]\w+(?:, [A-Z]\w+)*) \|", page, re.M))
    assert [r["alert"] for g in alerts["groups"] for r in g["rules"] if r["alert"] not in rows] == []
    read = yaml.safe_load((DEPLOY / "prometheus.yml").read_text(encoding="utf-8"))
    assert all((DEPLOY / file).is_file() for file in read["rule_files"])
    sources = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources.yml").read_text(encoding="utf-8"))
    uids = {source["uid"] for source in sources["datasources"]}
    dashboard = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text(encoding="utf-8"))
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"]} <= uids
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    providers = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards.yml").read_text(encoding="utf-8"))
    assert providers["providers"]
