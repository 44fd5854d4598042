"""A register with a TSE: every receipt is signed, an outage stops no sale, and it is over by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.receipts.check import check_content
from branchgate.receipts.codec import decode_receipt
from branchgate.receipts.model import Receipt, ReceiptType, TseSignature
from branchgate.register import RegisterClient
from branchgate.register import signing as signing_module
from branchgate.tse import TseMasterData, code_of, decode_master_data, process_of, verify_signature
from tests.branchgate.register.receipts import sold
from tests.branchgate.register.served_gateway import ServedGateway, open_plainly, paired, served_gateway
from tests.rigs.clock import TurnedClock
from tests.rigs.tse import SoftwareSigner, SoftwareTse

PATIENCE_S = 30
HOUR_MS = 3_600_000


@pytest.fixture
async def gateway() -> AsyncIterator[ServedGateway]:
    async with served_gateway() as served:
        yield served


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
def tse(tmp_path: Path, clock: TurnedClock) -> SoftwareTse:
    return SoftwareTse(tmp_path / "tse", clock)


@asynccontextmanager
async def register_at(
    folder: Path, gateway: ServedGateway, clock: TurnedClock, signer: signing_module.Signer
) -> AsyncIterator[RegisterClient]:
    till = folder / "till"
    if not till.exists():
        till.mkdir()
        paired(till, gateway.address)
    async with RegisterClient(till, clock=clock, open_channel=open_plainly, signer=signer) as register:
        yield register


async def tse_of(register: RegisterClient) -> TseSignature:
    tse = (await register.record(sold)).receipt.tse
    assert tse is not None
    return tse


async def test_a_receipt_is_signed_before_it_is_recorded(
    tmp_path: Path, gateway: ServedGateway, clock: TurnedClock, tse: SoftwareTse
) -> None:
    async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
        happened = await register.record(sold)
        await register.until(lambda state: state.pending == 0, within_s=PATIENCE_S)
    signature = happened.receipt.tse
    assert signature is not None
    assert verify_signature(code_of(signature, "KASSE-1"), tse_serial=signature.tse_serial).signed
    assert signature.process_data == process_of(happened.receipt).data
    kinds = [event.kind for event in gateway.model.journal]
    assert kinds == [EventKind.TSE, EventKind.RECEIPT]
    assert decode_master_data(gateway.model.journal[0].body) == tse.master_data()
    assert decode_receipt(gateway.model.journal[1].body) == happened.receipt


async def test_master_data_are_sent_once_and_again_when_another_tse_takes_over(
    tmp_path: Path, gateway: ServedGateway, clock: TurnedClock, tse: SoftwareTse
) -> None:
    for _ in range(2):
        async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
            await register.record(sold)
            await register.record(sold)
    other = SoftwareTse(tmp_path / "other", clock)
    async with register_at(tmp_path, gateway, clock, SoftwareSigner(other)) as register:
        await register.record(sold)
        await register.until(lambda state: state.pending == 0, within_s=PATIENCE_S)
    told = [event.body for event in gateway.model.journal if event.kind is EventKind.TSE]
    assert [decode_master_data(body) for body in told] == [tse.master_data(), other.master_data()]


async def test_an_outage_stops_no_sale_says_why_and_since_when_and_ends_by_itself(
    tmp_path: Path, gateway: ServedGateway, clock: TurnedClock, tse: SoftwareTse
) -> None:
    async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
        whole = await tse_of(register)
        tse.broken = "USB-Gerät entfernt"
        began_ms = clock.now_ms()
        first = await tse_of(register)
        clock.advance(HOUR_MS)
        second = await tse_of(register)
        tse.broken = ""
        back = await tse_of(register)
        tse.broken = "wieder"
        later = await tse_of(register)
    assert [one.failure for one in (whole, first, second, back)] == ["", "USB-Gerät entfernt", "USB-Gerät entfernt", ""]
    assert first.outage_since_ms == second.outage_since_ms == began_ms
    assert (first.transaction_number, first.signature, first.tse_serial) == (0, "", whole.tse_serial)
    assert first.process_data == whole.process_data
    assert back.outage_since_ms == 0
    assert later.outage_since_ms == began_ms + HOUR_MS


async def test_the_beginning_of_an_outage_outlasts_the_till(
    tmp_path: Path, gateway: ServedGateway, clock: TurnedClock, tse: SoftwareTse
) -> None:
    tse.broken = "kaputt"
    began_ms = clock.now_ms()
    for _ in range(2):
        async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
            assert (await tse_of(register)).outage_since_ms == began_ms
        clock.advance(HOUR_MS)


async def test_a_silent_tse_is_waited_for_no_longer_than_agreed(
    tmp_path: Path, gateway: ServedGateway, clock: TurnedClock, tse: SoftwareTse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
        monkeypatch.setattr(register._signing, "_within_s", 0.01)
        monkeypatch.setattr(register._signing, "_again_within_s", 0.02)
        tse.silent = True
        assert (await tse_of(register)).failure == "keine Antwort in 0.01 s"
        assert (await tse_of(register)).failure == "keine Antwort in 0.02 s"


async def test_an_answer_lost_after_signing_is_an_outage_and_not_guessed(
    tmp_path: Path, gateway: ServedGateway, clock: TurnedClock, tse: SoftwareTse
) -> None:
    tse.lose_next_answer = True
    async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
        lost = await tse_of(register)
        next_one = await tse_of(register)
    assert (lost.failure, lost.transaction_number) == ("Verbindung nach dem Signieren verloren", 0)
    assert next_one.transaction_number == 2


class BreaksDown(SoftwareSigner):
    """The register's process ends while its TSE has signed and the receipt is not recorded."""

    async def sign(self, receipt: Receipt) -> TseSignature:
        await super().sign(receipt)
        raise asyncio.CancelledError


