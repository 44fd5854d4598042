"""The branch's journal: append-only, one hash chain, every event of every register and of the gateway itself."""

from __future__ import annotations

from gateway.journal.entries import BRANCH, OWN, Entry, NewEntry
from gateway.journal.journal import Journal
from gateway.journal.reader import JournalReader

__all__ = ["BRANCH", "OWN", "Entry", "Journal", "JournalReader", "NewEntry"]
