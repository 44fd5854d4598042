"""Parked receipts: they wait at the gateway, belong to one register at a time, and end only with a receipt that names them.

Every step is a PARKED event; the table beside the journal is what these events come to, written in the same transactions.
"""

from __future__ import annotations

from gateway.parked.closing import ParkedAtClosing
from gateway.parked.desk import ParkedDesk
from gateway.parked.ending import ParkedEnding
from gateway.parked.model import Ended, Listed, Parked

__all__ = ["Ended", "Listed", "Parked", "ParkedAtClosing", "ParkedDesk", "ParkedEnding"]
