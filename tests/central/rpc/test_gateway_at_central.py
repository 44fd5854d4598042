"""A gateway at a running central, over real sockets and mTLS: session, journal, summaries, pairing and sync."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc.aio
import pytest

from branchgate.errors.status import error_from
from branchgate.figures import Figures, Summary, SummaryColumns, summary_to_message
from branchgate.v1 import central_admin_pb2 as admin
from branchgate.v1 import intake_pb2, session_pb2, sync_pb2
from branchgate.v1.central_admin_pb2_grpc import CentralAdminServiceStub
from branchgate.v1.intake_pb2_grpc import IntakeServiceStub
from branchgate.v1.session_pb2_grpc import SessionServiceStub
from branchgate.v1.sync_pb2_grpc import SyncServiceStub
from gateway.identity import GatewayIdentity
from tests.central.journals import JOURNAL, journal
from tests.central.rpc.gateway_of_mitte import add_mitte, central_in, channel_of, enrolled, events_request, greeting

if TYPE_CHECKING:
    from branchgate.v1.central_admin_pb2_grpc import CentralAdminServiceAsyncStub


@dataclasses.dataclass
class Shop:
    operator: CentralAdminServiceAsyncStub
    identity: GatewayIdentity
    channel: grpc.aio.Channel
    keys: Path


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with central_in(tmp_path / "central") as (_, operator):
        await add_mitte(operator)
        identity = await enrolled(operator, tmp_path / "keys")
        async with channel_of(identity) as channel:
            yield Shop(operator, identity, channel, tmp_path)


async def opened(channel: grpc.aio.Channel) -> tuple[Any, session_pb2.SessionAccepted]:
    call = SessionServiceStub(channel).Open()
    await call.write(greeting(JOURNAL))
    first = await call.read()
    assert isinstance(first, session_pb2.OpenResponse)
    return call, first.accepted


async def response_of(call: Any) -> sync_pb2.SyncResponse:
    response = await call.read()
    assert isinstance(response, sync_pb2.SyncResponse)
    return response


async def mitte(operator: CentralAdminServiceAsyncStub) -> admin.Branch:
    (branch,) = (await operator.ListBranches(admin.ListBranchesRequest())).branches
    return branch


async def test_a_session_begins_with_what_central_holds(shop: Shop) -> None:
    call, accepted = await opened(shop.channel)
    assert accepted.central_time_ms > 0
    assert accepted.intake_state == session_pb2.IntakeState()
    branch = await mitte(shop.operator)
    assert (branch.enrolled, branch.connected) == (True, True)
    call.cancel()


async def test_a_second_session_ends_the_first_with_a_reason(shop: Shop) -> None:
    first, _ = await opened(shop.channel)
    async with channel_of(shop.identity) as other:
        second, _ = await opened(other)
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await first.read()
        assert error_from(ended.value).reason == "SESSION_REPLACED"
        second.cancel()


async def test_a_session_without_a_greeting_is_refused(shop: Shop) -> None:
    call = SessionServiceStub(shop.channel).Open()
    await call.write(session_pb2.OpenRequest(done=session_pb2.RequestDone(request_id="a")))
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await call.read()
    assert error_from(ended.value).reason == "SESSION_WITHOUT_GREETING"


async def test_the_journal_is_acknowledged_and_known_at_the_next_session(shop: Shop) -> None:
    sent = journal(10)
    call = IntakeServiceStub(shop.channel).SendEvents()
    for start in (0, 4):
        await call.write(events_request(JOURNAL, sent[start : start + 6]))
        settled = await call.read()
        assert isinstance(settled, intake_pb2.SendEventsResponse)
        assert settled.settled_journal_sequence == start + 6
    await call.done_writing()
    session, accepted = await opened(shop.channel)
    state = accepted.intake_state
    assert (state.journal_id, state.journal_sequence, state.chain_hash) == (JOURNAL, 10, sent[-1].chain_hash)
    assert {register.register_id: register.register_sequence for register in state.registers} == {
        "kasse-1": 5,
        "kasse-2": 5,
    }
    session.cancel()
    status = await shop.operator.GetCentralStatus(admin.GetCentralStatusRequest())
    assert (status.events, status.receipts) == (10, 10)


async def test_a_broken_chain_is_refused_and_people_see_it(shop: Shop) -> None:
    sent = journal(3)
    sent[1] = dataclasses.replace(sent[1], body=b"changed")
    call = IntakeServiceStub(shop.channel).SendEvents()
    await call.write(events_request(JOURNAL, sent))
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await call.read()
    assert error_from(ended.value).reason == "CHAIN_BROKEN"
    (fault,) = (await shop.operator.GetCentralStatus(admin.GetCentralStatusRequest())).faults
    assert (fault.branch_id, fault.journal_sequence, fault.reason) == ("mitte", 2, "CHAIN_BROKEN")
    assert "mitte" in fault.text_de
    assert (await mitte(shop.operator)).journal_sequence == 1


async def test_a_pull_asks_over_the_session_and_stores_what_comes(shop: Shop) -> None:
    call, _ = await opened(shop.channel)
    pulling = asyncio.create_task(_pull(shop.operator))
    asked = (await call.read()).request_summaries
    assert asked.business_day == "2026-11-21"
    summary = Summary("kasse-1", "2026-11-21", 1, 10, Figures(receipt_count=1, gross_cents=500), SummaryColumns())

    async def answer() -> AsyncIterator[intake_pb2.SendSummariesRequest]:
        yield intake_pb2.SendSummariesRequest(request_id=asked.request_id, summaries=[summary_to_message(summary)])

    stored = await IntakeServiceStub(shop.channel).SendSummaries(answer())
    assert stored.stored == 1
    await call.write(session_pb2.OpenRequest(done=session_pb2.RequestDone(request_id=asked.request_id)))
    assert (await pulling).stored == 1
    report = await shop.operator.GetReport(admin.GetReportRequest())
    assert [(row.branch_id, row.register_id, row.z_number) for row in report.rows] == [("mitte", "kasse-1", 1)]
    assert report.total.gross_cents == 500
    call.cancel()


async def _pull(operator: CentralAdminServiceAsyncStub) -> admin.PullSummariesResponse:
    return await operator.PullSummaries(admin.PullSummariesRequest(branch_id="mitte", business_day="2026-11-21"))


async def test_the_steps_of_a_pairing_reach_the_operator(shop: Shop) -> None:
    session, _ = await opened(shop.channel)
    pairing = shop.operator.PairRegister(admin.PairRegisterRequest(branch_id="mitte", register_id="kasse-1"))
    asked = (await session.read()).start_pairing
    assert (asked.register_id, asked.number_range.prefix) == ("kasse-1", "K1-")
    stages = [session_pb2.PAIRING_STAGE_CODE, session_pb2.PAIRING_STAGE_GRANTED, session_pb2.PAIRING_STAGE_COMPLETED]
    for stage in stages:
        step = session_pb2.PairingStep(request_id=asked.request_id, stage=stage, code="737C-JM8E-TVEZ", lives_ms=5)
        await session.write(session_pb2.OpenRequest(pairing_step=step))
    await session.write(session_pb2.OpenRequest(done=session_pb2.RequestDone(request_id=asked.request_id)))
    seen = [response.step async for response in pairing]
    assert [step.stage for step in seen] == stages
    assert seen[0].code == "737C-JM8E-TVEZ"
    assert (await mitte(shop.operator)).registers[0].paired
    session.cancel()


async def test_the_catalogue_comes_and_a_change_follows(shop: Shop) -> None:
    call = SyncServiceStub(shop.channel).Sync()
    await call.write(sync_pb2.SyncRequest(open=sync_pb2.SyncOpen(schema_version=1)))
    steps: list[str | None] = []
    while not steps or steps[-1] != "up_to_date":
        steps.append((await response_of(call)).WhichOneof("step"))
    assert steps == ["snapshot_begin", "batch", "snapshot_end", "up_to_date"]
    settings = (await mitte(shop.operator)).settings
    settings.town = "Köln"
    await shop.operator.SetBranchSettings(admin.SetBranchSettingsRequest(settings=settings))
    (put,) = (await response_of(call)).batch.put
    assert (put.key, "Köln".encode() in put.value) == ("branch", True)
    call.cancel()


async def test_a_gateway_that_was_replaced_is_refused(shop: Shop) -> None:
    await enrolled(shop.operator, shop.keys / "new")
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await opened(shop.channel)
    assert error_from(ended.value).reason == "GATEWAY_REPLACED"


async def test_a_gateway_may_not_administer(shop: Shop) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await CentralAdminServiceStub(shop.channel).ListBranches(admin.ListBranchesRequest())
    assert ended.value.code() in (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.PERMISSION_DENIED)
