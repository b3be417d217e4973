"""What happened, in a few lines, when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import words
from .paint import Line, Span

if TYPE_CHECKING:
    from .figures import Watch


def summary(watches: list[Watch], elapsed: float) -> list[Line]:
    """Openings, probes, refusals and the time that those saved, for each breaker and in all."""
    lines: list[Line] = [[Span(f"What happened in {words.span(elapsed)}", "strong")]]
    for watch in watches:
        look = words.LOOKS[watch.snapshot.state]
        lines += [[], [Span(f"{look.glyph} {look.word}  ", look.style), Span(watch.snapshot.name or "", "strong")]]
        lines += [[Span(f"    {fact}")] for fact in _facts(watch)]
    refused = sum(watch.snapshot.totals["refused"] for watch in watches)
    saved = sum(watch.story.seconds_saved for watch in watches)
    lines += [[], [Span(f"{words.count(refused, 'call')} refused at once: {_saved(saved)}", "strong")]]
    lines += [[Span("(each refused call × the median time of the calls", "quiet")]]
    lines += [[Span(" that were let in last before it)", "quiet")]]
    return lines


def _facts(watch: Watch) -> list[str]:
    story, totals, recoveries = watch.story, watch.snapshot.totals, watch.snapshot.recoveries
    admitted = totals["calls"] - totals["refused"]
    probes, failed, refused = story.failed_probes, totals["failures"], totals["refused"]
    facts = [
        f"opened {_times(story.opened)} · {words.count(probes, 'failed probe')} · closed {_times(story.closed)}",
        f"{words.count(totals['calls'], 'call')}: {admitted:,} let in ({failed:,} failed), {refused:,} refused",
    ]
    if recoveries["count"]:
        facts.append(
            f"time to recover: {words.span(recoveries['mean_seconds'])}{' on average' * (recoveries['count'] > 1)}"
        )
    if story.seconds_saved:
        facts.append(_saved(story.seconds_saved))
    return facts


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number:,} times")


def _saved(seconds: float) -> str:
    return f"about {words.span(seconds)} of waiting saved"
