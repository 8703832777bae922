"""What a bot tells of itself over HTTP, read as a proxy and Prometheus read it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http.client import HTTPConnection
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

PREFIX = "election_bot_"


class Numbers:
    """All that /metrics told, by name without its prefix."""

    def __init__(self, text: str) -> None:
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples: list[Sample] = [sample for f in self.families.values() for sample in f.samples]

    def of(self, name: str, **labels: str) -> float:
        """The sum of all samples with this name and at least these labels; 0 if there are none."""
        return sum(
            sample.value
            for sample in self.samples
            if sample.name == PREFIX + name and labels.items() <= sample.labels.items()
        )

    def labelled(self, name: str, *labels: str) -> dict[tuple[str, ...], float]:
        """Each sample with this name that is not 0, by the values of these labels."""
        found = (sample for sample in self.samples if sample.name == PREFIX + name)
        return {tuple(s.labels[label] for label in labels): s.value for s in found if s.value}


def get(port: int, path: str) -> tuple[int, str]:
    """The status and the text that an address answers with."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def readiness(port: int) -> tuple[int, dict[str, Any]]:
    """What a proxy learns that asks whether the bot is ready."""
    status, text = get(port, "/readyz")
    return status, json.loads(text)


def numbers(port: int) -> Numbers:
    """What Prometheus reads now."""
    status, text = get(port, "/metrics")
    assert status == 200, text
    return Numbers(text)


def outside(samples: Iterable[Sample], allowed: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Labels, and values of labels, that do not belong to a closed set."""
    pairs = {pair for sample in samples for pair in sample.labels.items()}
    return {(name, value) for name, value in pairs if value not in allowed.get(name, set())}
