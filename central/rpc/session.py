"""SessionService: the stream that a gateway keeps open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import grpc.aio

from branchgate.clock import Clock
from branchgate.errors import Refused
from branchgate.v1 import (
    authorization_pb2,  # noqa: F401 (the guard reads the option from the loaded contract)
    session_pb2,
    session_pb2_grpc,
)
from branchgate.wire.callers import caller
from central.intake import Intake
from central.intake_state import IntakeState
from central.recall import Recall, Recalled
from central.rpc.numbers import range_to_message
from central.sessions import (
    Answer,
    Greeting,
    PairingStep,
    Request,
    RequestDone,
    RequestRefused,
    Session,
    Sessions,
    StartPairing,
)

Context = grpc.aio.ServicerContext[session_pb2.OpenRequest, session_pb2.OpenResponse]


class SessionServicer(session_pb2_grpc.SessionServiceServicer):
    """Joins a gateway's stream with its session."""

    def __init__(self, sessions: Sessions, intake: Intake, recall: Recall, clock: Clock) -> None:
        self._sessions = sessions
        self._intake = intake
        self._recall = recall
        self._clock = clock

    async def Open(  # type: ignore[override]  # write() style: its cleanup runs in the RPC's own task
        self, request_iterator: AsyncIterator[session_pb2.OpenRequest], context: Context
    ) -> None:
        branch_id = caller(context).branch_id
        greeting = await _greeting(request_iterator)
        with self._sessions.opened(branch_id, greeting) as session:
            state = await self._intake.state(branch_id, greeting.journal_id)
            accepted = session_pb2.SessionAccepted(
                central_time_ms=self._clock.now_ms(), intake_state=state_to_message(state)
            )
            if greeting.recall_wanted:
                accepted.recall.CopyFrom(recall_to_message(await self._recall.of(branch_id)))
            await context.write(session_pb2.OpenResponse(accepted=accepted))
            listening = asyncio.create_task(_listen(request_iterator, session))
            try:
                async for request in session.requests():
                    await context.write(_request(request))
            finally:
                listening.cancel()
                await asyncio.wait({listening})


async def _greeting(requests: AsyncIterator[session_pb2.OpenRequest]) -> Greeting:
    first = await anext(aiter(requests), None)
    if first is None or not first.HasField("greeting"):
        raise Refused("SESSION_WITHOUT_GREETING", field="step", rule="the first message is the greeting")
    told = first.greeting
    return Greeting(told.version, told.journal_id, told.journal_sequence, told.pairing_address, told.recall_wanted)


async def _listen(requests: AsyncIterator[session_pb2.OpenRequest], session: Session) -> None:
    """The one task that reads the stream; its end is the session's."""
    try:
        async for request in requests:
            answer = _answer(request)
            if answer is not None:
                session.answered(answer)
    finally:
        session.end()


def _answer(message: session_pb2.OpenRequest) -> Answer | None:
    match message.WhichOneof("step"):
        case "pairing_step":
            return step_from_message(message.pairing_step)
        case "refused":
            refused = message.refused
            return RequestRefused(refused.request_id, refused.reason, refused.text_de, refused.text_en)
        case "done":
            return RequestDone(message.done.request_id)
        case _:
            return None  # a second greeting, or what a newer gateway says


def _request(request: Request) -> session_pb2.OpenResponse:
    if isinstance(request, StartPairing):
        return session_pb2.OpenResponse(
            start_pairing=session_pb2.StartPairing(
                request_id=request.request_id,
                register_id=request.register_id,
                register_name=request.register_name,
                number_range=range_to_message(request.number_range),
            )
        )
    return session_pb2.OpenResponse(
        request_summaries=session_pb2.RequestSummaries(request_id=request.request_id, business_day=request.business_day)
    )


def state_to_message(state: IntakeState) -> session_pb2.IntakeState:
    """What central holds of a journal, as a message."""
    return session_pb2.IntakeState(
        journal_id=state.journal_id,
        journal_sequence=state.sequence,
        chain_hash=state.chain_hash,
        registers=[
            session_pb2.RegisterIntake(register_id=register_id, register_sequence=number)
            for register_id, number in sorted(state.registers.items())
        ],
    )


def recall_to_message(registers: Sequence[Recalled]) -> session_pb2.BranchRecall:
    """What central knows of a branch's registers, as a message."""
    return session_pb2.BranchRecall(
        registers=[
            session_pb2.RecalledRegister(
                register_id=told.register_id,
                register_name=told.name,
                number_range=range_to_message(told.number_range),
                z_number=told.z_number,
                running_number=told.running_number,
                reserved_number=told.reserved_number,
                key_sha256=told.key_sha256,
                former_key_sha256=told.former_key_sha256,
                paired_at_ms=told.paired_at_ms,
            )
            for told in registers
        ]
    )


def step_from_message(step: session_pb2.PairingStep) -> PairingStep:
    """A step of a pairing from its message."""
    return PairingStep(
        request_id=step.request_id,
        stage=step.stage,
        code=step.code,
        pairing_address=step.pairing_address,
        server_key_sha256=step.server_key_sha256,
        lives_ms=step.lives_ms,
        text_de=step.text_de,
        text_en=step.text_en,
    )


def step_to_message(step: PairingStep) -> session_pb2.PairingStep:
    """A step of a pairing as a message."""
    return session_pb2.PairingStep(
        request_id=step.request_id,
        stage=session_pb2.PairingStage.ValueType(step.stage),
        code=step.code,
        pairing_address=step.pairing_address,
        server_key_sha256=step.server_key_sha256,
        lives_ms=step.lives_ms,
        text_de=step.text_de,
        text_en=step.text_en,
    )
