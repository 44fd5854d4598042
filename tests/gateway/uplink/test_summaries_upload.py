"""Summaries on their way to a real central, over mTLS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc.aio
import pytest

from branchgate.figures import Figures, Summary, SummaryColumns
from branchgate.v1 import central_admin_pb2 as admin
from branchgate.v1 import session_pb2
from gateway.uplink.answers import GatewayAnswers, portions
from gateway.uplink.session import Session
from tests.central.rpc.gateway_of_mitte import add_mitte, central_in, channel_of, enrolled, greeting

ACCEPTED_WITHIN_S = 20
PERIODS = 120
MIB = 1024 * 1024


@dataclass
class Sales:
    """A year's worth of closed periods of one register."""

    columns: SummaryColumns

    async def summaries(self, _business_day: str | None, _through: int) -> AsyncGenerator[Summary, None]:
        for z_number in range(1, PERIODS + 1):
            yield Summary("kasse-1", "2026-11-22", z_number, z_number, Figures(receipt_count=1), self.columns)


def answers_of(sales: Any, head: int = 1) -> GatewayAnswers:
    """Answers that need neither a pairing desk nor more of the journal than its head."""
    desk: Any = SimpleNamespace()
    journal: Any = SimpleNamespace(head=head)
    return GatewayAnswers(desk, sales, journal)


async def nothing_recalled(_recall: session_pb2.BranchRecall) -> None:
    """Nobody asked."""
    raise NotImplementedError


@asynccontextmanager
async def gateway_at_central(folder: Path, answers: Any) -> AsyncIterator[Any]:
    """A session of mitte's gateway with these answers; yields central's operator."""
    async with central_in(folder / "central") as (_, operator):
        await add_mitte(operator)
        identity = await enrolled(operator, folder / "keys")
        accepted = asyncio.Event()

        async def took_up(_state: session_pb2.IntakeState) -> None:
            accepted.set()

        async with channel_of(identity) as channel:
            session = Session(lambda: greeting(b"j" * 16).greeting, answers, took_up, nothing_recalled)
            running = asyncio.create_task(session.run(channel))
            async with asyncio.timeout(ACCEPTED_WITHIN_S):
                await accepted.wait()
            yield operator
            assert not running.done()
            running.cancel()
            await asyncio.wait({running})


async def test_summaries_of_a_year_are_more_than_one_message(tmp_path: Path) -> None:
    """They went out in one message, which central does not take beyond some megabytes, and that ended the session: whoever pulled a
    branch's whole past cut it off.
    """
    many = tuple(range(2_000))
    sales = Sales(SummaryColumns(many, many, many, many, many, ("obst",)))
    sizes = [sum(summary.ByteSize() for summary in each) async for each in portions(sales.summaries(None, 0))]
    assert max(sizes) <= MIB < sum(sizes)
    answers = answers_of(sales)
    async with gateway_at_central(tmp_path, answers) as operator:
        pulled = await operator.PullSummaries(admin.PullSummariesRequest(branch_id="mitte"))
        assert pulled.stored == PERIODS


class LateAnswers:
    """Sends summaries that nobody asked for any more."""

    def __init__(self, send: Callable[[session_pb2.RequestSummaries, grpc.aio.Channel], Awaitable[None]]) -> None:
        self._send = send

    async def start_pairing(self, request: session_pb2.StartPairing, tell: Callable[..., None]) -> None:
        raise AssertionError("nobody pairs here")

    async def send_summaries(self, request: session_pb2.RequestSummaries, channel: grpc.aio.Channel) -> None:
        await self._send(session_pb2.RequestSummaries(request_id="another"), channel)


async def test_an_answer_that_central_refuses_does_not_end_the_session(tmp_path: Path) -> None:
    """A refused upload was a gRPC error where only our own are expected; it took the whole session with it."""
    sales = Sales(SummaryColumns())
    answers = answers_of(sales)
    async with gateway_at_central(tmp_path, LateAnswers(answers.send_summaries)) as operator:
        with pytest.raises(grpc.aio.AioRpcError, match="REQUEST_UNKNOWN"):
            await operator.PullSummaries(admin.PullSummariesRequest(branch_id="mitte"))
