"""What the console keeps. One concern a file; rules that need more than one row live in actions, ingest and rollups."""

from .audit import AuditEntry
from .breakers import Breaker, BreakerNow, Operation
from .desired import Command, Confirmation, Hold, Policy
from .errors import ErrorGroup, Occurrence
from .health import Check, CheckDay, CheckResult
from .jobs import Job, Outbox
from .keyframes import Keyframe
from .logs import LogRecord
from .people import Membership, OneTimeLink
from .processes import LinkInterval, Process
from .rollouts import Rollout
from .rollups import (
    BreakerDay,
    BreakerHour,
    BreakerMinute,
    BreakerTen,
    DirtyMinute,
    OperationHour,
    OperationMinute,
    OperationTen,
)
from .services import Service, Token
from .slices import Slice
from .throttle import Throttle
from .transitions import Transition

__all__ = [
    "AuditEntry",
    "Breaker",
    "BreakerDay",
    "BreakerHour",
    "BreakerMinute",
    "BreakerNow",
    "BreakerTen",
    "Check",
    "CheckDay",
    "CheckResult",
    "Command",
    "Confirmation",
    "DirtyMinute",
    "ErrorGroup",
    "Hold",
    "Job",
    "Keyframe",
    "LinkInterval",
    "LogRecord",
    "Membership",
    "Occurrence",
    "OneTimeLink",
    "Operation",
    "OperationHour",
    "OperationMinute",
    "OperationTen",
    "Outbox",
    "Policy",
    "Process",
    "Rollout",
    "Service",
    "Slice",
    "Throttle",
    "Token",
    "Transition",
]
