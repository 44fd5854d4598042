"""The session with central: central asks over the open stream, the gateway answers.

Requests are carried out one beside the other; an answer that cannot be given goes back as a refusal, so that nobody at central waits
for silence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import grpc.aio
import structlog

from branchgate import __version__
from branchgate.errors import BranchgateError
from branchgate.errors.texts import sentence
from branchgate.v1 import session_pb2, session_pb2_grpc
from gateway.journal import Journal

_log = structlog.get_logger(__name__)

Tell = Callable[[session_pb2.OpenRequest], None]


def greeting_of(
    journal: Journal, pairing_address: str, recall_wanted: Callable[[], bool]
) -> Callable[[], session_pb2.SessionGreeting]:
    """What the gateway says first in every session: what it is, how far its journal reaches, and whether it has to ask for registers."""
    return lambda: session_pb2.SessionGreeting(
        version=__version__,
        journal_id=journal.journal_id,
        journal_sequence=journal.head,
        pairing_address=pairing_address,
        recall_wanted=recall_wanted(),
    )


class Answers(Protocol):
    """What the gateway can do for central; each raises BranchgateError when it cannot."""

    async def start_pairing(self, request: session_pb2.StartPairing, tell: Tell) -> None:
        """Makes a code and tells every step until the pairing has ended."""

    async def send_summaries(self, request: session_pb2.RequestSummaries, channel: grpc.aio.Channel) -> None:
        """Uploads the summaries that were asked for."""


class Session:
    """One session on one channel."""

    def __init__(
        self,
        greeting: Callable[[], session_pb2.SessionGreeting],
        answers: Answers,
        accepted: Callable[[session_pb2.IntakeState], Awaitable[None]],
        recalled: Callable[[session_pb2.BranchRecall], Awaitable[None]],
    ) -> None:
        self._greeting = greeting
        self._answers = answers
        self._accepted = accepted
        self._recalled = recalled
        self._out: asyncio.Queue[session_pb2.OpenRequest] = asyncio.Queue()

    async def run(self, channel: grpc.aio.Channel) -> None:
        """Runs until the stream ends. Raises AioRpcError when central or the line breaks it."""
        call = session_pb2_grpc.SessionServiceStub(channel).Open()
        await call.write(session_pb2.OpenRequest(greeting=self._greeting()))
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(self._write(call))
            work: set[asyncio.Task[None]] = set()
            try:
                async for response in call:
                    await self._take(response, channel, tasks, work)
            finally:
                writing.cancel()
                for task in work:
                    task.cancel()
                call.cancel()

    async def _take(
        self,
        response: session_pb2.OpenResponse,
        channel: grpc.aio.Channel,
        tasks: asyncio.TaskGroup,
        work: set[asyncio.Task[None]],
    ) -> None:
        match response.WhichOneof("step"):
            case "accepted":
                if response.accepted.HasField("recall"):
                    await self._recalled(response.accepted.recall)
                await self._accepted(response.accepted.intake_state)
            case "intake_state":
                await self._accepted(response.intake_state)
            case "start_pairing":
                pairing = self._answers.start_pairing(response.start_pairing, self._out.put_nowait)
                self._carry_out(response.start_pairing.request_id, pairing, tasks, work)
            case "request_summaries":
                summaries = self._answers.send_summaries(response.request_summaries, channel)
                self._carry_out(response.request_summaries.request_id, summaries, tasks, work)
            case unknown:
                # A newer central may ask for what this gateway cannot do yet; the session goes on.
                _log.warning("central_asked_for_something_unknown", step=unknown)

    def _carry_out(
        self, request_id: str, doing: Awaitable[None], tasks: asyncio.TaskGroup, work: set[asyncio.Task[None]]
    ) -> None:
        task = tasks.create_task(self._answer(request_id, doing))
        work.add(task)
        task.add_done_callback(work.discard)

    async def _answer(self, request_id: str, doing: Awaitable[None]) -> None:
        try:
            await doing
        except BranchgateError as error:
            _log.warning("central_request_refused", request_id=request_id, reason=error.reason)
            refused = session_pb2.RequestRefused(
                request_id=request_id,
                reason=error.reason,
                text_de=sentence(error, "de"),
                text_en=sentence(error, "en"),
            )
            self._out.put_nowait(session_pb2.OpenRequest(refused=refused))
        else:
            self._out.put_nowait(session_pb2.OpenRequest(done=session_pb2.RequestDone(request_id=request_id)))

    async def _write(self, call: grpc.aio.StreamStreamCall[Any, Any]) -> None:
        while True:
            await call.write(await self._out.get())
