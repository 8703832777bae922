"""A small static site of the base: every election in every language, and a way to put it where it belongs."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from posixpath import dirname, relpath

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.dialogue.wording import Wording, wording
from bot.knowledge.model import Base, Election
from bot.publishing.entries import order
from bot.publishing.pages import Page, pages
from bot.publishing.scores import Score
from bot.publishing.views import Views, localised

TEMPLATES = Path(__file__).parent / "templates"
STYLE = "site.css"
MARKER = ".election-bot-site"
"""Stands in every folder that holds a site, and in no other: only such a folder is ever replaced."""

Made = tuple[str, bytes]


class NotOurs(Exception):  # noqa: N818 - it tells what was found, and the command what to say
    """What stands where the site should go is no site of ours."""


def site(
    base: Base,
    scores: Mapping[str, tuple[Score, ...]],
    now: Callable[[Election], datetime],
) -> Iterator[Made]:
    """Every file of the site, by its path: the same for the same base at the same time."""
    environment = _environment()
    yield MARKER, f"{base.version}\n".encode()
    yield STYLE, (TEMPLATES / STYLE).read_bytes()
    elections = [base.elections[identifier] for identifier in sorted(base.elections)]
    yield "index.html", _rendered(environment, "elections", _choices(elections))
    for election in elections:
        told = [Views(election, code, now(election)) for code in election.languages]
        made = [(views, page) for views in told for page in pages(views, scores.get(election.id, ()))]
        titles = _titles(made)
        for (views, page), title in zip(made, titles, strict=True):
            path = f"{election.id}/{views.language}/{page.path}"
            shown = {**_frame(base, views, page, path, title), **page.shown}
            yield path, _rendered(environment, page.template, shown)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _rendered(environment: Environment, template: str, shown: Mapping[str, object]) -> bytes:
    text = environment.get_template(f"{template}.html.j2").render(shown)
    return text.encode("utf-8", "replace")


def _frame(base: Base, views: Views, page: Page, path: str, title: str) -> dict[str, object]:
    """What every page of an election shows around what is its own."""
    election = views.election

    def to(target: str, anchor: str = "") -> str:
        """The way from this page to another one in the same language."""
        return _way(path, f"{election.id}/{views.language}/{target}", anchor)

    return {
        "say": views.say,
        "language": views.language,
        "title": title,
        "page": page,
        "election": views.name,
        "to": to,
        "style": _way(path, STYLE),
        "home": _way(path, "index.html"),
        "several": len(base.elections) > 1,
        "languages": [
            (code, wording(code).language_name(code), _way(path, f"{election.id}/{code}/{page.path}"))
            for code in election.languages
        ],
        "phase": views.phase(page.statements),
        "order": order(election).value,
        "checked": views.checked,
        "today": views.say.date(views.today),
        "version": base.version,
    }


def _way(start: str, target: str, anchor: str = "") -> str:
    """The relative address of a file of the site, seen from another."""
    return relpath(target, dirname(start) or ".") + (f"#{anchor}" if anchor else "")


def _titles(made: Iterable[tuple[Views, Page]]) -> list[str]:
    """A title for each page that no other page of the election has."""
    titles = [_title(views, page) for views, page in made]
    count = Counter(titles)
    return [
        title if count[title] == 1 else f"{title} · {views.language}/{PurePosixPath(page.path).stem}"
        for title, (views, page) in zip(titles, made, strict=True)
    ]


def _title(views: Views, page: Page) -> str:
    if not page.title:
        return views.name.text
    kind = f"site.title.{page.kind or 'page'}"
    return views.say(kind, page=page.title, election=views.name.text)


def _choices(elections: list[Election]) -> dict[str, object]:
    """What the page shows on which an election and a language are chosen."""
    codes = list(dict.fromkeys(code for election in elections for code in election.languages))
    says: list[Wording] = [wording(code) for code in codes]
    return {
        "says": says,
        "language": codes[0],
        "title": " · ".join(dict.fromkeys(say("site.elections") for say in says)),
        "style": STYLE,
        "elections": [
            [
                (
                    code,
                    localised(election.description.name, code),
                    wording(code).language_name(code),
                    f"{election.id}/{code}/index.html",
                )
                for code in election.languages
            ]
            for election in elections
        ],
    }


def written(target: Path, files: Iterable[Made]) -> int:
    """How many pages were put in place of `target`, which stays as it is if anything fails.

    There are two renames: a process killed between them leaves the old pages beside `target`, under another name.
    """
    target = target.resolve()
    if not is_ours(target):
        raise NotOurs
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as beside:
        fresh = Path(beside) / "new"
        fresh.mkdir()
        count = 0
        for name, content in files:
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            count += path.suffix == ".html"
        _swap(fresh, target, Path(beside) / "old")
    return count


def is_ours(target: Path) -> bool:
    """Whether a site may be put there: nothing is there yet, an empty folder, or a site made before."""
    if not target.exists():
        return True
    if not target.is_dir():
        return False
    return (target / MARKER).is_file() or not any(target.iterdir())


def _swap(fresh: Path, target: Path, old: Path) -> None:
    """The new folder in place of the old one; the old one back if that fails."""
    there = target.exists()
    if there:
        os.replace(target, old)  # noqa: PTH105 - as below
    try:
        os.replace(fresh, target)  # noqa: PTH105 - Path.replace says the same less plainly for folders
    except OSError:
        if there:
            os.replace(old, target)  # noqa: PTH105
        raise
