"""A gateway that has lost its journal asks central, and takes what it answers: numbers go on, registers come in again."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.numbers import NumberRange
from branchgate.v1 import pairing_pb2, session_pb2
from branchgate.wire.callers import Caller, CallerKind
from gateway.branch.stores import open_stores
from gateway.config import GatewaySettings
from gateway.journal.awaited import await_numbers, numbers_awaited, want_recall
from gateway.pairing.registers import PairedRegister
from gateway.recording.states import read_state
from gateway.uplink.recalling import Recalling

SETTINGS = GatewaySettings(reserve_bytes=8192)
NUMBERS = pairing_pb2.NumberRange(prefix="K1-", digits=6)


def told(register_id: str, key: bytes) -> session_pb2.RecalledRegister:
    return session_pb2.RecalledRegister(
        register_id=register_id,
        register_name="Kasse",
        number_range=NUMBERS,
        z_number=17,
        running_number=512,
        reserved_number=900_003,
        key_sha256=key,
        paired_at_ms=5,
    )


def caller(register_id: str, key: bytes) -> Caller:
    return Caller(CallerKind.REGISTER, branch_id="mitte", register_id=register_id, key_sha256=key)


async def test_what_central_tells_is_taken_once_and_unblocks_the_closing(tmp_path: Path) -> None:
    clock = SystemClock()
    async with open_stores(tmp_path, SETTINGS, "mitte", clock) as stores:
        recalling = Recalling(stores.writer, stores.journal, stores.reading, stores.registers, clock)
        assert not recalling.wanted()
        await stores.writer.submit(want_recall)
        await stores.writer.submit(await_numbers)
        newer = PairedRegister("kasse-2", "Kasse 2", NumberRange("K2-", 6), b"new", 9)
        await stores.registers.paired(newer, numbers_from=1)
        assert recalling.wanted()
        answer = session_pb2.BranchRecall(
            registers=[told("kasse-1", b"key"), told("kasse-2", b"old"), told("kasse-3", b"")]
        )
        await recalling.take(answer)
        assert not recalling.wanted()
        assert not numbers_awaited(stores.reading, "kasse-1")
        state = read_state(stores.reading, "kasse-1")
        assert (state.z_number, state.running_number, state.reserved_number) == (17, 512, 900_003)
        stores.registers.admit(caller("kasse-1", b"key"))
        stores.registers.admit(caller("kasse-2", b"new"))
        for stranger in (caller("kasse-1", b"replaced"), caller("kasse-2", b"old"), caller("kasse-3", b"")):
            with pytest.raises(Refused, match="REGISTER_NOT_PAIRED"):
                stores.registers.admit(stranger)
        again = stores.journal.head
        await recalling.take(answer)
        assert stores.journal.head == again
    async with open_stores(tmp_path, SETTINGS, "mitte", clock) as stores:
        stores.registers.admit(caller("kasse-1", b"key"))
