"""What every test gets: patient, reproducible properties."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Deadlines would measure the machine, not the code; in CI a run must be repeatable.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
