"""Whether the new side does worse: by failed calls, openings and p95, at looks that share out one chance of error.

A judgement every ten seconds would find a difference by chance sooner or later. So the test is made only when the
smaller side's calls have doubled since the last look, and once more when the stage's time is over; look k may err with
alpha / 2**k (what Lan and DeMets, Biometrika 70, 1983, call spending alpha), divided by the number of measures
(Bonferroni). All looks of a stage together err with at most alpha.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .limits import Limits
from .sides import Side
from .significance import rate_higher, share_higher

WORSE, NO_WORSE, WAITS = "worse", "no worse", "waits"
TAIL = 0.95
SMALLEST = 0.0001  # p that is told


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure. ``p``: how likely by chance; None: it was not tested."""

    measure: str
    new: float | None
    old: float | None
    p: float | None = None
    worse: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """``looks``: how many tests were made in this stage, the last at so many calls; ``level``: what p must be below."""

    word: str
    words: str
    findings: tuple[Finding, ...]
    looks: int = 0
    looked_at: int = 0
    level: float | None = None

    def told(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"findings": [asdict(finding) for finding in self.findings]}


def judge(
    new: Side, old: Side, limits: Limits, *, looks: int = 0, looked_at: int = 0, time_over: bool = False
) -> Verdict:
    """What the sides say. ``looks``, ``looked_at``: of the verdict before; ``time_over``: this test is the last."""
    untested = tuple(_measures(new, old))
    if lacking := _lacking(new, old, limits):
        return Verdict(WAITS, lacking, untested, looks, looked_at)
    calls, wanted = min(new.calls, old.calls), max(limits.least_calls, 2 * looked_at)
    if calls < wanted and not time_over:
        words = f"last tested at {looked_at:,} calls, the next test is at {wanted:,} on both sides"
        return Verdict(NO_WORSE, words, untested, looks, looked_at)
    level = limits.alpha / 2 ** (looks + 1) / len(untested)
    findings = tuple(_tested(finding, new, old, limits, level) for finding in untested)
    found = [finding for finding in findings if finding.worse]
    words = (
        "; ".join(map(in_words, found)) or f"tested at {calls:,} calls, the next test is at {2 * calls:,} on both sides"
    )
    return Verdict(WORSE if found else NO_WORSE, words, findings, looks + 1, calls, level)


def chance_of(p: float | None) -> str:
    """How likely such a difference is by chance, in words; nothing: it was not tested."""
    if p is None:
        return ""
    return f"p < {SMALLEST:g}" if p < SMALLEST else f"p = {p:.2g}"


def in_words(finding: Finding) -> str:
    """What was found worse."""
    chance = chance_of(finding.p)
    if finding.measure == "failed":
        return f"{finding.new:.3g} % of calls fail instead of {finding.old:.3g} % ({chance})"
    if finding.measure == "openings":
        return f"a process opens {finding.new:.3g} times an hour instead of {finding.old:.3g} ({chance})"
    return f"p95 is {_length(finding.new)} instead of {_length(finding.old)} ({chance})"


def _length(seconds: float | None) -> str:
    return f"{(seconds or 0) * 1000:.3g} ms" if (seconds or 0) < 1 else f"{seconds:.3g} s"


def _lacking(new: Side, old: Side, limits: Limits) -> str:
    if not new.processes:
        return "nothing is measured yet of a process on the new policy"
    if not old.processes:
        return "no process on the old policy is there to compare with"
    if min(new.calls, old.calls) < limits.least_calls:
        return f"needs {limits.least_calls:,} calls on both sides, has {new.calls:,} and {old.calls:,}"
    return ""


def _measures(new: Side, old: Side) -> list[Finding]:
    found = [Finding("failed", new.failed, old.failed)]
    if new.openings is not None and old.openings is not None:
        found.append(Finding("openings", new.hourly, old.hourly))
    if new.p95 is not None and old.p95 is not None:
        found.append(Finding("p95", new.p95, old.p95))
    return found


def _tested(finding: Finding, new: Side, old: Side, limits: Limits, level: float) -> Finding:
    """A difference is worse when it matters and can hardly be chance."""
    if finding.measure == "failed":
        p = share_higher(new.failures, new.admitted, old.failures, old.admitted)
        matters = (new.failed or 0) - (old.failed or 0) >= limits.margin
    elif finding.measure == "openings":
        p = rate_higher(new.openings or 0, new.seconds, old.openings or 0, old.seconds)
        matters = True
    else:
        p = _slower(new, old)
        matters = (new.p95 or 0) >= limits.slower * (old.p95 or 0)
    return Finding(finding.measure, finding.new, finding.old, p, worse=matters and p < level)


def _slower(new: Side, old: Side) -> float:
    """More calls beyond the bucket in which the old p95 lies: buckets double, so finer differences are not seen."""
    limit, below = sum(old.hist.values()) * TAIL, 0
    edge = 0
    for edge in sorted(old.hist):
        below += old.hist[edge]
        if below >= limit:
            break
    beyond = [sum(count for bucket, count in side.hist.items() if bucket > edge) for side in (new, old)]
    return share_higher(beyond[0], sum(new.hist.values()), beyond[1], sum(old.hist.values()))
