"""A software TSE for tests and demonstrations: real signatures, persistent counters, and NOT CERTIFIED in everything it says.

It may never sign a real shop's receipts (AO § 146a (1) sentence 5): its certificate, its master data and every receipt it signs say so.
"""

from __future__ import annotations

from tests.rigs.tse.signer import SoftwareSigner
from tests.rigs.tse.software import LogEntry, SoftwareTse

__all__ = ["LogEntry", "SoftwareSigner", "SoftwareTse"]
