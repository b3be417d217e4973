"""Forms of the people's pages: a role, where it acts, and for an invitation whom it is for."""

from __future__ import annotations

from typing import Any

from django import forms

from recovery.actions.people import MOST_NOTE
from recovery.actions.problems import ActionProblem, Invalid
from recovery.permissions import Role
from recovery.queries.people.listed import Person, choices

ROLES = (
    (Role.VIEWER.value, "Viewer: sees everything, changes nothing"),
    (Role.OPERATOR.value, "Operator: acts on breakers, errors and checks, publishes policies"),
    (Role.ADMIN.value, "Admin: also people, tokens and settings; acts on every service"),
)
WHERE = (("yes", "Every service, also those to come"), ("no", "Only the services chosen here"))


class RightsForm(forms.Form):
    """A role and its grants; `base` is the revision that is edited."""

    role = forms.ChoiceField(label="Role", choices=ROLES, widget=forms.RadioSelect, initial=Role.VIEWER.value)
    everywhere = forms.ChoiceField(label="May act on", choices=WHERE, widget=forms.RadioSelect, initial="yes")
    services = forms.TypedMultipleChoiceField(
        label="Services", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    base = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        if person is not None:
            kwargs["initial"] = {
                "role": person.role or Role.VIEWER.value,
                "everywhere": "no" if person.role and not person.everywhere else "yes",
                "services": sorted(person.service_ids),
                "base": person.revision,
            }
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = choices()

    def refused(self, problem: ActionProblem) -> None:
        """Put what the act refused to its fields."""
        problems = problem.problems if isinstance(problem, Invalid) else {"": f"{problem}."}
        for name, text in problems.items():
            self.add_error(name if name in self.fields else None, text)

    @property
    def rights(self) -> dict[str, Any]:
        """What the acts take."""
        role = self.cleaned_data["role"]
        everywhere = role == Role.ADMIN or self.cleaned_data["everywhere"] == "yes"
        return {
            "role": role,
            "everywhere": everywhere,
            "services": () if everywhere else self.cleaned_data["services"],
        }


class InviteForm(RightsForm):
    """For somebody new."""

    note = forms.CharField(
        label="Whom it is for",
        max_length=MOST_NOTE,
        help_text="For you and other admins, until the link is used. They choose their own name.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    field_order = ("note", "role", "everywhere", "services")
