"""Which acts make sense on a breaker now, the likely one first. Buttons, menus and pages all ask here."""

from __future__ import annotations

MOST = 3

# By state; "hold" stands for the form of the three kinds of hold. The empty state: nobody says how it stands.
BY_STATE: dict[str, tuple[str, ...]] = {
    "OPEN": ("probe", "reset", "hold"),
    "HALF-OPEN": ("reset", "hold"),
    "CLOSED": ("hold", "reset"),
    "FORCED-OPEN": ("reset", "hold"),
    "DISABLED": ("hold",),
    "METRICS-ONLY": ("hold",),
    "": ("hold",),
}
BY_ITSELF = frozenset({"OPEN", "HALF-OPEN"})
LIKELY = 2  # what a row of the board has room for


def offers(state: str, *, held: bool) -> tuple[str, ...]:
    """At most three. Whatever is held may be released, also where no process has heard of the hold yet."""
    its = BY_STATE.get(state, ("hold",))
    if held and state in BY_ITSELF:
        return (*its[: MOST - 1], "release")  # the hold is elsewhere: what refuses calls here comes first
    return (("release", *its) if held else its)[:MOST]


def likely(state: str, *, held: bool) -> tuple[str, ...]:
    """Those that stand in a row of the board. There is always a hold to choose; "trip" is the one in a hurry."""
    its = [each for each in offers(state, held=held) if each != "hold"]
    if held and state not in BY_ITSELF:
        return tuple(its[:1])
    if state in {"CLOSED", ""}:
        return ("trip",)
    return (*(each for each in its if each != "release"), "trip")[:LIKELY]
