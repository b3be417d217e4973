"""The services, as their users would write them. Each runs as ``python -m recovery.fleet.services.<name>``."""
