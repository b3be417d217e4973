"""What waits to be sent, and what was sent but is not acknowledged yet: bounded, with a fixed order of giving way.

Only the client's own thread touches it, so it needs no lock. When it is full, in this order: slots never sent are
merged to a minute; logs are dropped; reports of errors become counts; slots are merged further, lose their tapes and
melt into the next; results of checks and, last of all, transitions are dropped. Everything dropped is counted.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable

from msgspec.json import Encoder
from msgspec.structs import replace

from recovery.wire import AnyEvent, CheckResult, Error, ErrorCount, Log, Slice, Transition, limits

from .slots import absorbed, merged, without_tapes

_encode = Encoder().encode
_RANKS: dict[type, int] = {Transition: 0, Error: 1, ErrorCount: 1, CheckResult: 2, Log: 3}
_FRAME = limits.FRAME_BYTES - limits.HEAD_BYTES
_LEVELS = (600, limits.LONGEST_SLICE)

Weighed = tuple[AnyEvent, int]


class Outbox:
    """``fold`` takes errors whose report has to give way: they are counted instead."""

    def __init__(
        self,
        fold: Callable[[AnyEvent], None],
        events: int = limits.OUTBOX_EVENTS,
        size: int = limits.OUTBOX_BYTES,
    ) -> None:
        self._fold = fold
        self._most, self._largest = events, size
        self._waiting: tuple[deque[Weighed], ...] = (deque(), deque(), deque(), deque())
        self._sent: deque[Weighed] = deque()
        self._sent_now = 0  # how many of them went over the present link
        self._batches: deque[int] = deque()  # the last seq of each frame on its way
        self._slots: list[tuple[Slice, int]] = []
        self._sent_slots: dict[int, tuple[Slice, int]] = {}
        self._slots_now: set[int] = set()
        self.bytes = 0
        self.seq = 0
        self.dropped: Counter[str] = Counter()
        self.merged = 0

    # -- coming in -----------------------------------------------------------------------------------------------------

    def put(self, event: AnyEvent) -> None:
        """Keep an event until it is acknowledged."""
        weight = len(_encode(event))
        if weight > _FRAME:
            self.dropped["too_big"] += 1
            return
        self._waiting[_RANKS[type(event)]].append((event, weight))
        self.bytes += weight
        self._make_room()

    def put_slice(self, part: Slice) -> None:
        """Keep a closed slot until it is acknowledged."""
        self._slots.append(self._weighed(part))
        self._make_room()

    def __len__(self) -> int:
        """Events and slots that are not acknowledged."""
        return sum(map(len, self._waiting)) + len(self._sent) + len(self._slots) + len(self._sent_slots)

    @property
    def full(self) -> bool:
        """Beyond one of its bounds."""
        return self.bytes > self._largest or len(self) > self._most

    # -- going out -----------------------------------------------------------------------------------------------------

    @property
    def on_the_way(self) -> int:
        """Frames sent over the present link and not acknowledged."""
        return len(self._batches) + len(self._slots_now)

    def next_events(self, most: int = limits.EVENTS) -> list[AnyEvent]:
        """The next frame's events: those sent before over a lost link first, then by rank. Numbered when first sent."""
        batch: list[AnyEvent] = []
        size = 0
        while len(batch) < min(most, limits.EVENTS):
            found = self._next(_FRAME - size)
            if found is None:
                break
            batch.append(found[0])
            size += found[1]
        if batch:
            self._batches.append(batch[-1].seq)
        return batch

    def next_slice(self) -> Slice | None:
        """The next slot to send, the oldest first."""
        for slot, (part, _) in self._sent_slots.items():
            if slot not in self._slots_now:
                self._slots_now.add(slot)
                return part
        if not self._slots:
            return None
        part, weight = self._slots.pop(0)
        self._sent_slots[part.slot] = (part, weight)
        self._slots_now.add(part.slot)
        return part

    def _next(self, room: int) -> Weighed | None:
        if self._sent_now < len(self._sent):
            found = self._sent[self._sent_now]
            if found[1] > room:
                return None
            self._sent_now += 1
            return found
        queue = next((queue for queue in self._waiting if queue), None)
        if queue is None or queue[0][1] + 20 > room:
            return None
        event, weight = queue.popleft()
        self.seq += 1
        numbered = (replace(event, seq=self.seq), weight)
        self._sent.append(numbered)
        self._sent_now += 1
        return numbered

    # -- acknowledged, lost --------------------------------------------------------------------------------------------

    def acknowledged(self, seq: int, slots: Iterable[int]) -> None:
        """The database has every event up to ``seq`` (of those sent over this link), and these slots."""
        while self._sent_now and self._sent[0][0].seq <= seq:
            self.bytes -= self._sent.popleft()[1]
            self._sent_now -= 1
        while self._batches and self._batches[0] <= seq:
            self._batches.popleft()
        for slot in slots:
            if slot in self._slots_now:
                self._slots_now.discard(slot)
                self.bytes -= self._sent_slots.pop(slot)[1]

    def rejected(self, slot: int | None) -> None:
        """The console can never keep a slot, or an event (which its ``seq`` has passed): dropped, and counted."""
        self.dropped["rejected"] += 1
        if slot is not None:
            self.acknowledged(0, (slot,))

    def link_lost(self) -> None:
        """What is not acknowledged has to go again."""
        self._sent_now = 0
        self._batches.clear()
        self._slots_now.clear()

    # -- giving way ----------------------------------------------------------------------------------------------------

    def _make_room(self) -> None:
        if not self.full:
            return
        self._merge(limits.MERGED_SECONDS)
        given = True
        while given and self.full:
            given = self._give_way()

    def _give_way(self) -> bool:
        return (
            self._drop(3, "log")
            or self._count_error()
            or any(self._merge(seconds) for seconds in _LEVELS)
            or self._strip()
            or self._absorb()
            or self._drop(2, "check")
            or self._drop(0, "transition")
        )

    def _drop(self, rank: int, kind: str) -> bool:
        if not self._waiting[rank]:
            return False
        self.bytes -= self._waiting[rank].popleft()[1]
        self.dropped[kind] += 1
        return True

    def _count_error(self) -> bool:
        if not self._waiting[1]:
            return False
        event, weight = self._waiting[1].popleft()
        self.bytes -= weight
        if isinstance(event, Error):
            self.dropped["error"] += 1
        self._fold(event)
        return True

    def _merge(self, seconds: int) -> bool:
        """Merge slots never sent that lie in the same span of so many seconds; whether there were any."""
        kept: list[Slice] = []
        for part, weight in self._slots:
            self.bytes -= weight
            if kept and kept[-1].start // seconds == part.start // seconds:
                kept[-1] = merged(kept[-1], part)
            else:
                kept.append(part)
        fewer = len(self._slots) - len(kept)
        self._slots = [self._weighed(part) for part in kept]
        self.merged += fewer
        return fewer > 0

    def _strip(self) -> bool:
        for index, (part, weight) in enumerate(self._slots):
            if any(breaker.tape for breaker in part.breakers):
                self.bytes -= weight
                self._slots[index] = self._weighed(without_tapes(part))
                return True
        return False

    def _absorb(self) -> bool:
        if len(self._slots) < 2:
            return False
        (first, weight), (second, other) = self._slots.pop(0), self._slots.pop(0)
        self.bytes -= weight + other
        self._slots.insert(0, self._weighed(absorbed(first, second)))
        self.dropped["slot"] += 1
        return True

    def _weighed(self, part: Slice) -> tuple[Slice, int]:
        weight = len(_encode(part))
        self.bytes += weight
        return part, weight
