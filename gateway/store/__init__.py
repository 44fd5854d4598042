"""`branch.db`: one thread writes it, and whatever queued during its last sync shares the next commit."""

from __future__ import annotations

from gateway.store.connection import connect_for_writing, connect_read_only
from gateway.store.reserve import FileReserve
from gateway.store.schema import Schema, bring_up_to_date
from gateway.store.writer import GroupWriter

__all__ = [
    "FileReserve",
    "GroupWriter",
    "Schema",
    "bring_up_to_date",
    "connect_for_writing",
    "connect_read_only",
]
