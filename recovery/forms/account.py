"""Forms of the account pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ValidationError

NEW = {"autocomplete": "new-password"}


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs=NEW), help_text="At least 10 characters."
    )
    again = forms.CharField(label="The same again", strip=False, widget=forms.PasswordInput(attrs=NEW))

    def __init__(self, *args: Any, person: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        """Equal, and good enough for this person."""
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", "The two passwords differ.")
        elif password:
            self._judge(password, cleaned)
        return cleaned

    def _judge(self, password: str, cleaned: dict[str, Any]) -> None:
        person = self.person or get_user_model()(username=cleaned.get("username", ""))
        try:
            password_validation.validate_password(password, person)
        except ValidationError as problem:
            self.add_error("password", problem)


class NewPersonForm(NewPasswordForm):
    """A name and a password."""

    username = forms.CharField(
        label="Name",
        max_length=150,
        validators=[get_user_model().username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    field_order = ("username", "password", "again")


class ChangePasswordForm(NewPasswordForm):
    """The present password before the new one."""

    present = forms.CharField(
        label="Present password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("present", "password", "again")

    def clean_present(self) -> str:
        """It must be right."""
        if not self.person.check_password(self.cleaned_data["present"]):
            raise ValidationError("This is not your present password.")
        return str(self.cleaned_data["present"])
