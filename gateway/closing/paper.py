"""Reports on paper: the X of a register as it stands, and copies of closings, on the register's receipt printer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from branchgate.figures import Closing
from gateway.closing.desk import TAXONOMY, ClosingDesk
from gateway.printing.jobs import Job


class Printing(Protocol):
    """What this asks of the print desk; the same request id gives the same job."""

    async def print_receipt(
        self, request_id: bytes, event_id: bytes, role: str = "", user_id: str = "", register_id: str = ""
    ) -> Job: ...

    async def print_x(self, request_id: bytes, report: Closing) -> Job: ...


@dataclass(frozen=True, slots=True)
class PrintReport:
    """A wish for paper. `closing_event_id` empty: the X report of the register's open period; `register_id` names the printer."""

    request_id: bytes
    register_id: str
    user_id: str
    closing_event_id: bytes = b""


class ReportPaper:
    """Puts reports on paper."""

    def __init__(self, desk: ClosingDesk, printing: Printing) -> None:
        self._desk = desk
        self._printing = printing

    async def print(self, wish: PrintReport) -> Job:
        """The job that prints it; a closing that was printed before comes out as a copy and says so.

        Raises Refused (INVALID_VALUE, REGISTER_UNKNOWN, RECEIPT_NOT_RECORDED, REQUEST_ID_REUSED).
        """
        if wish.closing_event_id:
            return await self._printing.print_receipt(
                wish.request_id, wish.closing_event_id, user_id=wish.user_id, register_id=wish.register_id
            )
        x = await self._desk.x_report(wish.register_id)
        report = Closing(
            register_id=wish.register_id,
            z_number=0,
            business_day="",
            closed_at_ms=x.at_ms,
            through_journal_sequence=x.through,
            figures=x.figures,
            user_id=wish.user_id,
            taxonomy_version=TAXONOMY,
            chain_hash=b"",
        )
        return await self._printing.print_x(wish.request_id, report)
