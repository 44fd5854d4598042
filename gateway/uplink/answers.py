"""What the gateway does when central asks: pairs a register, sends summaries."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import Any

import grpc.aio

from branchgate.errors.status import error_from
from branchgate.figures import Summary, summary_to_message
from branchgate.numbers import NumberRange
from branchgate.v1 import intake_pb2, intake_pb2_grpc, session_pb2
from gateway.journal import Journal
from gateway.pairing.desk import PairingDesk, PairingOrder
from gateway.pairing.steps import Step
from gateway.sales.client import SalesStore

SUMMARIES_WITHIN_S = 120
SUMMARIES_BYTES = 1024 * 1024
"""Of summaries in one message; a larger one travels alone. A year of twenty registers is some hundred megabytes."""


class GatewayAnswers:
    """Answers of one gateway."""

    def __init__(self, pairing: PairingDesk, sales: SalesStore, journal: Journal) -> None:
        self._pairing = pairing
        self._sales = sales
        self._journal = journal

    async def start_pairing(
        self, request: session_pb2.StartPairing, tell: Callable[[session_pb2.OpenRequest], None]
    ) -> None:
        """Makes a code and tells every step until the pairing has ended; when central hangs up, the code dies."""
        numbers = request.number_range
        order = PairingOrder(
            request.register_id,
            request.register_name,
            NumberRange(numbers.prefix, numbers.digits, numbers.suffix),
            max(1, numbers.next_running_number),
        )
        ended = asyncio.Event()

        def listener(step: Step) -> None:
            tell(session_pb2.OpenRequest(pairing_step=step.as_message(request.request_id)))
            if step.is_last:
                ended.set()

        await self._pairing.start(order, listener)
        try:
            await ended.wait()
        finally:
            if not ended.is_set():
                self._pairing.withdraw(order.register_id)

    async def send_summaries(self, request: session_pb2.RequestSummaries, channel: grpc.aio.Channel) -> None:
        """Uploads the summaries of a business day, or of every closed and open period, as they are read. Raises what central answers."""
        call = intake_pb2_grpc.IntakeServiceStub(channel).SendSummaries(timeout=SUMMARIES_WITHIN_S)
        summaries = self._sales.summaries(request.business_day or None, self._journal.head)
        try:
            async with contextlib.aclosing(summaries), contextlib.aclosing(portions(summaries)) as pieces:
                async for piece in pieces:
                    await call.write(intake_pb2.SendSummariesRequest(request_id=request.request_id, summaries=piece))
            await call.done_writing()
            await call
        except grpc.aio.AioRpcError as failure:
            raise error_from(failure) from failure
        except asyncio.InvalidStateError:
            # Central has ended the call before everything was written; why, its status says.
            await _ended(call)
        finally:
            call.cancel()


async def _ended(call: grpc.aio.StreamUnaryCall[Any, Any]) -> None:
    try:
        await call
    except grpc.aio.AioRpcError as failure:
        raise error_from(failure) from failure


async def portions(summaries: AsyncIterable[Summary]) -> AsyncGenerator[list[intake_pb2.Summary], None]:
    """The summaries as messages, as many at a time as go into one."""
    portion: list[intake_pb2.Summary] = []
    size = 0
    async for summary in summaries:
        message = summary_to_message(summary)
        if portion and size + message.ByteSize() > SUMMARIES_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(message)
        size += message.ByteSize()
    if portion:
        yield portion