async def test_what_was_signed_when_the_register_broke_down_is_recorded_as_abandoned(
    tmp_path: Path, gateway: ServedGateway, clock: TurnedClock, tse: SoftwareTse
) -> None:
    """Else the TSE's log would hold a transaction that no receipt explains."""
    async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
        whole = await register.record(sold)
    async with register_at(tmp_path, gateway, clock, BreaksDown(tse)) as register:
        with pytest.raises(asyncio.CancelledError):
            await register.record(sold)
    for _ in range(2):  # once is enough
        async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
            await register.until(lambda state: state.pending == 0, within_s=PATIENCE_S)
    async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
        after = await tse_of(register)
        await register.until(lambda state: state.pending == 0, within_s=PATIENCE_S)
    receipts = [decode_receipt(event.body) for event in gateway.model.journal if event.kind is EventKind.RECEIPT]
    first, lost, *_last = receipts
    assert (first, len(receipts)) == (whole.receipt, 3)
    assert (lost.type, lost.total_cents, lost.payments) == (ReceiptType.AV_BELEGABBRUCH, 0, ())
    assert all(line.voided for line in lost.lines)
    assert lost.receipt_number == "K1-000002"
    assert lost.tse is not None
    assert lost.tse.failure == "Kasse beim Signieren ausgefallen"
    assert lost.tse.process_data == process_of(whole.receipt).data
    assert after.transaction_number == 3
    assert not list(check_content(lost, knows_article=lambda _number: None, now_ms=clock.now_ms()))


class Defective:
    """A driver with a fault of its own."""

    async def sign(self, receipt: Receipt) -> TseSignature:
        raise ZeroDivisionError(f"{receipt.total_cents} by zero")

    async def master_data(self) -> TseMasterData:
        raise NotImplementedError


async def test_a_defect_in_a_driver_stops_no_sale_either(
    tmp_path: Path, gateway: ServedGateway, clock: TurnedClock
) -> None:
    async with register_at(tmp_path, gateway, clock, Defective()) as register:
        assert (await tse_of(register)).failure.startswith("ZeroDivisionError: ")


class Nameless(SoftwareSigner):
    """Signs, but will not say who it is."""

    async def master_data(self) -> TseMasterData:
        raise ConnectionResetError


async def test_without_master_data_the_signature_stands_and_they_are_asked_for_again(
    tmp_path: Path, gateway: ServedGateway, clock: TurnedClock, tse: SoftwareTse
) -> None:
    async with register_at(tmp_path, gateway, clock, Nameless(tse)) as register:
        assert not (await tse_of(register)).failure
        await register.until(lambda state: state.pending == 0, within_s=PATIENCE_S)
        assert [event.kind for event in gateway.model.journal] == [EventKind.RECEIPT]
    async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
        await register.record(sold)
        await register.until(lambda state: state.pending == 0, within_s=PATIENCE_S)
    assert [event.kind for event in gateway.model.journal].count(EventKind.TSE) == 1


async def test_a_receipt_that_cannot_be_is_refused_before_it_is_signed(
    tmp_path: Path, gateway: ServedGateway, clock: TurnedClock, tse: SoftwareTse
) -> None:
    def refused(number: str, running: int) -> Receipt:
        raise Refused("CASH_NOT_ENOUGH", field="given_cents", value=running, rule=number)

    async with register_at(tmp_path, gateway, clock, SoftwareSigner(tse)) as register:
        with pytest.raises(Refused):
            await register.record(refused)
    assert tse.logs == []
