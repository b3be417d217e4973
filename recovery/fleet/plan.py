"""Who is in the fleet."""

from __future__ import annotations

from dataclasses import dataclass

# What the services call, each on a port of its own, with outages of its own.
BACKENDS = ("videos", "thumbnails", "catalogue", "search", "mail", "provider")


@dataclass(frozen=True)
class Service:
    """One service of the fleet: so many processes of ``recovery.fleet.services.<name>``, in this version."""

    name: str
    processes: int
    version: str

    @property
    def module(self) -> str:
        """What each of its processes runs."""
        return f"recovery.fleet.services.{self.name}"

    @property
    def members(self) -> list[str]:
        """The names of its processes."""
        return [f"{self.name}-{number}" for number in range(1, self.processes + 1)]


FLEET = (
    Service("download", 3, "2.8.1"),
    Service("metadata", 2, "1.4.0"),
    Service("students", 2, "1.14.0"),
    Service("payments", 1, "3.0.2"),
)


@dataclass(frozen=True)
class Watched:
    """A backend whose health says whether the breakers that guard it may come back."""

    backend: str
    service: str
    breakers: tuple[str, ...]


WATCHED = (
    Watched("videos", "download", ("download.fetch", "download.resume")),
    Watched("catalogue", "metadata", ("metadata.get_video",)),
    Watched("mail", "students", ("students.notify",)),
    Watched("provider", "payments", ("payments.charge", "payments.status")),
)

SERVICES = tuple(service.name for service in FLEET)  # each wants a token
