"""What a register asks of its gateway now, or not at all: drawers, displays, scales, paper, reports.

Unlike events these have not happened yet, so nothing is kept when the gateway cannot be reached: the caller gets the error.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeVar

import grpc
import grpc.aio

from branchgate.errors import BranchgateError, OutcomeUnknown, TryAgain
from branchgate.errors.status import error_from
from branchgate.receipts.parked import ParkedReceipt, parked_message
from branchgate.register.found import Found, found_in
from branchgate.v1 import (
    device_pb2,
    device_pb2_grpc,
    display_pb2,
    display_pb2_grpc,
    figures_pb2,
    journal_pb2,
    journal_pb2_grpc,
    parked_pb2,
    parked_pb2_grpc,
    printing_pb2,
    printing_pb2_grpc,
    report_pb2,
    report_pb2_grpc,
    scale_pb2,
    scale_pb2_grpc,
)

QUESTION_WITHIN_S = 10
CLOSING_WITHIN_S = 120
MOST_PRINT_JOBS = 1000
STUCK: Final = (
    printing_pb2.PRINT_JOB_STATE_BLOCKED,
    printing_pb2.PRINT_JOB_STATE_WAITING_PRINTER,
    printing_pb2.PRINT_JOB_STATE_UNCERTAIN,
    printing_pb2.PRINT_JOB_STATE_PARTIAL,
)
REPLACED = "the connection was replaced"

T = TypeVar("T")


class GatewayCalls:
    """Calls on one channel to the gateway. `channel` gives the one in use, which changes when the certificate is renewed."""

    def __init__(self, channel: Callable[[], grpc.aio.Channel], register_id: str) -> None:
        self._channel = channel
        self._register_id = register_id

    async def open_drawer(
        self,
        reason: str,
        user_id: str,
        *,
        command_id: bytes | None = None,
        receipt_event_id: bytes = b"",
        lives_ms: int = 0,
    ) -> device_pb2.OpenDrawerResponse:
        """Opens this register's drawer now or not at all. The same `command_id` never gives a second pulse."""
        request = device_pb2.OpenDrawerRequest(
            command_id=command_id or secrets.token_bytes(16),
            reason=reason,
            user_id=user_id,
            lives_ms=lives_ms,
            receipt_event_id=receipt_event_id,
        )
        return await _asked(
            device_pb2_grpc.DrawerServiceStub(self._channel()).OpenDrawer(request, timeout=QUESTION_WITHIN_S)
        )

    async def devices(self) -> list[device_pb2.Device]:
        """The branch's devices and what is known of them."""
        stub = device_pb2_grpc.DeviceServiceStub(self._channel())
        answer = await _asked(stub.ListDevices(device_pb2.ListDevicesRequest(), timeout=QUESTION_WITHIN_S))
        return list(answer.devices)

    async def show_on_display(
        self, text: str, figure: str = "", lower_text: str = "", lower_figure: str = ""
    ) -> device_pb2.Device:
        """Shows two lines on this register's customer display: an article and its price, a word and the total. Never waits for it."""
        line = display_pb2.DisplayLine
        request = display_pb2.ShowOnDisplayRequest(
            upper=line(text=text, figure=figure), lower=line(text=lower_text, figure=lower_figure)
        )
        stub = display_pb2_grpc.DisplayServiceStub(self._channel())
        return (await _asked(stub.ShowOnDisplay(request, timeout=QUESTION_WITHIN_S))).device

    async def clear_display(self) -> device_pb2.Device:
        """Shows the idle text on this register's customer display."""
        stub = display_pb2_grpc.DisplayServiceStub(self._channel())
        request = display_pb2.ClearDisplayRequest()
        return (await _asked(stub.ClearDisplay(request, timeout=QUESTION_WITHIN_S))).device

    async def weigh(self, *, scale: str = "", within_ms: int = 0) -> scale_pb2.WeighResponse:
        """The stable weight on this register's scale. Raises TryAgain (SCALE_…) when there is none; nothing has happened then."""
        request = scale_pb2.WeighRequest(scale=scale, within_ms=within_ms)
        stub = scale_pb2_grpc.ScaleServiceStub(self._channel())
        return await _asked(stub.Weigh(request, timeout=QUESTION_WITHIN_S + within_ms / 1000))

    async def watch_devices(self) -> AsyncGenerator[device_pb2.WatchDevicesResponse, None]:
        """Every device as it stands, and then every change, until the caller stops or the line breaks."""
        call = device_pb2_grpc.DeviceServiceStub(self._channel()).WatchDevices(device_pb2.WatchDevicesRequest())
        with _stream(call, TryAgain("NOT_REACHABLE", rule=REPLACED)):
            async for response in call:
                yield response

    async def find_receipt(self, receipt_number: str) -> Found:
        """A receipt of any register of the branch, with what refers to it. Raises Refused (NOT_FOUND)."""
        stub = journal_pb2_grpc.JournalServiceStub(self._channel())
        request = journal_pb2.FindReceiptRequest(receipt_number=receipt_number)
        return found_in(await _asked(stub.FindReceipt(request, timeout=QUESTION_WITHIN_S)))

    async def print_receipt(
        self, event_id: bytes, user_id: str, *, role: str = "", request_id: bytes | None = None
    ) -> printing_pb2.PrintJob:
        """Prints a recorded receipt or closing: the original if there was none, else a copy marked KOPIE."""
        request = printing_pb2.PrintReceiptRequest(
            request_id=request_id or secrets.token_bytes(16), event_id=event_id, role=role, user_id=user_id
        )
        stub = printing_pb2_grpc.PrintServiceStub(self._channel())
        return (await _asked(stub.PrintReceipt(request, timeout=QUESTION_WITHIN_S))).job

    async def print_jobs(
        self, states: Iterable[printing_pb2.PrintJobState.ValueType] = (), *, event_id: bytes = b"", limit: int = 0
    ) -> list[printing_pb2.PrintJob]:
        """Print jobs of the branch, newest first."""
        request = printing_pb2.ListPrintJobsRequest(states=states, event_id=event_id, limit=limit)
        stub = printing_pb2_grpc.PrintServiceStub(self._channel())
        return list((await _asked(stub.ListPrintJobs(request, timeout=QUESTION_WITHIN_S))).jobs)

    async def stuck_print_jobs(self) -> list[printing_pb2.PrintJob]:
        """This register's print jobs that wait for their printer or for a person, oldest first; each has its advice."""
        jobs = await self.print_jobs(STUCK, limit=MOST_PRINT_JOBS)
        return [job for job in reversed(jobs) if job.register_id == self._register_id]

    async def watch_print_jobs(
        self, *, whole_branch: bool = False, known: Collection[bytes] = ()
    ) -> AsyncGenerator[printing_pb2.PrintJob, None]:
        """The open print jobs, and then every change, until the caller stops or the line breaks.

        `known`: jobs of an earlier watch. They come first as they stand, because they may have ended while nobody watched.
        """
        register_id = "" if whole_branch else self._register_id
        call = printing_pb2_grpc.PrintServiceStub(self._channel()).WatchPrintJobs(
            printing_pb2.WatchPrintJobsRequest(register_id=register_id)
        )
        with _stream(call, TryAgain("NOT_REACHABLE", rule=REPLACED)):
            if known:
                await call.initial_metadata()  # from here on the gateway keeps every change for this watch
                for job in await self.print_jobs(limit=MOST_PRINT_JOBS):
                    if job.job_id in known:
                        yield job
            async for response in call:
                yield response.job

    async def resolve_print_job(
        self, job_id: bytes, *, complete_on_paper: bool, user_id: str
    ) -> printing_pb2.ResolvePrintJobResponse:
        """Answers the question "Liegt der Bon vollständig vor?" of an uncertain job."""
        request = printing_pb2.ResolvePrintJobRequest(
            job_id=job_id, complete_on_paper=complete_on_paper, user_id=user_id
        )
        stub = printing_pb2_grpc.PrintServiceStub(self._channel())
        return await _asked(stub.ResolvePrintJob(request, timeout=QUESTION_WITHIN_S))

    async def park(
        self, receipt: ParkedReceipt, user_id: str, *, request_id: bytes | None = None
    ) -> parked_pb2.ParkedRow:
        """Puts a receipt aside, a new one or one that this register owns. The same `request_id` parks once."""
        request = parked_pb2.ParkReceiptRequest(
            request_id=request_id or secrets.token_bytes(16), receipt=parked_message(receipt), user_id=user_id
        )
        stub = parked_pb2_grpc.ParkedServiceStub(self._channel())
        return (await _asked(stub.ParkReceipt(request, timeout=QUESTION_WITHIN_S))).row

    async def parked(self) -> list[parked_pb2.ParkedRow]:
        """All parked receipts of the branch, oldest first, without their lines."""
        stub = parked_pb2_grpc.ParkedServiceStub(self._channel())
        answer = await _asked(stub.ListParked(parked_pb2.ListParkedRequest(), timeout=QUESTION_WITHIN_S))
        return list(answer.rows)

    async def resume_parked(self, parked_id: bytes, user_id: str) -> parked_pb2.ParkedRow:
        """Makes this register the owner of a parked receipt; asked again, it gets the lines again.

        A receipt that names `parked_id` ends it (Beleg or AVBelegabbruch), or it is parked again.
        """
        request = parked_pb2.ResumeParkedRequest(parked_id=parked_id, user_id=user_id)
        stub = parked_pb2_grpc.ParkedServiceStub(self._channel())
        return (await _asked(stub.ResumeParked(request, timeout=QUESTION_WITHIN_S))).row

    async def x_report(self, *, whole_branch: bool = False) -> report_pb2.GetXReportResponse:
        """The open period of this register or of the branch."""
        request = report_pb2.GetXReportRequest(register_id="" if whole_branch else self._register_id)
        stub = report_pb2_grpc.ReportServiceStub(self._channel())
        return await _asked(stub.GetXReport(request, timeout=CLOSING_WITHIN_S))

    async def expected_cash(self) -> report_pb2.ExpectedCash:
        """What should be in this register's drawer now, and how that comes about."""
        stub = report_pb2_grpc.ReportServiceStub(self._channel())
        request = report_pb2.GetExpectedCashRequest(register_id=self._register_id)
        answer = await _asked(stub.GetExpectedCash(request, timeout=QUESTION_WITHIN_S))
        return answer.drawers[0] if answer.drawers else report_pb2.ExpectedCash(register_id=self._register_id)

    async def count_cash(
        self,
        user_id: str,
        *,
        denominations: Mapping[int, int] | None = None,
        counted_cents: int = 0,
        blind: bool = False,
        note: str = "",
        request_id: bytes | None = None,
    ) -> report_pb2.CountCashResponse:
        """Records a count of this register's drawer: pieces by their worth in cents, or the sum alone; the difference is booked.

        `blind`: the answer does not tell what should have been there. The same `request_id` counts once.
        """
        request = report_pb2.CountCashRequest(
            request_id=request_id or secrets.token_bytes(16),
            register_id=self._register_id,
            user_id=user_id,
            denominations=[
                figures_pb2.Denomination(value_cents=value, pieces=pieces)
                for value, pieces in sorted((denominations or {}).items(), reverse=True)
            ],
            counted_cents=counted_cents,
            blind=blind,
            note=note,
        )
        stub = report_pb2_grpc.ReportServiceStub(self._channel())
        return await _asked(stub.CountCash(request, timeout=QUESTION_WITHIN_S))

    async def print_report(
        self, user_id: str, *, closing_event_id: bytes = b"", request_id: bytes | None = None
    ) -> bytes:
        """Prints this register's X report, or a copy of a closing, on its receipt printer; returns the print job's id."""
        request = report_pb2.PrintReportRequest(
            closing_event_id=closing_event_id,
            register_id=self._register_id,
            user_id=user_id,
            request_id=request_id or secrets.token_bytes(16),
        )
        stub = report_pb2_grpc.ReportServiceStub(self._channel())
        return (await _asked(stub.PrintReport(request, timeout=CLOSING_WITHIN_S))).job_id

    async def close_day(
        self,
        user_id: str,
        *,
        whole_branch: bool = False,
        paper: bool = False,
        carry_float: bool = False,
        carry_parked: bool = False,
        request_id: bytes | None = None,
    ) -> AsyncGenerator[report_pb2.CloseDayResponse, None]:
        """Closes this register or the branch (Z) and reports every step. The same `request_id` gives the same closings.

        `carry_float`: the cash stays in the drawer and is the next period's opening float. `carry_parked`: receipts that are still parked
        stay so; without it their registers are not closed.
        """
        parked = report_pb2.PARKED_AT_CLOSING_CARRY_OVER if carry_parked else report_pb2.PARKED_AT_CLOSING_REFUSE
        request = report_pb2.CloseDayRequest(
            request_id=request_id or secrets.token_bytes(16),
            register_id="" if whole_branch else self._register_id,
            user_id=user_id,
            print=paper,
            carry_float=carry_float,
            parked=parked,
        )
        call = report_pb2_grpc.ReportServiceStub(self._channel()).CloseDay(request, timeout=CLOSING_WITHIN_S)
        with _stream(call, OutcomeUnknown("NO_ANSWER_IN_TIME", rule=REPLACED)):
            async for response in call:
                yield response


async def _asked(call: Awaitable[T]) -> T:
    try:
        return await call
    except asyncio.CancelledError:
        if _is_stopped():
            raise
        raise OutcomeUnknown("NO_ANSWER_IN_TIME", rule=REPLACED) from None
    except grpc.aio.AioRpcError as failure:
        if failure.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
            raise OutcomeUnknown("NO_ANSWER_IN_TIME", rule=failure.details() or "") from failure
        raise error_from(failure) from failure


@contextmanager
def _stream(call: grpc.aio.Call, replaced: BranchgateError) -> Iterator[None]:
    """Lives as long as the block; what breaks it is an error of ours, `replaced` when the connection was."""
    try:
        yield
    except asyncio.CancelledError:
        if _is_stopped():
            raise
        raise replaced from None
    except grpc.aio.AioRpcError as failure:
        raise error_from(failure) from failure
    finally:
        call.cancel()


def _is_stopped() -> bool:
    """Whether this task is being cancelled; a channel that is closed under a call looks the same."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
