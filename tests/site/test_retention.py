"""How long things are kept comes from the environment."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from recovery.rollups.retention import DAYS
from recovery_site.retention import retention

OURS = {"throttle"}  # of no interest to anybody but us


def test_who_says_nothing_gets_the_defaults() -> None:
    assert retention() == {what: days for what, days in DAYS.items() if what not in OURS}


def test_a_process_outlives_what_hangs_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETENTION_DAYS_TRANSITIONS", "365")
    monkeypatch.setenv("RETENTION_DAYS_DAYS", "3650")
    kept = retention()
    assert (kept["transitions"], kept["days"], kept["processes"]) == (365, 3650, 370)


@pytest.mark.parametrize("value", ["0", "-1", "3651", "1.5", "for ever"])
def test_what_cannot_be_meant_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETENTION_DAYS_LOGS", value)
    with pytest.raises(ImproperlyConfigured, match=r"RETENTION_DAYS_LOGS=.* whole number from 1 to 3650"):
        retention()


def test_the_settings_hold_it(settings: object) -> None:
    assert retention() == settings.RETENTION  # type: ignore[attr-defined]
