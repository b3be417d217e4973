"""Health checks: made, edited, switched, deleted, run now. An edit of what somebody else changed is a Conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from recovery import health
from recovery.live.hints import hint_on_commit
from recovery.models import Breaker, Check, Service
from recovery.models.fields import NAME
from recovery.moment import now
from recovery.permissions import Act

from .actor import Actor
from .audit import record
from .may import insist
from .problems import ActionProblem, Conflict, Invalid, Unchanged

FIELDS = ("name", "kind", "target", "interval", "timeout", "healthy_after", "act")
INTERVAL = (5, 86_400)  # s
TIMEOUT = (0.1, 60.0)  # s
HEALTHY_AFTER = (1, 1_000)
MOST_BREAKERS = 100
NOT_RUNNING: dict[str, Any] = {"run": None, "owner": "", "lease_until": None}  # a run in flight counts for nothing
UNKNOWN: dict[str, Any] = {"healthy": None, "streak": 0, "since": None, "acted_at": None, "last_text": ""}


class UnknownCheck(ActionProblem):
    """There is no such check (any more)."""

    def __init__(self) -> None:
        super().__init__("there is no such check")


def create(service: Service, fields: Mapping[str, Any], breakers: Iterable[int] = (), *, actor: Actor) -> Check:
    """Make a check; it runs at once. ``breakers``: keys of the service's breakers that recovery acts on."""
    insist(actor, Act.EDIT_CHECKS, target=str(fields.get("name", "")), service=service)
    wanted, linked = checked(fields), _linked(service, breakers)
    made = now()
    try:
        with transaction.atomic():
            check = Check.objects.create(service=service, created_at=made, next_run_at=made, **wanted)
            check.breakers.set(linked)
            _recorded(actor, "create check", check, after=described(check))
    except IntegrityError as problem:
        raise _name_taken(wanted["name"]) from problem
    return check


def edit(key: int, fields: Mapping[str, Any], breakers: Iterable[int] = (), *, actor: Actor, revision: int) -> Check:
    """Change a check. ``revision``: of the row that was edited. A new target is not known to be healthy or not."""
    check = _asked(key, Act.EDIT_CHECKS, actor)
    wanted, linked = checked(fields), _linked(check.service, breakers)
    try:
        with transaction.atomic():
            check = _locked(key)
            before, after = described(check), {**wanted, "breakers": sorted(row.name for row in linked)}
            if check.revision != revision:
                raise Conflict(check.revision, _last_editor(check), before, after)
            if before == {**before, **after}:
                raise Unchanged("nothing was changed")
            _change(check, wanted, linked)
            _recorded(actor, "edit check", check, before=before, after=described(check))
    except IntegrityError as problem:
        raise _name_taken(wanted["name"]) from problem
    return check


def set_enabled(key: int, enabled: bool, *, actor: Actor) -> Check:
    """Switch a check on (it runs at once) or off."""
    _asked(key, Act.EDIT_CHECKS, actor)
    with transaction.atomic():
        check = _locked(key)
        if check.enabled is enabled:
            raise Unchanged(f"it is {'on' if enabled else 'off'} already")
        _save(check, enabled=enabled, next_run_at=now(), revision=check.revision + 1, **NOT_RUNNING)
        _recorded(actor, "enable check" if enabled else "disable check", check)
    return check


def delete(key: int, *, actor: Actor) -> None:
    """Delete a check and its results."""
    _asked(key, Act.EDIT_CHECKS, actor)
    with transaction.atomic():
        check = _locked(key)
        _recorded(actor, "delete check", check, before=described(check))
        check.delete()


