"""Every kind of page, in a real browser: nothing that axe finds fault with, and nothing to scroll sideways."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from tests.conftest import BUNDLED, ROOT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = [
    name
    for name, there in (
        ("chromium", CHROMIUM),
        ("pip install 'election-bot[site-test]'", find_spec("axe_playwright_python")),
    )
    if not there
]
pytestmark = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=f"needs {' and '.join(MISSING)}"
)

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]},
    "resultTypes": ["violations"],
}
PHONE, DESK = 320, 1280
SCHEMES = ("light", "dark")
PAGES = {
    "start": "index.html",
    "candidate": "candidates/messatfa.html",
    "silent": "candidates/parisis.html",
    "topic": "topics/security.html",
    "subtopic": "topics/video-surveillance.html",
    "fact": "facts/election-result.html",
    "unanswered": "facts/polling-place.html",
    "sources": "sources.html",
    "corrections": "corrections.html",
    "how": "how.html",
    "scores": "scores.html",
}
CORRECTION = """
      corrected:
        date: 2026-11-20
        was: {fr: "Il disait vouloir relier les caméras en 4G.", en: "He said he would connect the cameras over 4G."}
        why: {fr: "L'article parle de 5G.", en: "The article speaks of 5G."}
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled base, with a correction, so that a page shows one."""
    root = tmp_path_factory.mktemp("base") / "knowledge"
    shutil.copytree(ROOT / "knowledge", root)
    file = root / BUNDLED / "candidates" / "messatfa.yaml"
    file.write_text(file.read_text(encoding="utf-8").rstrip() + CORRECTION, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def address(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site is served."""
    folder = tmp_path_factory.mktemp("served") / "site"
    where = ["--knowledge", str(base), "--now", "2026-11-23"]
    result = CliRunner().invoke(main, ["site", str(folder), *where], env={"LC_ALL": "C.UTF-8"})
    assert result.exit_code == 0, result.output
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, with nothing kept from run to run."""
    assert MISSING == [], f"needs {' and '.join(MISSING)}"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=SCHEMES)
def tab(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A tab for readers who like it light, or dark, that notes whatever is asked of any server."""
    context = browser.new_context(color_scheme=request.param, reduced_motion="reduce")
    context.add_init_script(path=files("axe_playwright_python") / "axe.min.js")
    page = context.new_page()
    page.asked = []
    page.on("request", lambda asked: page.asked.append(asked.url))
    yield page
    context.close()


def faults(tab: Any) -> list[str]:
    """What axe finds fault with on the page shown, with the places."""
    violations = tab.evaluate("rules => axe.run(document, rules).then(found => found.violations)", RULES)
    return [f"{v['id']}: {node['html']}" for v in violations for node in v["nodes"]]


def widened(tab: Any, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 800})


def opened(tab: Any, url: str, width: int) -> None:
    widened(tab, width)
    answer = tab.goto(url)
    assert answer.status == 200, url


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_kind_of_page_is_accessible_and_fits(tab: Any, address: str, code: str, page: str) -> None:
    opened(tab, f"{address}/{BUNDLED}/{code}/{PAGES[page]}", PHONE)
    assert faults(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE
    widened(tab, DESK)
    assert faults(tab) == []


def test_the_list_of_elections_is_accessible_and_fits(tab: Any, address: str) -> None:
    opened(tab, f"{address}/index.html", PHONE)
    assert faults(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_what_the_coverage_page_is_wider_than_a_phone_scrolls_in_its_own_box(
    tab: Any, base: Path, tmp_path: Path
) -> None:
    page = tmp_path / "coverage.html"
    arguments = ["coverage", "--html", str(page), "--knowledge", str(base), "--now", "2026-11-23"]
    assert CliRunner().invoke(main, arguments, env={"LC_ALL": "C.UTF-8"}).exit_code == 0
    widened(tab, PHONE)
    tab.set_content(page.read_text(encoding="utf-8"))
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE
    boxes = "[...document.querySelectorAll('.box')].some(box => box.scrollWidth > box.clientWidth)"
    assert tab.evaluate(boxes)


def test_a_fault_is_found(tab: Any, address: str) -> None:
    opened(tab, f"{address}/{BUNDLED}/fr/index.html", DESK)
    tab.evaluate("document.querySelector('h1').innerHTML = '<img src=\"data:,\"><a href=\"#x\"></a>'")
    assert {fault.partition(":")[0] for fault in faults(tab)} >= {"image-alt", "link-name"}


def test_pages_ask_for_nothing_but_themselves(tab: Any, address: str) -> None:
    for path in PAGES.values():
        opened(tab, f"{address}/{BUNDLED}/en/{path}", DESK)
    assert [url for url in tab.asked if not url.startswith((f"{address}/", "data:,"))] == []
    assert tab.context.cookies() == []


def test_the_keyboard_reaches_the_content_first(tab: Any, address: str) -> None:
    opened(tab, f"{address}/{BUNDLED}/en/candidates/messatfa.html", PHONE)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "content"


def test_paper_shows_where_sources_are_and_no_menus(tab: Any, address: str) -> None:
    opened(tab, f"{address}/{BUNDLED}/fr/facts/election-result.html", DESK)
    tab.emulate_media(media="print")
    shown = "getComputedStyle(document.querySelector('a.away'), '::after').content"
    assert "https://" in tab.evaluate(shown)
    assert tab.evaluate("getComputedStyle(document.querySelector('nav.pages')).display") == "none"
    tab.emulate_media(media="screen")
