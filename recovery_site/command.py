"""The `recovery` command: the same as manage.py, from an installed package."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command; without the console's packages, say how to get them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("recovery: the console is not installed here. Install it: pip install 'recovery[console]'")
    execute_from_command_line([*sys.argv, "up"] if len(sys.argv) == 1 else sys.argv)
