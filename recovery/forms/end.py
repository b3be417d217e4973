"""When a hold ends: a preset, a length of one's own, or a moment in the reader's time zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms

from recovery.actions.desired import end_checked, reason_checked, together
from recovery.actions.problems import Invalid

PRESETS = {"15": "15 min", "60": "1 h", "released": "until released", "for": "for", "until": "until"}
FIRST = "15"
FIELD_OF = {"seconds": "minutes"}  # what the act calls seconds is typed in minutes


class EndForm(forms.Form):
    """The end and the reason, as every hold asks for them."""

    end = forms.ChoiceField(choices=list(PRESETS.items()), initial=FIRST)
    minutes = forms.FloatField(required=False)
    until = forms.CharField(required=False, max_length=40)
    zone = forms.CharField(required=False, max_length=60, initial="UTC")
    reason = forms.CharField(required=False, max_length=10_000, strip=True)
    needs_reason = True

    def clean(self) -> dict[str, Any]:
        """What the act would refuse is said at its field, all at once."""
        cleaned = super().clean() or {}
        try:
            seconds, until = self._end(cleaned)
            cleaned |= {"seconds": seconds, "until": until}
            together(
                lambda: end_checked(seconds, until),
                lambda: reason_checked(cleaned.get("reason", ""), required=self.needs_reason),
            )
        except Invalid as problem:
            self.refused(problem)
        return cleaned

    def ends_at(self) -> datetime | None:
        """When it would end, from fields that may be half filled in; None: when it is released, or nobody can tell."""
        typed = EndForm({name: self[name].value() for name in EndForm.base_fields})
        typed.is_valid()
        try:
            return end_checked(typed.cleaned_data.get("seconds"), typed.cleaned_data.get("until"))
        except Invalid:
            return None

    def refused(self, problem: Invalid) -> None:
        """Put what an act refused to its fields."""
        for name, text in problem.problems.items():
            field = FIELD_OF.get(name, name)
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, text)

    def _end(self, cleaned: dict[str, Any]) -> tuple[float | None, datetime | None]:
        """Seconds, or a moment. What could not be read is an error of its field already."""
        chosen, minutes = cleaned.get("end", ""), cleaned.get("minutes")
        if chosen == "for":
            if minutes is None and "minutes" not in self.errors:
                self.add_error("minutes", "for how many minutes?")
            return (None if minutes is None else minutes * 60), None
        if chosen == "until":
            return None, self._moment(cleaned.get("until", ""), cleaned.get("zone") or "UTC")
        return (float(chosen) * 60 if chosen.isdigit() else None), None

    def _moment(self, text: str, zone: str) -> datetime | None:
        try:
            its = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.add_error("until", f"there is no time zone {zone!r}")
            return None
        try:
            typed = datetime.fromisoformat(text.strip())
            return typed if typed.tzinfo else typed.replace(tzinfo=its)
        except ValueError:
            self.add_error("until", "until when? A date and a time, such as 2026-03-01T18:00")
            return None
