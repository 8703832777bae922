"""What the bot is deployed with keeps its promises: nothing runs as root, writes where it need not, or is left open."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import __version__
from bot.channels.telegram.application import HEARD
from bot.channels.telegram.polling import GRACE
from bot.settings import Settings
from tests import proxy
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "election-bot.service"
SETTINGS = {name.upper() for name in Settings.model_fields}
OF_IMAGES = {
    "bot-1": {"WATCHFILES_FORCE_POLLING", "HTTPS_PROXY"},
    "bot-2": {"WATCHFILES_FORCE_POLLING", "HTTPS_PROXY"},
    "postgres": {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"},
    "proxy": {
        *("WEBHOOK_PATH", "REPLICA_1", "REPLICA_2", "CHECK_PORT", "PROXY_ADDRESS", "PROXY_CERTIFICATE"),
    },
    "grafana": {
        *("GF_SECURITY_ADMIN_PASSWORD", "GF_ANALYTICS_REPORTING_ENABLED"),
        *("GF_ANALYTICS_CHECK_FOR_UPDATES", "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES"),
    },
}
OF_PYTHON = {"PATH", "LANG", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
PATH = f"{os.environ['PATH']}:/usr/sbin"
ENVIRONMENT = {
    "PATH": PATH,
    "WEBHOOK_PATH": "/telegram",
    "REPLICA_1": "127.0.0.1:1",
    "REPLICA_2": "127.0.0.1:2",
}


def needed(program: str) -> pytest.MarkDecorator:
    missing = shutil.which(program, path=PATH) is None
    return pytest.mark.skipif(missing, reason=f"needs {program}")


# --- the image -------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, one instruction after the other, comments left out."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.M)
    lines = [line.strip() for line in re.sub(r"\\\n", " ", text).splitlines()]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines if line)]


def of_image(word: str) -> list[str]:
    """What follows a word in the stage that is shipped."""
    found = instructions()
    last = max(n for n, (name, _) in enumerate(found) if name == "FROM")
    return [rest for name, rest in found[last:] if name == word]


def test_the_image_is_pinned_small_and_built_in_another_stage() -> None:
    stages = [rest for word, rest in instructions() if word == "FROM"]
    assert len(stages) == 2
    assert all(re.match(r"python:3\.\d+-slim-\w+", stage) for stage in stages)
    assert "ADD" not in [word for word, _ in instructions()]
    assert "pip install" not in " ".join(of_image("RUN"))


def test_the_image_does_not_run_as_root_and_says_how_it_is() -> None:
    assert of_image("USER") == ["election-bot"]
    assert "useradd --uid 10001 " in of_image("RUN")[0]
    check = of_image("HEALTHCHECK")
    assert len(check) == 1
    words = json.loads(check[0].partition("CMD ")[2])
    assert words[:2] == ["python", "-c"]
    compile(words[2], "HEALTHCHECK", "exec")
    assert "/healthz" in words[2]


def test_the_port_that_is_published_tells_nobody_how_the_bot_is() -> None:
    held = dict(word.split("=", 1) for word in shlex.split(" ".join(of_image("ENV"))))
    assert of_image("EXPOSE") == [held["WEBHOOK_PORT"]]
    assert held["STATUS_PORT"] != held["WEBHOOK_PORT"]
    assert "os.environ['STATUS_PORT']" in of_image("HEALTHCHECK")[0]


def test_everything_copied_into_the_image_exists_and_is_not_kept_out_of_it() -> None:
    wanted = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in wanted, "only what is named gets in: no .env, no state, no history"
    for word, rest in instructions():
        if word == "COPY" and "--from=" not in rest:
            *sources, _ = [part for part in rest.split() if not part.startswith("--")]
            for source in sources:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in wanted


def test_what_the_image_installs_and_sets_is_there_to_be_set() -> None:
    extras = re.search(r"EXTRAS=([\w,]+)", " ".join(rest for word, rest in instructions() if word == "ARG"))
    assert extras
    assert SERVICES["bot-1"]["build"]["args"] == {"EXTRAS": f"${{EXTRAS:-{extras[1]}}}"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(extras[1].split(",")) <= set(project["optional-dependencies"])
    set_there = {word.partition("=")[0] for word in shlex.split(" ".join(of_image("ENV")))}
    assert set_there <= SETTINGS | OF_PYTHON
    assert set(json.loads(of_image("VOLUME")[0])) == {"/knowledge", "/state"}
    assert json.loads(of_image("ENTRYPOINT")[0])[0] in project["scripts"]


# --- compose ---------------------------------------------------------------------------------------------


@cache
def composed() -> dict[str, Any]:
    found = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


SERVICES = composed()["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_pinned_shut_off_and_bounded(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[\w./-]+:v?\d[\w.-]+", service["image"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)
    assert not any("docker.sock" in volume for volume in service.get("volumes", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_every_environment_variable_means_something_to_who_gets_it(name: str) -> None:
    known = OF_IMAGES.get(name, set()) | (SETTINGS if name.startswith("bot-") else set())
    assert set(SERVICES[name].get("environment", ())) <= known


@pytest.mark.parametrize("name", SERVICES)
def test_every_mounted_file_exists_and_is_mounted_to_be_read(name: str) -> None:
    for volume in SERVICES[name].get("volumes", ()):
        source, *_ = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume).split(":")
        if source in composed()["volumes"]:
            continue
        assert (ROOT / source).exists(), source
        assert volume.endswith(":ro") or source == "./knowledge"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_in_networks_that_there_are(name: str) -> None:
    assert set(SERVICES[name]["networks"]) <= set(composed()["networks"])


def test_from_outside_only_the_proxy_is_reached() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy", "grafana"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["grafana"]["ports"])
    inside = {name for name, network in composed()["networks"].items() if network.get("internal")}
    assert set(SERVICES["postgres"]["networks"]) <= inside
    assert set(SERVICES["prometheus"]["networks"]) <= inside


def test_both_bots_are_the_same_and_share_one_database_and_one_folder() -> None:
    assert SERVICES["bot-1"] == SERVICES["bot-2"]
    bot = SERVICES["bot-1"]
    assert bot["image"] == f"election-bot:{__version__}"
    url = bot["environment"]["STATE_URL"]
    database = SERVICES["postgres"]["environment"]
    assert url.startswith(f"postgresql://{database['POSTGRES_USER']}:")
    assert url.endswith(f"@postgres:5432/{database['POSTGRES_DB']}")
    assert bot["volumes"] == ["${KNOWLEDGE:-./knowledge}:/knowledge"]
    door = SERVICES["proxy"]["environment"]
    port, status = bot["environment"]["WEBHOOK_PORT"], bot["environment"]["STATUS_PORT"]
    assert [door["REPLICA_1"], door["REPLICA_2"]] == [f"bot-1:{port}", f"bot-2:{port}"]
    assert door["CHECK_PORT"] == status
    read = yaml.safe_load((DEPLOY / "prometheus.yml").read_text(encoding="utf-8"))
    (asked,) = read["scrape_configs"][0]["static_configs"]
    assert asked["targets"] == [f"bot-1:{status}", f"bot-2:{status}"]


@pytest.mark.parametrize("name", ["bot-1", "bot-2"])
def test_a_bot_gets_every_setting_and_no_password_of_another_service(name: str) -> None:
    assert "env_file" not in SERVICES[name]
    given = SERVICES[name]["environment"]
    assert set(given) == SETTINGS | OF_IMAGES[name]
    for setting, value in given.items():
        assert value == "json" or not value.startswith("${") or value.startswith(f"${{{setting}:")
    assert not [setting for setting, value in given.items() if "GRAFANA" in value]
    assert [setting for setting, value in given.items() if "POSTGRES_PASSWORD" in value] == ["STATE_URL"]


def test_whatever_has_to_be_set_for_compose_is_explained_at_its_top() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    explained = set(re.findall(r"^#   (\w+) ", text, re.M))
    elsewhere = SETTINGS | OF_IMAGES["bot-1"]
    assert set(re.findall(r"\$\{(\w+)", text)) - elsewhere == explained


def test_no_secret_stands_in_what_is_deployed() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|TOKEN|SECRET|KEY", name) or str(value).startswith("${")


# --- systemd ---------------------------------------------------------------------------------------------


def said() -> Iterator[tuple[str, str]]:
    """Each setting of the unit."""
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name, value


def test_under_systemd_the_bot_can_do_nothing_that_it_need_not() -> None:
    unit = dict(said())
    assert unit["User"] not in ("", "root")
    assert unit["CapabilityBoundingSet"] == ""
    assert unit["ProtectSystem"] == "strict"
    for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "PrivateDevices", "ProtectKernelTunables"):
        assert unit[name] == "yes"
    assert re.fullmatch(r"\d+M", unit["MemoryMax"])
    assert unit["Restart"] == "on-failure"
    assert int(unit["TimeoutStopSec"]) > GRACE
    folder = Path(unit["ExecStart"].split()[2])
    assert folder.is_relative_to(unit["ReadWritePaths"])
    set_there = {word.partition("=")[0] for name, v in said() if name == "Environment" for word in v.split()}
    assert set_there <= SETTINGS | OF_PYTHON


@needed("systemd-analyze")
@pytest.mark.parametrize("name", ["election-bot.service", "election-bot@.service"])
def test_systemd_understands_the_unit(tmp_path: Path, name: str) -> None:
    text = UNIT.read_text(encoding="utf-8").replace("/opt/election-bot/bin/election-bot", "/bin/true")
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    started = str(path).replace("@.", "@8081.")
    run = subprocess.run(
        ["systemd-analyze", "verify", started], capture_output=True, text=True, timeout=60, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


# --- the proxy -------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    proxy.program() is None and not os.environ.get("CI"), reason="needs haproxy; the gate has it"
)
@pytest.mark.parametrize("check_port", [None, "", "8081"])
@pytest.mark.parametrize("certificate", [None, "", pytest.param("a file", marks=needed("openssl"))])
def test_haproxy_understands_its_file(
    tmp_path: Path, certificate: str | None, check_port: str | None
) -> None:
    environment = ENVIRONMENT | ({} if check_port is None else {"CHECK_PORT": check_port})
    if certificate is not None:
        environment["PROXY_CERTIFICATE"] = str(_certificate(tmp_path)) if certificate else ""
    run = subprocess.run(
        ["haproxy", "-c", "-f", proxy.CONFIGURATION],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr


def _certificate(folder: Path) -> Path:
    """A certificate of nobody with its key, in one file."""
    key, found = folder / "key.pem", folder / "certificate.pem"
    asked = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bot.example.org"]
    subprocess.run([*asked, "-keyout", key, "-out", found], check=True, capture_output=True, timeout=60)
    found.write_text(found.read_text() + key.read_text())
    return found


def test_the_proxy_knows_where_the_chat_stands_in_every_kind_of_update_that_is_asked_for() -> None:
    kinds = set(re.findall(r"json_query\('\$\.(\w+)\.", proxy.CONFIGURATION.read_text(encoding="utf-8")))
    assert kinds == set(HEARD)


def test_the_proxy_waits_longer_than_telegram_and_writes_down_nothing_of_what_it_brings() -> None:
    text = proxy.CONFIGURATION.read_text(encoding="utf-8")
    for name in ("client", "server"):
        assert int(re.findall(rf"^    timeout {name} (\d+)s$", text, re.M)[0]) > 60
    format_ = re.findall(r'^    log-format "(.*)"$', text, re.M)[0]
    assert set(re.findall(r"%\w+", format_)) <= {"%ST", "%s", "%Tr", "%rc", "%ts"}
    assert "option httplog" not in text
    assert "capture" not in text
