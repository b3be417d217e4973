"""The plain form of a health check: words and ranges; what is legal says `recovery.actions.checks`."""

from __future__ import annotations

from typing import Any

from django import forms

from recovery.actions import checks
from recovery.actions.problems import Invalid
from recovery.models import Check, Service
from recovery.queries.health import CheckRow, linkable

ACTS = (
    (str(Check.Act.RESET), "Reset the linked breakers"),
    (str(Check.Act.PROBE), "Let the linked breakers probe"),
    (str(Check.Act.SUGGEST), "Only suggest it"),
)
KINDS = ((str(Check.Kind.HTTP), "HTTP: a 2xx answer"), (str(Check.Kind.TCP), "TCP: a connection"))


def _range(bounds: tuple[float, float]) -> dict[str, Any]:
    return {"min_value": bounds[0], "max_value": bounds[1]}


class CheckForm(forms.Form):
    """For a new check (``service``), or for one that is there (``row``, whose revision travels along)."""

    name = forms.CharField(label="Name", max_length=200)
    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    target = forms.CharField(label="Target", max_length=500, help_text="A URL, or host:port.")
    interval = forms.IntegerField(label="Every (s)", initial=30, **_range(checks.INTERVAL))
    timeout = forms.FloatField(label="Time-out (s)", initial=5, **_range(checks.TIMEOUT))
    healthy_after = forms.IntegerField(label="Healthy results in a row", initial=3, **_range(checks.HEALTHY_AFTER))
    act = forms.ChoiceField(label="Then", choices=ACTS)
    breakers = forms.TypedMultipleChoiceField(label="Linked breakers", coerce=int, required=False)
    revision = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, service: Service, row: CheckRow | None = None, **kwargs: Any) -> None:
        if row is not None:
            fields = {name: getattr(row, name) for name in (*checks.FIELDS, "revision")}
            kwargs["initial"] = fields | {"breakers": [key for key, *_ in row.breakers]} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["breakers"].choices = linkable(service)

    def clean(self) -> dict[str, Any]:
        """What the act would refuse is said at its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                checks.checked(cleaned)
            except Invalid as problem:
                self.refused(problem)
        return cleaned

    def refused(self, problem: Invalid) -> None:
        """Put what the act refused to its fields."""
        for name, text in problem.problems.items():
            self.add_error(name if name in self.fields else None, text)

    @property
    def act_fields(self) -> dict[str, Any]:
        """What ``actions.checks.create`` and ``edit`` take."""
        return {name: self.cleaned_data[name] for name in checks.FIELDS}
