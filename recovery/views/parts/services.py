"""Parts of the services' pages."""

from __future__ import annotations

from recovery.forms.filters import text
from recovery.queries.services.listed import services
from recovery.queries.services.one import contact, processes

from .made import Made, Part, asked, found, whole_number


def _list(rest: str) -> Made:
    key = f"services:{rest}" if rest else "services"
    return "recovery/services/list.html", {"found": services(text(asked(rest), "q")), "key": key}


def _processes(rest: str) -> Made:
    return "recovery/services/processes.html", {"processes": found(processes(whole_number(rest)), f"service:{rest}")}


def _contact(rest: str) -> Made:
    return "recovery/services/contact.html", {"met": found(contact(whole_number(rest)), f"contact:{rest}")}


PARTS: dict[str, Part] = {"services": _list, "service": _processes, "contact": _contact}
