"""The client library over a real connection: selling without a gateway, broken streams, restarts, wiped and restored registers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import grpc.aio
import pytest

from branchgate.errors import Refused, TryAgain
from branchgate.events import EventKind
from branchgate.register import Identity, RegisterClient
from branchgate.register import client as client_module
from tests.branchgate.register.gateway_model import A_RULE, BROKEN, UNREADABLE
from tests.branchgate.register.receipts import open_outbox, sold
from tests.branchgate.register.served_gateway import ServedGateway, open_plainly, paired, served_gateway

PATIENCE_S = 30


@pytest.fixture
async def gateway() -> AsyncIterator[ServedGateway]:
    async with served_gateway() as served:
        yield served


@contextlib.asynccontextmanager
async def register_at(folder: Path, gateway: ServedGateway) -> AsyncIterator[RegisterClient]:
    if not (folder / "identity.json").exists():
        paired(folder, gateway.address)
    async with RegisterClient(folder, open_channel=open_plainly) as register:
        yield register


def saved(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.glob("outbox.db*")}


def restore(folder: Path, backup: dict[Path, bytes]) -> None:
    for file in folder.glob("outbox.db*"):
        file.unlink()
    for file, content in backup.items():
        file.write_bytes(content)


async def all_settled(register: RegisterClient) -> None:
    await register.until(lambda state: state.connected and state.pending == 0, within_s=PATIENCE_S)


async def test_receipts_reach_the_gateway_and_leave_when_central_has_them(
    tmp_path: Path, gateway: ServedGateway
) -> None:
    async with register_at(tmp_path, gateway) as register:
        sales = [await register.record(sold) for _ in range(20)]
        await all_settled(register)
        assert [event.event_id for event in gateway.model.journal] == [sale.event_id for sale in sales]
        assert register.state.held == 20
        gateway.model.upload()
        # The gateway tells how far central is only in answers, so a quiet register asks.
        state = await register.until(lambda now: now.held == 0, within_s=PATIENCE_S)
        assert (state.settled_sequence, state.central_sequence) == (20, 20)
        assert 0 < gateway.journal.wishes[sales[0].event_id] <= 10 * 60 * 1000


async def test_a_gateway_that_lowers_what_may_be_forgotten_is_believed(tmp_path: Path, gateway: ServedGateway) -> None:
    """Something sent again is on its way to central; by the highest number that was ever told it would be gone already."""
    async with register_at(tmp_path, gateway) as register:
        gateway.model.central_sequence = 10
        await register.record(sold)
        await register.until(lambda now: now.held == 0, within_s=PATIENCE_S)
        gateway.model.central_sequence = 0
        await register.record(sold)
        await all_settled(register)
        assert register.state.held == 1
        gateway.model.central_sequence = 10
        await register.until(lambda now: now.held == 0, within_s=PATIENCE_S)


async def test_large_events_are_more_than_one_message(tmp_path: Path, gateway: ServedGateway) -> None:
    """Messages were bounded by the number of events; a gateway takes no message beyond four megabytes, so the outbox stood still."""
    async with register_at(tmp_path, gateway) as register:
        await register.record(sold)
        await all_settled(register)
    await gateway.stop()
    async with register_at(tmp_path, gateway) as register:
        for _ in range(8):
            await register.record(lambda number, running: replace(sold(number, running), note="x" * 900_000))
        await gateway.start()
        await all_settled(register)
    assert len(gateway.model.journal) == 9


async def test_selling_goes_on_without_a_gateway_and_arrives_later(tmp_path: Path, gateway: ServedGateway) -> None:
    async with register_at(tmp_path, gateway) as register:
        await register.record(sold)
        await all_settled(register)
        await gateway.stop()
        await register.until(lambda state: not state.connected, within_s=PATIENCE_S)
        for _ in range(150):
            await register.record(sold)
        assert register.state.pending == 150
        await gateway.start()
        await all_settled(register)
        assert register.state.failure is None
    numbers = [event.register_sequence for event in gateway.model.journal]
    assert numbers == list(range(1, 152))


async def test_the_first_sale_of_a_new_register_waits_for_the_gateway(
    tmp_path: Path, gateway: ServedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "FIRST_GREETING_WITHIN_S", 0.01)
    gateway.model.settled, gateway.model.next_running_number = 41, 18
    await gateway.stop()
    async with register_at(tmp_path, gateway) as register:
        with pytest.raises(TryAgain) as told:
            await register.record(sold)
        assert told.value.reason == "NUMBERS_UNKNOWN"
        await gateway.start()
        await register.until(lambda state: state.numbers_known, within_s=PATIENCE_S)
        happened = await register.record(sold)
        assert (happened.register_sequence, happened.receipt.receipt_number) == (42, "K1-000018")
        await all_settled(register)


async def test_streams_that_break_before_the_answer_lose_and_double_nothing(
    tmp_path: Path, gateway: ServedGateway
) -> None:
    gateway.journal.break_after = [1, 1, 1]
    async with register_at(tmp_path, gateway) as register:
        for _ in range(3):
            for _ in range(10):
                await register.record(sold)
            await register.until(lambda state: state.pending == 0, within_s=PATIENCE_S)
        await all_settled(register)
        assert gateway.journal.streams >= 4
    assert [event.register_sequence for event in gateway.model.journal] == list(range(1, 31))


async def test_a_gateway_that_wants_a_pause_gets_everything_again_afterwards(
    tmp_path: Path, gateway: ServedGateway
) -> None:
    gateway.journal.busy = 2
    async with register_at(tmp_path, gateway) as register:
        for _ in range(12):
            await register.record(sold)
        await all_settled(register)
        assert gateway.journal.streams == 1
    assert [event.register_sequence for event in gateway.model.journal] == list(range(1, 13))


async def test_findings_and_refusals_are_kept_and_block_nothing(tmp_path: Path, gateway: ServedGateway) -> None:
    async with register_at(tmp_path, gateway) as register:
        broken = await register.record_event(EventKind.CASH_COUNT, BROKEN)
        unreadable = await register.record_event(EventKind.CASH_COUNT, UNREADABLE)
        behind = await register.record(sold)
        await all_settled(register)
        assert await register.is_settled(behind.event_id)
        assert await register.inspect(lambda outbox: outbox.findings()) == [(broken.event_id, A_RULE)]
        refused = await register.inspect(lambda outbox: outbox.refused())
        assert [each.event_id for each in refused] == [unreadable.event_id]
        assert register.state.refused == 1


async def test_findings_lost_with_a_broken_stream_are_asked_for(tmp_path: Path, gateway: ServedGateway) -> None:
    gateway.journal.break_after = [1]
    async with register_at(tmp_path, gateway) as register:
        broken = await register.record_event(EventKind.CASH_COUNT, BROKEN)
        await register.until(lambda state: state.pending == 0, within_s=PATIENCE_S)
        assert await register.inspect(lambda outbox: outbox.findings()) == [(broken.event_id, A_RULE)]


async def test_a_gateway_that_was_replaced_gets_what_is_held_and_is_told_from_where(
    tmp_path: Path, gateway: ServedGateway
) -> None:
    async with register_at(tmp_path, gateway) as register:
        for _ in range(5):
            await register.record(sold)
        await all_settled(register)
        gateway.model.upload()
        await register.until(lambda state: state.held == 0, within_s=PATIENCE_S)
        await register.record(sold)
        await all_settled(register)
        await gateway.stop()
        gateway.model.lose_the_end(keep=0)
        await gateway.start()
        await register.record(sold)
        await all_settled(register)
    assert gateway.journal.oldest_held[-1] == 6
    assert [event.register_sequence for event in gateway.model.journal] == [6, 7]


async def test_a_register_from_a_backup_loses_no_receipt_to_a_number_used_twice(
    tmp_path: Path, gateway: ServedGateway
) -> None:
    """The gateway's cumulative number covered the sale of the restored register, which it had never seen."""
    async with register_at(tmp_path, gateway) as register:
        await register.record(sold)
        await all_settled(register)
    backup = saved(tmp_path)
    async with register_at(tmp_path, gateway) as register:
        await register.record(sold)
        await register.record(sold)
        await all_settled(register)
    restore(tmp_path, backup)
    await gateway.stop()
    async with register_at(tmp_path, gateway) as register:
        again = await register.record(sold)
        await gateway.start()
        await all_settled(register)
        findings = await register.inspect(lambda outbox: outbox.findings())
        assert [(event_id, found.reason) for event_id, found in findings] == [(again.event_id, "SEQUENCE_REUSED")]
        assert (await register.record(sold)).register_sequence == 4
        await all_settled(register)
    assert gateway.model.times(again.event_id) == 1


