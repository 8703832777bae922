"""JSON Schemas of the knowledge files, so that an editor completes keys and marks mistakes while one types.

They are made from the model and say what a file alone can tell; the checks see the whole base.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, TypeAdapter

from bot.knowledge.loading import FOLDERS, MAPPINGS, SINGLE
from bot.knowledge.model import Identifier

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """The JSON Schema of each kind of file, by its name: candidate, topic, fact, election, sources…"""
    found = {}
    for kind, model in FOLDERS.items():
        found[model.__name__.lower()] = _titled(model.__name__, f"{kind}/*.yaml", _of_part(model))
    for kind, model in SINGLE.items():
        found[kind] = _titled(kind.capitalize(), f"{kind}.yaml", _of_part(model))
    for kind, model in MAPPINGS.items():
        found[kind] = _titled(kind.capitalize(), f"{kind}.yaml", _of_mapping(model))
    return found


def _titled(title: str, files: str, schema: Schema) -> Schema:
    return {"$schema": DRAFT, "title": f"{title} ({files})", **schema}


def _of_part(model: type[BaseModel]) -> Schema:
    """A file that holds one thing; its id is the file's name and is not written in it."""
    schema: Schema = _tidied(model.model_json_schema())
    schema["properties"].pop("id", None)
    schema["required"] = [key for key in schema.get("required", ()) if key != "id"]
    return schema


def _of_mapping(model: type[BaseModel]) -> Schema:
    """A file that maps ids to things."""
    part = _of_part(model)
    return {
        "description": f"{part.pop('description')} Each stands under its id.",
        "type": "object",
        "propertyNames": TypeAdapter(Identifier).json_schema(),
        "additionalProperties": part,
    }


def _tidied(node: Any) -> Any:
    """A schema as YAML needs it: an optional key is left out, never empty; no unknown keys."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = dict(_kept(node))
    if "patternProperties" in tidy:
        tidy["additionalProperties"] = False
    return tidy


def _kept(node: Schema) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if key == "anyOf":
            (only,) = (choice for choice in value if choice != {"type": "null"})
            yield from _tidied(only).items()
        elif not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None):
            yield key, _tidied(value)
