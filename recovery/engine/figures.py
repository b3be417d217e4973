"""Mappings that never change, but are dicts all the same: they copy, pickle and go into JSON like any other."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Never

    _Base = dict[str, Any]
else:
    _Base = dict


class FrozenDict(_Base):
    """A dict that refuses every change."""

    __slots__ = ()

    def _refuse(self, *_args: Any, **_values: Any) -> Never:
        raise TypeError(f"{type(self).__name__} is frozen: its items never change")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled as a whole."""
        return (type(self), (dict(self),))


class Figures(FrozenDict):
    """Figures of a snapshot by name: ``totals["calls"]`` and ``totals.calls`` are one thing."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        """The figure of that name."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no figure {name!r}, only {', '.join(self)}") from None
