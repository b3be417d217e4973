"""Every bound of the wire, in one place. Both sides hold both sides to them."""

from __future__ import annotations

PROTOCOL = 1
"""The newest protocol version that this code speaks."""
SPOKEN = (1, 1)
"""The oldest and the newest version that this code speaks."""
SUBPROTOCOL = "recovery.link.v1"
PATH = "/link/v1"
LINES_TYPE = "application/x-ndjson"
"""Content type of the plain-HTTP way: one message per line."""

FRAME_BYTES = 256 * 1024
"""The largest frame; whoever sends splits."""
BODY_BYTES = 4 * FRAME_BYTES
"""The largest body of a POST, in either direction."""
HEAD_BYTES = 8 * 1024
"""What is left free in a split frame for everything but its list."""

NAME = 200
"""Characters of a name: of a breaker, an operation, a process, a host, a logger, a version."""
TEXT = 2_000
"""Characters of a reason, a cause, a message, a label."""
TRACEBACK = 16_000
"""Characters of a traceback."""
ID = 64
"""Characters of an id."""
FINGERPRINT = 64
"""Characters of an error's fingerprint."""

DECLARED = 2_000
"""Breakers or operations in one frame (of declare, slice and pulse)."""
EVENTS = 1_000
"""Events in one frame."""
DESIRED = 2_000
"""Holds or policies in one frame."""
SLOTS = 1_000
"""Slots in one ack."""
FIELDS = 64
"""Entries of a small mapping: a config, evidence, labels, counts by reason."""
CONTEXT_ITEMS = 1_000
"""Values in the context of an error, counted over all depths."""
NESTING = 10
"""Levels of lists and mappings in the context of an error."""
SUGGESTIONS = 20
"""Suggested actions of an error."""
WATCHED = 500
"""Names in one watch."""
BUCKETS = 64
"""Buckets of a latency histogram; bucket i ends at 2**i ns."""
TAPE = 512
"""Entries of an outcome tape in one slot; beyond that the slot says cut, and how many are lost."""

COUNT = 2**53 - 1
"""The largest whole number: exact in every language's doubles."""
MOMENT = 32_503_680_000.0
"""The latest moment (s since 1970): the year 3000."""
SLOT_SECONDS = 10
"""Length of a slot."""
MERGED_SECONDS = 60
"""Length that slots never sent are merged to when the box fills up."""
LONGEST_SLICE = 3_600
"""The longest slice (s)."""

OUTBOX_EVENTS = 10_000
"""Events and slots that a client keeps until they are acknowledged."""
OUTBOX_BYTES = 8 * 1024 * 1024
"""What they may weigh together."""
BEAT_SECONDS = 15.0
"""Both sides say that they live this often."""
SILENCE_SECONDS = 45.0
"""After so much silence the other side counts as gone."""
WATCH_SECONDS = 30.0
"""How long a watch lasts when it is not renewed."""
COMMAND_SECONDS = 60.0
"""How long a command may be carried out."""
