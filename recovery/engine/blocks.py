"""Which permit belongs to which ``with`` block.

A block may be left in another context than it was entered in (the body of a generator that a thread pool runs, a test's
fixture), and two blocks of one breaker may be interleaved in one context. So a block is known by the frame that it
stands in; where entering and leaving are called from different frames (``ExitStack``), by the task or thread.
"""

from __future__ import annotations

from contextvars import ContextVar
from sys import _getframe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .permit import Permit


class _Block:
    """One block: its breaker, its permit, the id of its frame (alive as long as the block is)."""

    __slots__ = ("breaker", "frame", "permit")

    def __init__(self, breaker: object, permit: Permit, frame: int) -> None:
        self.breaker = breaker
        self.permit = permit
        self.frame = frame


_by_frame: dict[int, list[_Block]] = {}
_by_context: ContextVar[tuple[_Block, ...]] = ContextVar("recovery_blocks", default=())


def enter(breaker: object, permit: Permit) -> None:
    """The caller's caller enters a block."""
    block = _Block(breaker, permit, id(_getframe(2)))
    _by_frame.setdefault(block.frame, []).append(block)
    _by_context.set((*_by_context.get(), block))


def leave(breaker: object) -> Permit:
    """The caller's caller leaves its innermost block of this breaker: the permit to settle."""
    here, entered = _by_frame.get(id(_getframe(2)), ()), _by_context.get()
    both = [block for block in here if block in entered]
    block = _innermost(both, breaker) or _innermost(here, breaker) or _innermost(entered, breaker)
    if block is None:
        raise RuntimeError(f"{breaker!r} is left without having been entered")
    _by_context.set(tuple(kept for kept in entered if kept is not block))
    others = _by_frame.get(block.frame, [])  # another list where two threads were there by turns: ids are used again
    if block in others:
        others.remove(block)
    if not others:
        _by_frame.pop(block.frame, None)
    return block.permit


def _innermost(blocks: Sequence[_Block], breaker: object) -> _Block | None:
    return next((block for block in reversed(blocks) if block.breaker is breaker), None)
