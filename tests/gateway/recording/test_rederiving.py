"""What the gateway knows of a register is held against the journal, which it is derived from."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.clock import SystemClock
from branchgate.events import EventKind
from branchgate.numbers import NumberRange
from gateway.branch.beginning import look_back
from gateway.branch.stores import open_stores
from gateway.config import GatewaySettings
from gateway.journal.examination import Fault, examine
from gateway.journal.incidents import incidents
from gateway.journal.stored import open_for_verification
from gateway.journal.telling import incident_sentence, incident_warnings
from gateway.pairing.registers import PairedRegister, write_register
from gateway.recording.rederiving import differences_in
from gateway.recording.states import RegisterState, read_states
from tests.gateway.branch import RANGE, receipt
from tests.gateway.closing.shop import Shop, closed, open_shop

SETTINGS = GatewaySettings(reserve_bytes=8192)


def ranges(_connection: sqlite3.Connection) -> dict[str, NumberRange]:
    return {"k1": RANGE, "k2": RANGE}


def compared(folder: Path) -> list[tuple[str, str]]:
    return [(one.register_id, one.told) for one in differences_in(folder / "branch.db", ranges)]


def change(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / "branch.db")
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def pair(connection: sqlite3.Connection) -> None:

    for register_id in ("k1", "k2"):
        write_register(connection, PairedRegister(register_id, register_id, RANGE, bytes(32), 1, b""))


async def start(folder: Path) -> None:
    """As a gateway does before it opens."""
    clock = SystemClock()
    async with open_stores(folder, SETTINGS, "mitte", clock) as stores:
        await stores.writer.submit(pair)
        await look_back(stores, clock)


def states(shop: Shop) -> dict[str, RegisterState]:
    """But for until when a day is closed, which no entry tells."""
    found = read_states(shop.branch.reader.connection, ["k1", "k2"])
    return {register_id: replace(state, closed_until_ms=0) for register_id, state in found.items()}


async def sell_and_close(shop: Shop) -> None:
    """Two closings of k1, the second one with a float; a count with a difference at k2, which is open."""
    await shop.sell("k1", receipt(1), receipt(2))
    await shop.close(1)
    await shop.sell("k1", receipt(3))
    await shop.close(2, carry_float=True)
    await shop.sell("k2", receipt(7))
    await shop.count(3, "k2", 5)


async def test_what_was_recorded_agrees_at_every_step(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await sell_and_close(shop)
        assert compared(tmp_path) == []
        await shop.sell("k1", receipt(4))  # the float opens the period before it
        assert compared(tmp_path) == []
        await shop.close(4)
        assert compared(tmp_path) == []


@pytest.mark.parametrize(
    ("statement", "register", "told"),
    [
        ("UPDATE register_state SET z_number = 0 WHERE register_id = 'k1'", "k1", "z_number 0 ≠ 2"),
        ("UPDATE register_state SET z_number = 'rot' WHERE register_id = 'k1'", "k1", "z_number rot ≠ 2"),
        ("UPDATE register_state SET z_number = 1 WHERE register_id = 'k1'", "k1", "z_number 1 ≠ 2"),
        ("UPDATE register_state SET carried_cents = 7 WHERE register_id = 'k1'", "k1", "carried_cents 7 ≠"),
        ("UPDATE register_state SET running_number = 2 WHERE register_id = 'k1'", "k1", "running_number 2 ≠ 3"),
        ("UPDATE register_state SET reserved_number = 0 WHERE register_id = 'k2'", "k2", "reserved_number 0 ≠ 900000"),
        ("UPDATE register_state SET period_first_sequence = 0 WHERE register_id = 'k2'", "k2", "period_first_sequence"),
        ("UPDATE register_state SET register_sequence = 0 WHERE register_id = 'k2'", "k2", "register_sequence 0 ≠ 1"),
        ("DELETE FROM register_state WHERE register_id = 'k1'", "k1", "z_number 0 ≠ 2, register_sequence 0 ≠ 3"),
    ],
)
async def test_a_damaged_state_is_named_and_the_start_derives_it_anew(
    tmp_path: Path, statement: str, register: str, told: str
) -> None:
    """A register whose Z number had gone back answered REGISTER_BUSY for ever."""
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await sell_and_close(shop)
        right = states(shop)
    change(tmp_path, statement)
    ((register_id, differs),) = compared(tmp_path)
    assert register_id == register
    assert differs.startswith(told)
    await start(tmp_path)
    assert compared(tmp_path) == []
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        shop.resume({"k1": 3, "k2": 1}, 4)
        assert states(shop) == right
        (found,) = incidents(shop.branch.reader.connection)
        assert (found.reason, found.witness, found.detail) == ("REGISTER_STATE_REPAIRED", register, differs)
        assert register in incident_sentence(found, "de")
        assert list(incident_warnings([found])) == [("WARN_REGISTER_STATE_REPAIRED", register)]
        await shop.sell("k1", receipt(4))
        assert [(one.closing.register_id, one.closing.z_number) for one in closed(await shop.close(9))] == [
            ("k1", 3),
            ("k2", 1),
        ]


async def test_behind_a_missing_closing_z_numbers_go_on_and_the_register_can_close(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("k1", receipt(1))
        await shop.close(1)
        await shop.sell("k1", receipt(2))
    change(
        tmp_path,
        "DROP TRIGGER journal_keeps_entries",
        f"DELETE FROM journal WHERE kind = {int(EventKind.CLOSING)}",
    )
    (tmp_path / "sales.duckdb").unlink()
    assert compared(tmp_path)[0][1].startswith("z_number 1 ≠ 0")
    await start(tmp_path)
    assert compared(tmp_path) == []
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        assert [one.closing.z_number for one in closed(await shop.close(2))] == [2]
        connection = open_for_verification(shop.branch.path)
        reasons = {found.reason for found in examine(connection) if isinstance(found, Fault)}
        connection.close()
        assert "Z_NUMBERS_NOT_IN_ORDER" not in reasons
