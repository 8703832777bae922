"""JSON Schemas of the knowledge files, so that an editor completes keys and marks mistakes while one types.

They are made from the model and hold only what a file alone can tell; the checks see the whole base.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter

from bot.knowledge.loading import FOLDERS, MAPPINGS, SINGLE
from bot.knowledge.model import Identifier

DRAFT = "https://json-schema.org/draft/2020-12/schema"

TITLES: Mapping[str, str] = {
    "topics": "topic",
    "facts": "fact",
    "candidates": "candidate",
}


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each kind of file, by its name: candidate, topic, fact, election, sources…"""
    found = {TITLES[kind]: _of_part(TITLES[kind], model) for kind, model in FOLDERS.items()}
    found |= {kind: _of_part(kind, model) for kind, model in SINGLE.items()}
    found |= {kind: _of_mapping(kind, model) for kind, model in MAPPINGS.items()}
    return found
