"""The terminal demonstration: a breaker living through a real outage. ``python -m recovery.demo``, or ``make run``."""
