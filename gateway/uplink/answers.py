"""What the gateway does when central asks: pairs a register, sends summaries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import grpc.aio

from branchgate.figures import summary_to_message
from branchgate.numbers import NumberRange
from branchgate.v1 import intake_pb2, intake_pb2_grpc, session_pb2
from gateway.journal import Journal
from gateway.pairing.desk import PairingDesk, PairingOrder
from gateway.pairing.steps import Step
from gateway.sales.client import SalesStore

SUMMARIES_WITHIN_S = 120


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
        """Uploads the summaries of a business day, or of every closed and open period."""
        summaries = await self._sales.summaries(request.business_day or None, self._journal.head)

        async def messages() -> AsyncIterator[intake_pb2.SendSummariesRequest]:
            yield intake_pb2.SendSummariesRequest(
                request_id=request.request_id, summaries=[summary_to_message(summary) for summary in summaries]
            )

        stub = intake_pb2_grpc.IntakeServiceStub(channel)
        await stub.SendSummaries(messages(), timeout=SUMMARIES_WITHIN_S)