async def test_paper_is_not_wanted_long_after_the_sale(tmp_path: Path, gateway: ServedGateway) -> None:
    paired(tmp_path, gateway.address)
    outbox = open_outbox(tmp_path)
    outbox.greeted(gateway.model.journal_id, 1, 1)
    happened = outbox.add_receipt(sold, print_role="receipt")
    outbox._connection.execute("UPDATE outbox SET created_at = created_at - 600001")
    outbox.close()
    async with register_at(tmp_path, gateway) as register:
        await all_settled(register)
    assert gateway.model.times(happened.event_id) == 1
    assert gateway.journal.wishes == {}


async def test_one_process_at_a_time_works_on_a_folder(tmp_path: Path, gateway: ServedGateway) -> None:
    async with register_at(tmp_path, gateway):
        with pytest.raises(Refused) as told:
            async with register_at(tmp_path, gateway):
                pass
        assert told.value.reason == "FOLDER_IN_USE"


async def test_a_folder_that_is_not_paired_is_refused_and_let_go(tmp_path: Path, gateway: ServedGateway) -> None:
    for _ in range(2):
        with pytest.raises(Refused) as told:
            async with RegisterClient(tmp_path):
                pass
        assert told.value.reason == "NOT_PAIRED"


async def test_a_defect_of_the_line_ends_waiting_but_not_selling(tmp_path: Path, gateway: ServedGateway) -> None:
    def broken_channel() -> object:
        raise ZeroDivisionError

    paired(tmp_path)
    outbox = open_outbox(tmp_path)
    outbox.greeted(bytes(16), 1, 1)
    outbox.close()
    with pytest.raises(ZeroDivisionError):
        async with RegisterClient(tmp_path, open_channel=open_plainly) as register:
            register._link._open_channel = broken_channel  # type: ignore[assignment]
            with pytest.raises(ZeroDivisionError):
                await register.until(lambda state: state.connected, within_s=PATIENCE_S)
            await register.record(sold)


