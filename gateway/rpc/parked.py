"""ParkedService: translations of the parked desk, and of the lines it keeps."""

from __future__ import annotations

from branchgate.errors import Refused
from branchgate.receipts.parked import ParkedReceipt, parked_message, parked_of_message
from branchgate.v1 import parked_pb2, parked_pb2_grpc
from branchgate.wire.callers import Context, caller
from gateway.parked import Listed, Parked, ParkedDesk
from gateway.parked.limits import check_amount


class ParkedServicer(parked_pb2_grpc.ParkedServiceServicer):
    """Translates; the desk decides."""

    def __init__(self, desk: ParkedDesk) -> None:
        self._desk = desk

    async def ParkReceipt(
        self, request: parked_pb2.ParkReceiptRequest, context: Context
    ) -> parked_pb2.ParkReceiptResponse:
        register_id = caller(context).register_id
        parked = await self._desk.park(request.request_id, register_id, request.user_id, _receipt(request.receipt))
        return parked_pb2.ParkReceiptResponse(row=_row(parked))

    async def ListParked(
        self, request: parked_pb2.ListParkedRequest, context: Context
    ) -> parked_pb2.ListParkedResponse:
        del request, context
        return parked_pb2.ListParkedResponse(rows=[_listed(each) for each in self._desk.rows()])

    async def ResumeParked(
        self, request: parked_pb2.ResumeParkedRequest, context: Context
    ) -> parked_pb2.ResumeParkedResponse:
        parked = await self._desk.resume(request.parked_id, caller(context).register_id, request.user_id)
        return parked_pb2.ResumeParkedResponse(row=_row(parked))

    async def ReleaseParked(
        self, request: parked_pb2.ReleaseParkedRequest, context: Context
    ) -> parked_pb2.ReleaseParkedResponse:
        del context
        return parked_pb2.ReleaseParkedResponse(row=_row(await self._desk.release(request.parked_id, request.user_id)))


def _receipt(message: parked_pb2.ParkedReceipt) -> ParkedReceipt:
    check_amount(len(message.lines), message.ByteSize())
    try:
        return parked_of_message(message)
    except ValueError as failure:
        raise Refused("INVALID_VALUE", field="receipt.lines", value=message.title, rule=str(failure)) from failure


def _row(parked: Parked) -> parked_pb2.ParkedRow:
    return parked_pb2.ParkedRow(
        receipt=parked_message(parked.receipt),
        owner_register_id=parked.owner,
        parked_at_register_id=parked.parked_at_register,
        parked_at_ms=parked.parked_at_ms,
        resumed_at_ms=parked.resumed_at_ms,
        carried_over=parked.carried_over,
        line_count=len(parked.receipt.lines),
    )


def _listed(parked: Listed) -> parked_pb2.ParkedRow:
    receipt = parked_pb2.ParkedReceipt(
        parked_id=parked.parked_id,
        title=parked.title,
        started_at_ms=parked.started_at_ms,
        total_cents=parked.total_cents,
        user_id=parked.user_id,
    )
    return parked_pb2.ParkedRow(
        receipt=receipt,
        owner_register_id=parked.owner,
        parked_at_register_id=parked.parked_at_register,
        parked_at_ms=parked.parked_at_ms,
        resumed_at_ms=parked.resumed_at_ms,
        carried_over=parked.carried_over,
        line_count=parked.line_count,
    )
