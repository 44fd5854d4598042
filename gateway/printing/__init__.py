"""Printing: one persisted job per receipt and printer, an actor per printer, and questions for people when paper is in doubt.

A receipt's job is written in the receipt's own commit and holds a reference, never bytes; what becomes of it is journaled.
"""

from __future__ import annotations

from gateway.printing.desk import PrintDesk
from gateway.printing.job_store import JobStore
from gateway.printing.jobs import Job, PrintState
from gateway.printing.tables import PRINTING

__all__ = ["PRINTING", "Job", "JobStore", "PrintDesk", "PrintState"]
