"""Parts of the policies' pages."""

from __future__ import annotations

from recovery.forms.filters import policy_filter
from recovery.queries.policies.listed import policies
from recovery.queries.policies.one import present
from recovery.queries.policies.running import running
from recovery.queries.policies.which import by_id
from recovery.views.policies import list_context

from .made import Made, Part, asked, found, whole_number


def _list(rest: str) -> Made:
    return "recovery/policies/list.html", list_context(policies(policy_filter(asked(rest))))


def _running(kind: str) -> Part:
    def made(rest: str) -> Made:
        target = found(by_id(kind, whole_number(rest)), f"policy-{kind}:{rest}")
        return "recovery/policies/running.html", {"target": target, "running": running(target)}

    return made


def _wanted(kind: str) -> Part:
    def made(rest: str) -> Made:
        target = found(by_id(kind, whole_number(rest)), f"policy-wanted-{kind}:{rest}")
        return "recovery/policies/wanted.html", {"present": present(target)}

    return made


PARTS: dict[str, Part] = {
    "policies": _list,
    "policy-breaker": _running("breaker"),
    "policy-operation": _running("operation"),
    "policy-wanted-breaker": _wanted("breaker"),
    "policy-wanted-operation": _wanted("operation"),
}
