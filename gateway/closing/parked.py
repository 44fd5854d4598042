"""What closing asks of parked receipts: which ones stand in the way of a register's Z, and that a closing has carried them over.

A parked receipt belongs to the register that owns it or, while nobody does, to the one that parked it last.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Protocol


class ParkedHere(Protocol):
    """A parked receipt as closing sees it."""

    @property
    def parked_id(self) -> bytes:
        """Its id (16 bytes)."""

    @property
    def register_id(self) -> str:
        """The register it belongs to."""

    @property
    def title(self) -> str:
        """What people find it by; may be empty."""


class ParkedReceipts(Protocol):
    """The branch's parked receipts. Both methods belong in a transaction of the writer; the first may also read outside of one."""

    def parked_of(self, connection: sqlite3.Connection, register_id: str | None) -> Sequence[ParkedHere]:
        """What is parked and belongs to the register, or to any of the branch with None; oldest first."""

    def carry_over_in(self, connection: sqlite3.Connection, parked_ids: Sequence[bytes], user_id: str) -> None:
        """Notes that a closing carried these over into the next period: an event each, in the transaction of the closing."""


class NothingParked:
    """For branches whose registers park nothing."""

    def parked_of(self, connection: sqlite3.Connection, register_id: str | None) -> Sequence[ParkedHere]:
        return ()

    def carry_over_in(self, connection: sqlite3.Connection, parked_ids: Sequence[bytes], user_id: str) -> None:
        """Never called with ids: nothing is parked."""
