"""Numbers as Prometheus reads them; what writes them is loaded when somebody asks for the first time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from bot.channels.opening import Refused
from bot.counting import Level, Tally, Timing

if TYPE_CHECKING:
    from prometheus_client.core import Metric
    from prometheus_client.registry import Collector

PREFIX = "election_bot_"

Measured = Tally | Timing | Level


def exposed(
    measured: Iterable[Measured], meaning: Callable[[str], str], accepted: str = ""
) -> tuple[bytes, str]:
    """What was measured, and the resources the process takes, as a text and its content type; `Refused` without the
    extra.
    """
    try:
        from prometheus_client import ProcessCollector
        from prometheus_client.exposition import choose_encoder
    except ImportError:
        raise Refused("no_metrics") from None

    families = [_family(each, meaning(each.name)) for each in measured]
    encoder, content_type = choose_encoder(accepted)
    return encoder(_collector([*families, *ProcessCollector(registry=None).collect()])), content_type


def _collector(families: Sequence[Metric]) -> Collector:
    from prometheus_client.registry import Collector

    class Once(Collector):
        def collect(self) -> Iterator[Metric]:
            return iter(families)

    return Once()


def _family(measured: Measured, meaning: str) -> Metric:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    name = PREFIX + measured.name
    if isinstance(measured, Timing):
        histogram = HistogramMetricFamily(name, meaning)
        histogram.add_metric((), measured.buckets(), measured.total)
        return histogram
    kind = CounterMetricFamily if isinstance(measured, Tally) else GaugeMetricFamily
    family = kind(name, meaning, labels=measured.labels)
    for labels, value in list(measured.values.items()):
        family.add_metric(labels, value)
    return family
