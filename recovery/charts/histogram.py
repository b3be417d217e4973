"""Percentiles of additive histograms: bucket i holds calls of up to 2**i nanoseconds, and of more than half of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def merged(histograms: Iterable[Mapping[str, int] | Mapping[int, int]]) -> dict[int, int]:
    """Histograms add up; percentiles do not."""
    total: dict[int, int] = {}
    for histogram in histograms:
        for bucket, count in histogram.items():
            total[int(bucket)] = total.get(int(bucket), 0) + count
    return total


def percentile(histogram: Mapping[int, int], share: float) -> float | None:
    """Seconds that this share of the calls stayed below; None where nothing was measured."""
    wanted = sum(histogram.values()) * share
    if wanted <= 0:
        return None
    below = 0
    for bucket in sorted(histogram):
        count = histogram[bucket]
        if count and below + count >= wanted:
            low = 2.0 ** (bucket - 1) if bucket else 0.0
            return (low + (2.0**bucket - low) * (wanted - below) / count) * 1e-9
        below += count
    return 2.0 ** max(histogram) * 1e-9
