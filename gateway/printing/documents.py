"""From a job's reference to the document on paper: the recorded event, the branch's settings, the template."""

from __future__ import annotations

import asyncio

from branchgate.catalogue import BranchSettings
from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind
from branchgate.events import EventKind
from branchgate.figures import Closing, decode_closing
from branchgate.receipts.codec import decode_receipt
from branchgate.receipts.model import Receipt
from drivers.errors import DeviceRefused, Reason
from drivers.escpos.document import Document
from drivers.escpos.pictures import SourcePicture
from drivers.escpos.profile import PrinterProfile
from gateway.journal import Entry, JournalReader
from gateway.printing.jobs import DocumentKind, Job, NewJob
from gateway.printing.rows import report_of
from gateway.printing.templates.closing import TEMPLATE_VERSION as CLOSING_VERSION
from gateway.printing.templates.closing import closing_document, x_document
from gateway.printing.templates.copy_mark import CopyMark
from gateway.printing.templates.digital_mark import marked_digital
from gateway.printing.templates.receipt import TEMPLATE_VERSION, receipt_document
from gateway.printing.templates.version3 import VERSION as VERSION_3
from gateway.printing.templates.version3 import receipt_document_v3
from gateway.printing.templates.words import words_for
from gateway.routing import RECEIPT
from gateway.short_texts import cut


class Documents:
    """Knows what each event looks like on paper. For the event loop's thread, where the journal is read; documents are laid out in another.

    `settings` is None until central's settings have come: a receipt without the shop's name and address must not be printed.
    `tse_text`: what a TSE signed is printed as text too where the QR code says it.
    """

    def __init__(
        self, reader: JournalReader, clock: Clock, logo: SourcePicture | None = None, *, tse_text: bool = True
    ) -> None:
        self._reader, self._clock, self._logo, self._tse_text = reader, clock, logo, tse_text
        self.settings: BranchSettings | None = None

    @property
    def ready(self) -> bool:
        """The branch's settings are there."""
        return self.settings is not None

    def entry(self, event_id: bytes) -> Entry:
        """The receipt or closing to print. Raises Refused (RECEIPT_NOT_RECORDED, EVENT_NOT_PRINTABLE)."""
        entry = self._reader.by_event_id(event_id)
        if entry is None:
            raise Refused("RECEIPT_NOT_RECORDED", field="event_id", value=event_id.hex(), kind=RefusedKind.NOT_FOUND)
        if entry.kind not in (EventKind.RECEIPT, EventKind.CLOSING):
            raise Refused("EVENT_NOT_PRINTABLE", field="event_id", value=entry.kind.name, rule="a receipt or a closing")
        return entry

    async def document(self, job: Job, profile: PrinterProfile) -> Document:
        """The document of a job. Raises DeviceRefused when the event cannot be read."""
        if self.settings is None:
            raise DeviceRefused(Reason.DOCUMENT_UNPRINTABLE, job.printer, "no branch settings")
        asked_by = "" if job.document is DocumentKind.RECEIPT else job.user_id
        mark = CopyMark(job.copy_number, self._clock.now_ms(), asked_by) if job.copy_number else None
        if job.document is DocumentKind.X_REPORT:
            return self._x_report(job, self.settings, profile, mark)
        try:
            return await asyncio.to_thread(self._laid_out, self.entry(job.event_id), self.settings, profile, mark, job)
        except Refused as refused:
            raise DeviceRefused(Reason.DOCUMENT_UNPRINTABLE, job.printer, str(refused)) from refused

    def _x_report(self, job: Job, settings: BranchSettings, profile: PrinterProfile, mark: CopyMark | None) -> Document:
        body = report_of(self._reader.connection, job.event_id)
        if body is None:
            raise DeviceRefused(Reason.DOCUMENT_UNPRINTABLE, job.printer, "the report is not kept")
        return x_document(decode_closing(body), settings, profile.columns, mark, template=job.template)

    async def digital(self, event_id: bytes, profile: PrinterProfile) -> tuple[str, Document]:
        """The title and the document of an event for a screen, marked as digital.

        Raises Refused (RECEIPT_NOT_RECORDED, EVENT_NOT_PRINTABLE, BRANCH_SETTINGS_MISSING).
        """
        entry = self.entry(event_id)
        if self.settings is None:
            raise Refused("BRANCH_SETTINGS_MISSING", field="event_id", value=event_id.hex())
        return await asyncio.to_thread(self._marked_digital, entry, self.settings, profile)

    def _marked_digital(self, entry: Entry, settings: BranchSettings, profile: PrinterProfile) -> tuple[str, Document]:
        document = self._laid_out(entry, settings, profile)
        return _title(entry), marked_digital(document, words_for(settings.language))

    def _laid_out(
        self,
        entry: Entry,
        settings: BranchSettings,
        profile: PrinterProfile,
        mark: CopyMark | None = None,
        job: Job | None = None,
    ) -> Document:
        """By the template of the job; without one by today's."""
        if entry.kind is EventKind.CLOSING:
            return closing_document(
                decode_closing(entry.body),
                settings,
                profile.columns,
                mark,
                template=job.template if job else CLOSING_VERSION,
            )
        logo = None if self._logo is None else self._logo.fitted(profile.dots)
        receipt, register_id = decode_receipt(entry.body), entry.register_id
        if job is not None and job.template <= VERSION_3:
            return receipt_document_v3(receipt, register_id, settings, profile.columns, mark, logo)
        return receipt_document(receipt, register_id, settings, profile.columns, mark, logo, tse_text=self._tse_text)


def receipt_job(job_id: bytes, event_id: bytes, receipt: Receipt, register_id: str, role: str) -> NewJob:
    """A job for a receipt, without a route yet."""
    return NewJob(
        job_id=job_id,
        event_id=event_id,
        document=DocumentKind.RECEIPT,
        template=TEMPLATE_VERSION,
        title=cut(receipt.receipt_number),
        register_id=register_id,
        role=role,
        printer="",
    )


def x_job(request_id: bytes, report: Closing) -> NewJob:
    """A job for an X report, without a route yet; it is about no event, so its own id stands for one."""
    return NewJob(
        job_id=request_id,
        event_id=request_id,
        document=DocumentKind.X_REPORT,
        template=CLOSING_VERSION,
        title=f"X {report.register_id}",
        register_id=report.register_id,
        role=RECEIPT,
        printer="",
    )


def job_for(job_id: bytes, entry: Entry, register_id: str, role: str) -> NewJob:
    """A job for a recorded receipt or closing, without a route yet. Raises Refused when its body cannot be read."""
    if entry.kind is EventKind.RECEIPT:
        return receipt_job(job_id, entry.event_id, decode_receipt(entry.body), register_id, role)
    return NewJob(
        job_id=job_id,
        event_id=entry.event_id,
        document=DocumentKind.CLOSING,
        template=CLOSING_VERSION,
        title=_title(entry),
        register_id=register_id,
        role=role,
        printer="",
    )


def _title(entry: Entry) -> str:
    if entry.kind is EventKind.RECEIPT:
        return decode_receipt(entry.body).receipt_number
    closing = decode_closing(entry.body)
    return f"Z {closing.z_number} {closing.register_id}"
