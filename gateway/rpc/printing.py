"""PrintService: jobs, and the questions only a person can answer. Everything is decided by the print desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing

from branchgate.errors import Refused
from branchgate.v1 import printing_pb2, printing_pb2_grpc
from branchgate.wire.callers import Context, caller
from gateway.printing.advice import advice
from gateway.printing.desk import PrintDesk
from gateway.printing.jobs import DocumentKind, Job, PrintState

_STATE_NUMBERS = {state: printing_pb2.PrintJobState.Value(f"PRINT_JOB_STATE_{state}") for state in PrintState}
_STATES = {int(number): state for state, number in _STATE_NUMBERS.items()}


class PrintServicer(printing_pb2_grpc.PrintServiceServicer):
    """Serves registers of the branch and operators."""

    def __init__(self, desk: PrintDesk) -> None:
        self._desk = desk

    async def PrintReceipt(
        self, request: printing_pb2.PrintReceiptRequest, context: Context
    ) -> printing_pb2.PrintReceiptResponse:
        job = await self._desk.print_receipt(
            request.request_id, request.event_id, request.role, request.user_id, caller(context).register_id
        )
        return printing_pb2.PrintReceiptResponse(job=self._message(job))

    async def ListPrintJobs(
        self, request: printing_pb2.ListPrintJobsRequest, context: Context
    ) -> printing_pb2.ListPrintJobsResponse:
        del context
        jobs = self._desk.jobs([_state(number) for number in request.states], request.event_id, request.limit)
        return printing_pb2.ListPrintJobsResponse(jobs=[self._message(job) for job in jobs])

    async def WatchPrintJobs(
        self, request: printing_pb2.WatchPrintJobsRequest, context: Context
    ) -> AsyncIterator[printing_pb2.WatchPrintJobsResponse]:
        with closing(self._desk.watch(request.register_id)) as watch:
            # From here on nothing is missed, and the caller may rely on it before the first job comes.
            await context.send_initial_metadata(())
            while True:
                yield printing_pb2.WatchPrintJobsResponse(job=self._message(await watch.next()))

    async def CancelPrintJob(
        self, request: printing_pb2.CancelPrintJobRequest, context: Context
    ) -> printing_pb2.CancelPrintJobResponse:
        user_id = request.user_id or caller(context).register_id
        return printing_pb2.CancelPrintJobResponse(job=self._message(await self._desk.cancel(request.job_id, user_id)))

    async def ResolvePrintJob(
        self, request: printing_pb2.ResolvePrintJobRequest, context: Context
    ) -> printing_pb2.ResolvePrintJobResponse:
        del context
        resolved = await self._desk.resolve(request.job_id, request.complete_on_paper, request.user_id)
        copy = None if resolved.copy is None else self._message(resolved.copy)
        return printing_pb2.ResolvePrintJobResponse(job=self._message(resolved.job), copy=copy)

    def _message(self, job: Job) -> printing_pb2.PrintJob:
        return job_message(job, self._desk.routes.missing_for(job.register_id, job.role))


def job_message(job: Job, missing: str = "") -> printing_pb2.PrintJob:
    """The job as a message, with what to do about it. `missing`: the device that its role names and that is not here."""
    return printing_pb2.PrintJob(
        job_id=job.job_id,
        event_id=b"" if job.document is DocumentKind.X_REPORT else job.event_id,
        document=job.document,
        title=job.title,
        register_id=job.register_id,
        role=job.role,
        printer=job.printer,
        copy_number=job.copy_number,
        state=_STATE_NUMBERS[job.state],
        reason=job.reason,
        proof=job.proof or "",
        cutter_moved=job.cutter_moved,
        created_at_ms=job.created_at_ms,
        changed_at_ms=job.changed_at_ms,
        replaces_job_id=job.replaces_job_id or b"",
        advice_de=advice(job, "de", missing),
        advice_en=advice(job, "en", missing),
        intended_printer=job.intended_printer,
    )


def _state(number: int) -> PrintState:
    state = _STATES.get(number)
    if state is None:
        raise Refused("INVALID_VALUE", field="states", value=number, rule=", ".join(PrintState))
    return state
