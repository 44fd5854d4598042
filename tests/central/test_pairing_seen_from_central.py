"""Kasse anbinden: central checks, asks the gateway, passes on what happens, and keeps no secret."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.errors import OutcomeUnknown, Refused, TryAgain
from branchgate.numbers import NumberRange
from central.branches import Branches
from central.pairing import Pairing
from central.registers import Registers
from central.sessions import (
    Answer,
    Greeting,
    PairingStage,
    PairingStep,
    RequestDone,
    RequestRefused,
    Session,
    Sessions,
    StartPairing,
)
from central.store import Database

CODE = "737C-JM8E-TVEZ"
HELLO = Greeting("0.1.0", b"journal-one-----", 0, "shop:7444")

Play = Callable[[StartPairing], list[Answer]]


def step(request: StartPairing, stage: PairingStage) -> PairingStep:
    return PairingStep(request.request_id, stage, code=CODE if stage is PairingStage.CODE else "")


class Central:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.registers = Registers(database, SystemClock(), "c1")
        self.sessions = Sessions()
        self.pairing = Pairing(self.registers, self.sessions)

    async def open(self) -> Central:
        branches = Branches(self.database, SystemClock(), "c1", lambda: None)
        await branches.add(BranchSettings("mitte", "Mitte"))
        await branches.add(BranchSettings("nord", "Nord"))
        await self.registers.add("mitte", "kasse-1", "Vorne", NumberRange("K1-", 6))
        return self

    async def pair(self, play: Play, *, then_lost: bool = False) -> list[int]:
        """Pairs kasse-1 with a gateway that answers as `play` says; returns the stages that were seen."""
        seen: list[int] = []
        with self.sessions.opened("mitte", HELLO) as session:
            gateway = asyncio.create_task(_gateway(session, play, then_lost))
            try:
                async for found in self.pairing.pair("mitte", "kasse-1"):
                    seen.append(found.stage)
            finally:
                await gateway
        return seen


async def _gateway(session: Session, play: Play, then_lost: bool) -> None:
    request = await anext(session.requests())
    assert isinstance(request, StartPairing)
    for answer in play(request):
        session.answered(answer)
    if then_lost:
        session.end()


@pytest.fixture
async def central(database: Database) -> Central:
    return await Central(database).open()


async def test_every_step_is_passed_on_and_the_register_counts_as_paired(central: Central) -> None:
    stages = [PairingStage.CODE, PairingStage.WRONG_TRY, PairingStage.GRANTED, PairingStage.COMPLETED]
    seen = await central.pair(lambda asked: [*(step(asked, stage) for stage in stages), RequestDone(asked.request_id)])
    assert seen == stages
    assert (await central.registers.get("mitte", "kasse-1")).paired


async def test_the_gateway_is_told_name_and_number_range(central: Central) -> None:
    told: list[StartPairing] = []

    def play(asked: StartPairing) -> list[Answer]:
        told.append(asked)
        return [RequestDone(asked.request_id)]

    await central.pair(play)
    assert [(asked.register_id, asked.register_name, asked.number_range) for asked in told] == [
        ("kasse-1", "Vorne", NumberRange("K1-", 6))
    ]


async def test_a_code_that_died_unused_leaves_the_register_unpaired(central: Central) -> None:
    seen = await central.pair(
        lambda asked: [step(asked, PairingStage.CODE), step(asked, PairingStage.ENDED), RequestDone(asked.request_id)]
    )
    assert seen == [PairingStage.CODE, PairingStage.ENDED]
    assert not (await central.registers.get("mitte", "kasse-1")).paired


async def test_what_the_gateway_refuses_is_refused(central: Central) -> None:
    with pytest.raises(Refused, match="PAIRING_BUSY"):
        await central.pair(lambda asked: [RequestRefused(asked.request_id, "PAIRING_BUSY", "besetzt", "busy")])


async def test_a_line_lost_before_the_certificate_may_be_tried_again(central: Central) -> None:
    with pytest.raises(TryAgain, match="GATEWAY_LOST"):
        await central.pair(lambda asked: [step(asked, PairingStage.CODE)], then_lost=True)


async def test_a_line_lost_after_the_certificate_leaves_the_outcome_open(central: Central) -> None:
    with pytest.raises(OutcomeUnknown, match="PAIRING_OUTCOME_UNKNOWN"):
        await central.pair(lambda asked: [step(asked, PairingStage.GRANTED)], then_lost=True)


@pytest.mark.parametrize(("branch_id", "register_id"), [("mitte", "kasse-9"), ("nord", "kasse-1"), ("west", "kasse-1")])
async def test_only_a_register_of_the_branch_is_paired(central: Central, branch_id: str, register_id: str) -> None:
    with pytest.raises(Refused, match="NOT_FOUND"):
        await anext(central.pairing.pair(branch_id, register_id))


async def test_without_a_session_nothing_can_be_paired_now(central: Central) -> None:
    with pytest.raises(TryAgain, match="GATEWAY_NOT_CONNECTED"):
        await anext(central.pairing.pair("mitte", "kasse-1"))


async def test_the_code_stands_in_no_log_and_in_no_file(central: Central, tmp_path: Path) -> None:
    with capture_logs() as logged:
        await central.pair(
            lambda asked: [
                step(asked, PairingStage.CODE),
                step(asked, PairingStage.COMPLETED),
                RequestDone(asked.request_id),
            ]
        )
    assert logged
    assert CODE not in str(logged)
    assert not files_with(CODE, tmp_path)


def files_with(text: str, folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]
