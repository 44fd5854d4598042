"""A printer's condition in the log: once per change, and not once per attempt while the link does not come to work."""

from __future__ import annotations

import logging

from drivers.errors import Reason
from drivers.printing.condition import PrinterStatus

log = logging.getLogger(__name__)


class StatusLog:
    """Decides what is worth a line. After a failure of the link the next line is another failure, or that it works.

    What is no printer, but takes connections and talks, would otherwise fill the log with every attempt.
    """

    def __init__(self, printer: str) -> None:
        self._printer = printer
        self._failure: Reason | None = None
        self._written: object = None

    def changed(self, status: PrinterStatus) -> None:
        """The condition is another one; half of the answers are no condition yet."""
        complete = None not in (status.online, status.cover_open, status.paper_out, status.error)
        if self._failure is None and (complete or status.online is None):
            self._write(status, "")

    def link_failed(self, status: PrinterStatus, detail: str) -> None:
        """The link broke, or there is none."""
        if self._failure is not status.reason:
            self._failure = status.reason
            self._write(status, detail)

    def link_works(self) -> None:
        """The printer answers in order: what it says is worth a line again."""
        self._failure = None

    def _write(self, status: PrinterStatus, detail: str) -> None:
        facts = {
            "online": status.online,
            "paper_out": status.paper_out,
            "near_end": status.near_end,
            "cover_open": status.cover_open,
            "reason": "" if status.reason is None else status.reason.value,
        }
        if facts != self._written:
            self._written = facts
            log.info("printer_status_changed", extra={"printer": self._printer, **facts, "detail": detail})
