"""A gateway over real gRPC for the register's tests: the model behind JournalService, with faults to switch on."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc.aio

from branchgate.events import Event, EventKind, Finding
from branchgate.register.identity import Identity, save_identity
from branchgate.v1 import event_pb2, journal_pb2, journal_pb2_grpc
from tests.branchgate.register.gateway_model import GatewayModel
from tests.branchgate.register.receipts import NUMBERS
from tests.rigs.chains import CentralChain
from tests.rigs.clock import TurnedClock

Context = grpc.aio.ServicerContext[Any, Any]


class FaultyJournal(journal_pb2_grpc.JournalServiceServicer):
    """`break_after`: ends the next streams after so many messages, before answering the last. `busy`: so many messages get "try again"."""

    def __init__(self, model: GatewayModel) -> None:
        self.model = model
        self.break_after: list[int] = []
        self.busy = 0
        self.wishes: dict[bytes, int] = {}
        self.streams = 0
        self.oldest_held: list[int] = []

    async def Record(self, request_iterator: object, context: Context) -> None:  # type: ignore[override]
        self.streams += 1
        model = self.model
        left = self.break_after.pop(0) if self.break_after else -1
        await context.write(
            journal_pb2.RecordResponse(
                settled_register_sequence=model.settled,
                central_register_sequence=model.central_sequence,
                greeting=journal_pb2.RecordGreeting(
                    journal_id=model.journal_id,
                    next_register_sequence=model.settled + 1,
                    next_running_number=model.next_running_number,
                ),
            )
        )
        while (request := await context.read()) is not grpc.aio.EOF:
            if request.oldest_held_register_sequence:
                self.oldest_held.append(request.oldest_held_register_sequence)
                model.go_on_at(request.oldest_held_register_sequence)
            response = self._answer(request)
            if request.events:
                left -= 1
                if left == 0:
                    return
            await context.write(response)

    async def LookUpEvent(
        self, request: journal_pb2.LookUpEventRequest, _context: Context
    ) -> journal_pb2.LookUpEventResponse:
        for event in self.model.journal:
            if event.event_id == request.event_id:
                findings = self.model.look_up(event.event_id, event.digest) or ()
                return journal_pb2.LookUpEventResponse(
                    recorded=True, body_sha256=event.digest, findings=_messages(findings)
                )
        return journal_pb2.LookUpEventResponse()

    async def FindReceipt(
        self, _request: journal_pb2.FindReceiptRequest, context: Context
    ) -> journal_pb2.FindReceiptResponse:
        await context.abort(grpc.StatusCode.UNAVAILABLE)

    def _answer(self, request: journal_pb2.RecordRequest) -> journal_pb2.RecordResponse:
        if request.events and self.busy:
            self.busy -= 1
            busy = journal_pb2.RecordTryAgain(reason="BUSY", after_ms=1)
            return journal_pb2.RecordResponse(settled_register_sequence=self.model.settled, try_again=busy)
        events = []
        for each in request.events:
            event = each.event
            events.append(Event(event.event_id, event.register_sequence, EventKind(event.kind), event.body))
            if each.HasField("print"):
                self.wishes[event.event_id] = each.print.within_ms
        answer = self.model.record(events)
        response = journal_pb2.RecordResponse(
            settled_register_sequence=answer.settled_sequence, central_register_sequence=answer.central_sequence
        )
        for event_id, findings in answer.findings:
            response.findings.add(event_id=event_id, findings=_messages(findings))
        for refused in answer.refused:
            response.refused.add(
                event_id=refused.event_id,
                register_sequence=refused.register_sequence,
                reason=refused.reason,
                text=refused.text,
            )
        if request.events and request.events[-1].event.register_sequence > answer.settled_sequence:
            response.try_again.reason = "SEQUENCE_GAP"
        return response


class ServedGateway:
    """The gateway's process as a register sees it: it can end and come back on the same port."""

    def __init__(self) -> None:
        self.model = GatewayModel()
        self.journal = FaultyJournal(self.model)
        self.port = 0
        self._server: grpc.aio.Server | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        journal_pb2_grpc.add_JournalServiceServicer_to_server(self.journal, self._server)
        self.port = self._server.add_insecure_port(f"127.0.0.1:{self.port}")
        await self._server.start()

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop(None)
            self._server = None


@contextlib.asynccontextmanager
async def served_gateway() -> AsyncIterator[ServedGateway]:
    gateway = ServedGateway()
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.stop()


def open_plainly(identity: Identity) -> grpc.aio.Channel:
    """Without TLS, which has tests of its own; a connection of its own like the real one."""
    return grpc.aio.insecure_channel(identity.gateway_address, options=[("grpc.use_local_subchannel_pool", 1)])


def paired(folder: Path, gateway_address: str = "127.0.0.1:9", *, next_running_number: int = 1) -> Identity:
    """A register's folder as pairing leaves it, with a certificate that is not due for renewal."""
    branch = CentralChain(TurnedClock().now_ms()).branch("filiale-1")
    certificate = branch.register("kasse-1")
    identity = Identity(
        branch_id="filiale-1",
        register_id="kasse-1",
        register_name="Kasse 1",
        gateway_name=branch.name.dns,
        gateway_address=gateway_address,
        pairing_address="127.0.0.1:9",
        number_range=NUMBERS,
        next_running_number=next_running_number,
        root_pem=branch.ca_pem,
        chain_pem=certificate.chain_pem,
        key_pem=certificate.key_pem,
    )
    folder.mkdir(parents=True, exist_ok=True)
    save_identity(folder, identity)
    return identity


def _messages(findings: tuple[Finding, ...]) -> list[event_pb2.Finding]:
    return [event_pb2.Finding(reason=f.reason, field=f.field, value=f.value, rule=f.rule) for f in findings]