async def test_many_sellers_at_once_get_numbers_without_gaps(tmp_path: Path, gateway: ServedGateway) -> None:
    async with register_at(tmp_path, gateway) as register:
        sales = await asyncio.gather(*(register.record(sold) for _ in range(50)))
        await all_settled(register)
    assert sorted(sale.receipt.running_number for sale in sales) == list(range(1, 51))


async def test_no_answer_about_paper_or_drawers_without_a_gateway(tmp_path: Path, gateway: ServedGateway) -> None:
    await gateway.stop()
    async with register_at(tmp_path, gateway) as register:
        with pytest.raises(TryAgain) as told:
            await register.gateway.open_drawer("NO_SALE", "anna")
        assert told.value.reason == "NOT_REACHABLE"


async def test_questions_reach_a_gateway_that_is_back_at_once(tmp_path: Path, gateway: ServedGateway) -> None:
    """The channel that had failed went on pausing for half a minute after the register was connected again."""
    async with register_at(tmp_path, gateway) as register:
        await register.until(lambda state: state.connected, within_s=PATIENCE_S)
        await gateway.stop()
        for _ in range(3):
            with pytest.raises(TryAgain):
                await register.gateway.devices()
        await register.until(lambda state: not state.connected, within_s=PATIENCE_S)
        await gateway.start()
        await register.until(lambda state: state.connected, within_s=PATIENCE_S)
        with pytest.raises(Refused) as told:
            await register.gateway.devices()
        assert told.value.reason == "UNIMPLEMENTED"


async def test_a_renewed_certificate_takes_over_every_connection(
    tmp_path: Path, gateway: ServedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed_at: list[Identity] = []
    may_renew = asyncio.Event()

    async def renew(_open: object, identity: Identity, _folder: Path, _now_ms: int) -> Identity:
        await may_renew.wait()
        renewed_at.append(replace(identity, register_name="renewed"))
        return renewed_at[-1]

    dialled: list[str] = []

    def open_channel(identity: Identity) -> grpc.aio.Channel:
        dialled.append(identity.register_name)
        return open_plainly(identity)

    monkeypatch.setattr(client_module, "renew_if_due", renew)
    paired(tmp_path, gateway.address)
    async with RegisterClient(tmp_path, open_channel=open_channel) as register:
        await register.record(sold)
        await all_settled(register)
        before = len(dialled)
        may_renew.set()
        await register.until(lambda state: not state.connected, within_s=PATIENCE_S)
        await register.record(sold)
        await all_settled(register)
        assert set(dialled[:before]) == {"Kasse 1"}
        # One for the questions and the catalogue, one for the events.
        assert dialled[before:] == ["renewed", "renewed"]
        assert register.identity is renewed_at[0]
