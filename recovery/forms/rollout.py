"""At once or step by step: the part of a policy's form that says how it is published."""

from __future__ import annotations

from typing import Any

from django import forms

from recovery.actions.problems import Invalid
from recovery.actions.rollouts import Stage
from recovery.actions.rollouts.checking import ONE, PERCENT, SECONDS
from recovery.guardrail import RANGES, Limits

AT_ONCE, STEPS = "at once", "step by step"
MINUTE = 60
USUAL = Limits()
MINUTES = {"min_value": 1, "max_value": SECONDS[1] // MINUTE}
# Where a problem of the action belongs to.
FIELDS = {"stage 1": "one_minutes", "stage 2": "share", "stages": None}


def _range(name: str, factor: float = 1) -> dict[str, float]:
    low, high = RANGES[name]
    return {"min_value": low * factor, "max_value": high * factor}


class RolloutForm(forms.Form):
    """One process, then a share of them, then all. What is typed counts only step by step."""

    prefix = "rollout"
    how = forms.ChoiceField(
        choices=((AT_ONCE, "At once, to all processes"), (STEPS, "Step by step")),
        initial=AT_ONCE,
        widget=forms.RadioSelect,
        required=False,
    )
    one_minutes = forms.IntegerField(label="One process, for (min)", initial=5, **MINUTES)
    share = forms.FloatField(label="Then a share (%)", initial=10, min_value=PERCENT[0], max_value=PERCENT[1])
    share_minutes = forms.IntegerField(label="The share, for (min)", initial=10, **MINUTES)
    least_calls = forms.IntegerField(
        label="Calls to judge by", initial=USUAL.least_calls, help_text="On each side.", **_range("least_calls")
    )
    margin = forms.FloatField(
        label="Failed, more by (points)",
        initial=USUAL.margin,
        help_text="Less is let pass.",
        **_range("margin"),
    )
    slower = forms.FloatField(
        label="p95, slower by (times)", initial=USUAL.slower, help_text="Less is let pass.", **_range("slower")
    )
    alpha = forms.FloatField(
        label="False alarms (%)",
        initial=USUAL.alpha * 100,
        help_text="Of stages that go back though nothing is worse, at most.",
        **_range("alpha", 100),
    )

    def clean(self) -> dict[str, Any]:
        """At once, the rest is of no concern."""
        cleaned = super().clean() or {}
        if cleaned.get("how") in ("", AT_ONCE):
            self._errors.clear()
        return cleaned

    @property
    def told(self) -> list[forms.BoundField]:
        """What is typed beside the choice."""
        return [field for field in self.visible_fields() if field.name != "how"]

    @property
    def step_by_step(self) -> bool:
        """Whether it is to be rolled out."""
        return self.is_valid() and self.cleaned_data["how"] == STEPS

    @property
    def stages(self) -> list[Stage]:
        """As ``actions.rollouts.begin`` takes them."""
        told = self.cleaned_data
        return [Stage(ONE, told["one_minutes"] * MINUTE), Stage(told["share"], told["share_minutes"] * MINUTE)]

    @property
    def guardrail(self) -> dict[str, Any]:
        """As ``actions.rollouts.begin`` takes it."""
        told = self.cleaned_data
        return {name: told[name] for name in ("least_calls", "margin", "slower")} | {"alpha": told["alpha"] / 100}

    def refused(self, problem: Invalid) -> None:
        """Put what the action refused to its fields; what is none of ours is left to the rest of the form."""
        for name, text in problem.problems.items():
            if name in self.fields or name in FIELDS:
                self.add_error(FIELDS.get(name, name), text)
