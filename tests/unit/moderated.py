"""What tests of moderation start from: a small base in files, and forms filled in as a moderator would."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.knowledge.loading import Loaded, load
from bot.knowledge.model import Election
from bot.moderation.answers import fill
from bot.moderation.drafting import Draft
from bot.moderation.forms import next_field, skip
from bot.moderation.proposals import Edit, Proposals, edit_of
from bot.state.records import Moderator, Unanswered
from bot.state.state import State
from tests.unit.small_base import FILES

TOWN = "town-2030"
NOW = datetime(2030, 2, 25, 12, tzinfo=UTC)
MISSING = Unanswered(TOWN, "fr", "et les éoliennes ?", "unknown")
ADA, BEA = Moderator("ada's key", "Ada"), Moderator("bea's key", "Béa")

NEW_SOURCE = {
    "source": "new",
    "publisher": "The Courier",
    "title": "What she wants",
    "url": "https://example.org/courier",
    "published": "2030-02-21",
    "source_language": "en",
}
CLAIMED = {
    "claim.fr": "Elle veut 3 éoliennes.",
    "claim.en": "She wants 3 windmills.",
    "source": "gazette",
    "quote": "three windmills",
}
TYPED: Mapping[str, Mapping[str, str]] = {
    "phrasing": {
        "target": "cameras",
        "phrasing.fr": "vidéosurveillance, filmer les rues",
        "phrasing.en": "CCTV",
    },
    "position": {"candidate": "Ted Thorn", "topic": "Safety", **CLAIMED},
    "fact": {
        "name.fr": "Combien d'éoliennes",
        "name.en": "How many windmills",
        **CLAIMED,
        "phrasings.fr": "nombre d'éoliennes",
        "phrasings.en": "number of windmills, windmills in town",
    },
    "topic": {
        "name.fr": "Éoliennes",
        "name.en": "Windmills",
        "parent": "Sécurité",
        "phrasings.fr": "éoliennes",
        "phrasings.en": "windmills",
    },
    "candidate": {
        "full_name": "Ina Nettle",
        "aliases": "Nettie, The Nettle",
        "description.fr": "Elle est jardinière.",
        "description.en": "She is a gardener.",
        "list": "Green Town",
        "gender": "woman",
        "source": "gazette",
    },
    "source": {**{key: value for key, value in NEW_SOURCE.items() if key != "source"}, "used_by": "rose"},
    "correction": {
        "target": "rose/cameras",
        "claim.fr": "Elle veut 1 300 caméras.",
        "claim.en": "She wants 1,300 cameras.",
        "why.fr": "Le journal s'était trompé.",
        "why.en": "The paper had been wrong.",
    },
    "removal": {"target": "rose/cameras"},
    "muting": {"muted": "buy my watches"},
    "reversal": {"entry": "12"},
    "naming": {"public_name": "Camille"},
}
"""What is typed for each kind of edit; what is not there is left out, or what is offered, or the first choice."""


def filled(draft: Draft, election: Election, typed: Mapping[str, str]) -> Draft:
    """A form filled in to its end."""
    while (field := next_field(draft, election)) is not None:
        if field.key in typed:
            draft = fill(draft, election, typed[field.key])
        elif field.optional:
            draft = skip(draft, election)
        else:
            draft = draft.with_value(field.key, field.offered or field.choices[0])
    return draft


def form(kind: str, election: Election, **changes: str) -> Draft:
    """The form of a kind, filled in as usual but for some answers, whose keys have `_` for a point."""
    typed = {**TYPED[kind], **{key.replace("__", "."): value for key, value in changes.items()}}
    return filled(Draft(kind, election.id), election, typed)


def edit(kind: str, root: Path, **changes: str) -> Edit:
    """The edit of a kind to the base as it stands."""
    election = town(root)
    return edit_of(form(kind, election, **changes), election, NOW)


def town(root: Path) -> Election:
    return base(root).base.elections[TOWN]


def base(root: Path) -> Loaded:
    loaded = load(root)
    assert loaded.problems == ()
    return loaded


def files(root: Path) -> dict[str, bytes]:
    """All there is in a knowledge folder, but for what storing leaves beside it."""
    found = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def small(root: Path) -> Path:
    """The small base, written to a folder."""
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    return root


class Desk(Proposals):
    """Proposals with a clock that ticks, and an ear for what they report."""

    def __init__(self, root: Path, state: State) -> None:
        self.told: list[str] = []
        self.at = NOW
        super().__init__(root, state, self._tick, self._hear)

    def _tick(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def _hear(self, event: str, **values: Any) -> None:
        self.told.append(" ".join([event, *map(str, values.values())]))


@asynccontextmanager
async def moderating(root: Path, url: str) -> AsyncIterator[Desk]:
    """Proposals to a base, with a state that is closed in the end."""
    state = State(url, lambda _: None, retry=0.02, busy=0.05)
    await state.open()
    try:
        yield Desk(root, state)
    finally:
        await state.close()
