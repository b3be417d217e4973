"""Forms of the services' pages."""

from __future__ import annotations

from typing import Any

from django import forms

from recovery.actions.problems import ActionProblem, Invalid
from recovery.actions.services import MOST_ENVIRONMENT, MOST_NAME
from recovery.actions.tokens import MOST_LABEL


class ServiceForm(forms.Form):
    """A service's names."""

    name = forms.CharField(
        label="Service",
        max_length=MOST_NAME,
        help_text="What it is called: download, students …",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off", "spellcheck": "false"}),
    )
    environment = forms.CharField(
        label="Environment",
        max_length=MOST_ENVIRONMENT,
        initial="production",
        help_text="Production and staging never mix in one number.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "environments"}),
    )


class TokenForm(forms.Form):
    """A token's label."""

    label = forms.CharField(
        label="Label",
        required=False,
        max_length=MOST_LABEL,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "where it will be used"}),
    )


def put(form: forms.Form, problem: ActionProblem) -> None:
    """Say beside the fields why it was not done."""
    problems: dict[str, Any] = problem.problems if isinstance(problem, Invalid) else {"": str(problem)}
    for field, text in problems.items():
        form.add_error(field if field in form.fields else None, text)
