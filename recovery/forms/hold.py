"""The form of a hold: which kind, where, until when, and why."""

from __future__ import annotations

from typing import Any

from django import forms

from recovery.actions.bulk import HOLDS, VERBS
from recovery.actions.desired import SCOPES

from .end import EndForm


def scope_of(text: str) -> dict[str, Any] | None:
    """``all`` or ``host:web-1`` as the acts want it; None: it is neither."""
    kind, _, value = text.partition(":")
    if kind == "all" and not value:
        return {}
    return {"kind": kind, "values": [value]} if kind in SCOPES and kind != "all" and value else None


class HoldForm(EndForm):
    """Of one breaker. The scope may be one that no linked process fits: it is a rule for whoever comes."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in HOLDS], initial=HOLDS[0])
    scope = forms.CharField(max_length=300, initial="all")

    def clean_scope(self) -> dict[str, Any]:
        """As the act wants it."""
        scope = scope_of(self.cleaned_data["scope"])
        if scope is None:
            raise forms.ValidationError("choose all processes, or one version, host or process")
        return scope

    @property
    def how(self) -> dict[str, Any]:
        """What ``actions.holds.hold`` takes."""
        return {name: self.cleaned_data[name] for name in ("reason", "seconds", "until", "scope")}


class ManyForm(EndForm):
    """Of many breakers; ``ids`` are those that the preview named."""

    ids = forms.CharField(max_length=20_000)
    verb = forms.ChoiceField(choices=[(verb, verb) for verb in VERBS], initial=VERBS[0])

    def clean_ids(self) -> list[int]:
        """Keys of breakers, each once."""
        words = self.cleaned_data["ids"].split(",")
        if not all(word.isascii() and word.isdigit() and len(word) <= 18 for word in words):
            raise forms.ValidationError("these are no breakers")
        return sorted({int(word) for word in words})

    def clean(self) -> dict[str, Any]:
        """A reason and an end are for holds."""
        self.needs_reason = self.cleaned_data.get("verb") in HOLDS
        return super().clean()

    @property
    def how(self) -> dict[str, Any]:
        """What ``actions.bulk.act_on`` takes."""
        return {name: self.cleaned_data[name] for name in ("reason", "seconds", "until")}
