"""An event on its way into the journal, and its place there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from branchgate.events import EventKind

BRANCH = ""
"""The register id of events that belong to the branch itself."""

OWN = 0
"""The register_sequence of events that the gateway makes."""


class NewEntry(NamedTuple):
    """An event to append: 16-byte id, register (BRANCH for none), its number there (OWN for the gateway's), kind, body verbatim.

    A tuple, because one is made for every sale.
    """

    event_id: bytes
    register_id: str
    register_sequence: int
    kind: EventKind
    body: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in the journal. `sequence` is gap-free from 1, `recorded_at_ms` the gateway's clock in UTC milliseconds."""

    sequence: int
    event_id: bytes
    register_id: str
    register_sequence: int
    kind: EventKind
    recorded_at_ms: int
    body: bytes
    chain_hash: bytes
