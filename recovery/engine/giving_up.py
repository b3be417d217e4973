"""The end of a retry that failed: the note on the last original exception, and the mark that outer retries read."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .run import Run

MARK = "_recovery_gave_up"  # (attempts at the bottom, identity of the operation, the note)


def attempts_within(exception: BaseException, operation: object) -> int:
    """How many attempts an inner retry made before it gave up on this exception; 0: none did.

    The operation's own mark does not count: an exception object may be raised again in a later call.
    """
    mark = getattr(exception, MARK, None)
    return mark[0] if mark is not None and mark[1] != id(operation) else 0


def sign(exception: BaseException, run: Run, name: str, operation: object) -> None:
    """Leave note and mark. An earlier note of the operation is replaced; exceptions that allow neither go without."""
    text = note(run, name)
    try:
        mark = getattr(exception, MARK, None)
        notes = getattr(exception, "__notes__", None)
        if mark is not None and mark[1] == id(operation) and isinstance(notes, list) and mark[2] in notes:
            notes.remove(mark[2])
        setattr(exception, MARK, (run.carried, id(operation), text))
        if text not in (notes or ()):
            exception.add_note(text)
    except Exception:  # slots, frozen dataclasses: the exception matters more than what is written on it
        return


def note(run: Run, name: str) -> str:
    """One line: attempts, delays and why it ended."""
    text = f"recovery: {name!r} gave up after {run.made} attempt{'s' if run.made != 1 else ''}"
    if any(run.delays):
        text += f" (waited {', '.join(f'{delay:.3g} s' for delay in run.delays)})"
    return f"{text}: {run.why}"
