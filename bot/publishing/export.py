"""The whole base in one file, for other programs (JSON), for spreadsheets (CSV) and for reading (Markdown)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import time
from typing import Any

from bot.knowledge.model import Base, Claim, Election, Shared
from bot.publishing.entries import Entry, corrected, entries
from bot.publishing.markdown import as_markdown

GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""What a cell may not begin with: spreadsheets would take it for a formula, or an apostrophe for ours."""


# --- JSON ------------------------------------------------------------------------------------------------


def as_json(base: Base) -> str:
    """Everything, nested as in the files, each thing under its id; corrections once more, latest first."""
    elections = {identifier: _election(base.elections[identifier]) for identifier in sorted(base.elections)}
    whole = {"version": base.version, "elections": elections}
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_written) + "\n"


def _election(election: Election) -> dict[str, Any]:
    layers = dict(
        zip((election.id, *election.description.includes), (election.own, *election.included), strict=True)
    )
    exported: dict[str, Any] = {
        "id": election.id,
        "checked": election.description.checked,
        "description": _plain(election.description),
        "candidates": {c: _plain(election.candidates[c]) for c in sorted(election.candidates)},
    }
    for kind in (field.name for field in fields(Shared)):
        exported[kind] = _kind(layers, kind)
    exported["corrections"] = [_correction(entry) for entry in corrected(entries(election))]
    return exported


def _kind(layers: Mapping[str, Shared], kind: str) -> dict[str, Any]:
    """One kind of thing from every folder of an election: by id, or whole where it has none, by folder."""
    exported: dict[str, Any] = {}
    for folder, layer in reversed(list(layers.items())):
        held = getattr(layer, kind)
        if isinstance(held, Mapping):
            exported |= {i: {"folder": folder, **_plain(held[i])} for i in sorted(held)}
        else:
            exported[folder] = _plain(held)
    return dict(sorted(exported.items()))


def _correction(entry: Entry) -> dict[str, Any]:
    made = entry.claim.corrected
    belongs = {"candidate": entry.candidate, "topic": entry.topic, "fact": entry.fact}
    return {
        **(_plain(made) if made else {}),
        **{key: value for key, value in belongs.items() if value is not None},
        "claim": entry.claim.claim,
        "source": entry.claim.source,
    }


def _plain(part: Any) -> dict[str, Any]:
    """A part of the base as the file says it, without what was left out."""
    return part.model_dump(by_alias=True, exclude_none=True)  # type: ignore[no-any-return]


def _written(value: object) -> str:
    """A day or a time as moderators write it."""
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)


# --- CSV -------------------------------------------------------------------------------------------------


def as_csv(base: Base) -> str:
    """One row for each claim: those that were corrected first, latest first, then candidate by candidate."""
    codes = list(dict.fromkeys(c for i in sorted(base.elections) for c in base.elections[i].languages))
    rows = [row for i in sorted(base.elections) for row in _rows(base.elections[i], codes)]
    rows.sort(key=lambda row: row["corrected_date"], reverse=True)
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, columns(codes), lineterminator="\r\n", strict=True)
    writer.writeheader()
    writer.writerows({key: guarded(cell) for key, cell in row.items()} for row in rows)
    return written.getvalue()


def columns(codes: list[str]) -> list[str]:
    """The heads of a table in these languages."""

    def each(name: str) -> list[str]:
        return [f"{name}_{code}" for code in codes]

    return [
        *("election", "kind", "candidate_id", "candidate_name", "topic_id", *each("topic_name")),
        *("fact_id", *each("fact_name"), *each("claim"), "quote", "quote_language"),
        *("source_id", "publisher", "title", "published", "url", *each("note")),
        *("corrected_date", *each("corrected_was"), *each("corrected_why")),
    ]


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what could begin one."""
    return f"'{cell}" if cell.startswith(GUARDED) else cell


def _rows(election: Election, codes: list[str]) -> Iterator[dict[str, str]]:
    topics, facts = election.all("topics"), election.all("facts")
    for entry in entries(election):
        candidate = election.candidates[entry.candidate].name if entry.candidate else ""
        topic = topics[entry.topic].name if entry.topic in topics else {}
        fact = facts[entry.fact].name if entry.fact else {}
        yield {
            "election": election.id,
            "kind": "fact" if entry.fact else "position",
            "candidate_id": entry.candidate or "",
            "candidate_name": candidate,
            "topic_id": entry.topic or "",
            "fact_id": entry.fact or "",
            **_each("topic_name", topic, codes),
            **_each("fact_name", fact, codes),
            **_said(entry.claim, codes),
            **_sourced(election, entry.claim),
        }


def _said(claim: Claim, codes: list[str]) -> dict[str, str]:
    language, quote = next(iter((claim.quote or {}).items()), ("", ""))
    made = claim.corrected
    return {
        **_each("claim", claim.claim, codes),
        "quote": quote,
        "quote_language": language,
        **_each("note", claim.note, codes),
        "corrected_date": made.date.isoformat() if made else "",
        **_each("corrected_was", made.was if made else None, codes),
        **_each("corrected_why", made.why if made else None, codes),
    }


def _sourced(election: Election, claim: Claim) -> dict[str, str]:
    source = election.source(claim.source)
    return {
        "source_id": claim.source,
        "publisher": source.publisher,
        "title": source.title or "",
        "published": source.published or "",
        "url": source.url or "",
    }


def _each(name: str, texts: Mapping[str, str] | None, codes: list[str]) -> dict[str, str]:
    return {f"{name}_{code}": (texts or {}).get(code, "") for code in codes}


Formats = Mapping[str, Callable[[Base, str], str]]

FORMATS: Formats = {
    "json": lambda base, _: as_json(base),
    "csv": lambda base, _: as_csv(base),
    "markdown": as_markdown,
}
"""How a base is written in each format; the second value is the reader's language."""
