"""Two registers and a gateway as a process: parked here, fetched there, killed in between, paid without a gateway, settled when it is back."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from branchgate.clock import SystemClock
from branchgate.errors import Refused, TryAgain
from branchgate.errors.texts import sentence
from branchgate.ids import new_event_id
from branchgate.receipts.basket import Basket, Header, receipt_of, total_of
from branchgate.receipts.model import Payment, PaymentType, Receipt
from branchgate.receipts.parked import ParkedReceipt, parked_of_message
from branchgate.register import RegisterClient
from branchgate.register.held import Happened
from branchgate.register.till.open_receipt import OpenReceipt
from branchgate.register.till.parking import Parking
from branchgate.v1 import parked_pb2, parked_pb2_grpc
from tests.gateway.branch import receipt
from tests.rigs.branch import Branch

WITHIN_S = 60
LINES = receipt(lines=3).lines


@asynccontextmanager
async def registers(branch: Branch) -> AsyncIterator[list[RegisterClient]]:
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(RegisterClient(branch.register_folder(identity.register_id)))
            for identity in branch.registers
        ]
        for register in opened:
            await register.until(lambda state: state.numbers_known, within_s=WITHIN_S)
        yield opened


def rung_up() -> OpenReceipt:
    return OpenReceipt(SystemClock().now_ms(), Basket.of(LINES))


async def pay(register: RegisterClient, parked: ParkedReceipt) -> Happened:
    now_ms, total = SystemClock().now_ms(), total_of(parked.lines)

    def build(number: str, running: int) -> Receipt:
        header = Header(number, running, parked.started_at_ms, now_ms, "bela", "Bela")
        return receipt_of(
            header, parked.lines, [Payment(PaymentType.EC_KARTE, total, "girocard")], parked_id=parked.parked_id
        )

    return await register.record(build, print_role="")


def gateway(branch: Branch, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "branchgate", "gateway", *words, "--data", str(branch.data)]
    return subprocess.run(command, capture_output=True, timeout=WITHIN_S, check=False, text=True)


async def restarted(branch: Branch) -> None:
    branch.kill()
    await asyncio.to_thread(branch.start)


@pytest.mark.timeout(180)
async def test_parked_at_one_register_it_is_paid_at_another_whatever_dies_in_between(tmp_path: Path) -> None:
    with Branch(tmp_path, registers=2) as branch:
        await asyncio.to_thread(branch.start)
        async with registers(branch) as (one, _two):
            here = Parking(one, "anna")
            await here.park(rung_up(), "Müller")
            await restarted(branch)
        async with registers(branch) as (_one, two):
            (row,) = await Parking(two, "bela").listed()
            assert (row.receipt.title, row.line_count, len(row.receipt.lines)) == ("Müller", 3, 0)
            there = Parking(two, "bela")
            assert (await there.resume("müller")).lines == LINES
            await restarted(branch)
        # The till died as well after it had resumed: the owner gets the lines again.
        async with registers(branch) as (one, two):
            with pytest.raises(Refused) as refused:
                await Parking(one, "anna").resume("1")
            assert (refused.value.reason, refused.value.value) == ("PARKED_AT_OTHER_REGISTER", "kasse-2")
            there = Parking(two, "bela")
            resumed = await there.resume("1")
            branch.kill()
            with pytest.raises(TryAgain) as alone:
                await there.park(OpenReceipt.resumed(resumed), "")
            assert "Ohne Gateway kann nicht geparkt" in sentence(alone.value, "de")
            paid = await pay(two, resumed)
            await asyncio.to_thread(branch.start)
        async with registers(branch) as (one, two):
            await two.until(lambda state: state.pending == 0, within_s=WITHIN_S)
            assert await two.inspect(lambda outbox: outbox.findings()) == []
            assert await Parking(one, "anna").listed() == []
            with pytest.raises(Refused) as gone:
                await one.gateway.resume_parked(resumed.parked_id, "anna")
            assert gone.value.reason == "PARKED_GONE"
            assert paid.event_id.hex() in gone.value.rule


@pytest.mark.timeout(180)
async def test_an_operator_sees_what_is_parked_and_takes_it_from_a_dead_register(tmp_path: Path) -> None:
    with Branch(tmp_path, registers=2) as branch:
        await asyncio.to_thread(branch.start)
        async with registers(branch) as (one, two):
            nothing = await asyncio.to_thread(gateway, branch, "parked", "list")
            assert nothing.stdout == "Kein Bon ist geparkt / no receipt is parked\n"
            for title in ("Müller", "[bold]Meier"):
                await Parking(one, "anna").park(rung_up(), title)
            await Parking(one, "anna").resume("Müller")
            listed = (await asyncio.to_thread(gateway, branch, "parked", "list")).stdout
            assert "Müller  58,51 EUR  an / at kasse-1  seit / since" in listed
            assert "[bold]Meier  58,51 EUR  wartet / waits (kasse-1)  seit / since" in listed
            rows = [json.loads(line) for line in (await told(branch, "parked", "list", "--json")).splitlines()]
            (mueller,) = [row for row in rows if row["owner_register_id"] == "kasse-1"]
            status = json.loads(await told(branch, "status", "--json"))
            assert status["parked_receipts"] == 2
            with pytest.raises(Refused, match="kasse-1"):
                await Parking(two, "bela").resume("Müller")
            released = await told(branch, "parked", "release", mueller["receipt"]["parked_id"], "--user", "chef")
            assert "„Müller“ gehört keiner Kasse mehr" in released
            resumed = await Parking(two, "bela").resume("Müller")
            # The register was not dead after all, and paid what it had.
            await pay(one, resumed)
            await one.until(lambda state: state.pending == 0, within_s=WITHIN_S)
            ((_, found),) = await one.inspect(lambda outbox: outbox.findings())
            assert (found.reason, found.value, found.rule) == ("PARKED_NOT_OWNED", "Müller", "kasse-2 owns it")
            assert len(await Parking(two, "bela").listed()) == 2


async def told(branch: Branch, *words: str) -> str:
    done = await asyncio.to_thread(gateway, branch, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(180)
async def test_two_registers_at_once_and_requests_sent_twice_over_the_wire(tmp_path: Path) -> None:
    with Branch(tmp_path, registers=4) as branch:
        await asyncio.to_thread(branch.start)
        async with registers(branch) as tills:
            now_ms = SystemClock().now_ms()
            parked = ParkedReceipt(new_event_id(now_ms), "Tisch 3", LINES, now_ms, total_of(LINES), "anna")
            request_id = new_event_id(now_ms)
            first = await tills[0].gateway.park(parked, "anna", request_id=request_id)
            assert parked_of_message(first.receipt) == parked
            answers: list[Any] = await asyncio.gather(
                *(till.gateway.resume_parked(parked.parked_id, "anna") for till in tills), return_exceptions=True
            )
            winners = [answer for answer in answers if not isinstance(answer, BaseException)]
            assert len(winners) == 1
            owner = winners[0].owner_register_id
            losers = [answer for answer in answers if isinstance(answer, Refused)]
            assert {(each.reason, each.value) for each in losers} == {("PARKED_AT_OTHER_REGISTER", owner)}
            assert await tills[0].gateway.park(parked, "anna", request_id=request_id) == first
            with pytest.raises(Refused, match="REQUEST_ID_REUSED"):
                await tills[0].gateway.park(replace(parked, title="Tisch 4"), "anna", request_id=request_id)
            with pytest.raises(Refused, match=r"receipt\.lines"):
                await tills[0].gateway.park(replace(parked, lines=()), "anna")
            await _releases_nothing(branch, parked.parked_id)


async def _releases_nothing(branch: Branch, parked_id: bytes) -> None:
    """Only an operator takes it away: a register's certificate does not open that call."""
    channel = branch.registers[0].open_channel()
    try:
        stub = parked_pb2_grpc.ParkedServiceStub(channel)
        with pytest.raises(Exception, match="CALLER_NOT_ALLOWED"):
            await stub.ReleaseParked(parked_pb2.ReleaseParkedRequest(parked_id=parked_id, user_id="anna"))
    finally:
        await channel.close()