def run_now(key: int, *, actor: Actor) -> Check:
    """Let it run within a second, whenever it would be due."""
    _asked(key, Act.RUN_CHECKS, actor)
    with transaction.atomic():
        check = _locked(key)
        if not check.enabled:
            raise Invalid({"": "the check is switched off"})
        _save(check, next_run_at=min(check.next_run_at, now()))
        _recorded(actor, "run check", check)
    return check


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a check, in their ranges. Raises Invalid with every bad one."""
    given = {name: fields.get(name) for name in FIELDS}
    problems = {name: text for name, text in _problems(given) if text}
    if problems:
        raise Invalid(problems)
    return given | {name: str(given[name]).strip() for name in ("name", "target")}


def described(check: Check) -> dict[str, Any]:
    """What people can edit, as plain data."""
    names = sorted(check.breakers.values_list("name", flat=True))
    return {name: getattr(check, name) for name in FIELDS} | {"breakers": names}


def _problems(given: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    name, kind, target = (given[each] for each in ("name", "kind", "target"))
    interval, timeout = given["interval"], given["timeout"]
    text = isinstance(name, str) and 1 <= len(name.strip()) <= NAME and name.isprintable()
    yield "name", "" if text else f"a name has 1 to {NAME} characters"
    yield "kind", "" if kind in Check.Kind.values else f"kind must be one of {', '.join(Check.Kind.values)}"
    yield "target", _target(kind, target)
    yield "interval", _range(interval, *INTERVAL, "s")
    late = isinstance(timeout, int | float) and isinstance(interval, int | float) and timeout > interval
    yield "timeout", _range(timeout, *TIMEOUT, "s") or ("the time-out is longer than the interval" if late else "")
    yield "healthy_after", _range(given["healthy_after"], *HEALTHY_AFTER, "results")
    yield "act", "" if given["act"] in Check.Act.values else f"act must be one of {', '.join(Check.Act.values)}"


def _target(kind: Any, target: Any) -> str:
    if not isinstance(target, str):
        return "a target is needed"
    return health.target_problem(kind, target.strip()) if kind in Check.Kind.values else ""


def _range(value: Any, least: float, most: float, unit: str) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "" if number and least <= value <= most else f"must be {least:g} to {most:g} {unit}"


def _linked(service: Service, breakers: Iterable[int]) -> list[Breaker]:
    keys = set(breakers)
    if len(keys) > MOST_BREAKERS:
        raise Invalid({"breakers": f"at most {MOST_BREAKERS} breakers can be linked"})
    found = list(Breaker.objects.filter(service=service, pk__in=keys))
    if len(found) != len(keys):
        raise Invalid({"breakers": "only breakers of the check's own service can be linked"})
    return found


def _asked(key: int, act: Act, actor: Actor) -> Check:
    """The check, if whoever asks may do this."""
    check = Check.objects.select_related("service").filter(pk=key).first()
    if check is None:
        raise UnknownCheck
    insist(actor, act, target=check.name, service=check.service)
    return check


def _locked(key: int) -> Check:
    check = Check.objects.select_for_update(of=("self",)).select_related("service").filter(pk=key).first()
    if check is None:
        raise UnknownCheck
    return check


def _change(check: Check, wanted: Mapping[str, Any], linked: list[Breaker]) -> None:
    changes = {**wanted, **NOT_RUNNING, "next_run_at": now(), "revision": check.revision + 1}
    if (check.kind, check.target) != (wanted["kind"], wanted["target"]):
        changes |= UNKNOWN
    _save(check, **changes)
    check.breakers.set(linked)


def _save(check: Check, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(check, name, value)
    check.save(update_fields=list(changes))


def _recorded(actor: Actor, act: str, check: Check, *, before: Any = None, after: Any = None) -> None:
    record(actor, act, target=check.name, service=check.service, before=before, after=after, revision=check.revision)
    hint_on_commit("check", check.pk, check.revision)


def _last_editor(check: Check) -> str:
    from recovery.models import AuditEntry

    acts = ("create check", "edit check", "enable check", "disable check")
    rows = AuditEntry.objects.filter(service=check.service, target=check.name, act__in=acts)
    return rows.order_by("-at", "-pk").values_list("actor", flat=True).first() or ""


def _name_taken(name: str) -> Invalid:
    return Invalid({"name": f"the service has a check {name!r} already"})
