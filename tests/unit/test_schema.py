"""What an editor is told about each kind of file agrees with what the bot reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_base import FILES

from bot.knowledge.document import parse
from bot.knowledge.schema import DRAFT, schemas

KINDS = {
    "topic": "common/topics/cameras.yaml",
    "fact": "common/facts/how-to-vote.yaml",
    "candidate": "town-2030/candidates/rose.yaml",
    "election": "town-2030/election.yaml",
    "sources": "town-2030/sources.yaml",
    "parties": "common/parties.yaml",
    "people": "town-2030/people.yaml",
    "places": {"towns": ["Elsewhere"]},
    "muted": {"questions": ["casino bonus"]},
}
"""A sound file of each kind in the small base, or what would stand in one."""
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": int | float,  # type: ignore[dict-item]
    "boolean": bool,
}
SAID = {"$schema", "$defs", "title", "description", "default", "format"}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> Iterator[str]:
    """The few words of JSON Schema that our schemas use; any other word is an error of this test."""
    for word, wanted in schema.items():
        match word:
            case "$ref":
                yield from faults(value, root["$defs"][wanted.removeprefix("#/$defs/")], root, at)
            case "type":
                names = wanted if isinstance(wanted, list) else [wanted]
                if not any(isinstance(value, TYPES[name]) for name in names):
                    yield f"{at}: not {' or '.join(names)}"
            case "required" if isinstance(value, dict):
                yield from (f"{at}: lacks {key}" for key in wanted if key not in value)
            case "properties" | "patternProperties" | "additionalProperties" if isinstance(value, dict):
                yield from _under(value, schema, root, at) if word == _first(schema) else ()
            case "propertyNames" if isinstance(value, dict):
                for key in value:
                    yield from faults(key, {**wanted, "type": "string"}, root, f"{at}/{key}!")
            case "items" if isinstance(value, list):
                for index, item in enumerate(value):
                    yield from faults(item, wanted, root, f"{at}/{index}")
            case "enum":
                if value not in wanted:
                    yield f"{at}: not one of {wanted}"
            case "pattern" if isinstance(value, str):
                if not re.search(wanted, value):
                    yield f"{at}: does not match"
            case "minItems" | "minLength" | "minProperties" if isinstance(value, str | list | dict):
                if len(value) < wanted:
                    yield f"{at}: too short"
            case "maxItems" | "maxLength" if isinstance(value, str | list):
                if len(value) > wanted:
                    yield f"{at}: too long"
            case _:
                assert word in SAID or not isinstance(value, dict | list), word


def _first(schema: dict[str, Any]) -> str:
    return next(k for k in schema if k in ("properties", "patternProperties", "additionalProperties"))


def _under(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    for key, inner in value.items():
        known = [schema["properties"][key]] if key in schema.get("properties", ()) else []
        known += [s for p, s in schema.get("patternProperties", {}).items() if re.search(p, key)]
        other = schema.get("additionalProperties", {})
        if not known and other is False:
            yield f"{at}/{key}: not known"
        for one in known or ([other] if other else []):
            yield from faults(inner, one, root, f"{at}/{key}")


def written(kind: str) -> Any:
    held = KINDS[kind]
    return parse(FILES[held], Path(held), held).tree if isinstance(held, str) else held


def test_there_is_a_schema_for_each_kind_of_file() -> None:
    assert set(schemas()) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_says_what_it_is_of_in_the_voters_and_moderators_words(kind: str) -> None:
    schema = schemas()[kind]
    assert schema["$schema"] == DRAFT
    assert schema["title"].endswith(".yaml)")
    assert schema["description"].endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_file_is_explained_and_the_id_is_not_one(kind: str) -> None:
    schema = schemas()[kind]
    parts = [schema, schema.get("additionalProperties") or {}, *schema.get("$defs", {}).values()]
    keys = {key: inner for part in parts for key, inner in part.get("properties", {}).items()}
    assert "id" not in keys
    assert [key for key, inner in keys.items() if not inner.get("description", "").endswith((".", "…"))] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_file_satisfies_its_schema(kind: str) -> None:
    schema = schemas()[kind]
    assert list(faults(written(kind), schema, schema)) == []


BUNDLED = Path(__file__).parent.parent.parent / "knowledge"
FOLDERS = {"topics": "topic", "facts": "fact", "candidates": "candidate"}


KNOWLEDGE = [path for path in sorted(BUNDLED.rglob("*.yaml")) if path.parent.name != "questions"]


@pytest.mark.parametrize("path", KNOWLEDGE, ids=str)
def test_every_bundled_file_satisfies_its_schema(path: Path) -> None:
    kind = FOLDERS.get(path.parent.name, path.stem)
    schema = schemas()[kind]
    tree = parse(path.read_text(encoding="utf-8"), path, path.name).tree
    assert list(faults(tree, schema, schema)) == []


@pytest.mark.parametrize(
    ("kind", "change", "fault"),
    [
        ("topic", {"parents": "safety"}, "/parents: not known"),
        ("topic", {"id": "cameras"}, "/id: not known"),
        ("topic", {"name": {}}, "/name: too short"),
        ("topic", {"name": {"French": "Caméras"}}, "/name/French: not known"),
        ("topic", {"parent": "La sécurité"}, "/parent: does not match"),
        ("fact", {"answer": [{"source": "law"}]}, "/answer/0: lacks claim"),
        ("candidate", {"positions": {"cameras": []}}, "/positions/cameras: too short"),
        ("candidate", {"aliases": "Rosy"}, "/aliases: not array"),
        ("candidate", {"description": "A florist."}, "/description: not object"),
        ("candidate", {"list_name": "Roses"}, "/list_name: not known"),
        ("election", {"order": "random"}, "/order: not one of ['rotating', 'alphabetical', 'ballot']"),
        ("election", {"rounds": [{"date": "2030-03-10", "opens": "8h"}]}, "/rounds/0/opens: does not match"),
        ("election", {"rounds": []}, "/rounds: too short"),
        ("sources", {"A b": {"publisher": "x", "title": "y", "language": "fr"}}, "/A b!: does not match"),
        ("sources", {"x": {"title": "y", "language": "fr"}}, "/x: lacks publisher"),
        ("people", {"x": {"name": "y", "party": "P!"}}, "/x/party: does not match"),
    ],
)
def test_a_slip_is_marked_while_one_types(kind: str, change: dict[str, Any], fault: str) -> None:
    schema = schemas()[kind]
    assert list(faults({**written(kind), **change}, schema, schema)) == [fault]


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("sources", {"x": {"publisher": "y", "title": 2030, "language": "fr", "published": 2030}}),
        ("topic", {"phrasings": {"fr": [2030, 4.5, True], "en": ["2030"]}}),
        ("election", {"rounds": [{"date": "2030-03-10", "opens": "08:00", "closes": "20:00"}]}),
    ],
)
def test_what_an_editor_takes_for_a_number_is_text_to_the_bot(kind: str, change: dict[str, Any]) -> None:
    schema = schemas()[kind]
    assert list(faults({**written(kind), **change}, schema, schema)) == []


def test_a_default_that_an_editor_offers_is_one_that_can_be_written() -> None:
    opens = schemas()["election"]["$defs"]["Round"]["properties"]["opens"]
    assert re.search(opens["pattern"], opens["default"])
