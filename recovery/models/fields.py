"""Lengths and choices that more than one model uses."""

from __future__ import annotations

from django.db import models

from recovery.engine.enums import BreakerState

NAME = 200  # characters of a service's, breaker's or operation's name; the wire refuses longer ones
TEXT = 500  # characters of a cause, a reason, a last failure

STATES = [(state.value, state.value.capitalize()) for state in BreakerState]


class NameField(models.CharField):
    """A name as processes give it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", NAME)
        super().__init__(*args, **kwargs)


class StateField(models.CharField):
    """A breaker state by its word; empty: not known."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("choices", STATES)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
