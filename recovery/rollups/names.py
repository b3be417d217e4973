"""From a process and a name to the breaker or operation."""

from __future__ import annotations

from collections.abc import Iterable

from recovery.models import Breaker, Operation, Process

Named = type[Breaker] | type[Operation]
Ids = dict[str, int]
AT_ONCE = 500


class Names:
    """What is known of these processes' services. Who is not registered is not counted: names come from ``declare``."""

    def __init__(self, processes: Iterable[int]) -> None:
        keys = sorted(set(processes))
        self._services: dict[int, int] = {}
        for start in range(0, len(keys), AT_ONCE):
            rows = Process.objects.filter(pk__in=keys[start : start + AT_ONCE])
            self._services.update(rows.values_list("pk", "service_id"))
        self._breakers, self._operations = self._ids(Breaker), self._ids(Operation)

    def breakers(self, process: int) -> Ids:
        """Those of a process's service."""
        return self._breakers.get(self._services.get(process, 0), {})

    def operations(self, process: int) -> Ids:
        """Those of a process's service."""
        return self._operations.get(self._services.get(process, 0), {})

    def _ids(self, model: Named) -> dict[int, Ids]:
        services = sorted(set(self._services.values()))
        found: dict[int, Ids] = {service: {} for service in services}
        for start in range(0, len(services), AT_ONCE):
            rows = model.objects.filter(service__in=services[start : start + AT_ONCE]).order_by()
            for service, name, key in rows.values_list("service_id", "name", "pk").iterator(2000):
                found[service][name] = key
        return found
